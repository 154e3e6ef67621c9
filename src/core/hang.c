// SPDX-License-Identifier: Apache-2.0
#include "core/hang.h"

#include "core/json.h"

json_t *hang_dump(const struct hang *h)
{
	json_t *json = json_object();

	if (h->pid)
		json_object_set_new(json, "pid", json_integer(h->pid));
	json_put_text(json, "path", h->path);
	json_put_text(json, "state", h->state);
	json_put_text(json, "state_after_kill", h->state_after_kill);
	json_put_text(json, "wchan", h->wchan);
	json_put_text(json, "mount", h->mount);
	json_put_text(json, "fstype", h->fstype);
	json_put_text(json, "unit", h->unit);
	if (h->since)
		json_object_set_new(json, "since", json_integer(h->since));
	return json;
}

bool hang_load(struct hang *h, const json_t *json, struct arena *a)
{
	*h = (struct hang){ .pid = json_integer_value(json_object_get(json, "pid")),
			    .path = json_get_text(json, "path", a),
			    .state = json_get_text(json, "state", a),
			    .state_after_kill = json_get_text(json, "state_after_kill", a),
			    .wchan = json_get_text(json, "wchan", a),
			    .mount = json_get_text(json, "mount", a),
			    .fstype = json_get_text(json, "fstype", a),
			    .unit = json_get_text(json, "unit", a),
			    .since = json_integer_value(json_object_get(json, "since")) };
	return h->path != NULL;
}
