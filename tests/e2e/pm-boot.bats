#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154
# Upgrades that no hook saw are noticed at the next start of the machine.

load ../lib.sh
load ../pm/lib.sh

setup_file() {
	pm_setup_file
}

setup() {
	pm_setup
}

@test "an upgrade without hooks is made good at the next start" {
	box << 'EOS'
apt_ready
driftctl init -q
no_hooks
apt_up
not login_works
not ls $store/transactions/2*
driftctl hook boot
login_works
record
cat $store/transactions/*.report
EOS
	[ "$status" -eq 0 ]
	says "driftctl: no hook saw this change of packages: cyrus-imapd 1 -> 2 [driftctl doctor]"
	says "driftctl: put back: /etc/pam.d/imap, /etc/pam.d/smtp"
	says "origin: boot"
	says "package: cyrus-imapd all 1 2"
	says "restored: /etc/pam.d/imap" "cyrus-imapd 1 -> 2"
}

@test "so is one by zypper, and a second start finds nothing" {
	box << 'EOS'
zypper_ready
driftctl init -q
no_hooks
zypper_up
not login_works
driftctl hook boot
login_works
record
driftctl hook boot
ls $store/transactions | grep -c 'Z-boot$'
EOS
	[ "$status" -eq 0 ]
	says "restored: /etc/pam.d/imap" \
	    "cyrus-imapd 1-1 -> 2-1 no longer ships it; it went without a copy"
	[ "$(tail -n 1 <<< "$output")" = 1 ]
}

@test "another release alone is noticed" {
	box << 'EOS'
apt_ready
driftctl init -q
driftctl hook boot
sed -i 's/15\.5/15.6/' /etc/os-release
rm /etc/pam.d/imap
driftctl hook boot
login_works
record
cat $store/transactions/*.report
EOS
	[ "$status" -eq 0 ]
	says "driftctl: another release: openSUSE Leap 15.6, before it openSUSE Leap 15.5"
	says "release: openSUSE Leap 15.5 openSUSE Leap 15.6"
}

@test "an older state that was booted is said to be one, and stays older" {
	box << 'EOS'
apt_ready
printf '%s\n' 'spec: site' rules: '  - id: motd' '    path: /etc/motd' \
    '    why: It is ours.' '    on-change: restore' \
    > /etc/driftctl/specs/site.yaml
echo first > /etc/motd
cp -a /var/lib/dpkg /tmp/older
driftctl init -q
apt_up
echo second > /etc/motd
driftctl accept -q -m "mine" /etc/motd
no_hooks
rm -r /var/lib/dpkg
cp -a /tmp/older /var/lib/dpkg
echo first > /etc/motd
rm /etc/pam.d/imap
driftctl hook boot
login_works
record
cat /etc/motd
EOS
	[ "$status" -eq 0 ]
	says "driftctl: packages went back to older versions"
	says "package: cyrus-imapd all 2 1"
	says "restored: /etc/pam.d/imap"
	says_not "restored: /etc/motd"
	says "flagged: " /etc/motd
}

@test "a start waits for nobody for long, and never fails" {
	box << 'EOS'
apt_ready
echo 'lock-wait: 1' > /etc/driftctl/driftctl.yaml
driftctl init -q
no_hooks
apt_up
flock -o $store/lock sleep 60 &
SECONDS=0
driftctl hook boot
[ $SECONDS -le 5 ]
kill $!
ls $store/transactions
driftctl hook timer
login_works
EOS
	[ "$status" -eq 0 ]
	says "another driftctl (process"
	says "Z-boot.open"
}
