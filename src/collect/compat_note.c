// SPDX-License-Identifier: Apache-2.0
/* Which drivers does a forward compatibility libcuda run on? Its note .note.cuda.fwd_compatibility says it in JSON:
 * {"format":1,"CUDA version":"12.9","driver":[535,550,575],"device":[1,2,7]}. The device numbers are classes of NVIDIA's own
 * that nothing explains: they are not read. Libraries before CUDA 12.9 have no note. */
#include "collect/compat_note.h"

#include <string.h>

#include "core/json.h"

#define BRANCHES_MAX 200

bool compat_note_hosts(struct arena *a, const char *note, struct strlist *ret_branches)
{
	const char *text = strchr(note, '{'), *why = NULL;
	json_t *json = text ? json_parse_line(text, strlen(text), &why, a) : NULL;
	const json_t *drivers = json ? json_object_get(json, "driver") : NULL;
	bool is_note = json_is_array(drivers);

	for (size_t i = 0; is_note && i < json_array_size(drivers) && i < BRANCHES_MAX; i++) {
		const json_t *branch = json_array_get(drivers, i);

		if (json_is_integer(branch))
			PUSH(a, ret_branches,
			     arena_fmt(a, "%lld", (long long)json_integer_value(branch)));
	}
	if (json)
		json_decref(json);
	return is_note;
}
