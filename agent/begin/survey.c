/* SPDX-License-Identifier: MIT */
#include "agent/begin/survey.h"

#include <stdlib.h>
#include <string.h>

#include "agent/json.h"
#include "agent/wrap.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"

enum { TITLE_COLUMN = 34, WHY_SHOWN = 42, NAME_COLUMNS = 20, FOLDERS_TOLD = 6 };

void
survey_system(const struct machine *m, struct buf *out)
{
	const char *os = facts_os_name(m->facts);
	const char *host = facts_get(m->facts)->hostname;

	buf_adds(out, _("system: "));
	os = os != NULL ? os : _("of an unknown distribution");
	text_escape(out, os, strlen(os));
	if (host != NULL && host[0] != '\0') {
		buf_adds(out, ", ");
		text_escape(out, host, strlen(host));
	}
	if (!m->live) {
		buf_adds(out, _(", below "));
		text_escape(out, m->o->root, strlen(m->o->root));
	}
	buf_addc(out, '\n');
}

static size_t
count_rules(const struct spec *s)
{
	size_t n = 0;

	for (size_t k = 0; k < s->n_rules; k++)
		n += !s->rules[k].disabled;
	return n;
}

static size_t
over(const char *name)
{
	size_t n = strlen(name);

	return n > NAME_COLUMNS ? n - NAME_COLUMNS : 0;
}

/* A pattern of all folders that something may be in is told in part. */
static void
add_why(struct buf *out, const char *why)
{
	size_t len = strlen(why), n = 0;

	while (n < len && n < WHY_SHOWN) {
		uint32_t code;
		size_t k = text_utf8(why + n, len - n, &code);

		n += k > 0 ? k : 1;
	}
	buf_addf(out, "%*s(", TITLE_COLUMN, "");
	text_escape(out, why, n);
	buf_adds(out, n < len ? "…)\n" : ")\n");
}

void
survey_specs(const struct catalogue *cat, struct buf *out)
{
	const char *everywhere = _("it applies everywhere");
	size_t others = 0;

	buf_adds(out, _("specs that apply here, and why:\n"));
	for (size_t i = 0; i < cat->n; i++) {
		const struct spec *s = cat->specs[i];
		size_t n = count_rules(s);

		others += !s->applies;
		if (!s->applies)
			continue;
		buf_addf(out, "  %-*s %3zu ", NAME_COLUMNS, s->name, n);
		buf_adds(out, ngettext("rule   ", "rules  ", n));
		wrap_from(out, TITLE_COLUMN + over(s->name), TITLE_COLUMN,
		    s->title != NULL ? s->title : "");
		if (s->applies_why != NULL &&
		    strcmp(s->applies_why, everywhere) != 0)
			add_why(out, s->applies_why);
	}
	if (others > 0)
		buf_addf(out, ngettext("  %zu other does not apply here "
		    "(see: driftctl spec list)\n", "  %zu others do not apply "
		    "here (see: driftctl spec list)\n", others), others);
}

void
survey_measure(const struct manifest *m, struct survey_sizes *out)
{
	*out = (struct survey_sizes){ .entries = m->n };
	for (size_t i = 0; i < m->n; i++) {
		const struct entry *en = &m->items[i];

		out->bytes += en->size;
		out->large += en->kind == ENTRY_FILE &&
		    en->content == CONTENT_DIGEST;
		out->secret += en->content == CONTENT_SEALED;
	}
}

struct folder {
	const char *path;	/* its first len bytes */
	size_t len, n;
};

struct folders {
	struct folder *items;
	size_t n, cap;
};

static void
drop_folders(struct folders *f)
{
	free(f->items);
}

static int
by_number(const void *a, const void *b)
{
	const struct folder *x = a, *y = b;

	return x->n > y->n ? -1 : x->n < y->n;
}

/* The length of "/etc", or of "/usr/lib" and "/var/spool". */
static size_t
top_of(const char *path)
{
	size_t n = 1 + strcspn(path + 1, "/");

	if ((strncmp(path, "/usr/", 5) == 0 ||
	    strncmp(path, "/var/", 5) == 0) && path[n] == '/')
		n += 1 + strcspn(path + n + 1, "/");
	return n;
}

/* Entries are in path order: those of a folder follow each other. */
static void
add_folders(const struct manifest *m, struct buf *out)
{
	CLEANUP(drop_folders) struct folders all = { 0 };
	size_t told;

	for (size_t i = 0; i < m->n; i++) {
		const char *path = m->items[i].path;
		size_t len = top_of(path);
		struct folder *last = all.n > 0 ? &all.items[all.n - 1] :
		    NULL;

		if (last == NULL || last->len != len ||
		    strncmp(last->path, path, len) != 0) {
			last = VEC_ADD(&all);
			*last = (struct folder){ path, len, 0 };
		}
		last->n++;
	}
	if (all.n > 0)
		qsort(all.items, all.n, sizeof(*all.items), by_number);
	told = all.n < FOLDERS_TOLD ? all.n : FOLDERS_TOLD;
	for (size_t i = 0; i < told; i++) {
		buf_adds(out, i > 0 ? ", " : ": ");
		text_escape(out, all.items[i].path, all.items[i].len);
		buf_addf(out, " %zu", all.items[i].n);
	}
	if (told < all.n)
		buf_adds(out, _(", and others"));
}

void
survey_tracked(const struct manifest *m, struct buf *out)
{
	CLEANUP(drop_buf) struct buf line = { 0 };
	struct survey_sizes s;

	survey_measure(m, &s);
	buf_addf(&line, ngettext("tracked: %zu entry, ",
	    "tracked: %zu entries, ", s.entries), s.entries);
	text_size_human(&line, s.bytes);
	add_folders(m, &line);
	wrap_from(out, 0, 2, buf_str(&line));
	if (s.secret > 0)
		buf_addf(out, ngettext("  %zu of them is secret and stored "
		    "sealed\n", "  %zu of them are secret and stored "
		    "sealed\n", s.secret), s.secret);
	if (s.large > 0)
		buf_addf(out, ngettext("  %zu is larger than max-size: only "
		    "its digest is kept, so it cannot be restored\n",
		    "  %zu are larger than max-size: only their digests are "
		    "kept, so they cannot be restored\n", s.large), s.large);
}

void
survey_json(const struct catalogue *cat, const struct manifest *m,
    struct json *j)
{
	struct survey_sizes s;

	json_open(j, "specs", '[');
	for (size_t i = 0; i < cat->n; i++) {
		if (!cat->specs[i]->applies)
			continue;
		json_open(j, NULL, '{');
		json_text(j, "name", cat->specs[i]->name);
		json_number(j, "rules", count_rules(cat->specs[i]));
		json_text(j, "why", cat->specs[i]->applies_why);
		json_close(j, '}');
	}
	json_close(j, ']');
	survey_measure(m, &s);
	json_open(j, "tracked", '{');
	json_number(j, "entries", s.entries);
	json_number(j, "bytes", s.bytes);
	json_number(j, "secret", s.secret);
	json_number(j, "by-digest", s.large);
	json_close(j, '}');
}
