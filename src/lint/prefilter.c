// SPDX-License-Identifier: Apache-2.0
/* May this file hold anything to report at all? Most files of a site-packages name neither torch nor a device: they are
 * dismissed unparsed, at the speed of a search for bytes.
 *
 * What counts is the import of torch or of a library built upon it; a file that uses torch without any such word gets it by
 * another file's import, and is read when that one is. */
#include "lint/prefilter.h"

#include <string.h>

static bool holds(struct bytes text, const char *word)
{
	return memmem(text.v, text.n, word, strlen(word)) != NULL;
}

bool has_torch_word(struct bytes text)
{
	return holds(text, "torch") || holds(text, "cuda") || holds(text, "CUDA");
}

bool has_device_word(struct bytes text)
{
	return has_torch_word(text) || holds(text, "device");
}

/* ---- what a script changes for what it imports ---- */

static bool is_word(unsigned char c)
{
	return c == '_' || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') ||
	       c >= 0x80;
}

/* From `at` to the end of its line. */
static struct bytes rest_of_line(struct bytes text, size_t at)
{
	const char *end = memchr(text.v + at, '\n', text.n - at);

	return (struct bytes){ text.v + at, end ? (size_t)(end - text.v) - at : text.n - at };
}

/* Does a statement begin here? */
static bool is_first(struct bytes text, size_t at)
{
	while (at > 0 && (text.v[at - 1] == ' ' || text.v[at - 1] == '\t'))
		at--;
	return at == 0 || text.v[at - 1] == '\n';
}

static bool is_comment(struct bytes text, size_t at)
{
	while (at > 0 && text.v[at - 1] != '\n')
		if (text.v[--at] == '#')
			return true;
	return false;
}

/* torch.FloatTensor = torch.cuda.FloatTensor */
static bool is_replaced(struct bytes text, size_t at)
{
	struct bytes line = rest_of_line(text, at);
	size_t i = strlen("torch.");

	while (i < line.n && is_word((unsigned char)line.v[i]))
		i++;
	while (i < line.n && line.v[i] == ' ')
		i++;
	return is_first(text, at) && i + 1 < line.n && line.v[i] == '=' && line.v[i + 1] != '=' &&
	       (holds(line, "cuda") || holds(line, "device"));
}

/* set_default_tensor_type(torch.DoubleTensor) changes the numbers, not their place. */
static bool is_other_default(struct bytes text, size_t at)
{
	struct bytes line = rest_of_line(text, at);

	if (is_comment(text, at))
		return false;
	return holds(line, "set_default_device(") ||
	       (holds(line, "set_default_tensor_type(") &&
		(holds(line, "cuda") || !holds(line, "Tensor")));
}

static bool holds_place(struct bytes text, const char *word,
			bool (*is_it)(struct bytes text, size_t at))
{
	size_t n = strlen(word);

	for (size_t at = 0; at + n < text.n; at += n) {
		const char *found = memmem(text.v + at, text.n - at, word, n);

		if (!found)
			return false;
		at = (size_t)(found - text.v);
		if (is_it(text, at))
			return true;
	}
	return false;
}

bool replaces_torch(struct bytes text)
{
	return holds_place(text, "torch.", is_replaced);
}

bool moves_defaults(struct bytes text)
{
	return holds_place(text, "set_default_", is_other_default) || replaces_torch(text);
}

bool imports_name(const char *text, const char *name)
{
	struct bytes line;
	size_t pos = 0;

	while (next_part(text, '\n', &pos, &line))
		if (memmem(line.v, line.n, "import", strlen("import")) &&
		    memmem(line.v, line.n, name, strlen(name)))
			return true;
	return false;
}

bool holds_word(struct bytes text, const char *word)
{
	size_t n = strlen(word);

	for (size_t at = 0; at + n <= text.n; at++) {
		const char *found = memmem(text.v + at, text.n - at, word, n);

		if (!found)
			return false;
		at = (size_t)(found - text.v);
		if ((at == 0 || !is_word((unsigned char)text.v[at - 1])) &&
		    (at + n == text.n || !is_word((unsigned char)text.v[at + n])))
			return true;
	}
	return false;
}

bool speaks_of_gpu(struct bytes text)
{
	static const char *const words[] = { "cuda",      "gpu",  "GPU",     "device",
					     "accelerat", ".to(", "Trainer", "ightning",
					     "mps",       "xpu",  "fabric",  "Learner(",
					     "deepspeed" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (holds(text, words[i]))
			return true;
	return false;
}
