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

#endif
