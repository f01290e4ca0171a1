/* SPDX-License-Identifier: MIT */
#ifndef AGENT_ASKKEPT_H
#define AGENT_ASKKEPT_H

#include <stdbool.h>

#include "base/digest.h"
#include "specs/eval.h"

/*
 * Good answers of programs, kept in the store with the sum of what they depend
 * on: the words asked, the program itself, and the files that the rule is
 * about or says are read. A refusal is never kept: what is wrong may be
 * outside of all these, and is asked again.
 */
struct askkept_key {
	unsigned char b[SHA256_LEN];
};

/* How long an answer is good for: of files that are named a week, since no
 * list of them is ever whole; of others a day, for checks that find nothing
 * changed at all. */
enum { ASKKEPT_NAMED = 7 * 86400, ASKKEPT_UNNAMED = 86400 };

/* program is where the file really is. -1 where something cannot be told
 * apart from what it was. */
int askkept_key(const struct evidence *ev, const struct rule *rule,
    const char *program, struct askkept_key *out);

/* True and the answer, its bytes in the arena. */
bool askkept_recall(int store, const struct askkept_key *key,
    const struct command_demand *d, struct arena *a,
    struct command_answer *out);
/* Failing costs time only. */
void askkept_save(int store, const struct askkept_key *key,
    const struct command_demand *d, const struct command_answer *answer);

#endif
