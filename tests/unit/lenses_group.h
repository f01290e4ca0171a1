/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_LENSES_GROUP_H
#define TESTS_UNIT_LENSES_GROUP_H

#include "specs/lenses.h"

/* Lenses that are read once for a group of tests. */
static struct lenses *lenses;

static inline int
lenses_start(void **state)
{
	(void)state;
	lenses = lenses_new();
	return 0;
}

static inline int
lenses_stop(void **state)
{
	(void)state;
	lenses_free(lenses);
	return 0;
}

#endif
