/* SPDX-License-Identifier: MIT */
#ifndef SPECS_SPECREAD_H
#define SPECS_SPECREAD_H

#include "specs/vars.h"
#include "specs/yaml.h"

/*
 * From nodes to values of C. Whatever is wrong goes to the diagnostics with
 * its place, and the reading goes on: a person mends a file once. `what` is
 * how the value is called in a message, most often its key.
 */
struct reader {
	struct arena *arena;
	struct diagnostics *diags;
	struct vars vars;
};

struct shape;

/*
 * One key of a mapping: what reads its value, where the result goes in the
 * struct that the mapping stands for, and what else the function must know.
 * What it says of its value is for editors (shape.h). Tables end with a keyword
 * without a name.
 */
struct keyword {
	const char *name;
	void (*read)(struct reader *r, const struct keyword *k,
	    const struct node_pair *p, void *into);
	size_t at;
	const char *const *words;
	const struct shape *shape;	/* of its value; NULL: as read says */
	const char *about;		/* one line for who types it */
};

/* Reads each pair of a mapping by the table; other keys are mistakes. */
void read_keys(struct reader *r, const char *what, const struct node *map,
    const struct keyword *table, void *into);
/* The same for one pair. */
void read_pair(struct reader *r, const struct keyword *table,
    const struct node_pair *p, void *into);

/* For tables: into.at is const char *, bool, an enum, struct texts. */
void keyword_text(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into);
void keyword_bool(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into);
void keyword_absent(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into);	/* bool of present | absent */
void keyword_choice(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into);
void keyword_texts(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into);
void keyword_paths(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into);

/* What may stand somewhere, as bits. */
enum takes {
	TAKES_TEXT = 1 << NODE_TEXT,
	TAKES_LIST = 1 << NODE_LIST,
	TAKES_MAP = 1 << NODE_MAP,
};

/* True when n is one of these; otherwise says what was wanted. */
bool read_is(struct reader *r, const char *what, const struct node *n,
    unsigned takes);
/* True when n, an item of the list `what`, is a mapping. */
bool read_is_item(struct reader *r, const char *what, const struct node *n);
/* NULL when it is no text, or empty. */
const char *read_text(struct reader *r, const char *what,
    const struct node *n);
/* The same for a text that may be empty. */
const char *read_value(struct reader *r, const char *what,
    const struct node *n);
/* A text or a list of them, variables put in as use says; at, when not NULL,
 * gets the places of out's items. */
void read_texts(struct reader *r, const char *what, const struct node *n,
    enum vars_use use, struct texts *out, struct place **at);
/* -1 when it is none of words, which end with NULL. */
int read_choice(struct reader *r, const char *what, const struct node *n,
    const char *const *words);
/* A regular expression that compiles, or NULL. */
const char *read_regex(struct reader *r, const char *what,
    const struct node *n);
/* "0644", or "<=0644" for at most these bits. */
void read_mode(struct reader *r, const char *what, const struct node *n,
    int *out_bits, bool *out_at_most);
/* Says so when the regular expression does not compile. */
bool read_check_regex(struct reader *r, const char *regex, struct place at);
/* Adds to what is said of word the nearest of words, and all of them. */
void read_unknown(struct reader *r, struct place at, const char *said,
    const char *word, const char *const *words);

/* What is wrong with one path without braces, to be told with the path as its
 * argument; NULL when nothing is. */
const char *read_path_mistake(const char *path);

/* True for what may name a spec or a rule: [a-z0-9][a-z0-9-]* */
bool specread_is_name(const char *s);

#endif
