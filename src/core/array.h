// SPDX-License-Identifier: Apache-2.0
/* The one growing array. A pushed element may move: what is handed out by address is allocated singly and
 * the array holds pointers. */
#ifndef WHYCPU_CORE_ARRAY_H
#define WHYCPU_CORE_ARRAY_H

#include "core/arena.h"

#define ARRAY(T)                                                                                   \
	struct {                                                                                   \
		T *v;                                                                              \
		size_t n, cap;                                                                     \
	}

#define PUSH(arena, arr, item)                                                                     \
	do {                                                                                       \
		if ((arr)->n == (arr)->cap) {                                                      \
			size_t cap_ = (arr)->cap ? 2 * (arr)->cap : 8;                             \
			(arr)->v = arena_grow((arena), (arr)->v, (arr)->n * sizeof *(arr)->v,      \
					      cap_ * sizeof *(arr)->v);                            \
			(arr)->cap = cap_;                                                         \
		}                                                                                  \
		(arr)->v[(arr)->n++] = (item);                                                     \
	} while (0)

struct strlist {
	const char **v;
	size_t n, cap;
};

#endif
