#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC2030,SC2031,SC2046,SC2086,SC2154
# The report: what is new is told once, what is open each time, and nothing
# where nothing is to say.

load ../lib.sh

setup() {
	scratch
	imap_site
	printf 'one\ntwo\nthree\n' > "$ROOT/etc/settings"
	echo "root:x:0:0:root:/root:/bin/sh" > "$ROOT/etc/passwd"
	cat >> "$SITE/mail.yaml" << 'EOS'
  - id: mode
    path: /etc/pam.d/imap
    why: Others must not write it.
    severity: critical
    mode: "<=0644"
EOS
	r init -q
	[ "$status" -eq 0 ]
	r report
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	[ -z "$stderr" ]
}

r() {
	d --specs "$SITE" "$@"
}

# A package manager's run that does COMMAND….
upgrade() {
	r hook rpm begin --owner $$
	"$@"
	r hook rpm end --owner $$
}

# Times are whole seconds.
later() {
	sleep 1.1
}

@test "nothing is printed where nothing is to say, unless it is asked for" {
	for format in text json ndjson html markdown; do
		r --format $format report
		[ "$status" -eq 0 ]
		[ -z "$output" ]
	done
	r report --always
	[ "$status" -eq 0 ]
	says "clean: 2 rules of 1 spec hold"
	r --format json report --always
	says '"findings": []'
}

@test "drift is new once, open after that, and in order again in the end" {
	chmod 666 "$ROOT/etc/pam.d/imap"
	r report
	[ "$status" -eq 1 ]
	says "needs you"
	says "critical" "/etc/pam.d/imap: the mode is 0666"
	says "[mail/mode]"
	says "changed: mode 0644 -> 0666"
	says "Others must not write it."
	says_not "still open"
	later
	r report
	[ "$status" -eq 1 ]
	says_not "needs you"
	says "still open"
	says "open since 2"
	says_not "Others must not write it."
	chmod 644 "$ROOT/etc/pam.d/imap"
	r report
	[ "$status" -eq 0 ]
	says "in order again"
	says "mail/mode:/etc/pam.d/imap#mode; was open since"
	r report
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "a change is told with its difference, and only once" {
	printf 'one\n2\nthree\n' > "$ROOT/etc/settings"
	r report
	[ "$status" -eq 0 ]
	says "changed   /etc/settings: content"
	says "    -two"
	says "    +2"
	r report
	[ -z "$output" ]
	r --format json check
	says '"id": "change:/etc/settings"'
}

@test "the first report begins at the baseline, however young that is" {
	local i

	# In one of them all happens in the same second.
	for i in 1 2 3; do
		rm -rf "$STORE"
		r init -q
		echo "$i" >> "$ROOT/etc/settings"
		r report
		says "    +$i"
	done
}

@test "what is open and changes again is told again" {
	echo "auth sufficent pam_permit.so" > "$ROOT/etc/pam.d/imap"
	chmod 666 "$ROOT/etc/pam.d/imap"
	r report
	[ "$status" -eq 1 ]
	says "[mail/mode]"
	later
	echo "auth sufficient pam_evil.so" > "$ROOT/etc/pam.d/imap"
	for format in text html markdown; do
		r --format $format report -n
		says pam_evil
	done
	r report
	says "still open"
	says "changed   /etc/pam.d/imap: auth: pam_permit.so was removed"
	says "    +auth sufficient pam_evil.so"
	r report
	says "still open"
	says_not pam_evil.so
}

@test "a dry run says what the next report says again" {
	echo x >> "$ROOT/etc/settings"
	r log
	before=$output
	r report --dry-run
	says "    +x"
	r log
	[ "$output" = "$before" ]
	r report -n
	says "    +x"
	r report
	says "    +x"
	r report -n
	[ -z "$output" ]
}

@test "another time can be asked about without anything being swallowed" {
	echo x >> "$ROOT/etc/settings"
	r report
	later
	r report --since 1d
	says "/etc/settings"
	echo y >> "$ROOT/etc/settings"
	r report --since yesterday
	says "    +y"
	r report
	says "    +y"
	r report --since @$(($(date +%s) + 1000))
	[ -z "$output" ]
}

@test "what is secret is told to have changed, and no more" {
	echo "root:secret1" > "$ROOT/etc/shadow"
	r report
	echo "root:secret2" > "$ROOT/etc/shadow"
	for format in text json ndjson html markdown; do
		r --format $format report -n
		says "/etc/shadow"
		says "secret"
		says_not "secret1"
		says_not "secret2"
	done
}

@test "forty files that a transaction changed are one line" {
	for i in $(seq 10 49); do
		echo "VERSION=1" > "$ROOT/etc/file-$i"
	done
	r accept -m "forty files"
	r report
	later
	upgrade sh -c 'for f in "$0"/etc/file-*; do echo VERSION=2 > $f; done' \
	    "$ROOT"
	r report
	[ "$status" -eq 0 ]
	[ "$(grep -c '^changed  ' <<< "$output")" -eq 1 ]
	says "and 34 more: content"
	says_not "VERSION=2"
	[ "$(wc -l <<< "$output")" -lt 25 ]
}

@test "what a transaction's end put back is told, and how to take it back" {
	upgrade rm "$ROOT/etc/pam.d/imap"
	[ -e "$ROOT/etc/pam.d/imap" ]
	r report
	[ "$status" -eq 0 ]
	says "package transactions"
	says "put back: /etc/pam.d/imap"
	[[ $output =~ to\ take\ it\ back:\ (driftctl\ [^$'\n']*) ]]
	command=${BASH_REMATCH[1]}
	r report
	[ -z "$output" ]
	sh -c "${command/driftctl/"$DRIFTCTL"} --yes"
	[ ! -e "$ROOT/etc/pam.d/imap" ]
}

@test "the last transaction is told at length, at any time" {
	r report --last
	[ "$status" -eq 0 ]
	says "no package transaction is recorded yet"
	chmod 600 "$ROOT/etc/settings"
	later
	upgrade sh -c 'rm "$0/etc/pam.d/imap"; chmod 666 "$0/etc/settings"
	    rm "$0/etc/passwd"' "$ROOT"
	r report
	for i in 1 2; do
		r report --last
		[ "$status" -eq 1 ]
		says "transaction 2" "-rpm"
		says "put back:"
		says "  /etc/pam.d/imap"
		says "mail/imap: put back"
		says "needs you:"
		says "warning   /etc/passwd: was removed since the baseline"
		says_not "change:/etc/passwd"
		says "to take it back: driftctl" "undo 2"
	done
	r --format json report --last
	[ "$status" -eq 1 ]
	says '"kind": "restored"'
	says '"id": "/etc/pam.d/imap"'
	r --format html report --last
	says "/etc/pam.d/imap"
}

@test "what the last transaction left says what, why, and how to mend it" {
	local baseline

	sed -i 's/on-drift: restore/on-drift: flag/' "$SITE/mail.yaml"
	cat >> "$SITE/mail.yaml" << 'EOS'
  - id: others
    path: [/etc/pam.d/pop, /etc/pam.d/smtp]
    why: A service without a file of its own denies everybody who asks it for mail.
    severity: critical
    require: present
EOS
	touch "$ROOT/etc/pam.d/pop" "$ROOT/etc/pam.d/smtp"
	r accept -m "two more"
	upgrade sh -c 'rm "$0"/etc/pam.d/*' "$ROOT"
	[[ $stderr == *"driftctl: needs you: /etc/pam.d/pop, /etc/pam.d/smtp, each: is missing"* ]]
	[[ $stderr == *"driftctl:   -> driftctl --root "*" restore /etc/pam.d/pop /etc/pam.d/smtp"* ]]
	[[ $stderr == *"driftctl: needs you: /etc/pam.d/imap: is missing [mail/imap]"* ]]
	[[ $stderr != *"#present"* ]]
	not grep -Ev -- '-> |all of it: |^.{0,80}$' <<< "$stderr"
	r report --last
	[ "$status" -eq 1 ]
	says "critical  each of 2 paths: is missing [mail/others]"
	says "          /etc/pam.d/pop, /etc/pam.d/smtp"
	says "          A service without a file of its own denies everybody who asks it for"
	says "          mail."
	says "warning   /etc/pam.d/imap: is missing [mail/imap]"
	says "          -> driftctl --root "
	says " restore /etc/pam.d/imap"
	says_not "#present"
	[ "$(grep -c "denies everybody" <<< "$output")" -eq 1 ]
	not grep -Ev -- '-> |^command: |^.{0,80}$' <<< "$output"
	# What it says to do does it.
	[[ $output =~ -\>\ (driftctl\ [^$'\n']*\ restore\ /etc/pam.d/pop\ [^$'\n']*) ]]
	command=${BASH_REMATCH[1]}
	for format in markdown html; do
		r --format $format report --last
		says "/etc/pam.d/imap"
		says "A service without a file of its own"
		says "${command##* restore }"
		says_not "#present"
	done
	r --format markdown report --last
	says '`/etc/pam.d/pop`, `/etc/pam.d/smtp`, each: is missing'
	sh -c "${command/driftctl/"$DRIFTCTL"} --yes"
	[ -e "$ROOT/etc/pam.d/pop" ]
	[ -e "$ROOT/etc/pam.d/smtp" ]
	r --format json check
	baseline=$(grep '"baseline": "' <<< "$output")
	r --format json report --last
	says "$baseline"
	r --format ndjson report --last
	says_not '"type": "finding"'
}

@test "monitoring asks what is, not what the last transaction left" {
	upgrade rm "$ROOT/etc/passwd"
	r --format nagios report --last
	[ "$status" -eq 3 ]
	[[ $output == "DRIFTCTL UNKNOWN - --last: this format is for monitoring, which asks how the machine is now, "* ]]
	r --format prometheus report --last
	[ "$status" -eq 2 ]
	[ -z "$output" ]
	[[ $stderr == *"leave --last out, or use 'check'"* ]]
}

@test "what was accepted is told with who did it and why" {
	echo four >> "$ROOT/etc/settings"
	SUDO_USER=alice r accept -m "the third volume" /etc/settings
	r report
	[ "$status" -eq 0 ]
	says "accepted"
	says "alice" ": the third volume"
	says "          /etc/settings"
	r report
	[ -z "$output" ]
	echo five >> "$ROOT/etc/settings"
	r accept
	r accept
	r report
	[ "$(grep -c "everything as it was then" <<< "$output")" -eq 1 ]
}

@test "what somebody put back by hand is told" {
	rm "$ROOT/etc/pam.d/imap"
	r report
	[ "$status" -eq 1 ]
	says "/etc/pam.d/imap: is missing"
	later
	r restore --yes
	r report
	[ "$status" -eq 0 ]
	says "put back or merged by hand"
	says "          /etc/pam.d/imap"
	says "in order again"
	says "mail/imap:/etc/pam.d/imap#present; was open since"
	says "-restore"
	r undo --yes
	r report
	says "undo"
}

@test "what waits to be merged is news once" {
	echo new > "$ROOT/etc/settings.rpmnew"
	r report
	[ "$status" -eq 0 ]
	says "  /etc/settings.rpmnew"
	says "-> driftctl" " merge"
	r report
	[ -z "$output" ]
	r report --always
	says "  /etc/settings.rpmnew"
}

@test "a moment that a program wrote into a file is no news" {
	printf '# Written on 2026-11-21 19:30:12\nx=1\n' > "$ROOT/etc/gen"
	r report
	printf '# Written on 2026-11-22 03:00:59\nx=1\n' > "$ROOT/etc/gen"
	r report
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	printf '# Written on 2026-11-23 03:00:59\nx=2\n' > "$ROOT/etc/gen"
	r report
	says "    +x=2"
}

@test "what a broken spec hides is not in order again" {
	chmod 666 "$ROOT/etc/pam.d/imap"
	r report
	cp "$SITE/mail.yaml" "$BATS_TEST_TMPDIR/whole"
	echo "  - id: [" >> "$SITE/mail.yaml"
	r report
	[ "$status" -eq 2 ]
	says_not "in order again"
	says "what this report could not find out"
	says "mail.yaml"
	cp "$BATS_TEST_TMPDIR/whole" "$SITE/mail.yaml"
	r report
	[ "$status" -eq 1 ]
	says "still open"
	says_not "needs you"
	# A rule that is not asked any more is no repair.
	sed -i '/id: mode/,$d' "$SITE/mail.yaml"
	r report
	[ "$status" -eq 0 ]
	says_not "mail/mode"
}

@test "a damaged history costs the memory of it and nothing else" {
	chmod 666 "$ROOT/etc/pam.d/imap"
	r report
	head -c 300 /dev/urandom > "$STORE/history"
	r report
	[ "$status" -eq 1 ]
	says "/etc/pam.d/imap"
	r report
	says "still open"
	rm "$STORE/history"
	mkdir "$STORE/history"
	r report
	[ "$status" -eq 2 ]
	[[ $stderr == *"history"* ]]
}

@test "a report that could not be written is told again" {
	echo x >> "$ROOT/etc/settings"
	mkdir "$BATS_TEST_TMPDIR/taken"
	r report --output "$BATS_TEST_TMPDIR/taken"
	[ "$status" -eq 2 ]
	[[ $stderr == *taken* ]]
	r report --output "$BATS_TEST_TMPDIR/no/such/folder"
	[ "$status" -eq 2 ]
	"$DRIFTCTL" --root "$ROOT" --store "$STORE" --specs "$SITE" report \
	    > /dev/full 2> "$BATS_TEST_TMPDIR/stderr" || status=$?
	[ "$status" -eq 2 ]
	grep -q "No space left" "$BATS_TEST_TMPDIR/stderr"
	r report
	says "    +x"
}

@test "a report of more than a day's damage stays short enough to be read" {
	for i in $(seq 300); do
		echo "$i" > "$ROOT/etc/new-$i"
	done
	seq 20000 > "$ROOT/etc/settings"
	r report
	[ "$(wc -l <<< "$output")" -lt 120 ]
	says "and so on"
	r log -n 1
	says "seen by the report"
}

@test "wrong words are refused" {
	r report x
	[ "$status" -eq 2 ]
	[[ $stderr == *"'report' takes no arguments"* ]]
	r report --since "next week"
	[ "$status" -eq 2 ]
	[[ $stderr == *"--since: 'next week' is no time [for example"* ]]
	r report --since 1d --last
	[ "$status" -eq 2 ]
	[[ $stderr == *"goes with neither --since-last nor --last"* ]]
	r --format html diff
	[ "$status" -eq 2 ]
	[[ $stderr == *"'diff' writes text and json only"* ]]
	r report --since-last
	[ "$status" -eq 0 ]
}

@test "without a store, or while another works in it, exit is 2" {
	STORE=$BATS_TEST_TMPDIR/none
	r report
	[ "$status" -eq 2 ]
	r --format nagios check
	[ "$status" -eq 3 ]
	[[ $output == "DRIFTCTL UNKNOWN - "* ]]
}

@test "a file is replaced in one step, and others cannot read what it shows" {
	out=$BATS_TEST_TMPDIR/report.html
	echo x >> "$ROOT/etc/settings"
	r --format html report -o "$out"
	[ -z "$output" ]
	[ "$(stat -c %a "$out")" = 600 ]
	grep -q "/etc/settings" "$out"
	chmod 640 "$out"
	before=$(stat -c %i "$out")
	r --format html report --always --output="$out"
	[ "$(stat -c %a "$out")" = 640 ]
	[ "$(stat -c %i "$out")" != "$before" ]
	# Nothing to say: what is there stays.
	r --format html report -o "$out"
	[ -s "$out" ]
	r --format prometheus report -o "$BATS_TEST_TMPDIR/driftctl.prom"
	[ "$(stat -c %a "$BATS_TEST_TMPDIR/driftctl.prom")" = 644 ]
	grep -q "^driftctl_exit_code 0" "$BATS_TEST_TMPDIR/driftctl.prom"
}

@test "monitoring is always answered, with its own exit codes" {
	r --format nagios check
	[ "$status" -eq 0 ]
	[[ $output == "DRIFTCTL OK - 2 rules hold, "*" | critical=0;;0;0 "* ]]
	rm "$ROOT/etc/passwd"
	r --format nagios check
	[ "$status" -eq 1 ]
	[[ $output == "DRIFTCTL WARNING - "* ]]
	chmod 666 "$ROOT/etc/pam.d/imap"
	r --format nagios report
	[ "$status" -eq 2 ]
	# The same once more from what is remembered.
	for i in 1 2; do
		r --format nagios check
		[ "$status" -eq 2 ]
		[[ $output == "DRIFTCTL CRITICAL - 1 critical, 1 warning, 0 unknown: /etc/pam.d/imap "* ]]
	done
	for format in prometheus junit sarif; do
		r --format $format report
		[ "$status" -eq 1 ]
		[ -n "$output" ]
		r --format $format check
		[ "$status" -eq 1 ]
		[ -n "$output" ]
	done
}

@test "check writes each format, and JSON ids are the same in all" {
	chmod 666 "$ROOT/etc/pam.d/imap"
	id="mail/mode:/etc/pam.d/imap#mode"
	for format in json ndjson sarif; do
		for verb in check "report -n"; do
			# shellcheck disable=SC2086
			r --format $format $verb
			says "$id"
		done
	done
	r --format junit check
	says "$id"
	r --format html check
	says "/etc/pam.d/imap"
	r --format markdown check
	says "**critical** \`/etc/pam.d/imap\`"
}

@test "what doctor complains of is news once" {
	mkdir -p "$BATS_TEST_TMPDIR/empty"
	conf=$BATS_TEST_TMPDIR/driftctl.yaml
	echo "track: []" > "$conf"
	live() {
		status=0
		output=$("$DRIFTCTL" --store "$BATS_TEST_TMPDIR/live" \
		    --specs "$BATS_TEST_TMPDIR/empty" --config "$conf" "$@" \
		    2> "$BATS_TEST_TMPDIR/stderr") || status=$?
		echo "$output"
	}
	live init -q
	live doctor
	[ "$status" -ne 0 ] || skip "doctor has nothing to complain of here"
	first=$(head -n 1 <<< "$output" | cut -c 1-30)
	live report
	[ "$status" -ne 0 ]
	says "driftctl itself"
	says "$first"
	# Somebody else works on this machine: only this is looked for.
	live report
	says_not "$first" || says "changed"
	live --format json report --always
	says '"known": true'
}

@test "two reports at once tell everything once" {
	for i in $(seq 20); do
		echo "$i" >> "$ROOT/etc/settings"
	done
	for i in 1 2; do
		"$DRIFTCTL" --root "$ROOT" --store "$STORE" --specs "$SITE" \
		    report > "$BATS_TEST_TMPDIR/out.$i" 3>&- &
	done
	wait
	[ "$(cat "$BATS_TEST_TMPDIR"/out.* | grep -c '^changed  ')" -eq 1 ]
}

# page OUT SCRIPT: the report in a browser, with a script of the test's own
# beside the page's, once the page's policy was taken out.
page() {
	sed -e '/Content-Security-Policy/d' \
	    -e "s|</body>|<script>$1</script></body>|" \
	    "$BATS_TEST_TMPDIR/page.html" > "$BATS_TEST_TMPDIR/driven.html"
	browse "$BATS_TEST_TMPDIR/driven.html"
}

browse() {
	timeout 60 chromium --headless --no-sandbox --disable-gpu \
	    --user-data-dir="$BATS_TEST_TMPDIR/chromium" --dump-dom \
	    "file://$1" 2> /dev/null 3>&-
}

@test "a browser sorts and filters, and runs what no file name says" {
	needs chromium
	evil="$ROOT/etc/<img src=x onerror=document.title=1><script>document.title=2<"
	echo x > "$evil"
	chmod 666 "$ROOT/etc/pam.d/imap"
	rm "$ROOT/etc/passwd"
	r --format html report -o "$BATS_TEST_TMPDIR/page.html"
	python3 "$TOP/tests/page.py" "$BATS_TEST_TMPDIR/page.html"
	# With its policy the page's own script runs.
	browse "$BATS_TEST_TMPDIR/page.html" > "$BATS_TEST_TMPDIR/dom"
	grep -q '<div id="bar" style="display: flex;">' "$BATS_TEST_TMPDIR/dom"
	grep -q '<title>driftctl on' "$BATS_TEST_TMPDIR/dom"
	grep -q '<button class="th"' "$BATS_TEST_TMPDIR/dom"
	# Two findings, one of them critical: it is first.
	page "var q=document.querySelector('#bar input'),t=document.querySelector('table.list'),n=function(){return Array.from(document.querySelectorAll('tbody[data-row]')).filter(function(x){return !x.hidden}).length},all=n();q.value='pam.d imap';q.dispatchEvent(new Event('input'));var some=n();q.value='';q.dispatchEvent(new Event('input'));var first=t.tBodies[0].getAttribute('data-row');var th=t.querySelector('button.th');th.click();th.click();document.title=[all,some,n(),first,t.tBodies[0].getAttribute('data-row')].join(' ')" \
	    > "$BATS_TEST_TMPDIR/dom"
	grep -o '<title>.*</title>' "$BATS_TEST_TMPDIR/dom"
	grep -q '<title>3 1 3 critical warning</title>' "$BATS_TEST_TMPDIR/dom"
}

@test "the page is drawn light and dark, wide and narrow" {
	needs chromium
	chmod 666 "$ROOT/etc/pam.d/imap"
	r --format html report -o "$BATS_TEST_TMPDIR/page.html"
	for look in "1100,900 light" "1100,900 dark" "500,900 light"; do
		set -- $look
		timeout 60 chromium --headless --no-sandbox --disable-gpu \
		    --user-data-dir="$BATS_TEST_TMPDIR/chromium" \
		    --blink-settings=preferredColorScheme=$([ "$2" = dark ]; echo $?) \
		    --window-size="$1" \
		    --screenshot="$BATS_TEST_TMPDIR/$1.$2.png" \
		    "file://$BATS_TEST_TMPDIR/page.html" > /dev/null 2>&1 3>&-
		[ "$(head -c 4 "$BATS_TEST_TMPDIR/$1.$2.png")" = $'\x89PNG' ]
	done
	not cmp -s "$BATS_TEST_TMPDIR"/1100,900.{light,dark}.png
}
