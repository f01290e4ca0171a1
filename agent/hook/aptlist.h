/* SPDX-License-Identifier: MIT */
#ifndef AGENT_APTLIST_H
#define AGENT_APTLIST_H

#include "base/err.h"
#include "base/mem.h"

/* One package that apt is about to hand to dpkg. */
struct aptplan {
	const char *name, *arch, *was, *is;	/* versions; NULL: none */
	const char *file;	/* the .deb, "" when it only is configured or
				 * removed */
};

/* Texts belong to the arena. */
struct aptlist {
	struct arena arena;
	struct aptplan *items;
	size_t n, cap;
};

/*
 * What apt writes to the commands of DPkg::Pre-Install-Pkgs in version 2 or 3:
 * a line "VERSION 3", its configuration, an empty line, and one line for each
 * package and step. A package that is unpacked and configured is one.
 */
int aptlist_parse(const char *name, const char *bytes, size_t len,
    struct aptlist *out, struct err *e);
void aptlist_done(struct aptlist *l);
void drop_aptlist(struct aptlist *l);	/* for CLEANUP */

#endif
