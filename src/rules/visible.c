// SPDX-License-Identifier: Apache-2.0
/* Which GPUs does CUDA_VISIBLE_DEVICES leave to CUDA? The driver's own reading, as far as NVIDIA documents
 * it (CUDA programming guide, environment variables): numbers or UUID prefixes between commas, and the first
 * entry that is no GPU ends the list. What else people write (blanks, signs, one GPU twice, two kinds in one
 * list) is not documented: MAYBE, never a guess. It cannot know the instances of a GPU in MIG mode. Values
 * are escaped text here: what is no plain ASCII only has to stay recognisable. */
#include "rules/visible.h"

#include <string.h>
#include <strings.h>

#include "core/str.h"

/* ---- the GPUs that are there ---- */

static bool is_gpu_node(const struct node *node)
{
	const char *number = node->path + strlen("/dev/nvidia");
	int64_t n;

	return starts_with(node->path, "/dev/nvidia") && parse_i64(number, &n);
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* A container has the host's PCI bus and only the nodes that it was given; a batch job may be refused some
 * of them. */
static void keep_to_nodes(const struct facts *f, struct range *gpus)
{
	bool plain = f->platform.container.st == ABSENT;
	size_t there = 0, usable = 0;

	for (size_t i = 0; i < f->nodes.all.n; i++) {
		if (!is_gpu_node(&f->nodes.all.v[i]))
			continue;
		there++;
		usable += is_true(&f->nodes.all.v[i].usable) == YES;
	}
	if (f->nodes.all.st != PRESENT) {
		gpus->least = plain ? gpus->least : smaller(gpus->least, 1);
		return;
	}
	if (!plain)
		gpus->most = smaller(gpus->most, there);
	if (!plain || usable < there)
		gpus->least = smaller(gpus->least, usable);
}

struct range gpus_offered(const struct facts *f)
{
	const struct probe *p = &f->probe;
	struct range gpus = gpus_driven(f);

	if (p->nvml_init.st == PRESENT && p->nvml_init.v == 0 && p->nvml_gpus.st == PRESENT)
		return (struct range){ p->nvml_gpus.n, p->nvml_gpus.n };
	if (gpu_outside_pci(f) == YES) {
		bool all = f->env.cuda_visible_devices.st == ABSENT;
		size_t counted = (size_t)p->cuda_count.v;

		return driver_answered(f) && all ? (struct range){ counted, counted }
						 : (struct range){ gpus.least, SIZE_MAX };
	}
	keep_to_nodes(f, &gpus);
	return gpus;
}

/* A GPU that was never initialised has question marks. */
static bool add_uuid(struct arena *a, struct strlist *uuids, const char *uuid)
{
	if (!uuid || !starts_with(uuid, "GPU-") || strchr(uuid, '?'))
		return false;
	PUSH(a, uuids, uuid);
	return true;
}

bool uuids_offered(const struct facts *f, struct arena *a, struct strlist *ret_uuids)
{
	const struct probed_list *asked = &f->probe.nvml_gpus;
	const struct card_list *cards = &f->cards.gpus;
	struct strlist uuids = { 0 };

	if (asked->st == PRESENT) {
		for (size_t i = 0; i < asked->n; i++)
			if (!add_uuid(a, &uuids, asked->v[i].uuid))
				return false;
		*ret_uuids = uuids;
		return true;
	}
	/* In a container the list may be the host's. */
	if (cards->st != PRESENT || f->platform.container.st != ABSENT)
		return false;
	for (size_t i = 0; i < cards->n; i++)
		if (cards->v[i].uuid.st != PRESENT || !add_uuid(a, &uuids, cards->v[i].uuid.v))
			return false;
	*ret_uuids = uuids;
	return true;
}

/* ---- one entry ---- */

enum entry_kind {
	ENTRY_GPU,       /* this one */
	ENTRY_MISSING,   /* a number or UUID in the documented form, and no GPU */
	ENTRY_NEGATIVE,  /* a negative number: nothing from here on, as people mean it */
	ENTRY_WORD,      /* certainly neither a number nor a UUID */
	ENTRY_UNCOUNTED, /* in the documented form; whether there is such a GPU is not known */
	ENTRY_ODD,       /* a form that the documents do not speak of */
};
struct entry {
	enum entry_kind kind;
	int64_t place; /* of the GPU that is meant; -1: not known */
	bool uuid;
};

struct offer {
	struct range gpus;
	bool uuids_known;
	struct strlist uuids;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f');
}

static bool only_hex(const char *text)
{
	while (is_hex(*text) || *text == '-')
		text++;
	return *text == '\0';
}

/* The number that a text begins with; too large a one is larger than any index. */
static int64_t leading_number(const char *text)
{
	int64_t number = 0;

	for (; is_digit(*text) && number < INT32_MAX; text++)
		number = 10 * number + (*text - '0');
	return number;
}

static struct entry entry_by_place(int64_t place, const struct offer *o)
{
	if ((uint64_t)place < o->gpus.least)
		return (struct entry){ ENTRY_GPU, place, false };
	if ((uint64_t)place >= o->gpus.most)
		return (struct entry){ ENTRY_MISSING, -1, false };
	return (struct entry){ ENTRY_UNCOUNTED, place, false };
}

static struct entry read_number(const char *text, bool plain, const struct offer *o)
{
	size_t digits = strspn(text, "0123456789");
	int64_t number = leading_number(text);

	/* A UUID without its "GPU-". */
	if (text[digits] && strlen(text) >= 8 && only_hex(text))
		return (struct entry){ ENTRY_ODD, -1, false };
	if (text[0] == '0' && digits > 1)
		return (struct entry){ ENTRY_ODD, -1, false };
	if (plain && !text[digits])
		return entry_by_place(number, o);
	/* "0;1": read as a number it is the first; one that is too large is no GPU either way. */
	if ((uint64_t)number >= o->gpus.most)
		return (struct entry){ ENTRY_WORD, -1, false };
	return (struct entry){ ENTRY_ODD, number, false };
}

static size_t count_uuids(const char *prefix, const struct offer *o, int64_t *ret_place)
{
	size_t n = 0;

	for (size_t i = 0; i < o->uuids.n; i++) {
		if (strncasecmp(o->uuids.v[i], prefix, strlen(prefix)) != 0)
			continue;
		*ret_place = (int64_t)i;
		n++;
	}
	return n;
}

static struct entry read_uuid(const char *text, bool plain, const struct offer *o)
{
	bool documented = plain && starts_with(text, "GPU-") && text[4] && only_hex(text + 4);
	int64_t place = -1;
	size_t n = count_uuids(text, o, &place);

	/* With a blank or in capitals it is this GPU or none. */
	if (!documented)
		return (struct entry){ ENTRY_ODD, o->uuids_known && n == 1 ? place : -1, true };
	if (!o->uuids_known)
		return (struct entry){ ENTRY_UNCOUNTED, -1, true };
	if (n == 1)
		return (struct entry){ ENTRY_GPU, place, true };
	/* Several begin so: it has to be unique. */
	return (struct entry){ n ? ENTRY_WORD : ENTRY_MISSING, -1, false };
}

static struct entry read_entry(struct bytes part, const struct offer *o, struct arena *a)
{
	const char *whole = arena_strndup(a, part.v, part.n);
	const char *text = whole + strspn(whole, " \t");
	bool plain = text == whole, sign = *text == '+' || *text == '-';

	if ((unsigned char)*text >= 0x80)
		return (struct entry){ ENTRY_ODD, -1, false };
	if (is_digit(*text))
		return read_number(text, plain, o);
	if (sign && is_digit(text[1]) && text[1] != '0')
		return *text == '-' ? (struct entry){ ENTRY_NEGATIVE, -1, false }
				    : read_number(text + 1, false, o);
	if (sign && text[1] == '0')
		return (struct entry){ ENTRY_ODD, -1, false };
	if (strncasecmp(text, "GPU-", 4) == 0 || strncasecmp(text, "MIG-", 4) == 0)
		return read_uuid(text, plain, o);
	/* "bbbb3333" may be a UUID without its "GPU-". */
	if (strlen(text) >= 4 && only_hex(text))
		return (struct entry){ ENTRY_ODD, -1, false };
	return (struct entry){ ENTRY_WORD, -1, false };
}

/* ---- the whole value ---- */

/* Blanks, a negative number, or what people and batch systems write for "none" (Slurm: NoDevFiles). */
static bool means_nothing(const char *value)
{
	static const char *const words[] = { "none", "NoDevFiles", "void", "null" };

	if (value[strspn(value, " \t")] == '\0')
		return true;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcasecmp(value, words[i]) == 0)
			return true;
	return false;
}

static enum selection_kind kind_at(struct entry e, bool first)
{
	switch (e.kind) {
	case ENTRY_MISSING:
		return first ? SELECTS_BEYOND : SELECTS_PARTLY;
	case ENTRY_NEGATIVE:
		return first ? SELECTS_NOTHING : SELECTS_LIST;
	case ENTRY_UNCOUNTED:
		return SELECTS_UNKNOWN;
	case ENTRY_ODD:
	case ENTRY_WORD:
		return SELECTS_ODD;
	case ENTRY_GPU:
		break;
	}
	return SELECTS_LIST;
}

static bool ends_the_list(struct entry e)
{
	return e.kind == ENTRY_MISSING || e.kind == ENTRY_NEGATIVE || e.kind == ENTRY_WORD;
}

/* The GPUs that were named so far. */
struct named {
	int64_t places[64];
	size_t n;
	bool unsure; /* one of the entries could be any GPU */
};

/* Is it possible that this entry names a GPU for the second time? */
static bool may_repeat(struct named *named, struct entry e)
{
	bool repeats = e.place < 0 ? named->n > 0 || named->unsure : named->unsure;

	for (size_t i = 0; i < named->n; i++)
		repeats |= named->places[i] == e.place;
	if (e.place >= 0 && named->n < sizeof named->places / sizeof *named->places)
		named->places[named->n++] = e.place;
	else
		named->unsure = true;
	return repeats;
}

/* What comes first decides of which kind the value is, so that knowing less never gives it another name. */
static struct selection read_list(const char *value, const struct offer *o, struct arena *a)
{
	struct selection s = { .kind = SELECTS_LIST };
	struct named named = { .n = 0 };
	bool certain = true, first = true, repeats = false, uuids = false;
	struct bytes part;

	for (size_t pos = 0; next_part(value, ',', &pos, &part); first = false) {
		struct entry e = read_entry(part, o, a);

		/* Two kinds in one list: which number the GPU of that UUID has is not known. */
		if (!first && !ends_the_list(e) && e.uuid != uuids)
			e = (struct entry){ ENTRY_ODD, -1, e.uuid };
		uuids = e.uuid;
		if (certain)
			s.kind = kind_at(e, first);
		certain &= e.kind == ENTRY_GPU;
		if (ends_the_list(e))
			break;
		repeats |= may_repeat(&named, e);
		s.count += certain;
		s.most++;
	}
	s.most = smaller(s.most, o->gpus.most);
	if (repeats) {
		/* Torch then takes none, and so does the driver by all reports; it is not documented. */
		s.count = 0;
		s.kind = s.kind == SELECTS_UNKNOWN ? SELECTS_UNKNOWN : SELECTS_ODD;
	}
	s.any = s.count > 0 ? YES : s.most > 0 ? MAYBE : NO;
	return s;
}

struct selection selection_of(const struct facts *f)
{
	const struct fact_str *value = &f->env.cuda_visible_devices;
	struct offer o = { .gpus = gpus_offered(f) };
	struct selection s;

	if (value->st == ABSENT)
		return (struct selection){ SELECTS_ALL, YES, o.gpus.least, o.gpus.most };
	if (value->st != PRESENT)
		return (struct selection){ SELECTS_UNKNOWN, MAYBE, 0, o.gpus.most };
	if (means_nothing(value->v))
		return (struct selection){ SELECTS_NOTHING, NO, 0, 0 };

	struct arena *a = arena_new();

	o.uuids_known = uuids_offered(f, a, &o.uuids);
	s = read_list(value->v, &o, a);
	arena_free(a);
	return s;
}
