/* SPDX-License-Identifier: MIT */
#include "agent/semantic/sense.h"

#include <ctype.h>
#include <string.h>

#include "base/path.h"
#include "base/tr.h"
#include "specs/views/pam.h"

/*
 * A stack for each type, in which the order decides. An @include is of all
 * types: it is told once, and stands as a mark in the stack of each, so that
 * what passes it is seen to.
 */
static const char *const types[] = { "auth", "account", "password",
	"session" };

enum { TYPES = sizeof(types) / sizeof(types[0]) };

static struct sense *
stack(struct sensing *s, struct sense *root, const char *service,
    const char *type)
{
	bool is_new;
	struct sense *n = sense_once(s, root, type, service, &is_new);

	if (!is_new)
		return n;
	n->label = service[0] == '\0' ? type :
	    arena_printf(s->arena, "%s %s", service, type);
	n->flags = SENSE_ORDERED;
	return n;
}

static const char *
lower(struct arena *a, const char *s)
{
	char *out = arena_strdup(a, s);

	for (char *p = out; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	return out;
}

/* What makes words of the arguments: each in its brackets is one. */
static const struct view arguments = { .separators = "\n" };

static const char *
joined(struct arena *a, const struct pam_line *p, const char *between)
{
	CLEANUP(drop_buf) struct buf b = { 0 };

	for (size_t i = 0; i < p->n_args; i++)
		buf_addf(&b, "%s%s", i > 0 ? between : "", p->args[i]);
	return arena_memdup(a, buf_str(&b), b.len);
}

static void
add_module(struct sensing *s, struct sense *to, const struct pam_line *p)
{
	const char *name = path_name(p->module);
	const char *control = lower(s->arena, p->control);
	const char *args = joined(s->arena, p, " ");
	bool leads = p->kind != PAM_LINE_MODULE;
	struct sense *n = sense_add(s, to, leads ? control : "module"), *x;

	n->key = name;
	n->line = p->line;
	n->label = leads ? arena_printf(s->arena, "%s %s", control, name) :
	    name;
	n->gist = leads ? NULL : arena_printf(s->arena, "%s%s%s", control,
	    args[0] != '\0' ? " " : "", args);
	sense_leaf(s, n, "control", control, p->line);
	sense_leaf(s, n, "path", p->module, p->line);
	x = sense_leaf(s, n, "arguments", joined(s->arena, p, "\n"), p->line);
	x->label = "";
	x->view = &arguments;
	x->flags = SENSE_WORDS | SENSE_OPTIONS | SENSE_QUOTED;
	x = sense_leaf(s, n, "missing", p->optional ? _("ignored") :
	    _("an error"), p->line);
	x->label = _("if the module is missing");
}

static void
add_include(struct sensing *s, struct sense *root, const struct pam_line *p)
{
	for (size_t i = 0; i <= TYPES; i++) {
		struct sense *to = i == TYPES ? root :
		    stack(s, root, "", types[i]);
		struct sense *n = sense_add(s, to, "@include");

		n->key = p->module;
		n->label = arena_printf(s->arena, "@include %s", p->module);
		n->line = p->line;
		n->flags = i == TYPES ? 0 : SENSE_MARK;
	}
}

int
sense_pam(struct sensing *s, const char *path, const char *bytes, size_t len,
    struct sense *root, struct err *e)
{
	CLEANUP(drop_buf) struct buf order = { 0 };
	struct pam_line *p;

	if (pam_parse(path, bytes, len, s->arena, &p, e) < 0 ||
	    pam_refuse_open(p, e) < 0)
		return -1;
	/* All of them, so that a stack is never told to have come. */
	for (size_t i = 0; i < TYPES; i++)
		stack(s, root, "", types[i]);
	for (; p != NULL && s->n <= SENSE_NODES_MAX; p = p->next) {
		if (p->kind == PAM_LINE_ODD)
			continue;
		/* Of the stacks among each other, which nobody minds. */
		buf_addc(&order, p->type[0] != '\0' ? p->type[0] : '@');
		buf_addc(&order, p->type[0] != '\0' ? p->type[1] : '@');
		if (p->type[0] == '\0')
			add_include(s, root, p);
		else
			add_module(s, stack(s, root, p->service, p->type), p);
	}
	root->gist = arena_memdup(s->arena, buf_str(&order), order.len);
	return 0;
}
