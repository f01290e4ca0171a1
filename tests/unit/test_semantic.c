/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/semantic/semantic.h"
#include "base/file.h"
#include "base/monotime.h"
#include "tests/unit/lenses_group.h"

#define CASES "tests/cases/semantic"

/* "" where there is no such file. */
static void
read_part(const char *name, const char *part, struct buf *out)
{
	CLEANUP(drop_free) char *path = xasprintf(CASES "/%s/%s", name, part);
	CLEANUP(drop_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct err e = { 0 };

	if (fd >= 0)
		assert_int_equal(file_read_fd(fd, path, 1 << 24, out, &e), 0);
}

static void
told(const char *path, bool secret, const struct buf *a, const struct buf *b,
    struct semantic *out)
{
	const struct semantic_input in = { .path = path, .lenses = lenses,
		.secret = secret, .was = { buf_str(a), a->len },
		.is = { buf_str(b), b->len } };

	semantic_compare(&in, out);
}

/* A sentence a line; of what is not told, why. */
static void
say(const struct semantic *s, struct buf *out)
{
	static const char *const outcomes[] = { "", "unknown", "unread was",
		"unread is", "too large" };

	if (s->outcome != SEMANTIC_TOLD)
		buf_addf(out, "! %s: %u: %s\n", outcomes[s->outcome],
		    s->wrong.line, s->wrong.what);
	for (size_t i = 0; i < s->n; i++)
		buf_addf(out, "%s\n", s->items[i].sentence);
}

static bool
one_case(const char *name)
{
	CLEANUP(drop_buf) struct buf a = { 0 };
	CLEANUP(drop_buf) struct buf b = { 0 };
	CLEANUP(drop_buf) struct buf want = { 0 };
	CLEANUP(drop_buf) struct buf path = { 0 };
	CLEANUP(drop_buf) struct buf secret = { 0 };
	CLEANUP(drop_buf) struct buf got = { 0 };
	CLEANUP(drop_semantic) struct semantic s = { 0 };

	read_part(name, "a", &a);
	read_part(name, "b", &b);
	read_part(name, "want", &want);
	read_part(name, "path", &path);
	read_part(name, "secret", &secret);
	assert_true(path.len > 1 && want.len > 0);
	buf_truncate(&path, path.len - 1);
	told(buf_str(&path), secret.len > 0, &a, &b, &s);
	say(&s, &got);
	if (strcmp(buf_str(&got), buf_str(&want)) == 0)
		return true;
	print_error("%s: %s\n--- want\n%s--- got\n%s", name, buf_str(&path),
	    buf_str(&want), buf_str(&got));
	return false;
}

static void
what_changed_is_told_as_a_person_would(void **state)
{
	CLEANUP(drop_dir) DIR *d = opendir(CASES);
	const struct dirent *de;
	size_t n = 0, wrong = 0;

	(void)state;
	assert_non_null(d);
	while ((de = readdir(d)) != NULL) {
		if (de->d_name[0] == '.')
			continue;
		n++;
		wrong += !one_case(de->d_name);
	}
	assert_true(n >= 60);
	assert_int_equal(wrong, 0);
}

/* Calls each with both versions of every case. */
static void
for_all(void (*each)(const char *path, const struct buf *a,
    const struct buf *b, bool secret))
{
	CLEANUP(drop_dir) DIR *d = opendir(CASES);
	const struct dirent *de;

	assert_non_null(d);
	while ((de = readdir(d)) != NULL) {
		CLEANUP(drop_buf) struct buf a = { 0 };
		CLEANUP(drop_buf) struct buf b = { 0 };
		CLEANUP(drop_buf) struct buf path = { 0 };
		CLEANUP(drop_buf) struct buf secret = { 0 };

		if (de->d_name[0] == '.')
			continue;
		read_part(de->d_name, "a", &a);
		read_part(de->d_name, "b", &b);
		read_part(de->d_name, "path", &path);
		read_part(de->d_name, "secret", &secret);
		buf_truncate(&path, path.len - 1);
		each(buf_str(&path), &a, &b, secret.len > 0);
	}
}

static void
one_same(const char *path, const struct buf *a, const struct buf *b,
    bool secret)
{
	const struct buf *sides[] = { a, b };

	for (size_t i = 0; i < 2; i++) {
		CLEANUP(drop_semantic) struct semantic s = { 0 };

		told(path, secret, sides[i], sides[i], &s);
		assert_true(s.outcome == SEMANTIC_TOLD ||
		    s.outcome == SEMANTIC_UNKNOWN);
		assert_int_equal(s.n, 0);
	}
}

static void
the_same_file_differs_in_nothing(void **state)
{
	(void)state;
	for_all(one_same);
}

/* "KIND was -> is" as it is, or as it is when looked at from the other side;
 * of what moved only that something did. */
static char *
facts(const struct semantic_change *c, bool mirrored)
{
	static const enum semantic_kind other[] = {
		[SEMANTIC_ADDED] = SEMANTIC_REMOVED,
		[SEMANTIC_REMOVED] = SEMANTIC_ADDED,
		[SEMANTIC_CHANGED] = SEMANTIC_CHANGED,
		[SEMANTIC_MOVED] = SEMANTIC_MOVED,
		[SEMANTIC_GAINED] = SEMANTIC_LOST,
		[SEMANTIC_LOST] = SEMANTIC_GAINED,
		[SEMANTIC_LAYOUT] = SEMANTIC_LAYOUT,
	};
	const char *was = mirrored ? c->is : c->was;
	const char *is = mirrored ? c->was : c->is;

	if (c->kind == SEMANTIC_MOVED)
		was = is = NULL;
	return xasprintf("%s %s -> %s", semantic_kind_name(mirrored ?
	    other[c->kind] : c->kind), was != NULL ? was : "-",
	    is != NULL ? is : "-");
}

static void
one_mirrored(const char *path, const struct buf *a, const struct buf *b,
    bool secret)
{
	CLEANUP(drop_semantic) struct semantic s = { 0 };
	CLEANUP(drop_semantic) struct semantic t = { 0 };
	bool used[64] = { false };

	told(path, secret, a, b, &s);
	told(path, secret, b, a, &t);
	assert_int_equal(s.n, t.n);
	assert_true(s.n < 64);
	for (size_t i = 0; i < s.n; i++) {
		CLEANUP(drop_free) char *fact = facts(&s.items[i], true);
		size_t k = 0;

		for (; k < t.n; k++) {
			CLEANUP(drop_free) char *twin = facts(&t.items[k],
			    false);

			if (!used[k] && strcmp(fact, twin) == 0)
				break;
		}
		if (k == t.n)
			fail_msg("%s: %s: not told the other way round", path,
			    fact);
		used[k] = true;
	}
}

static void
looked_at_from_the_other_side_it_is_the_mirror_image(void **state)
{
	(void)state;
	for_all(one_mirrored);
}

/* How each format writes a key of section s. */
static const struct dialect {
	const char *path, *section, *assigns, *place;
} dialects[] = {
	{ "/etc/x.conf", "[s%u]\n", "k%u = %s\n", "[s%u] k%u" },
	{ "/etc/systemd/system/x.service", "[S%u]\n", "K%u=%s\n",
	    "[S%u] K%u" },
	{ "/etc/sysconfig/x", "# part %u\n", "K%u=\"%s\"\n", NULL },
	{ "/etc/postfix/main.cf", "# part %u\n", "k%u = %s\n", NULL },
	{ "/etc/ssh/sshd_config", "Match User u%u\n", "K%u %s\n",
	    "Match User u%u K%u" },
	{ "/etc/cron.d/x", "# part %u\n", "K%u=%s\n", NULL },
};

enum { KEYS = 40, EACH = 8 };

/* A file of KEYS keys, values[i] of each; NULL: it is not there. */
static void
write_keys(const struct dialect *d, const char *const values[KEYS],
    struct buf *out)
{
	for (unsigned i = 0; i < KEYS; i++) {
		if (i % EACH == 0)
			buf_addf(out, d->section, i / EACH);
		if (values[i] != NULL)
			buf_addf(out, d->assigns, i, values[i]);
	}
}

static void
one_edit(const struct dialect *d, unsigned seed)
{
	static const char *const words[] = { "yes", "no", "/a/b", "1:2", "x" };
	const char *values[KEYS], *was, *is;
	CLEANUP(drop_buf) struct buf a = { 0 };
	CLEANUP(drop_buf) struct buf b = { 0 };
	CLEANUP(drop_buf) struct buf place = { 0 };
	CLEANUP(drop_semantic) struct semantic s = { 0 };
	unsigned which = (unsigned)rand_r(&seed) % KEYS, how;

	for (unsigned i = 0; i < KEYS; i++)
		values[i] = words[(unsigned)rand_r(&seed) % 5];
	how = (unsigned)rand_r(&seed) % 3;
	was = values[which] = how == 1 ? NULL : "before";
	write_keys(d, values, &a);
	is = values[which] = how == 2 ? NULL : "after";
	write_keys(d, values, &b);
	told(d->path, false, &a, &b, &s);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.items[0].kind, how == 1 ? SEMANTIC_ADDED :
	    how == 2 ? SEMANTIC_REMOVED : SEMANTIC_CHANGED);
	if (d->place != NULL)
		buf_addf(&place, d->place, which / EACH, which);
	else
		buf_addf(&place, d->assigns[0] == 'k' ? "k%u" : "K%u", which);
	assert_string_equal(s.items[0].place, buf_str(&place));
	assert_string_equal(was != NULL ? s.items[0].was : "",
	    was != NULL ? was : "");
	assert_string_equal(is != NULL ? s.items[0].is : "",
	    is != NULL ? is : "");
}

static void
an_edit_of_one_key_is_told_as_that_and_nothing_else(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(dialects) / sizeof(dialects[0]); i++)
		for (unsigned seed = 0; seed < 100; seed++)
			one_edit(&dialects[i], seed);
}

/* A stack of lines; one word comes, goes, or is another; or a line moves. */
static void
one_pam_edit(unsigned seed)
{
	const unsigned lines = 12, which = (unsigned)rand_r(&seed) % lines;
	const unsigned how = (unsigned)rand_r(&seed) % 4;
	CLEANUP(drop_buf) struct buf a = { 0 };
	CLEANUP(drop_buf) struct buf b = { 0 };
	CLEANUP(drop_semantic) struct semantic s = { 0 };
	CLEANUP(drop_free) char *module = xasprintf("pam_m%u.so", which);

	for (unsigned i = 0; i < lines; i++) {
		CLEANUP(drop_free) char *line = xasprintf("auth required "
		    "pam_m%u.so one", i);

		buf_addf(&a, "%s%s\n", line, i == which && how == 1 ?
		    " two=1" : "");
		if (how == 3 && i == which)
			continue;
		buf_addf(&b, "%s%s\n", line, i != which ? "" : how == 0 ?
		    " two=1" : how == 1 ? " two=2" : "");
	}
	if (how == 3)
		buf_addf(&b, "auth required %s one\n", module);
	told("/etc/pam.d/x", false, &a, &b, &s);
	if (how == 2 || (how == 3 && which == lines - 1)) {
		assert_int_equal(s.n, 0);
		return;
	}
	assert_int_equal(s.n, 1);
	assert_int_equal(s.items[0].kind, how == 0 ? SEMANTIC_GAINED :
	    how == 1 ? SEMANTIC_CHANGED : SEMANTIC_MOVED);
	/* Of two neighbours either may be said to have passed the other. */
	if (how < 3 || which != lines - 2)
		assert_string_equal(s.items[0].is, how == 0 ? "two=1" :
		    how == 1 ? "two=2" : module);
	if (how < 3)
		assert_non_null(strstr(s.items[0].place, module));
}

static void
an_edit_of_a_stack_is_told_as_that_and_nothing_else(void **state)
{
	(void)state;
	for (unsigned seed = 0; seed < 300; seed++)
		one_pam_edit(seed);
}

/* What costs the most: many of one name, many that are new, one long list. */
static void
add_huge(struct buf *out, unsigned shape, unsigned seed)
{
	buf_adds(out, shape == 3 ? "<a>\n" : "[s]\n");
	if (shape == 2)
		buf_adds(out, "k =");
	for (unsigned i = 0; i < 150000; i++) {
		unsigned x = (unsigned)rand_r(&seed);

		if (shape == 0)
			buf_addf(out, "k=%u\n", x);
		else if (shape == 1)
			buf_addf(out, "k%u=%u\n", x, i);
		else if (shape == 2)
			buf_addf(out, " %u=x", x);
		else if (i < 60000)
			buf_addf(out, "<b n='%u'/>\n", x);
	}
	buf_adds(out, shape == 3 ? "</a>\n" : "\n");
}

static void
huge_files_cost_seconds_at_most(void **state)
{
	(void)state;
	for (unsigned shape = 0; shape < 4; shape++) {
		CLEANUP(drop_buf) struct buf a = { 0 };
		CLEANUP(drop_buf) struct buf b = { 0 };
		CLEANUP(drop_semantic) struct semantic s = { 0 };
		int64_t from = monotime_ms();

		add_huge(&a, shape, 1);
		add_huge(&b, shape, 2);
		told(shape == 3 ? "/etc/x.xml" : "/etc/x.conf", false, &a, &b,
		    &s);
		assert_int_equal(s.outcome, SEMANTIC_TOLD);
		assert_true(s.n > 0);
		assert_true(monotime_ms() - from < 10000);
	}
}

static void
a_summary_is_one_line(void **state)
{
	static const char one[] = "[a]\nk = 1\n", two[] = "[a]\nk = 2\n";
	static const char more[] = "[a]\nk = 2\nl = 3\nm = 4\n";
	CLEANUP(drop_buf) struct buf b = { 0 };

	(void)state;
#define SUM(path, x, y, secret) semantic_summary(path,			\
    &(struct semantic_text){ x, sizeof(x) - 1 },			\
    &(struct semantic_text){ y, sizeof(y) - 1 }, secret, &b)
	assert_true(SUM("/etc/x.conf", one, two, false));
	assert_string_equal(buf_str(&b), "[a] k: 1 -> 2");
	buf_reset(&b);
	assert_true(SUM("/etc/x.conf", one, two, true));
	assert_string_equal(buf_str(&b), "[a] k changed (secret)");
	buf_reset(&b);
	assert_true(SUM("/etc/x.conf", one, more, false));
	assert_string_equal(buf_str(&b),
	    "[a] k: 1 -> 2 (and 2 more changes)");
	buf_reset(&b);
	assert_false(SUM("/etc/x.conf", one, one, false));
	assert_false(SUM("/etc/motd", one, two, false));
	assert_int_equal(b.len, 0);
#undef SUM
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_changed_is_told_as_a_person_would),
		cmocka_unit_test(the_same_file_differs_in_nothing),
		cmocka_unit_test(
		    looked_at_from_the_other_side_it_is_the_mirror_image),
		cmocka_unit_test(
		    an_edit_of_one_key_is_told_as_that_and_nothing_else),
		cmocka_unit_test(
		    an_edit_of_a_stack_is_told_as_that_and_nothing_else),
		cmocka_unit_test(huge_files_cost_seconds_at_most),
		cmocka_unit_test(a_summary_is_one_line),
	};

	return cmocka_run_group_tests(tests, lenses_start,
	    lenses_stop);
}
