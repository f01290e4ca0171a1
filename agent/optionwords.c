/* SPDX-License-Identifier: MIT */
#include "agent/optionwords.h"

#include <string.h>

#include "base/tr.h"

/* An option is called the same wherever it means the same; verb is only there
 * where it does not. The first that fits counts. */
static const struct {
	const char *verb, *option, *words;
} known[] = {
	{ NULL, "root", N_("work on the system below DIR") },
	{ NULL, "store", N_("use the store in DIR") },
	{ NULL, "specs", N_("read specs from DIR and nowhere else") },
	{ NULL, "config", N_("read settings from FILE") },
	{ NULL, "format", N_("text, json, ndjson, html, markdown, "
	    "junit, sarif, nagios or prometheus, as far as the verb "
	    "has it") },
	{ NULL, "quiet", N_("only what is flagged or unknown") },
	{ NULL, "verbose", N_("say more") },
	{ NULL, "no-color", N_("no colour, even on a terminal") },
	{ NULL, "help", N_("what can be typed, alone or with a verb") },
	{ NULL, "version", N_("print the version") },
	{ NULL, "against", N_("compare with the system below ROOT") },
	{ NULL, "all", N_("everything tracked, not only what drifted") },
	{ NULL, "always", N_("print it even where nothing is to say") },
	{ NULL, "conffiles", N_("which of a settings file's versions is kept, "
	    "as dpkg is told") },
	{ NULL, "dist", N_("an upgrade of the distribution") },
	{ "report", "dry-run", N_("let the next report say all of it again") },
	{ NULL, "dry-run", N_("say what would be done, and do nothing") },
	{ "init", "from", N_("take the baseline from an old system's files") },
	{ NULL, "from", N_("take the files from this snapshot") },
	{ NULL, "hooks", N_("have package managers call driftctl") },
	{ NULL, "last", N_("what the last package transaction did") },
	{ NULL, "list", N_("list what can be taken back") },
	{ NULL, "mail", N_("send it to those that driftctl.yaml names") },
	{ NULL, "manager", N_("ask this package manager what it would do") },
	{ NULL, "max-count", N_("so many at most") },
	{ NULL, "message", N_("the reason, kept with the snapshot") },
	{ NULL, "name", N_("the name of the spec") },
	{ NULL, "now", N_("tell all that waits, at once and once") },
	{ NULL, "output", N_("write to FILE instead of standard output") },
	{ NULL, "owner", N_("the process that the transaction belongs to") },
	{ NULL, "packages", N_("the packages of the transaction are on "
	    "standard input") },
	{ NULL, "purge", N_("packages to be purged") },
	{ NULL, "remove", N_("packages to be removed") },
	{ NULL, "remove-added", N_("remove what was added since, too") },
	{ "restore", "rule", N_("what this rule asks for, and nothing else") },
	{ NULL, "rule", N_("only what concerns this rule") },
	{ NULL, "semantic", N_("what the changes mean instead of lines") },
	{ NULL, "service", N_("the service that a spec is drafted for") },
	{ NULL, "since", N_("from this time on") },
	{ NULL, "since-last", N_("from the last report on") },
	{ NULL, "test", N_("tell everybody a message that is a test, and say "
	    "how each took it") },
	{ NULL, "word", N_("show the words that differ") },
	{ NULL, "yes", N_("do it without asking") },
};

const char *
option_words(const char *verb, const char *option)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].option, option) == 0 &&
		    (known[i].verb == NULL || (verb != NULL &&
		    strcmp(known[i].verb, verb) == 0)))
			return _(known[i].words);
	return "";
}

static const struct verb_word verb_words[] = {
	{ "spec", "lint", N_("finds mistakes in these files, or in the specs "
	    "in force") },
	{ "spec", "list", N_("which specs there are, and which apply here") },
	{ "spec", "show", N_("a spec as it applies here, rule by rule") },
	{ "spec", "test", N_("runs the cases that specs are tested with") },
	{ "spec", "schema", N_("the language of specs as a JSON schema, for "
	    "editors") },
	{ "hook", "zypp", N_("the plugin of libzypp, which speaks on standard "
	    "input and output") },
	{ "hook", "begin", N_("after the name of a package manager: takes a "
	    "snapshot and opens a transaction") },
	{ "hook", "end", N_("ends it: snapshot, judge, put back, tell") },
	{ "hook", "timer", N_("what is done each night: ends what was "
	    "interrupted, finds upgrades that no hook saw") },
	{ "hook", "boot", N_("the same when the machine starts") },
	{ "hook", "notify", N_("tells what waits to be told") },
};

const struct verb_word *
verb_word_next(const char *verb, size_t *at)
{
	while (*at < sizeof(verb_words) / sizeof(verb_words[0]))
		if (strcmp(verb_words[(*at)++].verb, verb) == 0)
			return &verb_words[*at - 1];
	return NULL;
}
