/* SPDX-License-Identifier: MIT */
#include "specs/relation.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/glob.h"
#include "base/path.h"
#include "base/strlist.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"
#include "specs/luksdisk.h"
#include "specs/lukshead.h"
#include "specs/matches.h"
#include "specs/xpath.h"

/* What one side may cost. */
enum {
	FILES_MAX = 10000,
	VALUES_MAX = 100000,
	BYTES_MAX = 64 * 1024 * 1024,
};

struct gathering {
	struct judge *j;
	const struct relation_side *side;
	const struct side_values *among;	/* sorted, or NULL */
	struct side_values *out;
	struct judge *file;	/* reads one file, in an arena of its own */
	const struct entry *en;
	const struct view *view;	/* of the file, or NULL */
	size_t bytes;
};

static int
check_room(struct gathering *g, struct err *e)
{
	if (g->out->n < VALUES_MAX)
		return 0;
	return err_set(e, ERR_INPUT, g->en->path,
	    _("more than the %d values that a relation looks at"),
	    VALUES_MAX);
}

/* Adds the value unless it is one of those that are left out. */
static int
take(struct gathering *g, const char *value, unsigned line, struct err *e)
{
	const struct relation_side *s = g->side;
	const struct regex *re;
	struct sided *x;
	int n;

	if (s->strip != NULL && !text_starts(value, s->strip))
		return 0;
	value += s->strip != NULL ? strlen(s->strip) : 0;
	for (size_t i = 0; i < s->except.n; i++)
		if (strcmp(s->except.items[i], value) == 0)
			return 0;
	if (s->matches != NULL) {
		if ((re = judge_regex(g->j, s->matches, e)) == NULL)
			return -1;
		n = regex_match(re, value, strlen(value), NULL);
		if (n < 0)
			return err_at(e, g->en->path, line, 0,
			    _("the expression takes too long on this value"));
		if (n == 0)
			return 0;
	}
	if (value[0] == '\0' ||
	    (g->among != NULL && relation_find(g->among, value) == NULL))
		return 0;
	if (check_room(g, e) < 0)
		return -1;
	x = VEC_ADD_IN(&g->j->arena, g->out);
	x->value = arena_strdup(&g->j->arena, value);
	x->file = g->en;
	x->line = line;
	return 0;
}

struct word {
	struct gathering *g;
	unsigned line;
	struct err *e;
};

static int
take_word(void *arg, const char *word, size_t len)
{
	struct word *w = arg;

	(void)len;
	return take(w->g, word, w->line, w->e);
}

static int
take_words(struct gathering *g, const char *value, unsigned line,
    struct err *e)
{
	static const struct view any = { .separators = " \t\r\n," };
	struct word w = { g, line, e };

	if (!g->side->words)
		return take(g, value, line, e);
	return view_words(g->view != NULL && g->view->separators != NULL ?
	    g->view : &any, value, take_word, &w);
}

static int
from_xml(struct gathering *g, const char *bytes, size_t len, struct err *e)
{
	CLEANUP(drop_xpath) struct xpath_doc *doc = xpath_open(g->en->path,
	    bytes, len, e);
	struct xpath_answer a;

	if (doc == NULL ||
	    xpath_ask(doc, g->side->what, &g->side->namespaces,
	    &g->file->arena, &a, e) < 0)
		return -1;
	for (size_t i = 0; i < a.n; i++)
		if (take_words(g, a.items[i].text, a.items[i].line, e) < 0)
			return -1;
	return 0;
}

/* Each match of each line. */
static int
from_text(struct gathering *g, const char *bytes, size_t len, struct err *e)
{
	const struct regex *re = judge_regex(g->j, g->side->what, e);
	struct regex_span all, group;
	unsigned line = 1;
	int n;

	if (re == NULL)
		return -1;
	for (size_t at = 0; at < len; line++) {
		const char *s = bytes + at, *nl = memchr(s, '\n', len - at);
		size_t end = nl != NULL ? (size_t)(nl - s) : len - at, from = 0;

		while (from <= end &&
		    (n = regex_find(re, s, end, from, &all, &group)) != 0) {
			if (n < 0)
				return err_at(e, g->en->path, line, 0,
				    _("the expression takes too long on this "
				    "line"));
			if (take_words(g, arena_memdup(&g->file->arena,
			    s + group.start, group.end - group.start), line,
			    e) < 0)
				return -1;
			from = all.end > from ? all.end : from + 1;
		}
		at += end + 1;
	}
	return 0;
}

static int
from_keys(struct gathering *g, const struct view_node *top, struct err *e)
{
	struct values v = { 0 };

	keys_collect(g->file, g->view, top, g->side->section, g->side->key,
	    &v);
	for (size_t i = 0; i < v.n; i++)
		if (take_words(g, v.items[i], v.lines[i], e) < 0)
			return -1;
	return 0;
}

/* Whether a row is one of those that are meant. */
static enum verdict
is_meant(struct gathering *g, const struct view_node *row, struct err *e)
{
	const struct relation_side *s = g->side;
	const struct field_test *field;
	const struct test *test;
	const char *value;
	enum verdict v = test_row(g->file, g->view, row, &s->where, &field,
	    &test, &value, e);

	if (v != VERDICT_HOLDS || s->without.n == 0)
		return v;
	v = test_row(g->file, g->view, row, &s->without, &field, &test,
	    &value, e);
	if (v == VERDICT_CANNOT_TELL)
		return v;
	return v == VERDICT_HOLDS ? VERDICT_FAILS : VERDICT_HOLDS;
}

static int
from_rows(struct gathering *g, const struct view_node *top, struct err *e)
{
	for (const struct view_node *r = top->child; r != NULL; r = r->next) {
		enum verdict v = view_is_row(g->view, r) ?
		    is_meant(g, r, e) : VERDICT_FAILS;

		if (v == VERDICT_CANNOT_TELL)
			return -1;
		if (v == VERDICT_FAILS)
			continue;
		for (const struct view_node *n = r->child; n; n = n->next)
			if (strcmp(n->name, g->side->what) == 0 &&
			    take_words(g, n->value, n->line, e) < 0)
				return -1;
	}
	return 0;
}

/* The metadata is read, not the keyslots. What is no header has no UUID. */
static int
from_luks(struct gathering *g, const char *bytes, size_t len, struct err *e)
{
	struct lukshead head;

	if (luksdisk_version(bytes, len) == 0)
		return 0;
	if (lukshead_read(g->en->path, bytes, len, false, &g->file->arena,
	    &head, e) < 0)
		return -1;
	return take(g, head.uuid, 0, e);
}

static int
from_content(struct gathering *g, struct err *e)
{
	struct view_node top;
	const char *bytes;
	size_t len;

	if (judge_bytes(g->file, &bytes, &len, e) < 0)
		return -1;
	if (g->side->reads == SIDE_LUKS)
		return from_luks(g, bytes, len, e);
	if ((g->bytes += len) > BYTES_MAX)
		return err_set(e, ERR_INPUT, g->en->path,
		    _("the files of this relation hold more than the %d MiB "
		    "that are looked at"), BYTES_MAX / 1024 / 1024);
	if (g->side->reads == SIDE_XPATH)
		return from_xml(g, bytes, len, e);
	if (g->side->reads == SIDE_REGEX)
		return from_text(g, bytes, len, e);
	if (judge_view(g->file, &g->view, &top, e) < 0)
		return -1;
	return g->side->reads == SIDE_KEYS ? from_keys(g, &top, e) :
	    from_rows(g, &top, e);
}

static int
from_name(struct gathering *g, struct err *e)
{
	const char *name = path_name(g->en->path), *dot = strrchr(name, '.');

	if (g->side->reads == SIDE_PATHS)
		return take(g, g->en->path, 0, e);
	if (g->side->reads == SIDE_STEMS && dot != NULL && dot > name)
		name = arena_memdup(&g->file->arena, name,
		    (size_t)(dot - name));
	return take(g, name, 0, e);
}

/* A link that leads nowhere holds no values; other rules complain of it. */
static bool
is_nothing(const struct err *e)
{
	return e->kind == ERR_MISSING || e->sys == ENOENT;
}

static void
unknown(struct gathering *g, const struct err *e)
{
	g->out->unknown = true;
	if (g->side->reads == SIDE_LUKS && e->kind == ERR_SYSTEM)
		judge_again(g->file);
	judge_unknown(g->file, "relation", &g->side->at, e);
}

static void
one_file(struct gathering *g, const struct entry *en)
{
	/* Judged as a rule about this file would be, but told as ours. */
	struct rule like = *g->j->rule;
	struct judge file = { .rule = &like, .ev = g->j->ev,
		.out = g->j->out, .regexes = g->j->regexes, .path = en->path,
		.entry = en, .subject = en };
	size_t before = g->j->out->n;
	struct err e = { 0 };

	like.as = g->side->as;
	g->file = &file;
	g->en = en;
	g->view = NULL;
	if (g->side->reads <= SIDE_STEMS) {
		if (from_name(g, &e) < 0)
			unknown(g, &e);
	} else if (en->kind == ENTRY_FILE || en->kind == ENTRY_SYMLINK) {
		if (from_content(g, &e) < 0 && !is_nothing(&e))
			unknown(g, &e);
	}
	for (; before < g->j->out->n; before++)
		g->j->out->items[before].rule = g->j->rule;
	arena_done(&file.arena);
	g->file = NULL;
}

static void
find_pattern(struct gathering *g, const char *pattern, struct matches *m)
{
	const char *why = judge_hidden(g->j, pattern);

	matches_add(g->j->ev, pattern, m);
	if (why == NULL)
		return;
	g->out->unknown = true;
	g->j->path = arena_strdup(&g->j->arena, pattern);
	judge_add(g->j, VERDICT_CANNOT_TELL,
	    (struct about){ .demand = "relation", .at = &g->side->at },
	    _("lies in a folder that cannot be read (%s)"), why);
}

static void
find_files(struct gathering *g, struct matches *m)
{
	for (size_t i = 0; i < g->side->paths.n; i++) {
		CLEANUP(drop_strlist) struct strlist all = { 0 };
		struct err ignored = { 0 };

		/* The parser has refused what does not expand. */
		glob_braces(g->side->paths.items[i], &all, &ignored);
		for (size_t k = 0; k < all.n; k++)
			find_pattern(g, all.items[k], m);
	}
	matches_sort(m);
}

void
relation_gather(struct judge *j, const struct relation_side *s,
    struct side_values *out)
{
	CLEANUP(drop_matches) struct matches m = { 0 };
	struct side_values among = { 0 };
	struct gathering g = { .j = j, .side = s, .out = out };
	struct entry *files;

	if (s->among != NULL) {
		relation_gather(j, s->among, &among);
		relation_sort(&among);
		out->unknown = among.unknown;
		g.among = &among;
	}
	find_files(&g, &m);
	out->files = m.n;
	if (m.n > FILES_MAX) {
		struct err e = { 0 };

		j->path = arena_strdup(&j->arena, s->paths.items[0]);
		err_set(&e, ERR_INPUT, j->path,
		    _("more than the %d files that a relation looks at"),
		    FILES_MAX);
		judge_unknown(j, "relation", &s->at, &e);
		out->unknown = true;
		return;
	}
	files = arena_alloc(&j->arena, (1 + m.n) * sizeof(*files));
	for (size_t i = 0; i < m.n; i++) {
		files[i] = entry_dup(&j->arena, m.items[i]);
		one_file(&g, &files[i]);
	}
}

static int
by_value(const void *pa, const void *pb)
{
	const struct sided *a = pa, *b = pb;
	int c = strcmp(a->value, b->value);

	if (c == 0)
		c = path_cmp(a->file->path, b->file->path);
	return c != 0 ? c : (a->line > b->line) - (a->line < b->line);
}

void
relation_sort(struct side_values *v)
{
	if (v->n > 1)
		qsort(v->items, v->n, sizeof(*v->items), by_value);
}

const struct sided *
relation_find(const struct side_values *v, const char *value)
{
	size_t lo = VEC_LOWER(v->n, i, strcmp(v->items[i].value, value) < 0);

	return lo < v->n && strcmp(v->items[lo].value, value) == 0 ?
	    &v->items[lo] : NULL;
}
