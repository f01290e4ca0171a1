/* SPDX-License-Identifier: MIT */
#include "specs/xpath.h"

#include <stdlib.h>
#include <string.h>

#include <libxml/SAX2.h>
#include <libxml/c14n.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include "base/tr.h"
#include "specs/complaint.h"
#include "specs/xml_tags.h"
#include "specs/xpathprefix.h"

/* The parser itself refuses more than 256 levels without XML_PARSE_HUGE. */
enum {
	XML_MAX = 16 * 1024 * 1024,
	EXPR_MAX = 4096,
	STEPS_MAX = 10 * 1000 * 1000,
	TEXT_MAX = 32 * 1024 * 1024,
	/* Canonical XML sorts them for each element. */
	NAMESPACES_MAX = 1000,
	ATTRIBUTES_MAX = 10000,
};

struct xpath_doc {
	xmlDocPtr doc;
	char *name;
};

/* libxml2 2.12 made the error that a handler is given const. */
#if LIBXML_VERSION >= 21200
typedef const xmlError handled_error;
#else
typedef xmlError handled_error;
#endif

static void
parser_complains(void *arg, handled_error *error)
{
	xmlParserCtxtPtr p = arg;

	if (error->level >= XML_ERR_ERROR)
		complaint_first(p->_private, error->message, error->line);
}

static void
xpath_complains(void *arg, handled_error *error)
{
	complaint_first(arg, error->message, error->int1 + 1);
}

static void
drop_parser(xmlParserCtxtPtr *p)
{
	if (*p != NULL)
		xmlFreeParserCtxt(*p);
}

static void
drop_asker(xmlXPathContextPtr *c)
{
	if (*c != NULL)
		xmlXPathFreeContext(*c);
}

static void
drop_object(xmlXPathObjectPtr *o)
{
	if (*o != NULL)
		xmlXPathFreeObject(*o);
}

static void
drop_text(xmlChar **s)
{
	if (*s != NULL)
		xmlFree(*s);
}

/*
 * A DTD is where entities, and with them exponential growth and foreign files,
 * come from. Called before any of it is read.
 */
static void
refuse_doctype(void *arg, const xmlChar *name, const xmlChar *external,
    const xmlChar *system)
{
	xmlParserCtxtPtr p = arg;
	struct complaint *c = p->_private;

	(void)name;
	(void)external;
	(void)system;
	c->doctype = true;
	c->line = xmlSAX2GetLineNumber(arg);
	xmlStopParser(p);
}

static xmlDocPtr
parse(const char *name, const char *bytes, size_t len, struct err *e)
{
	const int how = XML_PARSE_NONET | XML_PARSE_BIG_LINES |
	    XML_PARSE_NOCDATA;
	CLEANUP(drop_parser) xmlParserCtxtPtr p = xmlNewParserCtxt();
	struct complaint c = { .line = 0 }, untold = { .line = 0 };
	xmlDocPtr doc;

	if (p == NULL) {
		err_set(e, ERR_SYSTEM, name, _("no memory for the XML parser"));
		return NULL;
	}
	p->_private = &c;
	p->sax->internalSubset = refuse_doctype;
	p->sax->serror = parser_complains;
	/* Of an encoding it complains to nobody, which is to stderr. */
	xmlSetGenericErrorFunc(&untold, complaint_library);
	doc = xmlCtxtReadMemory(p, bytes, (int)len, NULL, NULL, how);
	xmlSetGenericErrorFunc(NULL, NULL);
	if (doc != NULL && !c.doctype)
		return doc;
	xmlFreeDoc(doc);
	if (c.doctype)
		err_at(e, name, c.line > 0 ? (unsigned)c.line : 0, 0,
		    _("a DOCTYPE is refused [remove it: entities and DTDs are "
		    "not read]"));
	else
		err_at(e, name, c.line > 0 ? (unsigned)c.line : 0, 0,
		    _("no well-formed XML: %s"),
		    c.words[0] ? c.words : _("no reason given"));
	return NULL;
}

struct xpath_doc *
xpath_open(const char *name, const char *bytes, size_t len, struct err *e)
{
	struct xpath_doc *d;
	xmlDocPtr doc;

	if (len > XML_MAX) {
		err_set(e, ERR_INPUT, name,
		    _("larger than the %d MiB that are read as XML"),
		    XML_MAX / 1024 / 1024);
		return NULL;
	}
	xmlInitParser();
	if (xml_tags_check(name, bytes, len, e) < 0 ||
	    (doc = parse(name, len > 0 ? bytes : "", len, e)) == NULL)
		return NULL;
	d = xcalloc(1, sizeof(*d));
	d->doc = doc;
	d->name = xstrdup(name);
	return d;
}

void
xpath_close(struct xpath_doc *d)
{
	if (d == NULL)
		return;
	xmlFreeDoc(d->doc);
	free(d->name);
	free(d);
}

void
drop_xpath(struct xpath_doc **d)
{
	xpath_close(*d);
}

/* The node behind n in the order of the document; NULL at its end. */
static xmlNodePtr
behind(xmlNodePtr n, bool children)
{
	if (children && n->type == XML_ELEMENT_NODE && n->children != NULL)
		return n->children;
	while (n != NULL && n->next == NULL)
		n = n->parent;
	return n == NULL || n->type == XML_DOCUMENT_NODE ? NULL : n->next;
}

/* What the document says that the prefix stands for, where it first does. */
static const xmlChar *
declared(xmlDocPtr doc, const char *prefix)
{
	xmlNodePtr n = doc != NULL ? xmlDocGetRootElement(doc) : NULL;

	for (; n != NULL; n = behind(n, true))
		for (xmlNsPtr ns = n->type == XML_ELEMENT_NODE ? n->nsDef :
		    NULL; ns != NULL; ns = ns->next)
			if (ns->prefix != NULL && ns->href != NULL &&
			    strcmp((char *)ns->prefix, prefix) == 0)
				return ns->href;
	return (const xmlChar *)"urn:undeclared";
}

/*
 * XPath refuses a prefix that nobody declared, but a document without libvirt's
 * qemu namespace simply has no such nodes.
 */
static void
declare_prefixes(xmlXPathContextPtr c, const char *expr)
{
	char prefix[64];

	while (xpathprefix_next(&expr, prefix, sizeof(prefix)))
		if (xmlXPathNsLookup(c, (xmlChar *)prefix) == NULL)
			xmlXPathRegisterNs(c, (xmlChar *)prefix,
			    declared(c->doc, prefix));
}

static xmlXPathObjectPtr
evaluate(xmlDocPtr doc, const char *name, const char *expr,
    const struct texts *namespaces, struct err *e)
{
	CLEANUP(drop_asker) xmlXPathContextPtr c = NULL;
	struct complaint wrong = { .line = 0 };
	xmlXPathObjectPtr o;

	if (strlen(expr) > EXPR_MAX) {
		err_set(e, ERR_INPUT, name,
		    _("the XPath is longer than %d bytes"), EXPR_MAX);
		return NULL;
	}
	if ((c = xmlXPathNewContext(doc)) == NULL) {
		err_set(e, ERR_SYSTEM, name, _("no memory for the XPath"));
		return NULL;
	}
	c->opLimit = STEPS_MAX;
	c->node = (xmlNodePtr)doc;
	for (size_t i = 0; namespaces != NULL && i + 1 < namespaces->n; i += 2)
		xmlXPathRegisterNs(c, (const xmlChar *)namespaces->items[i],
		    (const xmlChar *)namespaces->items[i + 1]);
	declare_prefixes(c, expr);
	/* A handler of the context's own is given no message. */
	xmlSetStructuredErrorFunc(&wrong, xpath_complains);
	xmlSetGenericErrorFunc(&wrong, complaint_library);
	o = xmlXPathEvalExpression((const xmlChar *)expr, c);
	xmlSetGenericErrorFunc(NULL, NULL);
	xmlSetStructuredErrorFunc(NULL, NULL);
	if (o == NULL)
		complaint_expression(&wrong, name, expr, e);
	return o;
}

static unsigned
line_of(xmlNodePtr node)
{
	long line;

	if (node->type == XML_NAMESPACE_DECL)
		return 0;
	/* An attribute keeps no line; its element does. */
	if (node->type == XML_ATTRIBUTE_NODE)
		node = node->parent;
	line = node == NULL ? 0 : xmlGetLineNo(node);
	return line > 0 ? (unsigned)line : 0;
}

static int
take_nodes(xmlNodeSetPtr set, struct arena *a, struct xpath_answer *out,
    const char *name, struct err *e)
{
	size_t n = set == NULL || set->nodeNr < 0 ? 0 : (size_t)set->nodeNr;
	size_t total = 0;

	out->items = arena_alloc(a, (n + 1) * sizeof(*out->items));
	for (; out->n < n; out->n++) {
		xmlNodePtr node = set->nodeTab[out->n];
		CLEANUP(drop_text) xmlChar *text =
		    xmlXPathCastNodeToString(node);

		total += text ? strlen((char *)text) : 0;
		if (total > TEXT_MAX)
			return err_set(e, ERR_INPUT, name,
			    _("the XPath picks more than %d MiB of text"),
			    TEXT_MAX / 1024 / 1024);
		out->items[out->n].text =
		    arena_strdup(a, text ? (char *)text : "");
		out->items[out->n].line = line_of(node);
	}
	return 0;
}

static int
take_answer(xmlXPathObjectPtr o, struct arena *a, struct xpath_answer *out,
    const char *name, struct err *e)
{
	CLEANUP(drop_text) xmlChar *text = NULL;

	memset(out, 0, sizeof(*out));
	if (o->type == XPATH_NODESET) {
		out->kind = XPATH_IS_NODES;
		xmlXPathNodeSetSort(o->nodesetval);
		return take_nodes(o->nodesetval, a, out, name, e);
	}
	out->kind = o->type == XPATH_NUMBER ? XPATH_IS_NUMBER :
	    o->type == XPATH_BOOLEAN ? XPATH_IS_BOOL : XPATH_IS_TEXT;
	out->number = out->kind == XPATH_IS_NUMBER ? o->floatval : 0;
	text = xmlXPathCastToString(o);
	out->items = arena_alloc(a, sizeof(*out->items));
	out->items[0].text = arena_strdup(a, text ? (char *)text : "");
	out->n = 1;
	return 0;
}

int
xpath_ask(struct xpath_doc *d, const char *expr,
    const struct texts *namespaces, struct arena *a,
    struct xpath_answer *out, struct err *e)
{
	CLEANUP(drop_object) xmlXPathObjectPtr o =
	    evaluate(d->doc, d->name, expr, namespaces, e);

	return o == NULL ? -1 : take_answer(o, a, out, d->name, e);
}

/*
 * Compiling alone finds neither an unknown function nor a wrong number of
 * arguments; asking a small document does, as far as it gets.
 */
int
xpath_check(const char *expr, struct err *e)
{
	static const char small[] = "<a b='c'><d/></a>";
	CLEANUP(drop_xpath) struct xpath_doc *d =
	    xpath_open("", small, sizeof(small) - 1, e);
	CLEANUP(drop_object) xmlXPathObjectPtr o =
	    d == NULL ? NULL : evaluate(d->doc, "", expr, NULL,
	    e);

	return o == NULL ? -1 : 0;
}

static bool
is_blank_text(const xmlNode *n)
{
	return n->type == XML_TEXT_NODE && xmlIsBlankNode(n);
}

/* Elements with nothing but blanks between them: no text that says anything.
 * What is between a comment's neighbours is judged with the comment gone. */
static bool
only_elements(xmlNodePtr parent)
{
	bool any = false;

	for (xmlNodePtr n = parent->children; n != NULL; n = n->next) {
		if (n->type == XML_ELEMENT_NODE)
			any = true;
		else if (n->type != XML_COMMENT_NODE &&
		    n->type != XML_PI_NODE && !is_blank_text(n))
			return false;
	}
	return any && xmlNodeGetSpacePreserve(parent) != 1;
}

static void
drop_layout(xmlNodePtr parent)
{
	bool blanks = parent->type == XML_ELEMENT_NODE &&
	    only_elements(parent);
	xmlNodePtr next;

	for (xmlNodePtr n = parent->children; n != NULL; n = next) {
		next = n->next;
		if (n->type != XML_COMMENT_NODE && n->type != XML_PI_NODE &&
		    (!blanks || n->type != XML_TEXT_NODE))
			continue;
		xmlUnlinkNode(n);
		xmlFreeNode(n);
	}
}

/* -1 when it would take too long to sort what each element has. */
static int
drop_layouts(xmlDocPtr doc, const char *name, struct err *e)
{
	size_t namespaces = 0;

	drop_layout((xmlNodePtr)doc);
	for (xmlNodePtr n = xmlDocGetRootElement(doc); n != NULL;
	    n = behind(n, true)) {
		size_t attributes = 0;

		if (n->type != XML_ELEMENT_NODE)
			continue;
		drop_layout(n);
		for (xmlNsPtr ns = n->nsDef; ns != NULL; ns = ns->next)
			namespaces++;
		for (xmlAttrPtr a = n->properties; a != NULL; a = a->next)
			attributes++;
		if (namespaces > NAMESPACES_MAX || attributes > ATTRIBUTES_MAX)
			return err_at(e, name, (unsigned)n->line, 0,
			    _("more namespaces or attributes than are "
			    "compared"));
	}
	return 0;
}

int
xpath_canonical(const char *name, const char *bytes, size_t len,
    struct buf *out, struct err *e)
{
	CLEANUP(drop_xpath) struct xpath_doc *d =
	    xpath_open(name, bytes, len, e);
	CLEANUP(drop_text) xmlChar *text = NULL;
	struct complaint wrong = { .line = 0 };
	int n;

	if (d == NULL || drop_layouts(d->doc, name, e) < 0)
		return -1;
	xmlSetStructuredErrorFunc(&wrong, xpath_complains);
	n = xmlC14NDocDumpMemory(d->doc, NULL, XML_C14N_1_0, NULL, 0, &text);
	xmlSetStructuredErrorFunc(NULL, NULL);
	if (n < 0)
		return err_set(e, ERR_INPUT, name,
		    _("has no canonical form: %s"), wrong.words[0] ?
		    wrong.words : _("no reason given"));
	buf_add(out, text, (size_t)n);
	return 0;
}

static void
visit_attributes(xmlNodePtr n, const struct xpath_visitor *v)
{
	for (xmlNsPtr ns = n->nsDef; ns != NULL; ns = ns->next) {
		CLEANUP(drop_free) char *name = xasprintf("xmlns%s%s",
		    ns->prefix != NULL ? ":" : "", ns->prefix != NULL ?
		    (const char *)ns->prefix : "");

		v->attribute(v->arg, name, ns->href != NULL ?
		    (const char *)ns->href : "");
	}
	for (xmlAttrPtr at = n->properties; at != NULL; at = at->next) {
		const xmlChar *prefix = at->ns != NULL ? at->ns->prefix : NULL;
		CLEANUP(drop_text) xmlChar *value =
		    xmlNodeListGetString(n->doc, at->children, 1);
		CLEANUP(drop_free) char *name = xasprintf("%s%s%s",
		    prefix != NULL ? (const char *)prefix : "",
		    prefix != NULL ? ":" : "", (const char *)at->name);

		v->attribute(v->arg, name, value != NULL ?
		    (const char *)value : "");
	}
}

/* As deep as the parser lets a document be. */
static void
visit(xmlNodePtr n, const struct xpath_visitor *v)
{
	const xmlChar *prefix = n->ns != NULL ? n->ns->prefix : NULL;
	CLEANUP(drop_free) char *name = xasprintf("%s%s%s",
	    prefix != NULL ? (const char *)prefix : "",
	    prefix != NULL ? ":" : "", (const char *)n->name);

	v->enter(v->arg, name, line_of(n));
	visit_attributes(n, v);
	for (xmlNodePtr c = n->children; c != NULL; c = c->next) {
		if (c->type == XML_ELEMENT_NODE)
			visit(c, v);
		else if (c->content != NULL)
			v->text(v->arg, (const char *)c->content);
	}
	v->leave(v->arg);
}

int
xpath_walk(const char *name, const char *bytes, size_t len,
    const struct xpath_visitor *v, struct err *e)
{
	CLEANUP(drop_xpath) struct xpath_doc *d =
	    xpath_open(name, bytes, len, e);

	if (d == NULL || drop_layouts(d->doc, name, e) < 0)
		return -1;
	visit(xmlDocGetRootElement(d->doc), v);
	return 0;
}
