/* SPDX-License-Identifier: MIT */
#include "agent/candidates.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agent/machine.h"
#include "agent/optionwords.h"
#include "agent/synopsis.h"
#include "base/text.h"
#include "base/tr.h"
#include "snapshots/gitfiles.h"
#include "snapshots/gitwalk.h"
#include "snapshots/rollback.h"

enum { HISTORY = 100, NAME_DIGITS = 10 };

struct adding {
	const struct cursor *c;
	const struct options *o;
	struct buf *out;
	size_t left;		/* of a history */
};

static void
add_line(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++)
		buf_addc(out, *text == '\n' || *text == '\t' ? ' ' : *text);
}

/* A name that would be two lines is left out. */
static void
add(const struct adding *x, const char *word, const char *words)
{
	if (!text_starts(word, x->c->typed) || strpbrk(word, "\n\t") != NULL)
		return;
	buf_adds(x->out, x->c->glued != NULL ? x->c->glued : "");
	buf_adds(x->out, word);
	if (words[0] != '\0') {
		buf_addc(x->out, '\t');
		add_line(x->out, words);
	}
	buf_addc(x->out, '\n');
}

static void
add_options(const struct adding *x)
{
	const struct option_names *l = &x->c->options;
	const char *verb = x->c->verb != NULL ? x->c->verb->name : NULL;

	for (size_t i = 0; i < l->n; i++) {
		CLEANUP(drop_free) char *full = xasprintf("--%s",
		    l->items[i].name);
		const char letter[] = { '-', l->items[i].letter, '\0' };
		const char *words = option_words(verb, l->items[i].name);

		add(x, full, words);
		if (letter[1] != '\0' && strcmp(x->c->typed, letter) == 0)
			add(x, letter, words);
	}
}

static struct store *
open_store(const struct options *o)
{
	CLEANUP(drop_buf) struct buf dir = { 0 };
	struct err ignored = { 0 };

	return options_store(o, &dir, &ignored) < 0 ? NULL :
	    store_open(buf_str(&dir), &ignored);
}

/* The next component alone: a folder ends with a slash, shells ask again. */
static void
add_entries(const struct adding *x, const char *typed,
    const struct manifest *m)
{
	CLEANUP(drop_buf) struct buf part = { 0 }, last = { 0 };
	size_t len = strlen(typed);

	for (size_t i = 0; i < m->n; i++) {
		const char *path = m->items[i].path;
		size_t n;

		if (strncmp(path, typed, len) != 0)
			continue;
		n = len + strcspn(path + len, "/");
		/* A folder itself comes before what is in it. */
		if (path[n] == '\0' && (n == len ||
		    m->items[i].kind == ENTRY_DIR))
			continue;
		buf_reset(&part);
		buf_add(&part, path, n + (path[n] == '/'));
		if (strcmp(buf_str(&part), buf_str(&last)) == 0)
			continue;
		add(x, buf_str(&part), "");
		buf_reset(&last);
		buf_adds(&last, buf_str(&part));
	}
}

static void
add_paths(const struct adding *x)
{
	CLEANUP(drop_manifest) struct manifest m = { 0 };
	CLEANUP(drop_strlist) struct strlist in = { 0 };
	const char *typed = x->c->typed[0] == '\0' ? "/" : x->c->typed;
	struct store *s = typed[0] == '/' ? open_store(x->o) : NULL;
	const char *slash = strrchr(typed, '/');
	struct err ignored = { 0 };
	struct oid baseline;

	if (s == NULL) {
		buf_adds(x->out, ":files\n");
		return;
	}
	strlist_take(&in, xmemdup(typed, slash == typed ? 1 :
	    (size_t)(slash - typed)));
	if (gitrepo_ref_get(store_repo(s), GITFILES_BASELINE, &baseline,
	    &ignored) > 0 && store_load_paths(s, &baseline, &in, &m,
	    &ignored) == 0)
		add_entries(x, typed, &m);
	store_close(s);
}

static int
add_snapshot(void *ctx, const struct gitcommit *c, struct err *e)
{
	struct adding *x = ctx;
	CLEANUP(drop_buf) struct buf name = { 0 }, words = { 0 };
	char day[32] = "";
	time_t t = (time_t)c->time;
	struct tm tm;

	(void)e;
	if (localtime_r(&t, &tm) != NULL)
		strftime(day, sizeof(day), "%Y-%m-%d %H:%M", &tm);
	text_hex(&name, c->oid.b, NAME_DIGITS / 2);
	buf_addf(&words, "%s %.*s", day, (int)strcspn(c->message, "\n"),
	    c->message);
	add(x, buf_str(&name), buf_str(&words));
	return --x->left == 0;
}

static void
add_snapshots(struct adding *x)
{
	struct store *s = open_store(x->o);
	struct err ignored = { 0 };
	struct oid live;

	add(x, "live", _("the newest snapshot"));
	add(x, "baseline", _("the accepted one"));
	x->left = HISTORY;
	if (s != NULL && gitrepo_ref_get(store_repo(s), GITFILES_LIVE, &live,
	    &ignored) > 0)
		gitwalk_history(store_repo(s), &live, add_snapshot, x,
		    &ignored);
	store_close(s);
}

static void
add_rollbacks(const struct adding *x)
{
	CLEANUP(drop_strlist) struct strlist ids = { 0 };
	struct store *s = open_store(x->o);
	struct err ignored = { 0 };

	if (s != NULL && rollback_ids(store_fd(s), &ids, &ignored) == 0)
		for (size_t i = ids.n; i-- > 0;)
			add(x, ids.items[i], "");
	store_close(s);
}

static void
add_of_spec(const struct adding *x, const struct spec *s, bool rules)
{
	if (!rules)
		add(x, s->name, s->title != NULL ? s->title : "");
	for (size_t i = 0; rules && s->applies && i < s->n_rules; i++) {
		const struct rule *r = &s->rules[i];
		CLEANUP(drop_free) char *id = xasprintf("%s/%s", s->name,
		    r->id);

		if (!r->disabled)
			add(x, id, r->why != NULL ? r->why : "");
	}
}

static void
add_specs(const struct adding *x, bool rules)
{
	CLEANUP(drop_machine) struct machine m = { .root.fd = -1 };
	struct err ignored = { 0 };

	if (machine_open(x->o, &m, &ignored) < 0)
		return;
	for (size_t i = 0; i < m.catalogue.n; i++)
		add_of_spec(x, m.catalogue.specs[i], rules);
}

static void
add_word(struct adding *x, const char *word)
{
	static const char *const files[] = { "FILE", "PACKAGE-FILE",
		"ARCHIVE", NULL };

	if (!synopsis_is_placeholder(word))
		add(x, word, "");
	else if (strcmp(word, "PATH") == 0)
		add_paths(x);
	else if (strcmp(word, "SNAPSHOT") == 0)
		add_snapshots(x);
	else if (strcmp(word, "ID") == 0)
		add_rollbacks(x);
	else if (strcmp(word, "SPEC") == 0 || strcmp(word, "SPEC/RULE") == 0)
		add_specs(x, word[4] == '/');
	else if (strcmp(word, "DIR") == 0 || strcmp(word, "ROOT") == 0)
		buf_adds(x->out, ":dirs\n");
	for (int i = 0; files[i] != NULL; i++)
		if (strcmp(word, files[i]) == 0)
			buf_adds(x->out, ":files\n");
}

void
candidates_add(const struct cursor *c, const struct command *const *commands,
    const struct options *o, struct buf *out)
{
	struct adding x = { c, o, out, 0 };

	if (c->options.n > 0) {
		add_options(&x);
		return;
	}
	for (int i = 0; c->verbs && commands[i] != NULL; i++)
		add(&x, commands[i]->name, _(commands[i]->summary));
	for (size_t i = 0; i < c->words.n; i++)
		add_word(&x, c->words.items[i]);
}
