/* SPDX-License-Identifier: MIT */
#include "specs/layers.h"

#include "judged.h"

#include <stdlib.h>

#include "tests/unit/systemd_judge.h"

static void
tell_ours(const struct scratch *s, const char *path, struct buf *out)
{
	struct folder f = { .s = s };
	const struct evidence ev = folder_evidence(&f);
	struct layered l;

	layers_load(&ev, LAYERS_ETC, path, &f.arena, &l);
	for (size_t i = 0; i < l.files.n; i++)
		buf_addf(out, "%s ", l.files.items[i]);
	arena_done(&f.arena);
}

/* The headings "# /path" of what they read; a link to /dev/null is listed,
 * too, although nothing is read of it. */
static void
tell_theirs(const struct scratch *s, const char *command, struct buf *out)
{
	CLEANUP(drop_buf) struct buf all = { 0 };
	struct err e = { 0 };
	char *save = NULL;
	int fd;

	scratch_try(s, "%s > told 2> errors", command);
	fd = openat(s->dirfd, "told", O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(file_read_fd(fd, "told", 1 << 20, &all, &e), 0);
	close(fd);
	buf_addc(&all, '\0');
	for (char *l = strtok_r(all.bytes, "\n", &save); l != NULL;
	    l = strtok_r(NULL, "\n", &save)) {
		size_t n = strlen(s->dir);
		char target[16] = "";

		if (strncmp(l, "# /", 3) != 0)
			continue;
		l += 2;
		if (strncmp(l, s->dir, n) == 0)
			l += n;
		if (readlinkat(s->dirfd, l + 1, target,
		    sizeof(target) - 1) < 0 ||
		    strcmp(target, "/dev/null") != 0)
			buf_addf(out, "%s ", l);
	}
}

/* One object: a file, an empty one, a mask, a link, one with another ending. */
static void
plant(const struct scratch *s, const char *folder, unsigned *seed)
{
	static const char *const dirs[] = { "etc", "run", "usr/local/lib",
		"usr/lib" };
	const char *dir = dirs[draw(seed, COUNT(dirs))];
	unsigned nth = draw(seed, 4);
	const char *make[] = { "echo '# x' >", "echo '# y' >", ": >",
		"ln -s /dev/null", "ln -s ../other", "echo '# z' >" };
	unsigned what = draw(seed, COUNT(make));

	scratch_sh(s, "mkdir -p %s/%s && cd %s/%s && : > ../other && rm -rf "
	    "%u.conf && %s %u.conf%s", dir, folder, dir, folder, nth,
	    make[what], nth, what == 5 ? ".rpmsave" : "");
}

static void
compare(const char *folder, const char *path, const char *program,
    const char *command)
{
	unsigned seed = 11;

	for (int i = 0; i < 40; i++) {
		struct scratch s;
		CLEANUP(drop_buf) struct buf us = { 0 };
		CLEANUP(drop_buf) struct buf them = { 0 };
		CLEANUP(drop_buf) struct buf whole = { 0 };

		scratch_start(&s);
		if (scratch_try(&s, "command -v %s > /dev/null",
		    program) != 0) {
			scratch_end(&s);
			print_message("%s is not here to judge by\n", program);
			skip();
		}
		for (int k = 0; k < 9; k++)
			plant(&s, folder, &seed);
		if (i % 2 == 0)
			scratch_sh(&s, "mkdir -p etc/systemd && echo '# m' > "
			    "etc/systemd/journald.conf");
		buf_addf(&whole, command, s.dir);
		tell_ours(&s, path, &us);
		tell_theirs(&s, buf_str(&whole), &them);
		if (strcmp(buf_str(&us), buf_str(&them)) != 0) {
			scratch_try(&s, "find etc run usr -printf "
			    "'%%p %%y %%s %%l\\n'");
			fail_msg("layout %d: %s, systemd: %s", i, buf_str(&us),
			    buf_str(&them));
		}
		scratch_end(&s);
	}
}

static void
generated_folders_are_read_as_systemd_does(void **state)
{
	(void)state;
	compare("tmpfiles.d", "/etc/tmpfiles.d/*.conf", "systemd-tmpfiles",
	    "systemd-tmpfiles --root=%s --cat-config");
}

static void
generated_drop_ins_are_read_as_systemd_does(void **state)
{
	(void)state;
	compare("systemd/journald.conf.d", "/etc/systemd/journald.conf",
	    "systemd-analyze",
	    "systemd-analyze --root=%s cat-config systemd/journald.conf");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(generated_folders_are_read_as_systemd_does),
		cmocka_unit_test(generated_drop_ins_are_read_as_systemd_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
