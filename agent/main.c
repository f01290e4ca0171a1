/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "agent/candidates.h"
#include "agent/help.h"
#include "agent/language.h"
#include "agent/say.h"
#include "agent/tell/tell.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"

static const struct command *const commands[] = {
	&cmd_init,
	&cmd_snapshot,
	&cmd_check,
	&cmd_diff,
	&cmd_report,
	&cmd_restore,
	&cmd_undo,
	&cmd_accept,
	&cmd_merge,
	&cmd_preflight,
	&cmd_log,
	&cmd_show,
	&cmd_explain,
	&cmd_spec,
	&cmd_verify,
	&cmd_doctor,
	&cmd_gc,
	&cmd_learn,
	&cmd_hook,
	NULL
};
enum { N_COMMANDS = sizeof(commands) / sizeof(commands[0]) - 1 };

static int
version(struct err *e)
{
	CLEANUP(drop_buf) struct buf out = { 0 };

	buf_adds(&out, "driftctl " VERSION "\n");
	return say_out(&out, e);
}

static const struct command *
find_command(const char *verb)
{
	for (int i = 0; verb != NULL && i < N_COMMANDS; i++)
		if (strcmp(commands[i]->name, verb) == 0)
			return commands[i];
	return NULL;
}

static int
unknown_verb(const char *verb, struct err *e)
{
	const char *names[N_COMMANDS + 2] = { NULL }, *near;

	for (int i = 0; i < N_COMMANDS; i++)
		names[i] = commands[i]->name;
	names[N_COMMANDS] = "help";
	near = text_nearest(verb, names);
	if (near != NULL)
		return err_set(e, ERR_USAGE, NULL, _("unknown verb '%s' "
		    "(did you mean '%s'?)"), verb, near);
	return err_set(e, ERR_USAGE, NULL,
	    _("unknown verb '%s' [see 'driftctl help']"), verb);
}

/* "driftctl help VERB" and "driftctl VERB --help". */
static int
help(const struct options *o, struct err *e)
{
	CLEANUP(drop_buf) struct buf out = { 0 };
	const char *verb = o->verb;
	const struct command *c;

	if (verb != NULL && strcmp(verb, "help") == 0)
		verb = o->argc > 0 ? o->argv[0] : NULL;
	c = find_command(verb);
	if (verb != NULL && c == NULL)
		return unknown_verb(verb, e);
	if (c != NULL)
		help_verb(c, &out);
	else
		help_all(commands, &out);
	return say_out(&out, e);
}

/* For shells: "driftctl complete -- WORDS…", what the last word can become. */
static int
complete(const struct options *o, struct err *e)
{
	CLEANUP(drop_options) struct options typed = { 0 };
	CLEANUP(drop_buf) struct buf out = { 0 };
	CLEANUP(drop_cursor) struct cursor c = { 0 };
	int skip = o->argc > 0 && strcmp(o->argv[0], "--") == 0;

	cursor_find(commands, o->argc - skip, o->argv + skip, &typed, &c);
	candidates_add(&c, commands, &typed, &out);
	return say_out(&out, e);
}

static int
run_command(const struct command *c, const struct options *o, struct err *e)
{
	int code;

	if (o->format != FORMAT_TEXT && c->formats == COMMAND_TEXT)
		return err_set(e, ERR_USAGE, "--format", _("'%s' writes text "
		    "only [leave the option out]"), c->name);
	if (o->format > FORMAT_JSON && c->formats != COMMAND_REPORT)
		return err_set(e, ERR_USAGE, "--format", _("'%s' writes text "
		    "and json only"), c->name);
	code = c->run(o, e);
	if (code >= 0 && c->mends)
		tell_again(o);
	return code;
}

static int
dispatch(const struct options *o, struct err *e)
{
	if (o->version)
		return version(e);
	if (o->help || (o->verb != NULL && strcmp(o->verb, "help") == 0))
		return help(o, e);
	if (o->verb == NULL)
		return err_set(e, ERR_USAGE, NULL,
		    _("no verb given [see 'driftctl help']"));
	if (strcmp(o->verb, "complete") == 0)
		return complete(o, e);
	if (find_command(o->verb) != NULL)
		return run_command(find_command(o->verb), o, e);
	return unknown_verb(o->verb, e);
}

/* A walk holds one descriptor for each level of folders it is in. */
static void
raise_limits(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) == 0) {
		l.rlim_cur = l.rlim_max;
		setrlimit(RLIMIT_NOFILE, &l);
	}
}

int
main(int argc, char **argv)
{
	CLEANUP(drop_options) struct options o = { 0 };
	struct err e = { 0 };
	int code;

	language_begin();
	/* A reader that goes away is an error to report, not our end: a
	 * restore must not die of `| head`. */
	signal(SIGPIPE, SIG_IGN);
	umask(077);
	raise_limits();
	if (options_parse(argc > 0 ? argc - 1 : 0, argv + 1, &o, &e) < 0) {
		say_error(&e);
		return 2;
	}
	if (o.format == FORMAT_NAGIOS)
		language_none();
	code = dispatch(&o, &e);
	if (code < 0) {
		say_error(&e);
		code = 2;
	}
	return code;
}
