/* SPDX-License-Identifier: MIT */
#ifndef TESTS_FUZZ_WRITTEN_H
#define TESTS_FUZZ_WRITTEN_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/glob.h"
#include "base/path.h"
#include "base/vec.h"
#include "specs/catalogue.h"
#include "specs/eval.h"

/*
 * A machine written down in the input, so that a fuzzer can change which files
 * there are as well as what is in them: first the question, then
 *
 *	== /etc/pam.d/imap
 *	what is in it
 *	== /etc/pam.d/smtp -> imap
 *	== /etc/pam.d/
 */
struct written_file {
	struct entry en;
	char *text;		/* without a NUL, so that none is relied on */
	size_t len;
	unsigned lines;
};

struct written {
	struct arena arena;
	const char *question;
	struct written_file *items;
	size_t n, cap;
};

enum { WRITTEN_FILES = 64, WRITTEN_LINKS = 20 };

static inline const struct written_file *
written_find(const struct written *w, const char *path)
{
	for (size_t i = 0; path != NULL && i < w->n; i++)
		if (strcmp(w->items[i].en.path, path) == 0)
			return &w->items[i];
	return NULL;
}

static inline void
written_add(struct written *w, const char *head, size_t head_len,
    const char *text, size_t len)
{
	CLEANUP(drop_free) char *line = xmemdup(head, head_len);
	CLEANUP(drop_buf) struct buf path = { 0 };
	char *target = strstr(line, " -> ");
	struct written_file *f;
	struct err e = { 0 };
	bool folder;

	if (target != NULL) {
		*target = '\0';
		target += 4;
	}
	folder = line[0] != '\0' && line[strlen(line) - 1] == '/';
	if (line[0] != '/' || path_normalize(&path, line, "/", &e) < 0 ||
	    written_find(w, buf_str(&path)) != NULL || w->n == WRITTEN_FILES)
		return;
	f = VEC_ADD(w);
	f->en = (struct entry){ .path = arena_strdup(&w->arena,
		buf_str(&path)), .kind = target != NULL ? ENTRY_SYMLINK :
		folder ? ENTRY_DIR : ENTRY_FILE, .mode = 0644, .size = len,
		.user = "root", .group = "root" };
	if (target != NULL)
		f->en.target = arena_strdup(&w->arena, target);
	f->text = xmalloc(len + (len == 0));
	memcpy(f->text, text, len);
	f->len = len;
	f->lines = 1;
	for (size_t i = 0; i < len; i++)
		f->lines += text[i] == '\n';
}

static inline struct written
written_read(const uint8_t *data, size_t size)
{
	const char *at = (const char *)data, *end = at + size, *head = NULL;
	const char *text = at, *next;
	struct written w = { 0 };

	for (; at < end; at = next) {
		const char *lf = memchr(at, '\n', (size_t)(end - at));

		next = lf != NULL ? lf + 1 : end;
		if (end - at < 3 || memcmp(at, "== ", 3) != 0)
			continue;
		if (head == NULL)
			w.question = arena_memdup(&w.arena, text,
			    (size_t)(at - text));
		else
			written_add(&w, head, (size_t)(text - head) - 1, text,
			    (size_t)(at - text));
		head = at + 3;
		text = next;
	}
	if (head == NULL)
		w.question = arena_memdup(&w.arena, text,
		    (size_t)(end - text));
	else if (text > head)
		written_add(&w, head, (size_t)(text - head) -
		    (text[-1] == '\n'), text, (size_t)(end - text));
	return w;
}

static inline void
written_done(struct written *w)
{
	for (size_t i = 0; i < w->n; i++)
		free(w->items[i].text);
	free(w->items);
	arena_done(&w->arena);
}

static inline const struct entry *
written_entry(void *ctx, const char *path)
{
	const struct written_file *f = written_find(ctx, path);

	return f != NULL ? &f->en : NULL;
}

static inline void
written_glob(void *ctx, const char *pattern,
    void (*each)(void *arg, const struct entry *en), void *arg)
{
	const struct written *w = ctx;

	for (size_t i = 0; i < w->n; i++)
		if (glob_path(pattern, w->items[i].en.path))
			each(arg, &w->items[i].en);
}

static inline int
written_bytes(void *ctx, const char *path, const char **out_bytes,
    size_t *out_len, struct err *e)
{
	const struct written_file *f = written_find(ctx, path);

	for (int i = 0; f != NULL && f->en.kind == ENTRY_SYMLINK; i++) {
		CLEANUP(drop_buf) struct buf to = { 0 };

		if (i == WRITTEN_LINKS)
			return err_set(e, ERR_SYSTEM, path, "a loop");
		path_link(&to, f->en.path, f->en.target);
		f = written_find(ctx, buf_str(&to));
	}
	if (f == NULL)
		return err_set(e, ERR_MISSING, path, "is not there");
	if (f->en.kind != ENTRY_FILE)
		return err_set(e, ERR_INPUT, path, "is no file");
	*out_bytes = f->text;
	*out_len = f->len;
	return 0;
}

static inline struct evidence
written_evidence(struct written *w)
{
	return (struct evidence){ .ctx = w, .entry = written_entry,
		.find = written_glob, .bytes = written_bytes,
		.now = 1795262400 };
}

/* Where the text of path is, symlinks followed; NULL: not there. */
static inline const struct written_file *
written_behind(const struct written *w, const char *path)
{
	const struct written_file *f = written_find(w, path);

	for (int i = 0; f != NULL && f->en.kind == ENTRY_SYMLINK &&
	    i <= WRITTEN_LINKS; i++) {
		CLEANUP(drop_buf) struct buf to = { 0 };

		path_link(&to, f->en.path, f->en.target);
		f = written_find(w, buf_str(&to));
	}
	return f;
}

/* A line that is named is one that the file has. */
static inline void
written_check_line(const struct written *w, const char *path, unsigned line)
{
	const struct written_file *f = written_behind(w, path);

	assert(f != NULL && f->en.kind == ENTRY_FILE);
	assert(line > 0 && line <= f->lines);
}

/* All that a rule can say about the machine can be told to a person. */
static inline void
written_judge_by(struct written *w, const struct evidence *ev,
    const struct rule *rule)
{
	struct results out = { 0 };

	eval_rule(rule, ev, &out);
	for (size_t i = 0; i < out.n; i++) {
		const struct result *r = &out.items[i];
		const char *file = r->decided_in != NULL ? r->decided_in :
		    r->path;

		assert(r->rule == rule && r->verdict != VERDICT_HOLDS);
		assert(r->path != NULL && r->demand != NULL);
		assert(r->what != NULL && r->what[0] != '\0');
		assert(r->at.line > 0);
		for (const char *c = r->what; *c != '\0'; c++)
			assert((unsigned char)*c >= 0x20);
		/* A program may name any line. */
		if (r->line > 0 && strcmp(r->demand, "command") != 0)
			written_check_line(w, file, r->line);
	}
	results_done(&out);
}

static inline void
written_judge(struct written *w, const struct rule *rule)
{
	const struct evidence ev = written_evidence(w);

	written_judge_by(w, &ev, rule);
}

/* The same of all rules; those that augeas is asked about start a process, and
 * have a target of their own. */
static inline void
written_judge_all(struct written *w, const struct catalogue *c,
    void (*also)(struct written *w, const struct rule *rule))
{
	for (size_t i = 0; c->n > 0 && i < c->specs[0]->n_rules; i++) {
		const struct rule *r = &c->specs[0]->rules[i];

		if (r->config.n > 0)
			continue;
		written_judge(w, r);
		if (also != NULL)
			also(w, r);
	}
}

/* A spec of ours, in which there is nothing to mend. */
static inline struct catalogue
written_spec(const char *spec)
{
	const struct spec_source source = { "f.yaml", spec, strlen(spec),
		NULL };
	struct diagnostics diags = { 0 };
	struct catalogue c = { 0 };

	catalogue_build(&c, &source, 1, NULL, NULL, &diags);
	assert(diags.n == 0);
	diagnostics_done(&diags);
	return c;
}

#endif
