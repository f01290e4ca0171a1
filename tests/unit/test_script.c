/* SPDX-License-Identifier: MIT */
#include "agent/preflight/script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/preflight/debversion.h"
#include "base/buf.h"

static const char *const words[SCRIPT_DEEDS] = {
	[SCRIPT_NAMES] = "names", [SCRIPT_TOUCHES] = "touches",
	[SCRIPT_EDITS] = "edits", [SCRIPT_MAKES] = "makes",
	[SCRIPT_REMOVES] = "removes", [SCRIPT_MOVES] = "moves",
	[SCRIPT_COPIES] = "copies", [SCRIPT_LINKS] = "links",
	[SCRIPT_RM_CONFFILE] = "rm_conffile",
	[SCRIPT_MV_CONFFILE] = "mv_conffile", [SCRIPT_UCF] = "ucf",
};

/* In these tests /etc/there is there, and /etc/not is not. */
static int
there(void *ctx, const char *path)
{
	(void)ctx;
	return strcmp(path, "/etc/there") == 0 ? 1 :
	    strcmp(path, "/etc/not") == 0 ? 0 : -1;
}

/* "removes /etc/x; maybe moves /etc/a /etc/b" */
static void
acts_of(const char *program, const char *body, struct buf *out)
{
	static const char *const args[] = { "upgrade", "1.2-3", NULL };
	const struct script s = { "postinst", program, body };
	const struct script_asked asked = { args, 3, there, NULL };
	CLEANUP(drop_script_acts) struct script_acts acts = { 0 };

	script_read(&s, &asked, &acts);
	for (size_t i = 0; i < acts.list.n; i++) {
		const struct script_act *a = &acts.list.items[i];

		buf_addf(out, "%s%s%s %s", i > 0 ? "; " : "",
		    a->maybe ? "maybe " : "", words[a->deed], a->path);
		if (a->to != NULL)
			buf_addf(out, " %s", a->to);
	}
}

static const struct {
	const char *body, *acts;
} shell[] = {
	{ "rm -f /etc/a /etc/b", "removes /etc/a; removes /etc/b" },
	{ "rm -f \"$DPKG_ROOT/etc/a\"", "removes /etc/a" },
	{ "mv -f /etc/a /etc/b || true", "moves /etc/a /etc/b" },
	{ "/bin/cp -p '/usr/share/x y' /etc/b",
	  "copies /usr/share/x y /etc/b" },
	{ "ln -sf /usr/lib/a /etc/b", "links /etc/b /usr/lib/a" },
	{ "chmod 0640 /etc/a; chown root:mail /etc/a",
	  "touches /etc/a; touches /etc/a" },
	{ "sed -i -e s/a/b/ /etc/a", "edits /etc/a" },
	{ "sed -e s/a/b/ /etc/a > /etc/b", "makes /etc/b" },
	{ "echo x >> /etc/a", "edits /etc/a" },
	{ "cat > /etc/a << 'EOF'\nrm /etc/b\nEOF\nrm /etc/c",
	  "makes /etc/a; removes /etc/c" },
	{ "# rm /etc/a\nrm /etc/b # rm /etc/c", "removes /etc/b" },
	/* What is asked first. */
	{ "if [ \"$1\" = upgrade ]; then rm /etc/a; else rm /etc/b; fi",
	  "removes /etc/a" },
	{ "if [ \"$1\" = purge ]; then rm /etc/a; fi", "" },
	{ "if who knows; then rm /etc/a; else rm /etc/b; fi; rm /etc/c",
	  "maybe removes /etc/a; maybe removes /etc/b; removes /etc/c" },
	{ "if false; then rm /etc/a; elif true; then rm /etc/b; "
	  "else rm /etc/c; fi", "removes /etc/b" },
	{ "case \"$1\" in\nremove|purge) rm /etc/a ;;\n"
	  "up*) rm /etc/b ;;\n*) rm /etc/c ;;\nesac\nrm /etc/d",
	  "removes /etc/b; removes /etc/d" },
	{ "case $UNKNOWN in a) rm /etc/a ;; *) rm /etc/b ;; esac",
	  "maybe removes /etc/a; maybe removes /etc/b" },
	{ "[ \"$1\" = configure ] || exit 0\nrm /etc/a", "" },
	{ "who knows || exit 0\nrm /etc/a", "maybe removes /etc/a" },
	{ "test -f /etc/there && rm /etc/there", "removes /etc/there" },
	{ "test ! -e /etc/there && rm /etc/a", "" },
	{ "if [ -e /etc/not ]; then rm /etc/a; fi", "" },
	{ "[ -n \"$2\" -a \"$1\" != install ] && rm /etc/a",
	  "removes /etc/a" },
	{ "[ $# -ge 3 ] && rm /etc/a", "removes /etc/a" },
	{ "if dpkg --compare-versions \"$2\" lt 1.2-4; then rm /etc/a; fi",
	  "removes /etc/a" },
	{ "if dpkg --compare-versions -- \"$2\" gt-nl 1.2-4; then "
	  "rm /etc/a; fi", "" },
	{ "[ - /etc/there ] && rm /etc/a", "maybe removes /etc/a" },
	{ "! true && rm /etc/a; ! false && rm /etc/b", "removes /etc/b" },
	/* Variables, loops, functions. */
	{ "D=/etc/pam.d\nfor s in imap smtp; do rm $D/$s; done",
	  "removes /etc/pam.d/imap; removes /etc/pam.d/smtp" },
	{ "L=\"a b\"; for s in $L; do rm \"/etc/$s\"; done",
	  "removes /etc/a; removes /etc/b" },
	{ "for s in $(ls /etc); do rm /etc/$s; done",
	  "maybe removes /etc/*" },
	{ "rm /etc/pam.d/{imap,smtp}",
	  "removes /etc/pam.d/imap; removes /etc/pam.d/smtp" },
	{ "rm /etc/x.d/*.conf", "maybe removes /etc/x.d/*.conf" },
	{ "while read l; do rm /etc/$l; done < /etc/list",
	  "maybe removes /etc/*" },
	{ "drop() {\n rm -f \"$1\"\n}\ndrop /etc/a; drop /etc/b",
	  "removes /etc/a; removes /etc/b" },
	{ "never() { rm /etc/a; }", "" },
	{ "again() { again; }\nagain; rm /etc/a", "removes /etc/a" },
	{ "f=${1:-x}; rm /etc/$f; rm /etc/${nobody:-y}",
	  "removes /etc/upgrade; maybe removes /etc/*" },
	{ "if who knows; then C=/etc/a; else C=/etc/b; fi; rm $C",
	  "" },
	{ "(cd /etc; rm /etc/a; exit 0); rm /etc/b",
	  "removes /etc/a; removes /etc/b" },
	/* Helpers of packages. */
	{ "dpkg-maintscript-helper rm_conffile /etc/a 1.3~ -- \"$@\"",
	  "rm_conffile /etc/a" },
	{ "dpkg-maintscript-helper rm_conffile /etc/a 1.1 -- \"$@\"", "" },
	{ "dpkg-maintscript-helper mv_conffile /etc/a /etc/b 2 p -- \"$@\"",
	  "mv_conffile /etc/a /etc/b" },
	{ "ucf --three-way /usr/share/a /etc/a", "ucf /etc/a /usr/share/a" },
	{ "ucf --purge /etc/a; ucfr pkg /etc/a", "" },
	{ "useradd -r x", "maybe edits /etc/passwd; maybe edits /etc/shadow; "
	  "maybe edits /etc/group; maybe edits /etc/gshadow" },
	{ "strange-tool --file /etc/a", "names /etc/a" },
	{ "grep -q x /etc/a; cmp /etc/a /etc/b", "" },
	/* Nothing of ours. */
	{ "echo x > /dev/null 2>&1; rm /tmp/x /proc/1", "" },
	{ "rm relative ../up", "" },
	/* What is no shell. */
	{ "if then fi done esac ;; ) } (", "" },
	{ "for", "" }, { "case", "" }, { "f() ", "" }, { "${", "" },
	{ "\"'`$((", "" },
};

static void
a_shell_script_is_followed_as_far_as_anybody_can(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(shell) / sizeof(shell[0]); i++) {
		CLEANUP(drop_buf) struct buf b = { 0 };

		acts_of("/bin/sh", shell[i].body, &b);
		if (strcmp(buf_str(&b), shell[i].acts) != 0)
			print_error("%s\n", shell[i].body);
		assert_string_equal(buf_str(&b), shell[i].acts);
	}
}

static void
a_loop_in_a_loop_comes_to_an_end(void **state)
{
	CLEANUP(drop_buf) struct buf body = { 0 }, b = { 0 };

	(void)state;
	for (int i = 0; i < 30; i++)
		buf_addf(&body, "for v%d in 1 2 3 4 5 6 7 8 9; do\n", i);
	buf_adds(&body, "rm /etc/$v0\n");
	for (int i = 0; i < 30; i++)
		buf_adds(&body, "done\n");
	acts_of("/bin/sh", buf_str(&body), &b);
	assert_non_null(strstr(buf_str(&b), "removes /etc/1"));
}

static bool
is_cut(const char *program, const struct buf *body)
{
	const struct script s = { "%post", program, buf_str(body) };
	const struct script_asked asked = { 0 };
	CLEANUP(drop_script_acts) struct script_acts acts = { 0 };

	script_read(&s, &asked, &acts);
	return acts.cut;
}

static void
of_a_script_without_end_it_is_said_that_it_was_left(void **state)
{
	static const struct {
		const char *begin, *again;
		size_t fits, times;
	} cases[] = {
		{ "", "true\n", 90000, 110000 },
		{ "f() {\n", "rm /etc/a\n", 19000, 220000 },
		{ "", "# prose of a line\n", 100000, 200000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(drop_buf) struct buf body = { 0 };

		buf_adds(&body, cases[i].begin);
		for (size_t k = 0; k < cases[i].times; k++) {
			if (k == cases[i].fits)
				assert_false(is_cut("/bin/sh", &body));
			buf_adds(&body, cases[i].again);
		}
		assert_true(is_cut("/bin/sh", &body));
		assert_int_equal(is_cut("<lua>", &body), i > 0);
	}
}

static const struct {
	const char *body, *acts;
} lua[] = {
	{ "os.remove('/etc/a')", "removes /etc/a" },
	{ "os.rename(\"/etc/a\", '/etc/b')", "moves /etc/a /etc/b" },
	{ "local f = io.open('/etc/a', 'a'); f:write('x')", "edits /etc/a" },
	{ "local f = io.open('/etc/a', 'w')", "makes /etc/a" },
	{ "local f = io.open('/etc/a')", "" },
	{ "if posix.stat('/etc/a') then\n os.remove('/etc/a')\nend\n"
	  "os.remove('/etc/b')", "maybe removes /etc/a; removes /etc/b" },
	{ "-- os.remove('/etc/a')", "" },
	{ "os.remove(path)", "" },
};

static void
calls_of_lua_are_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lua) / sizeof(lua[0]); i++) {
		CLEANUP(drop_buf) struct buf b = { 0 };

		acts_of("<lua>", lua[i].body, &b);
		assert_string_equal(buf_str(&b), lua[i].acts);
	}
}

static void
versions_are_in_the_order_of_dpkg(void **state)
{
	static const char *const order[] = { "0", "1.0~~", "1.0~rc1", "1.0",
		"1.0-0", "1.0-1~bpo1", "1.0-1", "1.0-1+b1", "1.0a", "1.0+x",
		"1.0.1", "1.2", "1.10", "1:0.5", "10:0" };
	size_t n = sizeof(order) / sizeof(order[0]);

	(void)state;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++) {
			int c = debversion_cmp(order[i], order[k]);
			/* No revision is that of 0. */
			bool same = i == k || (i + k == 7 && (i == 3 ||
			    k == 3));

			if (same)
				assert_int_equal(c, 0);
			else
				assert_true((c < 0) == (i < k));
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_shell_script_is_followed_as_far_as_anybody_can),
		cmocka_unit_test(a_loop_in_a_loop_comes_to_an_end),
		cmocka_unit_test(
		    of_a_script_without_end_it_is_said_that_it_was_left),
		cmocka_unit_test(calls_of_lua_are_known),
		cmocka_unit_test(versions_are_in_the_order_of_dpkg),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
