/* SPDX-License-Identifier: MIT */
#include "agent/hook/tell.h"

#include <string.h>
#include <syslog.h>

#include "agent/say.h"
#include "base/text.h"
#include "base/tr.h"

enum { NAMED_MAX = 4 };

/* "/etc/pam.d/imap, /etc/pam.d/smtp and 3 more" */
static void
add_names(const struct transaction *t, const char *kind, struct buf *out)
{
	size_t n = 0, all = transaction_count(t, kind);

	for (size_t i = 0; i < t->findings.n && n < NAMED_MAX; i++) {
		const struct transaction_finding *f = &t->findings.items[i];

		if (strcmp(f->kind, kind) != 0)
			continue;
		buf_adds(out, n++ == 0 ? "" : ", ");
		text_escape(out, f->id, strlen(f->id));
	}
	if (all > n)
		buf_addf(out, _(" and %zu more"), all - n);
}

static void
add_kind(const struct transaction *t, const char *kind, const char *said,
    struct buf *out)
{
	if (transaction_count(t, kind) == 0)
		return;
	buf_adds(out, said);
	add_names(t, kind, out);
	buf_addc(out, '\n');
}

void
tell_text(const struct transaction *t, const char *report, struct buf *out)
{
	if (transaction_late(t))
		transaction_about(t, out);
	add_kind(t, "restored", _("put back: "), out);
	add_kind(t, "flagged", _("needs you: "), out);
	add_kind(t, "merge", _("to merge: "), out);
	add_kind(t, "unknown", _("cannot tell: "), out);
	if (t->failed.n > 0)
		buf_addf(out, _("not done: %s\n"), t->failed.items[0]);
	if (out->len > 0 && report != NULL)
		buf_addf(out, _("all of it: %s\n"), report);
}

static void
log_lines(int priority, const char *origin, const struct buf *text)
{
	const char *at = buf_str(text);

	openlog("driftctl", LOG_PID, LOG_DAEMON);
	while (*at != '\0') {
		size_t len = strcspn(at, "\n");

		syslog(priority, "%s: %.*s", origin, (int)len, at);
		at += len + (at[len] == '\n');
	}
	closelog();
}

void
tell_end(const struct transaction *t, const char *report, bool loud)
{
	CLEANUP(drop_buf) struct buf text = { 0 }, packages = { 0 };

	tell_text(t, report, &text);
	if (text.len == 0) {
		transaction_packages_text(t, &packages);
		buf_addf(&text, _("transaction %s: nothing to do (%s)\n"),
		    t->id, packages.len > 0 ? buf_str(&packages) :
		    _("no package changed"));
		log_lines(LOG_INFO, t->origin, &text);
		return;
	}
	log_lines(LOG_WARNING, t->origin, &text);
	for (const char *at = buf_str(&text); loud && *at != '\0';) {
		size_t len = strcspn(at, "\n");

		say_note("%.*s", (int)len, at);
		at += len + (at[len] == '\n');
	}
}

void
tell_failure(const char *origin, const struct err *e)
{
	CLEANUP(drop_buf) struct buf line = { 0 };

	err_format(e, &line);
	log_lines(LOG_ERR, origin, &line);
	say_error(e);
}
