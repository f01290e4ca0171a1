/* SPDX-License-Identifier: MIT */
/*
 * A main for fuzzers where there is no libFuzzer: each file named is handed to
 * the target once.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		CLEANUP(drop_buf) struct buf b = { 0 };
		CLEANUP(drop_buf) struct buf why = { 0 };
		struct err e = { 0 };

		if (file_read(AT_FDCWD, argv[i], 1 << 24, &b, &e) < 0) {
			err_format(&e, &why);
			fprintf(stderr, "%s\n", buf_str(&why));
			return 2;
		}
		LLVMFuzzerTestOneInput((const uint8_t *)buf_str(&b), b.len);
	}
	return 0;
}
