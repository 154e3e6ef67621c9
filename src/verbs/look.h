// SPDX-License-Identifier: Apache-2.0
/* What is known of the screen without touching a path. */
#ifndef WHYCPU_VERBS_LOOK_H
#define WHYCPU_VERBS_LOOK_H

#include "report/render.h"

/* Colour, character set and width from the environment, the terminal and --color (NULL: auto). */
void look_at_screen(struct render_opts *o, const char *colour);

#endif
