/* SPDX-License-Identifier: MIT */
#include "judged.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "specs/certfile.h"

/* Made by tests/cases/certificates/make.sh; 2026-11-21 12:00 UTC. */
#define FOLDER "tests/cases/certificates/"
enum { NOW = 1795262400, DAY = 86400 };
#define FUTURE 4417977600	/* 2110-01-01 */
#define END_OF_ALL 4733510400	/* 2120-01-01 */

#define SPEC(text)							\
	"spec: t\nrules:\n  - id: a\n    path: /c/cert.pem\n"		\
	"    why: w\n    certificate: {" text "}\n"

static struct arena arena;

static struct fake_file
held(const char *path, const char *name)
{
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct fake_file f = file(path, NULL);
	struct err e = { 0 };

	assert_int_equal(file_read(AT_FDCWD, arena_printf(&arena, FOLDER "%s",
	    name), 1 << 20, &b, &e), 0);
	f.text = arena_memdup(&arena, buf_str(&b), b.len);
	f.len = b.len;
	return f;
}

static void
with(const char *spec, const struct fake_file *files, const char *expected,
    int64_t valid_until)
{
	struct evidence ev = fake_evidence(files);

	ev.now = NOW;
	judged(spec, &ev, expected, valid_until);
}

/* One certificate file, with a key and a store of roots beside it. */
static void
one(const char *name, const char *spec, const char *expected)
{
	const struct fake_file files[] = { held("/c/cert.pem", name),
		held("/c/key.pem", "mail.key"), held("/k/mail", "mail.key"),
		held("/k/ec", "ec.key"), held("/k/enc", "encrypted.key"),
		held("/k/proc", "proctype.key"), held("/k/bad", "broken.key"),
		held("/k/der", "mailkey.der"), held("/k/none", "root.pem"),
		file("/k/closed", NULL), held("/roots", "root.pem"),
		held("/others", "other.pem"), END };

	with(spec, files, expected, 0);
}

static void
an_expired_certificate_is_told_with_its_date(void **state)
{
	const struct fake_file expired[] = {
		held("/c/cert.pem", "expired.pem"), END };
	const struct fake_file future[] = {
		held("/c/cert.pem", "future.pem"), END };

	(void)state;
	with(SPEC("valid-for: 0d"), expired, "0\nF certificate.valid-for "
	    "/c/cert.pem:1 the certificate expired on 2021-01-01 00:00 UTC\n",
	    0);
	with(SPEC("valid-for: 0d"), future, "0\nF certificate.valid-for "
	    "/c/cert.pem:1 the certificate is not valid before 2110-01-01 "
	    "00:00 UTC\n", FUTURE);
}

static void
time_alone_changes_the_verdict(void **state)
{
	const struct fake_file files[] = {
		held("/c/cert.pem", "expired.pem"), END };
	struct evidence ev = fake_evidence(files);
	const int64_t end = 1609459200;	/* 2021-01-01 */

	(void)state;
	ev.now = end - 15 * DAY;
	judged(SPEC("valid-for: 14d"), &ev, "1\n", end - 14 * DAY);
	ev.now = end - 14 * DAY - 1;
	judged(SPEC("valid-for: 2w"), &ev, "1\n", end - 14 * DAY);
	ev.now = end - 14 * DAY;
	judged(SPEC("valid-for: 14d"), &ev, "0\nF certificate.valid-for "
	    "/c/cert.pem:1 the certificate expires on 2021-01-01 00:00 UTC, "
	    "in less than 14 d\n", end);
	ev.now = end - 1;
	judged(SPEC("valid-for: 36h"), &ev, "0\nF certificate.valid-for "
	    "/c/cert.pem:1 the certificate expires on 2021-01-01 00:00 UTC, "
	    "in less than 36 h\n", end);
	judged(SPEC("valid-for: 0d"), &ev, "1\n", end);
	ev.now = end;
	judged(SPEC("valid-for: 0d"), &ev, "0\nF certificate.valid-for "
	    "/c/cert.pem:1 the certificate expired on 2021-01-01 00:00 UTC\n",
	    0);
	ev.now = 0;
	judged(SPEC("valid-for: 0d"), &ev, "0\nU certificate.valid-for "
	    "/c/cert.pem what time it is is not known, so whether the "
	    "certificate has expired is not\n", 0);
}

static void
an_issuer_must_be_valid_too(void **state)
{
	const struct fake_file files[] = {
		held("/c/cert.pem", "oldchain.pem"), END };
	struct evidence ev = fake_evidence(files);

	(void)state;
	with(SPEC("valid-for: 14d"), files, "1\nF certificate.valid-for "
	    "/c/cert.pem:13 the certificate of the issuer, "
	    "'CN=Intermediate of old,O=Test,C=AQ', expired on 2021-01-01 "
	    "00:00 UTC\n", END_OF_ALL - 14 * DAY);
	ev.now = 1609459200 - DAY;
	judged(SPEC("valid-for: 14d"), &ev, "1\nF certificate.valid-for "
	    "/c/cert.pem:13 the certificate of the issuer, "
	    "'CN=Intermediate of old,O=Test,C=AQ', expires on 2021-01-01 "
	    "00:00 UTC, in less than 14 d\n", 1609459200);
}

static void
names_are_those_a_client_asks_for(void **state)
{
	(void)state;
	one("mail.pem", SPEC("names: [mail.example.org, IMAP.example.org]"),
	    "2\n");
	one("mail.pem", SPEC("names: smtp.example.org"), "0\n"
	    "F certificate.names /c/cert.pem:1 the certificate is for "
	    "'mail.example.org', 'imap.example.org', not for "
	    "'smtp.example.org'\n");
	one("wild.pem", SPEC("names: [a.example.org, '*.example.org']"),
	    "2\n");
	one("wild.pem", SPEC("names: [a.b.example.org, example.org]"), "0\n"
	    "F certificate.names /c/cert.pem:1 the certificate is for "
	    "'*.example.org', 'w*.example.net', not for 'a.b.example.org'\n"
	    "F certificate.names /c/cert.pem:1 the certificate is for "
	    "'*.example.org', 'w*.example.net', not for 'example.org'\n");
	one("ip.pem", SPEC("names: [192.0.2.7, 2001:DB8:0::7]"), "2\n");
	one("ip.pem", SPEC("names: 192.0.2.8"), "0\nF certificate.names "
	    "/c/cert.pem:1 the certificate is for '192.0.2.7', "
	    "'2001:db8::7', not for '192.0.2.8'\n");
	/* The common name counts only without any other. */
	one("cn.pem", SPEC("names: cn.example.org"), "1\n");
	one("wild.pem", SPEC("names: wild.example.org"), "1\n");
	one("ec.pem", SPEC("names: cn.example.org"), "0\nF certificate.names "
	    "/c/cert.pem:1 the certificate is for 'ec.example.org', not for "
	    "'cn.example.org'\n");
	one("cn.pem", SPEC("names: x.example.org"), "0\nF certificate.names "
	    "/c/cert.pem:1 the certificate is for "
	    "'CN=cn.example.org,O=Test', not for 'x.example.org'\n");
}

static void
a_key_is_compared_with_the_first_certificate(void **state)
{
	(void)state;
	one("combined.pem", SPEC("key: matches"), "1\n");
	one("crlf.pem", SPEC("key: matches"), "1\n");
	one("mail.pem", SPEC("key: {path: /k/mail}"), "1\n");
	one("mail.pem", SPEC("key: {path: key.pem}"), "1\n");
	one("mail.pem", SPEC("key: {path: /k/der}"), "1\n");
	one("mail.der", SPEC("key: {path: key.pem}"), "1\n");
	one("wrongkey.pem", SPEC("key: matches"), "0\nF certificate.key "
	    "/c/cert.pem:6 the private key is that of another certificate\n");
	one("mail.pem", SPEC("key: {path: /k/ec}"), "0\nF certificate.key "
	    "/c/cert.pem:1 the private key of /k/ec is that of another "
	    "certificate\n");
	one("twokeys.pem", SPEC("key: matches"), "0\nF certificate.key "
	    "/c/cert.pem:34 its private key is the one of line 6, but the "
	    "first one is used\n");
	one("swapped.pem", SPEC("key: {path: /k/mail}"), "0\n"
	    "F certificate.key /c/cert.pem:1 the private key of /k/mail is "
	    "that of the certificate of line 21, but the first one is "
	    "used\n");
	one("mail.pem", SPEC("key: matches"), "0\nF certificate.key "
	    "/c/cert.pem:1 there is no private key with the certificate\n");
	one("mail.pem", SPEC("key: {path: /k/none}"), "0\nF certificate.key "
	    "/c/cert.pem:1 there is no private key of /k/none\n");
	one("mail.pem", SPEC("key: {path: /k/gone}"), "0\nF certificate.key "
	    "/c/cert.pem:1 its private key, /k/gone, is not there\n");
}

static void
a_key_that_cannot_be_read_is_unknown(void **state)
{
	(void)state;
	one("encrypted.pem", SPEC("key: matches"), "0\nU certificate.key "
	    "/c/cert.pem:31 the private key is encrypted, so whether it is "
	    "that of the certificate cannot be told\n");
	one("mail.pem", SPEC("key: {path: /k/proc}"), "0\nU certificate.key "
	    "/c/cert.pem:1 the private key of /k/proc is encrypted, so "
	    "whether it is that of the certificate cannot be told\n");
	one("mail.pem", SPEC("key: {path: /k/bad}"), "0\nU certificate.key "
	    "/c/cert.pem:1 the private key of /k/bad cannot be read: it is "
	    "damaged, or of a kind that is not known\n");
	one("mail.pem", SPEC("key: {path: /k/closed}"), "0\n"
	    "U certificate.key /c/cert.pem:1 its private key, /k/closed, "
	    "cannot be read: cannot open\n");
}

static void
bits_are_of_the_weakest_that_will_do(void **state)
{
	(void)state;
	one("mail.pem", SPEC("min-bits: 2048"), "1\n");
	one("mail.pem", SPEC("min-bits: 3072"), "0\nF certificate.min-bits "
	    "/c/cert.pem:1 the key is RSA of 2048 bits, expected at least "
	    "3072\n");
	one("weak.pem", SPEC("min-bits: 2048"), "0\nF certificate.min-bits "
	    "/c/cert.pem:1 the key is RSA of 1024 bits, expected at least "
	    "2048\n");
	one("ec.pem", SPEC("min-bits: 4096"), "1\n");
	one("ed.pem", SPEC("min-bits: 4096"), "1\n");
	one("ec.pem", SPEC("min-bits: 8192"), "0\nF certificate.min-bits "
	    "/c/cert.pem:1 the key is EC of 256 bits, which is weaker than "
	    "RSA of 8192\n");
	one("direct.pem", SPEC("min-bits: 8192"), "1\n");
}

static void
a_weak_signature_is_told(void **state)
{
	(void)state;
	one("withroot.pem", SPEC("signature: strong"), "3\n");
	one("ed.pem", SPEC("signature: strong"), "1\n");
	one("sha1.pem", SPEC("signature: strong"), "0\n"
	    "F certificate.signature /c/cert.pem:1 the certificate is signed "
	    "with SHA1, which can be forged\n");
}

static void
an_issuer_is_matched(void **state)
{
	(void)state;
	one("mail.pem", SPEC("issuer: '^CN=Intermediate,O=Test,'"), "1\n");
	one("mail.pem", SPEC("issuer: Encrypt"), "0\nF certificate.issuer "
	    "/c/cert.pem:1 the certificate is issued by "
	    "'CN=Intermediate,O=Test,C=AQ', expected a match of 'Encrypt'\n");
}

static void
a_chain_goes_from_the_leaf_up(void **state)
{
	(void)state;
	one("fullchain.pem", SPEC("chain: ordered"), "1\n");
	one("text.pem", SPEC("chain: ordered"), "1\n");
	one("swapped.pem", SPEC("chain: ordered"), "0\nF certificate.chain "
	    "/c/cert.pem:1 the order is wrong: the first certificate issued "
	    "the one of line 21, which must come before it\n");
	one("wrongorder.pem", SPEC("chain: ordered"), "0\n"
	    "F certificate.chain /c/cert.pem:21 the order is wrong: the "
	    "certificate of line 40 issued the one of line 1 and must come "
	    "next\n");
	one("gap.pem", SPEC("chain: ordered"), "0\nF certificate.chain "
	    "/c/cert.pem:21 'CN=Root of others,O=Test,C=AQ' did not issue "
	    "the certificate before it; 'CN=Intermediate,O=Test,C=AQ' is "
	    "missing\n");
	one("brokenint.pem", SPEC("chain: ordered, names: mail.example.org"),
	    "1\nU certificate.chain /c/cert.pem:21 whether this certificate "
	    "issued the one before cannot be told: wrong tag\n");
}

static void
a_complete_chain_ends_at_a_root(void **state)
{
	(void)state;
	one("withroot.pem", SPEC("chain: complete"), "1\n");
	one("snakeoil.pem", SPEC("chain: complete"), "1\n");
	one("fullchain.pem", SPEC("chain: complete, trust: /roots"), "1\n");
	one("direct.pem", SPEC("chain: complete, trust: [/others, /roots]"),
	    "1\n");
	one("mail.pem", SPEC("chain: complete, trust: /roots"), "0\n"
	    "F certificate.chain /c/cert.pem:1 the chain ends too early: "
	    "'CN=Intermediate,O=Test,C=AQ', who issued the certificate, is "
	    "neither in the file nor among the roots of /roots\n");
	one("fullchain.pem", SPEC("chain: complete, trust: /nowhere"), "0\n"
	    "U certificate.chain /c/cert.pem:21 whether "
	    "'CN=Root,O=Test,C=AQ' is a root cannot be told: none of the "
	    "files of 'trust' is there\n");
	one("fullchain.pem", SPEC("chain: complete"), "0\n"
	    "U certificate.chain /c/cert.pem:21 whether "
	    "'CN=Root,O=Test,C=AQ' is a root cannot be told: this system has "
	    "no roots to compare it with [say with 'trust' where they are]\n");
	one("fullchain.pem", SPEC("chain: complete, trust: /k/closed"), "0\n"
	    "U certificate.chain /c/cert.pem:21 whether "
	    "'CN=Root,O=Test,C=AQ' is a root cannot be told: cannot open\n");
}

static void
the_system_has_its_roots_somewhere(void **state)
{
	const char *const where[] = { "/etc/ssl/certs/ca-certificates.crt",
		"/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
		"/etc/ssl/cert.pem",
		"/var/lib/ca-certificates/ca-bundle.pem" };

	(void)state;
	for (size_t i = 0; i < COUNT(where); i++) {
		const struct fake_file files[] = {
			held("/c/cert.pem", "fullchain.pem"),
			held(where[i], "root.pem"), END };

		with(SPEC("chain: complete"), files, "1\n", 0);
	}
}

static void
what_is_no_certificate_is_told(void **state)
{
	struct fake_file files[] = { file("/c/cert.pem", "rubbish\n"), END };

	(void)state;
	with(SPEC("valid-for: 1d"), files, "0\nF certificate /c/cert.pem "
	    "there is no certificate in it\n", 0);
	files[0].text = "";
	with(SPEC("valid-for: 1d"), files, "0\nF certificate /c/cert.pem "
	    "there is no certificate in it\n", 0);
	one("mail.key", SPEC("names: a"), "0\nF certificate /c/cert.pem "
	    "there is no certificate in it\n");
	one("cut.pem", SPEC("names: a, key: matches"), "0\nU certificate "
	    "/c/cert.pem:1 the certificate cannot be read: bad end line\n");
	files[0].text = "\x30\x82\x01\x01 rubbish";
	with(SPEC("valid-for: 1d"), files, "0\nU certificate /c/cert.pem "
	    "neither PEM nor a certificate or key in DER\n", 0);
	files[0].text = NULL;
	with(SPEC("valid-for: 1d"), files, "0\nU certificate /c/cert.pem "
	    "cannot open\n", 0);
	with(SPEC("valid-for: 1d"), files + 1, "0\n", 0);
}

static void
more_certificates_than_a_server_sends_are_not_looked_at(void **state)
{
	struct fake_file files[] = { held("/c/cert.pem", "ec.pem"), END };
	CLEANUP(drop_buf) struct buf b = { 0 };

	(void)state;
	for (int i = 0; i <= CERTFILE_CERTS_MAX; i++)
		buf_add(&b, files[0].text, files[0].len);
	files[0].text = buf_str(&b);
	files[0].len = b.len;
	with(SPEC("valid-for: 1d"), files, "0\nU certificate "
	    "/c/cert.pem:16001 more than the 1000 certificates that are "
	    "looked at\n", 0);
}

static void
a_secret_rule_hides_all_of_it(void **state)
{
	struct fake_file files[] = { held("/c/cert.pem", "combined.pem"),
		END };

	(void)state;
	with("spec: t\nrules:\n  - {id: a, path: /c/cert.pem, why: w, "
	    "secret: true, certificate: {names: x.org, issuer: X, "
	    "valid-for: 99999w}}\n", files,
	    "0\nF certificate.valid-for /c/cert.pem:29 the certificate "
	    "expires on (hidden), in less than 699993 d\n"
	    "F certificate.valid-for /c/cert.pem:49 the certificate of the "
	    "issuer, (hidden), expires on (hidden), in less than 699993 d\n"
	    "F certificate.names /c/cert.pem:29 the certificate is for "
	    "(hidden), (hidden), not for (hidden)\n"
	    "F certificate.issuer /c/cert.pem:29 the certificate is issued by "
	    "(hidden), expected a match of (hidden)\n", END_OF_ALL);
	/* Sealed for its key; what every client is sent is no secret. */
	files[0].en.content = CONTENT_SEALED;
	with(SPEC("names: x.org"), files, "0\nF certificate.names "
	    "/c/cert.pem:29 the certificate is for 'mail.example.org', "
	    "'imap.example.org', not for 'x.org'\n", 0);
}

#define RELATION(text) "spec: t\nrelations:\n  - id: r\n    why: w\n"	\
	"    each: {path: /conf, regex: '^cert (\\S+)'}\n    " text "\n"
#define KEYS "key-in: {path: /conf, regex: '^key (\\S+)'}"

static void
named_until(const char *conf, const char *spec, const char *expected,
    int64_t valid_until)
{
	struct fake_file files[] = { file("/conf", conf),
		held("/c/mail", "fullchain.pem"), held("/c/ec", "ec.pem"),
		held("/c/both", "combined.pem"), held("/c/old", "expired.pem"),
		held("/k/mail", "mail.key"), held("/k/ec", "ec.key"),
		held("/k/enc", "encrypted.key"), held("/c/cut", "cut.pem"),
		file("/k/closed", NULL), file("/c/closed", NULL),
		file("/none", "x"), END };
	struct evidence ev = fake_evidence(files);

	ev.now = NOW;
	judged(spec, &ev, expected, valid_until);
}

static void
named(const char *conf, const char *spec, const char *expected)
{
	named_until(conf, spec, expected, 0);
}

static void
a_certificate_that_is_named_has_its_key(void **state)
{
	(void)state;
	named("cert /c/mail\nkey /k/mail\n", RELATION(KEYS), "1\n");
	named("cert /c/mail\ncert /c/ec\nkey /k/mail\nkey /k/ec\n"
	    "cert /c/mail\n", RELATION(KEYS), "2\n");
	named("cert /c/both\n", RELATION(KEYS), "1\n");
	named("cert /c/gone\nkey /k/gone\n", RELATION(KEYS), "0\n");
	named("cert /c/mail\nkey /k/ec\n", RELATION(KEYS), "0\n"
	    "F key-in /conf:1 '/k/ec' does not hold the private key of "
	    "'/c/mail'\n");
	named("# x\ncert /c/mail\nkey /k/gone\n", RELATION(KEYS), "0\n"
	    "F key-in /conf:2 the private key of '/c/mail' must be in "
	    "'/k/gone', which is not there\n");
	named("cert /c/mail\n", RELATION(KEYS), "0\nF key-in /conf:1 "
	    "'/c/mail' comes without its private key, and no key is named\n");
	named("cert /c/mail\nkey /k/ec\nkey /k/gone\n", RELATION(KEYS), "0\n"
	    "F key-in /conf:1 the private key of '/c/mail' is in none of the "
	    "files named, such as '/k/ec'\n");
	named("cert /none\nkey /k/ec\n", RELATION(KEYS), "0\nF key-in "
	    "/conf:1 there is no certificate in '/none'\n");
}

static void
what_is_named_and_cannot_be_read_is_unknown(void **state)
{
	(void)state;
	named("cert /c/mail\nkey /k/enc\n", RELATION(KEYS), "0\nU key-in "
	    "/conf:1 whether the private key of '/c/mail' is '/k/enc' cannot "
	    "be told: it is encrypted, damaged, or of a kind that is not "
	    "known\n");
	named("cert /c/mail\nkey /k/closed\n", RELATION(KEYS), "0\nU key-in "
	    "/conf:2 '/k/closed': cannot open\n");
	named("cert /c/closed\ncert ssl/a\nkey /k/ec\n", RELATION(KEYS),
	    "0\nU key-in /conf:1 '/c/closed': cannot open\n"
	    "U key-in /conf:2 'ssl/a': is no absolute path, so what file it "
	    "is is not known\n");
	named("cert /c/cut\nkey /k/ec\n", RELATION(KEYS), "0\nU key-in "
	    "/conf:1 '/c/cut': bad end line\n");
}

static void
a_certificate_that_is_named_is_judged(void **state)
{
	(void)state;
	named("cert /c/mail\ncert /c/mail\n", RELATION("certificate: "
	    "{names: mail.example.org}"), "1\n");
	named("cert /c/gone\n", RELATION("certificate: {min-bits: 2048}"),
	    "0\n");
	named_until("# x\ncert /c/old\ncert /c/both\n", RELATION("certificate: "
	    "{names: ec.example.org, valid-for: 0d, key: matches}"), "3\n"
	    "F certificate.names /conf:3 '/c/both', line 29: the certificate "
	    "is for 'mail.example.org', 'imap.example.org', not for "
	    "'ec.example.org'\n"
	    "F certificate.valid-for /conf:2 '/c/old': the certificate "
	    "expired on 2021-01-01 00:00 UTC\n"
	    "F certificate.names /conf:2 '/c/old': the certificate is for "
	    "'mail.example.org', not for 'ec.example.org'\n"
	    "F certificate.key /conf:2 '/c/old': there is no private key with "
	    "the certificate\n", END_OF_ALL);
}

static int
forget(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_expired_certificate_is_told_with_its_date),
		cmocka_unit_test(time_alone_changes_the_verdict),
		cmocka_unit_test(an_issuer_must_be_valid_too),
		cmocka_unit_test(names_are_those_a_client_asks_for),
		cmocka_unit_test(
		    a_key_is_compared_with_the_first_certificate),
		cmocka_unit_test(a_key_that_cannot_be_read_is_unknown),
		cmocka_unit_test(bits_are_of_the_weakest_that_will_do),
		cmocka_unit_test(a_weak_signature_is_told),
		cmocka_unit_test(an_issuer_is_matched),
		cmocka_unit_test(a_chain_goes_from_the_leaf_up),
		cmocka_unit_test(a_complete_chain_ends_at_a_root),
		cmocka_unit_test(the_system_has_its_roots_somewhere),
		cmocka_unit_test(what_is_no_certificate_is_told),
		cmocka_unit_test(
		    more_certificates_than_a_server_sends_are_not_looked_at),
		cmocka_unit_test(a_secret_rule_hides_all_of_it),
		cmocka_unit_test(a_certificate_that_is_named_has_its_key),
		cmocka_unit_test(what_is_named_and_cannot_be_read_is_unknown),
		cmocka_unit_test(a_certificate_that_is_named_is_judged),
	};

	return cmocka_run_group_tests(tests, NULL, forget);
}
