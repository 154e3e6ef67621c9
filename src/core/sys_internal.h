// SPDX-License-Identifier: Apache-2.0
/* Inside of core/sys: what the walk (sys.c), the machine (sys_live.c), a folder (sys_case.c) and the record share. */
#ifndef WHYCPU_CORE_SYS_INTERNAL_H
#define WHYCPU_CORE_SYS_INTERNAL_H

#include <jansson.h>

#include "core/hang.h"
#include "core/page.h"
#include "core/sys.h"
#include "core/sys_open.h"

#define LIST_NAMES_MAX 20000
#define PROC_BYTES_MAX ((size_t)64 * 1024)
#define FILE_BYTES_MAX ((size_t)16 * 1024 * 1024)
#define LINKS_MAX 40

/* What of a file is read. */
enum part { PART_WHOLE, PART_HEAD, PART_TAIL };

/* Back end: works on resolved raw paths ("/a/b", no links but the last part). 0 or a negative code. */
struct sys_backend {
	/* True only if the place certainly is not there; may be NULL. */
	bool (*absent)(struct sys *s, const char *path);
	int (*lookup)(struct sys *s, const char *path, struct sys_stat *ret_stat);
	int (*readlink)(struct sys *s, const char *path, const char **ret_raw);
	int (*read)(struct sys *s, const char *path, size_t max, enum part part, struct bytes *ret);
	int (*list)(struct sys *s, const char *path, struct strlist *ret_raw_names);
	int (*access)(struct sys *s, const char *path, const struct sys_stat *st, int mode);
	int (*elf)(struct sys *s, const char *path, bool archs, struct sys_elf *ret_elf);
};

extern const struct sys_backend sys_live, sys_case;

struct case_tree; /* sys_case.c */

/* What the walk already knows: real folders and links, by resolved path. */
struct known_place {
	const char *path, *link; /* link NULL: a folder */
	uint64_t dev;
	struct known_place *next;
};
/* A folder that was listed. Several collectors ask for the same site-packages, which may hold thousands. */
struct known_list {
	const char *path;
	struct strlist names; /* escaped */
	struct known_list *next;
};
#define KNOWN_PLACES 4096 /* a PATH of 10,000 entries leaves as many behind */

/* A folder that is kept open, so that its neighbours need no new walk. */
struct open_dir {
	const char *path; /* resolved, "" for the root; NULL: the slot is free */
	int fd;
	uint64_t dev;
	unsigned turn; /* when it was last stood in */
};
#define OPEN_DIRS 8

struct sys {
	struct arena *arena;
	struct arena *text_arena; /* of what is read, or NULL */
	struct sys_options options;
	const struct sys_backend *backend;
	struct look_page *page;
	struct case_tree *tree;
	struct open_dir dirs[OPEN_DIRS];
	struct open_dir *dir; /* the one we stand in, or NULL */
	unsigned turn;
	struct known_place *known[KNOWN_PLACES];
	struct known_list *lists[KNOWN_PLACES];
	ARRAY(struct sys_skip) skips;
	unsigned long calls;
	size_t expected_bytes; /* of the file that is read next: a hint, it may grow or shrink meanwhile */
	struct sys *view;    /* of a process, once it was asked for */
	struct sys *machine; /* in a view: whose it is; else NULL */
	const char *base;    /* in a view of this machine: "/proc/PID/root" */
	struct bytes process_env;
	ARRAY(struct hang) hangs; /* recorded ones that this run came by */
	json_t *records;          /* array, or NULL when nothing is recorded */
	struct strlist private; /* folders in values that are not kept: nothing below them is kept either */
};

/* Whether a view leads there, or to the machine's own /proc and /sys. `path` is raw. */
bool sys_is_of_kernel(const char *path);
/* Counts a call; the injected fault if it is this one's turn. */
int sys_fault(struct sys *s);
/* Writes down the place before the step. `path` is raw. */
void sys_publish(struct sys *s, const char *raw_path, uint64_t dev);
/* Closes every open folder. */
void sys_leave(struct sys *s);
/* 0, or -SYS_E_NO_ANSWER if the place is on the skip list. */
int sys_skipped(struct sys *s, const char *raw_path, uint64_t dev);
/* Reads at most max bytes from fd, publishing each read; -EFBIG beyond it if the whole is wanted. */
int sys_read_fd(struct sys *s, int fd, const char *raw_path, size_t max, enum part part,
		struct bytes *ret);
/* Sorted names of an open folder. */
int sys_list_fd(struct sys *s, int fd, const char *raw_path, struct strlist *ret_raw_names);
struct statx;
void sys_stat_from(const struct statx *sx, struct sys_stat *ret);
void sys_sort_names(struct strlist *names);
/* An open ELF file; `raw_path` is what is published while it is read. */
int sys_elf_fd(struct sys *s, int fd, const char *raw_path, bool archs, struct sys_elf *ret_elf);
/* The notes of one section that hold a JSON text. */
void elf_notes(struct arena *a, struct bytes section, struct strlist *ret_notes);
/* Lists of architectures that end in `text` (each is ended by a NUL). */
void elf_arch_strings(struct arena *a, struct bytes text, struct strlist *ret_strings);
int sys_elf_json(struct sys *s, const char *text, size_t n, struct sys_elf *ret_elf);
/* The case's own identity: 0 or -SYS_E_NOT_RECORDED. */
int case_env(struct sys *s, const char *name, const char **ret_raw);
int case_uname(struct sys *s, struct sys_uname *ret_uname);
int case_ids(struct sys *s, struct sys_ids *ret_ids);
int case_now(struct sys *s, int64_t *ret_epoch_s);
int case_cwd(struct sys *s, const char **ret_raw);
/* -ENOENT without the file. */
int case_probe(struct sys *s, const char *name, struct bytes *ret_json);
/* Opens the folder of options.root; NULL and one line for the user if it cannot be used. */
struct case_tree *case_open(struct sys *s, const char **ret_problem);
void case_close(struct case_tree *t);
/* Notes a back-end answer for the snapshot. */
void sys_record_lookup(struct sys *s, const char *path, int err, const struct sys_stat *st);
void sys_record_text(struct sys *s, const char *op, const char *path, int err, const char *text,
		     size_t n);
void sys_record_list(struct sys *s, const char *path, int err, const struct strlist *names);
void sys_record_env(struct sys *s, const char *name, int err, const char *raw);
void sys_record_elf(struct sys *s, const char *path, int err, const struct sys_elf *elf);

#endif
