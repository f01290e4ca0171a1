/* SPDX-License-Identifier: MIT */
#include "agent/config.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/strlist.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"
#include "specs/diagnostics.h"
#include "specs/yaml.h"

enum {
	MAX_SIZE_DEFAULT = 16 << 20,
	LOCK_WAIT_DEFAULT = 10,
	KEEP_SNAPSHOTS_DEFAULT = 2000,
	KEEP_ROLLBACKS_DEFAULT = 100,
	KEEP_TRANSACTIONS_DEFAULT = 1000,
	KEEP_TRANSACTION_DAYS_DEFAULT = 1095,
};

void
config_init(struct config *c)
{
	*c = (struct config){ .max_size = MAX_SIZE_DEFAULT,
		.lock_wait = LOCK_WAIT_DEFAULT,
		.keep_snapshots = KEEP_SNAPSHOTS_DEFAULT,
		.keep_rollbacks = KEEP_ROLLBACKS_DEFAULT,
		.keep_transactions = KEEP_TRANSACTIONS_DEFAULT,
		.keep_transaction_days = KEEP_TRANSACTION_DAYS_DEFAULT };
}

void
config_done(struct config *c)
{
	strlist_done(&c->track);
	strlist_done(&c->ignore);
	for (size_t i = 0; i < c->vars.n; i++)
		free(c->vars.items[i].values.items);
	free(c->vars.items);
	arena_done(&c->arena);
	*c = (struct config){ 0 };
}

static void
want(const struct node *n, const char *what, struct diagnostics *d)
{
	if (n->kind != NODE_BAD)
		diagnostics_add(d, n->at, _("expected %s here"), what);
}

/* Texts of a list, or one text alone. */
static void
each_text(const struct node *n, void (*add)(void *to, const char *text),
    void *to, struct diagnostics *d)
{
	if (n->kind == NODE_TEXT) {
		add(to, n->text);
		return;
	}
	if (n->kind != NODE_LIST) {
		want(n, _("a text or a list of texts"), d);
		return;
	}
	for (size_t i = 0; i < n->list.n; i++) {
		if (n->list.items[i]->kind == NODE_TEXT)
			add(to, n->list.items[i]->text);
		else
			want(n->list.items[i], _("a text"), d);
	}
}

static void
add_to_list(void *to, const char *text)
{
	strlist_add(to, text);
}

static void
read_track(struct config *c, const struct node *n, struct diagnostics *d)
{
	size_t before = c->track.n;

	each_text(n, add_to_list, &c->track, d);
	for (size_t i = before; i < c->track.n; i++)
		if (c->track.items[i][0] != '/')
			diagnostics_add(d, n->at, _("'%s' is no absolute path "
			    "[start it with '/']"), c->track.items[i]);
}

static void
read_ignore(struct config *c, const struct node *n, struct diagnostics *d)
{
	each_text(n, add_to_list, &c->ignore, d);
}

static void
read_max_size(struct config *c, const struct node *n, struct diagnostics *d)
{
	if (n->kind != NODE_TEXT || text_size(n->text, &c->max_size) < 0)
		want(n, _("a size such as 16MiB"), d);
}

static void
read_seal_key(struct config *c, const struct node *n, struct diagnostics *d)
{
	if (n->kind != NODE_TEXT || n->text[0] != '/')
		want(n, _("an absolute path"), d);
	else
		c->seal_key = arena_strdup(&c->arena, n->text);
}

static bool
is_number(const struct node *n, uint64_t min, uint64_t max, uint64_t *out)
{
	return n->kind == NODE_TEXT &&
	    strspn(n->text, "0123456789") == strlen(n->text) &&
	    text_size(n->text, out) == 0 && *out >= min && *out <= max;
}

static void
read_lock_wait(struct config *c, const struct node *n, struct diagnostics *d)
{
	uint64_t v;

	if (!is_number(n, 0, 3600, &v))
		want(n, _("a number of seconds, 3600 at most"), d);
	else
		c->lock_wait = (unsigned)v;
}

static void
read_keep(uint64_t *to, const struct node *n, struct diagnostics *d)
{
	uint64_t v;

	if (!is_number(n, 1, UINT32_MAX, &v))
		want(n, _("a number, 1 at least"), d);
	else
		*to = v;
}

static void
read_keep_snapshots(struct config *c, const struct node *n,
    struct diagnostics *d)
{
	read_keep(&c->keep_snapshots, n, d);
}

static void
read_keep_rollbacks(struct config *c, const struct node *n,
    struct diagnostics *d)
{
	read_keep(&c->keep_rollbacks, n, d);
}

static void
read_keep_transactions(struct config *c, const struct node *n,
    struct diagnostics *d)
{
	read_keep(&c->keep_transactions, n, d);
}

static void
read_keep_transaction_days(struct config *c, const struct node *n,
    struct diagnostics *d)
{
	read_keep(&c->keep_transaction_days, n, d);
}

/* Which of the words it is; -1, told, where it is none. */
static int
read_word(const struct node *n, const char *const words[],
    const char *expected, struct diagnostics *d)
{
	int i = 0;

	while (n->kind == NODE_TEXT && words[i] != NULL &&
	    strcmp(n->text, words[i]) != 0)
		i++;
	if (n->kind == NODE_TEXT && words[i] != NULL)
		return i;
	want(n, expected, d);
	return -1;
}

static void
read_preflight(struct config *c, const struct node *n,
    struct diagnostics *d)
{
	static const char *const words[] = { "off", "tell", "enforce", NULL };
	int i = read_word(n, words, _("one of off, tell, enforce"), d);

	if (i >= 0)
		c->preflight = (enum preflight_wish)i;
}

static void
read_at_end(struct config *c, const struct node *n, struct diagnostics *d)
{
	static const char *const words[] = { "restore", "flag", NULL };
	int i = read_word(n, words, _("one of restore, flag"), d);

	/* Whoever wrote the key at all does not mean the default. */
	c->only_flag = i != 0;
}

struct value_list {
	struct config *c;
	struct variable *v;
};

static void
add_value(void *to, const char *text)
{
	struct value_list *l = to;

	*VEC_ADD(&l->v->values) = arena_strdup(&l->c->arena, text);
}

static void
read_vars(struct config *c, const struct node *n, struct diagnostics *d)
{
	if (n->kind != NODE_MAP) {
		want(n, _("a mapping from names to values"), d);
		return;
	}
	for (size_t i = 0; i < n->map.n; i++) {
		struct variable *v = VEC_ADD(&c->vars);

		v->name = arena_strdup(&c->arena, n->map.items[i].key);
		each_text(n->map.items[i].value, add_value,
		    &(struct value_list){ c, v }, d);
	}
}

static void
read_mail(struct config *c, const struct node *n, struct diagnostics *d)
{
	mailer_read(&c->arena, n, &c->notifiers.mail, d);
}

static void
read_on_finding(struct config *c, const struct node *n,
    struct diagnostics *d)
{
	notifiers_read(&c->arena, n, &c->notifiers, d);
}

static const struct {
	const char *key;
	void (*read)(struct config *c, const struct node *n,
	    struct diagnostics *d);
} keys[] = {
	{ "track", read_track },
	{ "ignore", read_ignore },
	{ "max-size", read_max_size },
	{ "seal-key", read_seal_key },
	{ "lock-wait", read_lock_wait },
	{ "keep-snapshots", read_keep_snapshots },
	{ "keep-rollbacks", read_keep_rollbacks },
	{ "keep-transactions", read_keep_transactions },
	{ "keep-transaction-days", read_keep_transaction_days },
	{ "preflight", read_preflight },
	{ "at-end", read_at_end },
	{ "vars", read_vars },
	{ "mail", read_mail },
	{ "on-finding", read_on_finding },
};
enum { N_KEYS = sizeof(keys) / sizeof(keys[0]) };

static void
unknown_key(const struct node_pair *p, struct diagnostics *d)
{
	const char *names[N_KEYS + 1] = { NULL }, *near;

	for (int i = 0; i < N_KEYS; i++)
		names[i] = keys[i].key;
	near = text_nearest(p->key, names);
	if (near != NULL)
		diagnostics_add(d, p->at, _("unknown key '%s' (did you mean "
		    "'%s'?)"), p->key, near);
	else
		diagnostics_add(d, p->at, _("unknown key '%s' [see "
		    "driftctl.yaml(5)]"), p->key);
}

static bool
is_comment_alone(const char *bytes, size_t len)
{
	bool comment = false;

	for (size_t i = 0; i < len; i++) {
		if (bytes[i] == '\n')
			comment = false;
		else if (bytes[i] == '#')
			comment = true;
		else if (!comment && bytes[i] != ' ' && bytes[i] != '\r')
			return false;
	}
	return true;
}

void
config_parse(const char *file, const char *bytes, size_t len,
    struct config *c, struct diagnostics *diags)
{
	const char *name = arena_strdup(&c->arena, file);
	const struct node *top;

	/* An empty file, or one of comments alone, changes nothing. */
	if (is_comment_alone(bytes, len))
		return;
	top = node_parse(name, bytes, len, &c->arena, diags);
	if (top == NULL)
		return;
	if (top->kind != NODE_MAP) {
		want(top, _("a mapping of settings"), diags);
		return;
	}
	for (size_t i = 0; i < top->map.n; i++) {
		const struct node_pair *p = &top->map.items[i];
		int k = 0;

		while (k < N_KEYS && strcmp(keys[k].key, p->key) != 0)
			k++;
		if (k == N_KEYS)
			unknown_key(p, diags);
		else
			keys[k].read(c, p->value, diags);
	}
}
