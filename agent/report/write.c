/* SPDX-License-Identifier: MIT */
#include "agent/report/report.h"

void
report_write(const struct model *m, enum format format, bool color,
    struct buf *out)
{
	static void (*const formats[])(const struct model *m,
	    struct buf *out) = {
		[FORMAT_JSON] = report_json,
		[FORMAT_NDJSON] = report_ndjson,
		[FORMAT_HTML] = report_html,
		[FORMAT_MARKDOWN] = report_markdown,
		[FORMAT_JUNIT] = report_junit,
		[FORMAT_SARIF] = report_sarif,
		[FORMAT_NAGIOS] = report_nagios,
		[FORMAT_PROMETHEUS] = report_prometheus,
	};

	if (format == FORMAT_TEXT)
		report_text(m, color, out);
	else
		formats[format](m, out);
}
