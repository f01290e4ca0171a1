/* SPDX-License-Identifier: MIT */
#ifndef AGENT_REPORT_MENDEDWORDS_H
#define AGENT_REPORT_MENDEDWORDS_H

#include "base/mem.h"

/* Before the name of a check of 'doctor' in history. */
#define MENDEDWORDS_DOCTOR "doctor:"

/* What an id of history was about, for a person; NULL where it is a rule's,
 * which says where it is written. */
const char *mendedwords(struct arena *a, const char *id);

#endif
