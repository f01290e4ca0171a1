/* SPDX-License-Identifier: MIT */
#include "agent/doctor/runlog.h"

#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/text.h"

enum { LINE_MAX_LEN = 4096 };

static const char *const dpkg_words[] = { "install ", "upgrade ", "remove ",
	"purge ", NULL };
static const char *const zypp_words[] = { "install|", "remove |", "remove|",
	NULL };
static const char *const dnf_words[] = { "Install", "Upgrade", "Erase",
	"Remove", "Reinstall", "Downgrade", NULL };
static const char *const pacman_words[] = { "installed ", "upgraded ",
	"removed ", "reinstalled ", "downgraded ", NULL };

static const struct {
	const char *format;	/* of strptime(3), up to the word */
	bool zoned;
	const char *const *words;
} kinds[] = {
	[RUNLOG_DPKG] = { "%Y-%m-%d %H:%M:%S ", false, dpkg_words },
	[RUNLOG_ZYPP] = { "%Y-%m-%d %H:%M:%S|", false, zypp_words },
	[RUNLOG_DNF] = { "%Y-%m-%dT%H:%M:%S%z SUBDEBUG ", true, dnf_words },
	[RUNLOG_PACMAN] = { "[%Y-%m-%dT%H:%M:%S%z] [ALPM] ", true,
	    pacman_words },
};

static int64_t
time_of(enum runlog kind, const char *line)
{
	struct tm tm = { .tm_isdst = -1 };
	const char *at = strptime(line, kinds[kind].format, &tm);
	long east = tm.tm_gmtoff;
	int64_t when;

	if (at == NULL)
		return 0;
	for (const char *const *w = kinds[kind].words; *w != NULL; w++)
		if (text_starts(at, *w)) {
			when = kinds[kind].zoned ?
			    (int64_t)timegm(&tm) - east : (int64_t)mktime(&tm);
			return when > 0 ? when : 0;
		}
	return 0;
}

int64_t
runlog_last(enum runlog kind, const char *bytes, size_t len,
    int64_t not_after)
{
	while (len > 0) {
		const char *nl = memrchr(bytes, '\n', len - 1);
		size_t from = nl != NULL ? (size_t)(nl - bytes) + 1 : 0;
		size_t n = len - from;
		CLEANUP(drop_free) char *line = xmemdup(bytes + from,
		    n < LINE_MAX_LEN ? n : LINE_MAX_LEN);
		int64_t when = time_of(kind, line);

		if (when != 0 && when <= not_after)
			return when;
		len = from;
	}
	return 0;
}
