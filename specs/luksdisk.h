/* SPDX-License-Identifier: MIT */
#ifndef SPECS_LUKSDISK_H
#define SPECS_LUKSDISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Where things are in the bytes of a LUKS header, as the on-disk format
 * specifications of LUKS1 and LUKS2 say; what libcryptsetup does not tell.
 */

enum {
	/* Metadata of the largest size that LUKS2 knows, and its copy. */
	LUKSDISK_METADATA_MAX = 8 << 20,
	/* In LUKS1 from here to the first keyslot a backup has zeros. */
	LUKSDISK_LUKS1_END = 592,
	LUKSDISK_LUKS1_SLOTS = 4096,
};

/* LUKS2 keeps its metadata twice. */
struct luksdisk_copy {
	bool there;		/* it has the mark and a possible size */
	bool sound;		/* and its checksum is right */
	size_t start, len;
	uint64_t epoch;		/* counts the changes */
};

/* 1, 2, or 0 when the bytes are no LUKS header, not even the second copy of
 * one whose first was overwritten. */
int luksdisk_version(const char *bytes, size_t len);
/* How many bytes from the beginning the metadata takes by its own word, at
 * most LUKSDISK_METADATA_MAX; that where there is no first copy to say so. */
size_t luksdisk_metadata(const char *bytes, size_t len);

/* The two copies of a LUKS2 header's metadata. */
void luksdisk_copies(const char *bytes, size_t len,
    struct luksdisk_copy *out_first, struct luksdisk_copy *out_second);

/* A text of fixed room in the header; bytes has `room` bytes at `at`. */
size_t luksdisk_text(const char *bytes, size_t at, size_t room);

#endif
