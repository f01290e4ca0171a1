/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agent/report/history.h"
#include "agent/report/html.h"
#include "agent/report/markup.h"
#include "agent/report/mask.h"
#include "agent/report/report.h"
#include "agent/report/since.h"
#include "base/mem.h"
#include "base/vec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is read was written so: written again it is read the same. */
static void
history(const char *bytes, size_t len)
{
	CLEANUP(drop_history) struct history h = { 0 };
	CLEANUP(drop_history) struct history again = { 0 };
	CLEANUP(drop_buf) struct buf text = { 0 };

	history_parse(bytes, len, &h);
	for (size_t i = 0; i < h.spans.n; i++) {
		const struct history_span *s = &h.spans.items[i];

		assert(s->to == 0 || s->to > s->from);
		history_add_open(&text, s->from, s->id, s->word);
		if (s->to != 0)
			history_add_shut(&text, s->to, s->id);
	}
	for (size_t i = 0; i < h.accepts.n; i++)
		history_add_accept(&text, &h.accepts.items[i]);
	for (size_t i = 0; i < h.reports.n; i++)
		history_add_report(&text, &h.reports.items[i]);
	history_parse(buf_str(&text), text.len, &again);
	assert(again.damaged == 0 && again.spans.n == h.spans.n &&
	    again.accepts.n == h.accepts.n &&
	    again.reports.n == h.reports.n);
}

/* A line of any bytes, with the checksum it should have. */
static void
summed(const char *bytes, size_t len)
{
	CLEANUP(drop_free) char *word = xmemdup(bytes, len);
	CLEANUP(drop_history) struct history h = { 0 };
	CLEANUP(drop_buf) struct buf line = { 0 };

	history_add_open(&line, 7, word, "info");
	history_parse(buf_str(&line), line.len, &h);
	assert(h.damaged == 0 && h.spans.n == 1);
	assert(strcmp(h.spans.items[0].id, word) == 0);
}

/* The first line may differ from the second in moments; from itself it never
 * does. */
static void
masks(const char *bytes, size_t len)
{
	const char *nl = memchr(bytes, '\n', len);
	struct buf all = { (char *)bytes, len, len };
	struct buf head = { (char *)bytes, nl != NULL ? (size_t)(nl - bytes) :
	    len, len };

	assert(mask_same(&all, &all));
	assert(mask_same(&head, &all) == mask_same(&all, &head));
}

static void
no_markup(const struct buf *b)
{
	for (size_t i = 0; i < b->len; i++) {
		unsigned char c = (unsigned char)b->bytes[i];

		assert(strchr("<>\"'", c) == NULL || c == '\0');
		assert(c >= 0x20 || c == '\n' || c == '\t');
	}
}

/* Any bytes, as every text that a format may show. */
static void
shown(const char *text)
{
	CLEANUP(drop_buf) struct buf plain = { 0 };
	struct model_finding f = { .flagged = true, .path = text, .id = text,
		.file = text, .line = 1, .what = text, .why = text,
		.remedy = text, .spec = "s", .rule = "r", .cause = text };
	struct model m = { .verb = "report", .host = text, .root = text,
		.command = "driftctl", .exit_code = 1, .flagged = 1 };
	size_t zero = 0;
	struct model_group g = { &zero, 1, 1, text };

	markup_text(&plain, text);
	no_markup(&plain);
	m.findings.items = &f;
	m.finding_groups.items = &g;
	m.findings.n = m.finding_groups.n = 1;
	for (int i = FORMAT_TEXT; i <= FORMAT_PROMETHEUS; i++) {
		CLEANUP(drop_buf) struct buf out = { 0 };

		report_write(&m, (enum format)i, false, &out);
		assert(out.len > 0 && out.bytes[out.len - 1] == '\n');
		for (size_t k = 0; k < out.len; k++)
			assert((unsigned char)out.bytes[k] >= 0x20 ||
			    out.bytes[k] == '\n' || out.bytes[k] == '\t');
		if (i == FORMAT_NAGIOS)
			assert(memchr(out.bytes, '\n', out.len) ==
			    out.bytes + out.len - 1);
	}
}

static void
diffs(const char *text)
{
	CLEANUP(drop_buf) struct buf out = { 0 };
	size_t rows = 0, ends = 0;

	htmldiff(&out, text, true);
	for (const char *p = buf_str(&out); (p = strstr(p, "<tr>")) != NULL;
	    p++)
		rows++;
	for (const char *p = buf_str(&out); (p = strstr(p, "</tr>")) != NULL;
	    p++)
		ends++;
	assert(rows == ends && rows > 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(drop_free) char *text = xmemdup(data, size);
	int64_t when;

	history(text, size);
	summed(text, size);
	masks(text, size);
	shown(text);
	diffs(text);
	if (since_parse(text, 1795292497, &when) == 0)
		assert(when > INT64_MIN / 2 && when < INT64_MAX / 2);
	return 0;
}
