/* SPDX-License-Identifier: MIT */
#include "agent/report/since.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agent/assess.h"
#include "agent/changetext.h"
#include "agent/discreet.h"
#include "agent/pkg/owners.h"
#include "agent/report/mask.h"
#include "agent/semantic/semantic.h"
#include "base/file.h"
#include "base/path.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"
#include "snapshots/gitwalk.h"

enum {
	COMMITS_MAX = 200,	/* snapshots asked for who changed what */
	PATHS_MAX = 300,	/* of more, all of a snapshot is read */
	CHANGES_MAX = 5000,	/* changes told one by one */
	DIFF_LINES = 40,
	DIFF_BYTES = 8 << 10,
	DIFFS_BYTES = 256 << 10,	/* all of them together */
	COMPARED_MAX = 1 << 20,
};

static int
was_content(void *ctx, const struct entry *en, struct buf *out,
    struct err *e)
{
	const struct since *s = ctx;

	return store_content(s->m->store, en, out, e);
}

static int
is_content(void *ctx, const struct entry *en, struct buf *out, struct err *e)
{
	const struct since *s = ctx;
	CLEANUP(drop_fd) int fd = -1;

	if (s->recorded)
		return store_content(s->m->store, en, out, e);
	fd = root_open_at(&s->m->root, en->path,
	    O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return err_sys(e, en->path, _("cannot open"));
	return file_read_fd(fd, en->path, s->m->config.max_size, out, e);
}

static bool
is_plain(const struct entry *en)
{
	return en != NULL && en->kind == ENTRY_FILE &&
	    en->content == CONTENT_STORED && en->size <= COMPARED_MAX;
}

/* Nothing but a moment in its text is new. */
static bool
is_masked(struct since *s, const struct change *c)
{
	CLEANUP(drop_buf) struct buf was = { 0 };
	CLEANUP(drop_buf) struct buf is = { 0 };
	struct err ignored = { 0 };

	return (c->differs & ~(unsigned)DIFF_MTIME) == DIFF_CONTENT &&
	    is_plain(c->was) && is_plain(c->is) &&
	    was_content(s, c->was, &was, &ignored) == 0 &&
	    is_content(s, c->is, &is, &ignored) == 0 &&
	    mask_same(&was, &is);
}

/* Behind the first line, which says what changed, and the two that name the
 * file. */
static const char *
body_of(const char *text)
{
	const char *p = strchr(text, '\n');

	p = p != NULL ? p + 1 : text + strlen(text);
	for (int i = 0; i < 2 && (strncmp(p, "--- ", 4) == 0 ||
	    strncmp(p, "+++ ", 4) == 0); i++) {
		const char *nl = strchr(p, '\n');

		p = nl != NULL ? nl + 1 : p + strlen(p);
	}
	return p;
}

/* How many bytes of it are shown: whole lines, not many. */
static size_t
bounded(const char *diff, bool *out_cut)
{
	size_t len = 0;

	*out_cut = false;
	for (int i = 0; diff[len] != '\0'; i++) {
		size_t n = strcspn(diff + len, "\n");

		if (i == DIFF_LINES || len + n > DIFF_BYTES) {
			*out_cut = true;
			break;
		}
		len += n + (diff[len + n] == '\n');
	}
	return len;
}

/* "changed  /etc/fstab: content, mode …": what stands behind the path. */
static const char *
details_of(struct model *m, const struct change *c)
{
	const char *path = c->was != NULL ? c->was->path : c->is->path;
	CLEANUP(drop_buf) struct buf line = { 0 };
	CLEANUP(drop_buf) struct buf safe = { 0 };
	const char *at;

	change_line(&line, c);
	text_escape(&safe, path, strlen(path));
	at = strstr(buf_str(&line), buf_str(&safe));
	if (at == NULL)
		return NULL;
	at += safe.len;
	if (*at == ':')
		at++;
	at += strspn(at, " ");
	return arena_memdup(&m->arena, at, strcspn(at, "\n"));
}

/* What of the file differs by what its format says, before the rest. */
static void
add_sentence(struct since *s, const struct change *c, struct model_change *x)
{
	CLEANUP(drop_buf) struct buf was = { 0 };
	CLEANUP(drop_buf) struct buf is = { 0 };
	CLEANUP(drop_buf) struct buf text = { 0 };
	struct err ignored = { 0 };

	if ((c->differs & DIFF_CONTENT) == 0 || x->details == NULL ||
	    !is_plain(c->was) || !is_plain(c->is) ||
	    was_content(s, c->was, &was, &ignored) < 0 ||
	    is_content(s, c->is, &is, &ignored) < 0 ||
	    !semantic_summary(x->path, &(struct semantic_text){
	    buf_str(&was), was.len }, &(struct semantic_text){ buf_str(&is),
	    is.len }, x->secret, &text))
		return;
	x->sentence = arena_strdup(&s->model->arena, buf_str(&text));
	x->bare = x->details;
	x->details = (c->differs & ~(unsigned)DIFF_MTIME) == DIFF_CONTENT ?
	    x->sentence : arena_printf(&s->model->arena, "%s; %s",
	    x->sentence, x->details);
}

static void
add_diff(struct since *s, const struct change *c, struct model_change *x,
    size_t *left)
{
	const struct change_content from = { was_content, is_content, s };
	CLEANUP(drop_buf) struct buf text = { 0 };
	struct err ignored = { 0 };
	const char *body;
	size_t len;

	if (x->secret || *left == 0 ||
	    (c->was != NULL && c->was->size > COMPARED_MAX) ||
	    (c->is != NULL && c->is->size > COMPARED_MAX) ||
	    change_diff(c, &from, false, &text, &ignored) < 0)
		return;
	body = body_of(buf_str(&text));
	len = bounded(body, &x->cut);
	if (len > *left) {
		*left = 0;
		x->cut = true;
		return;
	}
	*left -= len;
	add_sentence(s, c, x);
	if (len > 0)
		x->diff = arena_memdup(&s->model->arena, body, len);
}

static bool
is_hidden(const struct entry *en)
{
	return en != NULL && en->kind == ENTRY_FILE && (en->mode & 04) == 0;
}

static void
add_change(struct since *s, const struct change *c)
{
	struct model *m = s->model;
	struct model_change *x = VEC_ADD(&m->changes);

	x->kind = c->is == NULL ? MODEL_REMOVED : c->was == NULL ?
	    MODEL_ADDED : MODEL_CHANGED;
	x->path = arena_strdup(&m->arena, c->was != NULL ? c->was->path :
	    c->is->path);
	x->id = arena_printf(&m->arena, "change:%s", x->path);
	x->differs = c->differs & ~(unsigned)DIFF_MTIME;
	x->secret = (c->was != NULL && c->was->content == CONTENT_SEALED) ||
	    (c->is != NULL && c->is->content == CONTENT_SEALED);
	x->details = details_of(m, c);
	x->hidden = is_hidden(c->was) || is_hidden(c->is) ||
	    discreet_hides(&s->m->root, x->path);
}

/* Where things are told apart by who did them. */
struct step {
	struct since *s;
	struct strlist paths;	/* of changes nobody is known for yet */
	size_t commits;
	struct manifest newer;	/* of the commit that was met before */
	struct gitcommit commit;	/* its message and time */
	bool any;
};

static void
drop_step(struct step *t)
{
	strlist_done(&t->paths);
	manifest_done(&t->newer);
	gitcommit_done(&t->commit);
}

/* The value of a trailer, or NULL; the caller's arena has it. */
static const char *
trailer(struct arena *a, const char *message, const char *key)
{
	size_t n = strlen(key);

	for (const char *p = message; p != NULL && *p != '\0';) {
		if (strncmp(p, key, n) == 0 && p[n] == ':' && p[n + 1] == ' ')
			return arena_memdup(a, p + n + 2,
			    strcspn(p + n + 2, "\n"));
		p = strchr(p, '\n');
		p = p != NULL ? p + 1 : NULL;
	}
	return NULL;
}

/* A snapshot before a transaction shows what was done by hand until then. */
static bool
is_before(const struct model *m, const struct gitcommit *c, const char *id)
{
	const struct transaction *t = model_transaction(m, id);

	return t != NULL ? oid_equal(&t->before, &c->oid) :
	    text_starts(c->message, "before ");
}

static void
name_origin(struct step *t, struct model_change *x)
{
	struct model *m = t->s->model;
	const struct gitcommit *c = &t->commit;
	const char *id = trailer(&m->arena, c->message, "Transaction");
	const char *trigger = trailer(&m->arena, c->message, "Trigger");

	x->when = c->time;
	if (id != NULL && !is_before(m, c, id))
		x->transaction = id;
	/* What others are called says nothing of what was done. */
	else if (trigger != NULL && (strcmp(trigger, "manual") == 0 ||
	    strcmp(trigger, "accept") == 0))
		x->snapshot = arena_printf(&m->arena, "%s: %.*s", trigger,
		    (int)strcspn(c->message, "\n"), c->message);
}

static bool
differs(const struct manifest *a, const struct manifest *b, const char *path)
{
	const struct entry *x = manifest_find(a, path);
	const struct entry *y = manifest_find(b, path);

	return (x == NULL) != (y == NULL) || (x != NULL &&
	    (entry_differs(x, y) & ~(unsigned)DIFF_MTIME) != 0);
}

/* The snapshot met before brought what this one does not have yet. */
static void
settle(struct step *t, const struct manifest *older)
{
	struct model *m = t->s->model;

	for (size_t i = 0; i < m->changes.n; i++) {
		struct model_change *x = &m->changes.items[i];

		if (x->when == 0 && differs(older, &t->newer, x->path))
			name_origin(t, x);
	}
}

static int
each_commit(void *ctx, const struct gitcommit *c, struct err *e)
{
	struct step *t = ctx;
	CLEANUP(drop_manifest) struct manifest now = { 0 };

	/* Each path is looked for in its folder. */
	if ((t->paths.n > PATHS_MAX ? store_load(t->s->m->store, &c->oid,
	    &now, e) : store_load_paths(t->s->m->store, &c->oid, &t->paths,
	    &now, e)) < 0)
		return -1;
	if (t->any)
		settle(t, &now);
	manifest_done(&t->newer);
	t->newer = STEAL(now);
	gitcommit_done(&t->commit);
	t->commit = *c;
	t->commit.message = xstrdup(c->message != NULL ? c->message : "");
	t->any = true;
	return oid_equal(&c->oid, t->s->from) || ++t->commits > COMMITS_MAX;
}

static int
find_origins(struct since *s, struct err *e)
{
	CLEANUP(drop_step) struct step t = { .s = s };

	for (size_t i = 0; i < s->model->changes.n; i++)
		strlist_add(&t.paths, s->model->changes.items[i].path);
	if (t.paths.n == 0)
		return 0;
	return gitwalk_history(store_repo(s->m->store), s->live, each_commit,
	    &t, e) < 0 ? -1 : 0;
}

/* Of what a transaction changed, by which of its packages. */
static void
find_packages(struct since *s)
{
	CLEANUP(drop_strlist) struct strlist wanted = { 0 };
	CLEANUP(drop_owners) struct owners owners = { 0 };
	struct model *m = s->model;

	for (size_t i = 0; i < m->changes.n; i++)
		if (m->changes.items[i].transaction != NULL)
			strlist_add(&wanted, m->changes.items[i].path);
	if (wanted.n == 0)
		return;
	owners_load(&s->m->root, &wanted, NULL, &owners);
	for (size_t i = 0; i < m->changes.n; i++) {
		struct model_change *x = &m->changes.items[i];
		const struct transaction *t = model_transaction(m,
		    x->transaction);
		const struct owned *f = t != NULL ?
		    owners_find(&owners, x->path) : NULL;

		for (size_t k = 0; f != NULL && k < t->packages.n; k++) {
			CLEANUP(drop_buf) struct buf text = { 0 };

			if (strcmp(t->packages.items[k].name,
			    owners_package(&owners, f)->name) != 0)
				continue;
			pkgchange_text(&t->packages.items[k], &text);
			x->package = arena_strdup(&m->arena, buf_str(&text));
			break;
		}
	}
}

int
since_changes(struct since *s, struct err *e)
{
	struct assessment past = { .live = *s->now,
		.baseline_commit = *s->from };
	size_t left = DIFFS_BYTES, kept = 0;
	int n = assess_compare(s->m, &past, e) < 0 ? -1 : 0;

	for (size_t i = 0; n == 0 && i < past.changes.n; i++) {
		const struct change *c = &past.changes.items[i];

		if (change_is_rewritten(c) || is_masked(s, c)) {
			s->model->masked++;
			continue;
		}
		past.changes.items[kept++] = *c;
		if (kept == CHANGES_MAX)
			break;
	}
	for (size_t i = 0; n == 0 && i < kept; i++)
		add_change(s, &past.changes.items[i]);
	if (n == 0)
		n = find_origins(s, e);
	if (n == 0)
		find_packages(s);
	for (size_t i = 0; n == 0 && i < kept; i++)
		add_diff(s, &past.changes.items[i],
		    &s->model->changes.items[i], &left);
	changes_done(&past.changes);
	manifest_done(&past.was);
	manifest_done(&past.now);
	return n;
}

static int64_t
midnight(int64_t now, int back)
{
	time_t t = (time_t)now;
	struct tm tm;

	if (localtime_r(&t, &tm) == NULL)
		return now;
	tm.tm_mday -= back;
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	tm.tm_isdst = -1;
	return (int64_t)mktime(&tm);
}

static int
ago(const char *text, int64_t now, int64_t *out)
{
	static const struct { char letter; int64_t seconds; } units[] = {
		{ 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 'w', 604800 },
	};
	char *end;
	long n = strtol(text, &end, 10);

	if (end == text || n < 0 || n > 100000 || end[0] == '\0' ||
	    end[1] != '\0')
		return -1;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (end[0] != units[i].letter)
			continue;
		*out = now - n * units[i].seconds;
		return 0;
	}
	return -1;
}

int
since_parse(const char *text, int64_t now, int64_t *out)
{
	static const char *const shapes[] = { "%Y-%m-%d %H:%M:%S",
		"%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M",
		"%Y-%m-%d" };
	char *end;

	if (strcmp(text, "today") == 0 || strcmp(text, "yesterday") == 0) {
		*out = midnight(now, text[0] == 'y');
		return 0;
	}
	if (text[0] == '@' && text[1] >= '0' && text[1] <= '9') {
		*out = strtoll(text + 1, &end, 10);
		return *end == '\0' && *out > 0 ? 0 : -1;
	}
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		struct tm tm = { .tm_isdst = -1 };
		const char *rest = strptime(text, shapes[i], &tm);

		if (rest == NULL || *rest != '\0')
			continue;
		*out = (int64_t)mktime(&tm);
		return *out > 0 ? 0 : -1;
	}
	return ago(text, now, out);
}
