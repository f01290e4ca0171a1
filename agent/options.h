/* SPDX-License-Identifier: MIT */
#ifndef AGENT_OPTIONS_H
#define AGENT_OPTIONS_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/strlist.h"

/* The first two are every verb's, the others those of what reports. */
enum format {
	FORMAT_TEXT, FORMAT_JSON,
	FORMAT_NDJSON, FORMAT_HTML, FORMAT_MARKDOWN, FORMAT_JUNIT,
	FORMAT_SARIF, FORMAT_NAGIOS, FORMAT_PROMETHEUS,
};

/* One option that a parser takes. */
struct option_name {
	const char *name;	/* without dashes */
	char letter;		/* 0 = none */
	bool takes_value;
};

struct option_names {
	struct option_name *items;
	size_t n, cap;
};

/* What stands before (or after) any verb. Strings are argv's own. */
struct options {
	const char *root;	/* "/" when not given */
	bool root_given;
	const char *store;	/* NULL: the default, see options_store */
	struct strlist specs;	/* --specs, none: the default folders */
	const char *config;	/* NULL: the default */
	enum format format;
	int verbose;		/* -1 quiet, 0, 1 verbose */
	bool no_color;
	bool help, version;
	const char *verb;	/* NULL: none given */
	int argc;		/* what is left for the verb, without it */
	char **argv;		/* owned array of borrowed strings */
	/* Not NULL: options_verb adds what the verb takes, and fails, so that
	 * nothing is done. */
	struct option_names *listing;
};

/* Those that stand before any verb. */
void options_global_names(struct option_names *out);
void drop_option_names(struct option_names *l);	/* for CLEANUP */

/* Takes the words after the program's name. */
int options_parse(int argc, char **argv, struct options *out, struct err *e);
void options_done(struct options *o);
void drop_options(struct options *o);	/* for CLEANUP */

/*
 * Appends the store's folder: --store, else var/lib/driftctl below --root
 * (symlinks followed within it), or of the running system for root, else
 * $XDG_STATE_HOME/driftctl.
 */
int options_store(const struct options *o, struct buf *out, struct err *e);

/*
 * Appends "driftctl" with the options that say which machine, store and specs
 * are meant, quoted for sh(1): what a person can type to reach the same, from
 * whatever folder.
 */
void options_command(const struct options *o, struct buf *out);
/* Appends a path of the command line as it is reached from any folder. */
void options_absolute(const char *path, struct buf *out);

/* Whether what goes to stdout may be coloured. */
bool options_color(const struct options *o);

/* Options of one verb: a flag, or one that takes a value. */
struct verb_option {
	const char *name;	/* without dashes; NULL ends the table */
	char letter;		/* 0 = none */
	bool *flag;
	const char **value;
};

/*
 * Takes the verb's own words: options of the table and plain arguments, which
 * are added to rest. "--" ends the options.
 */
int options_verb(const struct options *o, const struct verb_option *table,
    struct strlist *rest, struct err *e);

#endif
