/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PREFLIGHT_SHELLTOKENS_H
#define AGENT_PREFLIGHT_SHELLTOKENS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"
#include "base/strlist.h"

/*
 * The words and operators of a shell script, as far as it takes to see which
 * files it works on. Never fails: what is no shell gives odd tokens.
 */
enum shelltoken_kind {
	SHELL_WORD,	/* as it is written, with its quotes */
	SHELL_OPERATOR,	/* ; ;; & && | || ( ) and newline */
	SHELL_REDIRECT,	/* > >> < and the like; a word follows */
	SHELL_END,
};

struct shelltoken {
	enum shelltoken_kind kind;
	const char *text;
	unsigned line;
};

struct shelltokens {
	struct arena arena;
	struct shelltoken *items;	/* the last one is SHELL_END */
	size_t n, cap;
};

void shelltokens_read(const char *script, struct shelltokens *out);
void shelltokens_done(struct shelltokens *t);
void drop_shelltokens(struct shelltokens *t);	/* for CLEANUP */

/* A variable; value NULL: nobody can tell. */
struct shellvar {
	const char *name, *value;
};

struct shellvars {
	struct arena arena;
	struct shellvar *items;
	size_t n, cap;
	const char *const *args;	/* $1 …; NULL items: not known */
	size_t n_args;
};

void shellvars_set(struct shellvars *v, const char *name, const char *value);
void shellvars_done(struct shellvars *v);

/*
 * Adds what a word stands for: quotes gone, variables in their place, braces
 * and blanks of variables making several. What nobody can tell becomes "*",
 * as wildcards stay; *out_sure is then false.
 */
void shellvars_expand(const struct shellvars *v, const char *word,
    struct strlist *out, bool *out_sure);

#endif
