/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PKG_ATTRIBUTE_H
#define AGENT_PKG_ATTRIBUTE_H

#include "agent/pkg/decide.h"
#include "agent/pkg/owners.h"
#include "agent/pkg/touched.h"
#include "snapshots/manifest.h"

/*
 * Who did it: what packages say before and after a transaction, held against
 * what was there before and is there now. Opens nothing.
 */
enum how {
	HOW_NOT,	/* nothing happened to it */
	HOW_DROPPED,	/* it is in no package's list any more */
	HOW_ERASED,	/* its package was removed */
	HOW_VENDOR,	/* the package ships it in a vendor folder now */
	HOW_RENAMED,	/* it is there under another name */
	HOW_REPLACED,	/* by the package's new version */
	HOW_ASIDE,	/* the same, or dropped; a copy of it was kept */
	HOW_BESIDE,	/* it stays; the new version lies beside it */
	HOW_MODE,	/* the package has other permissions for it */
	HOW_CAME,	/* a package brought it */
	HOW_BACK,	/* … again: it had been removed here */
	HOW_EDITED,	/* its content; no list explains it: a scriptlet */
	HOW_TOUCHED,	/* its metadata; no list explains it */
	HOW_MADE,	/* no list explains that it is there */
	HOW_TAKEN,	/* no list explains that it is gone: a scriptlet */
	HOW_UNASKED,	/* nobody asked whose it is before and after */
	HOW_STRANGE,	/* no package was touched: it was somebody else */
	HOWS
};

/* No list explains it, so that it need not have been a package. */
static inline bool
how_is_guess(enum how how)
{
	return how >= HOW_EDITED;
}

/* Texts belong to the attributor. */
struct attribution {
	enum how how;
	enum local_state local;
	enum shipped did;
	enum remains remains;
	enum decision decision;	/* without a word from any rule */
	const struct package *was, *is;	/* whose it was and is, or NULL */
	/* A package that nobody proved to have done it, but that may have. */
	struct touched suspect;
	const char *aside;	/* the copy of what was there, or NULL */
	const char *beside;	/* the package's version that was not put in
				 * place, or NULL */
	bool mode_lost;		/* permissions set here are the package's now */
	bool edit_lost;		/* so is the content, and no copy was kept */
	const char *other;	/* where it is now: HOW_VENDOR, HOW_RENAMED */
	const char *text;	/* a sentence without a full stop */
};

struct attribute_input {
	const struct owners *before, *after;
	const struct manifest *was, *is;	/* what is tracked, whole */
	/* Whether an entry of was (before) or is is as f has it. */
	enum pristine (*pristine)(void *ctx, const struct owned *f,
	    const struct entry *en, bool before);
	void *ctx;
};

struct attributor;
struct attributor *attribute_new(const struct attribute_input *in);
void attribute_free(struct attributor *t);
void drop_attributor(struct attributor **t);	/* for CLEANUP */

void attribute_path(struct attributor *t, const char *path,
    struct attribution *out);

/* Calls each with what is in no package's list any more and still is there. */
void attribute_each_dropped(struct attributor *t,
    void (*each)(void *arg, const char *path), void *arg);

/* Adds the folders and paths to ask owners_load for: where configuration and
 * its vendor's copies lie, and what else is tracked. */
void attribute_wanted(const struct manifest *tracked, struct strlist *out);

/* In words of the manual: "dropped", "removed by a scriptlet"… */
extern const char *const how_words[HOWS + 1];

#endif
