/* SPDX-License-Identifier: MIT */
#include "agent/cursor.h"

#include <stdlib.h>
#include <string.h>

#include "agent/synopsis.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"

/* What stands before the verb takes such values. */
static const char global_args[] = "[--root DIR] [--store DIR] [--specs DIR] "
    "[--config FILE] [--format text|json|ndjson|html|markdown|junit|sarif|"
    "nagios|prometheus]";

void
drop_cursor(struct cursor *c)
{
	drop_option_names(&c->options);
	strlist_done(&c->words);
	free(c->glued);
}

void
command_options(const struct command *c, struct option_names *out)
{
	const struct options o = { .root = "/", .verb = c->name,
		.listing = out };
	struct err ignored = { 0 };

	c->run(&o, &ignored);
}

static const struct command *
find_verb(const struct command *const *commands, const char *name)
{
	for (; *commands != NULL; commands++)
		if (strcmp((*commands)->name, name) == 0)
			return *commands;
	return NULL;
}

/* The option a word names, and whether its value is glued to it. */
static const struct option_name *
find_option(const struct option_names *l, const char *word, bool *out_glued)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct option_name *p = &l->items[i];
		size_t n = strlen(p->name);

		*out_glued = false;
		if (p->letter != 0 && word[0] == '-' && word[1] == p->letter &&
		    word[2] == '\0')
			return p;
		if (!text_starts(word, "--") ||
		    strncmp(word + 2, p->name, n) != 0)
			continue;
		*out_glued = word[2 + n] == '=';
		if (*out_glued || word[2 + n] == '\0')
			return p;
	}
	return NULL;
}

static void
value_words(const char *args, const struct option_name *p,
    struct strlist *out)
{
	CLEANUP(drop_free) char *full = xasprintf("--%s", p->name);
	const char letter[] = { '-', p->letter, '\0' };

	/* An id of what? There are two kinds. */
	if (strcmp(p->name, "rule") == 0)
		strlist_add(out, "SPEC/RULE");
	else
		synopsis_value(args, full, out);
	if (out->n == 0 && p->letter != 0)
		synopsis_value(args, letter, out);
}

/* The options there are where no verb was typed yet, or with one. */
static void
known_options(struct cursor *c)
{
	drop_option_names(&c->options);
	options_global_names(&c->options);
	if (c->verb != NULL)
		command_options(c->verb, &c->options);
}

static void
ask_value(struct cursor *c, const struct option_name *p)
{
	value_words(global_args, p, &c->words);
	if (c->words.n == 0 && c->verb != NULL)
		value_words(c->verb->args, p, &c->words);
	drop_option_names(&c->options);
}

static void
settle(struct cursor *c, const struct strlist *before, const char *verb,
    bool plain)
{
	const struct option_name *p;
	bool glued = false;

	if (!plain && c->typed[0] == '-') {
		p = find_option(&c->options, c->typed, &glued);
		if (p == NULL || !glued)
			return;
		c->glued = xmemdup(c->typed, strcspn(c->typed, "=") + 1);
		c->typed += strlen(c->glued);
		ask_value(c, p);
		return;
	}
	drop_option_names(&c->options);
	c->verbs = verb == NULL;
	if (c->verb != NULL)
		synopsis_arguments(c->verb->args, before, &c->words);
}

void
cursor_find(const struct command *const *commands, int n, char **words,
    struct options *o, struct cursor *out)
{
	CLEANUP(drop_strlist) struct strlist before = { 0 };
	const char *verb = NULL;
	bool plain = false;
	struct err ignored = { 0 };

	*out = (struct cursor){ .typed = n > 0 ? words[n - 1] : "" };
	options_parse(n > 0 ? n - 1 : 0, words, o, &ignored);
	known_options(out);
	for (int i = 0; i + 1 < n; i++) {
		bool glued = false;
		const struct option_name *p = plain ? NULL :
		    find_option(&out->options, words[i], &glued);

		if (p != NULL && p->takes_value && !glued && ++i + 1 >= n) {
			ask_value(out, p);
			return;
		}
		if (p != NULL)
			continue;
		if (!plain && strcmp(words[i], "--") == 0) {
			plain = true;
		} else if (verb == NULL) {
			verb = words[i];
			out->verb = find_verb(commands, verb);
			known_options(out);
		} else if (plain || words[i][0] != '-') {
			strlist_add(&before, words[i]);
		}
	}
	settle(out, &before, verb, plain);
}
