#!/bin/sh
# SPDX-License-Identifier: MIT
# run-demo.sh
# What `make run` shows once build/driftctl is there: a baseline of this very
# machine and what the specs say of it, then the story driftctl exists for, in
# a scratch root. Fails when the story does not go as it should; the state of
# this machine is only reported. Everything it writes is under build/run.
set -u
umask 022
cd "$(dirname "$0")/.." || exit 2

program=${DRIFTCTL:-build/driftctl}
run=build/run
store=$run/machine-store
root=$run/story/root
story_store=$run/story/store
wrong=0

heading() {
	printf '\n==> %s\n' "$*"
}

say() {
	echo "    $*"
}

# Runs driftctl as it would be typed, and shows how it ended.
driftctl() {
	printf '$ driftctl'
	for word; do
		case $word in
		*' '*)	printf " '%s'" "$word" ;;
		*)	printf ' %s' "$word" ;;
		esac
	done
	echo
	"$program" "$@"
	status=$?
	echo "[exit $status]"
}

# expect WANTED what: judges the last exit status.
expect() {
	[ "$status" -eq "$1" ] && return
	say "WRONG: exit $status, not $1: $2"
	wrong=$((wrong + 1))
}

# holds what COMMAND…: something that must be true now.
holds() {
	what=$1
	shift
	"$@" && return
	say "WRONG: $what"
	wrong=$((wrong + 1))
}

is_gone() {
	[ ! -e "$root$1" ]
}

# Everything about each object that the story could change but the folders'
# times, which a restore of their contents moves.
picture() {
	(
		cd "$root" || exit
		find . -exec stat -c '%n %F %a %u:%g %N' {} +
		find . -type f -exec stat -c '%n %s %Y' {} +
		find . -type f -exec cksum {} +
		if command -v getfacl > /dev/null; then
			getfacl -nR . 2> /dev/null | awk '
			    /^# file: / { path = substr($0, 9) }
			    /^[^#]/ { print path, $0 }'
		fi
	) | sort
}

machine() {
	heading "This machine"
	if [ "$(id -u)" -ne 0 ]; then
		say "Not root: what only root can read is missing from this" \
		    "part and reported as unknown (sudo make run shows all)."
	fi
	driftctl --store "$store" init
	driftctl --store "$store" check
	[ "$status" -lt 2 ] ||
		say "(2: something could not be looked at; it is named above)"
}

before_upgrade() {
	heading "The story: a mail server and KVM host, before its upgrade"
	sh tests/story/make-root.sh "$root" before || exit 2
	driftctl --root "$root" --store "$story_store" init
	expect 0 "a healthy machine"
	driftctl --root "$root" --store "$story_store" snapshot \
	    -m "before the upgrade"
	expect 0 "nothing changed since"
	driftctl --root "$root" --store "$story_store" check
	expect 0 "a healthy machine"
}

upgrade() {
	heading "The upgrade"
	picture > "$run/story/before"
	echo "\$ sh tests/story/upgrade.sh $root"
	sh tests/story/upgrade.sh "$root" || exit 2
	picture > "$run/story/upgraded"
	heading "What it took away and changed"
	driftctl --root "$root" --store "$story_store" check
	expect 1 "the upgrade did harm"
}

restored() {
	heading "Putting it back"
	driftctl --root "$root" --store "$story_store" restore --dry-run
	expect 1 "a dry run leaves all of it undone"
	picture > "$run/story/now"
	holds "a dry run changes nothing" \
	    cmp -s "$run/story/upgraded" "$run/story/now"
	driftctl --root "$root" --store "$story_store" restore --yes
	expect 0 "all of it can be put back"
	driftctl --root "$root" --store "$story_store" check
	expect 0 "the machine is as it was"
	picture | grep -v '/os-release' > "$run/story/now"
	grep -v '/os-release' "$run/story/before" > "$run/story/wanted"
	holds "all is back, with modes, owners, times and ACLs" \
	    diff "$run/story/wanted" "$run/story/now"
}

undone() {
	heading "And taking that back again"
	driftctl --root "$root" --store "$story_store" undo
	expect 0 "the last restore can be undone"
	picture > "$run/story/now"
	holds "all is as the upgrade left it" \
	    diff "$run/story/upgraded" "$run/story/now"
	holds "pam.d/imap is gone again" is_gone /etc/pam.d/imap
	driftctl --root "$root" --store "$story_store" check
	expect 1 "the harm is there again"
}

story() {
	before_upgrade
	upgrade
	restored
	undone
	if [ "$wrong" -gt 0 ]; then
		heading "The story went wrong in $wrong places"
		return 1
	fi
	heading "The story went as it should"
}

# Files of root's are needed for the story. In a user namespace of its own
# anybody can have them.
story_as_anybody() {
	if [ "$(id -u)" -eq 0 ]; then
		story
	elif unshare -r true 2> /dev/null; then
		DRIFTCTL=$program exec unshare -r sh packaging/run-demo.sh story
	else
		heading "The story"
		say "Not played: it needs files that belong to root, and this" \
		    "system lets you have none (sudo make run plays it)."
	fi
}

if [ ! -x "$program" ]; then
	echo "run-demo.sh: $program: not there (run make first)" >&2
	exit 2
fi
if [ "${1-}" != story ]; then
	rm -rf "$run" 2> /dev/null
	if ! mkdir -p "$run/story" 2> /dev/null || [ -e "$store" ]; then
		echo "run-demo.sh: $run: cannot be made anew" \
		    "(left by root? sudo rm -rf $run)" >&2
		exit 2
	fi
	machine
	story_as_anybody
else
	story
fi
