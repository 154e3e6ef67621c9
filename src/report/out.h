// SPDX-License-Identifier: Apache-2.0
/* The end of stdout, and what is known of the screen without touching a path. */
#ifndef WHYCPU_REPORT_OUT_H
#define WHYCPU_REPORT_OUT_H

#include "report/render.h"

/* The whole text to stdout. 0, also when the reader has gone away (| head); -1 after one line on stderr. */
int out_write(const char *text);
/* Colour, character set and width from the environment, the terminal and --color (NULL: auto). */
void out_look(struct render_opts *o, const char *colour);

#endif
