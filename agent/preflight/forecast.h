/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PREFLIGHT_FORECAST_H
#define AGENT_PREFLIGHT_FORECAST_H

#include "agent/evidence.h"
#include "agent/finding.h"
#include "agent/machine.h"
#include "agent/pkg/attribute.h"
#include "agent/pkg/dpkgdb.h"
#include "agent/preflight/foresee.h"
#include "agent/preflight/overlay.h"

/*
 * What an upgrade to come would do to this machine: of each path what
 * attribute.h would say afterwards, and the rules that hold now and would not
 * then.
 */
struct outlook {
	const char *path;
	struct attribution a;
	bool ruled;		/* a rule of the catalogue is about it */
	const struct mark *by;	/* the script that does it, or NULL */
	const struct mark *maybe;	/* one that may work on it; that is
					 * none of a */
};

/* A rule whose verdict would be another one. */
struct risk {
	const struct result *then;
	const struct outlook *because;	/* NULL: of no path that changes */
};

struct forecast {
	struct machine *m;
	struct arena arena;
	struct incoming in;
	enum fate_answer answer;
	struct dpkgdb_sums ucf;	/* what ucf(1) remembers, once it is read */
	bool ucf_read;
	struct owners before;
	struct capture live;
	struct oid baseline;
	bool has_baseline;
	struct evidence_source *source;
	struct foresight then;
	struct attributor *attributor;
	struct overlay *overlay;
	struct catalogue catalogue;	/* as it applies then */
	struct strlist leaving_specs;	/* that do not apply any more */
	struct results now, later;
	struct {
		struct outlook *items;
		size_t n, cap;
	} outlooks;		/* worst first, then by what is said */
	struct {
		struct risk *items;
		size_t n, cap;
	} risks, unknowns;
	size_t tracked;
	const char *manager;	/* that was asked, or NULL */
	struct strlist others;	/* that could have been, where it was chosen */
	bool hooked;		/* our hook sees the upgrade */
};

/* The machine as it is; then `in` can be filled. */
int forecast_look(struct forecast *f, struct err *e);
/* in is filled and not settled. Changes nothing. */
int forecast_make(struct forecast *f, struct err *e);
void forecast_done(struct forecast *f);
void drop_forecast(struct forecast *f);	/* for CLEANUP */

/* 1: required state is at risk; 2: something could not be told; 0. */
int forecast_exit(const struct forecast *f);

#endif
