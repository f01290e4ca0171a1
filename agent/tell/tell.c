/* SPDX-License-Identifier: MIT */
#include "agent/tell/tell.h"

#include <fcntl.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "agent/assess.h"
#include "agent/say.h"
#include "agent/tell/deliver.h"
#include "agent/tell/journald.h"
#include "agent/tell/look.h"
#include "agent/tell/motd.h"
#include "agent/tell/outbox.h"
#include "agent/tell/post.h"
#include "agent/tell/telltext.h"
#include "agent/tell/terminal.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"

enum {
	TOLD_COLUMNS = 10,
	NEWS_MAX = 5000,	/* what is beyond is counted */
};

/* Of one telling. */
struct work {
	const struct teller *to;
	struct message head;	/* what all messages of it share */
	struct journald journal;
	struct outbox outbox;	/* fd -1: none */
	int lock;		/* of what was told, or -1 */
	struct told told;
	struct news_list fresh, resolved;
	size_t queued;
	size_t beyond;		/* what there is above NEWS_MAX */
	bool lost;		/* somebody's message could not be kept */
};

static void
drop_work(struct work *w)
{
	message_done(&w->head);
	journald_close(&w->journal);
	drop_outbox(&w->outbox);
	drop_fd(&w->lock);
	told_done(&w->told);
	drop_news_list(&w->fresh);
	drop_news_list(&w->resolved);
}

static const struct root *
root_of(const struct teller *to)
{
	return to->m != NULL && to->m->root.fd >= 0 ? &to->m->root : NULL;
}

static void
log_trouble(const struct work *w, const struct err *e)
{
	CLEANUP(drop_buf) struct buf line = { 0 };

	err_format(e, &line);
	journald_send(&w->journal, &(struct journald_entry){
	    .kind = JOURNALD_FAILED, .priority = LOG_ERR,
	    .message = buf_str(&line), .of = &w->head });
}

static void
begin(struct work *w, const struct teller *to)
{
	char host[256] = "";

	gethostname(host, sizeof(host) - 1);
	*w = (struct work){ .to = to, .outbox.fd = -1, .lock = -1,
		.journal.fd = -1 };
	message_init(&w->head, MESSAGE_FOUND, host, (int64_t)time(NULL));
	w->head.origin = to->origin;
	journald_open(root_of(to), &w->journal);
}

/* The configuration of another system names no programs of this one. */
const struct notifiers *
tell_notifiers(const struct machine *m)
{
	static const struct notifiers none;

	return m != NULL && (m->live || m->o->config != NULL) ?
	    &m->config.notifiers : &none;
}

/* What was told before, under its lock. Where it cannot be had, all is told
 * as if for the first time. */
static void
recall(struct work *w, bool make)
{
	struct err e = { 0 };

	if (w->to->m == NULL || w->to->m->store == NULL ||
	    outbox_open(store_fd(w->to->m->store), make, &w->outbox, &e) <= 0 ||
	    (w->lock = outbox_lock(&w->outbox, OUTBOX_TOLD, true, &e)) < 0 ||
	    outbox_load_told(&w->outbox, &w->told, &e) < 0)
		drop_outbox(&w->outbox);
	if (e.kind != ERR_NONE)
		log_trouble(w, &e);
}

/* -1: it is nowhere. */
static int
queue(struct work *w, const char *key, const struct message *m)
{
	struct err e = { 0 };
	int gone = w->outbox.fd < 0 ? 0 : outbox_put(&w->outbox, m, key, &e);

	if (gone < 0)
		log_trouble(w, &e);
	if (gone > 0) {
		err_clear(&e);
		err_set(&e, ERR_INPUT, key, ngettext("%d message that could "
		    "not be told had to make room for newer ones",
		    "%d messages that could not be told had to make room for "
		    "newer ones", (unsigned long)gone), gone);
		log_trouble(w, &e);
	}
	w->queued += gone >= 0;
	return gone < 0 ? -1 : 0;
}

/* A message begins with what all share. */
static void
start_message(const struct work *w, struct message *m)
{
	message_init(m, MESSAGE_RESOLVED, w->head.host, w->head.when);
	m->origin = w->head.origin;
	m->transaction = w->head.transaction;
	m->command = w->head.command;
	m->packages = w->head.packages;
	m->more = w->head.more;
}

static void
notify_one(struct work *w, const struct notifier *to,
    const struct news_list *news)
{
	CLEANUP(drop_message) struct message m = { 0 };

	start_message(w, &m);
	for (size_t i = 0; i < news->n; i++) {
		if (!told_due(&w->told, to, &news->items[i], m.when))
			continue;
		message_add(&m, &news->items[i]);
		m.event = MESSAGE_FOUND;
	}
	for (size_t i = 0; i < w->resolved.n; i++)
		if (told_resolved(&w->told, to, &w->resolved.items[i]))
			message_add(&m, &w->resolved.items[i]);
	m.left_out += m.news.n > 0 ? w->beyond : 0;
	if (m.news.n == 0 || queue(w, to->key, &m) == 0)
		return;
	/* The disk is full, perhaps: all of it is told the next time. */
	for (size_t i = 0; i < news->n; i++)
		told_not(&w->told, to, &news->items[i]);
	w->lost = true;
}

static void
show_motd(const struct work *w)
{
	CLEANUP(drop_buf) struct buf text = { 0 }, command = { 0 };
	struct err e = { 0 };

	if (root_of(w->to) == NULL)
		return;
	options_command(w->to->o, &command);
	motd_text(&w->told, buf_str(&command), &text);
	if (motd_show(root_of(w->to), &text, &e) < 0)
		log_trouble(w, &e);
}

static void
log_news(const struct work *w)
{
	CLEANUP(drop_message) struct message m = { 0 };

	start_message(w, &m);
	for (size_t i = 0; i < w->fresh.n; i++)
		message_add(&m, &w->fresh.items[i]);
	for (size_t i = 0; i < w->resolved.n; i++)
		message_add(&m, &w->resolved.items[i]);
	journald_message(&w->journal, &m);
}

/* The messages are on disk before what was told is: who is killed in between
 * tells twice rather than never. */
static void
tell_all(struct work *w, struct look *look)
{
	const struct notifiers *l = tell_notifiers(w->to->m);
	struct err e = { 0 };

	look->when = w->head.when;
	/* The gravest come first. */
	if (look->news.n > NEWS_MAX) {
		w->beyond = look->news.n - NEWS_MAX;
		look->news.n = NEWS_MAX;
	}
	recall(w, look->news.n > 0);
	told_take(&w->told, look, &w->fresh, &w->resolved);
	log_news(w);
	for (size_t i = 0; i < l->n; i++)
		notify_one(w, &l->items[i], &look->news);
	if (w->lost)
		told_keep(&w->told, &w->resolved, w->head.when);
	else
		told_forget(&w->told, &w->resolved, w->head.when);
	if (w->outbox.fd >= 0) {
		if (w->told.changed &&
		    outbox_save_told(&w->outbox, &w->told, &e) < 0)
			log_trouble(w, &e);
		show_motd(w);
	}
	drop_fd(&w->lock);
	w->lock = -1;
	if (w->queued > 0)
		post_start(w->to->o);
}

/* That it ended, one line, whatever it found. */
static void
log_end(const struct work *w, const struct transaction *t, bool quiet)
{
	CLEANUP(drop_buf) struct buf line = { 0 }, about = { 0 };
	const char *at;

	buf_addf(&line, quiet ? _("transaction %s: nothing to do (%s)") :
	    _("transaction %s ended (%s)"), t->id,
	    w->head.packages[0] != '\0' ? w->head.packages :
	    _("no package changed"));
	if (transaction_late(t))
		transaction_about(t, &about);
	for (at = buf_str(&about); *at != '\0'; at += *at == '\n') {
		size_t n = strcspn(at, "\n");

		buf_addf(&line, "; %.*s", (int)n, at);
		at += n;
	}
	journald_send(&w->journal, &(struct journald_entry){
	    .kind = JOURNALD_ENDED, .priority = transaction_late(t) ?
	    LOG_NOTICE : LOG_INFO, .message = buf_str(&line),
	    .of = &w->head });
}

static void
say_lines(const struct teller *to, const struct buf *text)
{
	for (const char *at = buf_str(text); to->loud && *at != '\0';) {
		size_t len = strcspn(at, "\n");

		say_note("%.*s", (int)len, at);
		at += len + (at[len] == '\n');
	}
	if (to->loud && strcmp(to->origin, "zypp") == 0)
		terminal_write(to->manager, "zypper", text);
}

void
tell_end(const struct teller *to, const struct transaction *t,
    struct look *look, const char *report)
{
	CLEANUP(drop_work) struct work w;
	CLEANUP(drop_buf) struct buf text = { 0 }, packages = { 0 };

	begin(&w, to);
	transaction_packages_text(t, &packages);
	w.head.transaction = t->id;
	w.head.command = t->command;
	w.head.packages = buf_str(&packages);
	w.head.more = report != NULL ? report : "";
	look_transaction(look, t);
	telltext(t, report, &text);
	log_end(&w, t, look->news.n == 0);
	tell_all(&w, look);
	say_lines(to, &text);
}

void
tell_look(const struct teller *to, struct look *look)
{
	CLEANUP(drop_work) struct work w;
	CLEANUP(drop_buf) struct buf command = { 0 };

	begin(&w, to);
	options_command(to->o, &command);
	buf_adds(&command, " check");
	w.head.more = buf_str(&command);
	tell_all(&w, look);
}

void
tell_failure(const struct options *o, const char *origin,
    const struct err *e)
{
	CLEANUP(drop_root) struct root root = { .fd = -1 };
	const struct teller to = { .o = o, .origin = origin };
	CLEANUP(drop_work) struct work w;
	struct err ignored = { 0 };

	begin(&w, &to);
	/* The machine could not be opened, perhaps. */
	if (root_open(&root, o->root, &ignored) == 0) {
		journald_close(&w.journal);
		journald_open(&root, &w.journal);
	}
	log_trouble(&w, e);
	say_error(e);
}

/* Whether anything that was told is open. */
static bool
is_any_open(const struct options *o)
{
	CLEANUP(drop_buf) struct buf dir = { 0 };
	CLEANUP(drop_fd) int store = -1;
	CLEANUP(drop_outbox) struct outbox box = { -1 };
	CLEANUP(drop_told) struct told t = { 0 };
	struct err ignored = { 0 };

	if (options_store(o, &dir, &ignored) < 0)
		return false;
	store = open(buf_str(&dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return store >= 0 && outbox_open(store, false, &box, &ignored) > 0 &&
	    outbox_load_told(&box, &t, &ignored) == 0 && t.open.n > 0;
}

void
tell_again(const struct options *o)
{
	CLEANUP(drop_machine) struct machine m = { .root.fd = -1 };
	CLEANUP(drop_assessment) struct assessment a = { 0 };
	CLEANUP(drop_look) struct look look = { 0 };
	const struct teller to = { .o = o, .m = &m, .origin = "" };
	struct err e = { 0 };

	if (!is_any_open(o) || machine_open(o, &m, &e) < 0 ||
	    machine_open_store(&m, false, &e) < 0 ||
	    assess(&m, &(struct machine_capture){ 0 }, &a, &e) < 0)
		return;
	look_open(&look, &a.findings, a.has_baseline && m.diagnostics.n == 0);
	tell_look(&to, &look);
}

int
tell_report(const struct teller *to, const char *subject, const char *text,
    const char *html, struct err *e)
{
	CLEANUP(drop_work) struct work w = { .outbox.fd = -1, .lock = -1,
		.journal.fd = -1 };
	struct message m;

	if (tell_notifiers(to->m)->mail.to.n == 0)
		return 0;
	begin(&w, to);
	if (outbox_open(store_fd(to->m->store), true, &w.outbox, e) < 0)
		return -1;
	m = w.head;
	m.event = MESSAGE_REPORT;
	m.subject = subject;
	m.text = text;
	m.html = html;
	if (outbox_put(&w.outbox, &m, NOTIFIER_REPORT, e) < 0)
		return -1;
	post_start(to->o);
	return 1;
}

/* One line on stdout: "told     webhook hooks.example.org". */
static int
say_test(const char *name, enum delivery n, const struct buf *why,
    struct err *e)
{
	CLEANUP(drop_buf) struct buf line = { 0 };

	text_pad(&line, n == DELIVERY_DONE ? _("told") : _("not told"),
	    TOLD_COLUMNS);
	text_escape(&line, name, strlen(name));
	if (why->len > 0)
		buf_addf(&line, ": %s", buf_str(why));
	buf_addc(&line, '\n');
	return say_out(&line, e);
}

int
tell_test(const struct teller *to, struct err *e)
{
	const struct notifiers *l = tell_notifiers(to->m);
	CLEANUP(drop_work) struct work w;
	size_t told = 0, all = l->n + (l->mail.to.n > 0);

	begin(&w, to);
	w.head.event = MESSAGE_TEST;
	for (size_t i = 0; i < all; i++) {
		CLEANUP(drop_buf) struct buf why = { 0 };
		const bool report = i == l->n;
		enum delivery n = report ? deliver_report(l, &w.head, &why) :
		    deliver(l, &l->items[i], &w.head, &why);

		told += n == DELIVERY_DONE;
		if (say_test(report ? _("the report's mail") :
		    l->items[i].name, n, &why, e) < 0)
			return -1;
	}
	if (all == 0)
		return err_set(e, ERR_MISSING, NULL, _("driftctl.yaml names "
		    "nobody to tell [see 'on-finding' and 'mail' in "
		    "driftctl.yaml(5)]"));
	return told == all ? 0 : 1;
}
