/* SPDX-License-Identifier: MIT */
#include "base/monotime.h"

#include <time.h>

int64_t
monotime_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}
