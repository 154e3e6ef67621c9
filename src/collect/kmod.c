// SPDX-License-Identifier: Apache-2.0
/* Is NVIDIA's kernel module loaded, which version and flavour; if it is not: is there one to load, and are there traces
 * of a driver package? It does not ask the driver itself: that would create nodes and may load the module. */
#include <errno.h>
#include <string.h>

#include "collect/collect.h"
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
}

/* nvidia.ko, with or without compression; Debian says nvidia-current.ko, nvidia-tesla-470.ko, nvidia-legacy-390xx.ko.
 * Its helpers (nvidia-uvm.ko, nvidia-current-drm.ko) are no driver by themselves. */
static bool is_driver_module(const char *name, size_t n)
{
	static const char *const helpers[] = { "uvm", "drm", "modeset", "peermem", "fs", "vgpu" };
	const char *end = memmem(name, n, ".ko", 3), *dash = end;

	if (!end || n < 6 || memcmp(name, "nvidia", 6) != 0)
		return false;
	while (dash > name && *dash != '-' && *dash != '_')
		dash--;
	for (size_t i = 0; dash > name && i < sizeof helpers / sizeof *helpers; i++)
		if (starts_with(dash + 1, helpers[i]))
			return false;
	return name[6] == '.' || starts_with(name, "nvidia-current") ||
	       starts_with(name, "nvidia-tesla") || starts_with(name, "nvidia-legacy");
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

static void run(struct sys *s, const struct collect_wish *wish, struct facts *facts)
{
	struct kmod *out = &facts->kmod;
	struct sys_uname name = { 0 };
	const char *path = NULL;

	(void)wish;
	loaded_module(s, out);
	if (out->loaded.st == PRESENT)
		return;

	int err = sys_uname(s, &name);

	if (!err)
		err = find_module(s, name.release, &path);
	out->file = fact_str(
		err, path,
		err && name.release
			? arena_fmt(sys_arena(s), "/lib/modules/%s/modules.dep", name.release)
		: err ? "call:uname"
		      : path);
	other_kernels(s, name.release, &out->other_kernels);
	traces(s, &out->traces);
}

const struct collector collect_kmod = { "kmod", "NVIDIA's kernel module", run };
