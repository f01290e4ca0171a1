/* SPDX-License-Identifier: MIT */
#ifndef SPECS_SPECTESTS_H
#define SPECS_SPECTESTS_H

#include "specs/shape.h"

/* `keys`, `entries` and `xpath` of a rule, whose values are tested; into is
 * the struct rule. The names of keys come whole: speccheck.h splits them. */
void spectests_keys(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into);
void spectests_entries(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into);
/* A mapping from fields to tests; `at` is that of a struct field_tests. */
void spectests_where(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into);
/* A mapping from prefixes to URIs; `at` is that of a struct texts. */
void spectests_namespaces(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into);
void spectests_xpath(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into);
/* One value, or a mapping of tests that ask for no number; `at` is that of a
 * struct tests. */
void spectests_text(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into);

/* For a demand whose tests stand beside its other keys: one
 * of them, and what is wrong with all of them together. */
void spectests_one(struct reader *r, const struct node_pair *p,
    struct tests *out);
void spectests_check(struct reader *r, struct place at,
    const struct tests *tests);

/* What their values look like. */
extern const struct shape spectests_keys_shape, spectests_entries_shape,
    spectests_where_shape, spectests_xpath_shape, spectests_text_shape,
    spectests_namespaces_shape;

#endif
