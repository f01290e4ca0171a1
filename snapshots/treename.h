/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOTS_TREENAME_H
#define SNAPSHOTS_TREENAME_H

#include "base/mem.h"

/* The blob in meta/ that has the entries of a folder. */
#define TREENAME_ENTRIES "entries"

/* The name that git gets for a file's name, in files/ and in meta/; borrowed
 * from name, or in the arena. See trees.h. */
const char *treename_file(struct arena *a, const char *name);
const char *treename_meta(struct arena *a, const char *name);

#endif
