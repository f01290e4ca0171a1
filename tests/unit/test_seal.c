/* SPDX-License-Identifier: MIT */
#include "snapshots/seal.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "tests/unit/scratch.h"

static struct seal_key *
key(struct scratch *s, const char *name)
{
	struct err e = { 0 };
	struct seal_key *k = seal_key_load(s->dirfd, name, true, &e);

	assert_non_null(k);
	return k;
}

static void
assert_message(const struct err *e, const char *message)
{
	CLEANUP(drop_buf) struct buf text = { 0 };

	err_format(e, &text);
	assert_string_equal(buf_str(&text), message);
}

static void
sealed_bytes_open_again(void **state)
{
	static const char *const plain[] = { "", "x", "root:$6$abc:0:\n" };
	struct scratch s;
	struct err e = { 0 };
	CLEANUP(drop_seal_key) struct seal_key *k = NULL;

	(void)state;
	scratch_start(&s);
	k = key(&s, "seal.key");
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		CLEANUP(drop_buf) struct buf sealed = { 0 };
		CLEANUP(drop_sealed_buf) struct buf out = { 0 };
		size_t len = strlen(plain[i]);

		buf_adds(&out, "before ");
		seal_bytes(k, plain[i], len, &sealed);
		assert_true(seal_is(sealed.bytes, sealed.len));
		assert_true(text_starts(sealed.bytes, "driftctl-seal1\n"));
		if (len > 1)
			assert_null(memmem(sealed.bytes, sealed.len, plain[i],
			    len));
		assert_int_equal(seal_open(k, "shadow", sealed.bytes,
		    sealed.len, &out, &e), 0);
		assert_int_equal(out.len, 7 + len);
		assert_string_equal(out.bytes + 7, plain[i]);
	}
	assert_false(seal_is("root:x:0:0", 10));
	scratch_end(&s);
}

static void
an_unchanged_secret_is_the_same_object(void **state)
{
	struct scratch s;
	CLEANUP(drop_seal_key) struct seal_key *k = NULL, *again = NULL;
	CLEANUP(drop_buf) struct buf a = { 0 }, b = { 0 }, c = { 0 };

	(void)state;
	scratch_start(&s);
	k = key(&s, "seal.key");
	again = key(&s, "seal.key");
	seal_bytes(k, "secret1", 7, &a);
	seal_bytes(again, "secret1", 7, &b);
	seal_bytes(k, "secret2", 7, &c);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.bytes, b.bytes, a.len);
	/* Neither nonce nor ciphertext of another secret has much in common. */
	assert_memory_not_equal(a.bytes + 15, c.bytes + 15, 24);
	assert_memory_not_equal(a.bytes + 39, c.bytes + 39, 6);
	scratch_end(&s);
}

static void
what_does_not_open_says_why(void **state)
{
	static const char another[] = "shadow: cannot be unsealed: the key is "
	    "another one, or the bytes are damaged [bring back the key they "
	    "were sealed with]";
	struct scratch s;
	CLEANUP(drop_seal_key) struct seal_key *k = NULL, *other = NULL;
	CLEANUP(drop_buf) struct buf sealed = { 0 }, out = { 0 };

	(void)state;
	scratch_start(&s);
	k = key(&s, "seal.key");
	other = key(&s, "other.key");
	seal_bytes(k, "secret", 6, &sealed);
	for (size_t i = 0; i < sealed.len; i++) {
		struct err e = { 0 };

		sealed.bytes[i] ^= 1;
		assert_int_equal(seal_open(k, "shadow", sealed.bytes,
		    sealed.len, &out, &e), -1);
		assert_message(&e, i >= 15 ? another : "shadow: not sealed, "
		    "or sealed by a newer driftctl");
		sealed.bytes[i] ^= 1;
	}
	for (size_t len = 15; len < sealed.len; len++) {
		struct err e = { 0 };

		assert_int_equal(seal_open(k, "shadow", sealed.bytes, len,
		    &out, &e), -1);
		assert_message(&e, len >= 15 + 24 + 16 ? another :
		    "shadow: the sealed bytes are damaged: cut short");
	}
	{
		struct err e = { 0 };

		assert_int_equal(seal_open(other, "shadow", sealed.bytes,
		    sealed.len, &out, &e), -1);
		assert_message(&e, another);
	}
	assert_int_equal(out.len, 0);
	scratch_end(&s);
}

static void
a_key_is_made_once_and_for_its_owner_only(void **state)
{
	struct scratch s;
	struct err e = { 0 };

	(void)state;
	scratch_start(&s);
	assert_null(seal_key_load(s.dirfd, "seal.key", false, &e));
	assert_int_equal(e.kind, ERR_MISSING);
	assert_message(&e, "seal.key: cannot open the key: "
	    "No such file or directory");
	umask(0);
	seal_key_free(key(&s, "seal.key"));
	scratch_sh(&s, "test $(stat -c %%a.%%s seal.key) = 400.32 && "
	    "test $(ls | wc -l) = 1 && cp seal.key was");
	seal_key_free(key(&s, "seal.key"));
	scratch_sh(&s, "cmp seal.key was");
	seal_key_free(key(&s, "other.key"));
	scratch_sh(&s, "! cmp -s seal.key other.key");
	scratch_sh(&s, "mkdir sub");
	seal_key_free(key(&s, "sub/seal.key"));
	scratch_sh(&s, "test $(ls sub) = seal.key");
	err_clear(&e);
	assert_null(seal_key_load(s.dirfd, "none/seal.key", true, &e));
	assert_message(&e, "none/seal.key: cannot open its folder: "
	    "No such file or directory");
	scratch_end(&s);
}

static void
a_key_that_is_none_is_refused(void **state)
{
	static const struct {
		const char *make, *message;
	} cases[] = {
		{ "chmod 0440 k", "k: others can read or change the key, mode "
		    "0440 [run 'chmod 0400' on it]" },
		{ "chmod 0604 k", "k: others can read or change the key, mode "
		    "0604 [run 'chmod 0400' on it]" },
		{ "chmod 600 k; echo >>k", "k: the key is damaged: 33 bytes "
		    "instead of 32 [bring it back from a backup; what was "
		    "sealed with it opens with no other]" },
		{ "rm -f k; mkfifo -m 400 k", "k: the key is no file" },
		{ "mv k l; ln -s l k", "k: cannot open the key: "
		    "Too many levels of symbolic links" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct scratch s;
		struct err e = { 0 };

		scratch_start(&s);
		seal_key_free(key(&s, "k"));
		scratch_sh(&s, "%s", cases[i].make);
		assert_null(seal_key_load(s.dirfd, "k", true, &e));
		assert_message(&e, cases[i].message);
		scratch_end(&s);
	}
}

static void
a_key_of_another_user_is_refused(void **state)
{
	struct scratch s;
	struct err e = { 0 };

	(void)state;
	scratch_start(&s);
	seal_key_free(key(&s, "k"));
	if (fchownat(s.dirfd, "k", 12345, (gid_t)-1, 0) < 0) {
		print_message("needs root to give the key away\n");
		scratch_end(&s);
		skip();
	}
	assert_null(seal_key_load(s.dirfd, "k", true, &e));
	assert_message(&e, "k: the key belongs to user 12345, not to user 0 "
	    "who runs driftctl");
	scratch_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sealed_bytes_open_again),
		cmocka_unit_test(an_unchanged_secret_is_the_same_object),
		cmocka_unit_test(what_does_not_open_says_why),
		cmocka_unit_test(a_key_is_made_once_and_for_its_owner_only),
		cmocka_unit_test(a_key_that_is_none_is_refused),
		cmocka_unit_test(a_key_of_another_user_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
