/* SPDX-License-Identifier: MIT */
#ifndef AGENT_TELL_TOLD_H
#define AGENT_TELL_TOLD_H

#include "agent/tell/message.h"
#include "agent/tell/notifier.h"
#include "base/strlist.h"

/*
 * What was told to whom, so that one fault is one message. Opens nothing.
 */
struct told_open {
	struct news news;
	int64_t since;
};
struct told_to {
	const char *key, *id;	/* of the notifier, of the finding */
	int64_t when;
};

struct told {
	struct arena arena;
	struct {
		struct told_open *items;
		size_t n, cap;
	} open;			/* flagged or unknown, and not resolved */
	struct {
		struct told_to *items;
		size_t n, cap;
	} to;
	bool changed;		/* since it was read */
};

void told_write(const struct told *t, struct buf *out);
int told_parse(const char *name, const char *bytes, size_t len,
    struct told *out, struct err *e);
void told_done(struct told *t);
void drop_told(struct told *t);		/* for CLEANUP */

struct news_list {
	struct news *items;	/* their texts are somebody else's */
	size_t n, cap;
};
void drop_news_list(struct news_list *l);	/* for CLEANUP */

/* A look at the machine. */
struct look {
	struct arena arena;
	int64_t when;
	struct news_list news;	/* to be told now */
	struct strlist ids, paths;	/* of all that is the matter; sorted */
	bool whole;		/* what is not among these is no more */
};
void look_done(struct look *l);
void drop_look(struct look *l);		/* for CLEANUP */

/*
 * Takes a look in: of its news, what was not open comes to fresh, and what is
 * open no more to resolved, with texts that are t's. While anything else is
 * the matter with a path, nothing about it is resolved.
 */
void told_take(struct told *t, const struct look *l, struct news_list *fresh,
    struct news_list *resolved);
/*
 * Whether n is to be told to this notifier now; if so, it counts as told. What
 * happened, and does not stay so, is told each time.
 */
bool told_due(struct told *t, const struct notifier *to, const struct news *n,
    int64_t now);
/* The same of something resolved: to whoever was told of it, if it cares. */
bool told_resolved(struct told *t, const struct notifier *to,
    const struct news *n);
/* What counts as told to this one was not, after all. */
void told_not(struct told *t, const struct notifier *to,
    const struct news *n);
/* What was resolved is open still, as somebody could not be told: who was is
 * told again. */
void told_keep(struct told *t, const struct news_list *resolved,
    int64_t now);
/* After all were asked: resolved ones are forgotten, and what is old. */
void told_forget(struct told *t, const struct news_list *resolved,
    int64_t now);

#endif
