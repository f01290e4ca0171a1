/* SPDX-License-Identifier: MIT */
#include "base/secrets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/scope.h"

static void
scope_of(struct scope *s)
{
	struct err e = { 0 };

	assert_int_equal(scope_include(s, "/etc/shadow", &e), 0);
	assert_int_equal(scope_include(s, "/etc/**/*.key", &e), 0);
	assert_int_equal(scope_include(s, "/etc/sssd/sssd.conf", &e), 0);
	scope_prepare(s);
}

static void
a_backup_of_a_secret_is_a_secret(void **state)
{
	static const char *const paths[] = {
		"/etc/shadow", "/etc/shadow-", "/etc/shadow~",
		"/etc/shadow.rpmnew", "/etc/shadow.rpmsave",
		"/etc/shadow.rpmorig", "/etc/shadow.dpkg-dist",
		"/etc/shadow.dpkg-old", "/etc/shadow.dpkg-new",
		"/etc/shadow.dpkg-bak", "/etc/shadow.ucf-dist",
		"/etc/shadow.ucf-old", "/etc/shadow.bak", "/etc/shadow.old",
		"/etc/shadow.orig", "/etc/shadow.save", "/etc/shadow.1",
		"/etc/shadow.rpmsave.1", "/etc/shadow.bak.12.old",
		"/etc/shadow.~3~", "/etc/shadow-~", "/etc/shadow.rpmsave~",
		"/etc/x.key", "/etc/ssl/x.key.dpkg-old", "/etc/a/b/x.key-",
		"/etc/sssd/sssd.conf.rpmsave", "/etc/sssd/sssd.conf.rpmnew.2",
	};
	struct scope s = { 0 };

	(void)state;
	scope_of(&s);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (!secrets_has(&s, paths[i]))
			fail_msg("%s", paths[i]);
	scope_done(&s);
}

static void
what_only_looks_like_one_is_none(void **state)
{
	static const char *const paths[] = {
		"/etc/shadowy", "/etc/shadow.conf", "/etc/shadow.bak.conf",
		"/etc/shadow.bak/file", "/etc/passwd-", "/etc/sssd/sssd.conf1",
		"/etc/.bak", "/etc/-", "/etc/~", "/etc/1", "/etc/.1",
		"/etc/~1~", "/etc/.~1~", "/shadow.bak", "/", "/etc/shadow~1",
		"/etc/shadow1",
	};
	struct scope s = { 0 };

	(void)state;
	scope_of(&s);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (secrets_has(&s, paths[i]))
			fail_msg("%s", paths[i]);
	scope_done(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_backup_of_a_secret_is_a_secret),
		cmocka_unit_test(what_only_looks_like_one_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
