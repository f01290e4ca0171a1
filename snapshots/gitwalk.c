/* SPDX-License-Identifier: MIT */
#include "snapshots/gitwalk.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strlist.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"
#include "snapshots/gitfiles.h"
#include "snapshots/gitrepo.h"

enum {
	PREFIX_MIN = 4,
	/* More components than a path can have. */
	DEPTH_MAX = PATH_MAX / 2,
};

int
gitwalk_history(struct gitrepo *r, const struct oid *from,
    gitwalk_commit *each, void *ctx, struct err *e)
{
	struct oid at = *from;

	for (;;) {
		CLEANUP(drop_gitcommit) struct gitcommit c = { 0 };
		int rc;

		if (gitrepo_commit(r, &at, &c, e) < 0)
			return -1;
		rc = each(ctx, &c, e);
		if (rc != 0 || c.n_parents == 0)
			return rc;
		at = c.parents[0];
	}
}

struct sought {
	const char *name;
	size_t len;
	struct gittree_item found;
};

static int
match(void *ctx, const struct gittree_item *item, struct err *e)
{
	struct sought *s = ctx;

	(void)e;
	if (strncmp(item->name, s->name, s->len) != 0 ||
	    item->name[s->len] != '\0')
		return 0;
	s->found = *item;
	return 1;
}

int
gitwalk_find(struct gitrepo *r, const struct oid *tree, const char *path,
    struct gittree_item *out, struct err *e)
{
	struct oid at = *tree;

	for (;;) {
		struct sought s = { path, strcspn(path, "/"), { 0 } };
		int rc = gitrepo_tree(r, &at, match, &s, e);

		if (rc <= 0)
			return rc;
		if (path[s.len] == '\0') {
			*out = s.found;
			out->name = path;
			return 1;
		}
		if (s.found.mode != GITTREE_FOLDER)
			return 0;
		at = s.found.oid;
		path += s.len + 1;
	}
}

struct commits_of {
	const char *hex;
	struct oid found;
	unsigned n;
};

static int
count_commit(void *ctx, const struct gitcommit *c, struct err *e)
{
	struct commits_of *s = ctx;
	CLEANUP(drop_buf) struct buf hex = { 0 };

	(void)e;
	text_hex(&hex, c->oid.b, OID_LEN);
	if (strncasecmp(buf_str(&hex), s->hex, strlen(s->hex)) == 0 &&
	    (s->n == 0 || !oid_equal(&s->found, &c->oid))) {
		s->found = c->oid;
		s->n++;
	}
	return 0;
}

/* Few digits fit many objects, but perhaps just one snapshot. */
static int
resolve_among_commits(struct gitrepo *r, const char *hex, struct oid *out,
    struct err *e)
{
	struct commits_of s = { .hex = hex };
	CLEANUP(drop_strlist) struct strlist refs = { 0 };

	if (gitrepo_refs(r, &refs, e) < 0)
		return -1;
	for (size_t i = 0; i < refs.n; i++) {
		struct oid tip;

		if (gitrepo_ref_get(r, refs.items[i], &tip, e) < 0 ||
		    gitwalk_history(r, &tip, count_commit, &s, e) < 0)
			return -1;
	}
	if (s.n > 1)
		return err_set(e, ERR_USAGE, hex, _("more than one snapshot "
		    "begins with these digits [give more of them]"));
	*out = s.found;
	return (int)s.n;
}

static int
resolve_name(struct gitrepo *r, const char *name, struct oid *out,
    struct err *e)
{
	static const struct {
		const char *name, *ref;
	} known[] = {
		{ "live", GITFILES_LIVE },
		{ "HEAD", GITFILES_LIVE },
		{ "baseline", GITFILES_BASELINE },
		{ "vendor", GITFILES_VENDOR },
	};
	int rc;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(name, known[i].name) == 0)
			return gitrepo_ref_get(r, known[i].ref, out, e);
	}
	if (text_starts(name, "refs/"))
		return gitrepo_ref_get(r, name, out, e);
	if (strlen(name) < PREFIX_MIN ||
	    name[strspn(name, "0123456789abcdefABCDEF")] != '\0')
		return 0;
	rc = gitrepo_prefix(r, name, out, e);
	return rc == 2 ? resolve_among_commits(r, name, out, e) : rc;
}

struct steps {
	unsigned long left, passed;
	struct oid at;
};

static int
step(void *ctx, const struct gitcommit *c, struct err *e)
{
	struct steps *s = ctx;

	(void)e;
	s->at = c->oid;
	if (s->left == 0)
		return 1;
	s->left--;
	s->passed++;
	return 0;
}

/* "~3^" from one commit on; the total of it, -1 when it is nothing like it. */
static int
count_steps(const char *s, unsigned long *out)
{
	*out = 0;
	while (*s == '~' || *s == '^') {
		unsigned long n = 1;

		if (*s++ == '~' && isdigit((unsigned char)*s)) {
			char *end;

			errno = 0;
			n = strtoul(s, &end, 10);
			if (errno != 0 || n > UINT32_MAX)
				return -1;
			s = end;
		}
		*out += n;
	}
	return *s == '\0' ? 0 : -1;
}

int
gitwalk_resolve(struct gitrepo *r, const char *spec, struct oid *out,
    struct err *e)
{
	size_t len = strcspn(spec, "~^");
	CLEANUP(drop_free) char *name = xmemdup(spec, len);
	struct steps s = { 0 };
	struct oid tip;
	int rc;

	if (count_steps(spec + len, &s.left) < 0)
		return err_set(e, ERR_USAGE, spec, _("no way to name a "
		    "snapshot [say live, baseline, live~3 or digits from "
		    "'driftctl log']"));
	rc = resolve_name(r, name, &tip, e);
	if (rc < 0)
		return -1;
	if (rc == 0)
		return err_set(e, ERR_MISSING, spec, _("no such snapshot "
		    "[say live, baseline, live~3 or digits from "
		    "'driftctl log']"));
	rc = gitwalk_history(r, &tip, step, &s, e);
	if (rc < 0)
		return -1;
	if (rc == 0)
		return err_set(e, ERR_MISSING, spec, _("there are only %lu "
		    "snapshots before '%s'"), s.passed - 1, name);
	*out = s.at;
	return 0;
}

struct reach {
	struct gitrepo *repo;
	struct oidset *seen;
	const struct gitwalk_visitor *v;
	struct gitwalk_object at;
	struct buf path;
	unsigned depth;
	int stopped;		/* what the visitor stopped the walk with */
};

static int
failed(struct reach *w, const char *type, const struct oid *oid,
    struct err *e)
{
	w->at.type = type;
	w->at.oid = *oid;
	w->at.path = buf_str(&w->path);
	w->stopped = w->v->failed(w->v->ctx, &w->at, e);
	if (w->stopped == 0)
		err_clear(e);
	return w->stopped;
}

static int
visit(struct reach *w, const char *type, const struct oid *oid,
    struct err *e)
{
	w->at.type = type;
	w->at.oid = *oid;
	w->at.path = buf_str(&w->path);
	w->stopped = w->v->object(w->v->ctx, &w->at, e);
	return w->stopped;
}

static int reach_tree(struct reach *w, const struct oid *tree, struct err *e);

static int
reach_item(void *ctx, const struct gittree_item *item, struct err *e)
{
	struct reach *w = ctx;
	size_t start = w->path.len;
	int rc;

	if (!oidset_add(w->seen, &item->oid))
		return 0;
	if (start > 0)
		buf_addc(&w->path, '/');
	buf_adds(&w->path, item->name);
	if (item->mode == GITTREE_FOLDER)
		rc = reach_tree(w, &item->oid, e);
	else
		rc = visit(w, "blob", &item->oid, e);
	buf_truncate(&w->path, start);
	return rc;
}

static int
reach_tree(struct reach *w, const struct oid *tree, struct err *e)
{
	int rc = visit(w, "tree", tree, e);

	if (rc != 0)
		return rc;
	if (w->depth == DEPTH_MAX) {
		err_set(e, ERR_INPUT, gitrepo_dir(w->repo),
		    _("folders more than %d deep"), DEPTH_MAX);
		return failed(w, "tree", tree, e);
	}
	w->depth++;
	rc = gitrepo_tree(w->repo, tree, reach_item, w, e);
	w->depth--;
	if (rc < 0 && w->stopped == 0)
		rc = failed(w, "tree", tree, e);
	return rc;
}

static int
reach_commit(struct reach *w, const struct oid *oid, struct gitcommit *c,
    struct err *e)
{
	int rc;

	w->at.commit = oid;
	rc = visit(w, "commit", oid, e);
	if (rc == 0 && gitrepo_commit(w->repo, oid, c, e) < 0)
		rc = failed(w, "commit", oid, e);
	else if (rc == 0 && oidset_add(w->seen, &c->tree))
		rc = reach_tree(w, &c->tree, e);
	return rc;
}

int
gitwalk_reachable(struct gitrepo *r, const struct oid *tip,
    const struct oidset *cut, struct oidset *seen,
    const struct gitwalk_visitor *v, struct err *e)
{
	struct reach w = { .repo = r, .seen = seen, .v = v };
	CLEANUP(drop_oidlist) struct oidlist todo = { 0 };
	int rc = 0;

	if (oidset_add(seen, tip))
		*VEC_ADD(&todo) = *tip;
	while (todo.n > 0 && rc == 0) {
		CLEANUP(drop_gitcommit) struct gitcommit c = { 0 };
		struct oid oid = todo.items[--todo.n];

		rc = reach_commit(&w, &oid, &c, e);
		if (cut != NULL && oidset_has(cut, &oid))
			continue;
		for (unsigned i = c.n_parents; i-- > 0;) {
			if (oidset_add(seen, &c.parents[i]))
				*VEC_ADD(&todo) = c.parents[i];
		}
	}
	buf_done(&w.path);
	return rc;
}
