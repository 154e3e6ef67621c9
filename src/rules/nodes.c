// SPDX-License-Identifier: Apache-2.0
/* Are the device nodes there, and may this user open them? Judges what access(2) said together with mode, owner and group,
 * because the kernel's refusal alone does not tell who refuses. It cannot know what a program that makes nodes
 * (nvidia-modprobe, nvidia-persistenced) will do later; where one could, a missing node is no fault. */
#include "rules/rules.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/str.h"
#include "rules/fixes.h"
#include "rules/machine.h"

#define CONTROL "/dev/nvidiactl"
#define UVM "/dev/nvidia-uvm"

static const struct node *find_node(const struct facts *f, const char *path)
{
	for (size_t i = 0; i < f->nodes.all.n; i++)
		if (strcmp(f->nodes.all.v[i].path, path) == 0)
			return &f->nodes.all.v[i];
	return NULL;
}

static bool is_gpu_node(const struct node *node)
{
	int64_t number;

	return starts_with(node->path, "/dev/nvidia") &&
	       parse_i64(node->path + strlen("/dev/nvidia"), &number);
}

/* ---- who refuses ---- */

/* NONE: usable, or not there. */
enum refusal { REFUSAL_NONE, REFUSAL_UNSURE, REFUSAL_BITS, REFUSAL_CGROUP };

static enum tri in_group(const struct facts *f, const char *group)
{
	const struct fact_strs *groups = &f->platform.groups;

	for (size_t i = 0; i < groups->v.n; i++)
		if (strcmp(groups->v.v[i], group) == 0)
			return YES;
	return groups->st == PRESENT ? NO : MAYBE;
}

/* The owner's name is that of another user, as far as it can be known: nodes belong to root. */
static enum tri is_owner(const struct facts *f, const char *owner)
{
	int64_t number;

	if (f->platform.uid.st != PRESENT)
		return MAYBE;
	if (strcmp(owner, "root") == 0)
		return f->platform.uid.v == 0 ? YES : NO;
	if (parse_i64(owner, &number))
		return number == f->platform.uid.v ? YES : NO;
	return MAYBE;
}

static bool mode_of(const struct node *node, unsigned *ret_mode)
{
	unsigned mode = 0;

	if (node->mode.st != PRESENT)
		return false;
	for (const char *c = node->mode.v; *c; c++) {
		if (*c < '0' || *c > '7')
			return false;
		mode = 8 * mode + (unsigned)(*c - '0');
	}
	*ret_mode = mode;
	return true;
}

/* Do the permission bits refuse this user? The first class that fits decides (man 7 path_resolution). */
static enum tri bits_deny(const struct facts *f, const struct node *node)
{
	unsigned mode;

	if (!mode_of(node, &mode) || node->owner.st != PRESENT || node->group.st != PRESENT ||
	    is_true(&f->platform.all_powerful) != NO)
		return MAYBE;

	enum tri owner = is_owner(f, node->owner.v), member = in_group(f, node->group.v);

	if (owner == MAYBE || (owner == NO && member == MAYBE))
		return MAYBE;
	return (mode >> (owner == YES ? 6 : member == YES ? 3 : 0) & 6) == 6 ? NO : YES;
}

/* fs/namei.c, inode_permission(): the bits and a security module say EACCES, the device cgroup says EPERM. */
static enum refusal refusal_of(const struct facts *f, const struct fact_bool *usable,
			       const struct node *node)
{
	if (usable->st == PRESENT || usable->st == ABSENT)
		return REFUSAL_NONE;
	if (usable->st != UNKNOWN || !usable->why)
		return REFUSAL_UNSURE;
	if (strcmp(usable->why, "EPERM") == 0)
		return REFUSAL_CGROUP;
	if (strcmp(usable->why, "EACCES") == 0 && node && bits_deny(f, node) == YES)
		return REFUSAL_BITS;
	return REFUSAL_UNSURE;
}

struct refused {
	enum refusal how;
	const struct node *node; /* NULL: not known */
};

static struct refused path_refused(const struct facts *f, const struct fact_bool *usable,
				   const char *path)
{
	const struct node *node = find_node(f, path);

	return (struct refused){ refusal_of(f, usable, node), node };
}

/* One GPU that may be used is enough. */
static struct refused gpus_refused(const struct facts *f)
{
	struct refused worst = { REFUSAL_UNSURE, NULL };

	if (f->nodes.gpu.st == PRESENT || f->nodes.gpu.st == ABSENT)
		return (struct refused){ REFUSAL_NONE, NULL };
	if (f->nodes.all.st != PRESENT)
		return worst;
	for (size_t i = 0; i < f->nodes.all.n; i++) {
		const struct node *node = &f->nodes.all.v[i];
		enum refusal how = refusal_of(f, &node->usable, node);

		if (!is_gpu_node(node))
			continue;
		if (how < REFUSAL_BITS)
			return (struct refused){ REFUSAL_UNSURE, node };
		if (how > worst.how)
			worst = (struct refused){ how, node };
	}
	return worst;
}

/* Needed by NVIDIA's module alone: without it, in WSL and on a Jetson these nodes say nothing. */
static enum tri needs_nodes(const struct facts *f)
{
	enum tri outside = gpu_outside_pci(f), loaded = module_seen(f);

	if (outside == YES || loaded == NO || driver_answered(f))
		return NO;
	return outside == NO ? loaded : MAYBE;
}

static enum tri refused(const struct facts *f, enum refusal how, const struct node **ret_node)
{
	const struct refused nodes[] = { path_refused(f, &f->nodes.control, CONTROL),
					 path_refused(f, &f->nodes.uvm, UVM), gpus_refused(f) };
	enum tri any = NO;

	for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++) {
		enum tri one = nodes[i].how == how              ? YES
			       : nodes[i].how == REFUSAL_UNSURE ? MAYBE
								: NO;

		if (one > any) {
			any = one;
			*ret_node = nodes[i].node;
		}
	}
	return both(any, needs_nodes(f));
}

enum tri nodes_refused_by_cgroup(const struct facts *f)
{
	const struct node *node = NULL;

	return refused(f, REFUSAL_CGROUP, &node);
}

/* ---- what is missing ---- */

static enum tri is_host(const struct facts *f)
{
	const struct fact_str *container = &f->platform.container;

	return container->st == ABSENT ? YES : container->st == PRESENT ? NO : MAYBE;
}

/* Root's first use of the driver makes the nodes, or nvidia-modprobe does, which belongs to root (setuid). */
static enum tri can_be_made(const struct facts *f)
{
	const struct fact_num *uid = &f->platform.uid;
	enum tri root = uid->st != PRESENT ? MAYBE : uid->v == 0 ? YES : NO;

	enum tri helper =
		is_true(&f->platform.no_new_privs) == YES ? NO : is_true(&f->nodes.helper);

	return both(is_host(f), either(helper, root));
}

/* A refusal alone proves no node: that its mode was read does. */
static bool was_seen(const struct node *node)
{
	return node && node->mode.st == PRESENT;
}

enum tri node_there(const struct facts *f, const struct fact_bool *node)
{
	const struct nodes *n = &f->nodes;

	if (node->st == PRESENT || node->st == ABSENT)
		return node->st == PRESENT ? YES : NO;
	if (node != &n->gpu)
		return was_seen(find_node(f, node == &n->control ? CONTROL : UVM)) ? YES : MAYBE;
	for (size_t i = 0; i < n->all.n; i++)
		if (is_gpu_node(&n->all.v[i]) && was_seen(&n->all.v[i]))
			return YES;
	return MAYBE;
}

/* No node at all is how a machine looks that has not used its GPU since it started. */
static bool none_at_all(const struct facts *f)
{
	return f->nodes.control.st == ABSENT && f->nodes.uvm.st == ABSENT &&
	       f->nodes.gpu.st == ABSENT;
}

/* A recording of a host without a /dev worth the name: what is not there is not recorded. */
static bool no_dev_recorded(const struct facts *f)
{
	return none_at_all(f) && is_host(f) == YES && f->nodes.all.st == ABSENT;
}

static bool some_there(const struct facts *f)
{
	return node_there(f, &f->nodes.control) == YES || node_there(f, &f->nodes.uvm) == YES ||
	       node_there(f, &f->nodes.gpu) == YES;
}

/* The number of nvidia-uvm changes when modules are loaded anew; a node that was made by hand keeps the old one. */
enum tri uvm_is_stale(const struct facts *f)
{
	const struct fact_num *major = &f->nodes.uvm_major;
	const struct node *node = find_node(f, UVM);
	char number[24];

	if (f->nodes.uvm.st == ABSENT || major->st == NOT_LOOKED)
		return NO;
	if (!node || major->st == UNKNOWN || node->number.st == UNKNOWN)
		return MAYBE;
	if (major->st == ABSENT)
		return not(is_true(&f->kmod.uvm));
	snprintf(number, sizeof number, "%" PRId64 ":", major->v);
	return node->number.st == PRESENT && !starts_with(node->number.v, number) ? YES : NO;
}

/* The node that is missing or leads nowhere, or NULL. */
static const char *missing_node(const struct facts *f)
{
	if (f->nodes.control.st == ABSENT)
		return CONTROL;
	if (f->nodes.uvm.st == ABSENT || uvm_is_stale(f) == YES)
		return UVM;
	return f->nodes.gpu.st == ABSENT && gpus_driven(f).least > 0 ? "/dev/nvidia0" : NULL;
}

/* On a host, and nobody will make it. */
static enum tri nodes_missing(const struct facts *f)
{
	enum tri made = can_be_made(f), missing = missing_node(f) ? YES : uvm_is_stale(f);

	if (missing == NO || made == YES || no_dev_recorded(f))
		return NO;
	/* Where there is none at all, who made them at other starts (udev's rules, a daemon) may do so yet. */
	if (!some_there(f) || made == MAYBE)
		missing = MAYBE;
	return both(missing, both(needs_nodes(f), is_host(f)));
}

/* ---- all together ---- */

bool node_is_shut(const struct facts *f, const struct fact_bool *node)
{
	if (node->st == UNKNOWN)
		return node->why &&
		       (strcmp(node->why, "EACCES") == 0 || strcmp(node->why, "EPERM") == 0);
	return node->st == ABSENT && nodes_usable(f) == NO;
}

static enum tri fine(const struct facts *f, const struct fact_bool *node)
{
	if (node->st == ABSENT)
		return can_be_made(f) == YES ? YES : MAYBE;
	return is_true(node) == YES ? YES : MAYBE;
}

enum tri nodes_usable(const struct facts *f)
{
	const struct nodes *n = &f->nodes;
	const struct node *node = NULL;

	if (is_true(&f->platform.wsl) == YES)
		return is_true(&n->dxg) == YES ? YES : MAYBE;
	if (is_true(&f->platform.tegra) == YES)
		return MAYBE;

	enum tri broken = either(refused(f, REFUSAL_BITS, &node), nodes_refused_by_cgroup(f));

	broken = either(broken, nodes_missing(f));
	broken = either(broken, either(container_lacks_gpu(f), container_lacks_uvm(f)));
	if (broken == YES)
		return NO;
	if (no_dev_recorded(f))
		return broken == MAYBE ? MAYBE : YES;
	return both(broken == MAYBE ? MAYBE : YES,
		    both(both(fine(f, &n->control), fine(f, &n->uvm)), fine(f, &n->gpu)));
}

/* ---- device-node-permission ---- */

static void fix_group(const struct facts *f, struct report *r, struct finding *x,
		      const struct node *node)
{
	const char *group = shell_word(r->arena, node->group.v);

	if (f->platform.container.st == PRESENT) {
		finding_fix(
			r, x, APPLIES_MANUAL,
			arena_fmt(
				r->arena,
				"start the container with the node's group: podman `--group-add "
				"keep-groups`, docker `--group-add` and the number of group %s on "
				"the host",
				node->group.v),
			NULL);
		return;
	}
	finding_fix(r, x, APPLIES_LIKELY, "join its group, then log out and in again",
		    "sudo usermod -aG %s \"$USER\"", group);
}

/* The driver's own parameters say which mode its nodes get; 0666 is the default. */
static void fix_mode(const struct facts *f, struct report *r, struct finding *x,
		     const struct node *node)
{
	static const char words[] =
		"who set this mode? look for DeviceFileMode; if nobody needs it, the driver's "
		"default until the next start is";

	if (f->platform.container.st == PRESENT)
		finding_fix(r, x, APPLIES_MANUAL,
			    "on the host, not in this container: its mode there is the driver's "
			    "DeviceFileMode, or that of a udev rule",
			    NULL);
	else
		finding_fix(r, x, APPLIES_LIKELY, words,
			    "grep -rs DeviceFile /etc/modprobe.d /proc/driver/nvidia/params; sudo "
			    "chmod 0666 %s",
			    node->path);
}

static void say_bits(const struct rule *self, const struct facts *f, struct report *r,
		     const struct node *node)
{
	struct finding *x = report_add(r, self->id, self->stage, FAIL, "",
				       "you may not read and write %s", node->path);
	unsigned mode = 0;

	x->headline = arena_fmt(r->arena, "you may not use %s", node->path);
	finding_evidence(r, x, node->mode.from, "mode %s, owner %s, group %s", node->mode.v,
			 node->owner.v, node->group.v);
	finding_evidence(r, x, f->platform.groups.from,
			 "you are neither its owner nor in its group");
	if (mode_of(node, &mode) && (mode >> 3 & 6) == 6 && strcmp(node->group.v, "root") != 0)
		fix_group(f, r, x, node);
	else
		fix_mode(f, r, x, node);
}

static void say_cgroup(const struct rule *self, struct report *r, const struct node *node)
{
	struct finding *x = report_add(
		r, self->id, self->stage, FAIL, "",
		"the kernel refuses %s to this process, whatever its mode says: a device cgroup",
		node->path);

	x->headline = arena_fmt(r->arena, "a device cgroup keeps this process from %s", node->path);
	finding_evidence(r, x, node->usable.from, "%s", why_words(node->usable.why, "refused"));
	if (node->mode.st == PRESENT)
		finding_evidence(r, x, node->mode.from, "mode %s", node->mode.v);
	finding_fix(
		r, x, APPLIES_MANUAL,
		"a batch job needs a GPU in its request; a systemd service needs `DeviceAllow=` for the "
		"nodes; the group that this process is in is shown by",
		"cat /proc/self/cgroup");
}

static void say_unsure(const struct rule *self, struct report *r, const struct node *node)
{
	struct finding *x = report_add(r, self->id, self->stage, CANNOT_TELL, "",
				       "whether you may use %s is not known: %s", node->path,
				       why_words(node->usable.why, "not read"));

	finding_evidence(r, x, node->usable.from, "%s",
			 why_words(node->usable.why, "could not be read"));
	if (node->mode.st == PRESENT && node->owner.st == PRESENT && node->group.st == PRESENT)
		finding_evidence(r, x, node->mode.from, "mode %s, owner %s, group %s", node->mode.v,
				 node->owner.v, node->group.v);
	finding_fix(r, x, APPLIES_SAFE,
		    "a second line of `getfacl` or a security module may refuse",
		    "id; ls -lZ /dev/nvidia*; getfacl %s", node->path);
}

static void check_permission(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct node *bits = NULL, *cgroup = NULL;
	enum tri by_bits = refused(f, REFUSAL_BITS, &bits),
		 by_cgroup = refused(f, REFUSAL_CGROUP, &cgroup);

	if (by_bits == YES && bits)
		say_bits(self, f, r, bits);
	else if (by_cgroup == YES && cgroup && is_host(f) == YES)
		say_cgroup(self, r, cgroup);
	else if (by_bits == MAYBE && bits && bits->usable.st == UNKNOWN && by_cgroup != YES)
		say_unsure(self, r, bits);
}

/* ---- device-node-missing ---- */

/* The number of nvidia-uvm is another one at each start, and root's nvidia-smi makes all nodes but that one. */
static void fix_missing(struct report *r, struct finding *x, const char *path)
{
	if (strcmp(path, UVM) == 0)
		finding_fix(r, x, APPLIES_LIKELY, "make it, until the next start",
			    "sudo modprobe nvidia-uvm && sudo rm -f " UVM
			    " && sudo mknod -m 0666 " UVM
			    " c \"$(awk '$2 == \"nvidia-uvm\" {print $1}' /proc/devices)\" 0");
	else
		finding_fix(r, x, APPLIES_LIKELY, "root's first use makes it, until the next start",
			    "sudo nvidia-smi");
	finding_fix(
		r, x, APPLIES_MANUAL,
		"for good: install your distribution's package with nvidia-modprobe, which makes "
		"them when they are needed",
		NULL);
}

static void say_stale(const struct rule *self, const struct facts *f, struct report *r,
		      struct finding **ret_x)
{
	const struct node *node = find_node(f, UVM);
	const struct fact_num *major = &f->nodes.uvm_major;
	struct finding *x = report_add(r, self->id, self->stage, FAIL, "",
				       "%s is a leftover: its number leads to no driver", UVM);

	x->headline = UVM " leads to no driver";
	finding_evidence(r, x, node->number.from, "number %s", node->number.v);
	if (major->st == PRESENT)
		finding_evidence(r, x, major->from, "nvidia-uvm is %" PRId64 " now", major->v);
	else
		finding_evidence(r, x, f->kmod.uvm.from, "module nvidia_uvm is not loaded");
	*ret_x = x;
}

static void say_missing(const struct rule *self, const struct facts *f, struct report *r,
			const char *path)
{
	struct finding *x;

	if (strcmp(path, UVM) == 0 && f->nodes.uvm.st != ABSENT) {
		say_stale(self, f, r, &x);
	} else {
		x = report_add(r, self->id, self->stage, FAIL, "",
			       "%s is missing, and nothing here makes it", path);
		x->headline = arena_fmt(r->arena, "%s is missing", path);
		finding_evidence(r, x, path, "is not there, others are");
	}
	finding_evidence(r, x, f->nodes.helper.from, "no nvidia-modprobe, and you are not root");
	fix_missing(r, x, path);
}

static void say_perhaps_missing(const struct rule *self, const struct facts *f, struct report *r,
				const char *path)
{
	struct finding *x;

	if (!path)
		x = report_add(r, self->id, self->stage, CANNOT_TELL, "",
			       "whether %s leads to the driver is not known", UVM);
	else if (none_at_all(f))
		x = report_add(
			r, self->id, self->stage, CANNOT_TELL, "",
			"there is no /dev/nvidia* yet; whether the first use will make them is not known");
	else
		x = report_add(r, self->id, self->stage, CANNOT_TELL, "",
			       "%s is missing; whether the first use will make it is not known",
			       path);
	finding_evidence(r, x, path ? path : UVM, "%s",
			 path ? "is not there" : "its number could not be compared");
	finding_evidence(r, x, f->nodes.helper.from, "%s",
			 f->nodes.helper.st == ABSENT ? "no nvidia-modprobe"
						      : "nvidia-modprobe could not be looked for");
	finding_fix(r, x, APPLIES_SAFE, "as root it makes them",
		    "sudo nvidia-smi && ls -l /dev/nvidia*");
}

static void check_missing(const struct rule *self, const struct facts *f, struct report *r)
{
	enum tri missing = nodes_missing(f);
	const char *path = missing_node(f);

	if (missing == YES)
		say_missing(self, f, r, path);
	else if (missing == MAYBE && is_host(f) == YES)
		say_perhaps_missing(self, f, r, path);
}

/* ---- mig-no-instance ---- */

#define NO_DEVICE 100

/* In MIG mode CUDA sees instances only. */
static enum tri all_in_mig_mode(const struct facts *f)
{
	const struct probed_list *gpus = &f->probe.nvml_gpus;
	enum tri all = gpus->st == PRESENT && gpus->n > 0 ? YES : NO;

	for (size_t i = 0; i < gpus->n; i++)
		all = both(all, gpus->v[i].mig.st == NOT_LOOKED ? NO : is_true(&gpus->v[i].mig));
	return all;
}

static void check_mig(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct fact_num *init = &f->probe.cuda_init, *count = &f->probe.cuda_count;
	bool none = (init->st == PRESENT && init->v == NO_DEVICE) ||
		    (init->st == PRESENT && init->v == 0 && count->st == PRESENT && count->v == 0);
	enum tri mig = all_in_mig_mode(f);

	if (!none || mig == NO || f->env.cuda_visible_devices.st != ABSENT)
		return;

	struct finding *x = report_add(r, self->id, self->stage, mig == YES ? FAIL : CANNOT_TELL,
				       "", "every GPU is in MIG mode, and CUDA finds no instance");

	x->headline = "the GPU is in MIG mode and has no instance for you";
	x->confidence = "fits-best";
	finding_evidence(r, x, f->probe.nvml_gpus.from, "MIG mode is on");
	finding_evidence(r, x, init->from, "cuInit: no device");
	finding_fix(r, x, APPLIES_MANUAL,
		    "make an instance on every GPU (profile 0 is the whole one)",
		    "sudo nvidia-smi mig -cgi 0 -C && nvidia-smi -L");
	finding_fix(r, x, APPLIES_MANUAL, "or switch MIG mode off (stops all programs on it)",
		    "sudo nvidia-smi -mig 0");
}

const struct rule nodes_rules[] = {
	{ "device-node-permission", STAGE_NODES, check_permission },
	{ "device-node-missing", STAGE_NODES, check_missing },
	{ "mig-no-instance", STAGE_NODES, check_mig },
	{ 0 },
};
