/* SPDX-License-Identifier: MIT */
#ifndef AGENT_VERDICTS_H
#define AGENT_VERDICTS_H

#include "agent/witness.h"
#include "specs/catalogue.h"

/*
 * What each rule was found to say, kept in the store with everything it was
 * judged by (witness.h): a rule whose evidence has not changed is not judged
 * again, so nothing of it is parsed. One flat file with a checksum, replaced
 * in one step; missing, damaged or made with other specs it costs time only.
 */
struct verdicts;

/* What every verdict depends on: the specs and all that is put into them, the
 * program, the language of the messages. */
void verdicts_key(const struct spec_sources *sources,
    const struct variables *site, const struct facts *facts,
    struct oid *out);

/* What is kept in dirfd (the store's), for judging by ev. ev, key and baseline
 * (NULL: there is none) are borrowed; never NULL. */
struct verdicts *verdicts_open(int dirfd, const struct oid *key,
    const struct evidence *ev, const struct oid *baseline);
void drop_verdicts(struct verdicts **v);	/* for CLEANUP */

/* As eval_rule does, from memory where that is still true. */
void verdicts_rule(struct verdicts *v, const struct rule *rule,
    struct results *out);

/* How many rules were judged anew. */
size_t verdicts_judged(const struct verdicts *v);

/* Writes what is known now, when it is not what was read. Failing costs only
 * time. */
void verdicts_keep(struct verdicts *v);

#endif
