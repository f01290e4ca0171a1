/* SPDX-License-Identifier: MIT */
#ifndef SPECS_PAM_STACK_H
#define SPECS_PAM_STACK_H

#include "base/err.h"
#include "base/mem.h"
#include "specs/eval.h"
#include "specs/views/pam.h"

enum pam_step_kind {
	PAM_STEP_MODULE,
	PAM_STEP_SUBSTACK,	/* a substack begins; jumps count it as one */
	PAM_STEP_BROKEN,	/* an include that leads nowhere: it fails */
};

/* One module call of the effective stack, in the order libpam comes by. */
struct pam_step {
	enum pam_step_kind kind;
	const char *type, *control, *module;
	const char *const *args;
	size_t n_args;
	bool optional;
	unsigned substack;	/* depth of substacks; 0 = the stack itself */
	const char *file;	/* where it stands */
	unsigned line;
};

struct pam_stack {
	struct pam_step *items;	/* in the arena */
	size_t n;
};

/*
 * The modules of one type that the file at path leads to: include, substack
 * and @include are followed through /etc/pam.d, /usr/lib/pam.d and
 * /usr/etc/pam.d, on Debian until 12 (etc/debian_version) in /etc/pam.d alone.
 * -1 where a file is missing or wrong or includes itself, with the place that
 * names it in e.
 */
int pam_stack_read(const struct evidence *ev, const char *path,
    const char *type, struct arena *a, struct pam_stack *out, struct err *e);

/*
 * The same as libpam itself takes it, for pam_dispatch: the file of that
 * service which comes first in the folders, the service "other" where it has
 * nothing of the type, steps of every kind, and includes that are missing or
 * too deep as steps that fail. -1 where a file cannot be read, is wrong or
 * includes itself, at which some versions of libpam crash.
 */
int pam_stack_service(const struct evidence *ev, const char *path,
    const char *type, struct arena *a, struct pam_stack *out, struct err *e);

#endif
