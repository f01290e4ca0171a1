/* SPDX-License-Identifier: MIT */
#include "agent/hook/unseen.h"

#include <fcntl.h>
#include <string.h>

#include "agent/facts.h"
#include "base/file.h"

enum { RELEASE_MAX = 1 << 16 };

/* PRETTY_NAME, or NULL where nobody says. */
static const char *
read_release(const struct root *r, struct arena *a)
{
	static const char *const paths[] = { "/etc/os-release",
		"/usr/lib/os-release" };
	struct err ignored = { 0 };

	for (size_t i = 0; i < 2; i++) {
		CLEANUP(drop_buf) struct buf text = { 0 };
		CLEANUP(drop_fd) int fd = root_open_in(r, paths[i],
		    O_RDONLY | O_NONBLOCK | O_NOCTTY);

		if (fd >= 0 && file_read_fd(fd, paths[i], RELEASE_MAX, &text,
		    &ignored) == 0)
			return facts_release_value(a, buf_str(&text),
			    "PRETTY_NAME");
	}
	return NULL;
}

static int
note_release(const struct ledger *l, const struct root *r, struct err *e)
{
	struct arena a = { 0 };
	const char *name = read_release(r, &a);
	int n = name != NULL ? ledger_save_release(l, name, e) : 0;

	arena_done(&a);
	return n;
}

int
unseen_note(const struct ledger *l, const struct root *r,
    const struct pkglist *now, struct err *e)
{
	if (now->n > 0 && ledger_save_packages(l, LEDGER_SEEN, now, e) < 0)
		return -1;
	return note_release(l, r, e);
}

void
unseen_release(const struct ledger *l, const struct root *r,
    struct transaction *t)
{
	const char *is = read_release(r, &t->arena);
	CLEANUP(drop_buf) struct buf was = { 0 };
	struct err ignored = { 0 };

	if (is == NULL || ledger_load_release(l, &was, &ignored) <= 0 ||
	    strcmp(buf_str(&was), is) == 0)
		return;
	t->release_was = arena_strdup(&t->arena, buf_str(&was));
	t->release_is = is;
}

/* What packages had is of use, but not everything. */
static int
hand_down(const struct ledger *l, const struct transaction *t,
    const struct pkglist *was, struct err *e)
{
	struct err ignored = { 0 };

	if (ledger_save_packages(l, t->id, was, e) < 0)
		return -1;
	ledger_copy_owners(l, LEDGER_SEEN, t->id, &ignored);
	return 0;
}

int
unseen_begin(const struct ledger *l, const struct transaction *t,
    struct err *e)
{
	CLEANUP(drop_pkglist) struct pkglist was = { 0 };
	int known = ledger_load_packages(l, LEDGER_SEEN, &was, e);

	return known <= 0 ? known : hand_down(l, t, &was, e);
}

int
unseen_find(const struct ledger *l, const struct root *r,
    const struct pkglist *now, struct transaction *t, struct err *e)
{
	CLEANUP(drop_pkglist) struct pkglist was = { 0 };
	CLEANUP(drop_pkgchanges) struct pkgchanges c = { 0 };
	int known = ledger_load_packages(l, LEDGER_SEEN, &was, e);

	if (known <= 0)
		return known < 0 ? -1 : unseen_note(l, r, now, e);
	pkglist_compare(&was, now, &c);
	unseen_release(l, r, t);
	if (c.n == 0 && t->release_was[0] == '\0')
		return note_release(l, r, e);
	return hand_down(l, t, &was, e) < 0 ? -1 : 1;
}
