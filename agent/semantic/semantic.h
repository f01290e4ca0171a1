/* SPDX-License-Identifier: MIT */
#ifndef AGENT_SEMANTIC_SEMANTIC_H
#define AGENT_SEMANTIC_SEMANTIC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "specs/lenses.h"
#include "specs/view.h"

/*
 * What differs between two versions of a file by what its format says, told in
 * sentences: "auth: pam_sss.so lost 'use_first_pass'". Pure, but for lenses.
 */
enum semantic_kind {
	SEMANTIC_ADDED,
	SEMANTIC_REMOVED,
	SEMANTIC_CHANGED,	/* was -> is */
	SEMANTIC_MOVED,		/* stands elsewhere, where that matters */
	SEMANTIC_GAINED,	/* one word more in a list: `is` */
	SEMANTIC_LOST,		/* one less: `was` */
	SEMANTIC_LAYOUT,	/* comments, spacing, order without meaning */
	SEMANTIC_KINDS
};

struct semantic_change {
	enum semantic_kind kind;
	const char *place;	/* "[domain/x] id_provider", "" = the file */
	/* What it was and is; NULL where there is none or it is secret. */
	const char *was, *is;
	/* MOVED: `is` stands before or after this; NULL where it is secret. */
	const char *beside;
	bool before;
	bool secret;
	unsigned was_line, is_line;	/* 0 = none or unknown */
	const char *sentence;	/* raw bytes: escape it for a terminal */
};

enum semantic_outcome {
	SEMANTIC_TOLD,		/* items say all (none: the same bytes) */
	SEMANTIC_UNKNOWN,	/* no format is known for it */
	SEMANTIC_UNREAD_WAS,	/* the older version does not parse: wrong */
	SEMANTIC_UNREAD_IS,	/* the newer one: wrong says why */
	SEMANTIC_TOO_LARGE,
};

struct semantic {
	struct arena arena;
	enum semantic_outcome outcome;
	const char *format;	/* "pam", "the lens Sudoers"; or NULL */
	struct err wrong;	/* says nothing of a secret file's bytes */
	struct semantic_change *items;
	size_t n, cap;
};

struct semantic_text {
	const char *bytes;
	size_t len;
};

struct semantic_input {
	const char *path;
	const struct view *view;	/* NULL: what the path is read with */
	struct lenses *lenses;		/* NULL: views alone */
	bool secret;			/* values are not told */
	struct semantic_text was, is;
};

/* The word of the schema. */
const char *semantic_kind_name(enum semantic_kind k);
/* Fills out, which the caller ends; never fails. */
void semantic_compare(const struct semantic_input *in, struct semantic *out);
void semantic_done(struct semantic *s);
void drop_semantic(struct semantic *s);	/* for CLEANUP */

/*
 * One line on all that differs, for a finding: the only change, or the first
 * and how many more there are. False where a format tells nothing (it is
 * unknown, does not parse, is too large). Without lenses: it costs little.
 */
bool semantic_summary(const char *path, const struct semantic_text *was,
    const struct semantic_text *is, bool secret, struct buf *out);

#endif
