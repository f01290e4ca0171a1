/* SPDX-License-Identifier: MIT */
#include "agent/spectest/caseread.h"

#include <stdlib.h>
#include <string.h>

#include "base/tr.h"
#include "base/vec.h"

const char *
caseread_text(struct reader *r, const struct node_pair *p)
{
	if (!read_is(r, p->key, p->value, TAKES_TEXT))
		return NULL;
	if (!node_is_nothing(p->value))
		return p->value->text;
	diagnostics_add(r->diags, p->value->at, _("'%s' has no value"),
	    p->key);
	return NULL;
}

const char *
caseread_word(struct reader *r, const struct node_pair *p)
{
	const char *text = caseread_text(r, p);

	if (text == NULL || text[0] != '\0')
		return text;
	diagnostics_add(r->diags, p->value->at, _("'%s' has no value"),
	    p->key);
	return NULL;
}

void *
caseread_member(const struct keyword *k, void *into)
{
	return (char *)into + k->at;
}

void
caseread_key_text(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	*(const char **)caseread_member(k, into) = caseread_text(r, p);
}

void
caseread_key_word(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	*(const char **)caseread_member(k, into) = caseread_word(r, p);
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

void
caseread_texts(struct reader *r, const struct node_pair *p, struct texts *out)
{
	const struct node *n = p->value;

	add_text(r, p->key, n, TAKES_TEXT | TAKES_LIST, out);
	for (size_t i = 0; i < n->list.n; i++)
		add_text(r, p->key, n->list.items[i], TAKES_TEXT, out);
}

void
caseread_key_texts(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	caseread_texts(r, p, caseread_member(k, into));
}

int
caseread_number(struct reader *r, const struct node_pair *p, int most)
{
	const char *s = caseread_word(r, p);
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

void
caseread_items(struct reader *r, const struct node_pair *p,
    void (*each)(struct reader *r, const struct node *n, void *into),
    void *into)
{
	if (!read_is(r, p->key, p->value, TAKES_LIST))
		return;
	for (size_t i = 0; i < p->value->list.n; i++)
		if (read_is_item(r, p->key, p->value->list.items[i]))
			each(r, p->value->list.items[i], into);
}
