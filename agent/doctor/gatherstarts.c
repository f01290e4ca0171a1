/* SPDX-License-Identifier: MIT */
#include "agent/doctor/checkup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/exec.h"
#include "base/file.h"
#include "base/text.h"

enum { TABLE_MAX = 1 << 20, ANSWER_MAX = 1 << 16, SECONDS = 10,
	NAME_SIZE = 32 };

/* systemd.unit(5): what comes first wins. */
static const char *const folders[] = {
	"/etc/systemd/system", "/run/systemd/system",
	"/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
	"/lib/systemd/system",
};
enum { N_FOLDERS = sizeof(folders) / sizeof(folders[0]) };

/* Files of crontab(5), and folders of them. */
static const char *const tables[] = {
	"/etc/cron.d", "/etc/cron.daily", "/etc/crontab",
	"/var/spool/cron/crontabs/root", "/var/spool/cron/tabs/root",
	"/var/spool/cron/root", "/etc/anacrontab", "/etc/rc.local",
};

static const char *
read_link(const struct root *r, const char *path, struct buf *out)
{
	const char *name;
	CLEANUP(drop_fd) int dir = root_open_parent(r, path, &name);
	char to[4096];
	ssize_t n = dir >= 0 ? readlinkat(dir, name, to, sizeof(to)) : -1;

	if (n <= 0)
		return NULL;
	buf_add(out, to, (size_t)n);
	return buf_str(out);
}

static void
find_unit(const struct root *r, const char *unit, struct start_fact *s)
{
	for (int i = 0; i < N_FOLDERS && !s->unit; i++) {
		CLEANUP(drop_free) char *path = xasprintf("%s/%s", folders[i],
		    unit);
		CLEANUP(drop_buf) struct buf to = { 0 };
		const char *link = read_link(r, path, &to);

		s->masked = link != NULL && strcmp(link, "/dev/null") == 0;
		s->unit = s->masked || checkup_there(r, path);
	}
}

/* A link of that name in any folder *.wants or *.requires. */
static bool
is_wanted(const struct root *r, const char *folder, const char *unit)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };
	CLEANUP(drop_fd) int dir = root_open_in(r, folder,
	    O_RDONLY | O_DIRECTORY);

	if (dir < 0 || file_names(dir, ".", &names) < 0)
		return false;
	for (size_t i = 0; i < names.n; i++) {
		CLEANUP(drop_free) char *path = xasprintf("%s/%s",
		    names.items[i], unit);

		if ((text_ends(names.items[i], ".wants") ||
		    text_ends(names.items[i], ".requires")) &&
		    faccessat(dir, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			return true;
	}
	return false;
}

static void
look_at_unit(const struct root *r, const char *unit, struct start_fact *s)
{
	find_unit(r, unit, s);
	for (int i = 0; i < N_FOLDERS; i++)
		s->enabled |= is_wanted(r, folders[i], unit);
}

/* Comments say nothing. */
static bool
calls(const char *text, const char *words)
{
	for (const char *at = text; *at != '\0';) {
		size_t n = strcspn(at, "\n");
		CLEANUP(drop_free) char *line = xmemdup(at, n);
		const char *p = line + strspn(line, " \t");

		if (*p != '#' && strstr(p, "driftctl") != NULL &&
		    strstr(p, words) != NULL)
			return true;
		at += n + (at[n] == '\n');
	}
	return false;
}

static void
look_at_table(struct checkup *c, const struct root *r, const char *path)
{
	CLEANUP(drop_buf) struct buf text = { 0 };
	int n = checkup_read(r, path, &text);
	struct start_fact *both[] = { &c->nightly, &c->boot };
	static const char *const words[] = { "report", "hook boot" };

	for (size_t i = 0; i < 2; i++) {
		if (n < 0 && both[i]->unreadable == NULL)
			both[i]->unreadable = arena_strdup(&c->arena, path);
		if (n > 0 && both[i]->cron == NULL &&
		    calls(buf_str(&text), words[i]))
			both[i]->cron = arena_strdup(&c->arena, path);
	}
}

/* cron passes over names with a dot, and over what others can write. */
static void
look_at_tables(struct checkup *c, const struct root *r)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		CLEANUP(drop_strlist) struct strlist names = { 0 };
		CLEANUP(drop_fd) int dir = root_open_in(r, tables[i],
		    O_RDONLY | O_DIRECTORY);

		if (dir < 0 || file_names(dir, ".", &names) < 0) {
			look_at_table(c, r, tables[i]);
			continue;
		}
		strlist_sort(&names);
		for (size_t k = 0; k < names.n; k++) {
			CLEANUP(drop_free) char *path = xasprintf("%s/%s",
			    tables[i], names.items[k]);
			struct stat st;

			if (strpbrk(names.items[k], ".~") == NULL &&
			    fstatat(dir, names.items[k], &st, 0) == 0 &&
			    (st.st_mode & 022) == 0)
				look_at_table(c, r, path);
		}
	}
}

static bool
is_cron(const char *name)
{
	return strcmp(name, "cron") == 0 || strcmp(name, "crond") == 0 ||
	    strcmp(name, "fcron") == 0 || strcmp(name, "bcron") == 0;
}

static bool
cron_runs(void)
{
	CLEANUP(drop_strlist) struct strlist pids = { 0 };

	if (file_names(AT_FDCWD, "/proc", &pids) < 0)
		return false;
	for (size_t i = 0; i < pids.n; i++) {
		CLEANUP(drop_free) char *path = xasprintf("/proc/%s/comm",
		    pids.items[i]);
		CLEANUP(drop_buf) struct buf name = { 0 };
		struct err ignored = { 0 };

		if (pids.items[i][0] < '0' || pids.items[i][0] > '9' ||
		    file_read(AT_FDCWD, path, NAME_SIZE, &name, &ignored) < 0)
			continue;
		if (name.len > 0 && name.bytes[name.len - 1] == '\n')
			buf_truncate(&name, name.len - 1);
		if (is_cron(buf_str(&name)))
			return true;
	}
	return false;
}

/* The value of one property; "" where nobody tells. */
static void
ask_systemd(const char *unit, const char *property, struct buf *out)
{
	const char *const argv[] = { "systemctl", "show", "--value", "-p",
		property, unit, NULL };
	struct err ignored = { 0 };
	int code;

	if (exec_run(argv, ANSWER_MAX, SECONDS, out, &code, &ignored) < 0 ||
	    code != 0)
		buf_reset(out);
	if (out->len > 0 && out->bytes[out->len - 1] == '\n')
		buf_truncate(out, out->len - 1);
}

static void
ask_how(struct checkup *c, const char *service, struct start_fact *s)
{
	CLEANUP(drop_buf) struct buf result = { 0 };

	ask_systemd(service, "Result", &result);
	if (result.len > 0 && strcmp(buf_str(&result), "success") != 0)
		s->failed = arena_strdup(&c->arena, buf_str(&result));
}

static void
ask_running(struct checkup *c)
{
	CLEANUP(drop_buf) struct buf state = { 0 };

	ask_systemd("driftctl-report.timer", "ActiveState", &state);
	/* Nobody tells: as good as running. */
	c->nightly.active = state.len == 0 ||
	    strcmp(buf_str(&state), "active") == 0;
	ask_how(c, "driftctl-report.service", &c->nightly);
	ask_how(c, "driftctl-boot.service", &c->boot);
}

void
checkup_starts(struct checkup *c, const struct root *r)
{
	static const char running[] = "/run/systemd/system";

	/* sd_booted(3); of a mounted system, what it would start. */
	c->systemd = c->live ? checkup_there(r, running) :
	    checkup_there(r, "/usr/lib/systemd/systemd") ||
	    checkup_there(r, "/lib/systemd/systemd");
	look_at_unit(r, "driftctl-report.timer", &c->nightly);
	look_at_unit(r, "driftctl-boot.service", &c->boot);
	if (c->systemd && c->live)
		ask_running(c);
	look_at_tables(c, r);
	/* Ours does nothing where systemd runs. */
	if (c->systemd && c->nightly.cron != NULL &&
	    strcmp(c->nightly.cron, "/etc/cron.d/driftctl") == 0)
		c->nightly.cron = NULL;
	c->cron_known = c->live;
	c->cron_runs = c->live && cron_runs();
}
