// SPDX-License-Identifier: Apache-2.0
/* Small text formats (formats.h). What is not in the usual form gives "not there": these files are written by hand too. */
#include "collect/formats.h"

#include <string.h>

/* The part number `index` (from 0) of "a:b:c"; false if there are fewer. */
static bool part_at(const char *line, char sep, size_t index, struct bytes *ret_part)
{
	size_t pos = 0;

	for (size_t i = 0; i <= index; i++)
		if (!next_part(line, sep, &pos, ret_part))
			return false;
	return true;
}

const char *name_of_id(struct arena *a, struct bytes table, uint32_t id)
{
	struct bytes line, number, name;
	size_t pos = 0;

	while (next_line(table, &pos, &line)) {
		const char *text = arena_strndup(a, line.v, line.n);
		int64_t value;

		if (!part_at(text, ':', 2, &number) || !part_at(text, ':', 0, &name) || !name.n)
			continue;
		if (parse_i64(arena_strndup(a, number.v, number.n), &value) && value == id)
			return esc_bytes(a, name.v, name.n);
	}
	return NULL;
}

/* "195 nvidia" in the part "Character devices:"; the block devices below have numbers of their own. */
bool char_major(struct bytes devices, const char *name, int64_t *ret_major)
{
	struct bytes line;
	size_t pos = 0, n = strlen(name);

	while (next_line(devices, &pos, &line)) {
		size_t blanks = 0, digits = 0;
		int64_t major = 0;

		if (line.n > 5 && memcmp(line.v, "Block", 5) == 0)
			return false;
		while (blanks < line.n && line.v[blanks] == ' ')
			blanks++;
		for (; blanks + digits < line.n && digits < 9; digits++) {
			char c = line.v[blanks + digits];

			if (c < '0' || c > '9')
				break;
			major = 10 * major + (c - '0');
		}

		size_t at = blanks + digits + 1;

		if (digits && line.n == at + n && line.v[at - 1] == ' ' &&
		    memcmp(line.v + at, name, n) == 0) {
			*ret_major = major;
			return true;
		}
	}
	return false;
}

/* ---- names of modules ---- */

/* modprobe takes - and _ for the same. */
static bool has_name(const char *text, size_t n, const char *name)
{
	size_t i = 0;

	for (; i < n && name[i]; i++)
		if (text[i] != name[i] && !(text[i] == '-' && name[i] == '_'))
			return false;
	return !name[i];
}

bool is_driver_name(const char *name, size_t n)
{
	static const char *const helpers[] = { "uvm", "drm", "modeset", "peermem", "fs", "vgpu" };
	static const char *const families[] = { "nvidia_current", "nvidia_tesla", "nvidia_legacy" };
	size_t dash = n;

	if (n == 6 && has_name(name, n, "nvidia"))
		return true;
	while (dash > 0 && name[dash - 1] != '-' && name[dash - 1] != '_')
		dash--;
	for (size_t i = 0; i < sizeof helpers / sizeof *helpers; i++)
		if (has_name(name + dash, n - dash, helpers[i]))
			return false;
	for (size_t i = 0; i < sizeof families / sizeof *families; i++)
		if (has_name(name, n, families[i]))
			return true;
	return false;
}

/* ---- what forbids loading ---- */

static size_t words_of(struct arena *a, struct bytes line, const char **words, size_t max)
{
	const char *at = arena_strndup(a, line.v, line.n);
	size_t n = 0;

	for (at += strspn(at, " \t"); *at && n < max; at += strspn(at, " \t")) {
		size_t length = strcspn(at, " \t");

		words[n++] = arena_strndup(a, at, length);
		at += length;
	}
	return n;
}

/* `install nvidia /bin/false`: a command that does nothing. Debian's `install nvidia modprobe -i nvidia-current` does. */
static bool does_nothing(const char *command)
{
	const char *name = path_basename(command);

	return strcmp(name, "false") == 0 || strcmp(name, "true") == 0 || strcmp(name, ":") == 0;
}

bool line_forbids_nvidia(struct arena *a, struct bytes line)
{
	const char *word[4] = { "", "", "", "" };
	size_t n = words_of(a, line, word, 4);

	if (n < 2 || !is_driver_name(word[1], strlen(word[1])))
		return false;
	if (strcmp(word[0], "blacklist") == 0)
		return true;
	if (strcmp(word[0], "alias") == 0)
		return n >= 3 && strcmp(word[2], "off") == 0;
	return strcmp(word[0], "install") == 0 && n == 3 && does_nothing(word[2]);
}

static bool names_driver(const char *list)
{
	struct bytes name;
	size_t pos = 0;

	while (next_part(list, ',', &pos, &name))
		if (is_driver_name(name.v, name.n))
			return true;
	return false;
}

const char *cmdline_forbids_nvidia(struct arena *a, struct bytes cmdline)
{
	static const char *const options[] = { "module_blacklist=", "modprobe.blacklist=" };
	const char *text = trimmed(a, cmdline.v, cmdline.n);
	struct bytes part;
	size_t pos = 0;

	while (next_part(text, ' ', &pos, &part)) {
		const char *word = arena_strndup(a, part.v, part.n);

		for (size_t i = 0; i < sizeof options / sizeof *options; i++)
			if (starts_with(word, options[i]) &&
			    names_driver(word + strlen(options[i])))
				return esc(a, word);
	}
	return NULL;
}

/* ---- modules and their builds ---- */

bool is_signed(struct bytes tail)
{
	size_t n = strlen(SIGNATURE_MARK);

	return tail.n >= n && memcmp(tail.v + tail.n - n, SIGNATURE_MARK, n) == 0;
}

/* "DKMS make.log for nvidia-550.54.15 for kernel 6.8.0-40-generic (x86_64)" */
const char *kernel_of_make_log(struct arena *a, struct bytes log)
{
	struct bytes line;
	size_t pos = 0;

	if (!next_line(log, &pos, &line))
		return NULL;

	const char *text = arena_strndup(a, line.v, line.n), *at = strstr(text, " for kernel ");

	if (!at || !starts_with(text, "DKMS"))
		return NULL;
	at += strlen(" for kernel ");
	return esc_bytes(a, at, strcspn(at, " "));
}
