/* SPDX-License-Identifier: MIT */
#include "agent/specschema.h"

#include <stdlib.h>
#include <string.h>

#include "agent/json.h"
#include "base/tr.h"
#include "base/vec.h"

/* Shapes with a name, in the order they were met; each is written once, and
 * they may be made of each other. */
struct schema {
	struct json json;
	struct {
		const struct shape **items;
		size_t n, cap;
	} defs;
};

static void
define(struct schema *s, const struct shape *shape)
{
	for (size_t i = 0; i < s->defs.n; i++)
		if (strcmp(s->defs.items[i]->name, shape->name) == 0)
			return;
	*VEC_ADD(&s->defs) = shape;
}

/* YAML has types of its own for what the reader takes as a text. */
static void
scalar(struct schema *s)
{
	static const char *const types[] = { "string", "number", "boolean" };

	json_open(&s->json, "type", '[');
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		json_text(&s->json, NULL, types[i]);
	json_close(&s->json, ']');
}

static void
words(struct schema *s, const char *const *all)
{
	json_open(&s->json, "enum", '[');
	for (; *all != NULL; all++) {
		bool yes = strcmp(*all, "true") == 0;

		json_text(&s->json, NULL, *all);
		if (yes || strcmp(*all, "false") == 0)
			json_bool(&s->json, NULL, yes);
	}
	json_close(&s->json, ']');
}

static void
text(struct schema *s, const struct shape *shape)
{
	CLEANUP(drop_buf) struct buf pattern = { 0 };
	const char *const *all = shape->words_of != NULL ?
	    shape->words_of() : shape->words;

	if (all != NULL) {
		words(s, all);
		return;
	}
	scalar(s);
	if (shape->pattern == NULL)
		return;
	buf_adds(&pattern, shape->pattern);
	if (!shape->literal)
		buf_adds(&pattern, "|\\$\\{");
	json_text(&s->json, "pattern", buf_str(&pattern));
}

static void value(struct schema *s, const char *key,
    const struct shape *shape, const char *about);

static void
list(struct schema *s, const struct shape *shape)
{
	json_text(&s->json, "type", "array");
	if (shape->filled)
		json_number(&s->json, "minItems", 1);
	value(s, "items", shape->items != NULL ? shape->items : &shape_text,
	    NULL);
}

static void
properties(struct schema *s, const struct keyword *k)
{
	json_open(&s->json, "properties", '{');
	for (; k->name != NULL; k++) {
		struct shape shape;

		if (shape_of(k, &shape))
			value(s, k->name, k->shape != NULL ? k->shape : &shape,
			    k->about);
	}
	json_close(&s->json, '}');
	json_bool(&s->json, "additionalProperties", false);
}

static void
mapping(struct schema *s, const struct shape *shape)
{
	json_text(&s->json, "type", "object");
	if (shape->required != NULL) {
		json_open(&s->json, "required", '[');
		for (size_t i = 0; shape->required[i] != NULL; i++)
			json_text(&s->json, NULL, shape->required[i]);
		json_close(&s->json, ']');
	}
	if (shape->keys != NULL)
		properties(s, shape->keys);
	else
		value(s, "additionalProperties", shape->values != NULL ?
		    shape->values : &shape_text, NULL);
}

/* The members of the schema of one shape. */
static void
body(struct schema *s, const struct shape *shape)
{
	static const struct {
		unsigned takes;
		void (*write)(struct schema *s, const struct shape *shape);
	} kinds[] = {
		{ TAKES_TEXT, text },
		{ TAKES_LIST, list },
		{ TAKES_MAP, mapping },
	};
	bool several = (shape->takes & (shape->takes - 1)) != 0;

	if (several)
		json_open(&s->json, "anyOf", '[');
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if ((shape->takes & kinds[i].takes) == 0)
			continue;
		if (several)
			json_open(&s->json, NULL, '{');
		kinds[i].write(s, shape);
		if (several)
			json_close(&s->json, '}');
	}
	if (several)
		json_close(&s->json, ']');
}

static void
value(struct schema *s, const char *key, const struct shape *shape,
    const char *about)
{
	json_open(&s->json, key, '{');
	if (about != NULL)
		json_text(&s->json, "description", _(about));
	if (shape->name != NULL) {
		CLEANUP(drop_buf) struct buf ref = { 0 };

		buf_addf(&ref, "#/$defs/%s", shape->name);
		json_text(&s->json, "$ref", buf_str(&ref));
		define(s, shape);
	} else {
		body(s, shape);
	}
	json_close(&s->json, '}');
}

void
specschema_write(const struct shape *top, const char *title, struct buf *out)
{
	struct schema s = { .json.out = out };

	json_open(&s.json, NULL, '{');
	json_text(&s.json, "$schema",
	    "https://json-schema.org/draft/2020-12/schema");
	json_text(&s.json, "title", title);
	body(&s, top);
	json_open(&s.json, "$defs", '{');
	/* The list grows while it is written. */
	for (size_t i = 0; i < s.defs.n; i++) {
		json_open(&s.json, s.defs.items[i]->name, '{');
		body(&s, s.defs.items[i]);
		json_close(&s.json, '}');
	}
	json_close(&s.json, '}');
	json_close(&s.json, '}');
	buf_addc(out, '\n');
	free(s.defs.items);
}
