/* SPDX-License-Identifier: MIT */
#ifndef AGENT_ONCHANGE_H
#define AGENT_ONCHANGE_H

#include "specs/catalogue.h"

/*
 * What finding_on_change answers, for whoever asks about many paths: the rules'
 * patterns are taken apart once, and of a path only those are tried that begin
 * in a folder it lies in. The rules are the catalogue's, as they are now.
 */
struct onchange;

struct onchange *onchange_new(const struct catalogue *cat);
/* The strictest on-change that rules have for path; NULL rule: none. */
enum on_change onchange_of(const struct onchange *o, const char *path,
    const struct rule **out_rule);
void onchange_free(struct onchange *o);
void drop_onchange(struct onchange **o);	/* for CLEANUP */

#endif
