// SPDX-License-Identifier: Apache-2.0
/* The page of one finding, or the list of all, by the stages of the chain. The pages are compiled in. */
#include <string.h>

#include "core/log.h"
#include "core/str.h"
#include "report/out.h"
#include "report/page.h"
#include "rules/data.h"
#include "verbs/look.h"
#include "verbs/verbs.h"

static const char *page_of(const char *id)
{
	for (size_t i = 0; i < n_rule_page_table; i++)
		if (strcmp(rule_page_table[i].id, id) == 0)
			return rule_page_table[i].text;
	return NULL;
}

static const struct causes_row *row_of(const char *id)
{
	for (size_t i = 0; i < n_causes_table; i++)
		if (strcmp(causes_table[i].id, id) == 0)
			return &causes_table[i];
	return NULL;
}

/* "# ID: title" */
static const char *title_of(const char *page, struct arena *a)
{
	const char *title = strstr(page, ": ");

	return title ? arena_strndup(a, title + 2, strcspn(title + 2, "\n")) : "";
}

struct list {
	const struct render_opts *look;
	struct str *out;
	struct str not_yet;
	ARRAY(struct page_entry) entries;
};

static void end_stage(struct list *l, const char *stage)
{
	struct arena *a = l->out->arena;

	if (l->entries.n + l->not_yet.n > 0) {
		page_list(stage, l->entries.v, l->entries.n, l->look, l->out);
		if (l->not_yet.n > 0)
			page_paragraph(arena_fmt(a, "not judged yet: %s", str_text(&l->not_yet)),
				       l->look, l->out);
		str_add(l->out, "\n");
	}
	l->entries.n = 0;
	l->not_yet = str_new(a, 1u << 16);
}

static void add_entry(struct list *l, const char *id)
{
	const char *page = page_of(id);
	struct arena *a = l->out->arena;

	if (page)
		PUSH(a, &l->entries, ((struct page_entry){ id, title_of(page, a) }));
	else
		str_addf(&l->not_yet, "%s%s", l->not_yet.n ? ", " : "", id);
}

/* What stands in no stage: "not-nvcc" is ruled out, "x-thing" is a name on trial. */
static void add_rest(struct list *l, bool ruled_out)
{
	for (size_t i = 0; i < n_rule_page_table; i++) {
		const char *id = rule_page_table[i].id;

		if (!row_of(id) && starts_with(id, "not-") == ruled_out)
			add_entry(l, id);
	}
}

/* The table has the stages in the order of the chain; what is only for the linter is listed once it has a page. */
static int list_pages(struct arena *a, const struct render_opts *look)
{
	struct str text = str_new(a, 1u << 20);
	struct list l = { .look = look, .out = &text, .not_yet = str_new(a, 1u << 16) };

	for (size_t i = 0; i < n_causes_table; i++) {
		const struct causes_row *row = &causes_table[i];

		if (strcmp(row->used_by, "lint") != 0 || page_of(row->id))
			add_entry(&l, row->id);
		if (i + 1 == n_causes_table || strcmp(row[1].stage, row->stage) != 0)
			end_stage(&l, strcmp(row->stage, "none") == 0 ? "no fault" : row->stage);
	}
	add_rest(&l, false);
	end_stage(&l, "under a name that may still change");
	add_rest(&l, true);
	end_stage(&l, "often blamed, and not the cause");
	str_add(&text, "The page of one of them: whycpu rule ID\n");
	return out_write(str_text(&text)) ? EXIT_USAGE : EXIT_NO_CAUSE;
}

static int not_judged_yet(const struct causes_row *row, struct arena *a,
			  const struct render_opts *look)
{
	const char *page = arena_fmt(a,
				     "# %s: %s\n\nThis version of whycpu does not look for it yet, "
				     "so that its answers never name it.\n",
				     row->id, row->definition);

	return out_write(page_text(a, page, look)) ? EXIT_USAGE : EXIT_NO_CAUSE;
}

static int no_page(const char *id, struct arena *a)
{
	size_t n = 0;
	const char **ids = arena_alloc(a, (n_rule_page_table + n_causes_table + 1) * sizeof *ids);

	for (size_t i = 0; i < n_rule_page_table; i++)
		ids[n++] = rule_page_table[i].id;
	for (size_t i = 0; i < n_causes_table; i++)
		ids[n++] = causes_table[i].id;

	const char *near = did_you_mean(id, ids, n);

	if (near)
		log_error("no finding \"%s\". Did you mean \"%s\"?", esc(a, id), near);
	else
		log_error("no finding \"%s\".  (whycpu rule lists them)", esc(a, id));
	return EXIT_USAGE;
}

int verb_rule(const struct options *o, struct arena *a)
{
	struct render_opts look = { 0 };
	const char *id = o->args.n ? o->args.v[0] : NULL, *page = id ? page_of(id) : NULL;

	look_at_screen(&look, o->colour);
	if (!id)
		return list_pages(a, &look);
	if (page)
		return out_write(page_text(a, page, &look)) ? EXIT_USAGE : EXIT_NO_CAUSE;
	if (row_of(id))
		return not_judged_yet(row_of(id), a, &look);
	return no_page(id, a);
}
