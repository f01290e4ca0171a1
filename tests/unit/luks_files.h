/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_LUKS_FILES_H
#define TESTS_UNIT_LUKS_FILES_H

/* Small files with LUKS headers, made by cryptsetup itself. Included after
 * cmocka.h. */

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "tests/unit/scratch.h"

#define CRYPTSETUP "PATH=$PATH:/usr/sbin:/sbin cryptsetup -q "
#define QUICK "--key-file pass --pbkdf pbkdf2 --pbkdf-force-iterations 1000 "
#define SMALL "--luks2-metadata-size 16k --luks2-keyslots-size 1M "

static inline bool
luks_can_make(const struct scratch *s)
{
	if (scratch_try(s, CRYPTSETUP "--version > /dev/null 2>&1") != 0)
		return false;
	scratch_sh(s, "printf secret > pass; printf other > pass2");
	return true;
}

/* A file of 3 MiB, formatted with these options. */
static inline void
luks_make(const struct scratch *s, const char *name, const char *options)
{
	scratch_sh(s, "rm -f %s; truncate -s 3M %s && " CRYPTSETUP
	    "luksFormat %s%s %s > said 2>&1 || { cat said; false; }", name, name,
	    QUICK, options, name);
}

static inline void
luks_backup(const struct scratch *s, const char *name, const char *backup)
{
	scratch_sh(s, "rm -f %s; " CRYPTSETUP "luksHeaderBackup %s "
	    "--header-backup-file %s", backup, name, backup);
}

static inline void
luks_read(const struct scratch *s, const char *name, struct buf *out)
{
	struct err e = { 0 };

	buf_reset(out);
	assert_int_equal(file_read(s->dirfd, name, 64 << 20, out, &e), 0);
}

#endif
