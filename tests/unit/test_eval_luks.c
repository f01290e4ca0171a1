/* SPDX-License-Identifier: MIT */
#include "judged.h"

#include <errno.h>
#include <stdlib.h>

#include "luks_files.h"

/* Files of a scratch folder as what a rule sees: "/kept" is the file, every
 * other name a device of that name there. */
struct luks_machine {
	struct scratch s;
	struct buf kept, device;
	struct entry en;
	bool present;		/* the device */
	int fails;		/* errno of reading it */
	size_t most;		/* that was asked for of it */
};

static const struct entry *
m_entry(void *ctx, const char *path)
{
	struct luks_machine *m = ctx;

	return strcmp(path, "/kept") == 0 ? &m->en : NULL;
}

static void
m_find(void *ctx, const char *pattern,
    void (*each)(void *arg, const struct entry *en), void *arg)
{
	struct luks_machine *m = ctx;

	if (strcmp(pattern, "/kept") == 0)
		each(arg, &m->en);
}

static int
m_bytes(void *ctx, const char *path, const char **out_bytes, size_t *out_len,
    struct err *e)
{
	struct luks_machine *m = ctx;

	if (strcmp(path, "/kept") != 0)
		return err_set(e, ERR_MISSING, path, "is not there");
	*out_bytes = m->kept.bytes;
	*out_len = m->kept.len;
	return 0;
}

static int
m_device(void *ctx, const char *name, size_t max, const char **out_bytes,
    size_t *out_len, struct err *e)
{
	struct luks_machine *m = ctx;
	const struct buf *b = strcmp(name, "/kept") == 0 ? &m->kept :
	    &m->device;

	m->most = max > m->most ? max : m->most;
	errno = m->fails;
	if (m->fails != 0)
		return err_sys(e, name, "cannot open");
	if (!m->present)
		return err_set(e, ERR_MISSING, name, "is not there");
	*out_bytes = b->bytes;
	*out_len = b->len < max ? b->len : max;
	return 0;
}

static struct evidence
m_evidence(struct luks_machine *m)
{
	return (struct evidence){ .ctx = m, .entry = m_entry, .find = m_find,
		.bytes = m_bytes, .device = m_device };
}

static bool
begin(struct luks_machine *m)
{
	*m = (struct luks_machine){ .present = true, .en = plain };
	m->en.path = "/kept";
	scratch_start(&m->s);
	if (luks_can_make(&m->s))
		return true;
	print_message("cryptsetup is not installed\n");
	assert_null(getenv("CI"));
	scratch_end(&m->s);
	return false;
}

static void
end(struct luks_machine *m)
{
	buf_done(&m->kept);
	buf_done(&m->device);
	scratch_end(&m->s);
}

static void
demand(struct luks_machine *m, const char *luks, const char *expected)
{
	struct evidence ev = m_evidence(m);
	CLEANUP(drop_free) char *spec = xasprintf("spec: t\nrules:\n"
	    "  - {id: r, why: w, path: /kept, luks: %s}\n", luks);

	judged(spec, &ev, expected, 0);
}

static const char backup[] = "{backup-of: /dev/x}";

/* What is said of the backup after a command of cryptsetup on the device. */
static void
after(struct luks_machine *m, const char *command, const char *expected)
{
	CLEANUP(drop_free) char *whole = xasprintf("1\nF luks.backup-of /kept "
	    "is stale: %s [make a new one of /dev/x with 'cryptsetup "
	    "luksHeaderBackup', and destroy this]\n", expected);

	scratch_sh(&m->s, "cp f g && " CRYPTSETUP "%s > said 2>&1 || "
	    "{ cat said; false; }", command);
	luks_read(&m->s, "g", &m->device);
	demand(m, backup, whole);
}

static void
each_fact_holds_or_is_told_with_what_is_there(void **state)
{
	static const struct { const char *luks, *expected; } cases[] = {
		{ "{}", "1\n" },
		{ "{version: 2, cipher: aes-xts-plain64, key-bits: 512, hash: "
		  "sha256, pbkdf: pbkdf2, keyslots: 1, label: root}", "8\n" },
		{ "{version: 1}", "1\nF luks.version /kept the version is 2, "
		  "expected 1\n" },
		{ "{cipher: {matches: ^serpent}}", "1\nF luks.cipher /kept "
		  "the cipher is 'aes-xts-plain64', expected a match of "
		  "'^serpent'\n" },
		{ "{key-bits: {at-least: 1024}}", "1\nF luks.key-bits /kept "
		  "the key has 512 bits, expected at least 1024\n" },
		{ "{key-bits: {at-least: 128, at-most: 256}}", "1\nF "
		  "luks.key-bits /kept the key has 512 bits, expected 128 to "
		  "256\n" },
		{ "{hash: {one-of: [sha512, sha1]}}", "1\nF luks.hash /kept "
		  "the hash is 'sha256', expected one of 'sha512', 'sha1'\n" },
		{ "{pbkdf: argon2id}", "1\nF luks.pbkdf /kept the key "
		  "derivation is 'pbkdf2', expected 'argon2id'\n" },
		{ "{keyslots: {at-least: 2}}", "1\nF luks.keyslots /kept the "
		  "number of keyslots in use is 1, expected at least 2\n" },
		{ "{keyslots: {at-most: 0}}", "1\nF luks.keyslots /kept the "
		  "number of keyslots in use is 1, expected at most 0\n" },
		{ "{uuid: 0b8bfe48-15f7-4a5e-a35e-5ca1c30a8ec3}", "2\n" },
		{ "{uuid: 1}", "1\nF luks.uuid /kept the UUID is "
		  "'0b8bfe48-15f7-4a5e-a35e-5ca1c30a8ec3', expected '1'\n" },
		{ "{label: {absent: true}}", "1\nF luks.label /kept the label "
		  "is 'root', expected nothing\n" },
	};
	struct luks_machine m;

	(void)state;
	if (!begin(&m))
		return;
	luks_make(&m.s, "f", "--type luks2 --label root " SMALL
	    "--uuid 0b8bfe48-15f7-4a5e-a35e-5ca1c30a8ec3");
	luks_read(&m.s, "f", &m.kept);
	for (size_t i = 0; i < COUNT(cases); i++)
		demand(&m, cases[i].luks, cases[i].expected);
	/* A device, whose keyslots are not read for this. */
	m.en.kind = ENTRY_BLOCK;
	demand(&m, cases[1].luks, cases[1].expected);
	assert_int_equal(m.most, 65536);
	m.en = plain;
	m.en.path = "/kept";
	m.en.size = 17 << 20;
	demand(&m, cases[1].luks, cases[1].expected);
	end(&m);
}

static void
a_file_recorded_sealed_tells_its_facts_but_a_secret_rule_none(void **state)
{
	static const char spec[] = "spec: t\nrules:\n  - {id: r, why: w, "
	    "path: /kept, secret: true, luks: {version: 2, uuid: x, hash: x, "
	    "backup-of: /dev/x}}\n";
	struct luks_machine m;
	struct evidence ev = m_evidence(&m);

	(void)state;
	if (!begin(&m))
		return;
	luks_make(&m.s, "f", "--type luks1");
	luks_read(&m.s, "f", &m.kept);
	m.en.content = CONTENT_SEALED;
	demand(&m, "{version: 2}", "1\nF luks.version /kept the version is 1, "
	    "expected 2\n");
	luks_make(&m.s, "g", "--type luks1");
	luks_read(&m.s, "g", &m.device);
	judged(spec, &ev, "1\nF luks.version /kept the version is (hidden), "
	    "expected (hidden)\n"
	    "F luks.hash /kept the hash is (hidden), expected (hidden)\n"
	    "F luks.uuid /kept the UUID is (hidden), expected (hidden)\n"
	    "F luks.backup-of /kept is not the header that the device has "
	    "(hidden: the rule is secret)\n", 0);
	m.kept.bytes[7] = 9;
	judged(spec, &ev, "0\nF luks /kept is no sound LUKS header (hidden: "
	    "the rule is secret)\n", 0);
	end(&m);
}

static void
a_backup_holds_until_the_device_changes(void **state)
{
	static const char *const kinds[] = { "--type luks1",
		"--type luks2 " SMALL };
	struct luks_machine m;

	(void)state;
	if (!begin(&m))
		return;
	for (int i = 0; i < 2; i++) {
		luks_make(&m.s, "f", kinds[i]);
		luks_backup(&m.s, "f", "b");
		luks_read(&m.s, "b", &m.kept);
		luks_read(&m.s, "f", &m.device);
		demand(&m, backup, "2\n");
		after(&m, "luksAddKey " QUICK "g pass2",
		    "keyslot 1 was added since");
		after(&m, "luksChangeKey " QUICK "--key-slot 0 g "
		    "pass2", "keyslot 0 was changed since");
		after(&m, "luksKillSlot g 0",
		    "keyslot 0 was removed since");
		after(&m, "luksAddKey " QUICK "g pass2 && PATH=$PATH:/usr/sbin "
		    "cryptsetup -q luksKillSlot g 0",
		    "keyslot 0 was removed, keyslot 1 was added since");
	}
	after(&m, "config --label new g", "the header was changed since (its "
	    "epoch is 4, here 3)");
	end(&m);
}

static void
a_backup_of_another_device_is_not_called_stale(void **state)
{
	struct luks_machine m;

	(void)state;
	if (!begin(&m))
		return;
	luks_make(&m.s, "f", "--type luks1 "
	    "--uuid 0b8bfe48-15f7-4a5e-a35e-5ca1c30a8ec3");
	luks_make(&m.s, "g", "--type luks2 " SMALL
	    "--uuid 1b8bfe48-15f7-4a5e-a35e-5ca1c30a8ec3");
	luks_read(&m.s, "f", &m.kept);
	luks_read(&m.s, "g", &m.device);
	demand(&m, backup, "1\nF luks.backup-of /kept is of another device: "
	    "its UUID is 0b8bfe48-15f7-4a5e-a35e-5ca1c30a8ec3, not "
	    "1b8bfe48-15f7-4a5e-a35e-5ca1c30a8ec3 [make one of /dev/x with "
	    "'cryptsetup luksHeaderBackup']\n");
	/* The same UUID, given to what was formatted anew. */
	luks_make(&m.s, "g", "--type luks2 " SMALL
	    "--uuid 0b8bfe48-15f7-4a5e-a35e-5ca1c30a8ec3");
	luks_read(&m.s, "g", &m.device);
	demand(&m, backup, "1\nF luks.backup-of /kept is stale: the device "
	    "was converted from LUKS1 to LUKS2 since [make a new one of "
	    "/dev/x with 'cryptsetup luksHeaderBackup', and destroy this]\n");
	end(&m);
}

static void
what_a_backup_of_luks1_leaves_out_does_not_count_other_bytes_do(void **state)
{
	struct luks_machine m;

	(void)state;
	if (!begin(&m))
		return;
	luks_make(&m.s, "f", "--type luks1");
	luks_backup(&m.s, "f", "b");
	luks_read(&m.s, "b", &m.kept);
	luks_read(&m.s, "f", &m.device);
	m.device.bytes[1000] = 1;
	demand(&m, backup, "2\n");
	m.device.bytes[500000] ^= 1;
	demand(&m, backup, "1\nF luks.backup-of /kept differs from the "
	    "device's header from byte 500000 on [make a new one of /dev/x with 'cryptsetup "
	    "luksHeaderBackup', and destroy this]\n");
	m.device.bytes[500000] ^= 1;
	/* Behind the header are the data. */
	m.device.bytes[2068480] ^= 1;
	demand(&m, backup, "2\n");
	end(&m);
}

static void
a_device_that_cannot_be_read_is_unknown_and_one_without_header_is_news(
    void **state)
{
	struct luks_machine m;
	struct evidence ev = m_evidence(&m);

	(void)state;
	if (!begin(&m))
		return;
	luks_make(&m.s, "f", "--type luks2 " SMALL
	    "--uuid 0b8bfe48-15f7-4a5e-a35e-5ca1c30a8ec3");
	luks_read(&m.s, "f", &m.kept);
	m.present = false;
	demand(&m, backup, "1\nU luks.backup-of /kept>/dev/x is not there\n");
	/* Its disk may lie in a drawer. */
	demand(&m, "{backup-of: same-uuid}", "1\n");
	m.fails = EACCES;
	demand(&m, "{backup-of: same-uuid}", "1\nU luks.backup-of /kept>UUID="
	    "0b8bfe48-15f7-4a5e-a35e-5ca1c30a8ec3 cannot open: Permission "
	    "denied\n");
	m.fails = 0;
	m.present = true;
	buf_add(&m.device, "no header", 9);
	demand(&m, backup, "1\nF luks.backup-of /kept /dev/x is no LUKS "
	    "header\n");
	/* A snapshot has no devices. */
	ev.device = NULL;
	judged("spec: t\nrules:\n  - {id: r, why: w, path: /kept, luks: "
	    "{backup-of: /dev/x}}\n", &ev, "1\nU luks.backup-of /kept>/dev/x "
	    "devices are only looked at on the running system\n", 0);
	end(&m);
}

static void
what_is_no_header_fails_unless_it_may_be_something_else(void **state)
{
	struct luks_machine m;

	(void)state;
	if (!begin(&m))
		return;
	buf_adds(&m.kept, "a key file");
	demand(&m, "{}", "0\nF luks /kept is no LUKS header\n");
	demand(&m, "{if-header: true}", "0\n");
	luks_make(&m.s, "f", "--type luks2 " SMALL);
	luks_read(&m.s, "f", &m.kept);
	m.kept.len = 60000;
	demand(&m, "{if-header: true}", "0\nF luks /kept is a damaged LUKS "
	    "header (libcryptsetup: Device /kept is too small. Need at least "
	    "1081344 bytes)\n");
	luks_read(&m.s, "f", &m.kept);
	memset(m.kept.bytes, 0, 4096);
	demand(&m, "{if-header: true}", "0\nF luks /kept the first of the "
	    "header's two copies is damaged or older; the second is sound\n");
	luks_read(&m.s, "f", &m.kept);
	memset(m.kept.bytes + 16384, 0, 4096);
	demand(&m, "{if-header: true}", "0\nF luks /kept the second of the "
	    "header's two copies is damaged or older; the first is sound\n");
	m.en.kind = ENTRY_DIR;
	demand(&m, "{if-header: true}", "0\n");
	demand(&m, "{}", "0\nU luks /kept is a directory, which has no content "
	    "to judge\n");
	end(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fact_holds_or_is_told_with_what_is_there),
		cmocka_unit_test(
		    a_file_recorded_sealed_tells_its_facts_but_a_secret_rule_none),
		cmocka_unit_test(a_backup_holds_until_the_device_changes),
		cmocka_unit_test(
		    a_backup_of_another_device_is_not_called_stale),
		cmocka_unit_test(
		    what_a_backup_of_luks1_leaves_out_does_not_count_other_bytes_do),
		cmocka_unit_test(
		    a_device_that_cannot_be_read_is_unknown_and_one_without_header_is_news),
		cmocka_unit_test(
		    what_is_no_header_fails_unless_it_may_be_something_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
