// SPDX-License-Identifier: Apache-2.0
/* Findings for code scanning: SARIF 2.1.0 (OASIS, sarif-v2.1.0). Columns are code points. A notebook's places are cells and
 * lines in them, which SARIF has no region for: they are told in words. */
#include <string.h>

#include <jansson.h>

#include "core/json.h"
#include "facts/causes.h"
#include "report/json_text.h"
#include "report/lint_reporters.h"

#define SCHEMA                                                                                     \
	"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

static json_t *message(const char *text)
{
	json_t *o = json_object();

	json_put_text(o, "text", text);
	return o;
}

static const char *level(enum severity severity)
{
	return severity == SEVERITY_ERROR     ? "error"
	       : severity == SEVERITY_WARNING ? "warning"
					      : "note";
}

/* A path as a URI: relative to where the user stands, or file:///... */
static const char *uri(struct arena *a, const char *path)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
	struct bytes raw = unesc(a, path);
	struct str out = str_new(a, 3 * raw.n + 16);

	if (raw.n && raw.v[0] == '/')
		str_add(&out, "file://");
	for (size_t i = 0; i < raw.n; i++) {
		if (raw.v[i] && strchr(plain, raw.v[i]))
			str_addn(&out, raw.v + i, 1);
		else
			str_addf(&out, "%%%02X", (unsigned)(unsigned char)raw.v[i]);
	}
	return str_text(&out);
}

static json_t *artifact(struct arena *a, const char *path)
{
	json_t *o = json_object();

	json_put_text(o, "uri", uri(a, path));
	return o;
}

static json_t *region(const struct location *l)
{
	json_t *o = json_object();

	json_object_set_new(o, "startLine", json_integer(l->line));
	json_object_set_new(o, "startColumn", json_integer(l->column));
	json_object_set_new(o, "endLine", json_integer(l->end_line));
	json_object_set_new(o, "endColumn", json_integer(l->end_column));
	return o;
}

static json_t *place(struct arena *a, const struct location *l)
{
	json_t *o = json_object(), *physical = json_object();

	json_object_set_new(physical, "artifactLocation", artifact(a, l->file));
	if (l->cell) {
		json_t *logical = json_object(), *list = json_array();

		json_put_text(logical, "name", arena_fmt(a, "cell %u, line %u", l->cell, l->line));
		json_array_append_new(list, logical);
		json_object_set_new(o, "logicalLocations", list);
	} else {
		json_object_set_new(physical, "region", region(l));
	}
	json_object_set_new(o, "physicalLocation", physical);
	return o;
}

static json_t *way(struct arena *a, const struct finding *f)
{
	json_t *array = json_array();

	for (size_t i = 0; i < f->way.n; i++) {
		json_t *o = place(a, &f->way.v[i].at);

		json_object_set_new(o, "id", json_integer((json_int_t)i + 1));
		json_object_set_new(o, "message", message(f->way.v[i].text));
		json_array_append_new(array, o);
	}
	return array;
}

static json_t *replacement(const struct edit *e)
{
	json_t *o = json_object();

	json_object_set_new(o, "deletedRegion", region(&e->at));
	json_object_set_new(o, "insertedContent", message(e->text));
	return o;
}

/* NULL: there is nothing to apply. */
static json_t *fixes(struct arena *a, const struct finding *f)
{
	json_t *replacements, *change, *fix;

	if (!f->edits.n || f->location->cell)
		return NULL;
	replacements = json_array();
	for (size_t i = 0; i < f->edits.n; i++)
		json_array_append_new(replacements, replacement(&f->edits.v[i]));
	change = json_object();
	json_object_set_new(change, "artifactLocation", artifact(a, f->location->file));
	json_object_set_new(change, "replacements", replacements);
	fix = json_object();
	json_object_set_new(fix, "description",
			    message(f->fixes.n && f->fixes.v[0].words ? f->fixes.v[0].words
								      : "edit the lines"));
	json_object_set_new(fix, "artifactChanges", json_pack("[o]", change));
	return json_pack("[o]", fix);
}

/* ---- what stays the same when lines move ---- */

static uint64_t hash(uint64_t h, const char *text)
{
	/* FNV-1a. The NUL at the end keeps neighbours apart. */
	do
		h = (h ^ (unsigned char)*text) * 0x100000001b3u;
	while (*text++);
	return h;
}

/* The line without its blanks: indentation may change. */
static const char *essence(struct arena *a, const struct location *l)
{
	char *out = arena_strdup(a, l->excerpt ? l->excerpt : ""), *to = out;

	for (const char *c = out; *c; c++)
		if (*c != ' ')
			*to++ = *c;
	*to = '\0';
	return out;
}

static bool same_thing(struct arena *a, const struct finding *x, const struct finding *y)
{
	return strcmp(x->id, y->id) == 0 && strcmp(x->location->file, y->location->file) == 0 &&
	       strcmp(essence(a, x->location), essence(a, y->location)) == 0;
}

/* Which of several alike it is: they stand in the order of their lines, so that only the neighbours have to be asked. */
static unsigned turn(struct arena *a, const struct report *r, size_t at)
{
	unsigned n = 0;

	for (size_t i = at; i > 0 && at - i < 1000; i--) {
		const struct finding *f = r->findings.v[i - 1];

		if (!f->location ||
		    strcmp(f->location->file, r->findings.v[at]->location->file) != 0)
			break;
		n += same_thing(a, f, r->findings.v[at]);
	}
	return n;
}

static json_t *fingerprints(struct arena *a, const struct report *r, size_t at)
{
	const struct finding *f = r->findings.v[at];
	uint64_t h = 0xcbf29ce484222325u;
	json_t *o = json_object();

	h = hash(h, f->id);
	h = hash(h, f->location->file);
	h = hash(h, essence(a, f->location));
	json_put_text(o, "whycpuLine/v1",
		      arena_fmt(a, "%016llx:%u", (unsigned long long)h, turn(a, r, at)));
	return o;
}

/* ---- the run ---- */

/* The place of each id among the rules that are listed; all of lint's are, in the table's order. */
static int rule_index(const char *id)
{
	int n = 0;

	for (size_t i = 0; i < n_causes_table; i++) {
		if (strcmp(causes_table[i].used_by, "chain") == 0)
			continue;
		if (strcmp(causes_table[i].id, id) == 0)
			return n;
		n++;
	}
	return -1;
}

static json_t *rules(struct arena *a)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n_causes_table; i++) {
		const struct causes_row *row = &causes_table[i];
		json_t *o, *configuration;

		if (strcmp(row->used_by, "chain") == 0)
			continue;
		o = json_object();
		configuration = json_object();
		json_put_text(o, "id", row->id);
		json_object_set_new(o, "shortDescription", message(row->definition));
		json_object_set_new(o, "help", message(arena_fmt(a, "whycpu rule %s", row->id)));
		json_put_text(configuration, "level",
			      strcmp(row->severity, "advice") == 0 ? "note" : row->severity);
		json_object_set_new(o, "defaultConfiguration", configuration);
		json_array_append_new(array, o);
	}
	return array;
}

static json_t *words(struct arena *a, const struct finding *f)
{
	const struct location *l = f->location;
	const char *text = f->note ? arena_fmt(a, "%s. %s.", f->title, f->note) : f->title;

	return message(l->cell ? arena_fmt(a, "cell %u, line %u: %s", l->cell, l->line, text)
			       : text);
}

static json_t *result(struct arena *a, const struct report *r, size_t at)
{
	const struct finding *f = r->findings.v[at];
	const struct location *l = f->location;
	json_t *o = json_object(), *edits = fixes(a, f);

	json_put_text(o, "ruleId", f->id);
	json_object_set_new(o, "ruleIndex", json_integer(rule_index(f->id)));
	json_put_text(o, "level", level(f->severity));
	json_object_set_new(o, "message", words(a, f));
	json_object_set_new(o, "locations", json_pack("[o]", place(a, l)));
	if (f->way.n)
		json_object_set_new(o, "relatedLocations", way(a, f));
	json_object_set_new(o, "partialFingerprints", fingerprints(a, r, at));
	if (edits)
		json_object_set_new(o, "fixes", edits);
	return o;
}

static json_t *results(struct arena *a, const struct report *r)
{
	json_t *array = json_array();

	for (size_t i = 0; i < r->findings.n; i++)
		if (r->findings.v[i]->location)
			json_array_append_new(array, result(a, r, i));
	return array;
}

static json_t *invocation(const struct report *r)
{
	json_t *o = json_object(), *notes = json_array();

	for (size_t i = 0; i < r->notes.n; i++) {
		json_t *n = json_object();

		json_put_text(n, "level", "note");
		json_object_set_new(n, "message", message(r->notes.v[i]));
		json_array_append_new(notes, n);
	}
	json_object_set_new(o, "executionSuccessful", json_true());
	json_object_set_new(o, "toolExecutionNotifications", notes);
	return o;
}

static json_t *tool(struct arena *a)
{
	json_t *driver = json_object(), *o = json_object();

	json_put_text(driver, "name", "whycpu");
	json_put_text(driver, "version", WHYCPU_VERSION);
	json_object_set_new(driver, "rules", rules(a));
	json_object_set_new(o, "driver", driver);
	return o;
}

static void render(const struct facts *facts, const struct report *r, const struct render_opts *o,
		   struct str *out)
{
	json_t *root = json_object(), *run = json_object();

	(void)facts;
	(void)o;
	json_object_set_new(run, "tool", tool(out->arena));
	json_object_set_new(run, "invocations", json_pack("[o]", invocation(r)));
	json_put_text(run, "columnKind", "unicodeCodePoints");
	json_object_set_new(run, "results", results(out->arena, r));
	json_put_text(root, "$schema", SCHEMA);
	json_put_text(root, "version", "2.1.0");
	json_object_set_new(root, "runs", json_pack("[o]", run));
	json_write(root, out);
}

const struct reporter reporter_sarif = {
	.name = "sarif",
	.help = "SARIF 2.1.0, for code scanning",
	.render = render,
};
