// SPDX-License-Identifier: Apache-2.0
/* What is the value of a literal? Strings with their escapes undone, f-strings as the expressions in their braces, numbers. */
#include "lint/ast_build.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lint/source_internal.h"
#include "python_symbols.h"

/* How a string literal begins: its prefix and its quotes. */
struct opening {
	bool is_raw, is_bytes, is_format;
	size_t prefix, quotes; /* bytes */
};

static struct opening read_opening(const char *s, size_t n)
{
	struct opening o = { 0 };
	size_t i = 0;

	for (; i < n && s[i] != '\'' && s[i] != '"'; i++) {
		char letter = (char)(s[i] | 0x20);

		o.is_raw = o.is_raw || letter == 'r';
		o.is_bytes = o.is_bytes || letter == 'b';
		o.is_format = o.is_format || letter == 'f' || letter == 't';
	}
	o.prefix = i;
	o.quotes = n >= i + 6 && s[i] == s[i + 1] && s[i] == s[i + 2] ? 3 : 1;
	return o;
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'z' ? c - 'a' + 10 : 99;
}

/* Up to `max` digits of `base` at s. */
static size_t read_digits(const char *s, size_t n, size_t max, int base, uint32_t *ret_value)
{
	size_t used = 0;
	uint32_t value = 0;

	for (; used < max && used < n && digit_of(s[used]) < base; used++)
		value = value * (uint32_t)base + (uint32_t)digit_of(s[used]);
	*ret_value = value;
	return used;
}

/* What stands behind the backslash of \n, \\ and the like; 0: nothing simple. */
static char simple_escape(char c)
{
	static const char letters[] = "abfnrtv\\'\"";
	static const char meant[] = "\a\b\f\n\r\t\v\\'\"";
	const char *found = c ? strchr(letters, c) : NULL;

	return found ? meant[found - letters] : '\0';
}

/* The escape whose backslash stands before s; bytes read, and bytes written to `to` (never more than read plus one). A NUL
 * would end our texts: it becomes a blank, and \N{...} a question mark. */
static size_t undo_escape(const char *s, size_t n, bool is_bytes, char *to, size_t *ret_written)
{
	char simple = simple_escape(s[0]);
	uint32_t cp = 0;
	size_t used = 1;

	*ret_written = 0;
	if (simple) {
		to[(*ret_written)++] = simple;
		return 1;
	}
	if (s[0] == '\n')
		return 1;
	if (s[0] == '\r')
		return n > 1 && s[1] == '\n' ? 2 : 1;
	if (digit_of(s[0]) < 8)
		used = read_digits(s, n, 3, 8, &cp);
	else if (s[0] == 'x')
		used = 1 + read_digits(s + 1, n - 1, 2, 16, &cp);
	else if (s[0] == 'u' && !is_bytes)
		used = 1 + read_digits(s + 1, n - 1, 4, 16, &cp);
	else if (s[0] == 'U' && !is_bytes)
		used = 1 + read_digits(s + 1, n - 1, 8, 16, &cp);
	else if (s[0] == 'N' && !is_bytes && n > 1 && s[1] == '{' && memchr(s, '}', n)) {
		used = (size_t)((const char *)memchr(s, '}', n) - s) + 1;
		cp = '?';
	} else {
		to[0] = '\\';
		*ret_written = 1;
		return 0;
	}
	if (cp > 0x10FFFF || (cp >= 0xD800 && cp < 0xE000))
		cp = '?';
	*ret_written = utf8_write(to, cp == 0 ? ' ' : cp);
	return used;
}

/* Appends the value of a literal to `to`, which has room for its source. */
static size_t put_value(char *to, const char *s, size_t n, const struct opening *o)
{
	size_t written = 0;

	for (size_t i = 0; i < n;) {
		size_t more = 1;

		if (s[i] != '\\' || o->is_raw || i + 1 >= n) {
			to[written] = s[i++];
			/* {{ and }} of an f-string */
			i += o->is_format && i < n && (s[i] == '{' || s[i] == '}') &&
			     s[i] == s[i - 1];
		} else {
			i++;
			i += undo_escape(s + i, n - i, o->is_bytes, to + written, &more);
		}
		written += more;
	}
	return written;
}

/* What the literals of one PY_STRING or PY_FSTRING come to. */
struct parts {
	char *value; /* up to the first expression */
	size_t n;
	bool has_expressions, is_bytes, is_bad;
};

static bool is_text_of_string(TSSymbol sym)
{
	return sym == SYM_STRING_START || sym == SYM_STRING_CONTENT || sym == SYM_STRING_END ||
	       sym == SYM_TYPE_CONVERSION;
}

/* Inside the braces, and in the format behind the colon. */
static void add_interpolation(struct build *b, struct parts *p)
{
	struct level l;

	if (b->depth > AST_DEPTH_MAX) {
		p->is_bad = true;
		return;
	}
	p->has_expressions = true;
	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		if (b->sym == SYM_INTERPOLATION || b->sym == SYM_FORMAT_SPECIFIER ||
		    b->sym == ALIAS_FORMAT_EXPRESSION)
			add_interpolation(b, p);
		else if (ts_node_is_named(b->node) && !is_text_of_string(b->sym))
			push(b, build_expr(b));
	}
	p->is_bad = p->is_bad || l.bad;
}

static void add_text(struct parts *p, const char *s, size_t n, const struct opening *o)
{
	if (!p->has_expressions)
		p->n += put_value(p->value + p->n, s, n, o);
}

static void add_format(struct build *b, struct parts *p, const struct opening *o)
{
	struct level l;

	for (bool more = enter(b, &l); more; more = next(b, &l)) {
		uint32_t start = ts_node_start_byte(b->node);

		if (b->sym == SYM_INTERPOLATION)
			add_interpolation(b, p);
		else if (b->sym == SYM_STRING_CONTENT)
			add_text(p, b->text + start, ts_node_end_byte(b->node) - start, o);
	}
	p->is_bad = p->is_bad || l.bad;
}

/* The cursor is on one literal. */
static void add_literal(struct build *b, struct parts *p)
{
	const char *s = b->text + ts_node_start_byte(b->node);
	size_t n = ts_node_end_byte(b->node) - ts_node_start_byte(b->node);
	struct opening o = read_opening(s, n);

	if (n < o.prefix + 2 * o.quotes || (!b->is_sound && ts_node_has_error(b->node))) {
		p->is_bad = true;
		return;
	}
	p->is_bytes = p->is_bytes || o.is_bytes;
	if (o.is_format)
		add_format(b, p, &o);
	else
		add_text(p, s + o.prefix + o.quotes, n - o.prefix - 2 * o.quotes, &o);
}

struct py_node *build_string(struct build *b)
{
	struct py_node *n = make(b, PY_STRING);
	struct parts p = { .value = arena_alloc(b->arena, n->end - n->start + 1) };
	size_t mark = b->stack.n;
	struct level l = { 0 };

	if (b->sym == SYM_STRING) {
		add_literal(b, &p);
	} else {
		for (bool more = enter(b, &l); more; more = next(b, &l)) {
			if (b->sym == SYM_STRING)
				add_literal(b, &p);
		}
	}
	n->kind = p.has_expressions ? PY_FSTRING : PY_STRING;
	n->list = take(b, mark);
	n->name = p.value;
	n->is_bytes = p.is_bytes;
	l.bad = l.bad || p.is_bad;
	return checked(b, n, &l);
}

static char *without_underscores(struct build *b, const char *s)
{
	char *clean = arena_strdup(b->arena, s);
	size_t n = 0;

	for (size_t i = 0; s[i]; i++) {
		if (s[i] != '_')
			clean[n++] = s[i];
	}
	clean[n] = '\0';
	return clean;
}

/* 0x1F, 0o17, 0b1, 10; Python 2's 017 and 10L are no numbers of Python 3. */
static void read_int(struct py_node *n, const char *digits)
{
	int base = 10;
	char *end = NULL;

	if (digits[0] == '0' && digits[1]) {
		char letter = (char)(digits[1] | 0x20);

		base = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 10;
		digits += base == 10 ? 0 : 2;
		if (base == 10 && digits[strspn(digits, "0")]) {
			n->is_big = true;
			return;
		}
	}
	errno = 0;
	n->number = strtoll(digits, &end, base);
	n->is_big = errno != 0 || *end != '\0' || end == digits;
}

struct py_node *build_number(struct build *b)
{
	struct py_node *n = make(b, b->sym == SYM_INTEGER ? PY_INT : PY_FLOAT);

	n->name = node_text(b);

	const char *digits = strchr(n->name, '_') ? without_underscores(b, n->name) : n->name;
	size_t length = strlen(digits);

	if (length && (digits[length - 1] | 0x20) == 'j') {
		/* An imaginary number has no value as a real one. */
		n->kind = PY_FLOAT;
		n->real = NAN;
	} else if (n->kind == PY_FLOAT) {
		n->real = strtod(digits, NULL);
	} else {
		read_int(n, digits);
	}
	return n;
}
