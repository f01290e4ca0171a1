/* SPDX-License-Identifier: MIT */
#ifndef BASE_ENTRY_H
#define BASE_ENTRY_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/digest.h"

struct arena;

enum entry_kind {
	ENTRY_FILE,
	ENTRY_DIR,
	ENTRY_SYMLINK,
	ENTRY_FIFO,
	ENTRY_SOCKET,
	ENTRY_BLOCK,
	ENTRY_CHAR,
	ENTRY_KINDS
};

/* How the content of a file is known. */
enum entry_content {
	CONTENT_STORED,		/* oid names the git blob of the bytes */
	CONTENT_SEALED,		/* oid names the blob of the sealed bytes */
	CONTENT_DIGEST,		/* too large: oid is of the bytes, no blob */
	CONTENT_UNREADABLE,	/* could not be read: nothing is known */
};

/* One extended attribute; the value may hold any bytes. */
struct xattr {
	const char *name;
	const char *value;
	uint32_t len;
};

/*
 * One file-system object with all its metadata. A plain value: strings belong
 * to the arena of whoever made it. Strings that do not apply are NULL.
 */
struct entry {
	const char *path;	/* see path.h */
	enum entry_kind kind;
	uint32_t mode;		/* permission bits, 07777 */
	uint32_t uid, gid;
	const char *user, *group;	/* names at the time, NULL = nameless */
	uint64_t size;		/* bytes of a file, else 0 */
	struct timespec mtime;
	uint32_t major, minor;	/* of a device node */
	const char *target;	/* of a symlink, any bytes */
	const char *acl, *default_acl;	/* numeric, see posixacl.h */
	const struct xattr *xattrs;	/* sorted by name */
	uint32_t n_xattrs;
	uint32_t flags;		/* inode flags a person can set, chattr(1) */
	const char *hardlink;	/* path of the group's first member */
	enum entry_content content;
	struct oid oid;
};

/* What differs between two entries of the same path, as bits. */
enum entry_difference {
	DIFF_KIND = 1 << 0,
	DIFF_CONTENT = 1 << 1,	/* bytes, symlink target or device number */
	DIFF_MODE = 1 << 2,
	DIFF_OWNER = 1 << 3,
	DIFF_GROUP = 1 << 4,
	DIFF_ACL = 1 << 5,
	DIFF_XATTR = 1 << 6,
	DIFF_FLAGS = 1 << 7,
	DIFF_HARDLINK = 1 << 8,
	DIFF_MTIME = 1 << 9,	/* alone it is never a change */
	DIFF_UNKNOWN = 1 << 10,	/* one side could not be read */
};

/* Compares everything but the path. */
unsigned entry_differs(const struct entry *a, const struct entry *b);
/* The types in words of the spec language, then NULL. */
extern const char *const entry_kind_words[ENTRY_KINDS + 1];
/* The type in words of the spec language: "file", "directory"… */
const char *entry_kind_name(enum entry_kind k);
/* The same word in the language of the reader. */
const char *entry_kind_shown(enum entry_kind k);
/* The reverse; -1 when there is no such type. */
int entry_kind_from(const char *name, enum entry_kind *out);
/* "content, mode" for a person; untranslated words, comma separated. */
struct buf;
void entry_difference_text(struct buf *out, unsigned diff);
/* Copies the entry and all its strings into the arena. */
struct entry entry_dup(struct arena *a, const struct entry *e);

#endif
