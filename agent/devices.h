/* SPDX-License-Identifier: MIT */
#ifndef AGENT_DEVICES_H
#define AGENT_DEVICES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/root.h"

/*
 * The beginnings of block devices and of large files, for evidence: opened
 * for reading alone, and read no further than is asked for.
 */
struct devices;

/* live: the root is the running system's. Another one's block devices are not
 * opened, as they are numbers for other disks here. The root is borrowed. */
struct devices *devices_new(const struct root *r, bool live);
void devices_free(struct devices *d);

/*
 * At most max bytes of what crypttab(5) calls name: a path, or UUID=…,
 * LABEL=…, PARTUUID=…, PARTLABEL=…. Kept until devices_free. ERR_MISSING:
 * udev has made its links on the running system, and there is none for this.
 */
int devices_read(struct devices *d, const char *name, size_t max,
    const char **out_bytes, size_t *out_len, struct err *e);

/* Appends where udev links the device that is so called, or its path. */
int devices_path(const char *name, struct buf *out, struct err *e);

#endif
