/* SPDX-License-Identifier: MIT */
#include "agent/begin/hooks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/begin/keepold.h"
#include "agent/json.h"
#include "agent/wrap.h"
#include "base/exec.h"
#include "base/file.h"
#include "base/path.h"
#include "base/text.h"
#include "base/tr.h"

enum { SECONDS = 30, ANSWER_MAX = 1 << 16 };

#define WANTS "/etc/systemd/system"

/* What systemd is to start, and by what. */
static const struct unit {
	const char *name, *wanted_by;
	bool nightly;
} units[] = {
	{ "driftctl-report.timer", "timers.target", true },
	{ "driftctl-boot.service", "multi-user.target", false },
};
enum { N_UNITS = sizeof(units) / sizeof(units[0]) };

static const char *const state_names[] = {
	[HOOK_THERE] = "there",
	[HOOK_MISSING] = "missing",
	[HOOK_CHANGED] = "changed",
	[HOOK_NO_PROGRAM] = "no-program",
	[HOOK_OPEN] = "open",
	[HOOK_OFF] = "off",
	[HOOK_UNREADABLE] = "unreadable",
};

void
begin_hooks_look(struct begin_hooks *h, const struct machine *m)
{
	checkup_begin(&h->c, m->o, &m->root);
	checkup_hooks(&h->c, &m->root);
	checkup_starts(&h->c, &m->root);
}

void
drop_begin_hooks(struct begin_hooks *h)
{
	checkup_done(&h->c);
}

/* What can be put right by writing the file. */
static bool
is_wanting(const struct hook_fact *f)
{
	return f->path != NULL && f->content != NULL &&
	    (f->state == HOOK_MISSING || f->state == HOOK_CHANGED ||
	    f->state == HOOK_NO_PROGRAM);
}

static const char *
words_of(const struct hook_fact *f)
{
	switch (f->state) {
	case HOOK_THERE:
		return _("is there");
	case HOOK_MISSING:
		return f->content != NULL ? _("would be put there") :
		    _("is missing, and what ships is not at hand");
	case HOOK_CHANGED:
		return f->content != NULL ? _("is there, but not as it "
		    "ships: it would be kept as .bak") :
		    _("is there, but not as it ships");
	case HOOK_NO_PROGRAM:
		return _("is there, but cannot be executed");
	case HOOK_OPEN:
		return _("is there, but others than root can change it");
	case HOOK_OFF:
	case HOOK_UNREADABLE:
		break;
	}
	return f->why != NULL ? f->why : _("cannot be told");
}

static void
add_fact(struct buf *out, const struct hook_fact *f)
{
	buf_addf(out, "  %-8s ", f->manager);
	if (f->path != NULL) {
		text_escape(out, f->path, strlen(f->path));
		buf_addf(out, "\n%11s", "");
		wrap_from(out, 11, 11, words_of(f));
	} else {
		wrap_from(out, 11, 11, f->state == HOOK_THERE ?
		    _("the triggers of the package driftctl") :
		    _("only a package of driftctl has triggers: what rpm "
		    "alone does is found at night"));
	}
}

static bool
lacks_unit(const struct begin_hooks *h, const struct unit *u)
{
	const struct start_fact *s = u->nightly ? &h->c.nightly : &h->c.boot;

	return h->c.systemd && !s->enabled && !s->masked;
}

static void
add_units(struct buf *out, const struct begin_hooks *h)
{
	for (int i = 0; i < N_UNITS; i++) {
		const struct start_fact *s = units[i].nightly ?
		    &h->c.nightly : &h->c.boot;

		buf_adds(out, "  ");
		text_pad(out, units[i].nightly ? _("nightly") :
		    _("at boot"), 9);
		buf_addf(out, "%s\n%11s", units[i].name, "");
		wrap_from(out, 11, 11, s->masked ? _("is masked") :
		    s->enabled ? _("is enabled") : s->unit ?
		    _("would be enabled") :
		    _("is not installed ('make install' puts it there)"));
	}
}

static size_t
count_wanting(const struct begin_hooks *h)
{
	size_t n = 0;

	for (size_t i = 0; i < h->c.hooks.n; i++)
		n += is_wanting(&h->c.hooks.items[i]);
	for (int i = 0; i < N_UNITS; i++)
		n += lacks_unit(h, &units[i]) && (units[i].nightly ?
		    h->c.nightly.unit : h->c.boot.unit);
	return n + (!h->c.systemd && is_wanting(&h->c.cron));
}

void
begin_hooks_text(const struct begin_hooks *h, struct buf *out)
{
	if (h->c.hooks.n == 0)
		buf_adds(out, _("  no package manager was found that driftctl "
		    "has a hook for\n"));
	for (size_t i = 0; i < h->c.hooks.n; i++)
		add_fact(out, &h->c.hooks.items[i]);
	if (h->c.systemd)
		add_units(out, h);
	else
		add_fact(out, &h->c.cron);
	if (!h->c.program_there && h->c.live) {
		CLEANUP(drop_buf) struct buf words = { 0 };

		buf_addf(&words, _("hooks call %s, which is not there yet "
		    "('make install' puts it there)"), h->c.program);
		wrap_text(out, 2, buf_str(&words));
	}
	if (count_wanting(h) > 0)
		buf_addf(out, _("to install them: %s init --hooks\n"),
		    h->c.command);
}

static void
json_fact(struct json *j, const struct hook_fact *f)
{
	json_open(j, NULL, '{');
	json_text(j, "manager", f->manager);
	json_text(j, "path", f->path);
	json_text(j, "state", state_names[f->state]);
	json_close(j, '}');
}

void
begin_hooks_json(const struct begin_hooks *h, struct json *j)
{
	json_open(j, "hooks", '[');
	for (size_t i = 0; i < h->c.hooks.n; i++)
		json_fact(j, &h->c.hooks.items[i]);
	if (!h->c.systemd)
		json_fact(j, &h->c.cron);
	json_close(j, ']');
}

/* The folder that path lies in, made below the root where it is not there;
 * where symlinks of the root lead within it. */
static int
open_parent(const struct root *r, const char *path, const char **out_name,
    struct err *e)
{
	CLEANUP(drop_buf) struct buf up = { 0 };
	CLEANUP(drop_buf) struct buf real = { 0 };
	int dir;

	path_parent(&up, path);
	buf_adds(&up, "/.");
	if (root_resolve(r, buf_str(&up), &real, NULL, e) < 0 ||
	    (real.len > 1 && file_mkdirs(r->fd, buf_str(&real) + 1, 0755,
	    e) < 0))
		return -1;
	dir = root_open_parent(r, path, out_name);
	return dir < 0 ? err_sys(e, path, _("cannot open its folder")) : dir;
}

static int
put(const struct root *r, const struct hook_fact *f, struct buf *out,
    struct err *e)
{
	const char *name;
	CLEANUP(drop_fd) int dir = open_parent(r, f->path, &name, e);
	CLEANUP(drop_buf) struct buf kept = { 0 };

	if (dir < 0 || keepold(r, dir, f->path, f->content, &kept,
	    e) < 0 ||
	    file_replace(dir, name, f->content, strlen(f->content),
	    f->executable ? 0755 : 0644, e) < 0)
		return -1;
	buf_addf(out, _("installed the hook of %s: "), f->manager);
	text_escape(out, f->path, strlen(f->path));
	buf_addc(out, '\n');
	if (kept.len > 0) {
		buf_adds(out, _("what was there is kept: "));
		text_escape(out, buf_str(&kept), kept.len);
		buf_addc(out, '\n');
	}
	return 0;
}

/* Where the unit is, of the folders that packages and people install to. */
static char *
find_unit(const struct root *r, const char *name)
{
	static const char *const folders[] = { "/usr/local/lib/systemd/system",
		"/usr/lib/systemd/system", "/lib/systemd/system" };
	char *path = NULL;

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		free(path);
		path = xasprintf("%s/%s", folders[i], name);
		if (checkup_there(r, path))
			return path;
	}
	return path;
}

/* As `systemctl enable` does it, which also works where systemd does not run;
 * on the running system it is to know at once. */
static int
enable(const struct begin_hooks *h, const struct root *r,
    const struct unit *u, struct buf *out, struct err *e)
{
	const char *const argv[] = { "systemctl", "enable", "--now", u->name,
		NULL };
	CLEANUP(drop_free) char *path = xasprintf(WANTS "/%s.wants/%s",
	    u->wanted_by, u->name);
	CLEANUP(drop_free) char *to = find_unit(r, u->name);
	CLEANUP(drop_buf) struct buf said = { 0 };
	struct err ignored = { 0 };
	const char *name;
	int code;

	if (!h->c.live || exec_run(argv, ANSWER_MAX, SECONDS, &said, &code,
	    &ignored) < 0 || code != 0) {
		CLEANUP(drop_fd) int dir = open_parent(r, path, &name, e);

		if (dir < 0)
			return -1;
		if (symlinkat(to, dir, name) < 0 && errno != EEXIST)
			return err_sys(e, path, _("cannot make the link"));
	}
	buf_addf(out, _("enabled %s\n"), u->name);
	return 0;
}

static int
install(struct begin_hooks *h, const struct machine *m, struct buf *out,
    struct err *e)
{
	for (size_t i = 0; i < h->c.hooks.n; i++)
		if (is_wanting(&h->c.hooks.items[i]) &&
		    put(&m->root, &h->c.hooks.items[i], out, e) < 0)
			return -1;
	if (!h->c.systemd && is_wanting(&h->c.cron) &&
	    put(&m->root, &h->c.cron, out, e) < 0)
		return -1;
	for (int i = 0; i < N_UNITS; i++) {
		const struct start_fact *s = units[i].nightly ?
		    &h->c.nightly : &h->c.boot;

		if (lacks_unit(h, &units[i]) && s->unit &&
		    enable(h, &m->root, &units[i], out, e) < 0)
			return -1;
	}
	if (out->len == 0)
		buf_adds(out, _("all hooks are there already\n"));
	return 0;
}

int
begin_hooks_install(struct begin_hooks *h, const struct machine *m,
    struct buf *out, struct err *e)
{
	/* These are no secrets: apt reads its own as another user, too. */
	mode_t mask = umask(022);
	int n = install(h, m, out, e);

	umask(mask);
	return n;
}
