// SPDX-License-Identifier: Apache-2.0
/* The pages of the findings on a screen. */
#ifndef WHYCPU_REPORT_PAGE_H
#define WHYCPU_REPORT_PAGE_H

#include "report/render.h"

/* A page of doc/rules, wrapped to the screen: headings, paragraphs, lists, commands. */
const char *page_text(struct arena *a, const char *markdown, const struct render_opts *o);

/* One entry of a list: the id, and what it means behind it. */
struct page_entry {
	const char *id, *meaning;
};
/* A heading and its entries, appended to `out`. */
void page_list(const char *heading, const struct page_entry *entries, size_t n,
	       const struct render_opts *o, struct str *out);
/* A paragraph on its own. */
void page_paragraph(const char *text, const struct render_opts *o, struct str *out);

#endif
