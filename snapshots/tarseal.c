/* SPDX-License-Identifier: MIT */
#include "snapshots/tarseal.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/tr.h"

/* The magic of a skippable frame, 40 bytes to skip, and whose it is. */
#define HEAD "\x50\x2a\x4d\x18\x28\0\0\0driftctl"

enum { HEAD_LEN = sizeof(HEAD) - 1, CHUNK = 128 * 1024 };

void
tarseal_make(struct digest *d, unsigned char out[TARSEAL_LEN])
{
	memcpy(out, HEAD, HEAD_LEN);
	digest_end(d, out + HEAD_LEN);
}

static int
read_at(const struct tarseal_source *s, uint64_t at, void *out, size_t len,
    struct err *e)
{
	char *to = out;

	if (s->fd < 0) {
		memcpy(out, s->bytes + at, len);
		return 0;
	}
	while (len > 0) {
		ssize_t n = pread(s->fd, to, len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, s->where, _("cannot read"));
		if (n == 0)
			return err_set(e, ERR_INPUT, s->where,
			    _("became shorter while it was read"));
		to += n;
		at += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

int
tarseal_check(const struct tarseal_source *s, struct err *e)
{
	CLEANUP(drop_digest) struct digest *d = digest_new();
	CLEANUP(drop_free) char *chunk = xmalloc(CHUNK);
	unsigned char sum[SHA256_LEN], seal[TARSEAL_LEN];
	uint64_t end = s->len - TARSEAL_LEN;

	if (s->len < TARSEAL_LEN)
		return 0;
	if (read_at(s, end, seal, sizeof(seal), e) < 0)
		return -1;
	if (memcmp(seal, HEAD, HEAD_LEN) != 0)
		return 0;
	digest_sha256_start(d);
	for (uint64_t at = 0; at < end;) {
		size_t n = end - at < CHUNK ? (size_t)(end - at) : CHUNK;

		if (read_at(s, at, chunk, n, e) < 0)
			return -1;
		digest_add(d, chunk, n);
		at += n;
	}
	digest_end(d, sum);
	if (memcmp(sum, seal + HEAD_LEN, SHA256_LEN) != 0)
		return err_set(e, ERR_INPUT, s->where, _("damaged: its "
		    "checksum does not match its content [bring it back from "
		    "a backup]"));
	return 1;
}
