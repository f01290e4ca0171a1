/* SPDX-License-Identifier: MIT */
#include "agent/spectest/speccase.h"

#include <string.h>

#include "agent/spectest/casefilekeys.h"
#include "agent/spectest/caseread.h"
#include "base/tr.h"
#include "base/vec.h"

static void
files(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	(void)k;
	casefilekeys_read(r, p, &((struct spec_case *)into)->files);
}

static void
baseline(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	struct spec_case *c = into;

	(void)k;
	c->has_baseline = true;
	casefilekeys_read(r, p, &c->baseline);
}

static void
exit_code(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	(void)k;
	((struct case_answer *)into)->exit = caseread_number(r, p, 255);
}

#define AT(member) offsetof(struct case_answer, member)

static const struct keyword answer_keys[] = {
	{ "run", caseread_key_texts, AT(run), NULL },
	{ "exit", exit_code, 0, NULL },
	{ "stdout", caseread_key_text, AT(out), NULL },
	{ "stderr", caseread_key_text, AT(errors), NULL },
	{ 0 },
};

static void
answer(struct reader *r, const struct node *n, void *into)
{
	struct case_answer a = { .out = "", .errors = "", .at = n->at };
	struct spec_case *c = into;

	read_keys(r, "answers", n, answer_keys, &a);
	if (a.run.n == 0)
		diagnostics_add(r->diags, n->at, _("an answer to nothing [add "
		    "'run: [PROGRAM, ARGUMENT, …]']"));
	else
		*VEC_ADD_IN(r->arena, &c->answers) = a;
}

static void
answers(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	(void)k;
	caseread_items(r, p, answer, into);
}

static void
line(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	int n = caseread_number(r, p, 100 * 1000 * 1000);

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
	const char *s = caseread_word(r, p);

	(void)k;
	if (s != NULL && read_check_regex(r, s, p->value->at))
		((struct case_find *)into)->says = s;
}

#undef AT
#define AT(member) offsetof(struct case_find, member)

static const struct keyword find_keys[] = {
	{ "rule", caseread_key_word, AT(rule), NULL },
	{ "path", caseread_key_word, AT(path), NULL },
	{ "line", line, 0, NULL },
	{ "demand", caseread_key_word, AT(demand), NULL },
	{ "verdict", verdict, 0, NULL },
	{ "says", says, 0, NULL },
	{ 0 },
};

static void
find(struct reader *r, const struct node *n, void *into)
{
	struct case_find f = { .at = n->at };
	struct spec_case *c = into;

	read_keys(r, "finds", n, find_keys, &f);
	if (f.rule == NULL)
		diagnostics_add(r->diags, n->at,
		    _("a finding of no rule [add 'rule: ID']"));
	else
		*VEC_ADD_IN(r->arena, &c->finds) = f;
}

static void
finds(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	(void)k;
	caseread_items(r, p, find, into);
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
		caseread_texts(r, one, &v->values);
	}
}

/* "opensuse-leap 15.5" */
static void
os(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	struct spec_case *c = into;
	const char *s = caseread_word(r, p);
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
	c->spec = caseread_word(r, p);
	c->spec_at = p->value->at;
}

static void
root(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	struct spec_case *c = into;

	(void)k;
	c->root_at = p->value->at;
	caseread_texts(r, p, &c->roots);
}

#undef AT
#define AT(member) offsetof(struct spec_case, member)

static const struct keyword case_keys[] = {
	{ "test", caseread_key_word, AT(test), NULL },
	{ "spec", spec, 0, NULL },
	{ "root", root, 0, NULL },
	{ "os", os, 0, NULL },
	{ "packages", caseread_key_texts, AT(packages), NULL },
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
