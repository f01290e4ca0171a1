#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154
# What lies below --root leads nowhere out of it.

load ../lib.sh

setup() {
	scratch
	OUTSIDE=$BATS_TEST_TMPDIR/outside
	mkdir -p "$BATS_TEST_TMPDIR/specs" "$OUTSIDE/lib"
	fresh_root
}

fresh_root() {
	rm -rf "$ROOT"
	mkdir -p "$ROOT/etc"
	echo "root:x:0:0:root:/root:/bin/sh" > "$ROOT/etc/passwd"
	echo "root:x:0:" > "$ROOT/etc/group"
}

# driftctl with the root's own store.
own() {
	local err=$BATS_TEST_TMPDIR/stderr

	status=0
	output=$("$DRIFTCTL" --root "$ROOT" --no-color --specs \
	    "$BATS_TEST_TMPDIR/specs" "$@" 2> "$err" < /dev/null) || status=$?
	stderr=$(cat "$err")
	printf '$ driftctl %s\n%s\n%s\n[exit %s]\n' "$*" "$output" "$stderr" \
	    "$status"
}

@test "the root's own store is made within the root" {
	for target in "$OUTSIDE" ../outside "../../../../../../..$OUTSIDE"; do
		fresh_root
		ln -s "$target" "$ROOT/var"
		own init
		[ "$status" -eq 0 ]
		[ -z "$(ls -A "$OUTSIDE/lib")" ]
		says "store: $ROOT/"
		store=$(dirname "$(find "$ROOT" -name repo.git)")
		[ "${store##*/}" = driftctl ]
		sleep 0.1
		own check
		[ "$status" -eq 0 ]
		[ -n "$(ls "$store/answers")" ]
		echo x > "$ROOT/etc/x"
		own check
		says /etc/x
	done
}

@test "a root whose store leads round in a circle has none" {
	ln -s var "$ROOT/var"
	own init
	[ "$status" -eq 2 ]
	output=$stderr says "too many symlinks on the way"
}
