#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Random trees of odd entries are destroyed at random and put back: a second
# reading with stat, sha256, getfacl, getfattr and lsattr says whether it is all
# as it was. tests/chaos/sweep.sh tries many more.

load ../lib.sh

setup() {
	needs_root
	for tool in python3 getfacl getfattr lsattr busybox; do
		needs "$tool"
	done
}

round() {
	python3 "$TOP/tests/chaos/chaos.py" "$DRIFTCTL" \
	    "$BATS_TEST_TMPDIR/$1" "$@"
}

@test "a restore brings back every byte and all metadata, an undo the rest" {
	round 1 --entries 1500 --added
	round 2 --entries 800 --added --share 0.1
}

@test "what was added since stays, and all else comes back around it" {
	round 3 --entries 800
	round 4 --entries 500 --share 0.1
}

@test "no path is too long" {
	round 5 --entries 300 --deep --added
	round 6 --entries 300 --deep
}

@test "the script brings back what undo does, with busybox's shell, too" {
	round 7 --entries 250 --share 0.3 --scripts --added
	round 8 --entries 250 --share 0.1 --scripts
}

@test "busybox alone brings back what it can carry" {
	round 9 --entries 250 --share 0.3 --scripts --plain
}
