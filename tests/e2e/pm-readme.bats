#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154
# The first hour as the README has it, on a machine that has never seen
# driftctl.

load ../lib.sh
load ../pm/lib.sh

setup_file() {
	pm_setup_file
}

setup() {
	pm_setup
}

@test "the first hour of the README ends with a mail" {
	sed -n '/^## The first hour/,/^## A session/p' README.md |
	    grep -oE '^    (driftctl|mkdir|echo) .*' > "$PM_SHARED/first-hour"
	[ "$(wc -l < "$PM_SHARED/first-hour")" -ge 12 ]
	box << 'EOS'
apt_ready
no_hooks
rm /etc/cron.d/driftctl
cron_is_there
mkdir /tmp/mails
printf '#!/bin/sh\ncat > /tmp/mails/$$\n' > /usr/sbin/sendmail
chmod 755 /usr/sbin/sendmail
# All up to what is done with something found.
sed '/report --last/,$d' /shared/first-hour > /tmp/begin
cat /tmp/begin
sh -e /tmp/begin
waits 10 grep -rq "^Subject: driftctl .*: 0 flagged" /tmp/mails
rm /tmp/mails/*
rm /etc/pam.d/imap
# What the timer and cron start.
driftctl report --mail || [ $? -eq 1 ]
waits 10 grep -rq "/etc/pam.d/imap: is missing" /tmp/mails
# And the rest of them.
sed -n '/report --last/,$s/PATH/\/etc\/pam.d\/imap/p' /shared/first-hour > /tmp/explain
sh -e /tmp/explain || [ $? -eq 1 ]
driftctl restore --yes
test -e /etc/pam.d/imap
driftctl undo --yes
driftctl restore --yes
echo "# mine" >> /etc/sysctl.conf
driftctl diff --semantic || [ $? -eq 1 ]
driftctl accept -m "mine" /etc/sysctl.conf
driftctl check
driftctl doctor
EOS
	[ "$status" -eq 0 ]
	says "installed the hook of apt"
	says "told      the report's mail"
	says "all well: "
}
