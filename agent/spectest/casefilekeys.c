/* SPDX-License-Identifier: MIT */
#include "agent/spectest/casefilekeys.h"

#include <stdlib.h>
#include <string.h>

#include "agent/spectest/caseread.h"
#include "base/meta.h"
#include "base/posixacl.h"
#include "base/tr.h"
#include "base/vec.h"
#include "specs/filecaps.h"
#include "specs/specnumbers.h"

static void
link_to(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	struct case_file *f = into;

	(void)k;
	f->target = caseread_word(r, p);
	f->kind = ENTRY_SYMLINK;
}

static void
directory(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	static const char *const words[] = { "true", NULL };
	struct case_file *f = into;

	if (read_choice(r, k->name, p->value, words) == 0)
		f->kind = ENTRY_DIR;
}

static void
type(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	((struct case_file *)into)->kind = read_choice(r, k->name, p->value,
	    entry_kind_words);
}

static void
mode(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	const char *s = caseread_word(r, p);
	size_t n = s != NULL ? strlen(s) : 0;

	(void)k;
	if (s == NULL)
		return;
	if (n < 3 || n > 4 || strspn(s, "01234567") != n) {
		diagnostics_add(r->diags, p->value->at, _("'mode' is no mode: "
		    "'%s' [write octal digits as \"0644\"]"), s);
		return;
	}
	((struct case_file *)into)->mode = (int)strtol(s, NULL, 8);
}

static void
age(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	(void)k;
	((struct case_file *)into)->age = specnumbers_seconds(r, p);
}

static void
acl(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	const char *s = caseread_word(r, p);
	CLEANUP(drop_buf) struct buf normal = { 0 };

	if (s == NULL)
		return;
	if (posixacl_normal(s, &normal) < 0)
		diagnostics_add(r->diags, p->value->at, _("'%s' is no ACL "
		    "with numbers [write it as getfacl(1) does with -n, "
		    "commas between: u::rw-,u:1001:r--,g::r--,m::r--,o::---]"),
		    s);
	else
		*(const char **)caseread_member(k, into) =
		    arena_strdup(r->arena, buf_str(&normal));
}

static void
flags(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	const char *s = caseread_word(r, p);
	uint32_t bits;

	if (s != NULL && meta_flags_from(s, &bits) < 0)
		diagnostics_add(r->diags, p->value->at,
		    _("'%s' are no flags [letters of chattr(1)]"), s);
	else
		*(const char **)caseread_member(k, into) = s;
}

static void
capabilities(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	const char *s = caseread_word(r, p);
	struct filecaps caps = { 0 };

	if (s != NULL && filecaps_parse(s, &caps) < 0)
		diagnostics_add(r->diags, p->value->at,
		    _("'%s' is no capability [write it as getcap(8) does: "
		    "cap_net_raw+ep]"), s);
	else
		*(const char **)caseread_member(k, into) = s;
}

#define AT(member) offsetof(struct case_file, member)

static const struct keyword file_keys[] = {
	{ "text", caseread_key_text, AT(text), NULL },
	{ "copy", caseread_key_word, AT(copy), NULL },
	{ "link", link_to, 0, NULL },
	{ "directory", directory, 0, NULL },
	{ "type", type, 0, NULL },
	{ "mode", mode, 0, NULL },
	{ "owner", caseread_key_word, AT(owner), NULL },
	{ "group", caseread_key_word, AT(group), NULL },
	{ "age", age, 0, NULL },
	{ "unreadable", keyword_bool, AT(unreadable), NULL },
	{ "acl", acl, AT(acl), NULL },
	{ "default-acl", acl, AT(default_acl), NULL },
	{ "xattr", caseread_key_texts, AT(xattr), NULL },
	{ "flags", flags, AT(flags), NULL },
	{ "capabilities", capabilities, AT(capabilities), NULL },
	{ 0 },
};

static void
check_file(struct reader *r, const struct case_file *f)
{
	int contents = (f->text != NULL) + (f->copy != NULL) +
	    (f->target != NULL);

	if (contents > 1)
		diagnostics_add(r->diags, f->at, _("'%s' has more than one "
		    "content [keep one of 'text', 'copy' and 'link']"),
		    f->path);
	else if ((f->text != NULL || f->copy != NULL) && f->kind >= 0 &&
	    f->kind != ENTRY_FILE)
		diagnostics_add(r->diags, f->at, _("'%s' is a %s and has no "
		    "content [take 'text' or 'copy' out]"), f->path,
		    entry_kind_shown((enum entry_kind)f->kind));
	else if (f->kind == ENTRY_SYMLINK && f->target == NULL)
		diagnostics_add(r->diags, f->at, _("'%s' is a symlink to "
		    "nowhere [write {link: TARGET}]"), f->path);
}

static void
one_file(struct reader *r, const struct node_pair *p, struct case_files *out)
{
	const char *mistake = read_path_mistake(p->key);
	const struct node *n = p->value;
	struct case_file *f;

	if (mistake != NULL) {
		diagnostics_add(r->diags, p->at, mistake, p->key);
		return;
	}
	f = VEC_ADD_IN(r->arena, out);
	*f = (struct case_file){ .path = p->key, .at = p->at, .kind = -1,
		.mode = -1, .age = -1 };
	if (n->kind == NODE_MAP) {
		read_keys(r, p->key, n, file_keys, f);
		check_file(r, f);
	} else if (read_is(r, p->key, n, TAKES_TEXT | TAKES_MAP)) {
		f->absent = n->plain && strcmp(n->text, "absent") == 0;
		f->text = f->absent ? NULL : n->text;
	}
}

void
casefilekeys_read(struct reader *r, const struct node_pair *p,
    struct case_files *out)
{
	if (!read_is(r, p->key, p->value, TAKES_MAP))
		return;
	for (size_t i = 0; i < p->value->map.n; i++)
		one_file(r, &p->value->map.items[i], out);
}
