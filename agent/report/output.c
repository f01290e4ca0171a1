/* SPDX-License-Identifier: MIT */
#include "agent/report/output.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "agent/say.h"
#include "base/file.h"

bool
output_may_be_silent(enum format format)
{
	(void)format;
	return true;
}

int
output_write(const char *file, enum format format, const struct buf *text,
    struct err *e)
{
	mode_t mode = 0600;
	struct stat st;

	(void)format;
	if (file == NULL)
		return say_out(text, e);
	if (fstatat(AT_FDCWD, file, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(st.st_mode))
		mode = st.st_mode & 0777;
	return file_replace(AT_FDCWD, file, buf_str(text), text->len, mode, e);
}

int
output_exit(const struct model *m, enum format format)
{
	(void)format;
	return m->exit_code;
}
