#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154
# apt and dpkg themselves, with a maintainer script that removes conffiles.

load ../lib.sh
load ../pm/lib.sh

setup_file() {
	pm_setup_file
}

setup() {
	pm_setup
}

@test "without driftctl apt's upgrade locks all mail users out" {
	bare_box << 'EOS'
apt_ready
login_works
apt_up
not login_works
EOS
	[ "$status" -eq 0 ]
}

@test "with driftctl they log in as before when apt comes back" {
	box << 'EOS'
apt_ready
driftctl init -q
apt_up
login_works
record
ls $store/transactions
driftctl check || :
EOS
	[ "$status" -eq 0 ]
	says "origin: apt"
	says "command: apt-get"
	says "package: cyrus-imapd all 1 2"
	says "planned: cyrus-imapd all 1 2 /shared/deb/cyrus-imapd-2.deb"
	says "restored: /etc/pam.d/imap"
	says "driftctl: put back: /etc/pam.d/imap, /etc/pam.d/smtp"
	[ "$(grep -c '^2.*Z-[a-z]*$' <<< "$output")" -eq 1 ]
}

@test "what rules leave to somebody is told in words, with its remedy" {
	box << 'EOS'
apt_ready
mkdir /etc/driftctl/specs/mail-auth-deny.d
printf 'rules:\n- {id: service-files, on-drift: flag}\n' \
    > /etc/driftctl/specs/mail-auth-deny.d/site.yaml
driftctl init -q
apt_up
driftctl report --last || echo "exit $?"
EOS
	[ "$status" -eq 0 ]
	says "driftctl: needs you: /etc/pam.d/imap, /etc/pam.d/smtp, each: is missing;"
	says "driftctl:   cyrus-imapd 1 -> 2 no longer ships it; it went without a copy"
	says "driftctl:   -> driftctl restore /etc/pam.d/imap /etc/pam.d/smtp"
	says "critical  each of 2 paths: is missing; "
	says "          Without a file of its own"
	says_not "#present"
}

@test "dpkg that nobody called is seen as well" {
	box << 'EOS'
apt_ready
driftctl init -q
dpkg -i /shared/deb/cyrus-imapd-2.deb
login_works
record
EOS
	[ "$status" -eq 0 ]
	says "origin: dpkg"
	says "package: cyrus-imapd all 1 2"
	says "restored: /etc/pam.d/imap"
}

@test "apt killed: the verdict waits for the maintainer script that goes on" {
	box << 'EOS'
apt_ready
driftctl init -q
in_background apt-get install -y -q /shared/deb/cyrus-imapd-2.deb \
    /shared/deb/slow-2.deb
waits 20 test -e /tmp/slow
kill -KILL $job
wait $job || :
pgrep -x dpkg
driftctl hook timer
not pgrep -x dpkg
record
login_works
EOS
	[ "$status" -eq 0 ]
	says "origin: apt"
	says "state: interrupted"
	says "restored: /etc/pam.d/imap"
}

@test "a driftctl that is gone, and one that fails, stop neither" {
	box << 'EOS'
apt_ready
driftctl init -q
rm -r $store/repo.git
apt_up
dpkg -s cyrus-imapd | grep ^Version
rm /usr/local/bin/driftctl
apt-get remove -y -q cyrus-sasl-saslauthd
dpkg -i /shared/deb/cyrus-sasl-saslauthd-1.deb
EOS
	[ "$status" -eq 0 ]
	says "Version: 2"
	says "driftctl: not done: "
	says_not "not found"
}

@test "a plain download and a simulation open nothing" {
	box << 'EOS'
apt_ready
driftctl init -q
apt-get install -s /shared/deb/cyrus-imapd-2.deb
find $store/transactions -name '2*'
EOS
	[ "$status" -eq 0 ]
	says_not "Z-apt"
}
