// SPDX-License-Identifier: Apache-2.0
/* What of a file's text may go into a snapshot? Installers write down addresses, and an address may hold a password or a
 * token; lock files name everything that a project uses. Kept is what the collectors read, so that the replay says the
 * same. It cannot know a secret that looks like any other word. */
#include "core/record_text.h"

#include <string.h>

static bool has(struct bytes line, const char *word)
{
	return memmem(line.v, line.n, word, strlen(word)) != NULL;
}

/* Of 14,000 lines some hundred name a library. */
static bool is_of_record(struct bytes line)
{
	return has(line, ".so") || has(line, "torch/__init__.py") || has(line, "torch/version.py");
}

static struct bytes keep_libraries(struct arena *a, struct bytes text)
{
	struct str kept = str_new(a, text.n + 1);
	struct bytes line;
	size_t pos = 0;

	while (next_line(text, &pos, &line))
		if (is_of_record(line))
			str_addf(&kept, "%.*s\n", (int)line.n, line.v);
	return (struct bytes){ str_text(&kept), kept.n };
}

/* Only torch's entry; all other lines are empty, so that its line keeps its number. */
static struct bytes keep_torch(struct arena *a, struct bytes text)
{
	static const char entry[] = "name = \"torch\"";
	struct str kept = str_new(a, text.n + 1);
	struct bytes line;
	size_t pos = 0;
	bool own = false;

	while (next_line(text, &pos, &line)) {
		bool head = line.n >= 11 && memcmp(line.v, "[[package]]", 11) == 0;

		own = (own && !head) ||
		      (line.n == sizeof entry - 1 && memcmp(line.v, entry, line.n) == 0);
		if (own || head)
			str_addn(&kept, line.v, line.n);
		str_add(&kept, "\n");
	}
	return (struct bytes){ str_text(&kept), kept.n };
}

/* Up to the end of the host: "user:token@" goes. */
static size_t password_in(struct bytes rest)
{
	size_t n = 0;

	while (n < rest.n && !strchr("/?# \t\r\n\"'<>\\", rest.v[n]) && rest.v[n] != '@')
		n++;
	return n < rest.n && rest.v[n] == '@' ? n + 1 : 0;
}

static struct bytes without_passwords(struct arena *a, struct bytes text)
{
	struct str kept = str_new(a, text.n + 1);
	size_t i = 0;

	if (!has(text, "://"))
		return text;
	while (i < text.n) {
		const char *at = memmem(text.v + i, text.n - i, "://", 3);
		size_t end = at ? (size_t)(at - text.v) + 3 : text.n;

		str_addn(&kept, text.v + i, end - i);
		i = end;
		if (at)
			i += password_in((struct bytes){ text.v + end, text.n - end });
	}
	return (struct bytes){ str_text(&kept), kept.n };
}

struct bytes record_text(struct arena *a, const char *path, struct bytes text)
{
	if (ends_with(path, ".dist-info/RECORD") || starts_with(path, "/var/lib/dpkg/info/"))
		return keep_libraries(a, text);
	if (ends_with(path, ".lock"))
		text = keep_torch(a, text);
	return without_passwords(a, text);
}
