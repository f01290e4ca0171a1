# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034,SC2154
# What the bats files share. `load ../lib.sh` from tests/e2e; each test then has
# a $ROOT and a $STORE of its own under bats' temporary folder.

# What is said is compared as English has it.
export LC_ALL=C
unset LANGUAGE

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
DRIFTCTL=${DRIFTCTL:-$TOP/build/driftctl}

scratch() {
	ROOT=$BATS_TEST_TMPDIR/root
	STORE=$BATS_TEST_TMPDIR/store
	umask 022
}

# skip_unless COMMAND what: aloud, and in CI not at all.
skip_unless() {
	if "${@:2}" > /dev/null 2>&1; then
		return 0
	fi
	if [ -n "${CI-}" ]; then
		echo "cannot be tested here, and CI skips nothing: $1" >&2
		return 1
	fi
	skip "$1"
}

needs_root() {
	skip_unless "only root can give files away" test "$(id -u)" -eq 0
}

needs() {
	skip_unless "$1 is not installed" command -v "$1"
}

# A root whose mail users log in by a PAM stack, which a spec in $SITE wants to
# be there; its rules may be added to.
imap_site() {
	SITE=$BATS_TEST_TMPDIR/specs
	mkdir -p "$ROOT/etc/pam.d" "$SITE"
	echo "auth required pam_deny.so" > "$ROOT/etc/pam.d/imap"
	cat > "$SITE/mail.yaml" << 'EOS'
spec: mail
title: Mail users can log in
rules:
  - id: imap
    path: /etc/pam.d/imap
    why: Without it nobody logs in.
    require: present
    on-drift: restore
EOS
}

# A mail server and KVM host with its baseline taken.
story_begins() {
	scratch
	sh "$TOP/tests/story/make-root.sh" "$ROOT" before
	d init
	[ "$status" -eq 0 ]
}

story_upgrade() {
	sh "$TOP/tests/story/upgrade.sh" "$ROOT" > /dev/null
}

# driftctl on this test's root: sets $status, $output (stdout) and $stderr.
d() {
	local err=$BATS_TEST_TMPDIR/stderr

	status=0
	output=$(timeout "${DRIFTCTL_LIMIT:-600}" "$DRIFTCTL" --root "$ROOT" --store "$STORE" --no-color "$@" \
	    2> "$err" < /dev/null) || status=$?
	stderr=$(cat "$err")
	# Shown by bats when the test fails.
	printf '$ driftctl %s\n%s\n%s\n[exit %s]\n' "$*" "$output" "$stderr" \
	    "$status"
}

# The output has a line with all of the words.
says() {
	local line word

	while IFS= read -r line; do
		for word; do
			[[ $line == *"$word"* ]] || continue 2
		done
		return 0
	done <<< "$output"
	echo "no line of the output has: $*" >&2
	return 1
}

says_not() {
	! says "$@" 2> /dev/null || {
		echo "a line of the output has: $*" >&2
		return 1
	}
}

# `!` alone would pass whatever comes of it: errexit does not look at it.
not() {
	if "$@"; then return 1; fi
}

# One object on one line: all that stat, sha256sum and getfacl know but the
# times of its inode.
facts_of() {
	(
		cd "$ROOT" || exit
		stat -c '%n %F %a %u:%g %N' "./$1"
		if [ -f "$1" ] && [ ! -L "$1" ]; then
			stat -c '%s %Y' "$1"
			sha256sum < "$1"
		fi
		if [ ! -L "$1" ] && command -v getfacl > /dev/null; then
			getfacl -cnp "$1" 2> /dev/null
		fi
	) | tr '\n' ' '
	echo
}

# All objects below the root.
picture() {
	(
		cd "$ROOT" || exit
		find . -printf '%P\n' | LC_ALL=C sort
	) | while IFS= read -r path; do
		facts_of "${path:-.}"
	done
}
