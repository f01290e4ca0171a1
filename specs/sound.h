/* SPDX-License-Identifier: MIT */
#ifndef SPECS_SOUND_H
#define SPECS_SOUND_H

#include "specs/judge.h"

/*
 * `sound`: what is wrong with a file whatever it is meant to do, because the
 * program that reads it would refuse it, pass over a part of it, or do the
 * opposite. Only what is certainly wrong is told.
 */

void sound_pam(struct judge *j);
void sound_unit(struct judge *j);

/* Tells e: unknown where something could not be read, else it fails. */
void sound_wrong(struct judge *j, const struct err *e);

enum { SOUND_FOLDER = 2 };
/* 1, SOUND_FOLDER, 0 when nothing is there, -1 when that cannot be told. */
int sound_look(struct judge *j, const char *path);

#endif
