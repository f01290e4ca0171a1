/* SPDX-License-Identifier: MIT */
#ifndef SPECS_REPAIR_KEYS_H
#define SPECS_REPAIR_KEYS_H

#include "specs/judge.h"

/* Edits text in place until all `keys` of the rule hold; -1 where there is no
 * way to, with the key in e. */
int repair_keys(struct judge *j, struct buf *text, struct err *e);

#endif
