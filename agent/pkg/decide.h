/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PKG_DECIDE_H
#define AGENT_PKG_DECIDE_H

/* What the administrator had made of a path before the transaction. */
enum local_state {
	LOCAL_PRISTINE,	/* it was as its package had shipped it */
	LOCAL_EDITED,	/* it was not, or nobody can tell */
	LOCAL_GONE,	/* a package had it in its list, but it was not there */
	LOCAL_OWN,	/* it was there, and no package had shipped it */
	LOCAL_NONE,	/* neither */
	LOCAL_STATES
};

/* What the package did with its own version of it. */
enum shipped {
	SHIPPED_NOTHING,	/* none that has it was touched */
	SHIPPED_SAME,		/* the new package ships the same, or what is
				 * here already */
	SHIPPED_CHANGED,
	SHIPPED_DROPPED,	/* it is in no list any more */
	SHIPPED_MOVED,		/* to a vendor folder, or another name */
	SHIPPED_NEW,		/* it is in a list for the first time */
	SHIPPED_KINDS
};

/* What was there when all was over, beside what was there before. */
enum remains { REMAINS_KEPT, REMAINS_OTHER, REMAINS_GONE, REMAINS_KINDS };

enum decision {
	DECISION_QUIET,
	DECISION_NOTE,		/* told, and all is well */
	DECISION_MERGE,		/* `driftctl merge` has something to do */
	DECISION_FLAG,		/* a person must look */
	DECISIONS
};

/* Without a word from any rule: those come on top, and may have it told, put
 * back or repaired where this is quiet. */
enum decision decide(enum local_state local, enum shipped did,
    enum remains remains);

/* In words of the manual: "quiet", "note"… */
extern const char *const decision_words[DECISIONS + 1];
extern const char *const local_words[LOCAL_STATES + 1];
extern const char *const shipped_words[SHIPPED_KINDS + 1];
extern const char *const remains_words[REMAINS_KINDS + 1];

#endif
