/* SPDX-License-Identifier: MIT */
#ifndef AGENT_ENTRYPATHS_H
#define AGENT_ENTRYPATHS_H

#include <stdbool.h>

#include "base/buf.h"
#include "snapshots/manifest.h"

/* Where paths and patterns lead among the entries of a manifest. */

/* Appends where path is by the manifest's own symlinks among its parents. */
void entrypaths_resolve(const struct manifest *m, const char *path,
    struct buf *out);
/* The same, where the path itself is a symlink, too. */
void entrypaths_resolve_all(const struct manifest *m, const char *path,
    struct buf *out);
/* The same for the folders of a pattern before its first wildcard. */
void entrypaths_resolve_pattern(const struct manifest *m, const char *pattern,
    struct buf *out);
/* Whether what a resolved pattern (or path) stands for may lie in what nobody
 * could look at, which is at `at`. */
bool entrypaths_hides(const struct manifest *m, const char *pattern,
    const char *at);
/* Calls each for what a pattern without braces matches, symlinks among the
 * folders before its first wildcard followed. */
void entrypaths_match(const struct manifest *m, const char *pattern,
    void (*each)(void *arg, const struct entry *en), void *arg);

#endif
