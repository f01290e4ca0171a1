/* SPDX-License-Identifier: MIT */
#include "agent/pkg/dpkgstatus.h"

#include <fcntl.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/strlist.h"
#include "base/text.h"
#include "base/tr.h"

enum line { LINE_EMPTY, LINE_MORE, LINE_FIELD, LINE_PACKAGE, LINE_BAD };

static enum line
line_of(const char *at, size_t len)
{
	static const char package[] = "Package";
	size_t n = 0;

	if (len == 0)
		return LINE_EMPTY;
	if (memchr(at, '\0', len) != NULL)
		return LINE_BAD;
	if (at[0] == ' ' || at[0] == '\t')
		return LINE_MORE;
	while (n < len && at[n] > ' ' && at[n] < 0x7f && at[n] != ':')
		n++;
	if (n == 0 || n == len || at[n] != ':')
		return LINE_BAD;
	return n == strlen(package) && memcmp(at, package, n) == 0 ?
	    LINE_PACKAGE : LINE_FIELD;
}

static int
refuse(const char *name, unsigned n, struct err *e)
{
	return err_at(e, name, n, 0, _("is no list of packages, or a damaged "
	    "one: what is installed is not known [dpkg keeps older ones: "
	    "status-old beside it, and /var/backups/dpkg.status.0]"));
}

int
dpkgstatus_check(const char *name, const char *bytes, size_t len,
    struct err *e)
{
	const char *at = bytes, *end = bytes + len;
	bool in_stanza = false, named = false;
	unsigned n = 0;

	while (at < end) {
		const char *nl = memchr(at, '\n', (size_t)(end - at));
		enum line line;

		n++;
		if (nl == NULL)
			return refuse(name, n, e);
		line = line_of(at, (size_t)(nl - at));
		if (line == LINE_BAD || (line == LINE_MORE && !in_stanza) ||
		    (line == LINE_EMPTY && in_stanza && !named))
			return refuse(name, n, e);
		in_stanza = line != LINE_EMPTY;
		named = in_stanza && (named || line == LINE_PACKAGE);
		at = nl + 1;
	}
	return in_stanza && !named ? refuse(name, n, e) : 0;
}

static bool
has_lists(const struct root *r, const char *info)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };
	CLEANUP(drop_fd) int fd = root_open_in(r, info,
	    O_RDONLY | O_DIRECTORY);

	if (fd < 0 || file_names(fd, ".", &names) < 0)
		return false;
	for (size_t i = 0; i < names.n; i++)
		if (text_ends(names.items[i], ".list"))
			return true;
	return false;
}

int
dpkgstatus_lacking(const struct root *r, const char *name, const char *info,
    bool there, struct err *e)
{
	if (!has_lists(r, info))
		return 0;
	return err_set(e, ERR_INPUT, name, there ? _("is empty, but packages "
	    "are there: what is installed is not known [dpkg keeps older "
	    "ones: status-old beside it, and /var/backups/dpkg.status.0]") :
	    _("is gone, but packages are there: what is installed is not "
	    "known [dpkg keeps older ones: status-old beside it, and "
	    "/var/backups/dpkg.status.0]"));
}
