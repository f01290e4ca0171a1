#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154
# dnf 5, which cannot be had here: a caller that does with our files what its
# documentation says.

load ../lib.sh
load ../pm/lib.sh

setup_file() {
	pm_setup_file
	[ "$PM_STATUS" -eq 0 ] || return 0
	cp "$TOP/tests/pm/dnf5.py" "$PM_SHARED"
}

setup() {
	pm_setup
}

@test "dnf 5: its actions see the transaction, and mail users log in after it" {
	box << 'EOS'
rpm_ready
driftctl init -q
python3 /shared/dnf5.py \
    rpm -U /shared/rpm/noarch/cyrus-imapd-2-1.noarch.rpm
login_works
record
ls $store/transactions
EOS
	[ "$status" -eq 0 ]
	says "origin: dnf"
	says "joined: rpm"
	says "command: python3 /shared/dnf5.py"
	says "package: cyrus-imapd noarch 1-1 2-1"
	says "restored: /etc/pam.d/imap"
	says "driftctl: put back: /etc/pam.d/imap, /etc/pam.d/smtp"
	[ "$(grep -cE '^2.*Z-[a-z]*$' <<< "$output")" -eq 1 ]
}

@test "dnf 5: another root, a failure and a driftctl that is gone" {
	box << 'EOS'
rpm -i /shared/rpm/noarch/{sh-1,cyrus-imapd-1,cyrus-sasl-saslauthd-1}-1.*
driftctl init -q
INSTALLROOT=/other python3 /shared/dnf5.py true
[ -z "$(find $store/transactions -name '2*')" ]
python3 /shared/dnf5.py sh -c 'rm /etc/pam.d/imap; exit 3' ||
	echo "command: $?"
login_works
rm -r $store/repo.git
python3 /shared/dnf5.py true
rm /usr/local/bin/driftctl
python3 /shared/dnf5.py echo went on
EOS
	[ "$status" -eq 0 ]
	says_not "wrong:"
	says "command: 3"
	says "went on"
}
