/* SPDX-License-Identifier: MIT */
#include "judged.h"

#include "base/exec.h"
#include "base/file.h"
#include "specs/lenses.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define SAMPLES "tests/cases/lenses"
#define RULE "spec: t\ntitle: t\nrules:\n- id: r\n  why: w\n"		\
	"  path: /etc/ssh/sshd_config\n"

static const char sshd[] = "# first\nPort 22\nPort 2222\n"
    "PermitRootLogin yes\nAllowUsers a b\nMatch User c\n"
    "\tX11Forwarding yes\n";

static void
expect_of(const char *path, const char *text, const char *spec,
    const char *expected)
{
	struct fake_file files[] = { file(path, text), END };
	const struct evidence ev = fake_evidence(files);

	judged(spec, &ev, expected, 0);
}

#define SSHD(config, expected)						\
	expect_of("/etc/ssh/sshd_config", sshd, RULE "  config: " config	\
	    "\n", expected)

static void
each_test_is_asked_of_what_the_expression_picks(void **state)
{
	(void)state;
	SSHD("{match: PermitRootLogin, equals: yes}", "1\n");
	SSHD("{match: PermitRootLogin, one-of: [no, yes]}", "1\n");
	SSHD("{match: Port, equals: 22}", "0\nF config /etc/ssh/sshd_config:3 "
	    "'Port' is '2222', expected '22'\n");
	SSHD("{match: Port, at-most: 1024}", "0\nF config "
	    "/etc/ssh/sshd_config:3 'Port' is '2222', expected at most "
	    "'1024'\n");
	SSHD("{match: Port, count: 1}", "0\nF config /etc/ssh/sshd_config:2 "
	    "'Port' is found 2 times, expected '1' times\n");
	SSHD("{match: Port, count: 2}", "1\n");
	SSHD("{match: Prt, equals: 22}", "0\nF config /etc/ssh/sshd_config "
	    "nothing matches 'Prt', expected '22'\n");
	SSHD("{match: Prt, absent: true}", "1\n");
	SSHD("{match: Prt, exists: true}", "0\nF config /etc/ssh/sshd_config "
	    "nothing matches 'Prt', expected to be there\n");
	SSHD("{match: Port, absent: true}", "0\nF config "
	    "/etc/ssh/sshd_config:2 'Port' is '22', expected nothing\n");
	SSHD("{match: AllowUsers/*, includes: [a, b]}", "1\n");
	SSHD("{match: AllowUsers/*, includes: c}", "0\nF config "
	    "/etc/ssh/sshd_config:5 'AllowUsers/*' is 'b', expected to "
	    "include 'c'\n");
	SSHD("{match: AllowUsers/*, excludes: a}", "0\nF config "
	    "/etc/ssh/sshd_config:5 'AllowUsers/*' is 'a', expected not to "
	    "include 'a'\n");
	SSHD("{match: Match/Settings/X11Forwarding, matches: ^no}",
	    "0\nF config /etc/ssh/sshd_config:7 "
	    "'Match/Settings/X11Forwarding' is 'yes', expected a match of "
	    "'^no'\n");
	SSHD("{match: \"*[. = 'yes']\", not-matches: ^y, why: talk}",
	    "0\nF config /etc/ssh/sshd_config:4 talk\n");
	SSHD("[{match: Port, count: 2}, {match: Prt, exists: true}, {lens: "
	    "Simplelines, match: \"1\", equals: Port 22}]", "2\nF config "
	    "/etc/ssh/sshd_config nothing matches 'Prt', expected to be "
	    "there\n");
}

static void
what_cannot_be_read_hides_nothing_else(void **state)
{
	(void)state;
	expect_of("/etc/sudoers", "root ALL=(ALL) ALL\n%%%\n",
	    "spec: t\ntitle: t\nrules:\n- id: r\n  why: w\n"
	    "  path: /etc/sudoers\n  mode: \"0440\"\n"
	    "  lines: {forbid: [NOPASSWD]}\n"
	    "  config: {match: spec, exists: true}\n",
	    "1\nF mode /etc/sudoers the mode is 0644, expected 0440\n"
	    "U config /etc/sudoers:2 the lens Sudoers.lns cannot read it: "
	    "Iterated lens matched less than it should\n");
}

static void
a_secret_is_neither_shown_nor_quoted(void **state)
{
	(void)state;
	expect_of("/etc/sudoers", "root ALL=(ALL) ALL\n%%%\n",
	    "spec: t\ntitle: t\nrules:\n- id: r\n  why: w\n  secret: true\n"
	    "  path: /etc/sudoers\n"
	    "  config: {match: spec, exists: true}\n",
	    "0\nU config /etc/sudoers:2 not readable in its format (hidden: "
	    "the rule is secret)\n");
	expect_of("/etc/sudoers", "root ALL=(ALL) ALL\n",
	    "spec: t\ntitle: t\nrules:\n- id: r\n  why: w\n  secret: true\n"
	    "  path: /etc/sudoers\n"
	    "  config: {match: spec/user, equals: toor}\n",
	    "0\nF config /etc/sudoers:1 (hidden) is (hidden), expected "
	    "(hidden)\n");
}

static void
bytes_of_any_kind_are_no_trouble(void **state)
{
	static char rubbish[4096];
	struct fake_file files[] = { file("/etc/ssh/sshd_config", rubbish),
		END };
	const struct evidence ev = fake_evidence(files);

	(void)state;
	for (size_t i = 0; i < sizeof(rubbish); i++)
		rubbish[i] = (char)(i * 7 + i / 256);
	files[0].len = sizeof(rubbish);
	judged(RULE "  config: {match: Port, exists: true}\n", &ev,
	    "0\nU config /etc/ssh/sshd_config:1 a NUL byte in it\n", 0);
	memset(rubbish, 0xff, sizeof(rubbish));
	judged(RULE "  config: {match: Port, exists: true}\n", &ev,
	    "0\nU config /etc/ssh/sshd_config:1 the lens Sshd.lns cannot read "
	    "it: Get did not match entire input\n", 0);
}

/* What one rule's repair makes of a text, or the reason why it does not. */
static void
repaired(const char *config, const char *text, const char *want)
{
	CLEANUP(drop_free) char *spec = xasprintf("%s  on-drift: repair\n"
	    "  config: %s\n", RULE, config);
	const struct spec_source source = { "t.yaml", spec, strlen(spec),
		NULL };
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct diagnostics diags = { 0 };
	struct catalogue c = { 0 };
	struct err e = { 0 };
	int done;

	catalogue_build(&c, &source, 1, NULL, NULL, &diags);
	assert_int_equal(diags.n, 0);
	done = repair_bytes(&c.specs[0]->rules[0], "/f", text, strlen(text),
	    &b, &e);
	assert_string_equal(done < 0 ? e.what : done == 0 ? text :
	    buf_str(&b), want);
	catalogue_done(&c);
	diagnostics_done(&diags);
}

static void
a_repair_goes_through_the_lens(void **state)
{
	(void)state;
	repaired("[{match: PermitRootLogin, equals: no}, {match: Port, equals: "
	    "22}]", sshd, "# first\nPort 22\nPort 22\nPermitRootLogin no\n"
	    "AllowUsers a b\nMatch User c\n\tX11Forwarding yes\n");
	repaired("{match: Match/Settings/X11Forwarding, absent: true}",
	    "Match User c\n\tX11Forwarding yes\n\tPermitTTY  no",
	    "Match User c\n\tPermitTTY  no");
	repaired("{match: UsePAM, equals: yes}", sshd, "# first\nPort 22\n"
	    "Port 2222\nPermitRootLogin yes\nAllowUsers a b\nUsePAM yes\n"
	    "Match User c\n\tX11Forwarding yes\n");
	repaired("{match: AllowUsers/*, includes: [a, c]}", sshd,
	    "# first\nPort 22\nPort 2222\nPermitRootLogin yes\n"
	    "AllowUsers a b c\nMatch User c\n\tX11Forwarding yes\n");
	repaired("{match: AllowUsers/*, excludes: a}", sshd,
	    "# first\nPort 22\nPort 2222\nPermitRootLogin yes\n"
	    "AllowUsers b\nMatch User c\n\tX11Forwarding yes\n");
	repaired("{match: Port, absent: true}", "Port 1\n# c\nPort 2\n",
	    "# c\n");
	repaired("{match: Port, equals: 22}", "# no port\n\n",
	    "# no port\n\nPort 22\n");
	repaired("{lens: Sssd, match: \"target[. = 'a']/s\", includes: [x, "
	    "y]}", "[a]\ns = v, w\n# c\n", "[a]\ns = v, w, x, y\n# c\n");
}

static void
what_no_edit_can_mend_is_told(void **state)
{
	(void)state;
	repaired("{match: PermitRootLogin, matches: ^no}", sshd,
	    "'PermitRootLogin' cannot be repaired: an expression does not say "
	    "which value [use 'equals' or 'one-of']");
	repaired("{match: Nothing, exists: true}", sshd, "'Nothing' cannot be "
	    "repaired: no value is given [use 'equals']");
	repaired("{match: \"*[. = 'zzz']\", equals: 22}", sshd,
	    "'*[. = 'zzz']' does not say what to make [name each part of it]");
	repaired("[{match: Port, equals: 1}, {match: Port, equals: 2}]",
	    "Port 3\n", "'Port' cannot be repaired: what the rule demands "
	    "contradicts itself");
	repaired("{match: AllowUsers/*, excludes: \"a,b\"}", sshd, sshd);
	repaired("{match: Port, includes: x}", sshd, "'Port' cannot be "
	    "repaired: it is several values [let 'match' pick one, or end it "
	    "with '*']");
	repaired("{lens: Sssd, match: target/s, excludes: v}",
	    "[a]\ns = v, w\n", "'target/s' cannot be repaired: the word is "
	    "one of a longer value [use 'equals']");
	repaired("{match: Port, equals: 1}", "\1\n", "the lens Sshd.lns "
	    "cannot read it: Get did not match entire input");
}

/* All samples: the file's name is the lens's. */
static void
each_sample(void (*each)(const char *lens, const struct buf *text))
{
	DIR *d = opendir(SAMPLES);
	const struct dirent *de;
	size_t n = 0;

	assert_non_null(d);
	while ((de = readdir(d)) != NULL) {
		CLEANUP(drop_free) char *path = xasprintf(SAMPLES "/%s",
		    de->d_name);
		CLEANUP(drop_buf) struct buf text = { 0 };
		struct err e = { 0 };

		if (de->d_name[0] == '.')
			continue;
		assert_int_equal(file_read(AT_FDCWD, path, 1 << 20, &text,
		    &e), 0);
		each(de->d_name, &text);
		n++;
	}
	closedir(d);
	assert_true(n > 10);
}

static void
ask_all(struct lenses *l, const char *lens, const struct buf *text,
    struct arena *a, struct lens_question *q)
{
	const struct lens_text t = { lens, "/f", buf_str(text), text->len };
	struct err e = { 0 };

	*q = (struct lens_question){ .match = "descendant::*" };
	if (lenses_ask(l, &t, q, 1, a, &e) < 0)
		fail_msg("%s: %s", lens, e.what);
	assert_true(q->values.n > 4);
}

static const char *
line_at(const struct buf *b, unsigned line, size_t *out_len)
{
	const char *s = buf_str(b);

	while (--line > 0)
		s += strcspn(s, "\n") + 1;
	*out_len = strcspn(s, "\n");
	return s;
}

/* What is set stands on the lines that were told, and no other changed. */
static void
assert_own_lines(const struct buf *was, const struct buf *now,
    unsigned first, unsigned last)
{
	size_t was_len, now_len, rest;
	const char *a = line_at(was, first, &was_len);
	const char *b = line_at(now, first, &now_len);
	size_t front = (size_t)(a - buf_str(was));

	assert_int_equal(front, b - buf_str(now));
	assert_memory_equal(buf_str(was), buf_str(now), front);
	a = line_at(was, last, &was_len) + was_len;
	b = line_at(now, last, &now_len) + now_len;
	rest = was->len - (size_t)(a - buf_str(was));
	assert_int_equal(rest, now->len - (size_t)(b - buf_str(now)));
	assert_memory_equal(a, b, rest);
}

static unsigned
newlines(const char *s)
{
	unsigned n = 0;

	for (; *s != '\0'; s++)
		n += *s == '\n';
	return n;
}

static void
set_each(const char *lens, const struct buf *text)
{
	CLEANUP(drop_lenses) struct lenses *l = lenses_new();
	const struct lens_text t = { lens, "/f", buf_str(text), text->len };
	struct arena a = { 0 };
	struct lens_question q;
	unsigned set = 0, removed = 0;

	ask_all(l, lens, text, &a, &q);
	/* An edit takes a tenth of a second. */
	for (size_t i = 0; i < q.values.n; i += 3) {
		const struct lens_value *v = &q.values.items[i];
		CLEANUP(drop_free) char *more = xasprintf("%s1", v->text);
		struct lens_edit edit = { LENS_SET, "descendant::*", more,
			i };
		CLEANUP(drop_buf) struct buf now = { 0 };
		CLEANUP(drop_buf) struct buf less = { 0 };
		struct err e = { 0 };

		assert_int_not_equal(v->line, 0);
		if (v->text[0] != '\0' && lenses_edit(l, &t, &edit, &now,
		    &e) == 0) {
			assert_own_lines(text, &now, v->line,
			    v->line + newlines(v->text));
			set++;
		}
		err_clear(&e);
		edit.op = LENS_REMOVE;
		if (lenses_edit(l, &t, &edit, &less, &e) == 0) {
			assert_true(less.len < text->len);
			removed++;
		}
	}
	arena_done(&a);
	if (set < 1 || set + removed < 3)
		fail_msg("%s: %u set, %u removed", lens, set, removed);
}

static void
setting_any_value_changes_its_own_line_alone(void **state)
{
	(void)state;
	each_sample(set_each);
}

/* The lines of augtool's `print` below the file, with a value. */
static void
compare(const char *lens, const struct buf *text)
{
	CLEANUP(drop_lenses) struct lenses *l = lenses_new();
	CLEANUP(drop_free) char *cwd = getcwd(NULL, 0);
	CLEANUP(drop_free) char *transform = xasprintf("%s.lns incl %s/"
	    SAMPLES "/%s", lens, cwd, lens);
	CLEANUP(drop_free) char *print = xasprintf("/files%s/" SAMPLES
	    "/%s/descendant::*", cwd, lens);
	const char *argv[] = { "augtool", "--noautoload", "--transform",
		transform, "match", print, NULL };
	CLEANUP(drop_buf) struct buf theirs = { 0 };
	CLEANUP(drop_buf) struct buf ours = { 0 };
	CLEANUP(drop_buf) struct buf values = { 0 };
	struct arena a = { 0 };
	struct lens_question q;
	struct err e = { 0 };
	int code;

	assert_int_equal(exec_run(argv, 1 << 20, 20, &theirs, &code, &e), 0);
	assert_int_equal(code, 0);
	for (const char *s = buf_str(&theirs); *s != '\0';
	    s += strcspn(s, "\n") + 1) {
		size_t n = strcspn(s, "\n");
		const char *is = memmem(s, n, " = ", 3);

		/* A value may have several lines. */
		is = *s == '/' && is != NULL ? is + 3 : s;
		buf_add(&values, is, n - (size_t)(is - s));
		buf_addc(&values, '\n');
	}
	ask_all(l, lens, text, &a, &q);
	for (size_t i = 0; i < q.values.n; i++)
		buf_addf(&ours, "%s\n", q.values.items[i].text[0] != '\0' ?
		    q.values.items[i].text : "(none)");
	assert_string_equal(buf_str(&ours), buf_str(&values));
	arena_done(&a);
}

static void
the_tree_is_the_one_of_augtool(void **state)
{
	(void)state;
	if (access("/usr/bin/augtool", X_OK) != 0) {
		print_message("there is no augtool to compare with\n");
		assert_null(getenv("CI"));
		skip();
	}
	each_sample(compare);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    each_test_is_asked_of_what_the_expression_picks),
		cmocka_unit_test(what_cannot_be_read_hides_nothing_else),
		cmocka_unit_test(a_secret_is_neither_shown_nor_quoted),
		cmocka_unit_test(bytes_of_any_kind_are_no_trouble),
		cmocka_unit_test(a_repair_goes_through_the_lens),
		cmocka_unit_test(what_no_edit_can_mend_is_told),
		cmocka_unit_test(setting_any_value_changes_its_own_line_alone),
		cmocka_unit_test(the_tree_is_the_one_of_augtool),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
