// SPDX-License-Identifier: Apache-2.0
/* Who drives the GPU in the kernel: NVIDIA's module, nouveau, or nobody, and what keeps the module out? Judges the PCI driver
 * links, the module's file and its traces, modprobe.d and the kernel's lockdown. What else the kernel said when it refused a
 * module only its log knows. */
#include "rules/rules.h"

#include <stdlib.h>
#include <string.h>

#include "core/str.h"
#include "rules/data.h"
#include "rules/fixes.h"
#include "rules/machine.h"

/* ---- nouveau-bound ---- */

/* Is it possible that NVIDIA's module drives another GPU of this machine? */
static enum tri other_gpu_driven(const struct facts *f)
{
	struct range driven = gpus_driven(f);

	if (driven.least > 0)
		return YES;
	return driven.most == 0 || module_loaded(f) == NO ? NO : MAYBE;
}

static void fix_nouveau(const struct facts *f, struct report *r, struct finding *x)
{
	if (fix_on_the_host(
		    f, r, x,
		    "on the host, not in this container: install NVIDIA's driver there and reboot"))
		return;
	fix_install_driver(f, r, x, "install NVIDIA's driver, which also keeps nouveau away");
}

static void say_nouveau(const struct rule *self, const struct facts *f, struct report *r,
			const struct gpu *gpu)
{
	enum tri driven = other_gpu_driven(f);
	const char *subject = arena_fmt(r->arena, "GPU %s", gpu->addr);
	struct finding *x;

	if (driven == MAYBE) {
		x = report_add(
			r, self->id, self->stage, CANNOT_TELL, subject,
			"%s holds a GPU; whether NVIDIA's module drives another one is not known",
			gpu->driver.v);
	} else {
		x = report_add(r, self->id, self->stage, FAIL, subject,
			       "the %s driver holds the GPU, and CUDA needs NVIDIA's own",
			       gpu->driver.v);
		x->headline = arena_fmt(r->arena, "the %s driver holds the GPU", gpu->driver.v);
	}
	if (driven == YES)
		x->severity = SEVERITY_WARNING;
	finding_evidence(r, x, gpu->driver.from, "%s is driven by %s", gpu->addr, gpu->driver.v);
	fix_nouveau(f, r, x);
}

/* Nothing known of a GPU's driver: only then may it be nouveau. */
static bool may_be_held(const struct facts *f)
{
	bool unread = f->pci.gpus.st != PRESENT;

	for (size_t i = 0; i < f->pci.gpus.n; i++)
		if (is_nvidia(&f->pci.gpus.v[i]) && is_there(&f->pci.gpus.v[i].driver) == MAYBE)
			unread = true;
	return unread && module_loaded(f) != YES && is_true(&f->kmod.nouveau) != NO &&
	       gpus_driven(f).least == 0;
}

static void check_nouveau(const struct rule *self, const struct facts *f, struct report *r)
{
	bool held = false;

	if (gpu_outside_pci(f) == YES)
		return;
	for (size_t i = 0; i < f->pci.gpus.n; i++)
		if (is_nvidia(&f->pci.gpus.v[i]) && held_by_free_driver(&f->pci.gpus.v[i])) {
			say_nouveau(self, f, r, &f->pci.gpus.v[i]);
			held = true;
		}
	if (held || !may_be_held(f))
		return;

	struct finding *x =
		report_add(r, self->id, self->stage, CANNOT_TELL, "",
			   "whether nouveau holds the GPU is not known: its driver could not be "
			   "read");
	finding_evidence(r, x, f->pci.gpus.from, "the GPU's kernel driver is not known");
	finding_fix(r, x, APPLIES_SAFE, NULL, "lspci -k -d 10de:");
}

/* ---- kernel-module-not-loaded ---- */

static const struct gpu *held_by(const struct facts *f, const char *driver)
{
	for (size_t i = 0; i < f->pci.gpus.n; i++)
		if (is_nvidia(&f->pci.gpus.v[i]) && text_is(&f->pci.gpus.v[i].driver, driver))
			return &f->pci.gpus.v[i];
	return NULL;
}

static const char *running_kernel(const struct facts *f)
{
	const struct fact_str *release = &f->platform.kernel_release;

	return release->st == PRESENT ? release->v : "the running one";
}

static void say_vfio(struct finding *x, struct report *r, const struct gpu *gpu)
{
	finding_evidence(r, x, gpu->driver.from, "%s is held by vfio-pci", gpu->addr);
	finding_fix(
		r, x, APPLIES_MANUAL,
		"vfio-pci keeps the card for a virtual machine: use it there, or take its id out of the "
		"vfio-pci options in /etc/modprobe.d and on the kernel command line, and reboot",
		NULL);
}

/* ---- a build that is missing ---- */

static const struct kernel_build_row *build_row(const struct facts *f)
{
	const struct fact_str *id = &f->platform.distro, *like = &f->platform.distro_like;
	const char *families[2] = { id->st == PRESENT ? id->v : "",
				    like->st == PRESENT ? like->v : "" };
	struct bytes word;

	for (size_t k = 0; k < 2; k++)
		for (size_t pos = 0; next_part(families[k], ' ', &pos, &word);)
			for (size_t i = 0; i < n_kernel_build_table; i++)
				if (strlen(kernel_build_table[i].id) == word.n &&
				    memcmp(kernel_build_table[i].id, word.v, word.n) == 0)
					return &kernel_build_table[i];
	return NULL;
}

static void cite_build(struct finding *x, const struct facts *f, struct report *r)
{
	const struct fact_strs *failed = &f->kmod.dkms_failed;

	if (failed->v.n > 0)
		finding_evidence(r, x, failed->from, "a build failed: %s", failed->v.v[0]);
	if (f->kmod.headers.st == ABSENT)
		finding_evidence(r, x, f->kmod.headers.from, "no headers of this kernel");
}

/* Without the headers no build can succeed. */
static void fix_build(struct finding *x, const struct facts *f, struct report *r)
{
	const struct kernel_build_row *row = build_row(f);
	bool headers = f->kmod.headers.st == ABSENT;
	const char *build = row ? row->build : "sudo dkms autoinstall -k \"$(uname -r)\"";
	const char *words = arena_fmt(r->arena, "build it for kernel %s", running_kernel(f));

	if (headers && !row)
		words = arena_fmt(r->arena, "%s, after installing that kernel's headers", words);
	else if (headers)
		words = arena_fmt(r->arena, "%s, and first what the build needs", words);
	else if (f->kmod.dkms_failed.v.n > 0)
		words = arena_fmt(
			r->arena,
			"%s again; what stops it stands in the log above: a driver that is "
			"older than the kernel needs a newer one",
			words);
	finding_fix(r, x, APPLIES_LIKELY, words, "%s%s%s && sudo modprobe nvidia",
		    headers && row ? row->headers : "", headers && row ? " && " : "", build);
}

static void say_other_kernel(struct finding *x, const struct facts *f, struct report *r)
{
	const char *other = f->kmod.other_kernels.v.v[0];

	finding_evidence(r, x, f->kmod.other_kernels.from, "nvidia.ko only for kernel %s", other);
	cite_build(x, f, r);
	fix_build(x, f, r);
	finding_fix(r, x, APPLIES_MANUAL, arena_fmt(r->arena, "or boot kernel %s again", other),
		    NULL);
}

static void say_loadable(struct finding *x, const struct facts *f, struct report *r)
{
	finding_evidence(r, x, f->kmod.file.from, "nvidia.ko is there for this kernel");
	finding_fix(
		r, x, APPLIES_LIKELY,
		"load it; if that is refused, `sudo dmesg | tail` says why (blacklist, Secure Boot, an "
		"old GPU)",
		"sudo modprobe nvidia");
}

static void say_not_built(struct finding *x, const struct facts *f, struct report *r)
{
	cite_build(x, f, r);
	if (f->kmod.file.st == ABSENT)
		finding_evidence(r, x, f->kmod.file.from, "no nvidia.ko for kernel %s",
				 running_kernel(f));
	if (f->kmod.dkms_failed.v.n > 0 || f->kmod.headers.st == ABSENT)
		fix_build(x, f, r);
	else
		finding_fix(
			r, x, APPLIES_LIKELY,
			"see which module was built for which kernel; if none, install the driver again",
			"dkms status");
}

/* ---- a module that is forbidden ---- */

/* "/etc/modprobe.d/x.conf:3: blacklist nvidia", taken apart. */
struct forbidding_line {
	const char *path, *number, *text;
};

static bool take_apart(const char *entry, struct arena *a, struct forbidding_line *ret)
{
	const char *text = strstr(entry, ": "), *number = text;

	while (number && number > entry && number[-1] != ':')
		number--;
	if (!text || number == entry)
		return false;
	ret->path = arena_strndup(a, entry, (size_t)(number - 1 - entry));
	ret->number = arena_strndup(a, number, (size_t)(text - number));
	ret->text = text + 2;
	return true;
}

/* One command that takes all of them out; `cmdline` is the word of /proc/cmdline, or NULL. */
static const char *without_lines(const struct fact_strs *entries, struct arena *a,
				 const char **ret_cmdline)
{
	struct str command = str_new(a, 4096);
	const char *path = "";

	for (size_t i = 0; i < entries->v.n; i++) {
		struct forbidding_line line;

		if (!take_apart(entries->v.v[i], a, &line)) {
			*ret_cmdline = strchr(entries->v.v[i], ' ') + 1;
			continue;
		}
		if (strcmp(line.path, path) == 0)
			str_addf(&command, " -e '%ss/^/#/'", line.number);
		else
			str_addf(&command, "%s%s%ssudo sed -i -e '%ss/^/#/'", *path ? " " : "",
				 *path ? shell_word(a, path) : "", *path ? " && " : "",
				 line.number);
		path = line.path;
	}
	if (*path)
		str_addf(&command, " %s && sudo modprobe nvidia", shell_word(a, path));
	return *path ? str_text(&command) : NULL;
}

static void say_blacklisted(struct finding *x, const struct facts *f, struct report *r)
{
	const struct fact_strs *entries = &f->kmod.blacklist;
	const char *cmdline = NULL, *command = without_lines(entries, r->arena, &cmdline);

	for (size_t i = 0; i < entries->v.n && i < 3; i++) {
		struct forbidding_line line;

		if (take_apart(entries->v.v[i], r->arena, &line))
			finding_evidence(r, x, arena_fmt(r->arena, "%s:%s", line.path, line.number),
					 "\"%s\" forbids it", line.text);
	}
	if (cmdline)
		finding_evidence(r, x, "/proc/cmdline", "\"%s\" forbids it", cmdline);
	if (command)
		finding_fix(
			r, x, APPLIES_LIKELY,
			"take it out (a laptop that was switched to its other GPU: `sudo prime-select "
			"on-demand` and a reboot instead)",
			"%s", command);
	if (cmdline)
		finding_fix(r, x, APPLIES_MANUAL,
			    "take that word out of GRUB_CMDLINE_LINUX in /etc/default/grub, then",
			    "sudo update-grub && sudo reboot");
}

/* What is nearest to a loaded module decides what is still missing. */
static void explain_not_loaded(struct finding *x, const struct facts *f, struct report *r)
{
	const struct gpu *vfio = held_by(f, "vfio-pci");

	if (vfio)
		say_vfio(x, r, vfio);
	else if (
		fix_on_the_host(
			f, r, x,
			"on the host, not in this container: install NVIDIA's driver there, or load "
			"it with `sudo modprobe nvidia`"))
		return;
	else if (f->kmod.file.st == PRESENT && f->kmod.blacklist.v.n > 0)
		say_blacklisted(x, f, r);
	else if (f->kmod.file.st == PRESENT)
		say_loadable(x, f, r);
	else if (f->kmod.other_kernels.v.n > 0)
		say_other_kernel(x, f, r);
	else
		say_not_built(x, f, r);
}

static void say_not_loaded(const struct rule *self, const struct facts *f, struct report *r)
{
	struct finding *x = report_add(r, self->id, self->stage, FAIL, "",
				       "NVIDIA's kernel module is not loaded");

	x->headline = "NVIDIA's kernel module is not loaded";
	finding_evidence(r, x, f->kmod.loaded.from, "module nvidia is not loaded");
	explain_not_loaded(x, f, r);
}

static void check_module(const struct rule *self, const struct facts *f, struct report *r)
{
	enum tri loaded = module_loaded(f), on_pci = nvidia_on_pci(f);

	if (gpu_outside_pci(f) == YES || loaded == YES || on_pci == NO)
		return;
	if (loaded == NO && on_pci == YES) {
		say_not_loaded(self, f, r);
		return;
	}

	struct finding *x = report_add(
		r, self->id, self->stage, CANNOT_TELL, "",
		loaded == NO ? "NVIDIA's kernel module is not loaded; whether there is a GPU "
			       "that needs it is not known"
			     : "whether NVIDIA's kernel module is loaded is not known");
	finding_evidence(r, x, f->kmod.loaded.from, "%s",
			 loaded == NO ? "module nvidia is not loaded"
				      : why_words(f->kmod.loaded.why, "not looked at"));
	finding_fix(r, x, APPLIES_SAFE, NULL, "cat /proc/driver/nvidia/version");
}

/* ---- secure-boot-blocked-module ---- */

/* Does this kernel take only modules with a signature that it accepts? */
static enum tri wants_signature(const struct facts *f)
{
	const struct platform *p = &f->platform;
	bool locked =
		text_is(&p->lockdown, "integrity") || text_is(&p->lockdown, "confidentiality");
	enum tri lockdown = locked ? YES : p->lockdown.st == UNKNOWN ? MAYBE : NO;

	return either(is_true(&p->sig_enforce), lockdown);
}

/* A GPU that another driver holds, or may hold, is not NVIDIA's module's to take. */
static enum tri held_otherwise(const struct facts *f)
{
	enum tri held = f->pci.gpus.st == PRESENT ? NO : MAYBE;

	for (size_t i = 0; i < f->pci.gpus.n; i++)
		if (is_nvidia(&f->pci.gpus.v[i]))
			held = either(held, is_there(&f->pci.gpus.v[i].driver));
	return held;
}

/* The module is there, nothing else keeps it out, and it is not loaded. */
static enum tri only_signature_can_be_wrong(const struct facts *f)
{
	const struct fact_str *container = &f->platform.container;
	enum tri host = container->st == ABSENT ? YES : container->st == PRESENT ? NO : MAYBE;
	enum tri waits = both(is_there(&f->kmod.file), not(module_loaded(f)));
	enum tri free_to_load = both(not(has_members(&f->kmod.blacklist)), not(held_otherwise(f)));

	return both(both(host, nvidia_on_pci(f)), both(waits, free_to_load));
}

static void cite_lock(struct finding *x, const struct facts *f, struct report *r)
{
	const struct platform *p = &f->platform;

	if (is_true(&p->secure_boot) == YES)
		finding_evidence(r, x, p->secure_boot.from, "Secure Boot is on");
	if (p->lockdown.st == PRESENT && strcmp(p->lockdown.v, "none") != 0)
		finding_evidence(r, x, p->lockdown.from, "lockdown: %s", p->lockdown.v);
	if (is_true(&p->sig_enforce) == YES)
		finding_evidence(r, x, p->sig_enforce.from, "only signed modules are taken");
}

static void say_blocked(const struct rule *self, const struct facts *f, struct report *r)
{
	struct finding *x =
		report_add(r, self->id, self->stage, FAIL, "",
			   "this kernel takes only signed modules, and NVIDIA's is not signed");

	x->headline = "Secure Boot keeps NVIDIA's kernel module out";
	cite_lock(x, f, r);
	finding_evidence(r, x, f->kmod.signature.from, "has no signature");
	finding_fix(
		r, x, APPLIES_LIKELY,
		"enrol your own key: give a password now, and after the reboot \"Enroll MOK\"; "
		"builds after that are signed with it (Debian, Ubuntu: the key is DKMS's)",
		"sudo mokutil --import /var/lib/dkms/mok.pub && sudo dkms autoinstall --force && "
		"sudo reboot");
	finding_fix(r, x, APPLIES_MANUAL, "or switch Secure Boot off in the firmware's setup",
		    NULL);
}

static void say_perhaps_blocked(const struct rule *self, const struct facts *f, struct report *r)
{
	struct finding *x =
		report_add(r, self->id, self->stage, CANNOT_TELL, "",
			   "whether Secure Boot keeps NVIDIA's kernel module out is not known: %s",
			   text_is(&f->kmod.signature, "signed")
				   ? "it is signed, and whether its key is enrolled is not known"
				   : "its signature was not read");

	cite_lock(x, f, r);
	finding_evidence(r, x, f->kmod.signature.from, "%s",
			 text_is(&f->kmod.signature, "signed")
				 ? "is signed"
				 : why_words(f->kmod.signature.why, "not looked at"));
	finding_fix(r, x, APPLIES_SAFE,
		    "\"Key was rejected by service\" is the proof; if it loads, all is well",
		    "sudo modprobe nvidia");
}

/* A signature alone proves nothing: its key may not be enrolled. Its lack proves all where one is wanted. */
static void check_secure_boot(const struct rule *self, const struct facts *f, struct report *r)
{
	enum tri wanted = wants_signature(f), only = only_signature_can_be_wrong(f);
	bool is_unsigned = text_is(&f->kmod.signature, "unsigned");
	bool on = is_true(&f->platform.secure_boot) == YES || wanted == YES;

	if (only == NO || (is_unsigned && wanted == NO))
		return;
	if (is_unsigned && wanted == YES && only == YES)
		say_blocked(self, f, r);
	else if (on && only == YES)
		say_perhaps_blocked(self, f, r);
}

/* ---- fabric-manager-not-running ---- */

static void say_no_fabric(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct fact_str *module = module_version(f);
	struct finding *x = report_add(
		r, self->id, self->stage, FAIL, "",
		"the GPUs are joined by NVSwitches, and the fabric manager is not running");

	x->headline = "the fabric manager, which starts the NVSwitches, is not running";
	finding_evidence(r, x, f->pci.nvswitches.from, "%d NVSwitches", (int)f->pci.nvswitches.v);
	finding_evidence(r, x, f->kmod.fabric_manager.from, "no process nv-fabricmanager");
	finding_fix(r, x, APPLIES_LIKELY,
		    module ? arena_fmt(r->arena,
				       "its package must be of the driver's version, %s (Ubuntu: "
				       "nvidia-fabricmanager-%.*s)",
				       module->v, (int)strcspn(module->v, "."), module->v)
			   : "its package must be of the driver's version",
		    "sudo systemctl enable --now nvidia-fabricmanager");
}

static void check_fabric(const struct rule *self, const struct facts *f, struct report *r)
{
	enum tri ready = fabric_ready(f);

	/* Without a driven GPU the rules before this one speak. */
	if (ready == YES || module_seen(f) != YES || gpus_driven(f).least == 0)
		return;
	if (ready == NO) {
		say_no_fabric(self, f, r);
		return;
	}
	if (f->pci.nvswitches.v == 0)
		return; /* perhaps there is no switch at all */

	struct finding *x = report_add(
		r, self->id, self->stage, CANNOT_TELL, "",
		"whether the fabric manager runs, which the NVSwitches here need, is not known");

	finding_evidence(
		r, x, f->kmod.fabric_manager.from, "%s",
		f->platform.container.st == PRESENT
			? "the host's processes are not seen from this container"
			: why_words(f->kmod.fabric_manager.why, "could not be looked for"));
	finding_fix(r, x, APPLIES_SAFE, "\"State: Completed\" is what it should say",
		    "nvidia-smi -q | grep -A 2 Fabric");
}

const struct rule kernel_rules[] = {
	{ "nouveau-bound", STAGE_KERNEL, check_nouveau },
	{ "kernel-module-not-loaded", STAGE_KERNEL, check_module },
	{ "secure-boot-blocked-module", STAGE_KERNEL, check_secure_boot },
	{ "fabric-manager-not-running", STAGE_DRIVER, check_fabric },
	{ 0 },
};
