/* SPDX-License-Identifier: MIT */
#include "agent/tell/notifier.h"

#include <stdlib.h>
#include <string.h>

#include "agent/tell/message.h"
#include "agent/tell/request.h"
#include "base/checksum.h"
#include "base/path.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"
#include "specs/diagnostics.h"
#include "specs/specnumbers.h"

enum {
	NOTIFIERS_MAX = 16,
	QUIET_DEFAULT = 24 * 3600,
	TIMEOUT_DEFAULT = 30, TIMEOUT_MAX = 300,
};

/* As it stands in the file. */
struct raw {
	struct texts exec, mail;
	const char *webhook, *pushover, *url, *headers, *ca;
	int severity;
	int64_t quiet, timeout;
	bool insecure, resolved;
};

static void
read_duration(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	int64_t n = specnumbers_seconds(r, p);

	if (n >= 0)
		*(int64_t *)(void *)((char *)into + k->at) = n;
}

#define AT(member) .at = offsetof(struct raw, member)
static const struct keyword keys[] = {
	{ "exec", keyword_texts, AT(exec) },
	{ "mail", keyword_texts, AT(mail) },
	{ "webhook", keyword_text, AT(webhook) },
	{ "pushover", keyword_text, AT(pushover) },
	{ "url", keyword_text, AT(url) },
	{ "headers", keyword_text, AT(headers) },
	{ "ca", keyword_text, AT(ca) },
	{ "insecure", keyword_bool, AT(insecure) },
	{ "severity", keyword_choice, AT(severity), severity_words },
	{ "quiet", read_duration, AT(quiet) },
	{ "resolved", keyword_bool, AT(resolved) },
	{ "timeout", read_duration, AT(timeout) },
	{ NULL },
};
#undef AT

static const char *const kind_words[NOTIFIER_KINDS] = {
	[NOTIFIER_EXEC] = "exec", [NOTIFIER_MAIL] = "mail",
	[NOTIFIER_WEBHOOK] = "webhook", [NOTIFIER_PUSHOVER] = "pushover",
};
#define PUSHOVER_URL "https://api.pushover.net/1/messages.json"

struct reading {
	struct reader *r;
	struct place at;
};

static bool
mistake(const struct reading *x, const char *text, const char *value)
{
	diagnostics_add(x->r->diags, x->at, text, value);
	return false;
}

static bool
check_file(const struct reading *x, const char *path)
{
	return path == NULL || path[0] == '/' || mistake(x,
	    _("'%s' is no absolute path [start it with '/']"), path);
}

/* What stands behind the host, and before it, may be secret: mistakes are told
 * to many. */
static bool
check_url(const struct reading *x, const char *url, bool insecure)
{
	CLEANUP(drop_buf) struct buf shown = { 0 };
	const char *host, *colon = strstr(url, "://");
	size_t n = request_host(url, &host);

	if (request_url_is_allowed(url, insecure))
		return true;
	buf_add(&shown, url, colon != NULL ? (size_t)(colon + 3 - url) : 0);
	if (n > 0) {
		buf_add(&shown, host, n);
		buf_adds(&shown, host[n] != '\0' ? "/…" : "");
	} else {
		buf_adds(&shown, "…");
	}
	return mistake(x, _("'%s' is no URL to send to [it begins with "
	    "https://; with http:// only to this machine, or with "
	    "'insecure: true']"), buf_str(&shown));
}

static bool
check_addresses(const struct reading *x, const struct texts *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (!request_is_printable(t->items[i]) ||
		    t->items[i][0] == '-' ||
		    strpbrk(t->items[i], ",;:<>()\"\\") != NULL)
			return mistake(x, _("'%s' is no mail address [write "
			    "it as in root or admin@example.org]"),
			    t->items[i]);
	return true;
}

/* exec(3) wants a NULL at the end, which is not counted. */
static void
end_texts(struct arena *a, struct texts *t)
{
	*VEC_ADD_IN(a, t) = NULL;
	t->n--;
}

static void
add_name(struct buf *out, const struct notifier *n)
{
	const char *host;
	size_t len;

	buf_adds(out, kind_words[n->kind]);
	buf_addc(out, ' ');
	if (n->kind == NOTIFIER_EXEC) {
		buf_adds(out, path_name(n->words.items[0]));
	} else if (n->kind == NOTIFIER_MAIL) {
		for (size_t i = 0; i < n->words.n; i++)
			buf_addf(out, "%s%s", i > 0 ? "," : "",
			    n->words.items[i]);
	} else if (n->url == NULL) {
		buf_adds(out, n->file);
	} else {
		len = request_host(n->url, &host);
		buf_add(out, host, len);
	}
}

/* A URL can be a secret: in the store there is only its sum. */
static const char *
key_of(struct arena *a, const struct notifier *n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n->words.n; i++)
		sum = checksum(sum, n->words.items[i],
		    strlen(n->words.items[i]) + 1);
	if (n->url != NULL)
		sum = checksum(sum, n->url, strlen(n->url));
	if (n->file != NULL)
		sum = checksum(sum + 1, n->file, strlen(n->file));
	return arena_printf(a, "%s-%016llx", kind_words[n->kind],
	    (unsigned long long)sum);
}

/* What it is, and where it goes; false where that was a mistake. */
static bool
take_target(const struct reading *x, const struct raw *raw,
    struct notifier *out)
{
	const bool has[NOTIFIER_KINDS] = {
		[NOTIFIER_EXEC] = raw->exec.n > 0,
		[NOTIFIER_MAIL] = raw->mail.n > 0,
		[NOTIFIER_WEBHOOK] = raw->webhook != NULL,
		[NOTIFIER_PUSHOVER] = raw->pushover != NULL,
	};
	int n = 0;

	for (int i = 0; i < NOTIFIER_KINDS; i++) {
		n += has[i];
		if (has[i])
			out->kind = (enum notifier_kind)i;
	}
	if (n != 1)
		return mistake(x, _("needs one of exec, mail, webhook and "
		    "pushover%s [see driftctl.yaml(5)]"), n > 1 ?
		    _(", not several: each has an item of its own") : "");
	out->words = has[NOTIFIER_EXEC] ? raw->exec : raw->mail;
	switch (out->kind) {
	case NOTIFIER_EXEC:
		return check_file(x, raw->exec.items[0]);
	case NOTIFIER_MAIL:
		return check_addresses(x, &raw->mail);
	case NOTIFIER_PUSHOVER:
		out->file = raw->pushover;
		out->url = raw->url != NULL ? raw->url : PUSHOVER_URL;
		return check_file(x, out->file) &&
		    check_url(x, out->url, raw->insecure);
	case NOTIFIER_WEBHOOK:
	case NOTIFIER_KINDS:
		break;
	}
	if (raw->webhook[0] == '/') {
		out->file = raw->webhook;
		return true;
	}
	out->url = raw->webhook;
	return check_url(x, out->url, raw->insecure);
}

/* What this kind of notifier makes nothing of. */
static bool
check_others(const struct reading *x, const struct raw *raw,
    enum notifier_kind kind)
{
	const struct {
		bool there, wanted;
		const char *key;
	} table[] = {
		{ raw->url != NULL, kind == NOTIFIER_PUSHOVER, "url" },
		{ raw->headers != NULL, kind == NOTIFIER_WEBHOOK, "headers" },
		{ raw->ca != NULL, kind >= NOTIFIER_WEBHOOK, "ca" },
		{ raw->insecure, kind >= NOTIFIER_WEBHOOK, "insecure" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].there && !table[i].wanted)
			return mistake(x, _("'%s' says nothing to this kind "
			    "of notifier [take it out]"), table[i].key);
	if (raw->timeout < 1 || raw->timeout > TIMEOUT_MAX)
		return mistake(x, _("'timeout' is from 1s to 5min%s"), "");
	return check_file(x, raw->headers) && check_file(x, raw->ca);
}

static void
read_one(struct reader *r, const struct node *n, struct notifiers *out)
{
	const struct reading x = { r, n->at };
	struct raw raw = { .severity = SEVERITY_WARNING,
		.quiet = QUIET_DEFAULT, .timeout = TIMEOUT_DEFAULT };
	CLEANUP(drop_buf) struct buf name = { 0 };
	struct notifier v = { 0 };
	size_t before = r->diags->n;

	if (!read_is_item(r, "on-finding", n))
		return;
	read_keys(r, "on-finding", n, keys, &raw);
	/* One that is half understood tells nobody. */
	if (r->diags->n > before || !take_target(&x, &raw, &v) ||
	    !check_others(&x, &raw, v.kind))
		return;
	v.headers = raw.headers;
	v.ca = raw.ca;
	v.insecure = raw.insecure;
	v.severity = (enum severity)raw.severity;
	v.quiet = raw.quiet;
	v.resolved = raw.resolved;
	v.timeout = (unsigned)raw.timeout;
	v.key = key_of(r->arena, &v);
	add_name(&name, &v);
	v.name = arena_strdup(r->arena, buf_str(&name));
	end_texts(r->arena, &v.words);
	if (notifier_find(out, v.key) != NULL)
		mistake(&x, _("'%s' is there twice"), v.name);
	else
		*VEC_ADD_IN(r->arena, out) = v;
}

void
notifiers_read(struct arena *a, const struct node *on_finding,
    struct notifiers *out, struct diagnostics *diags)
{
	struct reader r = { .arena = a, .diags = diags };

	if (on_finding->kind == NODE_MAP) {
		read_one(&r, on_finding, out);
		return;
	}
	if (!read_is(&r, "on-finding", on_finding, TAKES_LIST))
		return;
	for (size_t i = 0; i < on_finding->list.n; i++) {
		if (i < NOTIFIERS_MAX)
			read_one(&r, on_finding->list.items[i], out);
		else if (i == NOTIFIERS_MAX)
			diagnostics_add(diags, on_finding->list.items[i]->at,
			    _("more than %d notifiers"), NOTIFIERS_MAX);
	}
}

#define AT(member) .at = offsetof(struct mailer, member)
static const struct keyword mail_keys[] = {
	{ "to", keyword_texts, AT(to) },
	{ "from", keyword_text, AT(from) },
	{ "program", keyword_texts, AT(program) },
	{ NULL },
};
#undef AT

void
mailer_read(struct arena *a, const struct node *mail, struct mailer *out,
    struct diagnostics *diags)
{
	struct reader r = { .arena = a, .diags = diags };
	const struct reading x = { &r, mail->at };
	struct mailer v = { 0 };
	struct texts from = { 0 };

	if (mail->kind == NODE_MAP)
		read_keys(&r, "mail", mail, mail_keys, &v);
	else
		read_texts(&r, "mail", mail, VARS_MANY, &v.to, NULL);
	if (v.from != NULL)
		*VEC_ADD_IN(a, &from) = v.from;
	if (!check_addresses(&x, &v.to) || !check_addresses(&x, &from) ||
	    (v.program.n > 0 && !check_file(&x, v.program.items[0])))
		return;
	end_texts(a, &v.program);
	*out = v;
}

const struct notifier *
notifier_find(const struct notifiers *l, const char *key)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->items[i].key, key) == 0)
			return &l->items[i];
	return NULL;
}
