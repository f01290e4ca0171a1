/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/assess.h"
#include "agent/command.h"
#include "agent/discreet.h"
#include "agent/language.h"
#include "agent/hook/plugin.h"
#include "agent/hook/upgrade.h"
#include "agent/preflight/hooked.h"
#include "agent/tell/look.h"
#include "agent/tell/post.h"
#include "agent/tell/tell.h"
#include "base/file.h"
#include "base/tr.h"

/* What a shim takes for a no; no other failure of ours is one. */
enum { REFUSED = 3 };

/* In which a message that could not be told is tried again at once. */
enum { LINGER = 150 };
enum { BOOT_WAIT = 20, PLAN_MAX = 64 << 20 };

/* Names of package managers whose shims tell begin and end. */
static const char *const origins[] = { "rpm", "dnf", "apt", "dpkg",
	"pacman" };

static const char *
find_origin(const char *name)
{
	for (size_t i = 0; i < sizeof(origins) / sizeof(origins[0]); i++)
		if (strcmp(name, origins[i]) == 0)
			return origins[i];
	return NULL;
}

/* The process that the transaction belongs to: who started us, unless a shell
 * stands between and says who started it. */
static int
find_owner(const char *given, const char *origin, struct owner *out,
    struct err *e)
{
	pid_t pid = getppid();
	char *end;

	if (given != NULL) {
		long n = strtol(given, &end, 10);

		if (*end != '\0' || end == given || n <= 0 || (pid_t)n != n)
			return err_set(e, ERR_USAGE, "--owner",
			    _("'%s' is no number of a process"), given);
		pid = (pid_t)n;
	}
	/* apt starts some of its hooks from a child that ends with them. */
	if (strcmp(origin, "apt") == 0)
		pid = owner_first(pid);
	/* One that is dead already has nobody to wait for. */
	if (owner_of(pid, out) < 0)
		*out = (struct owner){ .pid = pid };
	return 0;
}

/* What it is about to do, as rpm's plugin says it: the trouble with that is
 * told, and nothing else is lost. */
static void
read_plan(struct upgrade *u, struct transaction *plan)
{
	CLEANUP(drop_buf) struct buf text = { 0 };
	struct err e = { 0 };

	if (file_read_fd(STDIN_FILENO, "stdin", PLAN_MAX, &text, &e) < 0 ||
	    transaction_parse("stdin", buf_str(&text), text.len, plan, &e) < 0)
		tell_failure(u->o, u->origin, &e);
	else
		u->plan = plan;
}

static int
begin_planned(struct upgrade *u, struct err *e)
{
	CLEANUP(drop_transaction) struct transaction plan = { 0 };
	int n;

	u->patience = PLUGIN_PATIENCE;
	read_plan(u, &plan);
	n = upgrade_begin(u, e);
	u->plan = NULL;
	return n;
}

/* What is known before anything is unpacked may be told, or refused. */
static int
take_plan(const struct upgrade *u, struct err *e)
{
	CLEANUP(drop_aptlist) struct aptlist list = { 0 };
	struct err trouble = { 0 };
	bool refused = false;

	if (upgrade_read_plan(u, STDIN_FILENO, &list, e) < 0)
		return -1;
	if (upgrade_planned(u, &list, &trouble) < 0)
		tell_failure(u->o, u->origin, &trouble);
	if (preflight_hooked(u->o, &list, &refused, e) < 0)
		return -1;
	return refused ? REFUSED : 0;
}

static int
begin_or_end(struct upgrade *u, const struct strlist *words, bool packages,
    struct err *e)
{
	const char *when = words->n == 2 ? words->items[1] : "";

	if (packages && strcmp(when, "begin") == 0)
		return begin_planned(u, e);
	if (strcmp(when, "begin") == 0)
		return upgrade_begin(u, e);
	if (strcmp(when, "end") == 0)
		return upgrade_end(u, false, e);
	if (strcmp(when, "packages") == 0 && (strcmp(u->origin, "apt") == 0 ||
	    strcmp(u->origin, "dnf") == 0))
		return take_plan(u, e);
	return err_set(e, ERR_USAGE, words->items[0],
	    _("needs 'begin' or 'end' [see driftctl(8)]"));
}

/* A look at the whole machine, so that whatever went wrong without any package
 * manager is told of, and what was told is taken back. */
static int
look_and_tell(const struct upgrade *u, struct err *e)
{
	CLEANUP(drop_machine) struct machine m = { .root.fd = -1 };
	CLEANUP(drop_assessment) struct assessment a = { 0 };
	CLEANUP(drop_look) struct look look = { 0 };
	const struct teller to = { .o = u->o, .m = &m, .origin = u->origin };
	struct err none = { 0 };

	/* Without a store nobody has asked us for anything. */
	if (machine_open(u->o, &m, e) < 0)
		return -1;
	if (machine_open_store(&m, false, &none) < 0) {
		if (none.kind == ERR_MISSING)
			return 0;
		*e = none;
		return -1;
	}
	if (assess(&m, &(struct machine_capture){ 0 }, &a, e) < 0)
		return -1;
	look_open(&look, &a.findings, a.has_baseline &&
	    m.diagnostics.n == 0);
	discreet_findings(&m, &a);
	look_findings(&look, &a.findings);
	look_mistakes(&look, &m);
	tell_look(&to, &look);
	return 0;
}

static int
catch_up_and_tell(const struct upgrade *u, struct err *e)
{
	int n = upgrade_catch_up(u, e);
	struct err second = { 0 };

	if (look_and_tell(u, n < 0 ? &second : e) < 0) {
		if (n < 0)
			tell_failure(u->o, u->origin, &second);
		n = -1;
	}
	return n;
}

static int
dispatch(const struct options *o, struct upgrade *u, struct err *e)
{
	const char *owner = NULL;
	bool packages = false;
	const struct verb_option table[] = {
		{ "owner", 0, NULL, &owner },
		{ "packages", 0, &packages, NULL }, { 0 } };
	CLEANUP(drop_strlist) struct strlist words = { 0 };
	const char *what;

	if (options_verb(o, table, &words, e) < 0)
		return -1;
	what = words.n > 0 ? words.items[0] : "";
	u->loud = true;
	if (find_owner(owner, what, &u->owner, e) < 0)
		return -1;
	if (strcmp(what, "zypp") == 0 && words.n == 1) {
		u->origin = "zypp";
		u->patience = PLUGIN_PATIENCE;
		return plugin_run(u, STDIN_FILENO, STDOUT_FILENO, e);
	}
	if ((strcmp(what, "boot") == 0 || strcmp(what, "timer") == 0) &&
	    words.n == 1) {
		const bool boots = strcmp(what, "boot") == 0;

		/* A failure is told of when the words are gone. */
		u->origin = boots ? "boot" : "timer";
		/* Services wait, and nobody else can be at work yet. */
		if (boots)
			u->wait = BOOT_WAIT;
		return catch_up_and_tell(u, e);
	}
	u->origin = find_origin(what);
	if (u->origin != NULL)
		return begin_or_end(u, &words, packages, e);
	return err_set(e, ERR_USAGE, "hook", _("needs one of: zypp, rpm, dnf, "
	    "apt, dpkg, pacman, timer, boot [see driftctl(8)]"));
}

/* Delivers what is waiting; with --test a message that says so, at once. */
static int
notify(const struct options *o, struct err *e)
{
	bool test = false, now = false;
	const struct verb_option table[] = {
		{ "test", 0, &test, NULL }, { "now", 0, &now, NULL }, { 0 } };
	CLEANUP(drop_strlist) struct strlist words = { 0 };
	CLEANUP(drop_machine) struct machine m = { .root.fd = -1 };
	const struct teller to = { .o = o, .m = &m, .origin = "test" };

	if (options_verb(o, table, &words, e) < 0)
		return -1;
	if (words.n > 1)
		return err_set(e, ERR_USAGE, words.items[1],
		    _("'hook notify' takes no arguments"));
	if (machine_open(o, &m, e) < 0 ||
	    machine_open_store(&m, false, e) < 0)
		return -1;
	if (test)
		return tell_test(&to, e);
	return post_run(&(struct post){ .to = tell_notifiers(&m), .m = &m,
	    .now = now, .linger = now || !post_may_linger() ? 0 : LINGER },
	    e);
}

/* Whatever happens, a package manager is not to be stopped by us: always 0, but
 * where driftctl.yaml has it that an upgrade is refused. */
static int
run(const struct options *o, struct err *e)
{
	struct upgrade u = { .o = o, .origin = "hook" };
	struct err trouble = { 0 };
	int n;

	language_of_machine(o->root);
	/* Options of both are to be had. */
	if (o->listing != NULL)
		notify(o, &trouble);
	/* No package manager calls this. */
	if (o->argc > 0 && strcmp(o->argv[0], "notify") == 0)
		return notify(o, e);
	n = dispatch(o, &u, &trouble);
	if (n < 0 && o->listing == NULL)
		tell_failure(o, u.origin != NULL ? u.origin : "hook", &trouble);
	return n == REFUSED ? REFUSED : 0;
}

const struct command cmd_hook = {
	"hook", "zypp | rpm|dnf|apt|dpkg|pacman begin|end [--owner PID] "
	    "[--packages] | timer | boot | notify [--test|--now]",
	N_("what package managers, timers and boot call"), false, run
};
