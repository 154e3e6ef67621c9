// SPDX-License-Identifier: Apache-2.0
/* What did NVIDIA's own libraries answer? Reads the recorded answers of a case (probes/nvml.json,
 * probes/cuda.json); on a live machine nobody has asked yet, and the verb decides whether somebody will. No
 * answer (a timeout, a signal) proves nothing. */
#include "collect/probe.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "collect/collect.h"
#include "facts/fact.h"

/* Why there is no answer, NULL if there is one. */
static const char *no_answer(const json_t *answer, struct arena *a)
{
	const json_t *code;

	if (!answer || json_object_get(answer, "garbage"))
		return "garbage";
	if (json_is_true(json_object_get(answer, "timeout")))
		return "timeout";
	code = json_object_get(answer, "signal");
	if (json_is_integer(code))
		return arena_fmt(a, "signal %" PRId64, (int64_t)json_integer_value(code));
	code = json_object_get(answer, "rc");
	if (json_is_integer(code))
		return arena_fmt(a, "exit %" PRId64, (int64_t)json_integer_value(code));
	return NULL;
}

/* A key that is missing was not asked; a value of another type is no answer. */
static struct fact_num number(const json_t *answer, const char *key, const char *from)
{
	const json_t *value = json_object_get(answer, key);

	if (!value)
		return (struct fact_num){ 0 };
	if (!json_is_integer(value))
		return (struct fact_num){ UNKNOWN, from, "garbage", 0 };
	return fact_num(0, json_integer_value(value), from);
}

/* The one thing without which an answer is none. */
static struct fact_num answered(const json_t *answer, const char *key, const char *from)
{
	struct fact_num code = number(answer, key, from);

	return code.st == NOT_LOOKED ? (struct fact_num){ UNKNOWN, from, "garbage", 0 } : code;
}

static struct fact_str text(const json_t *answer, const char *key, const char *from,
			    struct arena *a)
{
	const json_t *value = json_object_get(answer, key);

	if (!value)
		return (struct fact_str){ 0 };
	if (!json_is_string(value))
		return fact_str_unknown("garbage", from);
	return fact_str(0, esc(a, json_string_value(value)), from);
}

static struct fact_bool flag(const json_t *answer, const char *key, const char *from)
{
	const json_t *value = json_object_get(answer, key);

	if (!value)
		return (struct fact_bool){ 0 };
	if (!json_is_boolean(value))
		return (struct fact_bool){ UNKNOWN, from, "garbage", false };
	return fact_bool(0, json_is_true(value), from);
}

static struct probed_gpu gpu_of(const json_t *gpu, struct arena *a)
{
	const char *uuid = json_get_text(gpu, "uuid", a);
	const char *from = "call:nvmlDeviceGetHandleByIndex";

	return (struct probed_gpu){
		.uuid = uuid ? esc(a, uuid) : "",
		.name = text(gpu, "name", from, a),
		.cc = text(gpu, "cc", from, a),
		.memory_bytes = number(gpu, "memory_bytes", from),
		.free_bytes = number(gpu, "free_bytes", from),
		.mig = flag(gpu, "mig", from),
		.compute_mode = number(gpu, "compute_mode", from),
	};
}

static struct probed_list list(const json_t *answer, const char *key, const char *from,
			       struct arena *a)
{
	const json_t *array = json_object_get(answer, key);
	struct probed_list out = { .st = PRESENT, .from = from };

	if (!array)
		return (struct probed_list){ 0 };
	if (!json_is_array(array))
		return (struct probed_list){ .st = UNKNOWN, .from = from, .why = "garbage" };
	for (size_t i = 0; i < json_array_size(array); i++) {
		struct probed_gpu gpu = gpu_of(json_array_get(array, i), a);

		PUSH(a, &out, gpu);
	}
	return out;
}

static void take_nvml(struct probe *p, const json_t *answer, struct arena *a)
{
	const char *why = no_answer(answer, a);

	p->nvml_seconds = number(answer, "seconds", "call:nvmlInit");
	if (why) {
		p->nvml_init = (struct fact_num){ UNKNOWN, "call:nvmlInit", why, 0 };
		return;
	}
	if (json_object_get(answer, "load")) {
		p->nvml_init = fact_num(-ENOENT, 0, "call:dlopen(libnvidia-ml.so.1)");
		return;
	}
	p->nvml_init = answered(answer, "init", "call:nvmlInit");
	p->nvml_driver = text(answer, "driver_version", "call:nvmlSystemGetDriverVersion", a);
	p->nvml_gpus = list(answer, "gpus", "call:nvmlDeviceGetCount", a);
}

static void take_cuda(struct probe *p, const json_t *answer, struct arena *a)
{
	const char *why = no_answer(answer, a);

	p->cuda_seconds = number(answer, "seconds", "call:cuInit");
	if (why) {
		p->cuda_init = (struct fact_num){ UNKNOWN, "call:cuInit", why, 0 };
		return;
	}
	if (json_object_get(answer, "load")) {
		p->cuda_path = fact_str(-ENOENT, NULL, "call:dlopen(libcuda.so.1)");
		return;
	}
	p->cuda_path = text(answer, "path", "call:dlopen(libcuda.so.1)", a);
	p->cuda_driver = number(answer, "driver_cuda", "call:cuDriverGetVersion");
	p->cuda_init = answered(answer, "cuInit", "call:cuInit");
	p->cuda_count = number(answer, "count", "call:cuDeviceGetCount");
	p->cuda_devices = list(answer, "devices", "call:cuDeviceGet", a);
}

void probe_take(struct facts *facts, const char *name, const json_t *answer, struct arena *a)
{
	if (strcmp(name, "nvml") == 0)
		take_nvml(&facts->probe, answer, a);
	else
		take_cuda(&facts->probe, answer, a);
}

static void read_recorded(struct sys *s, struct facts *facts, const char *name)
{
	struct bytes bytes = { 0 };
	const char *why = NULL;
	json_t *answer;
	int err = sys_probe_answer(s, name, &bytes);

	if (err == -ENOENT)
		return;
	answer = err ? NULL : json_parse_line(bytes.v, bytes.n, &why, sys_arena(s));
	probe_take(facts, name, answer, sys_arena(s));
	json_decref(answer);
}

static void run(struct sys *s, const struct collect_wish *wish, struct facts *facts)
{
	(void)wish;
	read_recorded(s, facts, "nvml");
	read_recorded(s, facts, "cuda");
}

const struct collector collect_probe = { "probe", "recorded answers of the driver", run };
