/* SPDX-License-Identifier: MIT */
#ifndef SPECS_SOUND_START_H
#define SPECS_SOUND_START_H

#include "specs/judge.h"

/* Whether a unit of that name is there or made by a generator: 1, 0, or -1
 * where nothing can be said, as where systemd itself is not installed. */
int sound_unit_there(struct judge *j, const char *name);

/*
 * What keeps the unit at j->path, all of its drop-ins included, from being
 * loaded; and where this machine starts it or the site made it, from starting:
 * a program, file, user or unit that is not there.
 */
void sound_start(struct judge *j);

#endif
