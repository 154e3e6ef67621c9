// SPDX-License-Identifier: Apache-2.0
/* The lines of the screen's chain: GPU, driver, container, nodes, Python, torch, libraries, environment, each with a mark.
 * The marks come from the ranked findings, the texts from facts. A break that no rule judges is marked here too, or the
 * screen would show a chain without one. What is sound and says nothing has no line. */
#include "rules/chain.h"

#include <string.h>

void chain_line(struct report *r, const char *label, enum mark mark, const char *text)
{
	PUSH(r->arena, &r->chain, ((struct link_line){ label, mark, text }));
}

static enum mark mark_of(enum role role)
{
	switch (role) {
	case ROLE_CAUSE:
	case ROLE_SYMPTOM:
		return MARK_BROKEN;
	case ROLE_UNKNOWN:
		return MARK_UNSURE;
	case ROLE_WARNING:
		return MARK_WARNING;
	default:
		return MARK_OK;
	}
}

/* Something that is not known and would only be advice leaves a link sound. */
static bool marks_a_link(const struct finding *x)
{
	return x->role != ROLE_UNKNOWN || x->severity != SEVERITY_ADVICE;
}

const struct finding *chain_worst(const struct report *r, enum stage first, enum stage last)
{
	static const enum role order[] = { ROLE_CAUSE, ROLE_SYMPTOM, ROLE_UNKNOWN, ROLE_WARNING };

	for (size_t k = 0; k < sizeof order / sizeof *order; k++)
		for (size_t i = 0; i < r->findings.n; i++) {
			const struct finding *x = r->findings.v[i];

			if (x->role == order[k] && x->stage >= first && x->stage <= last &&
			    marks_a_link(x))
				return x;
		}
	return NULL;
}

const struct finding *chain_finding(const struct report *r, const char *id)
{
	for (size_t i = 0; i < r->findings.n; i++)
		if (strcmp(r->findings.v[i]->id, id) == 0 &&
		    mark_of(r->findings.v[i]->role) != MARK_OK)
			return r->findings.v[i];
	return NULL;
}

enum mark chain_mark(const struct report *r, enum stage first, enum stage last)
{
	const struct finding *worst = chain_worst(r, first, last);

	return worst ? mark_of(worst->role) : MARK_OK;
}

enum mark chain_driver_mark(const struct report *r)
{
	static const enum mark order[] = { MARK_BROKEN, MARK_UNSURE, MARK_WARNING };
	enum mark kernel = chain_mark(r, STAGE_KERNEL, STAGE_KERNEL);
	enum mark driver = chain_mark(r, STAGE_DRIVER, STAGE_DRIVER);

	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		if (kernel == order[i] || driver == order[i])
			return order[i];
	return MARK_OK;
}

void describe_chain(const struct facts *f, struct report *r)
{
	chain_machine(f, r);
	chain_torch(f, r);
	check_off_machine(f, r);
	check_off_torch(f, r);
}
