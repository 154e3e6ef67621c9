// SPDX-License-Identifier: Apache-2.0
/* Answers become the place they came from: a file, a link, a line of root.meta. The person's name in HOME is replaced
 * first; everything else that is personal was never recorded (sys_record.c). */
#include "core/case_write.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/json.h"
#include "core/sys_internal.h"

struct writer {
	struct sys *sys;
	struct arena *arena;
	const struct case_recording *recording;
	int dir_fd;
	const char *dir;
	struct str meta, env;
	struct strlist told; /* lines of root.meta, to write each once */
	int err;
};

static void fail(struct writer *w, int err)
{
	if (!w->err)
		w->err = err;
}

/* "/home/ana" -> "/home/user" wherever it stands as a whole name. */
static struct bytes redact(struct writer *w, struct bytes text)
{
	const char *home = w->recording->home, *name = home ? strrchr(home, '/') : NULL;
	struct str out = str_new(w->arena, SIZE_MAX / 4);
	size_t n = home ? strlen(home) : 0;

	if (!name || name == home || !name[1])
		return text;
	for (size_t i = 0; i < text.n;) {
		const char *at = memmem(text.v + i, text.n - i, home, n);
		size_t until = at ? (size_t)(at - text.v) : text.n;
		char next = at && until + n < text.n ? text.v[until + n] : '/';
		bool whole =
			at &&
			!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.",
				next);

		str_addn(&out, text.v + i, until - i);
		if (at && whole)
			str_addf(&out, "%.*s/user", (int)(name - home), home);
		else if (at)
			str_addn(&out, at, n);
		i = at ? until + n : text.n;
	}
	return (struct bytes){ str_text(&out), out.n };
}

static struct bytes text_of(struct writer *w, const json_t *record, const char *key)
{
	const char *text = json_get_text(record, key, w->arena);

	return redact(w, unesc(w->arena, text ? text : ""));
}

/* A path as a word of root.meta: relative, escaped. "/" itself is ".". */
static const char *word(struct writer *w, struct bytes path)
{
	const char *raw = path.n > 1 ? path.v + 1 : ".";

	return esc_word(w->arena, esc_bytes(w->arena, raw, strlen(raw)));
}

static void tell(struct writer *w, const char *line)
{
	for (size_t i = 0; i < w->told.n; i++)
		if (strcmp(w->told.v[i], line) == 0)
			return;
	PUSH(w->arena, &w->told, line);
	str_addf(&w->meta, "%s\n", line);
}

/* git refuses names that begin with .git; the case then knows the name only from a list. */
static bool is_keepable(const char *path)
{
	return !strstr(path, "/.git") && !strstr(path, "/../") && !ends_with(path, "/..") &&
	       strlen(path) < 3900;
}

static int make_parents(struct writer *w, const char *relative)
{
	for (const char *slash = strchr(relative, '/'); slash; slash = strchr(slash + 1, '/')) {
		const char *dir = arena_strndup(w->arena, relative, (size_t)(slash - relative));

		if (mkdirat(w->dir_fd, dir, 0755) < 0 && errno != EEXIST)
			return -errno;
	}
	return 0;
}

static void write_bytes(struct writer *w, int fd, struct bytes text)
{
	while (text.n) {
		ssize_t done = write(fd, text.v, text.n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0) {
			fail(w, -errno);
			return;
		}
		text.v += done;
		text.n -= (size_t)done;
	}
}

/* A longer recording of the same file wins: the head of it may have been read before. */
static void put_file(struct writer *w, const char *top, const char *path, struct bytes text)
{
	const char *relative = arena_fmt(w->arena, "%s%s", top, path);
	struct stat st;
	int err, fd;

	if (!is_keepable(path))
		return;
	sys_publish(w->sys, w->dir, 0);
	if (fstatat(w->dir_fd, relative, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    (size_t)st.st_size >= text.n)
		return;
	err = make_parents(w, relative);
	fd = err ? -1
		 : openat(w->dir_fd, relative,
			  O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0) {
		fail(w, err ? err : -errno);
		return;
	}
	write_bytes(w, fd, text);
	if (close(fd) < 0)
		fail(w, -errno);
}

static void put_link(struct writer *w, const char *path, struct bytes text)
{
	const char *relative = arena_fmt(w->arena, "root%s", path);
	int err = is_keepable(path) ? make_parents(w, relative) : 0;

	if (!is_keepable(path))
		return;
	sys_publish(w->sys, w->dir, 0);
	if (err || (symlinkat(text.v, w->dir_fd, relative) < 0 && errno != EEXIST))
		fail(w, err ? err : -errno);
}

static void add_word(struct writer *w, struct str *line, const char *key, const char *escaped)
{
	struct bytes raw = redact(w, unesc(w->arena, escaped ? escaped : ""));

	if (escaped)
		str_addf(line, " %s=%s", key,
			 esc_word(w->arena, esc_bytes(w->arena, raw.v, raw.n)));
}

static bool is_at_or_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return strncmp(path, dir, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

/* The hang that explains why this place was not looked at: it lies there or below, or the place was skipped because of
 * it (its mount point, its folder). */
static const struct hang *hang_of(struct writer *w, const char *place)
{
	const struct case_recording *r = w->recording;

	for (size_t i = 0; i < r->n_hangs; i++)
		if (is_at_or_below(r->hangs[i].path, place))
			return &r->hangs[i];
	for (size_t i = 0; i < r->n_hangs; i++)
		if ((r->hangs[i].mount && strcmp(r->hangs[i].mount, place) == 0) ||
		    is_at_or_below(place, path_dirname(w->arena, r->hangs[i].path)))
			return &r->hangs[i];
	return NULL;
}

static void tell_hang(struct writer *w, struct bytes path, const char *escaped_path)
{
	const struct hang *h = hang_of(w, escaped_path);
	struct str line = str_new(w->arena, 64 * 1024);

	str_addf(&line, "HANG %s", word(w, path));
	if (h) {
		add_word(w, &line, "path", h->path);
		if (h->pid)
			str_addf(&line, " pid=%lld", (long long)h->pid);
		add_word(w, &line, "state", h->state);
		add_word(w, &line, "state_after_kill", h->state_after_kill);
		add_word(w, &line, "wchan", h->wchan);
		add_word(w, &line, "mount", h->mount);
		add_word(w, &line, "fstype", h->fstype);
		add_word(w, &line, "unit", h->unit);
		if (h->since)
			str_addf(&line, " since=%lld", (long long)h->since);
	}
	tell(w, str_text(&line));
}

static void tell_error(struct writer *w, const json_t *record, const char *err)
{
	struct bytes path = text_of(w, record, "path");
	const char *op = json_string_value(json_object_get(record, "op"));

	if (strcmp(err, "no answer") == 0)
		tell_hang(w, path, json_get_text(record, "path", w->arena));
	else if (err[0] == 'E' && strcmp(op, "access") == 0)
		tell(w, arena_fmt(w->arena, "access %s %s", err, word(w, path)));
	else if (err[0] == 'E' && !(strcmp(op, "elf") == 0 && strcmp(err, "ENOEXEC") == 0))
		tell(w, arena_fmt(w->arena, "%s %s", err, word(w, path)));
	else if (err[0] == 'E')
		put_file(w, "root.elf", arena_fmt(w->arena, "%s.json", path.v),
			 (struct bytes){ "null\n", 5 });
}

static long long number_of(const json_t *record, const char *key)
{
	return (long long)json_integer_value(json_object_get(record, key));
}

static void take_lookup(struct writer *w, const json_t *record)
{
	const char *path = word(w, text_of(w, record, "path"));
	long long mode = number_of(record, "mode"), uid = number_of(record, "uid"),
		  gid = number_of(record, "gid");

	switch (number_of(record, "kind")) {
	case SYS_DIR:
		tell(w, arena_fmt(w->arena, "d %04llo %lld %lld %s", mode, uid, gid, path));
		break;
	case SYS_FILE:
		tell(w, arena_fmt(w->arena, "f %04llo %lld %lld %s", mode, uid, gid, path));
		/* Below /proc and /sys a size says nothing; elsewhere 0 is what tells an empty file from one not kept. */
		if (number_of(record, "size") > 0 ||
		    (!starts_with(path, "proc/") && !starts_with(path, "sys/")))
			tell(w,
			     arena_fmt(w->arena, "size %lld %s", number_of(record, "size"), path));
		break;
	case SYS_CHAR:
	case SYS_BLOCK:
		tell(w, arena_fmt(w->arena, "%c %lld %lld %04llo %lld %lld %s",
				  number_of(record, "kind") == SYS_CHAR ? 'c' : 'b',
				  number_of(record, "major"), number_of(record, "minor"), mode, uid,
				  gid, path));
		break;
	case SYS_LINK:
		break;
	default:
		tell(w, arena_fmt(w->arena, "name %s", path));
	}
}

static void take_list(struct writer *w, const json_t *record)
{
	struct bytes path = text_of(w, record, "path");
	const json_t *names = json_object_get(record, "names");
	const char *dir = word(w, path);

	tell(w, arena_fmt(w->arena, "list %s", dir));
	for (size_t i = 0; i < json_array_size(names); i++) {
		const char *name = json_string_value(json_array_get(names, i));

		if (name)
			str_addf(&w->meta, "name %s%s%s\n", path.n > 1 ? dir : "",
				 path.n > 1 ? "/" : "", esc_word(w->arena, name));
	}
}

static void take_elf(struct writer *w, const json_t *record)
{
	char *text = json_dumps(json_object_get(record, "elf"), JSON_INDENT(1) | JSON_ENSURE_ASCII);
	struct bytes path = text_of(w, record, "path");

	if (text) {
		put_file(w, "root.elf", arena_fmt(w->arena, "%s.json", path.v),
			 (struct bytes){ arena_strdup(w->arena, text), strlen(text) });
		put_file(w, "root", path.v, (struct bytes){ "", 0 });
	}
	free(text);
}

static bool has_variable(const struct writer *w, const char *line)
{
	const char *at = strstr(str_text(&w->env), line);

	return at && (at == str_text(&w->env) || at[-1] == '\n');
}

static void take_env(struct writer *w, const json_t *record, const char *err)
{
	const char *name = json_get_text(record, "path", w->arena);
	struct bytes value = text_of(w, record, "text");
	const char *line = arena_fmt(w->arena, "%s=%s\n", name, value.v);

	if (err && strcmp(err, "ENOENT") != 0)
		tell(w, arena_fmt(w->arena, "hidden %s", name));
	if (!err && !has_variable(w, line))
		str_add(&w->env, line);
}

static void take(struct writer *w, const json_t *record)
{
	const char *op = json_string_value(json_object_get(record, "op"));
	const char *err = json_get_text(record, "err", w->arena);

	if (!op)
		return;
	if (strcmp(op, "env") == 0)
		take_env(w, record, err);
	else if (err)
		tell_error(w, record, err);
	else if (strcmp(op, "lookup") == 0)
		take_lookup(w, record);
	else if (strcmp(op, "link") == 0)
		put_link(w, text_of(w, record, "path").v, text_of(w, record, "text"));
	else if (strcmp(op, "read") == 0)
		put_file(w, "root", text_of(w, record, "path").v, text_of(w, record, "text"));
	else if (strcmp(op, "list") == 0)
		take_list(w, record);
	else if (strcmp(op, "elf") == 0)
		take_elf(w, record);
}

static void head(struct writer *w)
{
	const struct case_recording *r = w->recording;

	str_add(&w->meta, "whycpu.case/1 partial\n");
	if (r->uname.release && r->uname.machine)
		str_addf(&w->meta, "kernel %s %s\n", esc_word(w->arena, r->uname.release),
			 esc_word(w->arena, r->uname.machine));
	if (r->ids) {
		str_addf(&w->meta, "user %u %u", r->ids->uid, r->ids->gid);
		for (size_t i = 0; i < r->ids->n_groups && i < 60; i++)
			str_addf(&w->meta, " %u", r->ids->groups[i]);
		str_addf(&w->meta, " %llx\n", (unsigned long long)r->ids->cap_eff);
	}
	if (r->now)
		str_addf(&w->meta, "now %lld\n", (long long)r->now);
	if (r->cwd) {
		struct bytes cwd = redact(w, (struct bytes){ r->cwd, strlen(r->cwd) });

		str_addf(&w->meta, "cwd %s\n",
			 esc_word(w->arena, esc_bytes(w->arena, cwd.v, cwd.n)));
	}
}

static void put_probes(struct writer *w)
{
	const char *name;
	json_t *answer;

	json_object_foreach((json_t *)(uintptr_t)w->recording->probes, name, answer)
	{
		char *text = json_dumps(answer, JSON_INDENT(1) | JSON_ENSURE_ASCII);

		if (text)
			put_file(w, "probes/", arena_fmt(w->arena, "%s.json", name),
				 (struct bytes){ text, strlen(text) });
		free(text);
	}
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path) < 0 ? -1 : 0;
}

static void write_all(struct writer *w)
{
	head(w);
	for (size_t i = 0; i < json_array_size(w->recording->records); i++)
		take(w, json_array_get(w->recording->records, i));
	put_probes(w);
	put_file(w, "", "root.meta", (struct bytes){ str_text(&w->meta), w->meta.n });
	put_file(w, "", "env", (struct bytes){ str_text(&w->env), w->env.n });
}

int case_write(struct sys *s, const char *dir, const struct case_recording *recording)
{
	struct arena *a = sys_arena(s);
	const char *partial = arena_fmt(a, "%s.partial-%d", dir, s->options.self_pid);
	struct stat st;
	struct writer w = { .sys = s,
			    .arena = a,
			    .recording = recording,
			    .dir = partial,
			    .meta = str_new(a, 64u << 20),
			    .env = str_new(a, 1u << 20) };

	sys_publish(s, dir, 0);
	if (lstat(dir, &st) == 0)
		return -EEXIST;
	if (mkdir(partial, 0755) < 0)
		return -errno;
	w.dir_fd = open(partial, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (w.dir_fd < 0)
		fail(&w, -errno);
	else
		write_all(&w);
	if (w.dir_fd >= 0)
		close(w.dir_fd);
	if (!w.err && rename(partial, dir) < 0)
		fail(&w, -errno);
	if (w.err)
		nftw(partial, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return w.err;
}
