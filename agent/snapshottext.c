/* SPDX-License-Identifier: MIT */
#include "agent/snapshottext.h"

#include <string.h>
#include <time.h>

#include "agent/json.h"
#include "base/text.h"

enum { NAME_DIGITS = 10 };

void
snapshot_name(const struct oid *o, struct buf *out)
{
	text_hex(out, o->b, NAME_DIGITS / 2);
}

void
snapshot_time(int64_t t, struct buf *out)
{
	time_t when = (time_t)t;
	char text[64] = "?";
	struct tm tm;

	if (localtime_r(&when, &tm) != NULL)
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
	buf_adds(out, text);
}

void
snapshot_json(const char *verb, const struct oid *commit, bool made,
    int exit_code, struct buf *out)
{
	CLEANUP(drop_buf) struct buf hex = { 0 };
	struct json j = { .out = out };

	text_hex(&hex, commit->b, OID_LEN);
	json_open(&j, NULL, '{');
	json_number(&j, "version", 1);
	json_text(&j, "verb", verb);
	json_text(&j, "snapshot", buf_str(&hex));
	json_bool(&j, "changed", made);
	json_number(&j, "exit", (uint64_t)exit_code);
	json_close(&j, '}');
	buf_addc(out, '\n');
}

/* A subject is one line whatever was typed. */
static void
add_line(struct buf *out, const char *text)
{
	text_escape(out, text, strlen(text));
	buf_addc(out, '\n');
}

void
snapshot_message(const struct machine *m, const struct snapshot_reason *why,
    struct buf *out)
{
	const char *os = facts_os_name(m->facts);

	add_line(out, why->subject);
	buf_adds(out, "\nTrigger: ");
	add_line(out, why->trigger);
	if (why->trailers != NULL)
		buf_adds(out, why->trailers);
	if (os != NULL) {
		buf_adds(out, "Os-Release: ");
		add_line(out, os);
	}
	buf_adds(out, "Driftctl-Version: " VERSION "\n");
}
