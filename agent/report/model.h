/* SPDX-License-Identifier: MIT */
#ifndef AGENT_REPORT_MODEL_H
#define AGENT_REPORT_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/finding.h"
#include "agent/ledger/transaction.h"
#include "base/mem.h"

/*
 * All that a report says, as plain values: whoever writes a format needs
 * nothing else, so that all of them say the same. Texts are as they were met,
 * file names included: escaping is each format's own. NULL is none.
 */

#define MODEL_LIST(type) struct { struct type *items; size_t n, cap; }

enum model_change_kind { MODEL_ADDED, MODEL_REMOVED, MODEL_CHANGED };

/* What is otherwise than at the beginning of the report's time. */
struct model_change {
	enum model_change_kind kind;
	const char *id;		/* "change:PATH", as a finding's */
	const char *path;
	const char *details;	/* "content, mode 0644 -> 0600" */
	const char *sentence;	/* what differs by what its format says, with
				 * which details begin; or NULL */
	const char *bare;	/* details without it, where it has one */
	unsigned differs;	/* enum entry_difference */
	bool secret;
	bool hidden;		/* not everybody may read it, see discreet.h */
	int64_t when;		/* when it was recorded; 0: just now */
	const char *transaction;	/* in which it was; its id */
	const char *package;	/* whose it is: "cyrus-imapd 2.4 -> 3.0" */
	const char *snapshot;	/* the subject of the one that first had it */
	const char *diff;	/* unified, lines escaped; bounded */
	bool cut;		/* there is more of the diff */
	bool told;		/* a finding tells of it, diff and all */
	size_t group;		/* index into change_groups */
};

struct model_finding {
	enum finding_kind kind;
	const char *id;
	enum severity severity;
	bool flagged;
	const char *path;
	const char *file;
	unsigned line;
	const char *what, *why, *remedy;
	const char *told;	/* see finding.h */
	const char *spec, *rule, *demand;
	int64_t asked;
	size_t below;
	/* Of a report, not of a moment: */
	bool known;		/* the last one told of it */
	int64_t since;		/* when it was first seen, 0: just now */
	const char *transaction;	/* in which it came */
	const char *cause;	/* which package did what, a sentence */
	size_t change;		/* index into changes + 1, 0: none */
	size_t group;		/* index into finding_groups */
};

/* A finding of the last report that is none any more. */
struct model_mended {
	const char *id;
	const char *what;	/* in words, where the id has none for people;
				 * or NULL */
	int64_t since;		/* when it was first seen */
	const char *transaction;	/* in which it was put back, or … */
	const char *restore;	/* the restore that did it */
};

/* Somebody restored, merged, or took that back. */
struct model_restore {
	const char *id, *title;
	int64_t when;
	bool undone;
	struct strlist paths;	/* the first ones */
	size_t n;		/* all of them */
};

/* What is was made the baseline. */
struct model_accept {
	int64_t when;
	const char *who, *reason;
	const char *snapshot;	/* hexadecimal */
	struct strlist paths;	/* none: all */
};

/* A package's version of a file, or the administrator's, waits beside it. */
struct model_merge {
	const char *path, *leftover;
	bool known;
};

/* What 'doctor' has to say. It is news once. */
struct model_complaint {
	const char *check;	/* "hook-apt", as 'doctor' has it */
	const char *what, *remedy;
	bool unknown, known;
};

/* Items told in one line, as they came for one reason: indexes into the list
 * they are of. */
struct model_group {
	size_t *items;
	size_t n, cap;
	const char *remedy;	/* of findings: for all of them, or NULL */
};

/* A rule that was judged, whatever came of it. */
struct model_check {
	const char *spec, *title, *rule, *why;
	enum severity severity;
};

/* One day of the calendar, in local time. */
struct model_day {
	int year, month, day;	/* month from 1 */
	int weekday;		/* 0 Monday */
	bool watched;		/* something looked at the machine */
	size_t open;		/* findings that were open at some moment */
	size_t restored;	/* paths that were put back */
	size_t transactions, snapshots;
};

/* When a rule did not hold. */
struct model_span {
	int64_t from, to;	/* to 0: it still does not */
};

struct model_rule {
	const char *name;	/* "mail-auth/service-files" */
	enum severity severity;
	MODEL_LIST(model_span) spans;	/* oldest first, apart */
	size_t restored;	/* times that a transaction's end put it back */
};

struct model {
	struct arena arena;
	const char *verb;
	const char *host, *root;
	const char *command;	/* how remedies call us */
	bool moment;		/* what is: nothing of what was */
	bool partial;		/* not of the whole machine: no summary */
	bool last;		/* of the last transaction alone */
	int verbose;
	int exit_code;
	int64_t since, until;
	const char *baseline;	/* hexadecimal; NULL: there is none */
	int64_t baseline_time;	/* 0: not known */
	size_t drifts, flagged, notes, unknowns;	/* how many of each */
	size_t rules, held, specs, entries;	/* what was looked at */
	size_t asked, not_asked, untracked;
	int64_t asked_oldest;
	MODEL_LIST(model_finding) findings;	/* worst first */
	MODEL_LIST(model_check) checks;	/* spec by spec */
	MODEL_LIST(model_mended) mended;
	MODEL_LIST(transaction) transactions;	/* oldest first */
	MODEL_LIST(model_restore) restores;
	MODEL_LIST(model_accept) accepts;
	MODEL_LIST(model_change) changes;	/* by path */
	size_t masked;		/* changes of nothing but a time in a text */
	MODEL_LIST(model_merge) merges;
	MODEL_LIST(model_complaint) complaints;
	struct strlist troubles;	/* what the report could not find out */
	MODEL_LIST(model_day) days;	/* oldest first, the last is today */
	MODEL_LIST(model_rule) rules_past;
	/* See fold.h. */
	MODEL_LIST(model_group) finding_groups, change_groups;
};

/* Takes out what others than root are not to hear, see discreet.h. Before
 * folding. */
void model_be_discreet(struct model *m);
void model_done(struct model *m);
void drop_model(struct model *m);	/* for CLEANUP */

/* Whether anybody need read it. */
bool model_has_news(const struct model *m);

/* Words for programs: "critical", "drift", "removed". */
const char *model_severity(const struct model_finding *f);
const char *model_kind(const struct model_finding *f);
const char *model_change_word(const struct model_change *c);
/* The transaction with this id, or NULL. */
const struct transaction *model_transaction(const struct model *m,
    const char *id);

#endif
