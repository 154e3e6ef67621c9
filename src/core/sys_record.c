// SPDX-License-Identifier: Apache-2.0
/* What `snapshot` keeps: every back-end answer as one small JSON object. Paths and texts are escaped (esc_word), so that
 * any bytes survive. Values of variables are kept only for the names below and only if they have the right shape: a
 * secret cannot leak from a value that was never stored. */
#include <string.h>

#include "core/json.h"
#include "core/record_text.h"
#include "core/sys_internal.h"

/* Contents of a recorded file; a longer one keeps its size and is "not recorded" in the replay. */
#define RECORD_BYTES_MAX ((size_t)512 * 1024)

static bool is_private(const struct sys *s, const char *path)
{
	for (size_t i = 0; i < s->private.n; i++)
		if (starts_with(path, s->private.v[i]))
			return true;
	return false;
}

static json_t *add(struct sys *s, const char *op, const char *path, int err)
{
	if (!s->records || is_private(s, path))
		return NULL;

	json_t *record = json_object();
	const char *self = arena_fmt(s->arena, "/proc/%d", s->options.self_pid);
	size_t n = strlen(self);

	/* The walk asked for /proc/PID of the run; the replay will ask for /proc/self. */
	if (strncmp(path, self, n) == 0 && (!path[n] || path[n] == '/'))
		path = arena_fmt(s->arena, "/proc/self%s", path + n);
	json_put_text(record, "op", op);
	json_put_text(record, "path", esc_bytes(s->arena, path, strlen(path)));
	if (err)
		json_put_text(record, "err", sys_why(err));
	json_array_append_new(s->records, record);
	return record;
}

void sys_record_lookup(struct sys *s, const char *path, int err, const struct sys_stat *st)
{
	json_t *record = add(s, "lookup", path, err);

	if (!record || err)
		return;
	json_object_set_new(record, "kind", json_integer(st->kind));
	json_object_set_new(record, "mode", json_integer(st->mode));
	json_object_set_new(record, "uid", json_integer(st->uid));
	json_object_set_new(record, "gid", json_integer(st->gid));
	json_object_set_new(record, "major", json_integer(st->rdev_major));
	json_object_set_new(record, "minor", json_integer(st->rdev_minor));
	json_object_set_new(record, "size", json_integer(st->size_bytes));
}

/* Of the packages of a machine only NVIDIA's are kept, by name and state. */
static struct bytes own_packages(struct arena *a, struct bytes status)
{
	struct str kept = str_new(a, RECORD_BYTES_MAX);
	struct bytes line;
	size_t pos = 0;
	bool own = false;

	while (next_line(status, &pos, &line)) {
		bool head = line.n > 9 && memcmp(line.v, "Package: ", 9) == 0;

		if (head)
			own = memmem(line.v, line.n, "nvidia", 6) != NULL;
		if (own && (head || (line.n > 8 && memcmp(line.v, "Status: ", 8) == 0)))
			str_addf(&kept, "%.*s\n%s", (int)line.n, line.v, head ? "" : "\n");
	}
	return (struct bytes){ str_text(&kept), kept.n };
}

void sys_record_text(struct sys *s, const char *op, const char *path, int err, const char *text,
		     size_t n)
{
	json_t *record = add(s, op, path, err);

	if (!record || err || !text)
		return;
	/* Arguments may hold anything, passwords too: the program's name is what we need of them. */
	if (starts_with(path, "/proc/") && ends_with(path, "/cmdline"))
		n = strnlen(text, n);
	if (strcmp(path, "/var/lib/dpkg/status") == 0) {
		struct bytes own = own_packages(s->arena, (struct bytes){ text, n });

		text = own.v;
		n = own.n;
	}

	struct bytes kept = record_text(s->arena, path, (struct bytes){ text, n });

	if (kept.n > RECORD_BYTES_MAX)
		json_put_text(record, "err", sys_why(-SYS_E_NOT_RECORDED));
	else
		json_put_text(record, "text", esc_bytes(s->arena, kept.v, kept.n));
}

void sys_record_list(struct sys *s, const char *path, int err, const struct strlist *names)
{
	json_t *record = add(s, "list", path, err);

	if (!record || err)
		return;

	json_t *array = json_array();

	for (size_t i = 0; i < names->n; i++)
		json_array_append_new(array, json_text(esc(s->arena, names->v[i])));
	json_object_set_new(record, "names", array);
}

static json_t *texts(const struct strlist *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->n; i++)
		json_array_append_new(array, json_text(list->v[i]));
	return array;
}

static json_t *version_needs(const struct sys_elf *elf)
{
	json_t *object = json_object();

	for (size_t i = 0; i < elf->version_needs.n; i++)
		json_object_set_new(object, elf->version_needs.v[i].file,
				    texts(&elf->version_needs.v[i].versions));
	return object;
}

void sys_record_elf(struct sys *s, const char *path, int err, const struct sys_elf *elf)
{
	json_t *record = add(s, "elf", path, err);

	if (!record || err)
		return;

	json_t *json = json_object();

	json_object_set_new(json, "class", json_integer(elf->class));
	json_put_text(json, "machine", elf->machine);
	json_put_text(json, "soname", elf->soname);
	json_put_text(json, "interp", elf->interp);
	json_put_text(json, "rpath", elf->rpath);
	json_put_text(json, "runpath", elf->runpath);
	json_object_set_new(json, "needed", texts(&elf->needed));
	if (elf->version_needs.n > 0)
		json_object_set_new(json, "version_needs", version_needs(elf));
	if (elf->version_defs.n > 0)
		json_object_set_new(json, "version_defs", texts(&elf->version_defs));
	if (elf->notes.n > 0)
		json_object_set_new(json, "notes", texts(&elf->notes));
	if (elf->arch_strings.n > 0)
		json_object_set_new(json, "arch_strings", texts(&elf->arch_strings));
	json_object_set_new(record, "elf", json);
}

/* A list of devices that is written wrongly is the very evidence: it may hold anything but what makes an address or an
 * assignment. */
#define SHORT_TEXT NULL
#define SHORT_TEXT_BYTES 128

/* `shape`: the characters that a value may hold beside letters and digits. */
static const struct {
	const char *name, *shape;
} recorded_variables[] = {
	{ "CUDA_VISIBLE_DEVICES", SHORT_TEXT },
	{ "PYTORCH_NVML_BASED_CUDA_CHECK", "" },
	{ "KUBERNETES_SERVICE_HOST", ".:" },
	{ "APPTAINER_NAME", "._-" },
	{ "SINGULARITY_NAME", "._-" },
	{ "container", "-_" },
	{ "CUDA_DEVICE_ORDER", "_" },
	{ "HIP_VISIBLE_DEVICES", SHORT_TEXT },
	{ "ROCR_VISIBLE_DEVICES", SHORT_TEXT },
	{ "NVIDIA_VISIBLE_DEVICES", ",-_/:." },
	{ "NVIDIA_DRIVER_CAPABILITIES", "," },
	{ "CUDA_DISABLE_PTX_JIT", "" },
	{ "CUDA_FORCE_PTX_JIT", "" },
	{ "CUDA_MPS_PIPE_DIRECTORY", "/._-+~" },
	{ "PYTORCH_ALLOC_CONF", ":,._-[]>" },
	{ "PYTORCH_CUDA_ALLOC_CONF", ":,._-[]>" },
	{ "TORCH_LOGS", ",._-+ " },
	{ "LD_PRELOAD", "/._-+~:$ " },
	{ "HSA_OVERRIDE_GFX_VERSION", "." },
	{ "ZE_AFFINITY_MASK", ",." },
	{ "CUDA_HOME", "/._-+~" },
	{ "COLAB_RELEASE_TAG", "._-" },
	{ "COLAB_GPU", "" },
	{ "KAGGLE_KERNEL_RUN_TYPE", "" },
	{ "DATABRICKS_RUNTIME_VERSION", "._-" },
	{ "CODESPACES", "" },
	{ "LIGHTNING_INTERACTIVE", "" },
	{ "SLURM_JOB_ID", "" },
	{ "SLURM_STEP_GPUS", ",-_:[]" },
	{ "SLURM_JOB_GPUS", ",-_:[]" },
	{ "SLURM_GPUS_ON_NODE", ",-_:[]" },
	{ "SLURM_GPUS", ",-_:[]" },
	{ "SLURM_GPUS_PER_NODE", ",-_:[]" },
	{ "SLURM_GPUS_PER_TASK", ",-_:[]" },
	{ "GPU_DEVICE_ORDINAL", ",-" },
	{ "PATH", "/._-+~:" },
	{ "LD_LIBRARY_PATH", "/._-+~:$" },
	{ "PYTHONPATH", "/._-+~:" },
	{ "PYTHONHOME", "/._-+~:" },
	{ "PYTHONUSERBASE", "/._-+~" },
	{ "PYTHONNOUSERSITE", "" },
	{ "PYTHONSAFEPATH", "" },
	{ "HOME", "/._-+~" },
	{ "VIRTUAL_ENV", "/._-+~" },
	{ "CONDA_PREFIX", "/._-+~" },
	{ "PYENV_ROOT", "/._-+~" },
	{ "PYENV_VERSION", "/._-+:" },
};

static bool has_shape(const char *value, const char *shape)
{
	if (!shape)
		return strlen(value) <= SHORT_TEXT_BYTES && !value[strcspn(value, "=@?&#%$")];
	for (; *value; value++) {
		bool plain = (*value >= '0' && *value <= '9') || (*value >= 'a' && *value <= 'z') ||
			     (*value >= 'A' && *value <= 'Z');

		if (!plain && !strchr(shape, *value))
			return false;
	}
	return true;
}

/* The value is not kept, nor what it led to: a path that was searched would give it away. */
static void hide_value(struct sys *s, json_t *record, const char *raw)
{
	struct bytes part;
	size_t pos = 0;

	json_put_text(record, "err", sys_why(-SYS_E_NOT_RECORDED));
	while (next_part(raw, ':', &pos, &part))
		if (part.n > 1)
			PUSH(s->arena, &s->private,
			     path_join(s->arena, "/", arena_strndup(s->arena, part.v, part.n)));
}

void sys_record_env(struct sys *s, const char *name, int err, const char *raw)
{
	json_t *record = add(s, "env", name, err);
	bool keep = false;

	if (!record || err)
		return;
	for (size_t i = 0; i < sizeof recorded_variables / sizeof *recorded_variables; i++)
		if (strcmp(recorded_variables[i].name, name) == 0)
			keep = has_shape(raw, recorded_variables[i].shape);
	if (keep)
		json_put_text(record, "text", esc(s->arena, raw));
	else
		hide_value(s, record, raw);
}

json_t *sys_take_records(struct sys *s)
{
	json_t *records = s->records;

	if (records)
		s->records = json_array();
	return records;
}
