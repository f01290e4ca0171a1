/* SPDX-License-Identifier: MIT */
#include "base/secrets.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "base/scope.h"

static const char *const suffixes[] = {
	".rpmsave", ".rpmnew", ".rpmorig", ".dpkg-dist", ".dpkg-old",
	".dpkg-new", ".dpkg-bak", ".dpkg-backup", ".dpkg-tmp", ".ucf-dist",
	".ucf-old", ".ucf-new", ".pacnew", ".pacsave", ".driftctl-merge",
	".bak", ".old", ".orig", ".save", ".backup",
	"-", "~",
};

/* How much of the name is left without its last suffix; 0: it has none. */
static size_t
without_suffix(const char *name, size_t len)
{
	size_t n = len;

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		size_t k = strlen(suffixes[i]);

		if (len > k && memcmp(name + len - k, suffixes[i], k) == 0)
			return len - k;
	}
	/* x.rpmsave.1, and of x.~1~ what is left. */
	while (n > 0 && isdigit((unsigned char)name[n - 1]))
		n--;
	if (n == len)
		return 0;
	if (n > 1 && name[n - 1] == '~')
		n--;
	return n > 1 && name[n - 1] == '.' ? n - 1 : 0;
}

bool
secrets_has(const struct scope *secrets, const char *path)
{
	CLEANUP(drop_free) char *of = NULL;
	char *name;
	size_t n;

	if (scope_tracks(secrets, path))
		return true;
	of = xstrdup(path);
	name = of + (path_name(path) - path);
	while ((n = without_suffix(name, strlen(name))) > 0) {
		name[n] = '\0';
		if (scope_tracks(secrets, of))
			return true;
	}
	return false;
}
