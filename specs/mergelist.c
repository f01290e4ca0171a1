/* SPDX-License-Identifier: MIT */
#include "specs/mergelist.h"

#include <stdlib.h>
#include <string.h>

#include "base/strlist.h"

#define BLANKS " \t\r\n"
#define COMMAS "," BLANKS

/* Of mount options the last one of two that contradict each other counts, and
 * so it is with a kernel's parameters of one name: see name_of. */
static const struct {
	const char *view, *section, *name, *separators;
} lists[] = {
	{ "postfix", "", "mynetworks", COMMAS },
	{ "postfix", "", "mydestination", COMMAS },
	{ "postfix", "", "relay_domains", COMMAS },
	{ "postfix", "", "virtual_mailbox_domains", COMMAS },
	{ "postfix", "", "virtual_alias_domains", COMMAS },
	{ "postfix", "", "masquerade_domains", COMMAS },
	{ "postfix", "", "inet_interfaces", COMMAS },
	{ "postfix", "", "proxy_interfaces", COMMAS },
	{ "postfix", "", "debug_peer_list", COMMAS },
	{ "postfix", "", "smtpd_authorized_xclient_hosts", COMMAS },
	{ "postfix", "", "smtpd_authorized_xforward_hosts", COMMAS },
	{ "ini", "sssd", "services", COMMAS },
	{ "ini", "nss", "filter_users", COMMAS },
	{ "ini", "nss", "filter_groups", COMMAS },
	{ "ini", NULL, "simple_allow_users", COMMAS },
	{ "ini", NULL, "simple_allow_groups", COMMAS },
	{ "ini", NULL, "simple_deny_users", COMMAS },
	{ "ini", NULL, "simple_deny_groups", COMMAS },
	{ "shellvars", "", "GRUB_CMDLINE_LINUX", BLANKS },
	{ "shellvars", "", "GRUB_CMDLINE_LINUX_DEFAULT", BLANKS },
	{ "shellvars", "", "GRUB_CMDLINE_LINUX_RECOVERY", BLANKS },
	{ "shellvars", "", "GRUB_CMDLINE_XEN", BLANKS },
	{ "shellvars", "", "GRUB_CMDLINE_XEN_DEFAULT", BLANKS },
	{ "systemd", "Unit", "After", BLANKS },
	{ "systemd", "Unit", "Before", BLANKS },
	{ "systemd", "Unit", "Wants", BLANKS },
	{ "systemd", "Unit", "Requires", BLANKS },
	{ "systemd", "Unit", "BindsTo", BLANKS },
	{ "systemd", "Unit", "PartOf", BLANKS },
	{ "systemd", "Unit", "Conflicts", BLANKS },
	{ "systemd", "Install", "WantedBy", BLANKS },
	{ "systemd", "Install", "RequiredBy", BLANKS },
	{ "systemd", "Install", "Also", BLANKS },
	{ "systemd", "Service", "SupplementaryGroups", BLANKS },
	{ "systemd", "Service", "ReadWritePaths", BLANKS },
	{ "systemd", "Service", "ReadOnlyPaths", BLANKS },
	{ "systemd", "Service", "InaccessiblePaths", BLANKS },
	{ "keyvalue", "", "AllowUsers", BLANKS },
	{ "keyvalue", "", "AllowGroups", BLANKS },
	{ "keyvalue", "", "DenyUsers", BLANKS },
	{ "keyvalue", "", "DenyGroups", BLANKS },
	{ "crypttab", NULL, "options", "," },
	{ "fstab", NULL, "options", "," },
	{ "group", NULL, "members", "," },
};

enum { LISTS = sizeof(lists) / sizeof(lists[0]) };

const char *
mergelist_separators(const struct view *v, const char *section,
    const char *name)
{
	for (size_t i = 0; i < LISTS; i++)
		if (strcmp(lists[i].view, v->name) == 0 &&
		    view_same(v, lists[i].name, name) &&
		    (lists[i].section == NULL || (section != NULL &&
		    view_same(v, lists[i].section, section))))
			return lists[i].separators;
	return NULL;
}

static void
split(const char *separators, const char *p, struct strlist *out)
{
	for (;;) {
		size_t n;

		p += strspn(p, separators);
		n = strcspn(p, separators);
		if (n == 0)
			return;
		strlist_take(out, xmemdup(p, n));
		p += n;
	}
}

void
mergelist_words(const char *separators, const char *value, struct buf *out)
{
	CLEANUP(drop_strlist) struct strlist words = { 0 };

	split(separators, value, &words);
	for (size_t i = 0; i < words.n; i++)
		buf_addf(out, "%s ", words.items[i]);
}

/* What a member is about: "quiet", "console", "atime", "ro" for rw, too. */
static char *
name_of(const char *word)
{
	size_t n = strcspn(word, "=");

	if (strcmp(word, "rw") == 0)
		return xstrdup("ro");
	if (n > 5 && strncmp(word + n - 5, "atime", 5) == 0)
		return xstrdup("atime");
	if (n > 2 && strncmp(word, "no", 2) == 0)
		return xmemdup(word + 2, n - 2);
	return xmemdup(word, n);
}

/* What a has and b has not, or what that is about. */
static void
only_in(const struct strlist *a, const struct strlist *b, bool names,
    struct strlist *out)
{
	for (size_t i = 0; i < a->n; i++) {
		if (strlist_has(b, a->items[i]))
			continue;
		if (names)
			strlist_take(out, name_of(a->items[i]));
		else
			strlist_add(out, a->items[i]);
	}
}

struct sides {
	struct strlist base, mine, theirs;
	struct strlist out, in;	/* what theirs took out, and added */
};

static void
drop_sides(struct sides *s)
{
	strlist_done(&s->base);
	strlist_done(&s->mine);
	strlist_done(&s->theirs);
	strlist_done(&s->out);
	strlist_done(&s->in);
}

/* Each member for itself, once, and none that takes others out. */
static bool
is_plain(const struct strlist *l)
{
	for (size_t i = 0; i < l->n; i++) {
		if (strpbrk(l->items[i], "\"'\\$`#") != NULL ||
		    strchr("!~", l->items[i][0]) != NULL)
			return false;
		for (size_t k = 0; k < i; k++)
			if (strcmp(l->items[i], l->items[k]) == 0)
				return false;
	}
	return true;
}

static size_t
named(const struct strlist *l, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		CLEANUP(drop_free) char *x = name_of(l->items[i]);

		n += strcmp(x, name) == 0;
	}
	return n;
}

/* Where several members have a name their order counts. */
static bool
alone(const struct sides *s, const struct strlist *names)
{
	for (size_t i = 0; i < names->n; i++)
		if (named(&s->base, names->items[i]) > 1 ||
		    named(&s->mine, names->items[i]) > 1 ||
		    named(&s->theirs, names->items[i]) > 1)
			return false;
	return true;
}

/* What both did alike is settled; what either did must be about others. */
static bool
apart(const struct sides *s)
{
	CLEANUP(drop_strlist) struct strlist mine = { 0 }, theirs = { 0 };

	only_in(&s->mine, &s->base, true, &mine);
	only_in(&s->base, &s->mine, true, &mine);
	only_in(&s->theirs, &s->base, true, &theirs);
	only_in(&s->base, &s->theirs, true, &theirs);
	if (!alone(s, &mine) || !alone(s, &theirs))
		return false;
	for (size_t i = 0; i < s->out.n + s->in.n; i++) {
		CLEANUP(drop_free) char *name = name_of(i < s->out.n ?
		    s->out.items[i] : s->in.items[i - s->out.n]);

		if (strlist_has(&mine, name))
			return false;
	}
	return true;
}

/* Those of theirs that mine has not done as well. */
static void
find_changes(struct sides *s)
{
	for (size_t i = 0; i < s->base.n; i++) {
		const char *w = s->base.items[i];

		if (!strlist_has(&s->theirs, w) && strlist_has(&s->mine, w))
			strlist_add(&s->out, w);
	}
	for (size_t i = 0; i < s->theirs.n; i++) {
		const char *w = s->theirs.items[i];

		if (!strlist_has(&s->base, w) && !strlist_has(&s->mine, w))
			strlist_add(&s->in, w);
	}
}

/* Mine's text without its quotes. */
static bool
bare(const struct mergelist_input *in, const struct sides *s, size_t *out_from,
    size_t *out_to)
{
	CLEANUP(drop_strlist) struct strlist words = { 0 };
	CLEANUP(drop_free) char *inner = NULL;
	size_t from = 0, to = in->len;

	if (to >= 2 && strchr("\"'", in->text[0]) != NULL &&
	    in->text[to - 1] == in->text[0]) {
		from++;
		to--;
	}
	inner = xmemdup(in->text + from, to - from);
	split(in->separators, inner, &words);
	if (words.n != s->mine.n)
		return false;
	for (size_t i = 0; i < words.n; i++)
		if (strcmp(words.items[i], s->mine.items[i]) != 0)
			return false;
	*out_from = from;
	*out_to = to;
	return true;
}

/* What stands between the last two members, which a new one gets as well. */
static void
find_joint(const struct mergelist_input *in, size_t from, size_t to,
    struct buf *out)
{
	const char *seps = in->separators;
	size_t end = to, start;

	while (end > from && strchr(seps, in->text[end - 1]) != NULL)
		end--;
	while (end > from && strchr(seps, in->text[end - 1]) == NULL)
		end--;
	for (start = end; start > from &&
	    strchr(seps, in->text[start - 1]) != NULL; start--)
		;
	if (start > from)
		buf_add(out, in->text + start, end - start);
	else
		buf_adds(out, strchr(in->theirs, ',') != NULL ||
		    strcmp(seps, ",") == 0 ? (strstr(in->theirs, ", ") != NULL
		    ? ", " : ",") : " ");
}

static void
add_member(struct buf *text, struct buf *words, size_t *n,
    const struct buf *joint, const char *word, size_t len)
{
	if (*n > 0)
		buf_add(text, buf_str(joint), joint->len);
	buf_add(text, word, len);
	buf_add(words, word, len);
	buf_addc(words, ' ');
	(*n)++;
}

/* Each member of mine that stays, with what stood before it. */
static void
rewrite(const struct mergelist_input *in, const struct sides *s, size_t from,
    size_t to, struct buf *text, struct buf *words)
{
	CLEANUP(drop_buf) struct buf last = { 0 }, joint = { 0 };
	size_t n = 0, at = from;

	find_joint(in, from, to, &last);
	buf_add(text, in->text, from);
	for (size_t i = 0; i < s->mine.n; i++) {
		size_t len = strlen(s->mine.items[i]), start = at;

		while (strchr(in->separators, in->text[start]) != NULL)
			start++;
		if (i == 0)
			buf_add(text, in->text + at, start - at);
		buf_reset(&joint);
		buf_add(&joint, in->text + at, start - at);
		at = start + len;
		if (!strlist_has(&s->out, s->mine.items[i]))
			add_member(text, words, &n, &joint,
			    s->mine.items[i], len);
	}
	for (size_t i = 0; i < s->in.n; i++)
		add_member(text, words, &n, &last, s->in.items[i],
		    strlen(s->in.items[i]));
	buf_add(text, in->text + at, in->len - at);
}

bool
mergelist(const struct mergelist_input *in, struct buf *out_text,
    struct buf *out_words)
{
	CLEANUP(drop_sides) struct sides s = { 0 };
	size_t from, to;

	split(in->separators, in->base, &s.base);
	split(in->separators, in->mine, &s.mine);
	split(in->separators, in->theirs, &s.theirs);
	if (!is_plain(&s.base) || !is_plain(&s.mine) || !is_plain(&s.theirs))
		return false;
	find_changes(&s);
	if (!apart(&s) || !bare(in, &s, &from, &to) ||
	    s.mine.n + s.in.n <= s.out.n)
		return false;
	rewrite(in, &s, from, to, out_text, out_words);
	return true;
}
