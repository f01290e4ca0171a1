/* SPDX-License-Identifier: MIT */
#include "agent/preflight/script.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

/* Calls of rpm's Lua that work on a file, and what they do. */
static const struct {
	const char *name;
	enum script_deed deed;
} calls[] = {
	{ "os.remove", SCRIPT_REMOVES },
	{ "os.rename", SCRIPT_MOVES },
	{ "posix.unlink", SCRIPT_REMOVES },
	{ "posix.rmdir", SCRIPT_REMOVES },
	{ "posix.chmod", SCRIPT_TOUCHES },
	{ "posix.chown", SCRIPT_TOUCHES },
	{ "posix.symlink", SCRIPT_NAMES },
	{ "posix.stat", SCRIPT_DEEDS },
	{ "posix.access", SCRIPT_DEEDS },
	{ "io.open", SCRIPT_EDITS },
};
enum { N_CALLS = sizeof(calls) / sizeof(calls[0]), TEXT_MAX = 4096 };

/* A text in quotes; NULL where there is none. */
static const char *
text_at(const char *p, char *out)
{
	size_t n;

	p += strspn(p, " \t(,");
	if (*p != '\'' && *p != '"')
		return NULL;
	n = strcspn(p + 1, p[0] == '"' ? "\"\n" : "'\n");
	if (n >= TEXT_MAX || p[1 + n] != p[0])
		return NULL;
	memcpy(out, p + 1, n);
	out[n] = '\0';
	return p + 2 + n;
}

static void
take_call(const char *p, enum script_deed deed,
    const struct script_command *c, struct script_acts *out)
{
	char path[TEXT_MAX], more[TEXT_MAX] = "";
	const char *rest = text_at(p, path);

	if (rest == NULL || deed == SCRIPT_DEEDS)
		return;
	if (text_at(rest, more) == NULL)
		more[0] = '\0';
	if (deed == SCRIPT_EDITS && strpbrk(more, "wa+") == NULL)
		return;
	if (deed == SCRIPT_EDITS && strchr(more, 'w') != NULL)
		deed = SCRIPT_MAKES;
	script_act_add(out, deed, path, deed == SCRIPT_MOVES ? more : NULL,
	    c);
}

static bool
is_keyword(const char *line, const char *p, const char *word)
{
	size_t n = strlen(word);

	return strncmp(p, word, n) == 0 &&
	    (p == line || (!isalnum((unsigned char)p[-1]) &&
	    strchr("_.'\"/", p[-1]) == NULL)) &&
	    !isalnum((unsigned char)p[n]) && p[n] != '_';
}

/* How many blocks a line opens less those that it closes. */
static int
blocks(const char *line)
{
	static const char *const open[] = { "then", "do", "function",
		"repeat" };
	int n = 0;

	for (const char *p = line; *p != '\0'; p++) {
		for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++)
			n += is_keyword(line, p, open[i]);
		/* `elseif … then` opens none. */
		n -= is_keyword(line, p, "end") ||
		    is_keyword(line, p, "until") ||
		    is_keyword(line, p, "elseif");
	}
	return n;
}

static void
take_line(const char *line, const struct script_command *c,
    struct script_acts *out)
{
	for (const char *p = line; *p != '\0'; p++) {
		if (text_starts(p, "--"))
			return;
		for (int i = 0; i < N_CALLS; i++)
			if (is_keyword(line, p, calls[i].name))
				take_call(p + strlen(calls[i].name),
				    calls[i].deed, c, out);
	}
}

void
script_read_lua(const char *body, struct script_acts *out)
{
	struct script_command c = { .line = 1 };
	int depth = 0;

	while (*body != '\0') {
		size_t n = strcspn(body, "\n");
		CLEANUP(drop_free) char *line = xmemdup(body, n);
		int change = blocks(line);

		c.maybe = depth > 0 || change != 0;
		take_line(line, &c, out);
		depth += change;
		if (depth < 0)
			depth = 0;
		body += n + (body[n] == '\n');
		c.line++;
	}
}
