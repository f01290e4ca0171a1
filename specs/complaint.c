/* SPDX-License-Identifier: MIT */
#include "specs/complaint.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/tr.h"

void
complaint_first(struct complaint *c, const char *message, int line)
{
	if (c->words[0] != '\0' || message == NULL)
		return;
	snprintf(c->words, sizeof(c->words), "%s", message);
	c->words[strcspn(c->words, "\n")] = '\0';
	c->line = line;
}

void
complaint_library(void *arg, const char *fmt, ...)
{
	char line[256];
	const char *words;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	words = strncmp(line, "xml", 3) == 0 ? strstr(line, ": ") : NULL;
	complaint_first(arg, words != NULL ? words + 2 : line, 0);
}

int
complaint_expression(const struct complaint *c, const char *name,
    const char *expr, struct err *e)
{
	const char *words = c->words[0] ? c->words : _("no reason given");

	if (c->line > 0)
		return err_set(e, ERR_INPUT, name,
		    _("the XPath '%.200s' is wrong near byte %d: %s"), expr,
		    c->line, words);
	return err_set(e, ERR_INPUT, name,
	    _("the XPath '%.200s' is wrong: %s"), expr, words);
}
