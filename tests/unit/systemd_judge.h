/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_SYSTEMD_JUDGE_H
#define TESTS_UNIT_SYSTEMD_JUDGE_H

#include "tests/unit/folder_evidence.h"

/* systemd's own programs judge generated folders where they are there. */
#define HAS(s, program)							\
	(scratch_try((s), "command -v " program " > /dev/null") == 0)

static inline unsigned
draw(unsigned *seed, unsigned n)
{
	*seed = *seed * 1103515245 + 12345;
	return (*seed >> 16) % n;
}

#endif
