/* SPDX-License-Identifier: MIT */
#include "specs/yaml.h"

#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"

struct loader {
	yaml_parser_t parser;
	struct arena *arena;
	struct diagnostics *diags;
	const char *file, *bytes;
	size_t len;
};

static struct node *read_node(struct loader *l, const yaml_event_t *ev,
    unsigned depth);

static void
drop_event(yaml_event_t *ev)
{
	yaml_event_delete(ev);
}

/* libyaml counts lines and columns from 0. */
static struct place
place_of(const struct loader *l, const yaml_mark_t *m)
{
	return (struct place){ l->file, (unsigned)m->line + 1,
		(unsigned)m->column + 1 };
}

static struct place
place_of_offset(const struct loader *l, size_t offset)
{
	struct place at = { l->file, 1, 1 };

	for (size_t i = 0; i < l->len && i < offset; i++) {
		at.col++;
		if (l->bytes[i] == '\n') {
			at.line++;
			at.col = 1;
		}
	}
	return at;
}

/* libyaml's index counts characters, so the byte is found by the line. */
static char
byte_at(const struct loader *l, const yaml_mark_t *m)
{
	size_t i = 0;

	for (size_t line = 0; line < m->line && i < l->len; i++)
		line += l->bytes[i] == '\n';
	for (size_t col = 0; col < m->column && i < l->len; i++)
		col += i + 1 >= l->len || (l->bytes[i + 1] & 0xc0) != 0x80;
	return i < l->len ? l->bytes[i] : '\0';
}

/* A pattern such as *.conf is an alias to YAML, and so on. */
static char
special_at(const struct loader *l)
{
	const yaml_parser_t *p = &l->parser;
	static const char special[] = "*&!%@`";
	const char *hit = strchr(special, byte_at(l, &p->problem_mark));

	if ((hit == NULL || *hit == '\0') && p->context != NULL)
		hit = strchr(special, byte_at(l, &p->context_mark));
	return hit != NULL ? *hit : '\0';
}

/* What libyaml says is kept in its own words: people search for them. */
static void
report(struct loader *l)
{
	const yaml_parser_t *p = &l->parser;
	const char *problem = p->problem != NULL ? p->problem :
	    _("cannot be understood");

	if (p->error == YAML_READER_ERROR)
		diagnostics_add(l->diags, place_of_offset(l, p->problem_offset),
		    _("no YAML: %s [write it as UTF-8 text]"), problem);
	else if (special_at(l) != '\0')
		diagnostics_add(l->diags, place_of(l, &p->problem_mark),
		    _("no YAML: %s [quote a text that begins with '%c']"),
		    problem, special_at(l));
	else if (byte_at(l, &p->problem_mark) == '\t')
		diagnostics_add(l->diags, place_of(l, &p->problem_mark),
		    _("no YAML: a tab where blanks are expected [indent with "
		    "blanks]"));
	else if (p->context != NULL && p->context_mark.line > 0)
		diagnostics_add(l->diags, place_of(l, &p->problem_mark),
		    _("no YAML: %s, %s that begins in line %u"), problem,
		    p->context, (unsigned)p->context_mark.line + 1);
	else
		diagnostics_add(l->diags, place_of(l, &p->problem_mark),
		    _("no YAML: %s"), problem);
}

static int
next_event(struct loader *l, yaml_event_t *ev)
{
	if (yaml_parser_parse(&l->parser, ev))
		return 0;
	report(l);
	return -1;
}

static void
refuse_extras(struct loader *l, const yaml_event_t *ev, const yaml_char_t *tag,
    const yaml_char_t *anchor)
{
	static const char core[] = "tag:yaml.org,2002:";
	struct place at = place_of(l, &ev->start_mark);
	const char *name = (const char *)tag, *handle = "";

	if (name != NULL && text_starts(name, core)) {
		name += strlen(core);
		handle = "!!";
	}
	if (anchor != NULL)
		diagnostics_add(l->diags, at,
		    _("anchor '&%s': anchors and aliases are not allowed "
		    "[write the value out where it is needed]"),
		    (const char *)anchor);
	if (tag != NULL)
		diagnostics_add(l->diags, at,
		    _("tag '%s%s': tags are not allowed [leave it out]"),
		    handle, name);
}

static void
read_text(struct loader *l, const yaml_event_t *ev, struct node *out)
{
	const char *text = (const char *)ev->data.scalar.value;
	size_t len = ev->data.scalar.length;

	refuse_extras(l, ev, ev->data.scalar.tag, ev->data.scalar.anchor);
	if (memchr(text, '\0', len) != NULL) {
		diagnostics_add(l->diags, out->at,
		    _("a NUL in a text [take the \\0 out]"));
		return;
	}
	out->kind = NODE_TEXT;
	out->text = arena_memdup(l->arena, text, len);
	out->plain = ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

static int
read_list(struct loader *l, const yaml_event_t *start, unsigned depth,
    struct node *out)
{
	refuse_extras(l, start, start->data.sequence_start.tag,
	    start->data.sequence_start.anchor);
	out->kind = NODE_LIST;
	for (;;) {
		CLEANUP(drop_event) yaml_event_t ev = { 0 };
		struct node *item;

		if (next_event(l, &ev) < 0)
			return -1;
		if (ev.type == YAML_SEQUENCE_END_EVENT)
			return 0;
		if ((item = read_node(l, &ev, depth + 1)) == NULL)
			return -1;
		*VEC_ADD_IN(l->arena, &out->list) = item;
	}
}

/* A key is a text; NULL key in out when it is none, and that was said. */
static int
read_key(struct loader *l, const yaml_event_t *ev, unsigned depth,
    struct node_pair *out)
{
	struct node *key = read_node(l, ev, depth);

	if (key == NULL)
		return -1;
	out->at = key->at;
	if (key->kind == NODE_TEXT)
		out->key = key->text;
	else if (key->kind != NODE_BAD)
		diagnostics_add(l->diags, key->at,
		    _("a key is a text, not a list or mapping [quote it where "
		    "it begins with '{' or '[']"));
	return 0;
}

static int
by_key(const void *pa, const void *pb)
{
	const struct node_pair *a = *(const struct node_pair *const *)pa;
	const struct node_pair *b = *(const struct node_pair *const *)pb;
	int c = strcmp(a->key, b->key);

	return c != 0 ? c : (a > b) - (a < b);
}

/* Takes out what has lost its key. */
static void
compact(struct node *map)
{
	size_t kept = 0;

	for (size_t i = 0; i < map->map.n; i++)
		if (map->map.items[i].key != NULL)
			map->map.items[kept++] = map->map.items[i];
	map->map.n = kept;
}

/*
 * Sorted, since a mapping may hold as many keys as a file has lines. Only the
 * first stays, so that whoever reads the tree meets each key once.
 */
static void
refuse_repeated(struct loader *l, struct node *map)
{
	CLEANUP(drop_free) struct node_pair **sorted = NULL;
	const struct node_pair *first;

	if (map->map.n < 2)
		return;
	sorted = xcalloc(map->map.n, sizeof(*sorted));
	for (size_t i = 0; i < map->map.n; i++)
		sorted[i] = &map->map.items[i];
	qsort(sorted, map->map.n, sizeof(*sorted), by_key);
	first = sorted[0];
	for (size_t i = 1; i < map->map.n; i++) {
		if (strcmp(first->key, sorted[i]->key) != 0) {
			first = sorted[i];
			continue;
		}
		diagnostics_add(l->diags, sorted[i]->at,
		    _("key '%s' stands here again, first in line %u [keep "
		    "one of them]"), sorted[i]->key, first->at.line);
		sorted[i]->key = NULL;
	}
	compact(map);
}

static int
read_map(struct loader *l, const yaml_event_t *start, unsigned depth,
    struct node *out)
{
	refuse_extras(l, start, start->data.mapping_start.tag,
	    start->data.mapping_start.anchor);
	out->kind = NODE_MAP;
	for (;;) {
		CLEANUP(drop_event) yaml_event_t key = { 0 };
		CLEANUP(drop_event) yaml_event_t value = { 0 };
		struct node_pair pair = { 0 };

		if (next_event(l, &key) < 0)
			return -1;
		if (key.type == YAML_MAPPING_END_EVENT)
			break;
		if (read_key(l, &key, depth + 1, &pair) < 0 ||
		    next_event(l, &value) < 0)
			return -1;
		pair.value = read_node(l, &value, depth + 1);
		if (pair.value == NULL)
			return -1;
		if (pair.key != NULL)
			*VEC_ADD_IN(l->arena, &out->map) = pair;
	}
	refuse_repeated(l, out);
	return 0;
}

/* NULL when reading cannot go on; the reason was reported. */
static struct node *
read_node(struct loader *l, const yaml_event_t *ev, unsigned depth)
{
	struct node *n = arena_alloc(l->arena, sizeof(*n));

	n->at = place_of(l, &ev->start_mark);
	if (depth > NODE_DEPTH_MAX) {
		diagnostics_add(l->diags, n->at,
		    _("nested deeper than %d levels"), NODE_DEPTH_MAX);
		return NULL;
	}
	switch (ev->type) {
	case YAML_SCALAR_EVENT:
		read_text(l, ev, n);
		return n;
	case YAML_SEQUENCE_START_EVENT:
		return read_list(l, ev, depth, n) < 0 ? NULL : n;
	case YAML_MAPPING_START_EVENT:
		return read_map(l, ev, depth, n) < 0 ? NULL : n;
	case YAML_ALIAS_EVENT:
		diagnostics_add(l->diags, n->at,
		    _("alias '*%s': anchors and aliases are not allowed "
		    "[quote it if it is a text]"),
		    (const char *)ev->data.alias.anchor);
		return n;
	default:
		diagnostics_add(l->diags, n->at, _("no YAML: %s"),
		    _("a value is missing"));
		return NULL;
	}
}

/* One document, then the end of the file. */
static struct node *
read_document(struct loader *l)
{
	struct node *top = NULL;

	for (;;) {
		CLEANUP(drop_event) yaml_event_t ev = { 0 };

		if (next_event(l, &ev) < 0)
			return NULL;
		if (ev.type == YAML_STREAM_END_EVENT)
			break;
		if (ev.type == YAML_STREAM_START_EVENT ||
		    ev.type == YAML_DOCUMENT_END_EVENT)
			continue;
		if (ev.type == YAML_DOCUMENT_START_EVENT && top == NULL)
			continue;
		if (top != NULL) {
			diagnostics_add(l->diags, place_of(l, &ev.start_mark),
			    _("a second document [one file holds one; put "
			    "this in a file of its own]"));
			break;
		}
		if ((top = read_node(l, &ev, 1)) == NULL)
			return NULL;
	}
	if (top == NULL)
		diagnostics_add(l->diags, (struct place){ l->file, 1, 1 },
		    _("the file says nothing [a file of no bytes at all masks "
		    "a spec away]"));
	return top;
}

struct node *
node_parse(const char *file, const char *bytes, size_t len, struct arena *a,
    struct diagnostics *diags)
{
	struct loader l = {
		.arena = a, .diags = diags, .file = file, .bytes = bytes,
		.len = len,
	};
	struct node *top;

	if (len > NODE_BYTES_MAX) {
		diagnostics_add(diags, (struct place){ file, 0, 0 },
		    _("larger than the %d bytes that a spec may have"),
		    NODE_BYTES_MAX);
		return NULL;
	}
	if (!yaml_parser_initialize(&l.parser)) {
		diagnostics_add(diags, (struct place){ file, 0, 0 },
		    _("no memory to read it"));
		return NULL;
	}
	/* Fixed, so that no byte order mark makes UTF-16 of it. */
	yaml_parser_set_encoding(&l.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&l.parser, (const unsigned char *)bytes,
	    len);
	top = read_document(&l);
	yaml_parser_delete(&l.parser);
	return top;
}

struct node_pair *
node_find(const struct node *map, const char *key)
{
	if (map == NULL || map->kind != NODE_MAP)
		return NULL;
	for (size_t i = 0; i < map->map.n; i++)
		if (strcmp(map->map.items[i].key, key) == 0)
			return &map->map.items[i];
	return NULL;
}

bool
node_is_nothing(const struct node *n)
{
	return n->kind == NODE_TEXT && n->plain &&
	    (n->text[0] == '\0' || strcmp(n->text, "~") == 0 ||
	    strcmp(n->text, "null") == 0);
}
