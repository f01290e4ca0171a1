/* SPDX-License-Identifier: MIT */
#include "agent/semantic/sense.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/tr.h"
#include "specs/mergeside.h"

/* How the rows of a table are told. */
static const struct {
	const char *view;
	const char *by[2];	/* the fields that a row is known by */
	const char *called;	/* before the first of these, or "" */
	const char *gist[3];	/* the fields that say what it is */
} rows[] = {
	{ "crypttab", { "name" }, "", { "device", "keyfile", "options" } },
	{ "fstab", { "mountpoint" }, "", { "device", "type", "options" } },
	{ "nsswitch", { "database" }, "", { "services" } },
	{ "passwd", { "name" }, "user ", { NULL } },
	{ "shadow", { "name" }, "user ", { NULL } },
	{ "group", { "name" }, "group ", { "members" } },
	{ "hosts", { "address" }, "", { "names" } },
	{ "aliases", { "name" }, "alias ", { "targets" } },
	{ "postfix-master", { "service", "type" }, "", { "command" } },
};

/* Fields that are more than one word or not to be shown. */
static const struct {
	const char *view, *field;
	unsigned flags;
	const char *label;	/* NULL: the field's own name */
} fields[] = {
	{ "fstab", "options", SENSE_WORDS | SENSE_OPTIONS | SENSE_SET, NULL },
	{ "crypttab", "options", SENSE_WORDS | SENSE_OPTIONS | SENSE_SET,
	    NULL },
	{ "group", "members", SENSE_WORDS | SENSE_OPTIONS | SENSE_SET, "" },
	{ "nsswitch", "services", SENSE_WORDS | SENSE_OPTIONS, "" },
	{ "hosts", "names", SENSE_WORDS | SENSE_OPTIONS, "" },
	{ "aliases", "targets", SENSE_WORDS | SENSE_OPTIONS | SENSE_SET, "" },
	{ "passwd", "password", SENSE_SECRET, NULL },
	{ "shadow", "password", SENSE_SECRET, NULL },
	{ "shadow", "changed", 0, "last change" },
	{ "group", "password", SENSE_SECRET, NULL },
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]),
	FIELDS = sizeof(fields) / sizeof(fields[0]) };

static const char *
folded(struct arena *a, const struct view *v, const char *name)
{
	char *s;

	if (!v->ignore_case)
		return name;
	s = arena_strdup(a, name);
	for (char *p = s; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	return s;
}

/* So much of one list is joined; the rest begins another. */
enum { JOINED_MAX = 512 };

/* All dependencies of one kind are one list, on however many lines. */
static void
add_key(struct sensing *s, const struct view *v, struct sense *section,
    const struct view_node *k)
{
	bool adds = v->accumulates(section->key, k->name) == VIEW_ADDS_ALWAYS;
	const char *name = folded(s->arena, v, k->name);
	bool is_new = true;
	struct sense *n = adds ? sense_once(s, section, name, "", &is_new) :
	    sense_add(s, section, name);

	if (!is_new && strlen(n->value) < JOINED_MAX) {
		n->value = arena_printf(s->arena, "%s %s", n->value,
		    k->value);
		s->n++;
		return;
	}
	if (!is_new)
		sense_known(s, n = sense_add(s, section, name));
	n->label = k->name;
	n->value = k->value;
	n->line = k->line;
	n->view = v;
	/* A sentence is no list. */
	n->flags = strcasecmp(k->name, "description") == 0 ? 0 :
	    SENSE_WORDS | (adds ? SENSE_OPTIONS | SENSE_SET : 0);
}

/* Sections of one name are one, in which the lines add up. */
static void
add_section(struct sensing *s, const struct view *v, struct sense *root,
    const struct view_node *from)
{
	const char *key = folded(s->arena, v, from->name);
	bool is_new;
	struct sense *n = sense_once(s, root, "section", key, &is_new);

	if (is_new) {
		n->line = from->line;
		n->flags = SENSE_SECTION | SENSE_REPEATS;
		if (from->name[0] != '\0')
			n->label = v->sections ? arena_printf(s->arena,
			    "[%s]", from->name) : from->name;
	}
	for (const struct view_node *k = from->child; k != NULL; k = k->next)
		add_key(s, v, n, k);
}

static const char *
field(const struct view_node *row, const char *name)
{
	for (const struct view_node *f = row->child; name != NULL &&
	    f != NULL; f = f->next)
		if (strcmp(f->name, name) == 0)
			return f->value;
	return NULL;
}

static void
add_field(struct sensing *s, const struct view *v, struct sense *row,
    const struct view_node *f)
{
	struct sense *n = sense_leaf(s, row, f->name, f->value, f->line);

	n->view = v;
	for (size_t i = 0; i < FIELDS; i++) {
		if (strcmp(fields[i].view, v->name) != 0 ||
		    strcmp(fields[i].field, f->name) != 0)
			continue;
		n->flags = fields[i].flags;
		if (fields[i].label != NULL)
			n->label = fields[i].label;
	}
}

static const char *
row_gist(struct arena *a, const struct view_node *row,
    const char *const names[3])
{
	CLEANUP(drop_buf) struct buf b = { 0 };

	for (size_t i = 0; i < 3; i++) {
		const char *value = field(row, names[i]);

		if (value != NULL && value[0] != '\0')
			buf_addf(&b, "%s%s", b.len > 0 ? " " : "", value);
	}
	return b.len > 0 ? arena_memdup(a, b.bytes, b.len) : NULL;
}

/* The words of a command that are no -o of master(5). */
static void
add_arguments(struct sensing *s, const struct view *v, struct sense *row,
    const struct view_node *f)
{
	CLEANUP(drop_buf) struct buf b = { 0 };
	const char *p = f->value;
	struct sense *n;
	int skip = 0;

	while (*(p += strspn(p, " \t")) != '\0') {
		size_t len = strcspn(p, " \t");

		if (*p == '{')
			len = strcspn(p, "}") + (strchr(p, '}') != NULL);
		if (skip > 0) {
			skip--;
		} else if (strncmp(p, "-o", 2) == 0) {
			skip = len == 2;
		} else {
			buf_addf(&b, "%s%.*s", b.len > 0 ? " " : "", (int)len,
			    p);
		}
		p += len;
	}
	n = sense_leaf(s, row, "arguments", arena_memdup(s->arena,
	    buf_str(&b), b.len), f->line);
	n->view = v;
	n->flags = SENSE_WORDS | SENSE_OPTIONS;
}

/* One -o NAME=VALUE of master(5). */
static void
add_override(struct sensing *s, struct sense *row, const struct view_node *f)
{
	size_t len = strcspn(f->value, "=");
	struct sense *n = sense_leaf(s, row, "option",
	    f->value[len] == '=' ? f->value + len + 1 : "", f->line);

	n->key = arena_memdup(s->arena, f->value, len);
	n->label = arena_printf(s->arena, "-o %s", n->key);
}

static void
add_row(struct sensing *s, const struct view *v, struct sense *root,
    const struct view_node *from)
{
	struct sense *n = sense_add(s, root, "row");
	const char *first = "", *second = NULL;
	size_t i = 0;

	while (i < ROWS && strcmp(rows[i].view, v->name) != 0)
		i++;
	n->line = from->line;
	if (i < ROWS) {
		first = field(from, rows[i].by[0]);
		second = field(from, rows[i].by[1]);
		n->gist = row_gist(s->arena, from, rows[i].gist);
	}
	/* fstab(5) has "none" for where each swap area is mounted. */
	if (strcmp(v->name, "fstab") == 0 && first != NULL && first[0] != '/')
		first = field(from, "device");
	first = first != NULL ? first : "";
	n->key = second == NULL ? first : arena_printf(s->arena, "%s %s",
	    first, second);
	n->label = arena_printf(s->arena, "%s%s", i < ROWS ? rows[i].called :
	    "", n->key);
	for (const struct view_node *f = from->child; f != NULL; f = f->next) {
		if (strcmp(v->name, "postfix-master") == 0 &&
		    strcmp(f->name, "options") == 0)
			add_override(s, n, f);
		else if (strcmp(v->name, "postfix-master") == 0 &&
		    strcmp(f->name, "arguments") == 0)
			add_arguments(s, v, n, f);
		else
			add_field(s, v, n, f);
	}
}

static bool
is_cron(const struct view *v)
{
	return strcmp(v->name, "cron") == 0 ||
	    strcmp(v->name, "cron-user") == 0 ||
	    strcmp(v->name, "anacrontab") == 0;
}

/* sh(1) files may have more in them than assignments. */
static int
add_commands(struct sensing *s, const struct view *v, struct sense *root,
    const char *bytes, size_t len, struct err *e)
{
	CLEANUP(drop_mergeside) struct mergeside side = { 0 };
	CLEANUP(drop_buf) struct buf rest = { 0 };
	struct sense *n;

	if (strcmp(v->name, "shellvars") != 0)
		return 0;
	if (mergeside_read(v, bytes, len, &side, e) < 0)
		return -1;
	mergeside_rest(&side, &rest);
	n = sense_leaf(s, root, "rest", arena_memdup(s->arena, buf_str(&rest),
	    rest.len), 0);
	n->label = _("what stands beside the assignments");
	n->flags = SENSE_OPAQUE;
	return 0;
}

int
sense_view(const struct view *v, const char *path, const char *bytes,
    size_t len, struct arena *a, struct sense **out, struct err *e)
{
	CLEANUP(drop_sensing) struct sensing s = { .arena = a };
	struct sense *root = sense_add(&s, NULL, "");
	struct view_node top = { 0 };

	if (strcmp(v->name, "xml") == 0)
		return sense_xml(path, bytes, len, a, out, e);
	if (strcmp(v->name, "pam") == 0) {
		if (sense_pam(&s, path, bytes, len, root, e) < 0)
			return -1;
	} else {
		if (v->parse(path, bytes, len, a, &top, e) < 0 ||
		    add_commands(&s, v, root, bytes, len, e) < 0)
			return -1;
		root->flags = is_cron(v) ? SENSE_PAIRED : 0;
	}
	for (const struct view_node *n = top.child; n != NULL &&
	    s.n <= SENSE_NODES_MAX; n = n->next) {
		if (!view_is_row(v, n))
			add_section(&s, v, root, n);
		else if (is_cron(v))
			sense_cron(&s, v, bytes, n, root);
		else
			add_row(&s, v, root, n);
	}
	if (s.n > SENSE_NODES_MAX)
		return sense_too_many(path, e);
	sense_hash(root);
	*out = root;
	return 0;
}
