/* SPDX-License-Identifier: MIT */
#include "snapshots/packread.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strlist.h"
#include "base/text.h"
#include "tests/unit/scratch.h"

struct fixture {
	struct scratch s;
	int fd;
	struct packread *packs;
	struct buf names;	/* of all objects, "HEX TYPE SIZE" a line */
};

/* A history of a file that changes a little each time, packed as said. */
static void
start(struct fixture *f, const char *option)
{
	CLEANUP(drop_free) char *command = xasprintf(
	    "git init -q --bare r.git && cd r.git && "
	    "git config user.name x && git config user.email x@localhost && "
	    "t() { seq 1 400 | sed \"s/^$1$/line $1/\"; }; "
	    "for i in $(seq 1 25); do "
	    "b=$(t $i | git hash-object -w --stdin); "
	    "tree=$(printf '100644 blob %%s\\tx\\n' $b | git mktree); "
	    "c=$(git commit-tree -m $i ${c:+-p $c} $tree); done; "
	    "git update-ref refs/heads/live $c; "
	    "git %s repack -adfq --depth=20 --window=50; "
	    "git rev-list --objects --all | cut -d' ' -f1 | "
	    "git cat-file --batch-check >../names", option);
	struct err e = { 0 };

	*f = (struct fixture){ .fd = -1 };
	scratch_start(&f->s);
	scratch_sh(&f->s, "%s", command);
	f->fd = openat(f->s.dirfd, "r.git/objects/pack",
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(f->fd >= 0);
	assert_int_equal(file_read(f->s.dirfd, "names", 1 << 20, &f->names, &e),
	    0);
	f->packs = packread_new(f->fd);
}

static void
end(struct fixture *f)
{
	packread_free(f->packs);
	buf_done(&f->names);
	close(f->fd);
	scratch_end(&f->s);
}

/* Reads all, says how many came back as what they are. */
static size_t
read_all(struct fixture *f, struct packread *packs, size_t *out_all)
{
	size_t good = 0;

	*out_all = 0;
	for (const char *at = buf_str(&f->names); *at != '\0'; ) {
		CLEANUP(drop_buf) struct buf bytes = { 0 };
		CLEANUP(drop_free) char *hex = xmemdup(at, 40);
		CLEANUP(drop_free) char *line = xmemdup(at,
		    strcspn(at, "\n"));
		CLEANUP(drop_free) char *want = NULL;
		enum packed_type type;
		struct oid oid;

		assert_int_equal(text_unhex(hex, oid.b, OID_LEN), 0);
		at += strlen(line) + 1;
		(*out_all)++;
		if (!packread_object(packs, &oid, &type, &bytes))
			continue;
		want = xasprintf("%s %s %zu", hex, packed_word(type),
		    bytes.len);
		assert_string_equal(line, want);
		good++;
	}
	return good;
}

static void
what_git_packed_is_read(void **state)
{
	/* Bases are named by their offsets or by their hashes. */
	static const char *const ways[] = { "",
		"-c repack.useDeltaBaseOffset=false" };
	struct fixture f;
	size_t all;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		start(&f, ways[i]);
		/* Deltas are what is read: 25 texts take the room of few. */
		scratch_sh(&f.s, "git verify-pack -v "
		    "r.git/objects/pack/*.idx | grep -q 'chain length = [2-9]'");
		assert_int_equal(read_all(&f, f.packs, &all), 75);
		assert_int_equal(all, 75);
		end(&f);
	}
}

static void
loose_and_missing_objects_are_not_ours(void **state)
{
	struct fixture f;
	CLEANUP(drop_buf) struct buf bytes = { 0 };
	enum packed_type type;
	const struct oid none = { { 1, 2, 3 } };

	(void)state;
	start(&f, "");
	assert_false(packread_has(f.packs, &none));
	assert_false(packread_object(f.packs, &none, &type, &bytes));
	assert_int_equal(bytes.len, 0);
	end(&f);
}

static void
find_pack(struct fixture *f, struct buf *out)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };

	assert_int_equal(file_names(f->fd, ".", &names), 0);
	for (size_t i = 0; i < names.n; i++)
		if (text_ends(names.items[i], ".pack"))
			buf_adds(out, names.items[i]);
}

/* What is wrong is never handed out: each hash is looked at. */
static void
damage_is_never_read(void **state)
{
	struct fixture f;
	CLEANUP(drop_buf) struct buf name = { 0 }, pack = { 0 };
	struct err e = { 0 };
	size_t all;

	(void)state;
	start(&f, "");
	find_pack(&f, &name);
	assert_int_equal(file_read(f.fd, buf_str(&name), 1 << 20, &pack, &e),
	    0);
	for (size_t at = 0; at < pack.len; at += 7) {
		struct packread *p;
		size_t good;

		pack.bytes[at] ^= 0x55;
		assert_int_equal(file_replace_quick(f.fd, buf_str(&name),
		    pack.bytes, pack.len, 0600, &e), 0);
		p = packread_new(f.fd);
		good = read_all(&f, p, &all);
		packread_free(p);
		pack.bytes[at] ^= 0x55;
		/* The count and the checksum at the end are not asked for. */
		assert_true(good < all || (at >= 8 && at < 12) ||
		    at >= pack.len - OID_LEN);
	}
	assert_int_equal(file_replace_quick(f.fd, buf_str(&name), pack.bytes,
	    pack.len / 2, 0600, &e), 0);
	packread_free(f.packs);
	f.packs = packread_new(f.fd);
	assert_true(read_all(&f, f.packs, &all) < all);
	end(&f);
}

static void
an_index_that_is_cut_off_is_none(void **state)
{
	struct fixture f;
	size_t all;

	(void)state;
	start(&f, "");
	packread_free(f.packs);
	scratch_sh(&f.s, "cd r.git/objects/pack && chmod u+w *.idx && "
	    "truncate -s -8 *.idx");
	f.packs = packread_new(f.fd);
	/* Eight bytes may be an entry less of a table, but never more. */
	read_all(&f, f.packs, &all);
	scratch_sh(&f.s, "truncate -s 1000 r.git/objects/pack/*.idx");
	packread_free(f.packs);
	f.packs = packread_new(f.fd);
	assert_int_equal(read_all(&f, f.packs, &all), 0);
	end(&f);
}

static void
a_delta_stays_within_its_texts(void **state)
{
	static const struct {
		const char *delta;
		size_t len;
		const char *made;	/* NULL: none */
	} cases[] = {
		{ "\5\3\x90\3", 4, "abc" },
		{ "\5\4\x91\1\2\2xy", 8, "bcxy" },
		{ "\5\0", 2, "" },
		{ "\5\3\x90\6", 4, NULL },	/* more than there is */
		{ "\5\3\x91\6\3", 5, NULL },	/* from behind its end */
		{ "\5\2\x90\3", 4, NULL },	/* more than was said */
		{ "\5\4\x90\3", 4, NULL },	/* less */
		{ "\4\3\x90\3", 4, NULL },	/* of another text */
		{ "\5\3\0", 3, NULL },		/* reserved */
		{ "\5\3\3ab", 5, NULL },	/* cut off */
		{ "\5\3\x90", 3, NULL }, { "\5", 1, NULL }, { "", 0, NULL },
		{ "\x85\x80", 2, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(drop_buf) struct buf out = { 0 };
		bool ok = packread_delta("abcde", 5, cases[i].delta,
		    cases[i].len, &out);

		assert_int_equal(ok, cases[i].made != NULL);
		if (ok)
			assert_string_equal(buf_str(&out), cases[i].made);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_git_packed_is_read),
		cmocka_unit_test(loose_and_missing_objects_are_not_ours),
		cmocka_unit_test(damage_is_never_read),
		cmocka_unit_test(an_index_that_is_cut_off_is_none),
		cmocka_unit_test(a_delta_stays_within_its_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
