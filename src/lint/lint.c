// SPDX-License-Identifier: Apache-2.0
/* How findings come about: the passes, one after the other, and what they call to report. Nothing here decides what is wrong;
 * severity and stage of an id stand in data/causes.tsv. */
#include "lint/lint.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/str.h"
#include "facts/causes.h"
#include "lint/passes.h"
#include "lint/source.h"

#define FINDINGS_MAX 1000 /* of one unit; nobody reads more, and looking for doubles stays cheap */
#define EXCERPT_MAX 1000  /* bytes of a source line that is shown; a longer one is generated */
#define TEXT_MAX ((size_t)64 * 1024)

const struct lint_pass *const lint_passes[] = {
	&pass_names,   &pass_called,  &pass_alloc,   &pass_device, &pass_device_param,
	&pass_env,     &pass_fork,    &pass_worker,  &pass_ddp,    &pass_default_device,
	&pass_oom,     &pass_oom_cpu, &pass_advice,  &pass_perf,   &pass_loader,
	&pass_classes, &pass_interp,  &pass_silence, &pass_numpy,  &pass_parameter,
	&pass_fetched, &pass_discard, NULL, /* stays last, and does not count */
};
const size_t n_lint_passes = sizeof lint_passes / sizeof *lint_passes - 1;

static int by_place(const void *left, const void *right)
{
	const struct finding *const *x = left, *const *y = right;
	int order = location_compare((*x)->location, (*y)->location);

	return order ? order : strcmp((*x)->id, (*y)->id);
}

void lint_unit(struct unit *u)
{
	for (size_t i = 0; i < n_lint_passes; i++)
		lint_passes[i]->run(u);
	if (u->findings.n > 1)
		qsort(u->findings.v, u->findings.n, sizeof *u->findings.v, by_place);
}

static const struct causes_row *cause(const char *id)
{
	for (size_t i = 0; i < n_causes_table; i++)
		if (strcmp(causes_table[i].id, id) == 0)
			return &causes_table[i];
	return NULL;
}

static enum severity severity_of(const struct causes_row *row)
{
	return strcmp(row->severity, "error") == 0     ? SEVERITY_ERROR
	       : strcmp(row->severity, "warning") == 0 ? SEVERITY_WARNING
						       : SEVERITY_ADVICE;
}

static const char *excerpt(const struct unit *u, uint32_t offset)
{
	struct bytes line = source_line(u->source, offset);

	return line.n > EXCERPT_MAX ? "" : esc_bytes(u->arena, line.v, line.n);
}

/* [start, end) as people count. The place of the end is the one behind the last character, on its line. */
static struct location location_of(const struct unit *u, uint32_t start, uint32_t end)
{
	struct place from = source_place(u->source, start), to = source_place(u->source, end);

	return (struct location){ .file = u->path,
				  .line = from.line,
				  .column = from.column,
				  .end_line = to.line,
				  .end_column = to.column,
				  .cell = from.cell,
				  .excerpt = excerpt(u, start) };
}

static bool is_double(const struct unit *u, const char *id, const struct location *at)
{
	for (size_t i = 0; i < u->findings.n; i++) {
		const struct finding *f = u->findings.v[i];

		if (f->location->line == at->line && f->location->column == at->column &&
		    f->location->cell == at->cell && strcmp(f->id, id) == 0)
			return true;
	}
	return false;
}

struct finding *lint_report(struct unit *u, const char *id, const struct py_node *at,
			    const char *title_fmt, ...)
{
	const struct causes_row *row = cause(id);
	struct location place = location_of(u, at->start, at->end);
	va_list ap;

	assert(row);
	if (is_double(u, id, &place))
		return NULL;
	if (u->findings.n == FINDINGS_MAX) {
		if (!u->findings_cut)
			PUSH(u->arena, &u->notes,
			     arena_fmt(u->arena, "%s: more than %d findings, the rest is not shown",
				       u->path, FINDINGS_MAX));
		u->findings_cut = true;
		return NULL;
	}

	struct finding *f = arena_alloc(u->arena, sizeof *f);
	struct location *l = arena_alloc(u->arena, sizeof *l);

	*l = place;
	*f = (struct finding){ .id = row->id,
			       .verdict = FAIL,
			       .stage = STAGE_CODE,
			       .severity = severity_of(row),
			       .confidence = "proved",
			       .subject = u->path,
			       .location = l };
	va_start(ap, title_fmt);
	f->title = arena_vfmt(u->arena, title_fmt, ap);
	va_end(ap);
	PUSH(u->arena, &u->findings, f);
	return f;
}

void lint_set_severity(struct finding *f, enum severity severity)
{
	if (f)
		f->severity = severity;
}

const char *lint_place(const struct unit *u, const struct unit *in, const struct py_node *at)
{
	struct place p = source_place(in->source, at->start);
	const char *line = p.cell ? arena_fmt(u->arena, "cell %u, line %u", p.cell, p.line)
				  : arena_fmt(u->arena, "line %u", p.line);

	return in == u ? line : arena_fmt(u->arena, "%s, %s", path_basename(in->path), line);
}

void lint_way(struct unit *u, struct finding *f, const struct unit *in, const struct py_node *at,
	      const char *text_fmt, ...)
{
	struct station station;
	va_list ap;

	if (!f)
		return;
	station = (struct station){ .at = location_of(in, at->start, at->end) };

	va_start(ap, text_fmt);
	station.text = arena_vfmt(u->arena, text_fmt, ap);
	va_end(ap);
	PUSH(u->arena, &f->way, station);
}

void lint_note(struct unit *u, struct finding *f, const char *words_fmt, ...)
{
	va_list ap;

	if (!f)
		return;
	va_start(ap, words_fmt);
	f->note = arena_vfmt(u->arena, words_fmt, ap);
	va_end(ap);
}

void lint_advise(struct unit *u, struct finding *f, const char *words_fmt, ...)
{
	struct fix fix = { .applies = APPLIES_MANUAL };
	va_list ap;

	if (!f)
		return;
	va_start(ap, words_fmt);
	fix.words = arena_vfmt(u->arena, words_fmt, ap);
	va_end(ap);
	PUSH(u->arena, &f->fixes, fix);
}

void lint_edit(struct unit *u, struct finding *f, enum applies applies, uint32_t start,
	       uint32_t end, const char *replacement_fmt, ...)
{
	struct edit edit = {
		.start = start, .end = end, .at = location_of(u, start, end), .applies = applies
	};
	va_list ap;

	assert(start <= end && end <= u->n_text);
	if (!f)
		return;
	va_start(ap, replacement_fmt);
	edit.text = arena_vfmt(u->arena, replacement_fmt, ap);
	va_end(ap);
	if (u->source->is_format_3)
		edit.applies = APPLIES_MANUAL;
	PUSH(u->arena, &f->edits, edit);
}

/* The end of a text of at most `max` bytes that does not cut a character. */
static size_t whole_characters(const char *text, size_t max)
{
	while (max && ((unsigned char)text[max] & 0xc0) == 0x80)
		max--;
	return max;
}

const char *lint_text(const struct unit *u, const struct py_node *node, size_t max)
{
	size_t n = node->end - node->start, end = n;
	const char *text = u->text + node->start;
	struct str out = str_new(u->arena, TEXT_MAX);

	if (n > max)
		end = whole_characters(text, max > 3 ? max - 3 : 0);
	/* One line: what stands between two words of it becomes one blank. */
	for (size_t i = 0; i < end; i++) {
		bool blank = strchr(" \t\r\n", text[i]) != NULL;

		if (!blank)
			str_addn(&out, text + i, 1);
		else if (i && !strchr(" \t\r\n", text[i - 1]))
			str_add(&out, " ");
	}
	if (end < n)
		str_add(&out, "...");
	return esc(u->arena, str_text(&out));
}

bool lint_is_shown(const struct unit *u, const struct py_node *call)
{
	const struct py_list *body = &u->tree->body;

	for (size_t i = 0; u->source->is_notebook && i < body->n; i++)
		if (body->v[i]->kind == PY_EXPR && body->v[i]->a == call)
			return i + 1 == body->n ||
			       source_place(u->source, body->v[i + 1]->start).cell !=
				       source_place(u->source, call->start).cell;
	return false;
}
