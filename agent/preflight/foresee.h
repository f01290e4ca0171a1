/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PREFLIGHT_FORESEE_H
#define AGENT_PREFLIGHT_FORESEE_H

#include "agent/pkg/owners.h"
#include "agent/preflight/fate.h"
#include "agent/preflight/incoming.h"
#include "agent/preflight/script.h"
#include "snapshots/manifest.h"

/*
 * The machine as it will be when packages have come and gone: what is tracked,
 * and what packages have in their lists then. Opens nothing.
 */
enum foreseen_from {
	FORESEEN_LIVE,		/* what is there now, at `live` */
	FORESEEN_PACKAGE,	/* what `coming` has */
	FORESEEN_UNKNOWN,	/* nobody can tell its content: `why` */
};

/* A script that works on a path. */
struct mark {
	const char *path;	/* as it stands in the script, and real */
	const struct package *package;
	const struct script *script;
	struct script_act act;
};

struct foreseen {
	struct entry entry;
	bool gone;
	const struct mark *by;	/* a script that made it so, or NULL */
	enum foreseen_from from;
	const char *live;
	const struct coming_file *coming;
	const char *why;
};

/* A script that is longer than what is followed of one. */
struct script_cut {
	const struct package *package;
	const struct script *script;
};

struct foresight {
	struct arena arena;
	struct {
		struct foreseen **items;	/* by path */
		size_t n, cap;
	} paths;
	struct {
		struct mark **items;
		size_t n, cap;
	} marks;		/* whatever scripts name */
	struct {
		struct script_cut *items;
		size_t n, cap;
	} cut;
	struct manifest is;	/* those that are not gone */
	struct owners after;
};

struct foresee_input {
	const struct owners *before;
	const struct manifest *was;
	const struct incoming *in;
	enum fate_answer answer;
	/* Whether what is foreseen is as f has it. */
	enum pristine (*pristine)(void *ctx, const struct owned *f,
	    const struct foreseen *x);
	/* The digest of the vendor's version that ucf(1) knows, or NULL. */
	const char *(*ucf)(void *ctx, const char *path);
	/* Appends where a path really is. */
	void (*resolve)(void *ctx, const char *path, struct buf *out);
	void *ctx;
};

void foresee(const struct foresee_input *in, struct foresight *out);
void foresight_done(struct foresight *f);
void drop_foresight(struct foresight *f);	/* for CLEANUP */

/* NULL where nothing is known of path now or then. */
struct foreseen *foresight_find(const struct foresight *f, const char *path);

/* For whoever goes on with it, as scripts do: then foresight_settle. */
struct foreseen *foresight_get(struct foresight *f, const char *path);
/* The same object under the name that `to` has. */
/* … what a package brings under another name, at `to`. */
void foresight_bring(struct foresight *f, const struct coming_file *from,
    struct foreseen *to);
void foresight_copy(const struct foreseen *from, struct foreseen *to);
/* Index of the first path not before this one. */
size_t foresight_lower(const struct foresight *f, const char *path);
void foresight_settle(struct foresight *f);

#endif
