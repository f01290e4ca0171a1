/* SPDX-License-Identifier: MIT */
#include "agent/report/output.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "agent/say.h"
#include "base/file.h"

bool
output_may_be_silent(enum format format)
{
	return format == FORMAT_TEXT || format == FORMAT_JSON ||
	    format == FORMAT_NDJSON || format == FORMAT_HTML ||
	    format == FORMAT_MARKDOWN;
}

int
output_write(const char *file, enum format format, const struct buf *text,
    struct err *e)
{
	/* node_exporter runs as somebody else, and there is no content in
	 * numbers. */
	mode_t mode = format == FORMAT_PROMETHEUS ? 0644 : 0600, mask;
	struct stat st;
	int n;

	if (file == NULL)
		return format == FORMAT_TEXT ? say_out(text, e) :
		    say_exact(text, e);
	if (fstatat(AT_FDCWD, file, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(st.st_mode))
		mode = st.st_mode & 0777;
	/* Ours keeps others out of everything, asked for or not. */
	mask = umask(0);
	n = file_replace(AT_FDCWD, file, buf_str(text), text->len, mode, e);
	umask(mask);
	return n;
}

int
output_exit(const struct model *m, enum format format)
{
	return format == FORMAT_NAGIOS ? report_nagios_exit(m) :
	    m->exit_code;
}

int
output_failure(enum format format, const struct err *e)
{
	CLEANUP(drop_buf) struct buf line = { 0 };
	struct err ignored = { 0 };

	if (format != FORMAT_NAGIOS)
		return -1;
	report_nagios_failure(e, &line);
	return say_exact(&line, &ignored) < 0 ? -1 : 3;
}
