/* SPDX-License-Identifier: MIT */
#include "agent/spectest/casematch.h"

#include <string.h>

#include "base/regex.h"

/*
 * A finding may be expected by more than one of the list, the vague ones among
 * them; so which stands for which is settled by augmenting paths (Kuhn), not
 * by who comes first.
 */
struct pairing {
	const struct spec_case *c;
	const struct results *came;
	struct regex **says;	/* of each expected finding, or NULL */
	size_t *taken;		/* of each that came: by which, plus one */
	bool *tried;		/* each that came, in this round */
};

static bool
same_text(const char *want, const char *is)
{
	return want == NULL || (is != NULL && strcmp(want, is) == 0);
}

static bool
is_rule(const struct rule *r, const char *id)
{
	const char *slash = strchr(id, '/');

	return strcmp(r->id, slash != NULL ? slash + 1 : id) == 0;
}

static bool
fits(const struct pairing *p, size_t want, size_t is)
{
	const struct case_find *f = &p->c->finds.items[want];
	const struct result *r = &p->came->items[is];
	const struct regex *re = p->says[want];

	return is_rule(r->rule, f->rule) &&
	    f->unknown == (r->verdict == VERDICT_CANNOT_TELL) &&
	    (same_text(f->path, r->path) ||
	    (r->decided_in != NULL && same_text(f->path, r->decided_in))) &&
	    same_text(f->demand, r->demand) &&
	    (f->line == 0 || f->line == r->line) &&
	    (re == NULL || regex_match(re, r->what, strlen(r->what),
	    NULL) == 1);
}

static bool
place(struct pairing *p, size_t want)
{
	for (size_t i = 0; i < p->came->n; i++) {
		if (p->tried[i] || !fits(p, want, i))
			continue;
		p->tried[i] = true;
		if (p->taken[i] == 0 || place(p, p->taken[i] - 1)) {
			p->taken[i] = want + 1;
			return true;
		}
	}
	return false;
}

void
casematch_make(const struct spec_case *c, const struct results *came,
    struct arena *a, struct casematch *out)
{
	struct pairing p = { .c = c, .came = came };
	size_t n = c->finds.n;

	p.says = arena_alloc(a, (n + 1) * sizeof(struct regex *));
	p.taken = arena_alloc(a, (came->n + 1) * sizeof(*p.taken));
	p.tried = arena_alloc(a, came->n + 1);
	*out = (struct casematch){ .met = arena_alloc(a, n + 1),
		.known = arena_alloc(a, came->n + 1) };
	for (size_t i = 0; i < n; i++) {
		struct err ignored = { 0 };

		if (c->finds.items[i].says != NULL)
			p.says[i] = regex_new(c->finds.items[i].says,
			    &ignored);
	}
	for (size_t i = 0; i < n; i++) {
		memset(p.tried, 0, came->n);
		out->met[i] = place(&p, i);
		out->n_missing += !out->met[i];
	}
	for (size_t i = 0; i < came->n; i++) {
		out->known[i] = p.taken[i] > 0;
		out->n_extra += !out->known[i];
	}
	for (size_t i = 0; i < n; i++)
		regex_free(p.says[i]);
}
