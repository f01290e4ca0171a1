/* SPDX-License-Identifier: MIT */
#include "specs/pam_stack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/path.h"
#include "base/tr.h"
#include "base/vec.h"

/* The total stops files that include others twice each. */
enum {
	DEPTH_MAX = 32,
	SUBSTACKS_MAX = 15,	/* the deepest that libpam follows */
	INCLUDES_MAX = 15,	/* the same of includes, since 1.6 */
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
	bool typed;		/* only lines of one type count in it */
};

/* How many of the folders this machine's libpam looks into: for services, and
 * for what is included. */
struct reach {
	size_t services, included;
};

struct walk {
	const struct evidence *ev;
	const char *type;
	struct arena *arena;
	struct steps steps;
	struct reach reach;
	unsigned files;
	bool as_libpam;		/* for pam_stack_service */
	bool aborted;		/* libpam reads no further */
	bool broken;		/* the file included last could not be read
				 * to its end */
};

static const char *const folders[] = { "/etc/pam.d", "/usr/lib/pam.d",
	"/usr/etc/pam.d", NULL };

static const struct reach everywhere = { 3, 3 }, of_debian = { 2, 1 };

static int read_file(struct walk *w, const char *path,
    const struct level *up, const struct pam_line *from, struct err *e);

static bool
is_missing(const struct err *e)
{
	return e->kind == ERR_MISSING || e->sys == ENOENT;
}

/*
 * Debian's libpam finds a service in /usr/lib/pam.d, too, but what is included
 * in /etc/pam.d alone; seen of 12 and those before it. No Debian is built with
 * a folder of the vendor, and others are not told apart.
 */
static struct reach
reach_of(const struct evidence *ev)
{
	static const char *const names[] = { "buster", "bullseye", "bookworm",
		NULL };
	struct err ignored = { 0 };
	const char *bytes;
	char text[32];
	size_t len;
	long version;

	if (ev->bytes(ev->ctx, "/etc/debian_version", &bytes, &len,
	    &ignored) < 0 || len >= sizeof(text))
		return everywhere;
	memcpy(text, bytes, len);
	text[len] = '\0';
	version = strtol(text, NULL, 10);
	for (size_t i = 0; names[i] != NULL; i++)
		if (strncmp(text, names[i], strlen(names[i])) == 0)
			return of_debian;
	return version > 0 && version <= 12 ? of_debian : everywhere;
}

static struct walk
new_walk(const struct evidence *ev, const char *type, struct arena *a)
{
	return (struct walk){ .ev = ev, .type = type, .arena = a,
		.reach = reach_of(ev) };
}

/* Where name is in the first of n folders that has it; NULL with e when
 * nowhere. */
static const char *
find_in(struct walk *w, const char *name, size_t n, struct err *e)
{
	const char *path = name, *bytes;
	struct err missing = { 0 };
	size_t len, i = 0;

	do {
		err_clear(&missing);
		if (name[0] != '/')
			path = arena_printf(w->arena, "%s/%s", folders[i],
			    name);
		if (w->ev->bytes(w->ev->ctx, path, &bytes, &len,
		    &missing) == 0)
			return path;
	} while (is_missing(&missing) && name[0] != '/' && ++i < n);
	*e = missing;
	return NULL;
}

/* The same for the file that line names, and where it is named. */
static const char *
find_included(struct walk *w, const struct pam_line *line, struct err *e)
{
	struct err missing = { 0 };
	const char *path = find_in(w, line->module, w->reach.included,
	    &missing);

	if (path != NULL)
		return path;
	if (!is_missing(&missing)) {
		*e = missing;
		return NULL;
	}
	err_at(e, line->file, line->line, 0,
	    line->module[0] == '/' ? _("includes '%s', which is not there") :
	    w->reach.included == 1 ? _("includes '%s', which is not in "
	    "/etc/pam.d, and Debian's libpam looks nowhere else") :
	    _("includes '%s', which is not in /etc/pam.d, /usr/lib/pam.d or "
	    "/usr/etc/pam.d"), line->module);
	e->kind = ERR_MISSING;
	return NULL;
}

static int
add_step(struct walk *w, enum pam_step_kind kind, const struct pam_line *line,
    const struct level *at, struct err *e)
{
	struct pam_step *s;

	if (w->steps.n >= STEPS_MAX)
		return err_at(e, line->file, line->line, 0,
		    _("the stack is longer than %d modules"), STEPS_MAX);
	s = VEC_ADD(&w->steps);
	s->kind = kind;
	/* An @include has no type of its own. */
	s->type = w->type;
	s->control = line->control;
	s->module = kind == PAM_STEP_MODULE ? line->module : "";
	s->args = line->args;
	s->n_args = line->n_args;
	s->optional = line->optional;
	s->substack = at->substack;
	s->file = line->file;
	s->line = line->line;
	return 0;
}

/* Reads the file at path, where that ends. */
static int
enter(struct walk *w, const char *path, const struct pam_line *line,
    const struct level *at, struct err *e)
{
	for (const struct level *l = at; l != NULL; l = l->up)
		if (strcmp(l->path, path) == 0)
			return err_at(e, line->file, line->line, 0,
			    _("includes '%s', which includes this file "
			    "again"), line->module);
	if (at->depth >= DEPTH_MAX || ++w->files > FILES_MAX)
		return err_at(e, line->file, line->line, 0,
		    _("includes more files than can be followed"));
	return read_file(w, path, at, line, e);
}

/* libpam gives up the whole service, whatever it has read of it. */
static int
give_up(struct walk *w, const struct pam_line *line, const struct level *at,
    struct err *e)
{
	w->aborted = true;
	w->steps.n = 0;
	return add_step(w, PAM_STEP_BROKEN, line, at, e);
}

/*
 * An include that leads nowhere, or to a file that ends within a line, fails.
 * An @include that does makes libpam give up the whole service; where an
 * include of one type is on the way there, it fails by the control of whatever
 * stands before it, which nobody can tell.
 */
static int
follow_as_libpam(struct walk *w, const struct pam_line *line,
    const struct level *at, struct err *e)
{
	bool substack = line->kind == PAM_LINE_SUBSTACK;
	const char *path = NULL;
	struct err why = { 0 };

	if (substack && add_step(w, PAM_STEP_SUBSTACK, line, at, e) < 0)
		return -1;
	if (!substack || at->substack < SUBSTACKS_MAX)
		path = find_included(w, line, &why);
	if (path != NULL && at->depth >= INCLUDES_MAX)
		return err_at(e, line->file, line->line, 0,
		    _("includes one file in another %d times, which libpam "
		    "before 1.6 does and later ones refuse"), INCLUDES_MAX + 1);
	if (path != NULL && (enter(w, path, line, at, e) < 0))
		return -1;
	if (path != NULL && !w->broken)
		return 0;
	if (w->broken) {
		w->broken = false;
		err_at(&why, line->file, line->line, 0,
		    _("includes '%s', which ends behind a '\\'"),
		    line->module);
		why.kind = ERR_MISSING;
	}
	if (why.what[0] != '\0' && (!is_missing(&why) ||
	    (line->type[0] == '\0' && at->typed))) {
		*e = why;
		return -1;
	}
	return line->type[0] == '\0' ? give_up(w, line, at, e) :
	    add_step(w, PAM_STEP_BROKEN, line, at, e);
}

static int
follow(struct walk *w, const struct pam_line *line, const struct level *at,
    struct err *e)
{
	const char *path = find_included(w, line, e);

	return path == NULL ? -1 : enter(w, path, line, at, e);
}

/*
 * What can be known of the lines of a file. pam.conf is one of all services,
 * for machines without any folder pam.d.
 */
static int
check_lines(const struct walk *w, const char *path,
    const struct pam_line *line, struct err *e)
{
	if (strcmp(path_name(path), "pam.conf") == 0)
		return err_set(e, ERR_INPUT, path,
		    _("has lines of many services, and is not read where there "
		    "is a pam.d [use 'entries']"));
	if (!w->as_libpam && pam_refuse_open(line, e) < 0)
		return -1;
	while (line != NULL && line->odd == NULL)
		line = line->next;
	return line == NULL ? 0 : err_at(e, line->file, line->line, 0,
	    _("%s: libpam 1.6 and those before it read that differently"),
	    line->odd);
}

static int
read_file(struct walk *w, const char *path, const struct level *up,
    const struct pam_line *from, struct err *e)
{
	struct level at = { .up = up, .path = path };
	struct pam_line *line;
	const char *bytes;
	size_t len;

	if (up != NULL) {
		at.depth = up->depth + 1;
		at.substack = up->substack + (from->kind == PAM_LINE_SUBSTACK);
		at.typed = up->typed || from->type[0] != '\0';
	}
	if (w->ev->bytes(w->ev->ctx, path, &bytes, &len, e) < 0)
		return -1;
	if (len > FILE_MAX)
		return err_set(e, ERR_INPUT, path,
		    _("larger than the 1 MiB that are read as PAM stack"));
	if (pam_parse(path, bytes, len, w->arena, &line, e) < 0 ||
	    check_lines(w, path, line, e) < 0)
		return -1;
	for (; line != NULL && !w->aborted; line = line->next) {
		int done;

		if (line->kind == PAM_LINE_OPEN && up == NULL)
			return give_up(w, line, &at, e);
		if (line->kind == PAM_LINE_OPEN) {
			w->broken = true;
			return 0;
		}
		if (line->type[0] != '\0' && strcmp(line->type, w->type) != 0)
			continue;
		if (line->kind == PAM_LINE_MODULE)
			done = add_step(w, PAM_STEP_MODULE, line, &at, e);
		else if (w->as_libpam)
			done = follow_as_libpam(w, line, &at, e);
		else
			done = follow(w, line, &at, e);
		if (done < 0)
			return -1;
	}
	return 0;
}

static void
hand_out(const struct walk *w, struct pam_stack *out)
{
	out->n = w->steps.n;
	out->items = arena_alloc(w->arena, (out->n + 1) *
	    sizeof(*out->items));
	if (out->n > 0)
		memcpy(out->items, w->steps.items,
		    out->n * sizeof(*out->items));
}

int
pam_stack_read(const struct evidence *ev, const char *path, const char *type,
    struct arena *a, struct pam_stack *out, struct err *e)
{
	struct walk w = new_walk(ev, type, a);
	int done = read_file(&w, path, NULL, NULL, e);

	if (done == 0)
		hand_out(&w, out);
	free(w.steps.items);
	return done;
}

/* The name of a service whose files lie in the folders, or the path. */
static const char *
service_of(const char *path)
{
	const char *name = path_name(path);

	for (size_t i = 0; folders[i] != NULL; i++) {
		size_t n = strlen(folders[i]);

		if (strncmp(path, folders[i], n) == 0 && path[n] == '/' &&
		    path + n + 1 == name)
			return name;
	}
	return path;
}

/* A service without a file has no steps, which is no error. */
static int
read_service(struct walk *w, const char *name, struct err *e)
{
	struct err why = { 0 };
	const char *path = find_in(w, name, w->reach.services, &why);

	if (path != NULL)
		return read_file(w, path, NULL, NULL, e);
	if (is_missing(&why))
		return 0;
	*e = why;
	return -1;
}

int
pam_stack_service(const struct evidence *ev, const char *path,
    const char *type, struct arena *a, struct pam_stack *out, struct err *e)
{
	struct walk w = new_walk(ev, type, a), other;
	struct err why = { 0 };
	int done, there;

	w.as_libpam = true;
	other = w;
	done = read_service(&w, service_of(path), e);
	there = done < 0 || w.aborted ? 0 :
	    read_service(&other, "other", &why);

	/* Needed or not, "other" is read, and can make libpam give up. */
	if (done == 0 && there < 0) {
		*e = why;
		done = -1;
	}
	if (done == 0)
		hand_out(w.steps.n == 0 || other.aborted ? &other : &w, out);
	free(other.steps.items);
	free(w.steps.items);
	return done;
}
