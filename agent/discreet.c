/* SPDX-License-Identifier: MIT */
#include "agent/discreet.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "agent/tracked.h"
#include "base/file.h"
#include "base/text.h"
#include "base/tr.h"

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

bool
discreet_hides(const struct root *r, const char *path)
{
	/* root_resolve leaves the last component as it is. */
	CLEANUP(drop_free) char *whole = xasprintf("%s/.", path);
	CLEANUP(drop_buf) struct buf real = { 0 };
	struct err ignored = { 0 };

	if (hides_real(r, path))
		return true;
	if (root_resolve(r, whole, &real, NULL, &ignored) < 0)
		return true;
	while (real.len > 1 && (text_ends(buf_str(&real), "/.") ||
	    text_ends(buf_str(&real), "/")))
		buf_truncate(&real, real.len - 1);
	return hides_real(r, buf_str(&real));
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

/* It may be that everybody may read it only since it was changed. */
static bool
was_hidden(const struct assessment *a, const char *path)
{
	for (size_t i = 0; i < a->changes.n; i++) {
		const struct entry *was = a->changes.items[i].was;

		if (was != NULL && was->kind == ENTRY_FILE &&
		    (was->mode & S_IROTH) == 0 && strcmp(was->path, path) == 0)
			return true;
	}
	return false;
}

static bool
is_hidden(const struct machine *m, const struct assessment *a,
    const struct finding *f)
{
	const struct rule *r = f->rule;

	if (was_hidden(a, f->path) || discreet_hides(&m->root, f->path) ||
	    (f->file != NULL && strcmp(f->file, f->path) != 0 &&
	    (was_hidden(a, f->file) || discreet_hides(&m->root, f->file))))
		return true;
	if (r == NULL || f->kind == FINDING_CHANGE)
		return false;
	return (r->mode >= 0 && (r->mode & S_IROTH) == 0) ||
	    (is_wide(r) && hides_any(m, a, r));
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
	struct findings *f = &a->findings;

	for (size_t i = 0; i < f->n; i++) {
		struct finding *x = &f->items[i];

		/* What could not be looked at is no content. */
		if (x->kind != FINDING_CHANGE && (x->demand == NULL ||
		    is_of_metadata(x->demand)))
			continue;
		if (!is_hidden(m, a, x))
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
