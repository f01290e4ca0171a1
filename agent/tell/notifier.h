/* SPDX-License-Identifier: MIT */
#ifndef AGENT_TELL_NOTIFIER_H
#define AGENT_TELL_NOTIFIER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/mem.h"
#include "specs/spec.h"

struct diagnostics;
struct node;

/* `on-finding:` and `mail:` of driftctl.yaml(5). */
enum notifier_kind {
	NOTIFIER_EXEC,
	NOTIFIER_MAIL,
	NOTIFIER_WEBHOOK,
	NOTIFIER_PUSHOVER,
	NOTIFIER_KINDS
};

struct notifier {
	enum notifier_kind kind;
	const char *key;	/* stable, a word: what it tells was told to */
	const char *name;	/* for a person; nothing of it is secret */
	struct texts words;	/* argv of exec, addresses of mail */
	const char *url;	/* NULL: in a file */
	const char *file;	/* url of a webhook, token of pushover */
	const char *headers, *ca;	/* files, or NULL */
	bool insecure;
	enum severity severity;	/* at least */
	int64_t quiet;		/* seconds */
	bool resolved;		/* wants to know, too */
	unsigned timeout;	/* seconds one try may take */
};

struct mailer {
	struct texts to;	/* none: no mail */
	const char *from;	/* NULL: driftctl at this host */
	struct texts program;	/* none: sendmail */
};

struct notifiers {
	struct notifier *items;
	size_t n, cap;
	struct mailer mail;
};

/* Texts go to the arena; every mistake to diags. */
void notifiers_read(struct arena *a, const struct node *on_finding,
    struct notifiers *out, struct diagnostics *diags);
void mailer_read(struct arena *a, const struct node *mail,
    struct mailer *out, struct diagnostics *diags);

/* NULL where there is none. */
const struct notifier *notifier_find(const struct notifiers *l,
    const char *key);
/* The key of the report's mail. */
#define NOTIFIER_REPORT "report"

#endif
