// SPDX-License-Identifier: Apache-2.0
/* Which kernel, and what kind of place: WSL and Jetson have no NVIDIA function on PCI, in a container the driver belongs
 * to the host. It cannot know whether a container was meant to have a GPU. */
#include <errno.h>
#include <string.h>

#include "collect/collect.h"
#include "facts/fact.h"

#define OS_RELEASE "/etc/os-release"

static int exists(struct sys *s, const char *path)
{
	struct sys_stat st;

	return sys_stat(s, path, &st);
}

static void kernel(struct sys *s, struct platform *out)
{
	struct sys_uname name = { 0 };
	struct sys_ids ids = { 0 };
	int err = sys_uname(s, &name);

	out->kernel_release = fact_str(err, name.release, "call:uname");
	out->machine = fact_str(err, name.machine, "call:uname");
	err = sys_ids(s, &ids);
	out->uid = fact_num(err, ids.uid, "call:getuid");
}

/* WSL 2: Microsoft's kernel, and the GPU behind /dev/dxg. */
static void wsl(struct sys *s, struct platform *out)
{
	const char *release = out->kernel_release.st == PRESENT ? out->kernel_release.v : NULL;

	if (release && !strcasestr(release, "microsoft"))
		out->wsl = fact_bool(0, false, "call:uname");
	else
		out->wsl = fact_bool(exists(s, "/dev/dxg"), true, "/dev/dxg");
}

static void tegra(struct sys *s, struct platform *out)
{
	out->tegra = fact_bool(exists(s, "/etc/nv_tegra_release"), true, "/etc/nv_tegra_release");
}

static const struct {
	const char *kind, *path, *variable;
} signs[] = {
	{ "kubernetes", NULL, "KUBERNETES_SERVICE_HOST" },
	{ "apptainer", "/.singularity.d", NULL },
	{ "podman", "/run/.containerenv", NULL },
	{ "docker", "/.dockerenv", NULL },
	{ "other", NULL, "container" },
};

static void container(struct sys *s, struct platform *out)
{
	struct arena *a = sys_arena(s);
	int unread = 0;
	const char *unread_at = NULL, *value;

	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
		const char *from =
			signs[i].path ? signs[i].path : arena_fmt(a, "env:%s", signs[i].variable);
		int err = signs[i].path ? exists(s, signs[i].path)
					: sys_env(s, signs[i].variable, &value);

		if (!err) {
			out->container = fact_str(0, signs[i].kind, from);
			return;
		}
		if (err != -ENOENT && err != -ENOTDIR && !unread) {
			unread = err;
			unread_at = from;
		}
	}
	out->container =
		fact_str(unread ? unread : -ENOENT, NULL, unread ? unread_at : "/.dockerenv");
}

/* NAME=value or NAME="value", one a line (man os-release). */
static struct fact_str os_release_value(struct arena *a, struct bytes text, const char *name)
{
	struct bytes line;
	size_t pos = 0, number = 0, n = strlen(name);

	while (next_line(text, &pos, &line)) {
		number++;
		if (line.n <= n || memcmp(line.v, name, n) != 0 || line.v[n] != '=')
			continue;

		const char *value = trimmed(a, line.v + n + 1, line.n - n - 1);
		size_t quoted = value[0] == '"' || value[0] == '\'' ? 1 : 0;

		value = esc(a, arena_strndup(a, value + quoted,
					     strcspn(value + quoted, quoted ? "\"'" : " ")));
		return fact_str(0, value, arena_fmt(a, OS_RELEASE ":%zu", number));
	}
	return fact_str(-ENOENT, NULL, OS_RELEASE);
}

static void distribution(struct sys *s, struct platform *out)
{
	struct bytes text = { 0 };
	int err = sys_read(s, OS_RELEASE, &text);

	out->distro =
		err ? fact_str(err, NULL, OS_RELEASE) : os_release_value(sys_arena(s), text, "ID");
	out->distro_like = err ? fact_str(err, NULL, OS_RELEASE)
			       : os_release_value(sys_arena(s), text, "ID_LIKE");
}

static void run(struct sys *s, const struct collect_wish *wish, struct facts *facts)
{
	(void)wish;
	distribution(s, &facts->platform);
	kernel(s, &facts->platform);
	wsl(s, &facts->platform);
	tegra(s, &facts->platform);
	container(s, &facts->platform);
}

const struct collector collect_platform = { "platform", "kernel, container, WSL", run };
