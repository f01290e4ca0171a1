/* SPDX-License-Identifier: MIT */
/*
 * A plugin of rpm (rpmplugin.h is public from 4.20 on), so that no front end
 * can go around the hook, not even with packages that have no file under the
 * folders our triggers look at. It lives in every process that works with rpm:
 * it starts `driftctl hook rpm`, waits for it a bounded time, and whatever
 * becomes of that, rpm's transaction goes on.
 */
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <rpm/rpmlog.h>
#include <rpm/rpmplugin.h>
#include <rpm/rpmte.h>
#include <rpm/rpmts.h>

#ifndef PROGRAM
#define PROGRAM "/usr/bin/driftctl"
#endif

enum { BEGIN_SECONDS = 15, END_SECONDS = 300, STEP_MS = 5 };

/* What rpm looks for: the plugin's name, and "_hooks". */
extern struct rpmPluginHooks_s driftctl_hooks;

/* Only what changes this system's files and is meant. */
static bool
concerns_us(rpmts ts)
{
	const char *root = rpmtsRootDir(ts);

	return (rpmtsFlags(ts) & (RPMTRANS_FLAG_TEST |
	    RPMTRANS_FLAG_BUILD_PROBS)) == 0 &&
	    (root == NULL || strcmp(root, "/") == 0) &&
	    access(PROGRAM, X_OK) == 0;
}

/* As in that record: no word has a blank; "-" is none. */
static void
put_word(FILE *out, const char *word)
{
	putc(' ', out);
	if (word == NULL || *word == '\0' || strcmp(word, "-") == 0) {
		putc('-', out);
		return;
	}
	for (; *word != '\0'; word++) {
		unsigned char c = (unsigned char)*word;

		if (c <= ' ' || c == '\\' || c == 0x7f)
			fprintf(out, "\\x%02x", c);
		else
			putc(c, out);
	}
}

/* The version that an element takes the place of, or NULL. */
static const char *
version_before(rpmts ts, rpmte te)
{
	rpmtsi it = rpmtsiInit(ts);
	const char *found = NULL;
	rpmte old;

	while (found == NULL && (old = rpmtsiNext(it, TR_REMOVED)) != NULL)
		if (rpmteDependsOn(old) == te &&
		    strcmp(rpmteN(old), rpmteN(te)) == 0)
			found = rpmteEVR(old);
	rpmtsiFree(it);
	return found;
}

static void
put_package(FILE *out, rpmte te, const char *was, const char *is)
{
	fputs("planned:", out);
	put_word(out, rpmteN(te));
	put_word(out, rpmteA(te));
	put_word(out, was);
	put_word(out, is);
	fputs(" -\n", out);
}

/* The beginning of a transaction's record, as driftctl-store(5) has it. */
static int
write_packages(rpmts ts, int fd)
{
	FILE *out = fdopen(fd, "w");
	rpmtsi it;
	rpmte te;

	if (out == NULL)
		return -1;
	fputs("driftctl-transaction 1\n", out);
	it = rpmtsiInit(ts);
	while ((te = rpmtsiNext(it, TR_ADDED | TR_REMOVED)) != NULL) {
		rpmte by = rpmteDependsOn(te);

		if (rpmteType(te) == TR_ADDED)
			put_package(out, te, version_before(ts, te),
			    rpmteEVR(te));
		else if (by == NULL || strcmp(rpmteN(by), rpmteN(te)) != 0)
			put_package(out, te, rpmteEVR(te), NULL);
	}
	rpmtsiFree(it);
	return fclose(out) == 0 ? 0 : -1;
}

/* The list in memory, to be read from its beginning; -1. */
static int
list_packages(rpmts ts)
{
	int fd = memfd_create("driftctl", MFD_CLOEXEC);
	int copy = fd >= 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 0) : -1;

	if (copy >= 0 && write_packages(ts, copy) == 0 &&
	    lseek(fd, 0, SEEK_SET) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/*
 * In a session of its own, which a terminal's Ctrl-C does not reach, with
 * rpm's signals undone, and with nothing of its caller's open but where it may
 * say something.
 */
static int
start(char *const argv[], int in, pid_t *out_pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t all, none;
	int n;

	sigfillset(&all);
	sigemptyset(&none);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSID |
	    POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawn_file_actions_init(&files);
	if (in >= 0)
		posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
	else
		posix_spawn_file_actions_addopen(&files, STDIN_FILENO,
		    "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null",
	    O_WRONLY, 0);
	posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
	n = posix_spawn(out_pid, PROGRAM, &files, &attr, argv, environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attr);
	return n;
}

/* One that takes longer goes on by itself. Whoever uses librpm may have any
 * signal's handler: no call is relied on to be woken by one. */
static void
wait_for(pid_t pid, int seconds)
{
	const struct timespec step = { .tv_nsec = STEP_MS * 1000000L };

	for (int ms = 0; waitpid(pid, NULL, WNOHANG) == 0; ms += STEP_MS) {
		if (ms >= seconds * 1000) {
			rpmlog(RPMLOG_WARNING, "driftctl takes longer than "
			    "%d seconds and goes on in the background\n",
			    seconds);
			return;
		}
		nanosleep(&step, NULL);
	}
}

static void
call(char *const argv[], int in, int seconds)
{
	pid_t pid;
	int n = start(argv, in, &pid);

	if (n == 0)
		wait_for(pid, seconds);
	else
		rpmlog(RPMLOG_WARNING, "%s cannot be started: %s\n", PROGRAM,
		    strerror(n));
}

static rpmRC
before(rpmPlugin plugin, rpmts ts)
{
	char *argv[] = { (char[]){ PROGRAM }, (char[]){ "hook" },
		(char[]){ "rpm" }, (char[]){ "begin" },
		(char[]){ "--packages" }, NULL };
	int in;

	(void)plugin;
	if (!concerns_us(ts))
		return RPMRC_OK;
	in = list_packages(ts);
	if (in < 0)
		argv[4] = NULL;
	call(argv, in, BEGIN_SECONDS);
	if (in >= 0)
		close(in);
	return RPMRC_OK;
}

static rpmRC
after(rpmPlugin plugin, rpmts ts, int res)
{
	char *argv[] = { (char[]){ PROGRAM }, (char[]){ "hook" },
		(char[]){ "rpm" }, (char[]){ "end" }, NULL };

	(void)plugin;
	(void)res;
	if (concerns_us(ts))
		call(argv, -1, END_SECONDS);
	return RPMRC_OK;
}

struct rpmPluginHooks_s driftctl_hooks = {
	.tsm_pre = before,
	.tsm_post = after,
};
