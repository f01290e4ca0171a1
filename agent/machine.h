/* SPDX-License-Identifier: MIT */
#ifndef AGENT_MACHINE_H
#define AGENT_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/config.h"
#include "agent/facts.h"
#include "agent/options.h"
#include "base/err.h"
#include "base/idnames.h"
#include "base/root.h"
#include "base/scope.h"
#include "snapshots/capture.h"
#include "snapshots/store.h"
#include "specs/catalogue.h"

/*
 * Everything a command works with, opened in the order it is needed; of its
 * store machinestore.c knows, of what it is like now machinecapture.c.
 */
struct machine {
	const struct options *o;
	int64_t since;		/* when the work began, see statcache.h */
	struct root root;
	bool live;		/* the root is the running system's */
	struct inputs inputs;	/* what an answer depends on, see answer.h */
	struct config config;
	struct machine_facts *facts;
	struct catalogue catalogue;
	struct oid rules_key;	/* all that verdicts depend on, verdicts.h */
	struct diagnostics diagnostics;	/* of config and specs, sorted */
	struct store *store;	/* NULL before machine_open_store */
	struct scope scope, secrets;
	struct idnames *ids;
};

/* Opens the root, reads configuration and specs. What is wrong with a spec is
 * no failure: it stands in diagnostics, and commands decide. */
int machine_open(const struct options *o, struct machine *m, struct err *e);
/*
 * The same for verbs that ask no rule: what is tracked and secret is taken from
 * memory while specs, configuration and packages are what they were. The
 * catalogue is empty then; there are no mistakes in specs that were so taken.
 */
int machine_open_tracked(const struct options *o, struct machine *m,
    struct err *e);
void machine_close(struct machine *m);
void drop_machine(struct machine *m);	/* for CLEANUP */

/* make: the store and its key are made where there are none. */
int machine_open_store(struct machine *m, bool make, struct err *e);
/* Where the seal key is below the root, unless it lies in the store. */
const char *machine_key_path(const struct machine *m);
/* Takes the store's lock, and takes back what a dead restore left behind. */
int machine_lock(struct machine *m, struct err *e);
/* The same; 1 and the restore's id when there was one to take back. */
int machine_lock_recover(struct machine *m, struct buf *out_id,
    struct err *e);
/* 1 when a dead run's restore waits to be taken back, 0 when none does: one
 * that is under way is said to be. -1 where the journal cannot be read. */
int machine_pending(struct machine *m, struct err *e);
/* True, and says so, when a dead run's restore waits to be taken back. */
bool machine_say_pending(struct machine *m);

/* What machine_capture reports and where it puts what it reads. */
struct machine_capture {
	struct packfile *pack;	/* NULL: only look */
	const struct scope *scope;	/* NULL: everything tracked */
	struct capture *taken;	/* this one is handed out; NULL: a new one */
};

/* Captures the live system. */
int machine_capture(struct machine *m, const struct machine_capture *how,
    struct capture *out, struct err *e);
/* It as the store takes it; borrowed. */
struct store_state machine_state(const struct capture *c);
/* Captures what a settled scope names, without a store: nothing is kept. */
int machine_look(struct machine *m, const struct scope *scope,
    struct capture *out, struct err *e);
/*
 * Keeps the stat cache of a capture; last is the newest snapshot (NULL: none),
 * stored when it has the content of all of it, as says what else it has of it.
 * Failing costs only time. Returns the cache's sum, 0 when it was not written.
 */
uint64_t machine_keep_cache(struct machine *m, const struct capture *c,
    const struct oid *last, bool stored, enum statcache_as as);

/* 1 and the commit, 0 when there is none yet. */
int machine_live(struct machine *m, struct oid *out, struct err *e);
int machine_baseline(struct machine *m, struct oid *out, struct err *e);
/* The baseline's entries; without a baseline an error that says what to do. */
int machine_load_baseline(struct machine *m, struct oid *out_commit,
    struct manifest *out, struct err *e);

/* Prints the diagnostics to stderr; true when there were any. */
bool machine_complain(const struct machine *m);

#endif
