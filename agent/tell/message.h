/* SPDX-License-Identifier: MIT */
#ifndef AGENT_TELL_MESSAGE_H
#define AGENT_TELL_MESSAGE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "specs/spec.h"

/* What is told of one thing. */
enum news_kind {
	NEWS_RESTORED,	/* was put back, or mended */
	NEWS_FLAGGED,
	NEWS_UNKNOWN,	/* could not be looked at or judged */
	NEWS_MERGE,	/* a new version lies beside what was edited */
	NEWS_FAILED,	/* driftctl itself could not do something */
	NEWS_RESOLVED,	/* was told as flagged or unknown, and is no more */
	NEWS_KINDS
};
extern const char *const news_kind_words[NEWS_KINDS + 1];

/* Texts belong to whoever made it; "" is none. */
struct news {
	enum news_kind kind;
	enum severity severity;
	const char *id;		/* a finding's, else a path, or a sentence */
	const char *what;	/* what is the matter, without the path */
	const char *path;
	const char *package;	/* "cyrus-imapd 2-1 -> 3-1" */
};

/* "mail-auth/imap" of "mail-auth/imap:/etc/pam.d/imap#present"; "" where the
 * id is of no rule. */
void news_rule(const struct news *n, struct buf *out);
extern const char *const severity_words[SEVERITY_CRITICAL + 2];
/* -1 when it is none. */
int severity_from(const char *word, enum severity *out);

enum message_event {
	MESSAGE_FOUND,		/* news, some of which may be resolved */
	MESSAGE_RESOLVED,	/* all of them are */
	MESSAGE_TEST,
	MESSAGE_REPORT,		/* a whole report, for mail alone */
	MESSAGE_EVENTS
};
extern const char *const message_event_words[MESSAGE_EVENTS + 1];

/* One message to one notifier, or to all. */
struct message {
	struct arena arena;
	enum message_event event;
	const char *id;		/* of no other message */
	const char *host;
	int64_t when;
	const char *origin;	/* zypp, apt, timer…, or "" */
	const char *transaction, *command, *packages;	/* or "" */
	const char *more;	/* what a person types to see all of it */
	struct {
		struct news *items;
		size_t n, cap;
	} news;
	size_t left_out;	/* of the news */
	/* A report's; "" otherwise. */
	const char *subject, *text, *html;
};

/* All texts "", and an id that nobody has had. */
void message_init(struct message *m, enum message_event event,
    const char *host, int64_t when);
/* Copies; beyond MESSAGE_NEWS_MAX they are only counted. */
enum { MESSAGE_NEWS_MAX = 200 };
void message_add(struct message *m, const struct news *n);
void message_done(struct message *m);
void drop_message(struct message *m);	/* for CLEANUP */

/* The gravest; of a report and a test info. */
enum severity message_severity(const struct message *m);

/* For the outbox. */
void message_write(const struct message *m, struct buf *out);
int message_parse(const char *name, const char *bytes, size_t len,
    struct message *out, struct err *e);

#endif
