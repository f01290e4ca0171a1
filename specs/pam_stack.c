/* SPDX-License-Identifier: MIT */
#include "specs/pam_stack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/tr.h"
#include "base/vec.h"

/* libpam itself stops at 16 substacks; the total stops files that include
 * others twice each. */
enum {
	DEPTH_MAX = 32,
	FILES_MAX = 1024,
	STEPS_MAX = 4096,
	FILE_MAX = 1024 * 1024
};

struct steps {
	struct pam_step *items;
	size_t n, cap;
};

/* One file on the way down, so that a loop is seen. */
struct level {
	const struct level *up;
	const char *path;
	unsigned depth, substack;
};

struct walk {
	const struct evidence *ev;
	const char *type;
	struct arena *arena;
	struct steps steps;
	unsigned files;
};

static int read_file(struct walk *w, const char *path,
    const struct level *up, unsigned substack, struct err *e);

static bool
is_missing(const struct err *e)
{
	return e->kind == ERR_MISSING || e->sys == ENOENT;
}

/* Where the file that line names is; NULL with e when it is nowhere. */
static const char *
find_included(struct walk *w, const struct pam_line *line, struct err *e)
{
	static const char *const folders[] = { "/etc/pam.d",
		"/usr/lib/pam.d", "/usr/etc/pam.d", NULL };
	const char *const *f = folders;
	const char *path = line->module, *bytes;
	size_t len;

	do {
		struct err missing = { 0 };

		if (line->module[0] != '/')
			path = arena_printf(w->arena, "%s/%s", *f,
			    line->module);
		if (w->ev->bytes(w->ev->ctx, path, &bytes, &len,
		    &missing) == 0)
			return path;
		if (!is_missing(&missing)) {
			*e = missing;
			return NULL;
		}
	} while (line->module[0] != '/' && *++f != NULL);
	err_at(e, line->file, line->line, 0,
	    line->module[0] == '/' ? _("includes '%s', which is not there") :
	    _("includes '%s', which is not in /etc/pam.d, /usr/lib/pam.d or "
	    "/usr/etc/pam.d"), line->module);
	return NULL;
}

static int
follow(struct walk *w, const struct pam_line *line, const struct level *at,
    struct err *e)
{
	const char *path = find_included(w, line, e);

	if (path == NULL)
		return -1;
	for (const struct level *l = at; l != NULL; l = l->up)
		if (strcmp(l->path, path) == 0)
			return err_at(e, line->file, line->line, 0,
			    _("includes '%s', which includes this file "
			    "again"), line->module);
	if (at->depth >= DEPTH_MAX || ++w->files > FILES_MAX)
		return err_at(e, line->file, line->line, 0,
		    _("includes more files than can be followed"));
	return read_file(w, path, at, at->substack +
	    (line->kind == PAM_LINE_SUBSTACK), e);
}

static int
add_step(struct walk *w, const struct pam_line *line, const struct level *at,
    struct err *e)
{
	struct pam_step *s;

	if (w->steps.n >= STEPS_MAX)
		return err_at(e, line->file, line->line, 0,
		    _("the stack is longer than %d modules"), STEPS_MAX);
	s = VEC_ADD(&w->steps);
	s->type = line->type;
	s->control = line->control;
	s->module = line->module;
	s->args = line->args;
	s->n_args = line->n_args;
	s->optional = line->optional;
	s->substack = at->substack;
	s->file = line->file;
	s->line = line->line;
	return 0;
}

static int
read_file(struct walk *w, const char *path, const struct level *up,
    unsigned substack, struct err *e)
{
	struct level at = { up, path, up != NULL ? up->depth + 1 : 0,
		substack };
	struct pam_line *line;
	const char *bytes;
	size_t len;

	if (w->ev->bytes(w->ev->ctx, path, &bytes, &len, e) < 0)
		return -1;
	if (len > FILE_MAX)
		return err_set(e, ERR_INPUT, path,
		    _("larger than the 1 MiB that are read as PAM stack"));
	if (pam_parse(path, bytes, len, w->arena, &line, e) < 0)
		return -1;
	for (; line != NULL; line = line->next) {
		int done;

		if (line->type[0] != '\0' && strcmp(line->type, w->type) != 0)
			continue;
		done = line->kind == PAM_LINE_MODULE ?
		    add_step(w, line, &at, e) : follow(w, line, &at, e);
		if (done < 0)
			return -1;
	}
	return 0;
}

int
pam_stack_read(const struct evidence *ev, const char *path, const char *type,
    struct arena *a, struct pam_stack *out, struct err *e)
{
	struct walk w = { .ev = ev, .type = type, .arena = a };
	int done = read_file(&w, path, NULL, 0, e);

	if (done == 0) {
		out->n = w.steps.n;
		out->items = arena_alloc(a, (out->n + 1) *
		    sizeof(*out->items));
		if (out->n > 0)
			memcpy(out->items, w.steps.items,
			    out->n * sizeof(*out->items));
	}
	free(w.steps.items);
	return done;
}
