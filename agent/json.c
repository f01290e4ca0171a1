/* SPDX-License-Identifier: MIT */
#include "agent/json.h"

#include <string.h>

#include "base/text.h"

static void
member(struct json *j, const char *key)
{
	if (j->more)
		buf_addc(j->out, ',');
	if (j->depth > 0 && !j->compact)
		buf_addf(j->out, "\n%*s", (int)(2 * j->depth), "");
	j->more = true;
	if (key == NULL)
		return;
	text_quote_json(j->out, key, strlen(key));
	buf_adds(j->out, ": ");
}

void
json_open(struct json *j, const char *key, char bracket)
{
	member(j, key);
	buf_addc(j->out, bracket);
	j->depth++;
	j->more = false;
}

void
json_close(struct json *j, char bracket)
{
	j->depth--;
	if (j->more && !j->compact)
		buf_addf(j->out, "\n%*s", (int)(2 * j->depth), "");
	buf_addc(j->out, bracket);
	j->more = true;
}

void
json_text(struct json *j, const char *key, const char *value)
{
	member(j, key);
	if (value == NULL)
		buf_adds(j->out, "null");
	else
		text_quote_json(j->out, value, strlen(value));
}

void
json_number(struct json *j, const char *key, uint64_t value)
{
	member(j, key);
	buf_addf(j->out, "%llu", (unsigned long long)value);
}

void
json_bool(struct json *j, const char *key, bool value)
{
	member(j, key);
	buf_adds(j->out, value ? "true" : "false");
}
