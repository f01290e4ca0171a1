/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PKG_OWNERSTEXT_H
#define AGENT_PKG_OWNERSTEXT_H

#include "agent/pkg/owners.h"

/*
 * Packages and their files as text, for what is kept of a transaction and for
 * what driftctl-rpm prints. Words are those of text_encode; what files were
 * asked for comes first, a file belongs to the package above it, and the last
 * line counts the others, so that a list that was cut off is none:
 *
 *	driftctl-owners 1
 *	asked /etc
 *	package rpm sshd 9.6p1-2 x86_64	(dpkg: [removed] [stamp=9f…])
 *	file /etc/ssh/sshd_config config,noreplace mode=0600 owner=root
 *	    group=root sha256=5f…	(on one line)
 *	end 2
 */
void ownerstext_write(const struct owners *o, struct buf *out);

/* In pieces, for whoever does not hold all of it. */
void ownerstext_begin(struct buf *out);
void ownerstext_package(struct buf *out, const struct package *p);
void ownerstext_file(struct buf *out, const struct owned *f);
void ownerstext_end(struct buf *out, size_t lines);

/* Adds what the text says; owners_settle is the caller's. */
int ownerstext_parse(const char *name, const char *bytes, size_t len,
    struct owners *out, struct err *e);

#endif
