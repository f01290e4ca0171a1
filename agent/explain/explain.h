/* SPDX-License-Identifier: MIT */
#ifndef AGENT_EXPLAIN_EXPLAIN_H
#define AGENT_EXPLAIN_EXPLAIN_H

#include "agent/evidence.h"
#include "agent/finding.h"
#include "agent/machine.h"
#include "agent/tracked.h"
#include "specs/layers.h"
#include "specs/pam_stack.h"
#include "specs/unit_load.h"

/*
 * Everything there is to say of one path or one rule: who tracks it, who
 * judges it, what each assertion comes to and which line decides.
 */

/* Somebody's pattern that matches the path. */
struct explain_reason {
	struct tracked_reason by;
	const char *pattern;
};

struct explain_reasons {
	struct explain_reason *items;
	size_t n, cap;
};

/* One assertion; of one that holds id and remedy are NULL. */
struct explain_verdict {
	const struct result *result;
	const char *id, *what, *remedy;
};

/* One rule about the subject. */
struct explain_rule {
	const struct rule *rule;
	struct results results;		/* of all it is about */
	struct {
		struct explain_verdict *items;
		size_t n, cap;
	} verdicts;			/* of what the subject is part of */
	size_t also_held;		/* without words for it */
};

/* What counts of a path that is there in layers, as a rule asks for it. */
struct explain_layers {
	const struct rule *rule;
	const char *path;		/* the one in /etc */
	struct layered layered;
};

enum { EXPLAIN_PAM_TYPES = 4 };

/* What a service's file makes PAM do. */
struct explain_pam {
	const char *type;
	struct pam_stack stack;
	struct err failed;		/* ERR_NONE: it was read */
};

struct explain_unit {
	struct unit unit;		/* id NULL: the path is none's */
	const char *enabled_by;		/* a link, or NULL */
	struct unit_preset preset;
	bool has_preset;
};

struct explain {
	struct arena arena;
	struct machine *m;
	struct capture live;
	struct evidence_source *ev;
	bool has_baseline;
	struct oid baseline;
	struct findings findings;
	const char *path;	/* as asked for; NULL: a rule is asked for */
	const char *real;	/* where its parents' symlinks lead */
	const struct rule *rule;	/* asked for, or NULL */
	const char *demand;	/* of a finding asked for, or NULL */
	const struct entry *is, *was;	/* now, in the baseline; or NULL */
	unsigned differs;	/* of both, without times */
	const struct rule *change_rule;	/* what it says of that, or NULL */
	enum on_change on_change;
	bool tracked, excluded;
	struct explain_reasons tracks, ignores;
	struct {
		struct explain_rule *items;
		size_t n, cap;
	} rules;
	struct {
		const struct rule **items;
		size_t n, cap;
	} idle;			/* about it, but disabled or not applying */
	struct explain_pam pam[EXPLAIN_PAM_TYPES];
	bool is_pam;
	struct explain_unit unit;
	struct {
		struct explain_layers *items;
		size_t n, cap;
	} layers;
	struct lenses *lenses;	/* started once for all rules */
};

/* Looks at the machine, whose store is open; the rest asks this. */
int explain_begin(struct explain *x, struct machine *m, struct err *e);
/* One path, made regular; -1 when nobody and nothing knows it. */
int explain_path(struct explain *x, const char *path, struct err *e);
/* One rule; path and demand are those of a finding, or NULL. */
int explain_rule(struct explain *x, const struct rule *rule, const char *path,
    const char *demand, struct err *e);
/* Whether `check` flags that it is not as the baseline has it. */
bool explain_flagged(const struct explain *x);
/* 0, 1 when something does not hold, 2 when something cannot be told. */
int explain_exit(const struct explain *x);
void explain_done(struct explain *x);
void drop_explain(struct explain *x);	/* for CLEANUP */

/* The two forms of it. */
void explain_text(const struct explain *x, struct buf *out);
void explain_json(const struct explain *x, int exit_code, struct buf *out);

#endif
