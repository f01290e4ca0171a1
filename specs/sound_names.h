/* SPDX-License-Identifier: MIT */
#ifndef SPECS_SOUND_NAMES_H
#define SPECS_SOUND_NAMES_H

#include <stdbool.h>

/*
 * The sections and keys of systemd's units. systemd passes over what it does
 * not know, and a newer one knows more than this table, so a name is only
 * called wrong where it is one slip away from a known one.
 */

/* The section that was meant, NULL where name is known or unlike any. */
const char *sound_meant_section(const char *name);
/* The same of a key in a section. */
const char *sound_meant_key(const char *section, const char *key);

/* One letter more, less, other or swapped with the next, or other case. */
bool sound_slip(const char *a, const char *b);

#endif
