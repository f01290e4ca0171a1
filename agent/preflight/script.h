/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PREFLIGHT_SCRIPT_H
#define AGENT_PREFLIGHT_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#include "agent/preflight/incoming.h"

/*
 * What a package's script does to files, as far as its text says so: shell is
 * followed through its tests, loops and functions, of Lua the calls are known.
 * Nothing is run. What stands behind a question that nobody can answer before
 * the script is run may happen, and may not.
 */
enum script_deed {
	SCRIPT_NAMES,	/* nobody can tell what it does with it */
	SCRIPT_TOUCHES,	/* its permissions, its owner */
	SCRIPT_EDITS,
	SCRIPT_MAKES,	/* a new one, or another content */
	SCRIPT_REMOVES,
	SCRIPT_MOVES,	/* to `to` */
	SCRIPT_COPIES,	/* to `to` */
	SCRIPT_LINKS,	/* a symlink to `to` */
	SCRIPT_RM_CONFFILE,	/* dpkg-maintscript-helper(1) */
	SCRIPT_MV_CONFFILE,
	SCRIPT_UCF,	/* ucf(1): path from the vendor's version at `to` */
	SCRIPT_DEEDS
};

struct script_act {
	enum script_deed deed;
	const char *path;	/* may have wildcards unless sure */
	const char *to;
	bool maybe;
	unsigned line;		/* of the script */
};

struct script_acts {
	struct arena arena;
	struct {
		struct script_act *items;
		size_t n, cap;
	} list;
	bool cut;	/* too long: what comes behind is not known */
};

struct script_asked {
	/* $1 and on, NULL where nobody can tell. */
	const char *const *args;
	size_t n_args;
	/* Whether a file is there when the script asks: 1, 0, -1. NULL: that
	 * is not known of any. */
	int (*there)(void *ctx, const char *path);
	void *ctx;
};

void script_read(const struct script *s, const struct script_asked *asked,
    struct script_acts *out);
void script_acts_done(struct script_acts *a);
void drop_script_acts(struct script_acts *a);	/* for CLEANUP */

/* What a test or a command answers. */
enum script_answer { SCRIPT_NO, SCRIPT_YES, SCRIPT_PERHAPS };

/* For the interpreter: a simple command with its words expanded. */
struct script_command {
	char **words;
	size_t n;
	bool sure;	/* nothing in the words had to be guessed */
	bool maybe;
	unsigned line;
	const struct script_asked *asked;
};

/* Adds what it does, and says how it ends. */
enum script_answer script_command(const struct script_command *c,
    struct script_acts *out);
void script_act_add(struct script_acts *out, enum script_deed deed,
    const char *path, const char *to, const struct script_command *c);
/* The same of Lua, line by line. */
void script_read_lua(const char *body, struct script_acts *out);

#endif
