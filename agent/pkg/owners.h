/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PKG_OWNERS_H
#define AGENT_PKG_OWNERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/inputs.h"
#include "base/buf.h"
#include "base/entry.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/root.h"
#include "base/strlist.h"

/*
 * What the package databases say: the packages that are installed, and of the
 * paths asked for which package has each in its list, and how it shipped it.
 * Plain values; strings belong to the arena.
 */
enum package_kind { PACKAGE_RPM, PACKAGE_DPKG };

struct package {
	enum package_kind kind;
	const char *name;
	const char *version;	/* [EPOCH:]VERSION[-RELEASE] */
	const char *arch;
	bool removed;		/* dpkg: only its conffiles are left */
	/* Of all that is known of its files; 0: they may be others at any
	 * time. */
	uint64_t stamp;
};

enum owned_flag {
	OWNED_CONFIG = 1 << 0,	/* %config, or a conffile */
	OWNED_NOREPLACE = 1 << 1,
	OWNED_GHOST = 1 << 2,	/* owned, but not shipped */
	OWNED_DOC = 1 << 3,
	OWNED_CONFFILE = 1 << 4,
	OWNED_OBSOLETE = 1 << 5,	/* a conffile of older versions */
	OWNED_DIVERTED = 1 << 6,	/* its package's list says other */
	OWNED_DIR = 1 << 7,
	OWNED_ABSENT = 1 << 8,	/* was not put there: nodocs, netsharedpath… */
	OWNED_MISSINGOK = 1 << 9,	/* it may be missing: it does not come
					 * back */
};

/* One path in a package's list. */
struct owned {
	const char *path;	/* where it really is, see root_resolve */
	size_t package;		/* index into packages */
	unsigned flags;
	bool has_mode;		/* mode, user, group: rpm alone knows them */
	uint32_t mode;		/* 07777 */
	const char *user, *group;
	const char *target;	/* of a symlink, or NULL */
	const char *algorithm;	/* "md5", "sha256"…; NULL: no digest known */
	const char *digest;	/* lower case hex */
};

/* There, and no imported key: rpm keeps those among its packages. */
bool package_is_software(const struct package *p);

struct owners {
	struct arena arena;
	struct {
		struct package *items;
		size_t n, cap;
	} packages;		/* by name, architecture, version */
	struct {
		struct owned *items;
		size_t n, cap;
	} files;		/* by path, then package */
	struct strlist asked;	/* what of files is in here, see wanted.h */
	struct err trouble;	/* why one of the databases is not in here */
};

/*
 * Reads dpkg's and rpm's databases below the root; none there: no packages.
 * Of files only those are listed that are one of wanted or below one, NULL for
 * no files at all. A database that cannot be read is left out, and trouble
 * says why. What was looked at is added to inputs, which may be NULL.
 */
void owners_load(const struct root *r, const struct strlist *wanted,
    struct inputs *inputs, struct owners *out);
/* In two steps. First the lists as they stand, whose paths may lead through
 * symlinks; names is what to ask them for, for wanted. */
void owners_names(const struct root *r, const struct strlist *wanted,
    struct strlist *out_names);
void owners_read(const struct root *r, const struct strlist *names,
    const struct owners *old, struct owners *out);
/* Then where each of the paths really is. */
void owners_resolve(const struct root *r, const struct strlist *wanted,
    struct owners *o);
/* What it all depends on. */
void owners_inputs(const struct root *r, struct inputs *inputs);
void owners_done(struct owners *o);
void drop_owners(struct owners *o);	/* for CLEANUP */

/* All that have path in their list, one after another; *out_n of them. */
const struct owned *owners_of(const struct owners *o, const char *path,
    size_t *out_n);
/* The one whose word counts: it ships the path rather than naming a ghost, and
 * is installed; NULL. */
const struct owned *owners_find(const struct owners *o, const char *path);
const struct package *owners_package(const struct owners *o,
    const struct owned *f);
/* The package of the same name and architecture, else of the same name. */
const struct package *owners_same(const struct owners *o,
    const struct package *p);

enum pristine { PRISTINE_UNKNOWN, PRISTINE_YES, PRISTINE_EDITED };

/* Whether the entry is as the package shipped it, metadata aside; bytes are
 * those of a file. Unknown without a digest, and for folders. */
enum pristine owned_pristine(const struct owned *f, const struct entry *en,
    const void *bytes, size_t len);

/* For whoever fills it in; owners_settle puts it in order. */
struct package *owners_add_package(struct owners *o);
struct owned *owners_add_file(struct owners *o);
void owners_settle(struct owners *o);

#endif
