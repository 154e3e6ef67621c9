// SPDX-License-Identifier: Apache-2.0
/* A program in which nothing asks for a GPU, for the user who asks why it is not on one. It cannot know what else a name of
 * an accelerator may lead to: any that could choose one ends it. */
#include "lint/model_parts.h"

#include <ctype.h>
#include <string.h>

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

/* What nothing in the program may do, if the CPU is all that it knows. */
struct silence {
	bool is_broken;
	const struct py_node *cpu; /* where the CPU is chosen */
	const struct py_node *off; /* use_cuda = False */
};

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

/* A device, or an option of the command line. Sentences do nothing. */
static bool is_word_of_gpu(const struct py_node *n)
{
	return starts_with(n->name, "cuda") || strcmp(n->name, "gpu") == 0 ||
	       strcmp(n->name, "mps") == 0 || strcmp(n->name, "xpu") == 0 ||
	       (n->name[0] == '-' && names_accelerator(n->name));
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

static bool visit_words(struct py_node *n, void *data)
{
	struct silence *s = data;
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
	return !s->is_broken;
}

/* Nothing that was read asks for an accelerator, so that no option and no other path can choose one. */
static struct silence listen(const struct unit *u)
{
	struct silence own = { 0 };

	ast_walk(u->tree, visit_words, &own);
	for (size_t i = 0; i < u->project->units.n && !own.is_broken; i++) {
		struct silence other = { 0 };

		if (u->project->units.v[i] != u)
			ast_walk(u->project->units.v[i]->tree, visit_words, &other);
		own.is_broken |= other.is_broken || other.off;
	}
	return own;
}

void report_silence(const struct scene *x, const struct object *o, bool trains)
{
	struct unit *u = interp_unit(x->in), *where = (struct unit *)o->unit;
	struct silence heard = listen(u);

	if (heard.is_broken)
		return;

	struct finding *f = interp_report_in(x->in, x->s, false, "model-not-moved", where, o->site,
					     "the model %s on the CPU, without a word: %s",
					     trains ? "is trained" : "runs",
					     heard.off ? "the program switches the GPU off"
						       : "nothing in the program asks for a GPU");

	if (!f)
		return;
	f->is_of_check = true;
	if (heard.off) {
		lint_way(where, f, u, heard.off, "the GPU is switched off here");
		lint_advise(where, f, "in line %u, write torch.cuda.is_available() for False",
			    heard.off->line);
		return;
	}
	if (heard.cpu) {
		lint_way(where, f, u, heard.cpu, "the CPU is chosen here");
		lint_advise(
			where, f,
			"in line %u, write %s for \"cpu\", and see that every batch moves there too",
			heard.cpu->line, GPU_IF_ANY);
		return;
	}
	lint_advise(where, f,
		    "after the imports, device = torch.device(%s); in line %u, .to(device) for the "
		    "model; in the loop, .to(device) for every batch",
		    GPU_IF_ANY, o->site->line);
}
