// SPDX-License-Identifier: Apache-2.0
/* What was concluded: findings with evidence and fixes, the prediction, the answer. Rules build it, rank.c gives the
 * roles, reporters print it. All texts live in the report's arena. */
#ifndef WHYCPU_FACTS_REPORT_H
#define WHYCPU_FACTS_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/array.h"
#include "facts/facts.h"

/* The order of the chain: a lower stage is fixed first. */
enum stage {
	STAGE_HARDWARE,
	STAGE_KERNEL,
	STAGE_CONTAINER,
	STAGE_NODES,
	STAGE_DRIVER,
	STAGE_PYTHON,
	STAGE_TORCH,
	STAGE_LIBRARIES,
	STAGE_ENVIRONMENT,
	STAGE_CODE,
	STAGE_MEMORY,
	STAGE_RUN,
	STAGE_NONE,
};
const char *stage_name(enum stage stage);

enum verdict { NOT_APPLICABLE, PASS, CANNOT_TELL, FAIL };
const char *verdict_name(enum verdict verdict);

enum role {
	ROLE_NONE,
	ROLE_CAUSE,
	ROLE_SYMPTOM,
	ROLE_WARNING,
	ROLE_ADVICE,
	ROLE_UNKNOWN,
	ROLE_RULED_OUT
};
const char *role_name(enum role role);

enum severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_ADVICE };
const char *severity_name(enum severity severity);

enum answer { ANSWER_CANNOT_TELL, ANSWER_USES_GPU, ANSWER_CANNOT_USE_GPU };
const char *answer_name(enum answer answer);

enum applies { APPLIES_SAFE, APPLIES_LIKELY, APPLIES_MANUAL };
const char *applies_name(enum applies applies);

struct evidence {
	const char *what;   /* "cuda is None" */
	const char *source; /* "/path:line", as a fact's `from` */
};

/* A place in a file of the user's: lines from 1, columns in code points from 1, the end behind the last one. */
struct location {
	const char *file;
	uint32_t line, column, end_line, end_column;
	uint32_t cell;       /* of a notebook, from 1, and the lines count within it; 0: none */
	const char *excerpt; /* the line itself, escaped; "" if it was too long */
};

/* A station on the way of a value: "created here". */
struct station {
	struct location at;
	const char *text;
};

/* What a program that was built without tree-sitter says when it is asked about code. */
#define WITHOUT_LINT                                                                               \
	"this whycpu was built without the linter; to have it, build again where pip can fetch "   \
	"tree-sitter"

/* An edit of the file at the finding's location: bytes [start, end) of its text. */
struct edit {
	uint32_t start, end;
	struct location at;
	const char *text;
	enum applies applies;
};

struct fix {
	const char *command; /* to paste; NULL when only words help */
	const char *words;   /* what it does or needs, without a full stop; may be NULL */
	enum applies applies;
};

struct finding {
	const char *id;
	enum verdict verdict;
	enum role role;
	enum stage stage;
	enum severity severity;
	const char *confidence; /* "proved" or "fits-best" */
	const char *subject;    /* "GPU 0000:01:00.0", a file; "" when there is only one */
	const char *title;      /* one line, plain words */
	const char
		*headline; /* the reason in the verdict line: "this torch was built without CUDA" */
	const char *explained_by; /* id, or NULL */
	size_t order;             /* place in the list of rules */
	bool stops_first; /* of its stage: the program ends there before it meets the others */
	ARRAY(struct evidence) evidence;
	ARRAY(struct fix) fixes;
	const char
		*rule; /* in `check`: the linter's own id, where `id` is the chain's; else NULL */
	const struct location *location; /* findings of lint; NULL for the machine's */
	ARRAY(struct station) way;
	ARRAY(struct edit) edits;
	bool is_of_check;    /* `whycpu lint` is silent: no fault unless the user expects a GPU */
	const char *assumes; /* of lint: "NAME FILE#NODE", what has callers on a GPU; or NULL */
	const char *note; /* of lint: what was not read and has to be so, one sentence; or NULL */
};

/* One of torch's answers. */
struct outcome {
	enum { OUTCOME_UNKNOWN, OUTCOME_FALSE, OUTCOME_TRUE, OUTCOME_COUNT } value;
	int64_t count;                         /* with OUTCOME_COUNT */
	const char *raises_type, *raises_text; /* with OUTCOME_FALSE, or NULL */
};
struct prediction {
	struct outcome import, is_available, device_count, to_cuda, first_kernel;
	struct strlist warnings;
};

/* A line of the chain on the screen. */
enum mark { MARK_OK, MARK_BROKEN, MARK_WARNING, MARK_UNSURE, MARK_NONE };
struct link_line {
	const char *label; /* "GPU", "driver", "Python", "torch", ... */
	enum mark mark;
	const char *text;
};

struct report {
	struct arena *arena;
	enum answer answer;
	const char *diagnosis; /* an id */
	const char *basis;     /* "files", ... */
	const char *rests_on;  /* the same in words; NULL: nothing was judged */
	struct prediction prediction;
	ARRAY(struct finding *) findings; /* ranked: the root cause first */
	ARRAY(struct link_line) chain;
	struct strlist checked;     /* of a machine without any fault: what is sound, in short */
	const char *checked_python; /* with how it was chosen; NULL: there is none */
	struct strlist
		not_looked_at; /* whole sentences: what did not answer, what could not be read */
	struct strlist unread; /* the same, of places that the answer does not hang on */
	size_t lint_fixed;     /* how many findings were mended in the files */
	size_t lint_files;     /* how many files of Python were judged; 0: none */
	struct strlist
		notes; /* of lint, whole sentences: an unused suppression, a part that did not parse */
	const char *target_python, *target_torch, *target_chosen,
		*target_gpu; /* NULL: there is none */
};

/* As strcmp: by file, cell, line, column. */
int location_compare(const struct location *a, const struct location *b);
struct report *report_new(struct arena *a);
/* A finding under its public id; role and order are set by rank. `title` is a format. */
struct finding *report_add(struct report *r, const char *id, enum stage stage, enum verdict verdict,
			   const char *subject, const char *title_fmt, ...)
	__attribute__((format(printf, 6, 7)));
void finding_evidence(struct report *r, struct finding *f, const char *source, const char *what_fmt,
		      ...) __attribute__((format(printf, 4, 5)));
void finding_fix(struct report *r, struct finding *f, enum applies applies, const char *words,
		 const char *command_fmt, ...) __attribute__((format(printf, 5, 6)));
void report_not_looked_at(struct report *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
