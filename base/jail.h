/* SPDX-License-Identifier: MIT */
#ifndef BASE_JAIL_H
#define BASE_JAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * What a child does to itself before it becomes the program of sandbox.h. It
 * may have been cloned from a process with threads, so nothing here allocates
 * or takes a lock: all is prepared in this struct.
 */
struct jail_mount {
	char *path;
	unsigned long flags;
};

struct jail {
	const char *const *scratch;	/* or NULL */
	struct jail_mount *mounts;	/* NULL: all at once */
	size_t n_mounts;
	bool has_user;
	uid_t uid;
	gid_t gid;
	gid_t groups[64];
	int n_groups;
	unsigned seconds;
};

enum jail_step { JAIL_DONE, JAIL_MOUNTS, JAIL_READ_ONLY, JAIL_TMP,
	JAIL_DEVICES, JAIL_SCRATCH, JAIL_RIGHTS, JAIL_USER, JAIL_START,
	JAIL_STEPS };

/* In new namespaces of mounts, network and processes. JAIL_DONE, or the step
 * that failed, with errno. */
enum jail_step jail_enter(const struct jail *j);
/* In the process that becomes the program. */
enum jail_step jail_drop(const struct jail *j);

#endif
