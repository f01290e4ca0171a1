/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOTS_MANIFEST_H
#define SNAPSHOTS_MANIFEST_H

#include <stddef.h>

#include "base/buf.h"
#include "base/entry.h"
#include "base/err.h"
#include "base/mem.h"

/* Entries sorted by path_cmp; strings belong to the arena. */
struct manifest {
	struct arena arena;
	struct entry *items;
	size_t n, cap;
};

void manifest_done(struct manifest *m);
void drop_manifest(struct manifest *m);		/* for CLEANUP */

/* NULL when there is no such path. */
const struct entry *manifest_find(const struct manifest *m, const char *path);
/* Index of the first entry not before path. */
size_t manifest_lower(const struct manifest *m, const char *path);
/* A zeroed entry at the end; the caller keeps or restores the order. */
struct entry *manifest_add(struct manifest *m);
void manifest_sort(struct manifest *m);

/*
 * The text of meta/ (driftctl-store(5)): after the header line one line an
 * entry, words separated by one blank, words encoded by text_encode:
 *
 *	file imap mode=0644 owner=0:root group=0:root size=12 mtime=1.000000002
 *
 * Optional words follow in this order: target= dev=MAJOR:MINOR acl=
 * default-acl= flags= hardlink= content= (sealed, digest, unreadable) oid=
 * (where no blob of that path has it) xattr:NAME=VALUE…
 */
#define MANIFEST_HEADER "driftctl-meta 1\n"
/* Those of content=, by enum entry_content; NULL for what has none. */
extern const char *const manifest_content_words[];

/*
 * Appends one line for en under the name given. with_oid writes the content's
 * name even where the tree of files has it.
 */
void manifest_line(struct buf *out, const struct entry *en, const char *name,
    bool with_oid);
/*
 * Parses lines after a header into m, each name put under folder ("/etc"), or
 * taken as a whole path where folder is NULL. where and line are for messages.
 */
int manifest_parse(const char *where, const char *bytes, size_t len,
    const char *folder, struct manifest *m, struct err *e);
/* One line without its newline; path is put in as it is. out_name may be
 * NULL. */
int manifest_parse_line(const char *line, size_t len, struct arena *a,
    struct entry *out, const char **out_name, const char *where,
    unsigned lineno, struct err *e);

#endif
