// SPDX-License-Identifier: Apache-2.0
/* The root cause of every pair of links: both broken, or one unread and one broken. The expected
 * winners are written by hand in tests/rank/ (a table of stages, and the exceptions by name); the
 * ids come from data/causes.tsv. No rule and no fact is involved. The folder is
 * $WHYCPU_SOURCE/tests/rank, or the first argument. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/str.h"
#include "rules/data.h"
#include "rules/rules.h"

enum { MAX_CELLS = 16, MAX_ROWS = 256 };
#define N_STAGES STAGE_NONE

/* A TSV file: row 0 is the header. */
struct tsv {
	size_t n_rows;
	const char *cells[MAX_ROWS][MAX_CELLS];
	size_t n_cells[MAX_ROWS];
};

static struct arena *arena;
static struct tsv stages_broken, stages_unread, exceptions;
static const char *folder;

static char *slurp(const char *path)
{
	FILE *f = fopen(path, "re");
	size_t cap = 1u << 17, n;
	char *text = arena_alloc(arena, cap);

	if (!f)
		fail_msg("%s: cannot be opened", path);
	n = fread(text, 1, cap - 1, f);
	fclose(f);
	assert_true(n > 0 && n < cap - 1);
	return text;
}

static void read_tsv(struct tsv *t, const char *name)
{
	const char *text = slurp(arena_fmt(arena, "%s/%s", folder, name));
	struct bytes line, cell;

	for (size_t pos = 0; next_part(text, '\n', &pos, &line);) {
		const char *row = arena_strndup(arena, line.v, line.n);
		size_t *n = &t->n_cells[t->n_rows];

		if (*row == '\0' || *row == '#')
			continue;
		for (size_t at = 0; next_part(row, '\t', &at, &cell);) {
			assert_true(*n < MAX_CELLS);
			t->cells[t->n_rows][(*n)++] = arena_strndup(arena, cell.v, cell.n);
		}
		assert_int_equal(*n, t->n_cells[0]);
		t->n_rows++;
		assert_true(t->n_rows < MAX_ROWS);
	}
}

static const char *cell_of(const struct tsv *t, enum stage row, enum stage column)
{
	return t->cells[row + 1][column + 1];
}

/* ---- ids ---- */

static enum stage stage_of(const struct causes_row *row)
{
	for (enum stage s = 0; s <= STAGE_NONE; s++)
		if (strcmp(stage_name(s), row->stage) == 0)
			return s;
	fail_msg("%s: no stage %s", row->id, row->stage);
	return STAGE_NONE;
}

static bool in_chain(const struct causes_row *row)
{
	return strcmp(row->used_by, "lint") != 0 && stage_of(row) != STAGE_NONE;
}

static const struct causes_row *cause(const char *id)
{
	for (size_t i = 0; i < n_causes_table; i++)
		if (strcmp(causes_table[i].id, id) == 0)
			return &causes_table[i];
	fail_msg("%s is not in causes.tsv", id);
	return NULL;
}

/* ---- expectations ---- */

struct expected {
	const char *diagnosis;
	enum role role_a, role_b;
};

static enum role role_called(const char *name)
{
	for (enum role role = ROLE_NONE; role <= ROLE_RULED_OUT; role++)
		if (strcmp(role_name(role), name) == 0)
			return role;
	fail_msg("no role %s", name);
	return ROLE_NONE;
}

/* Row of exceptions.tsv for this pair, 0 if there is none. */
static size_t exception(const char *state, const char *a, const char *b)
{
	for (size_t i = 1; i < exceptions.n_rows; i++)
		if (strcmp(exceptions.cells[i][0], state) == 0 &&
		    strcmp(exceptions.cells[i][1], a) == 0 &&
		    strcmp(exceptions.cells[i][2], b) == 0)
			return i;
	return 0;
}

static struct expected expected_of_row(size_t row, bool swapped)
{
	const char **cells = exceptions.cells[row];
	enum role a = role_called(cells[4]), b = role_called(cells[5]);

	return (struct expected){ cells[3], swapped ? b : a, swapped ? a : b };
}

static struct expected expect_broken(const struct causes_row *a, const struct causes_row *b)
{
	size_t row = exception("broken", a->id, b->id), swapped = exception("broken", b->id, a->id);
	const char *winner = cell_of(&stages_broken, stage_of(a), stage_of(b));

	if (row || swapped)
		return expected_of_row(row ? row : swapped, !row);
	if (strcmp(winner, "same") == 0)
		return (struct expected){ a < b ? a->id : b->id, ROLE_CAUSE, ROLE_CAUSE };
	if (strcmp(winner, a->stage) == 0)
		return (struct expected){ a->id, ROLE_CAUSE, ROLE_CAUSE };
	assert_string_equal(winner, b->stage);
	return (struct expected){ b->id, ROLE_CAUSE, ROLE_CAUSE };
}

static struct expected expect_unread(const struct causes_row *unread,
				     const struct causes_row *broken)
{
	size_t row = exception("unread", unread->id, broken->id);
	const char *winner = cell_of(&stages_unread, stage_of(unread), stage_of(broken));

	if (row)
		return expected_of_row(row, false);
	if (strcmp(winner, "open") == 0)
		return (struct expected){ "undetermined", ROLE_UNKNOWN, ROLE_CAUSE };
	assert_string_equal(winner, "broken");
	return (struct expected){ broken->id, ROLE_UNKNOWN, ROLE_CAUSE };
}

/* ---- reports by hand ---- */

static const struct outcome works = { .value = OUTCOME_TRUE }, fails = { .value = OUTCOME_FALSE },
			    open_question = { .value = OUTCOME_UNKNOWN };

static struct report *report_with(struct outcome first_kernel)
{
	struct report *r = report_new(arena);

	r->prediction.first_kernel = first_kernel;
	return r;
}

static struct finding *add(struct report *r, const char *id, enum verdict verdict)
{
	return report_add(r, id, stage_of(cause(id)), verdict, "", "title of %s", id);
}

static void check_pair(const char *id_a, enum verdict verdict_a, const char *id_b,
		       struct expected expected)
{
	struct report *r = report_with(fails);
	struct finding *a = add(r, id_a, verdict_a), *b = add(r, id_b, FAIL);
	struct finding *first = strcmp(expected.diagnosis, id_a) == 0 ? a : b;

	rank(r);
	if (strcmp(r->diagnosis, expected.diagnosis) != 0)
		fail_msg("%s + %s: diagnosis %s, expected %s", id_a, id_b, r->diagnosis,
			 expected.diagnosis);
	if (a->role != expected.role_a || b->role != expected.role_b)
		fail_msg("%s + %s: roles %s and %s", id_a, id_b, role_name(a->role),
			 role_name(b->role));
	if (r->answer != ANSWER_CANNOT_USE_GPU)
		fail_msg("%s + %s: answer %s", id_a, id_b, answer_name(r->answer));
	if (r->findings.n != 2 || r->findings.v[0] != first)
		fail_msg("%s + %s: the root cause does not come first", id_a, id_b);
	if ((a->role == ROLE_SYMPTOM) != (a->explained_by && strcmp(a->explained_by, id_b) == 0) ||
	    (b->role == ROLE_SYMPTOM) != (b->explained_by && strcmp(b->explained_by, id_a) == 0))
		fail_msg("%s + %s: explained_by", id_a, id_b);
}

/* ---- tests ---- */

static void tables_are_whole(void **state)
{
	const struct tsv *tables[] = { &stages_broken, &stages_unread };

	(void)state;
	for (size_t t = 0; t < 2; t++) {
		assert_int_equal(tables[t]->n_rows, N_STAGES + 1);
		assert_int_equal(tables[t]->n_cells[0], N_STAGES + 1);
		for (enum stage s = 0; s < N_STAGES; s++) {
			assert_string_equal(tables[t]->cells[s + 1][0], stage_name(s));
			assert_string_equal(tables[t]->cells[0][s + 1], stage_name(s));
		}
	}
	assert_int_equal(exceptions.n_cells[0], 7);
	assert_true(exceptions.n_rows > 1);
	for (size_t i = 1; i < exceptions.n_rows; i++) {
		assert_true(in_chain(cause(exceptions.cells[i][1])));
		assert_true(in_chain(cause(exceptions.cells[i][2])));
	}
}

static void causes_are_in_order_and_unique(void **state)
{
	enum stage before = STAGE_HARDWARE;
	size_t n_chain = 0;

	(void)state;
	for (size_t i = 0; i < n_causes_table; i++) {
		const struct causes_row *row = &causes_table[i];

		assert_ptr_equal(cause(row->id), row);
		if (stage_of(row) < before)
			fail_msg("%s stands behind a later stage", row->id);
		before = stage_of(row);
		n_chain += in_chain(row);
	}
	assert_true(n_chain > 80);
	assert_string_equal(causes_table[0].id, "no-gpu-present");
}

/* Every chain of explanations ends, or two failures could fold each other away. */
static void explanations_end(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_explained_by_table; i++) {
		cause(explained_by_table[i].id);
		const char *by = cause(explained_by_table[i].by)->id;
		size_t steps = 0;

		for (size_t k = 0; k < n_explained_by_table; k++) {
			if (strcmp(explained_by_table[k].id, by) != 0)
				continue;
			by = explained_by_table[k].by;
			k = (size_t)-1;
			assert_true(++steps < n_explained_by_table);
		}
	}
}

static void every_pair_of_broken_links(void **state)
{
	size_t pairs = 0;

	(void)state;
	for (size_t i = 0; i < n_causes_table; i++)
		for (size_t k = 0; k < n_causes_table; k++) {
			const struct causes_row *a = &causes_table[i], *b = &causes_table[k];

			if (i == k || !in_chain(a) || !in_chain(b))
				continue;
			check_pair(a->id, FAIL, b->id, expect_broken(a, b));
			pairs++;
		}
	assert_true(pairs > 80 * 79);
}

static void every_unread_and_broken_link(void **state)
{
	size_t pairs = 0;

	(void)state;
	for (size_t i = 0; i < n_causes_table; i++)
		for (size_t k = 0; k < n_causes_table; k++) {
			const struct causes_row *a = &causes_table[i], *b = &causes_table[k];

			if (i == k || !in_chain(a) || !in_chain(b))
				continue;
			check_pair(a->id, CANNOT_TELL, b->id, expect_unread(a, b));
			pairs++;
		}
	assert_true(pairs > 80 * 79);
}

static void nothing_broken(void **state)
{
	static const struct {
		const struct outcome *first_kernel;
		bool unread;
		enum answer answer;
		const char *diagnosis;
	} rows[] = {
		{ &works, false, ANSWER_USES_GPU, "not-a-fault" },
		{ &works, true, ANSWER_CANNOT_TELL, "undetermined" },
		{ &open_question, false, ANSWER_CANNOT_TELL, "undetermined" },
		{ &open_question, true, ANSWER_CANNOT_TELL, "undetermined" },
		{ &fails, false, ANSWER_CANNOT_USE_GPU, "undetermined" },
		{ &fails, true, ANSWER_CANNOT_USE_GPU, "undetermined" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct report *r = report_with(*rows[i].first_kernel);

		if (rows[i].unread)
			add(r, "no-gpu-present", CANNOT_TELL);
		rank(r);
		assert_int_equal(r->answer, rows[i].answer);
		assert_string_equal(r->diagnosis, rows[i].diagnosis);
	}
}

static void what_is_in_order_is_dropped(void **state)
{
	struct report *r = report_with(works);

	(void)state;
	add(r, "nouveau-bound", PASS);
	add(r, "no-nvidia-driver", NOT_APPLICABLE);
	report_add(r, "not-a-thing", STAGE_TORCH, NOT_APPLICABLE, "", "not asked");
	report_add(r, "not-nvcc", STAGE_LIBRARIES, PASS, "", "believed");
	rank(r);
	assert_int_equal(r->findings.n, 1);
	assert_string_equal(r->findings.v[0]->id, "not-nvcc");
	assert_int_equal(r->findings.v[0]->role, ROLE_RULED_OUT);
	assert_int_equal(r->answer, ANSWER_USES_GPU);
}

static void warnings_leave_the_answer(void **state)
{
	struct report *r = report_with(works);
	struct finding *broken = add(r, "nouveau-bound", FAIL);
	struct finding *unread = add(r, "nouveau-bound", CANNOT_TELL);

	(void)state;
	broken->severity = unread->severity = SEVERITY_WARNING;
	rank(r);
	assert_int_equal(broken->role, ROLE_WARNING);
	assert_int_equal(unread->role, ROLE_UNKNOWN);
	assert_int_equal(r->answer, ANSWER_USES_GPU);
	assert_string_equal(r->diagnosis, "not-a-fault");
}

/* A broken further GPU does not explain why a module is not loaded. */
static void a_warning_explains_nothing(void **state)
{
	struct report *r = report_with(fails);
	struct finding *module = add(r, "kernel-module-not-loaded", FAIL);

	(void)state;
	add(r, "nouveau-bound", FAIL)->severity = SEVERITY_WARNING;
	rank(r);
	assert_int_equal(module->role, ROLE_CAUSE);
	assert_string_equal(r->diagnosis, "kernel-module-not-loaded");
}

static void causes_follow_in_the_order_of_fixing(void **state)
{
	static const char *const given[] = { "cuda-visible-devices-empty",
					     "kernel-module-not-loaded", "cpu-only-torch-build",
					     "no-nvidia-driver" };
	static const char *const ranked[] = { "no-nvidia-driver", "cpu-only-torch-build",
					      "cuda-visible-devices-empty",
					      "kernel-module-not-loaded" };
	struct report *r = report_with(fails);

	(void)state;
	for (size_t i = 0; i < 4; i++)
		add(r, given[i], FAIL);
	rank(r);
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(r->findings.v[i]->id, ranked[i]);
	assert_int_equal(r->findings.v[2]->role, ROLE_CAUSE);
	assert_int_equal(r->findings.v[3]->role, ROLE_SYMPTOM);
	assert_string_equal(r->findings.v[3]->explained_by, "no-nvidia-driver");
}

/* Memory and run: the GPU is used, and something else is wrong. Code: it is not. */
static void causes_on_a_working_gpu(void **state)
{
	static const struct {
		const char *id;
		const struct outcome *first_kernel;
		enum answer answer;
	} rows[] = {
		{ "out-of-memory", &works, ANSWER_USES_GPU },
		{ "numpy-bottleneck", &works, ANSWER_USES_GPU },
		{ "numpy-bottleneck", &open_question, ANSWER_CANNOT_USE_GPU },
		{ "model-not-moved", &works, ANSWER_CANNOT_USE_GPU },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct report *r = report_with(*rows[i].first_kernel);

		add(r, rows[i].id, FAIL);
		rank(r);
		assert_int_equal(r->answer, rows[i].answer);
		assert_string_equal(r->diagnosis, rows[i].id);
	}
}

static int read_tables(void **state)
{
	(void)state;
	arena = arena_new();
	read_tsv(&stages_broken, "stages_broken.tsv");
	read_tsv(&stages_unread, "stages_unread.tsv");
	read_tsv(&exceptions, "exceptions.tsv");
	return 0;
}

static int drop_arena(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_are_whole),
		cmocka_unit_test(causes_are_in_order_and_unique),
		cmocka_unit_test(explanations_end),
		cmocka_unit_test(every_pair_of_broken_links),
		cmocka_unit_test(every_unread_and_broken_link),
		cmocka_unit_test(nothing_broken),
		cmocka_unit_test(what_is_in_order_is_dropped),
		cmocka_unit_test(warnings_leave_the_answer),
		cmocka_unit_test(a_warning_explains_nothing),
		cmocka_unit_test(causes_follow_in_the_order_of_fixing),
		cmocka_unit_test(causes_on_a_working_gpu),
	};
	const char *source = getenv("WHYCPU_SOURCE");
	static char place[4096];

	snprintf(place, sizeof place, "%s/tests/rank", source ? source : ".");
	folder = argc > 1 ? argv[1] : place;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("rank", tests, read_tables, drop_arena);
}
