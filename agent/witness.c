/* SPDX-License-Identifier: MIT */
#include "agent/witness.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/pathset.h"
#include "base/vec.h"
#include "snapshots/manifest.h"

/* A rule that asks more is judged anew each time. */
enum { ASKED_MAX = 20000 };

struct witness {
	struct evidence ev;		/* what the rule sees */
	const struct evidence *real;
	const struct oid *baseline;
	struct digest *digest;
	struct arena arena;		/* paths asked for */
	struct buf text;
	bool unsure;
	struct {
		struct asked *items;
		size_t n, cap;
	} asked;
	/* What witness_same was told: many rules ask the same. */
	struct pathset known[QUESTIONS];
	struct {
		struct oid *items;
		size_t n, cap;
	} answers;
};

/* The name a git blob of the bytes would have, so that the answer to a tracked
 * file's bytes is told from its entry alone. */
static struct oid
name_of(struct witness *w, const char *bytes, size_t len)
{
	struct oid o;

	digest_object(w->digest, "blob", bytes, len, &o);
	return o;
}

static struct oid
name_of_text(struct witness *w, const char *s)
{
	return name_of(w, s == NULL ? "" : s, s == NULL ? 0 : strlen(s));
}

static void
add_entry(struct witness *w, const struct entry *en)
{
	if (en == NULL)
		buf_adds(&w->text, "-");
	else
		manifest_line(&w->text, en, en->path, true);
	/* Without it "nothing is known of the content" and "is empty" have the
	 * same line where the name of the content is not set. */
	if (en != NULL)
		buf_addf(&w->text, " %d\n", (int)en->content);
}

static struct oid
name_of_entry(struct witness *w, const struct entry *en)
{
	buf_reset(&w->text);
	add_entry(w, en);
	return name_of(w, buf_str(&w->text), w->text.len);
}

static struct oid
name_of_failure(struct witness *w, const struct err *e)
{
	buf_reset(&w->text);
	buf_addf(&w->text, "failed %d %d %s %s", (int)e->kind, e->sys,
	    e->where, e->what);
	return name_of(w, buf_str(&w->text), w->text.len);
}

static void
note(struct witness *w, enum question what, const char *path,
    struct oid answer)
{
	const struct asked *last = w->asked.n == 0 ? NULL :
	    &w->asked.items[w->asked.n - 1];

	if (last != NULL && last->what == what &&
	    strcmp(last->path, path) == 0)
		return;
	if (w->asked.n == ASKED_MAX)
		w->unsure = true;
	else
		*VEC_ADD(&w->asked) = (struct asked){ what,
			arena_strdup(&w->arena, path), answer };
}

static const struct entry *
heard_entry(void *ctx, const char *path)
{
	struct witness *w = ctx;
	const struct entry *en = w->real->entry(w->real->ctx, path);

	note(w, ASKED_ENTRY, path, name_of_entry(w, en));
	return en;
}

struct passing {
	struct witness *w;
	struct buf text;
	void (*each)(void *arg, const struct entry *en);
	void *arg;
};

static void
pass_on(void *arg, const struct entry *en)
{
	struct passing *p = arg;

	buf_reset(&p->w->text);
	add_entry(p->w, en);
	buf_add(&p->text, buf_str(&p->w->text), p->w->text.len);
	if (p->each != NULL)
		p->each(p->arg, en);
}

static struct oid
find(struct witness *w, const char *pattern,
    void (*each)(void *arg, const struct entry *en), void *arg)
{
	struct passing p = { .w = w, .each = each, .arg = arg };
	struct oid o;

	w->real->find(w->real->ctx, pattern, pass_on, &p);
	o = name_of(w, buf_str(&p.text), p.text.len);
	buf_done(&p.text);
	return o;
}

static void
heard_find(void *ctx, const char *pattern,
    void (*each)(void *arg, const struct entry *en), void *arg)
{
	struct witness *w = ctx;
	struct oid answer = find(w, pattern, each, arg);

	note(w, ASKED_FIND, pattern, answer);
}

static struct oid
read_bytes(struct witness *w, const char *path, const char **out_bytes,
    size_t *out_len, int *out_n, struct err *e)
{
	struct err own = { 0 };

	*out_n = w->real->bytes(w->real->ctx, path, out_bytes, out_len, &own);
	if (*out_n == 0)
		return name_of(w, *out_bytes, *out_len);
	if (e->kind == ERR_NONE)
		*e = own;
	return name_of_failure(w, &own);
}

static int
heard_bytes(void *ctx, const char *path, const char **out_bytes,
    size_t *out_len, struct err *e)
{
	struct witness *w = ctx;
	int n;
	struct oid answer = read_bytes(w, path, out_bytes, out_len, &n, e);

	note(w, ASKED_BYTES, path, answer);
	return n;
}

static const char *
heard_hidden(void *ctx, const char *path)
{
	struct witness *w = ctx;
	const char *by = w->real->hidden(w->real->ctx, path);

	note(w, ASKED_HIDDEN, path, name_of_text(w, by));
	return by;
}

/* What the accepted snapshot has never changes: its name is the answer. */
static const struct entry *
heard_baseline(void *ctx, const char *path)
{
	static const struct oid none;
	struct witness *w = ctx;

	note(w, ASKED_BASELINE, path, w->baseline != NULL ? *w->baseline :
	    none);
	return w->real->baseline(w->real->ctx, path);
}

static int
heard_baseline_bytes(void *ctx, const char *path, const char **out_bytes,
    size_t *out_len, struct err *e)
{
	struct witness *w = ctx;

	heard_baseline(ctx, path);
	return w->real->baseline_bytes(w->real->ctx, path, out_bytes, out_len,
	    e);
}

static struct oid
look(struct witness *w, const char *path, int *out_kind, int *out_n,
    struct err *e)
{
	struct err own = { 0 };
	int kind = -1;

	*out_n = w->real->look(w->real->ctx, path, &kind, &own);
	if (*out_n < 0) {
		if (e->kind == ERR_NONE)
			*e = own;
		return name_of_failure(w, &own);
	}
	if (*out_n > 0)
		*out_kind = kind;
	buf_reset(&w->text);
	buf_addf(&w->text, "there %d %d", *out_n, *out_n > 0 ? kind : -1);
	return name_of(w, buf_str(&w->text), w->text.len);
}

static int
heard_look(void *ctx, const char *path, int *out_kind, struct err *e)
{
	struct witness *w = ctx;
	int n;
	struct oid answer = look(w, path, out_kind, &n, e);

	note(w, ASKED_LOOK, path, answer);
	return n;
}

/* A device changes without anything telling of it. */
static int
heard_device(void *ctx, const char *name, size_t max, const char **out_bytes,
    size_t *out_len, struct err *e)
{
	struct witness *w = ctx;

	w->unsure = true;
	return w->real->device(w->real->ctx, name, max, out_bytes, out_len,
	    e);
}

struct witness *
witness_new(const struct evidence *real, const struct oid *baseline)
{
	struct witness *w = xcalloc(1, sizeof(*w));

	w->real = real;
	w->baseline = baseline;
	w->digest = digest_new();
	w->ev = (struct evidence){ .ctx = w, .entry = heard_entry,
		.find = heard_find, .bytes = heard_bytes,
		.baseline = heard_baseline, .now = real->now };
	if (real->hidden != NULL)
		w->ev.hidden = heard_hidden;
	if (real->look != NULL)
		w->ev.look = heard_look;
	if (real->device != NULL)
		w->ev.device = heard_device;
	if (real->baseline_bytes != NULL)
		w->ev.baseline_bytes = heard_baseline_bytes;
	return w;
}

void
witness_free(struct witness *w)
{
	if (w == NULL)
		return;
	digest_free(w->digest);
	arena_done(&w->arena);
	buf_done(&w->text);
	free(w->asked.items);
	for (size_t i = 0; i < QUESTIONS; i++)
		pathset_done(&w->known[i]);
	free(w->answers.items);
	free(w);
}

void
drop_witness(struct witness **w)
{
	witness_free(*w);
}

const struct evidence *
witness_listen(struct witness *w)
{
	w->asked.n = 0;
	w->unsure = false;
	arena_done(&w->arena);
	return &w->ev;
}

bool
witness_heard(const struct witness *w, const struct asked **out,
    size_t *out_n)
{
	*out = w->asked.items;
	*out_n = w->asked.n;
	return !w->unsure;
}

/* The bytes of a tracked file were named when it was captured. */
static struct oid
bytes_now(struct witness *w, const char *path)
{
	const struct entry *en = w->real->entry(w->real->ctx, path);
	struct err ignored = { 0 };
	const char *bytes;
	size_t len;
	int n;

	if (en != NULL && en->kind == ENTRY_FILE &&
	    en->content == CONTENT_STORED)
		return en->oid;
	return read_bytes(w, path, &bytes, &len, &n, &ignored);
}

/* False where there is no answer. */
static bool
answer_now(struct witness *w, const struct asked *a, struct oid *out)
{
	const struct evidence *real = w->real;
	struct err ignored = { 0 };
	int kind, n;

	switch (a->what) {
	case ASKED_ENTRY:
		*out = name_of_entry(w, real->entry(real->ctx, a->path));
		return true;
	case ASKED_FIND:
		*out = find(w, a->path, NULL, NULL);
		return true;
	case ASKED_BYTES:
		*out = bytes_now(w, a->path);
		return true;
	case ASKED_HIDDEN:
		if (real->hidden == NULL)
			return false;
		*out = name_of_text(w, real->hidden(real->ctx, a->path));
		return true;
	case ASKED_BASELINE:
		*out = w->baseline != NULL ? *w->baseline :
		    (struct oid){ { 0 } };
		return true;
	case ASKED_LOOK:
		if (real->look == NULL)
			return false;
		*out = look(w, a->path, &kind, &n, &ignored);
		return true;
	case QUESTIONS:
		break;
	}
	return false;
}

bool
witness_same(struct witness *w, const struct asked *a)
{
	struct oid now;
	size_t at;

	if (a->what >= QUESTIONS)
		return false;
	if (pathset_find(&w->known[a->what], a->path, &at))
		return oid_equal(&w->answers.items[at], &a->answer);
	if (!answer_now(w, a, &now))
		return false;
	pathset_add(&w->known[a->what], a->path, w->answers.n);
	*VEC_ADD(&w->answers) = now;
	return oid_equal(&now, &a->answer);
}
