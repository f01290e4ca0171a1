/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_FOLDER_EVIDENCE_H
#define TESTS_UNIT_FOLDER_EVIDENCE_H

#include <glob.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "specs/eval.h"
#include "tests/unit/scratch.h"

/* A folder as evidence; the paths of links in it are relative. */
struct folder {
	const struct scratch *s;
	struct arena arena;
};

static inline const struct entry *
folder_entry(void *ctx, const char *path)
{
	struct folder *f = ctx;
	struct entry *en = arena_alloc(&f->arena, sizeof(*en));
	char target[4096];
	struct stat st;
	ssize_t n;

	if (fstatat(f->s->dirfd, path + 1, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return NULL;
	en->path = arena_strdup(&f->arena, path);
	en->kind = S_ISLNK(st.st_mode) ? ENTRY_SYMLINK :
	    S_ISDIR(st.st_mode) ? ENTRY_DIR : ENTRY_FILE;
	if (en->kind == ENTRY_SYMLINK) {
		n = readlinkat(f->s->dirfd, path + 1, target, sizeof(target));
		assert_true(n > 0);
		en->target = arena_memdup(&f->arena, target, (size_t)n);
	}
	return en;
}

static inline void
folder_find(void *ctx, const char *pattern,
    void (*each)(void *arg, const struct entry *en), void *arg)
{
	struct folder *f = ctx;
	const char *whole = arena_printf(&f->arena, "%s%s", f->s->dir,
	    pattern);
	glob_t g = { 0 };

	if (glob(whole, 0, NULL, &g) == 0)
		for (size_t i = 0; i < g.gl_pathc; i++)
			each(arg, folder_entry(f, g.gl_pathv[i] +
			    strlen(f->s->dir)));
	globfree(&g);
}

static inline int
folder_bytes(void *ctx, const char *path, const char **out_bytes,
    size_t *out_len, struct err *e)
{
	struct folder *f = ctx;
	CLEANUP(drop_buf) struct buf b = { 0 };
	int fd = openat(f->s->dirfd, path + 1, O_RDONLY | O_CLOEXEC), n;

	if (fd < 0)
		return err_sys(e, path, "cannot open");
	n = file_read_fd(fd, path, 1 << 20, &b, e);
	close(fd);
	*out_bytes = arena_memdup(&f->arena, buf_str(&b), b.len);
	*out_len = b.len;
	return n;
}

static inline struct evidence
folder_evidence(struct folder *f)
{
	return (struct evidence){ .ctx = f, .entry = folder_entry,
		.find = folder_find, .bytes = folder_bytes };
}

#endif
