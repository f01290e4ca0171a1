/* SPDX-License-Identifier: MIT */
#include "agent/begin/otherroot.h"

#include <sys/stat.h>

#include "agent/tracked.h"
#include "base/tr.h"

#define OWN_FOLDER "/etc/driftctl/seal.key"
#define OWN_STORE "/var/lib/driftctl"

static int
refuse_same(const struct machine *with, const struct machine *m,
    const char *dir, struct err *e)
{
	struct stat a, b;

	if (fstat(with->root.fd, &a) < 0 || fstat(m->root.fd, &b) < 0)
		return err_sys(e, dir, _("cannot look at it"));
	if (a.st_dev != b.st_dev || a.st_ino != b.st_ino)
		return 0;
	return err_set(e, ERR_USAGE, dir,
	    _("is the very system that it is to be compared with"));
}

int
otherroot_open(const struct machine *with, const char *dir,
    struct otherroot *out, struct err *e)
{
	out->o = *with->o;
	out->o.root = dir;
	out->o.root_given = true;
	out->o.store = NULL;
	if (machine_open(&out->o, &out->m, e) < 0 ||
	    refuse_same(with, &out->m, dir, e) < 0 ||
	    tracked_scope(&with->config, &out->m.catalogue, &out->scope,
	    e) < 0 ||
	    tracked_scope(&with->config, &with->catalogue, &out->scope,
	    e) < 0 ||
	    scope_settle(&out->scope, &out->m.root, e) < 0 ||
	    tracked_secrets(&out->m.config, &out->m.catalogue, &out->m.root,
	    &out->secrets, e) < 0 ||
	    tracked_secrets(&with->config, &with->catalogue, &out->m.root,
	    &out->secrets, e) < 0)
		return -1;
	/* Whoever has its key opens what is sealed in its store. */
	strlist_add(&out->scope.never, OWN_FOLDER);
	strlist_add(&out->scope.never, machine_key_path(&out->m));
	strlist_add(&out->scope.never, OWN_STORE);
	return 0;
}

void
drop_otherroot(struct otherroot *r)
{
	scope_done(&r->scope);
	scope_done(&r->secrets);
	machine_close(&r->m);
}
