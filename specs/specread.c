/* SPDX-License-Identifier: MIT */
#include "specs/specread.h"

#include <string.h>

#include "base/buf.h"
#include "base/glob.h"
#include "base/regex.h"
#include "base/strlist.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"

static const char *
kinds_name(unsigned takes)
{
	switch (takes) {
	case TAKES_LIST:
		return _("a list");
	case TAKES_MAP:
		return _("a mapping");
	case TAKES_TEXT | TAKES_LIST:
		return _("a text or a list");
	case TAKES_TEXT | TAKES_MAP:
		return _("a text or a mapping");
	case TAKES_LIST | TAKES_MAP:
		return _("a list or a mapping");
	default:
		return _("a text");
	}
}

bool
read_is(struct reader *r, const char *what, const struct node *n,
    unsigned takes)
{
	if (n->kind == NODE_BAD)
		return false;
	if ((1U << n->kind & takes) != 0)
		return true;
	if (node_is_nothing(n))
		diagnostics_add(r->diags, n->at,
		    _("'%s' has no value [it takes %s]"), what,
		    kinds_name(takes));
	else
		diagnostics_add(r->diags, n->at, _("'%s' takes %s, not %s"),
		    what, kinds_name(takes), kinds_name(1U << n->kind));
	return false;
}

bool
read_is_item(struct reader *r, const char *what, const struct node *n)
{
	if (n->kind != NODE_MAP && n->kind != NODE_BAD)
		diagnostics_add(r->diags, n->at,
		    _("each item of '%s' is a mapping, not %s"), what,
		    kinds_name(1U << n->kind));
	return n->kind == NODE_MAP;
}

void
read_unknown(struct reader *r, struct place at, const char *said,
    const char *word, const char *const *words)
{
	CLEANUP(drop_buf) struct buf text = { 0 };
	const char *near = text_nearest(word, words);

	buf_adds(&text, said);
	if (near != NULL)
		buf_addf(&text, _(" (did you mean '%s'?)"), near);
	buf_adds(&text, _(" [one of "));
	for (size_t i = 0; words[i] != NULL; i++)
		buf_addf(&text, "%s%s", i > 0 ? ", " : "", words[i]);
	buf_addc(&text, ']');
	diagnostics_add(r->diags, at, "%s", buf_str(&text));
}

static void
unknown_key(struct reader *r, const struct keyword *table,
    const struct node_pair *p)
{
	enum { KEYS_MAX = 64 };
	const char *words[KEYS_MAX];
	CLEANUP(drop_buf) struct buf said = { 0 };
	const char *near;
	size_t n = 0;

	for (; n < KEYS_MAX - 1 && table[n].name != NULL; n++)
		words[n] = table[n].name;
	words[n] = NULL;
	buf_addf(&said, _("unknown key '%s'"), p->key);
	if ((near = text_nearest(p->key, words)) != NULL)
		diagnostics_add(r->diags, p->at, _("%s (did you mean '%s'?)"),
		    buf_str(&said), near);
	else
		read_unknown(r, p->at, buf_str(&said), p->key, words);
}

void
read_pair(struct reader *r, const struct keyword *table,
    const struct node_pair *p, void *into)
{
	const struct keyword *k = table;

	while (k->name != NULL && strcmp(k->name, p->key) != 0)
		k++;
	if (k->name == NULL)
		unknown_key(r, table, p);
	else
		k->read(r, k, p, into);
}

void
read_keys(struct reader *r, const char *what, const struct node *map,
    const struct keyword *table, void *into)
{
	if (!read_is(r, what, map, TAKES_MAP))
		return;
	for (size_t i = 0; i < map->map.n; i++)
		read_pair(r, table, &map->map.items[i], into);
}

/* Puts the variables in; what is wrong with them is told at the text. */
static bool
expand(struct reader *r, const struct node *n, enum vars_use use,
    struct texts *out)
{
	struct err e;

	if (strchr(n->text, '$') == NULL) {
		*VEC_ADD_IN(r->arena, out) = n->text;
		return true;
	}
	err_clear(&e);
	if (vars_expand(&r->vars, n->text, use, r->arena, out, &e) == 0)
		return true;
	diagnostics_add(r->diags, n->at, "%s", e.what);
	return false;
}

const char *
read_value(struct reader *r, const char *what, const struct node *n)
{
	struct texts out = { 0 };

	if (!read_is(r, what, n, TAKES_TEXT) ||
	    !expand(r, n, VARS_ONE, &out))
		return NULL;
	return out.items[0];
}

const char *
read_text(struct reader *r, const char *what, const struct node *n)
{
	const char *text;

	if (node_is_nothing(n))
		text = "";
	else if ((text = read_value(r, what, n)) == NULL)
		return NULL;
	if (text[0] != '\0')
		return text;
	diagnostics_add(r->diags, n->at, _("'%s' has no value [it takes %s]"),
	    what, kinds_name(TAKES_TEXT));
	return NULL;
}

static void
add_texts(struct reader *r, const char *what, const struct node *n,
    unsigned takes, enum vars_use use, struct texts *out, struct place **at)
{
	size_t before = out->n;

	if (node_is_nothing(n))
		read_text(r, what, n);
	else if (read_is(r, what, n, takes))
		expand(r, n, use, out);
	if (at == NULL)
		return;
	for (; before < out->n; before++)
		(*at)[before] = n->at;
}

/* Room for a place for each text that out may get from n. */
static size_t
texts_most(struct reader *r, const struct node *n, enum vars_use use)
{
	struct texts all = { 0 };
	struct err e;

	err_clear(&e);
	if (n->kind == NODE_TEXT)
		vars_expand(&r->vars, n->text, use, r->arena, &all, &e);
	for (size_t i = 0; n->kind == NODE_LIST && i < n->list.n; i++)
		all.n += texts_most(r, n->list.items[i], use);
	return all.n;
}

void
read_texts(struct reader *r, const char *what, const struct node *n,
    enum vars_use use, struct texts *out, struct place **at)
{
	if (at != NULL)
		*at = arena_alloc(r->arena, (1 + texts_most(r, n, use)) *
		    sizeof(**at));
	if (n->kind != NODE_LIST) {
		add_texts(r, what, n, TAKES_TEXT | TAKES_LIST, use, out, at);
		return;
	}
	if (n->list.n == 0)
		diagnostics_add(r->diags, n->at,
		    _("'%s' is an empty list [take it out, or fill it]"),
		    what);
	for (size_t i = 0; i < n->list.n; i++)
		add_texts(r, what, n->list.items[i], TAKES_TEXT, use, out,
		    at);
}

int
read_choice(struct reader *r, const char *what, const struct node *n,
    const char *const *words)
{
	CLEANUP(drop_buf) struct buf said = { 0 };
	const char *text = read_text(r, what, n);

	if (text == NULL)
		return -1;
	for (int i = 0; words[i] != NULL; i++)
		if (strcmp(words[i], text) == 0)
			return i;
	buf_addf(&said, _("'%s' cannot be '%s'"), what, text);
	read_unknown(r, n->at, buf_str(&said), text, words);
	return -1;
}

bool
read_check_regex(struct reader *r, const char *regex, struct place at)
{
	struct err e = { 0 };

	if (regex_check(regex, &e) == 0)
		return true;
	diagnostics_add(r->diags, at, "%s", e.what);
	return false;
}

const char *
read_regex(struct reader *r, const char *what, const struct node *n)
{
	struct texts out = { 0 };

	if (node_is_nothing(n)) {
		read_text(r, what, n);
		return NULL;
	}
	if (!read_is(r, what, n, TAKES_TEXT) ||
	    !expand(r, n, VARS_REGEX, &out) ||
	    !read_check_regex(r, out.items[0], n->at))
		return NULL;
	return out.items[0];
}

/* YAML's own numbers are of no use: some of its readers take 0644 for octal
 * and others for decimal. */
void
read_mode(struct reader *r, const char *what, const struct node *n,
    int *out_bits, bool *out_at_most)
{
	const char *text = read_text(r, what, n), *s = text;
	int bits = 0;

	if (text == NULL)
		return;
	if (strncmp(s, "<=", 2) == 0)
		s += 2;
	s += strspn(s, " ");
	if (strspn(s, "01234567") != strlen(s) || strlen(s) < 3 ||
	    strlen(s) > 4) {
		diagnostics_add(r->diags, n->at,
		    _("'%s' is no mode: '%s' [write octal digits as "
		    "\"0644\", or \"<=0644\" for at most these bits]"), what,
		    text);
		return;
	}
	for (; *s != '\0'; s++)
		bits = bits * 8 + (*s - '0');
	*out_bits = bits;
	*out_at_most = text[0] == '<';
}

static void *
member(const struct keyword *k, void *into)
{
	return (char *)into + k->at;
}

void
keyword_text(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	*(const char **)member(k, into) = read_text(r, p->key, p->value);
}

void
keyword_bool(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	static const char *const words[] = { "false", "true", NULL };
	int yes = read_choice(r, p->key, p->value, words);

	if (yes >= 0)
		*(bool *)member(k, into) = yes == 1;
}

void
keyword_absent(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	static const char *const words[] = { "present", "absent", NULL };
	int absent = read_choice(r, p->key, p->value, words);

	if (absent >= 0)
		*(bool *)member(k, into) = absent == 1;
}

/* Enumerators count from 0 in the order of the words. */
void
keyword_choice(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	int choice = read_choice(r, p->key, p->value, k->words);

	if (choice >= 0)
		memcpy(member(k, into), &choice, sizeof(choice));
}

void
keyword_texts(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	read_texts(r, p->key, p->value, VARS_MANY, member(k, into), NULL);
}

const char *
read_path_mistake(const char *path)
{
	if (path[0] != '/')
		return _("'%s' is no absolute path [begin it with '/']");
	for (const char *p = path; *p == '/';) {
		size_t n = strcspn(++p, "/");

		if (n == 2 && p[0] == '.' && p[1] == '.')
			return _("'%s' has '..' in it [write the path "
			    "without]");
		if ((n == 0 || (n == 1 && p[0] == '.')) && path[1] != '\0')
			return _("'%s' has an empty or '.' component [write "
			    "the path without, and no '/' at its end]");
		if (n > 2 && memmem(p, n, "**", 2) != NULL)
			return _("'%s': '**' stands for whole folders only "
			    "[write '/**/', or '*' within a name]");
		p += n;
	}
	return NULL;
}

static bool
check_path(struct reader *r, const char *path, struct place at)
{
	CLEANUP(drop_strlist) struct strlist all = { 0 };
	struct err e = { 0 };

	if (glob_braces(path, &all, &e) < 0) {
		diagnostics_add(r->diags, at, "'%s': %s", path, e.what);
		return false;
	}
	for (size_t i = 0; i < all.n; i++) {
		const char *fmt = read_path_mistake(all.items[i]);

		if (fmt == NULL)
			continue;
		diagnostics_add(r->diags, at, fmt, all.items[i]);
		return false;
	}
	return true;
}

void
keyword_paths(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	struct texts *out = member(k, into), all = { 0 };
	struct place *at = NULL;

	read_texts(r, p->key, p->value, VARS_PATH, &all, &at);
	for (size_t i = 0; i < all.n; i++)
		if (check_path(r, all.items[i], at[i]))
			*VEC_ADD_IN(r->arena, out) = all.items[i];
}

bool
specread_is_name(const char *s)
{
	static const char first[] = "abcdefghijklmnopqrstuvwxyz0123456789";

	return s[0] != '\0' && strchr(first, s[0]) != NULL &&
	    s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}
