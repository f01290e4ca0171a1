/* SPDX-License-Identifier: MIT */
#ifndef AGENT_CHANGETEXT_H
#define AGENT_CHANGETEXT_H

#include "agent/ledto.h"
#include "agent/semantic/worddiff.h"
#include "snapshots/compare.h"
#include "base/buf.h"
#include "base/err.h"

/* Where the bytes of either side of a change come from. */
struct change_content {
	int (*was)(void *ctx, const struct entry *en, struct buf *out,
	    struct err *e);
	int (*is)(void *ctx, const struct entry *en, struct buf *out,
	    struct err *e);
	void *ctx;
	struct ledto led;	/* of the older side; none: links lead
				 * nowhere */
};

/* One line: "changed  /etc/fstab: content, mode 0644 -> 0600". */
void change_line(struct buf *out, const struct change *c);
/*
 * The line, and the difference of contents as a unified diff, escaped for a
 * terminal. Of secrets only that they differ.
 */
int change_diff(const struct change *c, const struct change_content *from,
    enum word_style style, struct buf *out, struct err *e);
/* Only the difference, of two contents that are known. */
int change_diff_texts(const char *path, const struct buf *was,
    const struct buf *is, enum word_style style, struct buf *out,
    struct err *e);
/* Whether a diff is to be shown: 1; 0 when there is none, or none that may be,
 * which is then said. */
int change_has_diff(const struct change *c, struct buf *out);
bool change_is_secret(const struct change *c);
/* ", it was a link to x" where a file or something else took its place. */
void change_add_target(struct buf *out, const struct entry *was,
    const struct entry *is);
/* The members of an object that is open; contents are not in it. */
struct json;
void change_json(struct json *j, const struct change *c);

#endif
