/* SPDX-License-Identifier: MIT */
#include "specs/draft_content.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/text.h"
#include "specs/pam_modules.h"
#include "specs/pam_stack.h"
#include "specs/xpath.h"

enum { LINES_MAX = 40, OUTCOMES_MAX = 6 };

/* Values that a name says are secret stand in no spec: those are for all to
 * read. */
static bool
named_secret(const char *key)
{
	static const char *const words[] = { "pass", "secret", "token",
		"credential", "privatekey", "private_key",
		"private-key", "pwd", "authtok", "apikey", "api_key",
		"api-key", "access_key", "bindpw", "psk", "community" };
	CLEANUP(drop_buf) struct buf low = { 0 };

	for (const char *p = key; *p != '\0'; p++)
		buf_addc(&low, *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strstr(buf_str(&low), words[i]) != NULL)
			return true;
	return false;
}

/* scheme://user:password@host */
static bool
has_login(const char *value)
{
	const char *p = value, *colon;

	while ((p = strstr(p, "://")) != NULL) {
		p += 3;
		colon = p + strcspn(p, ":/@ \t");
		if (*colon == ':' &&
		    colon[strcspn(colon, "/@ \t")] == '@')
			return true;
	}
	return false;
}

/* Environments, arguments and options of mounts hold more than their own name
 * tells of; mysql(1) and its like take it behind -p. */
static bool
holds_secret(const char *value)
{
	return named_secret(value) || has_login(value) ||
	    (strstr(value, "mysql") != NULL && strstr(value, " -p") != NULL);
}

static void
add_group(struct buf *out, const char *head, const struct buf *group)
{
	if (group->len > 0)
		buf_addf(out, "%s%s", head, buf_str(group));
}

/* `Section.Key`, with [Section]. where it has a dot of its own. */
static int
key_name(const struct view *view, const char *section, const char *key,
    struct buf *out)
{
	CLEANUP(drop_buf) struct buf name = { 0 };

	if (view->sections && strchr(section, '.') != NULL)
		buf_addf(&name, "[%s].", section);
	else if (view->sections)
		buf_addf(&name, "%s.", section);
	buf_adds(&name, key);
	return draft_quote(out, buf_str(&name));
}

static int
add_word(void *arg, const char *word, size_t len)
{
	struct buf *out = arg;
	CLEANUP(drop_buf) struct buf one = { 0 };

	buf_add(&one, word, len);
	if (out->bytes[out->len - 1] != '[')
		buf_adds(out, ", ");
	return draft_quote(out, buf_str(&one));
}

static void
one_key(struct draft_subject *s, const struct view *view,
    const char *section, const struct view_node *n, struct buf *group)
{
	static const char head[] = "    keys:\n";
	CLEANUP(drop_buf) struct buf name = { 0 }, line = { 0 };

	/* What is written for people to read is nothing to hold it to. */
	if (view_same(view, n->name, "Description") ||
	    view_same(view, n->name, "Documentation"))
		return;
	if (n->value == NULL || key_name(view, section, n->name, &name) < 0)
		return;
	if (named_secret(n->name) || holds_secret(n->value)) {
		buf_addf(&line, "      %s: {absent: false}\n",
		    buf_str(&name));
		draft_try(s, head, buf_str(&line), group);
		return;
	}
	buf_addf(&line, "      %s: ", buf_str(&name));
	if (draft_quote(&line, n->value) < 0)
		return;
	buf_addc(&line, '\n');
	if (draft_try(s, head, buf_str(&line), group))
		return;
	/* One of several that add up. */
	buf_reset(&line);
	buf_addf(&line, "      %s: {includes: [", buf_str(&name));
	if (view_words(view, n->value, add_word, &line) != 0)
		return;
	buf_adds(&line, "]}\n");
	draft_try(s, head, buf_str(&line), group);
}

static bool
has_key(const struct view *view, const struct view_node *k, const char *name)
{
	for (; k != NULL; k = k->next)
		if (view_same(view, k->name, name))
			return true;
	return false;
}

/* Whether the same key stands again further down, be it in another section of
 * the same name, which is then what is asked for both: a mapping holds each
 * key once. */
static bool
again(const struct view *view, const struct view_node *sec,
    const struct view_node *n)
{
	bool found = has_key(view, n->next, n->name);

	for (const struct view_node *s = sec->next; s != NULL && !found;
	    s = s->next)
		found = view_same(view, s->name, sec->name) &&
		    has_key(view, s->child, n->name);
	return found;
}

void
draft_keys(struct draft_subject *s, const struct view *view,
    const struct view_node *top, struct buf *out)
{
	CLEANUP(drop_buf) struct buf group = { 0 };
	const char *head = strstr(buf_str(out), "    keys:\n") == NULL ?
	    "    keys:\n" : "";

	for (const struct view_node *sec = top->child; sec != NULL;
	    sec = sec->next)
		for (const struct view_node *n = sec->child; n != NULL;
		    n = n->next)
			if (!again(view, sec, n))
				one_key(s, view, sec->name, n, &group);
	add_group(out, head, &group);
}

static void
one_row(struct draft_subject *s, const struct view *view,
    const struct view_node *row, struct buf *group)
{
	CLEANUP(drop_buf) struct buf line = { 0 };
	const struct view_node *f = row->child;
	bool any = false;

	if (f == NULL || f->value == NULL)
		return;
	buf_addf(&line, "      - where: {%s: ", f->name);
	if (draft_quote(&line, f->value) < 0)
		return;
	buf_adds(&line, "}\n        fields: {");
	for (f = f->next; f != NULL; f = f->next) {
		if (f->value == NULL || named_secret(f->name) ||
		    holds_secret(f->value))
			continue;
		buf_addf(&line, "%s%s: ", any ? ", " : "", f->name);
		if (draft_quote(&line, f->value) < 0)
			return;
		any = true;
	}
	buf_adds(&line, "}\n");
	if (any)
		draft_try(s, "    entries:\n", buf_str(&line), group);
	(void)view;
}

void
draft_rows(struct draft_subject *s, const struct view *view,
    const struct view_node *top, struct buf *out)
{
	CLEANUP(drop_buf) struct buf group = { 0 };

	for (const struct view_node *row = top->child; row != NULL;
	    row = row->next)
		one_row(s, view, row, &group);
	add_group(out, "    entries:\n", &group);
}

static const char *const pam_types[] = { "auth", "account", "password",
	"session" };

static const char pam_head[] = "    pam:\n";

/* What stands in the file itself; what it includes is another file's. */
static void
pam_modules(struct draft_subject *s, const char *type, struct buf *group)
{
	struct pam_stack stack = { 0 };
	struct err ignored = { 0 };

	if (pam_stack_read(s->d->ev, s->path, type, &s->d->arena, &stack,
	    &ignored) < 0)
		return;
	for (size_t i = 0; i < stack.n; i++) {
		const struct pam_step *step = &stack.items[i];
		CLEANUP(drop_buf) struct buf line = { 0 };

		if (step->kind != PAM_STEP_MODULE)
			continue;
		buf_addf(&line, "      - %s: {module: ", type);
		if (draft_quote(&line, path_name(step->module)) < 0)
			continue;
		if (strcmp(step->file, s->path) == 0) {
			buf_adds(&line, ", control: ");
			draft_quote(&line, step->control);
		}
		buf_adds(&line, "}\n");
		if (strstr(buf_str(group), buf_str(&line)) == NULL)
			draft_try(s, pam_head, buf_str(&line), group);
	}
}

static bool
one_outcome(struct draft_subject *s, const char *type, const char *module,
    bool granted, struct buf *group)
{
	CLEANUP(drop_buf) struct buf line = { 0 };

	buf_addf(&line, "          - {type: %s, if: {", type);
	if (module != NULL) {
		if (draft_quote(&line, module) < 0)
			return false;
		buf_adds(&line, ": success");
	}
	buf_addf(&line, "}, then: %s}\n", granted ? "granted" : "denied");
	return draft_try(s, "    pam:\n      - outcomes:\n", buf_str(&line),
	    group);
}

/* What a login comes to when nobody vouches, and when one module does. */
static void
pam_outcomes(struct draft_subject *s, const char *type, struct buf *group)
{
	struct pam_stack stack = { 0 };
	struct err ignored = { 0 };
	CLEANUP(drop_buf) struct buf seen = { 0 };
	int n = 0;

	if (pam_stack_service(s->d->ev, s->path, type, &s->d->arena, &stack,
	    &ignored) < 0 || stack.n == 0)
		return;
	if (!one_outcome(s, type, NULL, false, group))
		one_outcome(s, type, NULL, true, group);
	for (size_t i = 0; i < stack.n && n < OUTCOMES_MAX; i++) {
		const struct pam_step *step = &stack.items[i];
		const char *module;
		CLEANUP(drop_buf) struct buf word = { 0 };

		if (step->kind != PAM_STEP_MODULE ||
		    !pam_habit_of(step).vouches)
			continue;
		module = path_name(step->module);
		buf_addf(&word, " %s ", module);
		if (strstr(buf_str(&seen), buf_str(&word)) != NULL)
			continue;
		buf_adds(&seen, buf_str(&word));
		n++;
		if (!one_outcome(s, type, module, true, group))
			one_outcome(s, type, module, false, group);
	}
}

void
draft_pam(struct draft_subject *s, struct buf *out)
{
	CLEANUP(drop_buf) struct buf group = { 0 }, outcomes = { 0 };

	for (size_t i = 0; i < 4; i++)
		pam_modules(s, pam_types[i], &group);
	for (size_t i = 0; i < 2; i++)
		pam_outcomes(s, pam_types[i], &outcomes);
	if (outcomes.len > 0)
		buf_addf(&group, "      - outcomes:\n%s",
		    buf_str(&outcomes));
	add_group(out, pam_head, &group);
}

/* What makes a guest, a network or a pool what it is; of other XML only the
 * names below the top are known to matter. */
static const char *const xml_values[] = {
	"/domain/name", "/domain/uuid", "/domain/@type", "/domain/memory",
	"/domain/vcpu", "/domain/os/type", "/domain/os/loader",
	"/domain/devices/disk/source/@dev",
	"/domain/devices/disk/source/@file",
	"/domain/devices/disk/target/@dev",
	"/domain/devices/disk/target/@bus",
	"/domain/devices/disk/driver/@type",
	"/domain/devices/disk/driver/@cache",
	"/domain/devices/interface/mac/@address",
	"/domain/devices/interface/source/@bridge",
	"/domain/devices/interface/source/@network",
	"/domain/devices/interface/model/@type",
	"/network/name", "/network/uuid", "/network/bridge/@name",
	"/network/forward/@mode", "/network/ip/@address",
	"/network/ip/@netmask", "/pool/name", "/pool/uuid", "/pool/@type",
	"/pool/source/name", "/pool/source/device/@path",
	"/pool/target/path",
};

static const char xpath_head[] = "    xpath:\n";

/* The n-th of several, so that each is held to its own value. */
static void
one_value(struct draft_subject *s, const char *expr, size_t n,
    const char *value, struct buf *group)
{
	CLEANUP(drop_buf) struct buf line = { 0 }, nth = { 0 };

	if (n == 0)
		buf_adds(&nth, expr);
	else
		buf_addf(&nth, "(%s)[%zu]", expr, n);
	buf_adds(&line, "      - {expr: ");
	draft_quote(&line, buf_str(&nth));
	buf_adds(&line, ", equals: ");
	if (draft_quote(&line, value) < 0)
		return;
	buf_adds(&line, "}\n");
	draft_try(s, xpath_head, buf_str(&line), group);
}

static void
one_expression(struct draft_subject *s, struct xpath_doc *doc,
    const char *expr, struct buf *group)
{
	CLEANUP(drop_buf) struct buf line = { 0 };
	struct xpath_answer a = { 0 };
	struct err ignored = { 0 };

	if (xpath_ask(doc, expr, NULL, &s->d->arena, &a, &ignored) < 0 ||
	    a.n == 0)
		return;
	if (a.n > 1) {
		buf_adds(&line, "      - {expr: ");
		draft_quote(&line, expr);
		buf_addf(&line, ", count: %zu}\n", a.n);
		draft_try(s, xpath_head, buf_str(&line), group);
	}
	for (size_t i = 0; i < a.n; i++)
		one_value(s, expr, a.n > 1 ? i + 1 : 0, a.items[i].text,
		    group);
}

void
draft_xml(struct draft_subject *s, const char *bytes, size_t len,
    struct buf *out)
{
	CLEANUP(drop_buf) struct buf group = { 0 };
	struct err ignored = { 0 };
	CLEANUP(drop_xpath) struct xpath_doc *doc =
	    xpath_open(s->path, bytes, len, &ignored);

	if (doc == NULL)
		return;
	for (size_t i = 0; i < sizeof(xml_values) / sizeof(*xml_values); i++)
		one_expression(s, doc, xml_values[i], &group);
	if (group.len > 0)
		add_group(out, xpath_head, &group);
}

/* Words that are no comment, each line as it stands. */
static bool
is_said(const char *line, size_t len)
{
	size_t blank = 0;

	while (blank < len && (line[blank] == ' ' || line[blank] == '\t'))
		blank++;
	return blank < len && strchr("#;", line[blank]) == NULL &&
	    line[blank] != '\r';
}

static void
one_line(struct draft_subject *s, const char *line, size_t len,
    struct buf *group)
{
	CLEANUP(drop_buf) struct buf regex = { 0 }, demand = { 0 };

	buf_adds(&regex, "^\\Q");
	buf_add(&regex, line, len);
	if (holds_secret(buf_str(&regex)))
		return;
	buf_adds(&regex, "\\E$");
	buf_adds(&demand, "        - ");
	if (draft_quote(&demand, buf_str(&regex)) < 0)
		return;
	buf_addc(&demand, '\n');
	if (strstr(buf_str(group), buf_str(&demand)) == NULL)
		draft_try(s, "    lines:\n      require:\n",
		    buf_str(&demand), group);
}

void
draft_lines(struct draft_subject *s, const char *bytes, size_t len,
    struct buf *out)
{
	CLEANUP(drop_buf) struct buf group = { 0 };
	size_t said = 0;

	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < len;) {
			const char *end = memchr(bytes + i, '\n', len - i);
			size_t n = end != NULL ? (size_t)(end - bytes) - i :
			    len - i;

			if (is_said(bytes + i, n) && pass == 0 &&
			    ++said > LINES_MAX)
				return;
			if (is_said(bytes + i, n) && pass == 1)
				one_line(s, bytes + i, n, &group);
			i += n + 1;
		}
	add_group(out, "    lines:\n      require:\n", &group);
}
