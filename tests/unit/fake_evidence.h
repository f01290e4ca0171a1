/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_FAKE_EVIDENCE_H
#define TESTS_UNIT_FAKE_EVIDENCE_H

#include <string.h>

#include "base/glob.h"
#include "specs/eval.h"

/* A machine of a few entries in memory, ended by one without a path. */
struct fake_file {
	struct entry en;
	const char *text;	/* NULL: cannot be read */
	size_t len;		/* 0: that of text */
	struct oid was;		/* of the baseline; zero: not in it */
};

static inline const struct fake_file *
fake_find(const struct fake_file *f, const char *path)
{
	for (; f->en.path != NULL; f++)
		if (strcmp(f->en.path, path) == 0)
			return f;
	return NULL;
}

static inline const struct entry *
fake_entry(void *ctx, const char *path)
{
	const struct fake_file *f = fake_find(ctx, path);

	return f != NULL ? &f->en : NULL;
}

static inline void
fake_glob(void *ctx, const char *pattern,
    void (*each)(void *arg, const struct entry *en), void *arg)
{
	for (const struct fake_file *f = ctx; f->en.path != NULL; f++)
		if (glob_path(pattern, f->en.path))
			each(arg, &f->en);
}

static inline int
fake_bytes(void *ctx, const char *path, const char **out_bytes,
    size_t *out_len, struct err *e)
{
	const struct fake_file *f = fake_find(ctx, path);

	/* Absolute targets are enough for the tests. */
	while (f != NULL && f->en.kind == ENTRY_SYMLINK)
		f = fake_find(ctx, f->en.target);
	if (f == NULL)
		return err_set(e, ERR_MISSING, path, "is not there");
	if (f->text == NULL)
		return err_set(e, ERR_SYSTEM, path, "cannot open");
	*out_bytes = f->text;
	*out_len = f->len > 0 ? f->len : strlen(f->text);
	return 0;
}

static inline const struct entry *
fake_baseline(void *ctx, const char *path)
{
	static struct entry was;
	const struct fake_file *f = fake_find(ctx, path);

	if (f == NULL || oid_is_zero(&f->was))
		return NULL;
	was = f->en;
	was.content = CONTENT_STORED;
	was.oid = f->was;
	return &was;
}

static inline struct evidence
fake_evidence(const struct fake_file *files)
{
	return (struct evidence){
		.ctx = (void *)(uintptr_t)files,
		.entry = fake_entry,
		.find = fake_glob,
		.bytes = fake_bytes,
		.baseline = fake_baseline,
	};
}

#endif
