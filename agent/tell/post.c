/* SPDX-License-Identifier: MIT */
#include "agent/tell/post.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "agent/tell/round.h"
#include "base/exec.h"
#include "base/monotime.h"
#include "base/vec.h"

enum { STARTER_SECONDS = 10, WORDS_MAX = 64 };

/* 1, 0 where somebody else is at it. */
static int
one_round(const struct post *p, const struct outbox *o, struct err *e)
{
	struct err busy = { 0 };
	CLEANUP(drop_fd) int lock = outbox_lock(o, OUTBOX_DELIVERY, p->now,
	    &busy);

	if (lock < 0 && busy.kind == ERR_BUSY && !p->now)
		return 0;
	if (lock < 0) {
		*e = busy;
		return -1;
	}
	return round_go(p, o, e) < 0 ? -1 : 1;
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
	const int64_t end = monotime_ms() + (int64_t)p->linger * 1000;
	struct post again = *p;
	int n = outbox_open(store_fd(p->m->store), false, &o, e);

	for (int i = 0; n > 0 && (n = one_round(&again, &o, e)) > 0; i++) {
		/* Who adds something while another has the lock leaves it to
		 * that one: so this is a look after it was let go. Nobody has
		 * it while we sleep. */
		const int64_t next = next_due(&o), left = end - monotime_ms(),
		    wait = next - time(NULL);

		if (next == 0 || (left <= 0 && i > 0) || wait * 1000 > left)
			return 0;
		/* What stays due could not be delivered or put off. */
		if (wait > 0 || i > 0)
			sleep(wait > 0 ? (unsigned)wait : 1);
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

/* What was begun by whoever called us is none of it. */
static bool
leave(void)
{
	CLEANUP(drop_fd) int null = -1;

	/* A lock that was held at the fork would be held on. */
	close_range(3, UINT_MAX, 0);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	setsid();
	for (int i = 0; null >= 0 && i < 3; i++)
		dup2(null, i);
	/* No file system is kept busy by us. */
	return chdir("/") == 0;
}

void
post_start(const struct options *o)
{
	CLEANUP(drop_strlist) struct strlist argv = { 0 };
	pid_t pid;

	if (own_words(o, &argv) < 0 || (pid = fork()) < 0)
		return;
	if (pid == 0) {
		/* The unit is there before our service ends. Otherwise its
		 * parent is gone at once, so nobody has to wait for it. */
		if (leave() && !start_unit(&argv) && fork() == 0) {
			*VEC_ADD(&argv) = NULL;
			execv(argv.items[0], argv.items);
		}
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}
