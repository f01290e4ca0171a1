/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOTS_STATFILE_H
#define SNAPSHOTS_STATFILE_H

#include <stddef.h>
#include <stdint.h>

#include "snapshots/statcache.h"

/*
 * The file: header, records, texts. Numbers are in the machine's own order: it
 * never leaves the machine, and another order fails at the version.
 */
struct statfile_header {
	char magic[8];
	uint32_t version, n;
	uint64_t total;		/* bytes of the whole file */
	uint64_t key;
	struct oid commit;
	uint32_t as;		/* enum statcache_as */
	uint64_t sum;		/* over the rest of the file and of this */
};

struct statfile_record {
	uint64_t dev, ino, size;
	int64_t mtime, ctime;
	uint32_t mode, uid, gid, flags;
	uint32_t path, line, line_len;	/* offsets into the texts */
	uint32_t parent;	/* index of the folder, or STATFILE_NONE */
	struct oid oid;
	uint32_t spare;
};

#define STATFILE_NONE UINT32_MAX

struct statcache {
	void *map;
	size_t size;
	const struct statfile_header *head;
	const struct statfile_record *records;
	const char *texts;
	size_t texts_len;
	size_t hint;
};

static inline const char *
statfile_path(const struct statcache *c, size_t i)
{
	return c->texts + c->records[i].path;
}

static inline struct seen_stat
statfile_stat(const struct statfile_record *r)
{
	return (struct seen_stat){
		.dev = r->dev, .ino = r->ino, .size = r->size,
		.mtime = r->mtime, .ctime = r->ctime, .mode = r->mode,
		.uid = r->uid, .gid = r->gid,
	};
}

#endif
