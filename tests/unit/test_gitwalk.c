/* SPDX-License-Identifier: MIT */
#include "snapshots/gitwalk.h"

#include <sys/stat.h>

#include "base/text.h"
#include "tests/unit/git_store.h"

static void
snapshots_have_names_that_people_use(void **state)
{
	struct fixture f;
	struct oid c[3], got;
	char hex[41];
	static const struct {
		const char *spec, *message;
	} wrong[] = {
		{ "nonsense", "nonsense: no such snapshot [say live, "
		    "baseline, live~3 or digits from 'driftctl log']" },
		{ "", "no such snapshot [say live, "
		    "baseline, live~3 or digits from 'driftctl log']" },
		{ "vendor", "vendor: no such snapshot [say live, "
		    "baseline, live~3 or digits from 'driftctl log']" },
		{ "abc", "abc: no such snapshot [say live, "
		    "baseline, live~3 or digits from 'driftctl log']" },
		{ "live~3", "live~3: there are only 2 snapshots before "
		    "'live'" },
		{ "live~x", "live~x: no way to name a snapshot [say live, "
		    "baseline, live~3 or digits from 'driftctl log']" },
		{ "live~99999999999999999999", "live~99999999999999999999: "
		    "no way to name a snapshot [say live, "
		    "baseline, live~3 or digits from 'driftctl log']" },
	};

	(void)state;
	start(&f);
	c[0] = snapshot(&f, "one\n");
	c[1] = snapshot(&f, "two\n");
	c[2] = snapshot(&f, "three\n");
	assert_int_equal(gitrepo_ref_set(f.repo, GITFILES_BASELINE, &c[0],
	    NULL, &f.e), 0);
	for (size_t n = 4; n <= 40; n += 4) {
		CLEANUP(drop_buf) struct buf b = { 0 };

		text_hex(&b, c[1].b, OID_LEN);
		snprintf(hex, sizeof(hex), "%.*s", (int)n, buf_str(&b));
		assert_int_equal(gitwalk_resolve(f.repo, hex, &got, &f.e),
		    0);
		assert_true(oid_equal(&got, &c[1]));
	}
#define IS(spec, want) do {						\
	assert_int_equal(gitwalk_resolve(f.repo, spec, &got, &f.e), 0);	\
	assert_true(oid_equal(&got, &(want)));				\
} while (0)
	IS("live", c[2]);
	IS("live~0", c[2]);
	IS("live~", c[1]);
	IS("live^", c[1]);
	IS("live~1^", c[0]);
	IS("live~2", c[0]);
	IS("baseline", c[0]);
	IS("refs/heads/live", c[2]);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		CLEANUP(drop_buf) struct buf text = { 0 };
		struct err e = { 0 };

		assert_int_equal(gitwalk_resolve(f.repo, wrong[i].spec, &got,
		    &e), -1);
		err_format(&e, &text);
		assert_string_equal(buf_str(&text), wrong[i].message);
	}
	end(&f);
}

static void
digits_of_many_objects_may_still_name_one_snapshot(void **state)
{
	struct fixture f;
	struct packfile *p;
	struct oid c, got, name;
	CLEANUP(drop_buf) struct buf b = { 0 };
	char four[5];
	struct packed fake = { .type = PACKED_BLOB };

	(void)state;
	start(&f);
	c = snapshot(&f, "one\n");
	/* Names that begin alike, under which no object of that hash is. */
	p = packfile_new(gitrepo_pack_fd(f.repo), "pack", &f.e);
	fake.oid = c;
	fake.oid.b[19] ^= 1;
	buf_add(&fake.bytes, "\x30\x78\x9c\x03\x00\x00\x00\x00\x01", 9);
	assert_int_equal(packfile_add(p, &fake, &f.e), 0);
	assert_int_equal(packfile_finish(p, &name, &f.e), 0);
	packed_done(&fake);
	assert_int_equal(gitrepo_refresh(f.repo, &f.e), 0);
	text_hex(&b, c.b, OID_LEN);
	snprintf(four, sizeof(four), "%.4s", buf_str(&b));
	assert_int_equal(gitrepo_prefix(f.repo, four, &got, &f.e), 2);
	assert_int_equal(gitwalk_resolve(f.repo, four, &got, &f.e), 0);
	assert_true(oid_equal(&got, &c));
	end(&f);
}

/*
 * Two commits whose names begin alike, found among those that differ by their
 * time only, on two refs.
 */
static void
digits_of_several_snapshots_are_refused(void **state)
{
	enum { MANY = 2000 };
	CLEANUP(drop_digest) struct digest *d = digest_new();
	CLEANUP(drop_free) struct oid *made = xcalloc(MANY, sizeof(*made));
	struct gitcommit c = { .message = (char *)"x" };
	struct fixture f;
	struct packfile *p;
	struct oid live, name, got;
	int a = 0, b = 0;
	char four[5];

	(void)state;
	start(&f);
	live = snapshot(&f, "one\n");
	assert_int_equal(gitrepo_commit(f.repo, &live, &c, &f.e), 0);
	for (int i = 0; i < MANY && b == 0; i++) {
		CLEANUP(drop_buf) struct buf bytes = { 0 };

		c.time = i;
		gitcommit_format(&bytes, &c, "h");
		digest_object(d, "commit", bytes.bytes, bytes.len, &made[i]);
		for (int j = 0; j < i && b == 0; j++) {
			if (memcmp(made[i].b, made[j].b, 2) == 0) {
				a = j;
				b = i;
			}
		}
	}
	assert_true(b > 0);
	p = packfile_new(gitrepo_pack_fd(f.repo), "pack", &f.e);
	for (int i = 0; i < 2; i++) {
		CLEANUP(drop_buf) struct buf bytes = { 0 };

		c.time = i == 0 ? a : b;
		gitcommit_format(&bytes, &c, "h");
		add(p, PACKED_COMMIT, &bytes);
	}
	gitcommit_done(&c);
	assert_int_equal(packfile_finish(p, &name, &f.e), 0);
	assert_int_equal(gitrepo_refresh(f.repo, &f.e), 0);
	assert_int_equal(gitrepo_ref_set(f.repo, "refs/heads/a", &made[a],
	    NULL, &f.e), 0);
	assert_int_equal(gitrepo_ref_set(f.repo, "refs/heads/b", &made[b],
	    NULL, &f.e), 0);
	snprintf(four, sizeof(four), "%02x%02x", made[a].b[0], made[a].b[1]);
	assert_int_equal(gitwalk_resolve(f.repo, four, &got, &f.e), -1);
	assert_int_equal(f.e.kind, ERR_USAGE);
	assert_string_equal(f.e.what, "more than one snapshot begins "
	    "with these digits [give more of them]");
	end(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(snapshots_have_names_that_people_use),
		cmocka_unit_test(
		    digits_of_many_objects_may_still_name_one_snapshot),
		cmocka_unit_test(digits_of_several_snapshots_are_refused),
	};

	return cmocka_run_group_tests(tests, git_start, git_stop);
}
