// SPDX-License-Identifier: Apache-2.0
/* One clear line on stderr: "whycpu: ..." */
#ifndef WHYCPU_CORE_LOG_H
#define WHYCPU_CORE_LOG_H

/* Adds the prefix and the line end; outside text must have been escaped. Control characters are shown as '?'. */
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* One line as it is, for --trace. */
void log_trace(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
