// SPDX-License-Identifier: Apache-2.0
/* In which encoding is this file, by its byte order mark or its first two lines (PEP 263), and what is it in UTF-8?
 * What Python refuses is refused: bytes that are not of the encoding, a mark beside another encoding. Encodings of more than
 * one byte per character, UTF-8 apart, are not known. */
#include "lint/source_internal.h"

#include <stdlib.h>
#include <string.h>

#include "lint/data.h"

#define NAME_MAX_BYTES 40

static bool is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_' || c == '.';
}

/* The name behind "coding:" or "coding=" in a comment line; 0 if there is none. */
static size_t name_in_line(struct bytes line, const char **ret_name)
{
	size_t i = 0, n = 0;

	while (i < line.n && strchr(" \t\f", line.v[i]) && line.v[i])
		i++;
	if (i == line.n || line.v[i] != '#')
		return 0;
	for (; i + 7 <= line.n; i++) {
		if (memcmp(line.v + i, "coding", 6) != 0 ||
		    (line.v[i + 6] != ':' && line.v[i + 6] != '='))
			continue;
		for (i += 7; i < line.n && (line.v[i] == ' ' || line.v[i] == '\t'); i++)
			;
		while (i + n < line.n && is_name_byte(line.v[i + n]))
			n++;
		*ret_name = line.v + i;
		return n;
	}
	return 0;
}

static bool is_blank_or_comment(struct bytes line)
{
	size_t i = 0;

	while (i < line.n && (line.v[i] == ' ' || line.v[i] == '\t' || line.v[i] == '\f'))
		i++;
	return i == line.n || line.v[i] == '#';
}

/* In lower case and with - for _, as Python compares them; NULL: no name given. */
static const char *declared(struct arena *a, struct bytes text)
{
	struct bytes line = { 0 };
	size_t pos = 0;

	/* What does not end early has no such line: a megabyte without line end is not searched. */
	if (text.n > 4096)
		text.n = 4096;
	for (int i = 0; i < 2 && next_line(text, &pos, &line); i++) {
		const char *name = NULL;
		size_t n = name_in_line(line, &name);

		if (n) {
			char *copy =
				arena_strndup(a, name, n < NAME_MAX_BYTES ? n : NAME_MAX_BYTES);

			for (char *c = copy; *c; c++)
				*c = *c == '_' ? '-'
					       : (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
			return copy;
		}
		if (!is_blank_or_comment(line))
			return NULL;
	}
	return NULL;
}

static bool is_word_of(const char *words, const char *word)
{
	struct bytes part;
	size_t pos = 0;

	while (next_part(words, ' ', &pos, &part)) {
		if (part.n == strlen(word) && memcmp(part.v, word, part.n) == 0)
			return true;
	}
	return false;
}

static bool is_utf8_name(const char *name)
{
	return is_word_of("utf-8 utf8 u8 utf cp65001 utf8-ucs2 utf8-ucs4 utf-8-sig", name) ||
	       starts_with(name, "utf-8-");
}

static bool is_ascii_name(const char *name)
{
	return is_word_of(
		"ascii us-ascii 646 ansi-x3.4-1968 ansi-x3.4-1986 cp367 csascii ibm367 iso646-us "
		"iso-646.irv-1991 iso-ir-6 us",
		name);
}

static bool is_all_ascii(struct bytes text)
{
	size_t i = 0;

	for (; i + 8 <= text.n; i += 8) {
		uint64_t eight;

		memcpy(&eight, text.v + i, 8);
		if (eight & UINT64_C(0x8080808080808080))
			return false;
	}
	for (; i < text.n; i++) {
		if ((unsigned char)text.v[i] >= 0x80)
			return false;
	}
	return true;
}

static bool is_utf8(struct bytes text)
{
	uint32_t cp = 0;

	for (size_t i = 0; i < text.n;) {
		size_t n = (unsigned char)text.v[i] < 0x80 ? 1
							   : utf8_next(text.v + i, text.n - i, &cp);

		if (n == 0)
			return false;
		i += n;
	}
	return true;
}

static const struct lint_encoding_row *find_row(const char *name)
{
	for (size_t i = 0; i < n_lint_encoding_table; i++) {
		if (is_word_of(lint_encoding_table[i].aliases, name))
			return &lint_encoding_table[i];
	}
	return NULL;
}

/* The code points of the bytes from 0x80; 0 where there is none. */
static void read_characters(const char *characters, uint32_t table[128])
{
	struct bytes part;
	size_t pos = 0, n = 0;

	while (n < 128 && next_part(characters, ' ', &pos, &part))
		table[n++] = part.v[0] == '-' ? 0 : (uint32_t)strtoul(part.v, NULL, 16);
}

static void from_single_bytes(struct arena *a, struct source *s,
			      const struct lint_encoding_row *row)
{
	uint32_t table[128] = { 0 };
	/* All of them lie in the basic plane: three bytes at most. */
	char *text = arena_alloc(a, 3 * s->raw.n + 1);
	size_t n = 0;

	s->encoding = row->name;
	read_characters(row->characters, table);
	for (size_t i = 0; i < s->raw.n; i++) {
		unsigned char byte = (unsigned char)s->raw.v[i];
		uint32_t cp = byte < 0x80 ? byte : table[byte - 0x80];

		if (cp == 0 && byte) {
			s->problem = arena_fmt(a, "not %s, as its first lines say", row->name);
			return;
		}
		n += utf8_write(text + n, cp);
	}
	s->text = (struct bytes){ text, n };
}

static void from_utf8(struct source *s)
{
	if (!is_all_ascii(s->text) && !is_utf8(s->text))
		s->problem = "not UTF-8";
}

void source_decode(struct arena *a, struct source *s)
{
	const struct lint_encoding_row *row = NULL;
	const char *name = NULL;

	s->text = s->raw;
	if (s->raw.n >= 3 && memcmp(s->raw.v, "\xEF\xBB\xBF", 3) == 0) {
		s->has_bom = true;
		s->text.v += 3;
		s->text.n -= 3;
	}
	name = declared(a, s->text);
	if (!name || is_utf8_name(name)) {
		from_utf8(s);
		return;
	}
	if (s->has_bom) {
		s->problem = arena_fmt(a, "a UTF-8 mark, and %s in the first lines", name);
		return;
	}
	if (is_ascii_name(name)) {
		s->encoding = "ascii";
		if (!is_all_ascii(s->text))
			s->problem = "not ASCII, as its first lines say";
		return;
	}
	row = find_row(name);
	if (row)
		from_single_bytes(a, s, row);
	else
		s->problem = arena_fmt(a, "in an encoding that is not known here: %s", name);
}
