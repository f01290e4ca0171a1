#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154
# Upgrades by the real pacman: what its hooks see, and what is found when they
# were not called.

load ../lib.sh
load ../pm/lib.sh

setup_file() {
	pm_setup_file
	[ "$PM_STATUS" -eq 0 ] || return 0
	cp "$TOP/tests/pm/alpm.sh" "$PM_SHARED"
}

setup() {
	pm_setup
}

@test "pacman: its hooks see the upgrade, and mail users log in after it" {
	box << 'EOS'
. /shared/alpm.sh
pacman_ready
driftctl init -q
pacman_up
login_works
record
cat $store/transactions/2*.report
driftctl doctor -v || [ $? -eq 1 ]
EOS
	[ "$status" -eq 0 ]
	says "origin: pacman"
	says "command: pacman --noconfirm -U /tmp/alpm/cyrus-imapd-2"
	says "state: ended"
	says "restored: /etc/pam.d/imap"
	says "driftctl: put back: /etc/pam.d/imap, /etc/pam.d/smtp"
	says "well: pacman has its hook"
}

@test "pacman: without driftctl the same upgrade locks everybody out" {
	box << 'EOS'
. /shared/alpm.sh
rm /usr/share/libalpm/hooks/*driftctl*
pacman_ready
login_works
pacman_up
not login_works
EOS
	[ "$status" -eq 0 ]
}

@test "pacman: a hook of another's that aborts leaves nothing to mend" {
	box << 'EOS'
. /shared/alpm.sh
pacman_ready
driftctl init -q
cat > /usr/share/libalpm/hooks/50-abort.hook << 'HOOK'
[Trigger]
Operation = Upgrade
Type = Package
Target = *

[Action]
When = PreTransaction
Exec = /bin/false
AbortOnFail
HOOK
not pacman_up
driftctl hook timer
login_works
record
rm /usr/share/libalpm/hooks/50-abort.hook
pacman_up
login_works
record
EOS
	[ "$status" -eq 0 ]
	says "state: interrupted"
	says "state: ended"
}

@test "pacman: killed by a package's script it has no end, the timer finds it" {
	box << 'EOS'
. /shared/alpm.sh
pacman_ready
driftctl init -q
not pacman_up killing
[ ! -e /etc/pam.d/imap ]
driftctl hook timer
login_works
record
EOS
	[ "$status" -eq 0 ]
	says "origin: pacman"
	says "state: interrupted"
	says "restored: /etc/pam.d/imap"
}

@test "pacman: it goes on without the store and without driftctl" {
	box << 'EOS'
. /shared/alpm.sh
pacman_ready
pacman_up
pacman_down
driftctl init -q
rm -r $store/repo.git
pacman_up
pacman_down
rm /usr/local/bin/driftctl
pacman_up
pacman -Q cyrus-imapd
EOS
	[ "$status" -eq 0 ]
	says "cyrus-imapd 2-1"
}
