// SPDX-License-Identifier: Apache-2.0
/* From verdicts to one answer: which finding is the root cause, which is only its symptom, what is merely
 * unknown. Pure bookkeeping over stages, data/causes.tsv (order) and data/explained_by.tsv (exceptions). Of
 * the facts it reads only what NVIDIA's libraries answered, so it cannot know whether a rule was right. */
#include "rules/rules.h"

#include <stdlib.h>
#include <string.h>

#include "core/str.h"
#include "rules/data.h"
#include "rules/machine.h"

bool explained_by(const char *id, const char *by)
{
	for (size_t i = 0; i < n_explained_by_table; i++)
		if (strcmp(explained_by_table[i].id, id) == 0 &&
		    strcmp(explained_by_table[i].by, by) == 0)
			return true;
	return false;
}

/* ---- the driver's answers ---- */

/* Found broken after cuInit, which may well succeed then. */
static bool is_behind_cuinit(const struct finding *f)
{
	static const char *const ids[] = { "driver-too-old-for-torch-cuda",
					   "exclusive-process-busy", "mig-no-instance",
					   "mig-one-instance-per-process",
					   "mps-daemon-unreachable" };

	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
		if (strcmp(f->id, ids[i]) == 0)
			return true;
	return f->stage > STAGE_DRIVER;
}

/* cuInit succeeded and there is a GPU: whatever lies before it works, and what a file seems to say against
 * it does not matter. A further GPU that is broken stays a warning. */
void take_answers(const struct facts *f, struct report *r)
{
	size_t kept = 0;

	if (f->probe.cuda_init.st == PRESENT)
		r->basis = "cuinit";
	else if (f->probe.nvml_init.st == PRESENT)
		r->basis = "nvml";
	if (!driver_answered(f))
		return;
	for (size_t i = 0; i < r->findings.n; i++) {
		struct finding *x = r->findings.v[i];
		bool doubts = x->verdict == FAIL || x->verdict == CANNOT_TELL;

		if (!doubts || x->severity != SEVERITY_ERROR || is_behind_cuinit(x))
			r->findings.v[kept++] = x;
	}
	r->findings.n = kept;
}

/* ---- roles ---- */

/* An id that is not in the list stands behind all of its stage. */
static size_t place_in_causes(const char *id)
{
	size_t i = 0;

	while (i < n_causes_table && strcmp(causes_table[i].id, id) != 0)
		i++;
	return i;
}

static enum role role_of_failure(enum severity severity)
{
	if (severity == SEVERITY_ERROR)
		return ROLE_CAUSE;
	return severity == SEVERITY_WARNING ? ROLE_WARNING : ROLE_ADVICE;
}

/* "not-nvcc": what people believe to be the cause. Other things that are in order are not worth a
 * word. */
static enum role role_of_verdict(const struct finding *f)
{
	if (f->verdict == FAIL)
		return role_of_failure(f->severity);
	if (f->verdict == CANNOT_TELL)
		return ROLE_UNKNOWN;
	if (f->verdict == PASS && starts_with(f->id, "not-"))
		return ROLE_RULED_OUT;
	return ROLE_NONE;
}

static void give_roles(struct report *r)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->findings.n; i++) {
		struct finding *f = r->findings.v[i];

		f->role = role_of_verdict(f);
		f->order = place_in_causes(f->id);
		if (f->role != ROLE_NONE)
			r->findings.v[kept++] = f;
	}
	r->findings.n = kept;
}

/* Causes in the order in which a person must fix them; everything else behind. */
static int compare(const void *a, const void *b)
{
	const struct finding *x = *(struct finding *const *)a, *y = *(struct finding *const *)b;

	if (x->role != y->role)
		return x->role < y->role ? -1 : 1;
	if (x->stage != y->stage)
		return x->stage < y->stage ? -1 : 1;
	if (x->stops_first != y->stops_first)
		return x->stops_first ? -1 : 1;
	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	int by_id = strcmp(x->id, y->id);
	return by_id != 0 ? by_id : strcmp(x->subject, y->subject);
}

static void sort(struct report *r)
{
	if (r->findings.n > 1)
		qsort(r->findings.v, r->findings.n, sizeof(struct finding *), compare);
}

/* The first cause that explains `f`, in sorted order. */
static const struct finding *explanation(const struct report *r, const struct finding *f)
{
	for (size_t i = 0; i < r->findings.n; i++) {
		const struct finding *by = r->findings.v[i];

		if (by != f && by->verdict == FAIL && by->severity == SEVERITY_ERROR &&
		    explained_by(f->id, by->id))
			return by;
	}
	return NULL;
}

static void fold_symptoms(struct report *r)
{
	for (size_t i = 0; i < r->findings.n; i++) {
		struct finding *f = r->findings.v[i];
		const struct finding *by = f->role == ROLE_CAUSE ? explanation(r, f) : NULL;

		if (by) {
			f->role = ROLE_SYMPTOM;
			f->explained_by = by->id;
		}
	}
}

/* What could not be read may be what broke the root cause: then naming the root would be a
 * guess. */
static bool may_be_symptom(const struct report *r, const struct finding *root)
{
	for (size_t i = 0; i < r->findings.n; i++)
		if (r->findings.v[i]->role == ROLE_UNKNOWN &&
		    explained_by(root->id, r->findings.v[i]->id))
			return true;
	return false;
}

/* Out of memory, a slow loader: such programs do use the GPU. */
static bool all_on_a_working_gpu(const struct report *r)
{
	for (size_t i = 0; i < r->findings.n; i++)
		if (r->findings.v[i]->role == ROLE_CAUSE && r->findings.v[i]->stage < STAGE_MEMORY)
			return false;
	return r->prediction.first_kernel.value == OUTCOME_TRUE;
}

static bool something_unread(const struct report *r)
{
	for (size_t i = 0; i < r->findings.n; i++)
		if (r->findings.v[i]->role == ROLE_UNKNOWN &&
		    r->findings.v[i]->severity == SEVERITY_ERROR)
			return true;
	return false;
}

static void conclude_from_cause(struct report *r, const struct finding *root)
{
	r->answer = all_on_a_working_gpu(r) ? ANSWER_USES_GPU : ANSWER_CANNOT_USE_GPU;
	r->diagnosis = may_be_symptom(r, root) ? "undetermined" : root->id;
}

/* No rule proved anything: then torch's own steps decide, and nothing is named. */
static void conclude_from_prediction(struct report *r)
{
	const struct outcome *first_kernel = &r->prediction.first_kernel;

	r->diagnosis = "undetermined";
	r->answer = ANSWER_CANNOT_TELL;
	if (first_kernel->value == OUTCOME_FALSE) {
		r->answer = ANSWER_CANNOT_USE_GPU;
	} else if (first_kernel->value == OUTCOME_TRUE && !something_unread(r)) {
		r->answer = ANSWER_USES_GPU;
		r->diagnosis = "not-a-fault";
	}
}

void rank(struct report *r)
{
	give_roles(r);
	sort(r);
	fold_symptoms(r);
	sort(r);
	if (r->findings.n > 0 && r->findings.v[0]->role == ROLE_CAUSE)
		conclude_from_cause(r, r->findings.v[0]);
	else
		conclude_from_prediction(r);
}
