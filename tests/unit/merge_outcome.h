/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_MERGE_OUTCOME_H
#define TESTS_UNIT_MERGE_OUTCOME_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "specs/merge3.h"
#include "tests/unit/git_group.h"

/* One merge by what the format says; lines are merged as the verb does it. */
struct outcome {
	struct merge3 out;
	struct err why;
	int rc;
};

static inline void
drop_outcome(struct outcome *o)
{
	merge3_done(&o->out);
}

static inline struct gitrepo_text
git_text(const char *s, const char *label)
{
	return (struct gitrepo_text){ s, strlen(s), label };
}

static inline void
merge(const char *view, const char *base, const char *mine,
    const char *theirs, bool with_lines, bool doubtful, struct outcome *o)
{
	struct gitrepo_text b = git_text(base != NULL ? base : "", "base");
	struct gitrepo_text m = git_text(mine, "mine");
	struct gitrepo_text t = git_text(theirs, "theirs");
	CLEANUP(drop_buf) struct buf lines = { 0 };
	struct merge3_input in = { .view = view_find(view),
		.mine = { mine, strlen(mine) },
		.theirs = { theirs, strlen(theirs) },
		.base_doubtful = doubtful,
		.mine_label = "mine", .theirs_label = "theirs",
		.base_label = "base" };
	struct err e = { 0 };

	if (base != NULL)
		in.base = (struct merge3_text){ base, strlen(base) };
	if (with_lines && gitrepo_merge(base != NULL && !doubtful ? &b : NULL,
	    &m, &t, &lines, &e) == 0)
		in.lines = (struct merge3_text){ buf_str(&lines), lines.len };
	assert_non_null(in.view);
	o->rc = merge3(&in, &o->out, &o->why);
}

#endif
