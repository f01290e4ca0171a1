/* SPDX-License-Identifier: MIT */
#include "agent/ownfiles.h"

#include <limits.h>
#include <link.h>
#include <unistd.h>

#include "specs/lenses.h"

struct telling {
	void (*each)(void *arg, const char *path);
	void *arg;
};

static int
tell_library(struct dl_phdr_info *info, size_t size, void *telling)
{
	const struct telling *t = telling;

	(void)size;
	/* The program has no name here, and the vdso no path. */
	if (info->dlpi_name[0] == '/')
		t->each(t->arg, info->dlpi_name);
	return 0;
}

void
ownfiles_each(void (*each)(void *arg, const char *path), void *arg)
{
	struct telling t = { each, arg };
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n > 0) {
		self[n] = '\0';
		each(arg, self);
	}
	dl_iterate_phdr(tell_library, &t);
	for (size_t i = 0; lenses_folders[i] != NULL; i++)
		each(arg, lenses_folders[i]);
}
