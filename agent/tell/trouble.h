/* SPDX-License-Identifier: MIT */
#ifndef AGENT_TELL_TROUBLE_H
#define AGENT_TELL_TROUBLE_H

#include "agent/machine.h"

/* What keeps notifiers from being told, or did when they were tried last;
 * texts are in the arena. */
struct notifier_trouble {
	const char *who;	/* "webhook hooks.example.org" */
	const char *why;
	int64_t failed;		/* when; 0: it would fail now */
	size_t waiting;		/* messages */
};
struct notifier_troubles {
	struct arena arena;
	struct notifier_trouble *items;
	size_t n, cap;
};

/* Opens nothing but what notifiers need; sends nothing. Those of another
 * system are nobody's affair. */
int notifier_troubles(struct machine *m, struct notifier_troubles *out,
    struct err *e);
void drop_notifier_troubles(struct notifier_troubles *l);	/* CLEANUP */

#endif
