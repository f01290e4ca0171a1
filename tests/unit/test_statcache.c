/* SPDX-License-Identifier: MIT */
#include "snapshots/statcache.h"
#include "snapshots/statlook.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "tests/unit/scratch.h"

static const uint64_t key = 42;
static const struct oid commit = { "\x01\x02" };

struct cached {
	struct scratch s;
	struct root root;
	struct seen items[8];
	size_t n;
};

static struct stat
stat_of(const struct cached *c, const char *path)
{
	struct stat st;

	assert_int_equal(fstatat(c->s.dirfd, path + 1, &st,
	    AT_SYMLINK_NOFOLLOW), 0);
	return st;
}

static void
add(struct cached *c, const char *path, unsigned flags, const char *line)
{
	struct seen *s = &c->items[c->n++];

	*s = (struct seen){ .path = path, .flags = flags, .line = line,
		.line_len = line != NULL ? strlen(line) : 0 };
	if ((flags & SEEN_ABSENT) == 0) {
		struct stat st = stat_of(c, path);

		s->st = seen_stat_of(&st);
	}
}

static uint64_t
write_cache(const struct cached *c)
{
	struct err e = { 0 };
	uint64_t sum = 0;

	assert_int_equal(statcache_write(c->s.dirfd, "cache", key, &commit, STATCACHE_SAME,
	    c->items, c->n, &sum, &e), 0);
	return sum;
}

/* A small tree whose clock has moved on, and its cache. */
static void
start(struct cached *c)
{
	struct err e = { 0 };

	*c = (struct cached){ .root = { .fd = -1 } };
	scratch_start(&c->s);
	scratch_sh(&c->s, "mkdir -p etc/d pass && echo x > etc/a && "
	    "echo y > etc/d/b && ln -s a etc/l && echo z > pass/f");
	assert_int_equal(root_open(&c->root, c->s.dir, &e), 0);
	add(c, "/etc", SEEN_ENTRY | SEEN_LISTED, "directory etc");
	add(c, "/etc/a", SEEN_ENTRY, "file a");
	add(c, "/etc/d", SEEN_ENTRY | SEEN_LISTED, "directory d");
	add(c, "/etc/d/b", SEEN_ENTRY | SEEN_STORED, "file b");
	add(c, "/etc/l", SEEN_ENTRY, "symlink l");
	add(c, "/gone", SEEN_ABSENT, NULL);
	add(c, "/pass", 0, NULL);
	add(c, "/pass/f", SEEN_ENTRY, "file f");
	write_cache(c);
}

static void
end(struct cached *c)
{
	root_close(&c->root);
	scratch_end(&c->s);
}

static void
what_was_seen_is_found_again(void **state)
{
	CLEANUP(drop_statcache) struct statcache *sc = NULL;
	struct cached c;
	struct seen found;

	(void)state;
	start(&c);
	sc = statcache_open(c.s.dirfd, "cache", &key);
	assert_non_null(sc);
	assert_true(oid_equal(statcache_commit(sc), &commit));
	/* In order, and in any. */
	for (size_t round = 0; round < 2; round++) {
		for (size_t i = 0; i < c.n; i++) {
			const struct seen *s = &c.items[
			    round == 0 ? i : c.n - 1 - i];

			assert_true(statcache_find(sc, s->path, &found));
			assert_string_equal(found.path, s->path);
			assert_int_equal(found.flags, s->flags);
			assert_int_equal(found.line_len, s->line_len);
			assert_true(seen_stat_equal(&found.st, &s->st));
			if (s->line_len > 0)
				assert_memory_equal(found.line, s->line,
				    s->line_len);
		}
	}
	assert_false(statcache_find(sc, "/etc/", &found));
	assert_false(statcache_find(sc, "/zzz", &found));
	assert_false(statcache_find(sc, "/", &found));
	end(&c);
}

static bool
unchanged(struct cached *c)
{
	CLEANUP(drop_statcache) struct statcache *sc =
	    statcache_open(c->s.dirfd, "cache", NULL);

	assert_non_null(sc);
	return statlook_unchanged(sc, &c->root);
}

static void
every_change_is_noticed(void **state)
{
	static const char *const changes[] = {
		"echo xx > etc/a", "rm etc/a", "chmod 600 etc/a",
		"touch etc/new", "touch etc/d/new", "rm etc/d/b",
		"ln -sf b etc/l", "touch gone", "mkdir gone", "rm -r pass",
		"rm -r pass; ln -s etc pass", "rm pass/f",
		"mv etc/a x; cp -p x etc/a",
		("touch -r etc/a y; echo q > etc/a; touch -r y etc/a"),
		"mv etc/d d; ln -s ../d etc/d",
		"rm -r etc",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct cached c;

		start(&c);
		assert_true(unchanged(&c));
		/* Two ticks of the clock, or a change might not show. */
		scratch_sh(&c.s, "sleep 0.02; %s", changes[i]);
		if (unchanged(&c))
			fail_msg("not noticed: %s", changes[i]);
		end(&c);
	}
}

static void
what_no_rule_asks_for_is_no_change(void **state)
{
	struct cached c;

	(void)state;
	start(&c);
	scratch_sh(&c.s, "sleep 0.02; touch pass/new; touch other; "
	    "chmod 700 pass");
	assert_true(unchanged(&c));
	end(&c);
}

static void
what_is_not_trusted_is_always_changed(void **state)
{
	struct cached c;

	(void)state;
	start(&c);
	c.items[1].flags |= SEEN_UNTRUSTED;
	write_cache(&c);
	assert_false(unchanged(&c));
	end(&c);
}

static void
an_object_as_young_as_the_capture_is_racy(void **state)
{
	const int64_t since = 1000000000000, tick = 20000000;
	struct seen_stat st = { 0 };

	(void)state;
	st.mtime = st.ctime = since - tick - 1;
	assert_false(statcache_racy(&st, since));
	st.ctime = since - tick;
	assert_true(statcache_racy(&st, since));
	st.ctime = since + 1;
	assert_true(statcache_racy(&st, since));
	/* A time in the future that somebody set says nothing: ctime cannot
	 * be set, and moves with every change. */
	st.ctime = since - tick - 1;
	st.mtime = since * 2;
	assert_false(statcache_racy(&st, since));
}

static void
a_cache_of_other_questions_is_no_use(void **state)
{
	const uint64_t other = key + 1;
	struct cached c;
	struct statcache *sc;

	(void)state;
	start(&c);
	assert_null(statcache_open(c.s.dirfd, "cache", &other));
	assert_null(statcache_open(c.s.dirfd, "no-cache", &key));
	assert_null(statcache_open(c.s.dirfd, "etc", &key));
	scratch_sh(&c.s, "ln -s cache link; mkfifo fifo; : > empty");
	assert_null(statcache_open(c.s.dirfd, "link", &key));
	assert_null(statcache_open(c.s.dirfd, "fifo", &key));
	assert_null(statcache_open(c.s.dirfd, "empty", &key));
	sc = statcache_open(c.s.dirfd, "cache", NULL);
	assert_non_null(sc);
	statcache_close(sc);
	end(&c);
}

static void
a_damaged_cache_is_not_trusted(void **state)
{
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct cached c;
	struct err e = { 0 };

	(void)state;
	start(&c);
	assert_int_equal(file_read(c.s.dirfd, "cache", 1 << 20, &b, &e), 0);
	for (size_t i = 0; i < b.len; i++) {
		struct statcache *sc;
		const char was = b.bytes[i];

		/* These only fill up the header. */
		if (i >= 52 && i < 56)
			continue;
		b.bytes[i] = (char)(was ^ (1 << i % 8));
		scratch_write(&c.s, "bad", b.bytes, b.len);
		sc = statcache_open(c.s.dirfd, "bad", &key);
		b.bytes[i] = was;
		if (sc != NULL)
			fail_msg("byte %zu of %zu", i, b.len);
	}
	for (size_t len = 0; len < b.len; len += len < 200 ? 1 : 37) {
		scratch_write(&c.s, "bad", b.bytes, len);
		assert_null(statcache_open(c.s.dirfd, "bad", &key));
	}
	end(&c);
}

static void
the_sum_names_this_very_cache(void **state)
{
	CLEANUP(drop_statcache) struct statcache *sc = NULL;
	struct cached c;
	uint64_t one, two;

	(void)state;
	start(&c);
	one = write_cache(&c);
	assert_true(one == write_cache(&c));
	c.items[1].st.mtime++;
	two = write_cache(&c);
	assert_true(one != two);
	sc = statcache_open(c.s.dirfd, "cache", &key);
	assert_true(statcache_sum(sc) == two);
	end(&c);
}

static void
an_empty_cache_is_a_cache(void **state)
{
	CLEANUP(drop_statcache) struct statcache *sc = NULL;
	struct cached c;
	struct seen found;

	(void)state;
	start(&c);
	c.n = 0;
	write_cache(&c);
	sc = statcache_open(c.s.dirfd, "cache", &key);
	assert_non_null(sc);
	assert_false(statcache_find(sc, "/etc", &found));
	assert_true(statlook_unchanged(sc, &c.root));
	end(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_seen_is_found_again),
		cmocka_unit_test(every_change_is_noticed),
		cmocka_unit_test(what_no_rule_asks_for_is_no_change),
		cmocka_unit_test(what_is_not_trusted_is_always_changed),
		cmocka_unit_test(an_object_as_young_as_the_capture_is_racy),
		cmocka_unit_test(a_cache_of_other_questions_is_no_use),
		cmocka_unit_test(a_damaged_cache_is_not_trusted),
		cmocka_unit_test(the_sum_names_this_very_cache),
		cmocka_unit_test(an_empty_cache_is_a_cache),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
