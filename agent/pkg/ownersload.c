/* SPDX-License-Identifier: MIT */
#include "agent/pkg/owners.h"

#include <string.h>

#include "agent/pkg/dpkgdb.h"
#include "agent/pkg/realpath.h"
#include "agent/pkg/rpmdb.h"
#include "agent/pkg/wanted.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/path.h"

enum { DIGEST_MAX = 64 };

/* Where a folder of the root's own that is a symlink leads to. */
static void
add_alias(const struct root *r, const char *name, const struct strlist *wanted,
    struct strlist *out)
{
	CLEANUP(drop_buf) struct buf real = { 0 };
	CLEANUP(drop_free) char *link = xasprintf("/%s", name);
	CLEANUP(drop_free) char *below = xasprintf("/%s/x", name);
	struct err ignored = { 0 };
	const char *to;

	if (root_resolve(r, below, &real, NULL, &ignored) < 0 ||
	    strcmp(buf_str(&real), below) == 0 || real.len < 4)
		return;
	buf_truncate(&real, real.len - 2);
	to = buf_str(&real);
	for (size_t i = 0; i < wanted->n; i++) {
		const char *w = wanted->items[i];

		if (path_is_under(w, to))
			strlist_take(out, xasprintf("%s%s", link,
			    w + strlen(to)));
		else if (path_is_under(to, w))
			strlist_add(out, link);
	}
}

/* Lists name files as they were packed: /lib/systemd/… where /lib is a symlink
 * to /usr/lib today. */
static void
with_aliases(const struct root *r, const struct strlist *wanted,
    struct strlist *out)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };

	for (size_t i = 0; i < wanted->n; i++)
		strlist_add(out, wanted->items[i]);
	/* Without its names the lists are taken at their word. */
	file_names(r->fd, ".", &names);
	for (size_t i = 0; i < names.n; i++)
		add_alias(r, names.items[i], wanted, out);
	wanted_settle(out);
}

static void
resolve_files(const struct root *r, struct owners *o)
{
	CLEANUP(drop_realpath) struct realpath real = { 0 };

	for (size_t i = 0; i < o->files.n; i++)
		o->files.items[i].path = realpath_of(&real, r,
		    o->files.items[i].path, &o->arena);
}

void
owners_names(const struct root *r, const struct strlist *wanted,
    struct strlist *out_names)
{
	with_aliases(r, wanted, out_names);
}

void
owners_read(const struct root *r, const struct strlist *names,
    const struct owners *old, struct owners *out)
{
	dpkgdb_read(r, names, old, out, &out->trouble);
	rpmdb_read(r, names, out, &out->trouble);
	owners_settle(out);
}

void
owners_inputs(const struct root *r, struct inputs *inputs)
{
	dpkgdb_inputs(r, inputs);
	rpmdb_inputs(r, inputs);
}

void
owners_resolve(const struct root *r, const struct strlist *wanted,
    struct owners *o)
{
	strlist_done(&o->asked);
	for (size_t i = 0; wanted != NULL && i < wanted->n; i++)
		strlist_add(&o->asked, wanted->items[i]);
	wanted_settle(&o->asked);
	resolve_files(r, o);
	owners_settle(o);
	/* They are of the lists as they stand. */
	for (size_t i = 0; i < o->packages.n; i++)
		o->packages.items[i].stamp = 0;
}

void
owners_load(const struct root *r, const struct strlist *wanted,
    struct inputs *inputs, struct owners *out)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };

	if (wanted != NULL)
		owners_names(r, wanted, &names);
	if (inputs != NULL)
		owners_inputs(r, inputs);
	owners_read(r, wanted != NULL ? &names : NULL, NULL, out);
	owners_resolve(r, wanted, out);
}

static void
hex(const unsigned char *bytes, size_t len, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		*out++ = digits[bytes[i] >> 4];
		*out++ = digits[bytes[i] & 15];
	}
	*out = '\0';
}

enum pristine
owned_pristine(const struct owned *f, const struct entry *en,
    const void *bytes, size_t len)
{
	CLEANUP(drop_digest) struct digest *d = NULL;
	unsigned char sum[DIGEST_MAX];
	char text[2 * DIGEST_MAX + 1];
	size_t n;

	if (f->target != NULL)
		return en->kind == ENTRY_SYMLINK &&
		    strcmp(en->target, f->target) == 0 ?
		    PRISTINE_YES : PRISTINE_EDITED;
	if ((f->flags & OWNED_DIR) != 0 || en->kind == ENTRY_DIR)
		return PRISTINE_UNKNOWN;
	if (f->algorithm == NULL)
		return PRISTINE_UNKNOWN;
	if (en->kind != ENTRY_FILE)
		return PRISTINE_EDITED;
	d = digest_new();
	n = digest_named_start(d, f->algorithm);
	if (n == 0 || n > sizeof(sum))
		return PRISTINE_UNKNOWN;
	digest_add(d, bytes, len);
	digest_end(d, sum);
	hex(sum, n, text);
	return strcmp(text, f->digest) == 0 ? PRISTINE_YES : PRISTINE_EDITED;
}
