/* SPDX-License-Identifier: MIT */
#ifndef AGENT_GLANCE_H
#define AGENT_GLANCE_H

#include <stdbool.h>

#include "agent/inputs.h"
#include "base/entry.h"
#include "base/mem.h"
#include "base/root.h"
#include "base/strlist.h"
#include "specs/catalogue.h"

/*
 * What is only counted and dated (a mail queue, rules that come each day) is
 * looked at where it lies and never recorded: no content of it is read, and
 * nothing is told of what comes and goes.
 */
struct glance {
	struct strlist patterns; /* without braces, sorted */
	struct {
		struct hidden_pattern *items;
		size_t n, cap;
	} hidden;
};

/* One that could not be looked at whole, and why. */
struct hidden_pattern {
	const char *pattern, *why;
};

/* True where nothing but numbers is demanded of a rule's paths. */
bool glance_is_enough(const struct rule *r);
/* Takes the patterns of such rules, and those that `newest` names. */
void glance_take(struct glance *g, const struct catalogue *cat);
bool glance_has(const struct glance *g, const char *pattern);
/* Calls each for what a pattern matches now; entries live as long as arena.
 * All that the answer depends on is added to inputs, which may be NULL. */
void glance_at(struct glance *g, const struct root *r, const char *pattern,
    struct inputs *inputs, struct arena *arena,
    void (*each)(void *arg, const struct entry *en), void *arg);
/* Why a pattern could not be looked at, or NULL. */
const char *glance_hides(const struct glance *g, const char *pattern);
void glance_done(struct glance *g);

#endif
