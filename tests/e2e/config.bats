#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Rules on what augeas makes of a file.
# shellcheck disable=SC2154,SC2034

load ../lib.sh

setup() {
	scratch
	SSHD=$ROOT/etc/ssh/sshd_config
	mkdir -p "$ROOT/etc/ssh" "$BATS_TEST_TMPDIR/specs"
	printf '# by hand\nPort 22\nMatch User a\n\tX11Forwarding yes\n\tPermitTTY no' \
	    > "$SSHD"
	cat > "$BATS_TEST_TMPDIR/specs/ssh.yaml" <<-'END'
	spec: ssh
	rules:
	  - id: root
	    path: /etc/ssh/sshd_config
	    why: The password of root is guessed at all day.
	    on-drift: repair
	    mode: "<=0644"
	    config:
	      - {match: PermitRootLogin, equals: "no"}
	      - {match: Match/Settings/X11Forwarding, absent: true}
	END
	u init
	[ "$status" -eq 0 ]
}

u() {
	d --specs "$BATS_TEST_TMPDIR/specs" "$@"
}

@test "what a lens finds wrong is told with its line and put right" {
	u check
	[ "$status" -eq 1 ]
	says /etc/ssh/sshd_config: "nothing matches 'PermitRootLogin'"
	says /etc/ssh/sshd_config:4: "'yes', expected nothing"
	u restore --yes
	[ "$status" -eq 0 ]
	printf '# by hand\nPort 22\nPermitRootLogin no\nMatch User a\n\tPermitTTY no' |
	    diff - "$SSHD"
	u check
	[ "$status" -eq 0 ]
	u undo --yes
	[ "$status" -eq 0 ]
	grep -q X11Forwarding "$SSHD"
}

@test "what a lens cannot read is unknown, and hides no other demand" {
	printf '\001 x\n' > "$SSHD"
	chmod 666 "$SSHD"
	u check
	[ "$status" -eq 2 ]
	says /etc/ssh/sshd_config:1: "the lens Sshd.lns cannot read it"
	says /etc/ssh/sshd_config: "the mode is 0666"
}

@test "other lenses are asked anew" {
	local lenses=/usr/share/augeas/lenses own=$BATS_TEST_TMPDIR/lenses

	needs_root
	skip_unless "mounts of its own are not to be had" unshare -m true
	printf 'PermitRootLogin no\n' > "$SSHD"
	chmod 644 "$SSHD"
	u accept
	u check
	[ "$status" -eq 0 ]
	mkdir -p "$own/dist"
	cp "$lenses"/dist/*.aug "$own/dist"
	echo 'module Sshd = let other = Util.del_str "x"' > "$own/dist/sshd.aug"
	AUGEAS_LENS_LIB=$own/dist u check
	[ "$status" -eq 2 ]
	says unknown sshd_config "lens Sshd.lns"
	u check
	[ "$status" -eq 0 ]
	# A package brings its lenses anew.
	printf '#!/bin/sh\nexec unshare -m sh -c '\''mount --make-rprivate / &&
	    mount --bind "%s" "%s" && exec "%s" "$@"'\'' sh "$@"\n' "$own" \
	    "$lenses" "$DRIFTCTL" > "$BATS_TEST_TMPDIR/with-lenses"
	chmod +x "$BATS_TEST_TMPDIR/with-lenses"
	DRIFTCTL=$BATS_TEST_TMPDIR/with-lenses u check
	[ "$status" -eq 2 ]
	says unknown sshd_config "lens Sshd.lns"
}

@test "what makes the library crash or loop only ends its own process" {
	printf 'AllowUsers%s\n' "$(printf ' a%.0s' {1..130000})" > "$SSHD"
	printf '  - {id: users, path: /etc/ssh/sshd_config, why: w, %s}\n' \
	    'config: {match: AllowUsers/*, excludes: root}' \
	    >> "$BATS_TEST_TMPDIR/specs/ssh.yaml"
	u check
	[ "$status" -eq 2 ]
	says "takes more than the 4 s"
	head -c 65536 /dev/zero | tr '\0' '[' > "$ROOT/etc/deep.json"
	head -c 65536 /dev/zero | tr '\0' ']' >> "$ROOT/etc/deep.json"
	printf '  - {id: deep, path: /etc/deep.json, why: w, config: %s}\n' \
	    '{lens: Json, match: "*", exists: true}' \
	    >> "$BATS_TEST_TMPDIR/specs/ssh.yaml"
	u check
	[ "$status" -eq 2 ]
	# On a machine under load it is stopped before it breaks down.
	says /etc/deep.json "what reads it broke down" ||
	    says /etc/deep.json "takes more than the 4 s"
}

@test "what a lens cannot write is left as it is, and told why" {
	printf 'Port 22\nMatch User x\n  PermitRootLogin yes\n' > "$SSHD"
	printf '  - {id: match, path: /etc/ssh/sshd_config, why: w, %s, %s}\n' \
	    'on-drift: repair' \
	    'config: {match: Match/Settings/PermitRootLogin, absent: true}' \
	    > "$BATS_TEST_TMPDIR/rule"
	{
		printf 'spec: ssh\nrules:\n'
		cat "$BATS_TEST_TMPDIR/rule"
	} > "$BATS_TEST_TMPDIR/specs/ssh.yaml"
	cp "$SSHD" "$BATS_TEST_TMPDIR/before"
	# A store that has no better version.
	STORE=$BATS_TEST_TMPDIR/another
	u init
	u restore --yes
	[ "$status" -eq 1 ]
	says "'yes', expected nothing; the lens Sshd.lns cannot write it" \
	    "[mend it by hand, then"
	diff "$BATS_TEST_TMPDIR/before" "$SSHD"
}
