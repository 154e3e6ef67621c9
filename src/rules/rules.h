// SPDX-License-Identifier: Apache-2.0
/* The judges. A rule is a pure function from facts to findings; it never looks at the machine (it
 * cannot include core/sys.h: tools/check-layers). Ranking (rank.c) then gives every finding its
 * role and the report its diagnosis. */
#ifndef WHYCPU_RULES_RULES_H
#define WHYCPU_RULES_RULES_H

#include "facts/report.h"

struct rule {
	const char *id; /* a row of data/causes.tsv: never renamed, never reused */
	enum stage stage;
	void (*check)(const struct rule *self, const struct facts *f, struct report *out);
};

/* One table per file, ended by a row without an id. */
extern const struct rule hardware_rules[], kernel_rules[], container_rules[], nodes_rules[],
	driver_rules[], driver_pair_rules[], driver_gpu_rules[], python_rules[], torch_rules[],
	torch_code_rules[], libraries_rules[], environment_rules[], ruled_out_rules[],
	answered_rules[], torch_logs_rules[];
extern const struct rule *const all_rules[];
extern const size_t n_all_rules;

/* Should NVIDIA's libraries be asked, after this report from files? */
struct ask {
	bool nvml, cuda;
};
struct ask what_to_ask(const struct facts *f, const struct report *r);
/* They were asked, and no answer came: "crashed when it was asked (signal 6)", behind "the driver"; NULL if one did. */
const char *silence_words(const struct facts *f, struct arena *a);

/* Facts to report: rules, prediction, ranking, chain. */
struct report *judge(const struct facts *f, struct arena *a);

/* Torch's five answers, from facts alone. */
struct prediction predict(const struct facts *f, struct arena *a);
/* cudaGetErrorString(), which cuInit's codes share; NULL for a number that is not in the table. */
const char *cuda_error_text(int error);
/* What the answer rests on, in words: files, and what was asked or why it was not. */
void describe_basis(const struct facts *f, struct report *r);
/* What NVIDIA's libraries answered goes before what files say: sets the basis, and takes out what an answer contradicts. */
void take_answers(const struct facts *f, struct report *r);
/* Roles, order, explained_by, answer, diagnosis, from verdicts and prediction. */
void rank(struct report *r);
/* Is the finding `id` possibly only a symptom of `by`? (data/explained_by.tsv) */
bool explained_by(const char *id, const char *by);
/* The lines of the screen's chain. */
void describe_chain(const struct facts *f, struct report *r);

#endif
