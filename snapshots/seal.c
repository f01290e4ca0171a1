/* SPDX-License-Identifier: MIT */
#include "snapshots/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/tr.h"

#define MAGIC "driftctl-seal1\n"

enum {
	MAGIC_LEN = sizeof(MAGIC) - 1,
	KEY_LEN = crypto_kdf_KEYBYTES,
	NONCE_LEN = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	TAG_LEN = crypto_aead_xchacha20poly1305_ietf_ABYTES,
};

/* One key for each use, so that neither says anything about the other. */
struct seal_key {
	unsigned char encrypt[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
	unsigned char nonce[crypto_generichash_KEYBYTES];
};

static void
wipe_raw(unsigned char (*raw)[KEY_LEN])
{
	sodium_memzero(*raw, sizeof(*raw));
}

static struct seal_key *
key_from(const unsigned char raw[KEY_LEN])
{
	static const char context[crypto_kdf_CONTEXTBYTES] = "drftseal";
	struct seal_key *k = xcalloc(1, sizeof(*k));

	/* Where too little may be locked, the key can be swapped out. */
	sodium_mlock(k, sizeof(*k));
	crypto_kdf_derive_from_key(k->encrypt, sizeof(k->encrypt), 1, context,
	    raw);
	crypto_kdf_derive_from_key(k->nonce, sizeof(k->nonce), 2, context,
	    raw);
	return k;
}

/*
 * Whole or not at all, and never in place of another one: a temporary, and a
 * link that fails where a file is.
 */
static int
make_key(int dirfd, const char *path, struct err *e)
{
	CLEANUP(wipe_raw) unsigned char raw[KEY_LEN];
	CLEANUP(drop_free) char *temp = xasprintf("%s.tmp.%ld", path,
	    (long)getpid());
	const char *slash = strrchr(path, '/');
	CLEANUP(drop_free) char *folder = slash == NULL ? xstrdup(".") :
	    xmemdup(path, (size_t)(slash - path) + 1);
	CLEANUP(drop_fd) int dir = openat(dirfd, folder,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return err_sys(e, path, _("cannot open its folder"));
	unlinkat(dirfd, temp, 0);
	CLEANUP(drop_fd) int fd = openat(dirfd, temp,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0400);
	if (fd < 0)
		return err_sys(e, path, _("cannot make the key"));
	randombytes_buf(raw, sizeof(raw));
	if (file_write_fd(fd, path, raw, sizeof(raw), e) == 0 &&
	    (fchmod(fd, 0400) < 0 || fsync(fd) < 0 ||
	    (linkat(dirfd, temp, dirfd, path, 0) < 0 && errno != EEXIST)))
		err_sys(e, path, _("cannot make the key"));
	unlinkat(dirfd, temp, 0);
	if (e->kind != ERR_NONE)
		return -1;
	return file_sync_dir(dir, path, e);
}

static int
check_key(int fd, const char *path, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys(e, path, _("cannot look at the key"));
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_INPUT, path, _("the key is no file"));
	if (st.st_uid != geteuid())
		return err_set(e, ERR_INPUT, path, _("the key belongs to user "
		    "%u, not to user %u who runs driftctl"),
		    (unsigned)st.st_uid, (unsigned)geteuid());
	if ((st.st_mode & 077) != 0)
		return err_set(e, ERR_INPUT, path, _("others can read or "
		    "change the key, mode %04o [run 'chmod 0400' on it]"),
		    (unsigned)st.st_mode & 07777);
	if (st.st_size != KEY_LEN)
		return err_set(e, ERR_INPUT, path, _("the key is damaged: "
		    "%lld bytes instead of %d [bring it back from a backup; "
		    "what was sealed with it opens with no other]"),
		    (long long)st.st_size, (int)KEY_LEN);
	return 0;
}

struct seal_key *
seal_key_passing(struct err *e)
{
	CLEANUP(wipe_raw) unsigned char raw[KEY_LEN];

	if (sodium_init() < 0) {
		err_set(e, ERR_SYSTEM, NULL, _("libsodium cannot be used"));
		return NULL;
	}
	randombytes_buf(raw, sizeof(raw));
	return key_from(raw);
}

struct seal_key *
seal_key_load(int dirfd, const char *path, bool create, struct err *e)
{
	CLEANUP(wipe_raw) unsigned char raw[KEY_LEN];
	int fd;

	if (sodium_init() < 0) {
		err_set(e, ERR_SYSTEM, path, _("libsodium cannot be used"));
		return NULL;
	}
	fd = openat(dirfd, path,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT && create) {
		if (make_key(dirfd, path, e) < 0)
			return NULL;
		fd = openat(dirfd, path,
		    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	}
	CLEANUP(drop_fd) int own = fd;
	if (own < 0) {
		err_sys(e, path, _("cannot open the key"));
		return NULL;
	}
	if (check_key(own, path, e) < 0)
		return NULL;
	if (read(own, raw, sizeof(raw)) != (ssize_t)sizeof(raw)) {
		err_sys(e, path, _("cannot read the key"));
		return NULL;
	}
	return key_from(raw);
}

void
seal_key_free(struct seal_key *k)
{
	if (k == NULL)
		return;
	sodium_munlock(k, sizeof(*k));
	sodium_memzero(k, sizeof(*k));
	free(k);
}

void
drop_seal_key(struct seal_key **k)
{
	seal_key_free(*k);
}

void
seal_bytes(const struct seal_key *k, const void *plain, size_t len,
    struct buf *out)
{
	unsigned char nonce[NONCE_LEN];
	unsigned long long n;

	crypto_generichash(nonce, sizeof(nonce), plain, len, k->nonce,
	    sizeof(k->nonce));
	buf_adds(out, MAGIC);
	buf_add(out, nonce, sizeof(nonce));
	crypto_aead_xchacha20poly1305_ietf_encrypt(
	    (unsigned char *)buf_reserve(out, len + TAG_LEN), &n, plain, len,
	    (const unsigned char *)MAGIC, MAGIC_LEN, NULL, nonce, k->encrypt);
	out->len += (size_t)n;
	out->bytes[out->len] = '\0';
}

bool
seal_is(const void *bytes, size_t len)
{
	return len >= MAGIC_LEN && memcmp(bytes, MAGIC, MAGIC_LEN) == 0;
}

int
seal_open(const struct seal_key *k, const char *where, const void *sealed,
    size_t len, struct buf *out, struct err *e)
{
	const unsigned char *nonce = (const unsigned char *)sealed + MAGIC_LEN;
	const unsigned char *body = nonce + NONCE_LEN;
	unsigned long long n;

	if (!seal_is(sealed, len))
		return err_set(e, ERR_INPUT, where, _("not sealed, or sealed "
		    "by a newer driftctl"));
	if (len < MAGIC_LEN + NONCE_LEN + TAG_LEN)
		return err_set(e, ERR_INPUT, where,
		    _("the sealed bytes are damaged: cut short"));
	len -= MAGIC_LEN + NONCE_LEN;
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(
	    (unsigned char *)buf_reserve(out, len), &n, NULL, body, len,
	    sealed, MAGIC_LEN, nonce, k->encrypt) != 0)
		return err_set(e, ERR_INPUT, where, _("cannot be unsealed: "
		    "the key is another one, or the bytes are damaged [bring "
		    "back the key they were sealed with]"));
	out->len += (size_t)n;
	out->bytes[out->len] = '\0';
	return 0;
}

void
seal_wipe(struct buf *b)
{
	if (b->bytes != NULL)
		sodium_memzero(b->bytes, b->cap);
	buf_reset(b);
}

void
drop_sealed_buf(struct buf *b)
{
	seal_wipe(b);
	buf_done(b);
}
