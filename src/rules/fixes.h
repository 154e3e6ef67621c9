// SPDX-License-Identifier: Apache-2.0
/* Commands that several rules give: a torch build that fits this driver and GPU, in the words of
 * the program that installed the present one. Each adds its fixes to a finding; the reporter ends
 * the list with "Then: whycpu". */
#ifndef WHYCPU_RULES_FIXES_H
#define WHYCPU_RULES_FIXES_H

#include "facts/report.h"

/* Torch is there, but its build does not fit: the same version with the right CUDA, or the newest
 * that has it. Nothing is added if this driver runs no build. */
void fix_replace_torch(const struct facts *f, struct report *r, struct finding *finding);
/* There is no torch. */
void fix_install_torch(const struct facts *f, struct report *r, struct finding *finding);
/* In a container drivers and modules are the host's: then gives the words instead of a command, and
 * returns true. */
bool fix_on_the_host(const struct facts *f, struct report *r, struct finding *finding,
		     const char *words);

/* The driver, or only its libraries again, in the words of this distribution; words alone where it is not known. */
void fix_install_driver(const struct facts *f, struct report *r, struct finding *finding,
			const char *what);
void fix_reinstall_libraries(const struct facts *f, struct report *r, struct finding *finding);

struct wheel {
	const char *index;   /* "cu126"; NULL if no build is known that this driver runs */
	const char *cuda;    /* "12.6" */
	const char *release; /* the release that has it: the present one, else the newest known */
	bool same;           /* it is the present one */
};
struct wheel choose_wheel(const struct facts *f, struct arena *a);

#endif
