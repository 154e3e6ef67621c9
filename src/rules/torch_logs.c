// SPDX-License-Identifier: Apache-2.0
/* Does `import torch` accept TORCH_LOGS? From 2.1 on it is read while torch is imported, and a word that torch does not know ends
 * the import (torch/_logging/_internal.py of 2.1.2 to 2.15.0). Any other word may be a module's name: whether it is one only
 * the import itself can tell. */
#include "rules/torch_logs.h"

#include <ctype.h>
#include <string.h>

#include "core/str.h"
#include "core/version.h"
#include "rules/data.h"

/* Read from this release on; of the 2.0 it was not looked at. */
#define READ_FROM "2.1"
#define PERHAPS_FROM "2.0"

static bool is_known(const char *name, const char *torch)
{
	for (size_t i = 0; i < n_torch_log_name_table; i++)
		if (strcmp(torch_log_name_table[i].name, name) == 0)
			return version_compare(torch, torch_log_name_table[i].from) >= 0;
	return false;
}

/* Beyond ASCII Python's \w is not judged here. */
static bool is_word_byte(unsigned char c)
{
	return isalnum(c) || c == '_' || c == '.' || c >= 0x80;
}

/* One entry as torch's regular expression has it: a sign or none, then letters, digits, _ and dots; blanks only in front of it,
 * behind a comma. Its word, or NULL. */
static const char *word_of(struct arena *a, struct bytes entry, bool first)
{
	size_t at = 0, n;

	while (!first && at < entry.n && isspace((unsigned char)entry.v[at]))
		at++;
	if (at < entry.n && (entry.v[at] == '+' || entry.v[at] == '-'))
		at++;
	n = at;
	while (n < entry.n && is_word_byte((unsigned char)entry.v[n]))
		n++;
	return n == entry.n && n > at ? arena_strndup(a, entry.v + at, n - at) : NULL;
}

static struct torch_logs refused(struct arena *a, const char *value)
{
	const char *text = arena_fmt(
		a,
		"\nInvalid log settings: %s, must be a comma separated list of fully\n"
		"qualified module names, registered log names or registered artifact names.\n",
		value);

	return (struct torch_logs){ NO, value, text };
}

struct torch_logs torch_logs_of(const struct facts *f, struct arena *a)
{
	const struct fact_str *variable = &f->env.torch_logs;
	const char *torch = f->torch.version.v, *value;
	struct torch_logs logs = { YES, NULL, NULL };
	struct bytes entry;
	size_t pos = 0;
	bool first = true;

	if (f->torch.version.st != PRESENT || version_compare(torch, PERHAPS_FROM) < 0)
		return logs;
	if (variable->st == UNKNOWN && strcmp(variable->why, "not recorded") != 0)
		return (struct torch_logs){ MAYBE, NULL, NULL };
	if (variable->st != PRESENT || !*variable->v)
		return logs;
	value = unesc(a, variable->v).v;
	if (strcmp(value, "help") == 0 || strcmp(value, "+help") == 0)
		logs = (struct torch_logs){ NO, value, NULL };
	else if (ends_with(value, ","))
		logs = refused(a, value);
	for (; logs.accepted != NO && next_part(value, ',', &pos, &entry); first = false) {
		const char *word = word_of(a, entry, first);

		if (!word)
			logs = refused(a, value);
		else if (!is_known(word, torch))
			logs = (struct torch_logs){ MAYBE, word, NULL };
	}
	if (logs.accepted == NO && version_compare(torch, READ_FROM) < 0)
		logs = (struct torch_logs){ MAYBE, logs.word, NULL };
	return logs;
}

static void check(const struct rule *self, const struct facts *f, struct report *r)
{
	struct torch_logs logs = torch_logs_of(f, r->arena);
	const struct fact_str *variable = &f->env.torch_logs;
	struct finding *x;

	if (logs.accepted == YES || f->torch.dir.st != PRESENT)
		return;
	if (logs.accepted == NO)
		x = report_add(r, self->id, self->stage, FAIL, "",
			       "torch refuses TORCH_LOGS=%s when it is imported", variable->v);
	else
		x = report_add(r, self->id, self->stage, CANNOT_TELL, "",
			       "whether torch knows every word of TORCH_LOGS is not known");
	x->headline = "torch does not accept the value of TORCH_LOGS";
	finding_evidence(r, x, variable->from, "%s",
			 variable->st == PRESENT ? variable->v : "could not be read");
	if (logs.accepted == MAYBE && logs.word)
		finding_evidence(r, x, variable->from,
				 "\"%s\" must be the name of a module that Python finds",
				 logs.word);
	finding_fix(r, x, APPLIES_SAFE, "it only switches messages on", "unset TORCH_LOGS");
}

const struct rule torch_logs_rules[] = {
	{ "x-bad-torch-logs", STAGE_ENVIRONMENT, check },
	{ 0 },
};
