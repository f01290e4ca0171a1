/* SPDX-License-Identifier: MIT */
#include "agent/preflight/managers.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/preflight/gather.h"
#include "base/exec.h"
#include "base/file.h"
#include "base/text.h"
#include "base/tr.h"

enum { ANSWER_MAX = 64 << 20, SECONDS = 600, DEPTH_MAX = 6, REPO_MAX = 1 << 20,
	NAMES_SHOWN = 5 };

/* One package manager: how it is asked, and where it keeps packages. */
struct manager {
	const char *name, *program;	/* it is there where this is */
	enum package_kind kind;
	const char *argv[12];
	const char *dist[12];		/* the same for `dist`, or empty */
	const char *caches[3];
	const char *repos;	/* .repo files: those that are a folder here */
	const char *get, *get_dist;	/* gets what is not there yet */
};

/* In English, as what they print is read. */
static const struct manager managers[] = {
	{ "zypper", "/usr/bin/zypper", PACKAGE_RPM,
	  { "env", "LC_ALL=C", "zypper", "--non-interactive", "--xmlout",
	    "--no-refresh", "update", "--dry-run", NULL },
	  { "env", "LC_ALL=C", "zypper", "--non-interactive", "--xmlout",
	    "--no-refresh", "dist-upgrade", "--dry-run", NULL },
	  { "/var/cache/zypp/packages", NULL }, "/etc/zypp/repos.d",
	  "zypper update --download-only",
	  "zypper dist-upgrade --download-only" },
	{ "dnf", "/usr/bin/dnf", PACKAGE_RPM,
	  { "env", "LC_ALL=C", "dnf", "--assumeno", "upgrade", NULL },
	  { NULL },
	  { "/var/cache/dnf", "/var/cache/libdnf5", NULL },
	  "/etc/yum.repos.d", "dnf upgrade --downloadonly", NULL },
	{ "apt", "/usr/bin/apt-get", PACKAGE_DPKG,
	  { "env", "LC_ALL=C", "apt-get", "-q", "-s", "-o",
	    "Debug::NoLocking=1", "dist-upgrade", NULL },
	  { NULL },
	  { "/var/cache/apt/archives", NULL }, NULL,
	  "apt-get --download-only dist-upgrade", NULL },
};
enum { N_MANAGERS = sizeof(managers) / sizeof(managers[0]) };

static bool
has_kind(const struct forecast *f, enum package_kind kind)
{
	for (size_t i = 0; i < f->before.packages.n; i++)
		if (f->before.packages.items[i].kind == kind)
			return true;
	return false;
}

/* The one that was asked for, else the system's own: others may be installed
 * as well, and know nothing of its packages. */
static const struct manager *
find_manager(const struct forecast *f, const char *name)
{
	const char *id = facts_get(f->m->facts)->os_id;
	const struct manager *found = NULL;

	for (int i = 0; i < N_MANAGERS; i++) {
		const struct manager *m = &managers[i];
		bool suse = id != NULL && (strstr(id, "suse") != NULL ||
		    text_starts(id, "sle"));

		if (name != NULL && strcmp(name, m->name) == 0)
			return m;
		if (name != NULL || !has_kind(f, m->kind) ||
		    access(m->program, X_OK) < 0)
			continue;
		if (found == NULL || (found->kind == m->kind && !suse))
			found = m;
	}
	return found;
}

/* Files of packages, by name. */
struct cache {
	struct strlist paths;
};

static void
walk_cache(struct cache *c, const char *dir, int depth)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };

	if (depth > DEPTH_MAX || file_names(AT_FDCWD, dir, &names) < 0)
		return;
	for (size_t i = 0; i < names.n; i++) {
		CLEANUP(drop_free) char *path = xasprintf("%s/%s", dir,
		    names.items[i]);
		struct stat st;

		if (lstat(path, &st) < 0)
			continue;
		if (S_ISDIR(st.st_mode))
			walk_cache(c, path, depth + 1);
		else if (S_ISREG(st.st_mode) &&
		    (text_ends(path, ".rpm") || text_ends(path, ".deb")))
			strlist_add(&c->paths, path);
	}
}

/* A repository that is a folder of this machine is never copied. */
static void
walk_repos(struct cache *c, const char *dir)
{
	static const char *const schemes[] = { "dir:", "file:" };
	CLEANUP(drop_strlist) struct strlist names = { 0 };

	if (dir == NULL || file_names(AT_FDCWD, dir, &names) < 0)
		return;
	for (size_t i = 0; i < names.n; i++) {
		CLEANUP(drop_free) char *path = xasprintf("%s/%s", dir,
		    names.items[i]);
		CLEANUP(drop_buf) struct buf text = { 0 };
		struct err ignored = { 0 };
		char *save = NULL;

		if (file_read(AT_FDCWD, path, REPO_MAX, &text, &ignored) < 0 ||
		    text.len == 0)
			continue;
		for (char *w = strtok_r(text.bytes, " =,\t\n", &save);
		    w != NULL; w = strtok_r(NULL, " =,\t\n", &save))
			for (int k = 0; k < 2; k++)
				if (text_starts(w, schemes[k]))
					walk_cache(c, w + strlen(schemes[k]),
					    0);
	}
}

static const char *
without_epoch(const char *version)
{
	size_t n = strspn(version, "0123456789");

	return version[n] == ':' ? version + n + 1 : version;
}

/* "1:2-3" -> "1%3a2-3", as apt writes it. */
static void
add_version(struct buf *out, const char *version)
{
	for (; *version != '\0'; version++) {
		if (*version == ':')
			buf_adds(out, "%3a");
		else
			buf_addc(out, *version);
	}
}

static const char *
find_file(const struct cache *c, const struct planned_package *p, bool apt)
{
	CLEANUP(drop_buf) struct buf name = { 0 };

	if (apt) {
		buf_addf(&name, "/%s_", p->name);
		add_version(&name, p->version);
		buf_addf(&name, "_%s.deb", p->arch);
	} else {
		buf_addf(&name, "/%s-%s.%s.rpm", p->name,
		    without_epoch(p->version), p->arch);
	}
	for (size_t i = 0; i < c->paths.n; i++)
		if (text_ends(c->paths.items[i], buf_str(&name)))
			return c->paths.items[i];
	return NULL;
}

static int
no_answer(const struct manager *m, const char *const *argv, int code,
    struct err *e)
{
	CLEANUP(drop_buf) struct buf typed = { 0 };

	/* Behind "env LC_ALL=C". */
	for (int i = 2; argv[i] != NULL; i++)
		buf_addf(&typed, "%s%s", i > 2 ? " " : "", argv[i]);
	return err_set(e, ERR_SYSTEM, m->name, _("cannot say what it would "
	    "do: it failed with %d [run '%s' to see why]"), code,
	    buf_str(&typed));
}

static int
ask(const struct manager *m, const char *const *argv,
    struct planned_packages *out, struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };
	struct err failed = { 0 };
	int code;

	if (exec_run(argv, ANSWER_MAX, SECONDS, &text, &code, &failed) < 0)
		return err_set(e, failed.kind, m->name, _("cannot be asked "
		    "what it would do: %s"), failed.what);
	if (text.len == 0 && code != 0)
		return no_answer(m, argv, code, e);
	if (strcmp(m->name, "zypper") == 0)
		return planned_zypper(buf_str(&text), text.len, out, e);
	if (strcmp(m->name, "apt") == 0)
		planned_apt(buf_str(&text), out);
	else
		planned_dnf(buf_str(&text), out);
	/* dnf says no by failing. */
	if (code != 0 && out->n == 0 && (code != 1 ||
	    strcmp(m->name, "dnf") != 0))
		return no_answer(m, argv, code, e);
	return 0;
}

/* One line for all of them. */
static void
tell_missing(struct forecast *f, const struct strlist *missing,
    const char *get)
{
	CLEANUP(drop_buf) struct buf what = { 0 };
	CLEANUP(drop_free) char *why = xasprintf(_("what they do cannot be "
	    "told before they are here [run '%s' first]"), get);

	if (missing->n == 0)
		return;
	buf_addf(&what, ngettext("%zu package has not been downloaded: ",
	    "%zu packages have not been downloaded: ", missing->n),
	    missing->n);
	for (size_t i = 0; i < missing->n && (i < NAMES_SHOWN ||
	    f->m->o->verbose > 0); i++)
		buf_addf(&what, "%s%s", i > 0 ? ", " : "", missing->items[i]);
	if (missing->n > NAMES_SHOWN && f->m->o->verbose <= 0)
		buf_addf(&what, _(" and %zu more"), missing->n - NAMES_SHOWN);
	incoming_lacks(&f->in, buf_str(&what), why);
}

static int
take(struct forecast *f, const struct manager *m,
    const struct planned_packages *plan, const char *get, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist files = { 0 }, missing = { 0 };
	struct cache cache = { 0 };
	bool apt = strcmp(m->name, "apt") == 0;
	int n = 0;

	for (int i = 0; m->caches[i] != NULL; i++)
		walk_cache(&cache, m->caches[i], 0);
	walk_repos(&cache, m->repos);
	for (size_t i = 0; i < plan->n && n == 0; i++) {
		const struct planned_package *p = &plan->items[i];
		const char *file;

		if (p->step != PLANNED_INSTALL) {
			n = gather_leaving(f, p->name,
			    p->step == PLANNED_PURGE, e);
			continue;
		}
		file = find_file(&cache, p, apt);
		if (file != NULL)
			strlist_add(&files, file);
		else
			strlist_take(&missing, xasprintf("%s %s", p->name,
			    p->version));
	}
	strlist_done(&cache.paths);
	tell_missing(f, &missing, get);
	return n < 0 ? -1 : gather_files(f, &files, e);
}

int
managers_ask(struct forecast *f, const char *name, bool dist, struct err *e)
{
	const struct manager *m = find_manager(f, name);
	CLEANUP(drop_planned) struct planned_packages plan = { 0 };
	const char *id = facts_get(f->m->facts)->os_id;

	if (!f->m->live)
		return err_set(e, ERR_USAGE, "preflight", _("only the running "
		    "system's package manager can be asked [name the files of "
		    "the packages]"));
	if (m == NULL && name != NULL)
		return err_set(e, ERR_USAGE, "--manager", _("'%s' is not "
		    "known [one of: zypper, dnf, apt]"), name);
	if (m == NULL)
		return err_set(e, ERR_MISSING, "preflight", _("no package "
		    "manager is here that could be asked [name the files of "
		    "the packages]"));
	f->manager = m->name;
	for (int i = 0; i < N_MANAGERS && name == NULL; i++)
		if (&managers[i] != m && access(managers[i].program, X_OK) == 0)
			strlist_add(&f->others, managers[i].name);
	/* A release that rolls has no other way. */
	dist |= id != NULL && strcmp(id, "opensuse-tumbleweed") == 0;
	dist &= m->dist[0] != NULL;
	if (ask(m, dist ? m->dist : m->argv, &plan, e) < 0)
		return -1;
	return take(f, m, &plan, dist ? m->get_dist : m->get, e);
}
