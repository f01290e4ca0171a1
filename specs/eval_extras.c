/* SPDX-License-Identifier: MIT */
#include "specs/judge.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/tr.h"
#include "specs/filecaps.h"
#include "specs/views/views.h"

/* ACLs, extended attributes, capabilities and inode flags. */

/* The number of a name by /etc/passwd or /etc/group of the same evidence. */
static int
id_of(struct judge *j, bool group, const char *name, const char **out,
    struct err *e)
{
	const char *path = group ? "/etc/group" : "/etc/passwd";
	const struct view *v = group ? &view_group : &view_passwd;
	struct view_node top;
	const char *bytes;
	size_t len;

	if (name[strspn(name, "0123456789")] == '\0') {
		*out = name;
		return 0;
	}
	if (j->ev->bytes(j->ev->ctx, path, &bytes, &len, e) < 0 ||
	    v->parse(path, bytes, len, &j->arena, &top, e) < 0)
		return -1;
	for (const struct view_node *r = top.child; r != NULL; r = r->next) {
		const struct view_node *f = r->child;

		if (strcmp(f->value, name) == 0 && f->next != NULL &&
		    f->next->next != NULL) {
			*out = f->next->next->value;
			return 0;
		}
	}
	return err_set(e, ERR_MISSING, path, _("'%s' is not in it"), name);
}

/* "user:vmail:r-x" with the number in place of the name. */
static const char *
numeric(struct judge *j, const char *want, struct err *e)
{
	bool group = text_starts(want, "group:");
	const char *colon = strchr(want, ':'), *id = NULL;
	const char *from = colon != NULL ? colon + 1 : "";
	size_t n = strcspn(from, ":");

	if (n == 0 || (!group && !text_starts(want, "user:")))
		return want;
	if (id_of(j, group, arena_memdup(&j->arena, from, n), &id, e) < 0)
		return NULL;
	return arena_printf(&j->arena, "%s:%s%s", group ? "group" : "user",
	    id, from + n);
}

static bool
acl_has(const char *acl, const char *one)
{
	size_t n = strlen(one);

	for (const char *s = acl; s != NULL && *s != '\0';) {
		size_t k = strcspn(s, ",");

		if (k == n && memcmp(s, one, n) == 0)
			return true;
		s += k + (s[k] == ',');
	}
	return false;
}

/* Entries for a named user or group; the others follow from the mode. */
static size_t
acl_named(const char *acl)
{
	size_t named = 0;

	for (const char *s = acl; s != NULL && *s != '\0';) {
		size_t k = strcspn(s, ","), name = strcspn(s, ":") + 1;

		named += name < k && s[name] != ':';
		s += k + (s[k] == ',');
	}
	return named;
}

static void
acl_surplus(struct judge *j, size_t wanted)
{
	const struct entry *en = j->subject;
	struct about about = { .demand = "acl" };

	if (j->rule->acl.n == 0 &&
	    (en->acl != NULL || en->default_acl != NULL))
		judge_add(j, VERDICT_FAILS, about,
		    _("the ACL is %s%s%s, expected none"),
		    en->acl ? en->acl : "",
		    en->default_acl ? " default:" : "",
		    en->default_acl ? en->default_acl : "");
	else if (acl_named(en->acl) + acl_named(en->default_acl) > wanted)
		judge_add(j, VERDICT_FAILS, about,
		    _("the ACL names more users or groups than expected: "
		    "%s%s%s"), en->acl ? en->acl : "",
		    en->default_acl ? " default:" : "",
		    en->default_acl ? en->default_acl : "");
	else
		judge_holds(j, about,
		    _("the ACL names nobody else"));
}

static void
judge_acl(struct judge *j)
{
	const struct entry *en = j->subject;
	struct about about = { .demand = "acl" };
	size_t wanted = 0;

	for (size_t i = 0; i < j->rule->acl.n; i++) {
		const char *want = j->rule->acl.items[i], *one;
		bool dflt = text_starts(want, "default:");
		struct err e = { 0 };

		one = numeric(j, want + (dflt ? strlen("default:") : 0), &e);
		if (one == NULL) {
			judge_unknown(j, "acl", NULL, &e);
			return;
		}
		wanted += acl_named(one);
		if (acl_has(dflt ? en->default_acl : en->acl, one))
			judge_holds(j, about, _("the ACL has %s"), want);
		else
			judge_add(j, VERDICT_FAILS, about,
			    _("the ACL lacks %s"), want);
	}
	if (!j->rule->acl_includes)
		acl_surplus(j, wanted);
}

static const struct xattr *
find_xattr(const struct entry *en, const char *name, size_t len)
{
	for (uint32_t i = 0; i < en->n_xattrs; i++)
		if (strlen(en->xattrs[i].name) == len &&
		    memcmp(en->xattrs[i].name, name, len) == 0)
			return &en->xattrs[i];
	return NULL;
}

static void
judge_xattr(struct judge *j, const char *want)
{
	size_t n = strcspn(want, "=");
	const struct xattr *x = find_xattr(j->subject, want, n);
	const char *value = want[n] == '=' ? want + n + 1 : NULL;
	struct about about = { .demand = "xattr" };
	size_t len = x != NULL ? x->len : 0;

	/* SELinux and others store the NUL of their text. */
	if (len > 0 && x->value[len - 1] == '\0')
		len--;
	if (x == NULL)
		judge_add(j, VERDICT_FAILS, about,
		    _("the extended attribute %.*s is missing"), (int)n, want);
	else if (value == NULL || (len == strlen(value) &&
	    memcmp(x->value, value, len) == 0))
		judge_holds(j, about, value == NULL ?
		    _("the extended attribute %.*s is there") :
		    _("the extended attribute %.*s is as expected"), (int)n,
		    want);
	else
		judge_add(j, VERDICT_FAILS, about,
		    _("the extended attribute %.*s is %s, expected %s"),
		    (int)n, want, judge_show(j, x->value, len),
		    judge_wanted(j, value));
}

static void
judge_capabilities(struct judge *j)
{
	const struct texts *want = &j->rule->capabilities;
	const struct xattr *x = find_xattr(j->subject, "security.capability",
	    strlen("security.capability"));
	struct filecaps is = { 0 }, wanted = { 0 };
	struct about about = { .demand = "capabilities" };
	CLEANUP(drop_buf) struct buf is_text = { 0 }, wanted_text = { 0 };
	bool holds = true;

	if (x != NULL && filecaps_decode(x->value, x->len, &is) < 0) {
		judge_add(j, VERDICT_CANNOT_TELL, about,
		    _("security.capability is in no known form"));
		return;
	}
	for (size_t i = 0; i < want->n; i++) {
		if (filecaps_parse(want->items[i], &wanted) < 0) {
			judge_add(j, VERDICT_CANNOT_TELL, about,
			    _("'%s' names no known capability"),
			    want->items[i]);
			return;
		}
	}
	for (int i = 0; i < FILECAPS_MAX; i++) {
		uint8_t see = j->rule->capabilities_includes ?
		    is.bits[i] & wanted.bits[i] : is.bits[i];

		holds = holds && see == wanted.bits[i];
	}
	filecaps_text(&is, &is_text);
	if (holds) {
		judge_holds(j, about, _("the capabilities are %s"),
		    is_text.len > 0 ? buf_str(&is_text) : _("none"));
		return;
	}
	filecaps_text(&wanted, &wanted_text);
	judge_add(j, VERDICT_FAILS, about, j->rule->capabilities_includes ?
	    _("the capabilities are %s, expected to include %s") :
	    _("the capabilities are %s, expected %s"),
	    is_text.len > 0 ? buf_str(&is_text) : _("none"),
	    wanted_text.len > 0 ? buf_str(&wanted_text) : _("none"));
}

/* The letters of chattr(1) and the bits of linux/fs.h that it sets. */
static const struct {
	char letter;
	uint32_t bit;
} letters[] = {
	{ 's', 0x1 }, { 'u', 0x2 }, { 'c', 0x4 }, { 'S', 0x8 },
	{ 'i', 0x10 }, { 'a', 0x20 }, { 'd', 0x40 }, { 'A', 0x80 },
	{ 'm', 0x400 }, { 'j', 0x4000 }, { 't', 0x8000 }, { 'D', 0x10000 },
	{ 'T', 0x20000 }, { 'C', 0x800000 }, { 'x', 0x2000000 },
	{ 'P', 0x20000000 }, { 'F', 0x40000000 },
};

enum { LETTERS = sizeof(letters) / sizeof(letters[0]) };

static const char *
flags_text(struct judge *j, uint32_t flags)
{
	char text[LETTERS + 1];
	size_t n = 0;

	for (size_t i = 0; i < LETTERS; i++)
		if (flags & letters[i].bit)
			text[n++] = letters[i].letter;
	text[n] = '\0';
	return n == 0 ? _("none") : arena_strdup(&j->arena, text);
}

static void
judge_flags(struct judge *j)
{
	uint32_t is = 0, want = 0;
	bool includes = j->rule->flags_includes;

	for (size_t i = 0; i < LETTERS; i++) {
		/* Flags that no letter stands for nobody can demand. */
		is |= j->subject->flags & letters[i].bit;
		for (size_t k = 0; k < j->rule->flags.n; k++)
			if (strchr(j->rule->flags.items[k],
			    letters[i].letter) != NULL)
				want |= letters[i].bit;
	}
	if (includes ? (is & want) == want : is == want)
		judge_holds(j, (struct about){ .demand = "flags" },
		    _("the inode flags are %s"), flags_text(j, is));
	else
		judge_add(j, VERDICT_FAILS, (struct about){ .demand = "flags" },
		    includes ?
		    _("the inode flags are %s, expected to include %s") :
		    _("the inode flags are %s, expected %s"),
		    flags_text(j, is), flags_text(j, want));
}

void
judge_extras(struct judge *j)
{
	const struct rule *r = j->rule;

	if (j->subject == NULL) {
		if (r->has_acl || r->has_capabilities || r->has_flags ||
		    r->xattr.n > 0)
			judge_add(j, VERDICT_CANNOT_TELL,
			    (struct about){ .demand = "metadata" },
			    _("is a symlink whose target's metadata is not "
			    "known"));
		return;
	}
	if (r->has_acl)
		judge_acl(j);
	for (size_t i = 0; i < r->xattr.n; i++)
		judge_xattr(j, r->xattr.items[i]);
	if (r->has_capabilities)
		judge_capabilities(j);
	if (r->has_flags)
		judge_flags(j);
}
