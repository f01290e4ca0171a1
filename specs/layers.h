/* SPDX-License-Identifier: MIT */
#ifndef SPECS_LAYERS_H
#define SPECS_LAYERS_H

#include "specs/eval.h"

/*
 * Configuration in layers: of the copies of a file the one in /etc wins over
 * that in /run, and so on to /usr/etc. Sources of the rules: the UAPI group's
 * Configuration Files Specification, libeconf(3), sysctl.d(5) and its kin.
 */

/* The layers, the first to win; NULL at the end. */
extern const char *const layer_folders[];

/* What the layers have of one path of a rule. */
struct layered {
	const char *first;	/* the file itself: NULL where there is none,
				 * or where `files` are those of a folder */
	const char *dangling;	/* a link to nothing that would win; or NULL */
	bool masked;		/* first is what masks it, and not read */
	struct texts files;	/* what is read, in the order it is */
};

/*
 * path is the one in /etc, without braces. LAYERS_FILE: the file that wins.
 * LAYERS_ETC: it and its drop-ins, or, of a pattern, one file of each name.
 * Strings belong to the arena.
 */
void layers_load(const struct evidence *ev, enum layers how, const char *path,
    struct arena *a, struct layered *out);

/* Adds the paths in /etc of all that the pattern matches in any layer. */
void layers_names(const struct evidence *ev, const char *pattern,
    struct arena *a, struct texts *out);

/* Adds patterns of all files that may count; path may have braces. */
void layers_track(struct arena *a, enum layers how, const char *path,
    struct texts *out);

/* The same of one layer; path has no braces. */
void layers_track_in(struct arena *a, enum layers how, const char *path,
    size_t i, struct texts *out);
/* Which layer a path lies in; their number where it is in none. */
size_t layers_of(const char *path);

/*
 * The file that the accepted snapshot had in another layer than live, and
 * that won there; NULL when live did, or nothing is known. In the arena.
 */
const char *layers_before(const struct evidence *ev, const char *live,
    struct arena *a);

#endif
