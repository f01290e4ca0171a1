/* SPDX-License-Identifier: MIT */
#ifndef AGENT_LEDGER_LEDGER_H
#define AGENT_LEDGER_LEDGER_H

#include "agent/ledger/transaction.h"
#include "agent/pkg/owners.h"

/*
 * The folder STORE/transactions: one record a transaction, the packages there
 * were before those that are open, and reports. It has a lock of its own, so
 * that a hook can write down what happened while somebody works in the store.
 */
struct ledger {
	int fd, lock_fd;
};

/* Makes the folder where there is none; waits for its lock some seconds. */
int ledger_open(int store_fd, struct ledger *out, struct err *e);
/* Only to look, without its lock: 1, 0 where there is no folder. */
int ledger_open_read(int store_fd, struct ledger *out, struct err *e);
void ledger_close(struct ledger *l);
void drop_ledger(struct ledger *l);		/* for CLEANUP */

/* An id that no record has, "20261121T193012Z-zypp": of when, and behind all
 * that are there, whatever the clock does. */
void ledger_new_id(const struct ledger *l, int64_t when, const char *origin,
    struct buf *out);
/* In one step; on disk for good. One that is no longer open is settled: its
 * list of packages goes. */
int ledger_save(const struct ledger *l, const struct transaction *t,
    struct err *e);
int ledger_load(const struct ledger *l, const char *id,
    struct transaction *out, struct err *e);
/* A damaged open one becomes ID.damaged. */
void ledger_put_away(const struct ledger *l, const char *id);
/* The ids of all, oldest first. What is no regular file is no record, here and
 * below, whatever its name. */
int ledger_ids(const struct ledger *l, struct strlist *out, struct err *e);
/* The same of those that are open. */
int ledger_open_ids(const struct ledger *l, struct strlist *out,
    struct err *e);

/* The names of what is in the folder: of regular files, of anything else. */
int ledger_names(const struct ledger *l, struct strlist *out_files,
    struct strlist *out_others, struct err *e);

/* The packages that were there before; loading gives 1, 0 when nobody could
 * write them down. */
int ledger_save_packages(const struct ledger *l, const char *id,
    const struct pkglist *p, struct err *e);
int ledger_load_packages(const struct ledger *l, const char *id,
    struct pkglist *out, struct err *e);
/* The same for the packages there were when a transaction last ended. */
#define LEDGER_SEEN "seen"
/* Which of them have which of the tracked files; see ownerstext.h. */
int ledger_save_owners(const struct ledger *l, const char *id,
    const struct owners *o, struct err *e);
int ledger_load_owners(const struct ledger *l, const char *id,
    struct owners *out, struct err *e);
/* One list becomes another's, too. */
int ledger_copy_owners(const struct ledger *l, const char *from,
    const char *to, struct err *e);
/* seen.release: what os-release(5) called the system then; loading gives 1, 0
 * when nobody knows. */
int ledger_save_release(const struct ledger *l, const char *name,
    struct err *e);
int ledger_load_release(const struct ledger *l, struct buf *out,
    struct err *e);
/* ID.report */
int ledger_save_report(const struct ledger *l, const char *id,
    const struct buf *text, struct err *e);

#endif
