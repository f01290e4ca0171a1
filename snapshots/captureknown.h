/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOTS_CAPTUREKNOWN_H
#define SNAPSHOTS_CAPTUREKNOWN_H

#include "base/err.h"
#include "snapshots/capturing.h"

enum captureknown {
	CAPTUREKNOWN_NOT,	/* nothing was taken: all must be walked */
	CAPTUREKNOWN_ALL,
	CAPTUREKNOWN_FAILED,
};

/* Takes all that the cache has, where no more than the content of files has
 * changed since: nothing is listed then, and only these files are read. */
enum captureknown captureknown_take(struct capturing *c, struct err *e);

#endif
