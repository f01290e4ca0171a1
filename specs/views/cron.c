/* SPDX-License-Identifier: MIT */
#include "specs/views/views.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/tr.h"
#include "specs/views/reader.h"

/*
 * crontab(5), as Debian's cron and cronie read it: what either of them takes
 * is right. On one wrong line the first ignores the whole file, the second
 * that line, both with a word in the log that nobody reads.
 */

static const char *const days[] = { "sun", "mon", "tue", "wed", "thu", "fri",
	"sat", NULL };
static const char *const months[] = { "jan", "feb", "mar", "apr", "may",
	"jun", "jul", "aug", "sep", "oct", "nov", "dec", NULL };

static const struct unit {
	const char *field;
	int least, most;
	const char *const *names;
} units[] = {
	{ "minute", 0, 59, NULL },
	{ "hour", 0, 23, NULL },
	{ "day", 1, 31, NULL },
	{ "month", 1, 12, months },
	{ "weekday", 0, 7, days },
};

enum { UNITS = sizeof(units) / sizeof(units[0]) };

static const char *const system_fields[] = { "minute", "hour", "day", "month",
	"weekday", "user", "command", "input", NULL };
static const char *const user_fields[] = { "minute", "hour", "day", "month",
	"weekday", "command", "input", NULL };
static const char *const anacron_fields[] = { "period", "delay", "name",
	"command", NULL };

/* One line on its way: what is left of it is [at, end). */
struct cursor {
	struct tree *tree;
	const struct line *line;
	size_t at, end;
};

/* cron knows no other blanks than these. */
static bool
is_gap(char c)
{
	return c == ' ' || c == '\t';
}

static void
skip_gap(struct cursor *c)
{
	while (c->at < c->end && is_gap(c->tree->bytes[c->at]))
		c->at++;
}

/* The next word's length; it begins at c->at. */
static size_t
word_length(const struct cursor *c)
{
	size_t z = c->at;

	while (z < c->end && !is_gap(c->tree->bytes[z]))
		z++;
	return z - c->at;
}

static struct view_node *
take(struct cursor *c, const char *field, size_t len)
{
	struct view_node *n = tree_two(c->tree, field, strlen(field),
	    c->line);

	n->start = c->at;
	n->end = c->at + len;
	tree_value(c->tree, n, c->at, c->at + len);
	c->at += len;
	skip_gap(c);
	return n;
}

/* A number or a name of the unit that *s begins with; -1 for neither. */
static int
number(const struct unit *u, const char **s)
{
	size_t n = 0;

	while (isalnum((unsigned char)(*s)[n]))
		n++;
	if (n == 0 || n > 3)
		return -1;
	*s += n;
	if (strspn(*s - n, "0123456789") >= n)
		return atoi(*s - n);
	for (int i = 0; u->names != NULL && u->names[i] != NULL; i++)
		if (n == 3 && strncasecmp(u->names[i], *s - n, n) == 0)
			return i + u->least;
	return -1;
}

/* One of `*`, `5`, `1-5`, `*` and `1-5` with a step, and cronie's `1~5`. */
static bool
range(const struct unit *u, const char **s)
{
	int from = u->least, to = u->most, step;
	bool random = false, single = false;

	if (**s == '*') {
		++*s;
	} else {
		if (**s != '~' && (from = number(u, s)) < 0)
			return false;
		random = **s == '~';
		single = !random && **s != '-';
		if (single)
			to = from;
		else if (*++*s != ',' && **s != '\0' &&
		    (to = number(u, s)) < 0)
			return false;
		else if (!random && (*s)[-1] == '-')
			return false;
	}
	/* sat-sun is 6-7. */
	if (to < from && to == 0 && u->names == days)
		to = 7;
	if (from < u->least || to > u->most || from > to)
		return false;
	if (**s != '/')
		return true;
	++*s;
	step = isdigit((unsigned char)**s) ? number(u, s) : -1;
	return !random && !single && step > 0;
}

static bool
list(const struct unit *u, const char *s)
{
	bool right;

	while ((right = range(u, &s)) && *s == ',')
		s++;
	return right && *s == '\0';
}

/*
 * Debian's cron takes a range that runs backwards, in which no time lies, and
 * passes over what stands behind one that it has read.
 */
static bool
debian_takes(const struct unit *u, const char *s)
{
	for (bool range; *s != '\0'; s++) {
		int from = u->least, to = u->least;

		range = *s == '*';
		if (range)
			s++;
		else if ((from = number(u, &s)) >= 0 && *s == '-') {
			range = true;
			s++;
			to = number(u, &s);
		}
		if (from < u->least || from > u->most || to < u->least ||
		    to > u->most || (*s == '/' && (!range ||
		    !isdigit((unsigned char)*++s) || number(u, &s) <= 0)))
			return false;
		if (*s != ',')
			return true;
	}
	return false;
}

static int
wrong(const struct cursor *c, const char *name, const char *what,
    const char *word, struct err *e)
{
	return err_at(e, name, c->line->no, 0,
	    _("bad %s '%.40s', for which cron ignores this line or the whole "
	    "file"), what, word);
}

/* @reboot, @daily and so on stand for the five fields of time. */
static bool
nickname(const char *word)
{
	static const char *const known[] = { "@reboot", "@yearly",
		"@annually", "@monthly", "@weekly", "@daily", "@midnight",
		"@hourly", NULL };
	size_t i = 0;

	while (known[i] != NULL && strcmp(known[i], word) != 0)
		i++;
	return known[i] != NULL;
}

static int
take_time(struct cursor *c, const char *name, struct err *e)
{
	const struct view_node *n;

	/* So that this one is not logged: cronie, and what SUSE ships. */
	if (c->tree->bytes[c->at] == '-')
		c->at++;
	if (c->at < c->end && c->tree->bytes[c->at] == '@') {
		n = take(c, "minute", word_length(c));
		return nickname(n->value) ? 0 :
		    wrong(c, name, _("time"), n->value, e);
	}
	for (size_t i = 0; i < UNITS; i++) {
		n = take(c, units[i].field, word_length(c));
		if (list(&units[i], n->value))
			continue;
		if (!debian_takes(&units[i], n->value))
			return wrong(c, name, units[i].field, n->value, e);
		return err_at(e, name, c->line->no, 0, _("bad %s '%.40s': "
		    "Debian's cron reads less in it than it says, others "
		    "ignore this line"), units[i].field, n->value);
	}
	return 0;
}

/*
 * The command ends at the first % that no backslash hides; what follows is its
 * standard input, in which each further % is a newline.
 */
static void
take_command(struct cursor *c)
{
	const char *s = c->tree->bytes;
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct view_node *n;
	size_t z = c->at, end = c->end;

	while (z < end && (s[z] != '%' || s[z - 1] == '\\')) {
		if (s[z] == '%')
			b.len--;
		buf_addc(&b, s[z++]);
	}
	n = take(c, "command", z - c->at);
	n->value = arena_memdup(c->tree->arena, buf_str(&b), b.len);
	if (z == end)
		return;
	buf_reset(&b);
	c->at = z + 1;
	for (z++; z < end; z++) {
		bool hidden = s[z] == '%' && s[z - 1] == '\\';

		b.len -= hidden;
		buf_addc(&b, s[z] == '%' && !hidden ? '\n' : s[z]);
	}
	n = take(c, "input", end - c->at);
	n->value = arena_memdup(c->tree->arena, buf_str(&b), b.len);
}

static int
take_entry(struct cursor *c, bool with_user, const char *name,
    struct err *e)
{
	const char *s = c->tree->bytes;

	tree_one(c->tree, "row", 3, c->line);
	if (take_time(c, name, e) < 0)
		return -1;
	/* One star too many. */
	if (c->at < c->end && s[c->at] == '*')
		return wrong(c, name, with_user ? "user" : "command", "*", e);
	if (with_user && c->at < c->end)
		take(c, "user", word_length(c));
	/* cronie: mail only when it fails. */
	if (c->end - c->at > 3 && strncmp(s + c->at, "-n", 2) == 0 &&
	    is_gap(s[c->at + 2])) {
		c->at += 2;
		skip_gap(c);
	}
	if (c->at >= c->end)
		return err_at(e, name, c->line->no, 0, with_user ?
		    _("no command on this line [minute hour day month weekday "
		    "user command]") :
		    _("no command on this line [minute hour day month weekday "
		    "command]"));
	take_command(c);
	return 0;
}

static int
take_job(struct cursor *c, const char *name, struct err *e)
{
	const struct view_node *period, *delay;
	bool right;

	tree_one(c->tree, "row", 3, c->line);
	period = take(c, "period", word_length(c));
	delay = take(c, "delay", word_length(c));
	right = period->value[strspn(period->value, "0123456789")] == '\0' ||
	    nickname(period->value);
	if (!right)
		return wrong(c, name, "period", period->value, e);
	if (delay->value[strspn(delay->value, "0123456789")] != '\0')
		return wrong(c, name, "delay", delay->value, e);
	take(c, "name", word_length(c));
	if (c->at >= c->end)
		return err_at(e, name, c->line->no, 0,
		    _("no command on this line [period delay name command]"));
	take(c, "command", c->end - c->at);
	return 0;
}

/*
 * What stands between two quotes, or up to one of these; false where a quote
 * does not end. The span is without the quotes.
 */
static bool
take_part(struct cursor *c, const char *ends, size_t *out_start,
    size_t *out_end)
{
	const char *s = c->tree->bytes;
	char quote = c->at < c->end && strchr("'\"", s[c->at]) != NULL ?
	    s[c->at] : '\0';

	c->at += quote != '\0';
	*out_start = c->at;
	while (c->at < c->end && (quote != '\0' ? s[c->at] != quote :
	    strchr(ends, s[c->at]) == NULL))
		c->at++;
	*out_end = c->at;
	if (quote != '\0' && c->at++ >= c->end)
		return false;
	skip_gap(c);
	return true;
}

/* `NAME = value` as a key of the section; false for what is none. */
static bool
take_setting(struct cursor *c, struct view_node *section,
    struct view_node **tail)
{
	const char *s = c->tree->bytes;
	size_t start, end, from, to, value;
	struct view_node *n;

	if (!take_part(c, "= \t", &start, &end) || start == end ||
	    c->at >= c->end || s[c->at++] != '=')
		return false;
	skip_gap(c);
	value = c->at;
	if (!take_part(c, "", &from, &to) || c->at < c->end)
		return false;
	n = arena_alloc(c->tree->arena, sizeof(*n));
	n->name = arena_memdup(c->tree->arena, s + start, end - start);
	n->line = c->line->no;
	n->start = c->line->start;
	n->end = c->line->next;
	tree_value(c->tree, n, from, to);
	n->value_start = value;
	n->value_end = c->end;
	if (*tail == NULL)
		section->child = n;
	else
		(*tail)->next = n;
	*tail = n;
	return true;
}

enum table { SYSTEM_TABLE, USER_TABLE, ANACRON_TABLE };

/* One line that is no comment. */
static int
take_line(enum table which, struct cursor *c, struct view_node *section,
    struct view_node **tail, const char *name, struct err *e)
{
	struct cursor ahead = *c;

	if (which != ANACRON_TABLE &&
	    c->tree->bytes[c->line->next - 1] != '\n')
		return err_at(e, name, c->line->no, 0,
		    _("the last line has no newline at its end, for which "
		    "cron ignores it or the whole file"));
	if (take_setting(&ahead, section, tail))
		return 0;
	return which == ANACRON_TABLE ? take_job(c, name, e) :
	    take_entry(c, which == SYSTEM_TABLE, name, e);
}

/*
 * Settings are the keys of one nameless section, which ends where the first
 * entry begins: a new one counts for all of them there.
 */
static int
read_table(enum table which, const char *name, const char *bytes, size_t len,
    struct arena *a, struct view_node *out, struct err *e)
{
	struct view_node *section, *tail = NULL;
	struct reader r;
	struct tree t;
	struct line l = { .no = 1 };

	if (reader_start(&r, name, bytes, len, e) < 0)
		return -1;
	tree_start(&t, a, r.bytes, out);
	section = tree_one(&t, "", 0, &l);
	while (reader_next(&r, &l)) {
		struct cursor c = { &t, &l, l.start, l.end };

		skip_gap(&c);
		while (c.end > c.at && is_gap(r.bytes[c.end - 1]))
			c.end--;
		if (c.at < c.end && r.bytes[c.at] != '#' &&
		    take_line(which, &c, section, &tail, name, e) < 0)
			return -1;
		if (t.one == section && c.at < c.end)
			section->end = l.next;
	}
	return 0;
}

static int
write_setting_value(const char *value, const char *was, size_t was_len,
    struct buf *out)
{
	size_t n = strlen(value);
	bool bare = n > 0 && strchr("'\" \t", value[0]) == NULL &&
	    !is_gap(value[n - 1]);
	char quote = was_len > 0 && strchr("'\"", was[0]) != NULL ? was[0] :
	    '"';

	if (strpbrk(value, "\n\r") != NULL)
		return -1;
	if (bare && (was_len == 0 || quote != was[0])) {
		buf_adds(out, value);
		return 0;
	}
	if (strchr(value, quote) != NULL)
		quote = quote == '"' ? '\'' : '"';
	if (strchr(value, quote) != NULL)
		return -1;
	buf_addf(out, "%c%s%c", quote, value, quote);
	return 0;
}

static int
write_setting(const char *key, const char *value, struct buf *out)
{
	buf_addf(out, "%s=", key);
	return write_setting_value(value, NULL, 0, out);
}

#define CRON(x, table, called, has)					\
static int								\
x##_parse(const char *name, const char *bytes, size_t len,		\
    struct arena *a, struct view_node *out, struct err *e)		\
{									\
	return read_table(table, name, bytes, len, a, out, e);		\
}									\
									\
const struct view view_##x = {						\
	.name = called,							\
	.parse = x##_parse,						\
	.write_key = write_setting,					\
	.write_value = write_setting_value,				\
	.accumulates = accumulates_never,				\
	.separators = " \t,",						\
	.fields = has,							\
	.comment = "#",							\
}

CRON(cron, SYSTEM_TABLE, "cron", system_fields);
CRON(cron_user, USER_TABLE, "cron-user", user_fields);
CRON(anacrontab, ANACRON_TABLE, "anacrontab", anacron_fields);
