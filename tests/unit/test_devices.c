/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/devices.h"
#include "base/mem.h"
#include "base/root.h"
#include "scratch.h"

/* A folder that is taken for the running system's root. */
struct place {
	struct scratch s;
	struct root root;
	struct devices *d;
};

static void
begin(struct place *p, bool live)
{
	struct err e = { 0 };

	scratch_start(&p->s);
	assert_int_equal(root_open(&p->root, p->s.dir, &e), 0);
	p->d = devices_new(&p->root, live);
}

static void
end(struct place *p)
{
	devices_free(p->d);
	root_close(&p->root);
	scratch_end(&p->s);
}

/* What is read, or "KIND: what". */
static void
expect(struct place *p, const char *name, size_t max, const char *expected)
{
	static const char *const kinds[] = { "", "usage", "input", "system",
		"missing", "busy" };
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct err e = { 0 };
	const char *bytes;
	size_t len;

	if (devices_read(p->d, name, max, &bytes, &len, &e) < 0) {
		assert_string_equal(e.where, name);
		buf_addf(&b, "%s: %s", kinds[e.kind], e.what);
	} else {
		buf_add(&b, bytes, len);
	}
	assert_string_equal(buf_str(&b), expected);
}

static void
devices_are_found_by_what_crypttab_calls_them(void **state)
{
	static const struct { const char *name, *expected; } cases[] = {
		{ "UUID=0b8b", "uuid" }, { "UUID=\"0b8b\"", "uuid" },
		{ "PARTUUID=ABCD-01", "partuuid" },
		{ "LABEL=my data", "label" }, { "PARTLABEL=x/y", "partlabel" },
		{ "LABEL=gr\xc3\xbc\xc3\x9f", "utf8" },
		{ "/dev/disk/by-uuid/0b8b", "uuid" }, { "/dev/vda", "uuid" },
		{ "UUID=0B8B", "missing: there is no such device" },
		{ "UUID=../../vda", "missing: there is no such device" },
		{ "LABEL=..", "system: is neither a block device nor a file" },
		{ "/dev/vdb", "missing: is not there" },
		{ "vda", "system: is no device that can be found [name a path, "
		  "UUID=… or LABEL=…]" },
	};
	struct place p;

	(void)state;
	begin(&p, true);
	scratch_sh(&p.s, "mkdir -p dev/disk && cd dev && printf uuid > vda && "
	    "cd disk && mkdir by-uuid by-partuuid by-label by-partlabel && "
	    "ln -s ../../vda by-uuid/0b8b && printf partuuid > "
	    "by-partuuid/abcd-01 && printf label > 'by-label/my\\x20data' && "
	    "printf partlabel > 'by-partlabel/x\\x2fy' && printf utf8 > "
	    "by-label/grüß");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect(&p, cases[i].name, 100, cases[i].expected);
	end(&p);
}

static void
no_more_is_read_than_is_asked_for(void **state)
{
	struct place p;

	(void)state;
	begin(&p, true);
	scratch_sh(&p.s, "printf abcdef > f");
	expect(&p, "/f", 2, "ab");
	expect(&p, "/f", 4, "abcd");
	expect(&p, "/f", 3, "abc");
	expect(&p, "/f", 100, "abcdef");
	/* All of it was read: it is not read again. */
	scratch_sh(&p.s, "printf ghijkl > f");
	expect(&p, "/f", 1000, "abcdef");
	end(&p);
}

static void
only_files_and_disks_are_opened(void **state)
{
	struct place p;

	(void)state;
	begin(&p, true);
	scratch_sh(&p.s, "mkfifo fifo && mkdir d && ln -s loop loop && "
	    "ln -s ../../../../f out && printf here > f");
	expect(&p, "/fifo", 9, "system: is neither a block device nor a file");
	expect(&p, "/d", 9, "system: is neither a block device nor a file");
	expect(&p, "/loop", 9, "system: cannot open");
	expect(&p, "/out", 9, "here");
	expect(&p, "/f/x", 9, "missing: is not there");
	end(&p);
}

static void
without_links_of_udev_nothing_is_known_to_be_missing(void **state)
{
	struct place p;

	(void)state;
	begin(&p, true);
	expect(&p, "UUID=1", 9, "system: cannot be looked for: there is no "
	    "/dev/disk/by-uuid");
	end(&p);
}

static void
another_root_has_no_devices_but_files(void **state)
{
	static const char no[] = "system: devices are only looked at on the "
	    "running system";
	struct place p;

	(void)state;
	begin(&p, false);
	scratch_sh(&p.s, "mkdir -p dev/disk/by-uuid && printf file > "
	    "dev/disk/by-uuid/1");
	expect(&p, "UUID=1", 9, "file");
	expect(&p, "UUID=2", 9, no);
	expect(&p, "/dev/vda", 9, no);
	expect(&p, "/srv/x.img", 9, "missing: is not there");
	if (scratch_try(&p.s, "mknod dev/vda b 7 0 2> mknod.said") == 0)
		expect(&p, "/dev/vda", 9, no);
	else
		print_message("no device nodes can be made here\n");
	end(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(devices_are_found_by_what_crypttab_calls_them),
		cmocka_unit_test(no_more_is_read_than_is_asked_for),
		cmocka_unit_test(only_files_and_disks_are_opened),
		cmocka_unit_test(
		    without_links_of_udev_nothing_is_known_to_be_missing),
		cmocka_unit_test(another_root_has_no_devices_but_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
