/* SPDX-License-Identifier: MIT */
#include "specs/relation.h"

#include <string.h>

#include "base/tr.h"

/* A list that lacks all of its values says so for some; looking for files
 * has an end. */
enum { TOLD_MAX = 20, LOOKS_MAX = 50000 };

/* "the name fields of /etc/crypttab", in the judge's arena. */
static const char *
describe(struct judge *j, const struct relation_side *s)
{
	const char *path = s->paths.n > 0 ? s->paths.items[0] : "";
	const char *more = s->paths.n > 1 ? ", …" : "";

	switch (s->reads) {
	case SIDE_PATHS:
		return arena_printf(&j->arena, _("the files %s%s"), path, more);
	case SIDE_NAMES:
	case SIDE_STEMS:
		return arena_printf(&j->arena, _("the names of %s%s"), path,
		    more);
	case SIDE_ENTRIES:
		return arena_printf(&j->arena, _("the '%s' fields of %s%s"),
		    s->what, path, more);
	case SIDE_LUKS:
		return arena_printf(&j->arena, _("the UUIDs of the LUKS "
		    "headers %s%s"), path, more);
	case SIDE_XPATH:
	case SIDE_KEYS:
	case SIDE_REGEX:
		break;
	}
	return arena_printf(&j->arena, _("'%s' of %s%s"), s->what, path, more);
}

struct about
relation_stand_at(struct judge *j, const struct sided *x)
{
	j->path = x->file->path;
	j->entry = j->subject = x->file;
	return (struct about){ .demand = "relation", .line = x->line,
		.at = &j->rule->relation->at };
}

static void
is_right(struct judge *j, const struct sided *x, const char *fmt,
    const char *other)
{
	if (j->out->keep_held)
		judge_holds(j, relation_stand_at(j, x), fmt,
		    judge_shows(j, x->value), other);
	else
		judge_held(j);
}

bool
relation_room(struct judge *j, size_t *told, const struct sided *x)
{
	struct about about;

	if (++*told <= TOLD_MAX)
		return true;
	about = relation_stand_at(j, x);
	if (*told == TOLD_MAX + 1)
		judge_add(j, VERDICT_FAILS, about,
		    _("from here on no more values are told of"));
	return false;
}

static void
is_missing(struct judge *j, const struct sided *x,
    const struct relation_side *from, const struct side_values *in)
{
	struct about about = relation_stand_at(j, x);

	if (in->files == 0)
		judge_add(j, VERDICT_FAILS, about,
		    _("%s is not among %s: there is no such file"),
		    judge_shows(j, x->value), describe(j, from));
	else
		judge_add(j, VERDICT_FAILS, about, _("%s is not among %s"),
		    judge_shows(j, x->value), describe(j, from));
}

static void
each_in(struct judge *j, const struct side_values *each,
    const struct relation_side *from, const struct side_values *in)
{
	size_t told = 0;

	for (size_t i = 0; i < each->n; i++) {
		const struct sided *x = &each->items[i];

		if (relation_find(in, x->value) != NULL)
			is_right(j, x, _("%s is among %s"), describe(j, from));
		else if (in->unknown)
			continue;	/* told already, for the file */
		else if (relation_room(j, &told, x))
			is_missing(j, x, from, in);
	}
}

static void
each_not_in(struct judge *j, const struct side_values *each,
    const struct relation_side *from, const struct side_values *in)
{
	size_t told = 0;

	for (size_t i = 0; i < each->n; i++) {
		const struct sided *x = &each->items[i];
		const struct sided *also = relation_find(in, x->value);
		struct about about;

		if (also == NULL && !in->unknown)
			is_right(j, x, _("%s is not among %s"),
			    describe(j, from));
		if (also == NULL || !relation_room(j, &told, x))
			continue;
		about = relation_stand_at(j, x);
		if (also->line > 0)
			judge_add(j, VERDICT_FAILS, about,
			    _("%s must not be among %s, but is in %s, line "
			    "%u"), judge_shows(j, x->value),
			    describe(j, from), also->file->path, also->line);
		else
			judge_add(j, VERDICT_FAILS, about,
			    _("%s must not be among %s, but is in %s"),
			    judge_shows(j, x->value), describe(j, from),
			    also->file->path);
	}
}

/* Sorted: what stands twice stands side by side. */
static void
each_unique(struct judge *j, const struct side_values *each)
{
	size_t told = 0;

	for (size_t i = 0; i < each->n; i++) {
		const struct sided *x = &each->items[i], *first = x - 1;
		struct about about;

		if (i == 0 || strcmp(first->value, x->value) != 0) {
			judge_held(j);
			continue;
		}
		if (!relation_room(j, &told, x))
			continue;
		about = relation_stand_at(j, x);
		if (first->line > 0)
			judge_add(j, VERDICT_FAILS, about,
			    _("%s is in %s, line %u, too"),
			    judge_shows(j, x->value), first->file->path,
			    first->line);
		else
			judge_add(j, VERDICT_FAILS, about,
			    _("%s is in %s, too"), judge_shows(j, x->value),
			    first->file->path);
	}
}

/* 1 and what is there, 0, or -1. */
static int
look(struct judge *j, const char *path, int *out_kind, struct err *e)
{
	const struct evidence *ev = j->ev;
	const struct entry *en;

	if (ev->look != NULL)
		return ev->look(ev->ctx, path, out_kind, e);
	if ((en = ev->entry(ev->ctx, path)) != NULL)
		en = judge_follow(j, en);
	if (en != NULL)
		*out_kind = (int)en->kind;
	return en != NULL;
}

static const char *
put_in(struct judge *j, const char *path, const char *value)
{
	CLEANUP(drop_buf) struct buf b = { 0 };

	for (; *path != '\0'; path++) {
		if (*path == RELATION_VALUE)
			buf_adds(&b, value);
		else
			buf_addc(&b, *path);
	}
	return arena_strdup(&j->arena, buf_str(&b));
}

static bool
names_value(const struct relation *rel)
{
	for (size_t i = 0; i < rel->exists.n; i++)
		if (strchr(rel->exists.items[i], RELATION_VALUE) != NULL)
			return true;
	return false;
}

/* What is there in place of what is wanted; -1: nothing, or nothing wrong. */
struct instead {
	const char *path;
	int kind, mode;
};

static void
not_there(struct judge *j, const struct sided *x, const struct instead *is)
{
	const struct relation *rel = j->rule->relation;
	struct about about = relation_stand_at(j, x);
	const char *shown = judge_secret(j) ? _("(hidden)") : x->value;
	const char *path = put_in(j, is->path != NULL ? is->path :
	    rel->exists.items[0], shown);

	if (is->mode >= 0)
		judge_add(j, VERDICT_FAILS, about, rel->mode_at_most ?
		    _("%s needs %s, whose mode is %04o, expected at most "
		    "%04o") :
		    _("%s needs %s, whose mode is %04o, expected %04o"),
		    judge_shows(j, x->value), path, (unsigned)is->mode,
		    (unsigned)rel->mode);
	else if (is->kind >= 0)
		judge_add(j, VERDICT_FAILS, about,
		    _("%s needs %s, which is a %s, expected a %s"),
		    judge_shows(j, x->value), path,
		    entry_kind_shown((enum entry_kind)is->kind),
		    entry_kind_shown((enum entry_kind)rel->kind));
	else if (rel->exists.n == 1)
		judge_add(j, VERDICT_FAILS, about,
		    _("%s needs %s, which is not there"),
		    judge_shows(j, x->value), path);
	else
		judge_add(j, VERDICT_FAILS, about,
		    _("%s needs %s, which is not there, nor in %zu other "
		    "places"), judge_shows(j, x->value), path,
		    rel->exists.n - 1);
}

/* Whether what is at path has the mode; -1 where that is not known. */
static int
has_mode(struct judge *j, const char *path, struct instead *out,
    struct err *e)
{
	const struct relation *rel = j->rule->relation;
	const struct entry *en;
	int mode;

	if (rel->mode < 0)
		return 1;
	if ((en = j->ev->entry(j->ev->ctx, path)) != NULL)
		en = judge_follow(j, en);
	if (en == NULL)
		return err_set(e, ERR_SYSTEM, path, _("its mode is not known"));
	mode = (int)(en->mode & 07777);
	if (rel->mode_at_most ? (mode & ~rel->mode) == 0 : mode == rel->mode)
		return 1;
	out->mode = mode;
	return 0;
}

/* True when the value has its file. */
static bool
find_one(struct judge *j, const struct sided *x, struct instead *out,
    struct err *e)
{
	const struct relation *rel = j->rule->relation;

	for (size_t i = 0; i < rel->exists.n; i++) {
		const char *path = put_in(j, rel->exists.items[i], x->value);
		int kind = -1, n;

		/* "none", "-" and the like are no paths. */
		if (path[0] != '/')
			continue;
		if ((n = look(j, path, &kind, e)) <= 0)
			continue;
		out->path = rel->exists.items[i];
		out->kind = kind;
		if (rel->kind >= 0 && rel->kind != kind)
			continue;
		if (has_mode(j, path, out, e) == 1)
			return true;
	}
	return rel->if_present && out->path == NULL && e->kind == ERR_NONE;
}

/* For one value; the others will most likely have the same. */
static void
not_told(struct judge *j, const struct sided *x, const struct err *e)
{
	struct about about = relation_stand_at(j, x);

	judge_add(j, VERDICT_CANNOT_TELL, about,
	    _("whether there is what %s needs cannot be told: %s%s%s"),
	    judge_shows(j, x->value), e->what, e->sys != 0 ? ": " : "",
	    e->sys != 0 ? strerror(e->sys) : "");
}

static void
each_exists(struct judge *j, const struct side_values *each)
{
	const struct relation *rel = j->rule->relation;
	/* What all need alike is looked for, and missed, once. */
	size_t n = names_value(rel) || each->n == 0 ? each->n : 1, told = 0;
	bool unknown = false;

	for (size_t i = 0; i < n; i++) {
		const struct sided *x = &each->items[i];
		struct err e = { 0 };
		struct instead other = { NULL, -1, -1 };

		if (rel->exists.n * i > LOOKS_MAX) {
			err_set(&e, ERR_INPUT, x->file->path,
			    _("more values than are looked for"));
		} else if (find_one(j, x, &other, &e)) {
			is_right(j, x, _("%s has what it needs%s"), "");
			continue;
		}
		if (e.kind == ERR_NONE && relation_room(j, &told, x))
			not_there(j, x, &other);
		if (e.kind != ERR_NONE && !unknown)
			not_told(j, x, &e);
		unknown |= e.kind != ERR_NONE;
	}
}

void
judge_relation(struct judge *j)
{
	const struct relation *rel = j->rule->relation;
	struct side_values each = { 0 }, in = { 0 };

	relation_gather(j, &rel->each, &each);
	/* What nobody asks for is not read; equal sides ask for each other. */
	if (rel->op == RELATION_EXISTS) {
		each_exists(j, &each);
		return;
	}
	if (each.n == 0 && rel->op != RELATION_EQUALS)
		return;
	if (rel->op == RELATION_UNIQUE) {
		relation_sort(&each);
		each_unique(j, &each);
		return;
	}
	if (rel->op == RELATION_CERTIFICATE) {
		relation_certificates(j, &each);
		return;
	}
	relation_gather(j, &rel->other, &in);
	relation_sort(&in);
	if (rel->op == RELATION_KEY_IN) {
		relation_key_in(j, &each, &in);
		return;
	}
	if (rel->op == RELATION_NOT_IN) {
		each_not_in(j, &each, &rel->other, &in);
		return;
	}
	each_in(j, &each, &rel->other, &in);
	if (rel->op != RELATION_EQUALS)
		return;
	relation_sort(&each);
	each_in(j, &in, &rel->each, &each);
}
