/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PACKAGES_H
#define AGENT_PACKAGES_H

#include <stdbool.h>

#include "agent/inputs.h"
#include "base/root.h"

/* Names of the installed packages, from dpkg's status file and rpm. */
struct packages;

/* Files that were looked at are added to inputs. No database: no packages. */
struct packages *packages_load(const struct root *r, struct inputs *inputs);
void packages_free(struct packages *p);
bool packages_has(const struct packages *p, const char *name);
/* Why a database that is there could not be read, or NULL. */
const struct err *packages_trouble(const struct packages *p);

#endif
