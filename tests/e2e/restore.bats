#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154
# What a restore and an undo do beside the ordinary case.

load ../lib.sh

setup() {
	scratch
	SPEC=$BATS_TEST_TMPDIR/specs/mail.yaml
	mkdir -p "$ROOT/etc/pam.d" "$BATS_TEST_TMPDIR/specs"
	echo "root:x:0:0:root:/root:/bin/sh" > "$ROOT/etc/passwd"
	echo "root:x:0:" > "$ROOT/etc/group"
	echo "auth required pam_unix.so" > "$ROOT/etc/pam.d/imap"
	echo "cr_mail /dev/sda2 none luks" > "$ROOT/etc/crypttab"
}

# begin RULE: the baseline is taken, with one rule in force.
begin() {
	{
		printf 'spec: mail\nrules:\n'
		cat
	} > "$SPEC"
	dm init
	[ "$status" -eq 0 ]
}

dm() {
	d --specs "$BATS_TEST_TMPDIR/specs" "$@"
}

complains() {
	local output=$stderr

	says "$@"
}

@test "on-change: restore leaves alone what was added, and flags it" {
	begin <<-'RULE'
	  - id: service
	    path: /etc/pam.d/*
	    why: Who may log in.
	    on-change: restore
	    require: present
	RULE
	echo "auth required pam_deny.so" > "$ROOT/etc/pam.d/imap"
	echo "auth required pam_unix.so" > "$ROOT/etc/pam.d/new"
	dm restore --yes
	[ "$status" -eq 1 ]
	says "/etc/pam.d/new: was added since the baseline"
	[ -e "$ROOT/etc/pam.d/new" ]
	grep -q pam_unix "$ROOT/etc/pam.d/imap"
}
