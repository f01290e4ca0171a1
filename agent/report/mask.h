/* SPDX-License-Identifier: MIT */
#ifndef AGENT_REPORT_MASK_H
#define AGENT_REPORT_MASK_H

#include <stdbool.h>

#include "base/buf.h"

/*
 * Whether two texts differ in nothing but moments: dates with a time of day, as
 * date(1), RFC 3339 and RFC 5322 write them, and seconds since 1970 behind a
 * key that names a time. Programs write these into configuration ("generated
 * on …"), and nobody needs a mail for them. A time of day alone is no moment:
 * it may be when a job runs.
 */
bool mask_same(const struct buf *a, const struct buf *b);

#endif
