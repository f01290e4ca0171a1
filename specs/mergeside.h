/* SPDX-License-Identifier: MIT */
#ifndef SPECS_MERGESIDE_H
#define SPECS_MERGESIDE_H

#include "base/err.h"
#include "base/mem.h"
#include "specs/view.h"

/*
 * One version of a file on its way into a merge: what its format makes of it,
 * by name. All assignments to one key of one section are a group, and so is
 * one row of a table; groups are sorted, so that versions are compared by
 * walking them side by side.
 */
struct mergegroup {
	bool row;
	const char *section, *name;	/* of a row: "", what it is known by */
	/* The nodes that make it: assignments, or the row alone. */
	const struct view_node *const *nodes;
	size_t n_nodes;
	/* The values: one an assignment, or one a field. */
	const struct view_node *const *values;
	size_t n_values;
	size_t order;	/* of its first node in the file */
};

/* A node that belongs to a group, in the file's order. */
struct mergenode {
	const struct view_node *node;
	const struct view_node *section;
	size_t group;
	bool shared;	/* another one stands on the same line */
};

struct mergeside {
	const struct view *view;
	const char *bytes;
	size_t len;
	struct arena arena;
	struct view_node top;
	struct mergegroup *groups;
	size_t n_groups;
	struct mergenode *nodes;
	size_t n_nodes;
};

/* True where versions of this format can be merged by what they say. */
bool mergeside_knows(const struct view *view);
/* True where a row is taken or left as one. */
bool mergeside_whole_rows(const struct view *view);
/*
 * Reads one version; -1 where it does not parse, or has two rows that cannot
 * be told apart. The bytes must outlive the side.
 */
int mergeside_read(const struct view *view, const char *bytes, size_t len,
    struct mergeside *out, struct err *e);
void mergeside_done(struct mergeside *s);
void drop_mergeside(struct mergeside *s);	/* for CLEANUP */

/* Order of groups: < 0, 0 (the same key or row), > 0. */
int mergegroup_cmp(const struct view *v, const struct mergegroup *a,
    const struct mergegroup *b);
/* The group that is the same in this side, or NULL. */
const struct mergegroup *mergeside_find(const struct mergeside *s,
    const struct mergegroup *like);
/* Whether both have the same values; NULL is no group. */
bool mergegroup_same(const struct mergegroup *a, const struct mergegroup *b);
/* Appends the lines that are neither blank, nor a comment, nor of any group or
 * section: the commands of a shell script. */
void mergeside_rest(const struct mergeside *s, struct buf *out);

#endif
