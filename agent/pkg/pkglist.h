/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PKGLIST_H
#define AGENT_PKGLIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/root.h"

/* Which packages are installed, by dpkg's database and by rpm's. */
struct pkg {
	const char *name, *arch, *version;	/* version with epoch */
};

/* Sorted by name, architecture, version; several versions of one name can be
 * there at once (kernels). Texts belong to the arena. */
struct pkglist {
	struct arena arena;
	struct pkg *items;
	size_t n, cap;
};

/* No database: no packages. What can be read is read, -1 where a database that
 * is there could not be. */
int pkglist_load(const struct root *r, struct pkglist *out, struct err *e);
/* The same of what was read already. */
struct owners;
int pkglist_take(const struct owners *o, struct pkglist *out, struct err *e);
void pkglist_done(struct pkglist *l);
void drop_pkglist(struct pkglist *l);		/* for CLEANUP */

void pkglist_add(struct pkglist *l, const char *name, const char *arch,
    const char *version);
void pkglist_sort(struct pkglist *l);

/* Our own text: one package a line. */
void pkglist_write(const struct pkglist *l, struct buf *out);
int pkglist_parse(const char *name, const char *bytes, size_t len,
    struct pkglist *out, struct err *e);

/* One package that came (was NULL), went (is NULL) or changed its version. */
struct pkgchange {
	const char *name, *arch, *was, *is;
};

/* Texts are borrowed from the lists. */
struct pkgchanges {
	struct pkgchange *items;
	size_t n, cap;
};

void pkglist_compare(const struct pkglist *was, const struct pkglist *is,
    struct pkgchanges *out);
void pkgchanges_done(struct pkgchanges *c);
void drop_pkgchanges(struct pkgchanges *c);	/* for CLEANUP */
/* Appends "NAME WAS -> IS", "NAME IS (new)", "NAME WAS (gone)". */
void pkgchange_text(const struct pkgchange *c, struct buf *out);

#endif
