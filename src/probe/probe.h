// SPDX-License-Identifier: Apache-2.0
/* Asks NVIDIA's own libraries. They may hang, crash, exit or print: only a child with a deadline calls these, and what it
 * returns has the form of a case's probes/NAME.json. Declarations are our own, of the functions that are called; NVIDIA's
 * headers are not needed. Both calls can start the driver (device nodes, nvidia-modprobe): the verb decides when. */
#ifndef WHYCPU_PROBE_PROBE_H
#define WHYCPU_PROBE_PROBE_H

#include <jansson.h>

/* {init, driver_version, gpus [{uuid, name, cc, memory_bytes, free_bytes, mig, compute_mode}]}; {"load": TEXT} if the library
 * cannot be loaded. `path` as the target's loader finds it. New reference. */
json_t *probe_nvml(const char *path);
/* {path, driver_cuda, cuInit, count, devices [{uuid, name, cc, memory_bytes}]}; {"load": TEXT}. No context is made: that
 * would take memory on the GPU. */
json_t *probe_cuda(const char *path);

#endif
