// SPDX-License-Identifier: Apache-2.0
/* Is NVIDIA's kernel module loaded, which version and flavour; if it is not: is there one to load, what forbids it, was a
 * build tried, and are there traces of a driver package? It does not ask the driver itself: that would create nodes and
 * may load the module. Why the kernel refused a module only its log knows. */
#include <errno.h>
#include <string.h>

#include "collect/collect.h"
#include "collect/formats.h"
#include "facts/fact.h"

#define PROC_VERSION "/proc/driver/nvidia/version"

/* "NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.95.05  Tue Sep 23 ...": fields are apart by two blanks. */
static void parse_version_line(struct arena *a, struct bytes text, struct kmod *out)
{
	struct bytes line = { 0 };
	size_t pos = 0;

	next_line(text, &pos, &line);

	const char *l = arena_strndup(a, line.v ? line.v : "", line.n), *gap = strstr(l, "  ");
	const char *version = gap ? gap + strspn(gap, " ") : "";
	size_t n = strspn(version, "0123456789.");

	if (!starts_with(l, "NVRM version:") || !n) {
		out->proc_version = fact_str_unknown("not in the usual form", PROC_VERSION ":1");
		return;
	}
	out->proc_version = fact_str(0, arena_strndup(a, version, n), PROC_VERSION ":1");
	out->flavour = fact_str(0, strstr(l, "Open Kernel Module") ? "open" : "proprietary",
				PROC_VERSION ":1");
}

static void loaded_module(struct sys *s, struct kmod *out)
{
	struct bytes text = { 0 };
	struct sys_stat st;
	int proc = sys_read(s, PROC_VERSION, &text), sys, dir;

	if (proc)
		out->proc_version = fact_str(proc, NULL, PROC_VERSION);
	else
		parse_version_line(sys_arena(s), text, out);
	sys = sys_read(s, "/sys/module/nvidia/version", &text);
	out->sys_version =
		fact_str(sys, sys ? NULL : esc(sys_arena(s), trimmed(sys_arena(s), text.v, text.n)),
			 "/sys/module/nvidia/version");
	dir = sys_stat(s, "/sys/module/nvidia", &st);
	/* One sign is enough; without any, both places must have been readable. */
	if (!proc || !sys || !dir)
		out->loaded = fact_bool(0, true, !proc ? PROC_VERSION : "/sys/module/nvidia");
	else if (proc == -ENOENT && dir == -ENOENT)
		out->loaded = fact_bool(-ENOENT, false, "/sys/module/nvidia");
	else
		out->loaded = fact_bool(proc == -ENOENT ? dir : proc, false,
					proc == -ENOENT ? "/sys/module/nvidia" : PROC_VERSION);
	out->nouveau =
		fact_bool(sys_stat(s, "/sys/module/nouveau", &st), true, "/sys/module/nouveau");
	out->uvm = fact_bool(sys_stat(s, "/sys/module/nvidia_uvm", &st), true,
			     "/sys/module/nvidia_uvm");
}

/* ---- fabric manager ---- */

static bool is_pid(const char *name)
{
	return *name && strspn(name, "0123456789") == strlen(name);
}

/* 0 if a process has this name, -ENOENT if none has, another error if some could not be seen. The kernel cuts names to
 * 15 bytes. */
static int find_process(struct sys *s, const char *comm, const char **ret_from)
{
	struct strlist names = { 0 };
	int err = sys_list(s, "/proc", &names), unread = 0;
	bool any = false, first = false;

	for (size_t i = 0; i < names.n; i++) {
		struct bytes text = { 0 };
		const char *path = arena_fmt(sys_arena(s), "/proc/%s/comm", names.v[i]);

		if (!is_pid(names.v[i]))
			continue;

		int one = sys_read(s, path, &text);

		any = true;
		first |= strcmp(names.v[i], "1") == 0;
		if (!one && strcmp(trimmed(sys_arena(s), text.v, text.n), comm) == 0) {
			*ret_from = path;
			return 0;
		}
		/* ESRCH and ENOENT: it ended meanwhile. */
		if (one && one != -ENOENT && one != -ESRCH)
			unread = one;
	}
	/* hidepid=2 shows only one's own processes: number 1 is not among them. */
	if (any && !first && !unread)
		unread = -EACCES;
	return err ? err : unread ? unread : -ENOENT;
}

/* "NvLinkDisable: 0" */
static struct fact_bool nvlink_disabled(struct sys *s)
{
	static const char path[] = "/proc/driver/nvidia/params", name[] = "NvLinkDisable:";
	struct bytes text = { 0 };
	int err = sys_read(s, path, &text);
	const char *at = err ? NULL : memmem(text.v, text.n, name, strlen(name));

	if (!err && !at)
		err = -ENOENT;
	if (at)
		at += strlen(name);
	return fact_bool(err, at && at[strspn(at, " \t")] == '1', path);
}

static void fabric(struct sys *s, struct kmod *out)
{
	const char *from = "/proc";
	int err = find_process(s, "nv-fabricmanage", &from);

	out->fabric_manager = fact_bool(err, true, from);
	out->nvlink_disabled = nvlink_disabled(s);
}

/* ---- a module that could be loaded ---- */

/* nvidia.ko, with or without compression; Debian says nvidia-current.ko, nvidia-tesla-470.ko, nvidia-legacy-390xx.ko. */
static bool is_driver_module(const char *name, size_t n)
{
	const char *end = memmem(name, n, ".ko", 3);

	return end && is_driver_name(name, (size_t)(end - name));
}

/* "updates/dkms/nvidia.ko.xz: ..." in modules.dep; -ENOENT if there is none. */
static int module_in_dep(struct sys *s, const char *release, const char **ret_path)
{
	struct arena *a = sys_arena(s);
	struct bytes text = { 0 };
	const char *dir = arena_fmt(a, "/lib/modules/%s", release);
	int err = sys_read(s, arena_fmt(a, "%s/modules.dep", dir), &text);

	for (const char *at = err ? NULL : text.v; at; at = strchr(at, '\n')) {
		at += *at == '\n';

		size_t n = strcspn(at, ":\n");
		const char *name = at + n;

		while (name > at && name[-1] != '/')
			name--;
		if (at[n] == ':' && is_driver_module(name, (size_t)(at + n - name))) {
			*ret_path = arena_fmt(a, "%s/%s", dir, esc_bytes(a, at, n));
			return 0;
		}
	}
	return err ? err : -ENOENT;
}

/* Where packages put the module when depmod has not run: its name there is enough. */
static int module_in_folders(struct sys *s, const char *release, const char **ret_path)
{
	static const char *const folders[] = { "updates/dkms",
					       "updates",
					       "extra",
					       "extra/nvidia",
					       "kernel/drivers/video",
					       "kernel/nvidia",
					       "weak-updates/nvidia" };
	struct arena *a = sys_arena(s);
	int unread = -ENOENT;

	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		struct strlist names = { 0 };
		const char *dir = arena_fmt(a, "/lib/modules/%s/%s", release, folders[i]);
		int err = sys_list(s, dir, &names);

		for (size_t k = 0; k < names.n; k++) {
			if (is_driver_module(names.v[k], strlen(names.v[k]))) {
				*ret_path = arena_fmt(a, "%s/%s", dir, names.v[k]);
				return 0;
			}
		}
		if (err && err != -ENOENT)
			unread = err;
	}
	return unread;
}

static int find_module(struct sys *s, const char *release, const char **ret_path)
{
	int in_dep = module_in_dep(s, release, ret_path);

	if (!in_dep)
		return 0;

	int in_folders = module_in_folders(s, release, ret_path);

	return in_folders == -ENOENT ? in_dep : in_folders;
}

static void other_kernels(struct sys *s, const char *running, struct fact_strs *out)
{
	struct strlist kernels = { 0 };
	const char *path;
	int err = sys_list(s, "/lib/modules", &kernels), unread = 0;

	for (size_t i = 0; i < kernels.n && i < 64; i++) {
		if (running && strcmp(kernels.v[i], running) == 0)
			continue;

		int found = find_module(s, kernels.v[i], &path);

		if (!found)
			PUSH(sys_arena(s), &out->v, kernels.v[i]);
		else if (found != -ENOENT)
			unread = found;
	}
	if (!err)
		err = unread;
	fact_list_state(&out->st, &out->from, &out->why, err, "/lib/modules");
}

static int dkms_entries(struct sys *s, const char *dir, struct fact_strs *out)
{
	struct strlist names = { 0 };
	int err = sys_list(s, dir, &names);

	for (size_t i = 0; i < names.n; i++)
		if (starts_with(names.v[i], "nvidia"))
			PUSH(sys_arena(s), &out->v,
			     arena_fmt(sys_arena(s), "%s/%s", dir, names.v[i]));
	return err == -ENOENT ? 0 : err;
}

/* Signs of an installed driver package that are there whether or not a module was built. */
static void traces(struct sys *s, struct fact_strs *out)
{
	struct sys_stat st;
	int err = sys_stat(s, "/usr/bin/nvidia-smi", &st), unread = 0;

	if (!err)
		PUSH(sys_arena(s), &out->v, "/usr/bin/nvidia-smi");
	else if (err != -ENOENT)
		unread = err;
	err = dkms_entries(s, "/var/lib/dkms", out);
	unread = err ? err : unread;
	err = dkms_entries(s, "/usr/src", out);
	unread = err ? err : unread;
	fact_list_state(&out->st, &out->from, &out->why, unread, "/usr/bin/nvidia-smi");
}

/* ---- what keeps it from being loaded ---- */

/* A compressed module hides its signature; an empty file stands for one that was not recorded. */
static struct fact_str signature(struct sys *s, const char *path)
{
	struct bytes tail = { 0 };
	int err;

	if (!ends_with(path, ".ko"))
		return fact_str_unknown("compressed", path);
	err = sys_tail(s, path, strlen(SIGNATURE_MARK), &tail);
	if (!err && !tail.n)
		err = -SYS_E_NOT_RECORDED;
	if (err == -ENOENT)
		return fact_str_unknown(sys_why(err), path);
	return fact_str(err, !err && is_signed(tail) ? "signed" : "unsigned", path);
}

static void read_modprobe_file(struct sys *s, const char *path, struct bytes text,
			       struct strlist *out)
{
	struct arena *a = sys_arena(s);
	struct bytes line;
	size_t pos = 0, number = 0;

	while (next_line(text, &pos, &line)) {
		number++;
		if (line_forbids_nvidia(a, line))
			PUSH(a, out,
			     arena_fmt(a, "%s:%zu: %s", path, number,
				       esc(a, trimmed(a, line.v, line.n))));
	}
}

static bool has_text(const struct strlist *list, const char *text)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i], text) == 0)
			return true;
	return false;
}

/* 0 or the first error. `seen`: a file hides those of its name in later folders, also if it is a link to /dev/null. */
static int read_modprobe_folder(struct sys *s, const char *dir, struct strlist *seen,
				struct strlist *out)
{
	struct arena *a = sys_arena(s);
	struct strlist names = { 0 };
	int unread = sys_list(s, dir, &names);

	if (unread == -ENOENT)
		unread = 0;
	for (size_t i = 0; i < names.n; i++) {
		struct bytes text = { 0 };
		const char *path = arena_fmt(a, "%s/%s", dir, names.v[i]);

		if (!ends_with(names.v[i], ".conf") || has_text(seen, names.v[i]))
			continue;
		PUSH(a, seen, names.v[i]);

		int err = sys_read(s, path, &text);

		if (!err)
			read_modprobe_file(s, path, text, out);
		else if (err != -SYS_E_NOT_A_FILE && err != -ENOENT)
			unread = unread ? unread : err;
	}
	return unread;
}

/* The folders of modprobe.d(5), in its order. */
static void blacklist(struct sys *s, struct fact_strs *out)
{
	static const char *const folders[] = { "/etc/modprobe.d", "/run/modprobe.d",
					       "/usr/local/lib/modprobe.d", "/lib/modprobe.d",
					       "/usr/lib/modprobe.d" };
	struct arena *a = sys_arena(s);
	struct strlist seen = { 0 };
	struct bytes cmdline = { 0 };
	int unread = sys_read(s, "/proc/cmdline", &cmdline);
	const char *word = unread ? NULL : cmdline_forbids_nvidia(a, cmdline);
	const char *from = unread && unread != -ENOENT ? "/proc/cmdline" : folders[0];

	if (word)
		PUSH(a, &out->v, arena_fmt(a, "/proc/cmdline: %s", word));
	if (unread == -ENOENT)
		unread = 0;
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		int err = read_modprobe_folder(s, folders[i], &seen, &out->v);

		if (err && !unread) {
			unread = err;
			from = folders[i];
		}
	}
	fact_list_state(&out->st, &out->from, &out->why, unread, from);
}

/* A build that failed leaves VERSION/build/make.log and no VERSION/KERNEL. */
static int failed_build(struct sys *s, const char *dir, const char *version, struct fact_strs *out)
{
	struct arena *a = sys_arena(s);
	const char *path = arena_fmt(a, "%s/%s/build/make.log", dir, version);
	struct bytes log = { 0 };
	struct sys_stat st;
	int err = sys_head(s, path, 4096, &log);
	const char *kernel = err ? NULL : kernel_of_make_log(a, log);

	if (err)
		return err == -ENOENT || err == -ENOTDIR ? 0 : err;
	if (kernel) {
		err = sys_stat(s, arena_fmt(a, "%s/%s/%s", dir, version, kernel), &st);
		if (err != -ENOENT)
			return err;
	}
	PUSH(a, &out->v,
	     kernel ? arena_fmt(a, "%s for %s", version, kernel) : arena_fmt(a, "%s", version));
	out->from = path;
	return 0;
}

static void dkms_failed(struct sys *s, struct fact_strs *out)
{
	struct arena *a = sys_arena(s);
	struct strlist names = { 0 };
	int err = sys_list(s, "/var/lib/dkms", &names), unread = err == -ENOENT ? 0 : err;

	out->from = "/var/lib/dkms";
	for (size_t i = 0; i < names.n; i++) {
		const char *dir = arena_fmt(a, "/var/lib/dkms/%s", names.v[i]);
		struct strlist versions = { 0 };

		if (!starts_with(names.v[i], "nvidia"))
			continue;
		err = sys_list(s, dir, &versions);
		if (err && err != -ENOENT && err != -ENOTDIR)
			unread = err;
		for (size_t k = 0; k < versions.n; k++) {
			err = failed_build(s, dir, versions.v[k], out);
			unread = err ? err : unread;
		}
	}
	fact_list_state(&out->st, &out->from, &out->why, unread, out->from);
}

static void loadable_module(struct sys *s, struct kmod *out)
{
	struct arena *a = sys_arena(s);
	struct sys_uname name = { 0 };
	struct sys_stat st;
	const char *path = NULL, *build = "call:uname";
	int err = sys_uname(s, &name);
	const char *dep = err ? build : arena_fmt(a, "/lib/modules/%s/modules.dep", name.release);
	int found = err ? err : find_module(s, name.release, &path);

	out->file = fact_str(found, path, found ? dep : path);
	if (!found)
		out->signature = signature(s, path);
	if (!err)
		build = arena_fmt(a, "/lib/modules/%s/build", name.release);
	out->headers = fact_bool(err ? err : sys_stat(s, build, &st), true, build);
	other_kernels(s, name.release, &out->other_kernels);
}

static void run(struct sys *s, const struct collect_wish *wish, struct facts *facts)
{
	struct kmod *out = &facts->kmod;

	(void)wish;
	loaded_module(s, out);
	if (facts->pci.nvswitches.v > 0)
		fabric(s, out);
	if (out->loaded.st == PRESENT)
		return;
	loadable_module(s, out);
	traces(s, &out->traces);
	blacklist(s, &out->blacklist);
	dkms_failed(s, &out->dkms_failed);
}

const struct collector collect_kmod = { "kmod", "NVIDIA's kernel module", run };
