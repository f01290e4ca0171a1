/* SPDX-License-Identifier: MIT */
#include "specs/unit_load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/path.h"
#include "base/vec.h"
#include "specs/unit_name.h"
#include "tests/unit/folder_evidence.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* systemd's own programs are the judges where they are there. */
#define HAS(s, program)							\
	(scratch_try((s), "command -v " program " > /dev/null") == 0)

static void
names_of_units_are_told_from_other_names(void **state)
{
	static const struct { const char *name; bool is; } cases[] = {
		{ "spamd.service", true }, { "getty@tty1.service", true },
		{ "getty@.service", true }, { "-.mount", true },
		{ "dev-disk-by\\x2dlabel.swap", true },
		{ "spamd", false }, { "spamd.conf", false },
		{ ".service", false }, { "@a.service", false },
		{ "a/b.service", false }, { "*.service", false }, { "", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(unit_name_is(cases[i].name), cases[i].is);
}

static void
drop_ins_are_looked_for_under_every_shorter_name(void **state)
{
	static const struct { const char *name, *folders; } cases[] = {
		{ "a.service", "a.service " },
		{ "a-b-c.service", "a-b-c.service a-b-.service a-.service " },
		{ "a-.service", "a-.service " },
		{ "-.mount", "-.mount " },
		{ "a@i.service", "a@i.service a@.service " },
		{ "a-b@i.service", "a-b@i.service a-b@.service a-.service "
		    "a-@i.service a-@.service " },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		CLEANUP(drop_buf) struct buf b = { 0 };
		struct arena a = { 0 };
		struct texts t = { 0 };

		unit_name_dropins(&a, cases[i].name, &t);
		for (size_t k = 0; k < t.n; k++)
			buf_addf(&b, "%s ", t.items[k]);
		assert_string_equal(buf_str(&b), cases[i].folders);
		arena_done(&a);
	}
}

static void
all_files_of_a_unit_are_tracked(void **state)
{
	static const char *const wanted[] = {
		"/etc/systemd/system/a-b@i.service",
		"/usr/lib/systemd/system/a-b@.service",
		"/usr/lib/systemd/system/a-@.service.d/*.conf",
		"/run/systemd/system/service.d/*.conf",
		"/etc/systemd/system.control/a-b@i.service.d/*.conf",
		"/etc/systemd/system/*.wants/a-b@i.service",
		"/etc/systemd/system/*.requires/a-b@i.service",
	};
	struct arena a = { 0 };
	struct texts t = { 0 };

	(void)state;
	unit_name_track(&a, "a-b@i.service", &t);
	for (size_t i = 0; i < COUNT(wanted); i++)
		assert_false(texts_add_once(&a, &t, wanted[i]));
	t.n = 0;
	unit_name_track(&a, "x\\x2dy@.service", &t);
	assert_false(texts_add_once(&a, &t,
	    "/etc/systemd/system/*.wants/x\\\\x2dy@*.service"));
	arena_done(&a);
}

/* "loaded FRAGMENT DROPIN…", "masked" or "not-found". */
static void
tell_ours(const struct scratch *s, const char *name, struct buf *out)
{
	struct folder f = { .s = s };
	const struct evidence ev = folder_evidence(&f);
	struct unit u;

	unit_load(&ev, name, &f.arena, &u);
	if (u.fragment == NULL)
		buf_adds(out, "not-found");
	else if (u.masked)
		buf_adds(out, "masked");
	else
		buf_addf(out, "loaded %s", u.fragment);
	for (size_t i = 0; i < u.dropins.n; i++)
		buf_addf(out, " %s", u.dropins.items[i]);
	arena_done(&f.arena);
}

/* systemd lists a drop-in that is /dev/null as one that says nothing. */
static void
add_path(const struct scratch *s, const char *path, const char *before,
    struct buf *out)
{
	char target[16] = "";

	if (strncmp(path, s->dir, strlen(s->dir)) == 0)
		path += strlen(s->dir);
	if (readlinkat(s->dirfd, path + 1, target, sizeof(target) - 1) < 0 ||
	    strcmp(target, "/dev/null") != 0)
		buf_addf(out, "%s%s", before, path);
}

/* Returns what stands behind `what` in a line, or NULL. */
static char *
behind(char *line, const char *what)
{
	line += strspn(line, " \t");
	return strncmp(line, what, strlen(what)) == 0 ? line + strlen(what) :
	    NULL;
}

/* One block of what systemd tells about all units that it loaded. */
static void
tell_block(const struct scratch *s, char *block, const char *name,
    struct buf *out)
{
	CLEANUP(drop_buf) struct buf b = { 0 };
	bool ours = false;
	char *save = NULL, *v;

	for (char *l = strtok_r(block, "\n", &save); l != NULL;
	    l = strtok_r(NULL, "\n", &save)) {
		if ((v = behind(l, "-> Unit ")) != NULL) {
			v[strlen(v) - 1] = '\0';
			ours |= strcmp(v, name) == 0;
		} else if ((v = behind(l, "Alias: ")) != NULL) {
			ours |= strcmp(v, name) == 0;
		} else if ((v = behind(l, "Unit Load State: ")) != NULL) {
			buf_adds(&b, v);
		} else if ((v = behind(l, "Fragment Path: ")) != NULL &&
		    strcmp(buf_str(&b), "loaded") == 0) {
			add_path(s, v, " ", &b);
		} else if ((v = behind(l, "DropIn Path: ")) != NULL) {
			add_path(s, v, " ", &b);
		}
	}
	if (ours)
		buf_adds(out, buf_str(&b));
}

static void
tell_theirs(const struct scratch *s, const char *name, struct buf *out)
{
	CLEANUP(drop_buf) struct buf all = { 0 };
	CLEANUP(drop_buf) struct buf paths = { 0 };
	struct err e = { 0 };
	char *block, *next;
	bool masked;
	int fd;

	for (size_t i = 0; unit_folders[i] != NULL; i++)
		buf_addf(&paths, "%s%s%s", i > 0 ? ":" : "", s->dir,
		    unit_folders[i]);
	scratch_try(s, "SYSTEMD_UNIT_PATH=%s SYSTEMD_LOG_LEVEL=debug "
	    "systemd-analyze verify --man=no --generators=no %s > told 2>&1",
	    buf_str(&paths), name);
	fd = openat(s->dirfd, "told", O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(file_read_fd(fd, "told", 64 << 20, &all, &e), 0);
	close(fd);
	buf_addc(&all, '\0');
	masked = strstr(all.bytes, " is masked.\n") != NULL;
	for (block = strstr(all.bytes, "-> Unit "); block != NULL;
	    block = next) {
		next = strstr(block + 1, "-> Unit ");
		if (next != NULL)
			next[-1] = '\0';
		tell_block(s, block, name, out);
	}
	/* Of a masked unit nothing more is told. */
	if (out->len == 0)
		buf_adds(out, masked ? "masked" : "not-found");
}

/* Whether the judge can be asked at all: containers may forbid it. */
static bool
judge_works(const struct scratch *s)
{
	CLEANUP(drop_buf) struct buf b = { 0 };

	if (!HAS(s, "systemd-analyze"))
		return false;
	scratch_sh(s, "mkdir -p etc/systemd/system && cd etc/systemd/system && "
	    "printf '[Service]\\nExecStart=/bin/true\\n' > try.service");
	tell_theirs(s, "try.service", &b);
	scratch_sh(s, "rm -r etc");
	return strcmp(buf_str(&b), "loaded "
	    "/etc/systemd/system/try.service") == 0;
}

static unsigned
draw(unsigned *seed, unsigned n)
{
	*seed = *seed * 1103515245 + 12345;
	return (*seed >> 16) % n;
}

/* One object of a layout: fragments, masks, aliases and drop-ins of a few
 * names in all folders. */
static void
plant(const struct scratch *s, unsigned *seed)
{
	static const char *const dirs[] = { "etc/systemd/system",
		"run/systemd/system", "usr/lib/systemd/system",
		"usr/local/lib/systemd/system",
		"etc/systemd/system.control" };
	static const char *const names[] = { "a-b.service", "a-b@.service",
		"a-b@i.service", "c.service", "c@.service", "a-b@j.service" };
	static const char *const dropins[] = { "a-b.service", "a-.service",
		"a-b@.service", "a-b@i.service", "a-@.service", "c.service",
		"service", "a-@i.service", "c@.service", "c@i.service" };
	const char *dir = dirs[draw(seed, COUNT(dirs))];
	const char *up = strncmp(dir, "usr/local", 9) == 0 ?
	    "../../../../.." : strncmp(dir, "usr", 3) == 0 ? "../../../.." :
	    "../../..";
	const char *name = names[draw(seed, COUNT(names))];
	const char *to = names[draw(seed, COUNT(names))];
	const char *dropin = dropins[draw(seed, COUNT(dropins))];
	unsigned nth = draw(seed, 3);

	switch (draw(seed, 12)) {
	case 0:
		scratch_sh(s, "mkdir -p %s && ln -sf /dev/null %s/%s", dir, dir,
		    name);
		break;
	case 1:
		scratch_sh(s, "mkdir -p %s && rm -f %s/%s && : > %s/%s", dir,
		    dir, name, dir, name);
		break;
	case 2:
	case 3:
		scratch_sh(s, "mkdir -p %s && ln -sf %s/%s/%s %s/%s", dir, up,
		    "usr/lib/systemd/system", to, dir, name);
		break;
	case 4:
		scratch_sh(s, "mkdir -p %s opt && cp unit opt/else.service && "
		    "ln -sf %s/opt/else.service %s/%s", dir, up, dir, name);
		break;
	case 5:
		scratch_sh(s, "mkdir -p %s/%s.d && ln -sf %s "
		    "%s/%s.d/%u.conf", dir, dropin, draw(seed, 3) > 0 ?
		    "/dev/null" : "../nothing", dir, dropin, nth);
		break;
	case 6:
	case 7:
	case 8:
	case 9:
		scratch_sh(s, "mkdir -p %s/%s.d && rm -f %s/%s.d/%u.conf && "
		    "cp dropin %s/%s.d/%u.conf", dir, dropin, dir, dropin, nth,
		    dir, dropin, nth);
		break;
	default:
		scratch_sh(s, "mkdir -p %s && rm -f %s/%s && cp unit %s/%s", dir,
		    dir, name, dir, name);
	}
}

enum { LAYOUTS = 60, OBJECTS = 14 };

static void
generated_layouts_are_loaded_as_systemd_does(void **state)
{
	static const char *const asked[] = { "a-b.service", "a-b@i.service",
		"c.service" };
	struct scratch s;
	unsigned seed = 7;

	(void)state;
	scratch_start(&s);
	if (!judge_works(&s)) {
		scratch_end(&s);
		print_message("systemd-analyze is not here to judge by\n");
		skip();
	}
	for (int i = 0; i < LAYOUTS; i++) {
		scratch_sh(&s, "rm -rf etc run usr opt && printf '[Service]\\n"
		    "ExecStart=/bin/true\\n' > unit && printf '[Service]\\n"
		    "Environment=A=1\\n' > dropin");
		for (int k = 0; k < OBJECTS; k++)
			plant(&s, &seed);
		for (size_t k = 0; k < COUNT(asked); k++) {
			CLEANUP(drop_buf) struct buf us = { 0 };
			CLEANUP(drop_buf) struct buf them = { 0 };

			tell_ours(&s, asked[k], &us);
			tell_theirs(&s, asked[k], &them);
			if (strcmp(buf_str(&us), buf_str(&them)) != 0) {
				scratch_try(&s, "find etc run usr opt "
				    "! -type d -printf '%%p %%s %%l\\n'");
				fail_msg("%s: layout %d: %s, systemd: %s",
				    asked[k], i, buf_str(&us), buf_str(&them));
			}
		}
	}
	scratch_end(&s);
}

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
		cmocka_unit_test(names_of_units_are_told_from_other_names),
		cmocka_unit_test(
		    drop_ins_are_looked_for_under_every_shorter_name),
		cmocka_unit_test(all_files_of_a_unit_are_tracked),
		cmocka_unit_test(generated_layouts_are_loaded_as_systemd_does),
		cmocka_unit_test(
		    a_unit_is_enabled_by_the_links_that_systemctl_counts),
		cmocka_unit_test(presets_are_read_as_systemctl_does),
		cmocka_unit_test(generated_presets_are_read_as_systemctl_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
