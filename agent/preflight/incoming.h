/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PREFLIGHT_INCOMING_H
#define AGENT_PREFLIGHT_INCOMING_H

#include "agent/pkg/owners.h"
#include "base/entry.h"
#include "base/idnames.h"
#include "base/mem.h"
#include "base/scope.h"

/*
 * What a transaction to come brings and takes away: packages as their files
 * have them, and those that will be removed. Plain values; strings belong to
 * the arena.
 */
struct script {
	const char *name;	/* "postinst", "%post"… */
	const char *program;	/* "/bin/sh", "<lua>"… */
	const char *body;
};

struct scripts {
	struct script *items;
	size_t n, cap;
};

struct coming {
	struct package package;
	const char *file;	/* where it was read from */
	struct scripts scripts;
	bool besides;		/* rpm: older versions stay, as of kernels */
};

struct leaving {
	struct package package;
	bool purged;		/* dpkg: with its conffiles */
	bool replaced;		/* by a version that comes */
	struct scripts scripts;
};

/* One path in the list of a package that comes. */
struct coming_file {
	struct owned owned;	/* package: index into coming */
	struct entry entry;	/* as it will be put there */
	bool has_bytes;
	const char *bytes;
	size_t len;
	bool remove_on_upgrade;	/* dpkg: the conffile is to go */
};

/* What could not be looked at, and how it can be had. */
struct wanting {
	const char *what, *why;
};

struct incoming {
	struct arena arena;
	struct {
		struct coming *items;
		size_t n, cap;
	} coming;
	struct {
		struct leaving *items;
		size_t n, cap;
	} leaving;
	struct {
		struct coming_file *items;
		size_t n, cap;
	} files;		/* by path once settled */
	struct {
		struct wanting *items;
		size_t n, cap;
	} wanting;
	const struct scope *scope;	/* bytes of these are kept */
	uint64_t max_size;		/* of files up to this size */
	uint64_t kept;			/* so many bytes so far */
};

void incoming_done(struct incoming *in);
void drop_incoming(struct incoming *in);	/* for CLEANUP */

/* Whether the bytes of a path are asked for. */
bool incoming_wants(const struct incoming *in, const char *path);
/* Or of one that a script of its package names, to put it elsewhere. */
bool incoming_named(const struct scripts *s, const struct entry *en);
/* Whether so many bytes more are not too much to keep. */
bool incoming_has_room(const struct incoming *in, uint64_t len);
/* A copy that lives as long as it does, with a NUL after it. */
char *incoming_keep(struct incoming *in, const char *bytes, size_t len);
struct coming *incoming_add(struct incoming *in, const struct package *p,
    const char *file);
struct leaving *incoming_add_leaving(struct incoming *in,
    const struct package *p);
struct coming_file *incoming_add_file(struct incoming *in);
void incoming_lacks(struct incoming *in, const char *what, const char *why);
/* Names are put where they really are below the root, files in order. */
void incoming_settle(struct incoming *in, const struct root *r);

/* What a package that comes has at path; of several the last one that ships
 * it. NULL: none. */
const struct coming_file *incoming_find(const struct incoming *in,
    const char *path);
/* What comes in place of a package that is installed, or NULL. */
const struct coming *incoming_comes_for(const struct incoming *in,
    const struct package *p);
/* This very package among those that leave, or NULL. */
const struct leaving *incoming_leaves(const struct incoming *in,
    const struct package *p);

#endif
