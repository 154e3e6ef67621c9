// SPDX-License-Identifier: Apache-2.0
#include "conf.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct conf the;

static void copy(char *to, size_t size, const char *from)
{
	if (strlen(from) >= size)
		_exit(97);
	strcpy(to, from);
}

/* "uuid.3": the fourth GPU. */
static int index_of(const char *key)
{
	const char *dot = strchr(key, '.');
	int i = dot ? atoi(dot + 1) : -1;

	if (i < 0 || i >= GPUS_MAX)
		_exit(97);
	return i;
}

static void set(const char *key, const char *value)
{
	if (!strcmp(key, "cuinit"))
		the.cuinit = atoi(value);
	else if (!strcmp(key, "cuver"))
		the.cuver = atoi(value);
	else if (!strcmp(key, "nvml_init"))
		the.nvml_init = atoi(value);
	else if (!strcmp(key, "nvml_count"))
		the.nvml_count = atoi(value);
	else if (!strcmp(key, "driver"))
		copy(the.driver, sizeof the.driver, value);
	else if (!strcmp(key, "mood"))
		copy(the.mood, sizeof the.mood, value);
	else if (!strcmp(key, "mood_of"))
		copy(the.mood_of, sizeof the.mood_of, value);
	else if (!strncmp(key, "uuid.", 5))
		copy(the.uuid[index_of(key)], sizeof the.uuid[0], value);
	else if (!strncmp(key, "name.", 5))
		copy(the.name[index_of(key)], sizeof the.name[0], value);
	else if (!strncmp(key, "cc.", 3))
		copy(the.cc[index_of(key)], sizeof the.cc[0], value);
	else
		_exit(97);
}

static void read_file(const char *path)
{
	char line[256];
	FILE *f = fopen(path, "re");

	if (!f)
		_exit(97);
	while (fgets(line, sizeof line, f)) {
		char *end = strchr(line, '='), *value = end ? end + 1 : NULL;

		line[strcspn(line, "\n")] = '\0';
		if (!value)
			continue;
		*end = '\0';
		set(line, value);
	}
	fclose(f);
}

const struct conf *conf(void)
{
	static int done;
	Dl_info info;
	char path[4096];

	if (done)
		return &the;
	done = 1;
	if (!dladdr((void *)&the, &info) || strlen(info.dli_fname) > sizeof path - 16)
		_exit(97);
	strcpy(path, info.dli_fname);

	char *slash = strrchr(path, '/');

	strcpy(slash ? slash + 1 : path, "fake.conf");
	read_file(path);
	return &the;
}

void act_out(const struct conf *c, const char *library)
{
	if (*c->mood_of && strcmp(c->mood_of, library))
		return;
	if (!strncmp(c->mood, "sleep:", 6))
		sleep((unsigned)atoi(c->mood + 6));
	else if (!strcmp(c->mood, "forever"))
		for (;;)
			pause();
	else if (!strcmp(c->mood, "crash"))
		abort();
	else if (!strcmp(c->mood, "exit"))
		exit(3);
	else if (!strcmp(c->mood, "garbage"))
		for (int fd = 1; fd < 8; fd++)
			(void)!write(fd, "NVRM: \x1b[2J\xff{\"task\":1}\n", 22);
}
