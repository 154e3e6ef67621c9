// SPDX-License-Identifier: Apache-2.0
/* The only way to the machine, or to a folder that stands for one. Every path is absolute and escaped (core/str.h);
 * it is walked component by component, so that a place that does not answer is known by name. Results live in
 * the arena of the sys. All calls return 0 or a negative code: -errno, or one of SYS_E_*. A collector hands the code
 * to the fact (facts.h); it never decides on its own what an error means. */
#ifndef WHYCPU_CORE_SYS_H
#define WHYCPU_CORE_SYS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/array.h"
#include "core/str.h"

struct sys;

enum {
	SYS_E_NO_ANSWER =
		5001,       /* the place hung before, or is recorded as HANG: not looked at again */
	SYS_E_NOT_RECORDED, /* a recorded or mounted tree does not hold this */
	SYS_E_CUT,          /* a list of more than 20,000 names: the first ones are given */
	SYS_E_NOT_A_FILE,   /* asked to read what is no regular file */
};

enum sys_kind {
	SYS_KIND_UNKNOWN,
	SYS_FILE,
	SYS_DIR,
	SYS_LINK,
	SYS_CHAR,
	SYS_BLOCK,
	SYS_FIFO,
	SYS_SOCKET,
};

struct sys_stat {
	enum sys_kind kind;
	uint32_t mode; /* permission bits only */
	uint32_t uid, gid;
	uint32_t rdev_major, rdev_minor;
	int64_t size_bytes;
	int64_t mtime_s;
	uint64_t dev; /* st_dev of the place; 0 in a case */
};

struct sys_uname {
	const char *release, *machine;
};

struct sys_ids {
	uint32_t uid, gid;
	const uint32_t *groups;
	size_t n_groups;
	uint64_t cap_eff;
};

/* Versions that an ELF file asks of another one: GLIBC_2.28 of libc.so.6. */
struct sys_elf_need {
	const char *file;
	struct strlist versions;
};

/* What an ELF file says of itself. Absent strings are NULL. */
struct sys_elf {
	int class;           /* 32 or 64 */
	const char *machine; /* as uname says it: x86_64, aarch64 */
	const char *soname, *interp, *rpath, *runpath;
	struct strlist needed;
	ARRAY(struct sys_elf_need) version_needs;
	struct strlist version_defs;
	struct strlist notes;        /* those that hold a JSON text: "OWNER: {...}" */
	struct strlist arch_strings; /* "sm_80 sm_90 compute_90"; only by sys_elf_archs */
};

/* A whole regular file: 64 KiB below /proc and /sys, 16 MiB elsewhere. */
int sys_read(struct sys *s, const char *path, struct bytes *ret_text);
/* The first `max` bytes of a regular file of any size. */
int sys_head(struct sys *s, const char *path, size_t max, struct bytes *ret_text);
/* The last `max` bytes. */
int sys_tail(struct sys *s, const char *path, size_t max, struct bytes *ret_text);
/* Names in a directory, sorted by byte, without . and ..; with -SYS_E_CUT the first 20,000 are given. */
int sys_list(struct sys *s, const char *dir, struct strlist *ret_names);
/* The text of a symbolic link, not followed. */
int sys_readlink(struct sys *s, const char *path, const char **ret_text);
/* The path with every link resolved; it must exist. */
int sys_realpath(struct sys *s, const char *path, const char **ret_path);
int sys_stat(struct sys *s, const char *path, struct sys_stat *ret_stat);
/* True if the place certainly is not there, for one cheap call; false promises nothing. For long lists of guesses. */
bool sys_is_absent(struct sys *s, const char *path);
int sys_lstat(struct sys *s, const char *path, struct sys_stat *ret_stat);
/* access(2) with the real ids; `mode` of R_OK, W_OK, X_OK. */
int sys_access(struct sys *s, const char *path, int mode);
/* -ENOEXEC if it is no ELF file. */
int sys_elf(struct sys *s, const char *path, struct sys_elf *ret_elf);
/* The same, and the lists of GPU architectures among its constants: reads all of .rodata. */
int sys_elf_archs(struct sys *s, const char *path, struct sys_elf *ret_elf);
/* 0, -ENOENT (not set) or -SYS_E_NOT_RECORDED. The value is escaped. */
int sys_env(struct sys *s, const char *name, const char **ret_value);
int sys_uname(struct sys *s, struct sys_uname *ret_uname);
int sys_ids(struct sys *s, struct sys_ids *ret_ids);
int sys_now(struct sys *s, int64_t *ret_epoch_s);
/* The caller's working directory as text. */
int sys_cwd(struct sys *s, const char **ret_path);

/* The machine as a running process meets it: its files (through /proc/PID/root), environment, working folder and user;
 * below /proc and /sys the machine's own, where /proc/self is that process. 0, or the error of what was refused. The view
 * lives as long as `s`. In a recording the files are the recording's. */
int sys_of_process(struct sys *s, const char *pid, struct sys **ret_view);

/* The recorded answer of a probe (probes/NAME.json of a case); -ENOENT: nobody asked. */
int sys_probe_answer(struct sys *s, const char *name, struct bytes *ret_json);

struct arena *sys_arena(struct sys *s);
/* Texts that are read live in `a` from now on; NULL: with all the rest again. */
void sys_read_into(struct sys *s, struct arena *a);
/* "EACCES", "no answer", "not recorded": the word that a fact carries. `err` as returned, negative. */
const char *sys_why(int err);

#endif
