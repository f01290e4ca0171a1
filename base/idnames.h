/* SPDX-License-Identifier: MIT */
#ifndef BASE_IDNAMES_H
#define BASE_IDNAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/root.h"

/*
 * Names of users and groups as the root's own etc/passwd and etc/group have
 * them: a mounted disk keeps its own. On the running system ids that are not
 * there are asked of the name service once.
 */
struct idnames;

/* Missing files mean no names; live is true for the running system. */
struct idnames *idnames_load(const struct root *r, bool live);
void idnames_free(struct idnames *n);

/* NULL when the id has no name. Not safe for two threads. */
const char *idnames_user(struct idnames *n, uint32_t uid);
const char *idnames_group(struct idnames *n, uint32_t gid);
/* 1 and the id, 0 when there is no such name. */
int idnames_uid(struct idnames *n, const char *user, uint32_t *out);
int idnames_gid(struct idnames *n, const char *group, uint32_t *out);

#endif
