/* SPDX-License-Identifier: MIT */
#ifndef AGENT_SEMANTIC_SENSE_H
#define AGENT_SEMANTIC_SENSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "specs/lenses.h"
#include "specs/view.h"

/*
 * What a file says, whatever its format: a tree in which each thing has a name
 * it is found again by in another version, and one that a person calls it by.
 */
enum sense_flag {
	/* Of the value: */
	SENSE_WORDS = 1 << 0,	/* a list of words */
	SENSE_OPTIONS = 1 << 1,	/* each word says something on its own */
	SENSE_SET = 1 << 2,	/* their order says nothing */
	SENSE_QUOTED = 1 << 3,	/* they are told in quotes */
	SENSE_SECRET = 1 << 4,	/* it is never told */
	SENSE_OPAQUE = 1 << 5,	/* too much to be told */
	/* Of the children: */
	SENSE_ORDERED = 1 << 6,	/* their order has a meaning */
	SENSE_REPEATS = 1 << 7,	/* that of those of the same name has one */
	SENSE_PAIRED = 1 << 8,	/* what lost its name is found by the rest */
	/* Of the node: */
	SENSE_SECTION = 1 << 9,	/* told as "[name] what is in it" */
	SENSE_TWIN = 1 << 11,	/* another is called as it is */
	SENSE_MARK = 1 << 10,	/* told elsewhere, stands here for the order */
};

struct sense {
	const char *name, *key;	/* what it is, and which of these */
	const char *label;	/* for a person; "" = does not speak of it */
	const char *value;	/* NULL: none */
	const char *gist;	/* all that it says, or NULL: the value */
	const struct view *view;	/* what tells the words of the value */
	unsigned line, flags;
	const struct sense *parent;
	struct sense *child, *last, *next;
	size_t n;		/* of children */
	uint64_t hash;		/* of all but label, gist and line */
};

/* A tree on its way; what it has belongs to the arena. */
struct sensing {
	struct arena *arena;
	size_t n;		/* nodes made */
	void *known;		/* what sense_once made, by its name */
};

/* More than these are not compared by what they say. */
enum { SENSE_NODES_MAX = 200 * 1000, SENSE_BYTES_MAX = 4 * 1024 * 1024 };

/* A last child of parent (NULL: a root) with "" for key and label. */
struct sense *sense_add(struct sensing *s, struct sense *parent,
    const char *name);
/* A child with a value that is called by its name. */
struct sense *sense_leaf(struct sensing *s, struct sense *parent,
    const char *name, const char *value, unsigned line);
/* The child of this name and key; made where there is none, *out_new then. */
struct sense *sense_once(struct sensing *s, struct sense *parent,
    const char *name, const char *key, bool *out_new);
/* The first of its parent, name and key that this was asked of. */
struct sense *sense_first(struct sensing *s, struct sense *n);
/* From now on n is what sense_once finds. */
void sense_known(struct sensing *s, struct sense *n);
void drop_sensing(struct sensing *s);	/* for CLEANUP; the tree stays */
/* Once the tree is whole: what sense_same goes by. */
void sense_hash(struct sense *root);
bool sense_same(const struct sense *a, const struct sense *b);

int sense_too_many(const char *path, struct err *e);

/* What a file is made of, or -1 where the view cannot read it. */
int sense_view(const struct view *v, const char *path, const char *bytes,
    size_t len, struct arena *a, struct sense **out, struct err *e);
int sense_xml(const char *path, const char *bytes, size_t len,
    struct arena *a, struct sense **out, struct err *e);
int sense_lens(struct lenses *l, const struct lens_text *text,
    struct arena *a, struct sense **out, struct err *e);
/* The parts of sense_view that have files of their own. */
int sense_pam(struct sensing *s, const char *path, const char *bytes,
    size_t len, struct sense *root, struct err *e);
void sense_cron(struct sensing *s, const struct view *v, const char *bytes,
    const struct view_node *row, struct sense *root);

#endif
