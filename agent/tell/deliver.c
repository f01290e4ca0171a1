/* SPDX-License-Identifier: MIT */
#include "agent/tell/deliver.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/tell/mail.h"
#include "agent/tell/messagetext.h"
#include "agent/tell/program.h"
#include "base/exec.h"
#include "base/file.h"
#include "base/path.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"

enum {
	ANSWER_MAX = 4096,	/* of what a program prints */
	WHY_MAX = 200,
	SECRET_MAX = 65536,
	ENV_MAX = 65536,
	MAIL_SECONDS = 60,
	PUSHOVER_TITLE = 250, PUSHOVER_TEXT = 1024,
	SPELLED_OUT = 40, SHORT = 8,
};

#define SENDER "driftctl-notify"

void
deliver_environment(const struct message *m, struct strlist *out)
{
	static const char *const passed[] = { "LANG", "LC_ALL", "LC_MESSAGES",
		"LANGUAGE", "TZ" };
	const struct news *worst = NULL;
	CLEANUP(drop_buf) struct buf rule = { 0 }, subject = { 0 };

	for (size_t i = 0; i < m->news.n; i++)
		if (worst == NULL || m->news.items[i].severity >
		    worst->severity)
			worst = &m->news.items[i];
	message_subject(m, &subject);
	/* A package manager's own environment is nobody's affair: from a timer
	 * it would be another. */
	strlist_add(out, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:"
	    "/usr/bin:/sbin:/bin");
	strlist_add(out, "HOME=/");
	for (size_t i = 0; i < sizeof(passed) / sizeof(passed[0]); i++)
		if (getenv(passed[i]) != NULL)
			strlist_take(out, xasprintf("%s=%s", passed[i],
			    getenv(passed[i])));
	strlist_take(out, xasprintf("DRIFTCTL_EVENT=%s",
	    message_event_words[m->event]));
	strlist_take(out, xasprintf("DRIFTCTL_MESSAGE=%s", m->id));
	strlist_take(out, xasprintf("DRIFTCTL_SUBJECT=%.*s", ENV_MAX,
	    buf_str(&subject)));
	strlist_take(out, xasprintf("DRIFTCTL_HOST=%s", m->host));
	strlist_take(out, xasprintf("DRIFTCTL_ORIGIN=%s", m->origin));
	strlist_take(out, xasprintf("DRIFTCTL_TRANSACTION=%s",
	    m->transaction));
	strlist_take(out, xasprintf("DRIFTCTL_COUNT=%zu",
	    m->news.n + m->left_out));
	strlist_take(out, xasprintf("DRIFTCTL_SEVERITY=%s",
	    severity_words[message_severity(m)]));
	if (worst == NULL)
		return;
	news_rule(worst, &rule);
	strlist_take(out, xasprintf("DRIFTCTL_KIND=%s",
	    news_kind_words[worst->kind]));
	/* The kernel takes no longer ones. */
	strlist_take(out, xasprintf("DRIFTCTL_FINDING=%.*s", ENV_MAX,
	    worst->id));
	strlist_take(out, xasprintf("DRIFTCTL_RULE=%s", buf_str(&rule)));
	strlist_take(out, xasprintf("DRIFTCTL_PATH=%.*s", ENV_MAX,
	    worst->path));
	strlist_take(out, xasprintf("DRIFTCTL_PACKAGE=%s", worst->package));
}

/* The first line that says something. */
static void
add_answer(struct buf *why, const struct buf *said)
{
	const char *at = buf_str(said);
	size_t n;

	at += strspn(at, "\r\n \t");
	n = strcspn(at, "\r\n");
	if (n == 0)
		return;
	buf_adds(why, ": ");
	text_escape(why, at, n < WHY_MAX ? n : WHY_MAX);
}

static enum delivery
run(const struct exec *x, struct buf *why)
{
	CLEANUP(drop_buf) struct buf said = { 0 };
	struct err e = { 0 };
	int code = 0;

	/* Somebody may put it right. */
	if (program_check(x->argv[0], &e) < 0 ||
	    exec_with(x, &said, &code, &e) < 0) {
		err_format(&e, why);
		return DELIVERY_LATER;
	}
	if (code == 0)
		return DELIVERY_DONE;
	if (code > 128)
		buf_addf(why, _("%s was ended by signal %d"), x->argv[0],
		    code - 128);
	else
		buf_addf(why, _("%s exited with %d"), x->argv[0], code);
	add_answer(why, &said);
	return code == REQUEST_LATER ? DELIVERY_LATER : DELIVERY_REFUSED;
}

static enum delivery
by_program(const struct notifier *to, const struct message *m,
    struct buf *why)
{
	CLEANUP(drop_strlist) struct strlist env = { 0 };
	CLEANUP(drop_buf) struct buf json = { 0 };

	deliver_environment(m, &env);
	*VEC_ADD(&env) = NULL;
	message_json(m, &json);
	return run(&(struct exec){ .argv = to->words.items,
	    .env = (const char *const *)env.items, .in = &json,
	    .max = ANSWER_MAX, .seconds = to->timeout, .lenient = true },
	    why);
}

static const char sendmail_first[] = "/usr/sbin/sendmail";

/* NULL: this machine has no program for mail. */
static const char *
sendmail_path(void)
{
	static const char *const paths[] = { sendmail_first,
		"/usr/lib/sendmail", "/usr/bin/sendmail" };

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (access(paths[i], X_OK) == 0)
			return paths[i];
	return NULL;
}

static int
mailer_check(const struct mailer *mailer, struct err *e)
{
	const char *program = mailer->program.n > 0 ?
	    mailer->program.items[0] : sendmail_path();

	return program != NULL ? program_check(program, e) :
	    err_set(e, ERR_MISSING, sendmail_first, _("this machine has no "
	    "program that takes mail [install a mail server or msmtp-mta, or "
	    "name another in driftctl.yaml: 'mail: {program: [...]}']"));
}

static enum delivery
by_mail(const struct mailer *mailer, const struct texts *to,
    const struct message *m, struct buf *why)
{
	CLEANUP(drop_buf) struct buf subject = { 0 }, text = { 0 },
	    html = { 0 }, mail = { 0 };
	const char *const sendmail[] = { sendmail_path(), "-t", "-i", NULL };
	struct mail x = { .from = mailer->from != NULL ? mailer->from :
		"root", .to = to, .when = m->when, .id = m->id,
		.host = m->host, .event = message_event_words[m->event] };
	struct err e = { 0 };
	enum delivery n;

	if (mailer_check(mailer, &e) < 0) {
		err_format(&e, why);
		return DELIVERY_LATER;
	}
	message_subject(m, &subject);
	message_text(m, SPELLED_OUT, &text);
	message_html(m, &html);
	x.subject = buf_str(&subject);
	x.text = buf_str(&text);
	/* A report may be text alone; then that is what is mailed. */
	x.html = m->text[0] != '\0' && m->html[0] == '\0' ? "" :
	    buf_str(&html);
	mail_write(&x, &mail);
	n = run(&(struct exec){ .argv = mailer->program.n > 0 ?
	    mailer->program.items : sendmail, .in = &mail, .max = ANSWER_MAX,
	    .seconds = MAIL_SECONDS, .lenient = true }, why);
	/* Mail programs have no exit code of their own for a server that is
	 * away. */
	return n == DELIVERY_REFUSED ? DELIVERY_LATER : n;
}

/* A file that nobody else can read. */
static int
read_secret(const char *path, struct buf *out, struct err *e)
{
	CLEANUP(drop_fd) int fd = open(path, O_RDONLY | O_NONBLOCK |
	    O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(e, path, _("cannot open"));
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_INPUT, path, _("is no regular file"));
	if ((st.st_mode & 077) != 0 ||
	    (st.st_uid != 0 && st.st_uid != geteuid()))
		return err_set(e, ERR_INPUT, path, _("others can read what is "
		    "secret in it: it is not used [chown root: and "
		    "chmod 0600]"));
	return file_read_fd(fd, path, SECRET_MAX, out, e);
}

/* Calls each with each line that is no comment; -1 when it says so. */
static int
each_line(char *text, int (*each)(void *arg, char *line), void *arg)
{
	char *rest = text, *line;

	while ((line = strsep(&rest, "\n")) != NULL) {
		line += strspn(line, " \t");
		line[strcspn(line, "\r")] = '\0';
		if (line[0] != '\0' && line[0] != '#' && each(arg, line) < 0)
			return -1;
	}
	return 0;
}

static int
take_header(void *arg, char *line)
{
	const char *colon = strchr(line, ':');

	if (colon == NULL || colon == line)
		return -1;
	strlist_add(arg, line);
	return 0;
}

static int
take_url(void *arg, char *line)
{
	struct request *q = arg;

	line[strcspn(line, " \t")] = '\0';
	if (q->url != NULL)
		return -1;
	q->url = arena_strdup(&q->arena, line);
	return 0;
}

/* "token: abc", "token=abc" */
static int
take_token(void *arg, char *line)
{
	static const char *const known[] = { "token", "user", "device" };
	struct buf *form = arg;
	size_t n = strcspn(line, ":= \t");
	char *value = line + n + strspn(line + n, ":= \t");

	if (value == line + n)
		return -1;
	line[n] = '\0';
	value[strcspn(value, " \t")] = '\0';
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(line, known[i]) == 0) {
			request_form(form, line, value);
			return 0;
		}
	}
	return -1;
}

static int
read_lines(const char *path, int (*each)(void *arg, char *line), void *arg,
    const char *wanted, struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };
	CLEANUP(drop_free) char *copy = NULL;

	if (path == NULL)
		return 0;
	if (read_secret(path, &text, e) < 0)
		return -1;
	copy = buf_steal(&text);
	return each_line(copy, each, arg) == 0 ? 0 :
	    err_set(e, ERR_INPUT, path, _("expected %s on each line [see "
	    "driftctl.yaml(5)]"), wanted);
}

/* As many bytes of UTF-8 as fit, whole characters only. */
static void
cut(struct buf *b, size_t most)
{
	if (b->len <= most)
		return;
	while (most > 0 && ((unsigned char)b->bytes[most] & 0xc0) == 0x80)
		most--;
	buf_truncate(b, most);
}

static void
fill_pushover(const struct message *m, struct buf *form)
{
	static const char *const priority[] = { [SEVERITY_INFO] = "-1",
		[SEVERITY_WARNING] = "0", [SEVERITY_CRITICAL] = "1" };
	CLEANUP(drop_buf) struct buf title = { 0 }, text = { 0 };
	CLEANUP(drop_free) char *when = xasprintf("%" PRId64, m->when);

	message_subject(m, &title);
	message_text(m, SHORT, &text);
	cut(&title, PUSHOVER_TITLE);
	cut(&text, PUSHOVER_TEXT);
	request_form(form, "title", buf_str(&title));
	request_form(form, "message", buf_str(&text));
	request_form(form, "timestamp", when);
	request_form(form, "priority", m->event == MESSAGE_RESOLVED ? "-1" :
	    priority[message_severity(m)]);
}

int
deliver_request(const struct notifier *to, const struct message *m,
    struct request *out, struct err *e)
{
	*out = (struct request){ .url = to->url, .ca = to->ca,
		.insecure = to->insecure, .seconds = to->timeout };
	if (to->kind == NOTIFIER_PUSHOVER) {
		out->type = "application/x-www-form-urlencoded";
		if (read_lines(to->file, take_token, &out->body,
		    _("token, user or device and its value"), e) < 0)
			return -1;
		fill_pushover(m, &out->body);
		return 0;
	}
	out->type = "application/json";
	if (read_lines(to->file, take_url, out, _("one URL"), e) < 0 ||
	    read_lines(to->headers, take_header, &out->headers,
	    _("a header such as 'Authorization: …'"), e) < 0)
		return -1;
	if (out->url == NULL)
		return err_set(e, ERR_INPUT, to->file, _("is empty"));
	message_json(m, &out->body);
	return 0;
}

/* Beside this program in a checkout and in libexec. */
static void
find_sender(struct buf *out)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n > 0) {
		self[n] = '\0';
		*(strrchr(self, '/') + 1) = '\0';
		buf_addf(out, "%s" SENDER, self);
		if (access(buf_str(out), X_OK) == 0)
			return;
	}
	buf_reset(out);
	buf_adds(out, LIBEXECDIR "/" SENDER);
}

static enum delivery
by_request(const struct notifier *to, const struct message *m,
    struct buf *why)
{
	CLEANUP(drop_request) struct request q = { 0 };
	CLEANUP(drop_buf) struct buf in = { 0 }, sender = { 0 },
	    said = { 0 };
	const char *const argv[] = { (find_sender(&sender),
		buf_str(&sender)), NULL };
	struct err e = { 0 };
	int code = 0;

	/* Somebody may put the file right. */
	if (deliver_request(to, m, &q, &e) < 0) {
		err_format(&e, why);
		return DELIVERY_LATER;
	}
	request_write(&q, &in);
	if (exec_with(&(struct exec){ .argv = argv, .in = &in,
	    .max = ANSWER_MAX, .seconds = to->timeout + 5 }, &said, &code,
	    &e) < 0) {
		err_format(&e, why);
		if (e.sys == ENOENT)
			buf_adds(why, _(" [install the package with it]"));
		return DELIVERY_LATER;
	}
	if (code == REQUEST_DONE)
		return DELIVERY_DONE;
	add_answer(why, &said);
	/* Without the ": " before it. */
	if (why->len > 2)
		memmove(why->bytes, why->bytes + 2, why->len - 1);
	if (why->len >= 2)
		buf_truncate(why, why->len - 2);
	return code == REQUEST_REFUSED ? DELIVERY_REFUSED : DELIVERY_LATER;
}

int
deliver_check(const struct notifiers *l, const struct notifier *to,
    struct err *e)
{
	CLEANUP(drop_request) struct request q = { 0 };
	CLEANUP(drop_message) struct message m = { 0 };
	CLEANUP(drop_buf) struct buf sender = { 0 };

	if (to == NULL || to->kind == NOTIFIER_MAIL)
		return mailer_check(&l->mail, e);
	if (to->kind == NOTIFIER_EXEC)
		return program_check(to->words.items[0], e);
	find_sender(&sender);
	message_init(&m, MESSAGE_TEST, "", 0);
	if (access(buf_str(&sender), X_OK) < 0)
		return err_sys(e, buf_str(&sender), _("cannot be run"));
	return deliver_request(to, &m, &q, e);
}

enum delivery
deliver(const struct notifiers *l, const struct notifier *to,
    const struct message *m, struct buf *why)
{
	switch (to->kind) {
	case NOTIFIER_EXEC:
		return by_program(to, m, why);
	case NOTIFIER_MAIL:
		return by_mail(&l->mail, &to->words, m, why);
	case NOTIFIER_WEBHOOK:
	case NOTIFIER_PUSHOVER:
	case NOTIFIER_KINDS:
		break;
	}
	return by_request(to, m, why);
}

enum delivery
deliver_report(const struct notifiers *l, const struct message *m,
    struct buf *why)
{
	if (l->mail.to.n > 0)
		return by_mail(&l->mail, &l->mail.to, m, why);
	buf_adds(why, _("there is no 'mail: to:' in driftctl.yaml any more"));
	return DELIVERY_REFUSED;
}
