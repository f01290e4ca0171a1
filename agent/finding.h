/* SPDX-License-Identifier: MIT */
#ifndef AGENT_FINDING_H
#define AGENT_FINDING_H

#include <stdbool.h>
#include <stddef.h>

#include "snapshots/compare.h"
#include "base/mem.h"
#include "snapshots/capture.h"
#include "specs/catalogue.h"
#include "specs/eval.h"

enum finding_kind {
	FINDING_DRIFT,		/* a rule does not hold */
	FINDING_CHANGE,		/* live differs from the baseline */
	FINDING_UNKNOWN,	/* could not be looked at or judged */
};

/* One thing to tell. Strings belong to the list's arena or what it is of. */
struct finding {
	enum finding_kind kind;
	const char *id;		/* stable: "SPEC/RULE:PATH#DEMAND" */
	enum severity severity;
	bool flagged;		/* false: a mere note, which leaves exit 0 */
	const char *path;
	const char *file;	/* where the deciding line stands, or NULL */
	unsigned line;		/* in it, 0 = none decides */
	const char *what, *why;	/* why may be NULL */
	const char *told;	/* in place of what where others than root may
				 * listen, see discreet.h; NULL: what */
	const char *remedy;	/* a command, or NULL */
	const struct rule *rule;	/* NULL for plain changes */
	const char *demand;
	int64_t asked;		/* when a command said so, 0 = none did */
	unsigned differs;	/* CHANGE: enum entry_difference */
	const char *more;	/* CHANGE: how what ends, or NULL */
	size_t below;		/* CHANGE of a folder: entries in it that went
				 * or came with it */
};

struct findings {
	struct arena arena;
	const char *command;	/* how remedies call us, see options_command */
	struct finding *items;
	size_t n, cap;
	size_t drifts, flagged, notes, unknowns;	/* how many of each */
	size_t rules, held, specs, entries;	/* what was looked at */
	size_t asked, not_asked;	/* commands, see results */
	int64_t asked_oldest;
	size_t untracked;	/* of the baseline, and nobody looks at them */
};

/*
 * Makes one list of what rules, comparison and capture found, worst first,
 * then by path: a path that a rule complains of is not told again as a change;
 * folders that came or went whole are one finding. What vanished without any
 * rule about it is flagged, as that is what goes unnoticed; what was added or
 * edited is a note unless a rule says otherwise.
 */
void findings_make(const struct catalogue *cat, const struct results *results,
    const struct changes *changes, const struct capture *capture,
    const char *command, struct findings *out);
/* One more, of a result that does not hold or cannot be told; f->command is
 * set. */
void findings_add(struct findings *f, const struct result *r);
void findings_done(struct findings *f);
/* What is found, for more to be said after it: a rule's own words may end as a
 * sentence does. */
const char *finding_go_on(struct findings *f, const struct finding *x);

/* What an id is about, as a person says it: where it is no rule's, the path
 * alone. Part of id. */
const char *finding_id_name(const char *id);

/* Design: 2 where something is unknown, 1 where something is flagged, 0. */
int findings_exit(const struct findings *f);

/* The strictest on-change that rules have for path; NULL rule: none. */
enum on_change finding_on_change(const struct catalogue *cat,
    const char *path, const struct rule **out_rule);

/* path as a person can type it, quoted for sh(1) where need be. */
const char *finding_quoted(struct findings *f, const char *path);

/* True when path matches one of the rule's patterns. */
bool finding_rule_covers(const struct rule *r, const char *path);

#endif
