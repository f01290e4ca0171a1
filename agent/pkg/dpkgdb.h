/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PKG_DPKGDB_H
#define AGENT_PKG_DPKGDB_H

#include "agent/pkg/owners.h"

/* The files of it whose stat data move with each change. */
void dpkgdb_inputs(const struct root *r, struct inputs *inputs);

/*
 * dpkg's database in /var/lib/dpkg as deb-conffiles(5), deb-md5sums(5) and
 * dpkg-divert(1) have it. Adds packages and, of their files, those under one
 * of wanted (settled, see wanted.h; NULL: none); no database adds nothing. old
 * (may be NULL) is what was read before for the same wanted, settled but not
 * resolved: a package of the same stamp has the same files.
 */
int dpkgdb_read(const struct root *r, const struct strlist *wanted,
    const struct owners *old, struct owners *out, struct err *e);

/* dpkg-divert(1)'s record: adds from, to and package of each in turn. */
int dpkgdb_diversions(const struct root *r, struct strlist *out,
    struct err *e);
/* Where a package's file really lies: another package may have moved it. NULL:
 * where its list has it. */
const char *dpkgdb_diverted(const struct strlist *diversions,
    const char *package, const char *path);

/* One package's stanza of the status file; strings belong to the arena. */
struct dpkgdb_stanza {
	const char *name, *version, *arch;
	bool installed, residue;	/* unpacked or better; config-files */
	bool same;			/* Multi-Arch: same */
	struct {
		struct dpkgdb_conffile {
			const char *path, *md5;
			bool obsolete;
		} *items;
		size_t n, cap;
	} conffiles;
};

/* Reads the stanza that begins at *at, and moves on; false at the end. */
bool dpkgdb_stanza(const char **at, const char *end, struct arena *a,
    struct dpkgdb_stanza *out);

/* Lines of md5sums: sorted by path, "/" put before it. */
struct dpkgdb_sums {
	struct dpkgdb_sum {
		const char *path, *md5;
	} *items;
	size_t n, cap;
};
void dpkgdb_sums(const char *bytes, size_t len, struct arena *a,
    struct dpkgdb_sums *out);

#endif
