// SPDX-License-Identifier: Apache-2.0
/* What NVML says: does it start, which driver, which GPUs. It cannot know whether CUDA works: NVML needs neither libcuda nor
 * nvidia-uvm. Names and numbers of the functions: NVIDIA/go-nvml gen/nvml/nvml.h (API v13). */
#include "probe/probe.h"

#include <dlfcn.h>
#include <stdint.h>
#include <string.h>

#define GPUS_MAX 64

typedef void *device;

struct memory {
	unsigned long long total, free, used;
};

/* NULL where the library is too old to have it. */
struct nvml {
	int (*init)(void);
	int (*driver_version)(char *text, unsigned n);
	int (*count)(unsigned *n);
	int (*by_index)(unsigned i, device *ret);
	int (*uuid)(device d, char *text, unsigned n);
	int (*name)(device d, char *text, unsigned n);
	int (*capability)(device d, int *major, int *minor);
	int (*memory)(device d, struct memory *ret);
	int (*mig_mode)(device d, unsigned *current, unsigned *pending);
	int (*compute_mode)(device d, int *mode);
};

static void find(void *library, void *slot, const char *name, const char *older)
{
	void *symbol = dlsym(library, name);

	if (!symbol && older)
		symbol = dlsym(library, older);
	memcpy(slot, &symbol, sizeof symbol); /* a function is no object to ISO C */
}

static struct nvml functions(void *library)
{
	struct nvml n;

	find(library, &n.init, "nvmlInit_v2", "nvmlInit");
	find(library, &n.driver_version, "nvmlSystemGetDriverVersion", NULL);
	find(library, &n.count, "nvmlDeviceGetCount_v2", "nvmlDeviceGetCount");
	find(library, &n.by_index, "nvmlDeviceGetHandleByIndex_v2", "nvmlDeviceGetHandleByIndex");
	find(library, &n.uuid, "nvmlDeviceGetUUID", NULL);
	find(library, &n.name, "nvmlDeviceGetName", NULL);
	find(library, &n.capability, "nvmlDeviceGetCudaComputeCapability", NULL);
	find(library, &n.memory, "nvmlDeviceGetMemoryInfo", NULL);
	find(library, &n.mig_mode, "nvmlDeviceGetMigMode", NULL);
	find(library, &n.compute_mode, "nvmlDeviceGetComputeMode", NULL);
	return n;
}

/* What is no UTF-8 would silently vanish: a question mark stays. */
static json_t *text_json(char *text, size_t size)
{
	text[size - 1] = '\0';
	for (char *p = text; *p; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
	return json_string(text);
}

static void put_text(json_t *gpu, const char *key, int (*get)(device, char *, unsigned), device d)
{
	char text[128] = { 0 };

	if (get && get(d, text, sizeof text - 1) == 0)
		json_object_set_new(gpu, key, text_json(text, sizeof text));
}

static void put_memory(json_t *gpu, const struct nvml *n, device d)
{
	struct memory memory = { 0, 0, 0 };

	if (!n->memory || n->memory(d, &memory) != 0)
		return;
	json_object_set_new(gpu, "memory_bytes", json_integer((json_int_t)memory.total));
	json_object_set_new(gpu, "free_bytes", json_integer((json_int_t)memory.free));
}

static json_t *describe(const struct nvml *n, device d)
{
	json_t *gpu = json_object();
	int major = 0, minor = 0, mode = 0;
	unsigned mig = 0, pending = 0;

	put_text(gpu, "uuid", n->uuid, d);
	put_text(gpu, "name", n->name, d);
	if (n->capability && n->capability(d, &major, &minor) == 0)
		json_object_set_new(gpu, "cc", json_sprintf("%d.%d", major, minor));
	put_memory(gpu, n, d);
	if (n->mig_mode && n->mig_mode(d, &mig, &pending) == 0)
		json_object_set_new(gpu, "mig", json_boolean(mig == 1));
	if (n->compute_mode && n->compute_mode(d, &mode) == 0)
		json_object_set_new(gpu, "compute_mode", json_integer(mode));
	return gpu;
}

static json_t *list_gpus(const struct nvml *n)
{
	json_t *gpus = json_array();
	unsigned count = 0;

	if (!n->count || !n->by_index || n->count(&count) != 0)
		return gpus;
	for (unsigned i = 0; i < count && i < GPUS_MAX; i++) {
		device d = NULL;

		/* One that is lost keeps its place in the count. */
		json_array_append_new(gpus,
				      n->by_index(i, &d) == 0 ? describe(n, d) : json_object());
	}
	return gpus;
}

json_t *probe_nvml(const char *path)
{
	void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	struct nvml n;
	char version[96] = { 0 };

	if (!library)
		return json_pack("{s:s}", "load", "libnvidia-ml.so.1 cannot be loaded");
	n = functions(library);
	if (!n.init)
		return json_pack("{s:s}", "load", "libnvidia-ml.so.1 has no nvmlInit");

	json_t *answer = json_object();
	int code = n.init();

	json_object_set_new(answer, "init", json_integer(code));
	if (code != 0)
		return answer;
	if (n.driver_version && n.driver_version(version, sizeof version - 1) == 0)
		json_object_set_new(answer, "driver_version", text_json(version, sizeof version));
	json_object_set_new(answer, "gpus", list_gpus(&n));
	return answer;
}
