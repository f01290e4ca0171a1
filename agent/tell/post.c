/* SPDX-License-Identifier: MIT */
#include "agent/tell/post.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "agent/tell/deliver.h"
#include "agent/tell/health.h"
#include "agent/tell/journald.h"
#include "base/exec.h"
#include "base/monotime.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"

enum { STARTER_SECONDS = 10, WORDS_MAX = 64 };

/* One round over what is due. */
struct round {
	const struct post *p;
	const struct outbox *o;
	struct health health;
	struct journald journal;
	struct strlist failed;	/* keys: not asked twice in a round */
};

static const char *
name_of(const struct notifiers *l, const char *key)
{
	const struct notifier *to = notifier_find(l, key);

	return to != NULL ? to->name : strcmp(key, NOTIFIER_REPORT) == 0 ?
	    _("the report's mail") : key;
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

static void
give_up(struct round *r, const struct outbox_item *x, const char *why)
{
	struct notifier_health *h = health_of(&r->health, x->key);

	h->given_up++;
	h->failed = time(NULL);
	h->why = arena_strdup(&r->health.arena, why);
	complain(r, x->key, why, true);
	outbox_remove(r->o, x);
}

static void
put_off(struct round *r, const struct outbox_item *x, const char *why)
{
	struct notifier_health *h = health_of(&r->health, x->key);
	int64_t now = time(NULL);

	if (now - x->queued > OUTBOX_SECONDS) {
		give_up(r, x, why);
		return;
	}
	if (strcmp(h->why, why) != 0)
		complain(r, x->key, why, false);
	h->failed = now;
	h->why = arena_strdup(&r->health.arena, why);
	strlist_add(&r->failed, x->key);
	outbox_delay(r->o, x, now);
}

static void
deliver_item(struct round *r, const struct outbox_item *x)
{
	const struct notifiers *l = r->p->to;
	const struct notifier *to = notifier_find(l, x->key);
	CLEANUP(drop_message) struct message m = { 0 };
	CLEANUP(drop_buf) struct buf why = { 0 };
	struct err e = { 0 };
	enum delivery n = DELIVERY_REFUSED;

	if (outbox_load(r->o, x, &m, &e) < 0)
		err_format(&e, &why);
	else if (strcmp(x->key, NOTIFIER_REPORT) == 0)
		n = deliver_report(l, &m, &why);
	else if (to != NULL)
		n = deliver(l, to, &m, &why);
	else
		buf_adds(&why, _("it is not in driftctl.yaml any more"));
	if (n == DELIVERY_LATER) {
		put_off(r, x, buf_str(&why));
		return;
	}
	if (n == DELIVERY_REFUSED) {
		give_up(r, x, buf_str(&why));
		return;
	}
	outbox_remove(r->o, x);
	health_of(&r->health, x->key)->told = time(NULL);
	health_of(&r->health, x->key)->why = "";
}

static int
go_round(struct round *r, struct err *e)
{
	CLEANUP(drop_outbox_items) struct outbox_items l = { 0 };
	size_t done = 0;

	if (health_load(r->o, &r->health, e) < 0 ||
	    outbox_list(r->o, &l, e) < 0)
		return -1;
	for (size_t i = 0; i < l.n; i++) {
		const struct outbox_item *x = &l.items[i];

		if (!r->p->now && x->due > time(NULL))
			continue;
		done++;
		if (strlist_has(&r->failed, x->key))
			put_off(r, x, health_of(&r->health, x->key)->why);
		else
			deliver_item(r, x);
	}
	if (done > 0 && health_save(r->o, &r->health, e) < 0)
		return -1;
	return 0;
}

/* 1, 0 where somebody else is at it. */
static int
one_round(const struct post *p, const struct outbox *o, struct err *e)
{
	struct round r = { .p = p, .o = o };
	struct err busy = { 0 };
	CLEANUP(drop_fd) int lock = outbox_lock(o, OUTBOX_DELIVERY, p->now,
	    &busy);
	int n;

	if (lock < 0 && busy.kind == ERR_BUSY && !p->now)
		return 0;
	if (lock < 0) {
		*e = busy;
		return -1;
	}
	journald_open(&p->m->root, &r.journal);
	n = go_round(&r, e);
	journald_close(&r.journal);
	strlist_done(&r.failed);
	drop_health(&r.health);
	return n < 0 ? -1 : 1;
}

/* When the next message is due; 0: there is none. */
static int64_t
next_due(const struct outbox *o)
{
	CLEANUP(drop_outbox_items) struct outbox_items l = { 0 };
	struct err ignored = { 0 };
	int64_t next = 0;

	if (outbox_list(o, &l, &ignored) < 0)
		return 0;
	for (size_t i = 0; i < l.n; i++)
		if (next == 0 || l.items[i].due < next)
			next = l.items[i].due;
	return next;
}

int
post_run(const struct post *p, struct err *e)
{
	CLEANUP(drop_outbox) struct outbox o = { -1 };
	const int64_t end = time(NULL) + p->linger;
	struct post again = *p;
	int n = outbox_open(store_fd(p->m->store), false, &o, e);

	while (n > 0 && (n = one_round(&again, &o, e)) > 0) {
		/* Who adds something while another has the lock leaves it to
		 * that one: so this is a look after it was let go. Nobody has
		 * it while we sleep. */
		const int64_t next = next_due(&o), now = time(NULL);

		if (next == 0 || next > end)
			return 0;
		if (next > now)
			sleep((unsigned)(next - now));
		again.now = false;
	}
	return n;
}

/* Adds an option with a path that is good wherever we go. */
static void
add_path(struct strlist *argv, const char *option, const char *path)
{
	char real[PATH_MAX];

	if (path == NULL)
		return;
	strlist_add(argv, option);
	strlist_add(argv, realpath(path, real) != NULL ? real : path);
}

static int
own_words(const struct options *o, struct strlist *argv)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n <= 0)
		return -1;
	self[n] = '\0';
	strlist_add(argv, self);
	if (o->root_given)
		add_path(argv, "--root", o->root);
	add_path(argv, "--store", o->store);
	for (size_t i = 0; i < o->specs.n; i++)
		add_path(argv, "--specs", o->specs.items[i]);
	add_path(argv, "--config", o->config);
	strlist_add(argv, "hook");
	strlist_add(argv, "notify");
	return 0;
}

/* In the root that the machine's first process has. */
static bool
is_outside_chroot(void)
{
	struct stat mine, first;

	/* In a container it may not be shown to us, and is ours. */
	return stat("/", &mine) == 0 && (stat("/proc/1/root", &first) < 0 ||
	    (mine.st_dev == first.st_dev && mine.st_ino == first.st_ino));
}

bool
post_may_linger(void)
{
	return is_outside_chroot();
}

/* As a unit of its own: whatever a service started is ended with it, and
 * unattended upgrades are services. */
static bool
start_unit(const struct strlist *own)
{
	static const char *const starter[] = { "systemd-run", "--quiet",
		"--collect", "--no-block", "--" };
	enum { N = sizeof(starter) / sizeof(starter[0]) };
	const char *argv[N + WORDS_MAX] = { NULL };
	CLEANUP(drop_buf) struct buf said = { 0 };
	struct err ignored = { 0 };
	int code;

	if (geteuid() != 0 || access("/run/systemd/system", F_OK) < 0 ||
	    !is_outside_chroot() || own->n >= WORDS_MAX)
		return false;
	memcpy(argv, starter, sizeof(starter));
	for (size_t i = 0; i < own->n; i++)
		argv[N + i] = own->items[i];
	return exec_run(argv, 4096, STARTER_SECONDS, &said, &code,
	    &ignored) == 0 && code == 0;
}

static _Noreturn void
become(struct strlist *argv)
{
	CLEANUP(drop_fd) int null = -1;

	/* A lock that was held at the fork would be held on. */
	close_range(3, UINT_MAX, 0);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	setsid();
	for (int i = 0; null >= 0 && i < 3; i++)
		dup2(null, i);
	/* No file system is kept busy by us. */
	if (chdir("/") == 0 && !start_unit(argv)) {
		*VEC_ADD(argv) = NULL;
		execv(argv->items[0], argv->items);
	}
	_exit(0);
}

void
post_start(const struct options *o)
{
	CLEANUP(drop_strlist) struct strlist argv = { 0 };
	pid_t pid;

	if (own_words(o, &argv) < 0 || (pid = fork()) < 0)
		return;
	if (pid == 0) {
		/* Its parent is gone at once, so nobody has to wait for it. */
		if (fork() == 0)
			become(&argv);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}
