/* SPDX-License-Identifier: MIT */
#ifndef SPECS_YAML_H
#define SPECS_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"
#include "specs/catalogue.h"

/*
 * The part of YAML that specs and driftctl.yaml are written in: texts, lists
 * and mappings from text to anything. One document a file, no anchors,
 * aliases or tags, no key twice: what a file says is what its reader sees.
 */
enum {
	NODE_BYTES_MAX = 4 * 1024 * 1024,
	NODE_DEPTH_MAX = 32,
};

enum node_kind {
	NODE_BAD,	/* was diagnosed already; say nothing more of it */
	NODE_TEXT,
	NODE_LIST,
	NODE_MAP,
};

/* One node, in the arena it was read into; at is where it starts. */
struct node {
	enum node_kind kind;
	struct place at;
	const char *text;	/* NODE_TEXT, without NUL, UTF-8 */
	bool plain;		/* written without quotes */
	struct {
		struct node **items;
		size_t n, cap;
	} list;			/* NODE_LIST */
	struct {
		struct node_pair *items;
		size_t n, cap;
	} map;			/* NODE_MAP, in the order of the file */
};

struct node_pair {
	const char *key;
	struct place at;	/* of the key */
	struct node *value;
};

/*
 * Reads one file into the arena. All that this part of YAML forbids goes to
 * diags; the tree is still good to go on with then, with NODE_BAD in place of
 * what could not be read. NULL when the file is no YAML at all, too deep, too
 * large or says nothing, which is diagnosed too. file is for the places and
 * must live as long as the tree.
 */
struct node *node_parse(const char *file, const char *bytes, size_t len,
    struct arena *a, struct diagnostics *diags);

/* The pair with this key, NULL when map is no mapping or has none. */
struct node_pair *node_find(const struct node *map, const char *key);
/* True for a key with nothing behind it, or with a plain `~` or `null`. */
bool node_is_nothing(const struct node *n);

#endif
