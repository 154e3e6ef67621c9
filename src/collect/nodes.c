// SPDX-License-Identifier: Apache-2.0
/* The device nodes that CUDA opens, and whether this user may. Asked with access(2): opening a GPU's node would wake it.
 * A node that is missing may still be made by nvidia-modprobe when the driver is first used. It cannot know whether a
 * node that may be opened leads to a driver: a number without a module behind it gives ENXIO only at open(2). */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "collect/collect.h"
#include "collect/formats.h"
#include "facts/fact.h"

static struct fact_bool usable(struct sys *s, const char *path)
{
	return fact_bool(sys_access(s, path, R_OK | W_OK), true, path);
}

static bool is_gpu_node(const char *path)
{
	int64_t number;

	return starts_with(path, "/dev/nvidia") && parse_i64(path + strlen("/dev/nvidia"), &number);
}

/* One GPU that may be used is enough: others can be refused on purpose (a job's cgroup). */
static struct fact_bool any_gpu(const struct node_list *all)
{
	struct fact_bool best = { .st = all->st == PRESENT ? ABSENT : all->st,
				  .from = all->from,
				  .why = all->why };

	for (size_t i = 0; i < all->n; i++) {
		if (!is_gpu_node(all->v[i].path))
			continue;
		if (all->v[i].usable.st == PRESENT)
			return all->v[i].usable;
		if (best.st != UNKNOWN)
			best = all->v[i].usable;
	}
	return best;
}

/* /etc/group or /etc/passwd. */
struct names {
	const char *path;
	struct bytes text;
	int err;
};

static struct names names_in(struct sys *s, const char *path)
{
	struct names names = { .path = path };

	names.err = sys_read(s, path, &names.text);
	return names;
}

/* A number without a name is its own; with a table that could not be read it is not known which. */
static struct fact_str name_of(struct sys *s, const struct names *names, uint32_t id,
			       const char *from)
{
	struct arena *a = sys_arena(s);
	const char *name = names->err ? NULL : name_of_id(a, names->text, id);

	if (names->err && names->err != -ENOENT)
		return fact_str(names->err, NULL, names->path);
	return fact_str(0, name ? name : arena_fmt(a, "%u", id), from);
}

struct tables {
	struct names users, groups;
};

static struct node node_at(struct sys *s, const struct tables *tables, const char *path,
			   const struct sys_stat *st)
{
	struct arena *a = sys_arena(s);
	struct node node = { .path = path, .usable = usable(s, path) };
	bool is_device = st->kind == SYS_CHAR || st->kind == SYS_BLOCK;

	node.mode = fact_str(0, arena_fmt(a, "%04o", st->mode), path);
	node.owner = name_of(s, &tables->users, st->uid, path);
	node.group = name_of(s, &tables->groups, st->gid, path);
	node.number = fact_str(is_device ? 0 : -ENOENT,
			       arena_fmt(a, "%u:%u", st->rdev_major, st->rdev_minor), path);
	return node;
}

/* A place that is known by name only (a recorded list) has nothing to show but that it is there. */
static void add_node(struct sys *s, const struct tables *tables, const char *path,
		     struct node_list *out)
{
	struct sys_stat st;
	int err = sys_stat(s, path, &st);

	if (!err && st.kind == SYS_DIR)
		return; /* nvidia-caps */
	if (!err && st.kind) {
		PUSH(sys_arena(s), out, node_at(s, tables, path, &st));
		return;
	}
	if (err == -ENOENT)
		return;

	struct fact_str unread = fact_str(err ? err : -SYS_E_NOT_RECORDED, NULL, path);
	struct node node = { path, usable(s, path), unread, unread, unread, unread };

	PUSH(sys_arena(s), out, node);
}

static bool is_a_real_dev(struct sys *s)
{
	struct sys_stat st;

	return sys_stat(s, "/dev/null", &st) != 0 || st.kind == SYS_CHAR;
}

static void list_nodes(struct sys *s, struct node_list *out)
{
	struct tables tables = { .users = names_in(s, "/etc/passwd"),
				 .groups = names_in(s, "/etc/group") };
	struct strlist names = { 0 };
	int err = sys_list(s, "/dev", &names);

	fact_list_state(&out->st, &out->from, &out->why, err, "/dev");
	for (size_t i = 0; i < names.n; i++)
		if (starts_with(names.v[i], "nvidia") || strcmp(names.v[i], "dxg") == 0 ||
		    strcmp(names.v[i], "kfd") == 0)
			add_node(s, &tables, arena_fmt(sys_arena(s), "/dev/%s", names.v[i]), out);
	/* A recording, or a mounted disk: what its /dev lacks is not what the machine lacks. */
	if (!err && !out->n && !is_a_real_dev(s))
		out->st = ABSENT;
}

/* A kernel always has /proc/devices: without it nobody looked. */
static struct fact_num uvm_major(struct sys *s)
{
	static const char path[] = "/proc/devices";
	struct bytes text = { 0 };
	int64_t major = 0;
	int err = sys_read(s, path, &text);

	if (err == -ENOENT)
		return (struct fact_num){ 0 };
	if (!err && !char_major(text, "nvidia-uvm", &major))
		err = -ENOENT;
	return fact_num(err, major, path);
}

static void run(struct sys *s, const struct collect_wish *wish, struct facts *facts)
{
	struct nodes *out = &facts->nodes;
	struct sys_stat st;

	(void)wish;
	out->control = usable(s, "/dev/nvidiactl");
	out->uvm = usable(s, "/dev/nvidia-uvm");
	out->dxg = usable(s, "/dev/dxg");
	out->kfd = usable(s, "/dev/kfd");
	list_nodes(s, &out->all);
	out->gpu = any_gpu(&out->all);
	out->helper = fact_bool(sys_stat(s, "/usr/bin/nvidia-modprobe", &st), true,
				"/usr/bin/nvidia-modprobe");
	out->uvm_major = uvm_major(s);
}

const struct collector collect_nodes = { "nodes", "the device nodes in /dev", run };
