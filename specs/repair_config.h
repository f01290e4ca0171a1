/* SPDX-License-Identifier: MIT */
#ifndef SPECS_REPAIR_CONFIG_H
#define SPECS_REPAIR_CONFIG_H

#include "specs/judge.h"

/* Edits text in place until all `config` of the rule holds; -1 where there is
 * no way to, with the reason in e. */
int repair_config(struct judge *j, struct buf *text, struct err *e);

#endif
