/* SPDX-License-Identifier: MIT */
#include "specs/specwhole.h"

/* Keeps the items of a list for which it is true. */
#define KEEP(list, item, test) do {					\
	size_t kept_ = 0;						\
									\
	for (size_t i_ = 0; i_ < (list)->n; i_++) {			\
		__typeof__((list)->items) item = &(list)->items[i_];	\
									\
		if (test)						\
			(list)->items[kept_++] = *item;			\
	}								\
	(list)->n = kept_;						\
} while (0)

static bool
is_whole_side(const struct relation_side *s)
{
	if (s->paths.n == 0 || (s->among != NULL && !is_whole_side(s->among)))
		return false;
	switch (s->reads) {
	case SIDE_PATHS:
	case SIDE_NAMES:
	case SIDE_STEMS:
		return true;
	case SIDE_KEYS:
		return s->what != NULL && s->section != NULL &&
		    s->key != NULL;
	default:
		return s->what != NULL;
	}
}

static bool
is_whole_relation(const struct rule *rule)
{
	const struct relation *r = rule->relation;

	/* Without a place it demands nothing at all. */
	if (r->at.line == 0 || !is_whole_side(&r->each))
		return false;
	switch (r->op) {
	case RELATION_UNIQUE:
		return true;
	case RELATION_EXISTS:
		return r->exists.n > 0;
	case RELATION_CERTIFICATE:
		return rule->certificate != NULL;
	default:
		return is_whole_side(&r->other);
	}
}

void
specwhole(struct rule *rule)
{
	if (rule->lines != NULL)
		KEEP(&rule->lines->replace, x,
		    x->match != NULL && x->with != NULL);
	KEEP(&rule->keys, x, x->key != NULL);
	KEEP(&rule->xpath, x, x->expr != NULL);
	KEEP(&rule->config, x, x->match != NULL && x->lens != NULL);
	KEEP(&rule->pam, x, x->module != NULL);
	if (rule->newest != NULL && rule->paths.n == 0 &&
	    rule->newest->of.n == 0)
		rule->newest = NULL;
	if (rule->command != NULL && rule->command->run.n == 0)
		rule->command = NULL;
	if (rule->relation != NULL && !is_whole_relation(rule))
		rule->relation = NULL;
}
