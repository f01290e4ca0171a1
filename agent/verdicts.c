/* SPDX-License-Identifier: MIT */
#include "agent/verdicts.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "agent/ownfiles.h"
#include "base/checksum.h"
#include "base/file.h"
#include "base/vec.h"

/*
 * The file: a header, then for each rule its name, what was asked and what it
 * said. Numbers are of this machine's own form: no other machine reads it.
 */
enum { VERSION_NOW = 2, FILE_MAX = 64 << 20 };

#define MAGIC "drftverd"
#define FILE_NAME "verdicts"

struct header {
	char magic[8];
	uint32_t version;
	uint32_t n;
	uint64_t sum;		/* over n, when and what follows */
	int64_t when;		/* nothing of it was judged later */
	struct oid key;
};

/* One rule; the counts are those of its lists. */
struct record {
	uint32_t n_asked, n_results;
	uint64_t held;
	int64_t valid_until;
};

struct known {
	const char *name;	/* "SPEC/ID" */
	struct record r;
	const struct asked *asked;
	const struct result *results;	/* without their rule */
};

struct verdicts {
	int dirfd;
	const struct oid *key;
	const struct evidence *ev;
	struct witness *witness;
	struct arena arena;
	struct buf file;		/* what known points into */
	int64_t when;			/* of that */
	struct {
		struct known *items;
		size_t n, cap;
	} known;
	size_t next;		/* where the next rule most likely is */
	struct buf out;		/* the records to keep */
	uint32_t n_out;
	size_t judged;
	bool news;		/* out has what file has not */
};

/* Reading stops at the first thing that does not fit. */
struct cursor {
	const char *p, *end;
	bool bad;
};

static void
get(struct cursor *c, void *out, size_t len)
{
	if (c->bad || (size_t)(c->end - c->p) < len) {
		c->bad = true;
		memset(out, 0, len);
		return;
	}
	memcpy(out, c->p, len);
	c->p += len;
}

/* Text with its NUL, borrowed; the length tells NULL from "". */
static const char *
get_text(struct cursor *c)
{
	const char *s;
	uint32_t len;

	get(c, &len, sizeof(len));
	if (len == 0 || c->bad)
		return NULL;
	if ((size_t)(c->end - c->p) < len || c->p[len - 1] != '\0') {
		c->bad = true;
		return NULL;
	}
	s = c->p;
	c->p += len;
	return s;
}

static void
put_text(struct buf *out, const char *s)
{
	uint32_t len = s == NULL ? 0 : (uint32_t)strlen(s) + 1;

	buf_add(out, &len, sizeof(len));
	buf_add(out, s == NULL ? "" : s, len);
}

static void
get_result(struct cursor *c, struct result *r)
{
	uint32_t n[4];

	get(c, n, sizeof(n));
	r->verdict = (enum verdict)n[0];
	r->line = n[1];
	r->at.line = n[2];
	r->at.col = n[3];
	r->path = get_text(c);
	r->demand = get_text(c);
	r->decided_in = get_text(c);
	r->what = get_text(c);
	r->at.file = get_text(c);
	c->bad = c->bad || n[0] > VERDICT_CANNOT_TELL || r->path == NULL ||
	    r->demand == NULL || r->what == NULL;
}

static void
put_result(struct buf *out, const struct result *r)
{
	const uint32_t n[4] = { (uint32_t)r->verdict, r->line, r->at.line,
		r->at.col };

	buf_add(out, n, sizeof(n));
	put_text(out, r->path);
	put_text(out, r->demand);
	put_text(out, r->decided_in);
	put_text(out, r->what);
	put_text(out, r->at.file);
}

/* The least that one of these takes in the file: no count can promise more
 * than what is left of it has room for. */
enum { ASKED_LEAST = 4 + 4 + OID_LEN, RESULT_LEAST = 16 + 5 * 4 };

static void
get_known(struct verdicts *v, struct cursor *c, struct known *k)
{
	struct asked *asked;
	struct result *results;
	size_t left;

	k->name = get_text(c);
	get(c, &k->r, sizeof(k->r));
	left = (size_t)(c->end - c->p);
	if (k->name == NULL || k->r.n_asked > left / ASKED_LEAST ||
	    k->r.n_results > left / RESULT_LEAST)
		c->bad = true;
	if (c->bad)
		return;
	asked = arena_alloc(&v->arena, (k->r.n_asked + 1) * sizeof(*asked));
	for (uint32_t i = 0; i < k->r.n_asked && !c->bad; i++) {
		uint32_t what;

		get(c, &what, sizeof(what));
		asked[i].what = what < QUESTIONS ? (enum question)what :
		    QUESTIONS;
		asked[i].path = get_text(c);
		get(c, &asked[i].answer, sizeof(asked[i].answer));
		c->bad = c->bad || asked[i].path == NULL;
	}
	results = arena_alloc(&v->arena,
	    (k->r.n_results + 1) * sizeof(*results));
	for (uint32_t i = 0; i < k->r.n_results && !c->bad; i++)
		get_result(c, &results[i]);
	k->asked = asked;
	k->results = results;
}

static uint64_t
sum_of(const struct header *h, const char *rest, size_t len)
{
	return checksum(checksum(h->n, &h->when, sizeof(h->when)), rest, len);
}

static void
read_file(struct verdicts *v)
{
	struct err ignored = { 0 };
	struct cursor c;
	struct header h;

	if (file_read(v->dirfd, FILE_NAME, FILE_MAX, &v->file, &ignored) < 0)
		return;
	c = (struct cursor){ buf_str(&v->file),
		buf_str(&v->file) + v->file.len, false };
	get(&c, &h, sizeof(h));
	if (c.bad || memcmp(h.magic, MAGIC, 8) != 0 ||
	    h.version != VERSION_NOW || !oid_equal(&h.key, v->key) ||
	    h.sum != sum_of(&h, c.p, (size_t)(c.end - c.p)))
		return;
	/* Where the clock was set back, what was expired may be valid again,
	 * and what was valid may not be so yet. */
	v->when = h.when;
	if (v->ev->now < h.when)
		return;
	for (uint32_t i = 0; i < h.n && !c.bad; i++)
		get_known(v, &c, VEC_ADD(&v->known));
	if (c.bad)
		v->known.n = 0;
}

struct verdicts *
verdicts_open(int dirfd, const struct oid *key, const struct evidence *ev,
    const struct oid *baseline)
{
	struct verdicts *v = xcalloc(1, sizeof(*v));

	v->dirfd = dirfd;
	v->key = key;
	v->ev = ev;
	v->witness = witness_new(ev, baseline);
	read_file(v);
	return v;
}

void
drop_verdicts(struct verdicts **vp)
{
	struct verdicts *v = *vp;

	if (v == NULL)
		return;
	witness_free(v->witness);
	buf_done(&v->file);
	buf_done(&v->out);
	free(v->known.items);
	arena_done(&v->arena);
	free(v);
}

/* Rules come in the order they were kept in, but for a spec that applies now
 * and did not. */
static const struct known *
find_known(struct verdicts *v, const char *name)
{
	for (size_t i = 0; i < v->known.n; i++) {
		size_t at = (v->next + i) % v->known.n;

		if (strcmp(v->known.items[at].name, name) != 0)
			continue;
		v->next = at + 1;
		return &v->known.items[at];
	}
	return NULL;
}

static bool
still_true(struct verdicts *v, const struct known *k)
{
	if (k->r.valid_until != 0 && v->ev->now >= k->r.valid_until)
		return false;
	for (uint32_t i = 0; i < k->r.n_asked; i++)
		if (!witness_same(v->witness, &k->asked[i]))
			return false;
	return true;
}

static void
keep_record(struct verdicts *v, const char *name, const struct record *r,
    const struct asked *asked, const struct result *results)
{
	put_text(&v->out, name);
	buf_add(&v->out, r, sizeof(*r));
	for (uint32_t i = 0; i < r->n_asked; i++) {
		uint32_t what = (uint32_t)asked[i].what;

		buf_add(&v->out, &what, sizeof(what));
		put_text(&v->out, asked[i].path);
		buf_add(&v->out, &asked[i].answer, sizeof(asked[i].answer));
	}
	for (uint32_t i = 0; i < r->n_results; i++)
		put_result(&v->out, &results[i]);
	v->n_out++;
}

static const char *
dup_text(struct arena *a, const char *s)
{
	return s == NULL ? NULL : arena_strdup(a, s);
}

static void
say(const struct rule *rule, const struct record *r,
    const struct result *results, struct results *out)
{
	struct arena *a = &out->arena;

	out->rules++;
	out->held += r->held;
	if (r->valid_until != 0 && (out->valid_until == 0 ||
	    r->valid_until < out->valid_until))
		out->valid_until = r->valid_until;
	for (uint32_t i = 0; i < r->n_results; i++) {
		struct result *x = VEC_ADD(out);

		*x = results[i];
		x->rule = rule;
		x->path = dup_text(a, x->path);
		x->demand = dup_text(a, x->demand);
		x->decided_in = dup_text(a, x->decided_in);
		x->what = dup_text(a, x->what);
		x->at.file = dup_text(a, x->at.file);
	}
}

static void
judge_anew(struct verdicts *v, const struct rule *rule, const char *name,
    struct results *out)
{
	struct results own = { 0 };
	const struct asked *asked;
	struct record r;
	size_t n;
	bool sure;

	v->judged++;
	v->news = true;
	own.lenses = STEAL(out->lenses);
	eval_rule(rule, witness_listen(v->witness), &own);
	out->lenses = STEAL(own.lenses);
	sure = witness_heard(v->witness, &asked, &n);
	r = (struct record){ .n_asked = (uint32_t)n,
		.n_results = (uint32_t)own.n, .held = own.held,
		.valid_until = own.valid_until };
	if (sure)
		keep_record(v, name, &r, asked, own.items);
	say(rule, &r, own.items, out);
	results_done(&own);
}

void
verdicts_rule(struct verdicts *v, const struct rule *rule,
    struct results *out)
{
	CLEANUP(drop_buf) struct buf name = { 0 };
	const struct known *k;

	/* Nothing but the program itself knows what its word depends on; who
	 * asks it remembers what may be. */
	if (rule->command != NULL) {
		v->judged++;
		eval_rule(rule, v->ev, out);
		return;
	}
	buf_addf(&name, "%s/%s", rule->spec->name, rule->id);
	k = find_known(v, buf_str(&name));
	if (k == NULL || !still_true(v, k)) {
		judge_anew(v, rule, buf_str(&name), out);
		return;
	}
	keep_record(v, k->name, &k->r, k->asked, k->results);
	say(rule, &k->r, k->results, out);
}

size_t
verdicts_judged(const struct verdicts *v)
{
	return v->judged;
}

void
verdicts_keep(struct verdicts *v)
{
	CLEANUP(drop_buf) struct buf file = { 0 };
	struct err ignored = { 0 };
	struct header h = { .magic = MAGIC, .version = VERSION_NOW,
		.n = v->n_out, .key = *v->key,
		.when = v->news ? v->ev->now : v->when };

	h.sum = sum_of(&h, buf_str(&v->out), v->out.len);
	buf_add(&file, &h, sizeof(h));
	buf_add(&file, buf_str(&v->out), v->out.len);
	if (file.len > FILE_MAX || (file.len == v->file.len &&
	    memcmp(file.bytes, v->file.bytes, file.len) == 0))
		return;
	file_replace_quick(v->dirfd, FILE_NAME, file.bytes, file.len, 0600,
	    &ignored);
}

static void
add_text(struct digest *d, const char *s)
{
	digest_add(d, s != NULL ? s : "", s != NULL ? strlen(s) + 1 : 0);
	digest_add(d, s != NULL ? "+" : "-", 1);
}

static void
add_file(void *digest, const char *path)
{
	struct stat st = { 0 };

	if (stat(path, &st) == 0) {
		const int64_t id[] = { (int64_t)st.st_dev,
			(int64_t)st.st_ino, st.st_size, st.st_mtim.tv_sec,
			st.st_mtim.tv_nsec };

		digest_add(digest, id, sizeof(id));
	}
	digest_add(digest, path, strlen(path) + 1);
}

void
verdicts_key(const struct spec_sources *sources,
    const struct variables *site, const struct facts *facts,
    struct oid *out)
{
	struct digest *d = digest_new();

	digest_sha1_start(d);
	ownfiles_each(add_file, d);
	add_text(d, getenv("AUGEAS_LENS_LIB"));
	add_text(d, setlocale(LC_MESSAGES, NULL));
	add_text(d, getenv("LANGUAGE"));
	add_text(d, facts->hostname);
	add_text(d, facts->os_id);
	add_text(d, facts->os_version);
	add_text(d, facts->arch);
	for (size_t i = 0; i < sources->n; i++) {
		const struct spec_source *s = &sources->items[i];

		add_text(d, s->file);
		add_text(d, s->extends);
		digest_add(d, &s->len, sizeof(s->len));
		digest_add(d, s->bytes != NULL ? s->bytes : "", s->len);
	}
	for (size_t i = 0; i < site->n; i++) {
		const struct texts *values = &site->items[i].values;

		add_text(d, site->items[i].name);
		digest_add(d, &values->n, sizeof(values->n));
		for (size_t k = 0; k < values->n; k++)
			add_text(d, values->items[k]);
	}
	digest_end(d, out->b);
	digest_free(d);
}
