// SPDX-License-Identifier: Apache-2.0
/* Does any text break the linter? What is held: no crash, no wrong access, bounded time; every node lies within the text and
 * within its parent's numbers; every name is written where it stands; every finding has a place; every edit makes a file that
 * can be read, also in a notebook with the same text.
 *
 * With libFuzzer: clang -fsanitize=fuzzer,address -DFUZZER ... Alone: fuzz_lint [-n RUNS] [-s SEED] [-o FILE] SEEDFILE...
 * mutates the given files; the text that is tried lies in FILE, so that it is there after a crash. Prints TAP. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/json.h"
#include "lint/fix.h"
#include "lint/lint.h"
#include "lint/names.h"
#include "lint/project.h"
#include "lint/source.h"

#define DEPTH_BOUND (3 * AST_DEPTH_MAX)
#define SECONDS_PER_INPUT 30
#define INPUT_MAX ((size_t)64 * 1024)
#define FIXES_MAX 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void insist(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "fuzz_lint: %s\n", what);
	abort();
}

struct check {
	const struct unit *unit;
	bool *seen;
};

static void insist_kinds(const struct py_list *list, enum py_kind kind)
{
	for (size_t i = 0; i < list->n; i++)
		insist(list->v[i]->kind == kind, "another kind of node than is promised");
}

/* What ast.h promises of a node's parts. */
static void check_parts(const struct py_node *n)
{
	switch (n->kind) {
	case PY_CALL:
		insist(n->a != NULL, "a call of nothing");
		insist_kinds(&n->list, PY_ARG);
		break;
	case PY_CLASS:
		insist(n->name != NULL, "a class without a name");
		insist_kinds(&n->list2, PY_ARG);
		break;
	case PY_COMP:
		insist(n->a && n->list.n && (n->comp != COMP_DICT || n->b),
		       "an empty comprehension");
		insist_kinds(&n->list, PY_COMP_FOR);
		break;
	case PY_IMPORT:
	case PY_IMPORT_FROM:
		insist_kinds(&n->list, PY_ALIAS);
		break;
	case PY_TRY:
		insist_kinds(&n->list, PY_HANDLER);
		break;
	case PY_WITH:
		insist(n->list.n > 0, "with nothing");
		insist_kinds(&n->list, PY_WITH_ITEM);
		break;
	case PY_MATCH:
		insist_kinds(&n->list, PY_CASE);
		break;
	case PY_GLOBAL:
	case PY_NONLOCAL:
		insist_kinds(&n->list, PY_NAME);
		break;
	case PY_DICT:
		insist(n->list.n == n->list2.n, "keys without values");
		break;
	case PY_ATTR:
	case PY_ALIAS:
	case PY_FUNC:
		insist(n->name != NULL && (n->kind != PY_ATTR || n->a), "something without a name");
		break;
	case PY_BINARY:
	case PY_WALRUS:
	case PY_COMP_FOR:
	case PY_AUGASSIGN:
	case PY_ANNASSIGN:
	case PY_FOR:
		insist(n->a && n->b, "a pair with one part");
		break;
	case PY_SUBSCRIPT:
	case PY_COMPARE:
		insist(n->a && n->list.n, "something without its parts");
		break;
	case PY_BOOL:
		insist(n->list.n >= 2, "and or or of one");
		break;
	case PY_IFEXP:
		insist(n->a && n->b && n->c, "if without else");
		break;
	case PY_ASSIGN:
		insist(n->a && n->list.n, "an assignment without a side");
		break;
	case PY_ARG:
	case PY_STAR:
	case PY_UNARY:
	case PY_LAMBDA:
	case PY_AWAIT:
	case PY_EXPR:
	case PY_IF:
	case PY_WHILE:
	case PY_WITH_ITEM:
	case PY_ASSERT:
		insist(n->a != NULL, "something without its part");
		break;
	default:
		break;
	}
}

static bool check_node(struct py_node *node, void *data)
{
	struct check *c = data;
	const struct unit *u = c->unit;

	insist(node->id >= 1 && node->id <= u->n_nodes, "a node without a number");
	insist(!c->seen[node->id], "a number twice");
	c->seen[node->id] = true;
	insist(node->start <= node->end && node->end <= u->n_text, "a node outside of the text");
	insist(!node->a || node->id < node->a->id, "a child before its parent");
	for (size_t i = 0; i < node->list.n; i++)
		insist(node->list.v[i] && node->id < node->list.v[i]->id,
		       "a listed child before its parent");
	check_parts(node);
	if (node->kind == PY_NAME) {
		size_t n = strlen(node->name);

		insist(node->end - node->start == n &&
			       memcmp(u->text + node->start, node->name, n) == 0,
		       "a name that is not written there");
		names_find(u, node, node->name, NULL);
	}
	names_dotted(u, node);
	insist(names_scope(u, node) != NULL, "a node without a scope");
	insist(source_place(u->source, node->start).line >= 1, "a node without a line");
	return true;
}

static unsigned depth_of(const struct py_node *node);

static unsigned deepest(const struct py_list *list, unsigned depth)
{
	for (size_t i = 0; i < list->n; i++) {
		unsigned below = depth_of(list->v[i]);

		depth = below > depth ? below : depth;
	}
	return depth;
}

static unsigned depth_of(const struct py_node *node)
{
	unsigned depth = 0;
	const struct py_node *const parts[] = { node->a, node->b, node->c };

	for (size_t i = 0; i < 3; i++) {
		unsigned below = parts[i] ? depth_of(parts[i]) : 0;

		depth = below > depth ? below : depth;
	}
	depth = deepest(&node->list, depth);
	if (!ast_has_tail(node->kind))
		return depth + 1;
	depth = deepest(&node->list2, depth);
	depth = deepest(&node->body, depth);
	depth = deepest(&node->orelse, depth);
	return deepest(&node->final, depth) + 1;
}

/* The first few edits, each alone. */
static bool try_fixes(struct unit *u, struct arena *a)
{
	size_t tried = 0;

	for (size_t i = 0; i < u->findings.n && tried < FIXES_MAX; i++) {
		struct bytes raw;
		const char *problem = NULL;

		if (!u->findings.v[i]->edits.n)
			continue;
		tried++;
		if (fix_apply(u->source, &u->findings.v[i], 1, a, &raw, &problem))
			insist(!source_new(a, u->source->path, raw)->problem,
			       "an edit that makes a file nobody can read");
		else
			insist(problem != NULL, "an edit is refused without a reason");
	}
	return tried > 0;
}

/* A notebook with this code, its lines in a list. */
static struct bytes as_notebook(struct bytes text, struct arena *a)
{
	json_t *lines = json_array(), *book;
	char *dumped;
	struct bytes raw;

	for (size_t at = 0; at < text.n;) {
		const char *end = memchr(text.v + at, '\n', text.n - at);
		size_t n = end ? (size_t)(end - text.v) + 1 - at : text.n - at;

		json_array_append_new(lines, json_stringn(text.v + at, n));
		at += n;
	}
	book = json_pack("{s:[{s:s, s:s}, {s:s, s:o}]}", "cells", "cell_type", "markdown", "source",
			 "#", "cell_type", "code", "source", lines);
	dumped = json_dumps(book, text.n % 2 ? JSON_INDENT(1) : JSON_ENSURE_ASCII);
	raw.n = strlen(dumped);
	raw.v = arena_strndup(a, dumped, raw.n);
	free(dumped);
	json_decref(book);
	return raw;
}

static struct unit *judge(struct bytes raw, bool is_notebook, struct arena *a)
{
	struct project *p = project_new(NULL, NULL, a);
	const char *problem = NULL;

	p->expects_gpu = true; /* as for `check`: it finds more */

	struct unit *u =
		project_open_text(p, NULL, is_notebook ? "x.ipynb" : "x.py", raw, &problem);

	insist(u || problem, "neither a unit nor a problem");
	if (u)
		lint_unit(u);
	return u;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	bool is_notebook = size > 0 && data[0] == '{';
	struct bytes raw = { arena_strndup(a, (const char *)data, size), size };
	struct unit *u = judge(raw, is_notebook, a);

	if (u) {
		struct check c = { u, arena_alloc(a, u->n_nodes + 1) };

		insist(depth_of(u->tree) <= DEPTH_BOUND, "too deep");
		ast_walk(u->tree, check_node, &c);
		for (size_t i = 0; i < u->findings.n; i++)
			insist(u->findings.v[i]->location && u->findings.v[i]->location->line >= 1,
			       "a finding without a place");
	}
	if (u && try_fixes(u, a) && !is_notebook)
		u = judge(as_notebook(u->source->text, a), true, a);
	if (u && u->source->is_notebook)
		try_fixes(u, a);
	arena_free(a);
	return 0;
}

#ifndef FUZZER

static uint64_t random_state;

static uint64_t random_number(uint64_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return below ? random_state % below : 0;
}

struct text {
	char *v;
	size_t n;
};

struct seeds {
	struct text *v;
	size_t n;
};

static struct text read_file(struct arena *a, const char *path)
{
	FILE *f = fopen(path, "rb");
	struct text t = { arena_alloc(a, INPUT_MAX), 0 };

	if (!f)
		return t;
	t.n = fread(t.v, 1, INPUT_MAX / 2, f);
	fclose(f);
	return t;
}

/* The line that holds a random byte: its place. */
static void pick_line(const struct text *t, size_t *ret_start, size_t *ret_end)
{
	size_t start = (size_t)random_number(t->n), end = start;

	while (start > 0 && t->v[start - 1] != '\n')
		start--;
	while (end < t->n && t->v[end] != '\n')
		end++;
	*ret_start = start;
	*ret_end = end < t->n ? end + 1 : end;
}

static void replace(struct text *t, size_t start, size_t end, const char *with, size_t n)
{
	if (t->n - (end - start) + n > INPUT_MAX)
		return;
	memmove(t->v + start + n, t->v + end, t->n - end);
	memcpy(t->v + start, with, n);
	t->n = t->n - (end - start) + n;
}

static void mutate_line(struct text *t, const struct text *other)
{
	size_t start, end, from, to;
	char line[4096];

	pick_line(t, &start, &end);
	pick_line(other, &from, &to);
	if (to - from > sizeof line)
		to = from + sizeof line;
	memcpy(line, other->v + from, to - from);
	switch (random_number(4)) {
	case 0: /* gone */
		replace(t, start, end, "", 0);
		break;
	case 1: /* another one in its place */
		replace(t, start, end, line, to - from);
		break;
	case 2: /* another one before it */
		replace(t, start, start, line, to - from);
		break;
	default: /* deeper, or less deep */
		if (random_number(2) && start < t->n && t->v[start] == ' ')
			replace(t, start, start + 1, "", 0);
		else
			replace(t, start, start, "    ", 4);
	}
}

static void mutate_bytes(struct text *t)
{
	static const char *const words[] = {
		"(",
		")",
		"[",
		"]",
		"{",
		"}",
		":",
		",",
		"*",
		"**",
		"\"\"\"",
		"'",
		"f'{",
		"}'",
		"\\\n",
		"\n",
		"\t",
		"lambda ",
		"yield ",
		"await ",
		" if ",
		" for ",
		" in ",
		"async ",
		"print ",
		"%",
		"!ls",
		"\xc3",
		"\xff",
		"\0",
		"\r",
		"\f",
		"class A(A):\n",
		"self.",
		".to(",
		"=",
		":=",
		"@",
		"import ",
		"from . import *\n",
		"global x\n",
		"0x",
		"1e9",
		"match x:\n case _:",
		"torch.",
		".cuda()",
	};
	const char *word = words[random_number(sizeof words / sizeof *words)];
	size_t at = (size_t)random_number(t->n + 1), n = *word ? strlen(word) : 1;
	size_t span = (size_t)random_number(8);

	switch (random_number(3)) {
	case 0:
		replace(t, at, at, word, n);
		break;
	case 1:
		replace(t, at, at + span > t->n ? t->n : at + span, "", 0);
		break;
	default:
		if (at < t->n)
			t->v[at] = (char)random_number(256);
	}
}

static struct text mutated(struct arena *a, const struct seeds *seeds)
{
	const struct text *seed = &seeds->v[random_number(seeds->n)];
	struct text t = { arena_alloc(a, INPUT_MAX + 8), seed->n };

	memcpy(t.v, seed->v, seed->n);
	for (uint64_t i = 0, n = 1 + random_number(8); i < n; i++) {
		if (random_number(3))
			mutate_line(&t, &seeds->v[random_number(seeds->n)]);
		else
			mutate_bytes(&t);
	}
	return t;
}

static void keep(const char *path, const struct text *t)
{
	FILE *f = path ? fopen(path, "wb") : NULL;

	if (!f)
		return;
	fwrite(t->v, 1, t->n, f);
	fclose(f);
}

static void try_one(const struct text *t, const char *keep_in)
{
	keep(keep_in, t);
	alarm(SECONDS_PER_INPUT);
	LLVMFuzzerTestOneInput((const uint8_t *)t->v, t->n);
	alarm(0);
}

int main(int argc, char **argv)
{
	struct arena *a = arena_new();
	struct seeds seeds = { arena_alloc(a, (size_t)argc * sizeof(struct text)), 0 };
	const char *keep_in = NULL;
	long runs = 0;
	int option;

	random_state = 88172645463325252u;
	while ((option = getopt(argc, argv, "n:s:o:")) != -1) {
		if (option == 'n')
			runs = strtol(optarg, NULL, 10);
		else if (option == 's')
			random_state += strtoul(optarg, NULL, 10) * 2654435761u;
		else if (option == 'o')
			keep_in = optarg;
		else
			return 2;
	}
	json_setup();
	for (int i = optind; i < argc; i++)
		seeds.v[seeds.n++] = read_file(a, argv[i]);
	printf("1..%d\n", runs ? 2 : 1);
	for (size_t i = 0; i < seeds.n; i++)
		try_one(&seeds.v[i], keep_in);
	printf("ok 1 - %zu files as they are\n", seeds.n);
	for (long i = 0; i < runs && seeds.n; i++) {
		struct arena *once = arena_new();
		struct text t = mutated(once, &seeds);

		try_one(&t, keep_in);
		arena_free(once);
	}
	if (runs)
		printf("ok 2 - %ld mutants\n", runs);
	arena_free(a);
	return 0;
}
#endif
