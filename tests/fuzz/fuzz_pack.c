/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "folder.h"
#include "snapshots/packfile.h"
#include "snapshots/packread.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OBJECTS = 4 };

/* The bytes stand behind the header of a pack whose index has four objects in
 * it, anywhere: what is read of them has their names, or it is not read. */
static void
read_pack(const uint8_t *data, size_t size)
{
	static const char *const folders[] = { NULL };
	int fd = folder_open(folders);
	struct packfile_place places[OBJECTS];
	CLEANUP(drop_buf) struct buf pack = { 0 }, idx = { 0 };
	struct packread *p;

	if (size < OBJECTS)
		return;
	buf_add(&pack, "PACK\0\0\0\2\0\0\0\4", 12);
	buf_add(&pack, data + OBJECTS, size - OBJECTS);
	for (size_t i = 0; i < OBJECTS; i++)
		places[i] = (struct packfile_place){ .oid = { { data[i] } },
			.offset = 12 + data[i] };
	packfile_index(places, OBJECTS, &places[0].oid, &idx);
	buf_add(&pack, "01234567890123456789", OID_LEN);
	folder_write(fd, "pack-x.idx", idx.bytes, idx.len);
	folder_write(fd, "pack-x.pack", pack.bytes, pack.len);
	p = packread_new(fd);
	for (size_t i = 0; i < OBJECTS; i++) {
		CLEANUP(drop_buf) struct buf out = { 0 };
		enum packed_type type;

		assert(packread_has(p, &places[i].oid));
		assert(!packread_object(p, &places[i].oid, &type, &out) &&
		    out.len == 0);
	}
	packread_free(p);
}

/* Any bytes are a delta of others, or they are not; as long as it says. */
static void
apply(const uint8_t *data, size_t size)
{
	CLEANUP(drop_buf) struct buf out = { 0 };
	size_t base;

	if (size == 0 || (base = data[0]) > size - 1)
		return;
	buf_addc(&out, 'x');
	if (packread_delta(data + 1, base, data + 1 + base, size - 1 - base,
	    &out))
		assert(out.bytes[0] == 'x');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (data[0] % 2 == 0)
		read_pack(data + 1, size - 1);
	else
		apply(data + 1, size - 1);
	return 0;
}
