/* SPDX-License-Identifier: MIT */
#include "snapshots/rollback.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/checksum.h"
#include "base/file.h"
#include "base/path.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"
#include "snapshots/rollfiles.h"
#include "snapshots/tarread.h"

enum {
	TEXT_MAX = 1 << 30,
	IN_MEMORY = 256 << 20,	/* larger contents wait on disk */
};

struct content {
	struct oid oid;
	off_t at;
	size_t len;
};

/* The contents, unpacked into a file without a name. */
struct rollback_spool {
	int fd;
	struct content *items;
	size_t n, cap;
	off_t end;
};

struct proving {
	struct rollback *r;
	const char *where;
	bool *found;	/* of each entry of the manifest */
};

static int
take_class(const char *line, size_t len, enum rollback_class *out)
{
	static const char *const word[] = { "put ", "meta ", "time ",
		"link " };

	for (size_t i = 0; i < sizeof(word) / sizeof(word[0]); i++) {
		size_t n = strlen(word[i]);

		if (len > n && memcmp(line, word[i], n) == 0) {
			*out = (enum rollback_class)i;
			return (int)n;
		}
	}
	return -1;
}

/* Paths are ours, and still nothing is done below one that leads elsewhere. */
static bool
is_path(const char *p)
{
	if (p[0] != '/')
		return false;
	if (p[1] == '\0')
		return true;
	while (*p != '\0') {
		size_t n = strcspn(++p, "/");

		if (n == 0 || (n == 1 && p[0] == '.') ||
		    (n == 2 && p[0] == '.' && p[1] == '.'))
			return false;
		p += n;
	}
	return true;
}

static int
take_word(const char *line, size_t len, const char *key, char **out)
{
	CLEANUP(drop_buf) struct buf b = { 0 };
	size_t n = strlen(key);

	if (len < n || memcmp(line, key, n) != 0 || *out != NULL)
		return -1;
	if (len > n && text_decode(&b, line + n, len - n) < 0)
		return -1;
	*out = buf_steal(&b);
	return 0;
}

static int
take_line(struct rollback *r, const char *line, size_t len, unsigned lineno,
    const char *where, struct err *e)
{
	struct entry en;
	enum rollback_class class;
	const char *path;
	int skip;

	if (take_word(line, len, "root ", &r->root) == 0 ||
	    take_word(line, len, "title ", &r->title) == 0 ||
	    take_word(line, len, "list ", &r->list) == 0)
		return 0;
	skip = take_class(line, len, &class);
	if (skip < 0)
		return err_at(e, where, lineno, 0, _("damaged"));
	if (manifest_parse_line(line + skip, len - (size_t)skip,
	    &r->manifest.arena, &en, &path, where, lineno, e) < 0)
		return -1;
	if (!is_path(path) || (en.hardlink != NULL && !is_path(en.hardlink)) ||
	    (r->manifest.n > 0 && path_cmp(
	    r->manifest.items[r->manifest.n - 1].path, path) >= 0))
		return err_at(e, where, lineno, 0,
		    _("refused: the path '%s'"), path);
	en.path = path;
	*manifest_add(&r->manifest) = en;
	r->classes = xreallocarray(r->classes, r->manifest.cap, 1);
	r->classes[r->manifest.n - 1] = (unsigned char)class;
	return 0;
}

static int
each_line(struct rollback *r, const struct buf *text, const char *where,
    int (*take)(struct rollback *r, const char *line, size_t len,
    unsigned lineno, const char *where, struct err *e), unsigned lineno,
    size_t at, struct err *e)
{
	while (at < text->len) {
		const char *line = text->bytes + at;
		const char *nl = memchr(line, '\n', text->len - at);

		if (nl == NULL)
			return err_at(e, where, lineno, 0, _("cut short"));
		if (take(r, line, (size_t)(nl - line), lineno++, where, e) < 0)
			return -1;
		at += (size_t)(nl - line) + 1;
	}
	return 0;
}

static int
take_added(struct rollback *r, const char *line, size_t len, unsigned lineno,
    const char *where, struct err *e)
{
	CLEANUP(drop_buf) struct buf path = { 0 };

	if (text_decode(&path, line, len) < 0 || !is_path(buf_str(&path)))
		return err_at(e, where, lineno, 0, _("refused: the path '%s'"),
		    buf_str(&path));
	strlist_add(&r->added, buf_str(&path));
	return 0;
}

static int
by_path(const void *a, const void *b)
{
	return path_cmp(*(const char *const *)a, *(const char *const *)b);
}

static int
read_texts(int dir, struct rollback *r, struct err *e)
{
	CLEANUP(drop_free) char *meta = xasprintf("%s" ROLL_META, r->id);
	CLEANUP(drop_free) char *list = xasprintf("%s" ROLL_LIST, r->id);
	CLEANUP(drop_buf) struct buf text = { 0 };
	char sum[32];

	if (file_read(dir, meta, TEXT_MAX, &text, e) < 0 ||
	    rollfiles_unseal(&text, ROLL_HEADER, meta, e) < 0 ||
	    each_line(r, &text, meta, take_line, 2, strlen(ROLL_HEADER),
	    e) < 0)
		return -1;
	if (r->root == NULL || r->title == NULL || r->list == NULL)
		return err_set(e, ERR_INPUT, meta, _("damaged"));
	buf_reset(&text);
	if (file_read(dir, list, TEXT_MAX, &text, e) < 0 ||
	    each_line(r, &text, list, take_added, 1, 0, e) < 0)
		return -1;
	/* Whoever takes a line out of it would have it stay. */
	snprintf(sum, sizeof(sum), "%016" PRIx64, checksum(0, buf_str(&text),
	    text.len));
	if (strcmp(sum, r->list) != 0)
		return err_set(e, ERR_INPUT, list, _("damaged or edited"));
	if (r->added.n > 1)
		qsort(r->added.items, r->added.n, sizeof(char *), by_path);
	return 0;
}

static int
spool_open(int dir, struct rollback_spool *s, const struct manifest *m,
    struct err *e)
{
	uint64_t total = 0;

	for (size_t i = 0; i < m->n; i++)
		total += m->items[i].size;
	s->fd = -1;
	if (total > IN_MEMORY)
		s->fd = openat(dir, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (s->fd < 0)
		s->fd = memfd_create("rollback", MFD_CLOEXEC);
	if (s->fd < 0)
		return err_sys(e, ROLL_DIR, _("cannot unpack the rollback"));
	return 0;
}

static int
spool_add(struct rollback_spool *s, const struct oid *oid, const char *bytes,
    size_t len, const char *where, struct err *e)
{
	if (file_write_fd(s->fd, where, bytes, len, e) < 0)
		return -1;
	*VEC_ADD(s) = (struct content){ *oid, s->end, len };
	s->end += (off_t)len;
	return 0;
}

static int
prove_member(void *ctx, const struct entry *en, const char *bytes, size_t len,
    struct err *e)
{
	struct proving *p = ctx;
	const struct manifest *m = &p->r->manifest;
	const struct entry *said = manifest_find(m, en->path);
	size_t i;

	if (said == NULL || said->kind != en->kind)
		return err_set(e, ERR_INPUT, p->where,
		    _("refused: the member '%s' is not in the list"),
		    en->path);
	i = (size_t)(said - m->items);
	if (en->kind == ENTRY_FILE && (said->size != en->size ||
	    !oid_equal(&said->oid, &en->oid)))
		return err_set(e, ERR_INPUT, p->where,
		    _("damaged: the content of '%s' is another"), en->path);
	p->found[i] = true;
	if (bytes == NULL || en->kind != ENTRY_FILE)
		return 0;
	return spool_add(p->r->spool, &en->oid, bytes, len, p->where, e);
}

static int
by_oid(const void *a, const void *b)
{
	return memcmp(((const struct content *)a)->oid.b,
	    ((const struct content *)b)->oid.b, OID_LEN);
}

static bool
must_be_there(const struct rollback *r, size_t i)
{
	const struct entry *en = &r->manifest.items[i];

	return (r->classes[i] == ROLLBACK_PUT ||
	    r->classes[i] == ROLLBACK_META) && en->kind != ENTRY_SOCKET &&
	    (en->kind != ENTRY_FILE || en->content == CONTENT_STORED);
}

static int
prove(int dir, struct rollback *r, struct err *e)
{
	CLEANUP(drop_free) char *tar = xasprintf("%s" ROLL_TAR, r->id);
	CLEANUP(drop_free) bool *found = xcalloc(r->manifest.n + 1,
	    sizeof(*found));
	struct proving p = { .r = r, .where = tar, .found = found };

	r->spool = xcalloc(1, sizeof(*r->spool));
	if (spool_open(dir, r->spool, &r->manifest, e) < 0 ||
	    tarread_file(dir, tar, prove_member, &p, e) != 0)
		return -1;
	for (size_t i = 0; i < r->manifest.n; i++)
		if (must_be_there(r, i) && !found[i])
			return err_set(e, ERR_INPUT, tar,
			    _("damaged: '%s' is missing"),
			    r->manifest.items[i].path);
	if (r->spool->n > 1)
		qsort(r->spool->items, r->spool->n, sizeof(struct content),
		    by_oid);
	return 0;
}

int
rollback_read(int store_fd, const char *id, struct rollback *out,
    struct err *e)
{
	CLEANUP(drop_rollback) struct rollback r = { 0 };
	CLEANUP(drop_fd) int dir = -1;

	if (!rollback_there(store_fd, id))
		return err_set(e, ERR_MISSING, id,
		    _("there is no such rollback [see 'driftctl log']"));
	dir = openat(store_fd, ROLL_DIR,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0)
		return err_sys(e, ROLL_DIR, _("cannot open"));
	r.id = xstrdup(id);
	if (read_texts(dir, &r, e) < 0 || prove(dir, &r, e) < 0)
		return -1;
	*out = STEAL(r);
	return 0;
}

int
rollback_content(void *rollback, const struct entry *want, struct buf *out,
    struct err *e)
{
	const struct rollback *r = rollback;
	const struct content key = { .oid = want->oid };
	const struct content *c = r->spool->n == 0 ? NULL :
	    bsearch(&key, r->spool->items, r->spool->n, sizeof(key), by_oid);
	size_t done = 0;
	char *at;

	if (c == NULL)
		return err_set(e, ERR_MISSING, want->path,
		    _("its content is not in the rollback %s"), r->id);
	at = buf_reserve(out, c->len);
	while (done < c->len) {
		ssize_t n = pread(r->spool->fd, at + done, c->len - done,
		    c->at + (off_t)done);

		if (n <= 0)
			return err_sys(e, want->path, _("cannot read"));
		done += (size_t)n;
	}
	out->len += c->len;
	out->bytes[out->len] = '\0';
	return 0;
}

void
rollback_done(struct rollback *r)
{
	if (r->spool != NULL) {
		drop_fd(&r->spool->fd);
		free(r->spool->items);
		free(r->spool);
	}
	free(r->id);
	free(r->title);
	free(r->list);
	free(r->root);
	free(r->classes);
	manifest_done(&r->manifest);
	strlist_done(&r->added);
	*r = (struct rollback){ 0 };
}

void
drop_rollback(struct rollback *r)
{
	rollback_done(r);
}
