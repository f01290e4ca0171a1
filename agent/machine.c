/* SPDX-License-Identifier: MIT */
#include "agent/machine.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/apply/apply.h"
#include "agent/apply/journal.h"
#include "agent/ownfiles.h"
#include "agent/progress.h"
#include "agent/say.h"
#include "agent/specfolders.h"
#include "agent/specwords.h"
#include "agent/tracked.h"
#include "agent/trackedkept.h"
#include "agent/verdicts.h"
#include "base/file.h"
#include "base/glob.h"
#include "base/path.h"
#include "base/tr.h"
#include "base/vec.h"
#include "snapshots/capturecache.h"
#include "snapshots/gitfiles.h"
#include "snapshots/seal.h"
#include "specs/diagnostics.h"

enum { CONFIG_MAX = 1 << 20, READERS = 2 };

#define CONFIG_DEFAULT "/etc/driftctl/driftctl.yaml"
#define SEAL_KEY_DEFAULT "/etc/driftctl/seal.key"

static int
read_config(struct machine *m, struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };
	const char *given = m->o->config;
	const char *name = given != NULL ? given : CONFIG_DEFAULT;
	struct stat st;
	CLEANUP(drop_fd) int fd = -1;

	if (given != NULL)
		inputs_add(&m->inputs, given);
	else
		inputs_add_below(&m->inputs, &m->root, name);
	fd = given != NULL ? open(given, O_RDONLY | O_NONBLOCK | O_CLOEXEC) :
	    root_open_in(&m->root, name, O_RDONLY | O_NONBLOCK);
	if (fd < 0 && given == NULL && errno == ENOENT)
		return 0;
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(e, name, _("cannot read the configuration"));
	/* As of a site's specs: a group has no say in what root restores. */
	if ((st.st_uid != 0 && st.st_uid != geteuid()) || st.st_mode & 022)
		return err_set(e, ERR_INPUT, name, _("others can change the "
		    "configuration: it is not used [chown root: and "
		    "chmod 0644]"));
	if (file_read_fd(fd, name, CONFIG_MAX, &text, e) < 0)
		return -1;
	config_parse(name, buf_str(&text), text.len, &m->config,
	    &m->diagnostics);
	return 0;
}

/* Specs that ask for packages were judged without knowing them. */
static void
tell_trouble(struct machine *m)
{
	const struct err *trouble = facts_trouble(m->facts);

	if (trouble == NULL)
		return;
	diagnostics_add(&m->diagnostics, (struct place){ trouble->where, 0,
	    0 }, trouble->sys != 0 ? "%s: %s" : "%s", trouble->what,
	    strerror(trouble->sys));
	diagnostics_sort(&m->diagnostics);
}

static int
read_specs(struct machine *m, struct err *e)
{
	struct spec_sources sources = { 0 };
	struct arena arena = { 0 };
	int n = specfolders_read(m->o, &m->root, &arena, &sources, &m->inputs,
	    &m->diagnostics, e);

	if (n == 0) {
		verdicts_key(&sources, &m->config.vars, facts_get(m->facts),
		    &m->rules_key);
		catalogue_build(&m->catalogue, sources.items, sources.n,
		    &m->config.vars, facts_get(m->facts), &m->diagnostics);
		catalogue_set_owners(&m->catalogue, &sources);
		if (m->o->specs.n == 0)
			specwords_translate(&m->catalogue);
	}
	tell_trouble(m);
	free(sources.items);
	arena_done(&arena);
	return n;
}

static void
add_own_file(void *inputs, const char *path)
{
	inputs_add(inputs, path);
}

/* Captured paths are real ones; so that a rule about /var/run is found again
 * in what is said of /run, it is told where its paths lead. */
static int
resolve_rule(struct machine *m, struct rootmemo *memo, struct rule *r,
    struct err *e)
{
	struct arena *a = &m->catalogue.arena;

	for (size_t i = 0; i < r->paths.n; i++) {
		CLEANUP(drop_strlist) struct strlist plain = { 0 };
		CLEANUP(drop_strlist) struct strlist real = { 0 };

		if (glob_braces(r->paths.items[i], &plain, e) < 0)
			return -1;
		for (size_t k = 0; k < plain.n; k++) {
			if (scope_resolve(memo, &m->root, plain.items[k],
			    &real, e) < 0)
				return -1;
			if (strcmp(plain.items[k], real.items[k]) != 0)
				*VEC_ADD_IN(a, &r->real_paths) =
				    arena_strdup(a, real.items[k]);
		}
	}
	return 0;
}

static int
resolve_rules(struct machine *m, struct err *e)
{
	CLEANUP(drop_rootmemo) struct rootmemo memo = { 0 };

	for (size_t i = 0; i < m->catalogue.n; i++) {
		struct spec *s = m->catalogue.specs[i];

		for (size_t k = 0; s->applies && k < s->n_rules; k++)
			if (resolve_rule(m, &memo, &s->rules[k], e) < 0)
				return -1;
	}
	return 0;
}

static int
settle(struct machine *m, struct err *e)
{
	if (tracked_settle_secrets(&m->secrets, &m->root, e) < 0 ||
	    scope_settle(&m->scope, &m->root, e) < 0)
		return -1;
	m->ids = idnames_load(&m->root, m->live);
	return 0;
}

static int
open_parts(const struct options *o, struct machine *m, struct err *e)
{
	struct stat here, top;

	*m = (struct machine){ .o = o, .since = statcache_now(),
		.root.fd = -1 };
	config_init(&m->config);
	if (root_open(&m->root, o->root, e) < 0)
		return -1;
	m->live = fstat(m->root.fd, &here) == 0 && stat("/", &top) == 0 &&
	    here.st_dev == top.st_dev && here.st_ino == top.st_ino;
	ownfiles_each(add_own_file, &m->inputs);
	m->facts = facts_load(&m->root, m->live, &m->inputs);
	return read_config(m, e);
}

static int
read_rules(struct machine *m, struct err *e)
{
	if (read_specs(m, e) < 0 || resolve_rules(m, e) < 0 ||
	    tracked_scope(&m->config, &m->catalogue, &m->scope, e) < 0)
		return -1;
	return tracked_secret_names(&m->config, &m->catalogue, &m->secrets,
	    e);
}

int
machine_open(const struct options *o, struct machine *m, struct err *e)
{
	if (open_parts(o, m, e) < 0 || read_rules(m, e) < 0)
		return -1;
	return settle(m, e);
}

int
machine_open_tracked(const struct options *o, struct machine *m,
    struct err *e)
{
	if (open_parts(o, m, e) < 0)
		return -1;
	if (m->diagnostics.n > 0 || !trackedkept_recall(o, &m->inputs,
	    &m->scope, &m->secrets)) {
		if (read_rules(m, e) < 0)
			return -1;
		/* Mistakes are to be told of each time. */
		if (m->diagnostics.n == 0)
			trackedkept_keep(o, &m->inputs, m->since, &m->scope,
			    &m->secrets);
	}
	return settle(m, e);
}

void
machine_close(struct machine *m)
{
	store_close(m->store);
	idnames_free(m->ids);
	scope_done(&m->scope);
	scope_done(&m->secrets);
	catalogue_done(&m->catalogue);
	diagnostics_done(&m->diagnostics);
	facts_free(m->facts);
	config_done(&m->config);
	inputs_done(&m->inputs);
	root_close(&m->root);
}

void
drop_machine(struct machine *m)
{
	machine_close(m);
}

/*
 * Beside the repository when the store was named by hand, so that trying it
 * out touches nothing in /etc, and when it is that of a user who cannot write
 * there; in /etc otherwise, so that a copied store gives nothing away.
 */
static bool
key_in_store(const struct options *o)
{
	return o->store != NULL ||
	    (geteuid() != 0 && strcmp(o->root, "/") == 0);
}

const char *
machine_key_path(const struct machine *m)
{
	return m->config.seal_key != NULL ? m->config.seal_key :
	    SEAL_KEY_DEFAULT;
}

/* Makes the folder of path, one level, readable for all as /etc/driftctl is:
 * the site's specs lie there, too. */
static int
make_folder(const struct root *r, const char *path, struct err *e)
{
	CLEANUP(drop_buf) struct buf folder = { 0 };
	const char *name;
	CLEANUP(drop_fd) int up = -1;

	path_parent(&folder, path);
	up = root_open_parent(r, buf_str(&folder), &name);
	if (up < 0 || (mkdirat(up, name, 0755) < 0 && errno != EEXIST) ||
	    fchmodat(up, name, 0755, 0) < 0)
		return err_sys(e, buf_str(&folder),
		    _("cannot make the seal key's folder"));
	return 0;
}

static int
open_key(struct machine *m, bool make, struct err *e)
{
	CLEANUP(drop_buf) struct buf path = { 0 };
	const char *name;
	CLEANUP(drop_fd) int dir = -1;

	if (m->config.seal_key == NULL && key_in_store(m->o))
		return store_load_key(m->store, store_fd(m->store), "seal.key",
		    make, e);
	if (root_resolve(&m->root, machine_key_path(m), &path, NULL, e) < 0)
		return -1;
	dir = root_open_parent(&m->root, buf_str(&path), &name);
	if (dir < 0 && errno == ENOENT && make) {
		if (make_folder(&m->root, buf_str(&path), e) < 0)
			return -1;
		dir = root_open_parent(&m->root, buf_str(&path), &name);
	}
	if (dir < 0)
		return err_sys(e, buf_str(&path),
		    _("cannot open the seal key's folder"));
	return store_load_key(m->store, dir, name, make, e);
}

/* A store in a tracked folder must not record itself and its key. */
static void
leave_store_out(struct machine *m)
{
	CLEANUP(drop_free) char *dir = xstrdup(store_dir(m->store));
	const struct root in = { .fd = store_fd(m->store), .dir = dir };
	CLEANUP(drop_free) char *root = journal_root(&m->root);
	CLEANUP(drop_free) char *store = journal_root(&in);
	size_t n = strcmp(root, "/") == 0 ? 0 : strlen(root);

	if (strncmp(store, root, n) == 0 && store[n] == '/')
		strlist_add(&m->scope.never, store + n);
}

/* Whoever has the key opens what is sealed: both ends of a symlink. */
static void
leave_key_out(struct machine *m, const char *path)
{
	CLEANUP(drop_free) char *whole = xasprintf("%s/.", path);
	const char *const ends[] = { path, whole };

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		CLEANUP(drop_buf) struct buf real = { 0 };
		struct err ignored = { 0 };

		if (root_resolve(&m->root, ends[i], &real, NULL,
		    &ignored) == 0)
			strlist_add(&m->scope.never, buf_str(&real));
	}
}

int
machine_open_store(struct machine *m, bool make, struct err *e)
{
	CLEANUP(drop_buf) struct buf dir = { 0 };
	struct err missing = { 0 };

	if (options_store(m->o, &dir, e) < 0 ||
	    (make && store_init(buf_str(&dir), e) < 0))
		return -1;
	if ((m->store = store_open(buf_str(&dir), e)) == NULL)
		return -1;
	leave_store_out(m);
	leave_key_out(m, machine_key_path(m));
	leave_key_out(m, SEAL_KEY_DEFAULT);
	/* Without a key all but the secrets can be done; each of these says so
	 * where it is met. A key that is there and bad is another matter. */
	if (open_key(m, make, &missing) < 0 &&
	    (make || missing.kind != ERR_MISSING)) {
		*e = missing;
		return -1;
	}
	return 0;
}

int
machine_lock_recover(struct machine *m, struct buf *out_id, struct err *e)
{
	int n;

	if (store_lock(m->store, m->config.lock_wait, e) < 0)
		return -1;
	n = apply_recover(&m->root, store_fd(m->store), out_id, e);
	if (n > 0)
		say_note(_("the restore %s was interrupted; what it had "
		    "begun was taken back"), buf_str(out_id));
	return n;
}

int
machine_lock(struct machine *m, struct err *e)
{
	CLEANUP(drop_buf) struct buf id = { 0 };

	return machine_lock_recover(m, &id, e) < 0 ? -1 : 0;
}

int
machine_pending(struct machine *m, struct err *e)
{
	CLEANUP(drop_buf) struct buf who = { 0 };
	CLEANUP(drop_buf) struct buf id = { 0 };

	if (!apply_pending(store_fd(m->store)))
		return 0;
	if (store_locked(m->store, &who)) {
		say_note(_("%s: process %s is restoring"), store_dir(m->store),
		    buf_str(&who));
		return 0;
	}
	/* Looked at anew: it may have come to its end in between. */
	return apply_pending_id(store_fd(m->store), &id, e);
}

bool
machine_say_pending(struct machine *m)
{
	struct err e = { 0 };
	int n = machine_pending(m, &e);

	if (n < 0)
		say_error(&e);
	if (n <= 0)
		return n < 0;
	say_note(_("%s: a restore was interrupted [run 'driftctl restore' or "
	    "'driftctl undo': either takes back what it had begun]"),
	    store_dir(m->store));
	return true;
}

struct blob_sink {
	struct machine *m;
	struct packfile *pack;
	struct progress progress;
};

static int
take_blob(void *ctx, const struct packed *o, struct err *e)
{
	struct blob_sink *s = ctx;

	return store_add_blob(s->m->store, s->pack, o, e);
}

static void
tell_read(void *ctx, size_t files)
{
	struct blob_sink *s = ctx;

	progress_show(&s->progress, _("reading: %zu files"), files);
}

static struct capture_options
capture_options(struct machine *m, struct blob_sink *sink)
{
	return (struct capture_options){
		.root = &m->root, .scope = &m->scope, .secrets = &m->secrets,
		.seal = store_key(m->store), .ids = m->ids,
		.max_size = m->config.max_size, .threads = READERS,
		.blob = sink->pack != NULL ? take_blob : NULL, .ctx = sink,
	};
}

static int
capture_now(struct machine *m, const struct machine_capture *how,
    struct capture *out, struct err *e)
{
	struct blob_sink sink = { .m = m, .pack = how->pack };
	struct capture_options o = capture_options(m, &sink);
	uint64_t key = capture_key(&o);
	struct oid last;
	int n = machine_live(m, &last, e);
	CLEANUP(drop_statcache) struct statcache *cache =
	    statcache_open(store_fd(m->store), "statcache", &key);

	if (n < 0)
		return -1;
	if (how->scope != NULL) {
		o.scope = how->scope;
		o.whole = &m->scope;
	}
	o.cache = cache;
	o.cache_names = cache != NULL && how->scope == NULL;
	o.last = n > 0 ? &last : NULL;
	o.progress = tell_read;
	progress_begin(&sink.progress, m->o);
	n = capture_run(&o, out, e);
	progress_end(&sink.progress);
	out->cache = STEAL(cache);
	return n;
}

int
machine_capture(struct machine *m, const struct machine_capture *how,
    struct capture *out, struct err *e)
{
	if (how->taken == NULL)
		return capture_now(m, how, out, e);
	*out = STEAL(*how->taken);
	return 0;
}

struct store_state
machine_state(const struct capture *c)
{
	return (struct store_state){ .manifest = &c->manifest,
		.lines = c->lines, .last = &c->last, .same = c->same,
		.all = c->as == STATCACHE_SAME || c->as == STATCACHE_BUT_TIMES };
}

int
machine_look(struct machine *m, const struct scope *scope,
    struct capture *out, struct err *e)
{
	const struct capture_options o = {
		.root = &m->root, .scope = scope, .secrets = &m->secrets,
		.whole = scope != &m->scope ? &m->scope : NULL,
		.ids = m->ids, .max_size = m->config.max_size,
		.threads = READERS,
	};

	return capture_run(&o, out, e);
}

uint64_t
machine_keep_cache(struct machine *m, const struct capture *c,
    const struct oid *last, bool stored, enum statcache_as as)
{
	static const struct oid none;
	struct blob_sink sink = { .m = m };
	struct capture_options o = capture_options(m, &sink);
	struct err ignored = { 0 };
	uint64_t sum = 0;

	if (capturecache_write(c, store_fd(m->store), "statcache",
	    &(struct capturecache_keep){ capture_key(&o),
	    last != NULL ? last : &none, stored, as }, &sum, &ignored) < 0)
		return 0;
	return sum;
}

int
machine_live(struct machine *m, struct oid *out, struct err *e)
{
	return gitrepo_ref_get(store_repo(m->store), GITFILES_LIVE, out, e);
}

int
machine_baseline(struct machine *m, struct oid *out, struct err *e)
{
	return gitrepo_ref_get(store_repo(m->store), GITFILES_BASELINE, out,
	    e);
}

int
machine_load_baseline(struct machine *m, struct oid *out_commit,
    struct manifest *out, struct err *e)
{
	int n = machine_baseline(m, out_commit, e);

	if (n == 0)
		return err_set(e, ERR_MISSING, store_dir(m->store),
		    _("there is no baseline yet [run 'driftctl init']"));
	if (n < 0)
		return -1;
	return store_load(m->store, out_commit, out, e);
}

bool
machine_complain(const struct machine *m)
{
	for (size_t i = 0; i < m->diagnostics.n; i++) {
		CLEANUP(drop_buf) struct buf line = { 0 };

		diagnostic_format(&m->diagnostics.items[i], &line);
		say_error_text(buf_str(&line));
	}
	return m->diagnostics.n > 0;
}
