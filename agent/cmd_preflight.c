/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "agent/command.h"
#include "agent/preflight/afterwards.h"
#include "agent/preflight/foretell.h"
#include "agent/preflight/gather.h"
#include "agent/preflight/managers.h"
#include "agent/say.h"
#include "base/tr.h"

/* What the command line says of the upgrade. */
struct asked {
	const char *conffiles, *remove, *purge, *manager;
	bool dist;
	struct strlist files;
};

static int
take_answer(const char *word, enum fate_answer *out, struct err *e)
{
	*out = FATE_ANSWER_OLD;
	if (strcmp(word, "old") == 0)
		return 0;
	*out = FATE_ANSWER_NEW;
	return strcmp(word, "new") == 0 ? 0 : err_set(e, ERR_USAGE,
	    "--conffiles", _("'%s' is no answer [one of: old, new]"), word);
}

static int
gather(struct forecast *f, const struct asked *a, struct err *e)
{
	bool any = a->files.n > 0 || a->remove != NULL || a->purge != NULL;

	if ((any ? gather_files(f, &a->files, e) :
	    managers_ask(f, a->manager, a->dist, e)) < 0)
		return -1;
	if (a->remove != NULL && gather_leaving(f, a->remove, false, e) < 0)
		return -1;
	if (a->purge != NULL && gather_leaving(f, a->purge, true, e) < 0)
		return -1;
	return 0;
}

static int
tell(struct forecast *f, struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };

	f->hooked = afterwards_hooked(f);
	if (f->m->o->format == FORMAT_JSON)
		foretell_json(f, &text);
	else
		foretell_text(f, options_color(f->m->o), &text);
	return say_result(f->m->o, &text, e) < 0 ? -1 : forecast_exit(f);
}

/* Without a store it is told all the same: nothing is kept. */
static int
open_machine(const struct options *o, struct machine *m, struct err *e)
{
	struct err why = { 0 };

	if (machine_open(o, m, e) < 0)
		return -1;
	if (machine_open_store(m, false, &why) == 0 ||
	    (why.kind == ERR_MISSING && m->store == NULL))
		return 0;
	*e = why;
	return -1;
}

static int
run_with(const struct options *o, struct asked *a, struct err *e)
{
	const struct verb_option table[] = {
		{ "conffiles", 0, NULL, &a->conffiles },
		{ "dist", 0, &a->dist, NULL },
		{ "manager", 0, NULL, &a->manager },
		{ "remove", 0, NULL, &a->remove },
		{ "purge", 0, NULL, &a->purge }, { 0 } };
	CLEANUP(drop_machine) struct machine m = { .root.fd = -1 };
	CLEANUP(drop_forecast) struct forecast f = { .m = &m };

	if (options_verb(o, table, &a->files, e) < 0 ||
	    open_machine(o, &m, e) < 0)
		return -1;
	gather_answer(&f);
	if (a->conffiles != NULL &&
	    take_answer(a->conffiles, &f.answer, e) < 0)
		return -1;
	machine_complain(&m);
	if (forecast_look(&f, e) < 0 || gather(&f, a, e) < 0 ||
	    forecast_make(&f, e) < 0)
		return -1;
	return tell(&f, e);
}

static int
run(const struct options *o, struct err *e)
{
	struct asked a = { 0 };
	int n = run_with(o, &a, e);

	strlist_done(&a.files);
	return n;
}

const struct command cmd_preflight = {
	"preflight", "[PACKAGE-FILE...] [--manager zypper|dnf|apt] [--dist] "
	    "[--remove NAME,...] [--purge NAME,...] [--conffiles old|new]",
	N_("what an upgrade to come would do to what is tracked and to the "
	    "rules; changes nothing"), true, run
};
