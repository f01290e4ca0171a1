/* SPDX-License-Identifier: MIT */
#include "agent/pkg/ownerstext.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "agent/pkg/wanted.h"
#include "base/text.h"
#include "base/tr.h"

static const char header[] = "driftctl-owners 1\n";
static const char *const kinds[] = { "rpm", "dpkg" };
static const char *const algorithms[] = { "md5", "sha1", "sha224", "sha256",
	"sha384", "sha512" };
enum {
	N_ALGORITHMS = sizeof(algorithms) / sizeof(algorithms[0]),
	WORDS_MAX = 10,
};

static const struct {
	unsigned bit;
	const char *word;
} flags[] = {
	{ OWNED_CONFIG, "config" },
	{ OWNED_NOREPLACE, "noreplace" },
	{ OWNED_GHOST, "ghost" },
	{ OWNED_DOC, "doc" },
	{ OWNED_CONFFILE, "conffile" },
	{ OWNED_OBSOLETE, "obsolete" },
	{ OWNED_DIVERTED, "diverted" },
	{ OWNED_DIR, "dir" },
	{ OWNED_ABSENT, "absent" },
	{ OWNED_MISSINGOK, "missingok" },
};
enum { N_FLAGS = sizeof(flags) / sizeof(flags[0]) };

static void
put(struct buf *out, const char *before, const char *word)
{
	buf_adds(out, before);
	text_encode(out, word, strlen(word));
}

void
ownerstext_begin(struct buf *out)
{
	buf_adds(out, header);
}

void
ownerstext_package(struct buf *out, const struct package *p)
{
	buf_addf(out, "package %s", kinds[p->kind]);
	put(out, " ", p->name);
	put(out, " ", p->version);
	put(out, " ", p->arch);
	if (p->removed)
		buf_adds(out, " removed");
	if (p->stamp != 0)
		buf_addf(out, " stamp=%016" PRIx64, p->stamp);
	buf_addc(out, '\n');
}

void
ownerstext_file(struct buf *out, const struct owned *f)
{
	const char *before = " ";

	put(out, "file ", f->path);
	for (int i = 0; i < N_FLAGS; i++) {
		if ((f->flags & flags[i].bit) == 0)
			continue;
		buf_adds(out, before);
		buf_adds(out, flags[i].word);
		before = ",";
	}
	if (f->flags == 0)
		buf_adds(out, " -");
	if (f->has_mode) {
		buf_addf(out, " mode=%04o", f->mode);
		put(out, " owner=", f->user);
		put(out, " group=", f->group);
	}
	if (f->target != NULL)
		put(out, " target=", f->target);
	if (f->algorithm != NULL)
		buf_addf(out, " %s=%s", f->algorithm, f->digest);
	buf_addc(out, '\n');
}

void
ownerstext_end(struct buf *out, size_t lines)
{
	buf_addf(out, "end %zu\n", lines);
}

void
ownerstext_write(const struct owners *o, struct buf *out)
{
	CLEANUP(drop_free) size_t *next = xcalloc(o->files.n + 1,
	    sizeof(*next));
	CLEANUP(drop_free) size_t *first = xcalloc(o->packages.n + 1,
	    sizeof(*first));

	/* Files are in order of their paths: chained by package, from 1. */
	for (size_t i = o->files.n; i > 0; i--) {
		size_t p = o->files.items[i - 1].package;

		next[i] = first[p];
		first[p] = i;
	}
	ownerstext_begin(out);
	for (size_t i = 0; i < o->asked.n; i++) {
		put(out, "asked ", o->asked.items[i]);
		buf_addc(out, '\n');
	}
	for (size_t p = 0; p < o->packages.n; p++) {
		ownerstext_package(out, &o->packages.items[p]);
		for (size_t i = first[p]; i != 0; i = next[i])
			ownerstext_file(out, &o->files.items[i - 1]);
	}
	ownerstext_end(out, o->asked.n + o->packages.n + o->files.n);
}

/* A line being read. */
struct reading {
	const char *name;
	unsigned line;
	struct owners *out;
	struct err *e;
	char *words[WORDS_MAX];
	int n;
};

static int
odd(const struct reading *r)
{
	return err_at(r->e, r->name, r->line, 0,
	    _("this is no line of a list of packages"));
}

/* NUL cannot be in a path, so an encoded one is a lie. */
static const char *
decoded(const struct reading *r, const char *word)
{
	CLEANUP(drop_buf) struct buf b = { 0 };

	if (text_decode(&b, word, strlen(word)) < 0 ||
	    memchr(buf_str(&b), '\0', b.len) != NULL)
		return NULL;
	return arena_memdup(&r->out->arena, buf_str(&b), b.len);
}

static int
read_package(const struct reading *r)
{
	struct package p = { 0 };
	char *end;
	int i = 5;

	p.removed = r->n > i && strcmp(r->words[i], "removed") == 0;
	i += p.removed;
	if (r->n > i && strncmp(r->words[i], "stamp=", 6) == 0) {
		p.stamp = strtoull(r->words[i++] + 6, &end, 16);
		if (*end != '\0')
			return odd(r);
	}
	if (r->n < 5 || r->n != i)
		return odd(r);
	if (strcmp(r->words[1], kinds[PACKAGE_DPKG]) == 0)
		p.kind = PACKAGE_DPKG;
	else if (strcmp(r->words[1], kinds[PACKAGE_RPM]) != 0)
		return odd(r);
	p.name = decoded(r, r->words[2]);
	p.version = decoded(r, r->words[3]);
	p.arch = decoded(r, r->words[4]);
	if (p.name == NULL || p.version == NULL || p.arch == NULL)
		return odd(r);
	*owners_add_package(r->out) = p;
	return 0;
}

static int
read_flags(const struct reading *r, char *word, unsigned *out)
{
	char *save = NULL;

	*out = 0;
	if (strcmp(word, "-") == 0)
		return 0;
	for (char *w = strtok_r(word, ",", &save); w != NULL;
	    w = strtok_r(NULL, ",", &save)) {
		int i = 0;

		while (i < N_FLAGS && strcmp(flags[i].word, w) != 0)
			i++;
		if (i == N_FLAGS)
			return odd(r);
		*out |= flags[i].bit;
	}
	return 0;
}

static int
read_mode(const struct reading *r, const char *value, struct owned *f)
{
	char *end;
	unsigned long n = strtoul(value, &end, 8);

	if (*value < '0' || *value > '7' || *end != '\0' || n > 07777)
		return odd(r);
	f->mode = (uint32_t)n;
	f->has_mode = true;
	return 0;
}

static int
read_digest(const struct reading *r, const char *key, const char *value,
    struct owned *f)
{
	for (int i = 0; i < N_ALGORITHMS; i++) {
		if (strcmp(algorithms[i], key) != 0)
			continue;
		if (value[strspn(value, "0123456789abcdef")] != '\0')
			return odd(r);
		f->algorithm = algorithms[i];
		f->digest = arena_strdup(&r->out->arena, value);
		return 0;
	}
	return odd(r);
}

static int
read_attribute(const struct reading *r, char *word, struct owned *f)
{
	static const struct {
		const char *key;
		size_t at;
	} texts[] = {
		{ "owner", offsetof(struct owned, user) },
		{ "group", offsetof(struct owned, group) },
		{ "target", offsetof(struct owned, target) },
	};
	char *value = strchr(word, '=');

	if (value == NULL)
		return odd(r);
	*value++ = '\0';
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char *text;

		if (strcmp(word, texts[i].key) != 0)
			continue;
		text = decoded(r, value);
		if (text == NULL)
			return odd(r);
		memcpy((char *)f + texts[i].at, &text, sizeof(text));
		return 0;
	}
	return strcmp(word, "mode") == 0 ? read_mode(r, value, f) :
	    read_digest(r, word, value, f);
}

static int
read_file(const struct reading *r)
{
	struct owned f = { 0 };

	if (r->n < 3 || r->out->packages.n == 0)
		return odd(r);
	f.package = r->out->packages.n - 1;
	f.path = decoded(r, r->words[1]);
	if (f.path == NULL || f.path[0] != '/' ||
	    read_flags(r, r->words[2], &f.flags) < 0)
		return odd(r);
	for (int i = 3; i < r->n; i++)
		if (read_attribute(r, r->words[i], &f) < 0)
			return -1;
	if (f.has_mode && (f.user == NULL || f.group == NULL))
		return odd(r);
	*owners_add_file(r->out) = f;
	return 0;
}

static int
read_asked(const struct reading *r)
{
	const char *path = r->n == 2 && r->out->packages.n == 0 ?
	    decoded(r, r->words[1]) : NULL;

	if (path == NULL || path[0] != '/')
		return odd(r);
	strlist_add(&r->out->asked, path);
	return 0;
}

/* 1 at the last line. */
static int
read_line(struct reading *r, char *line)
{
	char *save = NULL, *end;

	r->n = 0;
	for (char *w = strtok_r(line, " ", &save); w != NULL;
	    w = strtok_r(NULL, " ", &save)) {
		if (r->n == WORDS_MAX)
			return odd(r);
		r->words[r->n++] = w;
	}
	if (r->n == 0)
		return odd(r);
	if (strcmp(r->words[0], "package") == 0)
		return read_package(r);
	if (strcmp(r->words[0], "file") == 0)
		return read_file(r);
	if (strcmp(r->words[0], "asked") == 0)
		return read_asked(r);
	if (r->n != 2 || strcmp(r->words[0], "end") != 0 ||
	    strtoul(r->words[1], &end, 10) != r->line - 2 || *end != '\0')
		return odd(r);
	return 1;
}

int
ownerstext_parse(const char *name, const char *bytes, size_t len,
    struct owners *out, struct err *e)
{
	CLEANUP(drop_free) char *text = xmemdup(bytes, len);
	struct reading r = { .name = name, .out = out, .e = e };
	size_t head = strlen(header);
	int n = 0;

	if (len < head || memcmp(bytes, header, head) != 0)
		return err_at(e, name, 1, 0, _("this is no list of packages"));
	r.line = 1;
	for (char *at = text + head; n == 0;) {
		char *nl = memchr(at, '\n', len - (size_t)(at - text));

		r.line++;
		if (nl == NULL)
			return err_at(e, name, r.line, 0,
			    _("the list of packages was cut off"));
		*nl = '\0';
		if (strlen(at) != (size_t)(nl - at))
			return odd(&r);
		n = read_line(&r, at);
		at = nl + 1;
	}
	wanted_settle(&out->asked);
	return n < 0 ? -1 : 0;
}
