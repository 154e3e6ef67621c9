// SPDX-License-Identifier: Apache-2.0
/* Which official wheel has code for the GPUs here, runs on this driver, and exists for this Python, machine and C
 * library? By data/torch_arch.tsv (code), torch_release.tsv (Pythons, indexes) and wheel_index.tsv (CUDA). The present
 * release comes first, then the newest. It cannot know releases that are newer than its tables, and does not guess them. */
#include "rules/fixes.h"

#include <string.h>

#include "core/str.h"
#include "core/version.h"
#include "rules/data.h"
#include "rules/machine.h"

/* What a wheel has to fit. */
struct need {
	const char *machine, *python, *glibc; /* "3.11"; NULL: not known */
	const char *release, *index;          /* of the present torch; NULL: none */
	int64_t driver;                       /* newest CUDA major that it runs */
	int64_t ceiling;                      /* that any driver for these GPUs runs */
	ARRAY(struct cc) gpus;
	bool any_gpu; /* enough if one of them is served */
};

/* A driver that is still to be installed will be the distribution's: Debian 12 and 13 have 535 and 550, both for CUDA 12. */
enum { CAUTIOUS_CUDA = 12 };

enum { WITHOUT_DRIVER = 1, WITHOUT_PYTHON = 2, WITHOUT_GLIBC = 4, WITHOUT_GPU = 8 };

static bool has_word(const char *words, const char *word)
{
	struct bytes part;

	for (size_t pos = 0; next_part(words, ' ', &pos, &part);)
		if (part.n == strlen(word) && memcmp(part.v, word, part.n) == 0)
			return true;
	return false;
}

/* ---- code for a GPU ---- */

/* Jetson's parts: nothing crosses between them and others (CUDA programming guide). 101, renamed 110, is no such part. */
static bool is_tegra(int cc)
{
	return cc == 53 || cc == 62 || cc == 72 || cc == 87;
}

/* A cubin runs on the same major and the same or a higher minor. PTX does not count here: that it would be compiled hangs
 * on the driver's minor, and another wheel is certain. */
static bool has_code(const char *archs, const struct cc *cc)
{
	struct bytes word;

	for (size_t pos = 0; next_part(archs, ' ', &pos, &word);) {
		int number = 0;

		if (word.n < 5 || memcmp(word.v, "sm_", 3) != 0)
			continue;
		for (size_t i = 3; i < word.n && word.v[i] >= '0' && word.v[i] <= '9'; i++)
			number = 10 * number + (word.v[i] - '0');
		if (number / 10 == cc->major && number % 10 <= cc->minor &&
		    is_tegra(number) == is_tegra(10 * cc->major + cc->minor))
			return true;
	}
	return false;
}

static bool serves(const char *archs, const struct need *need)
{
	size_t served = 0;

	for (size_t i = 0; i < need->gpus.n; i++)
		served += has_code(archs, &need->gpus.v[i]);
	return served == need->gpus.n || (need->any_gpu && served > 0);
}

/* ---- candidates ---- */

static const struct torch_release_row *release_row(const char *release)
{
	for (size_t i = 0; release && i < n_torch_release_table; i++)
		if (strcmp(torch_release_table[i].torch, release) == 0)
			return &torch_release_table[i];
	return NULL;
}

/* Its place in the order of recommendation; the last one if it is not listed. */
static size_t index_rank(const char *index)
{
	size_t i = 0;

	while (i < n_wheel_index_table && strcmp(wheel_index_table[i].index, index) != 0)
		i++;
	return i;
}

static bool fits_python(const struct torch_release_row *row, const char *python)
{
	return !python || (version_compare(python, row->python_first) >= 0 &&
			   version_compare(python, row->python_last) <= 0);
}

static bool exists(const struct torch_arch_row *row, const struct need *need)
{
	return strcmp(row->package, "wheel") == 0 && strcmp(row->machine, need->machine) == 0 &&
	       release_row(row->torch) && index_rank(row->index) < n_wheel_index_table;
}

/* Of a row that exists(). */
static const char *cuda_of(const struct torch_arch_row *row)
{
	return wheel_index_table[index_rank(row->index)].cuda;
}

static bool fits(const struct torch_arch_row *row, const struct need *need, int without)
{
	const struct torch_release_row *release = release_row(row->torch);

	if (!exists(row, need))
		return false;

	return version_major(cuda_of(row), NULL) <=
		       (without & WITHOUT_DRIVER ? need->ceiling : need->driver) &&
	       ((without & WITHOUT_PYTHON) || fits_python(release, need->python)) &&
	       ((without & WITHOUT_GLIBC) || !need->glibc ||
		version_compare(need->glibc, release->glibc) >= 0) &&
	       ((without & WITHOUT_GPU) || serves(row->archs, need));
}

static bool is_present(const struct torch_arch_row *row, const struct need *need)
{
	return need->release && strcmp(row->torch, need->release) == 0;
}

/* The present release, then the newest; within it the present index, then the order of recommendation. For a GPU that is
 * not known that order comes before the release: the first index has code for the most. */
static bool is_better(const struct torch_arch_row *a, const struct torch_arch_row *b,
		      const struct need *need)
{
	int newer = version_compare(a->torch, b->torch);

	if (is_present(a, need) != is_present(b, need))
		return is_present(a, need);
	if (need->gpus.n == 0 && newer && strcmp(a->index, b->index) != 0)
		return index_rank(a->index) < index_rank(b->index);
	if (newer)
		return newer > 0;
	if (need->index && strcmp(a->index, b->index) != 0 &&
	    (strcmp(a->index, need->index) == 0 || strcmp(b->index, need->index) == 0))
		return strcmp(a->index, need->index) == 0;
	return index_rank(a->index) < index_rank(b->index);
}

static const struct torch_arch_row *best(const struct need *need, int without)
{
	const struct torch_arch_row *found = NULL;

	for (size_t i = 0; i < n_torch_arch_table; i++) {
		const struct torch_arch_row *row = &torch_arch_table[i];

		if (fits(row, need, without) && (!found || is_better(row, found, need)))
			found = row;
	}
	return found;
}

/* ---- what is needed here ---- */

const char *torch_release_of(const struct facts *f, struct arena *a)
{
	const struct fact_str *version = &f->torch.version;

	return version->st == PRESENT ? arena_strndup(a, version->v, strcspn(version->v, "+"))
				      : NULL;
}

/* "3.11" of "3.11.2"; NULL if it is not known. */
static const char *python_of(const struct facts *f, struct arena *a)
{
	int64_t minor = 0, major = f->python.version.st == PRESENT
					   ? version_major(f->python.version.v, &minor)
					   : 0;

	return major ? arena_fmt(a, "%d.%d", (int)major, (int)minor) : NULL;
}

/* The index of a CUDA version: "cu126" of "12.6". */
static const char *index_of(const struct fact_str *cuda)
{
	for (size_t i = 0; cuda->st == PRESENT && i < n_wheel_index_table; i++)
		if (version_compare(wheel_index_table[i].cuda, cuda->v) == 0)
			return wheel_index_table[i].index;
	return NULL;
}

static void add_gpu(struct need *need, struct arena *a, struct cc cc)
{
	if (cc.major)
		PUSH(a, &need->gpus, cc);
}

/* Those on PCI; in WSL, which has none there, those that the driver named. */
static void find_gpus(const struct facts *f, struct arena *a, struct need *need)
{
	for (size_t i = 0; i < f->pci.gpus.n; i++)
		if (is_nvidia(&f->pci.gpus.v[i]))
			add_gpu(need, a, gpu_cc(f, &f->pci.gpus.v[i]));
	for (size_t i = 0; need->gpus.n == 0 && i < f->probe.cuda_devices.n; i++) {
		const struct fact_str *cc = &f->probe.cuda_devices.v[i].cc;
		int64_t minor = 0, major = cc->st == PRESENT ? version_major(cc->v, &minor) : 0;

		add_gpu(need, a, (struct cc){ .major = (int)major, .minor = (int)minor });
	}
}

/* The newest CUDA major that any driver for these GPUs runs: Kepler's last driver, 470, has CUDA 11. */
static int64_t driver_ceiling(const struct facts *f)
{
	int64_t ceiling = INT64_MAX;

	for (size_t i = 0; i < f->pci.gpus.n; i++) {
		const char *last = is_nvidia(&f->pci.gpus.v[i])
					   ? gpu_model_of(&f->pci.gpus.v[i]).last_branch
					   : NULL;
		struct fact_str branch = { PRESENT, "", NULL, last };
		int64_t major =
			last && *last >= '0' && *last <= '9' ? driver_cuda(&branch).major : 0;

		if (major && major < ceiling)
			ceiling = major;
	}
	return ceiling;
}

static struct need need_of(const struct facts *f, struct arena *a)
{
	const struct fact_str *machine = &f->platform.machine, *glibc = &f->libs.glibc;
	int64_t driver = driver_cuda(driver_version(f)).major, ceiling = driver_ceiling(f);
	int64_t cautious = ceiling < CAUTIOUS_CUDA ? ceiling : CAUTIOUS_CUDA;
	struct need need = { .machine = machine->st == PRESENT ? machine->v : "x86_64",
			     .python = python_of(f, a),
			     .glibc = glibc->st == PRESENT ? glibc->v : NULL,
			     .release = torch_release_of(f, a),
			     .index = index_of(&f->torch.cuda),
			     .driver = driver ? driver : cautious,
			     .ceiling = ceiling };

	find_gpus(f, a, &need);
	if (!driver && !best(&need, 0))
		need.driver = ceiling;
	return need;
}

/* ---- the choice ---- */

/* Is there a newer release that pip would take, and that has no code for these GPUs? Then pip needs a bound. */
static bool needs_bound(const struct torch_arch_row *row, const struct need *need)
{
	const struct torch_arch_row *free = best(need, WITHOUT_DRIVER | WITHOUT_PYTHON);
	const char *newest = torch_release_table[n_torch_release_table - 1].torch;

	for (size_t i = 0; i < n_torch_arch_table; i++) {
		const struct torch_arch_row *other = &torch_arch_table[i];

		if (exists(other, need) && strcmp(other->index, row->index) == 0 &&
		    version_compare(other->torch, row->torch) > 0 &&
		    fits(other, need, WITHOUT_GPU) && !serves(other->archs, need))
			return true;
	}
	return need->gpus.n > 0 && free && strcmp(free->torch, row->torch) == 0 &&
	       version_compare(newest, row->torch) > 0;
}

/* "2.15" for 2.14.0. */
static const char *next_minor(const char *release, struct arena *a)
{
	int64_t minor = 0, major = version_major(release, &minor);

	return arena_fmt(a, "%d.%d", (int)major, (int)minor + 1);
}

static enum obstacle obstacle_of(const struct need *need)
{
	static const struct {
		int without;
		enum obstacle obstacle;
	} single[] = {
		{ WITHOUT_DRIVER, OBSTACLE_DRIVER },
		{ WITHOUT_PYTHON, OBSTACLE_PYTHON },
		{ WITHOUT_GLIBC, OBSTACLE_GLIBC },
	};
	int all = WITHOUT_DRIVER | WITHOUT_PYTHON | WITHOUT_GLIBC;

	if (!best(need, all | WITHOUT_GPU))
		return OBSTACLE_MACHINE;
	if (!best(need, all))
		return OBSTACLE_GPU;
	for (size_t i = 0; i < sizeof single / sizeof *single; i++)
		if (best(need, single[i].without))
			return single[i].obstacle;
	return OBSTACLE_TOGETHER;
}

/* What no table decides. */
static enum obstacle outright_obstacle(const struct facts *f)
{
	if (is_true(&f->platform.tegra) == YES)
		return OBSTACLE_JETSON;
	if (text_is(&f->platform.distro, "alpine") || f->libs.glibc.st == ABSENT)
		return OBSTACLE_MUSL;
	return NO_OBSTACLE;
}

static struct wheel choose(const struct facts *f, struct arena *a, struct need *need)
{
	struct wheel wheel = { .for_gpus = need->gpus.n > 0,
			       .for_all = true,
			       .obstacle = outright_obstacle(f) };
	const struct torch_arch_row *row;

	if (wheel.obstacle)
		return wheel;
	row = best(need, 0);
	if (!row && need->gpus.n > 1) {
		need->any_gpu = true;
		wheel.for_all = false;
		row = best(need, 0);
	}
	if (!row) {
		wheel.obstacle = obstacle_of(need);
		row = best(need, WITHOUT_DRIVER);
		wheel.cuda = row ? cuda_of(row) : NULL;
		return wheel;
	}
	wheel.index = row->index;
	wheel.cuda = cuda_of(row);
	wheel.release = row->torch;
	wheel.same = is_present(row, need);
	wheel.sure = !has_word(row->evidence, "recall");
	for (size_t i = 0; i < need->gpus.n; i++)
		wheel.sure = wheel.sure && !need->gpus.v[i].guess;
	wheel.below = !wheel.same && needs_bound(row, need) ? next_minor(row->torch, a) : NULL;
	return wheel;
}

struct wheel choose_wheel(const struct facts *f, struct arena *a)
{
	struct need need = need_of(f, a);

	return choose(f, a, &need);
}

struct wheel choose_wheel_for_any_python(const struct facts *f, struct arena *a)
{
	struct need need = need_of(f, a);

	need.python = NULL;
	return choose(f, a, &need);
}

/* ---- conda-forge ---- */

/* The first CUDA major of "cuda12.8/12.9"; 0 if it is another kind of package. */
static int64_t conda_major(const struct torch_arch_row *row)
{
	return strcmp(row->package, "conda-forge") == 0 && starts_with(row->index, "cuda")
		       ? version_major(row->index + strlen("cuda"), NULL)
		       : 0;
}

int conda_cuda_major(const struct facts *f, struct arena *a)
{
	struct need need = need_of(f, a);
	int64_t found = 0;

	for (size_t i = 0; i < n_torch_arch_table; i++) {
		const struct torch_arch_row *row = &torch_arch_table[i];
		int64_t major = conda_major(row);

		/* The older major runs on more drivers; it is enough. */
		if (major && major <= need.driver && strcmp(row->machine, need.machine) == 0 &&
		    serves(row->archs, &need) && (!found || major < found))
			found = major;
	}
	return (int)found;
}
