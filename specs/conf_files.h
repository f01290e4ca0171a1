/* SPDX-License-Identifier: MIT */
#ifndef SPECS_CONF_FILES_H
#define SPECS_CONF_FILES_H

#include "specs/eval.h"

/*
 * One file of each name in the folders, of the first folder that has it, in
 * the order of the names; a symlink to /dev/null takes a name out. So does one
 * to nothing, but it is in out: nobody means it. pattern is of names:
 * "*.conf". folders are paths, not patterns. Strings belong to the arena.
 */
void conf_files(const struct evidence *ev, const struct texts *folders,
    const char *pattern, struct arena *a, struct texts *out);

/* True for a symlink to /dev/null, which masks what has its name. */
bool conf_is_mask(const struct entry *en);
/* True for a symlink that leads to nothing, which no program reads. */
bool conf_is_dangling(const struct evidence *ev, const struct entry *en);

#endif
