// SPDX-License-Identifier: Apache-2.0
/* Findings as commands of a GitHub workflow: one line each, which GitHub shows beside the changed line. Its own escapes: % as
 * %25, ends of lines as %0A and %0D, in a property also : and , (actions/toolkit, packages/core/src/command.ts). */
#include <string.h>

#include "report/lint_reporters.h"
#include "report/term.h"

static void add_escaped(struct str *out, const char *text, bool is_property)
{
	struct bytes plain = unesc(out->arena, text);

	/* The reversible escapes of names stay where undoing them would give what no line may hold. */
	if (strlen(plain.v) == plain.n)
		text = plain.v;
	for (const char *c = term_safe(out->arena, text, true); *c; c++) {
		if (*c == '%' || (is_property && (*c == ':' || *c == ',')))
			str_addf(out, "%%%02X", (unsigned)*c);
		else
			str_addn(out, c, 1);
	}
}

static const char *command(enum severity severity)
{
	return severity == SEVERITY_ERROR     ? "error"
	       : severity == SEVERITY_WARNING ? "warning"
					      : "notice";
}

static void add_finding(struct str *out, const struct finding *f)
{
	const struct location *at = f->location;

	str_addf(out, "::%s file=", command(f->severity));
	add_escaped(out, at->file, true);
	/* A notebook's lines are those of its cells, which no diff of the file shows. */
	if (!at->cell) {
		str_addf(out, ",line=%u", at->line);
		if (at->end_line == at->line)
			str_addf(out, ",col=%u,endColumn=%u", at->column, at->end_column);
		else
			str_addf(out, ",endLine=%u", at->end_line);
	}
	str_addf(out, ",title=whycpu %s::", f->id);
	if (at->cell)
		str_addf(out, "cell %u, line %u: ", at->cell, at->line);
	add_escaped(out, f->title, false);
	for (size_t i = 0; i < f->fixes.n; i++) {
		if (!f->fixes.v[i].words)
			continue;
		str_add(out, "%0AHelp: ");
		add_escaped(out, f->fixes.v[i].words, false);
	}
	if (f->note) {
		str_add(out, "%0ANote: ");
		add_escaped(out, f->note, false);
	}
	str_add(out, "\n");
}

static void render(const struct facts *facts, const struct report *r, const struct render_opts *o,
		   struct str *out)
{
	(void)facts;
	(void)o;
	for (size_t i = 0; i < r->findings.n; i++)
		if (r->findings.v[i]->location)
			add_finding(out, r->findings.v[i]);
}

const struct reporter reporter_github = {
	.name = "github",
	.help = "annotations of a GitHub workflow",
	.render = render,
};
