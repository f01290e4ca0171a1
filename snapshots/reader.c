/* SPDX-License-Identifier: MIT */
#include "snapshots/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/meta.h"
#include "base/path.h"
#include "base/tr.h"
#include "snapshots/seal.h"

enum { TRIES = 3, CHUNK = 256 * 1024 };

struct reader {
	const struct root *root;
	const struct seal_key *seal;
	uint64_t max_size;
	bool pack;
	struct digest *digest;
	struct packfile_worker *packer;
	struct buf bytes, sealed;
	struct buf folder;	/* the one last opened, and its descriptor */
	int folder_fd;
};

struct reader *
reader_new(const struct root *root, const struct seal_key *seal,
    uint64_t max_size, bool pack)
{
	struct reader *r = xcalloc(1, sizeof(*r));

	r->root = root;
	r->seal = seal;
	r->max_size = max_size;
	r->pack = pack;
	r->digest = digest_new();
	r->packer = pack ? packfile_worker_new() : NULL;
	r->folder_fd = -1;
	return r;
}

void
reader_free(struct reader *r)
{
	if (r->folder_fd >= 0)
		close(r->folder_fd);
	digest_free(r->digest);
	packfile_worker_free(r->packer);
	buf_done(&r->bytes);
	buf_done(&r->sealed);
	buf_done(&r->folder);
	free(r);
}

void
reading_done(struct reading *r)
{
	arena_done(&r->arena);
	packed_done(&r->packed);
}

/* Neighbours come one after the other, so their folder stays open. */
static int
open_folder(struct reader *r, const char *path)
{
	size_t n = strlen(path) - strlen(path_name(path));
	const char *name;

	if (r->folder_fd >= 0 && r->folder.len == n &&
	    memcmp(r->folder.bytes, path, n) == 0)
		return r->folder_fd;
	if (r->folder_fd >= 0)
		close(r->folder_fd);
	r->folder_fd = root_open_parent(r->root, path, &name);
	buf_reset(&r->folder);
	buf_add(&r->folder, path, n);
	return r->folder_fd;
}

/* O_NOATIME is for the owner and root only (open(2)). */
static int
open_object(int dirfd, const char *name)
{
	const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY |
	    O_CLOEXEC;
	int fd = openat(dirfd, name, flags | O_NOATIME);

	if (fd < 0 && errno == EPERM)
		fd = openat(dirfd, name, flags);
	return fd;
}

static int
digest_large(struct reader *r, int fd, uint64_t size, struct oid *out)
{
	char head[64];
	uint64_t left = size;
	int n = snprintf(head, sizeof(head), "blob %llu",
	    (unsigned long long)size);

	digest_sha1_start(r->digest);
	digest_add(r->digest, head, (size_t)n + 1);
	buf_reset(&r->bytes);
	for (;;) {
		char *at = buf_reserve(&r->bytes, CHUNK);
		ssize_t got = read(fd, at, CHUNK);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0 || (uint64_t)got > left)
			break;
		digest_add(r->digest, at, (size_t)got);
		left -= (uint64_t)got;
	}
	digest_end(r->digest, out->b);
	return 0;
}

static void
keep_blob(struct reader *r, struct reading *out)
{
	const struct buf *b = &r->bytes;

	if (out->secret) {
		buf_reset(&r->sealed);
		seal_bytes(r->seal, b->bytes, b->len, &r->sealed);
		b = &r->sealed;
		out->en.content = CONTENT_SEALED;
	}
	digest_object(r->digest, "blob", buf_str(b), b->len, &out->en.oid);
	if (r->pack) {
		packed_done(&out->packed);
		packfile_compress(r->packer, PACKED_BLOB, buf_str(b), b->len,
		    &out->en.oid, &out->packed);
	}
}

/* Reads at most one byte more than the file had: what grows meanwhile is
 * caught by the stat afterwards. */
static int
read_whole(struct reader *r, int fd, uint64_t size)
{
	size_t left = (size_t)size + 1;

	while (left > 0) {
		ssize_t n = read(fd, buf_reserve(&r->bytes, left), left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		r->bytes.len += (size_t)n;
		/* Short of what was asked for: the end of a regular file. */
		if (n == 0 || (uint64_t)r->bytes.len == size)
			break;
		left -= (size_t)n;
	}
	return 0;
}

/* RFC 7468 and its kin: "-----BEGIN RSA PRIVATE KEY-----", in any file. */
static bool
has_private_key(const struct buf *b)
{
	static const char mark[] = "PRIVATE KEY-----";

	return b->len > 0 &&
	    memmem(b->bytes, b->len, mark, sizeof(mark) - 1) != NULL;
}

/* A LUKS header, or the second copy of one whose first is gone: whoever has an
 * old one opens the disk with an old passphrase. Offsets are LUKS2's. */
static bool
has_luks_header(const struct buf *b)
{
	static const char first[] = "LUKS\xba\xbe", second[] = "SKUL\xba\xbe";

	if (b->len >= 6 && memcmp(b->bytes, first, 6) == 0)
		return true;
	for (size_t at = 0x4000; at <= 0x400000 && at + 6 <= b->len; at *= 2)
		if (memcmp(b->bytes + at, second, 6) == 0)
			return true;
	return false;
}

static bool
has_word(const struct buf *b, const char *word)
{
	return b->len > 0 &&
	    memmem(b->bytes, b->len, word, strlen(word)) != NULL;
}

/* Settings of driftctl, whatever they are called, with a URL in them: whoever
 * knows that of a webhook can post there. It may stand in a comment, too. */
static bool
has_webhook(const struct buf *b)
{
	return has_word(b, "on-finding") && has_word(b, "://") &&
	    (has_word(b, "webhook") || has_word(b, "pushover"));
}

bool
reader_finds_secret(const struct buf *bytes)
{
	return has_private_key(bytes) || has_luks_header(bytes) ||
	    has_webhook(bytes);
}

static int
read_content(struct reader *r, int fd, struct reading *out, struct err *e)
{
	if (out->en.size > r->max_size) {
		out->en.content = CONTENT_DIGEST;
		if (digest_large(r, fd, out->en.size, &out->en.oid) < 0)
			return err_sys(e, NULL, _("cannot read"));
		return 0;
	}
	buf_reset(&r->bytes);
	if (read_whole(r, fd, out->en.size) < 0)
		return err_sys(e, NULL, _("cannot read"));
	if (out->secret || reader_finds_secret(&r->bytes)) {
		out->secret = true;
		if (r->seal == NULL)
			return err_set(e, ERR_MISSING, NULL, _("secret, and "
			    "there is no key to seal it with [put seal.key "
			    "back]"));
	}
	out->en.size = r->bytes.len;
	out->en.content = CONTENT_STORED;
	keep_blob(r, out);
	return 0;
}

static void
unknown(struct reading *out, struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };

	e->where[0] = '\0';
	err_format(e, &text);
	snprintf(out->why, sizeof(out->why), "%s", buf_str(&text));
	out->state = READING_UNKNOWN;
	out->en.content = CONTENT_UNREADABLE;
	err_clear(e);
}

/* ELOOP: a symlink stands where it, or a folder above it, was. */
static bool
vanished(int why)
{
	return why == ENOENT || why == ENOTDIR || why == ELOOP;
}

/* An object that vanished is no failure; any other is told. */
static void
gone_or_unknown(struct reading *out, struct err *e)
{
	if (vanished(errno)) {
		out->state = READING_GONE;
		return;
	}
	err_sys(e, NULL, _("cannot open"));
	unknown(out, e);
}

static void
read_opened(struct reader *r, int dirfd, int fd, const struct stat *st,
    struct reading *out, struct err *e)
{
	struct stat after;

	out->state = READING_GOOD;
	out->en = (struct entry){ .path = out->path };
	out->st = seen_stat_of(st);
	if (meta_read(dirfd, path_name(out->path), fd, st, NULL, &out->arena,
	    &out->en, e) < 0) {
		out->again = fd < 0 && vanished(e->sys);
		unknown(out, e);
		return;
	}
	if (!S_ISREG(st->st_mode))
		return;
	if (read_content(r, fd, out, e) < 0) {
		unknown(out, e);
		return;
	}
	if (fstat(fd, &after) < 0 || after.st_size != (off_t)out->en.size ||
	    after.st_mtim.tv_sec != st->st_mtim.tv_sec ||
	    after.st_mtim.tv_nsec != st->st_mtim.tv_nsec ||
	    after.st_ctim.tv_sec != st->st_ctim.tv_sec ||
	    after.st_ctim.tv_nsec != st->st_ctim.tv_nsec)
		out->state = READING_MOVING;
}

/* A file that may not be opened still has metadata worth keeping. */
static void
read_closed(struct reader *r, int dirfd, const char *name,
    struct reading *out, struct err *e)
{
	int why = errno;
	struct stat st;

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		gone_or_unknown(out, e);
		return;
	}
	if (!S_ISREG(st.st_mode)) {
		/* A folder that may not be listed, or no file any more. */
		read_opened(r, dirfd, -1, &st, out, e);
		return;
	}
	out->en = (struct entry){ .path = out->path };
	out->st = seen_stat_of(&st);
	if (meta_read(dirfd, name, -1, &st, NULL, &out->arena, &out->en,
	    e) < 0)
		err_clear(e);
	/* It was not there, and is there again. */
	out->again = vanished(why);
	errno = why;
	err_sys(e, NULL, _("cannot open"));
	unknown(out, e);
}

/* Files and folders are opened; anything else could do something when it is. */
static bool
may_open(mode_t mode)
{
	return S_ISREG(mode) || S_ISDIR(mode);
}

static void
read_by_fd(struct reader *r, int dirfd, struct reading *out, struct err *e)
{
	const char *name = path_name(out->path);
	struct stat st;
	CLEANUP(drop_fd) int fd = open_object(dirfd, name);

	if (fd < 0) {
		read_closed(r, dirfd, name, out, e);
		return;
	}
	if (fstat(fd, &st) < 0 || !may_open(st.st_mode)) {
		err_set(e, ERR_SYSTEM, NULL,
		    _("changed its type while it was read"));
		unknown(out, e);
		return;
	}
	read_opened(r, dirfd, fd, &st, out, e);
}

static void
read_once(struct reader *r, struct reading *out)
{
	struct err e = { 0 };
	struct stat st = { .st_mode = out->mode };
	int dirfd = open_folder(r, out->path);

	if (dirfd < 0 || (!may_open(st.st_mode) && fstatat(dirfd,
	    path_name(out->path), &st, AT_SYMLINK_NOFOLLOW) < 0)) {
		gone_or_unknown(out, &e);
		return;
	}
	if (may_open(st.st_mode))
		read_by_fd(r, dirfd, out, &e);
	else
		read_opened(r, dirfd, -1, &st, out, &e);
}

void
reader_read(struct reader *r, struct reading *out)
{
	for (int i = 0; i < TRIES; i++) {
		out->again = false;
		read_once(r, out);
		if (out->state != READING_MOVING && !out->again)
			return;
	}
	/* What comes and goes was not there when it was looked for. */
	if (out->again)
		out->state = READING_GONE;
}
