// SPDX-License-Identifier: Apache-2.0
/* A program in which nothing asks for a GPU, for the user who asks why it is not on one. It cannot know what else a name of
 * an accelerator may lead to: any that could choose one ends it. */
#include "lint/silence.h"

#include <ctype.h>
#include <string.h>

#include "core/str.h"
#include "lint/names.h"
#include "lint/project.h"

#define GPU_IF_ANY "\"cuda\" if torch.cuda.is_available() else \"cpu\""

/* A name of an accelerator: "use_cuda", "gpu_id". */
static bool names_accelerator(const char *name)
{
	static const char *const parts[] = { "cuda", "gpu", "accelerat", "xpu" };

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (strcasestr(name, parts[i]))
			return true;
	return strcmp(name, "mps") == 0;
}

static bool is_cpu(const struct py_node *n)
{
	return n && n->kind == PY_STRING && strcmp(n->name, "cpu") == 0;
}

/* torch.device("cpu"), .to("cpu"), device = "cpu". map_location="cpu" chooses nothing. */
static bool chooses_cpu(const struct py_node *n)
{
	const char *callee = n->kind == PY_CALL && n->a->kind == PY_ATTR ? n->a->name : NULL;

	if (n->kind == PY_ASSIGN)
		return is_cpu(n->a);
	return callee && (strcmp(callee, "device") == 0 || strcmp(callee, "to") == 0) &&
	       n->list.n && is_cpu(n->list.v[0]->a);
}

/* device = "cpu", and nothing else binds that name. */
static bool is_bound_to_cpu(const struct unit *u, const struct py_node *name)
{
	const struct scope *scope = NULL;
	const struct binding *b = names_find(u, name, name->name, &scope);
	const struct py_node *s = b && b->kind == BOUND_VALUE && b->n_stores == 1 ? b->node : NULL;

	return s && s->kind == PY_ASSIGN && (is_cpu(s->a) || chooses_cpu(s->a));
}

/* Neither a word, which is looked at for itself, nor where another tensor is, nor torch.float32. */
static bool is_known_place(const struct unit *u, const struct py_node *n)
{
	if (n->kind == PY_NAME)
		return is_bound_to_cpu(u, n);
	return n->kind == PY_STRING || n->kind == PY_NONE || n->kind == PY_TRUE ||
	       n->kind == PY_FALSE || (n->kind == PY_CALL && chooses_cpu(n)) ||
	       (n->kind == PY_ATTR &&
		(strcmp(n->name, "device") == 0 || strcmp(n->name, "dtype") == 0 ||
		 (n->a->kind == PY_NAME && strcmp(n->a->name, "torch") == 0)));
}

/* .to(where), torch.device(where), device=where: what only the run knows. */
static bool computes_device(const struct unit *u, const struct py_node *n)
{
	const char *callee = n->kind == PY_CALL && n->a->kind == PY_ATTR ? n->a->name : NULL;
	bool moves = callee && (strcmp(callee, "device") == 0 || strcmp(callee, "to") == 0 ||
				strcmp(callee, "type") == 0 || strcmp(callee, "to_empty") == 0);

	if (n->kind == PY_ARG)
		return n->stars == 0 && n->name && strcmp(n->name, "device") == 0 &&
		       !is_known_place(u, n->a);
	for (size_t i = 0; moves && i < n->list.n; i++)
		if (n->list.v[i]->stars ||
		    (!n->list.v[i]->name && !is_known_place(u, n->list.v[i]->a)))
			return true;
	return false;
}

/* A device, or an option of the command line. Sentences do nothing. */
static bool is_word_of_gpu(const struct py_node *n)
{
	return starts_with(n->name, "cuda") || strcmp(n->name, "gpu") == 0 ||
	       strcmp(n->name, "mps") == 0 || strcmp(n->name, "xpu") == 0 ||
	       (n->name[0] == '-' && (names_accelerator(n->name) || strstr(n->name, "device"))) ||
	       strcmp(n->name, "device") == 0;
}

/* torch.cuda.is_available(), torch.cuda.manual_seed(0): all but its types ask and count, and place nothing. */
static bool places_nothing(const struct py_node *n)
{
	const struct py_node *cuda = n->kind == PY_ATTR ? n->a : NULL;

	return cuda && cuda->kind == PY_ATTR && strcmp(cuda->name, "cuda") == 0 &&
	       cuda->a->kind == PY_NAME && strcmp(cuda->a->name, "torch") == 0 &&
	       islower((unsigned char)n->name[0]);
}

static const char *switched(const struct py_node *n)
{
	const struct py_node *to =
		n && n->kind == PY_ASSIGN && n->list.n == 1 ? n->list.v[0] : NULL;

	return to && to->kind == PY_NAME && names_accelerator(to->name) ? to->name : NULL;
}

/* Behind a switch that is off, what it would do is not done. */
static bool is_switched_off(const struct silence *s, const struct py_node *n)
{
	const char *name = switched(s->off);

	return name && (n->kind == PY_NAME ? strcmp(n->name, name) == 0
					   : n->kind == PY_STRING || strcmp(n->name, "cuda") == 0);
}

struct listener {
	const struct unit *unit;
	struct silence heard;
};

static bool visit_words(struct py_node *n, void *data)
{
	struct listener *l = data;
	struct silence *s = &l->heard;
	const char *name = switched(n);

	if (places_nothing(n))
		return false;
	if (!s->cpu && chooses_cpu(n))
		s->cpu = n;
	if (name && n->a->kind == PY_FALSE && (!s->off || strcmp(name, switched(s->off)) == 0)) {
		s->off = n;
		return false;
	}
	if (n->name && !is_switched_off(s, n))
		s->is_broken |=
			n->kind == PY_STRING ? is_word_of_gpu(n) : names_accelerator(n->name);
	s->is_broken |= name && s->off; /* switched on again */
	s->is_open |= computes_device(l->unit, n);
	return !s->is_broken;
}

struct silence silence_of(const struct unit *u)
{
	struct listener own = { .unit = u };

	ast_walk(u->tree, visit_words, &own);
	for (size_t i = 0; i < u->project->units.n && !own.heard.is_broken; i++) {
		struct listener other = { .unit = u->project->units.v[i] };

		if (other.unit == u)
			continue;
		ast_walk(other.unit->tree, visit_words, &other);
		own.heard.is_broken |= other.heard.is_broken || other.heard.off;
		own.heard.is_open |= other.heard.is_open;
	}
	return own.heard;
}

const char *silence_title(const struct silence *s)
{
	return s->off ? "the program switches the GPU off"
		      : "nothing in the program asks for a GPU";
}

void silence_explain(const struct silence *s, struct finding *f, struct unit *where, struct unit *u)
{
	f->is_of_check = true;
	if (s->off) {
		lint_way(where, f, u, s->off, "the GPU is switched off here");
		lint_advise(where, f, "in %s, write torch.cuda.is_available() for False",
			    lint_place(where, u, s->off));
	} else if (s->cpu) {
		lint_way(where, f, u, s->cpu, "the CPU is chosen here");
		lint_advise(where, f,
			    "in %s, write %s for \"cpu\", and see that every batch moves there too",
			    lint_place(where, u, s->cpu), GPU_IF_ANY);
	} else {
		lint_advise(
			where, f,
			"after the imports, device = torch.device(%s); then .to(device) for the model "
			"where it is made, and in the loop for every batch",
			GPU_IF_ANY);
	}
}
