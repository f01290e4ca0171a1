/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "agent/changetext.h"
#include "agent/config.h"
#include "agent/facts.h"
#include "agent/packages.h"
#include "agent/pkg/ownerstext.h"
#include "agent/spectest/speccase.h"
#include "base/idnames.h"
#include "base/mem.h"
#include "folder.h"
#include "snapshots/gitrepo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Small files that the command line reads, each in its own way. */
static const char *const folders[] = { "etc", "var/lib/dpkg", NULL };

static void
dpkg(int fd, const char *bytes, size_t len)
{
	const struct root root = { fd, folder_dir };
	struct inputs inputs = { 0 };
	struct packages *p;

	folder_write(fd, "var/lib/dpkg/status", bytes, len);
	p = packages_load(&root, &inputs);
	/* What dpkg would refuse has no packages at all. */
	assert(packages_trouble(p) == NULL || !packages_has(p, "postfix"));
	/* One that nobody can have installed. */
	assert(!packages_has(p, "a\nb"));
	packages_free(p);
	inputs_done(&inputs);
}

/* What driftctl-rpm prints, and what a transaction keeps: written again it is
 * the same. */
static void
rpm(int fd, const char *bytes, size_t len)
{
	CLEANUP(drop_owners) struct owners o = { 0 };
	CLEANUP(drop_owners) struct owners again = { 0 };
	CLEANUP(drop_buf) struct buf once = { 0 };
	CLEANUP(drop_buf) struct buf twice = { 0 };
	struct err e = { 0 };

	(void)fd;
	if (ownerstext_parse("fuzz", bytes, len, &o, &e) < 0) {
		assert(e.what[0] != '\0' && e.line > 0);
		return;
	}
	ownerstext_write(&o, &once);
	assert(ownerstext_parse("again", buf_str(&once), once.len, &again,
	    &e) == 0);
	owners_settle(&o);
	owners_settle(&again);
	buf_reset(&once);
	ownerstext_write(&o, &once);
	ownerstext_write(&again, &twice);
	assert(once.len == twice.len &&
	    memcmp(buf_str(&once), buf_str(&twice), once.len) == 0);
}

/* A name that has a number is one that the number has, or had. */
static void
names(int fd, const char *bytes, size_t len)
{
	const struct root root = { fd, folder_dir };
	const char *name;
	struct idnames *n;
	uint32_t id;

	folder_write(fd, "etc/passwd", bytes, len);
	folder_write(fd, "etc/group", bytes, len);
	n = idnames_load(&root, false);
	for (id = 0; id < 8; id++)
		if ((name = idnames_user(n, id)) != NULL)
			assert(strpbrk(name, ":\n") == NULL);
	idnames_uid(n, "mail", &id);
	idnames_gid(n, "mail", &id);
	idnames_free(n);
}

static void
release(int fd, const char *bytes, size_t len)
{
	CLEANUP(drop_free) char *text = xmemdup(bytes, len);
	struct arena a = { 0 };
	const char *value = facts_release_value(&a, text, "ID");

	(void)fd;
	assert(value == NULL || strchr(value, '\n') == NULL);
	arena_done(&a);
}

static void
config(int fd, const char *bytes, size_t len)
{
	struct diagnostics diags = { 0 };
	struct config c;

	(void)fd;
	config_init(&c);
	config_parse("driftctl.yaml", bytes, len, &c, &diags);
	assert(c.lock_wait <= 3600);
	for (size_t i = 0; i < diags.n; i++)
		assert(diags.items[i].text[0] != '\0');
	config_done(&c);
	diagnostics_done(&diags);
}

static void
test_case(int fd, const char *bytes, size_t len)
{
	struct diagnostics diags = { 0 };
	struct arena a = { 0 };
	struct spec_case c;

	(void)fd;
	speccase_parse("a.yaml", bytes, len, &a, &c, &diags);
	for (size_t i = 0; i < c.files.n; i++)
		assert(c.files.items[i].path != NULL);
	for (size_t i = 0; i < c.finds.n; i++)
		assert(c.finds.items[i].rule != NULL || diags.n > 0);
	arena_done(&a);
	diagnostics_done(&diags);
}

struct sides {
	const char *was, *is;
	size_t was_len, is_len;
};

static int
give_was(void *ctx, const struct entry *en, struct buf *out, struct err *e)
{
	const struct sides *s = ctx;

	(void)en;
	(void)e;
	buf_add(out, s->was, s->was_len);
	return 0;
}

static int
give_is(void *ctx, const struct entry *en, struct buf *out, struct err *e)
{
	const struct sides *s = ctx;

	(void)en;
	(void)e;
	buf_add(out, s->is, s->is_len);
	return 0;
}

/* Two versions of a file, "%%" on a line between them; nothing that is shown
 * of them moves a cursor. */
static void
changed(int fd, const char *bytes, size_t len)
{
	static const char cut[] = "\n%%\n";
	static bool started;
	static const char *const paths[] = { "/etc/fstab", "/etc/a.xml" };
	const char *at = memmem(bytes, len, cut, strlen(cut));
	struct entry en = { .path = paths[len % 2], .kind = ENTRY_FILE };
	const struct change c = { .was = &en, .is = &en,
		.differs = DIFF_CONTENT };
	struct sides s = { .was = bytes, .was_len = len };
	const struct change_content from = { give_was, give_is, &s };
	CLEANUP(drop_buf) struct buf out = { 0 };
	struct err e = { 0 };

	(void)fd;
	if (!started && gitrepo_start(&e) < 0)
		abort();
	started = true;
	if (at != NULL) {
		s.was_len = (size_t)(at - bytes) + 1;
		s.is = at + strlen(cut);
		s.is_len = len - (size_t)(s.is - bytes);
	}
	if (change_diff(&c, &from, WORDS_PLAIN, &out, &e) < 0)
		assert(e.what[0] != '\0');
	for (size_t i = 0; i < out.len; i++)
		assert((unsigned char)out.bytes[i] >= 0x20 ||
		    strchr("\t\n", out.bytes[i]) != NULL);
}

/* The first byte says which file the others are. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const what[])(int fd, const char *bytes, size_t len) = {
		dpkg, rpm, names, release, config, test_case, changed };

	if (size > 0)
		what[data[0] % (sizeof(what) / sizeof(*what))](
		    folder_open(folders), (const char *)data + 1, size - 1);
	return 0;
}
