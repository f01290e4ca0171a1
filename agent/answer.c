/* SPDX-License-Identifier: MIT */
#include "agent/answer.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/checksum.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/root.h"
#include "snapshots/statcache.h"
#include "snapshots/statlook.h"

enum {
	VERSION_NOW = 4,
	ANSWERS_MAX = 24,	/* different questions that are remembered */
	ANSWER_BYTES_MAX = 8 << 20,
};

struct header {
	char magic[8];
	uint32_t version;
	int32_t exit_code;
	uint64_t sum;		/* over all but itself */
	uint64_t seen_sum;
	int64_t kept_at, valid_until;	/* seconds since the epoch */
	uint32_t n_inputs;
	uint32_t text_len;
};

struct kept_input {
	struct input_state was;
	uint32_t path_len;
};

#define MAGIC "drftansw"

/* Everything about the question that the answer depends on in any case. */
static uint64_t
place(const struct options *o, const char *verb)
{
	char cwd[PATH_MAX] = "", host[256] = "";
	const char *const plain[] = { verb, o->root, o->store, o->config,
		getcwd(cwd, sizeof(cwd)),
		gethostname(host, sizeof(host) - 1) == 0 ? host : NULL };
	uint64_t sum = geteuid();

	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		sum = checksum(sum, plain[i], plain[i] != NULL ?
		    strlen(plain[i]) + 1 : 0);
	sum = checksum(sum, &o->specs.n, sizeof(o->specs.n));
	for (size_t i = 0; i < o->specs.n; i++)
		sum = checksum(sum, o->specs.items[i],
		    strlen(o->specs.items[i]) + 1);
	return sum;
}

/* The same, and what the words of the answer depend on. */
static uint64_t
question(const struct options *o)
{
	static const char *const env[] = { "LANG", "LC_ALL", "LC_MESSAGES",
		"LC_CTYPE", "LANGUAGE", "COLUMNS", "XDG_STATE_HOME", "HOME",
		"TZ", "AUGEAS_LENS_LIB" };
	struct { uint32_t format, color; int32_t verbose; } how = {
		(uint32_t)o->format, options_color(o), o->verbose };
	uint64_t sum = checksum(place(o, o->verb), &how, sizeof(how));

	for (int i = 0; i < o->argc; i++)
		sum = checksum(sum, o->argv[i], strlen(o->argv[i]) + 1);
	for (size_t i = 0; i < sizeof(env) / sizeof(env[0]); i++) {
		const char *v = getenv(env[i]);

		sum = checksum(sum, v, v != NULL ? strlen(v) + 1 : 0);
	}
	return sum;
}

/* Over all of a kept answer but the sum itself. */
static uint64_t
sum_of(const struct header *h, const struct buf *file)
{
	struct header plain = *h;

	plain.sum = 0;
	return checksum(checksum(0, &plain, sizeof(plain)),
	    file->bytes + sizeof(plain), file->len - sizeof(plain));
}

static char *
answer_name(uint64_t question)
{
	return xasprintf("answers/%016llx", (unsigned long long)question);
}

static int
open_store(const struct options *o)
{
	CLEANUP(drop_buf) struct buf dir = { 0 };
	struct err ignored = { 0 };

	if (options_store(o, &dir, &ignored) < 0)
		return -1;
	return open(buf_str(&dir), O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* Steps over the inputs, which go to seen (may be NULL) as well; NULL when one
 * of them is not what it was. */
static const char *
check_inputs(const struct header *h, const char *p, const char *end,
    struct inputs *seen)
{
	for (uint32_t i = 0; i < h->n_inputs; i++) {
		struct kept_input k;
		struct input_state now;

		if ((size_t)(end - p) < sizeof(k))
			return NULL;
		memcpy(&k, p, sizeof(k));
		p += sizeof(k);
		if ((size_t)(end - p) <= k.path_len || p[k.path_len] != '\0')
			return NULL;
		input_look(p, k.was.follow, &now);
		if (!input_same(&k.was, &now))
			return NULL;
		if (seen != NULL)
			inputs_take(seen, p, &k.was);
		p += k.path_len + 1;
	}
	return (size_t)(end - p) == h->text_len ? p : NULL;
}

static bool
same_machine(const struct options *o, int store, uint64_t seen_sum)
{
	CLEANUP(drop_statcache) struct statcache *c =
	    statcache_open(store, "statcache", NULL);
	CLEANUP(drop_root) struct root r = { .fd = -1 };
	struct err ignored = { 0 };

	return c != NULL && statcache_sum(c) == seen_sum &&
	    root_open(&r, o->root, &ignored) == 0 &&
	    statlook_unchanged(c, &r);
}

/* With seen, what is tracked does not count. */
static bool
recall(const struct options *o, uint64_t question, struct answer *out,
    struct inputs *seen)
{
	CLEANUP(drop_free) char *name = answer_name(question);
	CLEANUP(drop_buf) struct buf file = { 0 };
	CLEANUP(drop_fd) int store = open_store(o);
	struct header h;
	struct err ignored = { 0 };
	const char *text;
	/* time(2) may lag behind by a tick, into the second before. */
	int64_t now = statcache_now() / 1000000000;

	if (store < 0 ||
	    file_read(store, name, ANSWER_BYTES_MAX, &file, &ignored) < 0 ||
	    file.len < sizeof(h))
		return false;
	memcpy(&h, file.bytes, sizeof(h));
	if (memcmp(h.magic, MAGIC, 8) != 0 || h.version != VERSION_NOW ||
	    h.sum != sum_of(&h, &file) ||
	    now < h.kept_at || (h.valid_until != 0 && now >= h.valid_until))
		return false;
	text = check_inputs(&h, file.bytes + sizeof(h),
	    file.bytes + file.len, seen);
	if (text == NULL ||
	    (seen == NULL && !same_machine(o, store, h.seen_sum)))
		return false;
	out->exit_code = h.exit_code;
	buf_add(&out->text, text, h.text_len);
	return true;
}

bool
answer_recall(const struct options *o, struct answer *out)
{
	return recall(o, question(o), out, NULL);
}

/* No verb is called like this. */
#define STATE "(state)"
#define DERIVED "(derived)"

bool
answer_recall_state(const struct options *o, struct oid *out)
{
	struct answer a = { 0 };
	bool known = recall(o, place(o, STATE), &a, NULL) &&
	    a.text.len == sizeof(*out);

	if (known)
		memcpy(out, a.text.bytes, sizeof(*out));
	buf_done(&a.text);
	return known;
}

bool
answer_recall_derived(const struct options *o, struct buf *out,
    struct inputs *in)
{
	struct inputs seen = { 0 };
	struct answer a = { 0 };
	bool known = recall(o, place(o, DERIVED), &a, &seen);

	for (size_t i = 0; known && i < seen.n; i++)
		inputs_take(in, seen.items[i].path, &seen.items[i].was);
	if (known)
		buf_add(out, buf_str(&a.text), a.text.len);
	inputs_done(&seen);
	buf_done(&a.text);
	return known;
}

/* False when it moved while the answer was thought about, or may change again
 * without any stat data showing it. */
static bool
add_input(struct buf *file, const struct input *i, int64_t since)
{
	const struct kept_input k = { i->was, (uint32_t)strlen(i->path) };
	struct input_state now;

	input_look(i->path, i->was.follow, &now);
	if (!input_same(&i->was, &now) ||
	    statcache_racy(&now.self, since) ||
	    statcache_racy(&now.target, since))
		return false;
	buf_add(file, &k, sizeof(k));
	buf_add(file, i->path, k.path_len + 1);
	return true;
}

/* Questions come and go: when there are many, all of them go. */
static void
make_room(int store)
{
	CLEANUP(drop_fd) int fd = openat(store, "answers",
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP(drop_dir) DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *de;
	size_t n = 0;

	if (d == NULL)
		return;
	fd = -1;
	while ((de = readdir(d)) != NULL)
		n += de->d_name[0] != '.';
	if (n < ANSWERS_MAX)
		return;
	rewinddir(d);
	while ((de = readdir(d)) != NULL)
		if (de->d_name[0] != '.')
			unlinkat(dirfd(d), de->d_name, 0);
}

static void
keep(const struct options *o, uint64_t question, const struct answer *a,
    uint64_t seen_sum, const struct inputs *inputs, int64_t since,
    int64_t valid_until)
{
	CLEANUP(drop_free) char *name = answer_name(question);
	CLEANUP(drop_buf) struct buf file = { 0 };
	CLEANUP(drop_fd) int store = open_store(o);
	struct err ignored = { 0 };
	struct header h = { .magic = MAGIC, .version = VERSION_NOW,
		.exit_code = a->exit_code, .seen_sum = seen_sum,
		.kept_at = since / 1000000000, .valid_until = valid_until,
		.n_inputs = (uint32_t)inputs->n,
		.text_len = (uint32_t)a->text.len };

	if (store < 0)
		return;
	buf_add(&file, &h, sizeof(h));
	for (size_t i = 0; i < inputs->n; i++)
		if (!add_input(&file, &inputs->items[i], since))
			return;
	buf_add(&file, buf_str(&a->text), a->text.len);
	if (file.len > ANSWER_BYTES_MAX)
		return;
	h.sum = sum_of(&h, &file);
	memcpy(file.bytes, &h, sizeof(h));
	if (mkdirat(store, "answers", 0700) < 0)
		make_room(store);
	/* It only saves time: without it the next run thinks for itself. */
	file_replace_quick(store, name, file.bytes, file.len, 0600, &ignored);
}

void
answer_keep(const struct options *o, const struct answer *a,
    uint64_t seen_sum, const struct inputs *inputs, int64_t since,
    int64_t valid_until)
{
	keep(o, question(o), a, seen_sum, inputs, since, valid_until);
}

void
answer_keep_state(const struct options *o, const struct oid *snapshot,
    uint64_t seen_sum, const struct inputs *inputs, int64_t since)
{
	struct answer a = { 0 };

	buf_add(&a.text, snapshot, sizeof(*snapshot));
	keep(o, place(o, STATE), &a, seen_sum, inputs, since, 0);
	buf_done(&a.text);
}

void
answer_keep_derived(const struct options *o, const struct buf *text,
    const struct inputs *inputs, int64_t since)
{
	struct answer a = { 0 };

	buf_add(&a.text, text->bytes, text->len);
	keep(o, place(o, DERIVED), &a, 0, inputs, since, 0);
	buf_done(&a.text);
}
