/* SPDX-License-Identifier: MIT */
#include "agent/discreet.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "agent/tracked.h"
#include "base/file.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"

/* Folders are to be entered, all else is to be read. */
static bool
is_open(mode_t mode)
{
	return (mode & (S_ISDIR(mode) ? S_IXOTH : S_IROTH)) != 0;
}

static bool
hides_real(const struct root *r, const char *real)
{
	for (const char *end = real; *end == '/';) {
		CLEANUP(drop_free) char *part = NULL;
		CLEANUP(drop_fd) int fd = -1;
		struct stat st;

		end += 1 + strcspn(end + 1, "/");
		part = xmemdup(real, (size_t)(end - real));
		fd = root_open_at(r, part, O_PATH | O_NOFOLLOW);
		if (fd < 0 || fstat(fd, &st) < 0)
			return errno != ENOENT && errno != ENOTDIR;
		if (!S_ISLNK(st.st_mode) && !is_open(st.st_mode))
			return true;
	}
	return false;
}

static int
find_real(const struct root *r, const char *path, struct buf *out)
{
	/* root_resolve leaves the last component as it is. */
	CLEANUP(drop_free) char *whole = xasprintf("%s/.", path);
	struct err ignored = { 0 };

	if (root_resolve(r, whole, out, NULL, &ignored) < 0)
		return -1;
	while (out->len > 1 && (text_ends(buf_str(out), "/.") ||
	    text_ends(buf_str(out), "/")))
		buf_truncate(out, out->len - 1);
	return 0;
}

bool
discreet_hides(const struct root *r, const char *path)
{
	CLEANUP(drop_buf) struct buf real = { 0 };

	return hides_real(r, path) || find_real(r, path, &real) < 0 ||
	    hides_real(r, buf_str(&real));
}

/* What these say is not in the file. */
static bool
is_of_metadata(const char *demand)
{
	static const char *const table[] = { "present", "absent", "mode",
		"owner", "group", "type", "acl", "capabilities", "flags",
		"metadata", "count", "size", "age", "newest", "enabled",
		"masked" };

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(table[i], demand) == 0)
			return true;
	return false;
}

/* Whether its findings are made of more files than those they name. */
static bool
is_wide(const struct rule *r)
{
	return rule_is_joint(r) || r->relation != NULL ||
	    r->command != NULL || r->pam.n > 0 || r->outcomes.n > 0;
}

/* Nobody knows what a program reads that does not say so. */
static bool
hides_any(const struct machine *m, const struct assessment *a,
    const struct rule *rule)
{
	struct scope s = { 0 };
	struct err ignored = { 0 };
	bool any = rule->command != NULL && rule->command->reads.n == 0;

	any = any || tracked_add(&s, &(struct tracked_reason){
	    .by = TRACKED_RULE, .rule = rule }, &ignored) < 0 ||
	    (rule->pam.n + rule->outcomes.n > 0 &&
	    scope_include(&s, "/etc/pam.d/**", &ignored) < 0) ||
	    scope_settle(&s, &m->root, &ignored) < 0;
	for (size_t i = 0; i < a->live.manifest.n && !any; i++) {
		const struct entry *en = &a->live.manifest.items[i];

		any = en->kind == ENTRY_FILE && scope_tracks(&s, en->path) &&
		    ((en->mode & S_IROTH) == 0 ||
		    discreet_hides(&m->root, en->path));
	}
	scope_done(&s);
	return any;
}

/* What is asked of many findings. */
struct asking {
	const struct machine *m;
	const struct assessment *a;
	struct strlist was;	/* hidden in the baseline; sorted */
	struct {
		struct asked_rule {
			const struct rule *rule;
			bool hides;
		} *items;
		size_t n, cap;
	} rules;		/* wide ones */
};

static void
drop_asking(struct asking *q)
{
	strlist_done(&q->was);
	free(q->rules.items);
}

static void
begin(struct asking *q, const struct machine *m, const struct assessment *a)
{
	*q = (struct asking){ .m = m, .a = a };
	for (size_t i = 0; i < a->changes.n; i++) {
		const struct entry *was = a->changes.items[i].was;

		if (was != NULL && was->kind == ENTRY_FILE &&
		    (was->mode & S_IROTH) == 0)
			strlist_add(&q->was, was->path);
	}
	strlist_sort(&q->was);
}

static bool
was_hidden(const struct asking *q, const char *path)
{
	return q->was.n > 0 && bsearch(&path, q->was.items, q->was.n,
	    sizeof(*q->was.items), strlist_cmp) != NULL;
}

/* It may be that everybody may read it only since it was changed. */
static bool
hides_file(const struct asking *q, const char *path)
{
	CLEANUP(drop_buf) struct buf real = { 0 };

	return was_hidden(q, path) || discreet_hides(&q->m->root, path) ||
	    find_real(&q->m->root, path, &real) < 0 ||
	    was_hidden(q, buf_str(&real));
}

static bool
hides_rule(struct asking *q, const struct rule *r)
{
	for (size_t i = 0; i < q->rules.n; i++)
		if (q->rules.items[i].rule == r)
			return q->rules.items[i].hides;
	*VEC_ADD(&q->rules) = (struct asked_rule){ r,
		hides_any(q->m, q->a, r) };
	return q->rules.items[q->rules.n - 1].hides;
}

static bool
is_hidden(struct asking *q, const struct finding *f)
{
	const struct rule *r = f->rule;

	if (hides_file(q, f->path) || (f->file != NULL &&
	    strcmp(f->file, f->path) != 0 && hides_file(q, f->file)))
		return true;
	if (r == NULL || f->kind == FINDING_CHANGE)
		return false;
	return (r->mode >= 0 && (r->mode & S_IROTH) == 0) ||
	    (is_wide(r) && hides_rule(q, r));
}

static const char *
words_of(struct arena *a, bool unknown, const char *demand)
{
	return arena_printf(a, unknown ? _("cannot be judged: %s (more is not "
	    "shown: not everybody may read the file)") : _("does not hold: %s "
	    "(more is not shown: not everybody may read the file)"), demand);
}

void
discreet_findings(const struct machine *m, struct assessment *a)
{
	CLEANUP(drop_asking) struct asking q;
	struct findings *f = &a->findings;

	begin(&q, m, a);
	for (size_t i = 0; i < f->n; i++) {
		struct finding *x = &f->items[i];

		/* What could not be looked at is no content. */
		if (x->kind != FINDING_CHANGE && (x->demand == NULL ||
		    is_of_metadata(x->demand)))
			continue;
		if (!is_hidden(&q, x))
			continue;
		x->told = x->kind == FINDING_CHANGE ? x->what :
		    words_of(&f->arena, x->kind == FINDING_UNKNOWN,
		    x->demand);
	}
}

void
discreet_recorded(const struct machine *m, struct arena *a,
    struct transaction_finding *f)
{
	const bool unknown = strcmp(f->kind, "unknown") == 0;
	const char *demand = strrchr(f->id, '#');

	if (f->told[0] == '\0' && demand != NULL &&
	    (unknown || strcmp(f->kind, "flagged") == 0 ||
	    strcmp(f->kind, "note") == 0) && !is_of_metadata(demand + 1) &&
	    discreet_hides(&m->root, f->path))
		f->told = words_of(a, unknown, demand + 1);
}

void
discreet_diagnostic(const struct machine *m, const struct diagnostic *d,
    struct buf *out)
{
	CLEANUP(drop_root) struct root top = { .fd = -1 };
	struct err ignored = { 0 };
	struct diagnostic x = *d;

	/* Of a file that was named by an option it is a path of ours. */
	if (d->at.file[0] == '/' && (discreet_hides(&m->root, d->at.file) ||
	    root_open(&top, "/", &ignored) < 0 ||
	    discreet_hides(&top, d->at.file)))
		x.text = _("there is a mistake (not shown: not everybody may "
		    "read the file)");
	diagnostic_format(&x, out);
}
