// SPDX-License-Identifier: Apache-2.0
/* Does the screen keep its promises? 80 columns and 24 lines, the answer first, the whole
 * command, ASCII where asked, and no byte from outside that a terminal would obey. Reports are
 * filled by hand, so that no rule can hide a fault here. With WHYCPU_SHOW set the screens are
 * printed as comments, to be read by a person. */
#include "report/render.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/arena.h"
#include "report/page.h"
#include "report/term.h"
#include "rules/data.h"

static const char site_packages[] = "/home/ana/proj/.venv/lib/python3.11/site-packages";

struct machine {
	struct arena *arena;
	struct facts facts;
	struct report *report;
	struct render_opts opts;
};

static struct machine machine_new(void)
{
	struct arena *a = arena_new();
	struct render_opts opts = { .utf8 = true, .columns = 80, .rerun = "whycpu" };
	struct machine m = { .arena = a, .report = report_new(a), .opts = opts };

	m.facts.env.home = (struct fact_str){ .st = PRESENT, .v = "/home/ana", .from = "env:HOME" };
	return m;
}

static struct machine with_answer(enum answer answer, const char *diagnosis)
{
	struct machine m = machine_new();

	m.report->answer = answer;
	m.report->diagnosis = diagnosis;
	return m;
}

static void add_link(struct machine *m, const char *label, enum mark mark, const char *text)
{
	PUSH(m->arena, &m->report->chain, ((struct link_line){ label, mark, text }));
}

static struct finding *add(struct machine *m, const char *id, enum role role, const char *title)
{
	struct finding *f = report_add(m->report, id, STAGE_TORCH, FAIL, "", "%s", title);

	f->role = role;
	return f;
}

static const char *render(const struct machine *m)
{
	struct str out = str_new(m->arena, 1u << 24);

	reporter_find("text")->render(&m->facts, m->report, &m->opts, &out);
	assert_false(out.cut);
	return str_text(&out);
}

/* ---- machines ---- */

static struct machine healthy(void)
{
	struct machine m = with_answer(ANSWER_USES_GPU, "not-a-fault");

	m.report->target_python = "/home/ana/proj/.venv/bin/python";
	m.facts.torch.version =
		(struct fact_str){ .st = PRESENT, .v = "2.9.1+cu128", .from = "/x" };
	add_link(&m, "GPU", MARK_OK, "NVIDIA GPU at 0000:01:00.0 (10de:2684)");
	add_link(&m, "driver", MARK_OK, "570.124.06 (runs builds for CUDA 12 and older)");
	add_link(&m, "Python", MARK_OK,
		 "/home/ana/proj/.venv/bin/python 3.12.3, the python on your PATH");
	add_link(&m, "torch", MARK_OK, "2.9.1+cu128");
	return m;
}

static struct machine classic(void)
{
	struct machine m = with_answer(ANSWER_CANNOT_USE_GPU, "cpu-only-torch-build");
	struct finding *f =
		add(&m, "cpu-only-torch-build", ROLE_CAUSE, "torch 2.6.0+cpu is a CPU build");

	f->headline = "this torch was built without CUDA";
	finding_evidence(m.report, f, arena_fmt(m.arena, "%s/torch/version.py:5", site_packages),
			 "cuda is None");
	finding_evidence(m.report, f,
			 arena_fmt(m.arena, "%s/torch-2.6.0+cpu.dist-info/METADATA", site_packages),
			 "a +cpu build");
	finding_fix(m.report, f, APPLIES_LIKELY, "a pip environment; a build for your driver", "%s",
		    "/home/ana/proj/.venv/bin/python -m pip install --force-reinstall torch "
		    "--index-url https://download.pytorch.org/whl/cu126");
	add(&m, "not-nvcc", ROLE_RULED_OUT,
	    "nvcc 11.5 on your PATH. torch brings its own CUDA and never uses it");
	add_link(&m, "GPU", MARK_OK, "NVIDIA GPU at 0000:01:00.0 (10de:2520)");
	add_link(&m, "driver", MARK_OK, "550.163.01 (runs builds for CUDA 12 and older)");
	add_link(&m, "Python", MARK_OK,
		 "/home/ana/proj/.venv/bin/python 3.11.7, the python on your PATH");
	add_link(&m, "torch", MARK_BROKEN, "2.6.0+cpu");
	add_link(&m, "libraries", MARK_NONE, "a CPU build needs none");
	m.report->prediction = (struct prediction){
		.import.value = OUTCOME_TRUE,
		.is_available.value = OUTCOME_FALSE,
		.device_count.value = OUTCOME_COUNT,
		.to_cuda = { OUTCOME_FALSE, 0, "AssertionError",
			     "Torch not compiled with CUDA enabled" },
		.first_kernel = { OUTCOME_FALSE, 0, "AssertionError",
				  "Torch not compiled with CUDA enabled" },
	};
	return m;
}

static struct machine old_driver(void)
{
	struct machine m = with_answer(ANSWER_CANNOT_USE_GPU, "driver-too-old-for-torch-cuda");
	struct finding *f =
		add(&m, "driver-too-old-for-torch-cuda", ROLE_CAUSE, "driver 550 runs CUDA 12");

	f->headline = "the driver is too old for this torch";
	finding_evidence(m.report, f, "/proc/driver/nvidia/version:1", "kernel module 550.54.15");
	finding_evidence(m.report, f,
			 "/opt/conda/envs/ml/lib/python3.11/site-packages/torch/version.py:6",
			 "torch built for 13.0");
	finding_fix(
		m.report, f, APPLIES_LIKELY, "a build for CUDA 12 (no root needed)", "%s",
		"pip install --force-reinstall torch --index-url https://download.pytorch.org/whl/cu126");
	finding_fix(m.report, f, APPLIES_MANUAL, "driver 580 or newer (root, a reboot)", "%s",
		    "sudo apt install nvidia-driver-580");
	add_link(&m, "GPU", MARK_OK, "NVIDIA GPU at 0000:01:00.0");
	add_link(&m, "driver", MARK_BROKEN,
		 "550.54.15 runs CUDA up to 12.x; this torch is built for CUDA 13.0");
	add_link(&m, "Python", MARK_OK, "/opt/conda/envs/ml/bin/python 3.11.9");
	add_link(&m, "torch", MARK_OK, "2.11.0+cu130");
	m.report->prediction.import.value = OUTCOME_TRUE;
	m.report->prediction.is_available.value = OUTCOME_FALSE;
	m.report->prediction.to_cuda = (struct outcome){
		OUTCOME_FALSE, 0, "RuntimeError",
		"The NVIDIA driver on your system is too old (found version 12040). Please update your GPU driver by "
		"downloading and installing a new version from the URL: http://www.nvidia.com/Download/index.aspx "
		"Alternatively, go to: https://pytorch.org to install a PyTorch version that has been compiled with "
		"your version of the CUDA driver."
	};
	return m;
}

static struct machine hung(void)
{
	struct machine m = with_answer(ANSWER_CANNOT_TELL, "undetermined");
	struct finding *f = add(&m, "torch-not-installed", ROLE_UNKNOWN,
				"the folders of this Python could not all be read");

	f->headline = "/mnt/nfs/envs/ml/lib/python3.11/site-packages did not answer within 10 s";
	finding_evidence(m.report, f, "/mnt/nfs/envs/ml/lib/python3.11/site-packages", "no answer");
	finding_fix(m.report, f, APPLIES_MANUAL, "is the server of this mount up?", "%s",
		    "findmnt -T /mnt/nfs");
	add_link(&m, "GPU", MARK_OK, "NVIDIA GPU at 0000:01:00.0");
	add_link(
		&m, "torch", MARK_UNSURE,
		"/mnt/nfs/envs/ml/lib/python3.11/site-packages is stuck (state D, wchan rpc_wait_bit_killable, "
		"process 41312, since 14:02)");
	for (int i = 0; i < 5; i++)
		report_not_looked_at(
			m.report, "/mnt/nfs/envs/ml/place%d did not answer (nfs4 on /mnt/nfs)", i);
	return m;
}

static struct machine without_torch(void)
{
	struct machine m = with_answer(ANSWER_CANNOT_USE_GPU, "torch-not-installed");
	struct finding *f = add(&m, "torch-not-installed", ROLE_CAUSE, "this Python has no torch");

	f->headline = "this Python has no torch";
	finding_evidence(m.report, f, "/usr/bin/python3", "no torch in its 3 folders");
	finding_fix(m.report, f, APPLIES_MANUAL, "a system Python is not to be installed into",
		    "%s", "python3 -m venv ~/torch && ~/torch/bin/python -m pip install torch");
	add_link(&m, "Python", MARK_OK, "/usr/bin/python3 3.11.2");
	add_link(&m, "torch", MARK_BROKEN, "not installed");
	m.report->prediction.import = (struct outcome){ OUTCOME_FALSE, 0, "ModuleNotFoundError",
							"No module named 'torch'" };
	return m;
}

/* The module is not loaded, and that may only be a symptom of what could not be read. */
static struct machine undetermined(void)
{
	struct machine m = with_answer(ANSWER_CANNOT_USE_GPU, "undetermined");
	struct finding *f =
		add(&m, "kernel-module-not-loaded", ROLE_CAUSE, "nvidia.ko is not loaded");
	struct finding *open =
		add(&m, "no-nvidia-driver", ROLE_UNKNOWN, "is a driver installed at all?");

	f->headline = "the NVIDIA kernel module is not loaded";
	finding_evidence(m.report, f, "/sys/module/nvidia", "not there");
	finding_fix(m.report, f, APPLIES_LIKELY, NULL, "%s", "sudo modprobe nvidia");
	finding_evidence(m.report, open, "/lib/modules", "EACCES");
	add_link(&m, "driver", MARK_BROKEN, "the module is not loaded");
	return m;
}

/* Everything at once, and all of it long. */
static struct machine crowded(void)
{
	struct machine m = old_driver();
	static const enum mark states[] = { MARK_OK, MARK_BROKEN, MARK_WARNING, MARK_UNSURE,
					    MARK_NONE };
	struct finding *f = m.report->findings.v[0];

	for (int i = 0; i < 12; i++) {
		const char *path =
			arena_fmt(m.arena, "%s/a/long/folder/number/%d/with/a/file_%d.py",
				  site_packages, i, i);

		add_link(&m, "container", states[i % 5],
			 arena_fmt(m.arena, "%s is here, and then some", path));
		add(&m, arena_fmt(m.arena, "further-cause-%d", i), ROLE_CAUSE, path);
		add(&m, "some-warning", ROLE_WARNING, path);
		add(&m, "some-symptom", ROLE_SYMPTOM, path);
		add(&m, "not-thing", ROLE_RULED_OUT,
		    "people believe this and it is not so, as is well known");
		add(&m, "open", ROLE_UNKNOWN, path);
		report_not_looked_at(m.report, "%s: EACCES", path);
		finding_evidence(m.report, f, path, "a long sentence about evidence number %d", i);
		finding_fix(m.report, f, APPLIES_LIKELY,
			    "one more way out, with a reason that is long", "%s",
			    arena_fmt(m.arena, "sudo frobnicate --option-%d --path %s", i, path));
	}
	return m;
}

static struct machine (*const machines[])(void) = { healthy,       classic,      old_driver, hung,
						    without_torch, undetermined, crowded };
enum { N_MACHINES = sizeof machines / sizeof machines[0] };

/* ---- properties ---- */

static struct strlist lines_of(struct arena *a, const char *text)
{
	struct strlist lines = { 0 };
	struct bytes line;
	size_t pos = 0;

	while (next_line((struct bytes){ text, strlen(text) }, &pos, &line))
		PUSH(a, &lines, arena_strndup(a, line.v, line.n));
	return lines;
}

static void show(const struct strlist *lines)
{
	for (size_t i = 0; getenv("WHYCPU_SHOW") && i < lines->n; i++)
		printf("# |%s\n", lines->v[i]);
}

/* Only a word of a command may be wider than the screen, because a broken one would be another
 * command: such a line cannot be split as a command either. A sentence could. */
static void check_width(struct arena *a, const struct strlist *lines, size_t columns)
{
	for (size_t i = 0; i < lines->n; i++) {
		const char *start = lines->v[i] + strspn(lines->v[i], " ");

		if (term_width(lines->v[i]) > columns && !ends_with(start, " \\") &&
		    term_wrap_command(a, start, columns).n > 1)
			fail_msg("%zu columns: %s", term_width(lines->v[i]), lines->v[i]);
	}
}

static void check_no_control(const char *text)
{
	uint32_t cp = 0;

	for (size_t i = 0; text[i];) {
		size_t n = utf8_next(text + i, strlen(text + i), &cp);

		assert_true(n > 0);
		assert_true(cp == '\n' || (cp >= 0x20 && cp < 0x7f) || cp >= 0xa0);
		assert_false((cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069));
		i += n;
	}
}

static void fits_80_by_24(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_MACHINES; i++) {
		struct machine m = machines[i]();
		struct strlist lines = lines_of(m.arena, render(&m));

		show(&lines);
		assert_in_range(lines.n, 3, 24);
		check_width(m.arena, &lines, 80);
		arena_free(m.arena);
	}
}

static void narrow_and_wide_screens_do_not_break(void **state)
{
	static const unsigned widths[] = {
		0, 1, 30, 40, 57, 60, 61, 79, 81, 100, 250, 4000000000u
	};

	(void)state;
	for (size_t i = 0; i < N_MACHINES * sizeof widths / sizeof widths[0]; i++) {
		struct machine m = machines[i % N_MACHINES]();
		unsigned width = widths[i / N_MACHINES];
		size_t allowed = width == 0 ? 80 : width < 30 ? 30 : width;

		m.opts.columns = width;
		struct strlist lines = lines_of(m.arena, render(&m));

		check_width(m.arena, &lines, allowed);
		m.opts.verbose = true;
		lines = lines_of(m.arena, render(&m));
		check_width(m.arena, &lines, allowed);
		arena_free(m.arena);
	}
}

static void ascii_means_ascii(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * N_MACHINES; i++) {
		struct machine m = machines[i / 2]();

		m.opts.utf8 = false;
		m.opts.verbose = i % 2;
		add_link(&m, "Python", MARK_NONE, "/home/jos\xc3\xa9/\xf0\x9f\x98\x80/python");
		m.report->target_python = "/home/jos\xc3\xa9/python";
		for (const char *p = render(&m); *p; p++)
			assert_in_range(*p, '\n', 0x7e);
		arena_free(m.arena);
	}
}

static void ascii_marks_are_letters(void **state)
{
	static const char *const marks[] = { "ok ", "XX ", "XX ", "?? " };

	(void)state;
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		struct machine m = machines[i]();

		m.opts.utf8 = false;
		const char *screen = render(&m);

		assert_true(starts_with(screen, marks[i]));
		assert_null(strstr(screen, "\\u"));
		arena_free(m.arena);
	}
}

static void colour_only_repeats_the_marks(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_MACHINES; i++) {
		struct machine m = machines[i]();
		const char *plain = render(&m);
		struct str bare = str_new(m.arena, 1u << 20);

		m.opts.colour = true;
		const char *coloured = render(&m);

		assert_non_null(strchr(coloured, '\x1b'));
		for (const char *p = coloured; *p; p++) {
			if (*p == '\x1b')
				p += strcspn(p, "m");
			else
				str_addn(&bare, p, 1);
		}
		assert_string_equal(str_text(&bare), plain);
		arena_free(m.arena);
	}
}

static const char hostile[] = "/tmp/\x1b[31mred\x07\x7f\n\r\t\x9b"
			      "2J\xc2\x9b"
			      "2J\xe2\x80\xae"
			      "fdp.exe\xe2\x81\xa6\xff\xc0\xaf\xed\xa0\x80\xe2\x80\xa8z";

static void hostile_names_stay_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < 4 * N_MACHINES; i++) {
		struct machine m = machines[i / 4]();
		struct report *r = m.report;
		struct finding *f = add(&m, "x-hostile", ROLE_CAUSE, hostile);

		m.opts.verbose = i % 2;
		m.opts.quiet = i % 4 == 2;
		f->subject = f->headline = hostile;
		finding_evidence(r, f, hostile, "%s", hostile);
		finding_fix(r, f, APPLIES_SAFE, hostile, "%s", hostile);
		r->findings.v[r->findings.n - 1] = r->findings.v[0];
		r->findings.v[0] = f;
		r->target_python = m.facts.torch.version.v = hostile;
		m.opts.rerun = hostile;
		add_link(&m, "torch", MARK_BROKEN, hostile);
		add(&m, "x-unknown", ROLE_UNKNOWN, hostile);
		add(&m, "x-warning", ROLE_WARNING, hostile);
		add(&m, "x-out", ROLE_RULED_OUT, hostile);
		report_not_looked_at(r, "%s", hostile);
		r->prediction.import = (struct outcome){ OUTCOME_FALSE, 0, hostile, hostile };
		PUSH(m.arena, &r->prediction.warnings, hostile);
		check_no_control(render(&m));
		arena_free(m.arena);
	}
}

static void verdict_is_the_first_line(void **state)
{
	static const char *const first[] = {
		"✓ PyTorch will use the GPU, through torch 2.9.1+cu128.",
		"✗ PyTorch will run on the CPU: this torch was built without CUDA.",
		"✗ PyTorch will run on the CPU: the driver is too old for this torch.",
		"? Cannot tell yet: /mnt/nfs/envs/ml/lib/python3.11/site-packages did not answer",
		"✗ `import torch` will fail: this Python has no torch.",
		"✗ PyTorch cannot use the GPU: the NVIDIA kernel module is not loaded. What is",
	};

	(void)state;
	for (size_t i = 0; i < sizeof first / sizeof first[0]; i++) {
		struct machine m = machines[i]();

		assert_string_equal(lines_of(m.arena, render(&m)).v[0], first[i]);
		arena_free(m.arena);
	}
}

/* The words that a real shell finds in a command, one a line. */
static const char *shell_words(struct arena *a, const char *command)
{
	struct str words = str_new(a, 4096);
	char buffer[512];
	size_t n;

	setenv("LINE", arena_fmt(a, "words() { printf '[%%s]\\n' \"$@\"; }; words %s", command), 1);
	FILE *pipe = popen("exec bash -c \"$LINE\"", "r");

	assert_non_null(pipe);
	while ((n = fread(buffer, 1, sizeof buffer, pipe)) > 0)
		str_addn(&words, buffer, n);
	assert_int_equal(pclose(pipe), 0);
	return str_text(&words);
}

static void commands_survive_wrapping(void **state)
{
	static const char *const commands[] = {
		"pip install torch",
		"/home/ana/a/rather/long/path/to/an/environment/bin/python -m pip install torch --index-url x",
		"python -c 'import torch; print(torch.zeros(1)); print(\"1 2 3\")' && echo \"a b c d e f\"",
		"echo a\\ name\\ with\\ blanks\\ that\\ must\\ stay\\ one\\ word\\ of\\ it then end",
		"$'/tmp/it\\'s one\\\\word' -m pip install --upgrade torch --index-url somewhere",
		"'C:\\' and then words that are long enough for a second line",
		"x",
	};

	(void)state;
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		struct arena *a = arena_new();
		struct strlist lines = term_wrap_command(a, commands[i], 40);
		struct str pasted = str_new(a, 4096);

		for (size_t k = 0; k < lines.n; k++)
			str_addf(&pasted, "%s\n", lines.v[k]);
		assert_true(lines.n > 1 || strlen(commands[i]) <= 40);
		assert_string_equal(shell_words(a, str_text(&pasted)), shell_words(a, commands[i]));
		arena_free(a);
	}
}

static void paths_keep_their_file_name(void **state)
{
	struct machine m = classic();
	const char *screen = render(&m);

	(void)state;
	assert_non_null(strstr(screen, "version.py:5"));
	assert_non_null(strstr(screen, "~/proj/.venv/bin/python 3.11.7"));
	assert_null(strstr(screen, "/home/ana/proj/.venv/lib"));
	assert_string_equal(term_cut(m.arena, "in /a/bb/ccc/dddd/file.py:12 today", 28),
			    "in .../dddd/file.py:12 today");
	assert_string_equal(term_cut(m.arena, "no path in this sentence at all", 20),
			    "no path in this s...");
	assert_string_equal(term_cut(m.arena, "short", 20), "short");
	arena_free(m.arena);
}

static void home_is_a_whole_folder(void **state)
{
	struct machine m = healthy();

	(void)state;
	add_link(&m, "x", MARK_OK, "/home/anabel/x /srv/home/ana/y (/home/ana) /home/ana:");
	assert_non_null(strstr(render(&m), "/home/anabel/x /srv/home/ana/y (~) ~:"));
	arena_free(m.arena);
}

static void verbose_hides_nothing(void **state)
{
	struct machine m = crowded();

	(void)state;
	m.opts.verbose = true;
	const char *screen = render(&m);

	assert_non_null(strstr(screen, "further-cause-11"));
	assert_non_null(strstr(screen, "some-symptom"));
	assert_non_null(strstr(screen, "evidence number 11"));
	assert_non_null(strstr(screen, "--option-11"));
	assert_null(strstr(screen, "(-v)"));
	m.opts.verbose = false;
	screen = render(&m);
	assert_null(strstr(screen, "some-symptom"));
	assert_non_null(strstr(screen, "(-v)"));
	arena_free(m.arena);
}

static void quiet_is_one_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_MACHINES; i++) {
		struct machine m = machines[i]();

		m.opts.quiet = true;
		struct strlist lines = lines_of(m.arena, render(&m));

		show(&lines);
		assert_int_equal(lines.n, 1);
		assert_non_null(strstr(lines.v[0], m.report->diagnosis));
		arena_free(m.arena);
	}
}

/* Of a machine without fault: what was checked, not the chain, which is for -v. */
static void a_sound_machine_gets_a_short_screen(void **state)
{
	struct machine m = healthy();

	(void)state;
	PUSH(m.arena, &m.report->checked, "driver 570.124.06 runs builds for CUDA 12");
	PUSH(m.arena, &m.report->checked, "this torch has code for your GPU");
	m.report->checked_python = "/home/ana/proj/.venv/bin/python 3.12.3";
	const char *screen = render(&m);

	assert_non_null(strstr(screen, "\n  checked  driver 570.124.06 runs builds for CUDA 12\n"
				       "           this torch has code for your GPU\n"
				       "  Python   ~/proj/.venv/bin/python 3.12.3\n"));
	assert_null(strstr(screen, "0000:01:00.0"));
	m.opts.verbose = true;
	assert_non_null(strstr(render(&m), "  GPU     ✓ NVIDIA GPU at 0000:01:00.0"));
	m.opts.verbose = false;
	add_link(&m, "environment", MARK_WARNING, "X=1");
	assert_non_null(strstr(render(&m), "  GPU          ✓ NVIDIA GPU at 0000:01:00.0"));
	arena_free(m.arena);
}

/* True, then a failure: a person who asked is_available() believes that all is well. */
static void answers_that_differ_stand_in_a_row(void **state)
{
	struct machine m = with_answer(ANSWER_CANNOT_USE_GPU, "gpu-arch-not-in-build");
	struct prediction *p = &m.report->prediction;

	(void)state;
	add(&m, "gpu-arch-not-in-build", ROLE_CAUSE, "no code for this GPU");
	*p = (struct prediction){
		.import.value = OUTCOME_TRUE,
		.is_available.value = OUTCOME_TRUE,
		.device_count = { .value = OUTCOME_COUNT, .count = 1 },
		.to_cuda.value = OUTCOME_TRUE,
		.first_kernel = { OUTCOME_FALSE, 0, "AcceleratorError", "CUDA error: no image" },
	};
	const char *screen = render(&m);

	assert_true(starts_with(screen, "✗ torch will see the GPU and fail at the first kernel"));
	assert_non_null(strstr(screen,
			       "\n  is_available() True · device_count() 1 · .to(\"cuda\") works · "
			       "a kernel fails\n  with \"CUDA error: no image\"\n"));
	assert_null(strstr(screen, "will be True"));
	p->is_available.value = OUTCOME_FALSE;
	p->to_cuda = p->first_kernel;
	p->device_count.count = 8;
	assert_non_null(strstr(render(&m), "\n  is_available() False · device_count() 8 · "));
	p->device_count.count = 0;
	assert_null(strstr(render(&m), "device_count() 0"));
	arena_free(m.arena);
}

static size_t count_of(const char *text, const char *word)
{
	size_t n = 0;

	for (; (text = strstr(text, word)); text += strlen(word))
		n++;
	return n;
}

/* Several questions are open, and there is one command: torch's trial, if torch is there; else the first question's. */
static void an_open_answer_has_one_command(void **state)
{
	struct machine m = with_answer(ANSWER_CANNOT_TELL, "undetermined");

	(void)state;
	for (int i = 1; i <= 3; i++) {
		struct finding *f =
			add(&m, "open", ROLE_UNKNOWN,
			    arena_fmt(m.arena, "whether thing %d is so is not known", i));

		finding_fix(m.report, f, APPLIES_SAFE, NULL, "look-at-thing %d", i);
	}
	const char *screen = render(&m);

	assert_int_equal(count_of(screen, "What would decide:\n"), 1);
	assert_non_null(strstr(screen, "look-at-thing 1\n"));
	assert_int_equal(count_of(screen, "look-at-thing"), 1);
	assert_non_null(
		strstr(screen, "Also open: whether thing 2 is so is not known; whether thing 3"));
	m.report->target_torch = "2.6.0+cu124";
	m.report->target_chosen = "python3 on PATH";
	screen = render(&m);
	assert_int_equal(count_of(screen, "look-at-thing"), 0);
	assert_non_null(strstr(screen, "  python3 -c \"import torch; print(torch.ones(2"));
	m.opts.verbose = true;
	assert_int_equal(count_of(render(&m), "look-at-thing"), 3);
	arena_free(m.arena);
}

static void what_was_not_needed_is_for_verbose(void **state)
{
	struct machine m = classic();

	(void)state;
	PUSH(m.arena, &m.report->unread, "/etc/modprobe.d/x.conf could not be read");
	assert_null(strstr(render(&m), "modprobe"));
	m.opts.verbose = true;
	assert_non_null(strstr(render(&m), "/etc/modprobe.d/x.conf could not be read."));
	arena_free(m.arena);
}

/* Nothing but an answer: rules and collectors may fail to say anything at all. */
static void an_empty_report_is_still_an_answer(void **state)
{
	static const enum answer answers[] = { ANSWER_CANNOT_TELL, ANSWER_USES_GPU,
					       ANSWER_CANNOT_USE_GPU };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct machine m = with_answer(answers[i], "undetermined");
		struct strlist lines = lines_of(m.arena, render(&m));

		show(&lines);
		assert_true(lines.n > 0 && term_width(lines.v[0]) > 20);
		arena_free(m.arena);
	}
}

static void widths_and_escapes(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	assert_int_equal(term_width("abc"), 3);
	assert_int_equal(term_width("日本"), 4);
	assert_int_equal(term_width("e\xcc\x81"), 1);
	assert_int_equal(term_width("é✓✗–·"), 5);
	assert_int_equal(term_width("\xe2\x9c\x85\xf0\x9f\xa9\xbb\xf0\x9f\x90\x8d"), 6);
	assert_string_equal(term_safe(a, "a\x1b\x7f\xff\xc2\x85\xe2\x80\xae日", true),
			    "a\\x1b\\x7f\\xff\\u0085\\u202e日");
	assert_string_equal(term_safe(a, "é\xf0\x9f\x98\x80", false), "\\u00e9\\U0001f600");
	assert_string_equal(term_safe(a, term_safe(a, "\x1b\\x", true), true),
			    term_safe(a, "\x1b\\x", true));
	arena_free(a);
}

static void a_doubled_backslash_is_one(void **state)
{
	struct machine m = healthy();

	(void)state;
	add_link(&m, "x", MARK_OK, "/tmp/back\\\\slash/\\x1b");
	assert_non_null(strstr(render(&m), "/tmp/back\\slash/\\x1b"));
	arena_free(m.arena);
}

static void every_page_fits_every_screen(void **state)
{
	static const unsigned widths[] = { 30, 40, 80, 132 };

	(void)state;
	for (size_t i = 0; i < 4 * n_rule_page_table; i++) {
		struct arena *a = arena_new();
		struct render_opts opts = { .columns = widths[i % 4], .utf8 = i % 3 };
		const char *page = page_text(a, rule_page_table[i / 4].text, &opts);
		struct strlist lines = lines_of(a, page);

		if (widths[i % 4] >= 80)
			assert_true(starts_with(page, rule_page_table[i / 4].id));
		assert_null(strstr(page, "\n#"));
		check_no_control(page);
		check_width(a, &lines, widths[i % 4]);
		arena_free(a);
	}
}

static void a_page_is_laid_out_anew(void **state)
{
	struct arena *a = arena_new();
	struct render_opts opts = { .columns = 30, .utf8 = true };

	(void)state;
	assert_string_equal(
		page_text(
			a,
			"# x: a title\n\n## Fix\nOne line\nand another one, which is long.\n"
			"\n    sudo apt install something --yes\n\n- an item that\n  goes on\n- two\n",
			&opts),
		"x: a title\n\nFix\n  One line and another one,\n  which is long.\n\n"
		"      sudo apt install \\\n        something --yes\n\n"
		"  - an item that goes on\n  - two\n");
	arena_free(a);
}

static void json_is_ascii_and_loses_nothing(void **state)
{
	struct machine m = crowded();
	struct str out = str_new(m.arena, 1u << 24);

	(void)state;
	add(&m, "x-hostile", ROLE_WARNING, hostile);
	add(&m, "x-delete", ROLE_WARNING, "\x7f alone, in sound UTF-8: \xc3\xa9");
	reporter_find("json")->render(&m.facts, m.report, &m.opts, &out);
	for (const char *p = str_text(&out); *p; p++)
		assert_in_range(*p, '\n', 0x7e);
	assert_non_null(strstr(str_text(&out), "fdp.exe"));
	assert_non_null(strstr(str_text(&out), "\"\\u007f alone, in sound UTF-8: \\u00E9\""));
	assert_int_equal(out.v[out.n - 1], '\n');
	assert_null(reporter_find("nothing"));
	arena_free(m.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fits_80_by_24),
		cmocka_unit_test(narrow_and_wide_screens_do_not_break),
		cmocka_unit_test(ascii_means_ascii),
		cmocka_unit_test(ascii_marks_are_letters),
		cmocka_unit_test(colour_only_repeats_the_marks),
		cmocka_unit_test(hostile_names_stay_text),
		cmocka_unit_test(verdict_is_the_first_line),
		cmocka_unit_test(commands_survive_wrapping),
		cmocka_unit_test(paths_keep_their_file_name),
		cmocka_unit_test(home_is_a_whole_folder),
		cmocka_unit_test(verbose_hides_nothing),
		cmocka_unit_test(quiet_is_one_line),
		cmocka_unit_test(a_sound_machine_gets_a_short_screen),
		cmocka_unit_test(answers_that_differ_stand_in_a_row),
		cmocka_unit_test(an_open_answer_has_one_command),
		cmocka_unit_test(what_was_not_needed_is_for_verbose),
		cmocka_unit_test(an_empty_report_is_still_an_answer),
		cmocka_unit_test(widths_and_escapes),
		cmocka_unit_test(a_doubled_backslash_is_one),
		cmocka_unit_test(every_page_fits_every_screen),
		cmocka_unit_test(a_page_is_laid_out_anew),
		cmocka_unit_test(json_is_ascii_and_loses_nothing),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
