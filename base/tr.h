/* SPDX-License-Identifier: MIT */
#ifndef BASE_TR_H
#define BASE_TR_H

#include <libintl.h>

/*
 * Every text a user can meet goes through _() (looked up where it is used) or
 * N_() (only marked, in a table), so that xgettext finds it.
 */
#define _(s) gettext(s)
#define N_(s) (s)

/* The same of a word that means several things: where says which. */
#define C_(where, s) tr_in(where "\004" s, s)
/* Marked only, in a table; tr_in looks it up. */
#define NC_(where, s) where "\004" s
static inline const char *
tr_in(const char *key, const char *text)
{
	const char *found = gettext(key);

	return found == key ? text : found;
}

#endif
