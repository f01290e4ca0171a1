/* SPDX-License-Identifier: MIT */
#include "specs/xpathprefix.h"

#include <string.h>

static bool
name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' ||
	    (unsigned char)c >= 0x80;
}

bool
xpathprefix_next(const char **at, char *prefix, size_t size)
{
	for (const char *s; (s = strchr(*at, ':')) != NULL;) {
		const char *start = s;

		while (start > *at && name_byte(start[-1]))
			start--;
		/* An axis: "child::a". */
		*at = s[1] == ':' ? s + 2 : s + 1;
		if (s[1] == ':' || start == s || (size_t)(s - start) >= size)
			continue;
		memcpy(prefix, start, (size_t)(s - start));
		prefix[s - start] = '\0';
		return true;
	}
	return false;
}
