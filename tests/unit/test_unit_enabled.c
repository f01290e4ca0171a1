/* SPDX-License-Identifier: MIT */
#include "specs/unit_load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "tests/unit/systemd_judge.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* What makes an enabled unit of a.service, and what does not. */
static const struct { const char *make, *link; bool enabled; } links[] = {
	{ ":", NULL, false },
	{ "mkdir -p etc/systemd/system/multi-user.target.wants && ln -s "
	    "/usr/lib/systemd/system/a.service "
	    "etc/systemd/system/multi-user.target.wants/a.service",
	    "/etc/systemd/system/multi-user.target.wants/a.service", true },
	{ "mkdir -p etc/systemd/system/x.target.requires && ln -s "
	    "/usr/lib/systemd/system/a.service "
	    "etc/systemd/system/x.target.requires/a.service",
	    "/etc/systemd/system/x.target.requires/a.service", true },
	{ "mkdir -p etc/systemd/system && ln -s "
	    "/usr/lib/systemd/system/a.service "
	    "etc/systemd/system/b.service",
	    "/etc/systemd/system/b.service", true },
	{ "mkdir -p etc/systemd/system/multi-user.target.wants && ln -s "
	    "/usr/lib/systemd/system/c.service "
	    "etc/systemd/system/multi-user.target.wants/c.service",
	    NULL, false },
};

static void
a_unit_is_enabled_by_the_links_that_systemctl_counts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(links); i++) {
		struct scratch s;
		struct folder f = { .s = &s };
		const struct evidence ev = folder_evidence(&f);
		struct unit u;
		const char *by;

		scratch_start(&s);
		scratch_sh(&s, "mkdir -p usr/lib/systemd/system && printf "
		    "'[Service]\\nExecStart=/bin/true\\n[Install]\\n"
		    "WantedBy=multi-user.target\\nAlias=b.service\\n' > "
		    "usr/lib/systemd/system/a.service");
		scratch_sh(&s, "%s", links[i].make);
		unit_load(&ev, "a.service", &f.arena, &u);
		by = unit_enabled_by(&ev, &u, &f.arena);
		assert_int_equal(by != NULL, links[i].enabled);
		if (by != NULL)
			assert_string_equal(by, links[i].link);
		if (HAS(&s, "systemctl"))
			assert_int_equal(scratch_try(&s, "systemctl "
			    "--root=$PWD is-enabled a.service > told 2>&1") ==
			    0, links[i].enabled);
		else
			print_message("systemctl is not here to judge by\n");
		arena_done(&f.arena);
		scratch_end(&s);
	}
}

static void
presets_are_read_as_systemctl_does(void **state)
{
	static const struct { const char *file, *text, *name; bool enable; }
	    cases[] = {
		{ "usr/lib/systemd/system-preset/90.preset",
		    "disable *\n", "a.service", false },
		{ "usr/lib/systemd/system-preset/90.preset",
		    "# enable a.service\nenable b.*\nenable a.service\n"
		    "disable *\n", "a.service", true },
		{ "usr/lib/systemd/system-preset/90.preset",
		    "enable a@.service x y\ndisable *\n", "a@y.service",
		    true },
		{ "usr/lib/systemd/system-preset/90.preset",
		    "enable a@.service x y\ndisable *\n", "a@z.service",
		    false },
		{ "usr/lib/systemd/system-preset/90.preset", "\n",
		    "a.service", true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct scratch s;
		struct folder f = { .s = &s };
		const struct evidence ev = folder_evidence(&f);
		struct unit_preset p;
		struct err e = { 0 };

		scratch_start(&s);
		scratch_sh(&s, "mkdir -p usr/lib/systemd/system-preset "
		    "usr/lib/systemd/system etc/systemd/system && for u in "
		    "a.service a@.service; do printf '[Service]\\n"
		    "ExecStart=/bin/true\\n[Install]\\nWantedBy="
		    "multi-user.target\\n' > usr/lib/systemd/system/$u; done");
		scratch_write(&s, cases[i].file, cases[i].text,
		    strlen(cases[i].text));
		assert_int_equal(unit_preset(&ev, cases[i].name, &f.arena, &p,
		    &e), 0);
		assert_int_equal(p.enable, cases[i].enable);
		if (HAS(&s, "systemctl"))
			assert_int_equal(scratch_try(&s, "systemctl "
			    "--root=$PWD preset %s > told 2>&1 && systemctl "
			    "--root=$PWD is-enabled %s > told 2>&1",
			    cases[i].name, cases[i].name) == 0,
			    cases[i].enable);
		else
			print_message("systemctl is not here to judge by\n");
		arena_done(&f.arena);
		scratch_end(&s);
	}
}

/* A preset file of a few lines in one of the folders. */
static void
plant_preset(const struct scratch *s, unsigned *seed)
{
	static const char *const dirs[] = { "etc", "run", "usr/lib" };
	static const char *const lines[] = { "enable a.service",
		"disable a.service", "enable a*", "disable *", "enable *",
		"disable ?.service", "enable [ab].service", "# enable a.service",
		"; disable *", "enable a@.service x", "disable a@.service",
		"disable a@*", "enable b.service", "rubbish a.service",
		"  enable   a.service  ", "enable a@x.service" };
	const char *dir = dirs[draw(seed, COUNT(dirs))];
	unsigned nth = draw(seed, 3);

	scratch_sh(s, "d=%s/systemd/system-preset; mkdir -p $d; "
	    "printf '%%s\\n' '%s' '%s' > $d/%u.preset", dir,
	    lines[draw(seed, COUNT(lines))], lines[draw(seed, COUNT(lines))],
	    nth);
	if (draw(seed, 5) == 0)
		scratch_sh(s, "mkdir -p etc/systemd/system-preset; ln -sf "
		    "/dev/null etc/systemd/system-preset/%u.preset", nth);
}

static void
generated_presets_are_read_as_systemctl_does(void **state)
{
	static const char *const asked[] = { "a.service", "a@x.service",
		"a@y.service" };
	unsigned seed = 3;

	(void)state;
	for (int i = 0; i < 40; i++) {
		struct scratch s;
		struct folder f = { .s = &s };
		const struct evidence ev = folder_evidence(&f);

		scratch_start(&s);
		if (!HAS(&s, "systemctl")) {
			scratch_end(&s);
			print_message("systemctl is not here to judge by\n");
			skip();
		}
		scratch_sh(&s, "mkdir -p usr/lib/systemd/system "
		    "etc/systemd/system && for u in a.service a@.service; do "
		    "printf '[Service]\\nExecStart=/bin/true\\n[Install]\\n"
		    "WantedBy=multi-user.target\\n' > "
		    "usr/lib/systemd/system/$u; done");
		for (int k = 0; k < 3; k++)
			plant_preset(&s, &seed);
		for (size_t k = 0; k < COUNT(asked); k++) {
			struct unit_preset p;
			struct err e = { 0 };
			bool theirs = scratch_try(&s, "systemctl --root=$PWD "
			    "preset %s > told 2>&1 && systemctl --root=$PWD "
			    "is-enabled %s > told 2>&1", asked[k],
			    asked[k]) == 0;

			assert_int_equal(unit_preset(&ev, asked[k], &f.arena,
			    &p, &e), 0);
			if (p.enable != theirs) {
				scratch_try(&s, "grep -r . */systemd "
				    "usr/lib/systemd/system-preset");
				fail_msg("layout %d: %s: ours %d", i,
				    asked[k], p.enable);
			}
		}
		arena_done(&f.arena);
		scratch_end(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_unit_is_enabled_by_the_links_that_systemctl_counts),
		cmocka_unit_test(presets_are_read_as_systemctl_does),
		cmocka_unit_test(generated_presets_are_read_as_systemctl_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
