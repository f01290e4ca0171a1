/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PREFLIGHT_FORESEE_H
#define AGENT_PREFLIGHT_FORESEE_H

#include "agent/pkg/owners.h"
#include "agent/preflight/fate.h"
#include "agent/preflight/incoming.h"
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

struct foreseen {
	struct entry entry;
	bool gone;
	enum foreseen_from from;
	const char *live;
	const struct coming_file *coming;
	const char *why;
};

struct foresight {
	struct arena arena;
	struct {
		struct foreseen **items;	/* by path */
		size_t n, cap;
	} paths;
	struct manifest is;	/* those that are not gone */
	struct owners after;
};

struct foresee_input {
	const struct owners *before;
	const struct manifest *was;
	const struct incoming *in;
	enum fate_answer answer;
	/* Whether what is at an entry of was is as f has it. */
	enum pristine (*pristine)(void *ctx, const struct owned *f,
	    const struct entry *en);
	void *ctx;
};

void foresee(const struct foresee_input *in, struct foresight *out);
void foresight_done(struct foresight *f);
void drop_foresight(struct foresight *f);	/* for CLEANUP */

/* NULL where nothing is known of path now or then. */
const struct foreseen *foresight_find(const struct foresight *f,
    const char *path);

/* For whoever goes on with it, as scripts do: then foresight_settle. */
struct foreseen *foresight_get(struct foresight *f, const char *path);
void foresight_settle(struct foresight *f);

#endif
