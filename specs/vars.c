/* SPDX-License-Identifier: MIT */
#include "specs/vars.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"

/* Variables that double each other must not fill the memory. */
enum { TEXTS_MAX = 4096, TEXT_MAX = 64 * 1024, TOTAL_MAX = 1024 * 1024 };

static const char *const fact_names[] = { "hostname", "os.id", "os.version",
	"arch" };
enum { FACTS = sizeof(fact_names) / sizeof(*fact_names) };

/* The texts made so far: more than one once a list was put in. */
struct draft {
	struct buf *items;
	size_t n, cap;
};

static void
drop_draft(struct draft *d)
{
	for (size_t i = 0; i < d->n; i++)
		buf_done(&d->items[i]);
	free(d->items);
}

static const struct texts *
find_in(const struct variables *list, const char *name, size_t len)
{
	for (size_t i = 0; list != NULL && i < list->n; i++)
		if (strncmp(list->items[i].name, name, len) == 0 &&
		    list->items[i].name[len] == '\0')
			return &list->items[i].values;
	return NULL;
}

static const char *
fact_value(const struct facts *f, size_t i)
{
	const char *value = NULL;

	if (f != NULL) {
		const char *const values[FACTS] = { f->hostname, f->os_id,
			f->os_version, f->arch };

		value = values[i];
	}
	return value != NULL ? value : "unknown";
}

static int
undefined(const struct vars *v, const char *name, struct err *e)
{
	struct { const char **items; size_t n, cap; } known = { 0 };
	const struct variables *lists[] = { v->site, &v->own };
	const char *near;

	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; lists[k] != NULL && i < lists[k]->n; i++)
			*VEC_ADD(&known) = lists[k]->items[i].name;
	for (size_t i = 0; i < FACTS; i++)
		*VEC_ADD(&known) = fact_names[i];
	*VEC_ADD(&known) = NULL;
	near = text_nearest(name, known.items);
	free(known.items);
	if (near != NULL)
		return err_set(e, ERR_INPUT, NULL,
		    _("undefined variable '%s' (did you mean '%s'?)"), name,
		    near);
	return err_set(e, ERR_INPUT, NULL,
	    _("undefined variable '%s' [define it under 'vars', or write $${ "
	    "for the text itself]"), name);
}

/* The values of a name, in one where they need a place to stand. */
static const struct texts *
look_up(const struct vars *v, const char *name, size_t len,
    struct texts *one, const char **fact, struct err *e)
{
	CLEANUP(drop_free) char *copy = NULL;
	const struct texts *found = find_in(v->site, name, len);

	if (found == NULL)
		found = find_in(&v->own, name, len);
	if (found != NULL)
		return found;
	copy = xmemdup(name, len);
	for (size_t i = 0; i < FACTS; i++) {
		if (strcmp(copy, fact_names[i]) != 0)
			continue;
		*fact = fact_value(v->facts, i);
		*one = (struct texts){ .items = fact, .n = 1 };
		return one;
	}
	undefined(v, copy, e);
	return NULL;
}

/* A backslash before a byte that is no letter or digit takes it literally
 * (pcre2pattern(3)); bytes over 0x7f never need one. */
static void
add_value(struct buf *out, const char *value, enum vars_use use)
{
	for (; *value != '\0'; value++) {
		unsigned char c = (unsigned char)*value;

		if ((use == VARS_REGEX || use == VARS_REGEXES) && c < 0x80 &&
		    !isalnum(c) && c != '_')
			buf_addc(out, '\\');
		if (use == VARS_REPLACEMENT && c == '$')
			buf_addc(out, '$');
		buf_addc(out, *value);
	}
}

static void
add_alternatives(struct buf *out, const struct texts *values,
    enum vars_use use)
{
	buf_adds(out, use == VARS_PATH ? "{" : "(?:");
	for (size_t i = 0; i < values->n; i++) {
		if (i > 0)
			buf_addc(out, use == VARS_PATH ? ',' : '|');
		add_value(out, values->items[i], use);
	}
	buf_addc(out, use == VARS_PATH ? '}' : ')');
}

/* Each text so far, once with each value behind it. */
static int
multiply(struct draft *d, const struct texts *values, enum vars_use use,
    struct err *e)
{
	CLEANUP(drop_draft) struct draft next = { 0 };

	if (d->n * values->n > TEXTS_MAX)
		return err_set(e, ERR_INPUT, NULL,
		    _("the variables make more than %d texts of this one"),
		    TEXTS_MAX);
	for (size_t i = 0; i < d->n; i++) {
		for (size_t k = 0; k < values->n; k++) {
			struct buf *b = VEC_ADD(&next);

			buf_add(b, buf_str(&d->items[i]), d->items[i].len);
			add_value(b, values->items[k], use);
		}
	}
	drop_draft(d);
	*d = STEAL(next);
	return 0;
}

/* No alternative at all: a path is none, and a regex matches nothing. */
static int
put_nothing(struct draft *d, const char *name, size_t len, enum vars_use use,
    struct err *e)
{
	switch (use) {
	case VARS_REGEX:
		buf_adds(&d->items[0], "(?!)");
		return 0;
	case VARS_PATH:
	case VARS_MANY:
	case VARS_REGEXES:
		drop_draft(d);
		*d = (struct draft){ 0 };
		return 0;
	default:
		return err_set(e, ERR_INPUT, NULL,
		    _("variable '%.*s' is an empty list, and one text is "
		    "wanted here"), (int)len, name);
	}
}

static int
put_values(struct draft *d, const char *name, size_t len,
    const struct texts *values, enum vars_use use, struct err *e)
{
	if (values->n == 0)
		return put_nothing(d, name, len, use, e);
	if (values->n == 1) {
		for (size_t i = 0; i < d->n; i++)
			add_value(&d->items[i], values->items[0], use);
		return 0;
	}
	switch (use) {
	case VARS_PATH:
	case VARS_REGEX:
		if (d->n > 0)
			add_alternatives(&d->items[0], values, use);
		return 0;
	case VARS_MANY:
	case VARS_REGEXES:
		return multiply(d, values, use, e);
	default:
		return err_set(e, ERR_INPUT, NULL,
		    _("variable '%.*s' is a list of %zu, and one text is "
		    "wanted here"), (int)len, name, values->n);
	}
}

static void
add_plain(struct draft *d, const char *p, size_t len)
{
	for (size_t i = 0; i < d->n; i++)
		buf_add(&d->items[i], p, len);
}

static int
check_size(const struct draft *d, struct err *e)
{
	size_t total = 0;

	for (size_t i = 0; i < d->n; i++) {
		total += d->items[i].len;
		if (d->items[i].len > TEXT_MAX || total > TOTAL_MAX)
			return err_set(e, ERR_INPUT, NULL,
			    _("the variables make this text too long"));
	}
	return 0;
}

static bool
all_digits(const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!isdigit((unsigned char)p[i]))
			return false;
	return len > 0;
}

/*
 * One step at p, which stands on a dollar: the bytes of text used up, -1 on a
 * mistake. A dollar alone is an ordinary byte: regexes end with it.
 */
static long
step(const struct vars *v, const char *p, enum vars_use use, struct draft *d,
    struct err *e)
{
	struct texts one;
	const struct texts *values;
	const char *end, *fact;
	size_t len;

	if (use == VARS_REPLACEMENT && p[1] == '$') {
		add_plain(d, "$$", 2);
		return 2;
	}
	if (strncmp(p, "$${", 3) == 0) {
		add_plain(d, "${", 2);
		return 3;
	}
	if (p[1] != '{') {
		add_plain(d, "$", 1);
		return 1;
	}
	if ((end = strchr(p, '}')) == NULL)
		return err_set(e, ERR_INPUT, NULL,
		    _("'${' without its '}' [write $${ for the text itself]"));
	len = (size_t)(end - p - 2);
	if (use == VARS_REPLACEMENT && all_digits(p + 2, len)) {
		add_plain(d, p, len + 3);
		return (long)len + 3;
	}
	if ((values = look_up(v, p + 2, len, &one, &fact, e)) == NULL ||
	    put_values(d, p + 2, len, values, use, e) < 0 ||
	    check_size(d, e) < 0)
		return -1;
	return (long)len + 3;
}

int
vars_expand(const struct vars *v, const char *text, enum vars_use use,
    struct arena *a, struct texts *out, struct err *e)
{
	CLEANUP(drop_draft) struct draft d = { 0 };

	if (strchr(text, '$') == NULL) {
		*VEC_ADD_IN(a, out) = text;
		return 0;
	}
	VEC_ADD(&d);
	while (*text != '\0') {
		size_t plain = strcspn(text, "$");
		long used;

		add_plain(&d, text, plain);
		text += plain;
		if (*text == '\0')
			break;
		if ((used = step(v, text, use, &d, e)) < 0)
			return -1;
		text += used;
	}
	for (size_t i = 0; i < d.n; i++)
		*VEC_ADD_IN(a, out) = arena_memdup(a, buf_str(&d.items[i]),
		    d.items[i].len);
	return 0;
}

int
vars_check_name(const char *name, struct err *e)
{
	for (size_t i = 0; i < FACTS; i++)
		if (strcmp(name, fact_names[i]) == 0)
			return err_set(e, ERR_INPUT, NULL,
			    _("'%s' is a fact of the machine and cannot be "
			    "set [take another name]"), name);
	if (!isalpha((unsigned char)name[0]) ||
	    name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")] != '\0')
		return err_set(e, ERR_INPUT, NULL,
		    _("'%s' is no name of a variable [a letter, then letters, "
		    "digits, '_' or '-']"), name);
	return 0;
}
