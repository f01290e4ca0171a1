/* SPDX-License-Identifier: MIT */
#ifndef SPECS_COMPLAINT_H
#define SPECS_COMPLAINT_H

#include <stdbool.h>

#include "base/err.h"

/* What a library that calls back has to complain of. */

/* What went wrong first: later complaints only follow from it. */
struct complaint {
	char words[256];
	int line;		/* or the byte of an expression */
	bool doctype;
};

/* The first line of the message, which may be NULL. */
void complaint_first(struct complaint *c, const char *message, int line);
/*
 * Of the library itself, to arg, a complaint: an unknown function or variable
 * goes past the handler of the expression, as "xmlSomething: what is wrong".
 */
void complaint_library(void *arg, const char *fmt, ...) PRINTF(2, 3);
/* The XPath is wrong; -1. */
int complaint_expression(const struct complaint *c, const char *name,
    const char *expr, struct err *e);

#endif
