/* SPDX-License-Identifier: MIT */
#include "agent/doctor/checkup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "agent/doctor/diagnoses.h"
#include "base/file.h"
#include "base/text.h"
#include "base/tr.h"

enum { FILE_MAX = 4 << 20 };

int
checkup_read(const struct root *r, const char *path, struct buf *out)
{
	CLEANUP(drop_fd) int fd = root_open_in(r, path,
	    O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct err ignored = { 0 };

	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
	return file_read_fd(fd, path, FILE_MAX, out, &ignored) < 0 ? -1 : 1;
}

bool
checkup_there(const struct root *r, const char *path)
{
	CLEANUP(drop_fd) int fd = root_open_in(r, path, O_PATH);

	return fd >= 0;
}

const char *
checkup_say(struct checkup *c, const struct err *e)
{
	CLEANUP(drop_buf) struct buf line = { 0 };

	err_format(e, &line);
	return arena_strdup(&c->arena, buf_str(&line));
}

const char *
checkup_quote(struct arena *a, const char *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+@:,=~";
	CLEANUP(drop_buf) struct buf quoted = { 0 };

	if (path[strspn(path, plain)] == '\0')
		return path;
	text_quote_sh(&quoted, path);
	return arena_strdup(a, buf_str(&quoted));
}

void
checkup_done(struct checkup *c)
{
	free(c->hooks.items);
	free(c->runs.items);
	free(c->records.items);
	free(c->notifiers.items);
	strlist_done(&c->damaged);
	strlist_done(&c->odd);
	strlist_done(&c->diagnostics);
	strlist_done(&c->strays);
	arena_done(&c->arena);
	*c = (struct checkup){ 0 };
}

void
drop_checkup(struct checkup *c)
{
	checkup_done(c);
}

static bool
is_live(const struct root *r)
{
	struct stat here, top;

	return fstat(r->fd, &here) == 0 && stat("/", &top) == 0 &&
	    here.st_dev == top.st_dev && here.st_ino == top.st_ino;
}

void
checkup_begin(struct checkup *c, const struct options *o, const struct root *r)
{
	CLEANUP(drop_buf) struct buf command = { 0 }, dir = { 0 };
	CLEANUP(drop_buf) struct buf prefix = { 0 }, store = { 0 };
	struct err e = { 0 };

	c->now = (int64_t)time(NULL);
	c->live = is_live(r);
	options_command(o, &command);
	c->command = arena_strdup(&c->arena, buf_str(&command));
	options_absolute(r->dir, &prefix);
	c->prefix = c->live ? "" : arena_strdup(&c->arena, buf_str(&prefix));
	if (options_store(o, &dir, &e) < 0)
		c->store_trouble = checkup_say(c, &e);
	options_absolute(buf_str(&dir), &store);
	c->store_dir = dir.len == 0 ? "" : arena_strdup(&c->arena,
	    buf_str(&store));
	c->store_there = dir.len == 0 || access(buf_str(&dir), F_OK) == 0 ||
	    (errno != ENOENT && errno != ENOTDIR);
}

static void
take_specs(struct checkup *c, const struct machine *m)
{
	for (size_t i = 0; i < m->diagnostics.n; i++) {
		CLEANUP(drop_buf) struct buf line = { 0 };

		diagnostic_format(&m->diagnostics.items[i], &line);
		strlist_add(&c->diagnostics, buf_str(&line));
	}
	c->n_specs = m->catalogue.n;
	c->foretells = m->config.preflight != PREFLIGHT_OFF;
	c->only_flags = m->config.only_flag;
	for (size_t i = 0; i < m->catalogue.n; i++)
		c->n_applying += m->catalogue.specs[i]->applies;
}

static void
of_root(struct checkup *c, const struct options *o, const struct root *r)
{
	checkup_begin(c, o, r);
	checkup_hooks(c, r);
	checkup_runs(c, r);
	checkup_starts(c, r);
}

static void
of_store(struct checkup *c, struct machine *m)
{
	checkup_ledger(c, m);
	checkup_store(c, m);
}

void
doctor_look(struct machine *m, struct diagnoses *out)
{
	CLEANUP(drop_checkup) struct checkup c = { 0 };

	of_root(&c, m->o, &m->root);
	take_specs(&c, m);
	of_store(&c, m);
	checkup_judge(&c, out);
}

void
doctor_run(const struct options *o, struct diagnoses *out)
{
	CLEANUP(drop_machine) struct machine m = { .root.fd = -1 };
	CLEANUP(drop_checkup) struct checkup c = { 0 };
	CLEANUP(drop_root) struct root r = { .fd = -1 };
	struct err e = { 0 };
	int n;

	if (root_open(&r, o->root, &e) < 0) {
		diagnose_unknown(out, "root", NULL, "%s", checkup_say(&c, &e));
		return;
	}
	of_root(&c, o, &r);
	n = machine_open(o, &m, &e);
	if (n < 0)
		c.config_trouble = checkup_say(&c, &e);
	else
		take_specs(&c, &m);
	if (n == 0 && c.store_there && c.store_trouble == NULL) {
		/* Where only the key is bad, the store is open. */
		n = machine_open_store(&m, false, &e);
		if (m.store == NULL)
			c.store_trouble = checkup_say(&c, &e);
		else
			of_store(&c, &m);
		if (m.store != NULL && n < 0)
			c.key_trouble = checkup_say(&c, &e);
	} else if (c.store_there && c.store_trouble == NULL) {
		c.store_trouble = _("the store is not looked at while the "
		    "configuration cannot be used");
	}
	checkup_judge(&c, out);
}
