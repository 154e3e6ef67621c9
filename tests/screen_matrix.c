// SPDX-License-Identifier: Apache-2.0
/* Every case's report on every kind of screen: does each line fit, is it one screen long, is it free of what a terminal would
 * obey? Then again with names that nobody would choose in place of what was read.
 *
 *   screen_matrix CASES_DIR [PART OF]     PART 0..OF-1: strange names for every OF-th case only; "day": today's part */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "collect/collect.h"
#include "core/json.h"
#include "core/sys_open.h"
#include "facts/fields.h"
#include "report/render.h"
#include "report/term.h"
#include "rules/rules.h"

static const unsigned widths[] = { 30, 40, 60, 80, 100, 132, 200 };

/* In place of every text that was read: a terminal's commands, turned text, wide and combining characters, one word
 * longer than any screen, a path of many folders. */
static const char *const strange[] = {
	"/a\x1b[31m\x07\t\r\n\x9b\xc2\x9b\xe2\x80\xae\xe2\x81\xa6\xff/x",
	"/home/ana/\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xf0\x9f\x90\x8d/e\xcc\x81/\xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad\xe6\x96\x87/bin",
	"wordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordwordword",
	"/one/two/three/four/five/six/seven/eight/nine/ten/eleven/twelve/thirteen/fourteen/fifteen/sixteen/seventeen/x.py",
	"",
};
enum { N_STRANGE = sizeof strange / sizeof *strange };

/* ---- a machine ---- */

static bool gather(const char *root, struct arena *a, struct facts *ret)
{
	struct sys_options options = { .root = root };
	struct collect_wish wish = { 0 };
	const char *problem = NULL;
	struct sys *sys = sys_new(&options, NULL, a, &problem);

	if (!sys)
		return false;
	for (size_t i = 0; i < n_collectors; i++)
		collectors[i]->run(sys, &wish, ret);
	sys_close(sys);
	return true;
}

static void disfigure(const struct record *record, char *base, const char *text);

static void disfigure_field(const struct field *field, char *at, const char *text)
{
	struct fact_str *fact = (void *)at;
	struct fact_strs *list = (void *)at;
	struct gpu_list *members = (void *)at; /* all lists of records are laid out alike */

	if (field->type == FIELD_STR && fact->st == PRESENT)
		fact->v = text;
	for (size_t i = 0; field->type == FIELD_STRS && i < list->v.n; i++)
		list->v.v[i] = text;
	if (field->type == FIELD_GROUP)
		disfigure(field->of, at, text);
	for (size_t i = 0; field->type == FIELD_LIST && i < members->n; i++)
		disfigure(field->of, (char *)members->v + i * field->of->size, text);
}

static void disfigure(const struct record *record, char *base, const char *text)
{
	for (size_t i = 0; i < record->n_fields; i++)
		disfigure_field(&record->fields[i], base + record->fields[i].offset, text);
}

/* ---- a screen ---- */

/* A word of a command that is wider than the screen stays whole: a broken one would be another command. Such a line cannot
 * be split as a command either; a sentence could. */
static bool fits(struct arena *a, const char *line, size_t columns)
{
	const char *start = line + strspn(line, " ");

	return term_width(line) <= columns || ends_with(start, " \\") ||
	       term_wrap_command(a, start, columns).n == 1;
}

static bool is_harmless(const char *text, bool utf8)
{
	uint32_t cp = 0;

	for (size_t i = 0; text[i];) {
		size_t n = utf8_next(text + i, strlen(text + i), &cp);

		if (n == 0 || (cp != '\n' && cp < 0x20) || (cp >= 0x7f && !utf8) ||
		    (cp > 0x7e && !utf8_is_visible(cp)))
			return false;
		i += n;
	}
	return true;
}

struct machine {
	const struct facts *facts;
	const struct report *report;
	struct arena *arena;
};

static const char *render(const struct machine *m, const struct render_opts *o)
{
	struct str out = str_new(m->arena, 1u << 24);

	reporter_text.render(m->facts, m->report, o, &out);
	return str_text(&out);
}

/* NULL, or what is wrong. A narrow screen may scroll, in proportion. */
static const char *fault_of(const struct machine *m, const struct render_opts *o)
{
	const char *text = render(m, o);
	size_t columns = o->columns < 100 ? o->columns : 100, n = 0, pos = 0;
	size_t height = 24 * 80 / (columns < 80 ? columns : 80);
	struct bytes line;

	if (!is_harmless(text, o->utf8))
		return "a terminal would obey it";
	while (next_line((struct bytes){ text, strlen(text) }, &pos, &line)) {
		const char *copy = arena_strndup(m->arena, line.v, line.n);

		if (!fits(m->arena, copy, columns))
			return arena_fmt(m->arena, "too wide: %s", copy);
		n++;
	}
	if (n == 0 || (!o->verbose && n > height))
		return arena_fmt(m->arena, "%zu lines", n);
	return NULL;
}

static const char *without_colour(struct arena *a, const char *text)
{
	struct str out = str_new(a, strlen(text) + 1);

	for (; *text; text++) {
		if (*text == '\x1b')
			text += strcspn(text, "m");
		else
			str_addn(&out, text, 1);
	}
	return str_text(&out);
}

static bool colour_repeats(const struct machine *m, struct render_opts o)
{
	const char *plain = render(m, &o), *coloured;

	o.colour = true;
	coloured = render(m, &o);
	return strchr(coloured, '\x1b') && strcmp(without_colour(m->arena, coloured), plain) == 0;
}

static unsigned complain(const struct render_opts *o, const char *how, const char *fault)
{
	printf("# %u columns, %s%s%s: %s\n", o->columns, o->utf8 ? "UTF-8" : "ASCII",
	       o->verbose ? ", -v" : "", how, fault);
	return 1;
}

static unsigned faults_of(const struct machine *m, const char *how)
{
	unsigned bad = 0;

	for (size_t i = 0; i < 4 * sizeof widths / sizeof *widths; i++) {
		/* Strange names on a narrow and on an ordinary screen. */
		if (*how && widths[i / 4] != 40 && widths[i / 4] != 80)
			continue;
		struct render_opts o = { .utf8 = i % 2,
					 .verbose = i / 2 % 2,
					 .columns = widths[i / 4],
					 .rerun = "whycpu" };
		const char *fault = fault_of(m, &o);

		if (fault)
			bad += complain(&o, how, fault);
		if (o.columns == 80 && !colour_repeats(m, o))
			bad += complain(&o, how, "colour says something of its own");
	}
	return bad;
}

static unsigned check_case(const char *root, bool with_strange)
{
	unsigned bad = 0;

	for (size_t i = with_strange ? 0 : N_STRANGE; i <= N_STRANGE; i++) {
		struct arena *a = arena_new();
		struct facts facts = { 0 };

		if (!gather(root, a, &facts)) {
			printf("# the root was refused\n");
			arena_free(a);
			return 1;
		}
		if (i < N_STRANGE)
			disfigure(&facts_record, (char *)&facts, strange[i]);
		struct machine m = { &facts, judge(&facts, a), a };

		bad += faults_of(&m, i < N_STRANGE ? ", strange names" : "");
		arena_free(a);
	}
	return bad;
}

static int not_hidden(const struct dirent *d)
{
	return d->d_name[0] != '.' && strcmp(d->d_name, "README.md") != 0;
}

int main(int argc, char **argv)
{
	struct dirent **entries = NULL;
	unsigned long of = argc > 3 ? strtoul(argv[3], NULL, 10) : 1, part = 0;
	int n = argc > 1 ? scandir(argv[1], &entries, not_hidden, alphasort) : -1, failed = 0;

	if (n <= 0 || !of) {
		fprintf(stderr, "screen_matrix CASES_DIR [PART OF]\n");
		return 2;
	}
	if (argc > 2)
		part = strcmp(argv[2], "day") == 0 ? (unsigned long)(time(NULL) / 86400)
						   : strtoul(argv[2], NULL, 10);
	json_setup();
	printf("1..%d\n", n);
	for (int i = 0; i < n; i++) {
		char root[4096];

		snprintf(root, sizeof root, "%s/%s", argv[1], entries[i]->d_name);

		unsigned bad = check_case(root, (unsigned long)i % of == part % of);

		failed += bad > 0;
		printf("%sok %d - screens of %s\n", bad ? "not " : "", i + 1, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return failed > 0;
}
