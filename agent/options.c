/* SPDX-License-Identifier: MIT */
#include "agent/options.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/path.h"
#include "base/root.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"

#define STORE_DEFAULT "/var/lib/driftctl"

static int
set_format(struct options *o, const char *v, struct err *e)
{
	static const char *const names[] = { "text", "json", "ndjson", "html",
		"markdown", "junit", "sarif", "nagios", "prometheus", NULL };
	const char *near;

	for (int i = 0; names[i] != NULL; i++) {
		if (strcmp(v, names[i]) == 0) {
			o->format = (enum format)i;
			return 0;
		}
	}
	near = text_nearest(v, names);
	return err_set(e, ERR_USAGE, "--format", _("unknown format '%s' "
	    "[%s%s%sone of: text, json, ndjson, html, markdown, junit, "
	    "sarif, nagios, prometheus]"), v, near != NULL ?
	    _("did you mean '") : "", near != NULL ? near : "",
	    near != NULL ? "'? " : "");
}

static int
set_root(struct options *o, const char *v, struct err *e)
{
	(void)e;
	o->root = v;
	o->root_given = true;
	return 0;
}

static int
set_store(struct options *o, const char *v, struct err *e)
{
	(void)e;
	o->store = v;
	return 0;
}

static int
add_specs(struct options *o, const char *v, struct err *e)
{
	(void)e;
	strlist_add(&o->specs, v);
	return 0;
}

static int
set_config(struct options *o, const char *v, struct err *e)
{
	(void)e;
	o->config = v;
	return 0;
}

static int
set_quiet(struct options *o, const char *v, struct err *e)
{
	(void)v;
	(void)e;
	o->verbose = -1;
	return 0;
}

static int
set_verbose(struct options *o, const char *v, struct err *e)
{
	(void)v;
	(void)e;
	o->verbose = 1;
	return 0;
}

static int
set_no_color(struct options *o, const char *v, struct err *e)
{
	(void)v;
	(void)e;
	o->no_color = true;
	return 0;
}

static int
set_help(struct options *o, const char *v, struct err *e)
{
	(void)v;
	(void)e;
	o->help = true;
	return 0;
}

static int
set_version(struct options *o, const char *v, struct err *e)
{
	(void)v;
	(void)e;
	o->version = true;
	return 0;
}

static const struct global {
	const char *name;
	char letter;
	bool takes_value;
	int (*set)(struct options *o, const char *v, struct err *e);
} globals[] = {
	{ "root", 0, true, set_root },
	{ "store", 0, true, set_store },
	{ "specs", 0, true, add_specs },
	{ "config", 0, true, set_config },
	{ "format", 0, true, set_format },
	{ "quiet", 'q', false, set_quiet },
	{ "verbose", 'v', false, set_verbose },
	{ "no-color", 0, false, set_no_color },
	{ "help", 'h', false, set_help },
	{ "version", 0, false, set_version },
};
enum { N_GLOBALS = sizeof(globals) / sizeof(globals[0]) };

/* True when word is this option; *out_value is what follows a '='. */
static bool
is_option(const char *word, const char *name, char letter,
    const char **out_value)
{
	size_t n = strlen(name);

	*out_value = NULL;
	if (letter != 0 && word[0] == '-' && word[1] == letter &&
	    word[2] == '\0')
		return true;
	if (strncmp(word, "--", 2) != 0 || strncmp(word + 2, name, n) != 0)
		return false;
	if (word[2 + n] == '=')
		*out_value = word + 3 + n;
	return word[2 + n] == '\0' || word[2 + n] == '=';
}

static const struct global *
find_global(const char *word, const char **out_value)
{
	for (int i = 0; i < N_GLOBALS; i++)
		if (is_option(word, globals[i].name, globals[i].letter,
		    out_value))
			return &globals[i];
	return NULL;
}

/* Words of a verb's options that take a value must not be read as ours. */
static int
take_global(struct options *o, const struct global *g, const char *value,
    int argc, char **argv, int *i, struct err *e)
{
	if (!g->takes_value && value != NULL)
		return err_set(e, ERR_USAGE, argv[*i],
		    _("this option takes no value"));
	if (g->takes_value && value == NULL) {
		if (*i + 1 >= argc)
			return err_set(e, ERR_USAGE, argv[*i],
			    _("this option needs a value"));
		value = argv[++*i];
	}
	return g->set(o, value, e);
}

static int
unknown_option(const char *word, const struct verb_option *table,
    struct err *e)
{
	const char *names[64];
	size_t n = 0, len = strcspn(word, "=");
	CLEANUP(drop_free) char *plain = xmemdup(word, len);
	const char *near;

	for (; table->name != NULL && n < 32; table++)
		names[n++] = table->name;
	for (int i = 0; i < N_GLOBALS; i++)
		names[n++] = globals[i].name;
	names[n] = NULL;
	near = text_nearest(plain + strspn(plain, "-"), names);
	if (near != NULL)
		return err_set(e, ERR_USAGE, NULL, _("unknown option '%s' "
		    "(did you mean '--%s'?)"), plain, near);
	return err_set(e, ERR_USAGE, NULL,
	    _("unknown option '%s' [see driftctl help]"), plain);
}

/* Whether this is what -m of 'snapshot' and 'accept' is followed by. */
static bool
is_message(int i, char **argv, bool plain)
{
	return !plain && i > 0 && (strcmp(argv[i - 1], "-m") == 0 ||
	    strcmp(argv[i - 1], "--message") == 0);
}

int
options_parse(int argc, char **argv, struct options *out, struct err *e)
{
	const struct verb_option none = { 0 };
	bool plain = false;

	*out = (struct options){ .root = "/" };
	out->argv = xcalloc((size_t)argc + 1, sizeof(*out->argv));
	for (int i = 0; i < argc; i++) {
		const char *value;
		const struct global *g = plain ? NULL :
		    find_global(argv[i], &value);

		/* A person's own words may be any. */
		if (out->verb != NULL && is_message(i, argv, plain)) {
			out->argv[out->argc++] = argv[i];
			continue;
		}
		if (g != NULL) {
			if (take_global(out, g, value, argc, argv, &i, e) < 0)
				return -1;
			continue;
		}
		if (!plain && strcmp(argv[i], "--") == 0)
			plain = true;
		else if (!plain && out->verb == NULL && argv[i][0] == '-')
			/* Its value would be taken for the verb. */
			return unknown_option(argv[i], &none, e);
		if (out->verb == NULL && !plain && argv[i][0] != '-')
			out->verb = argv[i];
		else
			out->argv[out->argc++] = argv[i];
	}
	if (out->root[0] == '\0')
		return err_set(e, ERR_USAGE, "--root",
		    _("this option needs a value"));
	return 0;
}

void
options_done(struct options *o)
{
	strlist_done(&o->specs);
	free(o->argv);
	*o = (struct options){ 0 };
}

void
drop_options(struct options *o)
{
	options_done(o);
}

/*
 * A symlink of the root leads where it leads within it: /var of a mounted disk
 * must not have the store made on the running system.
 */
static int
store_below(const char *dir, struct buf *out, struct err *e)
{
	CLEANUP(drop_root) struct root r = { .fd = -1 };
	CLEANUP(drop_buf) struct buf real = { 0 };
	CLEANUP(drop_free) char *outside = NULL;

	if (root_open(&r, dir, e) < 0 ||
	    root_resolve(&r, STORE_DEFAULT "/.", &real, NULL, e) < 0)
		return -1;
	outside = root_outside(&r, buf_str(&real));
	buf_adds(out, outside);
	return 0;
}

int
options_store(const struct options *o, struct buf *out, struct err *e)
{
	const char *state = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");

	if (o->store != NULL) {
		buf_adds(out, o->store);
		return 0;
	}
	if (o->root_given && strcmp(o->root, "/") != 0)
		return store_below(o->root, out, e);
	if (geteuid() == 0) {
		buf_adds(out, STORE_DEFAULT);
		return 0;
	}
	if (state != NULL && state[0] == '/')
		buf_addf(out, "%s/driftctl", state);
	else if (home != NULL && home[0] == '/')
		buf_addf(out, "%s/.local/state/driftctl", home);
	else
		return err_set(e, ERR_USAGE, NULL, _("no folder for the store: "
		    "HOME is not set [name one with --store]"));
	return 0;
}

static void
add_option(struct buf *out, const char *name, const char *value)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+@:,=";

	buf_addf(out, " %s ", name);
	if (value[strspn(value, plain)] == '\0')
		buf_adds(out, value);
	else
		text_quote_sh(out, value);
}

void
options_absolute(const char *path, struct buf *out)
{
	CLEANUP(drop_free) char *cwd = path[0] == '/' ? NULL :
	    getcwd(NULL, 0);
	CLEANUP(drop_buf) struct buf full = { 0 };
	struct err ignored = { 0 };

	if (cwd == NULL)
		buf_adds(out, path);
	else if (path_normalize(&full, path, cwd, &ignored) == 0)
		buf_adds(out, buf_str(&full));
	else
		buf_addf(out, "%s/%s", cwd, path);
}

static void
add_place(struct buf *out, const char *name, const char *path)
{
	CLEANUP(drop_buf) struct buf full = { 0 };

	options_absolute(path, &full);
	add_option(out, name, buf_str(&full));
}

void
options_command(const struct options *o, struct buf *out)
{
	buf_adds(out, "driftctl");
	if (o->root_given)
		add_place(out, "--root", o->root);
	if (o->store != NULL)
		add_place(out, "--store", o->store);
	for (size_t i = 0; i < o->specs.n; i++)
		add_place(out, "--specs", o->specs.items[i]);
	if (o->config != NULL)
		add_place(out, "--config", o->config);
}

bool
options_color(const struct options *o)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return !o->no_color && (no == NULL || no[0] == '\0') &&
	    isatty(STDOUT_FILENO) == 1 &&
	    (term == NULL || strcmp(term, "dumb") != 0);
}

void
options_global_names(struct option_names *out)
{
	for (int i = 0; i < N_GLOBALS; i++)
		*VEC_ADD(out) = (struct option_name){ globals[i].name,
			globals[i].letter, globals[i].takes_value };
}

void
drop_option_names(struct option_names *l)
{
	free(l->items);
	*l = (struct option_names){ 0 };
}

static int
list_only(const struct verb_option *table, struct option_names *out,
    struct err *e)
{
	for (; table->name != NULL; table++)
		*VEC_ADD(out) = (struct option_name){ table->name,
			table->letter, table->flag == NULL };
	return err_set(e, ERR_USAGE, NULL, "%s", "");
}

int
options_verb(const struct options *o, const struct verb_option *table,
    struct strlist *rest, struct err *e)
{
	bool plain = false;

	if (o->listing != NULL)
		return list_only(table, o->listing, e);
	for (int i = 0; i < o->argc; i++) {
		const struct verb_option *t = table;
		const char *word = o->argv[i], *value = NULL;

		if (plain || word[0] != '-' || word[1] == '\0') {
			strlist_add(rest, word);
			continue;
		}
		if (strcmp(word, "--") == 0) {
			plain = true;
			continue;
		}
		while (t->name != NULL &&
		    !is_option(word, t->name, t->letter, &value))
			t++;
		if (t->name == NULL)
			return unknown_option(word, table, e);
		if (t->flag != NULL && value != NULL)
			return err_set(e, ERR_USAGE, word,
			    _("this option takes no value"));
		if (t->flag != NULL) {
			*t->flag = true;
			continue;
		}
		if (value == NULL && i + 1 >= o->argc)
			return err_set(e, ERR_USAGE, word,
			    _("this option needs a value"));
		*t->value = value != NULL ? value : o->argv[++i];
	}
	return 0;
}
