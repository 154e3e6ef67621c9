// SPDX-License-Identifier: Apache-2.0
/* Does the reader of torch/version.py say what Python would say, and UNKNOWN where it cannot? Each row is a form seen in a
 * real release, or a way in which such a file breaks. */
#include "collect/torch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "core/arena.h"

/* "-" = ABSENT, "?" = UNKNOWN, anything else = PRESENT with that value. */
struct form {
	const char *name, *text;
	size_t n; /* of the text if it holds NUL; 0: up to its end */
	const char *version, *cuda, *hip, *xpu;
};

#define HEAD_2_10                                                                                  \
	"from typing import Optional\n\n"                                                          \
	"__all__ = ['__version__', 'debug', 'cuda', 'git_version', 'hip', 'rocm', 'xpu']\n"
#define WITH_NUL "__version__ = '2.6.0+cu124'\ncuda = '12.4'\n\0hip = None\n"

static const struct form forms[] = {
	{ "1.13, CUDA, no annotations",
	  "__version__ = '1.13.1+cu117'\ndebug = False\ncuda = '11.7'\ngit_version = '49444c3e'\nhip = None\n",
	  0, "1.13.1+cu117", "11.7", "-", "-" },
	{ "2.10, CUDA, every line",
	  HEAD_2_10
	  "__version__ = '2.10.0+cu128'\ndebug = False\ncuda: Optional[str] = '12.8'\n"
	  "git_version = '449b1768'\nhip: Optional[str] = None\nrocm: Optional[str] = None\n"
	  "xpu: Optional[str] = None\n",
	  0, "2.10.0+cu128", "12.8", "-", "-" },
	{ "CPU wheel",
	  "__version__ = '2.6.0+cpu'\ncuda: Optional[str] = None\nhip = None\nxpu = None\n", 0,
	  "2.6.0+cpu", "-", "-", "-" },
	{ "ROCm wheel",
	  "__version__ = '2.5.1+rocm6.2'\ncuda: Optional[str] = None\nhip: Optional[str] = '6.2.41133-dd7f95766'\n",
	  0, "2.5.1+rocm6.2", "-", "6.2.41133-dd7f95766", "-" },
	{ "XPU wheel",
	  "__version__ = '2.7.1+xpu'\ncuda = None\nhip = None\nxpu: Optional[str] = '20250004'\n",
	  0, "2.7.1+xpu", "-", "-", "20250004" },
	{ "conda, no local part", "__version__ = '2.5.1'\ncuda = '12.4'\nhip = None\n", 0, "2.5.1",
	  "12.4", "-", "-" },
	{ "NVIDIA's container",
	  "__version__ = '2.4.0a0+07cecf4168.nv24.05'\ncuda = '12.4'\nhip = None\n", 0,
	  "2.4.0a0+07cecf4168.nv24.05", "12.4", "-", "-" },
	{ "0.4, before hip and git_version",
	  "__version__ = '0.4.1'\ndebug = False\ncuda = '9.0.176'\n", 0, "0.4.1", "9.0.176", "-",
	  "-" },
	{ "double quotes", "__version__ = \"2.1.0\"\ncuda: str = \"12.1\"\n", 0, "2.1.0", "12.1",
	  "-", "-" },
	{ "no blanks, many blanks",
	  "__version__='2.1.0'\ncuda\t:  Optional[str]  =  '12.1'   # built so\n", 0, "2.1.0",
	  "12.1", "-", "-" },
	{ "another annotation", "__version__: Final = '2.9.1'\ncuda: \"str | None\" = None\n", 0,
	  "2.9.1", "-", "-", "-" },
	{ "the last assignment wins", "__version__ = '2.1.0'\ncuda = None\ncuda = '12.1'\n", 0,
	  "2.1.0", "12.1", "-", "-" },
	{ "the last one wins, None", "__version__ = '2.1.0'\ncuda = '12.1'\ncuda = None\n", 0,
	  "2.1.0", "-", "-", "-" },
	{ "CRLF", "__version__ = '2.2.2+cpu'\r\ncuda: Optional[str] = None\r\nhip = None\r\n", 0,
	  "2.2.2+cpu", "-", "-", "-" },
	{ "byte order mark", "\xef\xbb\xbf__version__ = '2.2.2'\ncuda = '12.1'\n", 0, "2.2.2",
	  "12.1", "-", "-" },
	{ "a comment is no assignment",
	  "__version__ = '2.2.2'\ncuda = '12.1'\n# cuda = None\n#cuda = None\n", 0, "2.2.2", "12.1",
	  "-", "-" },
	{ "longer names are other names",
	  "__version__ = '2.2.2'\ncuda = '12.1'\ncuda_home = None\ncuda2 = None\n", 0, "2.2.2",
	  "12.1", "-", "-" },
	{ "UTF-8 in a comment", "# f\xc3\xbcr\n__version__ = '2.2.2'\ncuda = '12.1'\n", 0, "2.2.2",
	  "12.1", "-", "-" },
	{ "no newline at the end, complete",
	  "__version__ = '2.1.0'\nhip = None\nxpu = None\ncuda = '12.1'", 0, "2.1.0", "12.1", "-",
	  "-" },
	{ "no cuda line", "__version__ = '2.1.0'\nhip = None\n", 0, "2.1.0", "?", "-", "-" },
	{ "no cuda line, but +cpu", "__version__ = '2.1.0+cpu'\nhip = None\n", 0, "2.1.0+cpu", "-",
	  "-", "-" },
	{ "no cuda line, +cu121 is no proof of a value", "__version__ = '2.1.0+cu121'\n", 0,
	  "2.1.0+cu121", "?", "-", "-" },
	{ "no hip line in a ROCm build", "__version__ = '2.1.0+rocm5.6'\ncuda = None\n", 0,
	  "2.1.0+rocm5.6", "-", "?", "-" },
	{ "cut behind cuda, __all__ promised more",
	  HEAD_2_10 "__version__ = '2.10.0'\ndebug = False\ncuda: Optional[str] = None\n", 0,
	  "2.10.0", "-", "?", "?" },
	{ "cut in the middle of a text", "__version__ = '2.1.0'\ncuda: Optional[str] = '12.", 0,
	  "2.1.0", "?", "?", "?" },
	{ "cut before the value", "__version__ = '2.1.0'\ncuda: Optional[str] =", 0, "2.1.0", "?",
	  "?", "?" },
	{ "cut in the annotation", "__version__ = '2.1.0'\ncuda: Optio", 0, "2.1.0", "?", "?",
	  "?" },
	{ "cut in None", "__version__ = '2.1.0'\ncuda = Non", 0, "2.1.0", "?", "?", "?" },
	{ "cut behind None", "__version__ = '2.1.0'\ncuda = None", 0, "2.1.0", "-", "?", "?" },
	{ "only an annotation", "__version__ = '2.1.0'\ncuda: Optional[str]\n", 0, "2.1.0", "?",
	  "-", "-" },
	{ "an expression",
	  "__version__ = '2.1.0'\ncuda = '12' + '.1'\nhip = os.environ.get('HIP')\n", 0, "2.1.0",
	  "?", "?", "-" },
	{ "an escape", "__version__ = '2.1.0'\ncuda = '12\\x2e1'\n", 0, "2.1.0", "?", "-", "-" },
	{ "True is no version", "__version__ = '2.1.0'\ncuda = True\n", 0, "2.1.0", "?", "-", "-" },
	{ "an empty text", "__version__ = '2.1.0'\ncuda = ''\n", 0, "2.1.0", "?", "-", "-" },
	{ "a comparison", "__version__ = '2.1.0'\ncuda == None\n", 0, "2.1.0", "?", "-", "-" },
	{ "two statements on a line", "__version__ = '2.1.0'\ncuda = None; cuda = '12.1'\n", 0,
	  "2.1.0", "?", "-", "-" },
	{ "an indented line proves nothing", "__version__ = '2.1.0'\nif 1:\n    cuda = None\n", 0,
	  "2.1.0", "?", "-", "-" },
	{ "a mixed pair of quotes", "__version__ = '2.1.0'\ncuda = '12.1\"\n", 0, "2.1.0", "?", "-",
	  "-" },
	{ "old Mac line ends", "__version__ = '2.1.0'\rcuda = None\rhip = None\r", 0, "?", "?", "?",
	  "?" },
	{ "empty", "", 0, "?", "?", "?", "?" },
	{ "NUL", WITH_NUL, sizeof WITH_NUL - 1, "?", "?", "?", "?" },
	{ "not UTF-8", "__version__ = '2.1.0'\ncuda = None # f\xfcr\n", 0, "?", "?", "?", "?" },
	{ "a web page", "<!DOCTYPE html>\n<html>cuda = None</html>\n", 0, "?", "?", "?", "?" },
};

static const char *shown(const struct fact_str *fact)
{
	switch (fact->st) {
	case PRESENT:
		return fact->v;
	case ABSENT:
		return "-";
	case UNKNOWN:
		return "?";
	default:
		return "not looked";
	}
}

static void check(const struct form *form, const char *key, const struct fact_str *fact,
		  const char *expected)
{
	if (strcmp(shown(fact), expected) != 0)
		fail_msg("%s: %s is %s, not %s", form->name, key, shown(fact), expected);
	if (!fact->from || strncmp(fact->from, "/v.py", 5) != 0)
		fail_msg("%s: %s has no source", form->name, key);
	if ((fact->st == UNKNOWN) != (fact->why != NULL))
		fail_msg("%s: %s has a reason exactly when it is unknown", form->name, key);
}

static void reads_every_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		const struct form *form = &forms[i];
		struct arena *a = arena_new();
		struct bytes text = { form->text, form->n ? form->n : strlen(form->text) };
		struct torch torch = { 0 };

		torch_parse_version(a, text, "/v.py", &torch);
		check(form, "__version__", &torch.version, form->version);
		check(form, "cuda", &torch.cuda, form->cuda);
		check(form, "hip", &torch.hip, form->hip);
		check(form, "xpu", &torch.xpu, form->xpu);
		arena_free(a);
	}
}

static struct torch parse(struct arena *a, const char *text)
{
	struct torch torch = { 0 };

	torch_parse_version(a, (struct bytes){ text, strlen(text) }, "/v.py", &torch);
	return torch;
}

static void names_the_line(void **state)
{
	struct arena *a = arena_new();
	struct torch t = parse(
		a,
		"from typing import Optional\n\n__version__ = '2.6.0'\ncuda = None\ncuda = '12.4'\n");

	(void)state;
	assert_string_equal(t.version.from, "/v.py:3");
	assert_string_equal(t.cuda.from, "/v.py:5");
	assert_string_equal(t.hip.from, "/v.py");
	arena_free(a);
}

/* A later line that cannot be read takes away what an earlier one said: the last assignment is the one that counts. */
static void later_unreadable_line_wins(void **state)
{
	struct arena *a = arena_new();
	struct torch t = parse(a, "__version__ = '2.6.0'\ncuda = None\ncuda = find_cuda()\n");

	(void)state;
	assert_int_equal(t.cuda.st, UNKNOWN);
	arena_free(a);
}

/* Whatever stands in a value, no control character leaves the parser. */
static void escapes_values(void **state)
{
	struct arena *a = arena_new();
	struct torch t = parse(a, "__version__ = '2.6\033[31m'\ncuda = '12.4'\n");

	(void)state;
	assert_int_equal(t.version.st, PRESENT);
	assert_string_equal(t.version.v, "2.6\\x1b[31m");
	arena_free(a);
}

/* Cut anywhere, a CUDA build never becomes a proven CPU build, nor the reverse. */
static void no_prefix_changes_the_build(void **state)
{
	static const char cuda_build[] =
		HEAD_2_10 "__version__ = '2.10.0+cu128'\ncuda: Optional[str] = '12.8'\n"
			  "hip: Optional[str] = None\nxpu: Optional[str] = None\n";
	static const char rocm_build[] =
		HEAD_2_10 "__version__ = '2.10.0+rocm7.0'\ncuda: Optional[str] = None\n"
			  "hip: Optional[str] = '7.0'\nxpu: Optional[str] = None\n";

	(void)state;
	for (size_t n = 0; n < sizeof cuda_build; n++) {
		struct arena *a = arena_new();
		struct torch t = parse(a, arena_strndup(a, cuda_build, n));

		assert_int_not_equal(t.cuda.st, ABSENT);
		if (t.cuda.st == PRESENT)
			assert_string_equal(t.cuda.v, "12.8");
		arena_free(a);
	}
	for (size_t n = 0; n < sizeof rocm_build; n++) {
		struct arena *a = arena_new();
		struct torch t = parse(a, arena_strndup(a, rocm_build, n));

		assert_int_not_equal(t.cuda.st, PRESENT);
		assert_int_not_equal(t.hip.st, ABSENT);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_form),
		cmocka_unit_test(names_the_line),
		cmocka_unit_test(later_unreadable_line_wins),
		cmocka_unit_test(escapes_values),
		cmocka_unit_test(no_prefix_changes_the_build),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
