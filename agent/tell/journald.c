/* SPDX-License-Identifier: MIT */
#include "agent/tell/journald.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "agent/tell/messagetext.h"
#include "base/file.h"
#include "base/tr.h"

#define SOCKET "/run/systemd/journal/socket"
#define SYSLOG "/dev/log"

enum { PLAIN_MAX = 2048 };

/* driftctl(8) and packaging/journal have them, too. */
const char *const journald_ids[JOURNALD_KINDS] = {
	[JOURNALD_RESTORED] = "4004927c04fb4c94bf80f8cb4e5be786",
	[JOURNALD_FLAGGED] = "1a12545a42064a77ad2cb2549465da44",
	[JOURNALD_UNKNOWN] = "252ce575610e48c8b6bc5f45c26e729a",
	[JOURNALD_MERGE] = "7e14a82fe3514a6bad144d3977caced9",
	[JOURNALD_FAILED] = "f319da81fbe0413fa660710e79cb47b4",
	[JOURNALD_RESOLVED] = "8ae84aecb7944dfcbc28d0ac14c843d7",
	[JOURNALD_ENDED] = "136c0230e14649b8be53b441ec8075bc",
	[JOURNALD_NOTIFIER] = "29a82521d0cf40b99409de2c43ef0a44",
};

int
journald_priority(const struct news *n)
{
	static const int by_severity[] = {
		[SEVERITY_INFO] = LOG_NOTICE,
		[SEVERITY_WARNING] = LOG_WARNING,
		[SEVERITY_CRITICAL] = LOG_CRIT,
	};

	switch (n->kind) {
	case NEWS_RESTORED:
	case NEWS_RESOLVED:
	case NEWS_MERGE:
		return LOG_NOTICE;
	case NEWS_FAILED:
		return LOG_ERR;
	case NEWS_UNKNOWN:
	case NEWS_FLAGGED:
	case NEWS_KINDS:
		break;
	}
	return by_severity[n->severity];
}

/* systemd.io, "Native Journal Protocol": what has a line feed in it goes with
 * its length before it. */
static void
add_field(struct buf *out, const char *key, const char *value)
{
	const uint64_t len = strlen(value);

	if (len == 0)
		return;
	buf_adds(out, key);
	if (memchr(value, '\n', len) == NULL) {
		buf_addc(out, '=');
	} else {
		buf_addc(out, '\n');
		for (int i = 0; i < 8; i++)
			buf_addc(out, (char)(len >> (8 * i) & 0xff));
	}
	buf_add(out, value, len);
	buf_addc(out, '\n');
}

static void
add_news(struct buf *out, const struct news *n)
{
	CLEANUP(drop_buf) struct buf rule = { 0 };

	news_rule(n, &rule);
	add_field(out, "DRIFTCTL_KIND", news_kind_words[n->kind]);
	add_field(out, "DRIFTCTL_SEVERITY", severity_words[n->severity]);
	add_field(out, "DRIFTCTL_FINDING", n->id);
	add_field(out, "DRIFTCTL_RULE", buf_str(&rule));
	add_field(out, "DRIFTCTL_PATH", n->path);
	add_field(out, "DRIFTCTL_PACKAGE", n->package);
}

void
journald_bytes(const struct journald_entry *x, struct buf *out)
{
	const struct message *m = x->of;

	add_field(out, "MESSAGE", x->message);
	buf_addf(out, "PRIORITY=%d\nSYSLOG_FACILITY=%d\n"
	    "SYSLOG_IDENTIFIER=driftctl\nSYSLOG_PID=%ld\n", x->priority,
	    LOG_DAEMON >> 3, (long)getpid());
	add_field(out, "MESSAGE_ID", journald_ids[x->kind]);
	if (x->news != NULL)
		add_news(out, x->news);
	else if (x->kind == JOURNALD_FAILED)
		add_field(out, "DRIFTCTL_KIND", news_kind_words[NEWS_FAILED]);
	if (m != NULL) {
		add_field(out, "DRIFTCTL_ORIGIN", m->origin);
		add_field(out, "DRIFTCTL_TRANSACTION", m->transaction);
		add_field(out, "DRIFTCTL_COMMAND", m->command);
		add_field(out, "DRIFTCTL_PACKAGES", m->packages);
	}
	if (x->notifier != NULL)
		add_field(out, "DRIFTCTL_NOTIFIER", x->notifier);
}

/* The socket may lie below another root, and have a long name. */
static int
connect_to(const struct root *r)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	CLEANUP(drop_fd) int fd = -1;
	CLEANUP(drop_fd) int at = r != NULL && r->fd >= 0 ?
	    root_open_in(r, SOCKET, O_PATH) :
	    open(SOCKET, O_PATH | O_CLOEXEC);

	if (at < 0)
		return -1;
	snprintf(to.sun_path, sizeof(to.sun_path), "/proc/self/fd/%d", at);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&to,
	    sizeof(to)) < 0)
		return -1;
	return fd_steal(&fd);
}

void
journald_open(const struct root *r, struct journald *out)
{
	out->fd = connect_to(r);
	/* A system that is not running has no log of its own. */
	if (out->fd < 0 && r != NULL)
		out->fd = connect_to(NULL);
}

/* As syslog(3) does it, which would wait for a log that does not listen: an
 * upgrade would wait with it. */
static void
send_plain(const struct journald_entry *x)
{
	const struct sockaddr_un to = { AF_UNIX, SYSLOG };
	CLEANUP(drop_fd) int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0);
	CLEANUP(drop_buf) struct buf line = { 0 };
	const char *origin = x->of != NULL ? x->of->origin : "";
	const time_t now = time(NULL);
	struct tm tm;
	char when[32] = "";

	if (localtime_r(&now, &tm) != NULL)
		snprintf(when, sizeof(when), "%.3s %2d %02d:%02d:%02d ",
		    &"JanFebMarAprMayJunJulAugSepOctNovDec"[3 * tm.tm_mon],
		    tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
	buf_addf(&line, "<%d>%sdriftctl[%ld]: %s%s%s", LOG_DAEMON |
	    x->priority, when, (long)getpid(), origin, origin[0] != '\0' ?
	    ": " : "", x->message);
	if (fd >= 0)
		sendto(fd, line.bytes, line.len < PLAIN_MAX ? line.len :
		    PLAIN_MAX, MSG_NOSIGNAL, (const struct sockaddr *)&to,
		    sizeof(to));
}

/* What is too large for a datagram goes as a sealed file. */
static int
send_large(int fd, const struct buf *bytes)
{
	CLEANUP(drop_fd) int file = memfd_create("driftctl",
	    MFD_CLOEXEC | MFD_ALLOW_SEALING);
	char control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct msghdr m = { .msg_control = control,
		.msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	struct err ignored = { 0 };

	if (file < 0 || file_write_fd(file, "journal", bytes->bytes,
	    bytes->len, &ignored) < 0 || fcntl(file, F_ADD_SEALS, F_SEAL_SEAL |
	    F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0)
		return -1;
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &file, sizeof(int));
	return sendmsg(fd, &m, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

static int
send_native(int fd, const struct journald_entry *x)
{
	CLEANUP(drop_buf) struct buf bytes = { 0 };

	journald_bytes(x, &bytes);
	if (send(fd, bytes.bytes, bytes.len, MSG_NOSIGNAL) >= 0)
		return 0;
	return errno == EMSGSIZE || errno == ENOBUFS ?
	    send_large(fd, &bytes) : -1;
}

void
journald_send(const struct journald *j, const struct journald_entry *x)
{
	if (j->fd >= 0 && send_native(j->fd, x) == 0)
		return;
	send_plain(x);
}

void
journald_close(struct journald *j)
{
	if (j->fd >= 0)
		close(j->fd);
	j->fd = -1;
}

void
drop_journald(struct journald *j)
{
	journald_close(j);
}

static const char *
word_of(enum news_kind kind)
{
	switch (kind) {
	case NEWS_RESTORED:	return _("put back");
	case NEWS_FLAGGED:	return _("needs you");
	case NEWS_UNKNOWN:	return _("cannot tell");
	case NEWS_MERGE:	return _("to merge");
	case NEWS_FAILED:	return _("not done");
	case NEWS_RESOLVED:	return _("in order again, or accepted");
	case NEWS_KINDS:	break;
	}
	return "";
}

void
journald_message(const struct journald *j, const struct message *m)
{
	for (size_t i = 0; i < m->news.n; i++) {
		const struct news *n = &m->news.items[i];
		CLEANUP(drop_buf) struct buf line = { 0 };

		buf_addf(&line, "%s: ", word_of(n->kind));
		news_line(n, &line);
		journald_send(j, &(struct journald_entry){
		    .kind = (enum journald_kind)n->kind,
		    .priority = journald_priority(n),
		    .message = buf_str(&line), .news = n, .of = m });
	}
}
