/* SPDX-License-Identifier: MIT */
#ifndef SPECS_EVAL_H
#define SPECS_EVAL_H

#include "base/buf.h"
#include "base/entry.h"
#include "base/err.h"
#include "base/mem.h"
#include "specs/spec.h"

enum command_state {
	COMMAND_ANSWERED,
	COMMAND_MISSING,	/* the program is not installed */
	COMMAND_NOT_ASKED,	/* not of this machine, so nobody could answer
				 * for what is judged */
};

/* What a service's own checker said. */
struct command_answer {
	enum command_state state;
	int exit;		/* 128 + N for signal N */
	const char *out, *err;	/* borrowed until the evidence goes */
	size_t out_len, err_len;
	int64_t when;		/* it was really asked, since the epoch */
	int64_t valid_until;	/* when it is to be asked again; 0 = never */
};

/*
 * What a rule is judged by: a set of entries and their bytes. The live system,
 * a snapshot and a test's folder all look like this, so the same rule can be
 * asked of each. Evaluation opens nothing itself.
 */
struct evidence {
	void *ctx;
	/* The entry at path, NULL when it is not there. */
	const struct entry *(*entry)(void *ctx, const char *path);
	/* Calls each for all entries that match a pattern without braces. */
	void (*find)(void *ctx, const char *pattern,
	    void (*each)(void *arg, const struct entry *en), void *arg);
	/* The bytes of a file, borrowed until the evidence goes; -1 when they
	 * cannot be had. Symlinks are followed within the root. */
	int (*bytes)(void *ctx, const char *path, const char **out_bytes,
	    size_t *out_len, struct err *e);
	/*
	 * Why nothing can be known of path (or of what a pattern stands for):
	 * it lies in something that could not be read. NULL: nothing hides it.
	 * The member may be NULL.
	 */
	const char *(*hidden)(void *ctx, const char *path);
	/* What the accepted snapshot has at path, NULL = nothing known. */
	const struct entry *(*baseline)(void *ctx, const char *path);
	/* The bytes of that, as `bytes`; the member may be NULL: then they are
	 * not to be had. */
	int (*baseline_bytes)(void *ctx, const char *path,
	    const char **out_bytes, size_t *out_len, struct err *e);
	/*
	 * Whether anything is at path, tracked or not, symlinks followed: 1
	 * and what it is, 0, or -1 when that cannot be told. The member may
	 * be NULL: then only what `entry` knows is there.
	 */
	int (*look)(void *ctx, const char *path, int *out_kind,
	    struct err *e);
	/*
	 * The first bytes, at most max, of a device (a path, or UUID=… and
	 * the like as crypttab(5) has them) or of a file however large;
	 * borrowed until the evidence goes. ERR_MISSING: it is known not to
	 * be there. The member may be NULL: then there are no devices.
	 */
	int (*device)(void *ctx, const char *name, size_t max,
	    const char **out_bytes, size_t *out_len, struct err *e);
	/*
	 * Asks the program of the rule's `command`, or remembers what it said
	 * of the same bytes. -1: there is no answer, and e says why. The
	 * member may be NULL: then nothing is asked (COMMAND_NOT_ASKED).
	 */
	int (*ask)(void *ctx, const struct rule *rule,
	    struct command_answer *out, struct err *e);
	/* What ages are measured against, in seconds since the epoch; 0: no
	 * age can be told. */
	int64_t now;
};

enum verdict { VERDICT_HOLDS, VERDICT_FAILS, VERDICT_CANNOT_TELL };

/* One assertion on one path that does not hold or could not be judged. */
struct result {
	const struct rule *rule;
	enum verdict verdict;
	const char *path;	/* what the rule is about */
	const char *demand;	/* "present", "mode", "lines.forbid", … */
	const char *decided_in;	/* the file that decides, when not path */
	unsigned line;		/* in it, 0 when no line decides */
	const char *what;	/* for a person, one line, translated */
	struct place at;	/* where the spec demands it */
	int64_t asked;		/* when a command said so, 0 = none did */
};

struct lenses;	/* lenses.h */

struct results {
	struct arena arena;
	struct result *items;
	size_t n, cap;
	size_t held;		/* assertions that hold */
	bool keep_held;		/* tell of these, too, as far as they have
				 * words for it */
	size_t rules;		/* rules judged */
	struct lenses *lenses;	/* started when a rule needs them */
	size_t asked;		/* commands that answered */
	size_t not_asked;	/* those of another machine's files */
	int64_t asked_oldest;	/* when the longest ago was, 0 = none */
	int64_t valid_until;	/* when time alone changes a verdict, in
				 * seconds since the epoch; 0 = never */
};

void results_done(struct results *r);

/* Whether the rule demands anything of what is in its files. */
bool eval_asks_content(const struct rule *rule);

/* Judges one rule; adds to out what does not hold or cannot be told. */
void eval_rule(const struct rule *rule, const struct evidence *ev,
    struct results *out);

/*
 * The smallest edit that makes the rule's `lines` and `keys` hold in bytes;
 * every other byte stays. Returns 1 when out differs from bytes, 0 when there
 * is nothing to edit, -1 when the rule gives no way to (e says what is
 * missing). Pure: the caller evaluates the result again.
 */
int repair_bytes(const struct rule *rule, const char *path, const char *bytes,
    size_t len, struct buf *out, struct err *e);

/*
 * The same for metadata: mode, and owner and group as names or numbers in
 * user/group (uid and gid are the caller's to find). Returns 1 when changed.
 */
int repair_entry(const struct rule *rule, struct entry *en);

#endif
