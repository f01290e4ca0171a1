/* SPDX-License-Identifier: MIT */
#ifndef AGENT_HOOK_OPENED_H
#define AGENT_HOOK_OPENED_H

#include "agent/hook/upgrade.h"
#include "agent/ledger/ledger.h"
#include "base/strlist.h"

/* The records that a hook finds open, and what it writes into its own. */

/* The folder of the store, for names below it; the caller closes it. */
int opened_store(const struct upgrade *u, struct err *e);
/* 1, 0 where there is no store. Nothing else is opened yet: most calls within
 * another's transaction end here. */
int opened_ledger(const struct upgrade *u, struct ledger *out, struct err *e);

/* The open transactions, as far as they concern this run. */
struct opened {
	struct buf mine;	/* id of the owner's own */
	struct buf above;	/* of one that it runs in */
	struct strlist dead;	/* of those that nobody will end */
};

void drop_opened(struct opened *o);		/* for CLEANUP */
/* A record that is damaged is nobody's: it is told of once. */
int opened_look(const struct upgrade *u, const struct ledger *l,
    struct opened *out, struct err *e);

/* Whether the transaction is that of the package manager that u is about. */
bool opened_is_owners(const struct upgrade *u, const struct transaction *t);
/* A new one of it, by its id of that time, which is not written yet. */
void opened_new(const struct upgrade *u, const struct ledger *l, int64_t when,
    struct transaction *t);
/* So that doctor(1)-like questions can be answered: which hooks really ran. */
void opened_join(const struct upgrade *u, const struct ledger *l,
    const char *id);

int opened_load(const struct upgrade *u, const char *id,
    struct transaction *t, struct err *e);
/* Writes the record again, with what happened meanwhile; report may be NULL. */
int opened_save(const struct upgrade *u, const struct transaction *t,
    const struct buf *report, struct err *e);

#endif
