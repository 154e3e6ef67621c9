/* SPDX-License-Identifier: Apache-2.0 */
/* What the fake driver is to say: `key=value` lines in the file fake.conf beside the library, read at the first call so that
 * it also works after a fork. An unknown key is an error of the test, and ends the process with 97. */
#ifndef SIM_CONF_H
#define SIM_CONF_H

#define GPUS_MAX 16

struct conf {
	int cuinit, cuver; /* cuInit's code, cuDriverGetVersion's number */
	int nvml_init, nvml_count;
	char driver[64]; /* what NVML says */
	char uuid[GPUS_MAX][64], name[GPUS_MAX][64], cc[GPUS_MAX][8];
	/* How the first call behaves: "", "sleep:SECONDS", "forever", "crash", "exit", "garbage". */
	char mood[32], mood_of[8]; /* "cuda", "nvml": only this one; "": both */
};

const struct conf *conf(void);
/* Sleeps, crashes, ... as `mood` says; returns where the call is to go on. */
void act_out(const struct conf *c, const char *library);

#endif
