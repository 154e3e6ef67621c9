// SPDX-License-Identifier: Apache-2.0
/* One table of options: it parses, it makes --help, and a test holds the man page against it. */
#include <limits.h>
#include <stddef.h>
#include <string.h>

#include "core/log.h"
#include "core/str.h"
#include "report/out.h"
#include "verbs/verbs.h"

#define CHECK 1u
#define SNAPSHOT 2u
#define RULE 4u
#define LINT 8u
#define ALL (CHECK | SNAPSHOT | RULE | LINT)

#define TIMEOUT_S 10
#define TIMEOUT_S_MAX 3600

const struct verb verbs[] = {
	{ "check", "[SCRIPT.py]", "Why does PyTorch not use the GPU here? (the default)", CHECK,
	  verb_check },
	{ "lint", "[PATH...]", "Which lines of Python keep work off the GPU, or crash on it?", LINT,
	  verb_lint },
	{ "snapshot", "", "Record this machine as a folder that `check --root` reads", SNAPSHOT,
	  verb_snapshot },
	{ "rule", "[ID]", "Explain one finding; without ID, list them all", RULE, verb_rule },
};
const size_t n_verbs = sizeof verbs / sizeof *verbs;

static const struct option {
	const char *name;
	char letter;
	const char *arg; /* NULL: a switch */
	const char *help;
	unsigned verbs;
	size_t slot; /* offset in struct options: const char * or bool */
} table[] = {
	{ "python", 0, "PY", "The Python to check: a path, a name or an environment",
	  CHECK | SNAPSHOT, offsetof(struct options, python) },
	{ "pid", 0, "PID", "The running Python to check: its own files and variables", CHECK,
	  offsetof(struct options, pid) },
	{ "root", 0, "DIR", "Check a recorded machine or a mounted disk instead", CHECK,
	  offsetof(struct options, root) },
	{ "timeout", 0, "SECONDS", "All looks together may take so long (10)", CHECK | SNAPSHOT,
	  offsetof(struct options, timeout) },
	{ "probe", 0, "HOW", "Ask the driver if files are sound: none, nvml, cuda",
	  CHECK | SNAPSHOT, offsetof(struct options, probe) },
	{ "format", 0, "NAME", "text, json, prometheus; of lint text, json, sarif, github",
	  CHECK | LINT, offsetof(struct options, format) },
	{ "json", 0, NULL, "The same as --format json", CHECK | LINT,
	  offsetof(struct options, json) },
	{ "verbose", 'v', NULL, "Everything: all evidence, torch's predicted answers", CHECK,
	  offsetof(struct options, verbose) },
	{ "quiet", 'q', NULL, "One line", CHECK | LINT, offsetof(struct options, quiet) },
	{ "color", 0, "WHEN", "auto, always or never", CHECK | LINT,
	  offsetof(struct options, colour) },
	{ "exit-zero", 0, NULL, "Exit with 0 whatever was found", CHECK | LINT,
	  offsetof(struct options, exit_zero) },
	{ "trace", 0, NULL, "Every look at the machine, and every fact, on stderr",
	  CHECK | SNAPSHOT, offsetof(struct options, trace) },
	{ "select", 0, "IDS", "Only these findings: ID,ID..., all, or advice", LINT,
	  offsetof(struct options, select) },
	{ "ignore", 0, "IDS", "Not these findings", LINT, offsetof(struct options, ignore) },
	{ "fix", 0, NULL, "Write the edits that are certainly right into the files", LINT,
	  offsetof(struct options, fix) },
	{ "unsafe-fixes", 0, NULL, "Those as well that are only likely right", LINT,
	  offsetof(struct options, unsafe_fixes) },
	{ "diff", 0, NULL, "Show what --fix would write, and write nothing", LINT,
	  offsetof(struct options, diff) },
	{ "output", 'o', "DIR", "The folder to write (whycpu-snapshot)", SNAPSHOT,
	  offsetof(struct options, out) },
	{ "help", 'h', NULL, "This text", ALL, offsetof(struct options, help) },
	{ "version", 'V', NULL, "The version", ALL, offsetof(struct options, version) },
};
#define N_OPTIONS (sizeof table / sizeof *table)

const char *help_text(struct arena *a)
{
	struct str s = str_new(a, 64 * 1024);

	str_add(&s,
		"whycpu: why does PyTorch run on my CPU instead of my GPU, and what do I type to\nfix it?\n\n"
		"Usage: whycpu [check] [SCRIPT.py] [OPTION...]\n       whycpu COMMAND [OPTION...]\n\n"
		"Commands:\n");
	for (size_t i = 0; i < n_verbs; i++)
		str_addf(&s, "  %-17s %s\n", arena_fmt(a, "%s %s", verbs[i].name, verbs[i].args),
			 verbs[i].help);
	str_add(&s, "\nOptions:\n");
	for (size_t i = 0; i < N_OPTIONS; i++) {
		const struct option *o = &table[i];
		const char *letter = o->letter ? arena_fmt(a, "-%c, ", o->letter) : "";

		str_addf(&s, "  %-21s %s\n",
			 arena_fmt(a, "%s--%s%s%s", letter, o->name, o->arg ? " " : "",
				   o->arg ? o->arg : ""),
			 o->help);
	}
	str_add(&s, "\nExit status: 0 no cause found, 1 a cause found, 2 what was typed cannot be\n"
		    "used, 3 cannot tell, 70 an error in whycpu itself.\n");
	return str_text(&s);
}

static const struct option *find_option(const char *typed, size_t n)
{
	for (size_t i = 0; i < N_OPTIONS; i++)
		if (strlen(table[i].name) == n && memcmp(table[i].name, typed, n) == 0)
			return &table[i];
	return NULL;
}

static const struct option *find_letter(char letter)
{
	for (size_t i = 0; i < N_OPTIONS; i++)
		if (table[i].letter && table[i].letter == letter)
			return &table[i];
	return NULL;
}

static int unknown_option(const char *typed, struct arena *a)
{
	const char *names[N_OPTIONS], *shown = esc(a, typed);
	const char *word = arena_strndup(a, typed, strcspn(typed, "="));

	for (size_t i = 0; i < N_OPTIONS; i++)
		names[i] = arena_fmt(a, "--%s", table[i].name);

	const char *near = did_you_mean(word, names, N_OPTIONS);

	if (near)
		log_error("no option \"%s\". Did you mean \"%s\"?  (whycpu --help)", shown, near);
	else
		log_error("no option \"%s\".  (whycpu --help)", shown);
	return EXIT_USAGE;
}

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; i < n_verbs; i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

static const char *near_verb(const char *typed)
{
	const char *names[8];
	size_t n = n_verbs < 8 ? n_verbs : 8;

	for (size_t i = 0; i < n; i++)
		names[i] = verbs[i].name;
	return did_you_mean(typed, names, n);
}

/* The first word, which is no verb: a mistyped one, or a script. Whether a file of that name exists is asked later: here
 * no path is touched. */
static bool take_script(struct options *o, struct arena *a)
{
	const char *typed = o->args.v[0], *near = near_verb(typed);

	o->script_or_command = !strpbrk(typed, "./");
	if (o->script_or_command && near) {
		log_error("no command \"%s\". Did you mean \"%s\"?  (whycpu --help)", esc(a, typed),
			  near);
		return false;
	}
	return true;
}

static void set_slot(struct options *o, const struct option *option, const char *value)
{
	char *at = (char *)o + option->slot;

	if (option->arg)
		*(const char **)(void *)at = value;
	else
		*(bool *)(void *)at = true;
}

/* One word of argv that begins with '-'. Returns how many words were used, 0 on an error that was told. */
static size_t parse_option(char **word, struct options *o, struct arena *a, unsigned *used_by)
{
	const char *typed = word[0], *value = NULL;
	const struct option *option;
	bool is_long = typed[1] == '-';

	if (is_long) {
		size_t n = strcspn(typed + 2, "=");

		option = find_option(typed + 2, n);
		value = typed[2 + n] ? typed + 3 + n : NULL;
	} else {
		option = find_letter(typed[1]);
		value = option && option->arg && typed[2] ? typed + 2 : NULL;
	}
	if (!option || (!is_long && !option->arg && typed[2])) {
		unknown_option(typed, a);
		return 0;
	}
	if (!option->arg && value) {
		log_error("--%s takes no value.", option->name);
		return 0;
	}
	*used_by &= option->verbs;
	if (!option->arg) {
		set_slot(o, option, NULL);
		return 1;
	}

	size_t used = value ? 1 : 2;

	value = value ? value : word[1];
	if (!value || !value[0]) {
		log_error("--%s needs a value: --%s %s.", option->name, option->name, option->arg);
		return 0;
	}
	set_slot(o, option, value);
	return used;
}

static bool check_values(struct options *o, struct arena *a)
{
	int64_t seconds = TIMEOUT_S, pid = 0;
	const char *format = o->json ? "json" : o->format ? o->format : "text";

	if (o->timeout &&
	    (!parse_i64(o->timeout, &seconds) || seconds < 1 || seconds > TIMEOUT_S_MAX)) {
		log_error("--timeout takes whole seconds from 1 to %d, not \"%s\".", TIMEOUT_S_MAX,
			  esc(a, o->timeout));
		return false;
	}
	if (o->colour && strcmp(o->colour, "auto") && strcmp(o->colour, "always") &&
	    strcmp(o->colour, "never")) {
		log_error("--color takes auto, always or never, not \"%s\".", esc(a, o->colour));
		return false;
	}
	if (o->probe && strcmp(o->probe, "none") && strcmp(o->probe, "nvml") &&
	    strcmp(o->probe, "cuda")) {
		log_error("--probe takes none, nvml or cuda, not \"%s\".", esc(a, o->probe));
		return false;
	}
	if (o->pid && (!parse_i64(o->pid, &pid) || pid < 1 || pid > INT_MAX)) {
		log_error("--pid takes the number of a process, not \"%s\".", esc(a, o->pid));
		return false;
	}
	if (o->pid && (o->python || o->script)) {
		log_error("--pid already says which Python is meant: leave out %s.",
			  o->python ? "--python" : esc(a, o->script));
		return false;
	}
	o->timeout_ms = (unsigned)seconds * 1000;
	o->format = format;
	return true;
}

static bool fits_verb(const struct verb *verb, unsigned used_by, char **argv, struct arena *a)
{
	if (used_by & verb->bit)
		return true;
	for (char **word = argv + 1; *word; word++) {
		const struct option *option =
			(*word)[0] != '-'   ? NULL
			: (*word)[1] == '-' ? find_option(*word + 2, strcspn(*word + 2, "="))
					    : find_letter((*word)[1]);

		if (option && !(option->verbs & verb->bit)) {
			log_error("`whycpu %s` takes no option \"%s\".  (whycpu --help)",
				  verb->name, esc(a, *word));
			return false;
		}
	}
	log_error("these options do not go together.  (whycpu --help)");
	return false;
}

static size_t max_args(const struct verb *verb)
{
	return strstr(verb->args, "...") ? SIZE_MAX : verb->args[0] ? 1 : 0;
}

const struct verb *parse_command(char **argv, struct options *o, struct arena *a, int *ret_status)
{
	const struct verb *verb = NULL;
	unsigned used_by = ALL;
	bool only_words = false;

	*ret_status = EXIT_USAGE;
	for (char **word = argv[0] ? argv + 1 : argv; *word;) {
		if (!only_words && strcmp(*word, "--") == 0) {
			only_words = true;
			word++;
		} else if (!only_words && (*word)[0] == '-' && (*word)[1]) {
			size_t used = parse_option(word, o, a, &used_by);

			if (!used)
				return NULL;
			word += used;
		} else if (!verb && !o->args.n && find_verb(*word)) {
			verb = find_verb(*word++);
		} else {
			PUSH(a, &o->args, *word++);
		}
	}
	if (o->help || o->version) {
		*ret_status = out_write(o->help ? help_text(a) : "whycpu " WHYCPU_VERSION "\n")
				      ? EXIT_USAGE
				      : 0;
		return NULL;
	}
	if (!verb && o->args.n && !take_script(o, a))
		return NULL;
	verb = verb ? verb : &verbs[0];
	if (o->args.n > max_args(verb)) {
		log_error("`whycpu %s` cannot use \"%s\".  (whycpu --help)", verb->name,
			  esc(a, o->args.v[o->args.n - 1]));
		return NULL;
	}
	if (verb == &verbs[0] && o->args.n)
		o->script = o->args.v[0];
	return fits_verb(verb, used_by, argv, a) && check_values(o, a) ? verb : NULL;
}
