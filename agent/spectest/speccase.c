/* SPDX-License-Identifier: MIT */
#include "agent/spectest/speccase.h"

#include <stdlib.h>
#include <string.h>

#include "base/meta.h"
#include "base/posixacl.h"
#include "base/tr.h"
#include "base/vec.h"
#include "specs/filecaps.h"
#include "specs/specnumbers.h"
#include "specs/specread.h"

/*
 * A case says what files hold and findings say, and `${` is nothing special
 * in there; so its texts are taken as they stand.
 */
static const char *
plain(struct reader *r, const struct node_pair *p)
{
	if (!read_is(r, p->key, p->value, TAKES_TEXT))
		return NULL;
	if (!node_is_nothing(p->value))
		return p->value->text;
	diagnostics_add(r->diags, p->value->at, _("'%s' has no value"),
	    p->key);
	return NULL;
}

static const char *
plain_word(struct reader *r, const struct node_pair *p)
{
	const char *text = plain(r, p);

	if (text == NULL || text[0] != '\0')
		return text;
	diagnostics_add(r->diags, p->value->at, _("'%s' has no value"),
	    p->key);
	return NULL;
}

static void *
member(const struct keyword *k, void *into)
{
	return (char *)into + k->at;
}

static void
text(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	*(const char **)member(k, into) = plain(r, p);
}

static void
word(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	*(const char **)member(k, into) = plain_word(r, p);
}

static void
add_text(struct reader *r, const char *what, const struct node *n,
    unsigned takes, struct texts *out)
{
	if (!read_is(r, what, n, takes) || n->kind != NODE_TEXT)
		return;
	if (node_is_nothing(n))
		diagnostics_add(r->diags, n->at, _("'%s' has no value"), what);
	else
		*VEC_ADD_IN(r->arena, out) = n->text;
}

/* A text, or a list of them. */
static void
add_texts(struct reader *r, const struct node_pair *p, struct texts *out)
{
	const struct node *n = p->value;

	add_text(r, p->key, n, TAKES_TEXT | TAKES_LIST, out);
	for (size_t i = 0; i < n->list.n; i++)
		add_text(r, p->key, n->list.items[i], TAKES_TEXT, out);
}

static void
texts(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	add_texts(r, p, member(k, into));
}

/* -1 when it is no number up to most, which was told. */
static int
number(struct reader *r, const struct node_pair *p, int most)
{
	const char *s = plain_word(r, p);
	long n;

	if (s == NULL)
		return -1;
	n = strtol(s, NULL, 10);
	if (s[strspn(s, "0123456789")] == '\0' && strlen(s) < 10 && n <= most)
		return (int)n;
	diagnostics_add(r->diags, p->value->at,
	    _("'%s' takes a whole number up to %d, not '%s'"), p->key, most,
	    s);
	return -1;
}

static void
link_to(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	struct case_file *f = into;

	(void)k;
	f->target = plain_word(r, p);
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
	const char *s = plain_word(r, p);
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
	const char *s = plain_word(r, p);
	CLEANUP(drop_buf) struct buf normal = { 0 };

	if (s == NULL)
		return;
	if (posixacl_normal(s, &normal) < 0)
		diagnostics_add(r->diags, p->value->at, _("'%s' is no ACL "
		    "with numbers [write it as getfacl(1) does with -n, "
		    "commas between: u::rw-,u:1001:r--,g::r--,m::r--,o::---]"),
		    s);
	else
		*(const char **)member(k, into) = arena_strdup(r->arena,
		    buf_str(&normal));
}

static void
flags(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	const char *s = plain_word(r, p);
	uint32_t bits;

	if (s != NULL && meta_flags_from(s, &bits) < 0)
		diagnostics_add(r->diags, p->value->at,
		    _("'%s' are no flags [letters of chattr(1)]"), s);
	else
		*(const char **)member(k, into) = s;
}

static void
capabilities(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	const char *s = plain_word(r, p);
	struct filecaps caps = { 0 };

	if (s != NULL && filecaps_parse(s, &caps) < 0)
		diagnostics_add(r->diags, p->value->at,
		    _("'%s' is no capability [write it as getcap(8) does: "
		    "cap_net_raw+ep]"), s);
	else
		*(const char **)member(k, into) = s;
}

#define AT(member) offsetof(struct case_file, member)

static const struct keyword file_keys[] = {
	{ "text", text, AT(text), NULL },
	{ "copy", word, AT(copy), NULL },
	{ "link", link_to, 0, NULL },
	{ "directory", directory, 0, NULL },
	{ "type", type, 0, NULL },
	{ "mode", mode, 0, NULL },
	{ "owner", word, AT(owner), NULL },
	{ "group", word, AT(group), NULL },
	{ "age", age, 0, NULL },
	{ "unreadable", keyword_bool, AT(unreadable), NULL },
	{ "acl", acl, AT(acl), NULL },
	{ "default-acl", acl, AT(default_acl), NULL },
	{ "xattr", texts, AT(xattr), NULL },
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
		    entry_kind_name((enum entry_kind)f->kind));
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

static void
read_files(struct reader *r, const struct node_pair *p,
    struct case_files *out)
{
	if (!read_is(r, p->key, p->value, TAKES_MAP))
		return;
	for (size_t i = 0; i < p->value->map.n; i++)
		one_file(r, &p->value->map.items[i], out);
}

static void
files(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	(void)k;
	read_files(r, p, &((struct spec_case *)into)->files);
}

static void
baseline(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	struct spec_case *c = into;

	(void)k;
	c->has_baseline = true;
	read_files(r, p, &c->baseline);
}

static void
exit_code(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	(void)k;
	((struct case_answer *)into)->exit = number(r, p, 255);
}

#undef AT
#define AT(member) offsetof(struct case_answer, member)

static const struct keyword answer_keys[] = {
	{ "run", texts, AT(run), NULL },
	{ "exit", exit_code, 0, NULL },
	{ "stdout", text, AT(out), NULL },
	{ "stderr", text, AT(errors), NULL },
	{ 0 },
};

static void
answers(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	struct spec_case *c = into;

	if (!read_is(r, k->name, p->value, TAKES_LIST))
		return;
	for (size_t i = 0; i < p->value->list.n; i++) {
		const struct node *n = p->value->list.items[i];
		struct case_answer a = { .out = "", .errors = "",
			.at = n->at };

		if (!read_is_item(r, k->name, n))
			continue;
		read_keys(r, k->name, n, answer_keys, &a);
		if (a.run.n == 0)
			diagnostics_add(r->diags, n->at, _("an answer to "
			    "nothing [add 'run: [PROGRAM, ARGUMENT, …]']"));
		else
			*VEC_ADD_IN(r->arena, &c->answers) = a;
	}
}

static void
line(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	int n = number(r, p, 100 * 1000 * 1000);

	(void)k;
	((struct case_find *)into)->line = n < 0 ? 0 : (unsigned)n;
}

static void
verdict(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	static const char *const words[] = { "fails", "unknown", NULL };

	((struct case_find *)into)->unknown = read_choice(r, k->name,
	    p->value, words) == 1;
}

static void
says(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	const char *s = plain_word(r, p);

	(void)k;
	if (s != NULL && read_check_regex(r, s, p->value->at))
		((struct case_find *)into)->says = s;
}

#undef AT
#define AT(member) offsetof(struct case_find, member)

static const struct keyword find_keys[] = {
	{ "rule", word, AT(rule), NULL },
	{ "path", word, AT(path), NULL },
	{ "line", line, 0, NULL },
	{ "demand", word, AT(demand), NULL },
	{ "verdict", verdict, 0, NULL },
	{ "says", says, 0, NULL },
	{ 0 },
};

static void
finds(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	struct spec_case *c = into;

	if (!read_is(r, k->name, p->value, TAKES_LIST))
		return;
	for (size_t i = 0; i < p->value->list.n; i++) {
		const struct node *n = p->value->list.items[i];
		struct case_find f = { .at = n->at };

		if (!read_is_item(r, k->name, n))
			continue;
		read_keys(r, k->name, n, find_keys, &f);
		if (f.rule == NULL)
			diagnostics_add(r->diags, n->at, _("a finding of no "
			    "rule [add 'rule: ID']"));
		else
			*VEC_ADD_IN(r->arena, &c->finds) = f;
	}
}

static void
vars(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	struct spec_case *c = into;

	if (!read_is(r, k->name, p->value, TAKES_MAP))
		return;
	for (size_t i = 0; i < p->value->map.n; i++) {
		const struct node_pair *one = &p->value->map.items[i];
		struct variable *v = VEC_ADD_IN(r->arena, &c->vars);

		v->name = one->key;
		add_texts(r, one, &v->values);
	}
}

/* "opensuse-leap 15.5" */
static void
os(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	struct spec_case *c = into;
	const char *s = plain_word(r, p);
	size_t n = s != NULL ? strcspn(s, " ") : 0;

	(void)k;
	if (s == NULL)
		return;
	c->os_id = arena_memdup(r->arena, s, n);
	if (s[n] != '\0')
		c->os_version = s + n + strspn(s + n, " ");
}

static void
spec(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	struct spec_case *c = into;

	(void)k;
	c->spec = plain_word(r, p);
	c->spec_at = p->value->at;
}

static void
root(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	struct spec_case *c = into;

	(void)k;
	c->root_at = p->value->at;
	add_texts(r, p, &c->roots);
}

#undef AT
#define AT(member) offsetof(struct spec_case, member)

static const struct keyword case_keys[] = {
	{ "test", word, AT(test), NULL },
	{ "spec", spec, 0, NULL },
	{ "root", root, 0, NULL },
	{ "os", os, 0, NULL },
	{ "packages", texts, AT(packages), NULL },
	{ "vars", vars, 0, NULL },
	{ "files", files, 0, NULL },
	{ "baseline", baseline, 0, NULL },
	{ "answers", answers, 0, NULL },
	{ "finds", finds, 0, NULL },
	{ "applies", keyword_bool, AT(applies), NULL },
	{ 0 },
};

void
speccase_parse(const char *file, const char *bytes, size_t len,
    struct arena *a, struct spec_case *out, struct diagnostics *diags)
{
	struct reader r = { .arena = a, .diags = diags };
	const struct node *top = node_parse(file, bytes, len, a, diags);

	*out = (struct spec_case){ .file = file, .at = { file, 1, 1 },
		.applies = true };
	if (top == NULL)
		return;
	out->at = top->at;
	if (top->kind != NODE_MAP) {
		diagnostics_add(diags, top->at,
		    _("a case is a mapping [begin it with 'test: …']"));
		return;
	}
	read_keys(&r, "case", top, case_keys, out);
	if (node_find(top, "test") == NULL)
		diagnostics_add(diags, top->at, _("the case does not say what "
		    "it tests [begin it with 'test: …', a sentence]"));
	if (node_find(top, "spec") == NULL)
		diagnostics_add(diags, top->at,
		    _("the case names no spec [add 'spec: NAME']"));
	if (!out->applies && out->finds.n > 0)
		diagnostics_add(diags, out->finds.items[0].at,
		    _("a spec that does not apply finds nothing [take 'finds' "
		    "or 'applies: false' out]"));
}

bool
speccase_answers(const struct case_answer *a, const struct rule *rule)
{
	const struct command_demand *d = rule->command;

	if (d == NULL || d->run.n != a->run.n)
		return false;
	for (size_t i = 0; i < a->run.n; i++)
		if (strcmp(a->run.items[i], d->run.items[i]) != 0)
			return false;
	return true;
}
