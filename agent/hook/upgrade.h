/* SPDX-License-Identifier: MIT */
#ifndef AGENT_UPGRADE_H
#define AGENT_UPGRADE_H

#include "agent/hook/aptlist.h"
#include "agent/ledger/transaction.h"
#include "agent/options.h"

/*
 * What a hook does before and after a package manager's run. Whatever goes
 * wrong is written into the transaction's record as far as that can be, told
 * as tell.h does, and returned: a hook goes on.
 */
struct upgrade {
	const struct options *o;
	const char *origin;	/* "zypp", "rpm", … */
	struct owner owner;	/* the package manager */
	bool loud;		/* its terminal may be written to */
	unsigned wait;		/* seconds for whoever works on the package
				 * database at the end, 0: ten minutes */
	unsigned patience;	/* seconds it waits for us, 0: as long as it
				 * takes */
	const struct transaction *plan;	/* whose planned is what it is about
					 * to do; NULL: nobody said */
};

/*
 * Records the machine as it is and opens a transaction; within one that is
 * open already it joins that. What a dead one left is ended first. Where
 * driftctl has no store, nothing is done.
 */
int upgrade_begin(const struct upgrade *u, struct err *e);
/*
 * Ends the owner's transaction: records, judges, puts back what rules say,
 * judges and records again, and tells. Within another's it does nothing.
 */
int upgrade_end(const struct upgrade *u, bool interrupted, struct err *e);
/* What apt is about to do, from its DPkg::Pre-Install-Pkgs, or dnf in the same
 * words: read, and put into the owner's record. */
int upgrade_read_plan(const struct upgrade *u, int in, struct aptlist *out,
    struct err *e);
int upgrade_planned(const struct upgrade *u, const struct aptlist *list,
    struct err *e);
/*
 * Ends all transactions whose owners are dead, and where the packages are not
 * those of the last end, although none is open, makes good for whoever should
 * have told us: the newest snapshot counts as the state before.
 */
int upgrade_catch_up(const struct upgrade *u, struct err *e);
/* These are the packages there are, and all about them has been judged. */
int upgrade_note_packages(const struct options *o, struct err *e);

#endif
