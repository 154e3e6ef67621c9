// SPDX-License-Identifier: Apache-2.0
/* The parts of the screen's chain, for chain.c to put together. */
#ifndef WHYCPU_RULES_CHAIN_H
#define WHYCPU_RULES_CHAIN_H

#include "rules/rules.h"

void chain_line(struct report *r, const char *label, enum mark mark, const char *text);
/* The worst finding of these stages, NULL if there is none that marks a link. */
const struct finding *chain_worst(const struct report *r, enum stage first, enum stage last);
/* Kernel and driver, between which container and nodes stand. */
enum mark chain_driver_mark(const struct report *r);
/* The finding of this id that stands in the way or may; NULL if there is none. */
const struct finding *chain_finding(const struct report *r, const char *id);
/* Its mark; MARK_OK where there is none. */
enum mark chain_mark(const struct report *r, enum stage first, enum stage last);

/* GPU, driver, container, nodes. */
void chain_machine(const struct facts *f, struct report *r);
/* Python, torch, libraries, environment. */
void chain_torch(const struct facts *f, struct report *r);

/* What is sound about driver and GPU, for the screen of a machine without any fault. */
void check_off_machine(const struct facts *f, struct report *r);
void check_off_torch(const struct facts *f, struct report *r);

#endif
