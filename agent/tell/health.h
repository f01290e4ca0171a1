/* SPDX-License-Identifier: MIT */
#ifndef AGENT_TELL_HEALTH_H
#define AGENT_TELL_HEALTH_H

#include "agent/tell/outbox.h"

/* How the notifiers do: STORE/outbox/notifiers. */
struct notifier_health {
	const char *key;	/* see notifier_find */
	int64_t told, failed;	/* when last; 0: never */
	const char *why;	/* of the last failure; "" when it told since */
	uint64_t given_up;	/* messages that were never told */
	size_t waiting;		/* messages now */
};
struct health {
	struct arena arena;
	struct notifier_health *items;
	size_t n, cap;
};

int health_load(const struct outbox *o, struct health *out, struct err *e);
int health_save(const struct outbox *o, const struct health *h,
    struct err *e);
/* That of a key, made where there is none. */
struct notifier_health *health_of(struct health *h, const char *key);
void drop_health(struct health *h);	/* for CLEANUP */

#endif
