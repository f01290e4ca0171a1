/* SPDX-License-Identifier: MIT */
#include "snapshots/tarball.h"
#include "snapshots/tarread.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "tests/unit/scratch.h"

#define LONG60 "sixty-characters-are-a-long-way-to-go-for-a-name-of-a-file--"
#define LONG300 LONG60 "/" LONG60 "/" LONG60 "/" LONG60 "/" LONG60
/* Longer than the 100 bytes of ustar in one component. */
#define LONG180 LONG60 LONG60 LONG60
/* Neither UTF-8 nor anything a terminal should see. */
#define ODD "odd \xff\xfe\n\t'\"\\*"

static const struct xattr some_xattrs[] = {
	{ "user.a=b%c", "equal", 5 },
	{ "user.binary", "\0\1\n\xff", 4 },
	{ "user.empty", "", 0 },
};

#define TIME { 1500000000, 123456789 }
static const struct entry entries[] = {
	{ .path = "/d", .kind = ENTRY_DIR, .mode = 02750, .mtime = TIME,
	    .acl = "user::rwx,user:1001:r-x,group::---,mask::r-x,other::---",
	    .default_acl = "user::rwx,group::r-x,group:77:rwx,mask::rwx,"
	    "other::---" },
	{ .path = "/d/file", .kind = ENTRY_FILE, .mode = 04741, .uid = 1002,
	    .gid = 1003, .user = "vmail", .group = "vm\xfcil",
	    .mtime = TIME, .xattrs = some_xattrs, .n_xattrs = 3 },
	{ .path = "/d/acl", .kind = ENTRY_FILE, .mode = 0660, .mtime = TIME,
	    .acl = "user::rw-,user:1001:r--,group::r--,mask::rw-,other::---" },
	{ .path = "/d/hard", .kind = ENTRY_FILE, .mode = 04741, .uid = 1002,
	    .gid = 1003, .user = "vmail", .group = "vm\xfcil",
	    .mtime = TIME, .hardlink = "/d/file" },
	{ .path = "/d/link", .kind = ENTRY_SYMLINK, .mode = 0777,
	    .mtime = TIME, .target = "../no/\xff" },
	{ .path = "/d/longlink", .kind = ENTRY_SYMLINK, .mode = 0777,
	    .mtime = TIME, .target = "/" LONG300 },
	{ .path = "/d/fifo", .kind = ENTRY_FIFO, .mode = 0600, .mtime = TIME },
	{ .path = "/d/null", .kind = ENTRY_CHAR, .mode = 0666, .mtime = TIME,
	    .major = 1, .minor = 3 },
	{ .path = "/d/loop", .kind = ENTRY_BLOCK, .mode = 0660, .mtime = TIME,
	    .major = 7, .minor = 300 },
	{ .path = "/d/empty", .kind = ENTRY_FILE, .mode = 0, .mtime = TIME },
	{ .path = "/" ODD, .kind = ENTRY_FILE, .mode = 0600, .mtime = TIME },
	{ .path = "/" LONG180, .kind = ENTRY_FILE, .mode = 0600,
	    .mtime = TIME },
	{ .path = "/" LONG300, .kind = ENTRY_FILE, .mode = 0600,
	    .uid = 3000000000u, .gid = 4000000000u, .mtime = TIME },
	{ .path = "/old", .kind = ENTRY_FILE, .mode = 0644,
	    .mtime = { 0, 1 } },
	{ .path = "/flags", .kind = ENTRY_FILE, .mode = 0644, .mtime = TIME,
	    .flags = 0x10 | 0x20 },
};
enum { N_ENTRIES = sizeof(entries) / sizeof(entries[0]) };

/* A file's content is its own path, less for one that is to be empty. */
static const char *
content(const struct entry *en)
{
	return strcmp(en->path, "/d/empty") == 0 ? "" :
	    en->hardlink != NULL ? en->hardlink : en->path;
}

static void
write_all(struct scratch *s, const char *name, enum tarball_format format,
    size_t from)
{
	struct err e = { 0 };
	struct tarball *t = tarball_create(s->dirfd, name, format, &e);

	assert_non_null(t);
	for (size_t i = from; i < N_ENTRIES; i++) {
		bool file = entries[i].kind == ENTRY_FILE;
		const char *c = file ? content(&entries[i]) : "";

		assert_int_equal(tarball_add(t, &entries[i], c, strlen(c),
		    &e), TARBALL_WHOLE);
	}
	assert_int_equal(tarball_finish(t, &e), 0);
}

struct reread {
	size_t n;
	bool is_plain;
};

static int
compare(void *ctx, const struct entry *en, const char *bytes, size_t len,
    struct err *e)
{
	struct reread *r = ctx;
	struct entry want = entries[r->n++], got = *en;
	CLEANUP(drop_digest) struct digest *d = digest_new();

	(void)e;
	assert_string_equal(got.path, want.path);
	assert_int_equal(got.kind, want.kind);
	if (want.kind == ENTRY_FILE) {
		want.size = strlen(content(&want));
		digest_object(d, "blob", content(&want), want.size,
		    &want.oid);
	}
	if (want.kind == ENTRY_FILE && want.hardlink == NULL) {
		assert_int_equal(len, want.size);
		assert_string_equal(bytes, content(&want));
	}
	if (r->is_plain) {
		want.mtime.tv_nsec = 0;
		want.acl = want.default_acl = NULL;
		want.n_xattrs = 0;
		want.flags = 0;
		if (want.mode == 02750)
			want.mode = 02700;	/* the group's own bits */
		if (want.mode == 0660 && want.kind == ENTRY_FILE)
			want.mode = 0640;
	}
	if (entry_differs(&want, &got) != 0)
		fail_msg("%s differs: %x, mode %o", want.path,
		    entry_differs(&want, &got), got.mode);
	if (want.user != NULL) {
		assert_string_equal(got.user, want.user);
		assert_string_equal(got.group, want.group);
	}
	return 0;
}

static void
everything_comes_back_from_pax(void **state)
{
	struct scratch s;
	struct err e = { 0 };
	struct reread r = { 0 };

	(void)state;
	scratch_start(&s);
	write_all(&s, "a.tar.zst", TARBALL_PAX_ZSTD, 0);
	assert_int_equal(tarread_file(s.dirfd, "a.tar.zst", compare, &r, &e),
	    0);
	assert_int_equal(r.n, N_ENTRIES);
	scratch_sh(&s, "test \"$(ls)\" = a.tar.zst");
	scratch_end(&s);
}

static void
what_plain_tar_holds_comes_back(void **state)
{
	struct scratch s;
	struct err e = { 0 };
	struct reread r = { .is_plain = true };

	(void)state;
	scratch_start(&s);
	write_all(&s, "a.tar", TARBALL_GNU_PLAIN, 0);
	assert_int_equal(tarread_file(s.dirfd, "a.tar", compare, &r, &e), 0);
	assert_int_equal(r.n, N_ENTRIES);
	scratch_sh(&s, "test $(($(stat -c %%s a.tar) %% 512)) = 0");
	scratch_end(&s);
}

/* The same by the eyes of tar(1), getfacl(1), getfattr(1) and stat(1). */
static void
tar_unpacks_all_metadata(void **state)
{
	struct scratch s;

	(void)state;
	scratch_start(&s);
	if (geteuid() != 0) {
		print_message("needs root to make nodes and owners\n");
		scratch_end(&s);
		skip();
	}
	write_all(&s, "a.tar.zst", TARBALL_PAX_ZSTD, 0);
	scratch_sh(&s, "mkdir x && tar --zstd --acls --xattrs "
	    "--xattrs-include='*' -xpf a.tar.zst -C x 2>err; "
	    "r=$?; cat err; test $r = 0 && "
	    "! grep -v 'hdrcharset\\|SCHILY.fflags' err");
	scratch_sh(&s, "cd x && test \"$(stat -c '%%a %%u %%g %%y %%h' "
	    "d/file)\" = '4741 1002 1003 2017-07-14 02:40:00.123456789 +0000 "
	    "2' -o \"$(stat -c '%%a %%u %%g %%Y %%h' d/file)\" = "
	    "'4741 1002 1003 1500000000 2'");
	scratch_sh(&s, "cd x && test \"$(TZ=UTC stat -c %%y d/acl)\" = "
	    "'2017-07-14 02:40:00.123456789 +0000'");
	scratch_sh(&s, "cd x && test \"$(getfacl -cnEs d | tr '\\n' ,)\" = "
	    "'user::rwx,user:1001:r-x,group::---,mask::r-x,other::---,"
	    "default:user::rwx,default:group::r-x,default:group:77:rwx,"
	    "default:mask::rwx,default:other::---,,'");
	scratch_sh(&s, "cd x && test \"$(getfacl -cnEs d/acl | tr '\\n' ,)\" ="
	    " 'user::rw-,user:1001:r--,group::r--,mask::rw-,other::---,,' && "
	    "test $(stat -c %%a d/acl) = 660 && test $(stat -c %%a d) = 2750");
	scratch_sh(&s, "cd x && getfattr -d -m - -e hex d/file >../got && "
	    "printf '# file: d/file\\nuser.a\\\\075b%%%%c=0x657175616c\\n"
	    "user.binary=0x00010aff\\nuser.empty=0x\\n\\n' >../want && "
	    "diff ../want ../got");
	scratch_sh(&s, "cd x && test \"$(cat d/hard)\" = /d/file && "
	    "test -p d/fifo && test $(stat -c %%t:%%T d/loop) = 7:12c && "
	    "test \"$(readlink d/link)\" = \"$(printf '../no/\\377')\" && "
	    "test -f \"$(printf 'odd \\377\\376\\n\\t\\47\\42\\\\*')\" && "
	    "test \"$(cat %s)\" = /%s", LONG300, LONG300);
	scratch_sh(&s, "cd x && test $(stat -c %%u:%%g %s) = "
	    "3000000000:4000000000", LONG300);
	scratch_end(&s);
}

static void
busybox_unpacks_the_plain_format(void **state)
{
	struct scratch s;

	(void)state;
	scratch_start(&s);
	if (geteuid() != 0) {
		print_message("needs root to make nodes and owners\n");
		scratch_end(&s);
		skip();
	}
	write_all(&s, "a.tar", TARBALL_GNU_PLAIN, 0);
	for (int i = 0; i < 2; i++) {
		scratch_sh(&s, "rm -rf x && mkdir x && cd x && umask 077 && "
		    "%s -xpf ../a.tar >../out 2>&1; r=$?; cat ../out; "
		    "test $r = 0 && test ! -s ../out",
		    i == 0 ? "busybox tar" : "tar");
		scratch_sh(&s, "cd x && test \"$(stat -c '%%a %%u %%g %%Y %%h' "
		    "d/file)\" = '4741 1002 1003 1500000000 2'");
		scratch_sh(&s, "cd x && test \"$(cat d/hard)\" = /d/file && "
		    "test -p d/fifo && test -c d/null && "
		    "test $(stat -c %%t:%%T d/loop) = 7:12c && "
		    "test \"$(readlink d/link)\" = \"$(printf '../no/\\377')\" "
		    "&& test -f \"$(printf 'odd \\377\\376\\n\\t\\47\\42\\\\*')"
		    "\" && test \"$(readlink d/longlink)\" = /%s", LONG300);
		scratch_sh(&s, "cd x && test \"$(cat %s)\" = /%s && "
		    "test -f %s", LONG300, LONG300, LONG180);
		scratch_sh(&s, "cd x && test $(stat -c %%u:%%g %s) = "
		    "3000000000:4000000000", LONG300);
	}
	scratch_end(&s);
}

static int
ignore(void *ctx, const struct entry *en, const char *bytes, size_t len,
    struct err *e)
{
	(void)ctx;
	(void)en;
	(void)bytes;
	(void)len;
	(void)e;
	return 0;
}

static int
stop_at_third(void *ctx, const struct entry *en, const char *bytes,
    size_t len, struct err *e)
{
	(void)en;
	(void)bytes;
	(void)len;
	(void)e;
	return ++*(int *)ctx == 3 ? 42 : 0;
}

static void
the_reader_may_stop(void **state)
{
	struct scratch s;
	struct err e = { 0 };
	int n = 0;

	(void)state;
	scratch_start(&s);
	write_all(&s, "a.tar", TARBALL_GNU_PLAIN, 0);
	assert_int_equal(tarread_file(s.dirfd, "a.tar", stop_at_third, &n,
	    &e), 42);
	assert_int_equal(n, 3);
	scratch_end(&s);
}

static void
what_tar_cannot_hold_is_told(void **state)
{
	struct scratch s;
	struct err e = { 0 };
	struct tarball *t;
	struct entry en = { .path = "/s", .kind = ENTRY_SOCKET };

	(void)state;
	scratch_start(&s);
	t = tarball_create(s.dirfd, "a", TARBALL_PAX_ZSTD, &e);
	assert_int_equal(tarball_add(t, &en, NULL, 0, &e), TARBALL_SKIPPED);
	en.kind = ENTRY_FILE;
	en.flags = 0x40000000;	/* casefold */
	assert_int_equal(tarball_add(t, &en, NULL, 0, &e), TARBALL_PARTLY);
	en.path = "/acl";
	en.acl = "nonsense";
	assert_int_equal(tarball_add(t, &en, NULL, 0, &e), -1);
	assert_string_equal(e.where, "/acl");
	assert_string_equal(e.what, "an ACL that no archive can hold: "
	    "'nonsense'");
	tarball_abandon(t);
	tarball_abandon(NULL);
	scratch_sh(&s, "test -z \"$(ls -A)\"");
	scratch_end(&s);
}

static void
assert_refused(struct scratch *s, const char *name, const char *message)
{
	CLEANUP(drop_buf) struct buf text = { 0 };
	struct err e = { 0 };

	assert_int_equal(tarread_file(s->dirfd, name, ignore, NULL, &e), -1);
	err_format(&e, &text);
	if (!text_starts(buf_str(&text), message))
		fail_msg("'%s' instead of '%s'", buf_str(&text), message);
}

static void
every_changed_byte_is_noticed(void **state)
{
	static const char *const name[] = { "a.tar.zst", "a.tar" };
	struct scratch s;

	(void)state;
	scratch_start(&s);
	for (int i = 0; i < 2; i++) {
		CLEANUP(drop_buf) struct buf b = { 0 };
		struct err e = { 0 };
		char message[200];

		write_all(&s, name[i], i == 0 ? TARBALL_PAX_ZSTD :
		    TARBALL_GNU_PLAIN, N_ENTRIES - 2);
		CLEANUP(drop_fd) int fd = openat(s.dirfd, name[i], O_RDONLY);
		assert_true(fd >= 0);

		b.len = (size_t)read(fd, buf_reserve(&b, 65536), 65536);
		snprintf(message, sizeof(message), "%s: damaged: its checksum "
		    "does not match its content [bring it back from a backup]",
		    name[i]);
		assert_int_equal(tarread_parse("x", b.bytes, b.len, ignore,
		    NULL, &e), 0);
		for (size_t at = 0; at < b.len - 48; at += 37) {
			b.bytes[at] ^= 1;
			scratch_write(&s, "b", b.bytes, b.len);
			scratch_sh(&s, "mv b %s", name[i]);
			assert_refused(&s, name[i], message);
			b.bytes[at] ^= 1;
		}
		/* Cut anywhere: what is missing is missed. */
		for (size_t n = 0; n < b.len; n += 61) {
			struct err te = { 0 };

			assert_int_equal(tarread_parse("x", b.bytes, n,
			    ignore, NULL, &te), -1);
			assert_true(te.kind == ERR_INPUT);
		}
	}
	scratch_end(&s);
}

static void
an_archive_of_somebody_else_is_not_taken_for_whole(void **state)
{
	struct scratch s;

	(void)state;
	scratch_start(&s);
	scratch_sh(&s, "echo a >f && tar -cf a.tar f && echo junk >j && "
	    ": >e && mkdir d");
	assert_refused(&s, "a.tar", "a.tar: its checksum is missing: cut "
	    "short, or not written by driftctl [unpack it by hand with tar]");
	assert_refused(&s, "j", "j: damaged, or no tar archive: ");
	assert_refused(&s, "e", "e: damaged, or no tar archive: ");
	assert_refused(&s, "d", "d: is no file");
	assert_refused(&s, "none", "none: cannot open: No such file or "
	    "directory");
	scratch_end(&s);
}

static void
members_that_lead_elsewhere_are_refused(void **state)
{
	static const struct {
		const char *make, *message;
	} cases[] = {
		{ "tar -Pcf a ../f", "a: refused: the member '../f' has a name "
		    "that leads elsewhere" },
		{ "tar -cf a --transform=s,f,a/../../f, f", "a: refused: the "
		    "member 'a/../../f' has a name that leads elsewhere" },
		{ "tar -cf a ./f", "a: refused: the member './f' has a name "
		    "that leads elsewhere" },
		{ "tar -Pcf a --transform=s,f,/f, f", "a: refused: the member "
		    "'/f' has a name that leads elsewhere" },
		{ "tar -Pcf a --transform=s,f,a//f, f", "a: refused: the "
		    "member 'a//f' has a name that leads elsewhere" },
		{ "ln -s / l && tar -cf a --transform=s,^f,l/f,rSH l f",
		    "a: refused: the member 'l/f' lies below a member that is "
		    "no folder" },
		{ "ln -s / l && tar -cf a --transform=s,^f,l/x/f,rSH f && "
		    "tar -rf a l", "a: refused: the member 'l' is there "
		    "twice" },
		{ "tar -cf a f f --hard-dereference", "a: refused: the member "
		    "'f' is there twice" },
		{ "ln f g && tar -cf a f g && tar --delete -f a f",
		    "a: refused: the member 'g' is a link to what is no file "
		    "before it" },
		{ "ln f g && tar -Pcf a --transform=s,^f,/f,hRS f g",
		    "a: refused: the member 'g' is a link to what is no file "
		    "before it" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct scratch s;

		scratch_start(&s);
		scratch_sh(&s, "echo content >f; mkdir sub; cp f sub");
		scratch_sh(&s, "%s%s", i == 0 ? "cd sub && " : "",
		    cases[i].make);
		if (i == 0)
			scratch_sh(&s, "mv sub/a a");
		assert_refused(&s, "a", cases[i].message);
		scratch_end(&s);
	}
}

static void
a_failed_write_leaves_the_old_archive(void **state)
{
	struct scratch s;
	struct err e = { 0 };
	struct rlimit was, now;
	struct tarball *t;
	CLEANUP(drop_buf) struct buf text = { 0 };
	CLEANUP(drop_free) char *noise = xmalloc(1 << 20);
	struct entry en = { .path = "/f", .kind = ENTRY_FILE };
	int r;

	(void)state;
	scratch_start(&s);
	scratch_sh(&s, "echo old >a");
	for (size_t i = 0, x = 1; i < 1 << 20; i++)
		noise[i] = (char)((x = x * 1664525 + 1013904223) >> 16);
	getrlimit(RLIMIT_FSIZE, &was);
	now = (struct rlimit){ 100000, was.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &now);
	t = tarball_create(s.dirfd, "a", TARBALL_PAX_ZSTD, &e);
	assert_non_null(t);
	r = tarball_add(t, &en, noise, 1 << 20, &e);
	if (r < 0)
		tarball_abandon(t);
	else
		r = tarball_finish(t, &e);
	setrlimit(RLIMIT_FSIZE, &was);
	assert_int_equal(r, -1);
	err_format(&e, &text);
	assert_string_equal(buf_str(&text), "a: cannot write: File too large");
	scratch_sh(&s, "test \"$(ls -A)\" = a && test $(cat a) = old");
	err_clear(&e);
	buf_reset(&text);
	assert_null(tarball_create(s.dirfd, "no/a", TARBALL_PAX_ZSTD, &e));
	err_format(&e, &text);
	assert_string_equal(buf_str(&text),
	    "no/a: cannot create: No such file or directory");
	scratch_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_comes_back_from_pax),
		cmocka_unit_test(what_plain_tar_holds_comes_back),
		cmocka_unit_test(tar_unpacks_all_metadata),
		cmocka_unit_test(busybox_unpacks_the_plain_format),
		cmocka_unit_test(the_reader_may_stop),
		cmocka_unit_test(what_tar_cannot_hold_is_told),
		cmocka_unit_test(every_changed_byte_is_noticed),
		cmocka_unit_test(
		    an_archive_of_somebody_else_is_not_taken_for_whole),
		cmocka_unit_test(members_that_lead_elsewhere_are_refused),
		cmocka_unit_test(a_failed_write_leaves_the_old_archive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
