#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154
# dnf 5 and pacman, which cannot be had here: callers that do with our files
# what their documentation says.

load ../lib.sh
load ../pm/lib.sh

setup_file() {
	pm_setup_file
	[ "$PM_STATUS" -eq 0 ] || return 0
	cp "$TOP/tests/pm/callers.py" "$PM_SHARED"
}

setup() {
	pm_setup
}

@test "dnf 5: its actions see the transaction, and mail users log in after it" {
	box << 'EOS'
rpm_ready
driftctl init -q
python3 /shared/callers.py dnf5 \
    rpm -U /shared/rpm/noarch/cyrus-imapd-2-1.noarch.rpm
login_works
record
ls $store/transactions
EOS
	[ "$status" -eq 0 ]
	says "origin: dnf"
	says "joined: rpm"
	says "command: python3 /shared/callers.py dnf5"
	says "package: cyrus-imapd noarch 1-1 2-1"
	says "restored: /etc/pam.d/imap"
	says "driftctl: put back: /etc/pam.d/imap, /etc/pam.d/smtp"
	[ "$(grep -cE '^2.*Z-[a-z]*$' <<< "$output")" -eq 1 ]
}

@test "dnf 5: another root, a failure and a driftctl that is gone" {
	box << 'EOS'
rpm -i /shared/rpm/noarch/{sh-1,cyrus-imapd-1,cyrus-sasl-saslauthd-1}-1.*
driftctl init -q
INSTALLROOT=/other python3 /shared/callers.py dnf5 true
[ -z "$(find $store/transactions -name '2*')" ]
python3 /shared/callers.py dnf5 sh -c 'rm /etc/pam.d/imap; exit 3' ||
	echo "command: $?"
login_works
rm -r $store/repo.git
python3 /shared/callers.py dnf5 true
rm /usr/local/bin/driftctl
python3 /shared/callers.py dnf5 echo went on
EOS
	[ "$status" -eq 0 ]
	says_not "wrong:"
	says "command: 3"
	says "went on"
}

@test "pacman: its hooks see the transaction" {
	box << 'EOS'
apt_ready
driftctl init -q
python3 /shared/callers.py pacman rm /etc/pam.d/imap
login_works
record
cat $store/transactions/2*.report
EOS
	[ "$status" -eq 0 ]
	says "origin: pacman"
	says "state: ended"
	says "restored: /etc/pam.d/imap"
	says "driftctl: put back: /etc/pam.d/imap"
}

@test "pacman: what failed has no end, the timer finds it" {
	box << 'EOS'
apt_ready
driftctl init -q
python3 /shared/callers.py pacman sh -c 'rm /etc/pam.d/imap; exit 1' || :
[ ! -e /etc/pam.d/imap ]
driftctl hook timer
login_works
record
EOS
	[ "$status" -eq 0 ]
	says "origin: pacman"
	says "state: interrupted"
}
