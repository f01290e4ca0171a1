/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PKGLOCK_H
#define AGENT_PKGLOCK_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/root.h"

/*
 * Waits until nobody holds the lock of rpm's or dpkg's database any more: the
 * package manager that we were started by may have been killed, while what it
 * had started goes on. but is the process whose hold does not count, as it
 * waits for us. False when that took longer than the seconds.
 */
bool pkglock_wait(const struct root *r, pid_t but, unsigned seconds);

#endif
