/* SPDX-License-Identifier: MIT */
#include "snapshots/statcache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/checksum.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/vec.h"
#include "snapshots/statfile.h"

#define MAGIC "drftseen"
enum { VERSION_NOW = 3 };

/*
 * The coarse clock that file systems stamp with advances 100 times a second at
 * the least (CONFIG_HZ=100); two ticks leave room for the reading itself.
 */
enum { RACY_NS = 20 * 1000 * 1000 };

/* Nanoseconds, of the last or first second that can be counted in them at most:
 * who sets such a time moves ctime. */
static int64_t
counted(const struct timespec *ts)
{
	const int64_t most = 9000000000, sec = ts->tv_sec;

	return (sec > most ? most : sec < -most ? -most : sec) * 1000000000 +
	    ts->tv_nsec;
}

struct seen_stat
seen_stat_of(const struct stat *st)
{
	return (struct seen_stat){
		.dev = st->st_dev, .ino = st->st_ino,
		.size = (uint64_t)st->st_size,
		.mtime = counted(&st->st_mtim),
		.ctime = counted(&st->st_ctim),
		.mode = st->st_mode, .uid = st->st_uid, .gid = st->st_gid,
	};
}

bool
seen_stat_equal(const struct seen_stat *a, const struct seen_stat *b)
{
	return a->ctime == b->ctime && a->mtime == b->mtime &&
	    a->ino == b->ino && a->size == b->size && a->dev == b->dev &&
	    a->mode == b->mode && a->uid == b->uid && a->gid == b->gid;
}

uint64_t
seen_stat_sum(uint64_t sum, const struct seen_stat *st)
{
	const uint64_t words[] = { st->dev, st->ino, st->size,
		(uint64_t)st->mtime, (uint64_t)st->ctime,
		(uint64_t)st->uid << 32 | st->gid, st->mode };

	return checksum(sum, words, sizeof(words));
}

static uint64_t
sum_of(const struct statfile_header *h, const void *rest, size_t len)
{
	return checksum(checksum(h->key ^ h->n ^ (uint64_t)h->as << 32,
	    &h->commit, OID_LEN), rest, len);
}

/* Nothing that a record says leads out of the file, and its folder comes
 * before it. */
static bool
sound_records(const struct statcache *c)
{
	for (uint32_t i = 0; i < c->head->n; i++) {
		const struct statfile_record *r = &c->records[i];

		if (r->path >= c->texts_len || r->line >= c->texts_len ||
		    r->line_len >= c->texts_len - r->line ||
		    (r->parent != STATFILE_NONE && r->parent >= i))
			return false;
	}
	return true;
}

static bool
sound(struct statcache *c, const uint64_t *key)
{
	const struct statfile_header *h = c->map;
	size_t table;

	if (c->size < sizeof(*h) || memcmp(h->magic, MAGIC, 8) != 0 ||
	    h->version != VERSION_NOW || h->total != c->size ||
	    (key != NULL && h->key != *key))
		return false;
	table = (size_t)h->n * sizeof(struct statfile_record);
	if (table > c->size - sizeof(*h) || h->sum !=
	    sum_of(h, h + 1, c->size - sizeof(*h)))
		return false;
	c->head = h;
	c->records = (const struct statfile_record *)(h + 1);
	c->texts = (const char *)(h + 1) + table;
	c->texts_len = c->size - sizeof(*h) - table;
	return c->texts_len > 0 && c->texts[c->texts_len - 1] == '\0' &&
	    sound_records(c);
}

struct statcache *
statcache_open(int dirfd, const char *name, const uint64_t *key)
{
	struct statcache *c;
	struct stat st;
	CLEANUP(drop_fd) int fd = openat(dirfd, name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    st.st_size <= 0)
		return NULL;
	c = xcalloc(1, sizeof(*c));
	c->size = (size_t)st.st_size;
	c->map = mmap(NULL, c->size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd,
	    0);
	if (c->map == MAP_FAILED) {
		free(c);
		return NULL;
	}
	if (!sound(c, key)) {
		statcache_close(c);
		return NULL;
	}
	return c;
}

void
statcache_close(struct statcache *c)
{
	if (c == NULL)
		return;
	munmap(c->map, c->size);
	free(c);
}

void
drop_statcache(struct statcache **c)
{
	statcache_close(*c);
}

uint64_t
statcache_sum(const struct statcache *c)
{
	return c->head->sum;
}

const struct oid *
statcache_commit(const struct statcache *c)
{
	return &c->head->commit;
}

enum statcache_as
statcache_as(const struct statcache *c)
{
	return (enum statcache_as)c->head->as;
}

size_t
statcache_n(const struct statcache *c)
{
	return c->head->n;
}

static size_t
search(const struct statcache *c, const char *path)
{
	size_t lo = 0, hi = c->head->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (path_cmp(statfile_path(c, mid), path) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Its index; the number of records when it is not there. */
static size_t
index_of(struct statcache *c, const char *path)
{
	size_t i = c->hint;

	/* The next one, or the same once more. */
	if (i >= c->head->n || strcmp(statfile_path(c, i), path) != 0)
		i = i > 0 && i <= c->head->n &&
		    strcmp(statfile_path(c, i - 1), path) == 0 ? i - 1 :
		    search(c, path);
	if (i >= c->head->n || strcmp(statfile_path(c, i), path) != 0)
		return c->head->n;
	return i;
}

/* Whether a record lies in the folder i, as all from it to this one do. */
static bool
is_below(const struct statcache *c, size_t k, size_t i)
{
	uint32_t parent = c->records[k].parent;

	return parent != STATFILE_NONE ? parent >= i :
	    path_is_under(statfile_path(c, k), statfile_path(c, i));
}

bool
statcache_names(struct statcache *c, const char *path,
    const struct seen_stat *now, struct strlist *out)
{
	size_t i = index_of(c, path);
	struct seen_stat then;

	if (i == c->head->n || (c->records[i].flags &
	    (SEEN_LISTED | SEEN_UNTRUSTED)) != SEEN_LISTED)
		return false;
	then = statfile_stat(&c->records[i]);
	if (!seen_stat_equal(&then, now))
		return false;
	for (size_t k = i + 1; k < c->head->n && is_below(c, k, i); k++)
		if (c->records[k].parent == i)
			strlist_add(out, path_name(statfile_path(c, k)));
	return true;
}

void
statcache_get(const struct statcache *c, size_t i, struct seen *out)
{
	const struct statfile_record *r = &c->records[i];

	*out = (struct seen){ .path = statfile_path(c, i), .flags = r->flags,
		.line = c->texts + r->line, .line_len = r->line_len,
		.st = statfile_stat(r), .oid = r->oid };
}

bool
statcache_find(struct statcache *c, const char *path, struct seen *out)
{
	size_t i = index_of(c, path);

	if (i == c->head->n)
		return false;
	c->hint = i + 1;
	statcache_get(c, i, out);
	return true;
}

bool
statcache_holds(const struct statcache *c, const struct seen *items, size_t n)
{
	if (c->head->n != n)
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct statfile_record *r = &c->records[i];
		struct seen_stat st = statfile_stat(r);

		if (r->flags != items[i].flags ||
		    !seen_stat_equal(&st, &items[i].st) ||
		    memcmp(&r->oid, &items[i].oid, OID_LEN) != 0 ||
		    r->line_len != items[i].line_len ||
		    strcmp(statfile_path(c, i), items[i].path) != 0 ||
		    (r->line_len > 0 && memcmp(c->texts + r->line,
		    items[i].line, r->line_len) != 0))
			return false;
	}
	return true;
}

int64_t
statcache_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * 1000000000 + ts.tv_nsec;
}

bool
statcache_racy(const struct seen_stat *st, int64_t since)
{
	/* Whatever changes an object moves its ctime, which nobody can set; a
	 * mtime may lie in the future for ever. */
	return st->ctime >= since - RACY_NS;
}

static uint32_t
add_text(struct buf *texts, const char *s, size_t len)
{
	uint32_t at = (uint32_t)texts->len;

	buf_add(texts, s, len);
	buf_addc(texts, '\0');
	return at;
}

static void
add_record(struct buf *records, struct buf *texts, const struct seen *s,
    uint32_t parent)
{
	struct statfile_record r = {
		.dev = s->st.dev, .ino = s->st.ino, .size = s->st.size,
		.mtime = s->st.mtime, .ctime = s->st.ctime,
		.mode = s->st.mode, .uid = s->st.uid, .gid = s->st.gid,
		.flags = s->flags, .oid = s->oid, .parent = parent,
		.path = add_text(texts, s->path, strlen(s->path)),
		.line_len = (uint32_t)s->line_len,
	};

	r.line = s->line_len > 0 ? add_text(texts, s->line, s->line_len) : 0;
	buf_add(records, &r, sizeof(r));
}

/* The chain of folders that the last path lies in, as indices. */
struct chain {
	uint32_t *items;
	size_t n, cap;
};

/* Every folder on the way to an object is seen, so the top is its parent. */
static uint32_t
find_parent(struct chain *way, const struct seen *items, uint32_t i)
{
	while (way->n > 0) {
		uint32_t top = way->items[way->n - 1];

		if (path_is_under(items[i].path, items[top].path))
			return top;
		way->n--;
	}
	return STATFILE_NONE;
}

int
statcache_write(int dirfd, const char *name, uint64_t key,
    const struct oid *commit, enum statcache_as as, const struct seen *items,
    size_t n, uint64_t *out_sum, struct err *e)
{
	CLEANUP(drop_buf) struct buf file = { 0 };
	CLEANUP(drop_buf) struct buf texts = { 0 };
	struct chain way = { 0 };
	struct statfile_header h = { .magic = MAGIC, .version = VERSION_NOW,
		.n = (uint32_t)n, .key = key, .commit = *commit, .as = as };

	buf_add(&file, &h, sizeof(h));
	buf_addc(&texts, '\0');
	for (uint32_t i = 0; i < n; i++) {
		add_record(&file, &texts, &items[i],
		    find_parent(&way, items, i));
		if (S_ISDIR(items[i].st.mode))
			*VEC_ADD(&way) = i;
	}
	free(way.items);
	buf_add(&file, texts.bytes, texts.len);
	h.total = file.len;
	h.sum = sum_of(&h, file.bytes + sizeof(h), file.len - sizeof(h));
	memcpy(file.bytes, &h, sizeof(h));
	*out_sum = h.sum;
	return file_replace_quick(dirfd, name, file.bytes, file.len, 0600, e);
}
