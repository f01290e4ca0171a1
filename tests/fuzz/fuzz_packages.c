/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "agent/pkg/ownerstext.h"
#include "base/path.h"
#include "folder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* dpkg's files, "%%" on a line between them; the package is to be called a. */
static const char *const files[] = { "var/lib/dpkg/status",
	"var/lib/dpkg/info/a.list", "var/lib/dpkg/info/a.md5sums",
	"var/lib/dpkg/diversions" };
enum { N_FILES = sizeof(files) / sizeof(files[0]) };
static const char *const folders[] = { "etc", "usr/lib", "var/lib/dpkg/info",
	NULL };

static void
write_files(int fd, const char *bytes, size_t len)
{
	static const char cut[] = "\n%%\n";

	for (int i = 0; i < N_FILES; i++) {
		const char *at = len > 0 ?
		    memmem(bytes, len, cut, strlen(cut)) : NULL;
		size_t n = at != NULL ? (size_t)(at - bytes) + 1 : len;

		folder_write(fd, files[i], bytes, n);
		bytes = at != NULL ? at + strlen(cut) : bytes + len;
		len -= at != NULL ? n + strlen(cut) - 1 : len;
	}
}

/* Each path is found again, in order, with a package that is there. */
static void
look_around(const struct owners *o)
{
	for (size_t i = 0; i < o->files.n; i++) {
		const struct owned *f = &o->files.items[i];
		size_t n;

		assert(f->path[0] == '/' && f->package < o->packages.n);
		assert(i == 0 || path_cmp(f[-1].path, f->path) <= 0);
		assert(owners_of(o, f->path, &n) != NULL && n > 0);
		assert(owners_find(o, f->path) != NULL);
		assert((f->algorithm == NULL) == (f->digest == NULL));
	}
	for (size_t i = 0; i < o->packages.n; i++)
		assert(owners_same(o, &o->packages.items[i]) != NULL ||
		    o->packages.items[i].removed);
}

/* What was read can be kept: it reads the same again. */
static void
keep(const struct owners *o)
{
	CLEANUP(drop_owners) struct owners again = { 0 };
	CLEANUP(drop_buf) struct buf once = { 0 };
	CLEANUP(drop_buf) struct buf twice = { 0 };
	struct err e = { 0 };

	ownerstext_write(o, &once);
	assert(ownerstext_parse("again", buf_str(&once), once.len, &again,
	    &e) == 0);
	owners_settle(&again);
	ownerstext_write(&again, &twice);
	assert(once.len == twice.len &&
	    memcmp(buf_str(&once), buf_str(&twice), once.len) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = folder_open(folders);
	const struct root root = { fd, folder_dir };
	CLEANUP(drop_owners) struct owners o = { 0 };
	CLEANUP(drop_strlist) struct strlist wanted = { 0 };

	write_files(fd, (const char *)data, size);
	strlist_add(&wanted, size % 2 == 0 ? "/" : "/etc");
	owners_load(&root, &wanted, NULL, &o);
	/* What dpkg would refuse is nothing to go by, in no part. */
	if (o.trouble.kind != ERR_NONE) {
		assert(o.trouble.kind == ERR_INPUT && o.packages.n == 0);
		return 0;
	}
	look_around(&o);
	keep(&o);
	return 0;
}
