/* SPDX-License-Identifier: MIT */
#include "agent/pkg/ownerskept.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/pkg/ownerstext.h"
#include "base/checksum.h"
#include "base/file.h"
#include "base/path.h"

#define FILE_NAME "packages"
/* Its first line: the sums of the databases' stat data and of the rest. */
#define HEADER "driftctl-kept 1 %016" PRIx64 " %016" PRIx64 "\n"
#define HEADER_IN "driftctl-kept 1 %16" SCNx64 " %16" SCNx64 "\n"
enum { HEADER_LEN = 16 + 16 + 1 + 16 + 1, KEPT_MAX = 256 << 20 };

/* 0: not to be believed, as something may change without any of it moving. */
static uint64_t
key_of(const struct root *r, int64_t since)
{
	struct inputs in = { 0 };
	uint64_t sum = 1;

	owners_inputs(r, &in);
	for (size_t i = 0; i < in.n && sum != 0; i++) {
		const struct input *x = &in.items[i];

		sum = checksum(sum, x->path, strlen(x->path) + 1);
		sum = seen_stat_sum(sum, &x->was.self);
		sum = seen_stat_sum(sum, &x->was.target);
		sum = checksum(sum, x->was.self_there ? "+" : "-", 1);
		if (x->was.unknown || statcache_racy(&x->was.self, since) ||
		    statcache_racy(&x->was.target, since))
			sum = 0;
	}
	inputs_done(&in);
	return sum;
}

/* What is kept, and the key it was kept with; false where it is damaged. */
static bool
read_kept(int store_fd, uint64_t *out_key, struct owners *out)
{
	CLEANUP(drop_buf) struct buf text = { 0 };
	struct err ignored = { 0 };
	uint64_t sum;

	return file_read(store_fd, FILE_NAME, KEPT_MAX, &text,
	    &ignored) == 0 && text.len > HEADER_LEN &&
	    sscanf(buf_str(&text), HEADER_IN, out_key, &sum) == 2 &&
	    sum == checksum(0, text.bytes + HEADER_LEN,
	    text.len - HEADER_LEN) &&
	    ownerstext_parse(FILE_NAME, text.bytes + HEADER_LEN,
	    text.len - HEADER_LEN, out, &ignored) == 0;
}

static void
keep(int store_fd, uint64_t key, const struct owners *o)
{
	CLEANUP(drop_buf) struct buf text = { 0 }, file = { 0 };
	struct err ignored = { 0 };

	ownerstext_write(o, &text);
	buf_addf(&file, HEADER, key, checksum(0, text.bytes, text.len));
	buf_add(&file, text.bytes, text.len);
	file_replace_quick(store_fd, FILE_NAME, file.bytes, file.len, 0600,
	    &ignored);
}

static bool
same_list(const struct strlist *a, const struct strlist *b)
{
	size_t i = 0;

	if (a->n != b->n)
		return false;
	while (i < a->n && strcmp(a->items[i], b->items[i]) == 0)
		i++;
	return i == a->n;
}

/* Reads the databases, and keeps what was in them. */
static void
read_anew(int store_fd, const struct root *r, const struct strlist *names,
    const struct owners *old, struct owners *out)
{
	int64_t since = statcache_now();
	uint64_t key = key_of(r, since);

	owners_read(r, names, old, out);
	if (out->trouble.kind != ERR_NONE)
		return;
	/* It moved while it was read: only the stamps are of any use. */
	if (key != key_of(r, since))
		key = 0;
	for (size_t i = 0; i < names->n; i++)
		strlist_add(&out->asked, names->items[i]);
	keep(store_fd, key, out);
}

/* The lists as they stand; names gets what they were asked for. */
static void
load(int store_fd, const struct root *r, const struct strlist *wanted,
    struct strlist *names, struct owners *out)
{
	CLEANUP(drop_owners) struct owners old = { 0 };
	uint64_t key;
	bool known = read_kept(store_fd, &key, &old);

	if (!known && wanted == NULL) {
		owners_read(r, NULL, NULL, out);
		return;
	}
	if (wanted != NULL) {
		owners_names(r, wanted, names);
		known = known && same_list(names, &old.asked);
	} else {
		for (size_t i = 0; i < old.asked.n; i++)
			strlist_add(names, old.asked.items[i]);
	}
	if (known && key != 0 && key == key_of(r, statcache_now()))
		*out = STEAL(old);
	else
		read_anew(store_fd, r, names, known ? &old : NULL, out);
}

void
ownerskept_load(int store_fd, const struct root *r,
    const struct strlist *wanted, struct owners *out)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };

	load(store_fd, r, wanted, &names, out);
	owners_resolve(r, wanted != NULL ? wanted : &names, out);
}

/* Where a path leads is up to its folders: the name at its end stays. */
static void
keep_named(struct owners *o, const struct strlist *names)
{
	size_t kept = 0;

	for (size_t i = 0; i < o->files.n; i++) {
		const char *name = path_name(o->files.items[i].path);

		if (names->n > 0 && bsearch(&name, names->items, names->n,
		    sizeof(char *), strlist_cmp) != NULL)
			o->files.items[kept++] = o->files.items[i];
	}
	o->files.n = kept;
}

void
ownerskept_load_named(int store_fd, const struct root *r,
    const struct strlist *wanted, const struct strlist *file_names,
    struct owners *out)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };

	load(store_fd, r, wanted, &names, out);
	keep_named(out, file_names);
	owners_resolve(r, wanted, out);
}

int
ownerskept_packages(int store_fd, const struct root *r, struct pkglist *out,
    struct err *e)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };
	CLEANUP(drop_owners) struct owners o = { 0 };

	load(store_fd, r, NULL, &names, &o);
	return pkglist_take(&o, out, e);
}
