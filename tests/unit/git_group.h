/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_GIT_GROUP_H
#define TESTS_UNIT_GIT_GROUP_H

#include "snapshots/gitrepo.h"

/* What a group of tests that use libgit2 is run between. */

static inline int
git_start(void **state)
{
	struct err e = { 0 };

	(void)state;
	return gitrepo_start(&e);
}

static inline int
git_stop(void **state)
{
	(void)state;
	gitrepo_stop();
	return 0;
}

#endif
