// SPDX-License-Identifier: Apache-2.0
/* The tables of the linter's model: are they in the order that the search needs, does every word of `does` have a function, and
 * does every signature name its arguments? */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lint/model_parts.h"

static void api_names_are_in_order(void **state)
{
	(void)state;
	for (size_t i = 1; i < n_lint_api_table; i++)
		assert_true(strcmp(lint_api_table[i - 1].name, lint_api_table[i].name) < 0);
}

static void signature_names_are_in_order(void **state)
{
	(void)state;
	for (size_t i = 1; i < n_lint_signature_table; i++)
		assert_true(strcmp(lint_signature_table[i - 1].name, lint_signature_table[i].name) <
			    0);
}

/* Words that another function than a table's acts on: methods and attributes of tensors, bases of classes. */
static bool is_method_word(const char *does)
{
	static const char *const words[] = { "attr", "move",          "to-numpy",    "pin",
					     "base", "method-scalar", "method-self", "method-shape",
					     "op",   "method-same",   "index-put" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i], does) == 0)
			return true;
	return false;
}

static bool has_function(const char *does)
{
	static const struct api_word *const tables[] = { api_words_plain, api_words_tensor,
							 api_words_numpy, api_words_module,
							 api_words_optim, api_words_data,
							 api_words_frame };

	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		for (const struct api_word *w = tables[i]; w->does; w++)
			if (strcmp(w->does, does) == 0)
				return true;
	return is_method_word(does);
}

static void every_word_has_a_function(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_lint_api_table; i++)
		if (!has_function(lint_api_table[i].does))
			fail_msg("%s: %s", lint_api_table[i].name, lint_api_table[i].does);
	for (size_t i = 0; i < n_lint_pattern_table; i++)
		if (!has_function(lint_pattern_table[i].does))
			fail_msg("%s: %s", lint_pattern_table[i].pattern,
				 lint_pattern_table[i].does);
}

static void check_parameter(const char *name, const struct parameter *p)
{
	if (!p->name.n || (p->code && !strchr("tlng", p->code)))
		fail_msg("%s: a parameter that is none", name);
	for (size_t i = 0; i < p->name.n; i++)
		if (!isalnum((unsigned char)p->name.v[i]) && !strchr("_|", p->name.v[i]))
			fail_msg("%s: %.*s", name, (int)p->name.n, p->name.v);
}

static void every_signature_names_its_arguments(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_lint_signature_table; i++) {
		const struct lint_signature_row *row = &lint_signature_table[i];
		struct parameter p = { 0 };
		size_t pos = 0;

		while (next_parameter(row->params, &pos, &p))
			check_parameter(row->name, &p);
		if (strlen(row->result) != 1 || !strchr("tsl-d234567", *row->result))
			fail_msg("%s: result %s", row->name, row->result);
	}
}

static void keyword_only_parameters_are_told(void **state)
{
	struct parameter p = { 0 };
	size_t pos = 0;

	(void)state;
	assert_true(next_parameter("input|self:t dim * out:t dtype", &pos, &p));
	assert_true(p.code == 't' && !p.is_keyword_only);
	assert_true(next_parameter("input|self:t dim * out:t dtype", &pos, &p));
	assert_true(word_is(p.name, "dim") && !p.code && !p.is_keyword_only);
	assert_true(next_parameter("input|self:t dim * out:t dtype", &pos, &p));
	assert_true(word_is(p.name, "out") && p.is_keyword_only);
	assert_true(next_parameter("input|self:t dim * out:t dtype", &pos, &p));
	assert_true(word_is(p.name, "dtype") && p.is_keyword_only && !p.code);
	assert_false(next_parameter("input|self:t dim * out:t dtype", &pos, &p));
}

static void exact_names_come_before_patterns(void **state)
{
	struct lint_api_row row;

	(void)state;
	assert_true(api_find("transformers.BertTokenizerFast.from_pretrained", &row));
	assert_string_equal(row.does, "tokenizer");
	assert_true(api_find("transformers.AutoModelForCausalLM.from_pretrained", &row));
	assert_string_equal(row.does, "pretrained");
	assert_true(api_find("torchvision.models.resnet18", &row));
	assert_string_equal(row.detail, "input");
	assert_true(api_find("torchvision.models.detection.fasterrcnn_resnet50_fpn", &row));
	assert_string_equal(row.detail, "detection");
	assert_true(api_find("math.sqrt", &row));
	assert_false(api_find("somewhere.else", &row));
	/* An operation is the signature's. */
	assert_false(api_find("torch.add", &row));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(api_names_are_in_order),
		cmocka_unit_test(signature_names_are_in_order),
		cmocka_unit_test(every_word_has_a_function),
		cmocka_unit_test(every_signature_names_its_arguments),
		cmocka_unit_test(keyword_only_parameters_are_told),
		cmocka_unit_test(exact_names_come_before_patterns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
