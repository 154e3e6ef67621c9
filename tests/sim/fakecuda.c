// SPDX-License-Identifier: Apache-2.0
/* A libcuda.so.1 of as much as a machine that cannot use its GPU needs: cuInit and cuDriverGetVersion are all that the CUDA
 * runtime asks before it gives up. A healthy one cannot be simulated: the runtime wants NVIDIA's private tables then. */
#include "conf.h"

int cuInit(unsigned flags);
int cuDriverGetVersion(int *version);

int cuInit(unsigned flags)
{
	(void)flags;
	act_out(conf(), "cuda");
	return conf()->cuinit;
}

int cuDriverGetVersion(int *version)
{
	if (conf()->cuinit == 34) /* the toolkit's stub answers every call with it */
		return 34;
	*version = conf()->cuver;
	return 0;
}
