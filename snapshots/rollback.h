/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOTS_ROLLBACK_H
#define SNAPSHOTS_ROLLBACK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/strlist.h"
#include "snapshots/manifest.h"

/*
 * What was there before a restore changed it, under rollback/ in the store:
 *
 *	ID.tar.zst	contents and metadata, for any tar(1)
 *	ID.list		what was not there: one encoded path a line
 *	ID.sh		puts everything back with sh and tar alone
 *	ID.meta		exactly what was there; comes last, and without it there
 *			is no rollback ID
 *	ID.undone	it was taken back
 *
 * An id has no dot and starts with its time: 20261121T193000Z-restore.
 */
enum rollback_class {
	ROLLBACK_PUT,	/* will be replaced or removed */
	ROLLBACK_META,	/* only its metadata will change; it keeps its inode */
	ROLLBACK_TIME,	/* a folder in which names come or go: its time */
	ROLLBACK_LINK,	/* stays; another name of something that is replaced */
};

struct rollback_writer;

/* NULL on failure. Nothing is to be seen before rollback_publish. */
struct rollback_writer *rollback_begin(int store_fd, const char *id,
    const char *title, const char *root_dir, struct err *e);
/*
 * Saves one object, in path order; a file with its bytes, which are NULL where
 * its content is not kept (en->content says so). becomes is what it will be
 * turned into, or NULL; of ROLLBACK_META only. grouped: it is one of several
 * names of an inode, whose first en->hardlink names.
 */
int rollback_save(struct rollback_writer *w, enum rollback_class c,
    const struct entry *en, const struct entry *becomes, bool grouped,
    const void *bytes, size_t len, struct err *e);
/* Notes that nothing is at path now, but will be. */
void rollback_note_new(struct rollback_writer *w, const char *path);
/* All files but ID.meta, on disk for good. */
int rollback_finish(struct rollback_writer *w, struct err *e);
/* ID.meta: from now on the rollback is there. */
int rollback_publish(struct rollback_writer *w, struct err *e);
void rollback_writer_free(struct rollback_writer *w);
void drop_rollback_writer(struct rollback_writer **w);	/* for CLEANUP */

struct rollback_spool;

struct rollback {
	char *id, *title, *root;
	char *list;			/* checksum of ID.list */
	struct manifest manifest;	/* every object saved */
	unsigned char *classes;		/* of each, enum rollback_class */
	struct strlist added;		/* what was not there, in path order */
	struct rollback_spool *spool;
};

/*
 * Reads a rollback whole and proves it: each content is what ID.meta says,
 * nothing is missing, nothing leads out of the root.
 */
int rollback_read(int store_fd, const char *id, struct rollback *out,
    struct err *e);
void rollback_done(struct rollback *r);
void drop_rollback(struct rollback *r);		/* for CLEANUP */
/* The bytes of a file that was saved; for apply_options.content. */
int rollback_content(void *rollback, const struct entry *want,
    struct buf *out, struct err *e);

/* All ids, oldest first. */
int rollback_ids(int store_fd, struct strlist *out, struct err *e);
bool rollback_there(int store_fd, const char *id);
bool rollback_undone(int store_fd, const char *id);
int rollback_mark_undone(int store_fd, const char *id, struct err *e);
/* Removes whatever there is of it, ID.meta first. */
int rollback_remove(int store_fd, const char *id, struct err *e);
/* Removes what dead runs left of rollbacks that never came to be. */
int rollback_sweep(int store_fd, struct err *e);

#endif
