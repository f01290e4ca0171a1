/* SPDX-License-Identifier: MIT */
#ifndef AGENT_TELL_OUTBOX_H
#define AGENT_TELL_OUTBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/tell/message.h"
#include "agent/tell/told.h"

/*
 * STORE/outbox: what is still to be said to notifiers, one file for each
 * message and notifier, and what was told to whom; health.h is there, too. It
 * never has more than OUTBOX_ITEMS files and OUTBOX_BYTES bytes of messages,
 * and none older than OUTBOX_SECONDS: the oldest make room.
 */
enum {
	OUTBOX_ITEMS = 200,
	OUTBOX_BYTES = 32 << 20,
	OUTBOX_SECONDS = 3 * 24 * 3600,
};

struct outbox {
	int fd;
};

/* 1, 0 where there is none and make is false. */
int outbox_open(int store_fd, bool make, struct outbox *out, struct err *e);
void drop_outbox(struct outbox *o);	/* for CLEANUP */

/* The descriptor of a lock that is held, for its closing; waits some seconds.
 * Where wait is false: -1 and ERR_BUSY at once. */
int outbox_lock(const struct outbox *o, const char *name, bool wait,
    struct err *e);
#define OUTBOX_TOLD "told.lock"	/* what was told is being changed */
#define OUTBOX_DELIVERY "lock"	/* somebody delivers */

/* A damaged list is put aside, and told of by e while 0 is returned. */
int outbox_load_told(const struct outbox *o, struct told *out, struct err *e);
int outbox_save_told(const struct outbox *o, const struct told *t,
    struct err *e);

/* On disk for good. Returns how many older ones had to go for it. */
int outbox_put(const struct outbox *o, const struct message *m,
    const char *key, struct err *e);
/* The same without one more: somebody else may have filled it. */
int outbox_trim(const struct outbox *o, struct err *e);

struct outbox_item {
	const char *name, *key;
	int64_t queued, due;	/* seconds since 1970 */
	uint64_t size;
};
struct outbox_items {
	struct arena arena;
	struct outbox_item *items;
	size_t n, cap;
};
/* The oldest first. */
int outbox_list(const struct outbox *o, struct outbox_items *out,
    struct err *e);
void drop_outbox_items(struct outbox_items *l);	/* for CLEANUP */
int outbox_load(const struct outbox *o, const struct outbox_item *x,
    struct message *out, struct err *e);
/* -1 where it is still there. */
int outbox_remove(const struct outbox *o, const struct outbox_item *x);
/* It is tried again after as long as it has waited until now, but not more
 * often than every OUTBOX_SOON seconds, and a few times a day at least. */
enum { OUTBOX_SOON = 5 };
int outbox_delay(const struct outbox *o, const struct outbox_item *x,
    int64_t now, struct err *e);

#endif
