// SPDX-License-Identifier: Apache-2.0
/* Does the prediction equal what the real torch said? Every row of known.tsv becomes facts, once as the
 * driver's own answers (facts.probe) and, where files can show the same state, once as files; and torch's
 * parser of CUDA_VISIBLE_DEVICES is run over the vectors of visible_devices.tsv. The tables lie beside this
 * file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/str.h"
#include "core/version.h"
#include "rules/data.h"
#include "rules/rules.h"
#include "rules/visible.h"

/* ---- tables ---- */

#define COLUMNS 10
struct row {
	const char *cell[COLUMNS];
};
enum { TORCH, STATE, ENV, CUINIT, CUVER, NVML, IS_AVAILABLE, DEVICE_COUNT, WARNINGS, TO_CUDA };

struct table {
	ARRAY(struct row) rows;
};

static struct bytes read_table(struct arena *a, const char *name)
{
	const char *path = arena_fmt(a, "%s/tests/oracle/%s", getenv("WHYCPU_SOURCE"), name);
	FILE *file = fopen(path, "r");
	size_t size = 1u << 20;
	char *text = arena_alloc(a, size);

	if (!file)
		fail_msg("%s cannot be read", path);
	size_t n = fread(text, 1, size - 1, file);
	fclose(file);
	assert_true(n > 0 && n < size - 1);
	return (struct bytes){ text, n };
}

/* Without comments and without the header. */
static struct table table_of(struct arena *a, const char *name)
{
	struct bytes text = read_table(a, name), line;
	struct table table = { .rows = { 0 } };
	bool header = true;

	for (size_t pos = 0; next_line(text, &pos, &line);) {
		const char *whole = arena_strndup(a, line.v, line.n);
		struct row row = { { 0 } };
		struct bytes cell;
		size_t n = 0;

		if (line.n == 0 || line.v[0] == '#')
			continue;
		for (size_t at = 0; n < COLUMNS && next_part(whole, '\t', &at, &cell);)
			row.cell[n++] = arena_strndup(a, cell.v, cell.n);
		if (!header)
			PUSH(a, &table.rows, row);
		header = false;
	}
	return table;
}

/* ---- torch's parser ---- */

/* '0, 1' as the table writes it: in quotes, or the words unset and empty. */
static const char *vector_value(struct arena *a, const char *cell)
{
	size_t n = strlen(cell);

	if (strcmp(cell, "unset") == 0)
		return NULL;
	if (strcmp(cell, "empty") == 0)
		return "";
	assert_true(n >= 2 && cell[0] == '\'' && cell[n - 1] == '\'');
	return arena_strndup(a, cell + 1, n - 2);
}

/* The list as Python prints it. */
static const char *printed(struct arena *a, const struct visible *v)
{
	struct str out = str_new(a, 1u << 16);

	if (v->kind == VISIBLE_RAISES)
		return arena_fmt(a, "EXC ValueError: %s", v->raises_text);
	if (v->entries.n == 64 && strcmp(v->entries.v[63], "63") == 0)
		return "[0..63]";
	str_add(&out, "[");
	for (size_t i = 0; i < v->entries.n; i++)
		str_addf(&out, v->kind == VISIBLE_UUIDS ? "%s'%s'" : "%s%s", i ? ", " : "",
			 v->entries.v[i]);
	str_add(&out, "]");
	return str_text(&out);
}

static const char *counted(struct arena *a, const struct visible *v, enum torch_era era)
{
	static const char *uuids[] = { "GPU-aaaa1111-0000-0000-0000-000000000001",
				       "GPU-aaaa2222-0000-0000-0000-000000000002",
				       "GPU-bbbb3333-0000-0000-0000-000000000003",
				       "GPU-cccc4444-0000-0000-0000-000000000004" };
	struct strlist list = { uuids, 4, 4 };
	struct visible_count count = count_visible(v, era, 4, &list);

	if (count.state == COUNT_RAISES)
		return era == ERA_2 ? "None" : "EXC ValueError";
	if (count.state == COUNT_OF_RUNTIME)
		return "-1 (fall back to cudaGetDeviceCount)";
	return count.state == COUNT_KNOWN ? arena_fmt(a, "%zu", count.n) : "open";
}

static void visible_devices(void **state)
{
	struct table table = table_of(*state, "visible_devices.tsv");

	for (size_t i = 0; i < table.rows.n; i++) {
		const char *const *cell = table.rows.v[i].cell;
		const char *value = vector_value(*state, cell[0]);
		struct visible new = torch_visible(value, ERA_2, *state);
		struct visible old = torch_visible(value, ERA_1_13, *state);
		const char *list = printed(*state, &new), *count = counted(*state, &new, ERA_2);
		const char *before = counted(*state, &old, ERA_1_13);

		if (strcmp(list, cell[1]) != 0 || strcmp(count, cell[2]) != 0 ||
		    strcmp(before, cell[3]) != 0)
			fail_msg("%s: %s, %s, %s; expected %s, %s, %s", cell[0], list, count,
				 before, cell[1], cell[2], cell[3]);
	}
	assert_int_equal(table.rows.n, 67);
}

/* What the vectors do not hold: white space, signs and digits that only Python knows, and limits. */
static void python_details(void **state)
{
	static const struct {
		const char *value, *list;
	} rows[] = {
		{ "\xc2\xa0"
		  "1\xe2\x80\x83,\xe3\x80\x80"
		  "2",
		  "[1, 2]" },
		{ "\x1c"
		  "1",
		  "[1]" },
		{ "\xef\xbc\x91\xef\xbc\x92", "[12]" }, /* fullwidth */
		{ "-\xd9\xa0", "[0]" },                 /* minus zero */
		{ "\xe2\x91\xa0", "EXC ValueError: invalid literal for int() with base 10: "
				  "'\xe2\x91\xa0'" }, /* circled one */
		{ "\xff", "[]" },
		{ "1\xff", "[1]" },
		{ "\xc2\xbd", "[]" }, /* one half is no digit */
		{ "0000000000000000000000000000001,1", "[]" },
		{ "99999999999999999999,99999999999999999999", "[]" },
		{ "0,1,+0", "[]" },
		{ "GPU-a,GPU-a", "[]" },
		{ "GPU-a,GPU-b ,x,GPU-a", "['GPU-a', 'GPU-b ']" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct visible v = torch_visible(rows[i].value, ERA_2, *state);

		assert_string_equal(printed(*state, &v), rows[i].list);
	}

	char digits[4400];
	memset(digits, '1', sizeof digits);
	digits[sizeof digits - 1] = '\0';
	assert_int_equal(torch_visible(digits, ERA_2, *state).kind, VISIBLE_OPEN);
}

/* ---- facts of a row ---- */

#define TEXT(value) ((struct fact_str){ PRESENT, "/place", NULL, value })
#define NO_TEXT ((struct fact_str){ ABSENT, "/place", NULL, NULL })
#define NUMBER(value) ((struct fact_num){ PRESENT, "call:it", NULL, value })
#define FLAG(value) ((struct fact_bool){ PRESENT, "/place", NULL, value })

static int64_t number(const char *text)
{
	int64_t value = -1;

	assert_true(parse_i64(text, &value));
	return value;
}

/* "2.6.0+cu124" -> "12.4" */
static const char *cuda_of(struct arena *a, const char *torch)
{
	const char *digits = strstr(torch, "+cu") + 3;
	size_t n = strlen(digits);

	return arena_fmt(a, "%.*s.%s", (int)(n - 1), digits, digits + n - 1);
}

static int64_t cuver_of(struct arena *a, const char *torch, const struct row *row)
{
	int64_t minor = 0, major = version_major(cuda_of(a, torch), &minor);

	return strcmp(row->cell[CUVER], "own") == 0 ? 1000 * major + 10 * minor
						    : number(row->cell[CUVER]);
}

/* The table's own writing of awkward characters. */
static const char *decoded(struct arena *a, struct bytes text)
{
	struct str out = str_new(a, 4096);

	for (size_t i = 0; i < text.n; i++) {
		char byte[] = { text.v[i], '\0' };

		if (text.v[i] == '%') {
			byte[0] = (char)strtol(arena_strndup(a, text.v + i + 1, 2), NULL, 16);
			i += 2;
		}
		str_addn(&out, byte, 1);
	}
	return str_text(&out);
}

static void set_variables(struct facts *f, struct arena *a, const char *env)
{
	struct bytes part;

	f->env = (struct envvars){ .cuda_visible_devices = NO_TEXT,
				   .nvml_based_cuda_check = NO_TEXT,
				   .alloc_conf = NO_TEXT,
				   .cuda_alloc_conf = NO_TEXT,
				   .ld_library_path = NO_TEXT };
	for (size_t pos = 0; *env && next_part(env, ';', &pos, &part);) {
		const char *pair = decoded(a, part), *value = strchr(pair, '=') + 1;

		/* A fact holds escaped text. */
		if (starts_with(pair, "CUDA_VISIBLE_DEVICES="))
			f->env.cuda_visible_devices = TEXT(esc(a, value));
		else if (starts_with(pair, "PYTORCH_NVML_BASED_CUDA_CHECK="))
			f->env.nvml_based_cuda_check = TEXT(esc(a, value));
	}
}

static void set_torch(struct facts *f, struct arena *a, const char *torch)
{
	f->torch.dir = TEXT("/venv/lib/python3.11/site-packages/torch");
	f->torch.foreign = NO_TEXT;
	f->torch.version = TEXT(torch);
	f->torch.cuda = TEXT(cuda_of(a, torch));
	f->torch.hip = f->torch.xpu = NO_TEXT;
}

static void set_foreign(struct facts *f, bool empty)
{
	f->torch =
		(struct torch){ .foreign = TEXT("/here/torch.py"), .foreign_empty = FLAG(empty) };
}

static struct facts facts_of(struct arena *a, const char *torch, const struct row *row)
{
	struct facts f = { 0 };

	f.platform.container = NO_TEXT;
	f.platform.wsl = f.platform.tegra = FLAG(false);
	f.platform.uid = (struct fact_num){ PRESENT, "call:getuid", NULL, 1000 };
	f.python.exe = TEXT("/venv/bin/python");
	set_torch(&f, a, torch);
	set_variables(&f, a, row->cell[ENV]);
	if (strcmp(row->cell[STATE], "cwd-torch-folder") == 0 ||
	    strcmp(row->cell[STATE], "cwd-torch-file") == 0)
		set_foreign(&f, true);
	else if (strcmp(row->cell[STATE], "pythonpath-stub-torch") == 0)
		set_foreign(&f, false);
	return f;
}

static void probe_nvml(struct probe *p, struct arena *a, const char *nvml)
{
	static const char *const uuids[] = { "GPU-aaaa1111-0000-4000-8000-000000000000",
					     "GPU-aaaa2222-0000-4000-8000-000000000001" };

	p->nvml_init = (struct fact_num){ ABSENT, "call:dlopen", NULL, 0 };
	if (starts_with(nvml, "init="))
		p->nvml_init = NUMBER(number(nvml + 5));
	if (!starts_with(nvml, "count="))
		return;
	p->nvml_init = NUMBER(0);
	p->nvml_gpus.st = PRESENT;
	p->nvml_gpus.from = "call:nvmlDeviceGetCount";
	for (int64_t i = 0; i < number(nvml + 6); i++) {
		struct probed_gpu gpu = { .uuid = i < 2 ? uuids[i] : "" };

		PUSH(a, &p->nvml_gpus, gpu);
	}
}

/* Nothing was looked at but torch and its environment: the libraries said it themselves. */
static struct facts as_answers(struct arena *a, const char *torch, const struct row *row)
{
	struct facts f = facts_of(a, torch, row);

	probe_nvml(&f.probe, a, row->cell[NVML]);
	if (strcmp(row->cell[CUINIT], "-") == 0) {
		f.probe.cuda_path = (struct fact_str){ ABSENT, "call:dlopen", NULL, NULL };
		return f;
	}
	f.probe.cuda_path = TEXT("/lib/libcuda.so.1");
	f.probe.cuda_driver = NUMBER(cuver_of(a, torch, row));
	f.probe.cuda_init = NUMBER(number(row->cell[CUINIT]));
	return f;
}

/* ---- the same states as files ---- */

static void add_gpus(struct facts *f, struct arena *a, int64_t n)
{
	f->pci.gpus.st = PRESENT;
	f->pci.gpus.from = "/sys/bus/pci/devices";
	for (int64_t i = 0; i < n; i++) {
		struct gpu gpu = { .addr = arena_fmt(a, "0000:0%d:00.0", (int)i + 1),
				   .vendor = TEXT("0x10de"),
				   .device = TEXT("0x2684"),
				   .class = TEXT("0x030000"),
				   .driver = TEXT("nvidia") };

		PUSH(a, &f->pci.gpus, gpu);
	}
}

static struct library library_of(const char *version)
{
	return (struct library){ .path = TEXT("/lib/libx.so.1"),
				 .real = TEXT("/lib/libx.so.1"),
				 .version = version ? TEXT(version) : NO_TEXT,
				 .way = TEXT("cache") };
}

static const struct library no_library = { .path = { ABSENT, "/lib", NULL, NULL },
					   .real = { ABSENT, "/lib", NULL, NULL },
					   .version = { ABSENT, "/lib", NULL, NULL } };

/* A driver of the branch with exactly that CUDA, or NULL. */
static const char *driver_with(struct arena *a, int64_t cuver)
{
	int64_t api;

	for (size_t i = 0; i < n_driver_branch_table; i++)
		if (parse_i64(driver_branch_table[i].api, &api) && api == cuver)
			return arena_fmt(a, "%s.54.15", driver_branch_table[i].branch);
	return NULL;
}

/* A sound machine with that driver, and with NVML's library only if the row has one. */
static void set_driver(struct facts *f, struct arena *a, const char *version, const char *nvml)
{
	bool has_nvml = strcmp(nvml, "-") != 0;

	f->kmod.loaded = f->kmod.uvm = FLAG(true);
	f->kmod.proc_version = f->kmod.sys_version = TEXT(version);
	f->kmod.flavour = TEXT("open");
	f->nodes.control = f->nodes.uvm = f->nodes.gpu = FLAG(true);
	f->nodes.helper = (struct fact_bool){ ABSENT, "/usr/bin/nvidia-modprobe", NULL, false };
	f->drvlib.libcuda = library_of(version);
	f->drvlib.libnvml = has_nvml ? library_of(version) : no_library;
	f->drvlib.compat_hosts.st = ABSENT;
	add_gpus(f, a, starts_with(nvml, "count=") ? number(nvml + 6) : 1);
}

/* Changes a sound machine into the row's state. False: no files of ours show it. */
static bool show_state(struct facts *f, const char *state, bool has_libcuda)
{
	static const char *const by_variable[] = { "env-100-empty", "env-100-minus1",
						   "env-100-NoDevFiles", "env-100-9", NULL };
	static const char *const by_module[] = { "cuinit-100", "driver-lower-minor",
						 "driver-higher-minor", NULL };

	if (!has_libcuda) {
		f->drvlib.libcuda = no_library;
	} else if (strcmp(state, "cuinit-34") == 0) {
		f->drvlib.libcuda.real = TEXT("/usr/local/cuda/lib64/stubs/libcuda.so");
	} else if (strcmp(state, "cuinit-802") == 0) {
		f->pci.nvswitches = NUMBER(6);
		f->kmod.fabric_manager = f->kmod.nvlink_disabled = FLAG(false);
	} else if (is_one_of(state, by_module)) {
		f->kmod.loaded = FLAG(false);
		f->pci.gpus.n = 0;
	} else if (!strstr(state, "driver-lower-major") && !is_one_of(state, by_variable)) {
		return false;
	}
	return true;
}

static bool as_files(struct arena *a, const char *torch, const struct row *row,
		     struct facts *ret_facts)
{
	const char *state = row->cell[STATE], *nvml = row->cell[NVML];
	bool has_libcuda = strcmp(row->cell[CUINIT], "-") != 0;
	const char *driver = driver_with(a, has_libcuda ? cuver_of(a, torch, row) : 12040);

	/* A file that is no driver, and an NVML that fails: files show them in other ways. */
	if (!driver || starts_with(state, "libcuda-") || starts_with(nvml, "init=") ||
	    strcmp(nvml, "count=0") == 0)
		return false;
	*ret_facts = facts_of(a, torch, row);
	set_driver(ret_facts, a, driver, nvml);
	return show_state(ret_facts, state, has_libcuda);
}

/* ---- the comparison ---- */

static const char *text_named(const struct table *texts, const char *name, size_t n)
{
	for (size_t i = 0; i < texts->rows.n; i++)
		if (strlen(texts->rows.v[i].cell[0]) == n &&
		    memcmp(texts->rows.v[i].cell[0], name, n) == 0)
			return texts->rows.v[i].cell[1];
	return NULL;
}

/* The text of that name with the driver's number in it. */
static const char *text_of(struct arena *a, const struct table *texts, struct bytes name,
			   int64_t cuver)
{
	const char *text = text_named(texts, name.v, name.n), *gap;

	if (!text)
		return NULL;
	gap = strstr(text, "%s");
	return gap ? arena_fmt(a, "%.*s%d%s", (int)(gap - text), text, (int)cuver, gap + 2) : text;
}

static const char *outcome_text(struct arena *a, const struct outcome *o)
{
	if (o->raises_type)
		return arena_fmt(a, "%s: %s", o->raises_type, o->raises_text);
	if (o->value == OUTCOME_COUNT)
		return arena_fmt(a, "%d", (int)o->count);
	return o->value == OUTCOME_TRUE ? "True" : o->value == OUTCOME_FALSE ? "False" : "unknown";
}

static const char *expected_tensor(struct arena *a, const struct table *texts, const char *cell,
				   int64_t cuver)
{
	const char *text = text_of(a, texts, (struct bytes){ cell, strlen(cell) }, cuver);

	return text ? arena_fmt(a, "RuntimeError: %s", text) : cell;
}

static const char *expected_warnings(struct arena *a, const struct table *texts, const char *cell,
				     int64_t cuver)
{
	struct str out = str_new(a, 1u << 14);
	struct bytes part;

	for (size_t pos = 0; *cell && next_part(cell, ' ', &pos, &part);) {
		struct bytes name = { part.v + 2, part.n - 2 };
		bool nvml = name.n == 4 && memcmp(name.v, "nvml", 4) == 0;

		str_addf(&out, "%s%s\n",
			 nvml ? "" : "CUDA initialization: ", text_of(a, texts, name, cuver));
	}
	return str_text(&out);
}

static const char *said_warnings(struct arena *a, const struct prediction *p)
{
	struct str out = str_new(a, 1u << 14);

	for (size_t i = 0; i < p->warnings.n; i++)
		str_addf(&out, "%s\n", p->warnings.v[i]);
	return str_text(&out);
}

struct check {
	struct arena *a;
	const struct table *texts;
	const char *torch, *how;
	const struct row *row;
	size_t wrong;
};

static void same_text(struct check *c, const char *what, const char *said, const char *expected)
{
	if (strcmp(said, expected) == 0)
		return;
	c->wrong++;
	print_error("%s %s (%s) %s: said \"%s\", torch said \"%s\"\n", c->torch,
		    c->row->cell[STATE], c->how, what, said, expected);
}

static void compare(struct check *c, const struct facts *f)
{
	const char *const *cell = c->row->cell;
	struct prediction p = predict(f, c->a);
	int64_t cuver = strcmp(cell[CUVER], "-") == 0 ? 0 : cuver_of(c->a, c->torch, c->row);

	if (strcmp(cell[STATE], "pythonpath-stub-torch") == 0) {
		same_text(c, "is_available", outcome_text(c->a, &p.is_available), "False");
		same_text(c, "to_cuda", outcome_text(c->a, &p.to_cuda), "False");
		return;
	}
	same_text(c, "import", outcome_text(c->a, &p.import), "True");
	same_text(c, "is_available", outcome_text(c->a, &p.is_available), cell[IS_AVAILABLE]);
	same_text(c, "device_count", outcome_text(c->a, &p.device_count), cell[DEVICE_COUNT]);
	same_text(c, "to_cuda", outcome_text(c->a, &p.to_cuda),
		  expected_tensor(c->a, c->texts, cell[TO_CUDA], cuver));
	same_text(c, "warnings", said_warnings(c->a, &p),
		  expected_warnings(c->a, c->texts, cell[WARNINGS], cuver));
}

static void compare_row(struct check *c, size_t *by_files)
{
	struct facts answers = as_answers(c->a, c->torch, c->row), files;

	c->how = "by its libraries' answers";
	compare(c, &answers);
	if (!as_files(c->a, c->torch, c->row, &files))
		return;
	c->how = "by files";
	compare(c, &files);
	++*by_files;
}

static void known_answers(void **state)
{
	struct table known = table_of(*state, "known.tsv"), texts = table_of(*state, "texts.tsv");
	size_t measured = 0, by_files = 0, wrong = 0;

	for (size_t i = 0; i < known.rows.n; i++) {
		struct bytes version;

		for (size_t pos = 0; next_part(known.rows.v[i].cell[TORCH], ' ', &pos, &version);) {
			struct check c = { .a = *state, .texts = &texts, .row = &known.rows.v[i] };

			c.torch = arena_strndup(*state, version.v, version.n);
			compare_row(&c, &by_files);
			wrong += c.wrong;
			measured++;
		}
	}
	assert_int_equal(wrong, 0);
	assert_int_equal(measured, 1642);
	assert_true(by_files >= 60);
}

static int new_arena(void **state)
{
	*state = arena_new();
	return 0;
}

static int drop_arena(void **state)
{
	arena_free(*state);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(visible_devices),
		cmocka_unit_test(python_details),
		cmocka_unit_test(known_answers),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("oracle", tests, new_arena, drop_arena);
}
