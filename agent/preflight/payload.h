/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PREFLIGHT_PAYLOAD_H
#define AGENT_PREFLIGHT_PAYLOAD_H

#include <stdbool.h>

#include "base/entry.h"
#include "base/err.h"

/*
 * The files in a package: the cpio archive of an rpm, and the two tar archives
 * of a deb. Foreign bytes: names that lead elsewhere are refused, and numbers
 * and sizes have limits.
 */
struct payload {
	void *ctx;
	/* Whether the bytes of a file are asked for; its path is absolute. */
	bool (*wants)(void *ctx, const struct entry *en);
	/* One member; bytes is NULL unless they were asked for. A hard link
	 * names its first one and has none. Not 0 ends the reading. */
	int (*member)(void *ctx, const struct entry *en, const char *bytes,
	    size_t len, struct err *e);
};

/* name is for messages. */
int payload_rpm(int fd, const char *name, const struct payload *to,
    struct err *e);
/* control gets the files of control.tar, data those of data.tar. */
int payload_deb(int fd, const char *name, const struct payload *control,
    const struct payload *data, struct err *e);

#endif
