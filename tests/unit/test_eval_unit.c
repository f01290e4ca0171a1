/* SPDX-License-Identifier: MIT */
#include "judged.h"

#define LIB "/usr/lib/systemd/system/"
#define ETC "/etc/systemd/system/"

static struct fake_file
to(const char *path, const char *target)
{
	struct fake_file f = { .en = plain };

	f.en.path = path;
	f.en.kind = ENTRY_SYMLINK;
	f.en.target = target;
	return f;
}

/* A rule on a.service. */
static struct rule
rule_on_unit(const char **name)
{
	struct rule r = rule_on(name);

	*name = "a.service";
	r.units = r.paths;
	return r;
}

static const char fragment[] = "[Unit]\nAfter=x.target\n[Service]\n"
    "ExecStartPre=/bin/a\nExecStart=/bin/a\n"
    "[Install]\nWantedBy=m.target\n";

static void
expect_key(const struct fake_file *files, const char *section,
    const char *name, enum test_op op, const char *value,
    const char *expected)
{
	struct test t = { op, { &value, 1, 1 }, { 0 } };
	struct key_demand d = { .section = section, .key = name,
		.tests = { &t, 1, 1 }, .at = { "s.yaml", 20, 1 } };
	const char *unit;
	struct rule r = rule_on_unit(&unit);

	r.keys.items = &d;
	r.keys.n = 1;
	expect(&r, files, expected);
}

static void
keys_are_those_of_all_files_with_the_one_that_decides(void **state)
{
	const struct fake_file files[] = { file(LIB "a.service", fragment),
		file(LIB "service.d/10-all.conf", "[Service]\nNice=5\n"),
		file(LIB "a.service.d/20.conf",
		    "[Service]\nExecStart=\nExecStart=/bin/lost\n"),
		file(ETC "a.service.d/20.conf",
		    "# ours\n\n[Service]\nExecStart=\nExecStart=/bin/b \\\n"
		    "  -x\n[Unit]\nAfter=\nAfter=y.target\n"),
		to(ETC "a.service.d/10-all.conf", "/dev/null"), END };

	(void)state;
	expect_key(files, "Service", "ExecStart", TEST_EQUALS,
	    "/bin/b  -x", "1\n");
	expect_key(files, "Service", "ExecStart", TEST_EQUALS, "/bin/a",
	    "0\nF keys " LIB "a.service>" ETC "a.service.d/20.conf:5 "
	    "[Service] ExecStart is '/bin/b  -x', expected '/bin/a'\n");
	expect_key(files, "Service", "ExecStartPre", TEST_ABSENT, "",
	    "0\nF keys " LIB "a.service:4 [Service] ExecStartPre is "
	    "'/bin/a', expected nothing\n");
	expect_key(files, "Service", "Nice", TEST_ABSENT, "", "1\n");
	/* systemd.unit(5): dependencies cannot be reset. */
	expect_key(files, "Unit", "After", TEST_INCLUDES, "x.target", "1\n");
	expect_key(files, "Unit", "After", TEST_INCLUDES, "z.target",
	    "0\nF keys " LIB "a.service>" ETC "a.service.d/20.conf:9 [Unit] "
	    "After is 'y.target', expected to include 'z.target'\n");
}

static void
a_unit_that_cannot_be_read_is_unknown(void **state)
{
	const struct fake_file files[] = { file(LIB "a.service", fragment),
		file(LIB "a.service.d/1.conf", "\nrubbish\n"), END };

	(void)state;
	expect_key(files, "Service", "Nice", TEST_ABSENT, "",
	    "0\nU keys " LIB "a.service>" LIB "a.service.d/1.conf:2 "
	    "an assignment outside of any [Section]\n");
}

static void
a_list_that_goes_on_unseen_is_judged_as_far_as_it_is_known(void **state)
{
	const struct fake_file files[] = { file(LIB "a.service", fragment),
		file(LIB "a.service.d/1.conf", "rubbish\n"),
		file(LIB "a.service.d/2.conf", "[Unit]\nAfter=b.service\n"),
		END };
	const char *unknown = "U keys " LIB "a.service>" LIB
	    "a.service.d/1.conf:1 an assignment outside of any [Section]\n";
	CLEANUP(drop_free) char *fails = xasprintf("0\nF keys " LIB
	    "a.service>" LIB "a.service.d/2.conf:2 [Unit] After is "
	    "'b.service', expected not to include 'b.service'\n");
	CLEANUP(drop_free) char *neither = xasprintf("0\n%s", unknown);

	(void)state;
	expect_key(files, "Unit", "After", TEST_EXCLUDES, "b.service", fails);
	expect_key(files, "Unit", "After", TEST_EXCLUDES, "c.service",
	    neither);
	expect_key(files, "Unit", "After", TEST_INCLUDES, "b.service",
	    "1\n");
	expect_key(files, "Unit", "After", TEST_INCLUDES, "c.service",
	    neither);
	expect_key(files, "Unit", "After", TEST_EQUALS, "b.service", neither);
}

static void
presence_is_that_of_a_fragment(void **state)
{
	const struct fake_file there[] = { file(LIB "a.service", fragment),
		END };
	const struct fake_file gone[] = {
		file(LIB "a.service.d/1.conf", "[Unit]\n"), END };
	const struct fake_file linked[] = {
		to(ETC "a.service", "/opt/a.service"), END };
	const char *unit;
	struct rule r = rule_on_unit(&unit);

	(void)state;
	expect(&r, gone, "0\n");
	r.require = REQUIRE_PRESENT;
	expect(&r, there, "1\n");
	expect(&r, gone, "0\nF present " LIB "a.service unit a.service is "
	    "missing\n");
	expect(&r, linked, "0\nF present " ETC "a.service is a symlink to "
	    "'/opt/a.service', which is not there\n");
	r.require = REQUIRE_ABSENT;
	expect(&r, gone, "1\n");
	expect(&r, there, "0\nF absent " LIB "a.service is there, but must "
	    "not be\n");
}

static void
a_unit_with_two_names_is_judged_once(void **state)
{
	const struct fake_file files[] = { file(LIB "a.service", fragment),
		to(ETC "b.service", LIB "a.service"),
		file(ETC "b.service.d/1.conf", "[Service]\nNice=5\n"), END };
	const char *names[] = { "b.service", "a.service" }, *unused;
	struct test t = { TEST_EQUALS, TEXTS("4"), { 0 } };
	struct key_demand d = { .section = "Service", .key = "Nice",
		.tests = { &t, 1, 1 }, .at = { "s.yaml", 20, 1 } };
	struct rule r = rule_on_unit(&unused);

	(void)state;
	r.units = (struct texts){ names, 2, 2 };
	r.keys.items = &d;
	r.keys.n = 1;
	expect(&r, files, "0\nF keys " LIB "a.service>" ETC
	    "b.service.d/1.conf:2 [Service] Nice is '5', expected '4'\n");
}

static void
a_mask_is_judged_and_hides_what_it_masks(void **state)
{
	const struct fake_file files[] = { file(LIB "a.service", fragment),
		to(ETC "a.service", "/dev/null"), END };
	const struct fake_file plain_unit[] = {
		file(LIB "a.service", fragment), END };
	static const char masks[] = "0\nF masked " ETC "a.service masks "
	    "a.service, which is never started [systemctl unmask "
	    "a.service]\n";
	const char *unit;
	struct rule r = rule_on_unit(&unit);

	(void)state;
	expect(&r, files, "0\n");
	expect_key(files, "Service", "Nice", TEST_EQUALS, "5", "0\n");
	r.masked = MASKED_NO;
	expect(&r, files, masks);
	expect(&r, plain_unit, "1\n");
	r.masked = MASKED_YES;
	expect(&r, files, "1\n");
	expect(&r, plain_unit, "0\nF masked " LIB "a.service a.service is "
	    "not masked [systemctl mask a.service]\n");
	r.masked = MASKED_ANY;
	r.enabled = ENABLED_YES;
	expect(&r, files, masks);
	r.enabled = ENABLED_ANY;
	r.require = REQUIRE_PRESENT;
	expect(&r, files, masks);
}

static void
enablement_names_the_link_or_the_preset(void **state)
{
	const struct fake_file off[] = { file(LIB "a.service", fragment),
		to(LIB "m.target.wants/a.service", "../a.service"),
		to(ETC "m.target.wants/a.service", "/dev/null"), END };
	const struct fake_file on[] = { file(LIB "a.service", fragment),
		to(ETC "m.target.wants/a.service", LIB "a.service"),
		file("/usr/lib/systemd/system-preset/9.preset",
		    "# none\ndisable *\n"), END };
	static const char none[] = "0\nF enabled " LIB "a.service a.service "
	    "is not enabled: no link starts it [systemctl enable "
	    "a.service]\n";
	const char *unit;
	struct rule r = rule_on_unit(&unit);

	(void)state;
	r.enabled = ENABLED_YES;
	expect(&r, on, "1\n");
	expect(&r, off, none);
	r.enabled = ENABLED_NO;
	expect(&r, off, "1\n");
	expect(&r, on, "0\nF enabled " LIB "a.service>" ETC
	    "m.target.wants/a.service a.service is enabled by '" ETC
	    "m.target.wants/a.service' [systemctl disable a.service]\n");
	r.enabled = ENABLED_PRESET;
	expect(&r, off, none);
	expect(&r, on, "0\nF enabled " LIB "a.service>"
	    "/usr/lib/systemd/system-preset/9.preset:2 a.service is enabled "
	    "by '" ETC "m.target.wants/a.service' [systemctl disable "
	    "a.service]\n");
}

static void
a_preset_has_no_say_in_what_systemctl_does_not_enable(void **state)
{
	const struct fake_file bare[] = {
		file(LIB "a.service", "[Service]\nExecStart=/bin/a\n"
		    "[Install]\nAlso=b.service\n"),
		file(LIB "a.service.d/1.conf", "[Install]\n"
		    "WantedBy=m.target\n"), END };
	const struct fake_file ignored[] = { file(LIB "a.service", fragment),
		file("/usr/lib/systemd/system-preset/9.preset",
		    "ignore a.*\nenable *\n"), END };
	const char *unit;
	struct rule r = rule_on_unit(&unit);

	(void)state;
	r.enabled = ENABLED_PRESET;
	expect(&r, bare, "1\n");
	expect(&r, ignored, "1\n");
	r.enabled = ENABLED_YES;
	expect(&r, bare, "0\nF enabled " LIB "a.service a.service is not "
	    "enabled: no link starts it, and its [Install] section asks for "
	    "none\n");
}

static void
what_generators_write_counts(void **state)
{
	const struct fake_file files[] = {
		file("/run/systemd/generator.late/a.service", fragment),
		to("/run/systemd/generator.late/m.target.wants/a.service",
		    "../a.service"),
		file("/run/systemd/generator/a.service.d/1.conf",
		    "[Service]\nNice=%i5\n"), END };
	const char *unit;
	struct rule r = rule_on_unit(&unit);

	(void)state;
	r.enabled = ENABLED_YES;
	expect(&r, files, "1\n");
	expect_key(files, "Service", "Nice", TEST_EQUALS, "5", "1\n");
}

static void
a_drop_in_that_leads_nowhere_masks_and_is_told(void **state)
{
	const struct fake_file files[] = { file(LIB "a.service", fragment),
		file(LIB "a.service.d/1.conf", "[Service]\nNice=5\n"),
		to(ETC "a.service.d/1.conf", "/etc/gone"), END };

	(void)state;
	expect_key(files, "Service", "Nice", TEST_ABSENT, "", "1\nF present "
	    ETC "a.service.d/1.conf is a symlink to '/etc/gone', which is "
	    "not there\n");
}

/* What its context begins with is hidden. */
static const char *hidden_now;

static const char *
hides(void *ctx, const char *path)
{
	(void)ctx;
	return strncmp(path, hidden_now, strlen(hidden_now)) == 0 ? "why" :
	    NULL;
}

#define UNSEEN_DROPINS "U keys " LIB "a.service a.service may have drop-ins " \
	"in a folder that cannot be read (why)\n"
#define UNSEEN_UNIT(path) "U unit " path " unit a.service may have files in " \
	"a folder that cannot be read (why)\n"
#define UNSEEN_START "U enabled " LIB "a.service whether a.service is " \
	"enabled may hang on a folder that cannot be read (why)\n"
#define KEY "F keys " LIB "a.service:5 [Service] ExecStart is '/bin/a', " \
	"expected '/bin/b'\n"
#define OFF "F enabled " LIB "a.service a.service is not enabled: no link " \
	"starts it [systemctl enable a.service]\n"
#define ON(by) "F enabled " LIB "a.service>" by " a.service is enabled by '" \
	by "' [systemctl disable a.service]\n"

static void
what_is_unseen_of_a_unit_leaves_unknown_what_hangs_on_it(void **state)
{
	static const struct {
		const char *hidden, *rule, *expected;
		bool linked;
	} cases[] = {
		/* Drop-ins decide on keys, and on nothing else. */
		{ ETC "a.service.d/", "enabled: true", "1\n" UNSEEN_DROPINS
		    OFF },
		{ ETC "service.d/", "enabled: false", "2\n"
		    UNSEEN_DROPINS },
		/* Links start it. One that is seen is enough. */
		{ "/run/systemd/system/*.", "enabled: true",
		    "1\n" KEY UNSEEN_START },
		{ "/run/systemd/system/*.", "enabled: true", "2\n" KEY,
		    true },
		{ "/run/systemd/system/*.", "enabled: false", "1\n" KEY
		    ON(ETC "m.target.wants/a.service"), true },
		/* What may be a link to /dev/null of its name. */
		{ "/run/systemd/transient/m", "enabled: false", "1\n" KEY
		    UNSEEN_START, true },
		{ "/etc/systemd/system-preset", "enabled: preset",
		    "1\n" KEY UNSEEN_START },
		/* A folder before the fragment's may have another. */
		{ ETC, "enabled: true", "0\n" UNSEEN_UNIT(LIB "a.service") },
		{ "/lib/systemd/system/a.service", "enabled: true",
		    "1\n" UNSEEN_DROPINS OFF },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct fake_file files[] = {
			file(LIB "a.service", fragment),
			cases[i].linked ? to(ETC "m.target.wants/a.service",
			    LIB "a.service") : (struct fake_file)END, END };
		struct evidence ev = fake_evidence(files);
		char spec[512];

		ev.hidden = hides;
		hidden_now = cases[i].hidden;
		snprintf(spec, sizeof(spec), "spec: t\nrules:\n  - {id: a, "
		    "unit: a.service, why: w, require: present, %s,\n"
		    "     keys: {Service.ExecStart: /bin/b}}\n",
		    cases[i].rule);
		judged(spec, &ev, cases[i].expected, 0);
	}
}

static void
a_unit_that_may_be_unseen_is_neither_there_nor_absent(void **state)
{
	const struct fake_file files[] = { file(ETC "b.service", fragment),
		END };
	struct evidence ev = fake_evidence(files);

	(void)state;
	ev.hidden = hides;
	hidden_now = LIB;
	judged("spec: t\nrules:\n"
	    "  - {id: a, unit: a.service, why: w, require: present}\n"
	    "  - {id: b, unit: b.service, why: w, require: absent}\n", &ev,
	    "0\n" UNSEEN_UNIT(LIB "a.service")
	    "F absent " ETC "b.service is there, but must not be\n", 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    keys_are_those_of_all_files_with_the_one_that_decides),
		cmocka_unit_test(a_unit_that_cannot_be_read_is_unknown),
		cmocka_unit_test(
		    a_list_that_goes_on_unseen_is_judged_as_far_as_it_is_known),
		cmocka_unit_test(presence_is_that_of_a_fragment),
		cmocka_unit_test(a_unit_with_two_names_is_judged_once),
		cmocka_unit_test(a_mask_is_judged_and_hides_what_it_masks),
		cmocka_unit_test(enablement_names_the_link_or_the_preset),
		cmocka_unit_test(
		    a_preset_has_no_say_in_what_systemctl_does_not_enable),
		cmocka_unit_test(what_generators_write_counts),
		cmocka_unit_test(
		    a_drop_in_that_leads_nowhere_masks_and_is_told),
		cmocka_unit_test(
		    what_is_unseen_of_a_unit_leaves_unknown_what_hangs_on_it),
		cmocka_unit_test(
		    a_unit_that_may_be_unseen_is_neither_there_nor_absent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
