/* SPDX-License-Identifier: MIT */
#include "snapshots/gitrepo.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <git2.h>
#include <git2/sys/odb_backend.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"
#include "snapshots/gitfiles.h"
#include "snapshots/gitref.h"
#include "snapshots/packread.h"

_Static_assert(sizeof(git_oid) == sizeof(struct oid), "SHA-1 names");

struct gitrepo {
	char *dir;
	int fd, pack_fd;
	bool plain;		/* as we made it, so that we can read it */
	struct packread *packs;
	bool loose[256];	/* see gitfiles_loose_folders */
	git_repository *repo;	/* NULL until the library is needed */
	git_odb *odb;		/* owned by us, shared with repo */
	struct oidset shallow;
};

static const git_oid *
git_name(const struct oid *o)
{
	return (const git_oid *)o;
}

/* The library's own words, which may be missing. */
static const char *
reason(void)
{
	const git_error *err = git_error_last();

	return err != NULL && err->message != NULL && err->message[0] != '\0' ?
	    err->message : _("no reason given");
}

int
gitrepo_start(struct err *e)
{
	/* No file but the repository's own may change what we do. */
	static const int level[] = {
		GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM,
		GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL,
	};
	int bad = git_libgit2_init() < 0;

	for (size_t i = 0; i < sizeof(level) / sizeof(level[0]); i++)
		bad |= git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level[i],
		    "") < 0;
	/* We ask about the owner ourselves, and say more. */
	bad |= git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0) < 0;
	bad |= git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1) < 0;
	bad |= git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION,
	    1) < 0;
	if (bad)
		return err_set(e, ERR_SYSTEM, "libgit2",
		    _("cannot be used: %s"), reason());
	return 0;
}

void
gitrepo_stop(void)
{
	git_libgit2_shutdown();
}

/* Nothing of r changes unless all of it could be opened. */
static int
open_library(struct gitrepo *r, struct err *e)
{
	git_repository *repo;
	git_odb *odb;

	if (gitrepo_start(e) < 0)
		return -1;
	if (git_repository_open_bare(&repo, r->dir) < 0)
		return err_set(e, ERR_INPUT, r->dir, _("damaged, or no git "
		    "repository: %s [bring it back from a backup, or move it "
		    "away and run 'driftctl init']"), reason());
	if (git_repository_odb(&odb, repo) < 0) {
		git_repository_free(repo);
		return err_set(e, ERR_INPUT, r->dir,
		    _("cannot read its objects: %s"), reason());
	}
	git_odb_free(r->odb);
	git_repository_free(r->repo);
	r->repo = repo;
	r->odb = odb;
	return 0;
}

static int
need_library(struct gitrepo *r, struct err *e)
{
	return r->odb != NULL ? 0 : open_library(r, e);
}

/* Starting the library costs more than most runs need of it. */
static int
open_objects(struct gitrepo *r, struct err *e)
{
	r->plain = gitfiles_plain(r->fd);
	if ((!r->plain || r->odb != NULL) && open_library(r, e) < 0)
		return -1;
	packread_free(r->packs);
	r->packs = packread_new(r->pack_fd);
	gitfiles_loose_folders(r->fd, r->loose);
	return gitfiles_read_shallow(r->fd, r->dir, &r->shallow, e);
}

static int
open_parts(struct gitrepo *r, struct err *e)
{
	r->fd = open(r->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r->fd < 0 && errno == ENOENT)
		return err_set(e, ERR_MISSING, r->dir,
		    _("there is no store [make one with 'driftctl init']"));
	if (r->fd < 0)
		return err_sys(e, r->dir, _("cannot open the store"));
	if (gitfiles_check_owner(r->fd, r->dir, e) < 0)
		return -1;
	r->pack_fd = openat(r->fd, "objects/pack",
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* Whether it is a repository at all is the library's to say. */
	if (r->pack_fd < 0 && errno == ENOENT && open_library(r, e) < 0)
		return -1;
	if (r->pack_fd < 0)
		return err_sys(e, r->dir, _("cannot open 'objects/pack'"));
	return open_objects(r, e);
}

struct gitrepo *
gitrepo_open(const char *dir, struct err *e)
{
	CLEANUP(drop_gitrepo) struct gitrepo *r = xcalloc(1, sizeof(*r));

	r->dir = xstrdup(dir);
	r->fd = r->pack_fd = -1;
	if (open_parts(r, e) < 0)
		return NULL;
	return STEAL(r);
}

void
gitrepo_close(struct gitrepo *r)
{
	if (r == NULL)
		return;
	packread_free(r->packs);
	git_odb_free(r->odb);
	git_repository_free(r->repo);
	drop_fd(&r->pack_fd);
	drop_fd(&r->fd);
	oidset_done(&r->shallow);
	free(r->dir);
	free(r);
}

void
drop_gitrepo(struct gitrepo **r)
{
	gitrepo_close(*r);
}

const char *
gitrepo_dir(const struct gitrepo *r)
{
	return r->dir;
}

int
gitrepo_fd(const struct gitrepo *r)
{
	return r->fd;
}

int
gitrepo_pack_fd(const struct gitrepo *r)
{
	return r->pack_fd;
}

const struct oidset *
gitrepo_shallow(const struct gitrepo *r)
{
	return &r->shallow;
}

static void
drop_odb_object(git_odb_object **o)
{
	git_odb_object_free(*o);
}

/* What our own reader cannot read is the library's to read, or to name. */
static int
read_by_library(struct gitrepo *r, const struct oid *oid, const char *type,
    struct buf *out, struct err *e)
{
	CLEANUP(drop_buf) struct buf hex = { 0 };
	CLEANUP(drop_odb_object) git_odb_object *o = NULL;
	const char *is;
	int rc;

	if (need_library(r, e) < 0)
		return -1;
	rc = git_odb_read(&o, r->odb, git_name(oid));
	text_hex(&hex, oid->b, OID_LEN);
	if (rc == GIT_ENOTFOUND)
		return err_set(e, ERR_MISSING, r->dir,
		    _("the %s %s is missing [run 'driftctl verify']"), type,
		    buf_str(&hex));
	if (rc < 0)
		return err_set(e, ERR_INPUT, r->dir, _("the %s %s is damaged: "
		    "%s [run 'driftctl verify']"), type, buf_str(&hex),
		    reason());
	is = git_object_type2string(git_odb_object_type(o));
	if (strcmp(is, type) != 0)
		return err_set(e, ERR_INPUT, r->dir,
		    _("%s is a %s where a %s should be"), buf_str(&hex), is,
		    type);
	buf_add(out, git_odb_object_data(o), git_odb_object_size(o));
	return 0;
}

int
gitrepo_read(struct gitrepo *r, const struct oid *oid, const char *type,
    struct buf *out, struct err *e)
{
	size_t start = out->len;
	enum packed_type is;

	if (packread_object(r->packs, oid, &is, out)) {
		if (strcmp(packed_word(is), type) == 0)
			return 0;
		buf_truncate(out, start);
	}
	return read_by_library(r, oid, type, out, e);
}

bool
gitrepo_has(struct gitrepo *r, const struct oid *oid)
{
	struct err ignored = { 0 };

	if (packread_has(r->packs, oid))
		return true;
	/* Loose ones are somebody else's. */
	if (!r->loose[oid->b[0]] ||
	    (r->odb == NULL && !gitfiles_loose(r->fd, oid)))
		return false;
	return need_library(r, &ignored) == 0 && git_odb_exists_ext(r->odb,
	    git_name(oid), GIT_ODB_LOOKUP_NO_REFRESH) == 1;
}

int
gitrepo_refresh(struct gitrepo *r, struct err *e)
{
	/* git_odb_refresh finds new packs, but holds on to removed ones. */
	return open_objects(r, e);
}

int
gitrepo_commit(struct gitrepo *r, const struct oid *oid,
    struct gitcommit *out, struct err *e)
{
	CLEANUP(drop_buf) struct buf raw = { 0 };
	CLEANUP(drop_buf) struct buf where = { 0 };

	if (gitrepo_read(r, oid, "commit", &raw, e) < 0)
		return -1;
	buf_addf(&where, "%s: ", r->dir);
	text_hex(&where, oid->b, OID_LEN);
	if (gitcommit_parse(buf_str(&where), buf_str(&raw), raw.len, out,
	    e) < 0)
		return -1;
	out->oid = *oid;
	if (oidset_has(&r->shallow, oid))
		out->n_parents = 0;
	return 0;
}

int
gitrepo_tree(struct gitrepo *r, const struct oid *tree, gittree_each *each,
    void *ctx, struct err *e)
{
	CLEANUP(drop_buf) struct buf raw = { 0 };
	CLEANUP(drop_buf) struct buf where = { 0 };

	if (gitrepo_read(r, tree, "tree", &raw, e) < 0)
		return -1;
	buf_addf(&where, "%s: ", r->dir);
	text_hex(&where, tree->b, OID_LEN);
	return gittree_parse(buf_str(&where), buf_str(&raw), raw.len, each,
	    ctx, e);
}

int
gitrepo_ref_get(struct gitrepo *r, const char *name, struct oid *out,
    struct err *e)
{
	git_oid oid;
	int rc = r->plain ? gitref_read(r->fd, name, out) : -1;

	if (rc >= 0)
		return rc;
	if (need_library(r, e) < 0)
		return -1;
	rc = git_reference_name_to_id(&oid, r->repo, name);
	if (rc == GIT_ENOTFOUND)
		return 0;
	if (rc < 0)
		return err_set(e, ERR_INPUT, r->dir, _("'%s' is damaged: %s "
		    "[bring it back from a backup, or write the name of a "
		    "snapshot into it]"), name, reason());
	memcpy(out->b, oid.id, OID_LEN);
	return 1;
}

int
gitrepo_ref_set(struct gitrepo *r, const char *name, const struct oid *oid,
    const struct oid *expected, struct err *e)
{
	git_reference *ref = NULL;
	int rc;

	if (r->plain && packread_has(r->packs, oid) &&
	    gitref_write(r->fd, name, oid, expected))
		return 0;
	if (need_library(r, e) < 0)
		return -1;
	if (expected == NULL)
		rc = git_reference_create(&ref, r->repo, name, git_name(oid),
		    1, NULL);
	else if (oid_is_zero(expected))
		rc = git_reference_create(&ref, r->repo, name, git_name(oid),
		    0, NULL);
	else
		rc = git_reference_create_matching(&ref, r->repo, name,
		    git_name(oid), 1, git_name(expected), NULL);
	git_reference_free(ref);
	if (rc == GIT_EMODIFIED || rc == GIT_EEXISTS || rc == GIT_ELOCKED ||
	    (rc == GIT_ENOTFOUND && expected != NULL))
		return err_set(e, ERR_BUSY, r->dir, _("'%s' was moved by "
		    "another run meanwhile, or is locked: %s"), name,
		    reason());
	if (rc < 0)
		return err_set(e, ERR_SYSTEM, r->dir,
		    _("cannot move '%s': %s"), name, reason());
	return 0;
}

int
gitrepo_refs(struct gitrepo *r, struct strlist *out, struct err *e)
{
	git_strarray names = { 0 };

	/* The library leaves damaged ones out, as if nothing hung on them. */
	if (gitfiles_refs(r->fd, r->dir, out, e) < 0 ||
	    need_library(r, e) < 0)
		return -1;
	if (git_reference_list(&names, r->repo) < 0)
		return err_set(e, ERR_INPUT, r->dir,
		    _("cannot list what is kept: %s"), reason());
	for (size_t i = 0; i < names.count; i++) {
		if (!strlist_has(out, names.strings[i]))
			strlist_add(out, names.strings[i]);
	}
	git_strarray_dispose(&names);
	strlist_sort(out);
	return 0;
}

int
gitrepo_prefix(struct gitrepo *r, const char *hex, struct oid *out,
    struct err *e)
{
	git_oid prefix, full;
	size_t len = strlen(hex);
	int rc;

	if (need_library(r, e) < 0)
		return -1;
	if (len > 2 * OID_LEN || git_oid_fromstrn(&prefix, hex, len) < 0)
		return 0;
	rc = git_odb_exists_prefix(&full, r->odb, &prefix, len);
	if (rc == GIT_ENOTFOUND)
		return 0;
	if (rc == GIT_EAMBIGUOUS)
		return 2;
	if (rc < 0)
		return err_set(e, ERR_INPUT, r->dir,
		    _("cannot look for '%s': %s"), hex, reason());
	memcpy(out->b, full.id, OID_LEN);
	return 1;
}

void
drop_oidlist(struct oidlist *l)
{
	free(l->items);
}

static int
list_one(const git_oid *id, void *ctx)
{
	memcpy(VEC_ADD((struct oidlist *)ctx)->b, id->id, OID_LEN);
	return 0;
}

int
gitrepo_pack_list(struct gitrepo *r, const char *idx, struct oidlist *out,
    struct err *e)
{
	CLEANUP(drop_free) char *path = xasprintf("%s/objects/pack/%s",
	    r->dir, idx);
	git_odb_backend *pack = NULL;
	git_odb *odb = NULL;
	int rc;

	if (need_library(r, e) < 0)
		return -1;
	rc = git_odb_new(&odb);
	if (rc == 0)
		rc = git_odb_backend_one_pack(&pack, path);
	if (rc == 0 && (rc = git_odb_add_backend(odb, pack, 1)) < 0)
		pack->free(pack);
	if (rc == 0)
		rc = git_odb_foreach(odb, list_one, out);
	git_odb_free(odb);
	if (rc < 0)
		return err_set(e, ERR_INPUT, path, _("damaged: %s [run "
		    "'driftctl verify']"), reason());
	return 0;
}

static void
drop_packbuilder(git_packbuilder **pb)
{
	git_packbuilder_free(*pb);
}

int
gitrepo_pack_write(struct gitrepo *r, const struct oidlist *oids,
    char *const *names, const char *dir, struct err *e)
{
	CLEANUP(drop_free) char *path = xasprintf("%s/%s", r->dir, dir);
	CLEANUP(drop_packbuilder) git_packbuilder *pb = NULL;
	int rc;

	if (need_library(r, e) < 0)
		return -1;
	rc = git_packbuilder_new(&pb, r->repo);
	if (rc == 0)
		git_packbuilder_set_threads(pb, 1);
	for (size_t i = 0; i < oids->n && rc == 0; i++)
		rc = git_packbuilder_insert(pb, git_name(&oids->items[i]),
		    names != NULL ? names[i] : NULL);
	if (rc == 0)
		rc = git_packbuilder_write(pb, path, 0444, NULL, NULL);
	if (rc < 0)
		return err_set(e, ERR_SYSTEM, r->dir,
		    _("cannot fold its packs: %s"), reason());
	return 0;
}

static void
drop_patch(git_patch **p)
{
	git_patch_free(*p);
}

static void
add_label(struct buf *out, const char *mark, const char *label)
{
	buf_adds(out, mark);
	text_escape(out, label, strlen(label));
	buf_addc(out, '\n');
}

static int
add_hunk(git_patch *patch, size_t h, struct buf *out)
{
	const git_diff_hunk *hunk;
	const git_diff_line *line;
	size_t n;

	if (git_patch_get_hunk(&hunk, &n, patch, h) < 0)
		return -1;
	buf_add(out, hunk->header, hunk->header_len);
	for (size_t i = 0; i < n; i++) {
		if (git_patch_get_line_in_hunk(&line, patch, h, i) < 0)
			return -1;
		/* "No newline at end of file" comes with its own newline. */
		if (strchr(" +-", line->origin) != NULL)
			buf_addc(out, line->origin);
		buf_add(out, line->content, line->content_len);
	}
	return 0;
}

int
gitrepo_diff(const struct gitrepo_text *a, const struct gitrepo_text *b,
    unsigned context, struct buf *out, struct err *e)
{
	git_diff_options opts;
	CLEANUP(drop_patch) git_patch *patch = NULL;
	int rc;

	if (a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0)
		return 0;
	if (gitrepo_start(e) < 0)
		return -1;
	rc = git_diff_options_init(&opts, GIT_DIFF_OPTIONS_VERSION);
	opts.context_lines = context;
	if (rc == 0)
		rc = git_patch_from_buffers(&patch, a->bytes, a->len, NULL,
		    b->bytes, b->len, NULL, &opts);
	if (rc == 0 && (git_patch_get_delta(patch)->flags &
	    GIT_DIFF_FLAG_BINARY) != 0) {
		buf_adds(out, _("binary files differ: "));
		text_escape(out, a->label, strlen(a->label));
		buf_adds(out, ", ");
		add_label(out, "", b->label);
		return 1;
	}
	if (rc == 0) {
		add_label(out, "--- ", a->label);
		add_label(out, "+++ ", b->label);
	}
	for (size_t h = 0; rc == 0 && h < git_patch_num_hunks(patch); h++)
		rc = add_hunk(patch, h, out);
	if (rc < 0)
		return err_set(e, ERR_SYSTEM, b->label,
		    _("cannot compare: %s"), reason());
	return 1;
}

int
gitrepo_merge(const struct gitrepo_text *base, const struct gitrepo_text *a,
    const struct gitrepo_text *b, struct buf *out, struct err *e)
{
	const struct gitrepo_text *const texts[] = { base, a, b };
	git_merge_file_input in[3];
	git_merge_file_options opts;
	git_merge_file_result result = { 0 };
	int rc;

	if (gitrepo_start(e) < 0)
		return -1;
	rc = git_merge_file_options_init(&opts,
	    GIT_MERGE_FILE_OPTIONS_VERSION);
	for (int i = 0; rc == 0 && i < 3; i++) {
		rc = git_merge_file_input_init(&in[i],
		    GIT_MERGE_FILE_INPUT_VERSION);
		in[i].ptr = texts[i] != NULL ? texts[i]->bytes : "";
		in[i].size = texts[i] != NULL ? texts[i]->len : 0;
	}
	opts.flags = base != NULL ? GIT_MERGE_FILE_STYLE_DIFF3 :
	    GIT_MERGE_FILE_STYLE_MERGE;
	opts.ancestor_label = base != NULL ? base->label : NULL;
	opts.our_label = a->label;
	opts.their_label = b->label;
	if (rc == 0)
		rc = git_merge_file(&result, base != NULL ? &in[0] : NULL,
		    &in[1], &in[2], &opts);
	if (rc < 0)
		return err_set(e, ERR_SYSTEM, a->label,
		    _("cannot merge: %s"), reason());
	buf_add(out, result.ptr, result.len);
	rc = result.automergeable ? 0 : 1;
	git_merge_file_result_free(&result);
	return rc;
}
