// SPDX-License-Identifier: Apache-2.0
/* What `snapshot` keeps: every back-end answer as one small JSON object. Paths and texts are escaped (esc_word), so that
 * any bytes survive. Values of variables are kept only for the names below and only if they have the right shape: a
 * secret cannot leak from a value that was never stored. */
#include <string.h>

#include "core/json.h"
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

void sys_record_text(struct sys *s, const char *op, const char *path, int err, const char *text,
		     size_t n)
{
	json_t *record = add(s, op, path, err);

	if (!record || err || !text)
		return;
	/* Arguments may hold anything, passwords too: the program's name is what we need of them. */
	if (starts_with(path, "/proc/") && ends_with(path, "/cmdline"))
		n = strnlen(text, n);
	if (n > RECORD_BYTES_MAX)
		json_put_text(record, "err", sys_why(-SYS_E_NOT_RECORDED));
	else
		json_put_text(record, "text", esc_bytes(s->arena, text, n));
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

void sys_record_elf(struct sys *s, const char *path, int err, const struct sys_elf *elf)
{
	json_t *record = add(s, "elf", path, err);

	if (!record || err)
		return;

	json_t *json = json_object(), *needed = json_array();

	json_object_set_new(json, "class", json_integer(elf->class));
	json_put_text(json, "machine", elf->machine);
	json_put_text(json, "soname", elf->soname);
	json_put_text(json, "interp", elf->interp);
	json_put_text(json, "rpath", elf->rpath);
	json_put_text(json, "runpath", elf->runpath);
	for (size_t i = 0; i < elf->needed.n; i++)
		json_array_append_new(needed, json_text(elf->needed.v[i]));
	json_object_set_new(json, "needed", needed);
	json_object_set_new(record, "elf", json);
}

/* `shape`: the characters that a value may hold beside letters and digits. */
static const struct {
	const char *name, *shape;
} recorded_variables[] = {
	{ "CUDA_VISIBLE_DEVICES", ",-_/+:. " },
	{ "PYTORCH_NVML_BASED_CUDA_CHECK", "" },
	{ "KUBERNETES_SERVICE_HOST", ".:" },
	{ "APPTAINER_NAME", "._-" },
	{ "SINGULARITY_NAME", "._-" },
	{ "container", "-_" },
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
