/* SPDX-License-Identifier: MIT */
#include "agent/ledger/transaction.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "agent/pkg/pkgversion.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"

#define HEADER "driftctl-transaction 1"

/* More words than any line has. */
enum { WORDS_MAX = 8 };

static const char *const state_name[] = {
	[TRANSACTION_OPEN] = "open", [TRANSACTION_ENDED] = "ended",
	[TRANSACTION_INTERRUPTED] = "interrupted",
};
enum { N_STATES = sizeof(state_name) / sizeof(state_name[0]) };

void
transaction_done(struct transaction *t)
{
	pkgchanges_done(&t->packages);
	free(t->planned.items);
	free(t->findings.items);
	strlist_done(&t->joined);
	strlist_done(&t->failed);
	arena_done(&t->arena);
	*t = (struct transaction){ 0 };
}

void
drop_transaction(struct transaction *t)
{
	transaction_done(t);
}

void
transaction_planned(struct transaction *t, const struct pkgchange *c,
    const char *file)
{
	struct arena *a = &t->arena;

	*VEC_ADD(&t->planned) = (struct planned){ {
		arena_strdup(a, c->name), arena_strdup(a, c->arch),
		c->was != NULL ? arena_strdup(a, c->was) : NULL,
		c->is != NULL ? arena_strdup(a, c->is) : NULL },
		arena_strdup(a, file) };
}

void
transaction_plan(struct transaction *t, const struct transaction *from)
{
	for (size_t i = 0; i < from->planned.n; i++)
		transaction_planned(t, &from->planned.items[i].change,
		    from->planned.items[i].file);
}

struct transaction_finding *
transaction_found(struct transaction *t, const char *kind, const char *id,
    const char *what)
{
	struct transaction_finding *f = VEC_ADD(&t->findings);

	*f = (struct transaction_finding){ kind,
		arena_strdup(&t->arena, id), arena_strdup(&t->arena, what),
		"", "", "", "", "", "" };
	return f;
}

void
transaction_failed(struct transaction *t, const struct err *e)
{
	CLEANUP(drop_buf) struct buf line = { 0 };

	err_format(e, &line);
	if (!strlist_has(&t->failed, buf_str(&line)))
		strlist_add(&t->failed, buf_str(&line));
}

size_t
transaction_count(const struct transaction *t, const char *kind)
{
	size_t n = 0;

	for (size_t i = 0; i < t->findings.n; i++)
		n += strcmp(t->findings.items[i].kind, kind) == 0;
	return n;
}

void
transaction_packages_text(const struct transaction *t, struct buf *out)
{
	if (t->packages.n == 0)
		return;
	pkgchange_text(&t->packages.items[0], out);
	if (t->packages.n > 1)
		buf_addf(out, _(" and %zu more"), t->packages.n - 1);
}

bool
transaction_late(const struct transaction *t)
{
	return t->origin != NULL && (strcmp(t->origin, "boot") == 0 ||
	    strcmp(t->origin, "timer") == 0);
}

static bool
has_release(const struct transaction *t)
{
	return t->release_was != NULL && t->release_was[0] != '\0';
}

void
transaction_about(const struct transaction *t, struct buf *out)
{
	CLEANUP(drop_buf) struct buf packages = { 0 };

	transaction_packages_text(t, &packages);
	if (transaction_late(t))
		buf_addf(out, _("no hook saw this change of packages: %s "
		    "[driftctl doctor]\n"), packages.len > 0 ?
		    buf_str(&packages) : _("none of them, but another "
		    "release"));
	if (has_release(t))
		buf_addf(out, _("another release: %s, before it %s\n"),
		    t->release_is, t->release_was);
	if (pkgversion_backwards(&t->packages))
		buf_adds(out, _("packages went back to older versions, as "
		    "when an older state of the system is booted\n"));
}

/* "-" stands for no word at all. */
static void
add_word(struct buf *out, const char *word)
{
	buf_addc(out, ' ');
	if (word == NULL || word[0] == '\0')
		buf_addc(out, '-');
	else if (strcmp(word, "-") == 0)
		buf_adds(out, "\\x2d");
	else
		text_encode(out, word, strlen(word));
}

static void
add_line(struct buf *out, const char *key, const char *word)
{
	if (word == NULL || word[0] == '\0')
		return;
	buf_addf(out, "%s:", key);
	add_word(out, word);
	buf_addc(out, '\n');
}

static void
add_oid(struct buf *out, const char *key, const struct oid *oid)
{
	static const struct oid none;

	if (memcmp(oid, &none, sizeof(none)) == 0)
		return;
	buf_addf(out, "%s: ", key);
	text_hex(out, oid->b, OID_LEN);
	buf_addc(out, '\n');
}

static void
add_time(struct buf *out, const char *key, int64_t t)
{
	if (t != 0)
		buf_addf(out, "%s: %" PRId64 "\n", key, t);
}

static void
add_package(struct buf *out, const char *key, const struct pkgchange *p,
    const char *file)
{
	buf_addf(out, "%s:", key);
	add_word(out, p->name);
	add_word(out, p->arch);
	add_word(out, p->was);
	add_word(out, p->is);
	if (file != NULL)
		add_word(out, file);
	buf_addc(out, '\n');
}

static void
add_finding(struct buf *out, const struct transaction_finding *f)
{
	buf_addf(out, "%s:", f->kind);
	add_word(out, f->id);
	add_word(out, f->what);
	if (f->severity[0] != '\0' || f->path[0] != '\0' ||
	    f->package[0] != '\0') {
		add_word(out, f->severity);
		add_word(out, f->path);
		add_word(out, f->package);
		if (f->told[0] != '\0' || f->why[0] != '\0' ||
		    f->remedy[0] != '\0')
			add_word(out, f->told);
		if (f->why[0] != '\0' || f->remedy[0] != '\0') {
			add_word(out, f->why);
			add_word(out, f->remedy);
		}
	}
	buf_addc(out, '\n');
}

void
transaction_write(const struct transaction *t, struct buf *out)
{
	buf_adds(out, HEADER "\n");
	add_line(out, "id", t->id);
	add_line(out, "origin", t->origin);
	buf_addf(out, "state: %s\n", state_name[t->state]);
	add_line(out, "command", t->command);
	if (t->owner.pid != 0) {
		buf_addf(out, "owner: %ld %" PRIu64, (long)t->owner.pid,
		    t->owner.start);
		add_word(out, t->owner.boot);
		buf_addc(out, '\n');
	}
	for (size_t i = 0; i < t->joined.n; i++)
		add_line(out, "joined", t->joined.items[i]);
	add_time(out, "began", t->began);
	add_time(out, "ended", t->ended);
	add_oid(out, "newest", &t->newest);
	add_oid(out, "before", &t->before);
	add_oid(out, "after", &t->after);
	add_line(out, "rollback", t->rollback);
	if (has_release(t)) {
		buf_adds(out, "release:");
		add_word(out, t->release_was);
		add_word(out, t->release_is);
		buf_addc(out, '\n');
	}
	for (size_t i = 0; i < t->packages.n; i++)
		add_package(out, "package", &t->packages.items[i], NULL);
	for (size_t i = 0; i < t->planned.n; i++)
		add_package(out, "planned", &t->planned.items[i].change,
		    t->planned.items[i].file);
	for (size_t i = 0; i < t->findings.n; i++) {
		add_finding(out, &t->findings.items[i]);
	}
	for (size_t i = 0; i < t->failed.n; i++)
		add_line(out, "failed", t->failed.items[i]);
}

struct line {
	const char *key;
	const char *words[WORDS_MAX];	/* "" where there is none */
	size_t n;
};

static int
split(const char *at, size_t len, struct arena *a, struct line *out)
{
	const char *end = at + len, *colon = memchr(at, ':', len);

	*out = (struct line){ 0 };
	if (colon == NULL)
		return -1;
	out->key = arena_memdup(a, at, (size_t)(colon - at));
	for (at = colon + 1; at < end && out->n < WORDS_MAX;) {
		CLEANUP(drop_buf) struct buf plain = { 0 };
		const char *to;

		if (*at++ != ' ')
			return -1;
		to = memchr(at, ' ', (size_t)(end - at));
		if (to == NULL)
			to = end;
		if (to - at != 1 || *at != '-')
			if (text_decode(&plain, at, (size_t)(to - at)) < 0)
				return -1;
		out->words[out->n++] = arena_strdup(a, buf_str(&plain));
		at = to;
	}
	for (size_t i = out->n; i < WORDS_MAX; i++)
		out->words[i] = "";
	return 0;
}

static int
take_owner(struct transaction *t, const struct line *l)
{
	if (l->n != 3 || strlen(l->words[2]) >= sizeof(t->owner.boot))
		return -1;
	t->owner.pid = (pid_t)strtol(l->words[0], NULL, 10);
	t->owner.start = strtoull(l->words[1], NULL, 10);
	memcpy(t->owner.boot, l->words[2], strlen(l->words[2]) + 1);
	return 0;
}

static int
take_oid(struct oid *out, const struct line *l)
{
	return strlen(l->words[0]) == 2 * OID_LEN ?
	    text_unhex(l->words[0], out->b, OID_LEN) : -1;
}

static int
take_state(struct transaction *t, const struct line *l)
{
	for (int i = 0; i < N_STATES; i++) {
		if (strcmp(state_name[i], l->words[0]) == 0) {
			t->state = (enum transaction_state)i;
			return 0;
		}
	}
	return -1;
}

static const char *
or_null(const char *word)
{
	return word[0] != '\0' ? word : NULL;
}

static struct pkgchange
package_of(const struct line *l)
{
	return (struct pkgchange){ l->words[0], l->words[1],
		or_null(l->words[2]), or_null(l->words[3]) };
}

static void
take_finding(struct transaction *t, const char *kind, const struct line *l)
{
	struct transaction_finding *f = transaction_found(t, kind,
	    l->words[0], l->words[1]);

	f->severity = l->words[2];
	f->path = l->words[3];
	f->package = l->words[4];
	f->told = l->words[5];
	f->why = l->words[6];
	f->remedy = l->words[7];
}

static int
take_text(struct transaction *t, const struct line *l)
{
	const struct {
		const char *key;
		const char **to;
	} texts[] = {
		{ "id", &t->id }, { "origin", &t->origin },
		{ "command", &t->command }, { "rollback", &t->rollback },
	};
	static const char *const kinds[] = { "restored", "flagged",
		"unknown", "merge", "note" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (strcmp(l->key, texts[i].key) == 0)
			*texts[i].to = l->words[0];
	if (strcmp(l->key, "release") == 0) {
		t->release_was = l->words[0];
		t->release_is = l->words[1];
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(l->key, kinds[i]) == 0)
			take_finding(t, kinds[i], l);
	return 0;
}

static int
take_line(struct transaction *t, const struct line *l)
{
	if (strcmp(l->key, "state") == 0)
		return take_state(t, l);
	if (strcmp(l->key, "owner") == 0)
		return take_owner(t, l);
	if (strcmp(l->key, "newest") == 0)
		return take_oid(&t->newest, l);
	if (strcmp(l->key, "before") == 0)
		return take_oid(&t->before, l);
	if (strcmp(l->key, "after") == 0)
		return take_oid(&t->after, l);
	if (strcmp(l->key, "began") == 0)
		t->began = strtoll(l->words[0], NULL, 10);
	else if (strcmp(l->key, "ended") == 0)
		t->ended = strtoll(l->words[0], NULL, 10);
	else if (strcmp(l->key, "joined") == 0)
		strlist_add(&t->joined, l->words[0]);
	else if (strcmp(l->key, "failed") == 0)
		strlist_add(&t->failed, l->words[0]);
	else if (strcmp(l->key, "package") == 0)
		*VEC_ADD(&t->packages) = package_of(l);
	else if (strcmp(l->key, "planned") == 0)
		*VEC_ADD(&t->planned) = (struct planned){ package_of(l),
			l->words[4] };
	else
		return take_text(t, l);
	return 0;
}

int
transaction_parse(const char *name, const char *bytes, size_t len,
    struct transaction *out, struct err *e)
{
	const char *at = bytes, *end = bytes + len;
	unsigned n = 0;

	*out = (struct transaction){ .id = "", .origin = "", .command = "",
		.rollback = "", .release_was = "", .release_is = "" };
	while (at < end) {
		const char *to = memchr(at, '\n', (size_t)(end - at));
		size_t width = (size_t)((to != NULL ? to : end) - at);
		struct line l;

		n++;
		if (n == 1 ? width != strlen(HEADER) ||
		    memcmp(at, HEADER, width) != 0 : to == NULL ||
		    split(at, width, &out->arena, &l) < 0 ||
		    take_line(out, &l) < 0) {
			transaction_done(out);
			return err_at(e, name, n, 0, _("is no record of a "
			    "transaction, or a damaged one"));
		}
		at += width + 1;
	}
	if (n > 0)
		return 0;
	return err_set(e, ERR_INPUT, name, _("is empty"));
}
