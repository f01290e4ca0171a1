#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154
# zypper, dnf and rpm as they are in a later release, Debian 13: rpm 4.20, which
# has room for a plugin of ours.

load ../lib.sh
load ../pm/lib.sh
load ../pm/matrix.sh

setup_file() {
	pm_setup_file trixie
	matrix_setup_file
}

setup() {
	pm_setup
}

@test "zypper: mail users log in after the upgrade only with driftctl" {
	bare_box << 'EOS'
zypper_ready
zypper_up
not login_works
EOS
	[ "$status" -eq 0 ]
	box << 'EOS'
zypper_ready
driftctl init -q
zypper_up
login_works
record
ls $store/transactions
EOS
	[ "$status" -eq 0 ]
	says "origin: zypp"
	says "joined: rpm"
	says "restored: /etc/pam.d/imap" \
	    "cyrus-imapd 1-1 -> 2-1 no longer ships it; it went without a copy"
	[ "$(grep -c '^2.*Z-[a-z]*$' <<< "$output")" -eq 1 ]
}

@test "dnf: the same, and its plugin, rpm's and the triggers are one" {
	bare_box << 'EOS'
dnf_ready
dnf_up
not login_works
EOS
	[ "$status" -eq 0 ]
	box << 'EOS'
dnf_ready
rpm -i --replacefiles /shared/self/noarch/driftctl-1-1.noarch.rpm
driftctl init -q
dnf_up
login_works
record
ls $store/transactions
EOS
	[ "$status" -eq 0 ]
	says "origin: dnf"
	says "joined: rpm"
	says "restored: /etc/pam.d/imap"
	[ "$(grep -c '^2.*Z-[a-z]*$' <<< "$output")" -eq 1 ]
}

@test "rpm: its plugin tells what became of each file, and by whom" {
	matrix rpm rpm
}

@test "zypper: its plugin tells what became of each file, and by whom" {
	matrix rpm zypper
}

@test "dnf: its plugin tells what became of each file, and by whom" {
	matrix rpm dnf
}

plugin_ready='rpm -i /shared/rpm/noarch/{sh-1,cyrus-imapd-1,cyrus-sasl-saslauthd-1}-1.*
driftctl init -q'

@test "rpm's plugin sees what no trigger does, and what is planned" {
	box << EOS
$plugin_ready
rpm -U /shared/rpm/noarch/cyrus-imapd-2-1.noarch.rpm
login_works
record
rpm -e cyrus-sasl-saslauthd
record
ls \$store/transactions
EOS
	[ "$status" -eq 0 ]
	says "planned: cyrus-imapd noarch 1-1 2-1 -"
	says "package: cyrus-imapd noarch 1-1 2-1"
	says "restored: /etc/pam.d/imap"
	says "driftctl: put back: /etc/pam.d/imap, /etc/pam.d/smtp"
	says "planned: cyrus-sasl-saslauthd noarch 1-1 - -"
	says "package: cyrus-sasl-saslauthd noarch 1-1 -"
	says_not "failed:"
	[ "$(grep -cE '^2.*Z-rpm(-[0-9])?$' <<< "$output")" -eq 2 ]
}

@test "plugin and triggers are one transaction" {
	box << EOS
rpm_ready
driftctl init -q
rpm -U /shared/rpm/noarch/cyrus-imapd-2-1.noarch.rpm
login_works
ls \$store/transactions
rpm -e driftctl
[ ! -e /usr/local/bin/driftctl ]
rpm -e cyrus-sasl-saslauthd
EOS
	[ "$status" -eq 0 ]
	[ "$(grep -cE '^2.*Z-rpm(-[0-9])?$' <<< "$output")" -eq 1 ]
}

@test "rpm --test, another root, and what is refused open nothing" {
	box << EOS
$plugin_ready
rpm -U --test /shared/rpm/noarch/cyrus-imapd-2-1.noarch.rpm
mkdir /other
rpm --root /other -i --nodeps /shared/rpm/noarch/cyrus-imapd-1-1.noarch.rpm
rpm -e sh-none || :
find \$store/transactions -name '2*'
EOS
	[ "$status" -eq 0 ]
	says_not "Z-rpm"
}

@test "a driftctl that fails, is slow or no program stops no rpm" {
	box << EOS
$plugin_ready
program() {
	rm -f /usr/local/bin/driftctl
	printf "\$1" > /usr/local/bin/driftctl
	chmod 755 /usr/local/bin/driftctl
}
program '#!/bin/sh\nkill -SEGV \$\$\n'
rpm -U /shared/rpm/noarch/cyrus-imapd-2-1.noarch.rpm
program 'rubbish'
rpm -U --oldpackage /shared/rpm/noarch/cyrus-imapd-1-1.noarch.rpm
program '#!/no/interpreter\n'
rpm -U /shared/rpm/noarch/cyrus-imapd-2-1.noarch.rpm
program '#!/bin/sh\nls -l /proc/self/fd; echo "\$@"; [ "\$3" = end ] || exec sleep 60\n' 
sed -i 's/ls -l/exec 1>\&2; ls -l/' /usr/local/bin/driftctl
SECONDS=0
rpm -U --oldpackage /shared/rpm/noarch/cyrus-imapd-1-1.noarch.rpm
[ \$SECONDS -ge 14 ]
[ \$SECONDS -le 25 ]
rpm -q cyrus-imapd
EOS
	[ "$status" -eq 0 ]
	says "cyrus-imapd-1-1"
	says "/usr/local/bin/driftctl cannot be started: "
	says "driftctl takes longer than 15 seconds and goes on"
	says "hook rpm begin --packages"
	says "hook rpm end"
	# What ls(1) itself has open is 3.
	says_not " 4 -> "
}

@test "Ctrl-C while rpm works: the plugin sees the end" {
	box << EOS
$plugin_ready
rpm -i /shared/rpm/noarch/slow-1-1.noarch.rpm
in_background rpm -U /shared/rpm/noarch/cyrus-imapd-2-1.noarch.rpm \
    /shared/rpm/noarch/slow-2-1.noarch.rpm
waits 20 test -e /tmp/slow
kill -INT -- -\$job
wait \$job || echo "rpm: \$?"
waits 20 ended
record
login_works
EOS
	[ "$status" -eq 0 ]
	says "restored: /etc/pam.d/imap"
}

@test "rpm killed: the next transaction ends what it left" {
	box << EOS
$plugin_ready
rpm -i /shared/rpm/noarch/slow-1-1.noarch.rpm
in_background rpm -U /shared/rpm/noarch/cyrus-imapd-2-1.noarch.rpm \
    /shared/rpm/noarch/slow-2-1.noarch.rpm
waits 20 test -e /tmp/slow
kill -KILL \$job
wait \$job || :
ls \$store/transactions/*.open
rpm -e cyrus-sasl-saslauthd
find \$store/transactions -name '2*-rpm*' ! -name '*.*' -exec cat {} +
not ls \$store/transactions/*.open
EOS
	[ "$status" -eq 0 ]
	says "state: interrupted"
	says "note: /etc/after.conf slow\x201-1\x20->\x202-1\x20put"
}
