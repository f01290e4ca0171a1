/* SPDX-License-Identifier: MIT */
#include "agent/report/history.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/checksum.h"
#include "base/file.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"

#define NAME "history"

enum { WORDS_MAX = 1024, FILE_MAX = 64 << 20, LARGE = 1 << 20,
	SUM_DIGITS = 16 };

void
history_done(struct history *h)
{
	for (size_t i = 0; i < h->accepts.n; i++)
		strlist_done(&h->accepts.items[i].paths);
	for (size_t i = 0; i < h->reports.n; i++)
		strlist_done(&h->reports.items[i].told);
	free(h->spans.items);
	free(h->reports.items);
	free(h->accepts.items);
	arena_done(&h->arena);
	*h = (struct history){ 0 };
}

void
drop_history(struct history *h)
{
	history_done(h);
}

/* The words of a line, decoded; [0] is the time. */
struct words {
	struct strlist l;
	int64_t time;
};

static void
drop_words(struct words *w)
{
	strlist_done(&w->l);
}

/* "TIME WORD … SUM"; -1 when it is none, or damaged. */
static int
split(const char *at, size_t len, struct words *out)
{
	size_t body = len - SUM_DIGITS - 1;
	uint64_t sum;
	char hex[SUM_DIGITS + 1], *end;

	if (len < SUM_DIGITS + 2 || at[body] != ' ')
		return -1;
	memcpy(hex, at + body + 1, SUM_DIGITS);
	hex[SUM_DIGITS] = '\0';
	sum = strtoull(hex, &end, 16);
	if (*end != '\0' || sum != checksum(0, at, body))
		return -1;
	for (size_t i = 0; i <= body && out->l.n < WORDS_MAX;) {
		CLEANUP(drop_buf) struct buf plain = { 0 };
		const char *blank = memchr(at + i, ' ', body - i);
		size_t n = blank != NULL ? (size_t)(blank - at) - i :
		    body - i;

		if (text_decode(&plain, at + i, n) < 0)
			return -1;
		strlist_add(&out->l, buf_str(&plain));
		i += n + 1;
	}
	out->time = strtoll(out->l.items[0], &end, 10);
	return *end == '\0' && out->l.n >= 3 ? 0 : -1;
}

static struct history_span *
find_open(const struct history *h, const char *id)
{
	for (size_t i = h->spans.n; i > 0; i--) {
		struct history_span *s = &h->spans.items[i - 1];

		if (s->to == 0 && strcmp(s->id, id) == 0)
			return s;
	}
	return NULL;
}

const struct history_span *
history_open(const struct history *h, const char *id)
{
	return find_open(h, id);
}

const struct history_report *
history_last(const struct history *h)
{
	return h->reports.n > 0 ? &h->reports.items[h->reports.n - 1] : NULL;
}

static int
take_open(struct history *h, const struct words *w)
{
	if (w->l.n != 4)
		return -1;
	if (find_open(h, w->l.items[2]) != NULL)
		return 0;
	*VEC_ADD(&h->spans) = (struct history_span){
		arena_strdup(&h->arena, w->l.items[2]),
		arena_strdup(&h->arena, w->l.items[3]), w->time, 0 };
	return 0;
}

static int
take_shut(struct history *h, const struct words *w)
{
	struct history_span *s = find_open(h, w->l.items[2]);

	/* A clock may have been set back meanwhile. */
	if (s != NULL)
		s->to = w->time > s->from ? w->time : s->from + 1;
	return w->l.n == 3 ? 0 : -1;
}

static int
take_report(struct history *h, const struct words *w)
{
	struct history_report r = { .time = w->time,
		.accepts = h->accepts.n };

	if (w->l.n < 4 || strlen(w->l.items[3]) != 2 * OID_LEN ||
	    text_unhex(w->l.items[3], r.commit.b, OID_LEN) < 0)
		return -1;
	r.exit_code = (int)strtol(w->l.items[2], NULL, 10);
	for (size_t i = 4; i < w->l.n; i++)
		strlist_add(&r.told, w->l.items[i]);
	*VEC_ADD(&h->reports) = r;
	return 0;
}

static int
take_accept(struct history *h, const struct words *w)
{
	struct history_accept *a;

	if (w->l.n < 5)
		return -1;
	a = VEC_ADD(&h->accepts);
	a->time = w->time;
	a->who = arena_strdup(&h->arena, w->l.items[2]);
	a->commit = arena_strdup(&h->arena, w->l.items[3]);
	a->reason = arena_strdup(&h->arena, w->l.items[4]);
	for (size_t i = 5; i < w->l.n; i++)
		strlist_add(&a->paths, w->l.items[i]);
	return 0;
}

static int
take_line(struct history *h, const char *at, size_t len)
{
	static const struct {
		const char *word;
		int (*take)(struct history *h, const struct words *w);
	} table[] = {
		{ "open", take_open }, { "shut", take_shut },
		{ "report", take_report }, { "accept", take_accept },
	};
	CLEANUP(drop_words) struct words w = { 0 };

	if (split(at, len, &w) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(w.l.items[1], table[i].word) == 0)
			return table[i].take(h, &w);
	/* A later version may have written it. */
	return 0;
}

void
history_parse(const char *bytes, size_t len, struct history *out)
{
	const char *at = bytes, *end = bytes + len;

	out->len = len;
	while (at < end) {
		const char *to = memchr(at, '\n', (size_t)(end - at));
		size_t width = (size_t)((to != NULL ? to : end) - at);

		if (width > 0 && take_line(out, at, width) < 0)
			out->damaged++;
		at += width + 1;
	}
}

int
history_load(int store_fd, struct history *out, struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };

	if (faccessat(store_fd, NAME, F_OK, AT_SYMLINK_NOFOLLOW) < 0 &&
	    errno == ENOENT)
		return 0;
	if (file_read(store_fd, NAME, FILE_MAX, &text, e) < 0)
		return -1;
	history_parse(buf_str(&text), text.len, out);
	return 0;
}

static void
begin(struct buf *line, int64_t now, const char *word)
{
	buf_addf(line, "%" PRId64 " %s", now, word);
}

static void
add_word(struct buf *line, const char *word)
{
	buf_addc(line, ' ');
	text_encode(line, word, strlen(word));
}

/* The line that stands behind from gets its checksum. */
static void
end_line(struct buf *lines, size_t from)
{
	uint64_t sum = checksum(0, lines->bytes + from, lines->len - from);

	buf_addf(lines, " %016" PRIx64 "\n", sum);
}

void
history_add_open(struct buf *lines, int64_t now, const char *id,
    const char *word)
{
	size_t from = lines->len;

	begin(lines, now, "open");
	add_word(lines, id);
	add_word(lines, word);
	end_line(lines, from);
}

void
history_add_shut(struct buf *lines, int64_t now, const char *id)
{
	size_t from = lines->len;

	begin(lines, now, "shut");
	add_word(lines, id);
	end_line(lines, from);
}

void
history_add_report(struct buf *lines, const struct history_report *r)
{
	size_t from = lines->len;

	begin(lines, r->time, "report");
	buf_addf(lines, " %d ", r->exit_code);
	text_hex(lines, r->commit.b, OID_LEN);
	for (size_t i = 0; i < r->told.n && i < WORDS_MAX - 5; i++)
		add_word(lines, r->told.items[i]);
	end_line(lines, from);
}

void
history_add_accept(struct buf *lines, const struct history_accept *a)
{
	size_t from = lines->len;

	begin(lines, a->time, "accept");
	add_word(lines, a->who);
	add_word(lines, a->commit);
	add_word(lines, a->reason);
	for (size_t i = 0; i < a->paths.n && i < WORDS_MAX - 5; i++)
		add_word(lines, a->paths.items[i]);
	end_line(lines, from);
}

/* What a killed run left of a line must not swallow the next one. */
static int
ends_torn(int fd)
{
	char last;
	off_t len = lseek(fd, 0, SEEK_END);

	return len > 0 && pread(fd, &last, 1, len - 1) == 1 && last != '\n';
}

int
history_append(int store_fd, const struct buf *lines, struct err *e)
{
	CLEANUP(drop_fd) int fd = openat(store_fd, NAME, O_RDWR | O_APPEND |
	    O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	CLEANUP(drop_buf) struct buf all = { 0 };

	if (fd < 0)
		return err_sys(e, NAME, _("cannot open it in the store"));
	if (ends_torn(fd))
		buf_addc(&all, '\n');
	buf_add(&all, buf_str(lines), lines->len);
	if (file_write_fd(fd, NAME, buf_str(&all), all.len, e) < 0)
		return -1;
	return fsync(fd) < 0 ? err_sys(e, NAME, _("cannot write")) : 0;
}

int
history_trim(int store_fd, const struct history *h, int64_t before,
    struct err *e)
{
	CLEANUP(drop_buf) struct buf all = { 0 };
	int64_t middle;

	if (h->len < LARGE)
		return 0;
	for (size_t i = 0; i < h->spans.n; i++) {
		const struct history_span *s = &h->spans.items[i];

		if (s->to != 0 && s->to < before)
			continue;
		history_add_open(&all, s->from, s->id, s->word);
		if (s->to != 0)
			history_add_shut(&all, s->to, s->id);
	}
	for (size_t i = 0; i < h->accepts.n; i++)
		if (h->accepts.items[i].time >= before)
			history_add_accept(&all, &h->accepts.items[i]);
	for (size_t i = 0; i < h->reports.n; i++)
		if (h->reports.items[i].time >= before)
			history_add_report(&all, &h->reports.items[i]);
	/* It grew within a year: then its older half goes. */
	middle = h->reports.n > 0 ? h->reports.items[h->reports.n / 2].time :
	    before;
	if (all.len > h->len / 2 && middle > before)
		return history_trim(store_fd, h, middle, e);
	return file_replace(store_fd, NAME, buf_str(&all), all.len, 0600, e);
}
