/* SPDX-License-Identifier: MIT */
#ifndef AGENT_SPECTEST_SPECCASE_H
#define AGENT_SPECTEST_SPECCASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/entry.h"
#include "base/mem.h"
#include "specs/catalogue.h"
#include "specs/diagnostics.h"
#include "specs/eval.h"

/*
 * One case of `spec test`: a machine that is written down, and what a spec
 * must find on it. Plain values in the arena they were read into.
 */

/* One path of `files`; what is not said stays as the root has it. */
struct case_file {
	const char *path;
	struct place at;
	bool absent;		/* taken away, with all below it */
	bool unreadable;
	int kind;		/* enum entry_kind, -1 = not said */
	const char *text;	/* content; NULL = not said */
	const char *copy;	/* the file that has it, beside the case */
	const char *target;	/* of a symlink */
	int mode;		/* -1 = not said */
	const char *owner, *group;	/* name or number, NULL = not said */
	int64_t age;		/* seconds before now; -1 = not said */
	const char *acl, *default_acl, *flags, *capabilities;
	struct texts xattr;	/* NAME=VALUE */
};

struct case_files {
	struct case_file *items;
	size_t n, cap;
};

/* What one run of a command would say. */
struct case_answer {
	struct texts run;
	int exit;
	const char *out, *errors;	/* what it writes, never NULL */
	struct place at;
};

/* One finding that must come. */
struct case_find {
	const char *rule;
	const char *path;	/* what it is about, or the file that decides;
				 * NULL = any */
	const char *demand;	/* NULL = any */
	const char *says;	/* regular expression on its text, or NULL */
	unsigned line;		/* that decides, 0 = any */
	bool unknown;		/* cannot tell, rather than does not hold */
	struct place at;
};

struct spec_case {
	const char *file, *test, *spec;
	struct place at, spec_at;
	struct texts roots;	/* beside the case file; later ones over
				 * earlier ones */
	struct place root_at;
	const char *os_id, *os_version;	/* NULL = as the root says */
	struct texts packages;
	struct variables vars;
	struct case_files files, baseline;
	bool has_baseline;
	struct {
		struct case_answer *items;
		size_t n, cap;
	} answers;
	struct {
		struct case_find *items;
		size_t n, cap;
	} finds;
	bool applies;
};

/* Mistakes go to diags; what could be understood is in out all the same. */
void speccase_parse(const char *file, const char *bytes, size_t len,
    struct arena *a, struct spec_case *out, struct diagnostics *diags);

/* Whether it is the rule's command that is answered. */
bool speccase_answers(const struct case_answer *a, const struct rule *rule);

#endif
