/* SPDX-License-Identifier: MIT */
#include "specs/luksdisk.h"

#include <string.h>

#include "base/digest.h"
#include "base/mem.h"

enum {
	BINARY_LEN = 4096,	/* of a LUKS2 copy; its JSON is behind it */
	SIZE_LEAST = 16 << 10, SIZE_MOST = 4 << 20,
	/* Where the fields of a LUKS2 copy are. */
	AT_VERSION = 6, AT_SIZE = 8, AT_EPOCH = 16, AT_CHECKSUM_NAME = 72,
	AT_OFFSET = 256, AT_CHECKSUM = 448,
	CHECKSUM_NAME_ROOM = 32, CHECKSUM_ROOM = 64,
};

static const char first_mark[] = "LUKS\xba\xbe", second_mark[] = "SKUL\xba\xbe";

static uint64_t
big_endian(const char *p, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v = v << 8 | (unsigned char)p[i];
	return v;
}

size_t
luksdisk_text(const char *bytes, size_t at, size_t room)
{
	return strnlen(bytes + at, room);
}

static bool
has_mark(const char *bytes, size_t len, size_t at, const char *mark)
{
	return at <= len && len - at >= BINARY_LEN &&
	    memcmp(bytes + at, mark, 6) == 0;
}

/* A checksum over the copy with its own place zeroed. */
static bool
is_sound(const char *copy, size_t len)
{
	static const char zeros[CHECKSUM_ROOM];
	CLEANUP(drop_digest) struct digest *d = NULL;
	unsigned char sum[SHA256_LEN];

	/* The only one in use; of others the copy's form must do. */
	if (strncmp(copy + AT_CHECKSUM_NAME, "sha256",
	    CHECKSUM_NAME_ROOM) != 0)
		return true;
	d = digest_new();
	digest_sha256_start(d);
	digest_add(d, copy, AT_CHECKSUM);
	digest_add(d, zeros, sizeof(zeros));
	digest_add(d, copy + AT_CHECKSUM + CHECKSUM_ROOM,
	    len - AT_CHECKSUM - CHECKSUM_ROOM);
	digest_end(d, sum);
	return memcmp(copy + AT_CHECKSUM, sum, sizeof(sum)) == 0;
}

static void
look(const char *bytes, size_t len, size_t at, const char *mark,
    struct luksdisk_copy *out)
{
	uint64_t size;

	*out = (struct luksdisk_copy){ .start = at };
	if (!has_mark(bytes, len, at, mark) ||
	    big_endian(bytes + at + AT_VERSION, 2) != 2)
		return;
	size = big_endian(bytes + at + AT_SIZE, 8);
	if (size < SIZE_LEAST || size > SIZE_MOST ||
	    (size & (size - 1)) != 0 ||
	    big_endian(bytes + at + AT_OFFSET, 8) != at)
		return;
	out->there = true;
	out->len = (size_t)size;
	out->epoch = big_endian(bytes + at + AT_EPOCH, 8);
	out->sound = len - at >= out->len && is_sound(bytes + at, out->len);
}

void
luksdisk_copies(const char *bytes, size_t len,
    struct luksdisk_copy *out_first, struct luksdisk_copy *out_second)
{
	struct luksdisk_copy other;

	look(bytes, len, 0, first_mark, out_first);
	*out_second = (struct luksdisk_copy){ 0 };
	if (out_first->there)
		look(bytes, len, out_first->len, second_mark, out_second);
	/* The first may be wrong about the size, too. */
	for (size_t at = SIZE_LEAST; at <= SIZE_MOST && !out_second->sound;
	    at *= 2) {
		look(bytes, len, at, second_mark, &other);
		if (other.there && other.len == at &&
		    (other.sound || !out_second->there))
			*out_second = other;
	}
}

int
luksdisk_version(const char *bytes, size_t len)
{
	struct luksdisk_copy first, second;
	uint64_t version;

	if (len >= 8 && memcmp(bytes, first_mark, 6) == 0) {
		version = big_endian(bytes + AT_VERSION, 2);
		if (version == 1 || version == 2)
			return (int)version;
	}
	luksdisk_copies(bytes, len, &first, &second);
	return second.there ? 2 : 0;
}

size_t
luksdisk_metadata(const char *bytes, size_t len)
{
	struct luksdisk_copy first, second;

	if (luksdisk_version(bytes, len) == 1)
		return LUKSDISK_LUKS1_SLOTS;
	luksdisk_copies(bytes, len, &first, &second);
	return first.there ? 2 * first.len : LUKSDISK_METADATA_MAX;
}
