// SPDX-License-Identifier: Apache-2.0
/* Was the container given the GPU that its host has, and all parts of it? /proc/driver/nvidia, /sys/module and the PCI bus are
 * the host's in a container; nodes and libraries are its own. It cannot know how the container was started: what is missing
 * in it tells. */
#include "rules/rules.h"

#include <string.h>

#include "core/str.h"
#include "rules/data.h"
#include "rules/machine.h"

/* ---- what stands in a container, in three values ---- */

/* WSL's containers get /dev/dxg instead, and nothing there tells whether Windows has a GPU. */
static enum tri is_container(const struct facts *f)
{
	const struct fact_str *container = &f->platform.container;
	enum tri inside = container->st == PRESENT ? YES : container->st == ABSENT ? NO : MAYBE;

	return driver_answered(f) ? NO : both(inside, not(gpu_outside_pci(f)));
}

/* Without a loaded module the host itself has no working GPU: that comes first (kernel.c). */
static enum tri host_has_gpu(const struct facts *f)
{
	return module_seen(f);
}

/* The image's own: a stub for linking, the compat package, or a whole driver that was installed into the image. The host's has
 * the module's version. */
static bool is_of_image(const struct facts *f)
{
	const struct fact_str *real = &f->drvlib.libcuda.real, *module = module_version(f);
	const struct fact_str *version = &f->drvlib.libcuda.version;
	bool differs = version->st == PRESENT && module && strcmp(version->v, module->v) != 0;

	return differs || libcuda_is_stub(f) ||
	       (real->st == PRESENT && strstr(real->v, "/compat/"));
}

static enum tri has_host_libcuda(const struct facts *f)
{
	enum tri there = is_there(&f->drvlib.libcuda.path);

	return there == YES && is_of_image(f) ? NO : there;
}

/* The driver's libraries are there and no node: "none", or a container that was given files only. Only root could make
 * nodes in it, and then the device cgroup decides. */
static enum tri was_given_no_device(const struct facts *f)
{
	const struct fact_str *devices = &f->env.nvidia_visible_devices;
	static const char *const nothing[] = { "none", "void", "" };

	for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++)
		if (text_is(devices, nothing[i]))
			return YES;
	if (devices->st == UNKNOWN || f->platform.uid.st != PRESENT)
		return MAYBE;
	return f->platform.uid.v != 0 && f->nodes.helper.st == ABSENT ? YES : MAYBE;
}

/* Apptainer shows the host's /dev with or without --nv: there only the libraries tell. */
static bool has_hosts_dev(const struct facts *f)
{
	return text_is(&f->platform.container, "apptainer");
}

enum tri container_lacks_gpu(const struct facts *f)
{
	enum tri no_node =
		both(not(node_there(f, &f->nodes.control)), not(node_there(f, &f->nodes.gpu)));
	enum tri libcuda = has_host_libcuda(f);

	if (has_hosts_dev(f))
		return both(both(is_container(f), host_has_gpu(f)), not(libcuda));

	enum tri bare = libcuda == NO ? YES : libcuda == MAYBE ? MAYBE : was_given_no_device(f);

	return both(both(is_container(f), host_has_gpu(f)), both(no_node, bare));
}

static enum tri has_nodes(const struct facts *f)
{
	return both(node_there(f, &f->nodes.control), node_there(f, &f->nodes.gpu));
}

enum tri container_lacks_libcuda(const struct facts *f)
{
	enum tri none = has_hosts_dev(f) ? NO : not(is_there(&f->drvlib.libcuda.path));

	return both(both(is_container(f), host_has_gpu(f)), both(has_nodes(f), none));
}

/* Root may make the node, but a device cgroup does not let it open what the container was not given. */
enum tri container_lacks_uvm(const struct facts *f)
{
	enum tri none = not(node_there(f, &f->nodes.uvm));

	return both(both(is_container(f), host_has_gpu(f)), both(has_nodes(f), none));
}

/* ---- fixes ---- */

enum part { GIVE, CAPABILITY, UVM, AGAIN };

static const struct container_engine_row *engine_of(const struct facts *f)
{
	size_t i = 0;

	while (i + 1 < n_container_engine_table &&
	       !text_is(&f->platform.container, container_engine_table[i].engine))
		i++;
	return &container_engine_table[i]; /* the last is for all others */
}

static void fix_start(const struct facts *f, struct report *r, struct finding *x, enum part part)
{
	const struct container_engine_row *row = engine_of(f);
	const char *const words[] = { [GIVE] = row->give_words,
				      [CAPABILITY] = row->capability_words,
				      [UVM] = row->uvm_words,
				      [AGAIN] = row->again_words };
	const char *const commands[] = { [GIVE] = row->give,
					 [CAPABILITY] = row->capability,
					 [UVM] = row->uvm,
					 [AGAIN] = row->again };

	if (*commands[part])
		finding_fix(r, x, APPLIES_MANUAL, words[part], "%s", commands[part]);
	else
		finding_fix(r, x, APPLIES_MANUAL, words[part], NULL);
}

static void cite_host(const struct facts *f, struct report *r, struct finding *x)
{
	const struct fact_str *module = module_version(f);

	if (module)
		finding_evidence(r, x, module->from, "the host has driver %s", module->v);
	else
		finding_evidence(r, x, f->kmod.loaded.from, "the host has NVIDIA's driver");
}

/* What could not be read, of the parts that these rules need. */
static void cite_unread(const struct facts *f, struct report *r, struct finding *x)
{
	const struct fact *parts[] = {
		(const void *)&f->platform.container,  (const void *)&f->nodes.control,
		(const void *)&f->nodes.gpu,           (const void *)&f->nodes.uvm,
		(const void *)&f->drvlib.libcuda.path, (const void *)&f->kmod.loaded
	};

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (parts[i]->st == UNKNOWN)
			finding_evidence(r, x, parts[i]->from, "%s",
					 why_words(parts[i]->why, "could not be read"));
}

/* Cannot tell is worth a word only inside what certainly is a container. */
static bool is_worth_a_word(const struct facts *f, enum tri answer)
{
	return answer == MAYBE && is_container(f) == YES && host_has_gpu(f) == YES;
}

/* ---- container-missing-gpu ---- */

static void say_no_gpu(const struct rule *self, const struct facts *f, struct report *r)
{
	struct finding *x = report_add(r, self->id, self->stage, FAIL, "",
				       "this container was started without the host's GPU");
	const struct fact_str *devices = &f->env.nvidia_visible_devices;

	x->headline = "this container was started without a GPU";
	if (!has_hosts_dev(f))
		finding_evidence(r, x, "/dev", "no nvidiactl, no nvidia0");
	if (has_host_libcuda(f) == NO)
		finding_evidence(r, x, f->drvlib.libcuda.path.from, "no libcuda.so.1 of the host");
	if (devices->st == PRESENT)
		finding_evidence(r, x, devices->from, "NVIDIA_VISIBLE_DEVICES=%s",
				 *devices->v ? devices->v : "\"\"");
	cite_host(f, r, x);
	fix_start(f, r, x, GIVE);
}

static void check_gpu(const struct rule *self, const struct facts *f, struct report *r)
{
	enum tri lacks = container_lacks_gpu(f);

	if (lacks == YES) {
		say_no_gpu(self, f, r);
		return;
	}
	if (!is_worth_a_word(f, lacks))
		return;

	struct finding *x = report_add(r, self->id, self->stage, CANNOT_TELL, "",
				       "whether this container was given the GPU is not known");

	cite_unread(f, r, x);
	if (!x->evidence.n)
		finding_evidence(r, x, "/dev", "no nvidiactl, but the driver's library is there");
	finding_fix(r, x, APPLIES_SAFE, NULL, "ls -l /dev/nvidia*; ldconfig -p | grep libcuda");
}

/* ---- container-missing-compute-capability ---- */

/* A list of words between commas. */
static bool allows_compute(const char *capabilities)
{
	struct bytes word;
	size_t pos = 0;

	while (next_part(capabilities, ',', &pos, &word)) {
		if (word.n == 7 && memcmp(word.v, "compute", 7) == 0)
			return true;
		if (word.n == 3 && memcmp(word.v, "all", 3) == 0)
			return true;
	}
	return !*capabilities; /* empty: the default, utility,compute */
}

static void say_no_libcuda(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct fact_str *capabilities = &f->env.nvidia_driver_capabilities;
	bool proved = capabilities->st == PRESENT && !allows_compute(capabilities->v);
	struct finding *x = report_add(
		r, self->id, self->stage, FAIL, "",
		"this container has the GPU's nodes, but not the driver's library libcuda.so.1");

	x->headline = "this container was started without the driver's compute libraries";
	x->confidence = proved ? "proved" : "fits-best";
	finding_evidence(r, x, f->drvlib.libcuda.path.from, "no libcuda.so.1");
	finding_evidence(r, x, f->nodes.control.from, "the nodes are there");
	if (capabilities->st == PRESENT)
		finding_evidence(r, x, capabilities->from, "NVIDIA_DRIVER_CAPABILITIES=%s",
				 capabilities->v);
	/* The runtime's default has compute: then it was not the runtime that gave the nodes. */
	fix_start(f, r, x, proved ? CAPABILITY : GIVE);
}

static void check_capability(const struct rule *self, const struct facts *f, struct report *r)
{
	enum tri lacks = container_lacks_libcuda(f);

	if (lacks == YES) {
		say_no_libcuda(self, f, r);
		return;
	}
	if (!is_worth_a_word(f, lacks) || has_nodes(f) != YES)
		return;

	struct finding *x = report_add(
		r, self->id, self->stage, CANNOT_TELL, "",
		"whether this container was given the driver's libcuda.so.1 is not known");

	cite_unread(f, r, x);
	finding_fix(r, x, APPLIES_SAFE, NULL, "ldconfig -p | grep libcuda");
}

/* ---- container-missing-uvm-device ---- */

static void check_uvm(const struct rule *self, const struct facts *f, struct report *r)
{
	enum tri lacks = container_lacks_uvm(f);
	bool open = is_worth_a_word(f, lacks) && has_nodes(f) == YES;
	struct finding *x;

	if (lacks != YES && !open)
		return;
	x = report_add(r, self->id, self->stage, lacks == YES ? FAIL : CANNOT_TELL, "",
		       lacks == YES
			       ? "this container was not given /dev/nvidia-uvm, which CUDA needs"
			       : "whether this container was given /dev/nvidia-uvm is not known");
	if (lacks == YES) {
		x->headline = "this container was not given /dev/nvidia-uvm";
		finding_evidence(r, x, f->nodes.uvm.from, "is not there");
		finding_evidence(r, x, f->nodes.control.from, "is there: nvidia-smi works");
		fix_start(f, r, x, UVM);
	} else {
		cite_unread(f, r, x);
		finding_fix(r, x, APPLIES_SAFE, NULL, "ls -l /dev/nvidia*");
	}
}

/* ---- container-lost-gpu-cgroup ---- */

static bool is_unread(const struct fact_bool *node)
{
	return node->st == UNKNOWN && node->why && strcmp(node->why, "EACCES") != 0 &&
	       strcmp(node->why, "EPERM") != 0;
}

static void check_cgroup(const struct rule *self, const struct facts *f, struct report *r)
{
	enum tri lost = both(is_container(f), nodes_refused_by_cgroup(f));

	if (lost == NO || is_container(f) != YES || (lost == MAYBE && nodes_usable(f) != MAYBE))
		return;
	if (lost == MAYBE && !is_unread(&f->nodes.control) && !is_unread(&f->nodes.gpu) &&
	    !is_unread(&f->nodes.uvm))
		return; /* refused otherwise: nodes.c says it */

	struct finding *x = report_add(
		r, self->id, self->stage, lost == YES ? FAIL : CANNOT_TELL, "",
		lost == YES ? "this container has lost its right to the GPU's nodes"
			    : "whether this container may use the GPU's nodes is not known");

	if (lost == MAYBE) {
		cite_unread(f, r, x);
		finding_fix(r, x, APPLIES_SAFE, NULL, "nvidia-smi");
		return;
	}
	x->headline = "this container has lost its right to the GPU";
	for (size_t i = 0; i < f->nodes.all.n && i < 4; i++)
		if (f->nodes.all.v[i].usable.why &&
		    strcmp(f->nodes.all.v[i].usable.why, "EPERM") == 0)
			finding_evidence(r, x, f->nodes.all.v[i].path,
					 "refused by the device cgroup, whatever its mode says");
	fix_start(f, r, x, AGAIN);
}

/* ---- WSL ---- */

#define WSL_FOLDER "/usr/lib/wsl/"

static bool is_windows_own(const struct library *lib)
{
	return (lib->path.st == PRESENT && starts_with(lib->path.v, WSL_FOLDER)) ||
	       (lib->real.st == PRESENT && starts_with(lib->real.v, WSL_FOLDER));
}

enum tri wsl_ready(const struct facts *f)
{
	enum tri found = is_there(&f->drvlib.libcuda.path);

	if (found == YES && !is_windows_own(&f->drvlib.libcuda))
		found = MAYBE; /* a copy, or a container's mount of it */
	return both(both(is_true(&f->platform.wsl), found),
		    is_true(&f->nodes.dxg) == YES ? YES : MAYBE);
}

const struct rule container_rules[] = {
	{ "container-missing-gpu", STAGE_CONTAINER, check_gpu },
	{ "container-missing-compute-capability", STAGE_CONTAINER, check_capability },
	{ "container-missing-uvm-device", STAGE_CONTAINER, check_uvm },
	{ "container-lost-gpu-cgroup", STAGE_CONTAINER, check_cgroup },
	{ 0 },
};
