/* SPDX-License-Identifier: MIT */
#ifndef AGENT_DOCTOR_DIAGNOSES_H
#define AGENT_DOCTOR_DIAGNOSES_H

#include "agent/doctor/checkup.h"

/* For those who judge; what and remedy are copied, and the remedy may be NULL;
 * check belongs to the list or lives longer. */
void diagnose_well(struct diagnoses *d, const char *check, const char *fmt,
    ...) PRINTF(3, 4);
void diagnose_complaint(struct diagnoses *d, const char *check,
    const char *remedy, const char *fmt, ...) PRINTF(4, 5);
void diagnose_unknown(struct diagnoses *d, const char *check,
    const char *remedy, const char *fmt, ...) PRINTF(4, 5);

/* Local time, "2026-11-21 19:30"; belongs to the list. */
const char *diagnose_time(struct diagnoses *d, int64_t t);
/* "driftctl" with its options and a verb. */
const char *diagnose_verb(struct diagnoses *d, const struct checkup *c,
    const char *verb);

void judge_hooks(const struct checkup *c, struct diagnoses *d);
void judge_runs(const struct checkup *c, struct diagnoses *d);
void judge_ledger(const struct checkup *c, struct diagnoses *d);
void judge_starts(const struct checkup *c, struct diagnoses *d);
void judge_specs(const struct checkup *c, struct diagnoses *d);
void judge_store(const struct checkup *c, struct diagnoses *d);
void judge_space(const struct checkup *c, struct diagnoses *d);
void judge_times(const struct checkup *c, struct diagnoses *d);
void judge_rest(const struct checkup *c, struct diagnoses *d);

#endif
