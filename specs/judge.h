/* SPDX-License-Identifier: MIT */
#ifndef SPECS_JUDGE_H
#define SPECS_JUDGE_H

#include "base/regex.h"
#include "specs/eval.h"
#include "specs/view.h"

/*
 * Inside of evaluation: one rule on one path. Each judge_x looks at what the
 * rule demands of x, counts what holds and adds results for what does not.
 */

/* Larger files are recorded, but their content is not judged. */
enum { CONTENT_MAX = 16 * 1024 * 1024 };

/* Expressions compiled once a rule, whatever number of files it is about. */
struct regex_cache {
	struct cached_regex {
		const char *pattern;
		struct regex *re;	/* NULL: the pattern is wrong */
	} *items;
	size_t n, cap;
};

/* Files read as one: their lines are counted on from one to the next. */
struct judge_parts {
	struct judge_part {
		const char *file;
		unsigned before;	/* lines of the files before it */
	} *items;
	size_t n, cap;
	/* Some could not be had: what stands between these lines is not known,
	 * and the first of them is missing because of gap. */
	const struct err *gap;		/* NULL: nothing is missing */
	unsigned gap_from, gap_to;
};

struct judge {
	const struct rule *rule;
	const struct evidence *ev;
	struct results *out;
	struct regex_cache *regexes;
	struct arena arena;		/* emptied after each path */
	const char *path;
	const struct entry *entry;	/* what is at path */
	const struct entry *subject;	/* the symlink's target, or entry;
					 * NULL when it is not known */
	struct texts seen;		/* units judged, by their ids */
	bool hidden_told;	/* what hides a pattern: once will do */
	struct judge_parts parts;	/* of what was read last, when that
					 * was many files; else empty */
	const struct texts *joined;	/* files that are the content, in
					 * place of the path; or NULL */
	const struct err *unseen;	/* told: there may be more files among
					 * these; or NULL */
};

/* What a result is about. */
struct about {
	const char *demand;		/* "lines.forbid" */
	const char *file;		/* that decides; NULL = the path */
	unsigned line;
	const struct place *at;		/* NULL = the rule's */
};

/* True when nothing of the content may be shown: the rule says so, or it is
 * recorded sealed. */
bool judge_secret(const struct judge *j);
void judge_held(struct judge *j);
/* The same; told of where somebody wants to know what holds, and why. */
void judge_holds(struct judge *j, struct about about, const char *fmt, ...)
    PRINTF(3, 4);
/* Adds a result; what it shows of the machine must have been through show. */
void judge_add(struct judge *j, enum verdict v, struct about about,
    const char *fmt, ...) PRINTF(4, 5);
/* "Cannot tell" with the reason, place and line of e. */
void judge_unknown(struct judge *j, const char *demand,
    const struct place *at, const struct err *e);

/* Bytes from the machine for a message: in quotes, escaped, shortened; hidden
 * where the rule is secret. In the judge's arena. */
const char *judge_show(struct judge *j, const char *bytes, size_t len);
/* The same for a message of a program, which may be longer. */
const char *judge_show_line(struct judge *j, const char *bytes, size_t len);
const char *judge_shows(struct judge *j, const char *s);
/* The same for what the spec says. */
const char *judge_wanted(struct judge *j, const char *s);
/* The same for what is public in a file with secrets: hidden only where the
 * rule says so. */
const char *judge_public(struct judge *j, const char *s);
/* Why something may be there, of what the pattern (or one of them, braces
 * expanded) stands for, that nobody could look at; NULL: nothing is hidden. */
const char *judge_hidden(struct judge *j, const char *pattern);
const char *judge_hides(struct judge *j, const struct texts *patterns);
/* At this moment the answer may be another one. */
void judge_until(struct judge *j, int64_t moment);
/* Nobody hears of it when this answer changes: it is for now only. */
void judge_again(struct judge *j);
/* Says that the entry is a symlink to nothing. */
void judge_dangling(struct judge *j);

/* NULL with e when the pattern is wrong. */
const struct regex *judge_regex(struct judge *j, const char *pattern,
    struct err *e);

/* The content to judge; -1 with the reason why there is none. */
int judge_bytes(struct judge *j, const char **out_bytes, size_t *out_len,
    struct err *e);
/* Parses the content with the view of the rule or, without one, of the path. */
int judge_view(struct judge *j, const struct view **out_view,
    struct view_node *out, struct err *e);

/*
 * A symlink whose type nobody asked for stands for what it leads to. NULL when
 * that is not known to the evidence.
 */
const struct entry *judge_follow(struct judge *j, const struct entry *en);

/*
 * What judge_bytes and judge_view give of files that are read as one: the
 * bytes, or the nodes of all, those that win last (or first, where the view
 * has it so). Results then name the file and its own line. A file that cannot
 * be had leaves a gap: what is found besides it is judged all the same, and
 * what the gap may decide is not told.
 */
void judge_parts_bytes(struct judge *j, const struct texts *files,
    const char **out_bytes, size_t *out_len);
void judge_parts_view(struct judge *j, const struct view *v,
    const struct texts *files, struct view_node *out);
/* Once for all of a demand that the gap may decide. */
void judge_gap(struct judge *j, const char *demand, const struct place *at);

/* All that the rule demands of one entry. */
void judge_path(struct judge *j, const struct entry *en);
/* False when there is nothing behind a symlink to judge. */
bool judge_settle(struct judge *j);

void judge_metadata(struct judge *j);
void judge_extras(struct judge *j);	/* acl, xattr, capabilities, flags */
void judge_lines(struct judge *j);
void judge_keys(struct judge *j);
/* The same of what was parsed already. */
void judge_keys_in(struct judge *j, const struct view *view,
    const struct view_node *top);
void judge_entries(struct judge *j);
void judge_xpath(struct judge *j);
void judge_config(struct judge *j);
/* How the values of any format are taken apart into words. */
const struct view *judge_config_view(void);
void judge_pam(struct judge *j);
void judge_outcomes(struct judge *j);	/* of pam; judge_pam calls it */
void judge_content(struct judge *j);
void judge_sound(struct judge *j);
void judge_luks(struct judge *j);
void judge_numbers(struct judge *j);	/* size, age */
void judge_certificate(struct judge *j);

/* About all that a rule's patterns match, not about one path. */
struct matches;
void judge_count(struct judge *j, size_t n);
void judge_newest(struct judge *j, const struct matches *m);
void judge_command(struct judge *j, const struct matches *m);
/* One unit; nothing where it was judged by another name of its. */
void judge_unit(struct judge *j, const char *name);
/* A rule with `layers`. */
void judge_layers(struct judge *j);

/* Values that one test looks at, with their lines. */
struct values {
	const char **items;
	unsigned *lines;
	size_t n, cap;
};

void values_add(struct judge *j, struct values *v, const char *s,
    unsigned line);

/*
 * One test. VERDICT_FAILS: *out_i is the value that failed (or n). every:
 * equals, matches and one-of hold for each value, not only for one.
 */
enum verdict test_values(struct judge *j, const struct view *view,
    const struct test *t, const struct values *v, bool every, size_t *out_i,
    struct err *e);
/* "expected 'x'" for a person, in the judge's arena. */
const char *test_describe(struct judge *j, const struct test *t);

/* Whether all tests hold on a row of a table; the first that does not goes to
 * *out_field and *out_test, with the value it was asked of. */
enum verdict test_row(struct judge *j, const struct view *view,
    const struct view_node *row, const struct field_tests *tests,
    const struct field_test **out_field, const struct test **out_test,
    const char **out_value, struct err *e);

/* The values of one key that count, in order; see view.h for which do. */
void keys_collect(struct judge *j, const struct view *view,
    const struct view_node *top, const char *section, const char *key,
    struct values *out);

#endif
