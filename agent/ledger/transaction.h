/* SPDX-License-Identifier: MIT */
#ifndef AGENT_LEDGER_TRANSACTION_H
#define AGENT_LEDGER_TRANSACTION_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/ledger/owner.h"
#include "agent/pkg/pkglist.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/strlist.h"

struct buf;

/* One run of a package manager: what STORE/transactions/ID says of it
 * (driftctl-store(5)). */
enum transaction_state {
	TRANSACTION_OPEN,	/* begun; its end is still to come */
	TRANSACTION_ENDED,
	TRANSACTION_INTERRUPTED,	/* nobody told its end: found later */
};

/* Something found at the end that a person is told. */
struct transaction_finding {
	const char *kind;	/* "restored", "flagged", "unknown",
				 * "merge", "note" */
	const char *id;		/* a finding's; of what was restored its path */
	const char *what;
	const char *severity, *path, *package;	/* "" where not known; the
						 * package with its versions */
	const char *told;	/* in place of what where others than root may
				 * listen, see discreet.h; "": what */
	const char *why, *remedy;	/* "" where there is none */
};

/* Texts belong to the arena or live longer; "" is none. */
struct transaction {
	struct arena arena;
	const char *id;
	const char *origin;	/* zypp, rpm, dnf, apt, dpkg, pacman, boot */
	const char *command;	/* of the package manager, as typed */
	struct owner owner;
	enum transaction_state state;
	int64_t began, ended;	/* 0: not known */
	struct oid before, after;	/* snapshots; zero: none */
	struct oid newest;	/* that there was when it began */
	const char *rollback;	/* of what was restored */
	/* What os-release(5) called the system, where that changed. */
	const char *release_was, *release_is;
	struct pkgchanges packages;
	struct {
		struct planned {
			struct pkgchange change;
			const char *file;	/* the package, or "" */
		} *items;
		size_t n, cap;
	} planned;	/* what the package manager said before */
	struct {
		struct transaction_finding *items;
		size_t n, cap;
	} findings;
	struct strlist joined;	/* other hooks that ran in it */
	struct strlist failed;	/* what of our own work could not be done */
};

void transaction_write(const struct transaction *t, struct buf *out);
/* Unknown lines are left out: a later version may have written them. */
int transaction_parse(const char *name, const char *bytes, size_t len,
    struct transaction *out, struct err *e);
void transaction_done(struct transaction *t);
void drop_transaction(struct transaction *t);	/* for CLEANUP */

/* Texts are copied. */
void transaction_planned(struct transaction *t, const struct pkgchange *c,
    const char *file);
/* What is planned in from. */
void transaction_plan(struct transaction *t, const struct transaction *from);
/* Returns it, for what else is known of it. */
struct transaction_finding *transaction_found(struct transaction *t,
    const char *kind, const char *id, const char *what);
void transaction_failed(struct transaction *t, const struct err *e);
/* How many findings are of that kind. */
size_t transaction_count(const struct transaction *t, const char *kind);

/*
 * Its packages in a few words: "cyrus-imapd 2.4.17-3 -> 3.0.5-1 and 3 more";
 * "" without any.
 */
void transaction_packages_text(const struct transaction *t, struct buf *out);

/*
 * Appends what its packages and their release say of it as a whole, whole
 * lines: nobody told of it, another release, back to older versions. Nothing
 * of an everyday one.
 */
void transaction_about(const struct transaction *t, struct buf *out);
/* Nobody told of it as it happened: it was found by what it left. */
bool transaction_late(const struct transaction *t);

#endif
