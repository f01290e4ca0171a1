/* SPDX-License-Identifier: MIT */
#include "specs/judge.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "base/tr.h"
#include "specs/luksdiff.h"
#include "specs/luksdisk.h"

/*
 * `luks`. What a header says of itself is no secret, unlike its keyslots, of
 * which nothing is shown; so it is told of files that are recorded sealed,
 * too, but for rules that are secret.
 */

enum {
	/* What is read of a device first: enough for the usual metadata. */
	FIRST_BYTES = 64 << 10,
	/* LUKS2 allows 128 MiB of keyslots, and 8 MiB of metadata. */
	HEADER_MAX = 160 << 20,
};

/* What was read of a file or device. */
struct piece {
	const char *name;
	const char *bytes;
	size_t len;
	bool of_device;
	bool more;		/* there may be more of it */
};

static int
read_device(struct judge *j, size_t max, struct piece *p, struct err *e)
{
	const struct evidence *ev = j->ev;

	judge_again(j);
	if (ev->device == NULL)
		return err_set(e, ERR_SYSTEM, p->name,
		    _("devices are only looked at on the running system"));
	if (ev->device(ev->ctx, p->name, max, &p->bytes, &p->len, e) < 0)
		return -1;
	p->of_device = true;
	p->more = p->len == max;
	return 0;
}

static int
read_metadata(struct judge *j, struct piece *p, struct err *e)
{
	size_t n;

	if (read_device(j, FIRST_BYTES, p, e) < 0)
		return -1;
	n = luksdisk_metadata(p->bytes, p->len);
	return p->more && n > p->len ? read_device(j, n, p, e) : 0;
}

static int
read_subject(struct judge *j, struct piece *p, struct err *e)
{
	const struct entry *en = j->subject;

	p->name = j->path;
	if (en != NULL && (en->kind == ENTRY_BLOCK ||
	    (en->kind == ENTRY_FILE && en->size > CONTENT_MAX)))
		return read_metadata(j, p, e);
	return judge_bytes(j, &p->bytes, &p->len, e);
}

/* So that all `size` bytes are there to be compared. */
static int
read_whole(struct judge *j, struct piece *p, uint64_t size, struct err *e)
{
	if (p->len >= size)
		return 0;
	if (size > HEADER_MAX)
		return err_set(e, ERR_INPUT, p->name,
		    _("its header takes more than the %d MiB that are "
		    "compared"), HEADER_MAX >> 20);
	if (p->of_device && read_device(j, (size_t)size, p, e) < 0)
		return -1;
	if (p->len < size)
		return err_set(e, ERR_INPUT, p->name,
		    _("ends within its header"));
	return 0;
}

static struct about
about(const char *demand, const struct place *at)
{
	return (struct about){ .demand = demand, .at = at };
}

static const char *
show_number(struct judge *j, uint64_t n)
{
	return judge_secret(j) ? _("(hidden)") :
	    arena_printf(&j->arena, "%" PRIu64, n);
}

static const char *
show_bound(struct judge *j, const struct bound *b)
{
	if (b->has_least && b->has_most && b->least != b->most)
		return arena_printf(&j->arena, _("%s to %s"),
		    show_number(j, (uint64_t)b->least),
		    show_number(j, (uint64_t)b->most));
	if (b->has_least && b->has_most)
		return show_number(j, (uint64_t)b->least);
	return arena_printf(&j->arena, b->has_least ? _("at least %s") :
	    _("at most %s"),
	    show_number(j, (uint64_t)(b->has_least ? b->least : b->most)));
}

static void
judge_bound(struct judge *j, const char *demand, const struct bound *b,
    uint64_t n, const char *said)
{
	if (!b->has_least && !b->has_most)
		return;
	if ((!b->has_least || (int64_t)n >= b->least) &&
	    (!b->has_most || (int64_t)n <= b->most))
		judge_holds(j, about(demand, &b->at), said, show_number(j, n),
		    show_bound(j, b));
	else
		judge_add(j, VERDICT_FAILS, about(demand, &b->at), said,
		    show_number(j, n), show_bound(j, b));
}

static void
judge_tests(struct judge *j, const char *demand, const struct tests *tests,
    const struct texts *texts, const char *said)
{
	static const struct view words = { .separators = " " };
	struct values v = { 0 };

	for (size_t i = 0; i < texts->n; i++)
		values_add(j, &v, texts->items[i], 0);
	for (size_t i = 0; i < tests->n; i++) {
		const struct test *t = &tests->items[i];
		struct err e = { 0 };
		size_t at = 0;
		enum verdict is = test_values(j, &words, t, &v, true, &at, &e);

		if (is == VERDICT_HOLDS)
			judge_holds(j, about(demand, &t->at), said, v.n > 0 ?
			    judge_shows(j, v.items[0]) : _("not set"),
			    test_describe(j, t));
		else if (is == VERDICT_CANNOT_TELL)
			judge_unknown(j, demand, &t->at, &e);
		else
			judge_add(j, VERDICT_FAILS, about(demand, &t->at),
			    said, at < v.n ? judge_shows(j, v.items[at]) :
			    _("none"), test_describe(j, t));
	}
}

static void
judge_text(struct judge *j, const char *demand, const struct tests *tests,
    const char *text, const char *said)
{
	const struct texts one = { &text, text[0] != '\0', 1 };

	judge_tests(j, demand, tests, &one, said);
}

static void
judge_facts(struct judge *j, const struct lukshead *h)
{
	const struct luks_demand *d = j->rule->luks;

	judge_bound(j, "luks.version", &d->version, (uint64_t)h->version,
	    _("the version is %s, expected %s"));
	judge_text(j, "luks.cipher", &d->cipher, h->cipher,
	    _("the cipher is %s, %s"));
	judge_bound(j, "luks.key-bits", &d->key_bits, (uint64_t)h->key_bits,
	    _("the key has %s bits, expected %s"));
	judge_tests(j, "luks.hash", &d->hash, &h->hashes,
	    _("the hash is %s, %s"));
	judge_tests(j, "luks.pbkdf", &d->pbkdf, &h->pbkdfs,
	    _("the key derivation is %s, %s"));
	judge_bound(j, "luks.keyslots", &d->keyslots, h->slots.n,
	    _("the number of keyslots in use is %s, expected %s"));
	judge_text(j, "luks.uuid", &d->uuid, h->uuid, _("the UUID is %s, %s"));
	judge_text(j, "luks.label", &d->label, h->label,
	    _("the label is %s, %s"));
}

/* No header where one must be does not hold; what else stands in the way of
 * reading it leaves that open. */
static void
no_header(struct judge *j, const char *demand, const struct place *at,
    const struct err *e)
{
	/* The library that reads it may be there the next time. */
	if (e->kind != ERR_INPUT)
		judge_again(j);
	if (e->kind != ERR_INPUT)
		judge_unknown(j, demand, at, e);
	else if (judge_secret(j))
		judge_add(j, VERDICT_FAILS, about(demand, at),
		    _("is no sound LUKS header (hidden: the rule is secret)"));
	else
		judge_add(j, VERDICT_FAILS, about(demand, at), "%s", e->what);
}

static void
compare(struct judge *j, const struct luksdiff_side *kept,
    const struct luksdiff_side *now, const char *device)
{
	const struct luks_demand *d = j->rule->luks;
	struct about here = about("luks.backup-of", &d->backup_at);
	const char *said = luksdiff(kept, now, &j->arena);

	if (said == NULL)
		judge_holds(j, here, _("is the header that %s has"), device);
	else if (judge_secret(j))
		judge_add(j, VERDICT_FAILS, here, _("is not the header that "
		    "the device has (hidden: the rule is secret)"));
	else if (strcmp(kept->head.uuid, now->head.uuid) != 0)
		judge_add(j, VERDICT_FAILS, here, _("%s [make one of %s with "
		    "'cryptsetup luksHeaderBackup']"), said, device);
	else
		judge_add(j, VERDICT_FAILS, here, _("%s [make a new one of %s "
		    "with 'cryptsetup luksHeaderBackup', and destroy this]"),
		    said, device);
}

static void
judge_backup(struct judge *j, struct piece *own,
    const struct lukshead *kept)
{
	const struct luks_demand *d = j->rule->luks;
	bool by_uuid = strcmp(d->backup_of, LUKS_SAME_UUID) == 0;
	struct piece p = { .name = !by_uuid ? d->backup_of :
	    arena_printf(&j->arena, "UUID=%s", kept->uuid) };
	struct luksdiff_side now = { 0 }, then = { .head = *kept };
	struct err e = { 0 };

	if (read_metadata(j, &p, &e) < 0) {
		/* A disk that lies in a drawer makes its backup no worse. */
		if (!by_uuid || e.kind != ERR_MISSING)
			judge_unknown(j, "luks.backup-of", &d->backup_at, &e);
		return;
	}
	if (lukshead_read(p.name, p.bytes, p.len, p.more, &j->arena,
	    &now.head, &e) < 0) {
		const char *what = arena_strdup(&j->arena, e.what);

		if (e.kind == ERR_INPUT) {
			err_clear(&e);
			err_set(&e, ERR_INPUT, p.name, "%s %s", p.name, what);
		}
		no_header(j, "luks.backup-of", &d->backup_at, &e);
		return;
	}
	if (read_whole(j, &p, now.head.size, &e) < 0 ||
	    read_whole(j, own, kept->size, &e) < 0) {
		judge_unknown(j, "luks.backup-of", &d->backup_at, &e);
		return;
	}
	then.bytes = own->bytes;
	now.bytes = p.bytes;
	compare(j, &then, &now, p.name);
}

static void
judge_header(struct judge *j, struct piece *p)
{
	const struct luks_demand *d = j->rule->luks;
	struct lukshead head;
	struct err e = { 0 };

	if (lukshead_read(p->name, p->bytes, p->len, p->more, &j->arena,
	    &head, &e) < 0) {
		no_header(j, "luks", &d->at, &e);
		return;
	}
	if (head.bad_copy == 0)
		judge_holds(j, about("luks", &d->at),
		    _("is a sound LUKS header"));
	else
		judge_add(j, VERDICT_FAILS, about("luks", &d->at),
		    head.bad_copy == 1 ?
		    _("the first of the header's two copies is damaged or "
		    "older; the second is sound") :
		    _("the second of the header's two copies is damaged or "
		    "older; the first is sound"));
	judge_facts(j, &head);
	if (d->backup_of != NULL)
		judge_backup(j, p, &head);
}

static bool
can_hold_one(const struct entry *en)
{
	return en == NULL || en->kind == ENTRY_FILE ||
	    en->kind == ENTRY_BLOCK || en->kind == ENTRY_SYMLINK;
}

void
judge_luks(struct judge *j)
{
	const struct luks_demand *d = j->rule->luks;
	const struct entry *entry = j->entry, *subject = j->subject;
	struct piece p = { 0 };
	struct err e = { 0 };

	if (d == NULL || (d->if_header && !can_hold_one(subject)))
		return;
	if (read_subject(j, &p, &e) < 0) {
		judge_unknown(j, "luks", &d->at, &e);
		return;
	}
	if (d->if_header && luksdisk_version(p.bytes, p.len) == 0)
		return;
	/* That it is recorded sealed hides nothing; see above. */
	j->entry = j->subject = NULL;
	judge_header(j, &p);
	j->entry = entry;
	j->subject = subject;
}
