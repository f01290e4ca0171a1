/* SPDX-License-Identifier: MIT */
#include "agent/spectest/caseroot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/devices.h"
#include "agent/entrypaths.h"
#include "agent/evidence.h"
#include "agent/facts.h"
#include "agent/spectest/casefiles.h"
#include "base/tr.h"

/* Any moment will do, as long as it is always the same one. */
enum { NOW = 1750000000 };

struct caseroot {
	struct evidence ev;
	struct facts facts;
	struct arena arena;
	const struct spec_case *c;
	struct casefiles files, baseline;
};

static const struct entry *
find(const struct casefiles *f, const char *path)
{
	CLEANUP(drop_buf) struct buf real = { 0 };

	entrypaths_resolve(&f->manifest, path, &real);
	return manifest_find(&f->manifest, buf_str(&real));
}

static const struct entry *
ev_entry(void *ctx, const char *path)
{
	return find(&((const struct caseroot *)ctx)->files, path);
}

static const struct entry *
ev_baseline(void *ctx, const char *path)
{
	return find(&((const struct caseroot *)ctx)->baseline, path);
}

static void
ev_find(void *ctx, const char *pattern,
    void (*each)(void *arg, const struct entry *en), void *arg)
{
	const struct caseroot *r = ctx;

	entrypaths_match(&r->files.manifest, pattern, each, arg);
}

static const char *
ev_hidden(void *ctx, const char *path)
{
	const struct caseroot *r = ctx;
	CLEANUP(drop_buf) struct buf real = { 0 };

	entrypaths_resolve_pattern(&r->files.manifest, path, &real);
	for (size_t i = 0; i < r->files.closed.n; i++)
		if (entrypaths_hides(&r->files.manifest, buf_str(&real),
		    r->files.closed.items[i]))
			return strerror(EACCES);
	return NULL;
}

static int
ev_baseline_bytes(void *ctx, const char *path, const char **out_bytes,
    size_t *out_len, struct err *e)
{
	const struct casefiles *f = &((const struct caseroot *)ctx)->baseline;
	const struct entry *en = find(f, path);
	const struct case_content *c = en != NULL ? casefiles_content(f, en) :
	    NULL;

	if (c == NULL)
		return err_set(e, ERR_MISSING, path,
		    _("is no file of the baseline"));
	*out_bytes = c->bytes;
	*out_len = c->len;
	return 0;
}

/* In the words that the live system is told of with. */
static int
ev_bytes(void *ctx, const char *path, const char **out_bytes, size_t *out_len,
    struct err *e)
{
	const struct caseroot *r = ctx;
	const struct entry *en = casefiles_follow(&r->files, path);
	const struct case_content *c;

	errno = ev_hidden(ctx, path) != NULL ? EACCES : ENOENT;
	if (en == NULL)
		return err_sys(e, path, _("cannot open"));
	if (en->kind != ENTRY_FILE)
		return err_set(e, ERR_INPUT, path, _("is no regular file"));
	errno = EACCES;
	if ((c = casefiles_content(&r->files, en)) == NULL)
		return err_sys(e, path, _("cannot open"));
	*out_bytes = c->bytes;
	*out_len = c->len;
	return 0;
}

static int
ev_look(void *ctx, const char *path, int *out_kind, struct err *e)
{
	const struct caseroot *r = ctx;
	const struct entry *en = casefiles_follow(&r->files, path);

	if (en == NULL && ev_hidden(ctx, path) != NULL) {
		errno = EACCES;
		return err_sys(e, path, _("cannot look at it"));
	}
	if (en == NULL)
		return 0;
	*out_kind = (int)en->kind;
	return 1;
}

/* A device is a file at its name, /dev/disk/by-uuid/… for UUID=… */
static int
ev_device(void *ctx, const char *name, size_t max, const char **out_bytes,
    size_t *out_len, struct err *e)
{
	const struct caseroot *r = ctx;
	CLEANUP(drop_buf) struct buf path = { 0 };

	if (devices_path(name, &path, e) < 0)
		return -1;
	if (casefiles_follow(&r->files, buf_str(&path)) == NULL)
		return err_set(e, ERR_MISSING, name,
		    _("there is no such device"));
	if (ev_bytes(ctx, buf_str(&path), out_bytes, out_len, e) < 0)
		return -1;
	*out_len = *out_len < max ? *out_len : max;
	return 0;
}

/* What the case has no answer of is not installed. */
static int
ev_ask(void *ctx, const struct rule *rule, struct command_answer *out,
    struct err *e)
{
	const struct caseroot *r = ctx;

	(void)e;
	out->state = COMMAND_MISSING;
	for (size_t i = 0; i < r->c->answers.n; i++) {
		const struct case_answer *a = &r->c->answers.items[i];

		if (speccase_answers(a, rule))
			*out = (struct command_answer){
				.state = COMMAND_ANSWERED, .exit = a->exit,
				.out = a->out, .out_len = strlen(a->out),
				.err = a->errors,
				.err_len = strlen(a->errors), .when = NOW };
	}
	return 0;
}

static bool
has_package(void *ctx, const char *name)
{
	const struct caseroot *r = ctx;

	for (size_t i = 0; i < r->c->packages.n; i++)
		if (strcmp(r->c->packages.items[i], name) == 0)
			return true;
	return false;
}

static bool
has_path(void *ctx, const char *path)
{
	const struct caseroot *r = ctx;

	return casefiles_follow(&r->files, path) != NULL;
}

static void
set_facts(struct caseroot *r)
{
	static const char *const names[] = { "/etc/os-release",
		"/usr/lib/os-release" };
	const char *bytes;
	size_t len;

	r->facts = (struct facts){ .hostname = "testhost", .arch = "x86_64",
		.os_id = r->c->os_id, .os_version = r->c->os_version,
		.ctx = r, .has_package = has_package, .has_path = has_path };
	for (size_t i = 0; i < 2 && r->facts.os_id == NULL; i++) {
		struct err ignored = { 0 };

		if (ev_bytes(r, names[i], &bytes, &len, &ignored) < 0)
			continue;
		r->facts.os_id = facts_release_value(&r->arena, bytes, "ID");
		r->facts.os_version = facts_release_value(&r->arena, bytes,
		    "VERSION_ID");
	}
}

struct caseroot *
caseroot_new(const struct spec_case *c, struct diagnostics *diags)
{
	struct caseroot *r = xcalloc(1, sizeof(*r));

	r->c = c;
	casefiles_make(c, &c->files, NOW, &r->files, diags);
	if (c->has_baseline)
		casefiles_make(c, &c->baseline, NOW, &r->baseline, diags);
	r->ev = (struct evidence){ .ctx = r, .entry = ev_entry,
		.find = ev_find, .bytes = ev_bytes, .hidden = ev_hidden,
		.baseline = ev_baseline, .baseline_bytes = ev_baseline_bytes,
		.look = ev_look, .device = ev_device, .ask = ev_ask,
		.now = NOW };
	set_facts(r);
	return r;
}

void
caseroot_free(struct caseroot *r)
{
	if (r == NULL)
		return;
	casefiles_done(&r->files);
	casefiles_done(&r->baseline);
	arena_done(&r->arena);
	free(r);
}

void
drop_caseroot(struct caseroot **r)
{
	caseroot_free(*r);
}

const struct evidence *
caseroot_evidence(const struct caseroot *r)
{
	return &r->ev;
}

const struct facts *
caseroot_facts(const struct caseroot *r)
{
	return &r->facts;
}
