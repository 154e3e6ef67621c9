// SPDX-License-Identifier: Apache-2.0
/* The rules about the machine (hardware, kernel, container, nodes) over combinations of facts filled in by hand, and the
 * properties that must hold for each: what proves a cause also makes torch's first kernel fail, a machine that works has
 * neither cause nor question, and knowing less never adds a cause nor turns an answer round. WHYCPU_ALL=1 tries all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "facts/fields.h"
#include "rules/machine.h"
#include "rules/rules.h"

#define TEXT(value) ((struct fact_str){ PRESENT, "/place", NULL, value })
#define NO_TEXT ((struct fact_str){ ABSENT, "/place", NULL, NULL })
#define UNREAD_TEXT ((struct fact_str){ UNKNOWN, "/place", "EIO", NULL })
#define FLAG(value) ((struct fact_bool){ PRESENT, "/place", NULL, value })
#define NO_FLAG ((struct fact_bool){ ABSENT, "/place", NULL, false })
#define UNREAD_FLAG(reason) ((struct fact_bool){ UNKNOWN, "/place", reason, false })
#define NUMBER(value) ((struct fact_num){ PRESENT, "/place", NULL, value })
#define NO_NUMBER ((struct fact_num){ ABSENT, "/place", NULL, 0 })
#define EMPTY_LIST ((struct fact_strs){ PRESENT, "/place", NULL, { NULL, 0, 0 } })

static void base(struct facts *f, struct arena *a)
{
	*f = (struct facts){ 0 };
	f->platform = (struct platform){ .kernel_release = TEXT("6.1.0"),
					 .machine = TEXT("x86_64"),
					 .wsl = FLAG(false),
					 .wsl1 = FLAG(false),
					 .tegra = NO_FLAG,
					 .container = NO_TEXT,
					 .uid = NUMBER(1000),
					 .groups = EMPTY_LIST,
					 .all_powerful = FLAG(false),
					 .distro = TEXT("debian"),
					 .distro_like = NO_TEXT,
					 .service = NO_TEXT,
					 .scheduler = NO_TEXT,
					 .scheduler_gpus = NO_TEXT,
					 .secure_boot = NO_FLAG,
					 .lockdown = TEXT("none"),
					 .sig_enforce = FLAG(false) };
	PUSH(a, &f->platform.groups.v, "ana");
	f->pci.gpus = (struct gpu_list){ PRESENT, "/sys/bus/pci/devices", NULL, NULL, 0, 0 };
	f->pci.nvswitches = NUMBER(0);
	f->cards.gpus = (struct card_list){ .st = ABSENT, .from = "/proc/driver/nvidia/gpus" };
	f->env = (struct envvars){ .cuda_visible_devices = NO_TEXT,
				   .nvml_based_cuda_check = NO_TEXT,
				   .ld_library_path = NO_TEXT,
				   .nvidia_visible_devices = NO_TEXT,
				   .nvidia_driver_capabilities = NO_TEXT };
	f->python = (struct python){ .chosen = TEXT("python on PATH"),
				     .asked = TEXT("/v/bin/python"),
				     .exe = TEXT("/v/bin/python"),
				     .problem = NO_TEXT,
				     .version = TEXT("3.11.2"),
				     .prefix = TEXT("/v"),
				     .base_prefix = TEXT("/usr"),
				     .kind = TEXT("venv"),
				     .path = EMPTY_LIST,
				     .notes = EMPTY_LIST };
	f->torch.dir = TEXT("/v/lib/python3.11/site-packages/torch");
	f->torch.version = TEXT("2.6.0+cu124");
	f->torch.cuda = TEXT("12.4");
	f->torch.hip = f->torch.xpu = NO_TEXT;
	f->torch.installer = TEXT("pip");
	f->torch.metadata = f->torch.nvcc = NO_TEXT;
}

/* ---- one dimension each ---- */

static void set_place(struct facts *f, size_t i)
{
	static const char *const kinds[] = { NULL, "docker", "apptainer" };

	f->platform.container = i == 3 ? UNREAD_TEXT : kinds[i] ? TEXT(kinds[i]) : NO_TEXT;
}

static void set_module(struct facts *f, size_t i)
{
	bool loaded = i == 0;

	f->kmod = (struct kmod){ .proc_version = loaded ? TEXT("550.54.15") : NO_TEXT,
				 .sys_version = loaded ? TEXT("550.54.15") : NO_TEXT,
				 .flavour = NO_TEXT,
				 .loaded = loaded ? FLAG(true) : NO_FLAG,
				 .uvm = loaded ? FLAG(true) : NO_FLAG,
				 .nouveau = NO_FLAG };
	if (loaded)
		return;
	f->kmod.file = TEXT("/lib/modules/6.1.0/updates/dkms/nvidia.ko");
	f->kmod.signature = i == 1 ? TEXT("unsigned") : UNREAD_TEXT;
	f->kmod.other_kernels = f->kmod.traces = EMPTY_LIST;
	f->kmod.blacklist = f->kmod.dkms_failed = EMPTY_LIST;
	f->kmod.headers = FLAG(true);
	if (i == 3)
		f->kmod.loaded = UNREAD_FLAG("EIO");
}

static void add_gpu(struct facts *f, struct arena *a, struct gpu gpu)
{
	gpu.addr = f->pci.gpus.n ? "0000:02:00.0" : "0000:01:00.0";
	gpu.class = TEXT("0x030000");
	PUSH(a, &f->pci.gpus, gpu);
}

static void set_gpu(struct facts *f, struct arena *a, size_t i)
{
	bool bound = f->kmod.loaded.st == PRESENT;
	struct gpu gpu = { .vendor = TEXT("0x10de"),
			   .device = TEXT("0x2684"),
			   .driver = bound ? TEXT("nvidia") : NO_TEXT,
			   .responds = FLAG(true),
			   .has_bar = FLAG(true),
			   .power = TEXT("active") };

	if (i == 1)
		gpu.responds = FLAG(false);
	else if (i == 2)
		gpu.responds = UNREAD_FLAG("EIO");
	else if (i == 3 && !bound)
		gpu.has_bar = FLAG(false);
	else if (i == 4)
		gpu = (struct gpu){ .vendor = TEXT("0x1002"),
				    .device = TEXT("0x744c"),
				    .driver = NO_TEXT };
	else if (i == 5)
		gpu = (struct gpu){ .vendor = TEXT("0x8086"),
				    .device = TEXT("0x56a0"),
				    .driver = TEXT("xe") };
	if (i < 6)
		add_gpu(f, a, gpu);
	if (i == 0 && f->pci.nvswitches.v > 0)
		add_gpu(f, a, gpu);
}

static struct node node_of(const char *path, struct fact_bool usable, const char *mode)
{
	return (struct node){ .path = path,
			      .usable = usable,
			      .mode = TEXT(mode),
			      .owner = TEXT("root"),
			      .group = TEXT("video"),
			      .number = TEXT("510:0") };
}

static void set_nodes(struct facts *f, struct arena *a, size_t i)
{
	static const char *const why[] = { NULL,     NULL,     NULL,  "EPERM",
					   "EACCES", "EACCES", "EIO", NULL };
	const char *mode = i == 4 ? "0660" : "0666";
	struct fact_bool first = why[i] ? UNREAD_FLAG(why[i]) : FLAG(true), good = FLAG(true);

	f->nodes = (struct nodes){ .dxg = NO_FLAG,
				   .kfd = NO_FLAG,
				   .uvm_major = NUMBER(i == 7 ? 507 : 510) };
	f->nodes.control = f->nodes.uvm = f->nodes.gpu = NO_FLAG;
	f->nodes.helper = NO_FLAG;
	f->nodes.all = (struct node_list){ PRESENT, "/dev", NULL, NULL, 0, 0 };
	if (i == 1)
		return;
	f->nodes.control = first;
	f->nodes.gpu = i == 4 ? first : good;
	PUSH(a, &f->nodes.all, node_of("/dev/nvidiactl", first, mode));
	PUSH(a, &f->nodes.all, node_of("/dev/nvidia0", f->nodes.gpu, mode));
	if (i == 2)
		return;
	f->nodes.uvm = good;
	PUSH(a, &f->nodes.all, node_of("/dev/nvidia-uvm", good, mode));
}

static void set_library(struct facts *f, size_t i)
{
	struct library found = { TEXT("/lib/libcuda.so.1"), TEXT("/lib/libcuda.so.550.54.15"),
				 TEXT("550.54.15"), TEXT("cache") };
	struct library none = { NO_TEXT, NO_TEXT, NO_TEXT, NO_TEXT };
	struct library unread = { UNREAD_TEXT, { 0 }, { 0 }, { 0 } };

	f->drvlib.libcuda = i == 0 ? found : i == 1 ? none : unread;
	f->drvlib.libnvml = i == 0 ? found : none;
	f->drvlib.wsl_libcuda = NO_TEXT;
}

static void set_job(struct facts *f, size_t i)
{
	if (i == 1 || i == 2)
		f->platform.scheduler = TEXT("slurm");
	if (i == 2)
		f->platform.scheduler_gpus = UNREAD_TEXT;
	if (i == 3)
		f->platform.service = TEXT("colab");
}

static void set_fabric(struct facts *f, size_t i)
{
	if (i == 0)
		return;
	f->pci.nvswitches = NUMBER(6);
	f->kmod.fabric_manager = i == 1 ? FLAG(true) : i == 2 ? NO_FLAG : UNREAD_FLAG("EACCES");
	f->kmod.nvlink_disabled = NO_FLAG;
}

static void set_lock(struct facts *f, size_t i)
{
	f->platform.lockdown = i == 1 ? TEXT("integrity") : i == 2 ? UNREAD_TEXT : TEXT("none");
	if (i > 0)
		f->platform.secure_boot = FLAG(true);
}

static void set_variables(struct facts *f, size_t i)
{
	static const char *const values[] = { NULL, "none", NULL };

	if (values[i])
		f->env.nvidia_visible_devices = TEXT(values[i]);
	if (i == 2)
		f->env.cuda_visible_devices = TEXT("NoDevFiles");
}

static void set_user(struct facts *f, size_t i)
{
	if (i == 1)
		f->platform.uid = NUMBER(0);
	if (i == 2)
		f->nodes.helper = FLAG(true);
}

enum {
	PLACES = 4,
	MODULES = 4,
	GPUS = 7,
	NODES = 8,
	LIBRARIES = 3,
	JOBS = 4,
	FABRICS = 4,
	LOCKS = 3,
	VARIABLES = 3,
	USERS = 3
};
static size_t take(size_t *number, size_t n)
{
	size_t digit = *number % n;

	*number /= n;
	return digit;
}

/* How many values of the three that mostly decide: all, or only the first, which is sound. */
struct width {
	size_t modules, gpus, locks;
};

static void combination(struct facts *f, struct arena *a, const struct width *w, size_t number)
{
	base(f, a);
	set_place(f, take(&number, PLACES));
	set_module(f, take(&number, w->modules));
	set_nodes(f, a, take(&number, NODES));
	set_library(f, take(&number, LIBRARIES));
	set_job(f, take(&number, JOBS));
	set_fabric(f, take(&number, FABRICS));
	set_gpu(f, a, take(&number, w->gpus));
	set_lock(f, take(&number, w->locks));
	set_variables(f, take(&number, VARIABLES));
	set_user(f, take(&number, USERS));
}

/* ---- properties ---- */

static const struct finding *failure(const struct report *r, const char *id)
{
	for (size_t i = 0; i < r->findings.n; i++)
		if (r->findings.v[i]->verdict == FAIL &&
		    (!id || strcmp(r->findings.v[i]->id, id) == 0))
			return r->findings.v[i];
	return NULL;
}

static bool has_role(const struct report *r, enum role role)
{
	for (size_t i = 0; i < r->findings.n; i++)
		if (r->findings.v[i]->role == role)
			return true;
	return false;
}

static void check_report(const struct report *r, size_t number)
{
	bool works = r->prediction.first_kernel.value == OUTCOME_TRUE;

	if (works && (has_role(r, ROLE_CAUSE) || has_role(r, ROLE_UNKNOWN)))
		fail_msg("%zu: works, beside %s", number, r->findings.v[0]->id);
	if (has_role(r, ROLE_CAUSE) && r->prediction.first_kernel.value != OUTCOME_FALSE)
		fail_msg("%zu: %s, and the first kernel is not predicted to fail", number,
			 r->findings.v[0]->id);
	for (size_t i = 0; i < r->findings.n; i++)
		if (r->findings.v[i]->role != ROLE_RULED_OUT && !r->findings.v[i]->evidence.n)
			fail_msg("%zu: %s without evidence", number, r->findings.v[i]->id);
}

static bool contradicts(const struct outcome *a, const struct outcome *b)
{
	return a->value != OUTCOME_UNKNOWN && b->value != OUTCOME_UNKNOWN && a->value != b->value;
}

struct sweep {
	struct facts *facts;
	const struct report *known;
	size_t number;
};

static void compare(const struct sweep *s, const struct report *less, const char *name)
{
	for (size_t i = 0; i < less->findings.n; i++) {
		const struct finding *x = less->findings.v[i];

		if (x->verdict == FAIL && !failure(s->known, x->id))
			fail_msg("%zu without %s: new %s", s->number, name, x->id);
	}
	if (less->answer != s->known->answer && less->answer != ANSWER_CANNOT_TELL &&
	    s->known->answer != ANSWER_CANNOT_TELL)
		fail_msg("%zu without %s: %s", s->number, name, answer_name(less->answer));
	if (contradicts(&less->prediction.first_kernel, &s->known->prediction.first_kernel) ||
	    contradicts(&less->prediction.is_available, &s->known->prediction.is_available))
		fail_msg("%zu without %s: another prediction", s->number, name);
}

static void judge_without(const struct sweep *s, struct fact *fact, const char *name)
{
	struct fact before = *fact;
	struct arena *a = arena_new();

	if (before.st != NOT_LOOKED) {
		fact->st = UNKNOWN;
		fact->why = "EIO";
		compare(s, judge(s->facts, a), name);
		*fact = before;
	}
	arena_free(a);
}

static void sweep_record(const struct sweep *s, const struct record *record, char *at)
{
	for (size_t i = 0; i < record->n_fields; i++) {
		const struct field *field = &record->fields[i];
		void *member = at + field->offset;

		if (field->type == FIELD_GROUP)
			sweep_record(s, field->of, member);
		else if (field->type != FIELD_TEXT)
			judge_without(s, member, field->name);
		if (field->type == FIELD_LIST) {
			struct gpu_list *list = member; /* lists differ in their members alone */

			for (size_t k = 0; k < list->n; k++)
				sweep_record(s, field->of, (char *)list->v + k * field->of->size);
		}
	}
}

struct seen {
	size_t n, causes, sound;
};

/* A prime that divides no factor visits all values of each. */
static struct seen sweep_all(const struct width *w, size_t prime)
{
	size_t step = getenv("WHYCPU_ALL") ? 1 : prime;
	size_t all = PLACES * w->modules * NODES * LIBRARIES * JOBS * FABRICS * w->gpus * w->locks *
		     VARIABLES * USERS;
	struct seen seen = { 0, 0, 0 };

	for (size_t number = 0; number < all; number += step, seen.n++) {
		struct arena *a = arena_new();
		struct facts f;

		combination(&f, a, w, number);
		struct report *r = judge(&f, a);
		check_report(r, number);
		seen.causes += failure(r, NULL) != NULL;
		seen.sound += r->answer == ANSWER_USES_GPU;
		struct sweep sweep = { &f, r, number };
		sweep_record(&sweep, &facts_record, (char *)&f);
		arena_free(a);
	}
	return seen;
}

static void every_combination(void **state)
{
	struct seen seen = sweep_all(&(struct width){ MODULES, GPUS, LOCKS }, 3001);

	(void)state;
	assert_true(seen.n > 300 && seen.causes > 100);
}

static void with_a_driver_and_a_gpu(void **state)
{
	struct seen seen = sweep_all(&(struct width){ 1, 1, 1 }, 41);

	(void)state;
	assert_true(seen.n > 300 && seen.causes > 100 && seen.sound > 3);
}

/* ---- known answers ---- */

static void check_only(struct facts *f, struct arena *a, const char *id)
{
	struct report *r = judge(f, a);

	if (strcmp(r->diagnosis, id) != 0)
		fail_msg("%s, expected %s", r->diagnosis, id);
}

static void sound_host(struct facts *f, struct arena *a)
{
	base(f, a);
	set_module(f, 0);
	set_nodes(f, a, 0);
	set_library(f, 0);
	set_gpu(f, a, 0);
}

static void users_and_groups(void **state)
{
	struct facts f;

	sound_host(&f, *state);
	check_only(&f, *state, "not-a-fault");
	set_nodes(&f, *state, 4);
	check_only(&f, *state, "device-node-permission");
	/* In the group, and refused all the same: something else refuses. */
	PUSH(*state, &f.platform.groups.v, "video");
	check_only(&f, *state, "undetermined");
	/* A table of groups that could not be read proves no membership and no lack of it. */
	f.platform.groups.v.n = 1;
	f.platform.groups.st = UNKNOWN;
	check_only(&f, *state, "undetermined");
}

static void a_sleeping_card(void **state)
{
	struct facts f;

	sound_host(&f, *state);
	f.pci.gpus.v[0].power = TEXT("suspended");
	f.pci.gpus.v[0].responds = (struct fact_bool){ 0 };
	check_only(&f, *state, "not-a-fault");
	f.pci.gpus.v[0].responds = FLAG(false);
	check_only(&f, *state, "gpu-lost-xid");
}

static void nodes_that_can_be_made(void **state)
{
	struct facts f;

	sound_host(&f, *state);
	set_nodes(&f, *state, 2);
	check_only(&f, *state, "device-node-missing");
	f.nodes.helper = FLAG(true);
	check_only(&f, *state, "not-a-fault");
	f.nodes.helper = NO_FLAG;
	f.platform.uid = NUMBER(0);
	check_only(&f, *state, "not-a-fault");
	f.platform.container = TEXT("docker");
	check_only(&f, *state, "container-missing-uvm-device");
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
		cmocka_unit_test(users_and_groups),        cmocka_unit_test(a_sleeping_card),
		cmocka_unit_test(nodes_that_can_be_made),  cmocka_unit_test(every_combination),
		cmocka_unit_test(with_a_driver_and_a_gpu),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("machine", tests, new_arena, drop_arena);
}
