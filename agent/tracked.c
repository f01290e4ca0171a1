/* SPDX-License-Identifier: MIT */
#include "agent/tracked.h"

#include <string.h>

#include "agent/glance.h"
#include "base/buf.h"
#include "base/glob.h"
#include "base/mem.h"

static const char *const always[] = { "/etc", "/etc/**" };

/*
 * Files that programs write by themselves, leftovers in passing of package
 * managers and editors, and our own. seal.key must never be recorded: it would
 * open what is sealed.
 */
static const char *const volatile_names[] = {
	"/etc/mtab", "/etc/ld.so.cache", "/etc/adjtime", "/etc/.pwd.lock",
	"/etc/.updated", "/etc/blkid.tab", "/etc/blkid.tab.old",
	"/etc/resolv.conf.dhclient-new*", "/etc/cups/subscriptions.conf*",
	"/etc/lvm/archive", "/etc/lvm/backup", "/etc/lvm/cache",
	"/etc/udev/hwdb.bin", "/etc/prelink.cache", "/etc/mail/*.pid",
	"/etc/tor/stats", "/etc/NetworkManager/system-connections/.*.swp",
	"/etc/driftctl/seal.key", "/run/systemd/transient",
	"*.dpkg-new", "*.dpkg-tmp", "*~", "*.swp", "*.swo", "*.swx", "#*#",
	".git", ".svn", ".hg", ".bzr", ".driftctl-*",
};

static const char *const secret_names[] = {
	"/etc/shadow", "/etc/shadow-", "/etc/gshadow", "/etc/gshadow-",
	"/etc/security/opasswd*", "/etc/ssh/ssh_host_*_key",
	"/etc/ssl/private/**", "/etc/pki/tls/private/**",
	"/etc/letsencrypt/accounts/**", "/etc/letsencrypt/keys/**",
	"/etc/sasldb2", "/etc/sasl2/sasldb2*", "/etc/sssd/sssd.conf",
	"/etc/sssd/conf.d/**", "/etc/krb5.keytab", "/etc/**/*.keytab",
	"/etc/**/*.key", "/etc/luks/**", "/etc/cryptsetup-keys.d/**",
	"/etc/**/*luks*header*", "/etc/postfix/sasl_passwd*",
	"/etc/postfix/sasl/sasl_passwd*", "/etc/fetchmailrc",
	"/etc/wireguard/**", "/etc/ppp/*-secrets",
	"/etc/NetworkManager/system-connections/**",
	"/etc/libvirt/secrets/**", "/etc/dovecot/private/**",
	"/etc/nslcd.conf", "/etc/ldap.secret", "/etc/libnss-ldap.secret",
	"/etc/pam_ldap.secret", "/etc/mysql/debian.cnf", "/etc/rndc.key",
	"/root/.fetchmailrc", "/root/.netrc", "/root/.ssh/id_*",
};

static int
add_all(struct scope *s, const char *const *names, size_t n,
    int (*add)(struct scope *s, const char *pattern, struct err *e),
    struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (add(s, names[i], e) < 0)
			return -1;
	return 0;
}

static int
add_side(struct scope *s, const struct relation_side *side, struct err *e)
{
	for (; side != NULL; side = side->among)
		if (add_all(s, side->paths.items, side->paths.n,
		    scope_include, e) < 0)
			return -1;
	return 0;
}

/* The key of a certificate is a secret by its path, or by its content. */
static int
add_certificate(struct scope *s, const struct certificate_demand *d,
    struct err *e)
{
	const char *key = d->key_path != NULL && d->key_path[0] == '/' ?
	    d->key_path : NULL;

	if (add_all(s, d->trust.items, d->trust.n, scope_include, e) < 0)
		return -1;
	return key == NULL ? 0 : scope_include(s, key, e);
}

/* Everything that a rule reads. What `exists` looks for is not read: the
 * modules of PAM, say, are none of ours to record. */
static int
add_rule(struct scope *s, const struct rule *r, struct err *e)
{
	/* What is only counted is looked at, not recorded (glance.h). */
	if (!glance_is_enough(r) && add_all(s, r->paths.items, r->paths.n,
	    scope_include, e) < 0)
		return -1;
	if (r->certificate != NULL && add_certificate(s, r->certificate,
	    e) < 0)
		return -1;
	if (r->command != NULL && add_all(s, r->command->reads.items,
	    r->command->reads.n, scope_include, e) < 0)
		return -1;
	if (r->relation == NULL)
		return 0;
	if (add_side(s, &r->relation->each, e) < 0)
		return -1;
	return add_side(s, &r->relation->other, e);
}

static int
add_lists(struct scope *s, const char *const *include, size_t n_include,
    const char *const *ignore, size_t n_ignore, struct err *e)
{
	if (add_all(s, include, n_include, scope_include, e) < 0)
		return -1;
	return add_all(s, ignore, n_ignore, scope_ignore, e);
}

int
tracked_add(struct scope *s, const struct tracked_reason *r, struct err *e)
{
	switch (r->by) {
	case TRACKED_ALWAYS:
		return add_lists(s, always, sizeof(always) / sizeof(always[0]),
		    volatile_names, sizeof(volatile_names) /
		    sizeof(volatile_names[0]), e);
	case TRACKED_CONFIG:
		return add_lists(s,
		    (const char *const *)r->config->track.items,
		    r->config->track.n,
		    (const char *const *)r->config->ignore.items,
		    r->config->ignore.n, e);
	case TRACKED_SPEC:
		return add_lists(s, r->spec->track.items, r->spec->track.n,
		    r->spec->ignore.items, r->spec->ignore.n, e);
	case TRACKED_RULE:
		return add_rule(s, r->rule, e);
	}
	return 0;
}

static int
add_spec(struct scope *s, const struct spec *spec, struct err *e)
{
	if (tracked_add(s, &(struct tracked_reason){ .by = TRACKED_SPEC,
	    .spec = spec }, e) < 0)
		return -1;
	for (size_t i = 0; i < spec->n_rules; i++) {
		const struct rule *r = &spec->rules[i];

		if (!r->disabled && add_rule(s, r, e) < 0)
			return -1;
	}
	return 0;
}

int
tracked_scope(const struct config *c, const struct catalogue *cat,
    struct scope *out, struct err *e)
{
	if (tracked_add(out, &(struct tracked_reason){ .by = TRACKED_ALWAYS },
	    e) < 0 || tracked_add(out, &(struct tracked_reason){
	    .by = TRACKED_CONFIG, .config = c }, e) < 0)
		return -1;
	for (size_t i = 0; i < cat->n; i++)
		if (cat->specs[i]->applies &&
		    add_spec(out, cat->specs[i], e) < 0)
			return -1;
	return 0;
}

/* Where a symlink at the very path leads to; scope_settle leaves that. */
static void
add_end(struct strlist *out, const struct root *r, const char *path)
{
	CLEANUP(drop_free) char *whole = xasprintf("%s/.", path);
	CLEANUP(drop_buf) struct buf real = { 0 };
	CLEANUP(drop_buf) struct buf pattern = { 0 };
	struct err ignored = { 0 };

	if (!glob_literal(path, strlen(path)) ||
	    root_resolve(r, whole, &real, NULL, &ignored) < 0)
		return;
	glob_escape(&pattern, buf_str(&real));
	strlist_add(out, buf_str(&pattern));
}

/* Paths that are captured are real ones; those of a snapshot may be either. */
int
tracked_settle_secrets(struct scope *s, const struct root *r, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist written = { 0 };

	for (size_t i = 0; i < s->include.n; i++)
		strlist_add(&written, s->include.items[i]);
	if (scope_settle(s, r, e) < 0)
		return -1;
	for (size_t i = 0; i < written.n; i++) {
		strlist_add(&s->include, written.items[i]);
		add_end(&s->include, r, written.items[i]);
	}
	scope_prepare(s);
	return 0;
}

/* What notifiers are let in with. */
static int
add_tokens(struct scope *s, const struct notifiers *l, struct err *e)
{
	for (size_t i = 0; i < l->n; i++) {
		const char *const files[] = { l->items[i].file,
			l->items[i].headers };

		for (size_t k = 0; k < 2; k++) {
			CLEANUP(drop_buf) struct buf pattern = { 0 };

			if (files[k] == NULL)
				continue;
			glob_escape(&pattern, files[k]);
			if (scope_include(s, buf_str(&pattern), e) < 0)
				return -1;
		}
	}
	return 0;
}

int
tracked_secret_names(const struct config *c, const struct catalogue *cat,
    struct scope *out, struct err *e)
{
	if (add_all(out, secret_names, sizeof(secret_names) /
	    sizeof(secret_names[0]), scope_include, e) < 0 ||
	    add_tokens(out, &c->notifiers, e) < 0)
		return -1;
	/* A rule that does not apply here is a secret all the same. */
	for (size_t i = 0; i < cat->n; i++) {
		for (size_t k = 0; k < cat->specs[i]->n_rules; k++) {
			const struct rule *rule = &cat->specs[i]->rules[k];

			if (rule->secret && add_rule(out, rule, e) < 0)
				return -1;
		}
	}
	return 0;
}

int
tracked_secrets(const struct config *c, const struct catalogue *cat,
    const struct root *r, struct scope *out, struct err *e)
{
	if (tracked_secret_names(c, cat, out, e) < 0)
		return -1;
	return tracked_settle_secrets(out, r, e);
}
