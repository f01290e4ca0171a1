/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/glob.h"
#include "base/text.h"
#include "specs/lenses.h"
#include "specs/lensmodules.h"

/* Leftovers of editors and package managers, which no wildcard means. */
static const char *const leftovers[] = { "~", ".bak", ".old", ".augnew",
	".augsave", ".dpkg-dist", ".dpkg-bak", ".dpkg-new", ".dpkg-old",
	".rpmsave", ".rpmnew", NULL };

static bool
is_leftover(const char *path)
{
	for (size_t i = 0; leftovers[i] != NULL; i++)
		if (text_ends(path, leftovers[i]))
			return true;
	return false;
}

static bool
reads(const char *paths, const char *path)
{
	char pattern[256];
	bool found = false;

	for (size_t n; *paths != '\0'; paths += n + (paths[n] == ' ')) {
		bool negated = *paths == '!';

		paths += negated;
		n = strcspn(paths, " ");
		if (n >= sizeof(pattern))
			continue;
		memcpy(pattern, paths, n);
		pattern[n] = '\0';
		if (!glob_path(pattern, path) || (is_leftover(path) &&
		    !glob_literal(pattern, n)))
			continue;
		if (negated)
			return false;
		found = true;
	}
	return found;
}

const char *
lenses_for_path(const char *path)
{
	for (size_t i = 0; i < lens_modules_n; i++)
		if (reads(lens_modules[i].paths, path))
			return lens_modules[i].name;
	return NULL;
}

const char *const lenses_folders[] = {
	"/usr/share/augeas/lenses",
	"/usr/share/augeas/lenses/dist",
	NULL
};

/* A module of the site's own is a file named after it in small letters. */
static bool
is_installed(const char *name, size_t len)
{
	char path[256];

	for (size_t i = 0; lenses_folders[i] != NULL; i++) {
		size_t n = strlen(lenses_folders[i]);

		if (n + len + 6 > sizeof(path))
			return false;
		memcpy(path, lenses_folders[i], n);
		path[n++] = '/';
		for (size_t k = 0; k < len; k++)
			path[n++] = (char)(name[k] >= 'A' && name[k] <= 'Z' ?
			    name[k] - 'A' + 'a' : name[k]);
		memcpy(path + n, ".aug", 5);
		if (access(path, R_OK) == 0)
			return true;
	}
	return false;
}

static bool
is_module(const char *name, size_t len)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

	return len > 0 && name[0] >= 'A' && name[0] <= 'Z' &&
	    strspn(name, letters) == len;
}

bool
lenses_has(const char *name, const char **out_near)
{
	const char *words[LENS_MODULES_MAX + 1] = { NULL };
	size_t len = strcspn(name, ".");

	*out_near = NULL;
	for (size_t i = 0; i < lens_modules_n; i++) {
		words[i] = lens_modules[i].name;
		if (strlen(words[i]) == len &&
		    memcmp(words[i], name, len) == 0)
			return true;
		/* Often all that is wrong is the capital. */
		if (strcasecmp(words[i], name) == 0)
			*out_near = words[i];
	}
	if (*out_near == NULL)
		*out_near = text_nearest(name, words);
	return is_module(name, len) && is_installed(name, len);
}
