/* SPDX-License-Identifier: MIT */
#include "agent/evidence.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "agent/ask.h"
#include "agent/devices.h"
#include "agent/entrypaths.h"
#include "agent/glance.h"
#include "base/file.h"
#include "base/meta.h"
#include "base/pathset.h"
#include "base/tr.h"
#include "base/vec.h"

enum { BYTES_MAX = 16 << 20 };

/* Bytes that were read once; path order, so that they are found again. */
struct held {
	const char *path;
	char *bytes;		/* NULL: could not be had, for `failed` */
	size_t len;
	struct err *failed;
};

/* What was looked at, though nobody tracks it: many rules ask the same. */
struct looked {
	int there;
	enum entry_kind kind;
};

struct evidence_source {
	struct evidence ev;
	struct arena arena;
	struct machine *machine;
	bool live;
	const struct manifest *m;
	const struct oid *baseline;
	const struct capture *capture;	/* for what is hidden, or NULL */
	struct inputs *inputs;
	struct glance glance;
	struct devices *devices;	/* of the live system */
	struct {
		struct held *items;
		size_t n, cap;
	} held;
	struct pathset looked_at;
	struct {
		struct looked *items;
		size_t n, cap;
	} looked;
};

/* A rule may follow a symlink to something that nothing else tracks. */
static const struct entry *
look_live(struct evidence_source *s, const char *path)
{
	struct entry *en = arena_alloc(&s->arena, sizeof(*en));
	CLEANUP(drop_buf) struct buf real = { 0 };
	struct err ignored = { 0 };
	const char *name;
	struct stat st;
	CLEANUP(drop_fd) int dir = -1;

	if (s->inputs != NULL)
		inputs_add_below(s->inputs, &s->machine->root, path);
	if (root_resolve(&s->machine->root, path, &real, NULL, &ignored) < 0 ||
	    (dir = root_open_parent(&s->machine->root, buf_str(&real),
	    &name)) < 0 ||
	    fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    meta_read(dir, name, -1, &st, path, &s->arena, en, &ignored) < 0)
		return NULL;
	en->path = arena_strdup(&s->arena, buf_str(&real));
	en->user = idnames_user(s->machine->ids, en->uid);
	en->group = idnames_group(s->machine->ids, en->gid);
	en->content = CONTENT_UNREADABLE;
	return en;
}

static const struct entry *
ev_entry(void *ctx, const char *path)
{
	struct evidence_source *s = ctx;
	const struct entry *en = manifest_find(s->m, path);
	CLEANUP(drop_buf) struct buf real = { 0 };

	if (en != NULL)
		return en;
	entrypaths_resolve(s->m, path, &real);
	en = manifest_find(s->m, buf_str(&real));
	if (en == NULL && s->live)
		en = look_live(s, path);
	return en;
}

static void
ev_find(void *ctx, const char *pattern,
    void (*each)(void *arg, const struct entry *en), void *arg)
{
	struct evidence_source *s = ctx;

	if (s->live && glance_has(&s->glance, pattern))
		glance_at(&s->glance, &s->machine->root, pattern, s->inputs,
		    &s->arena, each, arg);
	else
		entrypaths_match(s->m, pattern, each, arg);
}

static int
read_live(struct evidence_source *s, const char *path, struct buf *out,
    struct err *e)
{
	struct stat st;
	CLEANUP(drop_fd) int fd = -1;

	if (s->inputs != NULL && manifest_find(s->m, path) == NULL)
		inputs_add_below(s->inputs, &s->machine->root, path);
	fd = root_open_in(&s->machine->root, path,
	    O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(e, path, _("cannot open"));
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_INPUT, path, _("is no regular file"));
	return file_read_fd(fd, path, BYTES_MAX, out, e);
}

static int
read_stored(struct evidence_source *s, const char *path, struct buf *out,
    struct err *e)
{
	CLEANUP(drop_buf) struct buf real = { 0 };
	const struct entry *en;

	entrypaths_resolve_all(s->m, path, &real);
	en = manifest_find(s->m, buf_str(&real));
	if (en == NULL || en->kind != ENTRY_FILE)
		return err_set(e, ERR_MISSING, path,
		    _("is no file of this snapshot"));
	return store_content(s->machine->store, en, out, e);
}

static size_t
held_at(const struct evidence_source *s, const char *path)
{
	return VEC_LOWER(s->held.n, i, strcmp(s->held.items[i].path, path) < 0);
}

static struct held *
hold(struct evidence_source *s, size_t at, const char *path)
{
	struct buf bytes = { 0 };
	struct held h = { .path = arena_strdup(&s->arena, path) };
	struct err e = { 0 };
	int n = s->live ? read_live(s, path, &bytes, &e) :
	    read_stored(s, path, &bytes, &e);

	if (n < 0) {
		h.failed = arena_alloc(&s->arena, sizeof(e));
		*h.failed = e;
		buf_done(&bytes);
	} else {
		h.len = bytes.len;
		h.bytes = buf_steal(&bytes);
	}
	VEC_ADD(&s->held);
	memmove(&s->held.items[at + 1], &s->held.items[at],
	    (s->held.n - 1 - at) * sizeof(h));
	s->held.items[at] = h;
	return &s->held.items[at];
}

static int
ev_bytes(void *ctx, const char *path, const char **out_bytes, size_t *out_len,
    struct err *e)
{
	struct evidence_source *s = ctx;
	size_t at = held_at(s, path);
	const struct held *h;

	if (at < s->held.n && strcmp(s->held.items[at].path, path) == 0)
		h = &s->held.items[at];
	else
		h = hold(s, at, path);
	if (h->failed != NULL) {
		if (e->kind == ERR_NONE)
			*e = *h->failed;
		return -1;
	}
	*out_bytes = h->bytes;
	*out_len = h->len;
	return 0;
}

static const struct entry *
ev_baseline(void *ctx, const char *path)
{
	struct evidence_source *s = ctx;
	struct entry *en;
	struct err ignored = { 0 };

	if (s->baseline == NULL)
		return NULL;
	en = arena_alloc(&s->arena, sizeof(*en));
	if (store_entry(s->machine->store, s->baseline, path, &s->arena, en,
	    &ignored) <= 0)
		return NULL;
	return en;
}

static int
ev_baseline_bytes(void *ctx, const char *path, const char **out_bytes,
    size_t *out_len, struct err *e)
{
	struct evidence_source *s = ctx;
	const struct entry *en = ev_baseline(ctx, path);
	CLEANUP(drop_buf) struct buf b = { 0 };

	if (en == NULL || en->kind != ENTRY_FILE)
		return err_set(e, ERR_MISSING, path,
		    _("is no file of the baseline"));
	if (store_content(s->machine->store, en, &b, e) < 0)
		return -1;
	*out_bytes = arena_memdup(&s->arena, buf_str(&b), b.len);
	*out_len = b.len;
	return 0;
}

static int
look_now(struct evidence_source *s, const char *path, enum entry_kind *out,
    struct err *e)
{
	struct stat st;
	CLEANUP(drop_fd) int fd = -1;

	if (s->inputs != NULL)
		inputs_add_below(s->inputs, &s->machine->root, path);
	fd = root_open_in(&s->machine->root, path, O_PATH);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP))
		return 0;
	if (fd < 0 || fstat(fd, &st) < 0 || meta_kind(st.st_mode, out) < 0)
		return err_sys(e, path, _("cannot look at it"));
	return 1;
}

/* What nobody tracks is asked of the machine itself. */
static int
ev_look(void *ctx, const char *path, int *out_kind, struct err *e)
{
	struct evidence_source *s = ctx;
	struct looked now = { 0 };
	size_t at;

	if (pathset_find(&s->looked_at, path, &at)) {
		now = s->looked.items[at];
	} else {
		now.there = look_now(s, path, &now.kind, e);
		if (now.there < 0)
			return -1;
		pathset_add(&s->looked_at, path, s->looked.n);
		*VEC_ADD(&s->looked) = now;
	}
	if (now.there > 0)
		*out_kind = (int)now.kind;
	return now.there;
}

static int
ev_device(void *ctx, const char *name, size_t max, const char **out_bytes,
    size_t *out_len, struct err *e)
{
	struct evidence_source *s = ctx;

	return devices_read(s->devices, name, max, out_bytes, out_len, e);
}

static int
ev_ask(void *ctx, const struct rule *rule, struct command_answer *out,
    struct err *e)
{
	struct evidence_source *s = ctx;

	return ask_command(s->machine, &s->ev, rule, &s->arena, out, e);
}

void
evidence_let_ask(struct evidence_source *s)
{
	if (s->live && s->machine->live)
		s->ev.ask = ev_ask;
}

static const char *
ev_hidden(void *ctx, const char *path)
{
	struct evidence_source *s = ctx;
	const struct capture *c = s->capture;
	const char *why = glance_hides(&s->glance, path);
	CLEANUP(drop_buf) struct buf real = { 0 };

	if (why != NULL || c == NULL || c->unknown.n == 0)
		return why;
	entrypaths_resolve_pattern(s->m, path, &real);
	for (size_t i = 0; i < c->unknown.n; i++)
		if (entrypaths_hides(s->m, buf_str(&real),
		    c->unknown.items[i].path))
			return c->unknown.items[i].why;
	return NULL;
}

void
evidence_set_unknown(struct evidence_source *s, const struct capture *c)
{
	s->capture = c;
}

static struct evidence_source *
source_new(struct machine *m, const struct manifest *entries,
    const struct oid *baseline)
{
	struct evidence_source *s = xcalloc(1, sizeof(*s));

	s->machine = m;
	s->m = entries;
	s->baseline = baseline;
	s->ev = (struct evidence){ .ctx = s, .entry = ev_entry,
		.find = ev_find, .bytes = ev_bytes, .hidden = ev_hidden,
		.baseline = ev_baseline, .baseline_bytes = ev_baseline_bytes,
		.now = (int64_t)time(NULL) };
	return s;
}

struct evidence_source *
evidence_live(struct machine *m, const struct manifest *entries,
    const struct oid *baseline, struct inputs *inputs)
{
	struct evidence_source *s = source_new(m, entries, baseline);

	s->live = true;
	s->ev.look = ev_look;
	glance_take(&s->glance, &m->catalogue);
	s->ev.device = ev_device;
	s->devices = devices_new(&m->root, m->live);
	s->inputs = inputs;
	return s;
}

struct evidence_source *
evidence_snapshot(struct machine *m, const struct manifest *entries,
    const struct oid *baseline)
{
	return source_new(m, entries, baseline);
}

void
evidence_free(struct evidence_source *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->held.n; i++)
		free(s->held.items[i].bytes);
	free(s->held.items);
	pathset_done(&s->looked_at);
	free(s->looked.items);
	devices_free(s->devices);
	glance_done(&s->glance);
	arena_done(&s->arena);
	free(s);
}

void
drop_evidence(struct evidence_source **s)
{
	evidence_free(*s);
}

const struct evidence *
evidence_get(const struct evidence_source *s)
{
	return &s->ev;
}
