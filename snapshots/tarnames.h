/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOTS_TARNAMES_H
#define SNAPSHOTS_TARNAMES_H

#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/mem.h"

/*
 * The names of an archive's members, and whether unpacking them in order stays
 * where it should. A zeroed struct is an empty set.
 */
struct tarnames {
	void *tree;		/* see tsearch(3) */
	uint64_t bytes;		/* what they take */
};

enum tarnames_kind { TARNAMES_FILE, TARNAMES_FOLDER, TARNAMES_OTHER };

struct tarnames_file {
	uint64_t size;
	struct oid oid;
};

/*
 * "etc/fstab" -> "/etc/fstab" in the arena; "." is the root. NULL for what is
 * absolute or has "." or ".." or nothing as a component.
 */
const char *tarnames_path(struct arena *a, const char *name);

/*
 * Takes a member's path in. Returns NULL, or what is wrong with it as the end
 * of a sentence about the member: it is there already, lies below something
 * that is no folder, or is one too many to be kept.
 */
const char *tarnames_add(struct tarnames *t, const char *path,
    enum tarnames_kind kind);

/* What was said of the file path by _set_file; NULL when it is no file. */
const struct tarnames_file *tarnames_file(const struct tarnames *t,
    const char *path);
void tarnames_set_file(struct tarnames *t, const char *path,
    const struct tarnames_file *file);

void tarnames_done(struct tarnames *t);

#endif
