/* SPDX-License-Identifier: MIT */
#include "agent/doctor/checkup.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/doctor/runlog.h"
#include "agent/ledger/ledger.h"
#include "agent/pkg/pkglist.h"
#include "base/exec.h"
#include "base/file.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"

enum {
	TAIL = 1 << 20,		/* of a log; more lines than that tell of one
				 * upgrade */
	ANSWER_MAX = 16 << 20,
	SECONDS = 30,
	RECORDS = 50,
	NAMED = 3,		/* packages in a sentence */
};

/* dpkg writes to the log of this machine where it works on another root, too:
 * then its own database here is older than the line. */
static int64_t
mtime_of(const struct root *r, const char *path)
{
	CLEANUP(drop_fd) int fd = root_open_in(r, path, O_PATH);
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 ? st.st_mtim.tv_sec : 0;
}

static int64_t
last_in(const struct root *r, const char *path, enum runlog kind,
    int64_t not_after)
{
	CLEANUP(drop_fd) int fd = root_open_in(r, path,
	    O_RDONLY | O_NONBLOCK | O_NOCTTY);
	CLEANUP(drop_buf) struct buf tail = { 0 };
	struct stat st;
	off_t from;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	from = st.st_size > TAIL ? st.st_size - TAIL : 0;
	while ((n = pread(fd, buf_reserve(&tail, 1 << 16), 1 << 16,
	    from + (off_t)tail.len)) > 0 && tail.len < 2 * (size_t)TAIL)
		tail.len += (size_t)n;
	return runlog_last(kind, buf_str(&tail), tail.len, not_after);
}

/* The newest package, which a removal does not move. */
static int64_t
newest_rpm(void)
{
	static const char *const argv[] = { "rpm", "-qa", "--qf",
		"%{INSTALLTIME}\\n", NULL };
	CLEANUP(drop_buf) struct buf out = { 0 };
	struct err ignored = { 0 };
	int64_t newest = 0;
	int code;

	if (exec_run(argv, ANSWER_MAX, SECONDS, &out, &code, &ignored) < 0)
		return 0;
	for (const char *at = buf_str(&out); *at != '\0';) {
		char *end;
		int64_t t = strtoll(at, &end, 10);

		if (t > newest)
			newest = t;
		at = end + strcspn(end, "\n");
		at += *at == '\n';
	}
	return newest;
}

static void
add_run(struct checkup *c, const char *database, int64_t when)
{
	if (when > 0)
		*VEC_ADD(&c->runs) = (struct run_fact){ database, when };
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static bool
has_database(const struct checkup *c, const char *database)
{
	for (size_t i = 0; i < c->hooks.n; i++)
		if (strcmp(c->hooks.items[i].database, database) == 0)
			return true;
	return false;
}

/* Times are local ones, and those of a mounted system are of another place. */
void
checkup_runs(struct checkup *c, const struct root *r)
{
	int64_t rpm;

	if (!c->live)
		return;
	if (has_database(c, "dpkg"))
		add_run(c, "dpkg", last_in(r, "/var/log/dpkg.log",
		    RUNLOG_DPKG, mtime_of(r, "/var/lib/dpkg/status") + 2));
	if (has_database(c, "rpm")) {
		rpm = later(last_in(r, "/var/log/zypp/history", RUNLOG_ZYPP,
		    c->now), last_in(r, "/var/log/dnf.rpm.log", RUNLOG_DNF,
		    c->now));
		add_run(c, "rpm", later(rpm, newest_rpm()));
	}
	if (has_database(c, "pacman"))
		add_run(c, "pacman", last_in(r, "/var/log/pacman.log",
		    RUNLOG_PACMAN, c->now));
}

static void
add_record(struct checkup *c, const struct ledger *l, const char *id)
{
	CLEANUP(drop_transaction) struct transaction t = { 0 };
	struct err e = { 0 };
	struct record_fact *f;

	if (ledger_load(l, id, &t, &e) < 0) {
		if (e.kind == ERR_INPUT)
			strlist_add(&c->damaged, id);
		else if (c->ledger_trouble == NULL)
			c->ledger_trouble = checkup_say(c, &e);
		return;
	}
	f = VEC_ADD(&c->records);
	*f = (struct record_fact){
		.id = arena_strdup(&c->arena, id),
		.origin = arena_strdup(&c->arena, t.origin),
		.command = arena_strdup(&c->arena, t.command),
		.open = t.state == TRANSACTION_OPEN,
		.alive = owner_lives(&t.owner), .late = transaction_late(&t),
		.began = t.began, .ended = t.ended };
	if (t.failed.n > 0)
		f->failed = arena_strdup(&c->arena, t.failed.items[0]);
}

static void
find_damaged(struct checkup *c, const struct ledger *l)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };
	struct err e = { 0 };

	if (ledger_names(l, &names, &c->odd, &e) < 0) {
		c->ledger_trouble = checkup_say(c, &e);
		return;
	}
	for (size_t i = 0; i < names.n; i++)
		if (text_ends(names.items[i], ".damaged"))
			strlist_add(&c->damaged, names.items[i]);
}

static void
compare_packages(struct checkup *c, const struct ledger *l,
    const struct root *r)
{
	CLEANUP(drop_pkglist) struct pkglist was = { 0 }, now = { 0 };
	CLEANUP(drop_pkgchanges) struct pkgchanges all = { 0 };
	CLEANUP(drop_buf) struct buf text = { 0 };
	struct err e = { 0 };
	int n = ledger_load_packages(l, LEDGER_SEEN, &was, &e);

	if (n < 0 || pkglist_load(r, &now, &e) < 0)
		c->unseen_trouble = checkup_say(c, &e);
	if (n <= 0 || c->unseen_trouble != NULL)
		return;
	pkglist_compare(&was, &now, &all);
	for (size_t i = 0; i < all.n && i < NAMED; i++) {
		buf_adds(&text, i > 0 ? ", " : "");
		pkgchange_text(&all.items[i], &text);
	}
	if (all.n > NAMED)
		buf_addf(&text, _(" and %zu more"), all.n - NAMED);
	if (all.n > 0)
		c->unseen = arena_strdup(&c->arena, buf_str(&text));
}

void
checkup_ledger(struct checkup *c, const struct machine *m)
{
	CLEANUP(drop_ledger) struct ledger l = { -1, -1 };
	CLEANUP(drop_strlist) struct strlist ids = { 0 }, open = { 0 };
	struct err e = { 0 };
	int n = ledger_open_read(store_fd(m->store), &l, &e);

	if (n > 0)
		n = ledger_ids(&l, &ids, &e) < 0 ||
		    ledger_open_ids(&l, &open, &e) < 0 ? -1 : 1;
	if (n < 0)
		c->ledger_trouble = checkup_say(c, &e);
	if (n <= 0)
		return;
	for (size_t i = 0; i < open.n; i++)
		add_record(c, &l, open.items[i]);
	for (size_t i = 0; i < ids.n && i < RECORDS; i++)
		add_record(c, &l, ids.items[ids.n - 1 - i]);
	find_damaged(c, &l);
	/* While one is open packages change. */
	if (open.n == 0)
		compare_packages(c, &l, &m->root);
}
