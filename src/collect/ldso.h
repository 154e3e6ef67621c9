// SPDX-License-Identifier: Apache-2.0
/* Where the dynamic loader would look: ld.so.cache, ld.so.conf, the default folders. */
#ifndef WHYCPU_COLLECT_LDSO_H
#define WHYCPU_COLLECT_LDSO_H

#include "core/sys.h"

/* Paths that the cache names for a library of this machine ("x86_64"), in order. 0, -ENOENT without a cache, -EINVAL
 * if it is no cache. */
int ldso_cache_find(struct sys *s, const char *machine, const char *name,
		    struct strlist *ret_paths);
/* The parser behind it, for the fuzz target and tests. */
int ldso_cache_parse(struct arena *a, struct bytes cache, const char *machine, const char *name,
		     struct strlist *ret_paths);
/* Folders of /etc/ld.so.conf and what it includes. 0 or the first error that leaves it incomplete. */
int ldso_conf_dirs(struct sys *s, struct strlist *ret_dirs);
/* The folders that are searched last. */
void ldso_default_dirs(struct arena *a, const char *machine, struct strlist *ret_dirs);

#endif
