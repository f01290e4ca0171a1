/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agent/options.h"
#include "base/glob.h"
#include "base/mem.h"
#include "base/meta.h"
#include "base/path.h"
#include "base/posixacl.h"
#include "base/strlist.h"
#include "base/text.h"
#include "snapshots/tarnames.h"
#include "specs/filecaps.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What follows the first newline; both are texts. */
static char *
cut(char *text)
{
	char *lf = strchr(text, '\n');

	if (lf == NULL)
		return text + strlen(text);
	*lf = '\0';
	return lf + 1;
}

static bool
is_regular(const char *path)
{
	size_t n = strlen(path);

	return path[0] == '/' && strstr(path, "//") == NULL &&
	    strstr(path, "/./") == NULL && strstr(path, "/../") == NULL &&
	    (n == 1 || path[n - 1] != '/') && !text_ends(path, "/.") &&
	    !text_ends(path, "/..");
}

/* A pattern against a path: what has no braces is itself, and what was escaped
 * matches itself alone. */
static void
globs(char *pattern, size_t len)
{
	CLEANUP(drop_strlist) struct strlist all = { 0 };
	CLEANUP(drop_buf) struct buf escaped = { 0 };
	char *path = cut(pattern);
	struct err e = { 0 };

	(void)len;
	if (glob_braces(pattern, &all, &e) < 0)
		assert(e.what[0] != '\0');
	for (size_t i = 0; i < all.n; i++)
		glob_path(all.items[i], path);
	glob_name(pattern, strlen(pattern), path);
	glob_escape(&escaped, path);
	assert(glob_name(buf_str(&escaped), escaped.len, path));
	err_clear(&e);
	strlist_done(&all);
	if (glob_braces(buf_str(&escaped), &all, &e) == 0)
		assert(strcmp(all.items[0], buf_str(&escaped)) == 0);
}

/* What is written can be read again, and what is shown moves no cursor. */
static void
texts(char *bytes, size_t len)
{
	CLEANUP(drop_buf) struct buf word = { 0 }, back = { 0 };
	CLEANUP(drop_buf) struct buf shown = { 0 }, json = { 0 };

	text_encode(&word, bytes, len);
	assert(word.len == 0 || strpbrk(buf_str(&word), " \t\n\r") == NULL);
	assert(text_decode(&back, buf_str(&word), word.len) == 0);
	assert(back.len == len &&
	    (len == 0 || memcmp(back.bytes, bytes, len) == 0));
	buf_reset(&back);
	text_decode(&back, bytes, len);
	text_escape(&shown, bytes, len);
	text_quote_json(&json, bytes, len);
	for (size_t i = 0; i < shown.len; i++)
		assert((unsigned char)shown.bytes[i] >= 0x20);
	for (size_t i = 0; i < json.len; i++)
		assert((unsigned char)json.bytes[i] >= 0x20);
}

static void
paths(char *typed, size_t len)
{
	CLEANUP(drop_buf) struct buf one = { 0 }, to = { 0 };
	char *target = cut(typed);
	struct arena a = { 0 };
	struct err e = { 0 };
	const char *name = tarnames_path(&a, typed);

	(void)len;
	assert(name == NULL || is_regular(name));
	if (path_normalize(&one, typed, "/home/x", &e) == 0) {
		assert(is_regular(buf_str(&one)));
		path_link(&to, buf_str(&one), target);
		assert(is_regular(buf_str(&to)));
	}
	arena_done(&a);
}

static void
numbers(char *text, size_t len)
{
	unsigned char bytes[16];
	uint64_t n;
	uint32_t flags;

	(void)len;
	text_size(text, &n);
	text_unhex(text, bytes, sizeof(bytes));
	if (meta_flags_from(text, &flags) == 0) {
		CLEANUP(drop_buf) struct buf b = { 0 };
		uint32_t again = 0;

		meta_flags_text(&b, flags);
		assert(meta_flags_from(buf_str(&b), &again) == 0);
		assert(again == flags);
	}
}

/* Both forms that capabilities come in say the same when they are shown. */
static void
capabilities(char *bytes, size_t len)
{
	struct filecaps c, again = { 0 }, text = { 0 };
	CLEANUP(drop_buf) struct buf b = { 0 };
	char *word, *rest;

	if (filecaps_decode(bytes, len, &c) == 0) {
		filecaps_text(&c, &b);
		rest = b.bytes;
		while (rest != NULL && (word = strsep(&rest, " ")) != NULL)
			assert(filecaps_parse(word, &again) == 0);
		assert(memcmp(&c, &again, sizeof(c)) == 0);
	}
	filecaps_parse(bytes, &text);
}

static void
acls(char *text, size_t len)
{
	CLEANUP(drop_buf) struct buf one = { 0 }, two = { 0 };

	(void)len;
	if (posixacl_normal(text, &one) < 0)
		return;
	assert(posixacl_normal(buf_str(&one), &two) == 0);
	assert(strcmp(buf_str(&one), buf_str(&two)) == 0);
}

static void
arguments(char *text, size_t len)
{
	enum { WORDS = 64 };
	CLEANUP(drop_options) struct options o = { 0 };
	CLEANUP(drop_strlist) struct strlist rest = { 0 };
	const char *value = NULL;
	bool flag = false;
	const struct verb_option table[] = {
		{ "message", 'm', NULL, &value },
		{ "all", 'a', &flag, NULL },
		{ 0 },
	};
	char *argv[WORDS + 1] = { NULL }, *word;
	struct err e = { 0 };
	int argc = 0;

	(void)len;
	while (argc < WORDS && (word = strsep(&text, "\n")) != NULL)
		argv[argc++] = word;
	if (options_parse(argc, argv, &o, &e) == 0) {
		assert(o.root != NULL && o.argc <= argc);
		options_verb(&o, table, &rest, &e);
	} else {
		assert(e.kind == ERR_USAGE && e.what[0] != '\0');
	}
}

/* The first byte says what the others are. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const what[])(char *bytes, size_t len) = { globs, texts,
		paths, numbers, capabilities, acls, arguments };
	char *bytes;

	if (size == 0)
		return 0;
	bytes = xmemdup(data + 1, size - 1);
	what[data[0] % (sizeof(what) / sizeof(*what))](bytes, size - 1);
	free(bytes);
	return 0;
}
