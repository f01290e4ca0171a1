#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154
# Long work on a terminal says how far it is, and leaves nothing there.

load ../lib.sh

setup() {
	needs strace
	scratch
	mkdir -p "$ROOT/etc/many"
	for n in $(seq 700); do
		echo "$n" > "$ROOT/etc/many/$n"
	done
}

# slow WORD…: each file takes six milliseconds to open. What a terminal of 80
# columns gets is in $output; SLOW_STDERR takes stderr off it.
# shellcheck disable=SC2016
slow() {
	ASAN_OPTIONS=detect_leaks=0 TERM=${SLOW_TERM-xterm} run timeout 100 python3 -c '
import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))' \
	    sh -c 'exec "$@" 2>> "${SLOW_STDERR:-/dev/tty}"' sh \
	    strace -f -qq -e trace=openat -e signal=none \
	    -e inject=openat:delay_enter=6000 -o /dev/null \
	    "$DRIFTCTL" --root "$ROOT" --store "$STORE" "$@" < /dev/null
	printf '%q\n' "$output"
}

erase=$'\r\033[K'

@test "snapshot and restore say how far they are, and erase it" {
	slow init
	[ "$status" -eq 0 ]
	says "${erase}reading: " " files${erase}"
	# The last thing said of it is nothing.
	[[ $output != *"${erase}reading"*"next: driftctl"*"${erase}"* ]]
	rm -r "$ROOT/etc/many"
	slow restore --all --yes
	[ "$status" -eq 0 ]
	says "${erase}writing: " " files"
	[ "$(find "$ROOT/etc/many" | wc -l)" -eq 701 ]
}

@test "where nobody sees it nothing is said" {
	export SLOW_STDERR=$BATS_TEST_TMPDIR/stderr
	slow init
	[ "$status" -eq 0 ]
	says_not reading:
	[ ! -s "$SLOW_STDERR" ]
	unset SLOW_STDERR
	rm -r "$STORE"
	SLOW_TERM=dumb slow init
	says "next: driftctl"
	says_not reading:
	rm -r "$STORE"
	slow -q init
	says_not reading:
}
