/* SPDX-License-Identifier: MIT */
#ifndef SPECS_VIEWS_PAM_H
#define SPECS_VIEWS_PAM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"

enum pam_kind {
	PAM_LINE_MODULE,
	PAM_LINE_INCLUDE,	/* `include`, or `@include` of all types */
	PAM_LINE_SUBSTACK,
	PAM_LINE_OPEN,		/* the file ends behind its '\': libpam gives up
				 * the service */
	PAM_LINE_ODD,		/* no line: what is odd behind the last one */
};

/* One logical line of pam.d(5); everything belongs to the arena. */
struct pam_line {
	struct pam_line *next;
	enum pam_kind kind;
	const char *service;	/* of pam.conf(5), else "" */
	const char *type;	/* auth, account, password, session; "" = all */
	const char *control;	/* as written: "required", "[default=die]" */
	const char *module;	/* as written, or the file that is included */
	const char **args;	/* brackets taken off */
	size_t n_args;
	bool optional;		/* -type: a missing module is no error */
	const char *odd;	/* what of it, or in front of it, libpam reads
				 * otherwise before 1.6 than since; or NULL */
	const char *file;	/* where it stands */
	unsigned line;
	size_t start, end;
};

/* Every line of one file in order; name decides whether it is pam.conf. */
int pam_parse(const char *name, const char *bytes, size_t len,
    struct arena *a, struct pam_line **out, struct err *e);

/* -1 with its place when the file ends in the middle of a line. */
int pam_refuse_open(const struct pam_line *lines, struct err *e);

/* Whether two controls mean the same: words, or their brackets. */
bool pam_same_control(const char *a, const char *b);

#endif
