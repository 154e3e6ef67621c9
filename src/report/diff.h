// SPDX-License-Identifier: Apache-2.0
/* What a file becomes, as a unified diff that `patch -p1` takes. */
#ifndef WHYCPU_REPORT_DIFF_H
#define WHYCPU_REPORT_DIFF_H

#include "report/render.h"

/* Appends nothing if the two are the same. `path` is escaped. On a screen (`safe`) control characters are shown as escapes; what
 * goes into a file or a pipe stays byte for byte. */
void diff_render(const char *path, struct bytes old, struct bytes new, bool safe,
		 const struct render_opts *o, struct str *out);

#endif
