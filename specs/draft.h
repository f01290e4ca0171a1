/* SPDX-License-Identifier: MIT */
#ifndef SPECS_DRAFT_H
#define SPECS_DRAFT_H

#include <stdbool.h>

#include "base/buf.h"
#include "specs/eval.h"

/*
 * Rules for a machine as it is, in YAML, for a person to go on from. Each
 * demand is held against the evidence before it is written: what a draft says
 * passes the parser and holds. Where a format is understood the demands are
 * its keys, rows, modules or nodes, and a digest only where nothing is.
 */
struct draft {
	const struct evidence *ev;
	const char *why;	/* for each rule: what to write in its place */
	struct arena arena;	/* of what is tried */
	struct texts ids;	/* taken, in the arena */
	struct arena names;
};

void draft_done(struct draft *d);
void drop_draft(struct draft *d);	/* for CLEANUP */

/*
 * Appends the rules about one entry, with what begins each in a list. Of what
 * is secret neither values nor digests are written.
 */
void draft_entry(struct draft *d, const struct entry *en, bool secret,
    struct buf *out);
/* Appends a rule about a unit; false where there is none of that name. */
bool draft_unit(struct draft *d, const char *name, struct buf *out);

#endif
