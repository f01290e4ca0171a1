#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154
# What is kept from the last run to save time (the stat cache, answers) never
# makes a run say anything else than it would without.

load ../lib.sh

setup() {
	scratch
	mkdir -p "$ROOT/etc" "$BATS_TEST_TMPDIR/specs"
	echo "root:x:0:0:root:/root:/bin/sh" > "$ROOT/etc/passwd"
	echo "root:x:0:" > "$ROOT/etc/group"
}

dm() {
	d --specs "$BATS_TEST_TMPDIR/specs" "$@"
}

# What was just written is not trusted yet (git's racy-git.txt).
settle() {
	sleep 0.1
}

@test "a user who is renamed is another owner of files that did not change" {
	needs_root
	cat > "$BATS_TEST_TMPDIR/specs/imap.yaml" <<-'END'
	spec: imap
	rules:
	  - {id: owner, path: /etc/imapd.conf, why: Cyrus reads it., owner: cyrus}
	  - {id: group, path: /etc/imapd.conf, why: Cyrus reads it., group: mail}
	END
	echo x > "$ROOT/etc/imapd.conf"
	chown 96:12 "$ROOT/etc/imapd.conf"
	echo "cyrus:x:96:12::/:/bin/false" >> "$ROOT/etc/passwd"
	echo "mail:x:12:" >> "$ROOT/etc/group"
	settle
	dm init
	[ "$status" -eq 0 ]
	dm check
	[ "$status" -eq 0 ]
	sed -i s/^cyrus:/ghost:/ "$ROOT/etc/passwd"
	dm check
	[ "$status" -eq 1 ]
	says /etc/imapd.conf imap/owner
	sed -i s/^mail:/post:/ "$ROOT/etc/group"
	settle
	dm check
	says /etc/imapd.conf imap/owner
	says /etc/imapd.conf imap/group
	dm diff /etc/imapd.conf
	first=$output
	rm "$STORE/statcache"
	dm diff /etc/imapd.conf
	[ "$first" = "$output" ]
	# What is recorded has today's names, too.
	dm snapshot
	rm "$STORE/statcache"
	dm snapshot
	says "nothing changed since"
	dm show live:/etc/imapd.conf
	[ "$status" -eq 0 ]
}

@test "an answer is not given again when a symlink on the way is turned" {
	mkdir -p "$ROOT/opt/one" "$ROOT/opt/two"
	echo relayhost=a > "$ROOT/opt/one/conf"
	echo relayhost=b > "$ROOT/opt/two/conf"
	ln -s /opt/one "$ROOT/opt/now"
	ln -s /opt/now/conf "$ROOT/etc/conf"
	cat > "$BATS_TEST_TMPDIR/specs/conf.yaml" <<-'END'
	spec: conf
	rules:
	  - id: relay
	    path: /etc/conf
	    why: Mail goes out over it.
	    lines: {require: [relayhost=a]}
	END
	dm init
	[ "$status" -eq 0 ]
	settle
	dm check
	[ "$status" -eq 0 ]
	[ -n "$(ls "$STORE/answers")" ]
	dm check
	[ "$status" -eq 0 ]
	ln -sfn /opt/two "$ROOT/opt/now"
	dm check
	[ "$status" -eq 1 ]
	says conf/relay
}
