/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PKG_RPMPLAN_H
#define AGENT_PKG_RPMPLAN_H

#include <stdbool.h>

#include "agent/pkg/owners.h"

/*
 * What packages read from their files do to those that are installed, as text
 * between driftctl-rpm and who asks it; it stands behind the list of
 * ownerstext.h, in the order of that:
 *
 *	driftctl-plan 1
 *	comes FILE [beside]
 *	script %post /bin/sh BODY	(of the package above it)
 *	leaves NAME VERSION ARCH [FOR]
 *	script %postun /bin/sh BODY
 *	end
 */
void rpmplan_begin(struct buf *out);
/* beside: older versions stay. */
void rpmplan_comes(struct buf *out, const char *file, bool beside);
/* by: the package that comes for it, NULL: not known. */
void rpmplan_leaves(struct buf *out, const struct package *p, const char *by);
void rpmplan_script(struct buf *out, const char *name, const char *program,
    const char *body);
void rpmplan_end(struct buf *out);

/* Who reads one; texts last as long as the call. */
struct rpmplan_reader {
	void *ctx;
	void (*comes)(void *ctx, const char *file, bool beside);
	void (*leaves)(void *ctx, const struct package *p, const char *by);
	void (*script)(void *ctx, const char *name, const char *program,
	    const char *body);
};

/* Reads what stands behind the list in bytes. */
int rpmplan_parse(const char *name, const char *bytes, size_t len,
    const struct rpmplan_reader *to, struct err *e);

#endif
