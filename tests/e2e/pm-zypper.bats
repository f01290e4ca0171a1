#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154
# zypper itself upgrades packages that drop what mail users log in by.

load ../lib.sh
load ../pm/lib.sh

setup_file() {
	pm_setup_file
}

setup() {
	pm_setup
}

@test "without driftctl the upgrade locks all mail users out" {
	bare_box << 'EOS'
zypper_ready
login_works
zypper_up
[ ! -e /etc/pam.d/imap ]
not login_works
EOS
	[ "$status" -eq 0 ]
}

@test "with driftctl they log in as before when zypper comes back" {
	box << 'EOS'
zypper_ready
driftctl init
driftctl check
zypper_up
login_works
[ "$(stat -c %a:%U /etc/pam.d/imap /etc/pam.d/smtp | uniq)" = 644:root ]
rpm -q cyrus-imapd
record
cat $store/transactions/*.report
driftctl check || :
EOS
	[ "$status" -eq 0 ]
	says cyrus-imapd-2-1
	says "origin: zypp"
	says "state: ended"
	says "command: zypper"
	says "package: cyrus-imapd noarch 1-1 2-1"
	says "restored: /etc/pam.d/imap mail-auth-deny/service-files: put back"
	says "restored: /etc/pam.d/smtp mail-auth-deny/service-files: put back"
	says "  cyrus-imapd 1-1 -> 2-1"
	says "to take it back: driftctl undo" "-upgrade"
	says_not failed:
}

@test "Ctrl-C in the middle of the upgrade loses neither verdict nor files" {
	box << 'EOS'
zypper_ready slow-1
driftctl init -q
in_background $zypper_up
waits 20 test -e /tmp/slow
[ ! -e /etc/pam.d/imap ]
kill -INT -- -$job
wait $job || echo "zypper: $?"
waits 20 ended
record
login_works
[ ! -e $store/transactions/*.open ]
EOS
	[ "$status" -eq 0 ]
	says_not "zypper: 0"
	says "package: cyrus-imapd noarch 1-1 2-1"
	says "restored: /etc/pam.d/imap"
}

@test "zypper killed: the verdict waits for the rpm that goes on" {
	box << 'EOS'
zypper_ready slow-1
driftctl init -q
in_background $zypper_up
waits 20 test -e /tmp/slow
kill -KILL $job
wait $job || echo "zypper: $?"
pgrep -x rpm
not ended
waits 20 ended
not pgrep -x rpm
record
login_works
EOS
	[ "$status" -eq 0 ]
	says "zypper: 137"
	says "state: interrupted"
	says "package: slow noarch 1-1 2-1"
	says "restored: /etc/pam.d/imap"
}

@test "a package that fails half-way: what the others took away is back" {
	box << 'EOS'
zypper_ready
driftctl init -q
zypper -n --no-gpg-checks in -y fails && exit 1
record
login_works
EOS
	[ "$status" -eq 0 ]
	says "package: cyrus-imapd noarch 1-1 2-1"
	says "restored: /etc/pam.d/imap"
}

@test "a full disk: the upgrade goes on, and the failure is told" {
	box << 'EOS'
zypper_ready
mkdir -p $store
mount -t tmpfs -o size=3m tmpfs $store
driftctl init -q
dd if=/dev/zero of=$store/fill bs=4k > /dev/null 2>&1 || :
zypper_up
rpm -q cyrus-imapd
grep -a 'No space left' /var/log/zypper.log
rm $store/fill
driftctl hook timer
record
login_works
EOS
	[ "$status" -eq 0 ]
	says cyrus-imapd-2-1
	says driftctl: "No space left on device"
	says "origin: timer"
	says "package: cyrus-imapd noarch 1-1 2-1"
	says "restored: /etc/pam.d/imap"
}

@test "a locked store: the upgrade goes on, the next run ends it" {
	box << 'EOS'
zypper_ready
echo 'lock-wait: 1' > /etc/driftctl/driftctl.yaml
driftctl init -q
flock -o $store/lock sleep 60 &
zypper_up
rpm -q cyrus-imapd
cat $store/transactions/*.open | sed 's/\\x20/ /g'
[ ! -e /etc/pam.d/imap ]
kill $!
driftctl hook timer
record
login_works
EOS
	[ "$status" -eq 0 ]
	says cyrus-imapd-2-1
	says "failed: " "another driftctl (process"
	says "state: interrupted"
	says "restored: /etc/pam.d/imap"
}

@test "a broken spec: other rules act, and the mistake is told" {
	box << 'EOS'
zypper_ready
driftctl init -q
echo 'spec: [' > /etc/driftctl/specs/site.yaml
zypper_up
rpm -q cyrus-imapd
record
login_works
EOS
	[ "$status" -eq 0 ]
	says "failed: /etc/driftctl/specs/site.yaml"
	says "restored: /etc/pam.d/imap"
}

@test "a mistake in a spec's own extension keeps its rules from acting" {
	box << 'EOS'
zypper_ready
driftctl init -q
mkdir /etc/driftctl/specs/mail-auth-deny.d
echo 'spec: [' > /etc/driftctl/specs/mail-auth-deny.d/site.yaml
zypper_up
record
[ ! -e /etc/pam.d/imap ]
EOS
	[ "$status" -eq 0 ]
	says "failed: /etc/driftctl/specs/mail-auth-deny.d/site.yaml"
	says "flagged: " "/etc/pam.d/imap"
	says_not "restored:"
}

@test "what the administrator did before is no drift of the upgrade's" {
	box << 'EOS'
zypper_ready
driftctl init -q
rm /etc/pam.d/smtp
echo "# mine" >> /etc/pam.d/imap
zypper_up
record
[ ! -e /etc/pam.d/smtp ]
grep mine /etc/pam.d/imap
driftctl log --format text | head
git -C $store/repo.git log --format=%B -n 3 || :
EOS
	[ "$status" -eq 0 ]
	says "restored: /etc/pam.d/imap"
	says_not "restored: /etc/pam.d/smtp"
	says_not "flagged:" /etc/pam.d/smtp
}

@test "a transaction that upgrades driftctl is seen to its end" {
	box << 'EOS'
zypper_ready
zypper -q -n ar --no-gpgcheck dir:///shared/self self
zypper -q -n --no-gpg-checks in -y driftctl-1 > /dev/null
driftctl init -q
zypper_up
rpm -q driftctl
record
login_works
EOS
	[ "$status" -eq 0 ]
	says driftctl-2-1
	says "package: driftctl noarch 1-1 2-1"
	says "restored: /etc/pam.d/imap"
}

@test "a transaction that removes driftctl goes on to its end" {
	box << 'EOS'
zypper_ready
zypper -q -n ar --no-gpgcheck dir:///shared/self self
zypper -q -n --no-gpg-checks in -y driftctl-1 > /dev/null
driftctl init -q
zypper -n --no-gpg-checks rm driftctl
not rpm -q driftctl
hash -r
not command -v driftctl
cat $store/transactions/*.report
record
zypper_up
rpm -q cyrus-imapd
EOS
	[ "$status" -eq 0 ]
}

@test "who upgrades, who logs in and who is named is told" {
	box << 'EOS'
zypper_ready
mkdir -p /etc/driftctl
printf '#!/bin/sh\necho "paged: $DRIFTCTL_SUBJECT" >> /tmp/paged\n' \
    > /usr/local/bin/page
chmod 755 /usr/local/bin/page
printf 'on-finding:\n  - {exec: [/usr/local/bin/page], resolved: true}\n' \
    > /etc/driftctl/driftctl.yaml
mkdir -p /etc/driftctl/specs
printf 'spec: site\nrules:\n  - {id: imap, path: /etc/pam.d/sieve, why: a, require: present}\n' \
    > /etc/driftctl/specs/site.yaml
echo "auth required pam_deny.so" > /etc/pam.d/sieve
driftctl init -q
# A scriptlet of somebody's, as it were, in the middle of the upgrade.
(waits 20 test ! -e /etc/pam.d/imap && rm /etc/pam.d/sieve) &
script -qec "$zypper_up" /dev/null < /dev/null | tr -d '\r' | sed 's/^/tty: /'
waits 10 test -s /tmp/paged
cat /tmp/paged
sed 's/^/motd: /' /run/motd.d/driftctl
driftctl restore --yes /etc/pam.d/sieve
[ ! -e /run/motd.d/driftctl ]
waits 10 grep -q "in order again" /tmp/paged
EOS
	[ "$status" -eq 0 ]
	says "tty: driftctl: put back: /etc/pam.d/imap"
	says "tty: driftctl: all of it: driftctl report --last"
	says "paged: " "2 put back (cyrus-imapd 1-1 -> 2-1)"
	says "motd: driftctl: " "not as "
	says "motd:   /etc/pam.d/sieve"
}
