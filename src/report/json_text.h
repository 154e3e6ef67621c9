// SPDX-License-Identifier: Apache-2.0
#ifndef WHYCPU_REPORT_JSON_TEXT_H
#define WHYCPU_REPORT_JSON_TEXT_H

#include <jansson.h>

#include "core/str.h"

/* A document as the reporters write it: ASCII, indented, in the order of its making. Takes the reference. */
void json_write(json_t *root, struct str *out);

#endif
