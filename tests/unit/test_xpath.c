/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "specs/xpath.h"

static const char guest[] =
    "<?xml version='1.0'?>\n"
    "<domain type='kvm' xmlns:qemu='http://libvirt.org/q'>\n"
    "  <name>mail</name>\n"
    "  <devices>\n"
    "    <disk type='block'>\n"
    "      <source dev='/dev/mapper/mail'/>\n"
    "    </disk>\n"
    "    <disk type='file'>\n"
    "      <source file='/var/lib/x.img'/>\n"
    "    </disk>\n"
    "  </devices>\n"
    "  <qemu:commandline/>\n"
    "</domain>\n";

static struct xpath_doc *
open_guest(void)
{
	struct err e = { 0 };
	struct xpath_doc *d = xpath_open("g.xml", guest, sizeof(guest) - 1,
	    &e);

	if (d == NULL)
		fail_msg("%s", e.what);
	return d;
}

static void
nodes_come_with_their_text_and_line(void **state)
{
	static const struct {
		const char *expr;
		size_t n;
		const char *text;
		unsigned line;
	} cases[] = {
		{ "/domain/devices/disk/source/@dev", 1, "/dev/mapper/mail",
		    6 },
		{ "/domain/name", 1, "mail", 3 },
		{ "//disk/@type", 2, "block", 5 },
		{ "//qemu:commandline", 1, "", 12 },
		{ "//other:thing", 0, NULL, 0 },
		{ "//cdrom", 0, NULL, 0 },
	};
	CLEANUP(drop_xpath) struct xpath_doc *d = open_guest();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena a = { 0 };
		struct xpath_answer out;
		struct err e = { 0 };

		assert_int_equal(xpath_ask(d, cases[i].expr, NULL, &a,
		    &out, &e), 0);
		assert_int_equal(out.kind, XPATH_IS_NODES);
		assert_int_equal(out.n, cases[i].n);
		if (out.n > 0) {
			assert_string_equal(out.items[0].text, cases[i].text);
			assert_int_equal(out.items[0].line, cases[i].line);
		}
		arena_done(&a);
	}
}

static void
numbers_truths_and_texts_are_told_apart(void **state)
{
	static const struct {
		const char *expr;
		enum xpath_kind kind;
		const char *text;
	} cases[] = {
		{ "count(//disk)", XPATH_IS_NUMBER, "2" },
		{ "count(//disk) = 3", XPATH_IS_BOOL, "false" },
		{ "string(/domain/@type)", XPATH_IS_TEXT, "kvm" },
	};
	CLEANUP(drop_xpath) struct xpath_doc *d = open_guest();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena a = { 0 };
		struct xpath_answer out;
		struct err e = { 0 };

		assert_int_equal(xpath_ask(d, cases[i].expr, NULL, &a,
		    &out, &e), 0);
		assert_int_equal(out.kind, cases[i].kind);
		assert_string_equal(out.items[0].text, cases[i].text);
		arena_done(&a);
	}
}

static void
bad_xml_is_refused_where_it_stands(void **state)
{
	static const struct {
		const char *xml;
		unsigned line;
		const char *what;
	} cases[] = {
		{ "", 1, "no well-formed XML: Document is empty" },
		{ "<a>\n<b>\n</a>", 3, "no well-formed XML: Opening and "
		    "ending tag mismatch" },
		{ "<a>\n&nope;</a>", 2, "no well-formed XML: Entity 'nope'" },
		{ "<?xml version='1.0'?>\n<!DOCTYPE a [<!ENTITY x 'yyy'>]>\n"
		    "<a>&x;</a>", 2, "a DOCTYPE is refused [remove it: "
		    "entities and DTDs are not read]" },
		{ "<!DOCTYPE a SYSTEM '/etc/passwd'><a/>", 1,
		    "a DOCTYPE is refused" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err e = { 0 };

		assert_null(xpath_open("x", cases[i].xml,
		    strlen(cases[i].xml), &e));
		if (strncmp(e.what, cases[i].what, strlen(cases[i].what)) != 0)
			fail_msg("%s", e.what);
		assert_int_equal(e.line, cases[i].line);
		assert_string_equal(e.where, "x");
	}
}

static void
depth_and_size_are_bounded(void **state)
{
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct err e = { 0 };

	(void)state;
	for (int i = 0; i < 100000; i++)
		buf_adds(&b, "<a>");
	assert_null(xpath_open("deep", b.bytes, b.len, &e));
	assert_non_null(strstr(e.what, "no well-formed XML: Excessive depth"));
	buf_reset(&b);
	err_clear(&e);
	memset(buf_reserve(&b, 17 << 20), ' ', 17 << 20);
	assert_null(xpath_open("large", b.bytes, 17 << 20, &e));
	assert_string_equal(e.what,
	    "larger than the 16 MiB that are read as XML");
}

static void
wrong_expressions_are_told(void **state)
{
	static const struct {
		const char *expr, *what;
	} cases[] = {
		{ "//a[", "the XPath '//a[' is wrong near byte" },
		{ "", "the XPath '' is wrong near byte" },
		{ "nope(//a)", "wrong: function nope not found" },
		{ "$x", "Undefined variable" },
		{ "count(1)", "Invalid type" },
	};
	struct err e = { 0 };

	(void)state;
	assert_int_equal(xpath_check("//disk[@type='x']/q:a/@b", &e), 0);
	assert_int_equal(xpath_check("count(//a) > 2", &e), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		err_clear(&e);
		assert_int_equal(xpath_check(cases[i].expr, &e), -1);
		if (strstr(e.what, cases[i].what) == NULL)
			fail_msg("%s: %s", cases[i].expr, e.what);
	}
}

static void
an_expression_that_explodes_is_stopped(void **state)
{
	CLEANUP(drop_buf) struct buf b = { 0 };
	CLEANUP(drop_xpath) struct xpath_doc *d = NULL;
	struct arena a = { 0 };
	struct xpath_answer out;
	struct err e = { 0 };

	(void)state;
	buf_adds(&b, "<a>");
	for (int i = 0; i < 2000; i++)
		buf_adds(&b, "<b/>");
	buf_adds(&b, "</a>");
	d = xpath_open("x", b.bytes, b.len, &e);
	assert_non_null(d);
	assert_int_equal(xpath_ask(d, "count(//b[count(//b[count(//b) > 1]) "
	    "> 1])", NULL, &a, &out, &e), -1);
	if (strstr(e.what, "limit exceeded") == NULL)
		fail_msg("%s", e.what);
	arena_done(&a);
}

static void
prefixes_are_the_rules_or_those_that_the_document_declares(void **state)
{
	static const char xml[] =
	    "<domain xmlns='urn:d'>\n<q:a xmlns:q='urn:q'>1</q:a>\n"
	    "<p:a xmlns:p='urn:q'>2</p:a>\n</domain>\n";
	static const char *names[] = { "d", "urn:d", "x", "urn:q", "p",
		"urn:none" };
	static const struct {
		const char *expr;
		size_t own, given;
	} cases[] = {
		{ "//q:a", 2, 2 },
		{ "//p:a", 2, 0 },
		{ "//x:a", 0, 2 },
		{ "/d:domain", 0, 1 },
		{ "/domain", 0, 0 },
		{ "/d:domain/x:a[2]", 0, 1 },
	};
	const struct texts given = { names, 6, 6 };
	struct err e = { 0 };
	CLEANUP(drop_xpath) struct xpath_doc *d = xpath_open("x", xml,
	    sizeof(xml) - 1, &e);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct xpath_answer out;
		struct arena a = { 0 };

		assert_int_equal(xpath_ask(d, cases[i].expr, NULL, &a, &out,
		    &e), 0);
		assert_int_equal(out.n, cases[i].own);
		assert_int_equal(xpath_ask(d, cases[i].expr, &given, &a, &out,
		    &e), 0);
		assert_int_equal(out.n, cases[i].given);
		arena_done(&a);
	}
}

/* NULL where there is none. */
static char *
canonical(const char *xml)
{
	struct buf out = { 0 };
	struct err e = { 0 };

	if (xpath_canonical("x", xml, strlen(xml), &out, &e) == 0)
		return buf_steal(&out);
	buf_done(&out);
	return NULL;
}

static void
layout_and_comments_are_no_part_of_the_canonical_form(void **state)
{
	static const struct {
		const char *one, *two;
		bool same;
	} cases[] = {
		{ "<?xml version='1.0'?>\n<!-- made by a tool -->\n"
		    "<a>\n  <b c='1' d=\"2\"/>\n</a>\n",
		    "<a><b d='2'\tc='1'></b></a>", true },
		{ "<a><!-- x --><b/> <?p?> <b/></a>", "<a><b/><b/></a>",
		    true },
		{ "<a>x<!-- c -->y</a>", "<a>xy</a>", true },
		{ "<a><![CDATA[&]]></a>", "<a>&amp;</a>", true },
		{ "<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe4</a>",
		    "<a>\xc3\xa4</a>", true },
		{ "<a> </a>", "<a/>", false },
		{ "<a> x</a>", "<a>x</a>", false },
		{ "<a>x <b/> </a>", "<a>x <b/></a>", false },
		{ "<a xml:space='preserve'> <b/></a>",
		    "<a xml:space='preserve'><b/></a>", false },
		{ "<a><b/><c/></a>", "<a><c/><b/></a>", false },
		{ "<a b='1'/>", "<a b='2'/>", false },
		{ "<a b='1'/>", "<a/>", false },
		{ "<q:a xmlns:q='urn:u'/>", "<q:a xmlns:q='urn:v'/>", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(drop_free) char *one = canonical(cases[i].one);
		CLEANUP(drop_free) char *two = canonical(cases[i].two);

		if (one == NULL || two == NULL)
			fail_msg("%s, %s", cases[i].one, cases[i].two);
		if ((strcmp(one, two) == 0) != cases[i].same)
			fail_msg("%s", cases[i].one);
	}
}

static void
what_takes_too_long_to_sort_has_no_canonical_form(void **state)
{
	CLEANUP(drop_buf) struct buf b = { 0 };
	CLEANUP(drop_buf) struct buf out = { 0 };
	struct err e = { 0 };

	(void)state;
	buf_adds(&b, "<a>\n");
	for (int i = 0; i < 1001; i++)
		buf_addf(&b, "<b xmlns:p%d='urn:u'/>", i);
	buf_adds(&b, "</a>");
	assert_int_equal(xpath_canonical("x", buf_str(&b), b.len, &out, &e),
	    -1);
	assert_string_equal(e.what,
	    "more namespaces or attributes than are compared");
	assert_int_equal(e.line, 2);
	err_clear(&e);
	assert_int_equal(xpath_canonical("x", "<a xmlns:b='c'/>", 16, &out,
	    &e), -1);
	assert_non_null(strstr(e.what, "has no canonical form: "));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nodes_come_with_their_text_and_line),
		cmocka_unit_test(numbers_truths_and_texts_are_told_apart),
		cmocka_unit_test(bad_xml_is_refused_where_it_stands),
		cmocka_unit_test(depth_and_size_are_bounded),
		cmocka_unit_test(wrong_expressions_are_told),
		cmocka_unit_test(an_expression_that_explodes_is_stopped),
		cmocka_unit_test(
		    prefixes_are_the_rules_or_those_that_the_document_declares),
		cmocka_unit_test(
		    layout_and_comments_are_no_part_of_the_canonical_form),
		cmocka_unit_test(
		    what_takes_too_long_to_sort_has_no_canonical_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
