#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154
# What a restore and an undo do beside the ordinary case.

load ../lib.sh

setup() {
	scratch
	SPEC=$BATS_TEST_TMPDIR/specs/mail.yaml
	mkdir -p "$ROOT/etc/pam.d" "$BATS_TEST_TMPDIR/specs"
	echo "root:x:0:0:root:/root:/bin/sh" > "$ROOT/etc/passwd"
	echo "root:x:0:" > "$ROOT/etc/group"
	echo "auth required pam_unix.so" > "$ROOT/etc/pam.d/imap"
	echo "cr_mail /dev/sda2 none luks" > "$ROOT/etc/crypttab"
}

# begin RULE: the baseline is taken, with one rule in force.
begin() {
	{
		printf 'spec: mail\nrules:\n'
		cat
	} > "$SPEC"
	dm init
	[ "$status" -eq 0 ]
}

dm() {
	d --specs "$BATS_TEST_TMPDIR/specs" "$@"
}

complains() {
	local output=$stderr

	says "$@"
}

@test "on-change: restore leaves alone what was added, and flags it" {
	begin <<-'RULE'
	  - id: service
	    path: /etc/pam.d/*
	    why: Who may log in.
	    on-change: restore
	    require: present
	RULE
	echo "auth required pam_deny.so" > "$ROOT/etc/pam.d/imap"
	echo "auth required pam_unix.so" > "$ROOT/etc/pam.d/new"
	dm restore --yes
	[ "$status" -eq 1 ]
	says "/etc/pam.d/new: was added since the baseline"
	[ -e "$ROOT/etc/pam.d/new" ]
	grep -q pam_unix "$ROOT/etc/pam.d/imap"
}

# interrupted N VERB…: killed at the Nth of the two times that all is synced,
# before names change and after it.
interrupted() {
	local when=$1

	shift
	needs strace
	skip_unless "strace may not trace here" strace -o /dev/null true
	not strace -f -o /dev/null -e trace=syncfs \
	    -e "inject=syncfs:signal=KILL:when=$when" "$DRIFTCTL" \
	    --root "$ROOT" --store "$STORE" --specs "$BATS_TEST_TMPDIR/specs" \
	    "$@" > /dev/null 2>&1
	[ -n "$(ls "$STORE/journal")" ]
}

present() {
	begin <<-'RULE'
	  - id: service
	    path: /etc/pam.d/imap
	    why: Without it nobody logs in.
	    on-drift: restore
	    require: present
	RULE
}

@test "undo takes back an interrupted restore, and no older one" {
	present
	echo 1 > "$ROOT/etc/crypttab"
	dm restore --yes /etc/crypttab
	rm "$ROOT/etc/pam.d/imap"
	interrupted 2 restore --yes
	dm undo --dry-run
	[ "$status" -eq 1 ]
	says "would take back" -restore ", which was interrupted"
	[ -e "$ROOT/etc/pam.d/imap" ]
	dm undo --yes
	[ "$status" -eq 0 ]
	complains "was interrupted; what it had begun was taken back"
	[ ! -e "$ROOT/etc/pam.d/imap" ]
	grep -q cr_mail "$ROOT/etc/crypttab"
	dm undo --yes
	[ "$status" -eq 0 ]
	grep -qx 1 "$ROOT/etc/crypttab"
}

@test "undo with an interrupted restore before it speaks JSON" {
	skip_unless "python3's jsonschema is not installed" \
	    python3 -c 'import jsonschema'
	present
	rm "$ROOT/etc/pam.d/imap"
	interrupted 1 restore --yes
	dm --format json undo --dry-run
	[ "$status" -eq 1 ]
	python3 "$TOP/tests/validate.py" "$TOP/doc/undo.schema.json" \
	    <<< "$output"
	dm --format json undo --yes
	[ "$status" -eq 0 ]
	python3 "$TOP/tests/validate.py" "$TOP/doc/undo.schema.json" \
	    <<< "$output"
	[[ $output == *'"done": true'* ]]
}

@test "a rollback that was named is taken back after the interrupted one" {
	present
	echo 1 > "$ROOT/etc/crypttab"
	dm restore --yes /etc/crypttab
	id=$(basename "$STORE"/rollback/*.meta .meta)
	rm "$ROOT/etc/pam.d/imap"
	interrupted 2 restore --yes
	dm undo --yes "$id"
	[ "$status" -eq 0 ]
	[ ! -e "$ROOT/etc/pam.d/imap" ]
	grep -qx 1 "$ROOT/etc/crypttab"
}

@test "a rollback of another root is refused, and that root is named" {
	present
	rm "$ROOT/etc/pam.d/imap"
	dm restore --yes
	id=$(basename "$STORE"/rollback/*.meta .meta)
	real=$(realpath "$ROOT")
	mv "$ROOT" "$ROOT.moved"
	cp -a "$ROOT.moved" "$ROOT"
	mine=$ROOT
	ROOT=$ROOT.moved
	before=$(picture)
	for more in --dry-run --yes; do
		dm undo $more
		[ "$status" -eq 2 ]
		complains "$real: the rollback $id is of this root [run again with --root '$real', or where it lies elsewhere now: sh $STORE/rollback/$id.sh DIR]"
	done
	[ "$(picture)" = "$before" ]
	ln -s root "$BATS_TEST_TMPDIR/link"
	ROOT=$BATS_TEST_TMPDIR/link
	dm undo --yes
	[ "$status" -eq 0 ]
	[ ! -e "$mine/etc/pam.d/imap" ]
}

@test "a damaged journal is named with its path and the way out" {
	present
	rm "$ROOT/etc/pam.d/imap"
	interrupted 1 restore --yes
	real=$(realpath "$STORE")
	journal=$(echo "$real"/journal/*)
	id=${journal##*/}
	cp "$journal" "$BATS_TEST_TMPDIR/saved"
	for junk in "driftctl-journal 1"$'\n'"root" "junk"; do
		echo "$junk" > "$journal"
		for verb in snapshot "restore --yes" "undo --yes" init accept \
		    check; do
			# shellcheck disable=SC2086
			dm $verb
			[ "$status" -eq 2 ]
			complains "driftctl: $journal: damaged, or no journal that this driftctl knows [if a restore was interrupted, 'sh $real/rollback/$id.sh ROOT' takes it back; then move the journal away]"
		done
	done
	dm verify
	[ "$status" -eq 2 ]
	says "$journal: damaged, or no journal"
	sh "$STORE/rollback/$id.sh" "$ROOT"
	mv "$journal" "$BATS_TEST_TMPDIR/"
	dm restore --yes
	[ "$status" -eq 0 ]
	[ -e "$ROOT/etc/pam.d/imap" ]
}

@test "a folder where a journal would be is named with its path" {
	present
	mkdir -p "$STORE/journal/x"
	dm snapshot
	[ "$status" -eq 2 ]
	complains "$(realpath "$STORE")/journal/x: cannot read: Is a directory"
}

@test "a restore that is running is no interrupted one" {
	needs flock
	present
	echo 1 > "$ROOT/etc/crypttab"
	interrupted 1 restore --yes /etc/crypttab
	dm check
	[ "$status" -eq 2 ]
	complains "$STORE: a restore was interrupted [run 'driftctl restore' or 'driftctl undo': either takes back what it had begun]"
	dm verify
	[ "$status" -eq 2 ]
	says "$STORE: a restore was interrupted"
	echo 4711 > "$STORE/lock"
	exec 8< "$STORE/lock"
	flock -n 8
	dm check
	[ "$status" -eq 0 ]
	[ "$stderr" = "driftctl: $STORE: process 4711 is restoring" ]
	dm verify
	[ "$status" -eq 0 ]
	[ "$stderr" = "driftctl: $STORE: process 4711 is restoring" ]
	exec 8<&-
}

@test "where taking back fails, too, both errors are told with the way out" {
	present
	needs strace
	skip_unless "strace may not trace here" strace -o /dev/null true
	echo 1 > "$ROOT/etc/crypttab"
	echo 2 > "$ROOT/etc/passwd"
	for n in {1..20}; do
		[ $n -lt 20 ]
		status=0
		said=$(strace -f -o /dev/null -e trace=renameat,renameat2 -e \
		    "inject=renameat,renameat2:error=EIO:when=$n+" "$DRIFTCTL" \
		    --root "$ROOT" --store "$STORE" restore --all --yes 2>&1 \
		    > /dev/null) || status=$?
		echo "$n: [$status] $said"
		[ "$status" -eq 2 ]
		! grep -q '^2$' "$ROOT/etc/passwd" ||
			! grep -q cr_mail "$ROOT/etc/crypttab" || break
	done
	id=$(ls "$STORE/journal")
	stderr=$said
	complains "driftctl: /etc/passwd: " ": Input/output error"
	complains "driftctl: $(realpath "$STORE")/rollback/$id.sh: the machine may be half changed, as taking it back failed, too: /etc/" \
	    ": Input/output error [run 'driftctl undo', or this script]"
	dm undo --yes
	[ "$status" -eq 0 ]
	grep -qx 1 "$ROOT/etc/crypttab"
}

@test "a file repaired to what it was has its time again, too" {
	cat > "$ROOT/etc/v310.pre" <<-'PRE'
	#loadplugin Mail::SpamAssassin::Plugin::Razor2
	loadplugin Mail::SpamAssassin::Plugin::SPF
	PRE
	touch -d @1234567890.5 "$ROOT/etc/v310.pre"
	begin <<-'RULE'
	  - id: no-razor
	    path: /etc/v310.pre
	    why: Mail waits for it.
	    on-drift: repair
	    lines:
	      forbid: '^loadplugin .*Razor2'
	      repair: {comment-out: "#"}
	RULE
	sed -i 's/^#//' "$ROOT/etc/v310.pre"
	dm restore --yes
	[ "$status" -eq 0 ]
	[ "$(stat -c %.9Y "$ROOT/etc/v310.pre")" = 1234567890.500000000 ]
	# Repaired to something else it is as new as it is.
	echo "#new" >> "$ROOT/etc/v310.pre"
	sed -i 's/^#load/load/' "$ROOT/etc/v310.pre"
	dm restore --yes
	[ "$status" -eq 0 ]
	grep -qx "#new" "$ROOT/etc/v310.pre"
	[ "$(stat -c %Y "$ROOT/etc/v310.pre")" -gt 1234567890 ]
	# One that was recorded since is known as well.
	touch -d @1334567890 "$ROOT/etc/v310.pre"
	dm snapshot
	sed -i 's/^#load/load/' "$ROOT/etc/v310.pre"
	dm restore --yes
	[ "$(stat -c %Y "$ROOT/etc/v310.pre")" -eq 1334567890 ]
}

# unreadable FOLDER VERB…: reading the names in the folder fails.
unreadable() {
	needs strace
	skip_unless "strace may not trace here" strace -o /dev/null true
	status=0
	stderr=$(strace -f -o /dev/null -e trace=getdents64 -P "$1" -e \
	    inject=getdents64:error=EIO "$DRIFTCTL" --root "$ROOT" --store \
	    "$STORE" --specs "$BATS_TEST_TMPDIR/specs" "${@:2}" 2>&1 \
	    > /dev/null) || status=$?
	echo "[$status] $stderr"
}

@test "a folder whose names cannot be read is no empty one" {
	present
	rm "$ROOT/etc/pam.d/imap"
	dm restore --yes
	unreadable "$STORE/rollback" undo --list
	[ "$status" -eq 2 ]
	complains "rollback: cannot read the folder: Input/output error"
	unreadable "$STORE/journal" snapshot
	[ "$status" -eq 2 ]
	complains "journal: cannot read the folder: Input/output error"
	mkdir "$ROOT/etc/new"
	unreadable "$ROOT/etc/new" restore --all --remove-added --yes
	[ "$status" -eq 2 ]
	complains "/etc/new: cannot read the folder: Input/output error"
	rm "$ROOT/etc/pam.d/imap"
	interrupted 1 restore --yes
	unreadable "$ROOT/etc/pam.d" undo
	[ "$status" -eq 2 ]
	complains "/etc/pam.d: cannot read the folder: Input/output error"
	dm undo --yes
	[ "$status" -eq 0 ]
}
