/* SPDX-License-Identifier: MIT */
#include <time.h>

#include "agent/command.h"
#include "agent/report/gather.h"
#include "agent/report/output.h"
#include "agent/report/since.h"
#include "agent/say.h"
#include "agent/tell/tell.h"
#include "base/tr.h"

/* What a person asked for. */
struct asked {
	const char *since, *output;
	bool since_last, last, always, dry_run, mail;
};

/* Monitors ask what is, which no transaction of some time ago says. */
static bool
is_of_now(enum format format)
{
	return format == FORMAT_NAGIOS || format == FORMAT_PROMETHEUS;
}

static int
check_words(const struct asked *q, const struct options *o,
    const struct strlist *rest, struct gathering *g, struct err *e)
{
	if (rest->n > 0)
		return err_set(e, ERR_USAGE, rest->items[0], _("'report' "
		    "takes no arguments"));
	if (q->since != NULL && (q->since_last || q->last))
		return err_set(e, ERR_USAGE, "--since", _("goes with neither "
		    "--since-last nor --last"));
	if (q->last && is_of_now(o->format))
		return err_set(e, ERR_USAGE, "--last", _("this format is for "
		    "monitoring, which asks how the machine is now, not what "
		    "an upgrade left [leave --last out, or use 'check']"));
	if (q->since != NULL && since_parse(q->since, (int64_t)time(NULL),
	    &g->since) < 0)
		return err_set(e, ERR_USAGE, "--since", _("'%s' is no time "
		    "[for example 2026-11-21, '2026-11-21 19:30', 36h, 3d, "
		    "2w, yesterday]"), q->since);
	g->look_only = q->dry_run || q->since != NULL;
	return 0;
}

/* 1, 0 where driftctl.yaml names nobody. */
static int
mail(struct gathering *g, struct err *e)
{
	const struct model *m = &g->model;
	CLEANUP(drop_buf) struct buf subject = { 0 }, text = { 0 },
	    html = { 0 };

	report_write(m, FORMAT_TEXT, false, &text);
	report_write(m, FORMAT_HTML, false, &html);
	buf_addf(&subject, _("%zu flagged, %zu unknown, %zu noted"),
	    m->flagged, m->unknowns, m->notes);
	return tell_report(&(struct teller){ .o = g->m->o, .m = g->m,
	    .origin = "report" }, buf_str(&subject), buf_str(&text),
	    buf_str(&html), e);
}

static int
tell(const struct asked *q, struct gathering *g, struct err *e)
{
	const struct options *o = g->m->o;
	CLEANUP(drop_buf) struct buf text = { 0 };
	int n;

	if (!q->always && !g->model.last && !model_has_news(&g->model) &&
	    output_may_be_silent(o->format))
		return 0;
	if (q->mail && (n = mail(g, e)) != 0)
		return n < 0 ? -1 : 0;
	report_write(&g->model, o->format, q->output == NULL &&
	    options_color(o), &text);
	return output_write(q->output, o->format, &text, e);
}

static int
report(const struct options *o, struct err *e)
{
	struct asked q = { 0 };
	const struct verb_option table[] = {
		{ "since", 0, NULL, &q.since },
		{ "since-last", 0, &q.since_last, NULL },
		{ "last", 0, &q.last, NULL },
		{ "always", 0, &q.always, NULL },
		{ "dry-run", 'n', &q.dry_run, NULL },
		{ "mail", 0, &q.mail, NULL },
		{ "output", 'o', NULL, &q.output }, { 0 } };
	CLEANUP(drop_strlist) struct strlist rest = { 0 };
	CLEANUP(drop_machine) struct machine m = { .root.fd = -1 };
	CLEANUP(drop_gathering) struct gathering g = { .m = &m };

	if (options_verb(o, table, &rest, e) < 0 ||
	    check_words(&q, o, &rest, &g, e) < 0 ||
	    machine_open(o, &m, e) < 0 || machine_open_store(&m, false, e) < 0)
		return -1;
	/* Where nobody is to be mailed to, a service's output is the log's. */
	g.discreet = q.mail || o->format == FORMAT_NAGIOS;
	if (q.last)
		return gather_last(&g, e) < 0 || tell(&q, &g, e) < 0 ? -1 :
		    output_exit(&g.model, o->format);
	if (!g.look_only && machine_lock(&m, e) < 0)
		return -1;
	if (gather(&g, e) < 0)
		return -1;
	if (g.look_only && machine_say_pending(&m))
		g.model.exit_code = 2;
	/* Told first: what nobody could read is told again. */
	if (tell(&q, &g, e) < 0 ||
	    (!g.look_only && gather_told(&g, e) < 0))
		return -1;
	return output_exit(&g.model, o->format);
}

static int
run(const struct options *o, struct err *e)
{
	int n = report(o, e);

	return n < 0 ? output_failure(o->format, e) : n;
}

const struct command cmd_report = {
	"report", "[--since TIME|--last] [--always] [-n|--dry-run]\n"
	"         [--mail] [-o|--output FILE]",
	N_("what happened since the last report; nothing where nothing is to "
	    "say"), COMMAND_REPORT, run
};
