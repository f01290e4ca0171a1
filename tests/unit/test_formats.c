/* SPDX-License-Identifier: MIT */
#include "agent/report/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "tests/unit/sample.h"
#include "tests/unit/scratch.h"

static const struct {
	enum format format;
	const char *name;
} formats[] = {
	{ FORMAT_TEXT, "text" }, { FORMAT_JSON, "json" },
	{ FORMAT_NDJSON, "ndjson" }, { FORMAT_HTML, "html" },
	{ FORMAT_MARKDOWN, "md" }, { FORMAT_JUNIT, "xml" },
	{ FORMAT_SARIF, "sarif" }, { FORMAT_NAGIOS, "nagios" },
	{ FORMAT_PROMETHEUS, "prom" },
};
enum { N_FORMATS = sizeof(formats) / sizeof(formats[0]) };

/* WHAT.FORMAT of each, in the scratch folder. */
static void
write_all(const struct scratch *s, const char *what, const struct model *m)
{
	for (size_t i = 0; i < N_FORMATS; i++) {
		CLEANUP(drop_buf) struct buf out = { 0 };
		char name[64];

		report_write(m, formats[i].format, false, &out);
		snprintf(name, sizeof(name), "%s.%s", what, formats[i].name);
		scratch_write(s, name, buf_str(&out), out.len);
	}
}

struct fixture {
	struct scratch s;
	struct model full, moment, empty;
};

static int
setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	scratch_start(&f->s);
	sample_model(&f->full);
	sample_moment(&f->moment);
	f->empty = (struct model){ .verb = "report", .host = "h", .root = "/",
		.command = "driftctl", .since = 1, .until = SAMPLE_NOW };
	write_all(&f->s, "full", &f->full);
	write_all(&f->s, "moment", &f->moment);
	write_all(&f->s, "empty", &f->empty);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	model_done(&f->full);
	model_done(&f->moment);
	model_done(&f->empty);
	scratch_end(&f->s);
	free(f);
	return 0;
}

int
main(void)
{
	setenv("TZ", "UTC", 1);
	struct fixture *f; void *st=NULL;
	setup(&st); f=st;
	scratch_sh(&f->s, "rm -rf /tmp/t-report/sample; cp -r . /tmp/t-report/sample");
	teardown(&st);
	return 0;
}
