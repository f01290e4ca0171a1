/* SPDX-License-Identifier: MIT */
#include "specs/speccert.h"

#include <string.h>

#include "base/glob.h"
#include "base/tr.h"
#include "specs/specnumbers.h"

/* In the table of this file, `at` of a keyword is what it asks for. */
static void
asks(struct certificate_demand *d, const struct keyword *k,
    const struct node_pair *p)
{
	d->at[k->at] = p->at;
}

static void
valid_for(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	struct certificate_demand *d = into;
	int64_t n = specnumbers_seconds(r, p);

	asks(d, k, p);
	d->valid_for = n > 0 ? n : 0;
}

/* RFC 1123, with a star where RFC 6125 has one, or an address. */
static bool
is_host(const char *s)
{
	static const char bytes[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:";
	size_t n = strlen(s);

	if (strncmp(s, "*.", 2) == 0)
		s += 2;
	return n > 0 && n < 256 && s[0] != '\0' && s[0] != '.' &&
	    s[strlen(s) - 1] != '.' && s[strspn(s, bytes)] == '\0';
}

static void
names(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	struct certificate_demand *d = into;
	struct place *at = NULL;

	asks(d, k, p);
	read_texts(r, p->key, p->value, VARS_MANY, &d->names, &at);
	for (size_t i = 0; i < d->names.n; i++)
		if (!is_host(d->names.items[i]))
			diagnostics_add(r->diags, at[i],
			    _("'%s' is no name of a host [write "
			    "mail.example.org, *.example.org or an address]"),
			    d->names.items[i]);
}

static void
key_path(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	struct certificate_demand *d = into;
	const char *text = read_text(r, k->name, p->value), *mistake;

	if (text == NULL)
		return;
	d->key_path = text;
	if (strchr(text, '/') != NULL &&
	    (mistake = read_path_mistake(text)) != NULL)
		diagnostics_add(r->diags, p->value->at, mistake, text);
	else if (!glob_literal(text, strlen(text)) ||
	    strchr(text, '{') != NULL)
		diagnostics_add(r->diags, p->value->at,
		    _("'%s' stands for more than one file [write the path of "
		    "the key, or its name in the certificate's folder]"),
		    text);
}

static const struct keyword key_keys[] = {
	{ "path", key_path, 0, NULL, &shape_text,
	    N_("the file of the key, or its name in the same folder") },
	{ 0 },
};

static void
key(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	const struct node *n = p->value;

	asks(into, k, p);
	if (n->kind == NODE_MAP) {
		read_keys(r, k->name, n, key_keys, into);
		if (node_find(n, "path") != NULL)
			return;
	} else if (n->kind == NODE_BAD ||
	    (n->kind == NODE_TEXT && strcmp(n->text, "matches") == 0)) {
		return;
	}
	diagnostics_add(r->diags, n->at,
	    _("'key' takes 'matches', for the key in the same file, or "
	    "{path: FILE}"));
}

static void
min_bits(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	struct certificate_demand *d = into;

	asks(d, k, p);
	d->min_bits = specnumbers_whole(r, p);
}

static void
issuer(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	struct certificate_demand *d = into;

	asks(d, k, p);
	d->issuer = read_regex(r, p->key, p->value);
}

static const char *const key_words[] = { "matches", NULL };
static const char *const signature_words[] = { "strong", NULL };
static const char *const chain_words[] = { "ordered", "complete", NULL };

static void
signature(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	asks(into, k, p);
	read_choice(r, p->key, p->value, signature_words);
}

static void
chain(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	struct certificate_demand *d = into;

	asks(d, k, p);
	d->complete = read_choice(r, p->key, p->value, chain_words) == 1;
}

static const struct shape shape_key = {
	.takes = TAKES_TEXT | TAKES_MAP, .words = key_words, .keys = key_keys,
};

static const struct shape shape_signature = {
	.takes = TAKES_TEXT, .words = signature_words,
};

static const struct shape shape_chain = {
	.takes = TAKES_TEXT, .words = chain_words,
};

static const struct keyword certificate_keys[] = {
	{ "valid-for", valid_for, CERTIFICATE_VALID_FOR, NULL, &shape_amount,
	    N_("it does not expire before so long") },
	{ "names", names, CERTIFICATE_NAMES, NULL, &shape_texts,
	    N_("hosts that it is for") },
	{ "key", key, CERTIFICATE_KEY, NULL, &shape_key,
	    N_("the private key belongs to it") },
	{ "min-bits", min_bits, CERTIFICATE_MIN_BITS, NULL, &shape_amount,
	    N_("its key has at least so many bits") },
	{ "issuer", issuer, CERTIFICATE_ISSUER, NULL, &shape_text,
	    N_("a regular expression on who issued it") },
	{ "signature", signature, CERTIFICATE_SIGNATURE, NULL,
	    &shape_signature, N_("strong: none of MD5 and SHA-1") },
	{ "chain", chain, CERTIFICATE_CHAIN, NULL, &shape_chain,
	    N_("the certificates after it, up to a root") },
	{ "trust", keyword_paths, offsetof(struct certificate_demand, trust),
	    NULL, NULL, N_("roots that a complete chain may end at") },
	{ 0 },
};

const struct shape speccert_shape = {
	.takes = TAKES_MAP, .keys = certificate_keys,
};

static void
check(struct reader *r, const struct node_pair *p,
    const struct certificate_demand *d)
{
	const struct node_pair *trust = node_find(p->value, "trust");

	if (p->value->kind != NODE_MAP)
		return;
	if (p->value->map.n == 0)
		diagnostics_add(r->diags, p->at,
		    _("'certificate' demands nothing [add 'valid-for', "
		    "'names', 'key' or 'chain']"));
	if (trust != NULL && !d->complete)
		diagnostics_add(r->diags, trust->at,
		    _("'trust' is where a chain ends [add 'chain: "
		    "complete']"));
	for (size_t i = 0; i < d->trust.n; i++)
		if (!glob_literal(d->trust.items[i],
		    strlen(d->trust.items[i])) ||
		    strchr(d->trust.items[i], '{') != NULL)
			diagnostics_add(r->diags, trust->at,
			    _("'trust' takes files, not patterns: '%s'"),
			    d->trust.items[i]);
}

void
speccert_certificate(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	struct certificate_demand *d = arena_alloc(r->arena, sizeof(*d));

	d->at[CERTIFICATE_ITSELF] = p->at;
	read_keys(r, k->name, p->value, certificate_keys, d);
	check(r, p, d);
	((struct rule *)into)->certificate = d;
}

void
speccert_relation(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	struct relation *rel = ((struct rule *)into)->relation;

	rel->op = RELATION_CERTIFICATE;
	rel->at = p->at;
	speccert_certificate(r, k, p, into);
}
