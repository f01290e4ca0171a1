#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Rules with `layers`, on what a program reads of /etc, /run and /usr.
# shellcheck disable=SC2154

load ../lib.sh

setup() {
	scratch
	ETC=$ROOT/etc
	USR=$ROOT/usr/etc
	SPECS=$BATS_TEST_TMPDIR/specs
	mkdir -p "$ETC/systemd" "$ROOT/usr/lib/systemd/journald.conf.d" \
	    "$USR/pam.d" "$ETC/pam.d" "$SPECS"
	printf '[Journal]\nStorage=auto\n' > "$ETC/systemd/journald.conf"
	printf '[Journal]\nStorage=persistent\n' \
	    > "$ROOT/usr/lib/systemd/journald.conf.d/10-keep.conf"
	echo 'auth required pam_sss.so' > "$ETC/pam.d/imap"
	cat > "$SPECS/site.yaml" <<-'END'
	spec: site
	rules:
	  - id: journal
	    path: /etc/systemd/journald.conf
	    layers: etc
	    why: Logs are there after a reboot.
	    on-drift: restore
	    keys: {Journal.Storage: persistent}
	  - id: stacks
	    path: /etc/pam.d/imap
	    layers: file
	    why: Mail users log in.
	    require: present
	    pam: [{auth: {module: pam_sss.so}}]
	END
	l init
	[ "$status" -eq 0 ]
	l check
	[ "$status" -eq 0 ]
}

l() {
	d --specs "$SPECS" "$@"
}

@test "the drop-in that decides is named, and one that is lost comes back" {
	mkdir "$ETC/systemd/journald.conf.d"
	printf '\n[Journal]\nStorage=none\n' \
	    > "$ETC/systemd/journald.conf.d/20.conf"
	l check
	[ "$status" -eq 1 ]
	says /etc/systemd/journald.conf.d/20.conf:3 "is 'none'"
	says "accept /etc/systemd/journald.conf.d/20.conf"
	rm -r "$ETC/systemd/journald.conf.d" \
	    "$ROOT/usr/lib/systemd/journald.conf.d/10-keep.conf"
	l check
	[ "$status" -eq 1 ]
	says /etc/systemd/journald.conf:2 "is 'auto'"
	l restore --yes
	[ "$status" -eq 0 ]
	l check
	[ "$status" -eq 0 ]
}

@test "a mask of the same name in another layer is drift" {
	mkdir "$ETC/systemd/journald.conf.d"
	ln -s /dev/null "$ETC/systemd/journald.conf.d/10-keep.conf"
	l check
	[ "$status" -eq 1 ]
	says /etc/systemd/journald.conf:2 "is 'auto'"
}

@test "a file that a package moved to another layer is told, then accepted" {
	mv "$ETC/pam.d/imap" "$USR/pam.d/imap"
	l check
	[ "$status" -eq 1 ]
	says /etc/pam.d/imap "is gone, and /usr/etc/pam.d/imap takes its place, with the same content"
	says_not "was removed"
	says "accept /etc/pam.d/imap /usr/etc/pam.d/imap"
	l accept /etc/pam.d/imap /usr/etc/pam.d/imap
	[ "$status" -eq 0 ]
	l check
	[ "$status" -eq 0 ]
	echo 'auth required pam_deny.so' > "$ETC/pam.d/imap"
	l check
	[ "$status" -eq 1 ]
	says /usr/etc/pam.d/imap "does not count any more: /etc/pam.d/imap comes before it, with other content"
	says /etc/pam.d/imap pam_sss.so
}

@test "what won before is put back where the rule restores" {
	mv "$ETC/systemd/journald.conf" "$ROOT/usr/lib/systemd"
	l check
	[ "$status" -eq 1 ]
	says "is gone, and /usr/lib/systemd/journald.conf takes its place"
	says "restore --rule site/journal"
	l restore --yes
	[ "$status" -eq 0 ]
	[ -e "$ETC/systemd/journald.conf" ]
	l check
	[ "$status" -eq 0 ]
}

@test "a file that is in no layer is missed where it was" {
	rm "$ETC/pam.d/imap"
	l check
	[ "$status" -eq 1 ]
	says /etc/pam.d/imap "is missing in all layers"
	l restore --yes --rule site/stacks
	[ "$status" -eq 0 ]
	[ -e "$ETC/pam.d/imap" ]
}

@test "what is shown of a rule is its path in /etc" {
	l spec show site
	[ "$status" -eq 0 ]
	says "path: /etc/systemd/journald.conf"
	says "layers: etc"
	says_not /usr/local/lib
}
