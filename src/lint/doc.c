// SPDX-License-Identifier: Apache-2.0
/* What does a docstring say that a parameter is? One line at a time: the name with its type, in brackets behind it, behind a colon,
 * or before it. What a type is worth is said by its first words; where an "or" follows it may be something else as well. */
#include "lint/doc.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "core/str.h"

const char *doc_of(const struct py_node *def)
{
	const struct py_node *first = def->body.n ? def->body.v[0] : NULL;

	if (!first || first->kind != PY_EXPR || first->a->kind != PY_STRING)
		return NULL;
	return first->a->name;
}

/* ---- words ---- */

static bool is_decoration(char c)
{
	return isspace((unsigned char)c) || strchr("`'\"*~{}", c);
}

static bool is_of_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '-';
}

static void skip(struct bytes *text, size_t n)
{
	text->v += n;
	text->n -= n;
}

/* Blanks, quotes, and the roles of Sphinx (":obj:", ":class:", ":py:class:"). */
static void skip_decoration(struct bytes *text)
{
	while (text->n) {
		const char *end;

		if (is_decoration(*text->v)) {
			skip(text, 1);
			continue;
		}
		if (*text->v != ':' || text->n < 3 || !islower((unsigned char)text->v[1]))
			return;
		end = memchr(text->v, '`', text->n);
		if (!end || end[-1] != ':' || end - text->v > 12)
			return;
		skip(text, (size_t)(end - text->v));
	}
}

static struct bytes next_word(struct bytes *text)
{
	struct bytes word;

	skip_decoration(text);
	word = (struct bytes){ text->v, 0 };
	while (word.n < text->n && is_of_word(word.v[word.n]))
		word.n++;
	skip(text, word.n);
	while (word.n && word.v[word.n - 1] == '.')
		word.n--;
	return word;
}

static bool is_among(struct bytes word, const char *const *words)
{
	for (; *words; words++)
		if (strlen(*words) == word.n && memcmp(*words, word.v, word.n) == 0)
			return true;
	return false;
}

/* ---- types ---- */

static bool is_tensor_word(struct bytes word)
{
	static const char *const packages[] = { "torch.", "th.", "autograd.", "cuda." };
	static const char *const names[] = {
		"Tensor",     "tensor",     "FloatTensor", "LongTensor",
		"IntTensor",  "BoolTensor", "ByteTensor",  "DoubleTensor",
		"HalfTensor", "Variable",   NULL
	};

	for (size_t i = 0; i < sizeof packages / sizeof *packages; i++)
		if (word.n > strlen(packages[i]) &&
		    memcmp(word.v, packages[i], strlen(packages[i])) == 0)
			skip(&word, strlen(packages[i]));
	return is_among(word, names);
}

static enum doc_type number_word(struct bytes word)
{
	static const char *const ints[] = { "int", "integer", "Int", NULL },
				 *const floats[] = { "float", "double", "Float", NULL },
				 *const bools[] = { "bool", "boolean", "Bool", NULL },
				 *const texts[] = { "str", "string", "String", NULL };

	if (is_among(word, ints))
		return DOC_INT;
	if (is_among(word, floats))
		return DOC_FLOAT;
	if (is_among(word, bools))
		return DOC_BOOL;
	return is_among(word, texts) ? DOC_TEXT : DOC_NOTHING;
}

/* "a float tensor", "the input tensor", "4D tensor": what stands before the word. */
static bool is_filler(struct bytes word)
{
	static const char *const words[] = { "a",       "an",      "the",     "A",        "An",
					     "The",     "input",   "Input",   "output",   "torch",
					     "pytorch", "PyTorch", "Pytorch", "Torch",    "long",
					     "binary",  "dense",   "batched", "type",     "1D",
					     "2D",      "3D",      "4D",      "5D",       "1-D",
					     "2-D",     "3-D",     "4-D",     "5-D",      "1d",
					     "2d",      "3d",      "4d",      "optional", NULL };

	return is_among(word, words);
}

static bool has(struct bytes text, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= text.n; i++)
		if (strncasecmp(text.v + i, word, n) == 0)
			return true;
	return false;
}

/* May it be something else, too: "Tensor or float", "Tensor | np.ndarray", "Tensor, list of Tensor"? */
static bool has_other(struct bytes rest)
{
	static const char *const words[] = {
		"ndarray", "numpy",    "np.",    " list",  "[list", "tuple",   "sequence",
		"|list",   " dict",    " float", "|float", " int ", " number", "scalar",
		"/",       "callable", " int,",  "|int",   " int)", "packed"
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (has(rest, words[i]))
			return true;
	return false;
}

/* What is in brackets, or nothing. */
static struct bytes bracketed(const struct bytes *text)
{
	char open = text->n ? *text->v : 0, close = open == '(' ? ')' : ']';
	int depth = 0;

	for (size_t i = 0; (open == '(' || open == '[') && i < text->n; i++) {
		depth += text->v[i] == open;
		depth -= text->v[i] == close;
		if (!depth)
			return (struct bytes){ text->v + 1, i - 1 };
	}
	return (struct bytes){ text->v, 0 };
}

static enum doc_type type_of_words(struct bytes text)
{
	enum doc_type number = DOC_NOTHING;

	for (int i = 0; i < 5; i++) {
		struct bytes word = next_word(&text);

		while (word.n == 4 && memcmp(word.v, "type", 4) == 0 && text.n &&
		       (*text.v == ':' || *text.v == ','))
			skip(&text, 1), word = next_word(&text);
		if (is_tensor_word(word))
			return has_other(text) ? DOC_NOTHING : DOC_TENSOR;
		if (word.n && !number && number_word(word))
			number = number_word(word);
		else if (!is_filler(word))
			break;
	}
	return number && !has(text, " or ") && !has(text, "|") && !has(text, "tensor") &&
			       !has_other(text)
		       ? number
		       : DOC_NOTHING;
}

/* "torch.Tensor of shape (B, T)", "Optional[Tensor]", "(Tensor) the input", "(B, T) tensor". */
static enum doc_type type_of(struct bytes text)
{
	struct bytes start = text, inner, word;
	enum doc_type type;

	skip_decoration(&text);
	inner = bracketed(&text);
	if (inner.n) {
		type = type_of_words(inner);
		if (type)
			return type;
		skip(&text, inner.n + 2);
		return type_of_words(text);
	}
	word = next_word(&text);
	if (is_among(word, (const char *const[]){ "Optional", NULL })) {
		skip_decoration(&text);
		return type_of_words(bracketed(&text));
	}
	return type_of_words(start);
}

enum doc_type doc_type(const char *text)
{
	return type_of((struct bytes){ text, strlen(text) });
}

/* ---- lines ---- */

static bool is_name(struct bytes word, const char *name)
{
	while (word.n && is_decoration(*word.v))
		skip(&word, 1);
	while (word.n && is_decoration(word.v[word.n - 1]))
		word.n--;
	return word.n == strlen(name) && memcmp(word.v, name, word.n) == 0;
}

/* ":type x: Tensor", ":param Tensor x: the input", ":param x: (Tensor) the input"; "@" instead of the colon. */
static enum doc_type type_of_field(struct bytes line, const char *name)
{
	bool is_type = line.n > 6 && memcmp(line.v + 1, "type ", 5) == 0,
	     is_param = line.n > 7 && memcmp(line.v + 1, "param ", 6) == 0;
	const char *colon, *last;
	struct bytes head;

	if (!is_type && !is_param)
		return DOC_NOTHING;
	skip(&line, is_type ? 6 : 7);
	colon = memchr(line.v, ':', line.n);
	if (!colon)
		return DOC_NOTHING;
	head = (struct bytes){ line.v, (size_t)(colon - line.v) };
	skip(&line, head.n + 1);
	while (head.n && is_decoration(*head.v))
		skip(&head, 1);
	last = memrchr(head.v, ' ', head.n);
	if (!last)
		return is_name(head, name) ? type_of(line) : DOC_NOTHING;
	if (!is_name((struct bytes){ last, (size_t)(head.v + head.n - last) }, name))
		return DOC_NOTHING;
	return type_of((struct bytes){ head.v, (size_t)(last - head.v) });
}

/* "x, y : Tensor", "x (Tensor, optional): the input", "- x: tensor": is it one of the names? *line stands behind them. */
static bool has_head(struct bytes *line, const char *name)
{
	bool found = false;

	for (;;) {
		struct bytes word = next_word(line);

		if (!word.n)
			return false;
		found |= is_name(word, name);
		skip_decoration(line);
		if (!line->n || *line->v != ',')
			return found;
		skip(line, 1);
	}
}

static enum doc_type type_of_line(struct bytes line, const char *name)
{
	while (line.n && (isspace((unsigned char)*line.v) ||
			  (*line.v == '-' && line.n > 1 && line.v[1] == ' ')))
		skip(&line, 1);
	if (line.n && (*line.v == ':' || *line.v == '@'))
		return type_of_field(line, name);
	if (!has_head(&line, name) || !line.n)
		return DOC_NOTHING;
	if (*line.v == '(')
		return type_of_words(bracketed(&line));
	if (*line.v != ':')
		return DOC_NOTHING;
	skip(&line, 1);
	return type_of(line);
}

enum doc_type doc_param(const char *doc, const char *name)
{
	struct bytes text = { doc, doc ? strlen(doc) : 0 }, line;
	enum doc_type said = DOC_NOTHING;
	size_t pos = 0;

	while (doc && next_line(text, &pos, &line)) {
		enum doc_type type = type_of_line(line, name);

		if (type && said && type != said)
			return DOC_NOTHING;
		said = type ? type : said;
	}
	return said;
}

bool doc_is_for_cpu(const char *doc)
{
	static const char *const phrases[] = { "on cpu",   "on the cpu", "cpu tensor",
					       "cpu only", "cpu-only",   "in cpu",
					       "on `cpu`", "on ``cpu``", "only cpu" };
	struct bytes text = { doc, doc ? strlen(doc) : 0 };

	for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
		if (has(text, phrases[i]))
			return true;
	return false;
}
