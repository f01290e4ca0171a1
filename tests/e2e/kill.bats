#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A run is killed at a system call, or the call fails: the next one finds all
# as it was or as it shall be. tests/chaos/sweep.sh tries every single call.

load ../lib.sh

setup() {
	needs_root
	for tool in python3 getfacl getfattr lsattr strace; do
		needs "$tool"
	done
	skip_unless "strace may not trace here" strace -o /dev/null true
}

sweep() {
	python3 "$TOP/tests/chaos/kill.py" "$DRIFTCTL-full" \
	    "$BATS_TEST_TMPDIR/sweep" "$@"
}

@test "a restore killed anywhere is whole or was not" {
	sweep --every 2 restore
}

@test "an undo killed anywhere is whole or was not" {
	sweep --every 2 --seed 2 undo
}

@test "a snapshot killed anywhere leaves a sound store" {
	sweep --every 2 record
}

@test "a call that fails is told, and nothing is lost" {
	sweep --every 2 errors
}
