#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154
# What shells offer, and help: both come from the tables of the parsers.

load ../lib.sh

setup() {
	scratch
	cd "$TOP" || return
	mkdir "$BATS_TEST_TMPDIR/bin"
	ln -s "$(realpath "$DRIFTCTL")" "$BATS_TEST_TMPDIR/bin/driftctl"
	export PATH=$BATS_TEST_TMPDIR/bin:$PATH LC_ALL=C.UTF-8
}

# offers WORD…: the last may be empty; words alone in $output.
offers() {
	output=$(driftctl complete -- "$@" | cut -f 1)
	echo "$output"
}

# The output is just these.
are() {
	[ "$output" = "$(printf '%s\n' "$@")" ]
}

verbs() {
	driftctl complete -- "" | cut -f 1
}

@test "verbs are offered with what they do" {
	[ "$(verbs | wc -l)" -ge 19 ]
	offers re
	are report restore
	run driftctl complete -- resto
	[ "$output" = $'restore\tputs back what drifted, or what is named' ]
	offers nothing-like-it
	are ""
}

@test "options of a verb are those of its parser, each with its words" {
	offers restore --re
	are --remove-added
	offers restore --r
	are --root --rule --remove-added
	offers --no
	are --no-color
	for verb in $(verbs); do
		driftctl complete -- "$verb" -- > "$BATS_TEST_TMPDIR/options"
		[ -s "$BATS_TEST_TMPDIR/options" ]
		echo "$verb: an option that agent/optionwords.c does not know:"
		not grep -v $'\t' "$BATS_TEST_TMPDIR/options"
	done
}

@test "what a verb's arguments are comes from its synopsis" {
	offers spec ""
	are lint list show test schema
	offers spec l
	are lint list
	offers hook ""
	are zypp rpm dnf apt dpkg pacman timer boot notify
	offers hook rpm ""
	are begin end
	offers preflight --conffiles ""
	are old new
	offers --format ma
	are markdown
	offers --format=ma
	are --format=markdown
	offers check -o ""
	are :files
	offers --root ""
	are :dirs
	offers spec lint ""
	are :files
	offers snapshot -m ""
	are ""
	offers doctor ""
	are ""
}

@test "paths, snapshots, rules, specs and rollbacks are those of the store" {
	needs_root
	story_begins
	here=(--root "$ROOT" --store "$STORE")
	offers "${here[@]}" restore /etc/pa
	are /etc/pam.d/ /etc/passwd
	offers "${here[@]}" restore /etc/pam.d/i
	are /etc/pam.d/imap
	offers "${here[@]}" diff ""
	says live
	says baseline
	says /etc/
	commit=$(git --git-dir "$STORE/repo.git" rev-parse live)
	offers "${here[@]}" restore --from "${commit:0:4}"
	are "${commit:0:10}"
	offers "${here[@]}" restore --rule mail-auth-d
	are mail-auth-deny/service-files
	offers "${here[@]}" spec show spamas
	are spamassassin
	offers "${here[@]}" undo ""
	are ""
	rm "$ROOT/etc/pam.d/imap"
	d restore --yes
	offers "${here[@]}" undo ""
	says -restore
	# A removed one can still be put back.
	rm "$ROOT/etc/pam.d/imap"
	offers "${here[@]}" restore /etc/pam.d/im
	are /etc/pam.d/imap
}

@test "where nothing can be read nothing is said, and files are offered" {
	run driftctl complete -- --store "$STORE" restore /etc/
	[ "$status" -eq 0 ]
	[ "$output" = :files ]
	run driftctl complete -- --store "$STORE" restore --from ""
	[ "$(cut -f 1 <<< "$output")" = $'live\nbaseline' ]
	run driftctl complete -- --specs /nowhere restore --rule ""
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	run driftctl complete -- --rooot x restore ""
	[ "$status" -eq 0 ]
	run driftctl complete
	[ "$status" -eq 0 ]
	run driftctl complete --
	[ "$status" -eq 0 ]
}

@test "bash completes as it is typed" {
	run python3 tests/complete.py bash "driftctl rest"
	echo "$output"
	says "driftctl restore "
	run python3 tests/complete.py bash "driftctl check --format=pro"
	says "driftctl check --format=prometheus "
	run python3 tests/complete.py bash "driftctl sp"
	says "driftctl spec "
}

@test "bash offers paths without a blank after a folder, and quotes names" {
	needs_root
	story_begins
	echo x > "$ROOT/etc/pam.d/two words"
	d accept -q
	# shellcheck source=packaging/completions/driftctl
	. packaging/completions/driftctl
	COMP_WORDS=(driftctl --root "$ROOT" --store "$STORE" restore /etc/pam.d/t)
	COMP_CWORD=6
	_driftctl
	[ "${COMPREPLY[*]}" = '/etc/pam.d/two\ words' ]
	COMP_WORDS=(driftctl --format "=" ht)
	COMP_CWORD=3
	_driftctl
	[ "${COMPREPLY[*]}" = html ]
}

@test "zsh completes as it is typed" {
	needs zsh
	run python3 tests/complete.py zsh "driftctl rest"
	echo "$output"
	[[ ${output//[^a-z ]/} == *"driftctl restore "* ]]
	run python3 tests/complete.py zsh "driftctl re"
	echo "$output"
	says "restore" "-- puts back what drifted, or what is named"
	says "report" "-- what happened since the last report"
}

@test "fish completes as it is typed" {
	needs fish
	export HOME=$BATS_TEST_TMPDIR
	run fish --no-config -c \
	    'source packaging/completions/driftctl.fish; complete -C "driftctl re"'
	echo "$output"
	says restore "puts back what drifted, or what is named"
	says report
	run fish --no-config -c \
	    'source packaging/completions/driftctl.fish; complete -C "driftctl preflight --conffiles "'
	[ "$output" = $'new\nold' ] || [ "$output" = $'old\nnew' ]
	run fish --no-config -c \
	    'source packaging/completions/driftctl.fish; complete -C "driftctl spec lint READ"'
	says README.md
}

@test "help keeps within 80 columns, of all and of each verb" {
	driftctl help > "$BATS_TEST_TMPDIR/help"
	[ "$(wc -l < "$BATS_TEST_TMPDIR/help")" -lt 50 ]
	for verb in $(verbs); do
		run driftctl "$verb" --help
		[ "$status" -eq 0 ]
		says "usage: driftctl $verb"
		[ "$output" = "$(driftctl help "$verb")" ]
		echo "$output" >> "$BATS_TEST_TMPDIR/help"
		for option in $(driftctl complete -- "$verb" -- | cut -f 1); do
			[[ $output == *"$option"* ]] ||
				driftctl complete -- -- | grep -q -- "^$option"
		done
	done
	not grep -nE '^.{81}' "$BATS_TEST_TMPDIR/help"
	run driftctl help report
	says "--last" "what the last package transaction did"
	says "--dry-run" "let the next report say all of it again"
	run driftctl help learn
	says "--name SPEC"
	run driftctl help hook
	says "--owner PID" "the process that"
	says "--now " "tell all that waits"
	says "--test " "a message that is a test"
	for word in lint list show test schema; do
		run driftctl help spec
		grep -qE "^  $word +[a-z]" <<< "$output"
	done
	for word in zypp begin end timer boot notify; do
		run driftctl help hook
		grep -qE "^  $word +[a-z]" <<< "$output"
	done
	for option in $(driftctl complete -- -- | cut -f 1); do
		driftctl help | grep -qE -- " $option( |\$)"
	done
	run driftctl help restor
	[ "$status" -eq 2 ]
	says "unknown verb 'restor' (did you mean 'restore'?)"
}
