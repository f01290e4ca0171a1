/* SPDX-License-Identifier: MIT */
#ifndef BASE_ASIDE_H
#define BASE_ASIDE_H

#include "base/buf.h"
#include "base/err.h"

/*
 * Work on foreign bytes in a process of its own, for libraries that such bytes
 * can make crash, loop or take all memory: then that process ends, and not
 * this one. It is started when first asked, serves one question after the
 * other, and is started anew after it had to be ended.
 */
struct aside;

/*
 * Done in the other process: one question in, one answer out. *state is NULL
 * at first and belongs to the work; nothing there outlives the process.
 */
typedef void aside_work(void **state, const struct buf *ask,
    struct buf *answer);

struct aside *aside_new(aside_work *work);
void aside_free(struct aside *a);

/*
 * Sets answer. -1 with e when there is none: no process could be started, it
 * broke down, or took more than `seconds`. name is for messages.
 */
int aside_ask(struct aside *a, const char *name, const struct buf *ask,
    unsigned seconds, struct buf *answer, struct err *e);

#endif
