/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PREFLIGHT_SCRIPTRUN_H
#define AGENT_PREFLIGHT_SCRIPTRUN_H

#include "agent/preflight/script.h"
#include "agent/preflight/shelltokens.h"

/*
 * Inside of script_read: the state of a script that is followed. script.c has
 * the grammar, scriptrun.c what a simple command is to it.
 */
enum {
	STEPS_MAX = 100000,
	DEPTH_MAX = 40,
	ACTS_MAX = 20000,
	BODY_MAX = 2 << 20,
};

/* Whether what stands here is run. */
enum script_mode { MODE_DEAD, MODE_MAYBE, MODE_LIVE };

struct script_function {
	const char *name;
	size_t body;	/* the token it begins at */
};

struct running {
	struct shelltokens tokens;
	struct shellvars vars;
	const struct script_asked *asked;
	struct script_acts *out;
	size_t at;
	size_t steps;
	int depth;
	enum script_mode rest;	/* what is left: less after exit and return */
	struct {
		struct script_function *items;
		size_t n, cap;
	} functions;
};

const struct shelltoken *scriptrun_token(const struct running *r);
void scriptrun_advance(struct running *r);
/* What is run where a test had this answer. */
enum script_mode scriptrun_under(enum script_mode mode,
    enum script_answer a);

/* The command that begins at the token, of any kind. */
enum script_answer scriptrun_command(struct running *r,
    enum script_mode mode);
/* One that is no compound: words, assignments, redirections. */
enum script_answer scriptrun_simple(struct running *r, enum script_mode mode);
/* What its redirection does to the file that word names. */
void scriptrun_redirect(struct running *r, const char *how, const char *word,
    enum script_mode mode);

#endif
