// SPDX-License-Identifier: Apache-2.0
/* Do environment variables hide the GPU? Judges the environment of the target process, as far as it
 * is known here: what a program sets for itself is in its code. */
#include "rules/rules.h"

#include <string.h>

#include "core/str.h"
#include "rules/alloc_conf.h"
#include "rules/machine.h"
#include "rules/visible.h"

/* The value as it would be typed: quoted where one would not see it. */
static const char *shown(const struct facts *f, struct arena *a)
{
	const char *value = f->env.cuda_visible_devices.v;
	size_t n = strlen(value);

	if (n == 0 || value[0] == ' ' || value[n - 1] == ' ')
		return arena_fmt(a, "\"%s\"", value);
	return value;
}

/* A ROCm or XPU build reads these variables by other rules. Where the build is not known, NVIDIA's hardware
 * has to speak for it. */
static bool may_be_for_other_gpus(const struct facts *f)
{
	const struct torch *t = &f->torch;

	if (t->hip.st == PRESENT || t->xpu.st == PRESENT)
		return true;
	if (t->dir.st == PRESENT)
		return t->cuda.st != PRESENT && (t->hip.st != ABSENT || t->xpu.st != ABSENT);
	return t->dir.st != ABSENT && nvidia_on_pci(f) != YES && module_loaded(f) != YES;
}

static void cite_value(const struct facts *f, struct report *r, struct finding *x)
{
	const struct fact_str *value = &f->env.cuda_visible_devices;

	finding_evidence(r, x, value->from, "its value is \"%s\"", value->v);
}

/* The script sets it itself: no shell can help. */
static bool is_in_script(const struct facts *f)
{
	const char *from = f->env.cuda_visible_devices.from, *script = f->python.script.v;

	return f->python.script.st == PRESENT && from && starts_with(from, script) &&
	       from[strlen(script)] == ':';
}

static void fix_unset(const struct facts *f, struct report *r, struct finding *x, const char *words)
{
	const char *from = f->env.cuda_visible_devices.from;

	if (is_in_script(f)) {
		finding_fix(r, x, APPLIES_MANUAL,
			    arena_fmt(r->arena,
				      "take line %s out of %s, or let it name a GPU that is there",
				      strrchr(from, ':') + 1, path_basename(f->python.script.v)),
			    NULL);
		return;
	}
	finding_fix(r, x, APPLIES_SAFE, words, "unset CUDA_VISIBLE_DEVICES");
}

/* ---- cuda-visible-devices-empty ---- */

static void say_hidden(const struct rule *self, const struct facts *f, struct report *r)
{
	struct finding *x = report_add(r, self->id, self->stage, FAIL, "",
				       "CUDA_VISIBLE_DEVICES is \"%s\": it hides every GPU",
				       f->env.cuda_visible_devices.v);

	x->headline =
		arena_fmt(r->arena, "CUDA_VISIBLE_DEVICES=%s hides every GPU", shown(f, r->arena));
	cite_value(f, r, x);
	fix_unset(
		f, r, x,
		"in this shell; for good, remove the line that sets it (~/.bashrc, a launcher; in a Slurm "
		"job it means that no GPU was granted)");
}

static void check_visible(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct fact_str *value = &f->env.cuda_visible_devices;

	if (may_be_for_other_gpus(f) || driver_answered(f))
		return;
	if (selection_of(f).kind == SELECTS_NOTHING) {
		say_hidden(self, f, r);
		return;
	}
	if (is_there(value) != MAYBE)
		return;

	struct finding *x = report_add(r, self->id, self->stage, CANNOT_TELL, "",
				       "whether CUDA_VISIBLE_DEVICES hides the GPU is not known");
	finding_evidence(r, x, value->from ? value->from : "env:CUDA_VISIBLE_DEVICES", "%s",
			 why_words(value->why, "not looked at"));
	finding_fix(r, x, APPLIES_SAFE, NULL, "printenv CUDA_VISIBLE_DEVICES");
}

/* ---- cuda-visible-devices-invalid-index ---- */

static bool is_uuid_list(const struct facts *f)
{
	return starts_with(f->env.cuda_visible_devices.v, "GPU-");
}

/* Where the GPUs and their UUIDs were read. */
static const char *gpus_from(const struct facts *f)
{
	if (f->probe.nvml_gpus.st == PRESENT)
		return f->probe.nvml_gpus.from;
	return is_uuid_list(f) ? f->cards.gpus.from : f->pci.gpus.from;
}

static void cite_gpus(const struct facts *f, struct report *r, struct finding *x)
{
	size_t n = gpus_offered(f).least;

	finding_evidence(r, x, gpus_from(f), "%zu NVIDIA %s%s", n, n == 1 ? "GPU" : "GPUs",
			 is_uuid_list(f) ? ", none of them with such a UUID" : ", counted from 0");
}

static void say_beyond(const struct rule *self, const struct facts *f, struct report *r)
{
	const char *value = f->env.cuda_visible_devices.v;
	size_t n = gpus_offered(f).least;
	const char *which =
		is_uuid_list(f)
			? "its first UUID is of no GPU here"
			: arena_fmt(r->arena,
				    "its first number is no GPU here: there %s %zu, counted from 0",
				    n == 1 ? "is" : "are", n);
	struct finding *x = report_add(r, self->id, self->stage, FAIL, "",
				       "CUDA_VISIBLE_DEVICES is \"%s\", and %s", value, which);

	x->headline = arena_fmt(r->arena, "CUDA_VISIBLE_DEVICES=%s names a GPU that is not there",
				shown(f, r->arena));
	cite_value(f, r, x);
	cite_gpus(f, r, x);
	fix_unset(
		f, r, x,
		"in this shell; for good, correct the line that sets it (~/.bashrc, a launcher, a job script)");
}

/* Something is left, so that nobody notices. */
static void say_partly(const struct rule *self, const struct facts *f, struct report *r)
{
	size_t left = selection_of(f).count;
	struct finding *x = report_add(
		r, self->id, self->stage, FAIL, "",
		"CUDA_VISIBLE_DEVICES is \"%s\": an entry is no GPU here, and what stands behind it "
		"is ignored: %zu %s left",
		f->env.cuda_visible_devices.v, left, left == 1 ? "is" : "are");

	x->severity = SEVERITY_WARNING;
	cite_value(f, r, x);
	finding_evidence(r, x, gpus_from(f), "%zu NVIDIA GPUs", gpus_offered(f).least);
	finding_fix(r, x, APPLIES_SAFE, "numbers and UUIDs of the GPUs that are here",
		    "nvidia-smi -L");
}

static void say_uncounted(const struct rule *self, const struct facts *f, struct report *r)
{
	bool uuids = is_uuid_list(f);
	struct finding *x =
		report_add(r, self->id, self->stage, CANNOT_TELL, "",
			   "whether CUDA_VISIBLE_DEVICES=%s names a GPU that is there is not known",
			   shown(f, r->arena));

	/* The first is there: only how many there are is open. */
	if (selection_of(f).any == YES)
		x->severity = SEVERITY_WARNING;
	if (uuids)
		finding_evidence(
			r, x, f->cards.gpus.from ? f->cards.gpus.from : "/proc/driver/nvidia/gpus",
			"the UUIDs of the GPUs are not known");
	else
		finding_evidence(r, x, f->pci.gpus.from, "the GPUs could not be counted (%s)",
				 why_words(f->pci.gpus.why, "their drivers are not known"));
	finding_fix(r, x, APPLIES_SAFE, NULL, "nvidia-smi -L");
}

/* Only where the GPUs could be counted: without a driven one every number is beyond, and other rules say why. */
static void check_index(const struct rule *self, const struct facts *f, struct report *r)
{
	struct range gpus = gpus_offered(f);
	enum selection_kind kind = selection_of(f).kind;
	bool counted = gpus.least > 0 && gpus.least == gpus.most;

	if (f->env.cuda_visible_devices.st != PRESENT || may_be_for_other_gpus(f))
		return;
	if (kind == SELECTS_PARTLY && counted)
		say_partly(self, f, r);
	if (is_true(&f->kmod.loaded) != YES || gpu_outside_pci(f) == YES || driver_answered(f))
		return;
	if (kind == SELECTS_BEYOND && counted)
		say_beyond(self, f, r);
	else if (kind == SELECTS_UNKNOWN)
		say_uncounted(self, f, r);
}

/* ---- cuda-visible-devices-malformed ---- */

/* What was meant, if the value is numbers with something else between or around them: "0;1", "'0,1'", "cuda:0". */
static const char *numbers_in(const char *value, struct arena *a)
{
	struct str out = str_new(a, 4096);

	while (*value) {
		size_t digits = strspn(value, "0123456789");

		if (digits) {
			str_addf(&out, "%s%.*s", out.n ? "," : "", (int)digits, value);
			value += digits;
		} else if (starts_with(value, "cuda:")) {
			value += strlen("cuda:");
		} else if (strchr("\"' \t,;:|/[](){}", *value)) {
			value++;
		} else {
			return NULL;
		}
	}
	return out.n ? str_text(&out) : NULL;
}

/* A list of UUIDs with blanks in it. */
static const char *without_blanks(const char *value, struct arena *a)
{
	struct str out = str_new(a, 4096);

	for (const char *p = value; *p; p++)
		if (*p != ' ')
			str_addn(&out, p, 1);
	return starts_with(str_text(&out), "GPU-") ? str_text(&out) : NULL;
}

static void fix_value(const struct facts *f, struct report *r, struct finding *x)
{
	const char *value = f->env.cuda_visible_devices.v;
	const char *meant = numbers_in(value, r->arena);

	if (!meant)
		meant = without_blanks(value, r->arena);
	if (meant && strcmp(meant, value) != 0)
		finding_fix(r, x, APPLIES_LIKELY,
			    "if that is what was meant; commas only, no blanks",
			    "export CUDA_VISIBLE_DEVICES=%s", shell_word(r->arena, meant));
	fix_unset(f, r, x,
		  "all GPUs; for good, correct the line that sets it (~/.bashrc, a launcher)");
}

/* What is wrong with it, for a person. */
static const char *complaint(const char *value)
{
	if (strpbrk(value, "\"'"))
		return "the quotation marks are part of the value";
	if (strchr(value, ';'))
		return "GPUs are separated by commas";
	if (strstr(value, "cuda"))
		return "it takes numbers or UUIDs, not the names of torch";
	if (strchr(value, ' ') || strchr(value, '\t'))
		return "there is a blank in it";
	return "it is no list of GPU numbers or UUIDs";
}

static size_t count_entries(const char *value)
{
	struct bytes part;
	size_t n = 0;

	for (size_t pos = 0; next_part(value, ',', &pos, &part);)
		for (size_t i = 0; i < part.n; i++)
			if (part.v[i] != ' ') {
				n++;
				break;
			}
	return n;
}

/* A name by UUID is right, and torch 1.13 counts 0 for it all the same. */
static bool is_right_uuid_for_1_13(const struct facts *f)
{
	const char *value = f->env.cuda_visible_devices.v;

	return torch_era(&f->torch.version) == ERA_1_13 &&
	       (starts_with(value, "GPU-") || starts_with(value, "MIG-"));
}

/* Torch's own count raises, or is lower than the entries that somebody wrote. NULL: neither. */
static const char *torch_misreads(const struct facts *f, struct report *r)
{
	struct outcome count = predict(f, r->arena).device_count;
	size_t entries = count_entries(f->env.cuda_visible_devices.v);

	if (torch_build(f) != BUILD_CUDA || is_right_uuid_for_1_13(f))
		return NULL;
	if (count.raises_type && strcmp(count.raises_type, "ValueError") == 0)
		return arena_fmt(r->arena, "torch.cuda.device_count() raises ValueError: %s",
				 count.raises_text);
	if (count.value == OUTCOME_COUNT && (size_t)count.count < entries)
		return arena_fmt(r->arena, "torch counts only %lld of its %zu entries",
				 (long long)count.count, entries);
	return NULL;
}

static struct finding *say_malformed(const struct rule *self, const struct facts *f,
				     struct report *r, enum verdict verdict, const char *reason)
{
	struct finding *x = report_add(r, self->id, self->stage, verdict, "",
				       "CUDA_VISIBLE_DEVICES is \"%s\": %s",
				       f->env.cuda_visible_devices.v, reason);

	cite_value(f, r, x);
	fix_value(f, r, x);
	return x;
}

static void check_malformed(const struct rule *self, const struct facts *f, struct report *r)
{
	struct selection s = selection_of(f);
	bool works = s.any == YES || driver_answered(f);
	const char *value = f->env.cuda_visible_devices.v, *misread;
	struct finding *x;

	if (s.kind != SELECTS_ODD || may_be_for_other_gpus(f))
		return;
	misread = torch_misreads(f, r);
	if (works && !misread)
		return;
	if (works) {
		x = say_malformed(self, f, r, FAIL, misread);
		x->severity = SEVERITY_WARNING;
	} else if (s.any == NO) {
		x = say_malformed(self, f, r, FAIL, complaint(value));
		x->headline = arena_fmt(r->arena, "CUDA_VISIBLE_DEVICES=%s selects no GPU",
					shown(f, r->arena));
	} else {
		x = say_malformed(self, f, r, CANNOT_TELL,
				  arena_fmt(r->arena,
					    "%s, and what the driver makes of it is not documented",
					    complaint(value)));
	}
	if (misread && !works && strstr(misread, "raises"))
		finding_evidence(r, x, f->env.cuda_visible_devices.from, "%s", misread);
}

/* ---- mig-device-count-bug ---- */

static void check_mig_count(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct fact_str *value = &f->env.cuda_visible_devices;
	enum torch_era era = torch_era(&f->torch.version);
	struct finding *x;

	if (value->st != PRESENT || !starts_with(value->v, "MIG-") ||
	    (torch_build(f) != BUILD_CUDA && torch_build(f) != BUILD_UNKNOWN) ||
	    (era != ERA_1_13 && era != ERA_UNKNOWN))
		return;
	x = report_add(
		r, self->id, self->stage, era == ERA_1_13 ? FAIL : CANNOT_TELL, "",
		era == ERA_1_13
			? "torch 1.13 counts 0 devices for a MIG UUID, and uses it all the same"
			: "whether this torch counts a MIG UUID as 0 devices is not known");
	x->severity = SEVERITY_ADVICE;
	finding_evidence(r, x, f->torch.version.from, "torch %s",
			 f->torch.version.v ? f->torch.version.v : "of an unknown version");
	finding_evidence(r, x, value->from, "its value is \"%s\"", value->v);
	finding_fix(
		r, x, APPLIES_MANUAL,
		"torch 2.0 and later count right; or ask is_available() instead of device_count()",
		NULL);
}

/* ---- PYTORCH_NVML_BASED_CUDA_CHECK ---- */

static void say_check(const struct rule *self, const struct facts *f, struct report *r,
		      enum verdict verdict)
{
	struct finding *x = report_add(
		r, self->id, self->stage, verdict, "",
		verdict == FAIL ? "PYTORCH_NVML_BASED_CUDA_CHECK=1: is_available() asks NVML only "
				  "and says True; the first .to(\"cuda\") fails all the same"
				: "PYTORCH_NVML_BASED_CUDA_CHECK=1: is_available() asks NVML only; "
				  "its True promises nothing");

	x->severity = SEVERITY_WARNING;
	finding_evidence(r, x, f->env.nvml_based_cuda_check.from, "its value is 1");
	finding_fix(r, x, APPLIES_SAFE, "so that is_available() tells the truth",
		    "unset PYTORCH_NVML_BASED_CUDA_CHECK");
}

/* It is meant for programs that fork; it hides what is wrong with CUDA. */
static void check_nvml_check(const struct rule *self, const struct facts *f, struct report *r)
{
	bool counted = is_true(&f->kmod.loaded) == YES || f->probe.nvml_init.st == PRESENT;
	struct prediction p;

	if (torch_build(f) != BUILD_CUDA || torch_era(&f->torch.version) != ERA_2 ||
	    !text_is(&f->env.nvml_based_cuda_check, "1"))
		return;
	p = predict(f, r->arena);
	if (p.is_available.value == OUTCOME_FALSE || p.to_cuda.value == OUTCOME_TRUE)
		return;
	if (p.is_available.value == OUTCOME_TRUE && p.to_cuda.value == OUTCOME_FALSE && counted)
		say_check(self, f, r, FAIL);
	else
		say_check(self, f, r, CANNOT_TELL);
}

/* ---- CUDA_DEVICE_ORDER ---- */

/* Two models that differ; NULL: all are alike, or not all are known. */
static const struct card *other_model(const struct facts *f)
{
	const struct card_list *cards = &f->cards.gpus;
	const struct card *other = NULL;

	for (size_t i = 0; i < cards->n; i++) {
		if (cards->v[i].model.st != PRESENT)
			return NULL;
		if (strcmp(cards->v[i].model.v, cards->v[0].model.v) != 0)
			other = &cards->v[i];
	}
	return cards->st == PRESENT ? other : NULL;
}

/* CUDA counts the fastest first, nvidia-smi by the bus: with different cards a number may mean another one. */
static void check_order(const struct rule *self, const struct facts *f, struct report *r)
{
	const struct fact_str *order = &f->env.cuda_device_order;
	const struct card *other = other_model(f);
	struct selection s = selection_of(f);
	struct finding *x;

	if (!other || s.kind != SELECTS_LIST || s.most >= gpus_offered(f).least ||
	    is_uuid_list(f) || may_be_for_other_gpus(f) || text_is(order, "PCI_BUS_ID"))
		return;
	x = report_add(r, self->id, self->stage, is_there(order) == MAYBE ? CANNOT_TELL : FAIL, "",
		       "CUDA_VISIBLE_DEVICES=%s counts in CUDA's order, the fastest first; "
		       "nvidia-smi's numbers may mean another card",
		       shown(f, r->arena));
	x->severity = SEVERITY_ADVICE;
	cite_value(f, r, x);
	finding_evidence(r, x, other->model.from, "%s beside %s", other->model.v,
			 f->cards.gpus.v[0].model.v);
	finding_fix(r, x, APPLIES_SAFE, "so that both count alike",
		    "export CUDA_DEVICE_ORDER=PCI_BUS_ID");
}

/* ---- PYTORCH_CUDA_ALLOC_CONF ---- */

static const char *name_of(const struct fact_str *variable)
{
	return variable->from && starts_with(variable->from, "env:") ? variable->from + 4
								     : "PYTORCH_CUDA_ALLOC_CONF";
}

static void check_alloc_conf(const struct rule *self, const struct facts *f, struct report *r)
{
	struct alloc_conf conf = alloc_conf_of(f, r->arena);
	const char *name = name_of(conf.from);
	struct finding *x;

	if (torch_build(f) != BUILD_CUDA || conf.accepted == YES || !conf.option)
		return;
	if (conf.accepted == NO) {
		x = report_add(r, self->id, self->stage, FAIL, "",
			       "%s has the option \"%s\", which torch %s does not know: the first "
			       "tensor fails",
			       name, conf.option, f->torch.version.v);
		x->headline =
			arena_fmt(r->arena, "%s has an option that this torch does not know", name);
	} else {
		x = report_add(r, self->id, self->stage, CANNOT_TELL, "",
			       "whether torch %s knows the option \"%s\" of %s is not known",
			       f->torch.version.v, conf.option, name);
	}
	finding_evidence(r, x, conf.from->from, "its value is \"%s\"", conf.from->v);
	finding_evidence(r, x, f->torch.version.from, "torch %s", f->torch.version.v);
	finding_fix(
		r, x, APPLIES_SAFE,
		"in this shell; for good, correct the line that sets it (~/.bashrc, a launcher)",
		"unset %s", name);
}

const struct rule environment_rules[] = {
	{ "cuda-visible-devices-empty", STAGE_ENVIRONMENT, check_visible },
	{ "cuda-visible-devices-invalid-index", STAGE_ENVIRONMENT, check_index },
	{ "cuda-visible-devices-malformed", STAGE_ENVIRONMENT, check_malformed },
	{ "mig-device-count-bug", STAGE_NODES, check_mig_count },
	{ "x-nvml-check-hides-failure", STAGE_ENVIRONMENT, check_nvml_check },
	{ "x-cuda-device-order", STAGE_ENVIRONMENT, check_order },
	{ "x-bad-alloc-conf", STAGE_ENVIRONMENT, check_alloc_conf },
	{ 0 },
};
