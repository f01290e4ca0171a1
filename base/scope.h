/* SPDX-License-Identifier: MIT */
#ifndef BASE_SCOPE_H
#define BASE_SCOPE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/root.h"
#include "base/rootmemo.h"
#include "base/strlist.h"

/*
 * Which paths are tracked: patterns of glob.h without braces, less what is
 * ignored. An ignore pattern without a slash is about names anywhere, with one
 * about whole paths. A path that is written out in full is tracked even where
 * an ignore pattern matches: whoever names it means it. What must never be
 * tracked, as it would give secrets away, stands apart.
 */
struct scope {
	struct strlist include, ignore;
	/* Real paths, with all below them, that nothing brings in again. */
	struct strlist never;
	/* Of each pattern, how many bytes before its first wildcard; made by
	 * scope_prepare, as every name met is held against all of them. */
	size_t *include_prefix, *ignore_prefix;
};

/* Adds a pattern, braces expanded. */
int scope_include(struct scope *s, const char *pattern, struct err *e);
int scope_ignore(struct scope *s, const char *pattern, struct err *e);
/*
 * Settles the patterns on this root: symlinks among the parents are followed
 * to where they lead (and tracked themselves), doubles fall away.
 */
int scope_settle(struct scope *s, const struct root *r, struct err *e);
/* Adds where one pattern without braces leads on this root; see above. */
int scope_resolve(struct rootmemo *m, const struct root *r,
    const char *pattern, struct strlist *out, struct err *e);
/* For a scope that is only asked, not walked: sorts and measures patterns.
 * scope_settle does so, too; both come before the questions below. */
void scope_prepare(struct scope *s);
/* True when an ignore pattern matches path, whose last component is name. */
bool scope_ignores(const struct scope *s, const char *path, const char *name);
/* True when path lies in what is never tracked. */
bool scope_excludes(const struct scope *s, const char *path);
/* True when some include pattern matches and no ignore pattern does. */
bool scope_tracks(const struct scope *s, const char *path);
void scope_done(struct scope *s);

#endif
