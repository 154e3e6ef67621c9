// SPDX-License-Identifier: Apache-2.0
/* The report for a fleet's monitoring: Prometheus text format 0.0.4, as node_exporter's textfile
 * collector reads it. What is not known has no sample; a name is a label only where it is bounded. */
#include "report/render.h"

#include <string.h>

#include "report/term.h"

/* A label value: backslash, quote and line end are escaped by the format's own rule; what could disturb a terminal is
 * made visible before, as everywhere. */
static void add_label(struct str *out, const char *name, const char *value)
{
	str_addf(out, "%s=\"", name);
	for (const char *p = term_safe(out->arena, value ? value : "", true); *p; p++) {
		if (*p == '\\' || *p == '"')
			str_add(out, "\\");
		str_addn(out, p, 1);
	}
	str_add(out, "\"");
}

static void head(struct str *out, const char *name, const char *help)
{
	str_addf(out, "# HELP whycpu_%s %s\n# TYPE whycpu_%s gauge\n", name, help, name);
}

static void add_info(const struct report *r, struct str *out)
{
	head(out, "info", "What was checked; always 1.");
	str_add(out, "whycpu_info{");
	add_label(out, "version", WHYCPU_VERSION);
	str_add(out, ",");
	add_label(out, "basis", r->basis);
	str_add(out, ",");
	add_label(out, "python", r->target_python);
	str_add(out, ",");
	add_label(out, "torch", r->target_torch);
	str_add(out, "} 1\n");
}

static void add_answer(const struct report *r, struct str *out)
{
	static const enum answer all[] = { ANSWER_USES_GPU, ANSWER_CANNOT_USE_GPU,
					   ANSWER_CANNOT_TELL };

	head(out, "answer", "1 for the answer that holds, 0 for the others.");
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		str_addf(out, "whycpu_answer{answer=\"%s\"} %d\n", answer_name(all[i]),
			 r->answer == all[i]);
	head(out, "diagnosis", "The root cause; always 1.");
	str_add(out, "whycpu_diagnosis{");
	add_label(out, "id", r->diagnosis);
	str_add(out, "} 1\n");
}

static void add_findings(const struct report *r, struct str *out)
{
	head(out, "finding", "Each finding, by its role.");
	for (size_t i = 0; i < r->findings.n; i++) {
		const struct finding *x = r->findings.v[i];

		str_add(out, "whycpu_finding{");
		add_label(out, "id", x->id);
		str_add(out, ",");
		add_label(out, "role", role_name(x->role));
		str_add(out, ",");
		add_label(out, "subject", x->subject);
		str_add(out, "} 1\n");
	}
}

static void add_outcome(struct str *out, const char *question, const struct outcome *o)
{
	if (o->value == OUTCOME_UNKNOWN)
		return;
	str_addf(out, "whycpu_prediction{question=\"%s\"} %lld\n", question,
		 o->value == OUTCOME_COUNT ? (long long)o->count : o->value == OUTCOME_TRUE);
}

static void render(const struct facts *f, const struct report *r, const struct render_opts *o,
		   struct str *out)
{
	(void)f;
	(void)o;
	add_info(r, out);
	add_answer(r, out);
	add_findings(r, out);
	head(out, "prediction", "Torch's answers: 1 true, 0 false, device_count as a number.");
	add_outcome(out, "import", &r->prediction.import);
	add_outcome(out, "is_available", &r->prediction.is_available);
	add_outcome(out, "device_count", &r->prediction.device_count);
	add_outcome(out, "to_cuda", &r->prediction.to_cuda);
	add_outcome(out, "first_kernel", &r->prediction.first_kernel);
	head(out, "not_looked_at", "Places that could not be read or did not answer.");
	str_addf(out, "whycpu_not_looked_at %zu\n", r->not_looked_at.n + r->unread.n);
}

const struct reporter reporter_prometheus = { "prometheus",
					      "for node_exporter's textfile collector", render };
