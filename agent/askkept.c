/* SPDX-License-Identifier: MIT */
#include "agent/askkept.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/checksum.h"
#include "base/file.h"
#include "base/glob.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/strlist.h"
#include "specs/matches.h"

enum {
	KEPT_VERSION = 1,
	KEPT_BYTES_MAX = 256 << 10,
	KEPT_MAX = 256,		/* commands that are remembered */
	LINKS_MAX = 40,
};

#define FOLDER "asked"

struct header {
	char magic[8];
	uint32_t version;
	int32_t exit;
	uint64_t sum;		/* over all but itself */
	struct askkept_key key;
	int64_t when;
	uint32_t out_len, err_len;
};

#define MAGIC "drftaskd"

static void
add_text(struct digest *d, const char *s)
{
	digest_add(d, s != NULL ? s : "", s != NULL ? strlen(s) + 1 : 1);
}

static void
add_texts(struct digest *d, const struct texts *t)
{
	digest_add(d, &t->n, sizeof(t->n));
	for (size_t i = 0; i < t->n; i++)
		add_text(d, t->items[i]);
}

static int
add_program(struct digest *d, const char *program)
{
	struct stat st;

	if (stat(program, &st) < 0)
		return -1;
	const int64_t numbers[] = { (int64_t)st.st_dev, (int64_t)st.st_ino,
		st.st_size, st.st_mtim.tv_sec, st.st_mtim.tv_nsec,
		st.st_ctim.tv_sec, st.st_ctim.tv_nsec };
	add_text(d, program);
	digest_add(d, numbers, sizeof(numbers));
	return 0;
}

/* What nobody records is told apart by its size and time. */
static void
add_entry(struct digest *d, const struct entry *en)
{
	const int64_t numbers[] = { en->kind, en->mode, en->uid, en->gid,
		(int64_t)en->size, en->content, en->mtime.tv_sec,
		en->mtime.tv_nsec };
	size_t n = sizeof(numbers) / sizeof(numbers[0]);

	if (en->content != CONTENT_UNREADABLE)
		n -= 2;
	add_text(d, en->path);
	digest_add(d, numbers, n * sizeof(numbers[0]));
	add_text(d, en->target);
	add_text(d, en->acl);
	digest_add(d, &en->oid, sizeof(en->oid));
}

/* Where a symlink leads, which may be tracked by nobody. */
static void
add_targets(struct digest *d, const struct evidence *ev,
    const struct entry *en)
{
	CLEANUP(drop_buf) struct buf at = { 0 };

	buf_adds(&at, en->path);
	for (int i = 0; i < LINKS_MAX && en != NULL &&
	    en->kind == ENTRY_SYMLINK && en->target != NULL; i++) {
		CLEANUP(drop_buf) struct buf from = { 0 };

		buf_adds(&from, buf_str(&at));
		path_link(&at, buf_str(&from), en->target);
		en = ev->entry(ev->ctx, buf_str(&at));
		if (en != NULL)
			add_entry(d, en);
		else
			add_text(d, NULL);
	}
}

static void
find_all(const struct evidence *ev, const struct texts *patterns,
    struct matches *m)
{
	for (size_t i = 0; i < patterns->n; i++) {
		CLEANUP(drop_strlist) struct strlist all = { 0 };
		struct err ignored = { 0 };

		if (glob_braces(patterns->items[i], &all, &ignored) < 0)
			continue;
		for (size_t k = 0; k < all.n; k++)
			matches_add(ev, all.items[k], m);
	}
}

int
askkept_key(const struct evidence *ev, const struct rule *rule,
    const char *program, struct askkept_key *out)
{
	const struct command_demand *c = rule->command;
	CLEANUP(drop_matches) struct matches m = { 0 };
	CLEANUP(drop_digest) struct digest *d = digest_new();

	digest_sha256_start(d);
	add_texts(d, &c->run);
	add_texts(d, &c->scratch);
	add_text(d, c->user);
	if (add_program(d, program) < 0)
		return -1;
	find_all(ev, &rule->paths, &m);
	find_all(ev, &c->reads, &m);
	matches_sort(&m);
	for (size_t i = 0; i < m.n; i++)
		add_entry(d, m.items[i]);
	for (size_t i = 0; i < m.n; i++)
		add_targets(d, ev, m.items[i]);
	digest_end(d, out->b);
	return 0;
}

static void
name_of(const struct command_demand *d, struct buf *out)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < d->run.n; i++)
		sum = checksum(sum, d->run.items[i],
		    strlen(d->run.items[i]) + 1);
	sum = checksum(sum, d->user, d->user != NULL ? strlen(d->user) : 0);
	buf_addf(out, FOLDER "/%016llx", (unsigned long long)sum);
}

static uint64_t
sum_of(const struct header *h, const char *rest, size_t len)
{
	struct header plain = *h;

	plain.sum = 0;
	return checksum(checksum(0, &plain, sizeof(plain)), rest, len);
}

bool
askkept_recall(int store, const struct askkept_key *key,
    const struct command_demand *d, struct arena *a,
    struct command_answer *out)
{
	CLEANUP(drop_buf) struct buf name = { 0 };
	CLEANUP(drop_buf) struct buf file = { 0 };
	struct err ignored = { 0 };
	struct header h;
	const char *rest;
	int64_t now = time(NULL);

	name_of(d, &name);
	if (file_read(store, buf_str(&name), KEPT_BYTES_MAX, &file,
	    &ignored) < 0 || file.len < sizeof(h))
		return false;
	memcpy(&h, file.bytes, sizeof(h));
	rest = file.bytes + sizeof(h);
	if (memcmp(h.magic, MAGIC, 8) != 0 || h.version != KEPT_VERSION ||
	    (uint64_t)h.out_len + h.err_len != file.len - sizeof(h) ||
	    h.sum != sum_of(&h, rest, file.len - sizeof(h)) ||
	    memcmp(&h.key, key, sizeof(*key)) != 0 ||
	    h.when > now || now >= h.when + ASKKEPT_NAMED)
		return false;
	*out = (struct command_answer){ .state = COMMAND_ANSWERED,
		.exit = h.exit, .when = h.when,
		.valid_until = h.when + ASKKEPT_NAMED,
		.out = arena_memdup(a, rest, h.out_len), .out_len = h.out_len,
		.err = arena_memdup(a, rest + h.out_len, h.err_len),
		.err_len = h.err_len };
	return true;
}

/* Rules come and go: when there are many, all of them go. */
static void
make_room(int store)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };
	CLEANUP(drop_fd) int dir = openat(store, FOLDER,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0 || file_names(dir, ".", &names) < 0 || names.n < KEPT_MAX)
		return;
	for (size_t i = 0; i < names.n; i++)
		unlinkat(dir, names.items[i], 0);
}

void
askkept_save(int store, const struct askkept_key *key,
    const struct command_demand *d, const struct command_answer *answer)
{
	CLEANUP(drop_buf) struct buf name = { 0 };
	CLEANUP(drop_buf) struct buf file = { 0 };
	struct err ignored = { 0 };
	struct header h;

	if (answer->out_len + answer->err_len > KEPT_BYTES_MAX - sizeof(h))
		return;
	memset(&h, 0, sizeof(h));
	memcpy(h.magic, MAGIC, sizeof(h.magic));
	h.version = KEPT_VERSION;
	h.exit = answer->exit;
	h.key = *key;
	h.when = answer->when;
	h.out_len = (uint32_t)answer->out_len;
	h.err_len = (uint32_t)answer->err_len;
	buf_add(&file, &h, sizeof(h));
	buf_add(&file, answer->out, answer->out_len);
	buf_add(&file, answer->err, answer->err_len);
	h.sum = sum_of(&h, file.bytes + sizeof(h), file.len - sizeof(h));
	memcpy(file.bytes, &h, sizeof(h));
	if (mkdirat(store, FOLDER, 0700) < 0)
		make_room(store);
	name_of(d, &name);
	file_replace_quick(store, buf_str(&name), file.bytes, file.len, 0600,
	    &ignored);
}
