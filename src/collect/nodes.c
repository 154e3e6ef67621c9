// SPDX-License-Identifier: Apache-2.0
/* The device nodes that CUDA opens, and whether this user may. Asked with access(2): opening a GPU's node would wake it.
 * A node that is missing may still be made by nvidia-modprobe when the driver is first used. */
#include <errno.h>
#include <unistd.h>

#include "collect/collect.h"
#include "facts/fact.h"

static struct fact_bool usable(struct sys *s, const char *path)
{
	return fact_bool(sys_access(s, path, R_OK | W_OK), true, path);
}

/* One GPU that may be used is enough: others can be refused on purpose (a job's cgroup). */
static struct fact_bool any_gpu(struct sys *s)
{
	struct strlist names = { 0 };
	int err = sys_list(s, "/dev", &names);
	struct fact_bool best = fact_bool(err ? err : -ENOENT, false, "/dev");

	for (size_t i = 0; i < names.n; i++) {
		int64_t number;

		if (!starts_with(names.v[i], "nvidia") || !parse_i64(names.v[i] + 6, &number))
			continue;

		struct fact_bool node = usable(s, arena_fmt(sys_arena(s), "/dev/%s", names.v[i]));

		if (node.st == PRESENT)
			return node;
		if (best.st != UNKNOWN)
			best = node;
	}
	return best;
}

static void run(struct sys *s, const struct collect_wish *wish, struct facts *facts)
{
	struct sys_stat st;

	(void)wish;
	facts->nodes = (struct nodes){ .control = usable(s, "/dev/nvidiactl"),
				       .uvm = usable(s, "/dev/nvidia-uvm"),
				       .gpu = any_gpu(s) };
	facts->nodes.helper = fact_bool(sys_stat(s, "/usr/bin/nvidia-modprobe", &st), true,
					"/usr/bin/nvidia-modprobe");
}

const struct collector collect_nodes = { "nodes", "the device nodes in /dev", run };
