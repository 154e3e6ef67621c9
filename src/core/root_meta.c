// SPDX-License-Identifier: Apache-2.0
#include "core/root_meta.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/errname.h"

#define ENTRIES_MAX 100000
#define WORDS_MAX 80

struct parser {
	struct arena *arena;
	struct root_meta *meta;
	const char *word[WORDS_MAX];
	size_t n_words;
	const char *problem;
};

static bool bad(struct parser *p, const char *what)
{
	p->problem = what;
	return false;
}

static bool split_words(struct parser *p, struct bytes line)
{
	size_t pos = 0;
	struct bytes part;
	const char *text = arena_strndup(p->arena, line.v, line.n);

	p->n_words = 0;
	if (strlen(text) != line.n)
		return bad(p, "a NUL byte");
	while (next_part(text, ' ', &pos, &part)) {
		if (!part.n)
			continue;
		if (p->n_words == WORDS_MAX)
			return bad(p, "too many words");
		p->word[p->n_words++] = arena_strndup(p->arena, part.v, part.n);
	}
	return true;
}

static bool number(struct parser *p, size_t i, int base, int64_t max, int64_t *ret)
{
	char *end = NULL;

	if (i >= p->n_words)
		return bad(p, "too few words");
	errno = 0;

	long long value = strtoll(p->word[i], &end, base);

	if (errno || *end || end == p->word[i] || value > max || value < 0)
		return bad(p, "a number is wrong or out of range");
	*ret = value;
	return true;
}

static bool is_name(const char *word)
{
	size_t n =
		strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-$");

	return n && !word[n] && n <= 64 && (word[0] < '0' || word[0] > '9') && word[0] != '-';
}

/* A number, or a name. Debian gives the names below the same number on every machine; any other is nobody that the
 * `user` line could be. */
static bool owner(struct parser *p, size_t i, uint32_t *ret)
{
	static const struct {
		const char *name;
		uint32_t id;
	} known[] = {
		{ "root", 0 },     { "daemon", 1 }, { "bin", 2 },        { "sys", 3 },
		{ "adm", 4 },      { "tty", 5 },    { "disk", 6 },       { "dialout", 20 },
		{ "audio", 29 },   { "video", 44 }, { "staff", 50 },     { "users", 100 },
		{ "render", 105 }, { "kvm", 104 },  { "nobody", 65534 }, { "nogroup", 65534 }
	};
	int64_t value;

	for (size_t k = 0; i < p->n_words && k < sizeof known / sizeof *known; k++) {
		if (strcmp(p->word[i], known[k].name) == 0) {
			*ret = known[k].id;
			return true;
		}
	}
	if (i < p->n_words && is_name(p->word[i])) {
		*ret = UINT32_MAX;
		return true;
	}
	if (!number(p, i, 10, UINT32_MAX, &value))
		return bad(p, "an owner or group must be a number or a name");
	*ret = (uint32_t)value;
	return true;
}

/* The entry for the path in word i. Lines on one path add up; they are merged after sorting. */
static struct meta_entry *entry(struct parser *p, size_t i)
{
	if (i >= p->n_words) {
		bad(p, "no path");
		return NULL;
	}

	struct bytes raw = unesc(p->arena, p->word[i]);

	if (strlen(raw.v) != raw.n || raw.v[0] == '/' || !raw.n || raw.n > 4096) {
		bad(p, "a path must be relative, without NUL, at most 4096 bytes");
		return NULL;
	}
	while (raw.n > 1 && raw.v[raw.n - 1] == '/')
		raw.v = arena_strndup(p->arena, raw.v, --raw.n);
	if (p->meta->entries.n == ENTRIES_MAX) {
		bad(p, "too many lines");
		return NULL;
	}

	const char *path = strcmp(raw.v, ".") == 0 ? "/" : arena_fmt(p->arena, "/%s", raw.v);

	PUSH(p->arena, &p->meta->entries, ((struct meta_entry){ .path = path }));
	return &p->meta->entries.v[p->meta->entries.n - 1];
}

/* MODE OWNER GROUP at word i. */
static bool ownership(struct parser *p, size_t i, struct meta_entry *e)
{
	int64_t mode;

	e->has_mode = true;
	if (!number(p, i, 8, 07777, &mode))
		return false;
	e->mode = (uint32_t)mode;
	return owner(p, i + 1, &e->uid) && owner(p, i + 2, &e->gid);
}

static bool line_device(struct parser *p)
{
	struct meta_entry *e = entry(p, 6);
	int64_t major, minor;

	if (!e || !number(p, 1, 10, UINT32_MAX, &major) || !number(p, 2, 10, UINT32_MAX, &minor))
		return false;
	e->kind = p->word[0][0] == 'c' ? SYS_CHAR : SYS_BLOCK;
	e->major = (uint32_t)major;
	e->minor = (uint32_t)minor;
	return ownership(p, 3, e);
}

static bool line_plain(struct parser *p)
{
	struct meta_entry *e = entry(p, 4);

	if (!e)
		return false;
	e->kind = p->word[0][0] == 'd' ? SYS_DIR : SYS_FILE;
	return ownership(p, 1, e);
}

static bool line_list(struct parser *p)
{
	struct meta_entry *e = entry(p, 1);

	if (!e)
		return false;
	e->listed = true;
	e->kind = SYS_DIR;
	return true;
}

static bool line_name(struct parser *p)
{
	struct meta_entry *e = entry(p, 1);

	if (e)
		e->named = true;
	return e != NULL;
}

static bool line_size(struct parser *p)
{
	struct meta_entry *e = entry(p, 2);

	if (e)
		e->has_size = true;
	return e && number(p, 1, 10, INT64_MAX, &e->size);
}

static bool line_mtime(struct parser *p)
{
	struct meta_entry *e = entry(p, 2);

	if (e)
		e->has_mtime = true;
	return e && number(p, 1, 10, INT64_MAX, &e->mtime);
}

static bool line_access(struct parser *p)
{
	struct meta_entry *e = entry(p, 2);
	int err = p->n_words > 1 ? errno_number(p->word[1], strlen(p->word[1])) : 0;

	if (!e)
		return false;
	e->access_err = -err;
	return err || bad(p, "no such error name");
}

/* HANG PATH [key=value...]: the words behind the path are what a snapshot knew of the stuck process. */
static bool line_hang(struct parser *p)
{
	struct meta_entry *e = entry(p, 1);
	struct hang h = { 0 };

	if (!e)
		return false;
	const char *e_path = e->path;

	e->err = -SYS_E_NO_ANSWER;
	h.path = esc(p->arena, e->path);
	for (size_t i = 2; i < p->n_words; i++) {
		const char *value = strchr(p->word[i], '=');
		size_t n = value ? (size_t)(value - p->word[i]) : 0;
		const char *text = value ? esc_bytes(p->arena, unesc(p->arena, value + 1).v,
						     unesc(p->arena, value + 1).n)
					 : "";
		const struct {
			const char *key;
			const char **slot;
		} texts[] = { { "path", &h.path },
			      { "state", &h.state },
			      { "state_after_kill", &h.state_after_kill },
			      { "wchan", &h.wchan },
			      { "mount", &h.mount },
			      { "fstype", &h.fstype },
			      { "unit", &h.unit } };

		for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
			if (strlen(texts[k].key) == n && memcmp(texts[k].key, p->word[i], n) == 0)
				*texts[k].slot = text;
		if (n == 3 && memcmp(p->word[i], "pid", 3) == 0 && !parse_i64(text, &h.pid))
			return bad(p, "pid is no number");
		if (n == 5 && memcmp(p->word[i], "since", 5) == 0 && !parse_i64(text, &h.since))
			return bad(p, "since is no number");
	}
	PUSH(p->arena, &p->meta->hangs, ((struct meta_hang){ e_path, h }));
	return true;
}

static bool line_error(struct parser *p)
{
	struct meta_entry *e = entry(p, 1);

	if (e)
		e->err = -errno_number(p->word[0], strlen(p->word[0]));
	return e != NULL;
}

static bool line_user(struct parser *p)
{
	struct sys_ids *ids = &p->meta->ids;
	int64_t value;
	size_t last = p->n_words - 1;

	if (p->n_words < 4)
		return bad(p, "user needs UID GID CAPS");

	uint32_t *groups = arena_alloc(p->arena, p->n_words * sizeof *groups);

	for (size_t i = 1; i < last; i++) {
		if (!number(p, i, 10, UINT32_MAX, &value))
			return false;
		if (i == 1)
			ids->uid = (uint32_t)value;
		else if (i == 2)
			ids->gid = (uint32_t)value;
		else
			groups[ids->n_groups++] = (uint32_t)value;
	}
	if (!number(p, last, 16, INT64_MAX, &value))
		return false;
	ids->groups = groups;
	ids->cap_eff = (uint64_t)value;
	p->meta->has_ids = true;
	return true;
}

static bool line_now(struct parser *p)
{
	p->meta->has_now = true;
	return number(p, 1, 10, INT64_MAX, &p->meta->now);
}

static const char *text_of(struct parser *p, size_t i)
{
	struct bytes raw = unesc(p->arena, p->word[i]);

	return esc_bytes(p->arena, raw.v, raw.n);
}

static bool line_kernel(struct parser *p)
{
	if (p->n_words != 3)
		return bad(p, "kernel needs RELEASE and machine");
	p->meta->uname = (struct sys_uname){ text_of(p, 1), text_of(p, 2) };
	return true;
}

static bool line_cwd(struct parser *p)
{
	if (p->n_words != 2 || p->word[1][0] != '/')
		return bad(p, "cwd needs an absolute path");
	p->meta->cwd = text_of(p, 1);
	return true;
}

static bool line_hidden(struct parser *p)
{
	if (p->n_words != 2)
		return bad(p, "hidden needs a name");
	PUSH(p->arena, &p->meta->hidden, p->word[1]);
	return true;
}

static const struct {
	const char *word;
	bool (*parse)(struct parser *p);
} kinds[] = {
	{ "c", line_device },      { "b", line_device },    { "d", line_plain },
	{ "f", line_plain },       { "list", line_list },   { "name", line_name },
	{ "size", line_size },     { "mtime", line_mtime }, { "access", line_access },
	{ "HANG", line_hang },     { "user", line_user },   { "now", line_now },
	{ "kernel", line_kernel }, { "cwd", line_cwd },     { "hidden", line_hidden },
};

static bool parse_line(struct parser *p, struct bytes line)
{
	if (!split_words(p, line))
		return false;
	if (!p->n_words || p->word[0][0] == '#')
		return true;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].word, p->word[0]) == 0)
			return kinds[i].parse(p);
	if (errno_number(p->word[0], strlen(p->word[0])))
		return line_error(p);
	return bad(p, "unknown first word");
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct meta_entry *)a)->path, ((const struct meta_entry *)b)->path);
}

static void merge_into(struct meta_entry *to, const struct meta_entry *from)
{
	to->named |= from->named;
	to->listed |= from->listed;
	if (from->kind)
		to->kind = from->kind;
	if (from->err)
		to->err = from->err;
	if (from->access_err)
		to->access_err = from->access_err;
	if (from->has_mode) {
		to->has_mode = true;
		to->mode = from->mode;
		to->uid = from->uid;
		to->gid = from->gid;
		to->major = from->major;
		to->minor = from->minor;
	}
	if (from->has_size) {
		to->has_size = true;
		to->size = from->size;
	}
	if (from->has_mtime) {
		to->has_mtime = true;
		to->mtime = from->mtime;
	}
}

static void sort_and_merge(struct root_meta *m)
{
	size_t kept = 0;

	if (!m->entries.n)
		return;
	qsort(m->entries.v, m->entries.n, sizeof *m->entries.v, by_path);
	for (size_t i = 1; i < m->entries.n; i++) {
		if (by_path(&m->entries.v[kept], &m->entries.v[i]) == 0)
			merge_into(&m->entries.v[kept], &m->entries.v[i]);
		else
			m->entries.v[++kept] = m->entries.v[i];
	}
	m->entries.n = kept + 1;
}

static bool first_line(struct bytes line, bool *ret_complete)
{
	static const char complete[] = "whycpu.case/1 complete",
			  partial[] = "whycpu.case/1 partial";

	*ret_complete = line.n == sizeof complete - 1 && memcmp(line.v, complete, line.n) == 0;
	return *ret_complete ||
	       (line.n == sizeof partial - 1 && memcmp(line.v, partial, line.n) == 0);
}

struct root_meta *root_meta_parse(struct arena *a, struct bytes text, const char **ret_problem)
{
	struct root_meta *m = arena_alloc(a, sizeof *m);
	struct parser p = { .arena = a, .meta = m };
	struct bytes line;
	size_t pos = 0, number_of_line = 1;

	if (!next_line(text, &pos, &line) || !first_line(line, &m->complete)) {
		*ret_problem =
			"line 1: must be \"whycpu.case/1 complete\" or \"whycpu.case/1 partial\"";
		return NULL;
	}
	while (next_line(text, &pos, &line)) {
		number_of_line++;
		if (!parse_line(&p, line)) {
			*ret_problem = arena_fmt(a, "line %zu: %s", number_of_line, p.problem);
			return NULL;
		}
	}
	sort_and_merge(m);
	return m;
}

/* The first entry whose path is not below `path`. */
static size_t lower_bound(const struct root_meta *m, const char *path)
{
	size_t low = 0, high = m->entries.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(m->entries.v[middle].path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct meta_entry *root_meta_find(const struct root_meta *m, const char *path)
{
	size_t i = lower_bound(m, path);

	return i < m->entries.n && strcmp(m->entries.v[i].path, path) == 0 ? &m->entries.v[i]
									   : NULL;
}

bool root_meta_has_below(const struct root_meta *m, const char *dir)
{
	size_t n = strlen(dir);
	char *prefix = malloc(n + 2);
	size_t i;
	bool found;

	if (!prefix)
		return false;
	memcpy(prefix, dir, n + 1);
	if (n > 1)
		memcpy(prefix + n, "/", 2);
	i = lower_bound(m, prefix);
	found = i < m->entries.n && starts_with(m->entries.v[i].path, prefix);
	free(prefix);
	return found;
}
