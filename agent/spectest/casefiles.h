/* SPDX-License-Identifier: MIT */
#ifndef AGENT_SPECTEST_CASEFILES_H
#define AGENT_SPECTEST_CASEFILES_H

#include "agent/spectest/speccase.h"
#include "base/strlist.h"
#include "snapshots/manifest.h"

/* The files of a test case with their content, in memory. */
struct casefiles {
	struct manifest manifest;	/* its arena holds all there is */
	struct {
		struct case_content {
			const char *bytes;	/* NULL: it has none */
			size_t len;
		} *items;
		size_t n, cap;
	} contents;		/* as many as entries, in their order */
	struct strlist closed;	/* folders that cannot be looked into */
	struct diagnostics *diags;
	int64_t now;
};

/*
 * What the folders of `root` hold, with files laid over it. Who owns these
 * folders is of no account: what is not said to be another's is root's, a file
 * is 0644 or, where its owner may run it, 0755, a folder 0755, and all of it
 * was changed at `now`. What cannot be had is told; the rest is there all the
 * same.
 */
void casefiles_make(const struct spec_case *c, const struct case_files *over,
    int64_t now, struct casefiles *out, struct diagnostics *diags);
void casefiles_done(struct casefiles *f);

/* NULL, or the content of an entry of these files. */
const struct case_content *casefiles_content(const struct casefiles *f,
    const struct entry *en);
/* What is at path, symlinks followed to the end, or NULL. */
const struct entry *casefiles_follow(const struct casefiles *f,
    const char *path);

#endif
