/* SPDX-License-Identifier: MIT */
#include "agent/tell/program.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/tr.h"

/* In a folder like /tmp everybody can add, but nobody can replace. */
static bool
is_others(const struct stat *st)
{
	return (st->st_uid != 0 && st->st_uid != geteuid()) ||
	    (!S_ISLNK(st->st_mode) && (st->st_mode & 022) != 0 &&
	    (!S_ISDIR(st->st_mode) || (st->st_mode & S_ISVTX) == 0));
}

static int
check_way(const char *path, struct err *e)
{
	CLEANUP(drop_free) char *part = xstrdup(path);

	for (char *end = part + strlen(part); end != NULL;
	    end = strrchr(part, '/')) {
		struct stat st;
		const char *at;

		*end = '\0';
		at = part[0] != '\0' ? part : "/";
		if (lstat(at, &st) < 0)
			return err_sys(e, path, _("cannot be run"));
		if (is_others(&st))
			return err_set(e, ERR_INPUT, path, _("is not run: "
			    "others can change '%s' [chown root: and chmod "
			    "go-w]"), at);
	}
	return 0;
}

int
program_check(const char *path, struct err *e)
{
	CLEANUP(drop_free) char *real = realpath(path, NULL);
	struct stat st;

	if (real == NULL || stat(real, &st) < 0 || access(real, X_OK) < 0)
		return err_sys(e, path, _("cannot be run"));
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_INPUT, path, _("is no program"));
	return check_way(path, e) < 0 || check_way(real, e) < 0 ? -1 : 0;
}
