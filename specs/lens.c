/* SPDX-License-Identifier: MIT */
#include "specs/lens.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <augeas.h>

#include "base/tr.h"
#include "base/vec.h"
#include "specs/lensbounds.h"

#define TEXT "/text/in"
#define TREE "/text/tree"
#define OUT "/text/out"
#define ERROR "/augeas/text" TREE "/error"

/* Each place that a new node is tried at costs a tenth of a second: writing
 * makes the library forget its expressions. */
enum { PLACES_MAX = 16 };

struct lens {
	augeas *aug;
	char *name;		/* of the file */
	char *module;		/* "Sshd.lns" */
	struct buf text;	/* with a newline at its end */
	bool open_end;		/* that the file had not */
};

void
lens_close(struct lens *l)
{
	if (l == NULL)
		return;
	if (l->aug != NULL)
		aug_close(l->aug);
	buf_done(&l->text);
	free(l->name);
	free(l->module);
	free(l);
}

void
drop_lens(struct lens **l)
{
	lens_close(*l);
}

/*
 * Nothing is loaded but the lenses asked for: neither files of the machine,
 * nor all modules, which takes a quarter of a second.
 */
struct lens *
lens_open(struct err *e)
{
	CLEANUP(drop_lens) struct lens *l = xcalloc(1, sizeof(*l));

	l->aug = aug_init("/dev/null", NULL, AUG_NO_LOAD |
	    AUG_NO_MODL_AUTOLOAD | AUG_ENABLE_SPAN | AUG_NO_ERR_CLOSE);
	if (l->aug != NULL && aug_error(l->aug) == AUG_NOERROR &&
	    aug_set(l->aug, "/augeas/context", TREE) == 0)
		return STEAL(l);
	err_set(e, ERR_SYSTEM, "augeas", _("cannot start the library: %s"),
	    l->aug != NULL ? aug_error_message(l->aug) : _("no memory"));
	return NULL;
}

static void
drop_paths(char ***paths)
{
	for (char **p = *paths; p != NULL && *p != NULL; p++)
		free(*p);
	free(*paths);
}

/* Ended by NULL, so that drop_paths knows their number. */
static int
match_paths(struct lens *l, const char *match, char ***out, struct err *e)
{
	/* What begins with a digit would be a number. */
	CLEANUP(drop_free) char *expr = xasprintf("%s%s",
	    *match >= '0' && *match <= '9' ? "./" : "", match);
	char **found = NULL;
	int n = aug_match(l->aug, expr, &found);
	const char *minor = aug_error_minor_message(l->aug);

	if (n < 0)
		return err_set(e, ERR_INPUT, l->name,
		    _("'%.200s' is no path expression: %s"), match,
		    minor != NULL ? minor : aug_error_message(l->aug));
	found = xreallocarray(found, (size_t)n + 1, sizeof(*found));
	found[n] = NULL;
	*out = found;
	return n;
}

static const char *
value_of(struct lens *l, const char *path)
{
	const char *value = NULL;

	return aug_get(l->aug, path, &value) == 1 ? value : NULL;
}

static int
unread(struct lens *l, struct err *e)
{
	/* The next call forgets these. */
	int why = aug_error(l->aug);
	const char *said = aug_error_message(l->aug);
	CLEANUP(drop_free) char *details =
	    xstrdup(aug_error_details(l->aug) != NULL ?
	    aug_error_details(l->aug) : "");
	const char *line = value_of(l, ERROR "/line");
	const char *words = value_of(l, ERROR "/message");

	if (why == AUG_NOERROR)
		return err_at(e, l->name, line != NULL ?
		    (unsigned)strtoul(line, NULL, 10) : 0, 0,
		    _("the lens %s cannot read it: %s"), l->module,
		    words != NULL ? words : _("no reason given"));
	if (why == AUG_ENOLENS)
		return err_set(e, ERR_MISSING, l->name,
		    _("there is no lens %s on this machine [install the "
		    "package augeas-lenses]"), l->module);
	return err_set(e, ERR_SYSTEM, l->name,
	    _("the lens %s is of no use: %s%s%s"), l->module,
	    said, details[0] != '\0' ? ": " : "", details);
}

static int
parse(struct lens *l, struct err *e)
{
	aug_rm(l->aug, "/text");
	aug_rm(l->aug, "/augeas/text");
	if (aug_set(l->aug, TEXT, buf_str(&l->text)) < 0 ||
	    aug_text_store(l->aug, l->module, TEXT, TREE) < 0)
		return unread(l, e);
	return 0;
}

static int
check_nul(struct lens *l, const char *bytes, size_t len, struct err *e)
{
	const char *nul = len > 0 ? memchr(bytes, '\0', len) : NULL;
	unsigned line = 1;

	if (nul == NULL)
		return 0;
	for (const char *p = bytes; p < nul; p++)
		line += *p == '\n';
	return err_at(e, l->name, line, 0, _("a NUL byte in it"));
}

int
lens_read(struct lens *l, const char *lens, const char *name,
    const char *bytes, size_t len, struct err *e)
{
	free(l->name);
	l->name = xstrdup(name);
	free(l->module);
	l->module = xasprintf("%s%s", lens,
	    strchr(lens, '.') == NULL ? ".lns" : "");
	if (check_nul(l, bytes, len, e) < 0)
		return -1;
	buf_reset(&l->text);
	buf_add(&l->text, bytes, len);
	/* As the library does with files: few lenses know a last line
	 * without its end. */
	l->open_end = len > 0 && bytes[len - 1] != '\n';
	if (l->open_end)
		buf_addc(&l->text, '\n');
	return parse(l, e);
}

struct span {
	unsigned label, label_end, value, value_end, start, end;
};

static int
span_of(struct lens *l, const char *path, struct span *s)
{
	CLEANUP(drop_free) char *file = NULL;

	if (aug_span(l->aug, path, &file, &s->label, &s->label_end, &s->value,
	    &s->value_end, &s->start, &s->end) < 0)
		return -1;
	return s->start <= s->end && s->end <= l->text.len &&
	    s->value <= l->text.len && s->label <= l->text.len ? 0 : -1;
}

/* Of the value, else of the name, else of all of it. */
static unsigned
line_of(struct lens *l, const char *path)
{
	struct span s;
	unsigned line = 1, at;

	if (span_of(l, path, &s) < 0)
		return 0;
	at = s.value_end > s.value ? s.value :
	    s.label_end > s.label ? s.label : s.start;
	for (unsigned i = 0; i < at; i++)
		line += l->text.bytes[i] == '\n';
	return line;
}

int
lens_pick(struct lens *l, const char *match, struct arena *a,
    struct lens_values *out, struct err *e)
{
	CLEANUP(drop_paths) char **paths = NULL;

	if (match_paths(l, match, &paths, e) < 0)
		return -1;
	for (char **p = paths; *p != NULL; p++) {
		const char *text = value_of(l, *p);
		struct lens_value *v = VEC_ADD_IN(a, out);

		v->text = arena_strdup(a, text != NULL ? text : "");
		v->line = line_of(l, *p);
	}
	return 0;
}

/* The slashes of a path that are none of a name's. */
static unsigned
depth_of(const char *path)
{
	unsigned depth = 0;

	for (const char *p = path; *p != '\0'; p++) {
		depth += *p == '/';
		p += *p == '\\' && p[1] != '\0';
	}
	return depth;
}

int
lens_nodes(struct lens *l, struct arena *a, struct lens_nodes *out,
    struct err *e)
{
	CLEANUP(drop_paths) char **paths = NULL;

	if (match_paths(l, "descendant::*[label() != '#comment']"
	    "[label() != '#mcomment'][label() != '#empty']", &paths, e) < 0)
		return -1;
	for (char **p = paths; *p != NULL; p++) {
		const char *label = NULL, *value = value_of(l, *p);
		struct lens_node *n = VEC_ADD_IN(a, out);

		aug_label(l->aug, *p, &label);
		n->label = arena_strdup(a, label != NULL ? label : "");
		n->value = value != NULL ? arena_strdup(a, value) : NULL;
		n->depth = depth_of(*p) - depth_of(TREE);
		n->line = line_of(l, *p);
	}
	return 0;
}

static int
render(struct lens *l, struct buf *out, struct err *e)
{
	const char *text;

	if (aug_text_retrieve(l->aug, l->module, TEXT, TREE, OUT) < 0 ||
	    (text = value_of(l, OUT)) == NULL) {
		const char *words = value_of(l, ERROR "/message");

		words = words != NULL ? words : _("no reason given");
		/* Behind the first line is what stands in the file. */
		return err_set(e, ERR_INPUT, l->name,
		    _("the lens %s cannot write it: %.*s"), l->module,
		    (int)strcspn(words, "\n"), words);
	}
	buf_reset(out);
	buf_adds(out, text);
	return 0;
}

static int
too_much(struct lens *l, struct err *e)
{
	return err_set(e, ERR_INPUT, l->name,
	    _("the lens %s would change other lines too"), l->module);
}

static int
change(struct lens *l, const struct lens_edit *edit, const char *path,
    struct buf *now, struct err *e)
{
	struct span s;
	int done;

	if (span_of(l, path, &s) < 0)
		return err_set(e, ERR_INPUT, l->name,
		    _("the lens %s does not tell where '%.200s' stands"),
		    l->module, edit->match);
	done = edit->op == LENS_SET ? aug_set(l->aug, path, edit->value) :
	    aug_rm(l->aug, path);
	if (done < 0)
		return err_set(e, ERR_INPUT, l->name, "%s",
		    aug_error_message(l->aug));
	if (render(l, now, e) < 0)
		return -1;
	/* It may touch the lines of its node, and nothing else. */
	return lensbounds_within(&l->text, s.start, s.end, now) ? 0 :
	    too_much(l, e);
}

/* Whether what was written reads as what was meant, and takes nothing away. */
static int
check_new(struct lens *l, const struct lens_edit *edit, size_t n,
    struct buf *now, struct err *e)
{
	CLEANUP(drop_paths) char **paths = NULL;
	struct buf was;
	size_t same_values = 0;
	int count;

	if (!lensbounds_only_adds(&l->text, now))
		return too_much(l, e);
	was = l->text;
	l->text = *now;
	count = parse(l, e) < 0 ? -1 : match_paths(l, edit->match, &paths, e);
	l->text = was;
	if (count < 0)
		return -1;
	for (char **p = paths; *p != NULL; p++) {
		const char *v = value_of(l, *p);

		same_values += v != NULL && strcmp(v, edit->value) == 0;
	}
	if ((size_t)count == n + 1 && same_values > 0)
		return 0;
	return err_set(e, ERR_INPUT, l->name,
	    _("written by the lens %s, it would mean something else"),
	    l->module);
}

/* The next number where the nodes are numbered, else the same name. */
static char *
label_beside(struct lens *l, const char *path)
{
	const char *label = NULL;

	if (aug_label(l->aug, path, &label) != 1 || label == NULL)
		return NULL;
	if (label[strspn(label, "0123456789")] != '\0' || strlen(label) > 8)
		return xstrdup(label);
	return xasprintf("%lu", strtoul(label, NULL, 10) + 1);
}

static int
add(struct lens *l, const struct lens_edit *edit, struct buf *now,
    struct err *e)
{
	CLEANUP(drop_paths) char **paths = NULL;
	CLEANUP(drop_free) char *label = NULL;
	CLEANUP(drop_free) char *next = NULL;
	int n = match_paths(l, edit->match, &paths, e);

	if (n < 0)
		return -1;
	if (n == 0 || (label = label_beside(l, paths[n - 1])) == NULL)
		return err_set(e, ERR_INPUT, l->name,
		    _("'%.200s' matches nothing to add to"), edit->match);
	next = xasprintf("%s/following-sibling::*[1]", paths[n - 1]);
	if (aug_insert(l->aug, paths[n - 1], label, 0) < 0 ||
	    aug_set(l->aug, next, edit->value) < 0)
		return err_set(e, ERR_INPUT, l->name, "%s",
		    aug_error_message(l->aug));
	if (render(l, now, e) < 0)
		return -1;
	return check_new(l, edit, (size_t)n, now, e);
}

/* The new node behind all others, as the library puts it. */
static int
make_last(struct lens *l, const struct lens_edit *edit, char **out_parent,
    char **out_label, struct buf *now, struct err *e)
{
	CLEANUP(drop_paths) char **paths = NULL;
	const char *label = NULL;

	if (aug_match(l->aug, edit->match, NULL) != 0 ||
	    aug_set(l->aug, edit->match, edit->value) < 0 ||
	    match_paths(l, edit->match, &paths, e) != 1)
		return err_set(e, ERR_INPUT, l->name,
		    _("'%.200s' does not say what to make [name each part of "
		    "it]"), edit->match);
	*out_parent = xmemdup(paths[0],
	    (size_t)(strrchr(paths[0], '/') - paths[0]));
	aug_label(l->aug, paths[0], &label);
	*out_label = xstrdup(label != NULL ? label : "");
	return render(l, now, e) < 0 ? -1 : check_new(l, edit, 0, now, e);
}

/*
 * Where the end is no place for it (behind a Match of sshd_config all belongs
 * to that), the last place before another node that is one.
 */
static int
make(struct lens *l, const struct lens_edit *edit, struct buf *now,
    struct err *e)
{
	CLEANUP(drop_free) char *parent = NULL;
	CLEANUP(drop_free) char *label = NULL;
	CLEANUP(drop_free) char *all = NULL;
	CLEANUP(drop_paths) char **places = NULL;
	struct err other = { 0 };
	int n;

	if (make_last(l, edit, &parent, &label, now, e) == 0)
		return 0;
	if (parent == NULL || parse(l, &other) < 0)
		return -1;
	all = xasprintf("%s/*", parent);
	n = match_paths(l, all, &places, &other);
	for (int i = n - 1; i >= 0 && i >= n - PLACES_MAX; i--) {
		CLEANUP(drop_free) char *made = xasprintf(
		    "%s/preceding-sibling::*[1]", places[i]);

		err_clear(&other);
		if (parse(l, &other) == 0 &&
		    aug_insert(l->aug, places[i], label, 1) == 0 &&
		    aug_set(l->aug, made, edit->value) == 0 &&
		    render(l, now, &other) == 0 &&
		    check_new(l, edit, 0, now, &other) == 0) {
			err_clear(e);
			return 0;
		}
	}
	return -1;
}

static int
edit_node(struct lens *l, const struct lens_edit *edit, struct buf *now,
    struct err *e)
{
	CLEANUP(drop_paths) char **paths = NULL;
	int n = match_paths(l, edit->match, &paths, e);

	if (n < 0)
		return -1;
	if (edit->i >= (size_t)n)
		return err_set(e, ERR_INPUT, l->name,
		    _("'%.200s' matches nothing to change"), edit->match);
	return change(l, edit, paths[edit->i], now, e);
}

int
lens_write(struct lens *l, const struct lens_edit *edit, struct buf *out,
    struct err *e)
{
	CLEANUP(drop_buf) struct buf now = { 0 };
	int done;

	/* A lens that does not give back what it read cannot be trusted with
	 * the rest of the file. */
	if (render(l, &now, e) < 0)
		return -1;
	if (!lensbounds_same(&now, &l->text))
		return too_much(l, e);
	if (edit->op == LENS_ADD)
		done = add(l, edit, &now, e);
	else if (edit->op == LENS_MAKE)
		done = make(l, edit, &now, e);
	else
		done = edit_node(l, edit, &now, e);
	if (done < 0)
		return -1;
	if (l->open_end && now.len > 0 && now.bytes[now.len - 1] == '\n')
		buf_truncate(&now, now.len - 1);
	buf_add(out, now.bytes, now.len);
	return 0;
}

int
lens_check(const char *match, struct err *e)
{
	CLEANUP(drop_lens) struct lens *l = NULL;
	CLEANUP(drop_paths) char **paths = NULL;

	/* Names and slashes alone are always an expression. */
	if (match[strspn(match, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-/")] == '\0' &&
	    strstr(match, "//") == NULL && match[0] != '\0' &&
	    match[strlen(match) - 1] != '/')
		return 0;
	if ((l = lens_open(e)) == NULL)
		return -1;
	l->name = xstrdup("");
	aug_set(l->aug, TREE, NULL);
	return match_paths(l, match, &paths, e) < 0 ? -1 : 0;
}
