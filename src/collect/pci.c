// SPDX-License-Identifier: Apache-2.0
/* Which display functions are on the PCI bus, and which kernel driver holds each. Read from sysfs, which does not wake a
 * sleeping card. It cannot know of a card that the firmware or a hypervisor hides. */
#include <errno.h>
#include <string.h>

#include "collect/collect.h"
#include "facts/fact.h"

#define DEVICES "/sys/bus/pci/devices"

static struct fact_str attribute(struct sys *s, const char *dir, const char *name)
{
	struct bytes text = { 0 };
	const char *path = arena_fmt(sys_arena(s), "%s/%s", dir, name);
	int err = sys_read(s, path, &text);
	const char *value = err ? NULL : trimmed(sys_arena(s), text.v, text.n);

	return fact_str(err, err ? NULL : esc(sys_arena(s), value), path);
}

/* VGA 0300, 3D controller 0302, other display 0380: class is "0xCCSSPP". */
static bool is_display(const char *class)
{
	return starts_with(class, "0x0300") || starts_with(class, "0x0302") ||
	       starts_with(class, "0x0380");
}

static struct fact_str driver_of(struct sys *s, const char *dir)
{
	const char *link = NULL, *path = arena_fmt(sys_arena(s), "%s/driver", dir);
	int err = sys_readlink(s, path, &link);

	return fact_str(err, err ? NULL : path_basename(link), path);
}

/* 0, or the error that leaves open whether this is a GPU of a known vendor. */
static int look_at(struct sys *s, const char *addr, struct gpu_list *list, const char **ret_where)
{
	struct arena *a = sys_arena(s);
	const char *dir = arena_fmt(a, DEVICES "/%s", addr);
	struct fact_str class = attribute(s, dir, "class");

	*ret_where = class.from;
	if (class.st != PRESENT)
		return -1;
	if (!is_display(class.v))
		return 0;

	struct gpu gpu = { .addr = addr,
			   .class = class,
			   .vendor = attribute(s, dir, "vendor"),
			   .device = attribute(s, dir, "device"),
			   .driver = driver_of(s, dir) };

	PUSH(a, list, gpu);
	*ret_where = gpu.vendor.from;
	return gpu.vendor.st == PRESENT ? 0 : -1;
}

static const char *why_of(struct sys *s, const char *where)
{
	struct sys_stat st;
	int err = sys_stat(s, where, &st);

	return err ? sys_why(err) : "unreadable";
}

static void run(struct sys *s, const struct collect_wish *wish, struct facts *facts)
{
	struct gpu_list *list = &facts->pci.gpus;
	struct strlist names = { 0 };
	int err = sys_list(s, DEVICES, &names);
	const char *where = NULL;

	(void)wish;
	fact_list_state(&list->st, &list->from, &list->why, err, DEVICES);
	/* No bus at all, or an empty one, is a machine that hides it (or a sysfs that is not mounted): not "no GPU". */
	if (list->st == ABSENT || (list->st == PRESENT && !names.n)) {
		list->st = UNKNOWN;
		list->why = err ? sys_why(err) : "empty";
	}
	for (size_t i = 0; i < names.n; i++) {
		if (!look_at(s, names.v[i], list, &where) || list->st == UNKNOWN)
			continue;
		list->st = UNKNOWN;
		list->from = where;
		list->why = why_of(s, where);
	}
}

const struct collector collect_pci = { "pci", "display functions on the PCI bus", run };
