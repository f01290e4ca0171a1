/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "agent/apply/journal.h"
#include "agent/verdicts.h"
#include "base/checksum.h"
#include "base/text.h"
#include "folder.h"
#include "snapshots/gitfiles.h"
#include "snapshots/manifest.h"
#include "snapshots/oidset.h"
#include "snapshots/rollback.h"
#include "snapshots/rollfiles.h"
#include "snapshots/seal.h"
#include "snapshots/statcache.h"
#include "snapshots/statlook.h"
#include "written.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * The files of the store. Checksums keep a fuzzer out of what lies behind them,
 * and are put right before the file is read: what is damaged in spite of one
 * must do no harm either.
 */
static const char *const folders[] = { "journal", "rollback", NULL };

/* Each entry says the same when it is written and read again. */
static void
metadata(int fd, const char *bytes, size_t len)
{
	CLEANUP(drop_manifest) struct manifest m = { 0 };
	CLEANUP(drop_buf) struct buf all = { 0 };
	struct err e = { 0 };

	(void)fd;
	buf_adds(&all, MANIFEST_HEADER);
	buf_add(&all, bytes, len);
	if (manifest_parse("f", all.bytes, all.len, "/etc", &m, &e) < 0)
		assert(e.line > 0);
	for (size_t i = 0; i < m.n; i++) {
		CLEANUP(drop_buf) struct buf line = { 0 };
		struct entry again;
		const char *name;

		manifest_line(&line, &m.items[i],
		    path_name(m.items[i].path), true);
		assert(manifest_parse_line(line.bytes, line.len - 1,
		    &m.arena, &again, &name, "f", 1, &e) == 0);
		assert(strcmp(name, path_name(m.items[i].path)) == 0);
		assert((entry_differs(&m.items[i], &again) &
		    ~(unsigned)DIFF_UNKNOWN) == 0);
	}
}

struct seen_header {
	char magic[8];
	uint32_t version, n;
	uint64_t total, key;
	struct oid commit;
	uint32_t as;
	uint64_t sum;
};

static void
ask_cache(struct statcache *c, int fd)
{
	const struct root root = { fd, folder_dir };
	const char *const asked[] = { "/", "/etc", "/etc/x", "/a" };
	CLEANUP(drop_strlist) struct strlist names = { 0 };

	for (size_t i = 0; i < sizeof(asked) / sizeof(*asked); i++) {
		struct seen s;

		if (!statcache_find(c, asked[i], &s))
			continue;
		assert(strcmp(s.path, asked[i]) == 0);
		assert(checksum(0, s.line, s.line_len) != 1);
		statcache_names(c, asked[i], &s.st, &names);
	}
	statlook_unchanged(c, &root);
}

static void
cache(int fd, const char *bytes, size_t len)
{
	CLEANUP(drop_statcache) struct statcache *c = NULL;
	CLEANUP(drop_buf) struct buf all = { 0 };
	struct seen_header h = { .magic = "drftseen", .version = 2,
		.total = sizeof(h) + len };

	h.n = len > 0 ? (unsigned char)bytes[0] % 16 : 0;
	h.sum = checksum(checksum(h.key ^ h.n ^ (uint64_t)h.as << 32,
	    &h.commit, OID_LEN), bytes, len);
	buf_add(&all, &h, sizeof(h));
	buf_add(&all, bytes, len);
	folder_write(fd, "statcache", all.bytes, all.len);
	if ((c = statcache_open(fd, "statcache", NULL)) != NULL)
		ask_cache(c, fd);
}

struct verdicts_header {
	char magic[8];
	uint32_t version, n;
	uint64_t sum;
	struct oid key;
};

static const char two_rules[] = "spec: f\nrules:\n"
    "  - {id: a, path: /etc/x, why: w, mode: '0600'}\n"
    "  - {id: b, path: /etc/y, why: w, require: present}\n";

static void
known(int fd, const char *bytes, size_t len)
{
	static struct catalogue ours;
	struct written w = { 0 };
	const struct evidence ev = written_evidence(&w);
	const struct oid key = { 0 };
	CLEANUP(drop_verdicts) struct verdicts *v = NULL;
	CLEANUP(drop_buf) struct buf all = { 0 };
	struct verdicts_header h = { .magic = "drftverd", .version = 1,
		.n = len > 0 ? (unsigned char)bytes[0] % 4 : 0 };
	struct results out = { 0 };

	if (ours.n == 0)
		ours = written_spec(two_rules);
	if (len > 0)
		h.sum = checksum(h.n, bytes + 1, len - 1);
	buf_add(&all, &h, sizeof(h));
	if (len > 0)
		buf_add(&all, bytes + 1, len - 1);
	folder_write(fd, "verdicts", all.bytes, all.len);
	v = verdicts_open(fd, &key, &ev, NULL);
	for (size_t i = 0; i < ours.specs[0]->n_rules; i++)
		verdicts_rule(v, &ours.specs[0]->rules[i], &out);
	for (size_t i = 0; i < out.n; i++) {
		assert(out.items[i].verdict <= VERDICT_CANNOT_TELL);
		assert(out.items[i].path != NULL);
		assert(out.items[i].demand != NULL);
		assert(out.items[i].what != NULL);
	}
	verdicts_keep(v);
	results_done(&out);
}

static void
intent(int fd, const char *bytes, size_t len)
{
	CLEANUP(drop_journal) struct journal j = { 0 }, again = { 0 };
	CLEANUP(drop_buf) struct buf all = { 0 };
	struct err e = { 0 };

	buf_adds(&all, "driftctl-journal 1\n");
	buf_add(&all, bytes, len);
	rollfiles_seal(&all);
	folder_write(fd, "journal/a", all.bytes, all.len);
	if (journal_find(fd, &j, &e) != 1) {
		assert(e.what[0] != '\0');
		return;
	}
	assert(j.root != NULL && strcmp(j.id, "a") == 0);
	assert(journal_write(fd, &j, &e) == 0);
	assert(journal_find(fd, &again, &e) == 1);
	assert(again.folders.n == j.folders.n && again.n == j.n);
	assert(strcmp(again.root, j.root) == 0);
}

/* The list of what was there, and behind a line of "%%" that of what was not;
 * no archive is to be had. */
static void
rolled(int fd, const char *bytes, size_t len)
{
	static const char cut[] = "%%\n";
	CLEANUP(drop_rollback) struct rollback r = { 0 };
	CLEANUP(drop_buf) struct buf all = { 0 };
	const char *at = memmem(bytes, len, cut, strlen(cut));
	const char *list = at != NULL ? at + strlen(cut) : bytes + len;
	size_t list_len = len - (size_t)(list - bytes);
	struct err e = { 0 };

	buf_addf(&all, ROLL_HEADER "list %016llx\n",
	    (unsigned long long)checksum(0, list, list_len));
	buf_add(&all, bytes, at != NULL ? (size_t)(at - bytes) : len);
	rollfiles_seal(&all);
	folder_write(fd, "rollback/a" ROLL_META, all.bytes, all.len);
	folder_write(fd, "rollback/a" ROLL_LIST, list, list_len);
	assert(rollback_read(fd, "a", &r, &e) < 0);
	assert(e.what[0] != '\0');
}

static void
shallow(int fd, const char *bytes, size_t len)
{
	struct oidset one = { 0 }, two = { 0 };
	struct err e = { 0 };

	folder_write(fd, "shallow", bytes, len);
	if (gitfiles_read_shallow(fd, folder_dir, &one, &e) == 0) {
		assert(gitfiles_write_shallow(fd, folder_dir, &one, &e) == 0);
		assert(gitfiles_read_shallow(fd, folder_dir, &two, &e) == 0);
		assert(two.n <= one.n);
	}
	oidset_done(&one);
	oidset_done(&two);
}

static void
sealed(int fd, const char *bytes, size_t len)
{
	static struct seal_key *key;
	CLEANUP(drop_sealed_buf) struct buf out = { 0 }, in = { 0 };
	struct err e = { 0 };

	if (key == NULL)
		key = seal_key_load(fd, "seal.key", true, &e);
	assert(key != NULL);
	/* Nobody without the key makes something that it opens. */
	assert(seal_open(key, "f", bytes, len, &out, &e) < 0);
	assert(out.len == 0);
	seal_bytes(key, bytes, len, &in);
	assert(seal_open(key, "f", in.bytes, in.len, &out, &e) == 0);
	assert(out.len == len &&
	    (len == 0 || memcmp(out.bytes, bytes, len) == 0));
}

/* The first byte says which file the others are. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const what[])(int fd, const char *bytes, size_t len) = {
		metadata, cache, known, intent, rolled, shallow, sealed };

	if (size > 0)
		what[data[0] % (sizeof(what) / sizeof(*what))](
		    folder_open(folders), (const char *)data + 1, size - 1);
	return 0;
}
