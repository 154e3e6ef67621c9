// SPDX-License-Identifier: Apache-2.0
/* ast_dump FILE...: the tree of each file, one node per line, for ast-compare.py, which holds it against CPython's own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lint/source.h"

static const char *const kinds[] = {
	"Error",    "Name",    "Int",        "Float",    "String",  "FString",   "True",
	"False",    "None",    "Ellipsis",   "Attr",     "Call",    "Arg",       "Subscript",
	"Slice",    "Binary",  "Bool",       "Unary",    "Compare", "IfExp",     "Lambda",
	"Tuple",    "List",    "Set",        "Dict",     "Star",    "Comp",      "CompFor",
	"Await",    "Yield",   "Walrus",     "Expr",     "Assign",  "AugAssign", "AnnAssign",
	"Return",   "Raise",   "Del",        "Pass",     "Break",   "Continue",  "Global",
	"Nonlocal", "Import",  "ImportFrom", "Alias",    "If",      "For",       "While",
	"Try",      "Handler", "With",       "WithItem", "Func",    "Class",     "Assert",
	"Match",    "Case",    "Module",
};

static void dump(const char *label, const struct py_node *n, int depth);

static void dump_list(const char *label, const struct py_list *list, int depth)
{
	for (size_t i = 0; i < list->n; i++)
		dump(label, list->v[i], depth);
}

static void put_text(const char *label, const char *text)
{
	if (!text)
		return;
	printf(" %s=", label);
	for (; *text; text++)
		printf("%02x", (unsigned char)*text);
}

static void dump_params(const struct py_params *params, int depth)
{
	static const char *const names[] = { "plain", "positional", "keyword", "args", "kwargs" };

	for (size_t i = 0; i < params->n; i++) {
		const struct py_param *p = &params->v[i];

		printf("%*sparam %s", depth, "", names[p->kind]);
		put_text("name", p->name);
		printf("\n");
		dump("annotation", p->annotation, depth + 1);
		dump("fallback", p->fallback, depth + 1);
	}
}

static void dump_flags(const struct py_node *n)
{
	if (n->op)
		printf(" op=%d", (int)n->op);
	for (size_t i = 0; n->kind == PY_COMPARE && i < n->list.n; i++)
		printf(" op=%d", (int)n->ops[i]);
	if (n->kind == PY_INT && !n->is_big)
		printf(" number=%lld", (long long)n->number);
	if (n->kind == PY_FLOAT)
		printf(" real=%a", n->real);
	if (n->level)
		printf(" level=%d", n->level);
	if (n->stars)
		printf(" stars=%d", n->stars);
	if (n->kind == PY_COMP)
		printf(" comp=%d", (int)n->comp);
	printf("%s%s%s%s", n->is_bytes ? " bytes" : "", n->is_async ? " async" : "",
	       n->is_from ? " from" : "", n->is_default ? " default" : "");
}

static void dump(const char *label, const struct py_node *n, int depth)
{
	if (!n)
		return;
	printf("%*s%s %s %u:%u-%u", depth, "", label, kinds[n->kind], n->line, n->start, n->end);
	if (n->kind != PY_INT && n->kind != PY_FLOAT)
		put_text("name", n->name);
	if (ast_has_tail(n->kind))
		put_text("alias", n->alias);
	dump_flags(n);
	printf("\n");
	if (ast_has_tail(n->kind))
		dump_params(&n->params, depth + 1);
	dump("a", n->a, depth + 1);
	dump("b", n->b, depth + 1);
	dump("c", n->c, depth + 1);
	dump_list("list", &n->list, depth + 1);
	if (!ast_has_tail(n->kind))
		return;
	dump_list("list2", &n->list2, depth + 1);
	dump_list("body", &n->body, depth + 1);
	dump_list("orelse", &n->orelse, depth + 1);
	dump_list("final", &n->final, depth + 1);
}

static struct bytes read_file(struct arena *a, const char *path)
{
	FILE *f = fopen(path, "rb");
	struct bytes raw = { 0 };
	char *text = arena_alloc(a, SOURCE_MAX + 1);

	if (!f)
		return raw;
	raw.n = fread(text, 1, SOURCE_MAX, f);
	raw.v = text;
	fclose(f);
	return raw;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		struct arena *a = arena_new();
		const struct source *s = source_new(a, argv[i], read_file(a, argv[i]));
		uint32_t n_nodes = 0;
		bool has_errors = false;
		struct py_node *tree = ast_build(a, s, &n_nodes, &has_errors);

		printf("FILE %s%s%s\n", argv[i], has_errors ? " errors" : "",
		       s->problem ? " problem" : "");
		dump("module", tree, 0);
		arena_free(a);
	}
	return 0;
}
