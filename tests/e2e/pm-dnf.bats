#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154
# dnf 4 itself, with driftctl's plugin.

load ../lib.sh
load ../pm/lib.sh

setup_file() {
	pm_setup_file
}

setup() {
	pm_setup
}

@test "without driftctl dnf's upgrade locks all mail users out" {
	bare_box << 'EOS'
dnf_ready
login_works
dnf_up
not login_works
EOS
	[ "$status" -eq 0 ]
}

@test "with driftctl they log in as before when dnf comes back" {
	box << 'EOS'
dnf_ready
driftctl init -q
dnf_up
login_works
record
ls $store/transactions
EOS
	[ "$status" -eq 0 ]
	says "origin: dnf"
	says "command: " "dnf"
	says "package: cyrus-imapd noarch 1-1 2-1"
	says "restored: /etc/pam.d/imap"
	says "driftctl: put back: /etc/pam.d/imap, /etc/pam.d/smtp"
	[ "$(grep -c '^2.*Z-[a-z]*$' <<< "$output")" -eq 1 ]
}

@test "a package that fails half-way: what the others took away is back" {
	box << 'EOS'
dnf_ready
driftctl init -q
dnf -y install fails || echo "dnf: $?"
record
login_works
EOS
	[ "$status" -eq 0 ]
	says "package: cyrus-imapd noarch 1-1 2-1"
	says "restored: /etc/pam.d/imap"
}

@test "a driftctl that is gone does not stop dnf" {
	box << 'EOS'
dnf_ready
driftctl init -q
rm /usr/local/bin/driftctl
dnf_up
rpm -q cyrus-imapd
EOS
	[ "$status" -eq 0 ]
	says cyrus-imapd-2-1
}
