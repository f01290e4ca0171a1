/* SPDX-License-Identifier: MIT */
#ifndef SPECS_LENS_H
#define SPECS_LENS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

/*
 * The library of lenses, in this process: what is read here must be trusted,
 * since a few bytes can make it crash or loop. Others ask lenses.h.
 */
struct lens;

struct lens *lens_open(struct err *e);	/* NULL with e */
void lens_close(struct lens *l);
void drop_lens(struct lens **l);	/* for CLEANUP */

/* Reads a text with a lens ("Sshd" or "Sshd.lns"); the next calls are about
 * it. name is for messages. -1 with the line where it is not in the format. */
int lens_read(struct lens *l, const char *lens, const char *name,
    const char *bytes, size_t len, struct err *e);

struct lens_value {
	const char *text;	/* "" for a node without a value */
	unsigned line;		/* 0 when unknown */
};

struct lens_values {
	struct lens_value *items;	/* in the arena */
	size_t n, cap;
};

/* The values of all nodes that match picks. */
int lens_pick(struct lens *l, const char *match, struct arena *a,
    struct lens_values *out, struct err *e);

/* A node of the tree and how deep it is, from 1, in the tree's order. */
struct lens_node {
	const char *label;
	const char *value;	/* NULL: none */
	unsigned depth, line;
};

struct lens_nodes {
	struct lens_node *items;	/* in the arena */
	size_t n, cap;
};

/* All that was read, without comments and empty lines. */
int lens_nodes(struct lens *l, struct arena *a, struct lens_nodes *out,
    struct err *e);

enum lens_op {
	LENS_SET,	/* the value of node i of match */
	LENS_REMOVE,	/* node i and all below it */
	LENS_MAKE,	/* the node that match names, which is not there */
	LENS_ADD,	/* one more beside the last node of match */
};

struct lens_edit {
	enum lens_op op;
	const char *match, *value;
	size_t i;
};

/* The text after one edit. -1 where the lens cannot write it, or would change
 * bytes that have nothing to do with it. */
int lens_write(struct lens *l, const struct lens_edit *edit, struct buf *out,
    struct err *e);

/* -1 with what is wrong when match is no path expression. */
int lens_check(const char *match, struct err *e);

#endif
