/* SPDX-License-Identifier: MIT */
#ifndef AGENT_BEGIN_TWOROOTS_H
#define AGENT_BEGIN_TWOROOTS_H

#include "agent/options.h"
#include "base/buf.h"
#include "base/err.h"

/*
 * Two systems held against each other without a store: an older one, as it is
 * on its disk, and what became of it. What of the state that specs require was
 * lost comes first, then what went and what changed, what rules are about
 * before the rest. Nothing is written.
 */
struct tworoots_style {
	bool semantic;	/* every sentence on what changed, not the first */
	bool word;
	const struct strlist *paths;	/* only of these; none: all */
};

/* The options' root is the older one. The exit code, or -1. */
int tworoots_compare(const struct options *o, const char *now,
    const struct tworoots_style *how, struct buf *out, struct err *e);

/* Whether a path that was typed is the root of a system. */
bool tworoots_is_root(const char *path);

#endif
