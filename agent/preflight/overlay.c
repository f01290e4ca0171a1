/* SPDX-License-Identifier: MIT */
#include "agent/preflight/overlay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/entrypaths.h"
#include "agent/evidence.h"
#include "agent/glance.h"
#include "base/path.h"
#include "base/tr.h"

enum { LINKS_MAX = 40 };

struct overlay {
	struct evidence ev;
	struct overlay_input in;
	struct glance glance;	/* what is counted is looked at live */
};

/* What lists say of a path that nobody tracks: 1 there, 0 gone, -1 nothing. */
static int
listed(const struct overlay *o, const char *path, const struct entry **out)
{
	CLEANUP(drop_buf) struct buf real = { 0 };
	struct err ignored = { 0 };
	const struct coming_file *f;
	size_t n;

	if (root_resolve(o->in.root, path, &real, NULL, &ignored) < 0)
		buf_adds(&real, path);
	f = incoming_find(o->in.in, buf_str(&real));
	if (f != NULL && !f->remove_on_upgrade &&
	    (f->owned.flags & OWNED_GHOST) == 0) {
		*out = &f->entry;
		return 1;
	}
	if (owners_of(&o->in.then->after, buf_str(&real), &n) != NULL ||
	    owners_of(o->in.before, buf_str(&real), &n) == NULL)
		return -1;
	return 0;
}

/* Where path leads by what is foreseen, symlinks at its end followed too. */
static void
follow(const struct overlay *o, const char *path, struct buf *out)
{
	const struct manifest *is = &o->in.then->is;

	entrypaths_resolve(is, path, out);
	for (int i = 0; i < LINKS_MAX; i++) {
		const struct entry *en = manifest_find(is, buf_str(out));
		CLEANUP(drop_buf) struct buf to = { 0 };

		if (en == NULL || en->kind != ENTRY_SYMLINK)
			return;
		path_link(&to, buf_str(out), en->target);
		buf_reset(out);
		entrypaths_resolve(is, buf_str(&to), out);
	}
}

/* True when it is there now and known not to be then. */
static bool
is_gone(const struct overlay *o, const char *real)
{
	const struct foreseen *f = foresight_find(o->in.then, real);

	return f != NULL && f->gone;
}

static const struct entry *
ev_entry(void *ctx, const char *path)
{
	const struct overlay *o = ctx;
	CLEANUP(drop_buf) struct buf real = { 0 };
	const struct entry *en = manifest_find(&o->in.then->is, path);
	int n;

	if (en != NULL)
		return en;
	entrypaths_resolve(&o->in.then->is, path, &real);
	en = manifest_find(&o->in.then->is, buf_str(&real));
	if (en != NULL || is_gone(o, buf_str(&real)))
		return en;
	n = listed(o, buf_str(&real), &en);
	return n > 0 ? en : n == 0 ? NULL :
	    o->in.live->entry(o->in.live->ctx, path);
}

static void
ev_find(void *ctx, const char *pattern,
    void (*each)(void *arg, const struct entry *en), void *arg)
{
	const struct overlay *o = ctx;

	if (glance_has(&o->glance, pattern))
		o->in.live->find(o->in.live->ctx, pattern, each, arg);
	else
		entrypaths_match(&o->in.then->is, pattern, each, arg);
}

/* What is there and nobody has seen is not missing: it cannot be told. */
static int
bytes_of(const struct overlay *o, const struct foreseen *f,
    const char **out_bytes, size_t *out_len, struct err *e)
{
	const char *path = f->entry.path;

	if (f->entry.kind != ENTRY_FILE)
		return err_set(e, ERR_INPUT, path, _("is no regular file"));
	if (f->from == FORESEEN_LIVE)
		return o->in.live->bytes(o->in.live->ctx, f->live, out_bytes,
		    out_len, e);
	if (f->from == FORESEEN_UNKNOWN)
		return err_set(e, ERR_SYSTEM, path, "%s", f->why);
	if (!f->coming->has_bytes)
		return err_set(e, ERR_SYSTEM, path, _("what the new package "
		    "has there cannot be read from it"));
	*out_bytes = f->coming->bytes;
	*out_len = f->coming->len;
	return 0;
}

static int
ev_bytes(void *ctx, const char *path, const char **out_bytes, size_t *out_len,
    struct err *e)
{
	const struct overlay *o = ctx;
	CLEANUP(drop_buf) struct buf real = { 0 };
	const struct foreseen *f;
	const struct entry *en;

	follow(o, path, &real);
	f = foresight_find(o->in.then, buf_str(&real));
	if (f != NULL && !f->gone)
		return bytes_of(o, f, out_bytes, out_len, e);
	errno = ENOENT;
	if (f != NULL || listed(o, buf_str(&real), &en) == 0)
		return err_sys(e, path, _("cannot open"));
	if (listed(o, buf_str(&real), &en) > 0)
		return err_set(e, ERR_SYSTEM, path, _("is a new version then "
		    "that nobody has looked into"));
	return o->in.live->bytes(o->in.live->ctx, buf_str(&real), out_bytes,
	    out_len, e);
}

static int
ev_look(void *ctx, const char *path, int *out_kind, struct err *e)
{
	const struct overlay *o = ctx;
	CLEANUP(drop_buf) struct buf real = { 0 };
	const struct foreseen *f;
	const struct entry *en;
	int n;

	follow(o, path, &real);
	f = foresight_find(o->in.then, buf_str(&real));
	if (f != NULL && f->gone)
		return 0;
	n = f != NULL ? 1 : listed(o, buf_str(&real), &en);
	if (n < 0)
		return o->in.live->look(o->in.live->ctx, buf_str(&real),
		    out_kind, e);
	if (n > 0)
		*out_kind = (int)(f != NULL ? f->entry.kind : en->kind);
	return n;
}

static const char *
ev_hidden(void *ctx, const char *path)
{
	const struct overlay *o = ctx;

	return o->in.live->hidden(o->in.live->ctx, path);
}

static const struct entry *
ev_baseline(void *ctx, const char *path)
{
	const struct overlay *o = ctx;

	return o->in.live->baseline(o->in.live->ctx, path);
}

static int
ev_baseline_bytes(void *ctx, const char *path, const char **out_bytes,
    size_t *out_len, struct err *e)
{
	const struct overlay *o = ctx;

	return o->in.live->baseline_bytes(o->in.live->ctx, path, out_bytes,
	    out_len, e);
}

static int
ev_device(void *ctx, const char *name, size_t max, const char **out_bytes,
    size_t *out_len, struct err *e)
{
	const struct overlay *o = ctx;

	return o->in.live->device(o->in.live->ctx, name, max, out_bytes,
	    out_len, e);
}

struct overlay *
overlay_new(const struct overlay_input *in)
{
	struct overlay *o = xcalloc(1, sizeof(*o));

	o->in = *in;
	glance_take(&o->glance, in->catalogue);
	o->ev = (struct evidence){ .ctx = o, .entry = ev_entry,
		.find = ev_find, .bytes = ev_bytes, .hidden = ev_hidden,
		.baseline = ev_baseline, .baseline_bytes = ev_baseline_bytes,
		.look = ev_look, .device = ev_device, .now = in->live->now };
	return o;
}

void
overlay_free(struct overlay *o)
{
	if (o == NULL)
		return;
	glance_done(&o->glance);
	free(o);
}

void
drop_overlay(struct overlay **o)
{
	overlay_free(*o);
}

const struct evidence *
overlay_evidence(const struct overlay *o)
{
	return &o->ev;
}
