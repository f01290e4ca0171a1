/* SPDX-License-Identifier: MIT */
#include "agent/hook/opened.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "agent/tell/tell.h"
#include "base/file.h"
#include "base/text.h"
#include "base/tr.h"

int
opened_store(const struct upgrade *u, struct err *e)
{
	CLEANUP(drop_buf) struct buf dir = { 0 };
	int fd;

	if (options_store(u->o, &dir, e) < 0)
		return -1;
	fd = open(buf_str(&dir), O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd >= 0 ? fd : err_sys(e, buf_str(&dir),
	    _("cannot open the store"));
}

int
opened_ledger(const struct upgrade *u, struct ledger *out, struct err *e)
{
	CLEANUP(drop_buf) struct buf dir = { 0 };
	CLEANUP(drop_fd) int fd = -1;

	*out = (struct ledger){ -1, -1 };
	if (options_store(u->o, &dir, e) < 0)
		return -1;
	fd = open(buf_str(&dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (fd < 0)
		return err_sys(e, buf_str(&dir), _("cannot open the store"));
	return ledger_open(fd, out, e) < 0 ? -1 : 1;
}

bool
opened_is_owners(const struct upgrade *u, const struct transaction *t)
{
	return u->owner.pid != 0 && t->owner.pid == u->owner.pid &&
	    t->owner.start == u->owner.start &&
	    strcmp(t->owner.boot, u->owner.boot) == 0;
}

void
drop_opened(struct opened *o)
{
	buf_done(&o->mine);
	buf_done(&o->above);
	strlist_done(&o->dead);
}

static void
look_at_one(const struct upgrade *u, const struct ledger *l, const char *id,
    struct opened *out)
{
	CLEANUP(drop_transaction) struct transaction t = { 0 };
	struct err e = { 0 };

	if (ledger_load(l, id, &t, &e) < 0) {
		tell_failure(u->o, u->origin, &e);
		if (e.kind == ERR_INPUT)
			ledger_put_away(l, id);
		return;
	}
	if (opened_is_owners(u, &t)) {
		buf_reset(&out->mine);
		buf_adds(&out->mine, id);
	} else if (owner_is_above(&t.owner, getpid())) {
		buf_reset(&out->above);
		buf_adds(&out->above, id);
	} else if (!owner_lives(&t.owner)) {
		strlist_add(&out->dead, id);
	}
}

int
opened_look(const struct upgrade *u, const struct ledger *l,
    struct opened *out, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist ids = { 0 };

	if (ledger_open_ids(l, &ids, e) < 0)
		return -1;
	for (size_t i = 0; i < ids.n; i++)
		look_at_one(u, l, ids.items[i], out);
	return 0;
}

void
opened_join(const struct upgrade *u, const struct ledger *l, const char *id)
{
	CLEANUP(drop_transaction) struct transaction t = { 0 };
	struct err ignored = { 0 };

	if (ledger_load(l, id, &t, &ignored) < 0 ||
	    strcmp(t.origin, u->origin) == 0 ||
	    strlist_has(&t.joined, u->origin))
		return;
	strlist_add(&t.joined, u->origin);
	ledger_save(l, &t, &ignored);
}

/* As the ref has it: opening the repository can wait. */
static void
find_newest(const struct upgrade *u, struct oid *out)
{
	CLEANUP(drop_buf) struct buf text = { 0 };
	struct err ignored = { 0 };
	CLEANUP(drop_fd) int store = opened_store(u, &ignored);

	if (store < 0 || file_read(store, "repo.git/refs/heads/live",
	    2 * OID_LEN + 1, &text, &ignored) < 0 || text.len < 2 * OID_LEN)
		return;
	buf_truncate(&text, 2 * OID_LEN);
	if (text_unhex(buf_str(&text), out->b, OID_LEN) < 0)
		*out = (struct oid){ 0 };
}

void
opened_new(const struct upgrade *u, const struct ledger *l, int64_t when,
    struct transaction *t)
{
	CLEANUP(drop_buf) struct buf id = { 0 }, command = { 0 };

	ledger_new_id(l, when, u->origin, &id);
	if (u->owner.pid > 1)
		owner_command(u->owner.pid, &command);
	*t = (struct transaction){ .origin = u->origin, .owner = u->owner,
		.rollback = "", .release_was = "", .release_is = "" };
	t->id = arena_strdup(&t->arena, buf_str(&id));
	t->command = arena_strdup(&t->arena, buf_str(&command));
	find_newest(u, &t->newest);
}

int
opened_save(const struct upgrade *u, const struct transaction *t,
    const struct buf *report, struct err *e)
{
	CLEANUP(drop_ledger) struct ledger l = { -1, -1 };

	if (opened_ledger(u, &l, e) < 0)
		return -1;
	if (report != NULL && ledger_save_report(&l, t->id, report, e) < 0)
		return -1;
	return ledger_save(&l, t, e);
}

int
opened_load(const struct upgrade *u, const char *id, struct transaction *t,
    struct err *e)
{
	CLEANUP(drop_ledger) struct ledger l = { -1, -1 };

	return opened_ledger(u, &l, e) < 0 ? -1 : ledger_load(&l, id, t, e);
}
