/* SPDX-License-Identifier: MIT */
#ifndef AGENT_SPECTEST_CASEREAD_H
#define AGENT_SPECTEST_CASEREAD_H

#include "specs/specread.h"

/*
 * A case says what files hold and findings say, and `${` is nothing special
 * in there; so its texts are taken as they stand.
 */

/* NULL when it is none, which was told; caseread_word refuses "", too. */
const char *caseread_text(struct reader *r, const struct node_pair *p);
const char *caseread_word(struct reader *r, const struct node_pair *p);
/* A text, or a list of them. */
void caseread_texts(struct reader *r, const struct node_pair *p,
    struct texts *out);
/* -1 when it is no number up to most, which was told. */
int caseread_number(struct reader *r, const struct node_pair *p, int most);
/* Each mapping of a list. */
void caseread_items(struct reader *r, const struct node_pair *p,
    void (*each)(struct reader *r, const struct node *n, void *into),
    void *into);

/* What the keyword stands for in into. */
void *caseread_member(const struct keyword *k, void *into);
/* For tables: into.at is const char * or struct texts. */
void caseread_key_text(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into);
void caseread_key_word(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into);
void caseread_key_texts(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into);

#endif
