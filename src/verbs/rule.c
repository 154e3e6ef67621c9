// SPDX-License-Identifier: Apache-2.0
/* The page of one finding, or the list of all. The pages are compiled in. */
#include <string.h>

#include "core/log.h"
#include "core/str.h"
#include "report/out.h"
#include "rules/data.h"
#include "verbs/verbs.h"

static int list_pages(struct arena *a)
{
	struct str s = str_new(a, 1u << 20);

	for (size_t i = 0; i < n_rule_page_table; i++) {
		/* "# ID: title" */
		const char *title = strstr(rule_page_table[i].text, ": ");

		title = title ? title + 2 : "";
		str_addf(&s, "%-31s %.*s\n", rule_page_table[i].id, (int)strcspn(title, "\n"),
			 title);
	}
	return out_write(str_text(&s)) ? EXIT_USAGE : EXIT_NO_CAUSE;
}

static int no_page(const char *id, struct arena *a)
{
	const char **ids = arena_alloc(a, (n_rule_page_table + 1) * sizeof *ids);

	for (size_t i = 0; i < n_rule_page_table; i++)
		ids[i] = rule_page_table[i].id;

	const char *near = did_you_mean(id, ids, n_rule_page_table);

	if (near)
		log_error("no finding \"%s\". Did you mean \"%s\"?  (whycpu rule lists them)",
			  esc(a, id), near);
	else
		log_error("no finding \"%s\".  (whycpu rule lists them)", esc(a, id));
	return EXIT_USAGE;
}

int verb_rule(const struct options *o, struct arena *a)
{
	if (!o->args.n)
		return list_pages(a);
	for (size_t i = 0; i < n_rule_page_table; i++)
		if (strcmp(rule_page_table[i].id, o->args.v[0]) == 0)
			return out_write(rule_page_table[i].text) ? EXIT_USAGE : EXIT_NO_CAUSE;
	return no_page(o->args.v[0], a);
}
