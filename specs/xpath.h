/* SPDX-License-Identifier: MIT */
#ifndef SPECS_XPATH_H
#define SPECS_XPATH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "specs/spec.h"

/*
 * XML from anywhere: no network, no DTD, no entities of its own, bounded size
 * and depth. Texts are UTF-8.
 */
struct xpath_doc;

/* NULL with the line in e where bytes are no well-formed XML, hold a DOCTYPE
 * or are too large. name is for messages. */
struct xpath_doc *xpath_open(const char *name, const char *bytes, size_t len,
    struct err *e);
void xpath_close(struct xpath_doc *d);
void drop_xpath(struct xpath_doc **d);	/* for CLEANUP */

enum xpath_kind {
	XPATH_IS_NODES,
	XPATH_IS_NUMBER,
	XPATH_IS_BOOL,
	XPATH_IS_TEXT,
};

struct xpath_value {
	const char *text;	/* an element's is that of all it holds */
	unsigned line;		/* 0 when unknown */
};

/*
 * What an expression yields. A number, a truth ("true", "false") or a text is
 * items[0] without a line; number is set for XPATH_IS_NUMBER alone.
 */
struct xpath_answer {
	enum xpath_kind kind;
	struct xpath_value *items;	/* in document order, in the arena */
	size_t n;
	double number;
};

/*
 * Prefixes are those of namespaces (prefix, URI, prefix, URI …; NULL = none),
 * else those that the document declares, wherever it first does; one that
 * nobody declares stands for a namespace that nothing is in.
 */
int xpath_ask(struct xpath_doc *d, const char *expr,
    const struct texts *namespaces, struct arena *a,
    struct xpath_answer *out, struct err *e);

/*
 * The document in Canonical XML 1.0, without comments, processing
 * instructions, and the blanks between elements: what two files have alike
 * when they say the same, however they are laid out.
 */
int xpath_canonical(const char *name, const char *bytes, size_t len,
    struct buf *out, struct err *e);

/* What a document has that canonical XML keeps, in its order: names with their
 * prefixes as written, `xmlns` among the attributes. */
struct xpath_visitor {
	void (*enter)(void *arg, const char *name, unsigned line);
	void (*attribute)(void *arg, const char *name, const char *value);
	void (*text)(void *arg, const char *text);
	void (*leave)(void *arg);
	void *arg;
};
int xpath_walk(const char *name, const char *bytes, size_t len,
    const struct xpath_visitor *v, struct err *e);

/* -1 with what is wrong in e->what when expr is no XPath 1.0. */
int xpath_check(const char *expr, struct err *e);

#endif
