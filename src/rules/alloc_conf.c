// SPDX-License-Identifier: Apache-2.0
/* Will the caching allocator accept its settings? Compares the names of the options with
 * data/alloc_option.tsv; their values are not judged. It cannot know options that are newer than the table. */
#include "rules/alloc_conf.h"

#include <string.h>

#include "core/str.h"
#include "core/version.h"
#include "rules/data.h"

/* Up to 2.7 the words are certain; the parser was rewritten after that. */
#define WORDS_BEFORE "2.8.0a0"

/* A name with = is in no version: "max_split_size_mb=128" instead of a colon. */
static enum tri is_known(const char *option, const char *torch, struct arena *a)
{
	for (size_t i = 0; i < n_alloc_option_table; i++) {
		const struct alloc_option_row *row = &alloc_option_table[i];

		if (strcmp(row->option, option) != 0)
			continue;
		if (version_compare(torch, row->since) >= 0)
			return YES;
		/* A pre-release of that version may have it already. */
		return *row->before && version_compare(torch, arena_fmt(a, "%s.0a0", row->before)) <
					       0
			       ? NO
			       : MAYBE;
	}
	return strchr(option, '=') ? NO : MAYBE;
}

/* The part up to the next comma that is not in brackets ("roundup_power2_divisions:[256:1,>:8]"), without blanks. */
static const char *next_option(struct arena *a, const char **text)
{
	struct str out = str_new(a, 4096);
	int depth = 0;

	while (**text && (depth > 0 || **text != ',')) {
		depth += (**text == '[') - (**text == ']');
		if (**text != ' ')
			str_addn(&out, *text, 1);
		++*text;
	}
	*text += **text == ',';
	return str_text(&out);
}

/* The first option that is not accepted; a certain one before one that cannot be judged. */
static struct alloc_conf judge_value(const struct fact_str *value, const char *torch,
				     struct arena *a)
{
	struct alloc_conf conf = { YES, NULL, value, NULL };
	const char *text = value->v;

	while (*text) {
		const char *part = next_option(a, &text);
		const char *option = arena_strndup(a, part, strcspn(part, ":"));
		enum tri known = *option ? is_known(option, torch, a) : YES;

		if (known >= conf.accepted)
			continue;
		conf.accepted = known;
		conf.option = option;
	}
	if (conf.accepted == NO && version_compare(torch, WORDS_BEFORE) < 0)
		conf.raises_text =
			arena_fmt(a, "Unrecognized CachingAllocator option: %s", conf.option);
	return conf;
}

static struct alloc_conf lower(struct alloc_conf a, struct alloc_conf b)
{
	return b.accepted < a.accepted ? b : a;
}

struct alloc_conf alloc_conf_of(const struct facts *f, struct arena *a)
{
	const struct fact_str *old = &f->env.cuda_alloc_conf, *new = &f->env.alloc_conf;
	struct alloc_conf conf = { YES, NULL, old, NULL };

	if (old->st == UNKNOWN || new->st == UNKNOWN)
		conf = (struct alloc_conf){ MAYBE, NULL, old->st == UNKNOWN ? old : new, NULL };
	if (f->torch.version.st != PRESENT)
		return conf;
	if (old->st == PRESENT)
		conf = lower(conf, judge_value(old, f->torch.version.v, a));
	if (new->st != PRESENT)
		return conf;

	/* Which version reads the new name first is not known to the day: it never proves anything here. */
	struct alloc_conf by_new = judge_value(new, f->torch.version.v, a);
	if (by_new.accepted == NO)
		by_new = (struct alloc_conf){ MAYBE, by_new.option, new, NULL };
	return lower(conf, by_new);
}
