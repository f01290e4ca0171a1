/* SPDX-License-Identifier: MIT */
#include "agent/preflight/script.h"

#include <stdlib.h>
#include <string.h>

#include "agent/preflight/debversion.h"
#include "base/path.h"
#include "base/text.h"
#include "base/vec.h"

/* Devices and the like are nobody's to keep. */
static bool
is_ours(const char *path)
{
	return path[0] == '/' && !path_is_under(path, "/dev") &&
	    !path_is_under(path, "/proc") && !path_is_under(path, "/sys") &&
	    !path_is_under(path, "/tmp");
}

static const char *
normal(struct arena *a, const char *path)
{
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct err ignored = { 0 };

	return path_normalize(&b, path, "/", &ignored) < 0 ? NULL :
	    arena_strdup(a, buf_str(&b));
}

void
script_act_add(struct script_acts *out, enum script_deed deed,
    const char *path, const char *to, const struct script_command *c)
{
	struct script_act act = { deed, NULL, NULL, c->maybe, c->line };

	if (!is_ours(path) || (act.path = normal(&out->arena, path)) == NULL)
		return;
	if (to != NULL && (to[0] != '/' ||
	    (act.to = normal(&out->arena, to)) == NULL))
		return;
	*VEC_ADD(&out->list) = act;
}

/* One command: what it does to each of its files. */
struct plain {
	const char *name;
	enum script_deed deed;
	int skip;	/* words before the files, as the mode of chmod(1) */
};

static const struct plain plains[] = {
	{ "rm", SCRIPT_REMOVES, 0 }, { "unlink", SCRIPT_REMOVES, 0 },
	{ "rmdir", SCRIPT_REMOVES, 0 }, { "touch", SCRIPT_TOUCHES, 0 },
	{ "chmod", SCRIPT_TOUCHES, 1 }, { "chown", SCRIPT_TOUCHES, 1 },
	{ "chgrp", SCRIPT_TOUCHES, 1 }, { "tee", SCRIPT_EDITS, 0 },
	{ "truncate", SCRIPT_EDITS, 0 }, { "ed", SCRIPT_EDITS, 0 },
	{ "setfacl", SCRIPT_TOUCHES, 0 }, { "restorecon", SCRIPT_TOUCHES, 0 },
};

/* They ask; what they are asked of stays as it is. */
static const char *const asking[] = {
	"grep", "egrep", "fgrep", "cmp", "diff", "which", "type", "getent",
	"id", "ls", "stat", "readlink", "dpkg-query", "dpkg", "rpm",
	"systemctl", "pidof", "pgrep", "deb-systemd-helper", "command",
	"deb-systemd-invoke", "invoke-rc.d", "service", "md5sum", "sha256sum",
	"cat", "head", "tail", "awk", "cut", "sort", "find", "pathfind",
	"dpkg-statoverride", "ischroot", "mountpoint", "debconf-show",
	"db_get", "expr", "ucfr", "ucfq", "cd", "file", "dpkg-trigger",
	"ldconfig", "echo", "printf",
};

static bool
is_one_of(const char *name, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(name, list[i]) == 0)
			return true;
	return false;
}

static bool
is_option(const char *word)
{
	return word[0] == '-' && word[1] != '\0';
}

static void
do_plain(const struct script_command *c, const struct plain *p,
    struct script_acts *out)
{
	int skip = p->skip;

	for (size_t i = 1; i < c->n; i++)
		if (!is_option(c->words[i]) && skip-- <= 0)
			script_act_add(out, p->deed, c->words[i], NULL, c);
}

/* mv, cp, ln, install: the last word is where all others go. */
static void
do_pair(const struct script_command *c, enum script_deed deed,
    struct script_acts *out)
{
	const char *from[2] = { NULL, NULL };
	size_t n = 0;
	bool folder = false;

	for (size_t i = 1; i < c->n; i++) {
		const char *w = c->words[i];

		folder |= strcmp(w, "-t") == 0 || strcmp(w, "-d") == 0;
		/* Options of install(1) that have a value. */
		if (is_option(w)) {
			i += strcmp(c->words[0], "install") == 0 &&
			    (strcmp(w, "-m") == 0 || strcmp(w, "-o") == 0 ||
			    strcmp(w, "-g") == 0);
			continue;
		}
		if (n < 2)
			from[n] = w;
		n++;
	}
	if (n == 2 && !folder && !text_ends(from[1], "/")) {
		if (deed == SCRIPT_LINKS)
			script_act_add(out, deed, from[1],
			    from[0][0] == '/' ? from[0] : "/", c);
		else
			script_act_add(out, deed, from[0], from[1], c);
		return;
	}
	for (size_t i = 1; i < c->n; i++)
		script_act_add(out, deed == SCRIPT_MOVES && i + 1 < c->n ?
		    SCRIPT_REMOVES : SCRIPT_NAMES, c->words[i], NULL, c);
}

/* sed -i, perl -i: all words behind the expression. */
static void
do_stream(const struct script_command *c, struct script_acts *out)
{
	bool in_place = false;

	for (size_t i = 1; i < c->n; i++)
		in_place |= text_starts(c->words[i], "-i") ||
		    text_starts(c->words[i], "--in-place") ||
		    (text_starts(c->words[i], "-p") &&
		    strchr(c->words[i], 'i') != NULL) ||
		    (strcmp(c->words[0], "sed") == 0 &&
		    is_option(c->words[i]) && c->words[i][1] != '-' &&
		    strchr(c->words[i], 'i') != NULL);
	for (size_t i = 1; in_place && i < c->n; i++)
		if (!is_option(c->words[i]) && c->words[i][0] == '/' &&
		    i > 1)
			script_act_add(out, SCRIPT_EDITS, c->words[i], NULL,
			    c);
}

/* dpkg-maintscript-helper(1): rm_conffile FILE [PRIOR [PACKAGE]] -- ARGS */
static void
do_helper(const struct script_command *c, struct script_acts *out)
{
	struct script_command same = *c;
	bool move = c->n > 3 && strcmp(c->words[1], "mv_conffile") == 0;
	size_t prior = move ? 4 : 3;
	const struct script_asked *q = c->asked;

	if (c->n < 3 || (!move && strcmp(c->words[1], "rm_conffile") != 0))
		return;
	if (prior < c->n && strcmp(c->words[prior], "--") != 0 &&
	    c->words[prior][0] != '\0' && q->n_args > 1 &&
	    q->args[1] != NULL && (q->args[1][0] == '\0' ||
	    debversion_cmp(q->args[1], c->words[prior]) > 0))
		return;
	/* Its own words stand behind, which may be unknown. */
	same.maybe = false;
	script_act_add(out, move ? SCRIPT_MV_CONFFILE : SCRIPT_RM_CONFFILE,
	    c->words[2], move ? c->words[3] : NULL, &same);
}

/* useradd and the like: these files are everybody's. */
static void
do_users(const struct script_command *c, struct script_acts *out)
{
	static const char *const files[] = { "/etc/passwd", "/etc/shadow",
		"/etc/group", "/etc/gshadow" };
	struct script_command maybe = *c;
	bool group = strstr(c->words[0], "group") != NULL;

	maybe.maybe = true;
	for (size_t i = group ? 2 : 0; i < 4; i++)
		script_act_add(out, SCRIPT_EDITS, files[i], NULL, &maybe);
}

static bool
is_users(const char *name)
{
	static const char *const names[] = { "useradd", "adduser", "usermod",
		"groupadd", "addgroup", "groupmod", "userdel", "deluser",
		"groupdel", "delgroup", "systemd-sysusers", "chpasswd" };

	return is_one_of(name, names, sizeof(names) / sizeof(names[0]));
}

static enum script_answer
cmp_versions(int n, const char *how, bool has)
{
	static const struct {
		const char *word;
		bool less, same, more, none;
	} table[] = {
		{ "lt", true, false, false, true },
		{ "le", true, true, false, true },
		{ "eq", false, true, false, false },
		{ "ne", true, false, true, true },
		{ "ge", false, true, true, false },
		{ "gt", false, false, true, false },
		{ "lt-nl", true, false, false, false },
		{ "le-nl", true, true, false, false },
		{ "ge-nl", false, true, true, true },
		{ "gt-nl", false, false, true, true },
		{ "<<", true, false, false, true },
		{ "<=", true, true, false, true },
		{ "=", false, true, false, false },
		{ ">=", false, true, true, false },
		{ ">>", false, false, true, false },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (strcmp(table[i].word, how) != 0)
			continue;
		return (!has ? table[i].none : n < 0 ? table[i].less :
		    n > 0 ? table[i].more : table[i].same) ? SCRIPT_YES :
		    SCRIPT_NO;
	}
	return SCRIPT_PERHAPS;
}

static enum script_answer
compare_versions(const struct script_command *c)
{
	size_t i = c->n > 2 && strcmp(c->words[2], "--") == 0 ? 3 : 2;

	if (c->n < i + 3 || strchr(c->words[i], '*') != NULL ||
	    strchr(c->words[i + 2], '*') != NULL)
		return SCRIPT_PERHAPS;
	return cmp_versions(debversion_cmp(c->words[i], c->words[i + 2]),
	    c->words[i + 1], c->words[i][0] != '\0');
}

static enum script_answer
answer(bool yes)
{
	return yes ? SCRIPT_YES : SCRIPT_NO;
}

static enum script_answer
test_one(const struct script_command *c, const char *op, const char *value)
{
	int n;

	if (strcmp(op, "-n") == 0 || strcmp(op, "-z") == 0)
		return strchr(value, '*') != NULL ? SCRIPT_PERHAPS :
		    answer((value[0] != '\0') == (op[1] == 'n'));
	if (op[0] != '-' || op[1] == '\0' || op[2] != '\0' ||
	    strchr("efrswxLhd", op[1]) == NULL ||
	    strchr(value, '*') != NULL || c->asked->there == NULL ||
	    value[0] != '/')
		return SCRIPT_PERHAPS;
	n = c->asked->there(c->asked->ctx, value);
	/* That it is there says not what it is. */
	return n == 0 ? SCRIPT_NO : n < 0 || strchr("swxLhd", op[1]) != NULL ?
	    SCRIPT_PERHAPS : SCRIPT_YES;
}

static enum script_answer
test_two(const char *a, const char *op, const char *b)
{
	static const char *const numeric[] = { "-eq", "-ne", "-gt", "-ge",
		"-lt", "-le" };
	long x, y;
	char *a_end, *b_end;

	if (strchr(a, '*') != NULL || strchr(b, '*') != NULL)
		return SCRIPT_PERHAPS;
	if (strcmp(op, "=") == 0 || strcmp(op, "==") == 0)
		return answer(strcmp(a, b) == 0);
	if (strcmp(op, "!=") == 0)
		return answer(strcmp(a, b) != 0);
	if (!is_one_of(op, numeric, sizeof(numeric) / sizeof(numeric[0])))
		return SCRIPT_PERHAPS;
	x = strtol(a, &a_end, 10);
	y = strtol(b, &b_end, 10);
	if (a_end == a || b_end == b)
		return SCRIPT_PERHAPS;
	return answer(strcmp(op, "-eq") == 0 ? x == y :
	    strcmp(op, "-ne") == 0 ? x != y : strcmp(op, "-gt") == 0 ? x > y :
	    strcmp(op, "-ge") == 0 ? x >= y : strcmp(op, "-lt") == 0 ? x < y :
	    x <= y);
}

static enum script_answer
test_words(const struct script_command *c, char **w, size_t n)
{
	enum script_answer a;

	for (size_t i = 1; i + 1 < n; i++) {
		bool or = strcmp(w[i], "-o") == 0;
		enum script_answer b;

		if (!or && strcmp(w[i], "-a") != 0)
			continue;
		a = test_words(c, w, i);
		b = test_words(c, w + i + 1, n - i - 1);
		if (or)
			return a == SCRIPT_YES || b == SCRIPT_YES ?
			    SCRIPT_YES : a == SCRIPT_NO ? b : SCRIPT_PERHAPS;
		return a == SCRIPT_NO || b == SCRIPT_NO ? SCRIPT_NO :
		    a == SCRIPT_YES ? b : SCRIPT_PERHAPS;
	}
	if (n > 1 && strcmp(w[0], "!") == 0) {
		a = test_words(c, w + 1, n - 1);
		return a == SCRIPT_YES ? SCRIPT_NO : a == SCRIPT_NO ?
		    SCRIPT_YES : a;
	}
	if (n == 1)
		return test_one(c, "-n", w[0]);
	if (n == 2 && w[0][0] == '-')
		return test_one(c, w[0], w[1]);
	return n == 3 ? test_two(w[0], w[1], w[2]) : SCRIPT_PERHAPS;
}

static enum script_answer
test(const struct script_command *c)
{
	const char *close = strcmp(c->words[0], "[") == 0 ? "]" :
	    strcmp(c->words[0], "[[") == 0 ? "]]" : NULL;
	size_t n = c->n - 1;

	if (close != NULL && n > 0 && strcmp(c->words[n], close) == 0)
		n--;
	return n == 0 ? SCRIPT_NO : test_words(c, c->words + 1, n);
}

/* ucf [OPTION…] NEW PATH; with --purge it only forgets. */
static void
do_ucf(const struct script_command *c, struct script_acts *out)
{
	static const char *const valued[] = { "--sum-file", "--src-dir",
		"--state-dir", "-D", "--debconf-template" };
	const char *w[2] = { NULL, NULL };

	for (size_t i = 1; i < c->n; i++) {
		const char *word = c->words[i];

		if (strcmp(word, "--purge") == 0 || strcmp(word, "-p") == 0)
			return;
		if (is_one_of(word, valued, sizeof(valued) /
		    sizeof(valued[0]))) {
			i++;
		} else if (!is_option(word)) {
			w[0] = w[1];
			w[1] = word;
		}
	}
	if (w[0] != NULL)
		script_act_add(out, SCRIPT_UCF, w[1], w[0], c);
}

/* Of a command that is strange to us nobody can tell what it does. */
static enum script_answer
do_other(const struct script_command *c, const char *name,
    struct script_acts *out)
{
	if (is_one_of(name, asking, sizeof(asking) / sizeof(asking[0])))
		return SCRIPT_PERHAPS;
	for (size_t i = 1; i < c->n; i++)
		if (c->words[i][0] == '/')
			script_act_add(out, SCRIPT_NAMES, c->words[i], NULL,
			    c);
	return SCRIPT_PERHAPS;
}

static enum script_answer
do_file(const struct script_command *c, const char *name,
    struct script_acts *out)
{
	static const struct {
		const char *name;
		enum script_deed deed;
	} pairs[] = {
		{ "mv", SCRIPT_MOVES }, { "cp", SCRIPT_COPIES },
		{ "install", SCRIPT_COPIES }, { "ln", SCRIPT_LINKS },
	};

	for (size_t i = 0; i < sizeof(plains) / sizeof(plains[0]); i++) {
		if (strcmp(name, plains[i].name) == 0) {
			do_plain(c, &plains[i], out);
			return SCRIPT_YES;
		}
	}
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		if (strcmp(name, pairs[i].name) == 0) {
			do_pair(c, pairs[i].deed, out);
			return SCRIPT_YES;
		}
	}
	return do_other(c, name, out);
}

enum script_answer
script_command(const struct script_command *c, struct script_acts *out)
{
	const char *slash = strrchr(c->words[0], '/');
	const char *name = slash != NULL ? slash + 1 : c->words[0];

	if (strcmp(name, "[") == 0 || strcmp(name, "test") == 0 ||
	    strcmp(name, "[[") == 0)
		return test(c);
	if (strcmp(name, "true") == 0 || strcmp(name, ":") == 0)
		return SCRIPT_YES;
	if (strcmp(name, "false") == 0)
		return SCRIPT_NO;
	if (strcmp(name, "dpkg") == 0 && c->n > 1 &&
	    strcmp(c->words[1], "--compare-versions") == 0)
		return compare_versions(c);
	if (strcmp(name, "dpkg-maintscript-helper") == 0) {
		do_helper(c, out);
		return SCRIPT_YES;
	}
	if (strcmp(name, "sed") == 0 || strcmp(name, "perl") == 0) {
		do_stream(c, out);
		return SCRIPT_YES;
	}
	if (strcmp(name, "ucf") == 0) {
		do_ucf(c, out);
		return SCRIPT_YES;
	}
	if (is_users(name)) {
		do_users(c, out);
		return SCRIPT_PERHAPS;
	}
	return do_file(c, name, out);
}
