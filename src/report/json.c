// SPDX-License-Identifier: Apache-2.0
/* The report for programs: schema whycpu.report/1 (doc/report.schema.json), to which fields are
 * only added. Always a whole document, always ASCII. Names stay escaped as in the facts, so that
 * a path in it can be told from a path that only looks like it; see unesc in core/str.h. */
#include "report/render.h"

#include <jansson.h>
#include <string.h>

#include "core/json.h"
#include "facts/facts_json.h"
#include "facts/finding_json.h"
#include "report/json_text.h"
#include "report/lint_reporters.h"

static json_t *text_or_null(const char *s)
{
	return s ? json_text(s) : json_null();
}

static json_t *texts(const struct strlist *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->n; i++)
		json_array_append_new(array, json_text(list->v[i]));
	return array;
}

static json_t *tool(void)
{
	json_t *o = json_object();

	json_put_text(o, "name", "whycpu");
	json_put_text(o, "version", WHYCPU_VERSION);
	return o;
}

static json_t *target(const struct report *r)
{
	json_t *o = json_object();

	json_object_set_new(o, "python", text_or_null(r->target_python));
	json_object_set_new(o, "torch", text_or_null(r->target_torch));
	json_object_set_new(o, "chosen", text_or_null(r->target_chosen));
	return o;
}

static json_t *outcome_value(const struct outcome *out)
{
	switch (out->value) {
	case OUTCOME_FALSE:
		return json_false();
	case OUTCOME_TRUE:
		return json_true();
	case OUTCOME_COUNT:
		return json_integer(out->count);
	default:
		return json_null();
	}
}

static json_t *outcome(const struct outcome *out)
{
	json_t *o = json_object(), *raises = json_null();

	if (out->raises_type) {
		raises = json_object();
		json_put_text(raises, "type", out->raises_type);
		json_put_text(raises, "text", out->raises_text ? out->raises_text : "");
	}
	json_object_set_new(o, "value", outcome_value(out));
	json_object_set_new(o, "raises", raises);
	return o;
}

static json_t *prediction(const struct prediction *p)
{
	json_t *o = json_object();

	json_object_set_new(o, "import", outcome(&p->import));
	json_object_set_new(o, "is_available", outcome(&p->is_available));
	json_object_set_new(o, "device_count", outcome(&p->device_count));
	json_object_set_new(o, "to_cuda", outcome(&p->to_cuda));
	json_object_set_new(o, "first_kernel", outcome(&p->first_kernel));
	json_object_set_new(o, "warnings", texts(&p->warnings));
	return o;
}

static json_t *evidence(const struct finding *f)
{
	json_t *array = json_array();

	for (size_t i = 0; i < f->evidence.n; i++) {
		json_t *o = json_object();

		json_put_text(o, "what", f->evidence.v[i].what);
		json_put_text(o, "source", f->evidence.v[i].source);
		json_array_append_new(array, o);
	}
	return array;
}

static json_t *fixes(const struct finding *f)
{
	json_t *array = json_array();

	for (size_t i = 0; i < f->fixes.n; i++) {
		json_t *o = json_object();

		json_object_set_new(o, "command", text_or_null(f->fixes.v[i].command));
		json_put_text(o, "applies", applies_name(f->fixes.v[i].applies));
		json_put_text(o, "words", f->fixes.v[i].words);
		json_array_append_new(array, o);
	}
	return array;
}

/* Edits of the text belong to the first fix: they are what its words say. All of them are applied together. */
static void add_edits(const struct finding *f, json_t *array)
{
	json_t *o = json_array_get(array, 0);
	enum applies applies = APPLIES_SAFE;

	if (!f->edits.n)
		return;
	for (size_t i = 0; i < f->edits.n; i++)
		applies = f->edits.v[i].applies > applies ? f->edits.v[i].applies : applies;
	if (!o) {
		o = json_object();
		json_object_set_new(o, "command", json_null());
		json_put_text(o, "words", "edit the lines as shown");
		json_array_append_new(array, o);
	}
	json_put_text(o, "applies", applies_name(applies));
	json_object_set_new(o, "edits", edits_dump(f));
}

static json_t *finding(const struct finding *f)
{
	json_t *o = json_object();

	json_put_text(o, "id", f->id);
	json_put_text(o, "role", role_name(f->role));
	json_put_text(o, "stage", stage_name(f->stage));
	json_put_text(o, "severity", severity_name(f->severity));
	json_put_text(o, "confidence", f->confidence);
	json_put_text(o, "subject", f->subject ? f->subject : "");
	json_put_text(o, "title", f->title);
	json_object_set_new(o, "evidence", evidence(f));
	json_object_set_new(o, "fix", fixes(f));
	json_object_set_new(o, "explained_by", text_or_null(f->explained_by));
	json_put_text(o, "rule", f->rule);
	if (f->location) {
		json_object_set_new(o, "location", location_dump(f->location));
		json_object_set_new(o, "way", way_dump(f));
		if (f->note)
			json_put_text(o, "note", f->note);
		add_edits(f, json_object_get(o, "fix"));
	}
	return o;
}

static json_t *findings(const struct report *r)
{
	json_t *array = json_array();

	for (size_t i = 0; i < r->findings.n; i++)
		if (r->findings.v[i]->role != ROLE_NONE)
			json_array_append_new(array, finding(r->findings.v[i]));
	return array;
}

static json_t *not_looked_at(const struct report *r)
{
	json_t *array = texts(&r->not_looked_at), *rest = texts(&r->unread);

	json_array_extend(array, rest);
	json_decref(rest);
	return array;
}

/* jansson writes DEL as it is, even with JSON_ENSURE_ASCII; terminals and some parsers do not
 * like it. It can only stand inside a string. */
static int write_ascii(const char *buffer, size_t size, void *data)
{
	struct str *out = data;

	for (size_t i = 0; i < size;) {
		const char *del = memchr(buffer + i, 0x7f, size - i);
		size_t n = del ? (size_t)(del - buffer) - i : size - i;

		str_addn(out, buffer + i, n);
		if (del)
			str_add(out, "\\u007f");
		i += n + (del ? 1 : 0);
	}
	return 0;
}

void json_write(json_t *root, struct str *out)
{
	json_dump_callback(root, write_ascii, out,
			   JSON_ENSURE_ASCII | JSON_INDENT(1) | JSON_PRESERVE_ORDER);
	json_decref(root);
	str_add(out, "\n");
}

/* What the linter adds, and the whole of it when no machine was looked at. */
static void add_lint(const struct report *r, json_t *root)
{
	json_object_set_new(root, "lint_files", json_integer((json_int_t)r->lint_files));
	json_object_set_new(root, "notes", texts(&r->notes));
}

static void render_lint(const struct facts *f, const struct report *r, const struct render_opts *o,
			struct str *out)
{
	json_t *root = json_object();

	(void)f;
	(void)o;
	json_put_text(root, "schema", "whycpu.report/1");
	json_object_set_new(root, "tool", tool());
	json_object_set_new(root, "findings", findings(r));
	add_lint(r, root);
	json_write(root, out);
}

static void render_json(const struct facts *f, const struct report *r, const struct render_opts *o,
			struct str *out)
{
	json_t *root = json_object();

	(void)o;
	json_put_text(root, "schema", "whycpu.report/1");
	json_object_set_new(root, "tool", tool());
	json_object_set_new(root, "target", target(r));
	json_put_text(root, "answer", answer_name(r->answer));
	json_put_text(root, "diagnosis", r->diagnosis);
	json_put_text(root, "basis", r->basis);
	json_object_set_new(root, "prediction", prediction(&r->prediction));
	json_object_set_new(root, "findings", findings(r));
	json_object_set_new(root, "not_looked_at", not_looked_at(r));
	json_object_set_new(root, "facts", facts_dump(f));
	if (r->lint_files)
		add_lint(r, root);
	json_write(root, out);
}

const struct reporter reporter_json = {
	.name = "json",
	.help = "the whole report, for programs (schema whycpu.report/1)",
	.render = render_json,
};

const struct reporter reporter_lint_json = {
	.name = "json",
	.help = "the findings, for programs (schema whycpu.report/1)",
	.render = render_lint,
};
