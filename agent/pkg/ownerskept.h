/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PKG_OWNERSKEPT_H
#define AGENT_PKG_OWNERSKEPT_H

#include "agent/pkg/owners.h"
#include "agent/pkg/pkglist.h"

/*
 * owners_load with a memory, STORE/packages: while the files of the databases
 * are what they were, nothing of them is read; of dpkg's, where they are not,
 * only the lists of packages that changed. What is kept is the lists as they
 * stand: where their paths lead is looked up each time. A missing or damaged
 * memory costs time only; one of a moment in which the databases were being
 * written is never believed.
 *
 * wanted is the same as a rule, what attribute_wanted asks for: another list is
 * another memory. NULL: the files that were asked for the last time, or none.
 */
void ownerskept_load(int store_fd, const struct root *r,
    const struct strlist *wanted, struct owners *out);
/* The same, of files only those with one of these names, which are sorted. */
void ownerskept_load_named(int store_fd, const struct root *r,
    const struct strlist *wanted, const struct strlist *file_names,
    struct owners *out);
/* The packages alone; as pkglist_load. */
int ownerskept_packages(int store_fd, const struct root *r,
    struct pkglist *out, struct err *e);

#endif
