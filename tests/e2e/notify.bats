#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154,SC2016,SC2030,SC2031
# Whoever is to know is told, once, and nobody waits for that.

load ../lib.sh

setup() {
	scratch
	SITE=$BATS_TEST_TMPDIR/specs
	SAID=$BATS_TEST_TMPDIR/said
	CONFIG=$BATS_TEST_TMPDIR/driftctl.yaml
	mkdir -p "$ROOT/etc/pam.d" "$ROOT/run" "$SITE" "$SAID"
	echo "auth required pam_deny.so" > "$ROOT/etc/pam.d/imap"
	echo "auth required pam_deny.so" > "$ROOT/etc/pam.d/smtp"
	cat > "$SITE/mail.yaml" << 'EOS'
spec: mail
title: Mail users can log in
rules:
  - id: imap
    path: /etc/pam.d/imap
    why: Without it nobody reads mail.
    severity: critical
    require: present
    on-drift: restore
  - id: smtp
    path: /etc/pam.d/smtp
    why: Without it nobody sends mail.
    require: present
EOS
	echo "{}" > "$CONFIG"
	# Each call leaves N.json and N.env.
	cat > "$BATS_TEST_TMPDIR/page" << EOS
#!/bin/sh
n=\$(mktemp "$SAID/XXXXXX")
env | grep ^DRIFTCTL_ | sort > "\$n.env"
cat > "\$n~"
mv "\$n~" "\$n.json"
rm "\$n"
EOS
	cat > "$BATS_TEST_TMPDIR/sendmail" << EOS
#!/bin/sh
n=\$(mktemp "$SAID/XXXXXX")
echo "\$*" > "\$n.args"
cat > "\$n~"
mv "\$n~" "\$n.mail"
rm "\$n"
EOS
	chmod +x "$BATS_TEST_TMPDIR/page" "$BATS_TEST_TMPDIR/sendmail"
	others=()
	export ROOT STORE SITE CONFIG DRIFTCTL
}

teardown() {
	[ ${#others[@]} -eq 0 ] || kill "${others[@]}" 2> /dev/null || true
	! mountpoint -q "$STORE" || umount -l "$STORE"
}

h() {
	d --specs "$SITE" --config "$CONFIG" "$@"
}

ready() {
	cat > "$CONFIG"
	h init -q
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
}

waits() {
	local i tries=$(($1 * 20))

	shift
	for ((i = 0; i < tries; i++)); do
		! "$@" || return 0
		sleep 0.05
	done
	echo "nothing came of: $*" >&2
	return 1
}

# What was said so far is N files of that kind.
has_said() {
	[ "$(find "$SAID" -name "*.$2" | wc -l)" -eq "$1" ]
}

# json FILE EXPRESSION: of x, what is in the file.
json() {
	python3 -c 'import json, sys; x = json.load(open(sys.argv[1]))
print(eval(sys.argv[2]))' "$1" "$2"
}

only() {
	echo "$SAID"/*."$1"
}

waiting() {
	find "$STORE/outbox" -name '1*.*.*' 2> /dev/null | wc -l
}

none_waits() {
	[ "$(waiting)" -eq 0 ]
}

http() {
	mkdir -p "$BATS_TEST_TMPDIR/http"
	rm -f "$BATS_TEST_TMPDIR"/http/*
	echo 200 > "$BATS_TEST_TMPDIR/http/how"
	python3 "$TOP/tests/notify/post.py" "$BATS_TEST_TMPDIR/http" "$@" \
	    > "$BATS_TEST_TMPDIR/http.log" 2>&1 3>&- &
	others+=($!)
	waits 10 test -e "$BATS_TEST_TMPDIR/http/port"
	PORT=$(cat "$BATS_TEST_TMPDIR/http/port")
}

answers() {
	echo "$1" > "$BATS_TEST_TMPDIR/http/how"
}

received() {
	[ "$(find "$BATS_TEST_TMPDIR/http" -name '*.json' | wc -l)" -eq "$1" ]
}

journal() {
	python3 "$TOP/tests/notify/journal.py" "$ROOT" \
	    "$BATS_TEST_TMPDIR/journal" > "$BATS_TEST_TMPDIR/journal.log" \
	    2>&1 3>&- &
	others+=($!)
	waits 10 test -S "$ROOT/run/systemd/journal/socket"
}

# logged EXPRESSION: of an entry x of the journal.
logged() {
	waits 5 logged_now "$1" || {
		cat "$BATS_TEST_TMPDIR"/journal* >&2
		return 1
	}
}

logged_now() {
	[ -e "$BATS_TEST_TMPDIR/journal" ] && python3 -c '
import collections, json, sys
entries = [collections.defaultdict(str, json.loads(line))
           for line in open(sys.argv[1])]
sys.exit(not any(eval("(" + sys.argv[2] + ")") for x in entries))
' "$BATS_TEST_TMPDIR/journal" "$1" 2> /dev/null
}

upgrade() {
	h hook rpm begin --owner $$
	rm -f "$ROOT"/etc/pam.d/{imap,smtp}
	h hook rpm end --owner $$
}

@test "the journal has an entry with fields for each thing found" {
	ready <<< '{}'
	journal
	upgrade
	logged 'x["MESSAGE_ID"] == "1a12545a42064a77ad2cb2549465da44" and
	    x["PRIORITY"] == "4" and x["DRIFTCTL_KIND"] == "flagged" and
	    x["DRIFTCTL_FINDING"] == "mail/smtp:/etc/pam.d/smtp#present" and
	    x["DRIFTCTL_RULE"] == "mail/smtp" and
	    x["DRIFTCTL_PATH"] == "/etc/pam.d/smtp" and
	    x["DRIFTCTL_SEVERITY"] == "warning" and
	    x["DRIFTCTL_ORIGIN"] == "rpm" and
	    x["DRIFTCTL_TRANSACTION"].count("-rpm") == 1 and
	    x["SYSLOG_IDENTIFIER"] == "driftctl" and
	    x["MESSAGE"].startswith("needs you: /etc/pam.d/smtp: is missing")'
	logged 'x["MESSAGE_ID"] == "4004927c04fb4c94bf80f8cb4e5be786" and
	    x["PRIORITY"] == "5" and x["DRIFTCTL_RULE"] == "mail/imap" and
	    x["DRIFTCTL_SEVERITY"] == "critical" and
	    x["MESSAGE"].startswith("put back: /etc/pam.d/imap: mail/imap")'
	# What is known is not logged again, what is in order is.
	h hook timer
	echo x > "$ROOT/etc/pam.d/smtp"
	h hook timer
	logged 'x["MESSAGE_ID"] == "8ae84aecb7944dfcbc28d0ac14c843d7" and
	    x["DRIFTCTL_RULE"] == "mail/smtp"'
	[ "$(grep -c 'needs you' "$BATS_TEST_TMPDIR/journal")" -eq 1 ]
	h hook rpm begin --owner $$
	h hook rpm end --owner $$
	logged 'x["MESSAGE_ID"] == "136c0230e14649b8be53b441ec8075bc" and
	    x["PRIORITY"] == "6" and "nothing to do" in x["MESSAGE"]'
}

@test "a failure of a hook is in the journal, too" {
	ready <<< '{}'
	journal
	rm -r "$STORE/repo.git"
	h hook rpm begin --owner $$
	[ "$status" -eq 0 ]
	h hook rpm end --owner $$
	[ "$status" -eq 0 ]
	logged 'x["MESSAGE_ID"] == "f319da81fbe0413fa660710e79cb47b4" and
	    x["PRIORITY"] == "3" and x["DRIFTCTL_KIND"] == "failed"'
}

@test "systemd's own journal takes what it is sent" {
	needs_root
	needs journalctl
	skip_unless "systemd-journald is not installed" \
	    test -x /lib/systemd/systemd-journald
	ready <<< '{}'
	run timeout 60 unshare --mount --uts bash -c '
	mount -t tmpfs tmpfs /run
	mkdir -p /run/systemd/journal /run/log/journal
	/lib/systemd/systemd-journald > /dev/null 2>&1 3>&- &
	pid=$!
	for ((i = 0; i < 100; i++)); do
		[ ! -S /run/systemd/journal/socket ] || break
		sleep 0.1
	done
	rm "${ROOT:?}/etc/pam.d/smtp"
	"$DRIFTCTL" --root "$ROOT" --store "$STORE" --specs "$SITE" \
	    --config "$CONFIG" hook timer
	journalctl -D /run/log/journal --sync 2> /dev/null
	sleep 1
	journalctl -D /run/log/journal -o json \
	    MESSAGE_ID=1a12545a42064a77ad2cb2549465da44
	kill $pid' < /dev/null
	echo "$output"
	says '"DRIFTCTL_FINDING":"mail/smtp:/etc/pam.d/smtp#present"' \
	    '"PRIORITY":"4"' '"SYSLOG_IDENTIFIER":"driftctl"'
}

@test "where there is no journal it goes to syslog" {
	needs_root
	ready <<< '{}'
	rm "$ROOT/etc/pam.d/smtp"
	run timeout 60 unshare --mount bash -c '
	mount -t tmpfs tmpfs /run
	cp -a /dev/null /dev/urandom "$BATS_TEST_TMPDIR"
	mount -t tmpfs tmpfs /dev
	cp -a "$BATS_TEST_TMPDIR"/{null,urandom} /dev
	python3 -c "
import socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(\"/dev/log\")
s.settimeout(20)
print(s.recv(65536).decode())" 3>&- &
	for ((i = 0; i < 100; i++)); do
		[ ! -S /dev/log ] || break
		sleep 0.1
	done
	"$DRIFTCTL" --root "$ROOT" --store "$STORE" --specs "$SITE" \
	    --config "$CONFIG" hook timer
	wait' < /dev/null
	rm -f "$BATS_TEST_TMPDIR"/{null,urandom}
	echo "$output"
	says '<28>' 'driftctl[' 'timer: needs you: /etc/pam.d/smtp: is missing'
}

@test "who logs in is told as long as it is so" {
	local motd=$ROOT/run/motd.d/driftctl

	ready <<< '{}'
	h hook timer
	[ ! -e "$motd" ]
	upgrade
	[ "$(stat -c %a "$motd")" = 644 ]
	[ "$(stat -c %a "$ROOT/run/motd.d")" = 755 ]
	output=$(cat "$motd")
	says "driftctl: 1 thing is not as it must be"
	says "  /etc/pam.d/smtp [mail/smtp]"
	says "  -> " " check"
	[ "$(ls -A "$ROOT/run")" = motd.d ]
	# Nothing was changed, so nothing is written.
	inode=$(stat -c %i "$motd")
	h hook timer
	[ "$(stat -c %i "$motd")" = "$inode" ]
	h restore --yes /etc/pam.d/smtp
	[ "$status" -eq 0 ]
	[ ! -e "$motd" ]
	rm "$ROOT/etc/pam.d/smtp"
	h hook boot
	[ -e "$motd" ]
	sed -i '/id: smtp/,$d' "$SITE/mail.yaml"
	h accept -m "no mail is sent here"
	[ ! -e "$motd" ]
}

@test "who logs in is told nothing that is in a file" {
	cat >> "$SITE/mail.yaml" << 'EOS'
  - id: sender
    path: /etc/relay
    why: Mail is not sent by others.
    lines: {forbid: ['user .*']}
EOS
	echo "user t0ken" > "$ROOT/etc/relay"
	chmod 600 "$ROOT/etc/relay"
	ready <<< '{}'
	h check
	says "the line 'user t0ken' must not be there"
	h hook timer
	output=$(cat "$ROOT/run/motd.d/driftctl")
	says "  /etc/relay [mail/sender]"
	says_not t0ken
}

# Rules about lines that say t0ken, in files that not everybody may read.
closed_files() {
	mkdir -p "$ROOT/etc/shut" "$ROOT/etc/app"
	cat >> "$SITE/mail.yaml" << 'EOS'
  - {id: sender, path: /etc/relay, why: a, lines: {forbid: ['user .*']}}
  - {id: folder, path: /etc/shut/relay, why: a, as: keyvalue,
     keys: {user: {equals: nobody}}}
  - {id: linked, path: /etc/link, why: a, lines: {forbid: ['user .*']}}
  - {id: opened, path: /etc/opened, why: a, lines: {forbid: ['user .*']}}
  - {id: read, path: /etc/read, why: a, lines: {forbid: ['user .*']}}
relations:
  - id: both
    why: a
    each: {path: /etc/app/a, as: keyvalue, keys: user}
    in: {path: /etc/app/b, as: keyvalue, keys: user}
EOS
	echo "user = nobody" > "$ROOT/etc/shut/relay"
	echo "nothing" | tee "$ROOT"/etc/{relay,opened,read} \
	    > "$ROOT/etc/target"
	echo "user = nobody" | tee "$ROOT"/etc/app/{a,b} > /dev/null
	ln -s target "$ROOT/etc/link"
	chmod 600 "$ROOT"/etc/{relay,opened,target,app/b}
	chmod 700 "$ROOT/etc/shut"
}

fill_closed_files() {
	echo "user = t0ken" |
	    tee "$ROOT"/etc/{relay,shut/relay,opened,target} > /dev/null
	echo "user = other" > "$ROOT/etc/app/a"
	echo "user = known" > "$ROOT/etc/read"
	# Everybody may read it now, but that is part of what is wrong.
	chmod 644 "$ROOT/etc/opened"
}

@test "what not everybody may read is shown to root alone" {
	closed_files
	ready << EOS
on-finding:
  - exec: [$BATS_TEST_TMPDIR/page]
    quiet: 0s
  - mail: root
    quiet: 0s
mail: {to: root, program: [$BATS_TEST_TMPDIR/sendmail]}
EOS
	journal
	# Times of reports are whole seconds.
	sleep 1.1
	h hook rpm begin --owner $$
	fill_closed_files
	h hook rpm end --owner $$
	waits 10 has_said 1 json
	waits 10 has_said 1 mail
	h hook timer
	waits 10 has_said 2 json
	logged 'x["DRIFTCTL_RULE"] == "mail/read" and
	    "user = known" in x["MESSAGE"]'
	for rule in sender folder linked opened both; do
		logged 'x["DRIFTCTL_RULE"] == "mail/'$rule'" and
		    "does not hold: " in x["MESSAGE"] and
		    "not everybody may read" in x["MESSAGE"]'
	done
	h check
	says "the line 'user = t0ken' must not be there"
	says "/etc/opened:1:" "user = t0ken"
	h report --last
	says "user = t0ken"
	h report -n
	says "    +user = t0ken"
	h --format nagios check
	says_not t0ken
	h report --mail
	waits 10 has_said 3 mail
	# So do those for whom a service writes.
	cp "$CONFIG" "$CONFIG.was"
	echo "{}" > "$CONFIG"
	h report --mail --always
	says "/etc/shut/relay"
	says_not t0ken
	h report --mail --last
	says "mail/sender"
	says_not t0ken
	output=$(cat "$SAID"/*.json "$SAID"/*.env "$BATS_TEST_TMPDIR/journal"
	    python3 - "$SAID"/*.mail << 'EOS'
import email, email.policy, sys
for name in sys.argv[1:]:
    m = email.message_from_binary_file(open(name, "rb"),
                                       policy=email.policy.default)
    print(m["subject"], *(p.get_content() for p in m.iter_parts()))
EOS
	)
	says "user = known"
	says_not t0ken
	# What was told is so no more: not then either.
	echo nothing | tee "$ROOT"/etc/{relay,shut/relay,opened,target} \
	    > /dev/null
	cp "$CONFIG.was" "$CONFIG"
	h hook timer
	logged 'x["DRIFTCTL_KIND"] == "resolved"'
	not grep -r t0ken "$BATS_TEST_TMPDIR/journal" "$STORE/outbox"
	# A mistake in settings for root alone is one of these.
	echo "t0ken: x" >> "$CONFIG"
	chmod 600 "$CONFIG"
	h hook timer
	logged '"there is a mistake" in x["MESSAGE"]'
	not grep t0ken "$BATS_TEST_TMPDIR/journal"
}

@test "what is shown at the login stays in its root" {
	mkdir "$BATS_TEST_TMPDIR/out"
	ln -s "$BATS_TEST_TMPDIR/out" "$ROOT/run/motd.d"
	h init
	[ "$status" -eq 0 ]
	echo "auth required pam_permit.so" >> "$ROOT/etc/pam.d/imap"
	rm "$ROOT/etc/pam.d/smtp"
	h hook timer
	[ "$status" -eq 0 ]
	[ -z "$(ls -A "$BATS_TEST_TMPDIR/out")" ]
	[ "$(ls -A "$ROOT/run")" = motd.d ]
	rm "$ROOT/run/motd.d"
	h hook timer
	[ -e "$ROOT/run/motd.d/driftctl" ]
}

@test "a program is told by JSON and its environment" {
	ready << EOS
on-finding:
  - exec: [$BATS_TEST_TMPDIR/page, "a b", ";id"]
EOS
	SECRET_OF_ANOTHER=x upgrade
	waits 10 has_said 1 json
	[ "$(json "$(only json)" 'x["event"]')" = found ]
	[ "$(json "$(only json)" 'x["severity"]')" = critical ]
	[ "$(json "$(only json)" 'x["origin"]')" = rpm ]
	[ "$(json "$(only json)" '[f["kind"] for f in x["findings"]]')" = \
	    "['restored', 'flagged']" ]
	[ "$(json "$(only json)" '[f["rule"] for f in x["findings"]]')" = \
	    "['mail/imap', 'mail/smtp']" ]
	output=$(cat "$(only env)")
	says DRIFTCTL_EVENT=found
	says DRIFTCTL_SEVERITY=critical
	says DRIFTCTL_COUNT=2
	says DRIFTCTL_PATH=/etc/pam.d/imap
	says DRIFTCTL_RULE=mail/imap
	says "DRIFTCTL_SUBJECT=driftctl " "1 thing needs you, 1 put back"
	if python3 -c 'import jsonschema' 2> /dev/null; then
		python3 "$TOP/tests/validate.py" \
		    "$TOP/doc/notification.schema.json" < "$(only json)"
	fi
	waits 5 none_waits
}

@test "one fault is one message, until the quiet period is over" {
	ready << EOS
on-finding:
  - exec: [$BATS_TEST_TMPDIR/page]
    quiet: 3s
EOS
	rm "$ROOT/etc/pam.d/smtp"
	h hook timer
	h hook timer
	h hook boot
	waits 10 has_said 1 json
	waits 5 none_waits
	sleep 3
	h hook timer
	waits 10 has_said 2 json
	# Who does not ask for it is not told that it is over; a new fault is
	# news at once.
	echo x > "$ROOT/etc/pam.d/smtp"
	h hook timer
	rm "$ROOT/etc/pam.d/smtp"
	h hook timer
	waits 10 has_said 3 json
	waits 5 none_waits
	has_said 3 json
	[ "$(grep -l '"event": "found"' "$SAID"/*.json | wc -l)" -eq 3 ]
}

@test "what is resolved is told once, to who was told and asks for it" {
	cp "$BATS_TEST_TMPDIR/page" "$BATS_TEST_TMPDIR/other"
	sed -i 's/XXXXXX/other.XXXXXX/' "$BATS_TEST_TMPDIR/other"
	ready << EOS
on-finding:
  - exec: [$BATS_TEST_TMPDIR/page]
    resolved: true
  - exec: [$BATS_TEST_TMPDIR/other]
    severity: critical
    resolved: true
EOS
	rm "$ROOT/etc/pam.d/smtp"
	h hook timer
	waits 10 has_said 1 json
	# The rule is gone, but the file is changed: that is not resolved.
	h restore --yes /etc/pam.d/smtp
	waits 10 has_said 2 json
	h hook timer
	waits 5 none_waits
	has_said 2 json
	output=$(cat "$SAID"/*.json)
	says '"event": "resolved"'
	says '"kind": "resolved"'
	not ls "$SAID"/other*
}

@test "while a spec cannot be read nothing counts as resolved" {
	ready << EOS
on-finding:
  exec: [$BATS_TEST_TMPDIR/page]
  resolved: true
EOS
	rm "$ROOT/etc/pam.d/smtp"
	h hook timer
	waits 10 has_said 1 json
	echo "rules: [" >> "$SITE/mail.yaml"
	h hook timer
	waits 10 has_said 2 json
	[ -e "$ROOT/run/motd.d/driftctl" ]
	not grep -h '"event": "resolved"' "$SAID"/*.json
	# The mistake is told as well.
	grep -h '"kind": "failed"' "$SAID"/*.json
}

@test "many at once tell once" {
	local i pids=()

	ready << EOS
on-finding:
  - exec: [$BATS_TEST_TMPDIR/page]
EOS
	rm "$ROOT/etc/pam.d/smtp"
	for i in 1 2 3 4 5 6; do
		"$DRIFTCTL" --root "$ROOT" --store "$STORE" --specs "$SITE" \
		    --config "$CONFIG" hook timer 3>&- &
		pids+=($!)
	done
	wait "${pids[@]}"
	waits 10 has_said 1 json
	waits 5 none_waits
	sleep 0.5
	has_said 1 json
	[ "$(grep -c ^to: "$STORE/outbox/told")" -eq 1 ]
}

@test "a mail has a plain and an HTML part that say the same" {
	echo "auth required pam_deny.so" > "$ROOT/etc/pam.d/süß <b>&"
	sed -i 's|/etc/pam.d/smtp|"/etc/pam.d/süß <b>\&"|' "$SITE/mail.yaml"
	ready << EOS
mail:
  from: driftctl@example.org
  program: [$BATS_TEST_TMPDIR/sendmail, -t, -i]
on-finding:
  - mail: [root, admin@example.org]
EOS
	h hook rpm begin --owner $$
	rm "$ROOT/etc/pam.d/imap" "$ROOT/etc/pam.d/süß <b>&"
	h hook rpm end --owner $$
	waits 10 has_said 1 mail
	[ "$(cat "$(only args)")" = "-t -i" ]
	python3 - "$(only mail)" << 'EOS'
import email, email.policy, email.utils, sys, time
data = open(sys.argv[1], "rb").read()
data.decode("ascii")
assert max(map(len, data.split(b"\n"))) <= 78
m = email.message_from_bytes(data, policy=email.policy.default)
assert not m.defects, m.defects
assert m["from"] == "driftctl <driftctl@example.org>", m["from"]
assert m["to"] == "root, admin@example.org", m["to"]
assert m["auto-submitted"] == "auto-generated"
assert abs(m["date"].datetime.timestamp() - time.time()) < 60
assert email.utils.parseaddr(m["message-id"])[1].count("@") == 1
assert "1 thing needs you, 1 put back" in m["subject"], m["subject"]
assert m.get_content_type() == "multipart/alternative"
plain, html = m.iter_parts()
assert not plain.defects and not html.defects
assert plain.get_content_type() == "text/plain"
assert html.get_content_type() == "text/html"
text, page = plain.get_content(), html.get_content()
assert "/etc/pam.d/süß <b>&" in text, text
assert "/etc/pam.d/süß &lt;b&gt;&amp;" in page, page
assert "critical: " in text and "critical: " in page
assert max(map(len, text.split("\n"))) <= 80 or "/" in text
EOS
	if command -v munpack > /dev/null; then
		(cd "$SAID" && munpack -t -q "$(only mail)")
		grep -q "süß <b>&" "$SAID/part1"
		grep -q "^<!DOCTYPE html>" "$SAID/part2"
	fi
}

@test "a subject that is not ASCII is encoded as mail wants it" {
	printf 'x\n' > "$ROOT/etc/pam.d/für die Größe"
	cat > "$SITE/mail.yaml" << 'EOS'
spec: mail
rules:
  - {id: a, path: "/etc/pam.d/für die Größe", why: b, require: present}
EOS
	ready << EOS
mail: {program: [$BATS_TEST_TMPDIR/sendmail]}
on-finding: {mail: root}
EOS
	rm "$ROOT/etc/pam.d/für die Größe"
	h hook timer
	waits 10 has_said 1 mail
	python3 - "$(only mail)" << 'EOS'
import email, email.policy, sys
m = email.message_from_binary_file(open(sys.argv[1], "rb"),
                                   policy=email.policy.default)
assert "/etc/pam.d/für die Größe: 1 thing needs you" in m["subject"], \
    m["subject"]
assert not m["subject"].defects
EOS
}

@test "a real mail program takes it" {
	needs msmtp
	python3 - "$SAID" > "$BATS_TEST_TMPDIR/smtp" 3>&- << 'EOS' &
import os, socket, sys
s = socket.create_server(("127.0.0.1", 0))
print(s.getsockname()[1], flush=True)
s.settimeout(60)
c = s.accept()[0]
f = c.makefile("rwb", buffering=0)
f.write(b"220 x\r\n")
data = []
while True:
    line = f.readline()
    if not line:
        break
    word = line[:4].upper()
    if word == b"DATA":
        f.write(b"354 go\r\n")
        while (line := f.readline()) != b".\r\n":
            data.append(line)
        f.write(b"250 ok\r\n")
        with open(sys.argv[1] + "/x~", "wb") as out:
            out.write(b"".join(data))
        os.rename(sys.argv[1] + "/x~", sys.argv[1] + "/x.mail")
    elif word == b"QUIT":
        f.write(b"221 bye\r\n")
        break
    else:
        f.write(b"250 ok\r\n")
EOS
	others+=($!)
	waits 10 test -s "$BATS_TEST_TMPDIR/smtp"
	cat > "$BATS_TEST_TMPDIR/msmtprc" << EOS
account default
host 127.0.0.1
port $(cat "$BATS_TEST_TMPDIR/smtp")
from driftctl@example.org
EOS
	chmod 600 "$BATS_TEST_TMPDIR/msmtprc"
	ready << EOS
mail:
  program: [$(command -v msmtp), -C, $BATS_TEST_TMPDIR/msmtprc, -t, -i]
on-finding: {mail: admin@example.org}
EOS
	rm "$ROOT/etc/pam.d/smtp"
	h hook timer
	waits 15 has_said 1 mail
	grep -q "^Auto-Submitted: auto-generated" "$SAID/x.mail"
}

@test "a webhook gets JSON and the headers of a file" {
	http
	printf '# ours\nAuthorization: Bearer s3cret\n\nX-A:  b\n' \
	    > "$BATS_TEST_TMPDIR/headers"
	chmod 600 "$BATS_TEST_TMPDIR/headers"
	ready << EOS
on-finding:
  - webhook: http://127.0.0.1:$PORT/hook/t0ken?a=b
    headers: $BATS_TEST_TMPDIR/headers
EOS
	upgrade
	waits 10 received 1
	waits 5 none_waits
	got=$BATS_TEST_TMPDIR/http/1.json
	[ "$(json "$got" 'x["path"]')" = "/hook/t0ken?a=b" ]
	[ "$(json "$got" 'x["headers"]["Authorization"]')" = "Bearer s3cret" ]
	[ "$(json "$got" 'x["headers"]["X-A"]')" = b ]
	[ "$(json "$got" 'x["headers"]["Content-Type"]')" = application/json ]
	[ "$(json "$got" 'json.loads(x["body"])["findings"][1]["path"]')" = \
	    /etc/pam.d/smtp ]
	# Neither is in the store, which is copied and pushed.
	not grep -r -e t0ken -e s3cret "$STORE/outbox"
}

@test "what a webhook does not take waits, and nothing secret is said" {
	local how

	http
	journal
	ready << EOS
on-finding:
  - webhook: http://127.0.0.1:$PORT/hook/t0ken
    timeout: 1s
EOS
	rm "$ROOT/etc/pam.d/smtp"
	answers 500
	h hook timer
	waits 10 received 1
	waits 5 grep -q "answered\\\\x20500" "$STORE/outbox/notifiers"
	for how in close slow 503 429; do
		answers $how
		h hook notify --now
		[ "$status" -eq 0 ]
		[ "$(waiting)" -eq 1 ]
	done
	answers 200
	h hook notify --now
	[ "$(waiting)" -eq 0 ]
	logged 'x["MESSAGE_ID"] == "29a82521d0cf40b99409de2c43ef0a44" and
	    x["DRIFTCTL_NOTIFIER"].startswith("webhook 127.0.0.1:") and
	    "answered 500" in x["MESSAGE"]'
	not grep t0ken "$BATS_TEST_TMPDIR/journal"
	not grep -r t0ken "$STORE/outbox"
	h hook notify --now
	received 6
}

@test "a redirect is not followed, and what is refused is not tried again" {
	http
	journal
	ready << EOS
on-finding:
  - webhook: http://127.0.0.1:$PORT/hook/t0ken
    quiet: 0s
    timeout: 3s
EOS
	rm "$ROOT/etc/pam.d/smtp"
	answers redirect
	h hook timer
	waits 10 received 1
	waits 5 none_waits
	logged '"answered 307: it is at 127.0.0.1 now" in x["MESSAGE"]'
	not grep -e secret-place -e t0ken "$BATS_TEST_TMPDIR/journal"
	answers 404
	h hook timer
	waits 10 received 2
	waits 5 none_waits
	logged '"will not be: answered 404" in x["MESSAGE"]'
	# An answer without an end is one.
	answers endless
	h hook timer
	waits 10 received 3
	waits 5 none_waits
	# Nor is one that does not end told again.
	answers stalls
	h hook timer
	waits 10 received 4
	waits 10 none_waits
	not grep -c "timed out" "$STORE/outbox/notifiers"
}

@test "a certificate that nobody vouches for is refused, one's own is not" {
	needs openssl
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
	    -addext subjectAltName=DNS:localhost \
	    -keyout "$BATS_TEST_TMPDIR/key" -out "$BATS_TEST_TMPDIR/cert" \
	    2> /dev/null
	cat "$BATS_TEST_TMPDIR/cert" >> "$BATS_TEST_TMPDIR/key"
	http "$BATS_TEST_TMPDIR/key"
	ready << EOS
on-finding:
  - webhook: https://localhost:$PORT/a
  - webhook: https://localhost:$PORT/b
    ca: $BATS_TEST_TMPDIR/cert
  - webhook: https://127.0.0.1:$PORT/wrong-name
    insecure: true
    ca: $BATS_TEST_TMPDIR/cert
EOS
	h hook notify --test
	[ "$status" -eq 1 ]
	says "not told  webhook localhost:$PORT: SSL certificate problem"
	says "told      webhook localhost:$PORT"
	says "not told  webhook 127.0.0.1:$PORT: SSL"
	received 1
	[ "$(json "$BATS_TEST_TMPDIR/http/1.json" 'x["path"]')" = /b ]
}

@test "no upgrade waits for a notifier" {
	http
	answers slow
	cat > "$BATS_TEST_TMPDIR/sleeps" << 'EOS'
#!/bin/sh
sleep 7
EOS
	chmod +x "$BATS_TEST_TMPDIR/sleeps"
	ready << EOS
mail: {program: [$BATS_TEST_TMPDIR/sleeps]}
on-finding:
  - webhook: http://127.0.0.1:$PORT/
    timeout: 2s
  - exec: [$BATS_TEST_TMPDIR/sleeps]
    timeout: 2s
  - mail: root
EOS
	h hook rpm begin --owner $$
	rm "$ROOT/etc/pam.d/smtp"
	SECONDS=0
	h hook rpm end --owner $$
	[ $SECONDS -le 3 ]
	[ "$status" -eq 0 ]
	waits 30 received 1
}

# kill_post [first]: those who deliver and have the lock are killed, or the one
# that sees to the others.
kill_post() {
	local pids

	read -ra pids <<< "$(fuser "$STORE/outbox/lock" 2> /dev/null)"
	[ ${#pids[@]} -eq 2 ]
	if [ $# -eq 0 ]; then
		kill -KILL "${pids[@]}"
	else
		kill -KILL "$(printf '%s\n' "${pids[@]}" | sort -n | head -1)"
	fi
}

@test "who is slow holds up nobody else" {
	http
	answers slow
	ready << EOS
on-finding:
  - webhook: http://127.0.0.1:$PORT/
    timeout: 60s
    quiet: 0s
  - exec: [$BATS_TEST_TMPDIR/page]
    quiet: 0s
EOS
	rm "$ROOT/etc/pam.d/smtp"
	SECONDS=0
	h hook timer
	waits 10 received 1
	waits 10 has_said 1 json
	# Nor what comes while somebody waits.
	rm "$ROOT/etc/pam.d/imap"
	h hook timer
	waits 10 has_said 2 json
	[ $SECONDS -lt 15 ]
	[ "$(waiting)" -eq 2 ]
	received 1
	# What is told is told, even if who sees to it all is killed.
	answers 200
	kill_post
	h hook notify --now
	waits 10 none_waits
	has_said 2 json
	received 3
}

@test "who is killed while somebody is being told tells him once" {
	cat > "$BATS_TEST_TMPDIR/slowly" << EOS
#!/bin/sh
touch "$BATS_TEST_TMPDIR/begun"
sleep 2
exec "$BATS_TEST_TMPDIR/page"
EOS
	chmod +x "$BATS_TEST_TMPDIR/slowly"
	ready <<< "on-finding: {exec: $BATS_TEST_TMPDIR/slowly}"
	rm "$ROOT/etc/pam.d/smtp"
	h hook timer
	waits 10 test -e "$BATS_TEST_TMPDIR/begun"
	kill_post first
	waits 10 has_said 1 json
	waits 10 none_waits
	h hook notify --now
	has_said 1 json
}

@test "who is killed while telling tells again" {
	http
	answers slow
	ready << EOS
on-finding:
  - webhook: http://127.0.0.1:$PORT/
EOS
	rm "${ROOT:?}/etc/pam.d/smtp"
	"$DRIFTCTL" --root "$ROOT" --store "$STORE" --specs "$SITE" \
	    --config "$CONFIG" hook timer
	waits 10 received 1
	kill_post
	[ "$(waiting)" -eq 1 ]
	answers 200
	h hook notify --now
	received 2
	[ "$(waiting)" -eq 0 ]
	# It is known to be the same.
	[ "$(json "$BATS_TEST_TMPDIR/http/1.json" 'json.loads(x["body"])["id"]')" = \
	    "$(json "$BATS_TEST_TMPDIR/http/2.json" 'json.loads(x["body"])["id"]')" ]
}

@test "Pushover gets a form, with what is secret from a file" {
	http
	printf 'token: tttt\nuser = uuuu\n' > "$BATS_TEST_TMPDIR/pushover"
	chmod 600 "$BATS_TEST_TMPDIR/pushover"
	ready << EOS
on-finding:
  - pushover: $BATS_TEST_TMPDIR/pushover
    url: http://127.0.0.1:$PORT/1/messages.json
EOS
	upgrade
	waits 10 received 1
	python3 - "$BATS_TEST_TMPDIR/http/1.json" << 'EOS'
import json, sys, urllib.parse
x = json.load(open(sys.argv[1]))
assert x["headers"]["Content-Type"] == "application/x-www-form-urlencoded"
form = urllib.parse.parse_qs(x["body"], strict_parsing=True)
assert form["token"] == ["tttt"] and form["user"] == ["uuuu"], form
assert form["priority"] == ["1"], form
assert "1 thing needs you" in form["title"][0]
assert "/etc/pam.d/smtp" in form["message"][0]
assert len(form["message"][0].encode()) <= 1024
EOS
	chmod 644 "$BATS_TEST_TMPDIR/pushover"
	h hook notify --test
	[ "$status" -eq 1 ]
	says "not told" "others can read what is secret in it"
	chmod 600 "$BATS_TEST_TMPDIR/pushover"
	echo "password: x" >> "$BATS_TEST_TMPDIR/pushover"
	h hook notify --test
	says "expected token, user or device and its value on each line"
}

@test "a URL can stand in a file of its own" {
	http
	echo "http://127.0.0.1:$PORT/t0ken" > "$BATS_TEST_TMPDIR/url"
	chmod 600 "$BATS_TEST_TMPDIR/url"
	ready <<< "on-finding: {webhook: $BATS_TEST_TMPDIR/url}"
	h hook notify --test
	[ "$status" -eq 0 ]
	says "told      webhook $BATS_TEST_TMPDIR/url"
	[ "$(json "$BATS_TEST_TMPDIR/http/1.json" 'x["path"]')" = /t0ken ]
	echo "http://example.org/x" > "$BATS_TEST_TMPDIR/url"
	h hook notify --test
	[ "$status" -eq 1 ]
	says "it begins neither with https:// nor"
	: > "$BATS_TEST_TMPDIR/url"
	h hook notify --test
	says "is empty"
	rm "$BATS_TEST_TMPDIR/url"
	mkfifo "$BATS_TEST_TMPDIR/url"
	h hook notify --test
	says "url: is no regular file"
}

@test "what lets notifiers in is sealed and shown nowhere" {
	local file

	mkdir "$ROOT/etc/driftctl"
	echo "https://hooks.example.org/t0ken1" > "$ROOT/etc/driftctl/url"
	echo "Authorization: t0ken2" > "$ROOT/etc/driftctl/[headers]"
	echo "token: t0ken3" > "$ROOT/etc/driftctl/pushover"
	ready << EOS
on-finding:
  - webhook: /etc/driftctl/url
  - webhook: https://hooks.example.org/
    headers: /etc/driftctl/[headers]
  - pushover: /etc/driftctl/pushover
EOS
	run git --git-dir "$STORE/repo.git" grep -q t0ken live
	[ "$status" -eq 1 ]
	for file in url "[headers]" pushover; do
		echo "# t0ken4" >> "$ROOT/etc/driftctl/$file"
	done
	h diff
	[ "$status" -eq 1 ]
	says "/etc/driftctl/[headers]: content"
	says_not t0ken
	h report
	says "/etc/driftctl/url"
	says_not t0ken
}

@test "a test says who was told" {
	ready << EOS
mail:
  to: root
  program: [$BATS_TEST_TMPDIR/sendmail]
on-finding:
  - exec: [$BATS_TEST_TMPDIR/page]
  - exec: [/nonexistent/program]
  - exec: [$BATS_TEST_TMPDIR/fails]
EOS
	printf '#!/bin/sh\necho "\033[31mno network"; exit 3\n' \
	    > "$BATS_TEST_TMPDIR/fails"
	chmod +x "$BATS_TEST_TMPDIR/fails"
	h hook notify --test
	[ "$status" -eq 1 ]
	says "told      exec page"
	says "not told  exec program" "cannot be run: No such file"
	says "not told  exec fails" 'exited with 3: \x1b[31mno network'
	says "told      the report's mail"
	[ "$(json "$(only json)" 'x["event"]')" = test ]
	grep -q "This is a test" "$(only mail)"
	echo "{}" > "$CONFIG"
	h hook notify --test
	[ "$status" -eq 2 ]
	[[ $stderr == *"driftctl.yaml names nobody to tell"* ]]
	h hook notify nobody
	[ "$status" -eq 2 ]
	[[ $stderr == *"'hook notify' takes no arguments"* ]]
}

# program NAME: a notifier of the shell's, from standard input.
program() {
	{
		echo "#!/bin/sh"
		cat
	} > "$BATS_TEST_TMPDIR/$1"
	chmod 755 "$BATS_TEST_TMPDIR/$1"
}

@test "a program that misbehaves is told to once, and holds nobody up" {
	program leaves << EOS
sleep 30 &
touch "$BATS_TEST_TMPDIR/ran"
echo done
EOS
	program deaf << 'EOS'
trap '' TERM INT HUP
while :; do sleep 60; done
EOS
	program floods << 'EOS'
exec head -c 300000000 /dev/zero
EOS
	program odd << EOS
printf '%s\n' "\$@" > "$BATS_TEST_TMPDIR/args"
EOS
	ready << EOS
on-finding:
  - exec: [$BATS_TEST_TMPDIR/leaves]
    timeout: 5s
  - exec: [$BATS_TEST_TMPDIR/deaf]
    timeout: 2s
  - exec: [$BATS_TEST_TMPDIR/floods]
    timeout: 20s
  - exec: [$BATS_TEST_TMPDIR/odd, "a\nb", "\$(id)", "\e[31m", "", "-x", "ü"]
EOS
	SECONDS=0
	h hook notify --test
	[ $SECONDS -lt 20 ]
	[ "$status" -eq 1 ]
	says "told      exec leaves"
	says "told      exec floods"
	says "not told  exec deaf: " "gave no answer in 2 s"
	says "told      exec odd"
	printf '%s\n' $'a\nb' '$(id)' $'\e[31m' "" -x ü |
	    diff - "$BATS_TEST_TMPDIR/args"
}

@test "a program that others can change is not run" {
	local place

	needs_root
	cp "$BATS_TEST_TMPDIR/page" "$BATS_TEST_TMPDIR/mine"
	mkdir -m 755 "$BATS_TEST_TMPDIR/theirs"
	cp "$BATS_TEST_TMPDIR/page" "$BATS_TEST_TMPDIR/theirs/page"
	ln -s theirs/page "$BATS_TEST_TMPDIR/link"
	chmod 775 "$BATS_TEST_TMPDIR/mine"
	chown 4711 "$BATS_TEST_TMPDIR/theirs"
	for place in mine theirs/page link; do
		ready <<< "on-finding: {exec: $BATS_TEST_TMPDIR/$place}"
		h hook notify --test
		[ "$status" -eq 1 ]
		says "not told" "is not run: others can change '$BATS_TEST_TMPDIR/"
		h doctor
		says "exec ${place##*/} cannot be told: "
	done
	echo "mail: {to: root, program: $BATS_TEST_TMPDIR/mine}" > "$CONFIG"
	h hook notify --test
	says "not told  the report's mail: " "others can change"
	has_said 0 json
	# It waits until somebody puts it right.
	ready <<< "on-finding: {exec: $BATS_TEST_TMPDIR/mine}"
	rm "$ROOT/etc/pam.d/smtp"
	h hook timer
	waits 10 test -s "$STORE/outbox/notifiers"
	rm "$BATS_TEST_TMPDIR/mine"
	h hook notify --now
	[ "$(waiting)" -eq 1 ]
	cp "$BATS_TEST_TMPDIR/page" "$BATS_TEST_TMPDIR/mine"
	h hook notify --now
	none_waits
	has_said 1 json
}

@test "a log that does not listen holds nobody up" {
	needs_root
	ready <<< '{}'
	rm "$ROOT/etc/pam.d/smtp"
	run timeout 60 unshare --mount bash -c '
	mount -t tmpfs tmpfs /run
	cp -a /dev/null /dev/urandom "$BATS_TEST_TMPDIR"
	mount -t tmpfs tmpfs /dev
	cp -a "$BATS_TEST_TMPDIR"/{null,urandom} /dev
	mkdir -p "$ROOT/run/systemd/journal"
	python3 -c "
import os, socket
held = []
for name in (\"/dev/log\",
             os.environ[\"ROOT\"] + \"/run/systemd/journal/socket\"):
    held.append(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
    held[-1].bind(name)
    sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sender.setblocking(False)
    try:
        while True:
            sender.sendto(b\"x\" * 4096, name)
    except BlockingIOError:
        pass
open(\"/run/full\", \"w\").close()
import time
time.sleep(40)" 3>&- &
	for ((i = 0; i < 100; i++)); do
		[ ! -e /run/full ] || break
		sleep 0.1
	done
	SECONDS=0
	timeout 20 "$DRIFTCTL" --root "$ROOT" --store "$STORE" \
	    --specs "$SITE" --config "$CONFIG" hook timer
	echo "ended with $? after $((SECONDS / 10)) times 10 s"
	kill %1' < /dev/null
	rm -f "$BATS_TEST_TMPDIR"/{null,urandom}
	echo "$output"
	says "ended with 0 after 0 times 10 s"
}

# planted FILE KEY: a message that nobody of us wrote.
planted() {
	cat > "$STORE/outbox/$1.0123456789abcdef.$2" << 'EOF'
driftctl-message 1
event: found
when: 1700000000
id: 1700000000.0123456789abcdef
host: planted
news: flagged warning x y /z -
end:
EOF
}

@test "what somebody put into the outbox neither stays nor stops anything" {
	local box=$STORE/outbox key now

	ready << EOS
on-finding:
  - exec: [$BATS_TEST_TMPDIR/page]
    quiet: 0s
EOS
	rm "$ROOT/etc/pam.d/smtp"
	h hook timer
	waits 10 has_said 1 json
	waits 5 none_waits
	key=$(sed -n 's/^to: [0-9]* \([^ ]*\) .*/\1/p' "$box/told")
	now=$(date +%s)
	head -c 5000 /dev/urandom > "$box/1700000000.0123456789abcdef.$key"
	truncate -s 3G "$box/1700000001.0123456789abcdef.$key"
	: > "$box/1700000002.0123456789abcdef.$key"
	ln -s /etc/passwd "$box/1700000003.0123456789abcdef.$key"
	mkfifo "$box/1700000004.0123456789abcdef.$key"
	mkdir "$box/1700000005.0123456789abcdef.$key"
	planted 9999999999 "$key"
	planted 1700000006 nobody-1
	planted "$now" "$key"
	# The clock was ahead when this was to be tried again.
	touch -d "+9 hours" "$box/$now.0123456789abcdef.$key"
	if [ "$(id -u)" -eq 0 ]; then
		planted 1700000007 "$key"
		chown 4711 "$box/1700000007.0123456789abcdef.$key"
	fi
	# Whoever delivered the first one is gone.
	waits 5 flock -n "$box/lock" true
	h hook notify
	[ "$status" -eq 0 ]
	has_said 3 json
	[ "$(find "$box" -type f -name '*.*.*' ! -uid 4711 | wc -l)" -eq 0 ]
	not grep nobody "$box/notifiers"
	rm -rf "$box"/17*
	python3 - "$box" "$key" << 'EOS'
import sys
for i in range(4000):
    name = "%d.%016x.%s" % (1795300000 + i, i, sys.argv[2] if i % 2
                            else "other-%d" % i)
    open(sys.argv[1] + "/" + name, "w").close()
EOS
	journal
	SECONDS=0
	h hook timer
	[ "$status" -eq 0 ]
	waits 20 has_said 4 json
	[ $SECONDS -lt 15 ]
	waits 10 none_waits
	[ ! -e "$BATS_TEST_TMPDIR/journal" ] ||
	    [ "$(wc -l < "$BATS_TEST_TMPDIR/journal")" -lt 250 ]
	# Nor does a list of how they do that nobody can read.
	head -c 3000000 /dev/urandom > "$box/notifiers"
	h hook timer
	waits 10 has_said 5 json
}

@test "another system's settings start no program of this one" {
	mkdir -p "$ROOT/etc/driftctl"
	cat > "$ROOT/etc/driftctl/driftctl.yaml" << EOS
on-finding:
  - exec: [$BATS_TEST_TMPDIR/page]
EOS
	d --specs "$SITE" init -q
	rm "$ROOT/etc/pam.d/smtp"
	d --specs "$SITE" hook timer
	d --specs "$SITE" hook notify --test
	[ "$status" -eq 2 ]
	sleep 0.5
	has_said 0 json
	[ "$(waiting)" -eq 0 ]
}

@test "a full disk is told by the log, and by who can still be told" {
	needs_root
	ready << EOS
on-finding:
  - exec: [$BATS_TEST_TMPDIR/page]
EOS
	journal
	cp -a "$STORE" "$STORE.was"
	skip_unless "nothing can be mounted here" \
	    mount -t tmpfs -o size=3m tmpfs "$STORE"
	cp -a "$STORE.was"/. "$STORE"
	h hook rpm begin --owner $$
	rm "$ROOT/etc/pam.d/smtp"
	head -c 10m /dev/zero > "$STORE/fills" 2> /dev/null || true
	h hook rpm end --owner $$
	[ "$status" -eq 0 ]
	logged '"No space left" in x["MESSAGE"]'
	rm "$STORE/fills"
	h hook timer
	waits 10 has_said 1 json
	waits 5 none_waits
	grep -q /etc/pam.d/smtp "$(only json)"
}

# No file may be longer than a kilobyte.
without_room() {
	bash -c 'ulimit -f 1; trap "" XFSZ; exec "$@"' - "$DRIFTCTL" \
	    --root "$ROOT" --store "$STORE" --specs "$SITE" \
	    --config "$CONFIG" "$@" > /dev/null 2>&1
}

@test "what there was no room for is told when there is" {
	local long

	# So that a message is longer than a kilobyte, and what was told not.
	long=$(printf 'x%.0s' {1..240})
	CONFIG=$BATS_TEST_TMPDIR/$long/$long/$long/$long/driftctl.yaml
	mkdir -p "${CONFIG%/*}"
	ready << EOS
on-finding:
  - exec: [$BATS_TEST_TMPDIR/page]
    resolved: true
EOS
	journal
	rm "$ROOT/etc/pam.d/smtp"
	without_room hook timer
	[ -s "$STORE/outbox/told" ]
	none_waits
	logged '"File too large" in x["MESSAGE"]'
	h hook timer
	waits 10 has_said 1 json
	waits 5 none_waits
	echo x > "$ROOT/etc/pam.d/smtp"
	without_room hook timer
	none_waits
	h hook timer
	waits 10 has_said 2 json
	waits 5 none_waits
	[ "$(grep -l '"event": "resolved"' "$SAID"/*.json | wc -l)" -eq 1 ]
	h hook timer
	waits 5 none_waits
	has_said 2 json
	[ ! -e "$ROOT/run/motd.d/driftctl" ]
}

@test "a list of what was told that nobody can read silences nobody" {
	local how

	ready << EOS
on-finding:
  - exec: [$BATS_TEST_TMPDIR/page]
EOS
	journal
	rm "$ROOT/etc/pam.d/smtp"
	h hook timer
	waits 10 has_said 1 json
	for how in rubbish long; do
		if [ $how = rubbish ]; then
			head -c 5000 /dev/urandom > "$STORE/outbox/told"
		else
			truncate -s 40M "$STORE/outbox/told"
		fi
		rm "$SAID"/*
		h hook timer
		waits 10 has_said 1 json
		waits 5 none_waits
		[ -e "$STORE/outbox/told.damaged" ]
		rm "$STORE/outbox/told.damaged"
		h hook timer
		waits 5 none_waits
		has_said 1 json
	done
	logged '"outbox/told" in x["MESSAGE"] or "damaged" in x["MESSAGE"]'
}

@test "mistakes in the settings are told where they are" {
	local text said

	while IFS='|' read -r text said; do
		printf '%b\n' "$text" > "$CONFIG"
		rm -rf "$STORE"
		h init -q
		echo "$text"
		[ "$status" -eq 2 ]
		[[ $stderr == *"$said"* ]]
	done << 'EOS'
on-finding: x|'on-finding' takes
on-finding:\n  - {severity: info}|needs one of exec, mail, webhook and pushover [
on-finding:\n  - {exec: /a, mail: b}|needs one of exec, mail, webhook and pushover, not several
on-finding:\n  - {exec: a}|'a' is no absolute path
on-finding:\n  - {webhook: "http://example.org/"}|'http://example.org/...' is no URL to send to
on-finding:\n  - {webhook: "ftp://example.org/", insecure: true}|is no URL to send to
on-finding:\n  - {webhook: "https://"}|is no URL to send to
on-finding:\n  - {webhook: "http://localhost.example.org/"}|is no URL to send to
on-finding:\n  - {webhook: "https://a b/"}|is no URL to send to
on-finding:\n  - {mail: "a@b, c@d"}|is no mail address
on-finding:\n  - {mail: "-oQ/tmp"}|is no mail address
on-finding:\n  - {exec: /a, headers: /b}|'headers' says nothing to this kind of notifier
on-finding:\n  - {exec: /a, quiet: 6}|takes a duration, not '6'
on-finding:\n  - {exec: /a, timeout: 1h}|'timeout' is from 1s to 5min
on-finding:\n  - {exec: /a, sevrity: info}|did you mean 'severity'?
on-finding:\n  - {exec: /a, severity: bad}|'severity'
on-finding:\n  - {exec: /a}\n  - {exec: /a}|'exec a' is there twice
on-finding:\n  - {webhook: "https://a/", headers: b}|'b' is no absolute path
mail: {to: "a\\nb"}|is no mail address
mail: {form: root}|did you mean 'from'?
mail: {program: sendmail}|'sendmail' is no absolute path
EOS
}

@test "zypper's terminal has a line, although the plugin has pipes alone" {
	needs script
	ready <<< '{}'
	cp "$(command -v bash)" "$BATS_TEST_TMPDIR/zypper"
	cat > "$BATS_TEST_TMPDIR/commit" << EOS
mkfifo "$BATS_TEST_TMPDIR/in" "$BATS_TEST_TMPDIR/out"
echo "(1/1) Installing ... [done]"
"$DRIFTCTL" --root "$ROOT" --store "$STORE" --specs "$SITE" hook zypp \
    < "$BATS_TEST_TMPDIR/in" > "$BATS_TEST_TMPDIR/out" 2> /dev/null &
exec 5> "$BATS_TEST_TMPDIR/in" 6< "$BATS_TEST_TMPDIR/out"
printf 'COMMITBEGIN\n\n\0' >&5
read -r -d '' -u 6 answer
rm "$ROOT/etc/pam.d/smtp"
printf 'COMMITEND\n\n\0' >&5
read -r -d '' -u 6 answer
exec 5>&- 6<&-
wait
echo "zypper ends"
EOS
	run timeout 60 script -qec \
	    "$BATS_TEST_TMPDIR/zypper $BATS_TEST_TMPDIR/commit" \
	    "$BATS_TEST_TMPDIR/typescript" < /dev/null
	output=${output//$'\r'/}
	echo "$output"
	says "driftctl: needs you: /etc/pam.d/smtp: is missing [mail/smtp]"
	says "zypper ends"
	# Where its output goes elsewhere, so do we not write.
	cp "$BATS_TEST_TMPDIR/zypper" "$BATS_TEST_TMPDIR/y2base"
	echo x > "$ROOT/etc/pam.d/smtp"
	rm "$BATS_TEST_TMPDIR"/{in,out}
	run timeout 60 script -qec \
	    "$BATS_TEST_TMPDIR/y2base $BATS_TEST_TMPDIR/commit" \
	    "$BATS_TEST_TMPDIR/typescript" < /dev/null
	says "zypper ends"
	says_not "driftctl: needs you"
}

@test "under systemd a unit of its own tells" {
	needs_root
	ready << EOS
on-finding:
  - exec: [$BATS_TEST_TMPDIR/page]
EOS
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\necho "$@" > %s/ran\n' "$BATS_TEST_TMPDIR" \
	    > "$BATS_TEST_TMPDIR/bin/systemd-run"
	chmod +x "$BATS_TEST_TMPDIR/bin/systemd-run"
	rm "$ROOT/etc/pam.d/smtp"
	run timeout 60 unshare --mount bash -c '
	mount -t tmpfs tmpfs /run
	mkdir -p /run/systemd/system
	PATH=$BATS_TEST_TMPDIR/bin:$PATH
	"$DRIFTCTL" --root "$ROOT" --store "$STORE" --specs "$SITE" \
	    --config "$CONFIG" hook timer
	for ((i = 0; i < 100; i++)); do
		[ ! -s "$BATS_TEST_TMPDIR/ran" ] || break
		sleep 0.1
	done' < /dev/null
	output=$(cat "$BATS_TEST_TMPDIR/ran")
	says "--collect --no-block -- " "driftctl-full --root $ROOT" \
	    "--config $CONFIG hook notify"
	[ "$(waiting)" -eq 1 ]
	h hook notify
	has_said 1 json
}

@test "the journal's explanations are of the entries that there are" {
	local file=$TOP/packaging/journal/driftctl.catalog

	sed -n 's/^\t\[JOURNALD_.*"\([0-9a-f]*\)",$/\1/p' \
	    "$TOP/agent/tell/journald.c" | sort > "$BATS_TEST_TMPDIR/ids"
	[ "$(wc -l < "$BATS_TEST_TMPDIR/ids")" -eq 8 ]
	sed -n 's/^-- //p' "$file" | sort | diff - "$BATS_TEST_TMPDIR/ids"
	sed -n 's/^\.It Li \([0-9a-f]\{32\}\)$/\1/p' "$TOP/doc/driftctl.8" |
	    sort | diff - "$BATS_TEST_TMPDIR/ids"
	needs journalctl
	mkdir -p "$ROOT/usr/lib/systemd/catalog" "$ROOT/var/lib/systemd/catalog"
	cp "$file" "$ROOT/usr/lib/systemd/catalog"
	run journalctl --root="$ROOT" --update-catalog
	echo "$output"
	[ "$status" -eq 0 ]
	[ -s "$ROOT/var/lib/systemd/catalog/database" ]
}

@test "the report goes by mail to whom the settings name" {
	ready << EOS
mail:
  to: [root, admin@example.org]
  program: [$BATS_TEST_TMPDIR/sendmail, -t, -i]
EOS
	h report --mail
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	has_said 0 mail
	rm "$ROOT/etc/pam.d/smtp"
	h report --mail
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	waits 20 has_said 1 mail
	python3 - "$(only mail)" << 'EOS'
import email, email.policy, sys
m = email.message_from_binary_file(open(sys.argv[1], "rb"),
                                   policy=email.policy.default)
assert m["to"] == "root, admin@example.org", m["to"]
assert m["x-driftctl-event"] == "report"
assert "1 flagged" in m["subject"], m["subject"]
plain, html = m.iter_parts()
assert "/etc/pam.d/smtp" in plain.get_content()
assert "/etc/pam.d/smtp" in html.get_content()
assert "<html" in html.get_content()
EOS
	# Without anybody to mail to it is written.
	echo "{}" > "$CONFIG"
	h report --mail --always
	says "/etc/pam.d/smtp"
}

@test "doctor knows who cannot be told" {
	ready << EOS
on-finding:
  - exec: [/nonexistent/program]
  - webhook: http://127.0.0.1:1/t0ken
EOS
	rm "$ROOT/etc/pam.d/smtp"
	h hook timer
	waits 10 grep -q "^webhook.*connect" "$STORE/outbox/notifiers"
	h doctor
	says "exec program cannot be told: /nonexistent/program: cannot be run"
	says "webhook 127.0.0.1:1 could not be told, last at"
	says "hook notify --test"
	says_not t0ken
	echo "mail: {to: root, program: [/nonexistent/mailer]}" > "$CONFIG"
	h doctor
	says "the report's mail cannot be told: /nonexistent/mailer"
	echo "mail: {to: root, program: [$BATS_TEST_TMPDIR/sendmail]}" \
	    > "$CONFIG"
	h doctor
	says_not "the report's mail"
}
