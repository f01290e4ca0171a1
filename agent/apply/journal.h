/* SPDX-License-Identifier: MIT */
#ifndef AGENT_APPLY_JOURNAL_H
#define AGENT_APPLY_JOURNAL_H

#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/root.h"
#include "base/strlist.h"

/*
 * journal/ID: a restore is under way, and what the rollback of the same id
 * does not say but whoever takes it back needs to know.
 */
struct journal {
	char *id, *root;	/* root: where it really is */
	struct strlist folders;	/* where temporaries may lie */
	/* Flags taken off folders while names in them change. */
	struct loosened {
		const char *path;	/* of the arena */
		uint32_t flags;
	} *loosened;
	size_t n, cap;
	struct arena arena;
};

void journal_loosened(struct journal *j, const char *path, uint32_t flags);
/* On disk for good when it returns 0. */
int journal_write(int store_fd, const struct journal *j, struct err *e);
/* 1 and the journal that lies there, 0 when none does. */
int journal_find(int store_fd, struct journal *out, struct err *e);
/* Removes what writing a journal left when it was cut off. */
int journal_sweep(int store_fd, struct err *e);
/* The restore is whole: the journal goes. */
int journal_remove(int store_fd, const char *id, struct err *e);
/* It was taken back: the journal goes and the rollback is marked, in one. */
int journal_retire(int store_fd, const char *id, struct err *e);
void journal_done(struct journal *j);
void drop_journal(struct journal *j);		/* for CLEANUP */

/* Where the root really is. */
char *journal_root(const struct root *r);

/* The full path of the script of that id's rollback. */
char *journal_script(int store_fd, const char *id);

#endif
