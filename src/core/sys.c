// SPDX-License-Identifier: Apache-2.0
/* The walk and the calls that collectors see. A path is resolved here, component by component, over a back end that
 * knows single places; so what hangs is known by name, a case's links are resolved before its root.meta is asked, and
 * limits, records and injected faults exist once. */
#include "core/sys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "core/errname.h"
#include "core/log.h"
#include "core/sys_internal.h"

/* The name of a place on this machine. */
static const char *full_name(struct sys *s, const char *raw_path)
{
	return s->base && !sys_is_of_kernel(raw_path)
		       ? arena_fmt(s->arena, "%s%s", s->base, raw_path)
		       : raw_path;
}

void sys_publish(struct sys *s, const char *raw_path, uint64_t dev)
{
	struct look_page *page = s->page;

	if (!page)
		return;

	raw_path = full_name(s, raw_path);

	struct timespec now;
	size_t n = strlen(raw_path);

	clock_gettime(CLOCK_REALTIME_COARSE, &now);
	if (n >= sizeof page->path)
		n = sizeof page->path - 1;
	memcpy(page->path, raw_path, n);
	page->path[n] = '\0';
	page->dev = dev;
	page->since_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
	atomic_fetch_add(&page->calls, 1);
}

static bool is_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	if (strncmp(path, dir, n) != 0)
		return false;
	return path[n] == '\0' || path[n] == '/' || (n && dir[n - 1] == '/');
}

bool sys_is_of_kernel(const char *path)
{
	return is_below(path, "/proc") || is_below(path, "/sys");
}

int sys_skipped(struct sys *s, const char *raw_path, uint64_t dev)
{
	raw_path = s->skips.n ? full_name(s, raw_path) : raw_path;
	for (size_t i = 0; i < s->skips.n; i++) {
		struct sys_skip *skip = &s->skips.v[i];

		if ((skip->whole_fs && skip->dev && skip->dev == dev) ||
		    is_below(raw_path, skip->path)) {
			skip->hits++;
			return -SYS_E_NO_ANSWER;
		}
	}
	return 0;
}

unsigned sys_skip_hits(const struct sys *s, const char *skip_path)
{
	unsigned hits = 0;

	for (size_t i = 0; i < s->skips.n; i++)
		if (strcmp(s->skips.v[i].path, skip_path) == 0)
			hits += s->skips.v[i].hits;
	return hits;
}

void sys_skip_place(struct sys *s, const struct sys_skip *skip)
{
	PUSH(s->arena, &s->skips, *skip);
}

void sys_inherit_skips(struct sys *s, const struct sys *from)
{
	for (size_t i = 0; i < from->skips.n; i++)
		sys_skip_place(s, &from->skips.v[i]);
}

static int proc_self(struct sys *s, const char *path, const char **ret_path)
{
	if (s->tree || !is_below(path, "/proc/self"))
		return 0;
	*ret_path =
		arena_fmt(s->arena, "/proc/%d%s", s->options.self_pid, path + strlen("/proc/self"));
	return 0;
}

static size_t slot_of(const char *path)
{
	size_t h = 5381;

	for (; *path; path++)
		h = h * 33 + (unsigned char)*path;
	return h % KNOWN_PLACES;
}

static const struct known_place *known_at(const struct sys *s, const char *path)
{
	for (const struct known_place *k = s->known[slot_of(path)]; k; k = k->next)
		if (strcmp(k->path, path) == 0)
			return k;
	return NULL;
}

static void remember(struct sys *s, const char *path, const char *link, uint64_t dev)
{
	struct known_place *k = arena_alloc(s->arena, sizeof *k);
	size_t slot = slot_of(path);

	*k = (struct known_place){ .path = path, .link = link, .dev = dev, .next = s->known[slot] };
	s->known[slot] = k;
}

/* A walk in progress: `at` is resolved, `rest` is still to be walked. */
struct walk {
	struct sys *s;
	const char *at; /* "" for the root folder */
	const char *rest;
	unsigned links;
	struct sys_stat st; /* of `at` */
};

static int follow(struct walk *w, const char *text)
{
	if (++w->links > LINKS_MAX)
		return -ELOOP;
	if (strlen(text) + strlen(w->rest) > 16 * 1024)
		return -ENAMETOOLONG;
	w->rest = arena_fmt(w->s->arena, "%s/%s", text, w->rest);
	if (text[0] == '/')
		w->at = "";
	return 0;
}

static int lookup(struct sys *s, const char *path, struct sys_stat *st, const char **ret_link)
{
	int err = s->backend->lookup(s, path, st);

	sys_record_lookup(s, path, err, st);
	if (err || st->kind != SYS_LINK)
		return err;
	err = s->backend->readlink(s, path, ret_link);
	sys_record_text(s, "link", path, err, err ? NULL : *ret_link, err ? 0 : strlen(*ret_link));
	return err;
}

/* "at/name"; printf's way costs as much as the look itself. */
static const char *below(struct arena *a, const char *at, const char *name, size_t n)
{
	size_t n_at = strlen(at);
	char *path = arena_alloc(a, n_at + n + 2);

	memcpy(path, at, n_at);
	path[n_at] = '/';
	memcpy(path + n_at + 1, name, n);
	path[n_at + 1 + n] = '\0';
	return path;
}

static int step_into(struct walk *w, const char *name, size_t n, bool follow_last)
{
	struct sys *s = w->s;
	const char *next = below(s->arena, w->at, name, n);
	const struct known_place *known = known_at(s, next);
	bool last = w->rest[strspn(w->rest, "/")] == '\0';
	const char *link = known ? known->link : NULL;

	if (!known || last) {
		int err = lookup(s, next, &w->st, &link);

		if (err)
			return err;
		if (!known && (w->st.kind == SYS_DIR || w->st.kind == SYS_LINK))
			remember(s, next, w->st.kind == SYS_LINK ? link : NULL, w->st.dev);
	} else {
		w->st.kind = link ? SYS_LINK : SYS_DIR;
	}
	if (w->st.kind == SYS_LINK && !(last && !follow_last))
		return follow(w, link);
	if (!last && w->st.kind != SYS_DIR && w->st.kind != SYS_KIND_UNKNOWN)
		return -ENOTDIR;
	w->at = next;
	return 0;
}

static int walk(struct sys *s, const char *raw, bool follow_last, const char **ret_at,
		struct sys_stat *ret_stat)
{
	struct walk w = { .s = s, .at = "", .rest = raw, .st = { .kind = SYS_DIR } };

	while (*(w.rest += strspn(w.rest, "/"))) {
		const char *name = w.rest;
		size_t n = strcspn(name, "/");

		w.rest += n;
		if (n == 1 && name[0] == '.')
			continue;
		if (n == 2 && name[0] == '.' && name[1] == '.') {
			w.at = w.at[0] ? path_dirname(s->arena, w.at) : "";
			w.at = strcmp(w.at, "/") == 0 ? "" : w.at;
			w.st = (struct sys_stat){ .kind = SYS_DIR };
			continue;
		}

		int err = n > 255 ? -ENAMETOOLONG : step_into(&w, name, n, follow_last);

		if (err)
			return err;
	}
	*ret_at = w.at[0] ? w.at : "/";
	*ret_stat = w.st;
	return 0;
}

static void trace(struct sys *s, const char *call, const char *path, int err)
{
	if (s->options.trace)
		log_trace("look %-8s %s%s%s", call, path, err ? "  -> " : "",
			  err ? sys_why(err) : "");
}

int sys_fault(struct sys *s)
{
	s = s->machine ? s->machine : s;
	return ++s->calls == s->options.fault_at ? -s->options.fault_err : 0;
}

/* The start of every call: the injected fault, then the walk. Paths from collectors are absolute and escaped. */
static int enter(struct sys *s, const char *path, bool follow_last, const char **ret_at,
		 struct sys_stat *ret_stat)
{
	int fault = sys_fault(s);

	if (fault)
		return fault;
	if (path[0] != '/')
		return -EINVAL;

	struct bytes raw = unesc(s->arena, path);

	if (strlen(raw.v) != raw.n)
		return -EINVAL;
	if (raw.n > 16 * 1024)
		return -ENAMETOOLONG;
	proc_self(s, raw.v, &raw.v);
	return walk(s, raw.v, follow_last, ret_at, ret_stat);
}

static size_t limit_of(const char *at)
{
	return sys_is_of_kernel(at) ? PROC_BYTES_MAX : FILE_BYTES_MAX;
}

static int read_file(struct sys *s, const char *path, size_t max, enum part part, struct bytes *ret)
{
	struct sys_stat st;
	const char *at = NULL;
	int err = enter(s, path, true, &at, &st);

	if (!err && st.kind != SYS_FILE)
		err = st.kind == SYS_DIR ? -EISDIR
		      : st.kind          ? -SYS_E_NOT_A_FILE
					 : -SYS_E_NOT_RECORDED;
	/* Where a size means something, too large is known beforehand, and nothing is read for nothing. */
	bool sized = part == PART_WHOLE && limit_of(at ? at : path) == FILE_BYTES_MAX;

	if (!err && sized && st.size_bytes > (int64_t)FILE_BYTES_MAX)
		err = -EFBIG;
	if (!err) {
		s->expected_bytes = sized && st.size_bytes > 0 ? (size_t)st.size_bytes : 0;
		err = s->backend->read(s, at, max ? max : limit_of(at), part, ret);
		sys_record_text(s, "read", at, err, err ? NULL : ret->v, err ? 0 : ret->n);
	}
	trace(s, part == PART_HEAD ? "head" : part == PART_TAIL ? "tail" : "read", path, err);
	return err;
}

int sys_read(struct sys *s, const char *path, struct bytes *ret_text)
{
	return read_file(s, path, 0, PART_WHOLE, ret_text);
}

int sys_head(struct sys *s, const char *path, size_t max, struct bytes *ret_text)
{
	return read_file(s, path, max, PART_HEAD, ret_text);
}

int sys_tail(struct sys *s, const char *path, size_t max, struct bytes *ret_text)
{
	return read_file(s, path, max, PART_TAIL, ret_text);
}

/* A copy, so that nobody's changes are seen by the next. */
static struct strlist copied(struct arena *a, const struct strlist *names)
{
	struct strlist copy = { .v = arena_alloc(a, (names->n + 1) * sizeof *names->v),
				.n = names->n,
				.cap = names->n + 1 };

	if (names->n)
		memcpy(copy.v, names->v, names->n * sizeof *names->v);
	return copy;
}

static const struct known_list *known_list(const struct sys *s, const char *at)
{
	for (const struct known_list *k = s->lists[slot_of(at)]; k; k = k->next)
		if (strcmp(k->path, at) == 0)
			return k;
	return NULL;
}

static void remember_list(struct sys *s, const char *at, const struct strlist *names)
{
	struct known_list *k = arena_alloc(s->arena, sizeof *k);
	size_t slot = slot_of(at);

	*k = (struct known_list){ .path = at,
				  .names = copied(s->arena, names),
				  .next = s->lists[slot] };
	s->lists[slot] = k;
}

int sys_list(struct sys *s, const char *dir, struct strlist *ret_names)
{
	struct strlist raw = { 0 };
	struct sys_stat st;
	const char *at = NULL;
	int err = enter(s, dir, true, &at, &st);

	if (!err && st.kind != SYS_DIR)
		err = st.kind ? -ENOTDIR : -SYS_E_NOT_RECORDED;

	const struct known_list *known = err ? NULL : known_list(s, at);

	if (known) {
		*ret_names = copied(s->arena, &known->names);
		trace(s, "list", dir, 0);
		return 0;
	}
	if (!err) {
		err = s->backend->list(s, at, &raw);
		sys_record_list(s, at, err, &raw);
	}
	*ret_names = (struct strlist){ 0 };
	for (size_t i = 0; (!err || err == -SYS_E_CUT) && i < raw.n; i++)
		PUSH(s->arena, ret_names, esc(s->arena, raw.v[i]));
	if (!err)
		remember_list(s, at, ret_names);
	trace(s, "list", dir, err);
	return err;
}

int sys_readlink(struct sys *s, const char *path, const char **ret_text)
{
	struct sys_stat st;
	const char *at = NULL, *raw = NULL;
	int err = enter(s, path, false, &at, &st);

	if (!err && st.kind != SYS_LINK)
		err = st.kind ? -EINVAL : -SYS_E_NOT_RECORDED;
	if (!err)
		err = s->backend->readlink(s, at, &raw);
	if (!err)
		*ret_text = esc(s->arena, raw);
	trace(s, "readlink", path, err);
	return err;
}

int sys_realpath(struct sys *s, const char *path, const char **ret_path)
{
	struct sys_stat st;
	const char *at = NULL;
	int err = enter(s, path, true, &at, &st);

	if (!err)
		*ret_path = esc(s->arena, at);
	trace(s, "realpath", path, err);
	return err;
}

static int stat_place(struct sys *s, const char *path, bool follow_last, struct sys_stat *ret_stat)
{
	struct sys_stat st;
	const char *at = NULL;
	int err = enter(s, path, follow_last, &at, &st);

	if (!err && st.kind == SYS_KIND_UNKNOWN)
		err = -SYS_E_NOT_RECORDED;
	if (!err)
		*ret_stat = st;
	trace(s, "stat", path, err);
	return err;
}

int sys_stat(struct sys *s, const char *path, struct sys_stat *ret_stat)
{
	return stat_place(s, path, true, ret_stat);
}

bool sys_is_absent(struct sys *s, const char *path)
{
	struct bytes raw = unesc(s->arena, path);
	bool plain = raw.v[0] == '/' && strlen(raw.v) == raw.n && !strstr(raw.v, "/..") &&
		     !is_below(raw.v, "/proc/self");

	/* A recording needs every step. */
	if (!plain || s->records || s->options.fault_at || !s->backend->absent ||
	    !s->backend->absent(s, raw.v))
		return false;
	trace(s, "stat", path, -ENOENT);
	return true;
}

int sys_lstat(struct sys *s, const char *path, struct sys_stat *ret_stat)
{
	return stat_place(s, path, false, ret_stat);
}

int sys_access(struct sys *s, const char *path, int mode)
{
	struct sys_stat st;
	const char *at = NULL;
	int err = enter(s, path, true, &at, &st);

	if (!err) {
		err = s->backend->access(s, at, &st, mode);
		if (err)
			sys_record_text(s, "access", at, err, NULL, 0);
	}
	trace(s, "access", path, err);
	return err;
}

static int look_at_elf(struct sys *s, const char *path, bool archs, struct sys_elf *ret_elf)
{
	struct sys_stat st;
	const char *at = NULL;
	int err = enter(s, path, true, &at, &st);

	if (!err && st.kind != SYS_FILE)
		err = st.kind == SYS_DIR ? -EISDIR : -SYS_E_NOT_A_FILE;
	if (!err) {
		err = s->backend->elf(s, at, archs, ret_elf);
		sys_record_elf(s, at, err, ret_elf);
	}
	trace(s, "elf", path, err);
	return err;
}

int sys_elf(struct sys *s, const char *path, struct sys_elf *ret_elf)
{
	return look_at_elf(s, path, false, ret_elf);
}

int sys_elf_archs(struct sys *s, const char *path, struct sys_elf *ret_elf)
{
	return look_at_elf(s, path, true, ret_elf);
}

int sys_probe_answer(struct sys *s, const char *name, struct bytes *ret_json)
{
	int err = sys_fault(s);

	if (!err)
		err = s->tree ? case_probe(s, name, ret_json) : -ENOENT;
	trace(s, "probe", name, err);
	return err;
}

struct arena *sys_arena(struct sys *s)
{
	return s->arena;
}

void sys_read_into(struct sys *s, struct arena *a)
{
	s->text_arena = a;
}

unsigned long sys_calls(const struct sys *s)
{
	return s->calls;
}

const char *sys_why(int err)
{
	switch (-err) {
	case SYS_E_NO_ANSWER:
		return "no answer";
	case SYS_E_NOT_RECORDED:
		return "not recorded";
	case SYS_E_CUT:
		return "more than 20,000 names";
	case SYS_E_NOT_A_FILE:
		return "not a regular file";
	default:
		return errno_name(-err);
	}
}

static int by_byte(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void sys_sort_names(struct strlist *names)
{
	if (names->n > 1)
		qsort(names->v, names->n, sizeof *names->v, by_byte);
}

int sys_read_fd(struct sys *s, int fd, const char *raw_path, size_t max, enum part part,
		struct bytes *ret)
{
	size_t cap = s->expected_bytes < 4096 ? 4096 : s->expected_bytes + 1, n = 0;

	s->expected_bytes = 0;
	cap = max < cap ? max : cap;

	struct arena *a = s->text_arena ? s->text_arena : s->arena;
	char *buffer = arena_alloc(a, cap + 1);

	/* A file that is shorter is read from its beginning. */
	if (part == PART_TAIL)
		(void)lseek(fd, -(off_t)max, SEEK_END);
	for (;;) {
		sys_publish(s, raw_path, s->dir ? s->dir->dev : 0);

		ssize_t got = read(fd, buffer + n, cap - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		n += (size_t)got;
		if (!got || (part != PART_WHOLE && n == max))
			break;
		if (n < cap)
			continue;
		if (cap > max)
			return -EFBIG;
		/* One byte more than allowed tells "too big" from "just fits". */
		size_t more = cap * 4 > max ? max + 1 : cap * 4;

		buffer = arena_grow(a, buffer, n, more + 1);
		cap = more;
	}
	if (n > max)
		return -EFBIG;
	buffer[n] = '\0';
	*ret = (struct bytes){ buffer, n };
	return 0;
}

int sys_list_fd(struct sys *s, int fd, const char *raw_path, struct strlist *ret_raw_names)
{
	char buffer[8192] __attribute__((aligned(8)));
	int err = 0;

	while (!err) {
		sys_publish(s, raw_path, s->dir ? s->dir->dev : 0);

		ssize_t got = syscall(SYS_getdents64, fd, buffer, sizeof buffer);

		if (got <= 0) {
			err = got < 0 ? -errno : 0;
			break;
		}
		for (ssize_t at = 0; at < got && !err;) {
			const struct dirent64 *d =
				(const struct dirent64 *)(const void *)(buffer + at);

			at += d->d_reclen;
			if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
				continue;
			if (ret_raw_names->n == LIST_NAMES_MAX)
				err = -SYS_E_CUT;
			else
				PUSH(s->arena, ret_raw_names, arena_strdup(s->arena, d->d_name));
		}
	}
	sys_sort_names(ret_raw_names);
	return err;
}
