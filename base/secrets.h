/* SPDX-License-Identifier: MIT */
#ifndef BASE_SECRETS_H
#define BASE_SECRETS_H

#include <stdbool.h>

struct scope;

/*
 * True when the scope tracks path, or what path is a backup of by its name:
 * package managers, editors and people leave shadow.rpmsave, x.key~ and
 * krb5.keytab.bak.1 behind, with the same secrets in them.
 */
bool secrets_has(const struct scope *secrets, const char *path);

#endif
