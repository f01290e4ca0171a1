/* SPDX-License-Identifier: MIT */
#include "agent/report/report.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "agent/report/found.h"
#include "tests/unit/sample.h"
#include "tests/unit/scratch.h"

/* One report in each format, with other programs as judges. */

static const struct {
	enum format format;
	const char *name;
} formats[] = {
	{ FORMAT_TEXT, "text" }, { FORMAT_JSON, "json" },
	{ FORMAT_NDJSON, "ndjson" }, { FORMAT_HTML, "html" },
	{ FORMAT_MARKDOWN, "md" }, { FORMAT_JUNIT, "xml" },
	{ FORMAT_SARIF, "sarif" }, { FORMAT_NAGIOS, "nagios" },
	{ FORMAT_PROMETHEUS, "prom" },
};
enum { N_FORMATS = sizeof(formats) / sizeof(formats[0]) };

struct fixture {
	struct scratch s;
	char top[PATH_MAX];	/* of the sources */
	struct model full, moment, empty, last;
};

/* WHAT.FORMAT of each, in the scratch folder. */
static void
write_all(const struct scratch *s, const char *what, const struct model *m)
{
	for (size_t i = 0; i < N_FORMATS; i++) {
		CLEANUP(drop_buf) struct buf out = { 0 };
		char name[64];

		report_write(m, formats[i].format, false, &out);
		snprintf(name, sizeof(name), "%s.%s", what, formats[i].name);
		scratch_write(s, name, buf_str(&out), out.len);
	}
}

static int
setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	assert_non_null(getcwd(f->top, sizeof(f->top)));
	scratch_start(&f->s);
	sample_model(&f->full);
	sample_moment(&f->moment);
	f->empty = (struct model){ .verb = "report", .host = "h", .root = "/",
		.command = "driftctl", .since = 1, .until = SAMPLE_NOW };
	f->last = (struct model){ .verb = "report", .host = "h", .root = "/",
		.command = "driftctl", .last = true, .until = SAMPLE_NOW };
	sample_transactions(&f->last);
	found_take(&f->last, &f->last.transactions.items[0], false);
	write_all(&f->s, "full", &f->full);
	write_all(&f->s, "moment", &f->moment);
	write_all(&f->s, "empty", &f->empty);
	write_all(&f->s, "last", &f->last);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	model_done(&f->full);
	model_done(&f->moment);
	model_done(&f->empty);
	model_done(&f->last);
	scratch_end(&f->s);
	free(f);
	return 0;
}

/* Runs it in the scratch folder. */
static void
python(const struct fixture *f, const char *script)
{
	scratch_write(&f->s, "script", script, strlen(script));
	scratch_sh(&f->s, "python3 script");
}

static void
no_format_lets_a_control_character_or_a_torn_letter_through(void **state)
{
	struct fixture *f = *state;

	python(f, "import glob\n"
	    "files = glob.glob('*.*')\n"
	    "assert len(files) == 36, files\n"
	    "for name in files:\n"
	    "    text = open(name, encoding='utf-8').read()\n"
	    "    bad = [c for c in text if ord(c) < 32 and c not in '\\n\\t'"
	    " or 127 <= ord(c) < 160]\n"
	    "    assert not bad, (name, bad)\n");
}

static void
text_fits_eighty_columns_but_for_commands_paths_and_diffs(void **state)
{
	struct fixture *f = *state;

	python(f, "for line in open('full.text', encoding='utf-8'):\n"
	    "    line = line.rstrip('\\n')\n"
	    "    assert len(line) <= 80 or '-> ' in line or "
	    "len(line.split()) == 1 or line[:4] == '    ', line\n");
}

static void
forty_files_changed_for_one_reason_are_one_line(void **state)
{
	struct fixture *f = *state;

	scratch_sh(&f->s, "[ $(grep -c sysconfig/cyrus full.text) -eq 3 ] && "
	    "grep -q 'and 34 more: content' full.text && "
	    "grep -q 'cyrus-imapd 2.4.17-3 -> 3.0.5-1' full.text && "
	    "grep -q 'each of 8 paths: is not there .mail-auth/service-files' "
	    "full.text && "
	    "grep -q -- '-> driftctl restore --rule mail-auth/service-files' "
	    "full.text && "
	    "[ $(grep -c 'Without this file PAM' full.text) -eq 1 ]");
}

static void
text_says_what_was_done_and_how_to_take_it_back(void **state)
{
	struct fixture *f = *state;

	scratch_sh(&f->s, "grep -q 'put back: /etc/crypttab (disk-encryption' full.text && "
	    "grep -q 'undo 20261121T193300Z-upgrade' full.text && "
	    "grep -q 'undo 20261121T200000Z-restore' full.text && "
	    "grep -q 'alice (as root): the <new> backup' full.text && "
	    "grep -q 'tls/key:/etc/ssl/mail.key#mode; was open since' "
	    "full.text && grep -q 'open since 2026-11-12' full.text && "
	    "grep -q 'imapd.conf.rpmnew' full.text && "
	    "grep -q 'systemctl enable --now driftctl.timer' full.text && "
	    "grep -q 'another release: openSUSE Leap 15.6' full.text && "
	    "grep -q 'not done: /var/lib/x' full.text");
}

static void
the_last_transaction_is_told_at_length(void **state)
{
	struct fixture *f = *state;

	scratch_sh(&f->s, "grep -qx '  cyrus-imapd 2.4.17-3 -> 3.0.5-1' "
	    "last.text && grep -qx '  pam-config 1.1-1 (gone)' last.text && "
	    "grep -qx 'put back:' last.text && "
	    "grep -q 'cryptsetup 2.4 -> 2.6 rewrote it' last.text && "
	    "grep -qx 'needs you:' last.text && "
	    "grep -q '^critical  /etc/pam.d/imap: is not there;' last.text && "
	    "grep -q '^          Nobody <gets> in.$' last.text && "
	    "grep -q -- '-> driftctl restore /etc/pam.d/imap' last.text && "
	    "grep -q 'Nobody &lt;gets.* in' last.md && "
	    "grep -qF '`driftctl restore /etc/pam.d/imap`' last.md && "
	    "grep -q 'Nobody &lt;gets' last.html && "
	    "! grep -q '#exists' last.text last.md last.html && "
	    "grep -q 'not ship it any more' last.text && "
	    "grep -q 'undo 20261121T193300Z-upgrade' last.text && "
	    "grep -q cyrus-imapd last.html last.md");
}

static void
json_and_its_lines_say_the_same(void **state)
{
	struct fixture *f = *state;

	python(f, "import json\n"
	    "names = {'finding': 'findings', 'mended': 'mended',"
	    " 'transaction': 'transactions', 'restore': 'restores',"
	    " 'accepted': 'accepted', 'change': 'changes',"
	    " 'merge': 'merges', 'complaint': 'complaints'}\n"
	    "for what in 'full', 'moment', 'empty', 'last':\n"
	    "    whole = json.load(open(what + '.json'))\n"
	    "    lines = [json.loads(l) for l in open(what + '.ndjson')]\n"
	    "    assert lines[0]['type'] == 'report'\n"
	    "    for type, key in names.items():\n"
	    "        of = [{k: v for k, v in l.items() if k != 'type'}"
	    " for l in lines if l['type'] == type]\n"
	    "        assert of == whole.get(key, []), (what, key)\n"
	    "assert whole['transactions'] and 'findings' not in whole\n"
	    "full = json.load(open('full.json'))\n"
	    "groups = {c['group'] for c in full['changes']"
	    " if 'cyrus-' in c['path']}\n"
	    "assert len(groups) == 1, groups\n"
	    "assert full['changes'][42]['diff'] is None\n"
	    "assert len(full['history']['days']) == 249\n");
}

static void
json_follows_its_schema(void **state)
{
	struct fixture *f = *state;

	if (scratch_try(&f->s, "python3 -c 'import jsonschema; "
	    "jsonschema.Draft202012Validator' 2> /dev/null") != 0) {
		print_message("no jsonschema for draft 2020-12\n");
		skip();
	}
	for (int i = 0; i < 3; i++) {
		static const char *const of[][2] = { { "full", "report" },
			{ "moment", "check" }, { "last", "report" } };

		scratch_sh(&f->s, "python3 %s/tests/validate.py "
		    "%s/doc/%s.schema.json < %s.json", f->top, f->top,
		    of[i][1], of[i][0]);
		scratch_sh(&f->s, "python3 %s/tests/validate.py "
		    "%s/tests/schemas/sarif.json < %s.sarif", f->top, f->top,
		    of[i][0]);
	}
}

static void
html_is_whole_and_runs_nothing_but_its_own_script(void **state)
{
	struct fixture *f = *state;

	scratch_sh(&f->s, "python3 %s/tests/page.py full.html moment.html "
	    "empty.html last.html", f->top);
	/* The judge sees what it is there for. */
	scratch_sh(&f->s, "sed 's/alert(2)&lt;/<script>x<\\/script>/' "
	    "full.html > bad.html && ! python3 %s/tests/page.py bad.html "
	    "> /dev/null", f->top);
	scratch_sh(&f->s, "[ $(grep -c '<script' full.html) -eq 1 ] && "
	    "grep -q '&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;' "
	    "full.html && ! grep -qE '(src|href)=|https?://' full.html");
}

static void
html_shows_both_sides_of_a_line_and_what_is_new_in_it(void **state)
{
	struct fixture *f = *state;

	scratch_sh(&f->s,
	    "grep -q 'required_score <b>5</b>.0</td>' full.html && "
	    "grep -q 'required_score <b>15</b>.0</td>' full.html && "
	    "grep -q '# <b>für</b> alle' full.html && "
	    "grep -q '# <b>fur</b> alle' full.html");
}

static void
html_has_a_calendar_and_the_past_of_each_rule(void **state)
{
	struct fixture *f = *state;

	scratch_sh(&f->s, "[ $(grep -c '<rect class=.d[0-4].*<title>' "
	    "full.html) -eq 370 ] && "
	    "grep -q '2026-11-21: 12 findings open' full.html && "
	    "grep -q 'Of 249 days on which somebody looked, on 15 something "
	    "was open' full.html && "
	    "grep -q 'rect class=.fc.*2026-06-06 20:21 – 2026-06-10' "
	    "full.html && "
	    "grep -q 'in order\\|put back 2 times' full.html");
}

static void
html_is_what_tidy_takes(void **state)
{
	struct fixture *f = *state;

	if (scratch_try(&f->s, "command -v tidy > /dev/null") != 0) {
		print_message("tidy is not installed\n");
		skip();
	}
	/* It has not heard of all of HTML 5's ways with old attributes, which
	 * mail programs read. */
	scratch_sh(&f->s, "for p in full moment empty last; do tidy -q -e "
	    "$p.html 2>&1 | grep -vE 'attribute .(width|align|valign|"
	    "cellpadding|cellspacing). not allowed|trimming empty' "
	    "| tee said; [ ! -s said ] || exit 1; done");
}

static void
junit_is_as_both_schemas_ask(void **state)
{
	struct fixture *f = *state;

	scratch_sh(&f->s, "xmllint --noout --schema "
	    "%s/tests/schemas/junit.xsd full.xml moment.xml empty.xml "
	    "last.xml 2> /dev/null", f->top);
	python(f, "import xml.etree.ElementTree as e\n"
	    "root = e.parse('full.xml').getroot()\n"
	    "for s in root:\n"
	    "    cases = s.findall('testcase')\n"
	    "    assert int(s.get('tests')) == len(cases)\n"
	    "    for what in 'failure', 'error':\n"
	    "        n = sum(c.find(what) is not None for c in cases)\n"
	    "        assert int(s.get(what + 's')) == n, s.get('name')\n"
	    "mail = root.find('testsuite[@name=\\'mail-auth\\']')\n"
	    "assert mail.get('failures') == '8' and mail.get('tests') == "
	    "'9'\n"
	    "names = [c.get('name') for c in root.iter('testcase')]\n"
	    "assert any('<script>' in n for n in names), names\n"
	    "assert 'stacks' in names\n");
}

static void
sarif_points_at_files_and_knows_what_is_new(void **state)
{
	struct fixture *f = *state;

	python(f, "import json\n"
	    "run = json.load(open('full.sarif'))['runs'][0]\n"
	    "rules = {r['id'] for r in run['tool']['driver']['rules']}\n"
	    "for r in run['results']:\n"
	    "    assert r['ruleId'] in rules, r\n"
	    "by = {r['properties']['id']: r for r in run['results']}\n"
	    "uri = lambda r: r['locations'][0]['physicalLocation']"
	    "['artifactLocation']['uri']\n"
	    "old = by['tls/valid:/etc/ssl/mail.pem#certificate']\n"
	    "assert old['baselineState'] == 'unchanged'\n"
	    "assert uri(old) == 'file:///etc/ssl/mail.pem'\n"
	    "new = by['mail-auth/service-files:/etc/pam.d/imap#exists']\n"
	    "assert new['baselineState'] == 'new' and new['level'] == "
	    "'error'\n"
	    "assert by['unknown:/etc/shut']['kind'] == 'open'\n"
	    "assert by['change:/etc/motd']['level'] == 'note'\n"
	    "assert [uri(r) for r in run['results']"
	    " if '%3Cscript%3E' in uri(r) and '%FF.conf' in uri(r)]\n");
}

static void
nagios_gets_one_line_with_numbers_behind_one_bar(void **state)
{
	struct fixture *f = *state;

	python(f, "import re\n"
	    "for what in 'full', 'moment', 'empty':\n"
	    "    text = open(what + '.nagios', encoding='utf-8').read()\n"
	    "    assert text.count('\\n') == 1 and text.count('|') == 1\n"
	    "    said, data = text.rstrip('\\n').split(' | ')\n"
	    "    assert re.match('DRIFTCTL (OK|WARNING|CRITICAL|UNKNOWN) - ',"
	    " said)\n"
	    "    for d in data.split(' '):\n"
	    "        assert re.match('[a-z]+=[0-9]+;[0-9]*;[0-9]*;0$', d), d\n"
	    "assert said.startswith('DRIFTCTL OK')\n"
	    "assert 'critical=8;;0;0' in open('full.nagios').read()\n");
	assert_int_equal(report_nagios_exit(&f->full), 2);
	assert_int_equal(report_nagios_exit(&f->empty), 0);
}

static void
nagios_tells_warning_from_unknown(void **state)
{
	struct model_finding flagged = { .flagged = true, .path = "/etc/a|b",
		.severity = SEVERITY_WARNING, .what = "is | gone" };
	struct model_finding unknown = { .kind = FINDING_UNKNOWN,
		.severity = SEVERITY_CRITICAL, .path = "/etc/c",
		.what = "cannot open" };
	struct model m = { .exit_code = 1, .flagged = 1 };
	CLEANUP(drop_buf) struct buf out = { 0 };
	struct err e = { .kind = ERR_SYSTEM, .where = "/s|t",
		.what = "cannot open" };

	(void)state;
	m.findings.items = &flagged;
	m.findings.n = 1;
	assert_int_equal(report_nagios_exit(&m), 1);
	report_nagios(&m, &out);
	assert_non_null(strstr(buf_str(&out), "WARNING - 0 critical, 1 "
	    "warning, 0 unknown: /etc/a/b is / gone | "));
	m.findings.items = &unknown;
	m.exit_code = 2;
	m.unknowns = 1;
	m.flagged = 0;
	assert_int_equal(report_nagios_exit(&m), 3);
	buf_reset(&out);
	report_nagios(&m, &out);
	assert_non_null(strstr(buf_str(&out), "UNKNOWN - "));
	assert_non_null(strstr(buf_str(&out), ": /etc/c cannot open | "));
	buf_reset(&out);
	report_nagios_failure(&e, &out);
	assert_string_equal(buf_str(&out),
	    "DRIFTCTL UNKNOWN - /s/t: cannot open\n");
}

static void
prometheus_has_each_series_once_whatever_was_found(void **state)
{
	struct fixture *f = *state;

	python(f, "import re\n"
	    "for what in 'full', 'moment', 'empty':\n"
	    "    seen, typed = set(), set()\n"
	    "    for line in open(what + '.prom', encoding='utf-8'):\n"
	    "        if line.startswith('# TYPE '):\n"
	    "            typed.add(line.split()[2])\n"
	    "        if line.startswith('#'):\n"
	    "            continue\n"
	    "        name, value = line.rstrip('\\n').rsplit(' ', 1)\n"
	    "        assert re.match('^driftctl_[a-z_]+([{].*[}])?$', name)\n"
	    "        assert name.split('{')[0] in typed, name\n"
	    "        assert name not in seen and float(value) >= 0\n"
	    "        seen.add(name)\n"
	    "    assert len(seen) >= 14, seen\n");
	scratch_sh(&f->s, "grep -q 'driftctl_rule_findings{spec=\"mail-auth\","
	    "rule=\"service-files\",severity=\"critical\"} 8' full.prom && "
	    "grep -q 'kind=\"drift\",severity=\"critical\"} 0' empty.prom");
	if (scratch_try(&f->s, "command -v promtool > /dev/null") == 0)
		scratch_sh(&f->s, "for p in full moment empty; do "
		    "promtool check metrics < $p.prom || exit 1; done");
	else
		print_message("promtool is not installed\n");
}

static void
markdown_has_no_markup_of_a_file_name(void **state)
{
	struct fixture *f = *state;

	python(f, "import re\n"
	    "text = open('full.md', encoding='utf-8').read()\n"
	    "plain, fence = [], None\n"
	    "for line in text.split('\\n'):\n"
	    "    m = re.match('  (`{3,})', line)\n"
	    "    if m and fence is None: fence = m.group(1)\n"
	    "    elif m and m.group(1) == fence: fence = None\n"
	    "    elif fence is None: plain.append(line)\n"
	    "assert fence is None and '````diff' in text\n"
	    "rest = re.sub('(`+)(?!`).*?(?<!`)\\\\1(?!`)', '',"
	    " '\\n'.join(plain))\n"
	    "assert '<' not in rest and 'alert' not in rest, rest\n"
	    "assert '## Needs you' in text and 'the &lt;new\\> backup' in "
	    "text\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    no_format_lets_a_control_character_or_a_torn_letter_through),
		cmocka_unit_test(
		    text_fits_eighty_columns_but_for_commands_paths_and_diffs),
		cmocka_unit_test(
		    forty_files_changed_for_one_reason_are_one_line),
		cmocka_unit_test(
		    text_says_what_was_done_and_how_to_take_it_back),
		cmocka_unit_test(the_last_transaction_is_told_at_length),
		cmocka_unit_test(json_and_its_lines_say_the_same),
		cmocka_unit_test(json_follows_its_schema),
		cmocka_unit_test(
		    html_is_whole_and_runs_nothing_but_its_own_script),
		cmocka_unit_test(
		    html_shows_both_sides_of_a_line_and_what_is_new_in_it),
		cmocka_unit_test(
		    html_has_a_calendar_and_the_past_of_each_rule),
		cmocka_unit_test(html_is_what_tidy_takes),
		cmocka_unit_test(junit_is_as_both_schemas_ask),
		cmocka_unit_test(sarif_points_at_files_and_knows_what_is_new),
		cmocka_unit_test(
		    nagios_gets_one_line_with_numbers_behind_one_bar),
		cmocka_unit_test(nagios_tells_warning_from_unknown),
		cmocka_unit_test(
		    prometheus_has_each_series_once_whatever_was_found),
		cmocka_unit_test(markdown_has_no_markup_of_a_file_name),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, setup, teardown);
}
