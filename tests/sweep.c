// SPDX-License-Identifier: Apache-2.0
/* The fault sweep: every case again and again, each time with one look failing. Whatever cannot be read may make the
 * answer less certain; it must never make a crash or a cause that the undisturbed run did not find.
 *
 *   sweep CASES_DIR [PART OF]     PART 0..OF-1 runs every OF-th fault; "day" takes today's part
 *
 * WHYCPU_SWEEP=all runs every fault whatever the arguments say. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "collect/collect.h"
#include "core/json.h"
#include "core/sys_open.h"
#include "rules/rules.h"

struct verdict_of_run {
	struct report *report;
	unsigned long calls;
};

static bool run(const char *root, unsigned long fault_at, int fault_err, struct arena *a,
		struct verdict_of_run *ret)
{
	struct sys_options options = { .root = root, .fault_at = fault_at, .fault_err = fault_err };
	struct collect_wish wish = { .python = NULL };
	struct facts facts = { 0 };
	const char *problem = NULL;
	struct sys *sys = sys_new(&options, NULL, a, &problem);

	if (!sys) {
		printf("# %s\n", problem);
		return false;
	}
	for (size_t i = 0; i < n_collectors; i++)
		collectors[i]->run(sys, &wish, &facts);
	ret->calls = sys_calls(sys);
	ret->report = judge(&facts, a);
	sys_close(sys);
	return true;
}

static bool has_cause(const struct report *r, const struct finding *wanted)
{
	for (size_t i = 0; i < r->findings.n; i++) {
		const struct finding *f = r->findings.v[i];

		/* A cause may become the symptom of another, or the other way round: both were proved before. */
		if (f->verdict == FAIL && strcmp(f->id, wanted->id) == 0)
			return true;
	}
	return false;
}

static bool is_proved(const struct report *r)
{
	for (size_t i = 0; i < r->findings.n; i++)
		if (r->findings.v[i]->role == ROLE_CAUSE)
			return true;
	return false;
}

/* NULL, or what is wrong. A machine that is proved broken must not look sound because something could not be read. */
static const char *compare(const struct report *healthy, const struct report *faulty,
			   struct arena *a)
{
	for (size_t i = 0; i < faulty->findings.n; i++) {
		const struct finding *f = faulty->findings.v[i];

		if (f->verdict == FAIL && !has_cause(healthy, f))
			return arena_fmt(a, "new: %s", f->id);
	}
	if (faulty->answer == ANSWER_USES_GPU && is_proved(healthy) && !is_proved(faulty))
		return "now uses-gpu";
	return NULL;
}

static unsigned sweep_case(const char *root, unsigned long part, unsigned long of,
			   unsigned long *runs)
{
	static const int errors[] = { EIO, EACCES };
	struct arena *keep = arena_new();
	struct verdict_of_run healthy = { 0 }, faulty;
	unsigned bad = 0;

	if (!run(root, 0, 0, keep, &healthy)) {
		arena_free(keep);
		return 1;
	}
	for (unsigned long k = 1 + part; k <= healthy.calls; k += of) {
		for (size_t e = 0; e < 2; e++) {
			struct arena *a = arena_new();
			const char *wrong = run(root, k, errors[e], a, &faulty)
						    ? compare(healthy.report, faulty.report, a)
						    : "the root was refused";

			++*runs;
			if (wrong && bad++ < 5)
				printf("# call %lu, %s: %s\n", k, e ? "EACCES" : "EIO", wrong);
			arena_free(a);
		}
	}
	arena_free(keep);
	return bad;
}

static int not_hidden(const struct dirent *d)
{
	return d->d_name[0] != '.' && strcmp(d->d_name, "README.md") != 0;
}

int main(int argc, char **argv)
{
	unsigned long of = argc > 3 ? strtoul(argv[3], NULL, 10) : 1, runs = 0, part = 0;
	struct dirent **entries = NULL;
	int n = argc > 1 ? scandir(argv[1], &entries, not_hidden, alphasort) : -1, failed = 0;

	if (n <= 0 || !of) {
		fprintf(stderr, "sweep CASES_DIR [PART OF]\n");
		return 2;
	}
	if (argc > 2)
		part = strcmp(argv[2], "day") == 0 ? (unsigned long)(time(NULL) / 86400)
						   : strtoul(argv[2], NULL, 10);
	if (getenv("WHYCPU_SWEEP") && strcmp(getenv("WHYCPU_SWEEP"), "all") == 0)
		of = 1;
	part %= of;
	json_setup();
	printf("1..%d\n", n);
	for (int i = 0; i < n; i++) {
		char root[4096];

		snprintf(root, sizeof root, "%s/%s", argv[1], entries[i]->d_name);

		unsigned bad = sweep_case(root, part, of, &runs);

		failed += bad > 0;
		printf("%sok %d - sweep %s\n", bad ? "not " : "", i + 1, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	printf("# %lu runs, part %lu of %lu\n", runs, part + 1, of);
	return failed > 0;
}
