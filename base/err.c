/* SPDX-License-Identifier: MIT */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

static int
record(struct err *e, enum err_kind kind, const char *where, const char *fmt,
    va_list ap)
{
	if (e->kind != ERR_NONE)
		return -1;
	e->kind = kind;
	e->sys = 0;
	e->line = e->col = 0;
	snprintf(e->where, sizeof(e->where), "%s", where ? where : "");
	vsnprintf(e->what, sizeof(e->what), fmt, ap);
	return -1;
}

int
err_set(struct err *e, enum err_kind kind, const char *where, const char *fmt,
    ...)
{
	va_list ap;

	va_start(ap, fmt);
	record(e, kind, where, fmt, ap);
	va_end(ap);
	return -1;
}

int
err_at(struct err *e, const char *where, unsigned line, unsigned col,
    const char *fmt, ...)
{
	va_list ap;

	if (e->kind != ERR_NONE)
		return -1;
	va_start(ap, fmt);
	record(e, ERR_INPUT, where, fmt, ap);
	va_end(ap);
	e->line = line;
	e->col = col;
	return -1;
}

int
err_sys(struct err *e, const char *where, const char *fmt, ...)
{
	va_list ap;
	int sys = errno;

	if (e->kind != ERR_NONE)
		return -1;
	va_start(ap, fmt);
	record(e, sys == ENOENT ? ERR_MISSING : ERR_SYSTEM, where, fmt, ap);
	va_end(ap);
	e->sys = sys;
	return -1;
}

void
err_format(const struct err *e, struct buf *out)
{
	if (e->where[0] != '\0') {
		text_escape(out, e->where, strlen(e->where));
		if (e->line > 0)
			buf_addf(out, ":%u", e->line);
		if (e->line > 0 && e->col > 0)
			buf_addf(out, ":%u", e->col);
		buf_adds(out, ": ");
	}
	text_escape(out, e->what, strlen(e->what));
	if (e->sys != 0)
		buf_addf(out, ": %s", strerror(e->sys));
}

void
err_clear(struct err *e)
{
	e->kind = ERR_NONE;
}
