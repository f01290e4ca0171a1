/* SPDX-License-Identifier: MIT */
#ifndef AGENT_CURSOR_H
#define AGENT_CURSOR_H

#include "agent/command.h"

/* What may stand where a shell asks for a word. */
struct cursor {
	const char *typed;	/* the beginning of the word; borrowed */
	const struct command *verb;	/* NULL: none is typed yet */
	bool verbs;		/* a verb */
	struct option_names options;	/* "-" or "--" begins the word */
	struct strlist words;	/* as synopsis.h has them */
	char *glued;		/* "--option=" that typed was taken from */
};

/*
 * commands are all verbs, NULL after the last. Takes the words after the
 * program's name, of which the last is being typed
 * (empty: nothing of it is). o gets the root, store, specs and settings that
 * they name.
 */
void cursor_find(const struct command *const *commands, int n, char **words,
    struct options *o, struct cursor *out);
void drop_cursor(struct cursor *c);	/* for CLEANUP */

/* The options of a verb as its own parser has them. */
void command_options(const struct command *c, struct option_names *out);

#endif
