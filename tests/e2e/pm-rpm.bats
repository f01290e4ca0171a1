#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154
# rpm alone, which has no plugin to call: the triggers of our own package.

load ../lib.sh
load ../pm/lib.sh

setup_file() {
	pm_setup_file
}

setup() {
	pm_setup
}

@test "rpm -U is seen by the triggers, and mail users log in after it" {
	box << 'EOS'
rpm_ready
driftctl init -q
rpm -U /shared/rpm/noarch/cyrus-imapd-2-1.noarch.rpm
login_works
record
ls $store/transactions
EOS
	[ "$status" -eq 0 ]
	says "origin: rpm"
	says "command: rpm -U"
	says "began: "
	says "package: cyrus-imapd noarch 1-1 2-1"
	says "restored: /etc/pam.d/imap" \
	    "cyrus-imapd 1-1 -> 2-1 no longer ships it; it went without a copy"
	says "driftctl: put back: /etc/pam.d/imap, /etc/pam.d/smtp"
	[ "$(grep -c '^2.*Z-rpm$' <<< "$output")" -eq 1 ]
}

@test "in zypper's transaction they only join" {
	box << 'EOS'
rpm_ready
zypper -q -n ar --no-gpgcheck dir:///shared/rpm fixtures
driftctl init -q
$zypper_up
login_works
record
ls $store/transactions
EOS
	[ "$status" -eq 0 ]
	says "origin: zypp"
	says "joined: rpm"
	[ "$(grep -c '^2.*Z-[a-z]*$' <<< "$output")" -eq 1 ]
}

@test "rpm killed in the middle: the timer ends what it left" {
	box << 'EOS'
rpm_ready
rpm -i /shared/rpm/noarch/slow-1-1.noarch.rpm
driftctl init -q
in_background rpm -U /shared/rpm/noarch/cyrus-imapd-2-1.noarch.rpm \
    /shared/rpm/noarch/slow-2-1.noarch.rpm
waits 20 test -e /tmp/slow
ls $store/transactions/*.open
kill -KILL $job
wait $job || :
driftctl hook timer
record
not ls $store/transactions/*.open
EOS
	[ "$status" -eq 0 ]
	says "state: interrupted"
	says "origin: rpm"
}

@test "two at once are two, and each is judged" {
	box << 'EOS'
rpm_ready
sleep 60 &
first=$!
sleep 60 &
second=$!
driftctl init -q
driftctl hook dnf begin --owner $first
driftctl hook apt begin --owner $second
ls $store/transactions/*.open | wc -l
rm /etc/pam.d/imap
driftctl hook dnf end --owner $first
login_works
rm /etc/pam.d/smtp
driftctl hook apt end --owner $second
cat $store/transactions/*-dnf $store/transactions/*-apt
not ls $store/transactions/*.open
EOS
	[ "$status" -eq 0 ]
	says 2
	says "restored: /etc/pam.d/imap"
	says "restored: /etc/pam.d/smtp"
}

@test "an erased driftctl leaves rpm in peace" {
	box << 'EOS'
rpm_ready
driftctl init -q
rpm -e driftctl
rpm -U /shared/rpm/noarch/cyrus-imapd-2-1.noarch.rpm
[ ! -e /etc/pam.d/imap ]
EOS
	[ "$status" -eq 0 ]
}

@test "a hook that is called wrongly says so and stops nobody" {
	box << 'EOS'
rpm_ready
driftctl hook
driftctl hook yum begin
driftctl hook rpm
driftctl hook rpm begin --owner x
driftctl hook rpm begin
driftctl init -q
rm $store/repo.git/HEAD
driftctl hook rpm begin
driftctl hook rpm end
EOS
	[ "$status" -eq 0 ]
	says "driftctl: hook: needs one of: zypp, rpm"
	says "driftctl: rpm: needs 'begin' or 'end'"
	says "driftctl: --owner: 'x' is no number of a process"
	says "driftctl: not done:"
}

@test "the report says which package did what, and how to take it back" {
	box << 'EOS'
rpm_ready
driftctl init -q
driftctl report > /dev/null || :
rpm -U /shared/rpm/noarch/cyrus-imapd-2-1.noarch.rpm 2> /dev/null
driftctl report || echo "exit $?"
echo ----
driftctl report --last || echo "exit $?"
echo ----
driftctl report || echo "exit $?"
EOS
	[ "$status" -eq 0 ]
	says "rpm -U /shared/rpm/noarch/cyrus-imapd-2-1.noarch.rpm"
	says "          cyrus-imapd 1-1 -> 2-1"
	says "-> to take it back: driftctl undo 2" "-upgrade"
	[[ $(tr -s ' \n' ' ' <<< "$output") == *"put back: /etc/pam.d/imap, /etc/pam.d/smtp (mail-auth-deny/service-files: put back; cyrus-imapd 1-1 -> 2-1 no longer ships it"* ]]
	[ "$(grep -c "^package transactions" <<< "$output")" -eq 1 ]
}
