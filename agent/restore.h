/* SPDX-License-Identifier: MIT */
#ifndef AGENT_RESTORE_H
#define AGENT_RESTORE_H

#include "agent/apply/plan.h"
#include "agent/assess.h"
#include "agent/json.h"
#include "agent/machine.h"

/* What a person asked to have back. */
struct restore_request {
	struct strlist paths;	/* normalized; these and all below them */
	const char *rule;	/* one rule, whatever its on-drift says */
	bool all;
	const char *from;	/* a snapshot; NULL: the baseline */
	bool whole;		/* look at all, for links that reach out */
	bool remove_added;	/* what was added since goes */
	/* By rules: what stood before is let stand. NULL: nothing is. */
	bool (*leave)(void *ctx, const struct result *r);
	bool (*leave_change)(void *ctx, const struct change *c);
	void *leave_ctx;
};

/*
 * What shall be, and everything it was made from; all of it lives until
 * restore_wishes_done.
 */
struct restore_wishes {
	struct arena arena;
	struct wishes wishes;
	struct manifest from;		/* the snapshot asked for */
	struct oid from_commit;
	struct manifest older;		/* entries of older snapshots */
	struct buf **bytes;		/* repaired contents */
	size_t n_bytes, cap_bytes;
	/* "SPEC/RULE:PATH#" where no recorded version satisfies the rule. */
	struct strlist hopeless;
	/* The same where a repair was asked for and could not be made, each
	 * followed by why. */
	struct strlist unmended;
	struct strlist impossible;	/* wishes left out, and why */
};

/* Everything below the paths (all: everything) as the snapshot has it. Adds to
 * the paths under which other names it had them. */
int restore_wish_paths(struct machine *m, struct restore_request *q,
    const struct manifest *live, struct restore_wishes *out, struct err *e);
/*
 * True when files below the paths have, or had, more names than one: then it is
 * not enough to look at the paths, as names elsewhere may be theirs.
 */
bool restore_links_reach_out(struct machine *m,
    const struct restore_request *q, const struct manifest *from,
    const struct manifest *live);
/* Snapshots to look back to, for one in which a rule held. */
enum { RESTORE_LOOK_BACK = 200 };
/* Unless path is wished for already. want: NULL = gone. */
void restore_add_wish(struct restore_wishes *w, const char *path,
    const struct entry *want, const char *reason);
/* What rules ask to be restored or repaired; --rule: that one alone. */
int restore_wish_rules(struct machine *m, const struct restore_request *q,
    struct assessment *a, struct restore_wishes *out, struct err *e);
/*
 * Makes the plan. By rules a wish that cannot come true is left out and told
 * in impossible; otherwise it is an error.
 */
int restore_plan(struct restore_wishes *w, const struct manifest *live,
    const struct manifest *known, bool by_rules, struct plan *out,
    struct err *e);
void restore_wishes_done(struct restore_wishes *w);

/*
 * Adds to live (kept sorted) what is there of the wished paths though it is
 * not tracked, so that a plan knows all it would replace.
 */
int restore_look_at(struct machine *m, const struct wishes *w,
    struct manifest *live, struct err *e);

/* Judges these paths, which lie in scope; those that fail though they were
 * put back, or were so already, say so: put has all that was wished for, done
 * what had to be done for it. a is empty before. */
int restore_judge_paths(struct machine *m, const struct strlist *paths,
    const struct wishes *put, const struct plan *done,
    const struct scope *scope, struct assessment *a, struct err *e);
/* Findings that no restore mends say what does. */
void restore_explain(struct findings *f, const struct restore_wishes *w);

/* A name for a rollback that no other has: UTC time and suffix. */
void restore_new_id(struct machine *m, const char *suffix, struct buf *out);

/* The plan for a person, one line a step. */
void restore_plan_text(const struct plan *p, struct buf *out);
/* The same as the list "steps" of an object that is open. */
void restore_plan_json(const struct plan *p, struct json *j);

#endif
