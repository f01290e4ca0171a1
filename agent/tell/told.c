/* SPDX-License-Identifier: MIT */
#include "agent/tell/told.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"

#define HEADER "driftctl-told 1"

/* How long it is known what was told that never was open. */
enum { REMEMBERED = 30 * 24 * 3600 };

void
told_done(struct told *t)
{
	free(t->open.items);
	free(t->to.items);
	arena_done(&t->arena);
	*t = (struct told){ 0 };
}

void
drop_told(struct told *t)
{
	told_done(t);
}

void
drop_news_list(struct news_list *l)
{
	free(l->items);
	*l = (struct news_list){ 0 };
}

void
look_done(struct look *l)
{
	drop_news_list(&l->news);
	strlist_done(&l->ids);
	strlist_done(&l->paths);
	arena_done(&l->arena);
}

void
drop_look(struct look *l)
{
	look_done(l);
}

static void
add_word(struct buf *out, const char *word)
{
	buf_addc(out, ' ');
	text_encode(out, word, strlen(word));
}

void
told_write(const struct told *t, struct buf *out)
{
	buf_adds(out, HEADER "\n");
	for (size_t i = 0; i < t->open.n; i++) {
		const struct told_open *o = &t->open.items[i];

		buf_addf(out, "open: %" PRId64 " %s %s", o->since,
		    news_kind_words[o->news.kind],
		    severity_words[o->news.severity]);
		add_word(out, o->news.id);
		add_word(out, o->news.what);
		add_word(out, o->news.path);
		add_word(out, o->news.package);
		buf_addc(out, '\n');
	}
	for (size_t i = 0; i < t->to.n; i++) {
		buf_addf(out, "to: %" PRId64, t->to.items[i].when);
		add_word(out, t->to.items[i].key);
		add_word(out, t->to.items[i].id);
		buf_addc(out, '\n');
	}
}

enum { WORDS = 7 };

static int
take_open(struct told *t, const char *w[WORDS])
{
	enum news_kind kind = strcmp(w[1], "unknown") == 0 ? NEWS_UNKNOWN :
	    NEWS_FLAGGED;
	struct news n = { kind, SEVERITY_INFO, w[3], w[4], w[5], w[6] };

	if (severity_from(w[2], &n.severity) < 0)
		return -1;
	*VEC_ADD(&t->open) = (struct told_open){ n,
		strtoll(w[0], NULL, 10) };
	return 0;
}

static int
take_line(struct told *t, const char *at, const char *end)
{
	const char *words[WORDS];
	const char *colon = memchr(at, ':', (size_t)(end - at));
	bool open;
	int n = 0;

	if (colon == NULL)
		return -1;
	open = colon - at == 4 && memcmp(at, "open", 4) == 0;
	if (!open && (colon - at != 2 || memcmp(at, "to", 2) != 0))
		return 0;	/* a later version's */
	for (at = colon + 1; at < end && n < WORDS; n++) {
		CLEANUP(drop_buf) struct buf plain = { 0 };
		const char *to;

		if (*at++ != ' ')
			return -1;
		to = memchr(at, ' ', (size_t)(end - at));
		to = to != NULL ? to : end;
		if (text_decode(&plain, at, (size_t)(to - at)) < 0)
			return -1;
		words[n] = arena_strdup(&t->arena, buf_str(&plain));
		at = to;
	}
	if (n < (open ? WORDS : 3))
		return -1;
	if (open)
		return take_open(t, words);
	*VEC_ADD(&t->to) = (struct told_to){ words[1], words[2],
		strtoll(words[0], NULL, 10) };
	return 0;
}

int
told_parse(const char *name, const char *bytes, size_t len, struct told *out,
    struct err *e)
{
	const char *at = bytes, *end = bytes + len;
	unsigned line = 0;

	*out = (struct told){ 0 };
	while (at < end) {
		const char *to = memchr(at, '\n', (size_t)(end - at));

		line++;
		if (to == NULL || (line == 1 ?
		    (size_t)(to - at) != strlen(HEADER) ||
		    memcmp(at, HEADER, strlen(HEADER)) != 0 :
		    take_line(out, at, to) < 0)) {
			told_done(out);
			return err_at(e, name, line, 0, _("is no list of what "
			    "was told, or a damaged one"));
		}
		at = to + 1;
	}
	if (line > 0)
		return 0;
	return err_set(e, ERR_INPUT, name, _("is empty"));
}

static bool
has(const struct strlist *l, const char *s)
{
	/* bsearch(3) may not be given NULL. */
	return l->n > 0 && bsearch(&s, l->items, l->n, sizeof(*l->items),
	    strlist_cmp) != NULL;
}

static bool
stays(const struct news *n)
{
	return n->kind == NEWS_FLAGGED || n->kind == NEWS_UNKNOWN;
}

static struct told_open *
find_open(struct told *t, const char *id)
{
	for (size_t i = 0; i < t->open.n; i++)
		if (strcmp(t->open.items[i].news.id, id) == 0)
			return &t->open.items[i];
	return NULL;
}

static struct news
keep(struct told *t, const struct news *n)
{
	struct arena *a = &t->arena;

	return (struct news){ n->kind, n->severity, arena_strdup(a, n->id),
		arena_strdup(a, n->what), arena_strdup(a, n->path),
		arena_strdup(a, n->package) };
}

/* What it says now may be otherwise; who did it was told at the time. */
static void
refresh(struct told *t, struct told_open *o, const struct news *n)
{
	struct news now = *n;

	const size_t len = strlen(n->what);

	if (now.package[0] == '\0')
		now.package = o->news.package;
	if (strncmp(o->news.what, n->what, len) == 0 &&
	    o->news.what[len] == ';')
		now.what = o->news.what;
	if (now.kind == o->news.kind && now.severity == o->news.severity &&
	    strcmp(now.what, o->news.what) == 0 &&
	    strcmp(now.package, o->news.package) == 0)
		return;
	o->news = keep(t, &now);
	t->changed = true;
}

static void
take_resolved(struct told *t, const struct look *l,
    struct news_list *resolved)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->open.n; i++) {
		struct told_open *o = &t->open.items[i];

		if (has(&l->ids, o->news.id) || !l->whole ||
		    (o->news.path[0] != '\0' &&
		    has(&l->paths, o->news.path))) {
			t->open.items[kept++] = *o;
			continue;
		}
		*VEC_ADD(resolved) = o->news;
		resolved->items[resolved->n - 1].kind = NEWS_RESOLVED;
	}
	t->changed = t->changed || kept != t->open.n;
	t->open.n = kept;
}

void
told_take(struct told *t, const struct look *l, struct news_list *fresh,
    struct news_list *resolved)
{
	take_resolved(t, l, resolved);
	for (size_t i = 0; i < l->news.n; i++) {
		const struct news *n = &l->news.items[i];
		struct told_open *o;

		/* What only a transaction tells of is over with it. */
		if (!stays(n) || !has(&l->ids, n->id)) {
			*VEC_ADD(fresh) = *n;
		} else if ((o = find_open(t, n->id)) != NULL) {
			refresh(t, o, n);
		} else {
			*VEC_ADD(fresh) = *n;
			*VEC_ADD(&t->open) = (struct told_open){ keep(t, n),
				l->when };
			t->changed = true;
		}
	}
}

static struct told_to *
find_to(struct told *t, const char *key, const char *id)
{
	for (size_t i = 0; i < t->to.n; i++)
		if (strcmp(t->to.items[i].id, id) == 0 &&
		    strcmp(t->to.items[i].key, key) == 0)
			return &t->to.items[i];
	return NULL;
}

bool
told_due(struct told *t, const struct notifier *to, const struct news *n,
    int64_t now)
{
	struct told_to *at;

	if (n->severity < to->severity)
		return false;
	if (!stays(n) && n->kind != NEWS_FAILED)
		return true;
	at = find_to(t, to->key, n->id);
	/* A clock that was set back must not silence anybody for long. */
	if (at != NULL && now >= at->when && now - at->when < to->quiet)
		return false;
	if (at == NULL) {
		at = VEC_ADD(&t->to);
		at->key = arena_strdup(&t->arena, to->key);
		at->id = arena_strdup(&t->arena, n->id);
	}
	at->when = now;
	t->changed = true;
	return true;
}

void
told_not(struct told *t, const struct notifier *to, const struct news *n)
{
	struct told_to *at = find_to(t, to->key, n->id);

	if (at != NULL)
		at->when = 0;
}

void
told_keep(struct told *t, const struct news_list *resolved, int64_t now)
{
	for (size_t i = 0; i < resolved->n; i++) {
		struct news n = resolved->items[i];

		n.kind = NEWS_FLAGGED;
		*VEC_ADD(&t->open) = (struct told_open){ n, now };
	}
}

bool
told_resolved(struct told *t, const struct notifier *to,
    const struct news *n)
{
	return to->resolved && find_to(t, to->key, n->id) != NULL;
}

static bool
is_among(const struct news_list *l, const char *id)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->items[i].id, id) == 0)
			return true;
	return false;
}

void
told_forget(struct told *t, const struct news_list *resolved, int64_t now)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->to.n; i++) {
		const struct told_to *x = &t->to.items[i];

		if (is_among(resolved, x->id) || (now - x->when > REMEMBERED &&
		    find_open(t, x->id) == NULL))
			continue;
		t->to.items[kept++] = *x;
	}
	t->changed = t->changed || kept != t->to.n;
	t->to.n = kept;
}
