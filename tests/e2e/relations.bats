#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC2154
# Relations across files, and numbers, on a machine.

load ../lib.sh

setup() {
	scratch
	mkdir -p "$ROOT/etc/pam.d" "$ROOT/usr/lib64/security" "$ROOT/srv/q" \
	    "$ROOT/etc/keys" "$BATS_TEST_TMPDIR/specs"
	echo "root:x:0:0:root:/root:/bin/sh" > "$ROOT/etc/passwd"
	echo "root:x:0:" > "$ROOT/etc/group"
}

spec() {
	cat > "$BATS_TEST_TMPDIR/specs/t.yaml"
}

t() {
	d --specs "$BATS_TEST_TMPDIR/specs" "$@"
}

pam_spec() {
	spec <<-'END'
	spec: t
	relations:
	  - id: modules
	    why: nobody gets in
	    severity: critical
	    each: {path: /etc/pam.d/imap, entries: module}
	    exists: {path: "/{lib,usr/lib64}/security/${value}"}
	END
	printf 'auth required pam_a.so\nauth required pam_b.so\n' \
	    > "$ROOT/etc/pam.d/imap"
	touch "$ROOT"/usr/lib64/security/pam_{a,b}.so
	ln -s usr/lib64 "$ROOT/lib"
}

@test "a module that goes is told at the line that names it" {
	pam_spec
	t init
	t check
	[ "$status" -eq 0 ]
	# Not from what was kept of the check before.
	rm "$ROOT/usr/lib64/security/pam_b.so"
	t check
	[ "$status" -eq 1 ]
	says /etc/pam.d/imap:2 "'pam_b.so' needs /lib/security/pam_b.so" \
	    "[t/modules]"
	[[ $output != *"restore /etc/pam.d/imap"* ]]
	t check
	[ "$status" -eq 1 ]
	# A link that leads nowhere is as good as none.
	ln -s pam_x.so "$ROOT/usr/lib64/security/pam_b.so"
	t check
	[ "$status" -eq 1 ]
	touch "$ROOT/usr/lib64/security/pam_x.so"
	t check
	[ "$status" -eq 0 ]
	# Modules are looked for, not recorded.
	t show live:/usr/lib64/security/pam_a.so
	[ "$status" -eq 2 ]
}

@test "nothing is put back for a relation, and a site can switch it off" {
	pam_spec
	t init
	rm "$ROOT/usr/lib64/security/pam_b.so"
	t restore --yes
	[ "$(cat "$ROOT/etc/pam.d/imap")" = "auth required pam_a.so
auth required pam_b.so" ]
	mkdir "$BATS_TEST_TMPDIR/specs/t.d"
	printf 'rules:\n  - {id: modules, disable: true}\n' \
	    > "$BATS_TEST_TMPDIR/specs/t.d/site.yaml"
	t check
	[ "$status" -eq 0 ]
	t spec show t
	says 'modules (disabled)'
	says 'each: /etc/pam.d/imap'
	says 'exists: /lib/security/${value}'
	says '        /usr/lib64/security/${value}'
}

@test "both sides of a relation are tracked" {
	spec <<-'END'
	spec: t
	relations:
	  - id: r
	    why: w
	    each: {path: /srv/a, regex: '\S+'}
	    in: {path: /srv/b, regex: '\S+', among: {path: /srv/c, regex: '\S+'}}
	END
	for f in a b c; do echo one > "$ROOT/srv/$f"; done
	t init
	for f in a b c; do
		t show "live:/srv/$f"
		[ "$output" = one ]
	done
	t check
	[ "$status" -eq 0 ]
	echo two >> "$ROOT/srv/a"
	t check
	[ "$status" -eq 1 ]
	says /srv/a:2 "'two' is not among '\S+' of /srv/b"
	# That it changed is said, too.
	says /srv/a "changed since the baseline"
}

@test "what may not be looked at is unknown, not gone" {
	needs_root
	spec <<-'END'
	spec: t
	relations:
	  - id: keys
	    why: w
	    each: {path: /etc/crypttab, entries: keyfile}
	    exists: {path: "${value}", type: file}
	END
	echo "a UUID=1 /root/key" > "$ROOT/etc/crypttab"
	mkdir "$ROOT/root"
	echo k > "$ROOT/root/key"
	chmod a+x "$BATS_TEST_TMPDIR" "$BATS_RUN_TMPDIR"
	chmod a+rX "$BATS_TEST_TMPDIR/specs" "$BATS_TEST_TMPDIR"/specs/*
	chown -R 65534:65534 "$BATS_TEST_TMPDIR/specs" "$ROOT"
	install -d -o 65534 -g 65534 "$STORE"
	chown root "$ROOT/root"
	chmod 0700 "$ROOT/root"
	for verb in init check; do
		status=0
		output=$(setpriv --reuid=65534 --regid=65534 --clear-groups \
		    "$DRIFTCTL" --root "$ROOT" --store "$STORE" --specs \
		    "$BATS_TEST_TMPDIR/specs" --no-color $verb 2>&1) ||
		    status=$?
		echo "$output"
	done
	[ "$status" -eq 2 ]
	says /etc/crypttab:1 "what '/root/key' needs cannot be told" \
	    "Permission denied"
}

@test "an answer that was kept ends when an age does" {
	spec <<-'END'
	spec: t
	rules:
	  - {id: age, path: /srv/q/*, why: w, age: {at-most: 1h}}
	  - {id: many, path: /srv/q/*, why: w, count: {at-most: 1}}
	END
	touch -d '-3594 seconds' "$ROOT/srv/q/S1"
	t init
	t check
	[ "$status" -eq 0 ]
	t check
	[ "$status" -eq 0 ]
	sleep 7
	t check
	[ "$status" -eq 1 ]
	says /srv/q/S1 "expected at most 1 h" "[t/age]"
	touch "$ROOT/srv/q/S1" "$ROOT/srv/q/S2"
	t check
	[ "$status" -eq 1 ]
	says "/srv/q/*" "2 found, expected at most 1" "[t/many]"
	[[ $output != *"[t/age]"* ]]
}
