// SPDX-License-Identifier: Apache-2.0
/* Which kernel, which user, and what kind of place: WSL and Jetson have no NVIDIA function on PCI, in a container the driver
 * belongs to the host, a scheduler or a hosted notebook decides who gets a GPU. It cannot know whether a container was
 * meant to have one. */
#include <errno.h>
#include <string.h>

#include "collect/collect.h"
#include "collect/formats.h"
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
	int err = sys_uname(s, &name);

	out->kernel_release = fact_str(err, name.release, "call:uname");
	out->machine = fact_str(err, name.machine, "call:uname");
}

/* ---- the user ---- */

#define CAP_DAC_OVERRIDE 1

static void add_group(struct sys *s, struct bytes table, uint32_t gid, struct strlist *out)
{
	struct arena *a = sys_arena(s);
	const char *name = name_of_id(a, table, gid);

	PUSH(a, out, name ? name : arena_fmt(a, "%u", gid));
}

/* A machine may keep its groups elsewhere (LDAP): then the number is the name. */
static void user(struct sys *s, struct platform *out)
{
	struct sys_ids ids = { 0 };
	struct bytes table = { "", 0 };
	int err = sys_ids(s, &ids), unread = sys_read(s, "/etc/group", &table);

	out->uid = fact_num(err, ids.uid, "call:getuid");
	out->all_powerful =
		fact_bool(err, ids.cap_eff >> CAP_DAC_OVERRIDE & 1, "/proc/self/status");
	if (!err)
		add_group(s, table, ids.gid, &out->groups.v);
	for (size_t i = 0; !err && i < ids.n_groups; i++)
		if (ids.groups[i] != ids.gid)
			add_group(s, table, ids.groups[i], &out->groups.v);
	if (!err && unread != -ENOENT)
		err = unread;
	fact_list_state(&out->groups.st, &out->groups.from, &out->groups.why, err,
			unread && unread != -ENOENT ? "/etc/group" : "call:getgroups");
}

/* "NoNewPrivs:\t1" (man 5 proc_pid_status): systemd's units, sandboxes and containers set it. */
static void privileges(struct sys *s, struct platform *out)
{
	static const char path[] = "/proc/self/status", key[] = "NoNewPrivs:";
	struct bytes text = { 0 }, line;
	size_t pos = 0, n = sizeof key - 1;
	int err = sys_read(s, path, &text);

	out->no_new_privs = fact_bool(err ? err : -ENOENT, false, path);
	while (!err && next_line(text, &pos, &line))
		if (line.n > n && memcmp(line.v, key, n) == 0)
			out->no_new_privs = fact_bool(0, line.v[line.n - 1] == '1', path);
}

/* ---- WSL ---- */

/* WSL 1 says 4.4.0-19041-Microsoft, WSL 2 5.15.153.1-microsoft-standard-WSL2 (before 2021 without the last word). */
static void wsl(struct sys *s, struct platform *out)
{
	const char *release = out->kernel_release.st == PRESENT ? out->kernel_release.v : NULL;

	if (!release) {
		out->wsl = fact_bool(exists(s, "/dev/dxg"), true, "/dev/dxg");
		out->wsl1 = (struct fact_bool){ .st = UNKNOWN,
						.from = "call:uname",
						.why = out->kernel_release.why };
		return;
	}
	out->wsl1 = fact_bool(0, strstr(release, "Microsoft") && !strstr(release, "WSL2"),
			      "call:uname");
	if (strstr(release, "microsoft") || strstr(release, "WSL2"))
		out->wsl = fact_bool(exists(s, "/dev/dxg"), true, "/dev/dxg");
	else
		out->wsl = fact_bool(0, false, "call:uname");
}

static void tegra(struct sys *s, struct platform *out)
{
	out->tegra = fact_bool(exists(s, "/etc/nv_tegra_release"), true, "/etc/nv_tegra_release");
}

/* ---- container ---- */

/* The innermost first: Apptainer hands the variables of a pod on. */
static const struct {
	const char *kind, *path, *variable;
} signs[] = {
	{ "apptainer", "/.singularity.d", NULL },
	{ "kubernetes", NULL, "KUBERNETES_SERVICE_HOST" },
	{ "podman", "/run/.containerenv", NULL },
	{ "docker", "/.dockerenv", NULL },
};

/* The words of systemd's container interface. */
static const char *kind_of_word(const char *word)
{
	static const char *const known[] = { "docker", "podman", "lxc" };

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (starts_with(word, known[i]))
			return known[i];
	return "other";
}

/* What could not be read on the way. */
struct unread {
	int err;
	const char *from;
};

static void note(struct unread *unread, int err, const char *from)
{
	if (err != -ENOENT && err != -ENOTDIR && !unread->err)
		*unread = (struct unread){ err, from };
}

static const char *by_signs(struct sys *s, struct unread *unread, const char **ret_from)
{
	const char *value;

	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
		const char *variable = signs[i].variable;
		const char *from =
			variable ? arena_fmt(sys_arena(s), "env:%s", variable) : signs[i].path;
		int err = variable ? sys_env(s, variable, &value) : exists(s, signs[i].path);

		if (!err) {
			*ret_from = from;
			return signs[i].kind;
		}
		note(unread, err, from);
	}
	return NULL;
}

static const char *by_words(struct sys *s, struct unread *unread, const char **ret_from)
{
	struct bytes text = { 0 };
	const char *value = "";
	int err = sys_env(s, "container", &value);

	*ret_from = "env:container";
	if (err) {
		note(unread, err, *ret_from);
		*ret_from = "/run/systemd/container";
		err = sys_read(s, *ret_from, &text);
		value = err ? "" : trimmed(sys_arena(s), text.v, text.n);
	}
	if (err)
		note(unread, err, *ret_from);
	return err ? NULL : kind_of_word(value);
}

static void container(struct sys *s, struct platform *out)
{
	struct unread unread = { 0, NULL };
	const char *from = NULL, *kind = by_signs(s, &unread, &from);

	if (!kind)
		kind = by_words(s, &unread, &from);
	if (kind)
		out->container = fact_str(0, kind, from);
	else
		out->container = fact_str(unread.err ? unread.err : -ENOENT, NULL,
					  unread.err ? unread.from : "/.dockerenv");
}

/* ---- who gives a GPU ---- */

/* Variables that the services set themselves. kagglehub and lightning-sdk tell the place by the same. */
static const struct {
	const char *service, *variable, *value; /* NULL: any value */
} services[] = {
	{ "colab", "COLAB_RELEASE_TAG", NULL },
	{ "colab", "COLAB_GPU", NULL },
	{ "kaggle", "KAGGLE_KERNEL_RUN_TYPE", NULL },
	{ "databricks", "DATABRICKS_RUNTIME_VERSION", NULL },
	{ "codespaces", "CODESPACES", "true" },
	{ "lightning", "LIGHTNING_INTERACTIVE", "true" },
};

static void service(struct sys *s, struct platform *out)
{
	struct unread unread = { 0, NULL };

	for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
		const char *value = "", *want = services[i].value;
		const char *from = arena_fmt(sys_arena(s), "env:%s", services[i].variable);
		int err = sys_env(s, services[i].variable, &value);

		if (!err && (!want || strcmp(value, want) == 0)) {
			out->service = fact_str(0, services[i].service, from);
			return;
		}
		if (err)
			note(&unread, err, from);
	}
	out->service = fact_str(unread.err ? unread.err : -ENOENT, NULL,
				unread.err ? unread.from : "env:COLAB_RELEASE_TAG");
}

/* What Slurm sets in a job that was given GPUs (its manuals of sbatch and srun, OUTPUT ENVIRONMENT VARIABLES). A count
 * of 0 is no grant; an index of 0 is one. */
static const struct {
	const char *name;
	bool is_count;
} grants[] = {
	{ "SLURM_STEP_GPUS", false },    { "SLURM_JOB_GPUS", false },
	{ "SLURM_GPUS_ON_NODE", true },  { "SLURM_GPUS", true },
	{ "SLURM_GPUS_PER_NODE", true }, { "SLURM_GPUS_PER_TASK", true },
	{ "GPU_DEVICE_ORDINAL", false },
};

static bool grants_a_gpu(const char *value, bool is_count)
{
	return *value && strcmp(value, "NoDevFiles") != 0 && strcmp(value, "(null)") != 0 &&
	       !(is_count && strcmp(value, "0") == 0);
}

static void scheduler_gpus(struct sys *s, struct platform *out)
{
	struct unread unread = { 0, NULL };

	for (size_t i = 0; i < sizeof grants / sizeof *grants; i++) {
		const char *value = "";
		const char *from = arena_fmt(sys_arena(s), "env:%s", grants[i].name);
		int err = sys_env(s, grants[i].name, &value);

		if (!err && grants_a_gpu(value, grants[i].is_count)) {
			out->scheduler_gpus = fact_str(0, value, from);
			return;
		}
		if (err)
			note(&unread, err, from);
	}
	out->scheduler_gpus = fact_str(unread.err ? unread.err : -ENOENT, NULL,
				       unread.err ? unread.from : "env:SLURM_JOB_GPUS");
}

static void scheduler(struct sys *s, struct platform *out)
{
	const char *value;
	int err = sys_env(s, "SLURM_JOB_ID", &value);

	out->scheduler = fact_str(err, "slurm", "env:SLURM_JOB_ID");
	if (!err)
		scheduler_gpus(s, out);
	else
		out->scheduler_gpus = fact_str(err, NULL, "env:SLURM_JOB_ID");
}

/* ---- which modules the kernel takes ---- */

#define EFI "/sys/firmware/efi"
#define SECURE_BOOT EFI "/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define LOCKDOWN "/sys/kernel/security/lockdown"
#define SIG_ENFORCE "/sys/module/module/parameters/sig_enforce"

/* Four bytes of attributes, then the value. */
static void secure_boot(struct sys *s, struct platform *out)
{
	struct bytes text = { 0 };
	int err = sys_read(s, SECURE_BOOT, &text);

	/* With UEFI, and nothing mounted that shows its variables, nothing is known. */
	if (err == -ENOENT && exists(s, EFI) != -ENOENT)
		err = -SYS_E_NOT_RECORDED;
	if (!err && text.n < 5)
		err = -EIO;
	out->secure_boot = fact_bool(err, !err && text.v[4] == 1, SECURE_BOOT);
}

/* "none [integrity] confidentiality" */
static void lockdown(struct sys *s, struct platform *out)
{
	struct bytes text = { 0 };
	int err = sys_read(s, LOCKDOWN, &text);
	const char *open = err ? NULL : memchr(text.v, '[', text.n);
	const char *word =
		open ? arena_strndup(sys_arena(s), open + 1, strcspn(open + 1, "]\n")) : NULL;

	out->lockdown = !err && !word
				? fact_str_unknown("not in the usual form", LOCKDOWN)
				: fact_str(err, word ? esc(sys_arena(s), word) : NULL, LOCKDOWN);
}

static void sig_enforce(struct sys *s, struct platform *out)
{
	struct bytes text = { 0 };
	int err = sys_read(s, SIG_ENFORCE, &text);

	out->sig_enforce = fact_bool(err, !err && text.n && text.v[0] == 'Y', SIG_ENFORCE);
}

/* ---- distribution ---- */

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
	out->distro_version = err ? fact_str(err, NULL, OS_RELEASE)
				  : os_release_value(sys_arena(s), text, "VERSION_ID");
}

static void run(struct sys *s, const struct collect_wish *wish, struct facts *facts)
{
	(void)wish;
	distribution(s, &facts->platform);
	kernel(s, &facts->platform);
	wsl(s, &facts->platform);
	tegra(s, &facts->platform);
	container(s, &facts->platform);
	user(s, &facts->platform);
	privileges(s, &facts->platform);
	service(s, &facts->platform);
	scheduler(s, &facts->platform);
	secure_boot(s, &facts->platform);
	lockdown(s, &facts->platform);
	sig_enforce(s, &facts->platform);
}

const struct collector collect_platform = { "platform", "kernel, user, container, scheduler, WSL",
					    run };
