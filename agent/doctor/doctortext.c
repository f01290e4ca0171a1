/* SPDX-License-Identifier: MIT */
#include "agent/doctor/doctor.h"

#include <string.h>

#include "agent/json.h"
#include "agent/wrap.h"
#include "base/text.h"
#include "base/tr.h"

enum { INDENT = 4, FURTHER = 8 };

static const char *const state_names[] = {
	[DIAGNOSIS_WELL] = "well", [DIAGNOSIS_COMPLAINT] = "complaint",
	[DIAGNOSIS_UNKNOWN] = "unknown",
};

/* How long the next word is, blanks in quotes included. */
static size_t
word(const char *at)
{
	size_t n = 0;

	for (bool quoted = false; at[n] != '\0' && (quoted || at[n] != ' ');
	    n++)
		quoted ^= at[n] == '\'';
	return n;
}

/* As it can be copied: a line that goes on ends with a backslash. */
static void
add_command(struct buf *out, const char *command)
{
	CLEANUP(drop_buf) struct buf safe = { 0 };
	size_t col = INDENT;

	text_escape(&safe, command, strlen(command));
	buf_addf(out, "%*s", INDENT, "");
	for (const char *at = buf_str(&safe); *at != '\0';) {
		size_t n = word(at);

		if (col > FURTHER && col + 1 + n + 2 > WRAP_WIDTH) {
			buf_addf(out, " \\\n%*s", FURTHER, "");
			col = FURTHER;
		} else if (at != buf_str(&safe)) {
			buf_addc(out, ' ');
			col++;
		}
		buf_add(out, at, n);
		col += n;
		at += n;
		at += strspn(at, " ");
	}
	buf_addc(out, '\n');
}

static void
add_one(const struct diagnosis *x, struct buf *out)
{
	CLEANUP(drop_buf) struct buf line = { 0 };

	if (x->state == DIAGNOSIS_WELL)
		buf_addf(&line, _("well: %s"), x->what);
	else if (x->state == DIAGNOSIS_UNKNOWN)
		buf_addf(&line, _("cannot tell: %s"), x->what);
	else
		buf_adds(&line, x->what);
	wrap_from(out, 0, 2, buf_str(&line));
	if (x->remedy != NULL)
		add_command(out, x->remedy);
}

static void
add_sum(const struct diagnoses *d, bool all, struct buf *out)
{
	size_t said[DIAGNOSIS_UNKNOWN + 1] = { 0 };
	size_t bad, unknown;

	for (size_t i = 0; i < d->n; i++)
		said[d->items[i].state] += !diagnoses_said(d, i);
	bad = said[DIAGNOSIS_COMPLAINT];
	unknown = said[DIAGNOSIS_UNKNOWN];
	if (bad + unknown == 0) {
		buf_addf(out, ngettext("all well: %zu thing was looked at",
		    "all well: %zu things were looked at",
		    said[DIAGNOSIS_WELL]), said[DIAGNOSIS_WELL]);
		buf_adds(out, all ? "\n" : _(" [-v lists them]\n"));
		return;
	}
	buf_addc(out, '\n');
	buf_addf(out, ngettext("%zu complaint", "%zu complaints", bad), bad);
	if (unknown > 0)
		buf_addf(out, _(", %zu not known"), unknown);
	buf_addf(out, _(", %zu well\n"), said[DIAGNOSIS_WELL]);
}

void
doctor_text(const struct diagnoses *d, bool all, struct buf *out)
{
	for (size_t i = 0; i < d->n; i++)
		if ((all || d->items[i].state != DIAGNOSIS_WELL) &&
		    !diagnoses_said(d, i))
			add_one(&d->items[i], out);
	add_sum(d, all, out);
}

void
doctor_json(const struct diagnoses *d, struct buf *out)
{
	struct json j = { .out = out };

	json_open(&j, NULL, '{');
	json_number(&j, "version", 1);
	json_text(&j, "verb", "doctor");
	json_open(&j, "checks", '[');
	for (size_t i = 0; i < d->n; i++) {
		const struct diagnosis *x = &d->items[i];

		json_open(&j, NULL, '{');
		json_text(&j, "check", x->check);
		json_text(&j, "state", state_names[x->state]);
		json_text(&j, "what", x->what);
		json_text(&j, "remedy", x->remedy);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_number(&j, "exit", (uint64_t)diagnoses_exit(d));
	json_close(&j, '}');
	buf_addc(out, '\n');
}
