/* SPDX-License-Identifier: MIT */
#ifndef SPECS_CATALOGUE_H
#define SPECS_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "specs/diagnostics.h"
#include "specs/spec.h"

/*
 * What `applies` and `${…}` may ask of the machine. Gathering it is the
 * caller's; the catalogue only asks.
 */
struct facts {
	const char *hostname, *os_id, *os_version, *arch;
	void *ctx;
	bool (*has_package)(void *ctx, const char *name);
	bool (*has_path)(void *ctx, const char *path);
};

/* A variable: one value, or a list. A site's variables from driftctl.yaml
 * override those of every spec. */
struct variable {
	const char *name;
	struct texts values;
};

struct variables {
	struct variable *items;
	size_t n, cap;
};

/* One YAML file, read by the caller. */
struct spec_source {
	const char *file;	/* for messages */
	const char *bytes;
	size_t len;
	const char *extends;	/* NULL, or the name of the spec it adds to */
};

struct catalogue {
	struct arena arena;
	struct spec **specs;	/* all, sorted by name */
	size_t n;
};

/*
 * Parses all sources into one catalogue, which copies what it keeps. Sources
 * without `extends` define a spec, named as their file is; those with it add
 * to it in the order given (vars override, a rule with a known id overrides
 * key by key, `disable: true` switches off, others are added). A source of no
 * bytes at all masks its spec: nothing is defined, and what extends it falls
 * away with it. Every mistake goes to diags, which come back sorted, and the
 * call still returns what could be understood; the caller decides whether to
 * go on. site may be NULL; so may facts, then every spec applies.
 */
void catalogue_build(struct catalogue *c, const struct spec_source *sources,
    size_t n, const struct variables *site, const struct facts *facts,
    struct diagnostics *diags);
void catalogue_done(struct catalogue *c);

/* "SPEC/ID" or a bare id that is unique; NULL when there is none. */
const struct rule *catalogue_rule(const struct catalogue *c, const char *id);

/*
 * Reads a folder into sources: NAME.yaml defines, NAME.d/ *.yaml extends, each
 * in the order of names. Call it for folder after folder: a file masks that of
 * the same name in an earlier one, a symlink to /dev/null does so with no
 * bytes. Files and folders that anybody but root, the caller and the trusted
 * owner can write are refused, and so are they where a folder that they lie in
 * is such; so is what is no regular file or larger than NODE_BYTES_MAX.
 * Refusals and unreadable files are diagnostics. Everything
 * read belongs to the arena. dirfd may be O_PATH; dir is its name for
 * messages; trust may be NULL.
 */
struct spec_trust {
	unsigned owner;		/* trusted besides root */
	bool group_writable;	/* a group-writable file of gid is fine */
	unsigned gid;
	struct stat top;	/* what lies above it is not looked at */
};

struct spec_sources {
	struct spec_source *items;
	size_t n, cap;
	struct texts of_root;	/* files that nobody but root can change */
	struct texts refused;	/* files that define, and do not count */
};

void catalogue_read_folder(struct arena *a, int dirfd, const char *dir,
    const struct spec_trust *trust, struct spec_sources *out,
    struct diagnostics *diags);

/* Tells each spec of the catalogue built from these sources whether all files
 * that it is made of are root's alone. */
void catalogue_set_owners(struct catalogue *c, const struct spec_sources *s);

#endif
