/* SPDX-License-Identifier: MIT */
#ifndef BASE_MONOTIME_H
#define BASE_MONOTIME_H

#include <stdint.h>

/* Milliseconds on a clock that nobody sets, for limits of time; see
 * clock_gettime(2), CLOCK_MONOTONIC. */
int64_t monotime_ms(void);

#endif
