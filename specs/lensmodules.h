/* SPDX-License-Identifier: MIT */
#ifndef SPECS_LENSMODULES_H
#define SPECS_LENSMODULES_H

#include <stddef.h>

/*
 * The modules of the library and the paths that each reads by itself ("!": not
 * these), as it tells them below /augeas/load once it has loaded all, which
 * takes too long to do in each run. A module without paths must be named.
 */
struct lens_module {
	const char *name, *paths;
};

enum { LENS_MODULES_MAX = 512 };

extern const struct lens_module lens_modules[];
extern const size_t lens_modules_n;	/* at most LENS_MODULES_MAX */

#endif
