/* SPDX-License-Identifier: MIT */
#include "agent/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

void
say_error_text(const char *line)
{
	fprintf(stderr, "driftctl: %s\n", line);
}

void
say_passing(const char *line)
{
	fprintf(stderr, "\r\033[K%s", line != NULL ? line : "");
	fflush(stderr);
}

void
say_error(const struct err *e)
{
	CLEANUP(drop_buf) struct buf line = { 0 };

	err_format(e, &line);
	say_error_text(buf_str(&line));
}

void
say_note(const char *fmt, ...)
{
	CLEANUP(drop_buf) struct buf line = { 0 };
	CLEANUP(drop_free) char *raw = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&raw, fmt, ap) < 0)
		raw = NULL;
	va_end(ap);
	if (raw == NULL)
		return;
	text_escape(&line, raw, strlen(raw));
	say_error_text(buf_str(&line));
}

int
say_out(const struct buf *text, struct err *e)
{
	return file_write_fd(STDOUT_FILENO, "stdout", buf_str(text), text->len,
	    e);
}
