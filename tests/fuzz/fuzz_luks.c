/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "specs/luksdiff.h"
#include "specs/luksdisk.h"
#include "specs/luksjson.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ROOM = 1 << 20, COPY = 16384, JSON = 4096, CHECKSUM = 448 };

static void
count(void *arg, const char *where, const char *text, size_t len)
{
	*(size_t *)arg += strlen(where) + (len > 0 && text[0] != '\0');
}

/* What can be read has all that a header has, and is the same as itself. */
static void
read_one(const char *bytes, size_t len, bool more)
{
	struct arena a = { 0 };
	struct luksdiff_side side = { .bytes = bytes };
	struct err e = { 0 };

	if (lukshead_read("fuzz", bytes, len, more, &a, &side.head, &e) < 0) {
		assert(e.kind != ERR_NONE && e.what[0] != '\0');
	} else {
		assert(side.head.version == 1 || side.head.version == 2);
		assert(side.head.cipher != NULL && side.head.uuid != NULL &&
		    side.head.label != NULL);
		assert(more || side.head.size <= len);
		if (side.head.size <= len)
			assert(luksdiff(&side, &side, &a) == NULL);
	}
	arena_done(&a);
}

/* The checksum keeps a fuzzer out of what lies behind it. */
static void
mend(char *bytes)
{
	CLEANUP(drop_digest) struct digest *d = digest_new();

	for (size_t at = 0; at <= COPY; at += COPY) {
		memset(bytes + at + CHECKSUM, 0, 64);
		digest_sha256_start(d);
		digest_add(d, bytes + at, COPY);
		digest_end(d, bytes + at + CHECKSUM);
	}
}

/* The metadata of a LUKS2 header with the input as its JSON. */
static void
put_json(char *bytes, const char *json, size_t len)
{
	static const char *const marks[] = { "LUKS\xba\xbe", "SKUL\xba\xbe" };

	len = len < COPY - JSON - 1 ? len : COPY - JSON - 1;
	for (size_t i = 0; i < 2; i++) {
		char *copy = bytes + i * COPY;

		memset(copy, 0, COPY);
		memcpy(copy, marks[i], 6);
		copy[7] = 2;
		copy[14] = COPY >> 8;
		copy[23] = 3;
		memcpy(copy + 72, "sha256", 6);
		memcpy(copy + 168, "0b8bfe48-15f7-4a5e-a35e-5ca1c30a8ec3", 36);
		copy[262] = (char)(i * (COPY >> 8));
		memcpy(copy + JSON, json, len);
	}
	mend(bytes);
}

/* The first byte says what the others are: a header as it is, the beginning of
 * something larger, or the JSON of one. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *input = (const char *)data + 1;
	size_t n = 0;
	char *bytes;

	if (size == 0)
		return 0;
	size = size - 1 < ROOM ? size - 1 : ROOM;
	assert(luksdisk_metadata(input, size) <= LUKSDISK_METADATA_MAX);
	luksjson_texts(input, size, count, &n);
	bytes = calloc(1, ROOM);
	assert(bytes != NULL);
	if (data[0] % 4 == 0)
		read_one(input, size, false);
	if (data[0] % 4 == 1) {
		memcpy(bytes, input, size);
		read_one(bytes, ROOM, true);
	}
	if (data[0] % 4 > 1) {
		put_json(bytes, input, size);
		read_one(bytes, ROOM, data[0] % 4 == 2);
	}
	free(bytes);
	return 0;
}
