#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154
# diff tells what changed by what files mean, and which words of a line did.

load ../lib.sh

CASES=$TOP/tests/cases/semantic

setup() {
	scratch
	mkdir -p "$ROOT/etc" "$BATS_TEST_TMPDIR/specs"
	echo "root:x:0:0:root:/root:/bin/sh" > "$ROOT/etc/passwd"
	echo "root:x:0:" > "$ROOT/etc/group"
}

dm() {
	d --specs "$BATS_TEST_TMPDIR/specs" "$@"
}

# puts SIDE CASE…: that version of each, at its path.
puts() {
	local side=$1 name path

	shift
	for name; do
		path=$ROOT$(cat "$CASES/$name/path")
		mkdir -p "${path%/*}"
		cp "$CASES/$name/$side" "$path"
	done
}

# changes CASE…: the baseline has the first version of each, the root the second.
changes() {
	puts a "$@"
	dm init
	[ "$status" -eq 0 ]
	puts b "$@"
}

@test "what changed is told in sentences below each path" {
	changes pam-lost-option xml-disk-driver nsswitch-order
	dm diff --semantic
	[ "$status" -eq 1 ]
	[ "$output" = "changed  /etc/libvirt/qemu/mail.xml: content
  disk vda: driver type raw -> qcow2
changed  /etc/nsswitch.conf: content
  passwd: sss moved before files
changed  /etc/pam.d/common-auth: content
  auth: pam_sss.so lost 'use_first_pass'" ]
	dm -q diff --semantic
	[ "$(wc -l <<< "$output")" -eq 3 ]
	says_not pam_sss.so
	dm diff --semantic /etc/nsswitch.conf
	[ "$(wc -l <<< "$output")" -eq 2 ]
	dm diff --semantic baseline live
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "with -v the lines follow what they mean" {
	changes fstab-replaced
	dm -v diff --semantic
	says "  /srv: options noatime -> relatime"
	says "-/dev/sdb1 /srv xfs rw,noatime,nodev 0 2"
	dm -v diff --semantic --word
	says "rw,[-noatime-]{+relatime+},nodev"
}

@test "a file of no known format is shown by its lines" {
	changes unknown
	dm diff --semantic
	[ "$status" -eq 1 ]
	says "-a"
	says "+b"
}

@test "what can no longer be read is said, with the place, and shown" {
	changes pam-no-longer-read
	dm diff --semantic
	says "  it can no longer be read as pam: line 6: unknown type 'authh'"
	says "+authh required pam_x.so"
	puts b unread-before
	dm accept
	puts a pam-lost-option
	dm diff --semantic
	says_not "before:"
	puts a unread-before
	dm accept
	puts b unread-before
	dm diff --semantic
	says "  it could not be read as pam before: line 1:"
}

@test "comments and spacing are one sentence" {
	changes xml-layout postfix-layout pam-stacks-apart
	dm diff --semantic
	[ "$status" -eq 1 ]
	[ "$(grep -c '^  only comments' <<< "$output")" -eq 3 ]
	[ "$(grep -c '^[-+@]' <<< "$output")" -eq 0 ]
}

@test "lenses read what no view does" {
	needs augtool
	changes lens-sudoers lens-logrotate
	dm diff --semantic
	says "  rule /var/log/mail: rotate 4 -> 8"
	says "  spec anna: host_group ALL command /usr/bin/systemctl -> ALL"
}

@test "of secrets it is told which value changed, never what it is" {
	changes ini-secret shadow
	dm diff --semantic
	[ "$status" -eq 1 ]
	says "  [domain/x] ldap_default_authtok changed (secret)"
	says "  user bob: password changed (secret)"
	for word in geheim neu ldap://ldap 6\$old 6\$new 19001; do
		says_not "$word"
	done
	dm -v diff --semantic
	for word in geheim neu ldap://ldap 6\$old 6\$new 19001; do
		says_not "$word"
	done
	dm --format json diff --semantic
	for word in geheim neu ldap://ldap 6\$old 6\$new 19001; do
		says_not "$word"
	done
	says '"secret": true'
	dm diff --semantic --word
	says_not geheim
}

@test "a secret that cannot be opened here is only said to differ" {
	changes ini-secret
	rm -f "$ROOT/etc/driftctl/seal.key" "$STORE/seal.key"
	dm diff --semantic
	says "changed  /etc/sssd/sssd.conf"
	says "content is not shown"
	says_not geheim
}

@test "a secret without a known format is only said to differ" {
	mkdir -p "$ROOT/etc/postfix"
	echo "host user:xyzzy-one" > "$ROOT/etc/postfix/sasl_passwd"
	dm init
	echo "host user:xyzzy-two" > "$ROOT/etc/postfix/sasl_passwd"
	dm diff --semantic
	says "content is not shown"
	says_not xyzzy
	dm -v diff --semantic --word
	says_not xyzzy
}

@test "what comes, goes, or changes otherwise needs no sentence" {
	echo x > "$ROOT/etc/fstab"
	chmod 0644 "$ROOT/etc/fstab"
	echo "proc /proc proc defaults 0 0" > "$ROOT/etc/crypttab"
	dm init
	chmod 0600 "$ROOT/etc/fstab"
	rm "$ROOT/etc/crypttab"
	echo x > "$ROOT/etc/motd"
	dm diff --semantic
	[ "$output" = "removed  /etc/crypttab: file
changed  /etc/fstab: mode 0644 -> 0600
added    /etc/motd: file" ]
}

@test "words that changed are marked, and no byte moves a cursor" {
	printf 'k one\nname Müller\n' > "$ROOT/etc/motd"
	dm init
	printf 'k \033[2Jtwo\nname Möller\n' > "$ROOT/etc/motd"
	dm diff --word
	says ' name [-Müller-]{+Möller+}'
	says '\x1b[2J'
	[[ $output != *$'\033'* ]]
	dm diff
	says '-name Müller'
	says '+name Möller'
}

@test "a value's own escapes are told escaped" {
	printf '[a]\nk = x\n' > "$ROOT/etc/x.conf"
	dm init
	printf '[a]\nk = \033[31mred\n' > "$ROOT/etc/x.conf"
	dm diff --semantic
	says '[a] k: x -> \x1b[31mred'
	[[ $output != *$'\033'* ]]
}

@test "lines of 80 columns, however long what changed is" {
	changes xml-disk-source pam-bracket-control
	dm diff --semantic
	[ "$status" -eq 1 ]
	[ "$(awk 'length > 80' <<< "$output" | wc -l)" -eq 0 ]
}

@test "a file in a link's place is held against what the link led to" {
	mkdir -p "$ROOT/etc/pam.d"
	cat > "$ROOT/etc/pam.d/common-auth-pc" <<-'EOS'
	auth required pam_env.so
	auth sufficient pam_unix.so try_first_pass
	auth required pam_sss.so use_first_pass
	EOS
	for name in auth same two deep; do
		ln -s common-auth-pc "$ROOT/etc/pam.d/common-$name"
	done
	ln -sf common-two "$ROOT/etc/pam.d/common-deep"
	ln -s /etc/nowhere "$ROOT/etc/pam.d/dangling"
	ln -s loop "$ROOT/etc/pam.d/loop"
	echo "root:*:19000::::::" > "$ROOT/etc/shadow"
	chmod 600 "$ROOT/etc/shadow"
	ln -s shadow "$ROOT/etc/other"
	dm init
	[ "$status" -eq 0 ]
	sed -i 's/ use_first_pass//' "$ROOT/etc/pam.d/common-auth"
	sed -i 's/nothing//' "$ROOT/etc/pam.d/common-same"
	sed -i 's/required/requisite/' "$ROOT/etc/pam.d/common-deep"
	rm "$ROOT/etc/pam.d/dangling" "$ROOT/etc/pam.d/loop" "$ROOT/etc/other"
	echo "auth required pam_deny.so" > "$ROOT/etc/pam.d/dangling"
	cp "$ROOT/etc/pam.d/dangling" "$ROOT/etc/pam.d/loop"
	echo "root:\$6\$sesame:19000::::::" > "$ROOT/etc/other"
	link="type symlink -> file, it was a link to"
	dm diff /etc/pam.d/common-auth
	says "changed  /etc/pam.d/common-auth: $link common-auth-pc"
	dm diff --semantic
	[ "$status" -eq 1 ]
	says_not sesame
	dm diff --semantic /etc/pam.d
	[ "$output" = "changed  /etc/pam.d/common-auth: $link common-auth-pc
  held against /etc/pam.d/common-auth-pc, which it was a link to:
  auth: pam_sss.so lost 'use_first_pass'
changed  /etc/pam.d/common-deep: $link common-two
  held against /etc/pam.d/common-auth-pc, which it was a link to:
  auth: pam_env.so control required -> requisite
  auth: pam_sss.so control required -> requisite
changed  /etc/pam.d/common-same: $link common-auth-pc
  it says the same as /etc/pam.d/common-auth-pc, which it was a link to
changed  /etc/pam.d/dangling: $link /etc/nowhere
changed  /etc/pam.d/loop: $link loop" ]
	dm --format json diff --semantic /etc/pam.d/common-auth
	[[ $output == *'"held-against": "/etc/pam.d/common-auth-pc"'*"lost 'use_first_pass'"* ]]
	dm check
	[ "$status" -eq 0 ]
	took="changed since the baseline: a file took the place of the link to /etc/pam.d/common-auth-pc; held against that: "
	says "/etc/pam.d/common-auth: ${took}auth: pam_sss.so lost 'use_first_pass'"
	says "/etc/pam.d/common-same: ${took}the same"
	says "/etc/pam.d/dangling: changed since the baseline: type, it was a link to /etc/nowhere"
	says_not sesame
}
