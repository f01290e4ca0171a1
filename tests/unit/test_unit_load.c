/* SPDX-License-Identifier: MIT */
#include "specs/unit_load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "specs/unit_name.h"
#include "tests/unit/systemd_judge.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_units_are_told_from_other_names),
		cmocka_unit_test(
		    drop_ins_are_looked_for_under_every_shorter_name),
		cmocka_unit_test(all_files_of_a_unit_are_tracked),
		cmocka_unit_test(generated_layouts_are_loaded_as_systemd_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
