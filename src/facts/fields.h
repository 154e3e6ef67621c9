// SPDX-License-Identifier: Apache-2.0
/* The field table: the one list of all facts by name, type and place in the struct. Dump, load and the round-trip test
 * walk it; a fact has the same name in the struct, in JSON and in the documents. */
#ifndef WHYCPU_FACTS_FIELDS_H
#define WHYCPU_FACTS_FIELDS_H

#include <stddef.h>

enum field_type {
	FIELD_STR,   /* struct fact_str */
	FIELD_NUM,   /* struct fact_num */
	FIELD_BOOL,  /* struct fact_bool */
	FIELD_STRS,  /* struct fact_strs */
	FIELD_LIST,  /* a fact whose members are records: FACT_HEAD, v, n, cap */
	FIELD_GROUP, /* a nested record */
	FIELD_TEXT,  /* plain const char *: the key of a list member */
};

struct record;

struct field {
	const char *name;
	enum field_type type;
	size_t offset;
	const struct record *of; /* of FIELD_LIST and FIELD_GROUP */
};

struct record {
	size_t size;
	size_t n_fields;
	const struct field *fields;
};

/* One field per collector, all FIELD_GROUP. */
extern const struct record facts_record;

#endif
