// SPDX-License-Identifier: Apache-2.0
/* A libnvidia-ml.so.1 of the functions that torch, pynvml, gpustat and nvitop begin with; what it does not know is "not
 * supported" (3), which all of them take calmly. Names and signatures: NVIDIA/go-nvml gen/nvml/nvml.h (API v13). */
#include "conf.h"

#include <stdlib.h>
#include <string.h>

enum { OK = 0, UNINITIALIZED = 1, INVALID = 2, NOT_SUPPORTED = 3, NOT_FOUND = 6, TOO_SMALL = 7 };

typedef struct gpu *device;
struct memory {
	unsigned long long total, free, used;
};
struct memory_v2 {
	unsigned version;
	unsigned long long total, reserved, free, used;
};
struct pci {
	char legacy_id[16];
	unsigned domain, bus, device, device_id, subsystem_id;
	char id[32];
};
struct utilization {
	unsigned gpu, memory;
};

int nvmlInit(void);
int nvmlInit_v2(void);
int nvmlInitWithFlags(unsigned flags);
int nvmlShutdown(void);
const char *nvmlErrorString(int code);
int nvmlSystemGetDriverVersion(char *text, unsigned n);
int nvmlSystemGetNVMLVersion(char *text, unsigned n);
int nvmlSystemGetCudaDriverVersion(int *version);
int nvmlSystemGetCudaDriverVersion_v2(int *version);
int nvmlDeviceGetCount(unsigned *n);
int nvmlDeviceGetCount_v2(unsigned *n);
int nvmlDeviceGetHandleByIndex(unsigned i, device *ret);
int nvmlDeviceGetHandleByIndex_v2(unsigned i, device *ret);
int nvmlDeviceGetHandleByUUID(const char *uuid, device *ret);
int nvmlDeviceGetIndex(device d, unsigned *ret);
int nvmlDeviceGetUUID(device d, char *text, unsigned n);
int nvmlDeviceGetName(device d, char *text, unsigned n);
int nvmlDeviceGetMinorNumber(device d, unsigned *ret);
int nvmlDeviceGetCudaComputeCapability(device d, int *major, int *minor);
int nvmlDeviceGetMemoryInfo(device d, struct memory *ret);
int nvmlDeviceGetMemoryInfo_v2(device d, struct memory_v2 *ret);
int nvmlDeviceGetPciInfo_v3(device d, struct pci *ret);
int nvmlDeviceGetUtilizationRates(device d, struct utilization *ret);
int nvmlDeviceGetTemperature(device d, int sensor, unsigned *ret);
int nvmlDeviceGetPowerUsage(device d, unsigned *ret);
int nvmlDeviceGetComputeMode(device d, int *mode);
int nvmlDeviceGetMigMode(device d, unsigned *current, unsigned *pending);
int nvmlDeviceGetComputeRunningProcesses_v3(device d, unsigned *n, void *list);
int nvmlDeviceGetGraphicsRunningProcesses_v3(device d, unsigned *n, void *list);

static int started;

/* A handle is the index plus one: no pointer to anything. */
static int index_of(device d)
{
	long i = (long)d - 1;

	return i >= 0 && i < conf()->nvml_count && i < GPUS_MAX ? (int)i : -1;
}

static int give(char *to, unsigned n, const char *text)
{
	if (strlen(text) >= n)
		return TOO_SMALL;
	strcpy(to, text);
	return OK;
}

int nvmlInit(void)
{
	act_out(conf(), "nvml");
	started = conf()->nvml_init == 0;
	return conf()->nvml_init;
}
int nvmlInit_v2(void)
{
	return nvmlInit();
}
int nvmlInitWithFlags(unsigned flags)
{
	(void)flags;
	return nvmlInit();
}
int nvmlShutdown(void)
{
	return OK;
}

const char *nvmlErrorString(int code)
{
	switch (code) {
	case OK:
		return "Success";
	case 9:
		return "Driver Not Loaded";
	case 18:
		return "Driver/library version mismatch";
	case 999:
		return "Unknown Error";
	default:
		return "Not Supported";
	}
}

int nvmlSystemGetDriverVersion(char *text, unsigned n)
{
	return started ? give(text, n, conf()->driver) : UNINITIALIZED;
}
int nvmlSystemGetNVMLVersion(char *text, unsigned n)
{
	return started ? give(text, n, conf()->driver) : UNINITIALIZED;
}
int nvmlSystemGetCudaDriverVersion(int *version)
{
	*version = conf()->cuver;
	return OK;
}
int nvmlSystemGetCudaDriverVersion_v2(int *version)
{
	return nvmlSystemGetCudaDriverVersion(version);
}

int nvmlDeviceGetCount_v2(unsigned *n)
{
	if (!started)
		return UNINITIALIZED;
	*n = (unsigned)conf()->nvml_count;
	return OK;
}
int nvmlDeviceGetCount(unsigned *n)
{
	return nvmlDeviceGetCount_v2(n);
}

int nvmlDeviceGetHandleByIndex_v2(unsigned i, device *ret)
{
	if (!started)
		return UNINITIALIZED;
	if (i >= (unsigned)conf()->nvml_count)
		return INVALID;
	*ret = (device)(long)(i + 1);
	return OK;
}
int nvmlDeviceGetHandleByIndex(unsigned i, device *ret)
{
	return nvmlDeviceGetHandleByIndex_v2(i, ret);
}
int nvmlDeviceGetHandleByUUID(const char *uuid, device *ret)
{
	for (int i = 0; i < conf()->nvml_count && i < GPUS_MAX; i++) {
		if (strcmp(conf()->uuid[i], uuid))
			continue;
		*ret = (device)(long)(i + 1);
		return OK;
	}
	return NOT_FOUND;
}

int nvmlDeviceGetIndex(device d, unsigned *ret)
{
	*ret = (unsigned)index_of(d);
	return index_of(d) < 0 ? INVALID : OK;
}
int nvmlDeviceGetMinorNumber(device d, unsigned *ret)
{
	return nvmlDeviceGetIndex(d, ret);
}
int nvmlDeviceGetUUID(device d, char *text, unsigned n)
{
	return index_of(d) < 0 ? INVALID : give(text, n, conf()->uuid[index_of(d)]);
}
int nvmlDeviceGetName(device d, char *text, unsigned n)
{
	return index_of(d) < 0 ? INVALID : give(text, n, conf()->name[index_of(d)]);
}

int nvmlDeviceGetCudaComputeCapability(device d, int *major, int *minor)
{
	const char *cc = index_of(d) < 0 ? "" : conf()->cc[index_of(d)], *dot = strchr(cc, '.');

	if (!dot)
		return NOT_SUPPORTED;
	*major = atoi(cc);
	*minor = atoi(dot + 1);
	return OK;
}

int nvmlDeviceGetMemoryInfo(device d, struct memory *ret)
{
	*ret = (struct memory){ 24ull << 30, 23ull << 30, 1ull << 30 };
	return index_of(d) < 0 ? INVALID : OK;
}
int nvmlDeviceGetMemoryInfo_v2(device d, struct memory_v2 *ret)
{
	*ret = (struct memory_v2){ ret->version, 24ull << 30, 1ull << 29, 23ull << 30, 1ull << 29 };
	return index_of(d) < 0 ? INVALID : OK;
}

int nvmlDeviceGetPciInfo_v3(device d, struct pci *ret)
{
	int i = index_of(d);

	memset(ret, 0, sizeof *ret);
	ret->bus = (unsigned)i + 1;
	strcpy(ret->id, "00000000:01:00.0");
	strcpy(ret->legacy_id, "0000:01:00.0");
	ret->id[10] = ret->legacy_id[6] = (char)('1' + i % 9);
	return i < 0 ? INVALID : OK;
}

int nvmlDeviceGetUtilizationRates(device d, struct utilization *ret)
{
	*ret = (struct utilization){ 0, 0 };
	return index_of(d) < 0 ? INVALID : OK;
}
int nvmlDeviceGetTemperature(device d, int sensor, unsigned *ret)
{
	(void)sensor;
	*ret = 40;
	return index_of(d) < 0 ? INVALID : OK;
}
int nvmlDeviceGetPowerUsage(device d, unsigned *ret)
{
	*ret = 20000;
	return index_of(d) < 0 ? INVALID : OK;
}
int nvmlDeviceGetComputeMode(device d, int *mode)
{
	*mode = 0;
	return index_of(d) < 0 ? INVALID : OK;
}
int nvmlDeviceGetMigMode(device d, unsigned *current, unsigned *pending)
{
	(void)d;
	*current = *pending = 0;
	return NOT_SUPPORTED;
}
int nvmlDeviceGetComputeRunningProcesses_v3(device d, unsigned *n, void *list)
{
	(void)list;
	*n = 0;
	return index_of(d) < 0 ? INVALID : OK;
}
int nvmlDeviceGetGraphicsRunningProcesses_v3(device d, unsigned *n, void *list)
{
	return nvmlDeviceGetComputeRunningProcesses_v3(d, n, list);
}
