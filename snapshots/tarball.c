/* SPDX-License-Identifier: MIT */
#include "snapshots/tarball.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/archiver.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/tr.h"
#include "snapshots/tarseal.h"

enum { TAR_BLOCK = 512 };

struct tarball {
	int dirfd, fd;
	char *name, *temp;
	enum tarball_format format;
	struct archiver_writer *archive;
	struct digest *digest;
	uint64_t written;
};

static int
put_bytes(void *ctx, const void *bytes, size_t len, struct err *e)
{
	struct tarball *t = ctx;

	if (file_write_fd(t->fd, t->name, bytes, len, e) < 0)
		return -1;
	digest_add(t->digest, bytes, len);
	t->written += len;
	return 0;
}

struct tarball *
tarball_create(int dirfd, const char *name, enum tarball_format format,
    struct err *e)
{
	CLEANUP(drop_tarball) struct tarball *t = xcalloc(1, sizeof(*t));

	t->dirfd = dirfd;
	t->name = xstrdup(name);
	t->temp = xasprintf("%s.tmp", name);
	t->format = format;
	t->digest = digest_new();
	digest_sha256_start(t->digest);
	t->fd = openat(dirfd, t->temp,
	    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (t->fd < 0) {
		err_sys(e, name, _("cannot create"));
		return NULL;
	}
	t->archive = archiver_create(t->name, format == TARBALL_PAX_ZSTD ?
	    ARCHIVER_PAX_ZSTD : ARCHIVER_GNU_PLAIN, put_bytes, t, e);
	return t->archive != NULL ? STEAL(t) : NULL;
}

int
tarball_add(struct tarball *t, const struct entry *en, const void *bytes,
    size_t len, struct err *e)
{
	int n;

	if (en->kind == ENTRY_SOCKET)
		return TARBALL_SKIPPED;
	n = archiver_add(t->archive, en, bytes, len, e);
	return n <= 0 ? n : TARBALL_PARTLY;
}

/* Appends the checksum, in plain archives so that a whole block comes out. */
static int
put_seal(struct tarball *t, struct err *e)
{
	unsigned char seal[TARSEAL_LEN];
	static const char zero[TAR_BLOCK];
	size_t over = (t->written + TARSEAL_LEN) % TAR_BLOCK;

	if (t->format == TARBALL_GNU_PLAIN && over > 0 &&
	    put_bytes(t, zero, TAR_BLOCK - over, e) < 0)
		return -1;
	tarseal_make(t->digest, seal);
	return file_write_fd(t->fd, t->name, seal, sizeof(seal), e);
}

int
tarball_finish(struct tarball *t, struct err *e)
{
	CLEANUP(drop_tarball) struct tarball *own = t;

	if (archiver_finish(own->archive, e) < 0 || put_seal(own, e) < 0)
		return -1;
	if (fsync(own->fd) < 0)
		return err_sys(e, own->name, _("cannot sync"));
	if (renameat(own->dirfd, own->temp, own->dirfd, own->name) < 0)
		return err_sys(e, own->name, _("cannot rename into place"));
	free(STEAL(own->temp));
	return file_sync_dir(own->dirfd, own->name, e);
}

void
tarball_abandon(struct tarball *t)
{
	if (t == NULL)
		return;
	archiver_free(t->archive);
	digest_free(t->digest);
	drop_fd(&t->fd);
	if (t->temp != NULL && t->fd >= 0)
		unlinkat(t->dirfd, t->temp, 0);
	free(t->temp);
	free(t->name);
	free(t);
}

void
drop_tarball(struct tarball **t)
{
	tarball_abandon(*t);
}
