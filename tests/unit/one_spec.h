/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_ONE_SPEC_H
#define TESTS_UNIT_ONE_SPEC_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "specs/catalogue.h"

/* A catalogue of one spec, t.yaml, on a machine of which all is known. */
struct fixture {
	struct catalogue c;
	struct diagnostics diags;
};

static inline bool
has_package(void *ctx, const char *name)
{
	(void)ctx;
	return strcmp(name, "postfix") == 0;
}

static inline bool
has_path(void *ctx, const char *path)
{
	(void)ctx;
	return strcmp(path, "/usr/sbin/saslauthd") == 0;
}

static const struct facts machine = {
	.hostname = "mx1", .os_id = "opensuse-leap", .os_version = "15.6",
	.arch = "x86_64", .has_package = has_package, .has_path = has_path,
};

static inline void
drop_fixture(struct fixture *f)
{
	catalogue_done(&f->c);
	diagnostics_done(&f->diags);
}

static inline void
build(struct fixture *f, const char *yaml)
{
	const struct spec_source s = { "t.yaml", yaml, strlen(yaml), NULL };

	catalogue_build(&f->c, &s, 1, NULL, &machine, &f->diags);
}

/* The rule of a spec that must be without mistakes. */
static inline const struct rule *
one_rule(struct fixture *f, const char *keys)
{
	CLEANUP(drop_free) char *yaml = xasprintf("spec: t\n"
	    "vars: {names: [imap, smtp], one: 'a.b'}\n"
	    "rules:\n  - id: r\n    why: because\n%s", keys);

	build(f, yaml);
	for (size_t i = 0; i < f->diags.n; i++) {
		CLEANUP(drop_buf) struct buf line = { 0 };

		diagnostic_format(&f->diags.items[i], &line);
		fail_msg("%s", buf_str(&line));
	}
	assert_int_equal(f->c.n, 1);
	assert_int_equal(f->c.specs[0]->n_rules, 1);
	return &f->c.specs[0]->rules[0];
}

#define RULE(keys)							\
	CLEANUP(drop_fixture) struct fixture f = { 0 };			\
	const struct rule *r = one_rule(&f, keys)

#endif
