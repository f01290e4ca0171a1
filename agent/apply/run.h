/* SPDX-License-Identifier: MIT */
#ifndef AGENT_APPLY_RUN_H
#define AGENT_APPLY_RUN_H

#include <stdbool.h>
#include <sys/stat.h>

#include "agent/apply/apply.h"
#include "agent/apply/folders.h"
#include "agent/apply/journal.h"
#include "base/buf.h"
#include "base/digest.h"

/*
 * One plan being carried out. A new folder is built whole under a temporary
 * name, with everything that belongs in it, and appears by one rename: `top`
 * is the task of that folder for all that is in it.
 */
struct task {
	const struct step *s;
	const struct task *top;	/* NULL: published by itself */
	struct stat was;	/* what stood there before, where known */
	bool there;
	bool skip;		/* an implied parent that is there already */
	bool swapped;		/* the old one now has the temporary's name */
	unsigned temp;		/* number of the temporary, from 1 */
};

struct run {
	const struct apply_options *o;
	const struct plan *plan;
	struct task *tasks;	/* of the plan's steps, in their order */
	size_t n, puts;		/* tasks[puts…] are the removals */
	struct folders folders;
	struct journal journal;
	bool recovering;
	struct digest *digest;
	struct {
		struct device {
			dev_t dev;
			int fd;
		} *items;
		size_t n, cap;
	} devices;
	struct buf path;	/* scratch of run_stage_path */
};

/*
 * Looks at what the plan's parents are now: finds the tops, gives out
 * temporaries, lists folders, file systems and the flags in the way.
 */
int run_prepare(struct run *r, struct err *e);
void run_done(struct run *r);
void drop_run(struct run *r);	/* for CLEANUP */

/* Saves what will be replaced, changed or removed: rollback and journal. */
int run_save(struct run *r, int store_fd, struct err *e);
/* Builds all new objects beside their targets, and syncs. */
int run_stage(struct run *r, struct err *e);
/* Is everything still as it was saved? */
int run_recheck(struct run *r, struct err *e);
/* Publishes what was staged, changes and removes the rest, and syncs. */
int run_publish(struct run *r, struct err *e);

/* The task of a path that is put or changed; NULL. */
struct task *run_task(const struct run *r, const char *path);
/* True when the plan removes path. */
bool run_removes(const struct run *r, const char *path);
/* True where a name comes, goes or is replaced in the folder that is there. */
bool run_is_structural(const struct task *t);
/* True when its inode flags must be set, behind all else. */
bool run_takes_flags(const struct task *t);
/* Where the task's new object is built; borrowed until the next call. */
const char *run_stage_path(struct run *r, const struct task *t);
/* The name of a temporary begins with this. */
void run_temp_prefix(const char *id, struct buf *out);
/* Takes off flags that are in the way, and puts them back. */
int run_loosen_folders(struct run *r, struct err *e);
int run_tighten_folders(struct run *r, struct err *e);
int run_sync(struct run *r, struct err *e);

/*
 * Removes a name and all that is below it, flags in the way or not; nothing
 * there is fine.
 */
int run_remove_tree(int dirfd, const char *name, const char *where,
    struct err *e);

#endif
