// SPDX-License-Identifier: Apache-2.0
/* What the CUDA driver says: cuInit's code is the very one that the runtime hands to torch (measured with the runtimes of
 * torch 1.13 to 2.15). It reads CUDA_VISIBLE_DEVICES, so the child has the target's environment. It cannot know whether
 * a kernel of the user's torch will run. */
#include "probe/probe.h"

#include <dlfcn.h>
#include <string.h>

#define DEVICES_MAX 64
#define CC_MAJOR 75 /* CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, _MINOR (cuda.h) */
#define CC_MINOR 76

struct cuda {
	int (*init)(unsigned flags);
	int (*driver_version)(int *version);
	int (*count)(int *n);
	int (*device)(int *ret, int i);
	int (*name)(char *text, int n, int device);
	int (*memory)(size_t *bytes, int device);
	int (*attribute)(int *value, int which, int device);
	int (*uuid)(unsigned char *ret16, int device);
};

static void find(void *library, void *slot, const char *name)
{
	void *symbol = dlsym(library, name);

	memcpy(slot, &symbol, sizeof symbol); /* a function is no object to ISO C */
}

static struct cuda functions(void *library)
{
	struct cuda c;

	find(library, &c.init, "cuInit");
	find(library, &c.driver_version, "cuDriverGetVersion");
	find(library, &c.count, "cuDeviceGetCount");
	find(library, &c.device, "cuDeviceGet");
	find(library, &c.name, "cuDeviceGetName");
	find(library, &c.memory, "cuDeviceTotalMem_v2");
	find(library, &c.attribute, "cuDeviceGetAttribute");
	find(library, &c.uuid, "cuDeviceGetUuid");
	return c;
}

static void put_name(json_t *out, const struct cuda *c, int device)
{
	char text[128] = { 0 };

	if (!c->name || c->name(text, sizeof text - 1, device) != 0)
		return;
	for (char *p = text; *p; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
	json_object_set_new(out, "name", json_string(text));
}

/* GPU-8 4 4 4 12, as NVML writes it. */
static void put_uuid(json_t *out, const struct cuda *c, int device)
{
	unsigned char u[16] = { 0 };

	if (!c->uuid || c->uuid(u, device) != 0)
		return;
	json_object_set_new(
		out, "uuid",
		json_sprintf(
			"GPU-%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
			u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9], u[10], u[11],
			u[12], u[13], u[14], u[15]));
}

static json_t *describe(const struct cuda *c, int device)
{
	json_t *out = json_object();
	int major = 0, minor = 0;
	size_t bytes = 0;

	put_uuid(out, c, device);
	put_name(out, c, device);
	if (c->attribute && c->attribute(&major, CC_MAJOR, device) == 0 &&
	    c->attribute(&minor, CC_MINOR, device) == 0)
		json_object_set_new(out, "cc", json_sprintf("%d.%d", major, minor));
	if (c->memory && c->memory(&bytes, device) == 0)
		json_object_set_new(out, "memory_bytes", json_integer((json_int_t)bytes));
	return out;
}

static void put_devices(json_t *answer, const struct cuda *c)
{
	json_t *devices = json_array();
	int count = 0, device = 0;

	if (!c->count || c->count(&count) != 0) {
		json_decref(devices);
		return;
	}
	json_object_set_new(answer, "count", json_integer(count));
	for (int i = 0; c->device && i < count && i < DEVICES_MAX; i++)
		if (c->device(&device, i) == 0)
			json_array_append_new(devices, describe(c, device));
	json_object_set_new(answer, "devices", devices);
}

json_t *probe_cuda(const char *path)
{
	void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	struct cuda c;
	int version = 0;

	if (!library)
		return json_pack("{s:s}", "load", "libcuda.so.1 cannot be loaded");
	c = functions(library);
	if (!c.init || !c.driver_version)
		return json_pack("{s:s}", "load", "libcuda.so.1 is no CUDA driver");

	json_t *answer = json_object();

	json_object_set_new(answer, "path", json_string(path));
	if (c.driver_version(&version) == 0)
		json_object_set_new(answer, "driver_cuda", json_integer(version));

	int code = c.init(0);

	json_object_set_new(answer, "cuInit", json_integer(code));
	if (code == 0)
		put_devices(answer, &c);
	return answer;
}
