/* SPDX-License-Identifier: MIT */
#include "agent/tell/round.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "agent/tell/deliver.h"
#include "agent/tell/health.h"
#include "agent/tell/journald.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"

enum {
	AT_ONCE = 8,
	LOOK_MS = 1000,		/* for what came meanwhile */
	WHY_SENT = 600,
};

/* A process that tells one notifier. It removes what was delivered itself, so
 * that nothing is told twice where we are killed; and writes a line for each:
 * what came of it, and why. */
struct courier {
	pid_t pid;
	int fd;
	struct outbox_items items;	/* all of one key */
	size_t heard;		/* of how many it said what came of them */
	struct buf said;
};

struct round {
	const struct post *p;
	const struct outbox *o;
	struct health health;
	struct journald journal;
	struct strlist failed;	/* keys: not asked twice in a round */
	struct courier at_work[AT_ONCE];
	size_t n;
};

static const char *
name_of(const struct notifiers *l, const char *key)
{
	const struct notifier *to = notifier_find(l, key);

	return to != NULL ? to->name : strcmp(key, NOTIFIER_REPORT) == 0 ?
	    _("the report's mail") : _("a notifier that was taken out");
}

/* Every try that fails would be one line every few seconds. */
static void
complain(struct round *r, const char *key, const char *why, bool for_good)
{
	const char *name = name_of(r->p->to, key);
	CLEANUP(drop_buf) struct buf line = { 0 };

	buf_addf(&line, for_good ? _("%s: could not be told, and will not "
	    "be: %s") : _("%s: could not be told, will be tried again: %s"),
	    name, why);
	journald_send(&r->journal, &(struct journald_entry){
	    .kind = JOURNALD_NOTIFIER, .priority = LOG_WARNING,
	    .message = buf_str(&line), .notifier = name });
}

/* Where it stays, no more is told in this round: it would be told again. */
static void
take_away(struct round *r, const struct outbox_item *x)
{
	if (outbox_remove(r->o, x) < 0)
		strlist_add(&r->failed, x->key);
}

static void
give_up(struct round *r, const struct outbox_item *x, const char *why)
{
	struct notifier_health *h = health_of(&r->health, x->key);

	h->given_up++;
	h->failed = time(NULL);
	h->why = arena_strdup(&r->health.arena, why);
	complain(r, x->key, why, true);
	take_away(r, x);
}

static void
put_off(struct round *r, const struct outbox_item *x, const char *why)
{
	struct notifier_health *h = health_of(&r->health, x->key);
	struct err ignored = { 0 };
	int64_t now = time(NULL);

	/* One of days to come was written by a clock that was wrong. */
	if (llabs(now - x->queued) > OUTBOX_SECONDS) {
		give_up(r, x, why);
		return;
	}
	if (strcmp(h->why, why) != 0)
		complain(r, x->key, why, false);
	h->failed = now;
	h->why = arena_strdup(&r->health.arena, why);
	strlist_add(&r->failed, x->key);
	outbox_delay(r->o, x, now, &ignored);
}

static void
settle(struct round *r, const struct outbox_item *x, enum delivery n,
    const char *why)
{
	if (n == DELIVERY_LATER) {
		put_off(r, x, why);
	} else if (n == DELIVERY_REFUSED) {
		give_up(r, x, why);
	} else {
		take_away(r, x);
		health_of(&r->health, x->key)->told = time(NULL);
		health_of(&r->health, x->key)->why = "";
	}
}

/* What cannot be put off could not be taken away either, and would be told
 * again and again. */
static enum delivery
deliver_item(const struct round *r, const struct outbox_item *x,
    struct buf *why)
{
	const struct notifiers *l = r->p->to;
	CLEANUP(drop_message) struct message m = { 0 };
	struct err e = { 0 };
	enum delivery n;

	if (outbox_load(r->o, x, &m, &e) < 0) {
		err_format(&e, why);
		return DELIVERY_REFUSED;
	}
	if (outbox_delay(r->o, x, time(NULL), &e) < 0) {
		err_format(&e, why);
		return DELIVERY_LATER;
	}
	n = strcmp(x->key, NOTIFIER_REPORT) == 0 ?
	    deliver_report(l, &m, why) :
	    deliver(l, notifier_find(l, x->key), &m, why);
	if (n == DELIVERY_DONE)
		outbox_remove(r->o, x);
	return n;
}

static _Noreturn void
be_courier(const struct round *r, const struct courier *c, int fd)
{
	for (size_t i = 0; i < c->items.n; i++) {
		CLEANUP(drop_buf) struct buf why = { 0 }, line = { 0 };
		enum delivery n = deliver_item(r, &c->items.items[i], &why);

		buf_addf(&line, "%d ", (int)n);
		text_encode(&line, buf_str(&why), why.len < WHY_SENT ?
		    why.len : WHY_SENT);
		buf_addc(&line, '\n');
		if (write(fd, line.bytes, line.len) < 0 ||
		    n == DELIVERY_LATER)
			break;
	}
	_exit(0);
}

/* Where it cannot be sent, all waits for the next round. */
static void
send_courier(struct round *r, struct courier *c)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0) {
		drop_outbox_items(&c->items);
		return;
	}
	c->fd = fds[0];
	c->pid = fork();
	if (c->pid == 0)
		be_courier(r, c, fds[1]);
	close(fds[1]);
	if (c->pid > 0) {
		r->n++;
		return;
	}
	close(c->fd);
	drop_outbox_items(&c->items);
}

static bool
is_busy(const struct round *r, const char *key)
{
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->at_work[i].items.items[0].key, key) == 0)
			return true;
	return strlist_has(&r->failed, key);
}

static void
take_item(struct courier *c, const struct outbox_item *x)
{
	struct outbox_item *to = VEC_ADD(&c->items);

	*to = *x;
	to->name = arena_strdup(&c->items.arena, x->name);
	to->key = to->name + (x->key - x->name);
}

/* All that is due for who is to get the i-th. */
static void
start_with(struct round *r, const struct outbox_items *l, size_t i)
{
	struct courier *c = &r->at_work[r->n];
	const char *key = l->items[i].key;

	*c = (struct courier){ .fd = -1 };
	for (; i < l->n; i++)
		if (strcmp(l->items[i].key, key) == 0 && (r->p->now ||
		    l->items[i].due <= time(NULL)))
			take_item(c, &l->items[i]);
	send_courier(r, c);
}

static int
start_due(struct round *r, struct err *e)
{
	CLEANUP(drop_outbox_items) struct outbox_items l = { 0 };
	CLEANUP(drop_strlist) struct strlist seen = { 0 };

	if (outbox_list(r->o, &l, e) < 0)
		return -1;
	for (size_t i = 0; i < l.n && r->n < AT_ONCE; i++) {
		const struct outbox_item *x = &l.items[i];

		if ((!r->p->now && x->due > time(NULL)) ||
		    is_busy(r, x->key) || strlist_has(&seen, x->key))
			continue;
		if (strcmp(x->key, NOTIFIER_REPORT) != 0 &&
		    notifier_find(r->p->to, x->key) == NULL) {
			give_up(r, x, _("it is not in driftctl.yaml any "
			    "more"));
			continue;
		}
		strlist_add(&seen, x->key);
		start_with(r, &l, i);
	}
	return 0;
}

/* Whole lines of what it said. */
static void
take_lines(struct round *r, struct courier *c)
{
	const char *at = buf_str(&c->said), *to;

	while ((to = strchr(at, '\n')) != NULL && c->heard < c->items.n) {
		CLEANUP(drop_buf) struct buf why = { 0 };
		int n = at[0] - '0';

		if (to - at >= 2)
			text_decode(&why, at + 2, (size_t)(to - at) - 2);
		settle(r, &c->items.items[c->heard++], n == DELIVERY_DONE ?
		    DELIVERY_DONE : n == DELIVERY_REFUSED ? DELIVERY_REFUSED :
		    DELIVERY_LATER, buf_str(&why));
		at = to + 1;
	}
	memmove(c->said.bytes, at, strlen(at) + 1);
	buf_truncate(&c->said, strlen(c->said.bytes));
}

/* It said all that it had to say, or died. */
static void
end_courier(struct round *r, struct courier *c)
{
	const char *key = c->items.items[0].key;
	const bool failed = strlist_has(&r->failed, key);
	int status = 0;

	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
		;
	for (; c->heard < c->items.n; c->heard++)
		put_off(r, &c->items.items[c->heard], failed ?
		    health_of(&r->health, key)->why :
		    _("the process that was to tell it ended early"));
	close(c->fd);
	buf_done(&c->said);
	drop_outbox_items(&c->items);
	*c = r->at_work[--r->n];
}

/* False where nothing more comes. */
static bool
hear(struct round *r, struct courier *c)
{
	ssize_t n = read(c->fd, buf_reserve(&c->said, 4096), 4096);

	if (n < 0 && errno == EINTR)
		return true;
	if (n <= 0)
		return false;
	c->said.len += (size_t)n;
	c->said.bytes[c->said.len] = '\0';
	take_lines(r, c);
	return true;
}

static bool
listen_to_all(struct round *r)
{
	struct pollfd fds[AT_ONCE];
	bool any = false;

	for (size_t i = 0; i < r->n; i++)
		fds[i] = (struct pollfd){ r->at_work[i].fd, POLLIN, 0 };
	if (poll(fds, r->n, LOOK_MS) <= 0)
		return false;
	/* Backwards: the last one takes the place of one that ends. */
	for (size_t i = r->n; i-- > 0;) {
		if (fds[i].revents == 0)
			continue;
		any = true;
		if (!hear(r, &r->at_work[i]))
			end_courier(r, &r->at_work[i]);
	}
	return any;
}

/* Those that were taken out are nobody's concern. */
static int
save_health(struct round *r, struct err *e)
{
	struct health *h = &r->health;
	size_t kept = 0;

	for (size_t i = 0; i < h->n; i++)
		if (strcmp(h->items[i].key, NOTIFIER_REPORT) == 0 ||
		    notifier_find(r->p->to, h->items[i].key) != NULL)
			h->items[kept++] = h->items[i];
	h->n = kept;
	return health_save(r->o, h, e);
}

static int
go(struct round *r, struct err *e)
{
	int n;

	if (outbox_trim(r->o, e) < 0 ||
	    health_load(r->o, &r->health, e) < 0)
		return -1;
	while ((n = start_due(r, e)) == 0 && r->n > 0)
		if (listen_to_all(r) && save_health(r, e) < 0)
			break;
	while (r->n > 0)
		listen_to_all(r);
	return n < 0 || e->kind != ERR_NONE ? -1 : save_health(r, e);
}

int
round_go(const struct post *p, const struct outbox *o, struct err *e)
{
	struct round r = { .p = p, .o = o };
	int n;

	journald_open(&p->m->root, &r.journal);
	n = go(&r, e);
	journald_close(&r.journal);
	strlist_done(&r.failed);
	drop_health(&r.health);
	return n;
}
