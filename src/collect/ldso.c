// SPDX-License-Identifier: Apache-2.0
/* The loader's tables (glibc: sysdeps/generic/dl-cache.h, elf/ldconfig.c), read without running it. */
#include "collect/ldso.h"

#include <errno.h>
#include <string.h>

#define OLD_MAGIC "ld.so-1.7.0"
#define NEW_MAGIC "glibc-ld.so.cache1.1"
#define NEW_HEADER_BYTES 48
#define NEW_ENTRY_BYTES 24
#define CONF_FILES_MAX 200

static uint32_t word(const char *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof value);
	return value;
}

/* flags: low byte 3 = ELF for glibc; the next byte is the machine (dl-cache.h FLAG_*). 0: any. */
static uint32_t flags_of(const char *machine)
{
	static const struct {
		const char *machine;
		uint32_t flags;
	} known[] = { { "x86_64", 0x0303 }, { "aarch64", 0x0a03 }, { "ppc64le", 0x0503 } };

	for (size_t i = 0; machine && i < sizeof known / sizeof *known; i++)
		if (strcmp(known[i].machine, machine) == 0)
			return known[i].flags;
	return 0;
}

/* Caches before glibc 2.32 carry an old table in front. */
static bool find_new_table(struct bytes cache, struct bytes *ret_table)
{
	size_t at = 0;

	if (cache.n > 16 && memcmp(cache.v, OLD_MAGIC, sizeof OLD_MAGIC - 1) == 0) {
		size_t entries = word(cache.v + 12);

		if (entries > cache.n / 12)
			return false;
		at = (16 + entries * 12 + 7) & ~(size_t)7;
	}
	if (at > cache.n || cache.n - at < NEW_HEADER_BYTES ||
	    memcmp(cache.v + at, NEW_MAGIC, sizeof NEW_MAGIC - 1) != 0)
		return false;
	*ret_table = (struct bytes){ cache.v + at, cache.n - at };
	return true;
}

static bool text_at(struct bytes table, uint32_t offset, struct bytes *ret_text)
{
	if (offset >= table.n)
		return false;
	*ret_text = (struct bytes){ table.v + offset, strnlen(table.v + offset, table.n - offset) };
	return offset + ret_text->n < table.n;
}

int ldso_cache_parse(struct arena *a, struct bytes cache, const char *machine, const char *name,
		     struct strlist *ret_paths)
{
	struct bytes table, key, value;
	uint32_t wanted = flags_of(machine);

	if (!find_new_table(cache, &table))
		return -EINVAL;

	size_t entries = word(table.v + 20);

	if (entries > (table.n - NEW_HEADER_BYTES) / NEW_ENTRY_BYTES)
		return -EINVAL;
	for (size_t i = 0; i < entries; i++) {
		const char *entry = table.v + NEW_HEADER_BYTES + i * NEW_ENTRY_BYTES;

		if ((wanted && word(entry) != wanted) || !text_at(table, word(entry + 4), &key) ||
		    key.n != strlen(name) || memcmp(key.v, name, key.n) != 0 ||
		    !text_at(table, word(entry + 8), &value))
			continue;
		PUSH(a, ret_paths, esc_bytes(a, value.v, value.n));
	}
	return 0;
}

int ldso_cache_find(struct sys *s, const char *machine, const char *name, struct strlist *ret_paths)
{
	struct bytes cache;
	int err = sys_read(s, "/etc/ld.so.cache", &cache);

	return err ? err : ldso_cache_parse(sys_arena(s), cache, machine, name, ret_paths);
}

struct conf {
	struct sys *sys;
	struct strlist *dirs;
	size_t files;
	int err;
};

static void read_conf(struct conf *c, const char *path, unsigned depth);

/* An include line names files by a pattern: only one in the last part, as everybody writes it. */
static void include(struct conf *c, const char *pattern, unsigned depth)
{
	struct arena *a = sys_arena(c->sys);
	const char *full = path_join(a, "/etc", pattern), *dir = path_dirname(a, full),
		   *last = path_basename(full);
	const char *star = strchr(last, '*');
	struct strlist names = { 0 };

	if (!star) {
		read_conf(c, full, depth + 1);
		return;
	}

	int err = sys_list(c->sys, dir, &names);

	if (err && err != -ENOENT)
		c->err = err;
	for (size_t i = 0; i < names.n; i++) {
		const char *name = names.v[i];

		if (strncmp(name, last, (size_t)(star - last)) == 0 && ends_with(name, star + 1))
			read_conf(c, arena_fmt(a, "%s/%s", dir, name), depth + 1);
	}
}

static void read_conf(struct conf *c, const char *path, unsigned depth)
{
	struct arena *a = sys_arena(c->sys);
	struct bytes text, line;
	size_t pos = 0;
	int err = depth > 8 || c->files++ > CONF_FILES_MAX ? -ELOOP : sys_read(c->sys, path, &text);

	if (err) {
		if (err != -ENOENT && !c->err)
			c->err = err;
		return;
	}
	while (next_line(text, &pos, &line)) {
		const char *hash = memchr(line.v, '#', line.n);
		const char *entry = trimmed(a, line.v, hash ? (size_t)(hash - line.v) : line.n);

		if (starts_with(entry, "include ") || starts_with(entry, "include\t"))
			include(c, esc(a, trimmed(a, entry + 8, strlen(entry + 8))), depth);
		else if (entry[0] == '/' && c->dirs->n < 1000)
			PUSH(a, c->dirs, esc(a, entry));
	}
}

int ldso_conf_dirs(struct sys *s, struct strlist *ret_dirs)
{
	struct conf c = { .sys = s, .dirs = ret_dirs };

	read_conf(&c, "/etc/ld.so.conf", 0);
	return c.err;
}

void ldso_default_dirs(struct arena *a, const char *machine, struct strlist *ret_dirs)
{
	static const char *const plain[] = { "/lib64", "/usr/lib64", "/lib", "/usr/lib" };
	const char *machines[] = { machine ? machine : "x86_64", machine ? NULL : "aarch64" };

	for (size_t m = 0; m < 2 && machines[m]; m++)
		for (size_t i = 0; i < 2; i++)
			PUSH(a, ret_dirs,
			     arena_fmt(a, i ? "/usr/lib/%s-linux-gnu" : "/lib/%s-linux-gnu",
				       machines[m]));
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		PUSH(a, ret_dirs, plain[i]);
}
