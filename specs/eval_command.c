/* SPDX-License-Identifier: MIT */
#include "specs/eval_command.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/tr.h"
#include "specs/judge.h"
#include "specs/matches.h"

/* `command`: what a service's own checker says of its configuration. */

/* strerror(EROFS) for LC_ALL=C.UTF-8. */
#define READ_ONLY "Read-only file system"

enum objection {
	OBJECTION_EXIT,
	OBJECTION_NOT_SAID,	/* a stream lacks what `regex` demands */
	OBJECTION_SAID,		/* it has what `regex` forbids */
};

struct refusal {
	enum objection what;
	const char *regex, *stream;
	const char *line;	/* that tells most, NULL: nothing was said */
	size_t len;
};

static bool
by_signal(int code)
{
	return code > 128 && code < 128 + 32;
}

static bool
exit_is_right(const struct command_demand *d, int code)
{
	/* What crashes has not come to its end. */
	if (d->any_exit)
		return !by_signal(code);
	for (size_t i = 0; i < d->exit.n; i++)
		if (d->exit.items[i] == code)
			return true;
	return d->exit.n == 0 && code == 0;
}

/* The whole line that byte `at` is in. */
static void
take_line(const char *s, size_t len, size_t at, struct refusal *out)
{
	size_t start = at, end = at;

	while (start > 0 && s[start - 1] != '\n')
		start--;
	while (end < len && s[end] != '\n')
		end++;
	while (end > start && strchr(" \t\r", s[end - 1]) != NULL)
		end--;
	out->line = s + start;
	out->len = end - start;
}

/* A heading alone tells nothing: what it announces stands in the next line,
 * as apache has it. */
static void
with_next(const char *s, size_t len, struct refusal *out)
{
	size_t next = (size_t)(out->line - s) + out->len;

	if (out->len == 0 || out->line[out->len - 1] != ':')
		return;
	while (next < len && strchr(" \t\r", s[next]) != NULL)
		next++;
	if (++next >= len)
		return;
	while (next < len && s[next] != '\n')
		next++;
	out->len = next - (size_t)(out->line - s);
}

/* Warnings that nobody minds may come first. */
static bool
find_telling(const char *s, size_t len, struct refusal *out, struct err *e)
{
	CLEANUP(drop_regex) struct regex *re = regex_new("(?i)\\b(fatal|"
	    "emerg|error|unknown|invalid|unsupported|syntax|bad|unrecogni[sz]ed"
	    "|obsolete|undefined|fail(ed|s|ure)?|cannot|no such)\\b", e);
	struct regex_span at;

	if (re == NULL || regex_match(re, s, len, &at) != 1)
		return false;
	take_line(s, len, at.start, out);
	with_next(s, len, out);
	return true;
}

static bool
find_first(const char *s, size_t len, struct refusal *out)
{
	size_t at = 0;

	while (at < len && strchr(" \t\r\n", s[at]) != NULL)
		at++;
	if (at == len)
		return false;
	take_line(s, len, at, out);
	with_next(s, len, out);
	return true;
}

static void
find_line(const struct command_answer *a, struct refusal *out, struct err *e)
{
	if (!find_telling(a->err, a->err_len, out, e) &&
	    !find_telling(a->out, a->out_len, out, e) &&
	    !find_first(a->err, a->err_len, out))
		find_first(a->out, a->out_len, out);
}

/* 1 when the stream is as demanded. */
static int
try(const char *regex, bool forbidden, const char *s, size_t len,
    struct refusal *out, struct err *e)
{
	CLEANUP(drop_regex) struct regex *re = NULL;
	struct regex_span at;
	int n;

	if (regex == NULL)
		return 1;
	if ((re = regex_new(regex, e)) == NULL)
		return -1;
	if ((n = regex_match(re, s, len, &at)) < 0)
		return err_set(e, ERR_INPUT, NULL, _("the expression '%s' "
		    "takes too long on what it printed"), regex);
	out->regex = regex;
	out->what = forbidden ? OBJECTION_SAID : OBJECTION_NOT_SAID;
	if (n == 1 && forbidden)
		take_line(s, len, at.start, out);
	return forbidden ? n == 0 : n == 1;
}

/* What ended for this never came to what it was asked. */
static bool
was_stopped(const struct command_answer *a, struct refusal *out)
{
	const char *at = a->exit == 0 || a->err_len == 0 ? NULL :
	    memmem(a->err, a->err_len, READ_ONLY, sizeof(READ_ONLY) - 1);

	if (at != NULL)
		take_line(a->err, a->err_len, (size_t)(at - a->err), out);
	return at != NULL;
}

/* 1 when the answer is as demanded; 0 and why it is not. */
static int
look(const struct command_demand *d, const struct command_answer *a,
    struct refusal *out, struct err *e)
{
	const struct {
		const char *regex;
		bool forbidden;
		const char *stream, *s;
		size_t len;
	} tries[] = {
		{ d->not_err, true, "stderr", a->err, a->err_len },
		{ d->not_out, true, "stdout", a->out, a->out_len },
		{ d->err, false, "stderr", a->err, a->err_len },
		{ d->out, false, "stdout", a->out, a->out_len },
	};

	if (!exit_is_right(d, a->exit)) {
		out->what = OBJECTION_EXIT;
		find_line(a, out, e);
		return 0;
	}
	for (size_t i = 0; i < 4; i++) {
		int n = try(tries[i].regex, tries[i].forbidden, tries[i].s,
		    tries[i].len, out, e);

		out->stream = tries[i].stream;
		if (n == 0 && out->line == NULL)
			find_line(a, out, e);
		if (n != 1)
			return n;
	}
	return !was_stopped(a, out);
}

int
eval_command_accepts(const struct command_demand *d,
    const struct command_answer *a, struct err *e)
{
	struct refusal ignored = { 0 };

	return look(d, a, &ignored, e);
}

static size_t
path_length(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && strchr(" \t\r\n:,;'\"()[]<>", s[n]) == NULL)
		n++;
	return n;
}

static unsigned
number_at(const char *s, size_t len)
{
	unsigned n = 0;

	for (size_t i = 0; i < len && s[i] >= '0' && s[i] <= '9' &&
	    n < 100000000; i++)
		n = n * 10 + (unsigned)(s[i] - '0');
	return n;
}

/* The number of a line, said right after a path: ":3", " line 3", ": line 3",
 * " (line 3)"; or shortly before it: "line 3 of file ". 0: none is said. */
enum { BEFORE_MAX = 40 };

static unsigned
line_beside(const char *s, size_t at, size_t n, size_t len)
{
	static const char word[] = "line ";
	const size_t w = sizeof(word) - 1;
	size_t p = at + n, start;

	if (p + 1 < len && s[p] == ':' && number_at(s + p + 1,
	    len - p - 1) > 0)
		return number_at(s + p + 1, len - p - 1);
	while (p < len && strchr(":,'\" (", s[p]) != NULL)
		p++;
	if (len - p > w && memcmp(s + p, word, w) == 0)
		return number_at(s + p + w, len - p - w);
	start = at > BEFORE_MAX ? at - BEFORE_MAX : 0;
	for (p = at; p-- > start && s[p] != '/';)
		if (at - p > w && memcmp(s + p, word, w) == 0)
			return number_at(s + p + w, at - p - w);
	return 0;
}

/* A file of this machine that the line names with a number. */
static const struct entry *
find_place(struct judge *j, const struct refusal *r, struct about *about)
{
	for (size_t i = 0; r->line != NULL && i < r->len; i++) {
		size_t n;
		unsigned line;
		const char *path;
		const struct entry *en;

		if (r->line[i] != '/')
			continue;
		n = path_length(r->line + i, r->len - i);
		line = line_beside(r->line, i, n, r->len);
		if (line > 0) {
			path = arena_memdup(&j->arena, r->line + i, n);
			en = j->ev->entry(j->ev->ctx, path);
			if (en != NULL) {
				about->file = path;
				about->line = line;
				return en;
			}
		}
		i += n > 0 ? n - 1 : 0;
	}
	return NULL;
}

static const char *
moment(struct judge *j, int64_t when)
{
	char text[64] = "";
	time_t t = (time_t)when;
	struct tm tm;

	if (localtime_r(&t, &tm) == NULL ||
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm) == 0)
		return "";
	return arena_strdup(&j->arena, text);
}

/* As a person would type it. */
static const char *
words(struct judge *j)
{
	CLEANUP(drop_buf) struct buf b = { 0 };
	const struct texts *run = &j->rule->command->run;

	for (size_t i = 0; i < run->n; i++) {
		buf_adds(&b, i > 0 ? " " : "");
		buf_adds(&b, run->items[i]);
	}
	return arena_printf(&j->arena, "'%s'", buf_str(&b));
}

static const char *
ended(struct judge *j, const struct command_answer *a)
{
	if (by_signal(a->exit))
		return arena_printf(&j->arena, _("ended with %d (signal %d?)"),
		    a->exit, a->exit - 128);
	return arena_printf(&j->arena, _("ended with %d"), a->exit);
}

/*
 * What it missed because of how it is asked; then it says nothing of the
 * configuration. These are the words of strerror(3) and gai_strerror(3) for
 * LC_ALL=C.UTF-8, and of nginx.
 */
static const char *
missed(const struct refusal *r)
{
	static const struct { const char *words, *what; } known[] = {
		{ READ_ONLY, N_("wants to write, which a check "
		    "lets nobody%s [name the folder under 'scratch']") },
		{ "Temporary failure in name resolution",
		    N_("wants the network, which a check lets nobody reach"
		    "%s") },
		{ "Name or service not known", N_("wants the network, which a "
		    "check lets nobody reach%s") },
		{ "host not found in", N_("wants the network, which a check "
		    "lets nobody reach%s") },
		{ "Network is unreachable", N_("wants the network, which a "
		    "check lets nobody reach%s") },
	};

	for (size_t i = 0; r->line != NULL && i < sizeof(known) /
	    sizeof(known[0]); i++)
		if (memmem(r->line, r->len, known[i].words,
		    strlen(known[i].words)) != NULL)
			return _(known[i].what);
	return NULL;
}

static void
refused(struct judge *j, const struct command_answer *a,
    const struct refusal *r)
{
	const struct command_demand *d = j->rule->command;
	struct about about = { .demand = "command", .at = &d->at };
	const struct entry *named = find_place(j, r, &about);
	const char *said, *when = moment(j, a->when);

	if (named != NULL) {
		j->path = about.file;
		/* What it quotes may be of the file that it names. */
		j->entry = judge_secret(j) ? j->entry : named;
	}
	said = r->line == NULL ? _(" and said nothing") :
	    arena_printf(&j->arena, ": %s",
	    judge_show_line(j, r->line, r->len));
	if (missed(r) != NULL)
		judge_add(j, VERDICT_CANNOT_TELL, about, "%s %s", words(j),
		    arena_printf(&j->arena, missed(r), said));
	else if (r->what == OBJECTION_EXIT)
		judge_add(j, VERDICT_FAILS, about, _("%s %s%s (asked %s)"),
		    words(j), ended(j, a), said, when);
	else if (r->what == OBJECTION_SAID)
		judge_add(j, VERDICT_FAILS, about, _("%s says on %s%s "
		    "(asked %s)"), words(j), r->stream, said, when);
	else
		judge_add(j, VERDICT_FAILS, about, _("%s does not say on %s "
		    "what matches %s%s (asked %s)"), words(j), r->stream,
		    judge_wanted(j, r->regex), said, when);
	j->out->items[j->out->n - 1].asked = a->when;
	/* What is wrong may be outside of all files: it is asked again. */
	judge_again(j);
}

static void
count_asked(struct judge *j, const struct command_answer *a)
{
	struct results *out = j->out;

	out->asked++;
	if (out->asked_oldest == 0 || a->when < out->asked_oldest)
		out->asked_oldest = a->when;
	if (a->valid_until != 0 && (out->valid_until == 0 ||
	    a->valid_until < out->valid_until))
		out->valid_until = a->valid_until;
}

static void
content(struct judge *j, const struct command_answer *a)
{
	struct results *out = j->out;

	judge_holds(j, (struct about){ .demand = "command",
	    .at = &j->rule->command->at }, _("%s has nothing against it"),
	    words(j));
	if (out->keep_held)
		out->items[out->n - 1].asked = a->when;
}

static void
judge_answer(struct judge *j, const struct command_answer *a)
{
	const struct command_demand *d = j->rule->command;
	struct refusal r = { 0 };
	struct err e = { 0 };
	int n;

	count_asked(j, a);
	if ((n = look(d, a, &r, &e)) > 0)
		content(j, a);
	else if (n == 0)
		refused(j, a, &r);
	else
		judge_unknown(j, "command", &d->at, &e);
}

/* True when there is a configuration to ask about. */
static bool
settle(struct judge *j, const struct matches *m)
{
	const struct entry *en;

	j->path = m->n > 0 ? m->items[0]->path : j->rule->paths.items[0];
	for (size_t i = 0; i < m->n && !judge_secret(j); i++) {
		j->entry = m->items[i];
		if ((en = judge_follow(j, j->entry)) != NULL)
			j->subject = en;
	}
	return m->n > 0;
}

/* Says so when there may be a configuration that nobody could look at. */
static void
tell_hidden(struct judge *j)
{
	const struct rule *r = j->rule;
	const char *why = judge_hides(j, &r->paths);

	/* What must be present was missed already. */
	if (why != NULL && r->require == REQUIRE_IF_PRESENT)
		judge_add(j, VERDICT_CANNOT_TELL, (struct about){ .demand =
		    "command", .at = &r->command->at },
		    _("lies in a folder that cannot be read (%s)"), why);
}

void
judge_command(struct judge *j, const struct matches *m)
{
	const struct command_demand *d = j->rule->command;
	struct command_answer a = { .state = COMMAND_NOT_ASKED };
	struct err e = { 0 };

	if (d == NULL || j->rule->paths.n == 0)
		return;
	if (!settle(j, m)) {
		tell_hidden(j);
		return;
	}
	if (j->ev->ask != NULL &&
	    j->ev->ask(j->ev->ctx, j->rule, &a, &e) < 0) {
		judge_unknown(j, "command", &d->at, &e);
	} else if (a.state == COMMAND_NOT_ASKED) {
		j->out->not_asked++;
		j->out->rules--;
	} else if (a.state == COMMAND_MISSING) {
		if (j->rule->require == REQUIRE_PRESENT)
			judge_add(j, VERDICT_FAILS, (struct about){
			    .demand = "command", .at = &d->at },
			    _("'%s' is not installed"), d->run.items[0]);
	} else {
		judge_answer(j, &a);
	}
}
