/* SPDX-License-Identifier: MIT */
#include "specs/relation.h"

#include <string.h>

#include "base/tr.h"
#include "specs/eval_certificate.h"

/*
 * `certificate` and `key-in`: values are the names of files with certificates
 * and keys. A file that is not there has neither; `exists` is for that.
 */

enum { FILES_MAX = 2000 };

/* True when the value is that of the one before: it is judged once. */
static bool
is_again(const struct side_values *v, size_t i)
{
	return i > 0 && strcmp(v->items[i].value, v->items[i - 1].value) == 0;
}

static void
not_told(struct judge *j, const struct sided *x, const char *demand,
    const char *why, int sys)
{
	struct about about = relation_stand_at(j, x);

	about.demand = demand;
	judge_add(j, VERDICT_CANNOT_TELL, about, "%s: %s%s%s",
	    judge_shows(j, x->value), why, sys != 0 ? ": " : "",
	    sys != 0 ? strerror(sys) : "");
}

/* 1, 0 when there is nothing to judge, which was told where it must be. */
static int
open_named(struct judge *j, const struct sided *x, const char *demand,
    struct certfile **out)
{
	struct err e = { 0 };
	int found;

	if (x->value[0] != '/') {
		not_told(j, x, demand, _("is no absolute path, so what file "
		    "it is is not known"), 0);
		return 0;
	}
	found = cert_read(j, x->value, out, &e);
	if (found < 0)
		not_told(j, x, demand, e.what, e.sys);
	return found > 0;
}

void
relation_certificates(struct judge *j, struct side_values *each)
{
	relation_sort(each);
	for (size_t i = 0; i < each->n && i < FILES_MAX; i++) {
		CLEANUP(drop_certfile) struct certfile *f = NULL;
		const struct sided *x = &each->items[i];
		struct about about;
		struct cert_question q = { .j = j,
			.d = j->rule->certificate, .path = x->value,
			.named = &about };

		if (is_again(each, i) || !open_named(j, x, "certificate", &f))
			continue;
		about = relation_stand_at(j, x);
		q.f = f;
		cert_ask(&q);
	}
	if (each->n > FILES_MAX)
		not_told(j, &each->items[FILES_MAX], "certificate",
		    _("more certificates than are looked at"), 0);
}

struct key_files {
	struct key_file {
		const struct sided *named;
		struct certfile *f;	/* NULL: not there, or unreadable */
	} *items;
	size_t n, cap;
	bool unknown;		/* one could not be read, which was told */
};

static void
drop_key_files(struct key_files *k)
{
	for (size_t i = 0; i < k->n; i++)
		certfile_free(k->items[i].f);
}

static void
open_keys(struct judge *j, const struct side_values *in,
    struct key_files *out)
{
	out->items = arena_alloc(&j->arena, (in->n + 1) *
	    sizeof(*out->items));
	out->unknown = in->unknown || in->n > FILES_MAX;
	for (size_t i = 0; i < in->n && i < FILES_MAX; i++) {
		struct key_file *k = &out->items[out->n];
		size_t before = j->out->n;

		if (is_again(in, i))
			continue;
		k->named = &in->items[i];
		out->n += open_named(j, k->named, "key-in", &k->f) > 0;
		out->unknown |= j->out->n > before;
	}
}

/* 1, 0, or -1 when the key may be one that cannot be read. */
static int
has_key(const struct certfile *cert, const struct certfile *f)
{
	int best = 0;

	for (size_t i = 0; f != NULL && i < certfile_keys(f); i++) {
		int same = certfile_matches(cert, 0, f, i);

		if (same > 0)
			return 1;
		best = same < 0 ? -1 : best;
	}
	return best;
}

/* The key that was found unreadable goes to *out_secret. */
static int
find_key(const struct certfile *cert, const struct key_files *keys,
    const struct key_file **out_secret)
{
	int best = has_key(cert, cert);

	for (size_t i = 0; i < keys->n && best <= 0; i++) {
		int same = has_key(cert, keys->items[i].f);

		if (same < 0 && best == 0)
			*out_secret = &keys->items[i];
		best = same != 0 ? same : best;
	}
	return best;
}

static void
judge_one(struct judge *j, const struct sided *x, const struct certfile *f,
    const struct key_files *keys, const struct side_values *in)
{
	const struct key_file *secret = NULL;
	struct about about;
	int found;

	about = relation_stand_at(j, x);
	about.demand = "key-in";
	if (certfile_certs(f) == 0) {
		judge_add(j, VERDICT_FAILS, about,
		    _("there is no certificate in %s"),
		    judge_shows(j, x->value));
		return;
	}
	found = find_key(f, keys, &secret);
	if (certfile_cert(f, 0)->broken != NULL)
		not_told(j, x, "key-in", certfile_cert(f, 0)->broken, 0);
	else if (found > 0)
		judge_holds(j, about, _("the private key of %s is there"),
		    judge_shows(j, x->value));
	else if (found < 0)
		judge_add(j, VERDICT_CANNOT_TELL, about,
		    _("whether the private key of %s is %s cannot be told: it "
		    "is encrypted, damaged, or of a kind that is not known"),
		    judge_shows(j, x->value), judge_shows(j, secret != NULL ?
		    secret->named->value : x->value));
	else if (keys->unknown)
		return;		/* told already, for the key */
	else if (in->n == 0)
		judge_add(j, VERDICT_FAILS, about,
		    _("%s comes without its private key, and no key is "
		    "named"), judge_shows(j, x->value));
	else if (in->n == 1)
		judge_add(j, VERDICT_FAILS, about, keys->n == 0 ?
		    _("the private key of %s must be in %s, which is not "
		    "there") : _("%s does not hold the private key of %s"),
		    judge_shows(j, keys->n == 0 ? x->value :
		    in->items[0].value), judge_shows(j, keys->n == 0 ?
		    in->items[0].value : x->value));
	else
		judge_add(j, VERDICT_FAILS, about,
		    _("the private key of %s is in none of the files named, "
		    "such as %s"), judge_shows(j, x->value),
		    judge_shows(j, in->items[0].value));
}

void
relation_key_in(struct judge *j, struct side_values *each,
    const struct side_values *in)
{
	CLEANUP(drop_key_files) struct key_files keys = { 0 };

	open_keys(j, in, &keys);
	relation_sort(each);
	for (size_t i = 0; i < each->n && i < FILES_MAX; i++) {
		CLEANUP(drop_certfile) struct certfile *f = NULL;
		const struct sided *x = &each->items[i];

		if (!is_again(each, i) && open_named(j, x, "key-in", &f))
			judge_one(j, x, f, &keys, in);
	}
	if (each->n > FILES_MAX)
		not_told(j, &each->items[FILES_MAX], "key-in",
		    _("more certificates than are looked at"), 0);
}
