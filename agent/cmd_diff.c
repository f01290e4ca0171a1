/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "agent/begin/tworoots.h"
#include "agent/changetext.h"
#include "agent/command.h"
#include "agent/json.h"
#include "agent/say.h"
#include "agent/semantictell.h"
#include "agent/snapshotarg.h"
#include "agent/untracked.h"
#include "base/file.h"
#include "base/path.h"
#include "base/tr.h"
#include "snapshots/compare.h"

/* What is compared: two snapshots, or one and the live system. */
struct sides {
	struct machine *m;
	bool semantic, word;	/* as asked for */
	const char *against;	/* another root, without a store */
	struct lenses *lenses;
	bool live;
	struct manifest was, is;
	struct capture now;
	struct arena arena;
};

static void
drop_sides(struct sides *s)
{
	manifest_done(&s->was);
	if (!s->live)
		manifest_done(&s->is);
	capture_done(&s->now);
	lenses_free(s->lenses);
	arena_done(&s->arena);
}

static int
stored(void *ctx, const struct entry *en, struct buf *out, struct err *e)
{
	struct sides *s = ctx;

	return store_content(s->m->store, en, out, e);
}

static int
on_disk(void *ctx, const struct entry *en, struct buf *out, struct err *e)
{
	struct sides *s = ctx;
	CLEANUP(drop_fd) int fd = root_open_at(&s->m->root, en->path,
	    O_RDONLY | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return err_sys(e, en->path, _("cannot open"));
	return file_read_fd(fd, en->path, s->m->config.max_size, out, e);
}

static int
is_content(void *ctx, const struct entry *en, struct buf *out, struct err *e)
{
	struct sides *s = ctx;

	return s->live ? on_disk(ctx, en, out, e) : stored(ctx, en, out, e);
}

static int
load_side(struct machine *m, const char *name, struct manifest *out,
    struct err *e)
{
	struct oid commit;

	if (snapshot_resolve(m, name, &commit, e) < 0)
		return -1;
	return store_load(m->store, &commit, out, e);
}

static int
load_sides(struct sides *s, const char *from, const char *to, struct err *e)
{
	if (load_side(s->m, from, &s->was, e) < 0)
		return -1;
	s->live = to == NULL;
	if (to != NULL)
		return load_side(s->m, to, &s->is, e);
	if (machine_capture(s->m, &(struct machine_capture){ 0 }, &s->now,
	    e) < 0)
		return -1;
	s->is = s->now.manifest;
	return 0;
}

static void
keep_covered(struct changes *c, const struct strlist *paths)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->n; i++) {
		const struct change *x = &c->items[i];

		if (paths_cover(paths, x->was != NULL ? x->was->path :
		    x->is->path))
			c->items[kept++] = *x;
	}
	c->n = kept;
}

static int
write_json(struct sides *s, const struct changes *c,
    const struct change_content *from, struct buf *out, struct err *e)
{
	struct json j = { .out = out };

	json_open(&j, NULL, '{');
	json_number(&j, "version", 1);
	json_open(&j, "changes", '[');
	for (size_t i = 0; i < c->n; i++) {
		json_open(&j, NULL, '{');
		change_json(&j, &c->items[i]);
		if (s->semantic && semantic_json(&c->items[i], from,
		    s->lenses, &j, e) < 0)
			return -1;
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_close(&j, '}');
	buf_addc(out, '\n');
	return 0;
}

static int
write_diff(struct sides *s, const struct changes *c, struct buf *out,
    struct err *e)
{
	const struct options *o = s->m->o;
	const struct change_content from = { stored, is_content, s };
	const struct semantic_style how = {
		.words = s->word ? WORDS_MARKED : options_color(o) ?
		    WORDS_COLORED : WORDS_PLAIN,
		.lines_too = o->verbose > 0,
		.lenses = s->lenses,
	};

	if (o->format == FORMAT_JSON)
		return write_json(s, c, &from, out, e);
	for (size_t i = 0; i < c->n; i++) {
		const struct change *x = &c->items[i];
		int done = 0;

		if (o->verbose < 0)
			change_line(out, x);
		else if (s->semantic)
			done = semantic_tell(x, &from, &how, out, e);
		else
			done = change_diff(x, &from, how.words, out, e);
		if (done < 0)
			return -1;
	}
	return 0;
}

/* Paths start with a slash or a dot; everything else names a snapshot. */
static int
sort_args(struct strlist *rest, struct strlist *paths, const char **names,
    struct err *e)
{
	size_t n = 0;

	for (size_t i = 0; i < rest->n; i++) {
		const char *a = rest->items[i];

		if (a[0] == '/' || a[0] == '.')
			strlist_add(paths, a);
		else if (n < 2)
			names[n++] = a;
		else
			return err_set(e, ERR_USAGE, a, _("two snapshots can "
			    "be compared, not three [write a path as /etc/… "
			    "or ./…]"));
	}
	return 0;
}

/*
 * `diff --root /mnt/old /` of a disk without a store can only mean two systems:
 * it has no baseline to be held against.
 */
static void
find_other_root(const struct options *o, struct strlist *paths,
    struct sides *s)
{
	CLEANUP(drop_buf) struct buf dir = { 0 };
	struct err ignored = { 0 };

	if (s->against != NULL || !o->root_given || o->store != NULL ||
	    paths->n != 1 || !tworoots_is_root(paths->items[0]) ||
	    options_store(o, &dir, &ignored) < 0 ||
	    access(buf_str(&dir), F_OK) == 0)
		return;
	s->against = arena_strdup(&s->arena, paths->items[0]);
	strlist_done(paths);
}

static int
other_root(const struct options *o, const struct sides *s,
    const struct strlist *paths, const char *const names[2], struct err *e)
{
	CLEANUP(drop_buf) struct buf out = { 0 };
	CLEANUP(drop_strlist) struct strlist plain = { 0 };
	int code;

	if (s->against[0] == '\0')
		return err_set(e, ERR_USAGE, "--against",
		    _("this option needs a value"));
	if (names[0] != NULL)
		return err_set(e, ERR_USAGE, names[0], _("two roots are "
		    "compared as they are, without snapshots"));
	for (size_t i = 0; i < paths->n; i++) {
		CLEANUP(drop_buf) struct buf path = { 0 };

		if (path_normalize(&path, paths->items[i], "/", e) < 0)
			return -1;
		strlist_add(&plain, buf_str(&path));
	}
	code = tworoots_compare(o, s->against, &(struct tworoots_style){
	    .semantic = s->semantic, .word = s->word, .paths = &plain },
	    &out, e);
	return code < 0 || say_result(o, &out, e) < 0 ? -1 : code;
}

static int
run(const struct options *o, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist rest = { 0 };
	CLEANUP(drop_strlist) struct strlist paths = { 0 };
	CLEANUP(drop_machine) struct machine m = { .root.fd = -1 };
	CLEANUP(drop_sides) struct sides s = { .m = &m };
	const struct verb_option table[] = {
		{ .name = "semantic", .flag = &s.semantic },
		{ .name = "word", .flag = &s.word },
		{ .name = "against", .value = &s.against },
		{ 0 },
	};
	CLEANUP(drop_changes) struct changes c = { 0 };
	CLEANUP(drop_buf) struct buf out = { 0 };
	const char *names[2] = { NULL, NULL };

	if (options_verb(o, table, &rest, e) < 0 ||
	    sort_args(&rest, &paths, names, e) < 0)
		return -1;
	find_other_root(o, &paths, &s);
	if (s.against != NULL)
		return other_root(o, &s, &paths, names, e);
	if (machine_open_tracked(o, &m, e) < 0 ||
	    machine_open_store(&m, false, e) < 0 ||
	    paths_normalize(&m, &paths, e) < 0 ||
	    load_sides(&s, names[0] != NULL ? names[0] : "baseline", names[1],
	    e) < 0)
		return -1;
	s.lenses = s.semantic ? lenses_new() : NULL;
	compare_manifests(&s.was, &s.is, false, &c);
	if (s.live)
		untracked_drop(&m, &c);
	keep_covered(&c, &paths);
	if (write_diff(&s, &c, &out, e) < 0 ||
	    say_result(o, &out, e) < 0)
		return -1;
	for (size_t i = 0; i < s.now.unknown.n; i++)
		say_note("%s: %s", s.now.unknown.items[i].path,
		    s.now.unknown.items[i].why);
	/* What a mistake hides is not compared. */
	if (machine_complain(&m) || s.now.unknown.n > 0)
		return 2;
	return c.n > 0 ? 1 : 0;
}

const struct command cmd_diff = {
	"diff", "[--semantic] [--word] [--against ROOT] [SNAPSHOT [SNAPSHOT]] "
	    "[PATH]...",
	N_("what differs between the baseline (or a snapshot) and the live "
	    "system"), true, run
};
