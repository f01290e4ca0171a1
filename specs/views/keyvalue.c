/* SPDX-License-Identifier: MIT */
#include "specs/views/views.h"

#include <string.h>
#include <strings.h>

#include "base/tr.h"
#include "specs/views/reader.h"

/*
 * sshd_config(5) and its kin: `Key value` or `Key=value`, the first value wins.
 * What follows a Match line holds for some connections only, so it is a
 * section of its own, named by the whole line.
 */

/* The end of the value that starts at start: a `#` behind a blank and outside
 * of quotes ends it. */
static size_t
value_end(const char *s, size_t start, size_t end)
{
	bool quoted = false;

	for (size_t i = start; i < end; i++) {
		if (s[i] == '\\' && quoted && i + 1 < end)
			i++;
		else if (s[i] == '"')
			quoted = !quoted;
		else if (s[i] == '#' && !quoted &&
		    (i == start || is_blank(s[i - 1]))) {
			end = i;
			break;
		}
	}
	trim(s, &start, &end);
	return end;
}

static void
take_value(struct tree *t, struct view_node *n, size_t start, size_t end)
{
	const char *s = t->bytes;

	tree_value(t, n, start, end);
	/* One value in quotes; several words keep theirs. */
	if (end - start >= 2 && s[start] == '"' && s[end - 1] == '"' &&
	    memchr(s + start + 1, '"', end - start - 2) == NULL)
		n->value = arena_memdup(t->arena, s + start + 1,
		    end - start - 2);
}

static int
one_line(struct tree *t, const char *name, const struct line *l, size_t start,
    struct err *e)
{
	const char *s = t->bytes;
	size_t key_end = start, from, end;
	struct view_node *n;

	while (key_end < l->end && !is_blank(s[key_end]) &&
	    s[key_end] != '=' && s[key_end] != '"')
		key_end++;
	if (key_end == start)
		return err_at(e, name, l->no, 0,
		    _("a value without a key before it"));
	from = key_end;
	while (from < l->end && is_blank(s[from]))
		from++;
	if (from < l->end && s[from] == '=')
		from++;
	while (from < l->end && is_blank(s[from]))
		from++;
	end = value_end(s, from, l->end);
	if (end < from)
		from = end;
	if (key_end - start == 5 && strncasecmp(s + start, "Match", 5) == 0) {
		tree_one(t, s + start, end - start, l);
		return 0;
	}
	n = tree_two(t, s + start, key_end - start, l);
	take_value(t, n, from, end);
	t->one->end = l->next;
	return 0;
}

static int
keyvalue_parse(const char *name, const char *bytes, size_t len,
    struct arena *a, struct view_node *out, struct err *e)
{
	struct tree t;
	struct reader r;
	struct line l = { .no = 1 };

	if (reader_start(&r, name, bytes, len, e) < 0)
		return -1;
	tree_start(&t, a, r.bytes, out);
	tree_one(&t, "", 0, &l);
	while (reader_next(&r, &l)) {
		size_t start = l.start, end = l.end;

		trim(r.bytes, &start, &end);
		if (start < end && r.bytes[start] == '#')
			t.one->end = l.next;
		else if (start < end && one_line(&t, name, &l, start, e) < 0)
			return -1;
	}
	return 0;
}

static int
keyvalue_write_key(const char *key, const char *value, struct buf *out)
{
	buf_addf(out, "%s ", key);
	return write_plain(value, NULL, 0, out);
}

static int
keyvalue_write_value(const char *value, const char *was, size_t was_len,
    struct buf *out)
{
	bool quote = was_len >= 2 && was[0] == '"' &&
	    strchr(value, '"') == NULL;

	if (quote)
		buf_addc(out, '"');
	if (write_plain(value, was, was_len, out) < 0)
		return -1;
	if (quote)
		buf_addc(out, '"');
	return 0;
}

/* sshd_config(5): these may be given several times and add up. */
static int
keyvalue_accumulates(const char *section, const char *key)
{
	static const char *const lists[] = { "AcceptEnv", "AllowGroups",
		"AllowUsers", "DenyGroups", "DenyUsers", "HostCertificate",
		"HostKey", "Include", "ListenAddress", "Port", "Subsystem",
		NULL };

	(void)section;
	for (size_t i = 0; lists[i] != NULL; i++)
		if (strcasecmp(lists[i], key) == 0)
			return 1;
	return 0;
}

const struct view view_keyvalue = {
	.name = "keyvalue",
	.parse = keyvalue_parse,
	.write_key = keyvalue_write_key,
	.write_value = keyvalue_write_value,
	.accumulates = keyvalue_accumulates,
	.separators = " \t,",
	.quoted_words = true,
	.first_wins = true,
	.ignore_case = true,
	.comment = "#",
};
