/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/command.h"
#include "agent/hook/plugin.h"
#include "agent/hook/tell.h"
#include "agent/hook/upgrade.h"
#include "agent/preflight/hooked.h"
#include "base/tr.h"

/* What a shim takes for a no; no other failure of ours is one. */
enum { REFUSED = 3 };

enum { BOOT_WAIT = 20 };

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

/* What is known before anything is unpacked may be told, or refused. */
static int
take_plan(const struct upgrade *u, struct err *e)
{
	CLEANUP(drop_aptlist) struct aptlist list = { 0 };
	struct err trouble = { 0 };
	bool refused = false;

	if (upgrade_read_plan(STDIN_FILENO, &list, e) < 0)
		return -1;
	if (upgrade_planned(u, &list, &trouble) < 0)
		tell_failure(u->origin, &trouble);
	if (preflight_hooked(u->o, &list, &refused, e) < 0)
		return -1;
	return refused ? REFUSED : 0;
}

static int
begin_or_end(struct upgrade *u, const struct strlist *words, struct err *e)
{
	const char *when = words->n == 2 ? words->items[1] : "";

	if (strcmp(when, "begin") == 0)
		return upgrade_begin(u, e);
	if (strcmp(when, "end") == 0)
		return upgrade_end(u, false, e);
	if (strcmp(when, "packages") == 0 && strcmp(u->origin, "apt") == 0)
		return take_plan(u, e);
	return err_set(e, ERR_USAGE, words->items[0],
	    _("needs 'begin' or 'end' [see driftctl(8)]"));
}

static int
dispatch(const struct options *o, struct upgrade *u, struct err *e)
{
	const char *owner = NULL;
	const struct verb_option table[] = {
		{ "owner", 0, NULL, &owner }, { 0 } };
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
		u->origin = what;
		/* Services wait, and nobody else can be at work yet. */
		if (strcmp(what, "boot") == 0)
			u->wait = BOOT_WAIT;
		return upgrade_catch_up(u, e);
	}
	u->origin = find_origin(what);
	if (u->origin != NULL)
		return begin_or_end(u, &words, e);
	return err_set(e, ERR_USAGE, "hook", _("needs one of: zypp, rpm, dnf, "
	    "apt, dpkg, pacman, timer, boot [see driftctl(8)]"));
}

/* Whatever happens, a package manager is not to be stopped by us: always 0, but
 * where driftctl.yaml has it that an upgrade is refused. */
static int
run(const struct options *o, struct err *e)
{
	struct upgrade u = { .o = o, .origin = "hook" };
	struct err trouble = { 0 };
	int n;

	(void)e;
	n = dispatch(o, &u, &trouble);
	if (n < 0 && o->listing == NULL)
		tell_failure(u.origin != NULL ? u.origin : "hook", &trouble);
	return n == REFUSED ? REFUSED : 0;
}

const struct command cmd_hook = {
	"hook", "zypp | rpm|dnf|apt|dpkg|pacman begin|end | timer | boot",
	N_("what package managers, timers and boot call"), false, run
};
