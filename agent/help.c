/* SPDX-License-Identifier: MIT */
#include "agent/help.h"

#include <string.h>

#include "agent/cursor.h"
#include "agent/optionwords.h"
#include "agent/synopsis.h"
#include "agent/wrap.h"
#include "base/mem.h"
#include "base/tr.h"

enum { VERB_COLUMN = 12, OPTION_COLUMN = 27 };

static const char usage[] = N_(
"usage: driftctl [--root DIR] [--store DIR] [--specs DIR]... [--config FILE]\n"
"                [--format FORMAT] [-q|-v] [--no-color] VERB ...\n"
"\n"
"Keeps the files that a server lives by as they must be: records them, says\n"
"what an upgrade took away or changed, puts it back, and can undo that.\n"
"\n");

/* What the options of every verb are followed by. */
static const char values[] = "[--root DIR] [--store DIR] [--specs DIR] "
    "[--config FILE] [--format FORMAT]";

/* text begins at the column, on a line of its own where that is passed. */
static void
add_row(struct buf *out, size_t from, size_t column, const char *text)
{
	size_t col = out->len - from;

	if (text[0] == '\0') {
		buf_addc(out, '\n');
	} else if (col + 1 > column) {
		buf_addc(out, '\n');
		wrap_text(out, (int)column, text);
	} else {
		buf_addf(out, "%*s", (int)(column - col), "");
		wrap_from(out, column, (int)column, text);
	}
}

static void
add_option(const char *verb, const char *args, const struct option_name *p,
    struct buf *out)
{
	CLEANUP(drop_free) char *full = xasprintf("--%s", p->name);
	const char letter[] = { '-', p->letter, '\0' };
	CLEANUP(drop_strlist) struct strlist value = { 0 };
	size_t from = out->len;

	if (p->letter != 0)
		buf_addf(out, "  %s, %s", letter, full);
	else
		buf_addf(out, "      %s", full);
	synopsis_value(args, full, &value);
	if (value.n == 0 && p->letter != 0)
		synopsis_value(args, letter, &value);
	for (size_t i = 0; p->takes_value && i < value.n; i++)
		buf_addf(out, "%c%s", i == 0 ? ' ' : '|', value.items[i]);
	add_row(out, from, OPTION_COLUMN, option_words(verb, p->name));
}

void
help_all(const struct command *const *commands, struct buf *out)
{
	CLEANUP(drop_option_names) struct option_names l = { 0 };

	buf_adds(out, _(usage));
	for (; *commands != NULL; commands++) {
		size_t from = out->len;

		buf_addf(out, "  %s", (*commands)->name);
		add_row(out, from, VERB_COLUMN, _((*commands)->summary));
	}
	buf_addc(out, '\n');
	options_global_names(&l);
	for (size_t i = 0; i < l.n; i++)
		add_option(NULL, values, &l.items[i], out);
	buf_adds(out, _("\n'driftctl VERB --help' says what can be typed after "
	    "a verb.\nexit: 0 clean or done, 1 drift or something left "
	    "to do, 2 could not tell or do\nsee driftctl(8) and "
	    "driftctl-specs(5)\n"));
}

static void
add_words(const char *verb, struct buf *out)
{
	const struct verb_word *w;
	bool any = false;

	for (size_t at = 0; (w = verb_word_next(verb, &at)) != NULL;) {
		size_t from;

		if (!any)
			buf_addc(out, '\n');
		any = true;
		from = out->len;
		buf_addf(out, "  %s", w->word);
		add_row(out, from, VERB_COLUMN, _(w->words));
	}
}

void
help_verb(const struct command *c, struct buf *out)
{
	CLEANUP(drop_option_names) struct option_names l = { 0 };

	synopsis_usage(c->name, c->args, out);
	buf_addc(out, '\n');
	wrap_text(out, 0, _(c->summary));
	add_words(c->name, out);
	command_options(c, &l);
	if (l.n > 0)
		buf_addc(out, '\n');
	for (size_t i = 0; i < l.n; i++)
		add_option(c->name, c->args, &l.items[i], out);
	buf_adds(out, _("\noptions of every verb: driftctl help; all of it: "
	    "driftctl(8)\n"));
}
