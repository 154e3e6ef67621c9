// SPDX-License-Identifier: Apache-2.0
/* The way to stdout. */
#ifndef WHYCPU_REPORT_OUT_H
#define WHYCPU_REPORT_OUT_H

/* The whole text to stdout. 0, also when the reader has gone away (| head); -1 after one line on stderr. */
int out_write(const char *text);
/* The width of the terminal; 0 if stdout is none. */
unsigned out_columns(void);

#endif
