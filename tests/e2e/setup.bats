#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# packaging/setup.sh, with package managers that only write down what they are
# asked for.

load ../lib.sh

setup() {
	scratch
	BIN=$BATS_TEST_TMPDIR/bin
	ASKED=$BATS_TEST_TMPDIR/asked
	mkdir "$BIN"
	for tool in cut sed sort tr env; do
		ln -s "$(command -v $tool)" "$BIN/$tool"
	done
	for manager in apt-get dnf zypper; do
		printf '#!/bin/sh\necho "%s $*" >> %s\n' "$manager" "$ASKED" \
		    > "$BIN/$manager"
	done
	# As if no library were there.
	printf '#!/bin/sh\nexit 1\n' > "$BIN/pkg-config"
	chmod +x "$BIN"/*
}

caller_is() {
	printf '#!/bin/sh\necho %s\n' "$1" > "$BIN/id"
	chmod +x "$BIN/id"
}

set_up() {
	status=0
	output=$(PATH=$BIN /bin/sh "$TOP/packaging/setup.sh" "$@" 2>&1) ||
		status=$?
	echo "$output"
}

@test "where all is there setup prints nothing" {
	run sh "$TOP/packaging/setup.sh" build
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "a purpose it does not know is refused with the usage" {
	caller_is 0
	set_up everything
	[ "$status" -eq 2 ]
	[ "$output" = "usage: setup.sh build|test|bench" ]
}

@test "without root or sudo it says what root should run" {
	caller_is 1000
	set_up build
	[ "$status" -eq 2 ]
	says "not root and no sudo; as root, run:" libgit2
	[ ! -e "$ASKED" ]
}

@test "sudo is used by those who are not root" {
	caller_is 1000
	printf '#!/bin/sh\necho sudo >> %s\nexec "$@"\n' "$ASKED" > "$BIN/sudo"
	chmod +x "$BIN/sudo"
	set_up build
	[ "$(head -n 1 "$ASKED")" = sudo ]
	grep -q 'install .*libgit2' "$ASKED"
}

@test "it says what it will install, and what is missing all the same" {
	caller_is 0
	set_up build
	[ "$status" -eq 2 ]
	says "setup: installing with" libgit2 libsodium
	says "setup: still missing: lib:libgit2"
}

@test "only what building needs is installed for building" {
	caller_is 0
	set_up build
	run grep -c cmocka "$ASKED"
	[ "$output" = 0 ]
	set_up test
	grep -q cmocka "$ASKED"
}

@test "a package nobody has is reported, and the others are still installed" {
	caller_is 0
	# No list with mandoc in it is accepted.
	for manager in apt-get dnf zypper; do
		printf '#!/bin/sh\ncase "$*" in *mandoc*) exit 1 ;; esac\n%s' \
		    "echo \"\$*\" >> $ASKED" > "$BIN/$manager"
	done
	set_up test
	says "setup: not to be had here: mandoc"
	grep -q libgit2 "$ASKED"
	grep -q strace "$ASKED"
}
