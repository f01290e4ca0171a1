/* SPDX-License-Identifier: MIT */
#include "agent/machine.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/apply/apply.h"
#include "agent/apply/journal.h"
#include "agent/say.h"
#include "base/path.h"
#include "base/tr.h"
#include "snapshots/gitfiles.h"

/* A machine's store: its key, its lock, and what a dead restore left in it. */

#define SEAL_KEY_DEFAULT "/etc/driftctl/seal.key"

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
