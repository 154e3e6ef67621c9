// SPDX-License-Identifier: Apache-2.0
/* The passes, each in a file of its own. A new one is a line here and a row in lint.c; its place there is its turn. */
#ifndef WHYCPU_LINT_PASSES_H
#define WHYCPU_LINT_PASSES_H

#include "lint/lint.h"

extern const struct lint_pass pass_discard, pass_interp;
extern const struct lint_pass pass_advice, pass_alloc, pass_called, pass_classes, pass_ddp,
	pass_default_device, pass_device, pass_device_param, pass_env, pass_fetched, pass_fork,
	pass_loader, pass_oom, pass_oom_cpu, pass_perf, pass_numpy, pass_parameter, pass_names,
	pass_silence, pass_worker;

#endif
