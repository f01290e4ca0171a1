/* SPDX-License-Identifier: MIT */
#ifndef UNIT_SAMPLE_H
#define UNIT_SAMPLE_H

/*
 * A report that has everything a report can have, and names as a hostile hand
 * would choose them. Included after cmocka.h.
 */

#include <string.h>

#include "agent/report/fold.h"
#include "agent/report/model.h"
#include "base/vec.h"

/* Saturday, 21 November 2026, 20:21:37 UTC */
#define SAMPLE_NOW 1795292497

#define SAMPLE_HOSTILE "/etc/<script>alert('1')</script>\"&`|\n\033[2J\xff.conf"

static inline void
sample_findings(struct model *m)
{
	static const char *const services[] = { "imap", "pop", "sieve",
		"smtp", "lmtp", "csync", "mupdate", "nntp" };
	struct model_finding f = { .kind = FINDING_DRIFT, .flagged = true,
		.severity = SEVERITY_CRITICAL, .what = "is not there",
		.why = "Without this file PAM falls back to 'other', which on "
		"this system denies everybody: no mail user can log in any "
		"more.", .spec = "mail-auth", .rule = "service-files",
		.demand = "exists",
		.transaction = "20261121T193012Z-zypp",
		.cause = "cyrus-imapd 2.4.17-3 -> 3.0.5-1 does not ship it "
		"any more" };

	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		f.path = f.file = arena_printf(&m->arena, "/etc/pam.d/%s",
		    services[i]);
		f.id = arena_printf(&m->arena,
		    "mail-auth/service-files:%s#exists", f.path);
		f.remedy = arena_printf(&m->arena, "driftctl restore %s",
		    f.path);
		*VEC_ADD(&m->findings) = f;
	}
	*VEC_ADD(&m->findings) = (struct model_finding){
		.kind = FINDING_DRIFT, .flagged = true,
		.id = "spamassassin/config:/etc/mail/spamassassin/local.cf"
		    "#keys", .severity = SEVERITY_WARNING,
		.path = "/etc/mail/spamassassin/local.cf",
		.file = "/etc/mail/spamassassin/local.cf", .line = 12,
		.what = "required_score is 15, expected at most 6",
		.why = "Nearly all spam scores between 6 and 15.",
		.remedy = "driftctl restore --rule spamassassin/config",
		.spec = "spamassassin", .rule = "config", .demand = "keys",
		.change = 1 };
	*VEC_ADD(&m->findings) = (struct model_finding){
		.kind = FINDING_CHANGE, .flagged = true,
		.id = "change:" SAMPLE_HOSTILE, .severity = SEVERITY_WARNING,
		.path = SAMPLE_HOSTILE,
		.what = "was removed since the baseline",
		.remedy = "driftctl restore '/etc/<script>…'", .below = 3 };
	*VEC_ADD(&m->findings) = (struct model_finding){
		.kind = FINDING_DRIFT, .flagged = true, .known = true,
		.since = SAMPLE_NOW - 9 * 86400,
		.id = "tls/valid:/etc/ssl/mail.pem#certificate",
		.severity = SEVERITY_WARNING, .path = "/etc/ssl/mail.pem",
		.what = "is valid for 12 days, at least 21 are asked for",
		.why = "Mail programs refuse what has expired.",
		.spec = "tls", .rule = "valid", .demand = "certificate" };
	*VEC_ADD(&m->findings) = (struct model_finding){
		.kind = FINDING_UNKNOWN, .id = "unknown:/etc/shut",
		.severity = SEVERITY_WARNING, .path = "/etc/shut",
		.file = "/etc/other", .line = 2,
		.what = "cannot open: Permission denied" };
	*VEC_ADD(&m->findings) = (struct model_finding){
		.kind = FINDING_CHANGE, .id = "change:/etc/motd",
		.severity = SEVERITY_INFO, .path = "/etc/motd",
		.what = "was added since the baseline" };
}

static inline void
sample_changes(struct model *m)
{
	*VEC_ADD(&m->changes) = (struct model_change){
		.kind = MODEL_CHANGED, .differs = DIFF_CONTENT, .told = true,
		.id = "change:/etc/mail/spamassassin/local.cf",
		.path = "/etc/mail/spamassassin/local.cf",
		.details = "content", .when = SAMPLE_NOW - 3000,
		.transaction = "20261121T193012Z-zypp",
		.package = "spamassassin 3.4.2-1 -> 4.0.0-2",
		.diff = "@@ -10,5 +10,5 @@\n report_safe 0\n \n"
		"-required_score 5.0\n-# für alle\n+required_score 15.0\n"
		"+# fur alle\n rewrite_header Subject ***SPAM***\n"
		"+use_bayes 1\n" };
	for (int i = 0; i < 40; i++) {
		const char *path = arena_printf(&m->arena,
		    "/etc/sysconfig/cyrus-%02d", i);

		*VEC_ADD(&m->changes) = (struct model_change){
			.kind = MODEL_CHANGED, .differs = DIFF_CONTENT, .path = path,
			.id = arena_printf(&m->arena, "change:%s", path),
			.details = "content", .when = SAMPLE_NOW - 3000,
			.transaction = "20261121T193012Z-zypp",
			.package = "cyrus-imapd 2.4.17-3 -> 3.0.5-1",
			.diff = "@@ -1 +1 @@\n-VERSION=2\n+VERSION=3\n" };
	}
	*VEC_ADD(&m->changes) = (struct model_change){
		.kind = MODEL_ADDED, .path = "/etc/cron.d/backup",
		.id = "change:/etc/cron.d/backup", .details = "file",
		.when = SAMPLE_NOW - 40000,
		.snapshot = "accept: the new backup",
		.diff = "@@ -0,0 +1,2 @@\n+# ```\n+15 3 * * * root "
		"/usr/local/sbin/backup --quiet </dev/null\n", .cut = true };
	*VEC_ADD(&m->changes) = (struct model_change){
		.kind = MODEL_CHANGED, .path = "/etc/shadow", .differs = DIFF_CONTENT,
		.id = "change:/etc/shadow", .details = "content, mode 0640 "
		"-> 0600", .secret = true };
	*VEC_ADD(&m->changes) = (struct model_change){
		.kind = MODEL_REMOVED, .path = SAMPLE_HOSTILE,
		.id = "change:" SAMPLE_HOSTILE, .details = "file",
		.diff = "@@ -1 +0,0 @@\n-</td></table><script>alert(2)"
		"</script>\n" };
}

static inline void
sample_transactions(struct model *m)
{
	struct transaction *t = VEC_ADD(&m->transactions);
	struct transaction_finding *f;

	*t = (struct transaction){ .id = "20261121T193012Z-zypp",
		.origin = "zypp", .command = "zypper --non-interactive dup",
		.state = TRANSACTION_ENDED, .began = SAMPLE_NOW - 3085,
		.ended = SAMPLE_NOW - 2900,
		.rollback = "20261121T193300Z-upgrade",
		.release_was = "openSUSE Leap 15.5",
		.release_is = "openSUSE Leap 15.6" };
	*VEC_ADD(&t->packages) = (struct pkgchange){ "cyrus-imapd", "x86_64",
		"2.4.17-3", "3.0.5-1" };
	*VEC_ADD(&t->packages) = (struct pkgchange){ "libvirt-daemon",
		"x86_64", "8.0.0-1", "9.0.0-2" };
	*VEC_ADD(&t->packages) = (struct pkgchange){ "spamassassin", "noarch",
		"3.4.2-1", "4.0.0-2" };
	*VEC_ADD(&t->packages) = (struct pkgchange){ "pam-config", "x86_64",
		"1.1-1", NULL };
	transaction_found(t, "restored", "/etc/crypttab", "disk-encryption/"
	    "crypttab: replaced; cryptsetup 2.4 -> 2.6 rewrote it");
	transaction_found(t, "restored", "/etc/libvirt/qemu/mail.xml",
	    "libvirt-volumes/disks: repaired");
	f = transaction_found(t, "flagged",
	    "mail-auth/service-files:/etc/pam.d/imap#exists",
	    "is not there; cyrus-imapd 2.4.17-3 -> 3.0.5-1 does not ship it "
	    "any more");
	f->severity = "critical";
	f->path = "/etc/pam.d/imap";
	f->why = "Nobody <gets> in.";
	f->remedy = "driftctl restore /etc/pam.d/imap";
	transaction_found(t, "merge", "/etc/imapd.conf", "edited here, and "
	    "cyrus-imapd 2.4.17-3 -> 3.0.5-1 has a new version");
	strlist_add(&t->failed, "/var/lib/x: cannot open: No such file");
}

static inline void
sample_past(struct model *m)
{
	struct model_restore *r = VEC_ADD(&m->restores);
	struct model_accept *a = VEC_ADD(&m->accepts);

	*r = (struct model_restore){ .id = "20261121T200000Z-restore",
		.title = "restore", .when = SAMPLE_NOW - 1297, .n = 2 };
	strlist_add(&r->paths, "/etc/fstab");
	strlist_add(&r->paths, SAMPLE_HOSTILE);
	*a = (struct model_accept){ .when = SAMPLE_NOW - 40000,
		.who = "alice (as root)", .reason = "the <new> backup",
		.snapshot = "0fdaecf30fdaecf30fdaecf30fdaecf30fdaecf3" };
	strlist_add(&a->paths, "/etc/cron.d/backup");
	*VEC_ADD(&m->mended) = (struct model_mended){
		.id = "tls/key:/etc/ssl/mail.key#mode",
		.since = SAMPLE_NOW - 4 * 86400 };
	*VEC_ADD(&m->merges) = (struct model_merge){ "/etc/imapd.conf",
		"/etc/imapd.conf.rpmnew", false };
	*VEC_ADD(&m->complaints) = (struct model_complaint){ "nightly",
		"the timer is not enabled",
		"systemctl enable --now driftctl.timer", false, false };
	strlist_add(&m->troubles, "specs/x.yaml:3:1: unknown key 'sevrity'");
}

static inline void
sample_calendar(struct model *m)
{
	struct model_rule *r;

	for (int i = 0; i < 370; i++) {
		/* From Monday, 17 November 2025 to Saturday a year later. */
		time_t at = SAMPLE_NOW - (369 - i) * (time_t)86400;
		struct model_day *d = VEC_ADD(&m->days);
		struct tm tm;

		gmtime_r(&at, &tm);
		d->year = tm.tm_year + 1900;
		d->month = tm.tm_mon + 1;
		d->day = tm.tm_mday;
		d->weekday = (tm.tm_wday + 6) % 7;
		d->watched = i > 120;
		d->transactions = d->watched && i % 14 == 5;
		d->snapshots = d->watched && i % 5 == 0;
		d->open = i >= 360 ? 1 : i > 200 && i < 206 ? 2 : 0;
		d->restored = d->transactions && i % 4 == 3 ? 3 : 0;
	}
	m->days.items[369].open = 12;
	r = VEC_ADD(&m->rules_past);
	*r = (struct model_rule){ .name = "mail-auth/service-files",
		.severity = SEVERITY_CRITICAL, .restored = 2 };
	*VEC_ADD(&r->spans) = (struct model_span){ SAMPLE_NOW - 168 * 86400,
		SAMPLE_NOW - 164 * 86400 };
	*VEC_ADD(&r->spans) = (struct model_span){ SAMPLE_NOW - 2900, 0 };
	r = VEC_ADD(&m->rules_past);
	*r = (struct model_rule){ .name = "tls/valid",
		.severity = SEVERITY_WARNING };
	*VEC_ADD(&r->spans) = (struct model_span){ SAMPLE_NOW - 9 * 86400,
		0 };
	r = VEC_ADD(&m->rules_past);
	*r = (struct model_rule){ .name = "disk-encryption/crypttab",
		.severity = SEVERITY_CRITICAL, .restored = 1 };
}

/* Everything. */
static inline void
sample_model(struct model *m)
{
	*m = (struct model){ .verb = "report", .host = "post.example.org",
		.root = "/", .command = "driftctl", .exit_code = 2,
		.since = SAMPLE_NOW - 86400, .until = SAMPLE_NOW,
		.baseline = "0fdaecf30fdaecf30fdaecf30fdaecf30fdaecf3",
		.baseline_time = SAMPLE_NOW - 30 * 86400, .drifts = 10,
		.flagged = 11, .notes = 1, .unknowns = 1, .rules = 39,
		.held = 36, .specs = 8, .entries = 1734, .masked = 1 };
	*VEC_ADD(&m->checks) = (struct model_check){ "mail-auth",
		"Mail users can log in", "service-files", "why",
		SEVERITY_CRITICAL };
	*VEC_ADD(&m->checks) = (struct model_check){ "mail-auth",
		"Mail users can log in", "stacks", NULL, SEVERITY_WARNING };
	*VEC_ADD(&m->checks) = (struct model_check){ "spamassassin",
		"Spam is found", "config", "why", SEVERITY_WARNING };
	*VEC_ADD(&m->checks) = (struct model_check){ "tls",
		"Certificates are valid", "valid", "why", SEVERITY_WARNING };
	sample_findings(m);
	sample_changes(m);
	sample_transactions(m);
	sample_past(m);
	sample_calendar(m);
	fold(m);
}

/* The same as a check sees it. */
static inline void
sample_moment(struct model *m)
{
	*m = (struct model){ .verb = "check", .host = "post.example.org",
		.root = "/", .command = "driftctl", .exit_code = 2,
		.moment = true, .until = SAMPLE_NOW, .drifts = 10,
		.flagged = 11, .notes = 1, .unknowns = 1, .rules = 39,
		.held = 36, .specs = 8, .entries = 1734 };
	sample_findings(m);
	for (size_t i = 0; i < m->findings.n; i++) {
		m->findings.items[i].change = 0;
		m->findings.items[i].known = false;
		m->findings.items[i].since = 0;
		m->findings.items[i].transaction = NULL;
		m->findings.items[i].cause = NULL;
	}
	fold(m);
}

#endif
