/* SPDX-License-Identifier: MIT */
#include "snapshots/treename.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "snapshots/gitobject.h"

#define ENCODED "%="

const char *
treename_file(struct arena *a, const char *name)
{
	CLEANUP(drop_buf) struct buf out = { 0 };

	if (gittree_name_ok(name) && !text_starts(name, ENCODED))
		return name;
	buf_adds(&out, ENCODED);
	for (; *name != '\0'; name++) {
		unsigned char c = (unsigned char)*name;

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c == '_' || c == '-')
			buf_addc(&out, (char)c);
		else
			buf_addf(&out, "%%%02x", c);
	}
	return arena_memdup(a, out.bytes, out.len);
}

/* "entries" and "entries___", which TREENAME_ENTRIES must not meet. */
static bool
is_meta_name(const char *name)
{
	size_t n = strlen(TREENAME_ENTRIES);

	return strncmp(name, TREENAME_ENTRIES, n) == 0 &&
	    name[n + strspn(name + n, "_")] == '\0';
}

const char *
treename_meta(struct arena *a, const char *name)
{
	name = treename_file(a, name);
	return is_meta_name(name) ? arena_printf(a, "%s_", name) : name;
}
