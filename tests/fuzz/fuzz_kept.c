/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include "agent/answer.h"
#include "agent/askkept.h"
#include "base/checksum.h"
#include "base/mem.h"
#include "folder.h"
#include "snapshots/statcache.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * Answers that are kept in the store, of whole verbs and of programs. Their
 * checksums are put right, so that a fuzzer gets behind them.
 */
static const char *const folders[] = { "answers", "asked", NULL };

/* The one file in a folder of the store. */
static char *
only_file(int fd, const char *folder)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };

	assert(file_names(fd, folder, &names) == 0 && names.n == 1);
	return xasprintf("%s/%s", folder, names.items[0]);
}

struct answer_header {
	char magic[8];
	uint32_t version;
	int32_t exit_code;
	uint64_t sum, seen_sum;
	int64_t valid_until;
	uint32_t n_inputs, text_len;
};

/* A stat cache without a record is that of any machine. */
static char *
keep_answer(int fd, const struct options *o, uint64_t *out_seen)
{
	const struct oid commit = { 0 };
	const struct answer none = { 0 };
	const struct inputs inputs = { 0 };
	struct err e = { 0 };

	assert(statcache_write(fd, "statcache", 0, &commit, STATCACHE_OTHER,
	    NULL, 0, out_seen, &e) == 0);
	answer_keep(o, &none, *out_seen, &inputs, statcache_now(), 0);
	return only_file(fd, "answers");
}

/* Two bytes for how long the text is, one for the number of inputs. */
static void
answers(int fd, const uint8_t *bytes, size_t len)
{
	static char *name;
	static uint64_t seen;
	struct options o = { .root = folder_dir, .root_given = true,
		.store = folder_dir, .verb = "check" };
	struct answer_header h = { .magic = "drftansw", .version = 4 };
	CLEANUP(drop_buf) struct buf file = { 0 };
	struct answer out = { 0 };

	if (name == NULL)
		name = keep_answer(fd, &o, &seen);
	if (len < 3)
		return;
	h.seen_sum = seen;
	h.text_len = (uint32_t)(bytes[0] | bytes[1] << 8);
	h.n_inputs = bytes[2] % 4;
	h.sum = checksum(checksum(0, &h, sizeof(h)), bytes + 3, len - 3);
	buf_add(&file, &h, sizeof(h));
	buf_add(&file, bytes + 3, len - 3);
	folder_write(fd, name, file.bytes, file.len);
	if (answer_recall(&o, &out))
		assert(out.text.len == h.text_len && h.text_len <= len - 3);
	buf_done(&out.text);
}

struct asked_header {
	char magic[8];
	uint32_t version;
	int32_t exit;
	uint64_t sum;
	struct askkept_key key;
	int64_t when;
	uint32_t out_len, err_len;
};

/* Eight bytes for the lengths of both streams, eight for the moment. */
static void
asked(int fd, const uint8_t *bytes, size_t len)
{
	static char *name;
	static const char *run[] = { "dconf", "-n" };
	const struct command_demand d = { .run = { run, 2, 2 } };
	const struct askkept_key key = { { 1 } };
	struct asked_header h = { .magic = "drftaskd", .version = 1,
		.key = key, .when = time(NULL) };
	CLEANUP(drop_buf) struct buf file = { 0 };
	struct command_answer out = { 0 };
	struct arena a = { 0 };

	if (name == NULL) {
		askkept_save(fd, &key, &d, &out);
		name = only_file(fd, "asked");
	}
	if (len < 16)
		return;
	memcpy(&h.out_len, bytes, 4);
	memcpy(&h.err_len, bytes + 4, 4);
	/* Most often it is one of now. */
	if (bytes[8] != 0)
		memcpy(&h.when, bytes + 8, 8);
	h.sum = checksum(checksum(0, &h, sizeof(h)), bytes + 16, len - 16);
	buf_add(&file, &h, sizeof(h));
	buf_add(&file, bytes + 16, len - 16);
	folder_write(fd, name, file.bytes, file.len);
	if (askkept_recall(fd, &key, &d, &a, &out)) {
		assert(out.out_len + out.err_len == len - 16);
		assert(memcmp(out.out, bytes + 16, out.out_len) == 0);
		assert(out.when <= time(NULL) && out.valid_until > out.when);
	}
	arena_done(&a);
}

/* The first byte says which of them the others are. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 0)
		(data[0] % 2 == 0 ? answers : asked)(folder_open(folders),
		    data + 1, size - 1);
	return 0;
}
