/* SPDX-License-Identifier: MIT */
#include "snapshots/gitobject.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"

void
gitcommit_done(struct gitcommit *c)
{
	free(c->message);
	c->message = NULL;
}

void
drop_gitcommit(struct gitcommit *c)
{
	gitcommit_done(c);
}

static void
add_oid_line(struct buf *out, const char *key, const struct oid *oid)
{
	buf_adds(out, key);
	text_hex(out, oid->b, OID_LEN);
	buf_addc(out, '\n');
}

static void
add_person(struct buf *out, const char *role, const struct gitcommit *c,
    const char *host)
{
	int east = c->offset < 0 ? -c->offset : c->offset;

	buf_addf(out, "%s driftctl <driftctl@", role);
	for (; *host != '\0'; host++) {
		if ((unsigned char)*host > ' ' && *host != '<' &&
		    *host != '>' && *host != 0x7f)
			buf_addc(out, *host);
	}
	/* git takes no time before 1970. */
	buf_addf(out, "> %lld %c%02d%02d\n",
	    (long long)(c->time > 0 ? c->time : 0), c->offset < 0 ? '-' : '+',
	    east / 60 % 24, east % 60);
}

void
gitcommit_format(struct buf *out, const struct gitcommit *c, const char *host)
{
	const char *message = c->message != NULL ? c->message : "";
	size_t len = strlen(message);

	add_oid_line(out, "tree ", &c->tree);
	for (unsigned i = 0; i < c->n_parents; i++)
		add_oid_line(out, "parent ", &c->parents[i]);
	add_person(out, "author", c, host);
	add_person(out, "committer", c, host);
	buf_addc(out, '\n');
	buf_add(out, message, len);
	if (len == 0 || message[len - 1] != '\n')
		buf_addc(out, '\n');
}

/* The value of the line at *at when it has that key; *at moves past it. */
static const char *
take_line(const char **at, const char *end, const char *key, size_t *out_len)
{
	const char *start = *at + strlen(key), *nl;

	if ((size_t)(end - *at) < strlen(key) ||
	    memcmp(*at, key, strlen(key)) != 0)
		return NULL;
	nl = memchr(start, '\n', (size_t)(end - start));
	if (nl == NULL)
		return NULL;
	*at = nl + 1;
	*out_len = (size_t)(nl - start);
	return start;
}

static int
take_oid(const char **at, const char *end, const char *key, struct oid *out)
{
	char hex[2 * OID_LEN + 1];
	size_t len;
	const char *v = take_line(at, end, key, &len);

	if (v == NULL)
		return 0;
	if (len != 2 * OID_LEN)
		return -1;
	memcpy(hex, v, len);
	hex[len] = '\0';
	return text_unhex(hex, out->b, OID_LEN) < 0 ? -1 : 1;
}

/* "NAME <MAIL> SECONDS +HHMM" */
static int
take_time(const char **at, const char *end, struct gitcommit *c)
{
	size_t len;
	const char *v = take_line(at, end, "committer ", &len), *p;
	CLEANUP(drop_free) char *line = NULL;
	char *rest;
	long zone;

	if (v == NULL)
		return -1;
	line = xmemdup(v, len);
	p = strrchr(line, '>');
	if (p == NULL || p[1] != ' ' || !isdigit((unsigned char)p[2]))
		return -1;
	c->time = strtoll(p + 2, &rest, 10);
	if (*rest != ' ')
		return -1;
	zone = strtol(rest + 1, &rest, 10);
	if (*rest != '\0' || zone < -9999 || zone > 9999)
		return -1;
	c->offset = (int)(zone / 100 * 60 + zone % 100);
	return 0;
}

/* Other headers (encoding, signatures) end at the first empty line. */
static int
skip_headers(const char **at, const char *end)
{
	while (*at < end && **at != '\n') {
		const char *nl = memchr(*at, '\n', (size_t)(end - *at));

		if (nl == NULL)
			return -1;
		*at = nl + 1;
	}
	if (*at < end)
		(*at)++;
	return 0;
}

int
gitcommit_parse(const char *where, const char *bytes, size_t len,
    struct gitcommit *out, struct err *e)
{
	CLEANUP(drop_gitcommit) struct gitcommit c = { 0 };
	const char *at = bytes, *end = bytes + len;
	struct oid parent;
	size_t unused;
	int r = 0;

	if (take_oid(&at, end, "tree ", &c.tree) != 1)
		return err_set(e, ERR_INPUT, where,
		    _("damaged: the commit names no tree"));
	while ((r = take_oid(&at, end, "parent ", &parent)) == 1) {
		if (c.n_parents == GITCOMMIT_PARENTS)
			return err_set(e, ERR_INPUT, where,
			    _("a commit with more than %d parents"),
			    GITCOMMIT_PARENTS);
		c.parents[c.n_parents++] = parent;
	}
	if (r < 0)
		return err_set(e, ERR_INPUT, where,
		    _("damaged: a parent of the commit has no proper name"));
	if (take_line(&at, end, "author ", &unused) == NULL ||
	    take_time(&at, end, &c) < 0 || skip_headers(&at, end) < 0)
		return err_set(e, ERR_INPUT, where,
		    _("damaged: the commit does not say when it was made"));
	c.message = xmemdup(at, (size_t)(end - at));
	*out = c;
	c.message = NULL;
	return 0;
}

static int
item_cmp(const void *a, const void *b)
{
	const struct gittree_item *x = a, *y = b;
	size_t n = strlen(x->name), m = strlen(y->name);
	int r = memcmp(x->name, y->name, n < m ? n : m);
	unsigned char c, d;

	if (r != 0)
		return r;
	c = n > m ? (unsigned char)x->name[m] : '\0';
	d = m > n ? (unsigned char)y->name[n] : '\0';
	if (n <= m && x->mode == GITTREE_FOLDER)
		c = '/';
	if (m <= n && y->mode == GITTREE_FOLDER)
		d = '/';
	return c - d;
}

/* A tree has thousands: printf(3) would be most of the work. */
static void
add_octal(struct buf *out, unsigned v)
{
	char digits[12];
	size_t n = sizeof(digits);

	do {
		digits[--n] = (char)('0' + (v & 7));
		v >>= 3;
	} while (v > 0);
	buf_add(out, digits + n, sizeof(digits) - n);
}

void
gittree_format(struct buf *out, struct gittree_item *items, size_t n)
{
	if (n > 1)
		qsort(items, n, sizeof(*items), item_cmp);
	for (size_t i = 0; i < n; i++) {
		add_octal(out, (unsigned)items[i].mode);
		buf_addc(out, ' ');
		buf_add(out, items[i].name, strlen(items[i].name) + 1);
		buf_add(out, items[i].oid.b, OID_LEN);
	}
}

/*
 * Whether what remains of a name, with the bytes that HFS+ and NTFS do not
 * look at gone, begins as one of git's own files does. That is more than git
 * refuses, and simpler: ".gitignore" and ".github" are caught as well.
 */
static bool
is_gits(const char *name)
{
	char plain[5] = "";
	size_t n = 0;

	for (; *name != '\0' && n < 4; name++) {
		if ((unsigned char)*name < 0x80)
			plain[n++] = (char)tolower((unsigned char)*name);
	}
	return strncmp(plain, ".git", 4) == 0 || strncmp(plain, "git~", 4) == 0;
}

/* NTFS short names of .gitmodules and the like: GI7EBA~1, GITMOD~1. */
static bool
is_short_name(const char *name)
{
	return strncasecmp(name, "gi", 2) == 0 && strlen(name) >= 8 &&
	    memchr(name, '~', 8) != NULL;
}

bool
gittree_name_ok(const char *name)
{
	const char *part = name;

	if (name[0] == '\0' || strcmp(name, ".") == 0 ||
	    strcmp(name, "..") == 0 || strchr(name, '/') != NULL)
		return false;
	/* NTFS takes a backslash for a slash, so each part counts. */
	for (;;) {
		if (is_gits(part) || is_short_name(part))
			return false;
		part = strchr(part, '\\');
		if (part == NULL)
			return true;
		part++;
	}
}

static int
mode_from(const char *word, size_t len, enum gittree_mode *out)
{
	static const struct {
		const char *word;
		enum gittree_mode mode;
	} known[] = {
		{ "100644", GITTREE_FILE },
		{ "100755", GITTREE_PROGRAM },
		{ "120000", GITTREE_LINK },
		{ "40000", GITTREE_FOLDER },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strlen(known[i].word) == len &&
		    memcmp(known[i].word, word, len) == 0) {
			*out = known[i].mode;
			return 0;
		}
	}
	return -1;
}

int
gittree_parse(const char *where, const char *bytes, size_t len,
    gittree_each *each, void *ctx, struct err *e)
{
	const char *at = bytes, *end = bytes + len;

	while (at < end) {
		const char *space = memchr(at, ' ', (size_t)(end - at));
		const char *nul = space == NULL ? NULL :
		    memchr(space, '\0', (size_t)(end - space));
		struct gittree_item item;
		int r;

		if (nul == NULL || end - nul - 1 < OID_LEN)
			return err_set(e, ERR_INPUT, where,
			    _("damaged: the tree ends in the middle"));
		if (mode_from(at, (size_t)(space - at), &item.mode) < 0)
			return err_set(e, ERR_INPUT, where,
			    _("'%s' in the tree is nothing that driftctl "
			      "records"), space + 1);
		item.name = space + 1;
		if (!gittree_name_ok(item.name))
			return err_set(e, ERR_INPUT, where,
			    _("unsafe name '%s' in the tree"), item.name);
		memcpy(item.oid.b, nul + 1, OID_LEN);
		at = nul + 1 + OID_LEN;
		r = each(ctx, &item, e);
		if (r != 0)
			return r;
	}
	return 0;
}
