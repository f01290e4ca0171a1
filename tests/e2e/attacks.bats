#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2030,SC2031,SC2154
# Restores where somebody or something stands in the way.

load ../lib.sh

setup() {
	scratch
	mkdir -p "$ROOT/etc/d" "$ROOT/var" "$BATS_TEST_TMPDIR/out"
	echo 1 > "$ROOT/etc/f1"
	echo 2 > "$ROOT/etc/d/f2"
	echo canary > "$BATS_TEST_TMPDIR/out/canary"
	umask 022
}

@test "a store in a tracked folder does not record itself" {
	STORE=$ROOT/etc/store
	d init
	[ "$status" -eq 0 ]
	d snapshot
	says "nothing changed"
	not grep -q store <<< \
	    "$(git -C "$STORE/repo.git" ls-tree -r --name-only live)"
	echo x > "$ROOT/etc/f1"
	d restore --all --remove-added --yes
	[ "$status" -eq 0 ]
	d verify
	[ "$status" -eq 0 ]
}

@test "a tracked folder that became a symlink is put back, not gone through" {
	d init
	mv "$ROOT/etc" "$ROOT/var/etc"
	ln -s "$BATS_TEST_TMPDIR/out" "$ROOT/etc"
	d restore --all --yes
	[ "$status" -eq 0 ]
	[ ! -L "$ROOT/etc" ]
	[ "$(cat "$ROOT/etc/d/f2")" = 2 ]
	[ "$(ls "$BATS_TEST_TMPDIR/out")" = canary ]
	d undo --yes
	[ "$(readlink "$ROOT/etc")" = "$BATS_TEST_TMPDIR/out" ]
	[ "$(ls "$BATS_TEST_TMPDIR/out")" = canary ]
}

@test "of restores at once one does it, and the others find it done" {
	for i in $(seq 200); do
		echo "$i" > "$ROOT/etc/d/x$i"
	done
	d init
	rm -r "$ROOT/etc/d"
	for i in 1 2 3; do
		"$DRIFTCTL" --root "$ROOT" --store "$STORE" restore --all \
		    --yes > "$BATS_TEST_TMPDIR/said$i" &
	done
	wait
	[ "$(cat "$BATS_TEST_TMPDIR"/said? | grep -c '^done;')" -eq 1 ]
	[ "$(find "$ROOT/etc/d" -type f | wc -l)" -eq 201 ]
	d verify
	[ "$status" -eq 0 ]
}

@test "over a mount point nothing is restored, and all else waits" {
	needs_root
	skip_unless "nothing can be mounted here" \
	    mount -t tmpfs none "$ROOT/var"
	umount "$ROOT/var"
	d init
	rm "$ROOT/etc/f1" "$ROOT/etc/d/f2"
	mkdir "$ROOT/etc/d/f2"
	mount -t tmpfs none "$ROOT/etc/d/f2"
	echo in > "$ROOT/etc/d/f2/in"
	d restore --all --yes
	local inside
	inside=$(cat "$ROOT/etc/d/f2/in")
	umount "$ROOT/etc/d/f2"
	[ "$status" -eq 2 ]
	[[ $stderr == *"/etc/d/f2: cannot put it in place"* ]]
	[ "$inside" = in ]
	[ ! -e "$ROOT/etc/f1" ]
}

@test "an undo of one name joins it to the names it had" {
	ln "$ROOT/etc/f1" "$ROOT/etc/g1"
	d init
	rm "$ROOT/etc/f1"
	echo new > "$ROOT/etc/f1"
	ln "$ROOT/etc/f1" "$ROOT/etc/h1"
	d restore /etc/f1 --yes
	[ "$ROOT/etc/f1" -ef "$ROOT/etc/g1" ]
	d undo --yes
	[ "$ROOT/etc/f1" -ef "$ROOT/etc/h1" ]
	[ "$(cat "$ROOT/etc/h1")" = new ]
}

