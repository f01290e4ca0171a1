/* SPDX-License-Identifier: MIT */
#include "agent/pkg/beside.h"

#include <string.h>

/* Endings that package managers and ucf(1) give what is not put in place. */
static const struct ending {
	const char *text;
	bool copy;	/* of what was there; else the package's version */
} endings[] = {
	{ ".rpmsave", true }, { ".rpmorig", true }, { ".rpmnew", false },
	{ ".dpkg-old", true }, { ".dpkg-bak", true },
	{ ".dpkg-backup", true }, { ".dpkg-remove", true },
	{ ".dpkg-dist", false }, { ".ucf-old", true }, { ".ucf-dist", false },
	{ ".ucf-new", false }, { ".pacsave", true }, { ".pacnew", false },
};
enum { N_ENDINGS = sizeof(endings) / sizeof(endings[0]) };

size_t
beside_of(const char *path)
{
	for (size_t i = 0; i < N_ENDINGS; i++) {
		size_t n = strlen(endings[i].text), len = strlen(path);

		if (len > n && strcmp(path + len - n, endings[i].text) == 0)
			return len - n;
	}
	return 0;
}

/* An older one that was lying there says nothing of this transaction. */
void
beside_look(const struct manifest *was, const struct manifest *is,
    const char *path, struct arena *a, struct beside *out)
{
	*out = (struct beside){ 0 };
	for (size_t i = 0; i < N_ENDINGS; i++) {
		const char *name = arena_printf(a, "%s%s", path,
		    endings[i].text);
		const struct entry *now = manifest_find(is, name);
		const struct entry *then = manifest_find(was, name);

		if (now == NULL || (then != NULL &&
		    entry_differs(then, now) == 0))
			continue;
		if (endings[i].copy)
			out->copy = name;
		else
			out->version = name;
	}
}
