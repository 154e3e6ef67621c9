// SPDX-License-Identifier: Apache-2.0
/* Which display functions are on the PCI bus, which kernel driver holds each, and whether it answers. Read from sysfs,
 * which does not wake a sleeping card; only `config` would (drivers/pci/pci-sysfs.c), so that a card is asked whether it
 * answers only if it is known to be awake. It cannot know of a card that the firmware or a hypervisor hides. */
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

#define NVIDIA "0x10de"

/* A kernel without power management (no such file) never puts a card to sleep; "unsupported" is one that stays on. */
static bool is_awake(const struct fact_str *power)
{
	return power->st == ABSENT ||
	       (power->st == PRESENT &&
		(strcmp(power->v, "active") == 0 || strcmp(power->v, "unsupported") == 0));
}

/* The bus answers all ones for a device that has gone. `vendor` is the kernel's copy, `config` is the card's. */
static struct fact_bool responds(struct sys *s, const char *dir, const struct fact_str *power)
{
	const char *path = arena_fmt(sys_arena(s), "%s/config", dir);
	struct bytes text = { 0 };

	if (power->st == UNKNOWN)
		return (struct fact_bool){ UNKNOWN, power->from, power->why, false };
	if (!is_awake(power))
		return (struct fact_bool){ 0 };

	int err = sys_head(s, path, 4, &text);

	if (!err && text.n < 4)
		err = -EIO;
	return fact_bool(err, !err && memcmp(text.v, "\xff\xff\xff\xff", 4) != 0, path);
}

/* First line of `resource`: begin, end and flags of BAR0. NVIDIA's module refuses a card whose BAR0 begins at 0. */
static struct fact_bool has_bar(struct sys *s, const char *dir)
{
	const char *path = arena_fmt(sys_arena(s), "%s/resource", dir);
	struct bytes text = { "", 0 };
	int err = sys_read(s, path, &text);
	const char *digits = !err && starts_with(text.v, "0x") ? text.v + 2 : "";
	size_t n = strspn(digits, "0123456789abcdef");

	if (!err && !n)
		err = -EIO;
	return fact_bool(err, strspn(digits, "0") < n, path);
}

static void look_closer(struct sys *s, const char *dir, struct gpu *gpu)
{
	gpu->power = attribute(s, dir, "power/runtime_status");
	gpu->responds = responds(s, dir, &gpu->power);
	gpu->has_bar = has_bar(s, dir);
}

static void look_at_gpu(struct sys *s, const char *addr, const struct fact_str *class,
			struct pci *out)
{
	const char *dir = arena_fmt(sys_arena(s), DEVICES "/%s", addr);
	struct gpu gpu = { .addr = addr,
			   .class = *class,
			   .vendor = attribute(s, dir, "vendor"),
			   .device = attribute(s, dir, "device"),
			   .driver = driver_of(s, dir) };

	if (gpu.vendor.st != PRESENT || strcmp(gpu.vendor.v, NVIDIA) == 0)
		look_closer(s, dir, &gpu);
	PUSH(sys_arena(s), &out->gpus, gpu);
}

static void leave_open(struct fact_num *count, const struct fact_str *unread)
{
	if (count->st == PRESENT)
		*count = (struct fact_num){ UNKNOWN, unread->from, unread->why, count->v };
}

/* NVSwitches are bridges (class 0680) from 10de:1ac1 on; NVIDIA's chipsets of 2001 to 2010 have such bridges, too, with
 * three digits (pci.ids). */
static void count_switch(struct sys *s, const char *dir, const struct fact_str *class,
			 struct fact_num *count)
{
	struct fact_str vendor = attribute(s, dir, "vendor");
	struct fact_str device = attribute(s, dir, "device");

	if (vendor.st == PRESENT && strcmp(vendor.v, NVIDIA) != 0)
		return;
	if (class->st != PRESENT)
		leave_open(count, class);
	else if (vendor.st != PRESENT || device.st != PRESENT)
		leave_open(count, vendor.st != PRESENT ? &vendor : &device);
	else if (!starts_with(device.v, "0x0"))
		count->v++;
}

/* What could not be read, if it leaves open what this function is. */
static const char *look_at(struct sys *s, const char *addr, struct pci *out)
{
	const char *dir = arena_fmt(sys_arena(s), DEVICES "/%s", addr);
	struct fact_str class = attribute(s, dir, "class");

	if (class.st != PRESENT || starts_with(class.v, "0x0680"))
		count_switch(s, dir, &class, &out->nvswitches);
	if (class.st != PRESENT)
		return class.from;
	if (!is_display(class.v))
		return NULL;
	look_at_gpu(s, addr, &class, out);

	const struct fact_str *vendor = &out->gpus.v[out->gpus.n - 1].vendor;

	return vendor->st == PRESENT ? NULL : vendor->from;
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

	(void)wish;
	fact_list_state(&list->st, &list->from, &list->why, err, DEVICES);
	/* No bus at all, or an empty one, is a machine that hides it (or a sysfs that is not mounted): not "no GPU". */
	if (list->st == ABSENT || (list->st == PRESENT && !names.n)) {
		list->st = UNKNOWN;
		list->why = err ? sys_why(err) : "empty";
	}
	facts->pci.nvswitches =
		(struct fact_num){ .st = list->st, .from = list->from, .why = list->why };
	for (size_t i = 0; i < names.n; i++) {
		const char *unread = look_at(s, names.v[i], &facts->pci);

		if (!unread || list->st == UNKNOWN)
			continue;
		list->st = UNKNOWN;
		list->from = unread;
		list->why = why_of(s, unread);
	}
}

const struct collector collect_pci = { "pci", "display functions on the PCI bus", run };
