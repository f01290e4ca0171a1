/* SPDX-License-Identifier: MIT */
#ifndef AGENT_CHANGETEXT_H
#define AGENT_CHANGETEXT_H

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
};

/* One line: "changed  /etc/fstab: content, mode 0644 -> 0600". */
void change_line(struct buf *out, const struct change *c);
/*
 * The line, and the difference of contents as a unified diff, escaped for a
 * terminal. Of secrets only that they differ. color paints what goes and comes.
 */
int change_diff(const struct change *c, const struct change_content *from,
    bool color, struct buf *out, struct err *e);
/* The same as a member of a JSON list; contents are not in it. */
struct json;
void change_json(struct json *j, const struct change *c);

#endif
