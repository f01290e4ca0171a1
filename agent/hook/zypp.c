/* SPDX-License-Identifier: MIT */
#include "agent/hook/zypp.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_LEN = 4096 };

static const struct {
	const char *name;
	enum zypp_command command;
} commands[] = {
	{ "PLUGINBEGIN", ZYPP_PLUGINBEGIN },
	{ "COMMITBEGIN", ZYPP_COMMITBEGIN },
	{ "COMMITEND", ZYPP_COMMITEND },
	{ "PLUGINEND", ZYPP_PLUGINEND },
	{ "_DISCONNECT", ZYPP_DISCONNECT },
};

void
zypp_done(struct zypp_reader *z)
{
	buf_done(&z->line);
	buf_done(&z->command);
	buf_done(&z->userdata);
	*z = (struct zypp_reader){ 0 };
}

void
drop_zypp(struct zypp_reader *z)
{
	zypp_done(z);
}

/* \n, \r, \c and \\ stand for line feed, carriage return, colon, backslash. */
static void
unescape(const char *text, struct buf *out)
{
	static const char letters[] = "nrc\\", plain[] = "\n\r:\\";

	for (; *text != '\0'; text++) {
		const char *l = text[0] == '\\' && text[1] != '\0' ?
		    strchr(letters, text[1]) : NULL;

		buf_addc(out, l != NULL ? plain[l - letters] : *text);
		text += l != NULL;
	}
}

static void
take_header(struct zypp_reader *z, const char *line)
{
	const char *colon = strchr(line, ':');
	char *end;

	if (colon == NULL || z->overlong)
		return;
	if (strncmp(line, "userdata:", 9) == 0) {
		buf_reset(&z->userdata);
		unescape(colon + 1, &z->userdata);
	} else if (strncmp(line, "content-length:", 15) == 0 &&
	    colon[1] >= '0' && colon[1] <= '9') {
		unsigned long long n = strtoull(colon + 1, &end, 10);

		/* More than memory has is no length, but a mistake. */
		z->has_length = *end == '\0' && n < SIZE_MAX / 2;
		z->length = z->has_length ? (size_t)n : 0;
	}
}

static void
end_line(struct zypp_reader *z)
{
	const char *line = buf_str(&z->line);

	if (z->line.len > 0 && line[z->line.len - 1] == '\r')
		buf_truncate(&z->line, z->line.len - 1);
	line = buf_str(&z->line);
	if (z->at == ZYPP_COMMAND) {
		/* Between frames there may be line ends. */
		if (z->line.len == 0)
			return;
		buf_adds(&z->command, line);
		z->at = ZYPP_HEADERS;
	} else if (z->line.len == 0 && !z->overlong) {
		z->at = ZYPP_BODY;
	} else {
		take_header(z, line);
	}
	buf_reset(&z->line);
	z->overlong = false;
}

static enum zypp_command
end_frame(struct zypp_reader *z)
{
	const char *name = buf_str(z->at == ZYPP_COMMAND ? &z->line :
	    &z->command);
	enum zypp_command c = ZYPP_OTHER;

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(name, commands[i].name) == 0)
			c = commands[i].command;
	buf_reset(&z->line);
	buf_reset(&z->command);
	z->at = ZYPP_COMMAND;
	z->has_length = z->overlong = false;
	z->length = 0;
	return c;
}

/* Passes over what the length promises, then up to the NUL; a length that was
 * too short is made good by that, one that was too long eats other frames. */
static bool
skip_body(struct zypp_reader *z, const char **at, const char *end)
{
	size_t left = (size_t)(end - *at), n;
	const char *nul;

	if (z->has_length && z->length > 0) {
		n = z->length < left ? z->length : left;
		z->length -= n;
		*at += n;
		left -= n;
	}
	if (left == 0)
		return false;
	nul = memchr(*at, '\0', left);
	*at = nul != NULL ? nul + 1 : end;
	return nul != NULL;
}

static void
take_byte(struct zypp_reader *z, char c)
{
	if (c == '\n')
		end_line(z);
	else if (z->line.len < LINE_MAX_LEN)
		buf_addc(&z->line, c);
	else
		z->overlong = true;
}

enum zypp_command
zypp_read(struct zypp_reader *z, const char **at, const char *end)
{
	while (*at < end) {
		if (z->at == ZYPP_BODY) {
			if (skip_body(z, at, end))
				return end_frame(z);
		} else if (**at != '\0') {
			take_byte(z, *(*at)++);
		} else {
			(*at)++;
			/* NULs between frames are nothing. */
			if (z->at == ZYPP_HEADERS || z->line.len > 0)
				return end_frame(z);
		}
	}
	return ZYPP_NONE;
}

void
zypp_answer(enum zypp_command c, struct buf *out)
{
	const char *word = c == ZYPP_OTHER ? "_ENOMETHOD" : "ACK";

	buf_adds(out, word);
	buf_add(out, "\n\n", 3);
}
