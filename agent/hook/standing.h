/* SPDX-License-Identifier: MIT */
#ifndef AGENT_STANDING_H
#define AGENT_STANDING_H

#include "agent/finding.h"
#include "agent/machine.h"

/*
 * What was so before a transaction began: it is nobody's doing but the
 * administrator's, and no transaction's end takes it back.
 */
struct standing;

/* Of the snapshot taken before, which is read and judged when somebody asks:
 * after most transactions nobody does. */
struct standing *standing_new(struct machine *m, const struct oid *before,
    const struct oid *baseline);
/* Why the snapshot could not be read, so that nothing counts as standing, or
 * NULL. */
const struct err *standing_trouble(const struct standing *s);
void standing_free(struct standing *s);
void drop_standing(struct standing **s);	/* for CLEANUP */

/* The rule did not hold before either, in the same way. */
bool standing_result(void *standing, const struct result *r);
/* What is there now was there before. */
bool standing_change(void *standing, const struct change *c);
/* Either of the two, of a finding made at the end. */
bool standing_finding(struct standing *s, const struct changes *changes,
    const struct finding *f);

#endif
