// SPDX-License-Identifier: Apache-2.0
/* Is what was named a Python program, and which interpreter does its first line name? Reads the beginning of the file; the
 * code is not read. A first line counts only where the file may be executed: else somebody types `python SCRIPT.py`. It
 * cannot know what a wrapper script of the user does before it starts Python. */
#include "collect/pyscript.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "collect/pyparent.h"
#include "collect/which.h"

enum { MAX_WORDS = 64 };

/* One cluster of letters, "-Iu". True if the rest of the line is no option: -c, -m. *ret_next: the option takes the next
 * word. */
static bool read_letters(const char *letters, struct pystart *start, bool *ret_next)
{
	for (; *letters; letters++) {
		switch (*letters) {
		case 'I':
			start->no_environment = start->no_user_site = true;
			start->no_first_folder = true;
			break;
		case 'E':
			start->no_environment = true;
			break;
		case 's':
			start->no_user_site = true;
			break;
		case 'P':
			start->no_first_folder = true;
			break;
		case 'W':
		case 'X':
			*ret_next = !letters[1];
			return false;
		case 'c':
		case 'm':
			return true;
		default:
			break;
		}
	}
	return false;
}

size_t pyscript_options(const struct strlist *words, size_t i, struct pystart *start)
{
	for (; i < words->n; i++) {
		const char *word = words->v[i];
		bool takes_next = false;

		if (word[0] != '-' || !word[1])
			return word[0] == '-' ? words->n : i;
		if (strcmp(word, "--") == 0)
			return i + 1 < words->n ? i + 1 : words->n;
		if (strcmp(word, "--check-hash-based-pycs") == 0)
			takes_next = true;
		else if (word[1] != '-' && read_letters(word + 1, start, &takes_next))
			return words->n;
		i += takes_next;
	}
	return words->n;
}

static struct strlist words_of(struct arena *a, const char *line)
{
	struct strlist words = { 0 };

	for (line += strspn(line, " \t"); *line && words.n < MAX_WORDS;) {
		size_t n = strcspn(line, " \t");

		PUSH(a, &words, arena_strndup(a, line, n));
		line += n;
		line += strspn(line, " \t");
	}
	return words;
}

/* Behind `env`: its options and assignments are passed over. -S only splits the line, which is done already. */
static size_t behind_env(const struct strlist *words)
{
	size_t i = 1;

	while (i < words->n && (words->v[i][0] == '-' || strchr(words->v[i], '=')))
		i++;
	return i;
}

static bool is_uv_run(const struct strlist *words, size_t i)
{
	return i + 1 < words->n && strcmp(path_basename(words->v[i]), "uv") == 0 &&
	       strcmp(words->v[i + 1], "run") == 0;
}

/* "/usr/bin/env -S uv run --script", "/usr/bin/python3 -Es". The kernel takes all behind the first blank as one word;
 * whoever wrote several options without `env -S` gets an error, not another Python. */
static bool read_shebang(struct arena *a, struct bytes head, struct shebang *ret,
			 struct pystart *start)
{
	struct bytes line;
	size_t pos = 2, i = 0;

	if (head.n < 3 || head.v[0] != '#' || head.v[1] != '!' || !next_line(head, &pos, &line))
		return false;

	struct strlist words = words_of(a, esc_bytes(a, line.v, line.n));

	if (words.n && strcmp(path_basename(words.v[0]), "env") == 0)
		i = behind_env(&words);
	if (is_uv_run(&words, i)) {
		ret->by_uv = true;
		return true;
	}
	if (i >= words.n || !is_python_name(words.v[i]))
		return false;
	ret->interpreter = words.v[i];
	pyscript_options(&words, i + 1, start);
	return true;
}

static bool is_named_python(const char *path)
{
	return ends_with(path, ".py") || ends_with(path, ".pyw") || ends_with(path, ".ipynb");
}

static const char *content_problem(struct bytes head, const char *path, bool has_shebang)
{
	if (head.n >= 4 && memcmp(head.v, "\177ELF", 4) == 0)
		return "a program, not a Python script";
	if (memchr(head.v, 0, head.n) ||
	    (head.n >= 4 && (unsigned char)head.v[0] >= 0x80 &&
	     memcmp(head.v, "\xef\xbb\xbf", 3) != 0 && !is_named_python(path)))
		return "not a text file";
	if (head.n >= 2 && memcmp(head.v, "#!", 2) == 0 && !has_shebang && !is_named_python(path))
		return "a script, but not of Python";
	if (!has_shebang && !is_named_python(path))
		return "not a Python script: its name does not end in .py and no first line says so";
	return NULL;
}

static const char *missing_words(struct sys *s, const char *path, int err)
{
	struct sys_stat st;

	if (err == -EACCES)
		return "may not be read (permission denied)";
	if (err != -ENOENT && err != -ENOTDIR && err != -ENAMETOOLONG)
		return arena_fmt(sys_arena(s), "cannot be read (%s)", sys_why(err));
	return sys_lstat(s, path, &st) == 0 ? "a link to nothing" : "does not exist";
}

const char *pyscript_check(struct sys *s, const char *typed, const char **ret_path,
			   struct shebang *ret_shebang, struct pystart *ret_start)
{
	struct arena *a = sys_arena(s);
	struct bytes head = { "", 0 };
	struct shebang shebang = { 0 };
	struct pystart start = { 0 };
	struct sys_stat st;

	*ret_path = typed;
	if (which_absolute(s, typed, ret_path))
		return "the current folder is gone";

	int err = sys_stat(s, *ret_path, &st);

	if (!err && st.kind != SYS_FILE)
		return st.kind == SYS_DIR ? "a folder" : "not a file";
	if (!err)
		err = sys_head(s, *ret_path, 4096, &head);
	if (err)
		return missing_words(s, *ret_path, err);

	bool has_shebang = read_shebang(a, head, &shebang, &start);
	const char *problem = content_problem(head, *ret_path, has_shebang);

	if (problem)
		return problem;
	ret_start->script = *ret_path;
	if (!has_shebang || !(st.mode & 0111) || sys_access(s, *ret_path, X_OK))
		return NULL;
	*ret_shebang = shebang;
	start.script = *ret_path;
	*ret_start = start;
	return NULL;
}
