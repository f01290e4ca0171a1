/* SPDX-License-Identifier: MIT */
/*
 * attribution BEFORE AFTER < PATHS
 * Of each path: LOCAL SHIPPED RESULT HOW DECISION, and the sentence that tells
 * who it was. Both are roots with their package databases.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/apply/live.h"
#include "agent/pkg/attribute.h"
#include "base/file.h"
#include "base/walk.h"

enum { FILE_MAX = 1 << 20 };

struct side {
	struct root root;
	struct manifest entries;
	struct owners owners;
	struct digest *digest;
};

struct sides {
	struct side before, after;
};

static int
add(void *ctx, const struct walk_item *item, struct err *e)
{
	struct side *s = ctx;
	struct live live = { 0 };
	int n;

	if (item->what == WALK_UNREADABLE)
		*e = *item->e;
	if (item->what != WALK_ENTRY)
		return item->what == WALK_UNREADABLE ? -1 : 0;
	n = live_read(item->dirfd, item->name,
	    arena_strdup(&s->entries.arena, item->path), FILE_MAX, s->digest,
	    &s->entries.arena, &live, e);
	if (n > 0)
		*manifest_add(&s->entries) = live.en;
	live_done(&live);
	return n < 0 ? -1 : 0;
}

static int
read_side(const char *dir, struct side *s, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist wanted = { 0 };
	struct scope scope = { 0 };
	int n = root_open(&s->root, dir, e);

	s->digest = digest_new();
	if (n == 0)
		n = scope_include(&scope, "/etc/**", e);
	if (n == 0)
		n = scope_include(&scope, "/usr/{etc,lib}/**", e);
	if (n == 0)
		n = scope_settle(&scope, &s->root, e);
	if (n == 0)
		n = walk(&s->root, &scope, NULL, add, s, e);
	scope_done(&scope);
	if (n < 0)
		return -1;
	manifest_sort(&s->entries);
	attribute_wanted(&s->entries, &wanted);
	owners_load(&s->root, &wanted, NULL, &s->owners);
	if (s->owners.trouble.kind != ERR_NONE)
		*e = s->owners.trouble;
	return s->owners.trouble.kind != ERR_NONE ? -1 : 0;
}

static void
side_done(struct side *s)
{
	root_close(&s->root);
	manifest_done(&s->entries);
	owners_done(&s->owners);
	digest_free(s->digest);
}

static enum pristine
pristine(void *ctx, const struct owned *f, const struct entry *en, bool before)
{
	const struct sides *both = ctx;
	CLEANUP(drop_buf) struct buf bytes = { 0 };
	struct err ignored = { 0 };
	CLEANUP(drop_fd) int fd = root_open_at(before ? &both->before.root :
	    &both->after.root, en->path, O_RDONLY);

	if (en->kind == ENTRY_FILE && (fd < 0 ||
	    file_read_fd(fd, en->path, FILE_MAX, &bytes, &ignored) < 0))
		return PRISTINE_UNKNOWN;
	return owned_pristine(f, en, buf_str(&bytes), bytes.len);
}

static void
tell(struct sides *both)
{
	const struct attribute_input in = { &both->before.owners,
		&both->after.owners, &both->before.entries,
		&both->after.entries, pristine, both };
	CLEANUP(drop_attributor) struct attributor *t = attribute_new(&in);
	char path[4096];

	while (fgets(path, sizeof(path), stdin) != NULL) {
		struct attribution a;

		path[strcspn(path, "\n")] = '\0';
		attribute_path(t, path, &a);
		printf("%s %s %s %s %s\t%s\t%s\n", path, local_words[a.local],
		    shipped_words[a.did], remains_words[a.remains],
		    decision_words[a.decision],
		    how_words[a.how], a.text);
	}
}

int
main(int argc, char **argv)
{
	struct sides both = { 0 };
	struct err e = { 0 };
	CLEANUP(drop_buf) struct buf why = { 0 };
	int n;

	if (argc != 3) {
		fputs("usage: attribution BEFORE AFTER < PATHS\n", stderr);
		return 2;
	}
	n = read_side(argv[1], &both.before, &e);
	if (n == 0)
		n = read_side(argv[2], &both.after, &e);
	if (n == 0)
		tell(&both);
	side_done(&both.before);
	side_done(&both.after);
	if (n == 0)
		return 0;
	err_format(&e, &why);
	fprintf(stderr, "attribution: %s\n", buf_str(&why));
	return 2;
}
