/* SPDX-License-Identifier: MIT */
#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/jail.h"
#include "base/mem.h"
#include "base/monotime.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"

enum { PIPE_OUT, PIPE_ERR, PIPE_WORD, PIPES };
enum { MOUNTS_MAX = 4 << 20 };

#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif

/* What the child says of itself: how far it came, or how the program ended. */
struct word {
	int32_t step;		/* enum jail_step */
	int32_t sys;
	int32_t status;		/* of wait(2), after JAIL_DONE */
};

struct plan {
	const struct sandbox *s;
	struct jail jail;
	struct {
		struct jail_mount *items;
		size_t n, cap;
	} mounts;
	int rd[PIPES], wr[PIPES], null;
};

void
drop_sandbox_answer(struct sandbox_answer *a)
{
	buf_done(&a->out);
	buf_done(&a->err);
}

static void
drop_plan(struct plan *p)
{
	for (size_t i = 0; i < p->mounts.n; i++)
		free(p->mounts.items[i].path);
	free(p->mounts.items);
	for (int i = 0; i < PIPES; i++) {
		drop_fd(&p->rd[i]);
		drop_fd(&p->wr[i]);
	}
	drop_fd(&p->null);
}

static _Noreturn void
fail(const struct plan *p, enum jail_step step)
{
	const struct word w = { .step = (int32_t)step, .sys = errno };

	/* Nothing can be done where even this fails: the end of the pipe
	 * without a word says so. */
	_exit(write(p->wr[PIPE_WORD], &w, sizeof(w)) < 0 ? 126 : 127);
}

/* What was ignored stays so in a program that is started. */
static void
reset_signals(void)
{
	const struct sigaction plain = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (int i = 1; i < NSIG; i++)
		sigaction(i, &plain, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Ours close by themselves; those that we were started with would not. */
static void
close_others(void)
{
	enum { CLOSE_ON_EXEC = 4, MANY = 1024 };

#ifdef SYS_close_range
	if (syscall(SYS_close_range, 3, ~0u, CLOSE_ON_EXEC) == 0)
		return;
#endif
	for (int fd = 3; fd < MANY; fd++)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static _Noreturn void
become_program(const struct plan *p)
{
	enum jail_step step = jail_drop(&p->jail);

	if (step != JAIL_DONE)
		fail(p, step);
	if (dup2(p->null, 0) < 0 || dup2(p->wr[PIPE_OUT], 1) < 0 ||
	    dup2(p->wr[PIPE_ERR], 2) < 0)
		fail(p, JAIL_START);
	close_others();
	execve(p->s->program, (char *const *)p->s->argv,
	    (char *const *)p->s->env);
	fail(p, JAIL_START);
}

/*
 * The first process of its namespace: when it ends, the kernel ends all that
 * the program left behind, whatever group or session that went to.
 */
static _Noreturn void
first_process(const struct plan *p)
{
	struct word w = { .step = JAIL_DONE };
	enum jail_step step;
	int status;
	pid_t pid, n;

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	setsid();
	reset_signals();
	if ((step = jail_enter(&p->jail)) != JAIL_DONE)
		fail(p, step);
	pid = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
	if (pid < 0)
		fail(p, JAIL_START);
	if (pid == 0)
		become_program(p);
	while ((n = waitpid(-1, &status, 0)) != pid)
		if (n < 0 && errno != EINTR)
			fail(p, JAIL_START);
	w.status = status;
	_exit(write(p->wr[PIPE_WORD], &w, sizeof(w)) < 0);
}

/* The flags that a mount has are lost where they are not said again. */
static unsigned long
mount_flags(const char *options, size_t len)
{
	static const struct {
		const char *word;
		unsigned long flag;
	} known[] = {
		{ "nodev", MS_NODEV }, { "noexec", MS_NOEXEC },
		{ "noatime", MS_NOATIME }, { "nodiratime", MS_NODIRATIME },
		{ "relatime", MS_RELATIME },
	};
	unsigned long flags = 0;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (memmem(options, len, known[i].word,
		    strlen(known[i].word)) != NULL)
			flags |= known[i].flag;
	return flags;
}

/* proc_pid_mountinfo(5): blanks in a path are \040 and so on. */
static void
add_mount(struct plan *p, const char *path, size_t len, const char *options,
    size_t options_len)
{
	CLEANUP(drop_buf) struct buf b = { 0 };

	for (size_t i = 0; i < len; i++) {
		if (path[i] == '\\' && len - i > 3 &&
		    strspn(path + i + 1, "01234567") >= 3) {
			buf_addc(&b, (char)((path[i + 1] - '0') * 64 +
			    (path[i + 2] - '0') * 8 + (path[i + 3] - '0')));
			i += 3;
		} else {
			buf_addc(&b, path[i]);
		}
	}
	*VEC_ADD(&p->mounts) = (struct jail_mount){ buf_steal(&b),
		mount_flags(options, options_len) };
}

static int
read_mounts(struct plan *p, struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };
	const char *line, *end;

	if (file_read(AT_FDCWD, "/proc/self/mountinfo", MOUNTS_MAX, &text,
	    e) < 0)
		return -1;
	for (line = buf_str(&text); *line != '\0'; line = end + 1) {
		const char *field = line;

		if ((end = strchr(line, '\n')) == NULL)
			break;
		for (int i = 0; i < 4 && field != NULL; i++)
			if ((field = strchr(field, ' ')) != NULL)
				field++;
		if (field == NULL || field >= end)
			continue;
		size_t n = strcspn(field, " \n");
		const char *options = field + n + 1;
		add_mount(p, field, n, options, strcspn(options, " \n"));
	}
	p->jail.mounts = p->mounts.items;
	p->jail.n_mounts = p->mounts.n;
	return 0;
}

static int
find_user(struct plan *p, struct err *e)
{
	struct jail *j = &p->jail;
	const struct passwd *pw;

	if (p->s->user == NULL)
		return 0;
	errno = 0;
	if ((pw = getpwnam(p->s->user)) == NULL)
		return errno != 0 ? err_sys(e, NULL, _("cannot look the user "
		    "'%s' up"), p->s->user) : err_set(e, ERR_MISSING, NULL,
		    _("there is no user '%s' to ask it as"), p->s->user);
	j->has_user = true;
	j->uid = pw->pw_uid;
	j->gid = pw->pw_gid;
	j->n_groups = (int)(sizeof(j->groups) / sizeof(j->groups[0]));
	if (getgrouplist(p->s->user, pw->pw_gid, j->groups, &j->n_groups) < 0)
		return err_set(e, ERR_SYSTEM, NULL, _("the user '%s' is in "
		    "too many groups"), p->s->user);
	return 0;
}

static int
prepare(struct plan *p, struct err *e)
{
	bool old = p->s->one_by_one || (syscall(SYS_mount_setattr, -1, NULL, 0,
	    NULL, 0) < 0 && errno == ENOSYS);

	p->jail.scratch = p->s->scratch;
	p->jail.seconds = p->s->seconds;
	if ((old && read_mounts(p, e) < 0) || find_user(p, e) < 0)
		return -1;
	p->null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (p->null < 0)
		return err_sys(e, "/dev/null", _("cannot open"));
	for (int i = 0; i < PIPES; i++) {
		int fds[2];

		if (pipe2(fds, O_CLOEXEC) < 0)
			return err_sys(e, NULL, _("cannot make a pipe"));
		p->rd[i] = fds[0];
		p->wr[i] = fds[1];
	}
	return 0;
}

static int
start(struct plan *p, pid_t *out_pid, struct err *e)
{
	const unsigned long flags = CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID |
	    CLONE_NEWIPC | SIGCHLD;
	pid_t pid = (pid_t)syscall(SYS_clone, flags, NULL, NULL, NULL, NULL);

	if (pid < 0)
		return err_sys(e, NULL, _("'%s' cannot be shut off from "
		    "network and files, so it is not run [only root can, on a "
		    "kernel with namespaces]"), p->s->argv[0]);
	if (pid == 0)
		first_process(p);
	for (int i = 0; i < PIPES; i++) {
		close(p->wr[i]);
		p->wr[i] = -1;
	}
	*out_pid = pid;
	return 0;
}

/* One piece of what a pipe holds; at its end the descriptor goes. */
static int
take(struct plan *p, int i, struct buf *to, struct err *e)
{
	size_t max = i == PIPE_WORD ? sizeof(struct word) * 4 : p->s->max;
	ssize_t n = read(p->rd[i], buf_reserve(to, 65536), 65536);

	if (n < 0 && errno == EINTR)
		return 0;
	if (n < 0)
		return err_sys(e, NULL, _("cannot read the answer of '%s'"),
		    p->s->argv[0]);
	if (n == 0) {
		close(p->rd[i]);
		p->rd[i] = -1;
	}
	to->len += (size_t)n;
	to->bytes[to->len] = '\0';
	if (to->len > max)
		return err_set(e, ERR_SYSTEM, NULL, _("'%s' printed more than "
		    "%zu bytes"), p->s->argv[0], max);
	return 0;
}

/* Until all that holds a pipe is gone. */
static int
collect(struct plan *p, struct buf *const to[PIPES], struct err *e)
{
	int64_t end = monotime_ms() + (int64_t)p->s->seconds * 1000;

	while (p->rd[0] >= 0 || p->rd[1] >= 0 || p->rd[2] >= 0) {
		struct pollfd f[PIPES];
		int64_t left = end - monotime_ms();

		if (left <= 0)
			return err_set(e, ERR_SYSTEM, NULL, _("'%s' gave no "
			    "answer in %u s"), p->s->argv[0], p->s->seconds);
		for (int i = 0; i < PIPES; i++)
			f[i] = (struct pollfd){ .fd = p->rd[i],
				.events = POLLIN };
		if (poll(f, PIPES, (int)left) < 0 && errno != EINTR)
			return err_sys(e, NULL, _("cannot wait for '%s'"),
			    p->s->argv[0]);
		for (int i = 0; i < PIPES; i++)
			if (f[i].revents != 0 && take(p, i, to[i], e) < 0)
				return -1;
	}
	return 0;
}

static int
understand(const struct plan *p, const struct buf *said, int *out_exit,
    struct err *e)
{
	static const char *const steps[JAIL_STEPS] = {
		[JAIL_MOUNTS] = N_("mounts of its own"),
		[JAIL_READ_ONLY] = N_("read-only file systems"),
		[JAIL_TMP] = N_("a /tmp of its own"),
		[JAIL_DEVICES] = N_("a /dev of its own"),
		[JAIL_SCRATCH] = N_("its 'scratch' folders"),
		[JAIL_RIGHTS] = N_("fewer rights"),
		[JAIL_USER] = N_("the rights of its user"),
	};
	struct word w;

	if (said->len < sizeof(w))
		return err_set(e, ERR_SYSTEM, NULL, _("'%s' was ended by "
		    "somebody"), p->s->argv[0]);
	memcpy(&w, said->bytes, sizeof(w));
	errno = w.sys;
	if (w.step == JAIL_START)
		return err_sys(e, NULL, _("'%s' cannot be started"),
		    p->s->program);
	if (w.step > JAIL_DONE && w.step < JAIL_STEPS)
		return err_sys(e, NULL, _("'%s' cannot be given %s, so it is "
		    "not run"), p->s->argv[0], _(steps[w.step]));
	*out_exit = WIFEXITED(w.status) ? WEXITSTATUS(w.status) :
	    128 + WTERMSIG(w.status);
	return 0;
}

int
sandbox_run(const struct sandbox *s, struct sandbox_answer *out,
    struct err *e)
{
	CLEANUP(drop_plan) struct plan p = { .s = s, .rd = { -1, -1, -1 },
		.wr = { -1, -1, -1 }, .null = -1 };
	CLEANUP(drop_buf) struct buf word = { 0 };
	struct buf *const to[PIPES] = { &out->out, &out->err, &word };
	pid_t pid = -1;
	int n;

	if (prepare(&p, e) < 0 || start(&p, &pid, e) < 0)
		return -1;
	n = collect(&p, to, e);
	/* Its namespace ends with it. */
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return n < 0 ? -1 : understand(&p, &word, &out->exit, e);
}
