/* SPDX-License-Identifier: MIT */
#include "agent/report/report.h"

void
report_write(const struct model *m, enum format format, bool color,
    struct buf *out)
{
	if (format == FORMAT_JSON)
		report_json(m, out);
	else
		report_text(m, color, out);
}
