/* SPDX-License-Identifier: MIT */
#include "specs/judge.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "base/tr.h"

/* How one value is judged, whatever format it was found in. */

void
values_add(struct judge *j, struct values *v, const char *s, unsigned line)
{
	if (v->n == v->cap) {
		size_t cap = v->cap * 2 + 4;
		const char **items = arena_alloc(&j->arena,
		    cap * sizeof(*items));
		unsigned *lines = arena_alloc(&j->arena,
		    cap * sizeof(*lines));

		if (v->n > 0) {
			memcpy(items, v->items, v->n * sizeof(*items));
			memcpy(lines, v->lines, v->n * sizeof(*lines));
		}
		v->items = items;
		v->lines = lines;
		v->cap = cap;
	}
	v->items[v->n] = s;
	v->lines[v->n++] = line;
}

struct wanted {
	const char *word;
	size_t len;
};

static int
is_word(void *arg, const char *word, size_t len)
{
	const struct wanted *w = arg;

	return len == w->len && memcmp(word, w->word, len) == 0;
}

/* The value that has word among its words (or is it), n when none has. */
static size_t
find_word(const struct view *view, const char *word, const struct values *v)
{
	struct wanted w = { word, strlen(word) };

	for (size_t i = 0; i < v->n; i++)
		if (strcmp(v->items[i], word) == 0 ||
		    view_words(view, v->items[i], is_word, &w))
			return i;
	return v->n;
}

/* A number, or a size: "10", "-0.5", "16MiB". Not strtod: in half of the
 * locales it wants a comma. */
static int
number(const char *s, double *out)
{
	const char *p = s + (*s == '-');
	double n = 0, unit = 1;
	uint64_t size;

	for (; isdigit((unsigned char)*p); p++)
		n = n * 10 + (*p - '0');
	if (*p == '.' && p > s && isdigit((unsigned char)p[-1]))
		for (p++; isdigit((unsigned char)*p); p++)
			n += (*p - '0') * (unit /= 10);
	if (*p == '\0' && p > s && p[-1] != '-') {
		*out = *s == '-' ? -n : n;
		return 0;
	}
	if (text_size(s, &size) < 0)
		return -1;
	*out = (double)size;
	return 0;
}

static int
bounded(const struct test *t, const char *value)
{
	double is, bound;

	if (t->values.n == 0 || number(value, &is) < 0 ||
	    number(t->values.items[0], &bound) < 0)
		return 0;
	return t->op == TEST_AT_LEAST ? is >= bound : is <= bound;
}

static bool
listed(const struct texts *all, const char *value)
{
	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->items[i], value) == 0)
			return true;
	return false;
}

/* 1, 0, or -1 when a single value cannot be judged. */
static int
one_value(struct judge *j, const struct test *t, const char *value,
    unsigned line, struct err *e)
{
	const struct regex *re;
	int found;

	if (t->op == TEST_AT_LEAST || t->op == TEST_AT_MOST)
		return bounded(t, value);
	if (t->op != TEST_MATCHES && t->op != TEST_NOT_MATCHES)
		return listed(&t->values, value);
	re = judge_regex(j, t->values.n > 0 ? t->values.items[0] : "", e);
	if (re == NULL)
		return -1;
	found = regex_match(re, value, strlen(value), NULL);
	if (found < 0)
		return err_at(e, j->path, line, 0,
		    _("the expression %s takes too many steps on this value"),
		    judge_wanted(j, t->values.items[0]));
	return t->op == TEST_MATCHES ? found : !found;
}

static enum verdict
each_value(struct judge *j, const struct test *t, const struct values *v,
    bool every, size_t *out_i, struct err *e)
{
	bool all = every || t->op == TEST_AT_LEAST ||
	    t->op == TEST_AT_MOST || t->op == TEST_NOT_MATCHES;
	size_t failed = v->n;

	for (size_t i = 0; i < v->n; i++) {
		int holds = one_value(j, t, v->items[i], v->lines[i], e);

		*out_i = i;
		if (holds < 0)
			return VERDICT_CANNOT_TELL;
		if (holds && !all)
			return VERDICT_HOLDS;
		if (!holds && all)
			return VERDICT_FAILS;
		failed = holds ? failed : i;
	}
	*out_i = failed;
	return t->op == TEST_NOT_MATCHES || (all && v->n > 0) ?
	    VERDICT_HOLDS : VERDICT_FAILS;
}

/* A list given in several assignments equals the text of all of them. */
static bool
equals_joined(const struct test *t, const struct values *v)
{
	CLEANUP(drop_buf) struct buf b = { 0 };

	for (size_t i = 0; i < v->n; i++)
		buf_addf(&b, "%s%s", i > 0 ? " " : "", v->items[i]);
	return t->values.n > 0 && strcmp(buf_str(&b), t->values.items[0]) == 0;
}

static enum verdict
words(const struct view *view, const struct test *t, const struct values *v,
    size_t *out_i)
{
	for (size_t i = 0; i < t->values.n; i++) {
		size_t at = find_word(view, t->values.items[i], v);

		if (t->op == TEST_EXCLUDES && at < v->n) {
			*out_i = at;
			return VERDICT_FAILS;
		}
		if (t->op == TEST_INCLUDES && at == v->n) {
			*out_i = v->n > 0 ? v->n - 1 : 0;
			return VERDICT_FAILS;
		}
	}
	return VERDICT_HOLDS;
}

enum verdict
test_values(struct judge *j, const struct view *view, const struct test *t,
    const struct values *v, bool every, size_t *out_i, struct err *e)
{
	double count;

	*out_i = 0;
	switch (t->op) {
	case TEST_ABSENT:
		return v->n == 0 ? VERDICT_HOLDS : VERDICT_FAILS;
	case TEST_PRESENT:
		return v->n > 0 ? VERDICT_HOLDS : VERDICT_FAILS;
	case TEST_COUNT:
		return t->values.n > 0 &&
		    number(t->values.items[0], &count) == 0 &&
		    (double)v->n == count ? VERDICT_HOLDS : VERDICT_FAILS;
	case TEST_INCLUDES:
	case TEST_EXCLUDES:
		return words(view, t, v, out_i);
	case TEST_EQUALS:
		if (every || v->n < 2)
			break;
		/* One of several would leave the others unjudged. */
		*out_i = v->n - 1;
		return equals_joined(t, v) ? VERDICT_HOLDS : VERDICT_FAILS;
	default:
		break;
	}
	return each_value(j, t, v, every, out_i, e);
}

const char *
test_describe(struct judge *j, const struct test *t)
{
	static const char *const texts[] = {
		[TEST_EQUALS] = N_("expected %s"),
		[TEST_MATCHES] = N_("expected a match of %s"),
		[TEST_NOT_MATCHES] = N_("expected no match of %s"),
		[TEST_INCLUDES] = N_("expected to include %s"),
		[TEST_EXCLUDES] = N_("expected not to include %s"),
		[TEST_ONE_OF] = N_("expected one of %s"),
		[TEST_ABSENT] = N_("expected nothing"),
		[TEST_PRESENT] = N_("expected to be there"),
		[TEST_AT_LEAST] = N_("expected at least %s"),
		[TEST_AT_MOST] = N_("expected at most %s"),
		[TEST_COUNT] = N_("expected %s times"),
	};
	CLEANUP(drop_buf) struct buf b = { 0 };

	for (size_t i = 0; i < t->values.n; i++)
		buf_addf(&b, "%s%s", i > 0 ? ", " : "",
		    judge_wanted(j, t->values.items[i]));
	return arena_printf(&j->arena, _(texts[t->op]), buf_str(&b));
}
