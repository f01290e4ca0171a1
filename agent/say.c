/* SPDX-License-Identifier: MIT */
#include "agent/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/charset.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

void
say_error_text(const char *line)
{
	CLEANUP(drop_buf) struct buf shown = { 0 };

	fprintf(stderr, "driftctl: %s\n", charset_shown(line, strlen(line),
	    &shown) ? buf_str(&shown) : line);
}

void
say_passing(const char *line)
{
	fputs("\r\033[K", stderr);
	say_question(line != NULL ? line : "");
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

void
say_question(const char *text)
{
	CLEANUP(drop_buf) struct buf shown = { 0 };

	fputs(charset_shown(text, strlen(text), &shown) ? buf_str(&shown) :
	    text, stderr);
	fflush(stderr);
}

int
say_out(const struct buf *text, struct err *e)
{
	CLEANUP(drop_buf) struct buf shown = { 0 };

	return say_exact(charset_shown(buf_str(text), text->len, &shown) ?
	    &shown : text, e);
}

int
say_result(const struct options *o, const struct buf *text, struct err *e)
{
	return o->format == FORMAT_TEXT ? say_out(text, e) :
	    say_exact(text, e);
}

int
say_exact(const struct buf *text, struct err *e)
{
	return file_write_fd(STDOUT_FILENO, "stdout", buf_str(text), text->len,
	    e);
}
