/* SPDX-License-Identifier: MIT */
#include "specs/view.h"

#include <string.h>
#include <strings.h>

#include "base/glob.h"
#include "specs/views/views.h"

static const struct view *const views[] = {
	&view_ini,
	&view_systemd,
	&view_shellvars,
	&view_keyvalue,
	&view_postfix,
	&view_crypttab,
	&view_fstab,
	&view_nsswitch,
	&view_passwd,
	&view_shadow,
	&view_group,
	&view_pam,
	&view_xml,
	&view_cron,
	&view_cron_user,
	&view_anacrontab,
	&view_postfix_master,
	&view_hosts,
	&view_aliases,
};

enum { VIEWS = sizeof(views) / sizeof(views[0]) };

/* The first row that matches wins, so the particular stand before `*.conf`. */
static const struct {
	const char *pattern;
	const struct view *view;
} by_path[] = {
	{ "/**/pam.d/*", &view_pam },
	{ "/etc/pam.conf", &view_pam },
	{ "/**/*.xml", &view_xml },
	{ "/**/*.service", &view_systemd },
	{ "/**/*.socket", &view_systemd },
	{ "/**/*.timer", &view_systemd },
	{ "/**/*.mount", &view_systemd },
	{ "/**/*.automount", &view_systemd },
	{ "/**/*.swap", &view_systemd },
	{ "/**/*.target", &view_systemd },
	{ "/**/*.path", &view_systemd },
	{ "/**/*.slice", &view_systemd },
	{ "/**/*.scope", &view_systemd },
	{ "/**/*.network", &view_systemd },
	{ "/**/*.netdev", &view_systemd },
	{ "/**/*.nspawn", &view_systemd },
	{ "/**/systemd/**/*.conf", &view_systemd },
	{ "/**/crypttab", &view_crypttab },
	{ "/**/fstab", &view_fstab },
	{ "/**/nsswitch.conf", &view_nsswitch },
	{ "/etc/passwd", &view_passwd },
	{ "/etc/passwd-", &view_passwd },
	{ "/etc/shadow", &view_shadow },
	{ "/etc/shadow-", &view_shadow },
	{ "/etc/group", &view_group },
	{ "/etc/group-", &view_group },
	{ "/**/sshd_config", &view_keyvalue },
	{ "/**/sshd_config.d/*.conf", &view_keyvalue },
	{ "/**/ssh_config", &view_keyvalue },
	{ "/**/ssh_config.d/*.conf", &view_keyvalue },
	{ "/**/login.defs", &view_keyvalue },
	{ "/**/freshclam.conf", &view_keyvalue },
	{ "/**/clamd.conf", &view_keyvalue },
	{ "/**/main.cf", &view_postfix },
	{ "/**/master.cf", &view_postfix_master },
	{ "/etc/crontab", &view_cron },
	{ "/**/cron.d/*", &view_cron },
	{ "/etc/anacrontab", &view_anacrontab },
	{ "/var/spool/cron/crontabs/*", &view_cron_user },
	{ "/var/spool/cron/tabs/*", &view_cron_user },
	{ "/var/spool/cron/*", &view_cron_user },
	{ "/etc/hosts", &view_hosts },
	{ "/etc/aliases", &view_aliases },
	{ "/etc/mail/aliases", &view_aliases },
	{ "/etc/postfix/aliases", &view_aliases },
	{ "/etc/sysconfig/**", &view_shellvars },
	{ "/etc/default/**", &view_shellvars },
	{ "/**/os-release", &view_shellvars },
	{ "/**/*.conf", &view_ini },
	{ "/**/*.ini", &view_ini },
};

const struct view *
view_find(const char *name)
{
	for (size_t i = 0; i < VIEWS; i++)
		if (strcmp(views[i]->name, name) == 0)
			return views[i];
	return NULL;
}

const char *const *
view_names(void)
{
	static const char *const names[] = { "ini", "systemd", "shellvars",
		"keyvalue", "postfix", "crypttab", "fstab", "nsswitch",
		"passwd", "shadow", "group", "pam", "xml", "cron", "cron-user",
		"anacrontab", "postfix-master", "hosts", "aliases", NULL };

	_Static_assert(sizeof(names) / sizeof(names[0]) == VIEWS + 1,
	    "each view has a name here");
	return names;
}

const struct view *
view_for_path(const char *path)
{
	for (size_t i = 0; i < sizeof(by_path) / sizeof(by_path[0]); i++)
		if (glob_path(by_path[i].pattern, path))
			return by_path[i].view;
	return NULL;
}

bool
view_same(const struct view *v, const char *a, const char *b)
{
	return (v->ignore_case ? strcasecmp(a, b) : strcmp(a, b)) == 0;
}

bool
view_is_row(const struct view *v, const struct view_node *n)
{
	return v->fields != NULL &&
	    (v->write_key == NULL || n->name[0] != '\0');
}

/* One word into out; quotes only group (systemd.syntax(7)). */
static const char *
take_word(const struct view *v, const char *s, struct buf *out)
{
	char quote = '\0';

	buf_reset(out);
	for (; *s != '\0'; s++) {
		if (quote != '\0' && *s == quote)
			quote = '\0';
		else if (quote == '\0' && v->quoted_words &&
		    (*s == '"' || *s == '\''))
			quote = *s;
		else if (quote == '\0' && strchr(v->separators, *s) != NULL)
			break;
		else
			buf_addc(out, *s);
	}
	return s;
}

int
view_words(const struct view *v, const char *value,
    int (*each)(void *arg, const char *word, size_t len), void *arg)
{
	CLEANUP(drop_buf) struct buf word = { 0 };
	int stop = 0;

	value += strspn(value, v->separators);
	while (stop == 0 && *value != '\0') {
		value = take_word(v, value, &word);
		value += strspn(value, v->separators);
		stop = each(arg, buf_str(&word), word.len);
	}
	return stop;
}
