/* SPDX-License-Identifier: MIT */
#include "specs/judge.h"

#include <inttypes.h>
#include <string.h>

#include "base/glob.h"
#include "base/strlist.h"
#include "base/tr.h"
#include "specs/matches.h"

/* `count`, `size`, `age` and `newest`. */

enum measure { MEASURE_NUMBER, MEASURE_BYTES, MEASURE_SECONDS };

struct unit {
	int64_t many;
	const char *name;
};

/* "9 days": the largest unit that still tells two apart. */
static const char *
show_number(struct judge *j, enum measure m, int64_t n)
{
	static const struct unit seconds[] = { { 86400, "d" }, { 3600, "h" },
		{ 60, "min" }, { 1, "s" }, { 0, NULL } };
	static const struct unit bytes[] = { { 1 << 30, "GiB" },
		{ 1 << 20, "MiB" }, { 1 << 10, "KiB" }, { 1, "B" },
		{ 0, NULL } };
	const struct unit *u = m == MEASURE_BYTES ? bytes : seconds;

	if (m == MEASURE_NUMBER)
		return arena_printf(&j->arena, "%" PRId64, n);
	while (u->many > 1 && n < 2 * u->many && n != u->many)
		u++;
	return arena_printf(&j->arena, "%" PRId64 " %s", n / u->many, u->name);
}

static bool
within(const struct bound *b, int64_t n)
{
	return (!b->has_least || n >= b->least) &&
	    (!b->has_most || n <= b->most);
}

static const char *
show_bound(struct judge *j, enum measure m, const struct bound *b)
{
	const char *least = show_number(j, m, b->least);
	const char *most = show_number(j, m, b->most);

	if (b->has_least && b->has_most && b->least == b->most)
		return most;
	if (b->has_least && b->has_most)
		return arena_printf(&j->arena, _("%s to %s"), least, most);
	if (b->has_least)
		return arena_printf(&j->arena, _("at least %s"), least);
	return arena_printf(&j->arena, _("at most %s"), most);
}

/* The first moment from which the answer for this age is another one. */
static void
expire(struct judge *j, const struct bound *b, int64_t mtime)
{
	if (b->has_least)
		judge_until(j, mtime + b->least);
	if (b->has_most)
		judge_until(j, mtime + b->most + 1);
}

static void
judge_age(struct judge *j, const struct entry *en, const struct bound *b,
    const char *demand)
{
	struct about about = { .demand = demand, .at = &b->at };
	int64_t mtime = (int64_t)en->mtime.tv_sec, age = j->ev->now - mtime;

	if (j->ev->now == 0) {
		judge_add(j, VERDICT_CANNOT_TELL, about,
		    _("what time it is is not known, so its age is not"));
		return;
	}
	/* A clock that was wrong makes nothing younger than new. */
	age = age < 0 ? 0 : age;
	expire(j, b, mtime);
	if (within(b, age))
		judge_holds(j, about, _("was changed %s ago, expected %s"),
		    show_number(j, MEASURE_SECONDS, age),
		    show_bound(j, MEASURE_SECONDS, b));
	else
		judge_add(j, VERDICT_FAILS, about,
		    _("was changed %s ago, expected %s"),
		    show_number(j, MEASURE_SECONDS, age),
		    show_bound(j, MEASURE_SECONDS, b));
}

static void
judge_size(struct judge *j, const struct entry *en, const struct bound *b,
    const char *demand)
{
	struct about about = { .demand = demand, .at = &b->at };

	if (en->kind != ENTRY_FILE)
		judge_add(j, VERDICT_CANNOT_TELL, about,
		    _("is a %s, which has no size to judge"),
		    entry_kind_shown(en->kind));
	else if (within(b, (int64_t)en->size))
		judge_holds(j, about, _("the size is %s, expected %s"),
		    show_number(j, MEASURE_BYTES, (int64_t)en->size),
		    show_bound(j, MEASURE_BYTES, b));
	else
		judge_add(j, VERDICT_FAILS, about,
		    _("the size is %s, expected %s"),
		    show_number(j, MEASURE_BYTES, (int64_t)en->size),
		    show_bound(j, MEASURE_BYTES, b));
}

void
judge_numbers(struct judge *j)
{
	const struct rule *r = j->rule;
	/* What a symlink leads to may be nothing that is known here. */
	const struct entry *en = j->subject != NULL ? j->subject : j->entry;

	if (r->size != NULL)
		judge_size(j, en, r->size, "size");
	if (r->age != NULL)
		judge_age(j, en, r->age, "age");
}

void
judge_count(struct judge *j, size_t n)
{
	const struct bound *b = j->rule->count;
	struct about about = { .demand = "count" };
	const char *why;

	if (b == NULL || j->rule->paths.n == 0)
		return;
	about.at = &b->at;
	j->path = j->rule->paths.items[0];
	if ((why = judge_hides(j, &j->rule->paths)) != NULL)
		judge_add(j, VERDICT_CANNOT_TELL, about,
		    _("lies in a folder that cannot be read (%s)"), why);
	else if (within(b, (int64_t)n))
		judge_holds(j, about, _("%zu found, expected %s"), n,
		    show_bound(j, MEASURE_NUMBER, b));
	else
		judge_add(j, VERDICT_FAILS, about,
		    _("%zu found, expected %s"), n,
		    show_bound(j, MEASURE_NUMBER, b));
}

static const struct entry *
find_newest(const struct matches *m)
{
	const struct entry *best = NULL;

	for (size_t i = 0; i < m->n; i++) {
		const struct entry *en = m->items[i];

		if (best == NULL ||
		    en->mtime.tv_sec > best->mtime.tv_sec ||
		    (en->mtime.tv_sec == best->mtime.tv_sec &&
		    en->mtime.tv_nsec > best->mtime.tv_nsec))
			best = en;
	}
	return best;
}

static void
find_of(struct judge *j, const struct texts *of, struct matches *m)
{
	for (size_t i = 0; i < of->n; i++) {
		CLEANUP(drop_strlist) struct strlist all = { 0 };
		struct err ignored = { 0 };

		glob_braces(of->items[i], &all, &ignored);
		for (size_t k = 0; k < all.n; k++)
			matches_add(j->ev, all.items[k], m);
	}
	matches_sort(m);
}

void
judge_newest(struct judge *j, const struct matches *m)
{
	const struct newest_demand *d = j->rule->newest;
	CLEANUP(drop_matches) struct matches own = { 0 };
	const struct texts *of = &j->rule->paths;
	const struct entry *en;
	const char *why;

	if (d == NULL)
		return;
	if (d->of.n > 0) {
		find_of(j, of = &d->of, &own);
		m = &own;
	}
	if ((en = find_newest(m)) != NULL) {
		j->path = en->path;
		j->entry = j->subject = en;
	} else {
		j->path = of->items[0];
	}
	if ((why = judge_hides(j, of)) != NULL) {
		judge_add(j, VERDICT_CANNOT_TELL,
		    (struct about){ .demand = "newest", .at = &d->at },
		    _("the newest may lie in a folder that cannot be read "
		    "(%s)"), why);
		return;
	}
	/* None is the business of `require` and `count`. */
	if (en == NULL)
		return;
	if (d->age.has_least || d->age.has_most)
		judge_age(j, en, &d->age, "newest");
	if (d->size.has_least || d->size.has_most)
		judge_size(j, en, &d->size, "newest");
}
