#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2030,SC2031,SC2154
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
	ASAN_OPTIONS=detect_leaks=0 not strace -f -o /dev/null -e trace=syncfs \
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
		[ "$n" -lt 20 ]
		status=0
		said=$(ASAN_OPTIONS=detect_leaks=0 strace -f -o /dev/null \
		    -e trace=renameat,renameat2 -e \
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
	stderr=$(ASAN_OPTIONS=detect_leaks=0 strace -f -o /dev/null -e trace=getdents64 -P "$1" -e \
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

@test "a rule that no recorded version satisfies says so, and no circle" {
	echo "nothing good" > "$ROOT/etc/bad"
	begin <<-'RULE'
	  - id: good
	    path: /etc/bad
	    why: It must be good.
	    on-drift: restore
	    lines: {require: '^good$'}
	  - id: flagged
	    path: /etc/crypttab
	    why: Another one.
	    lines: {require: '^cr_data '}
	RULE
	for rule in mail/good mail/flagged; do
		dm restore --rule $rule --yes
		[ "$status" -eq 1 ]
		says "nothing to put back"
	done
	dm restore --rule good --yes
	says "/etc/bad: " "; no recorded version satisfies the rule [mend it by hand, then '" " accept /etc/bad']"
	says_not "-> " "--rule mail/good"
	dm --format json restore --yes
	[[ $output == *"no recorded version satisfies"* ]]
	echo good > "$ROOT/etc/bad"
	dm snapshot
	echo bad > "$ROOT/etc/bad"
	dm restore --yes
	grep -qx good "$ROOT/etc/bad"
}

@test "a path that is as the baseline has it, and in drift, says so" {
	begin <<-'RULE'
	  - id: flagged
	    path: /etc/crypttab
	    why: The mail volume.
	    lines: {require: '^cr_data '}
	  - id: other
	    path: /etc/group
	    why: Nobody asked for this one.
	    lines: {require: nothing}
	RULE
	said="; what was put back has it so, too"
	dm restore --yes /etc/crypttab
	[ "$status" -eq 1 ]
	says "nothing to put back"
	says "/etc/crypttab: " "$said"
	says "-> " " restore --rule mail/flagged"
	says_not /etc/group
	says_not "entries tracked"
	echo 1 > "$ROOT/etc/crypttab"
	dm restore --yes /etc/crypttab
	[ "$status" -eq 1 ]
	says "/etc/crypttab: " "$said"
	grep -q cr_mail "$ROOT/etc/crypttab"
	rm "$ROOT/etc/passwd"
	dm restore --yes /etc/passwd
	[ "$status" -eq 0 ]
	says_not "left as it is"
}

@test "a path that is put back is judged by what other files say, too" {
	cat > "$BATS_TEST_TMPDIR/specs/own.yaml" <<-'SPEC'
	spec: own
	relations:
	  - id: groups
	    why: A user needs a group of that number.
	    each: {path: /etc/passwd, entries: gid}
	    in: {path: '/etc/grou[p]', entries: gid, as: group}
	SPEC
	dm init
	[ "$status" -eq 0 ]
	dm check
	[ "$status" -eq 0 ]
	echo "new:x:1:0::/:/bin/sh" >> "$ROOT/etc/passwd"
	dm restore --yes /etc/passwd
	[ "$status" -eq 0 ]
	says_not "left as it is"
}

@test "what a repair made is not to be put back as it was before" {
	begin <<-'RULE'
	  - id: stack
	    path: /etc/pam.d/imap
	    why: Everybody gets in.
	    on-drift: repair
	    on-change: flag
	    lines: {forbid: '^auth.*pam_unix', repair: {comment-out: "#"}}
	RULE
	dm restore --yes
	dm check
	[ "$status" -eq 1 ]
	says "/etc/pam.d/imap: changed since the baseline: " \
	    "; as the baseline has it, mail/stack does not hold: accept what is now"
	says_not "-> " "restore"
	eval "$DRIFTCTL $(sed -n 's/^ *-> driftctl//p' <<< "$output")"
	dm check
	[ "$status" -eq 0 ]
}

# A system whose /lib is a folder, and then a symlink to usr/lib.
merged() {
	mkdir -p "$ROOT/lib/systemd/sub" "$ROOT/usr/lib/other"
	echo unit > "$ROOT/lib/systemd/x"
	echo two > "$ROOT/lib/systemd/sub/y"
	ln "$ROOT/lib/systemd/x" "$ROOT/lib/systemd/z"
	begin <<-'RULE'
	  - id: unit
	    path: /lib/systemd/x
	    why: It starts.
	    on-drift: restore
	    lines: {require: '^unit$'}
	  - id: tracked
	    path: /lib/systemd/**
	    why: All of it.
	    on-change: restore
	  - id: service
	    path: /etc/pam.d/imap
	    why: Without it nobody logs in.
	    on-drift: restore
	    require: present
	RULE
	mv "$ROOT/lib/systemd" "$ROOT/usr/lib/"
	rmdir "$ROOT/lib"
	ln -s usr/lib "$ROOT/lib"
	dm check
	[ "$status" -eq 0 ]
}

@test "by rules, what was in a folder that is a symlink now comes back" {
	merged
	rm "$ROOT/usr/lib/systemd/x" "$ROOT/usr/lib/systemd/sub/y" \
	    "$ROOT/etc/pam.d/imap"
	dm restore --yes
	[ "$status" -eq 0 ]
	[ "$(cat "$ROOT/usr/lib/systemd/x")" = unit ]
	[ "$(cat "$ROOT/usr/lib/systemd/sub/y")" = two ]
	[ -L "$ROOT/lib" ]
	[ -e "$ROOT/etc/pam.d/imap" ]
	[ "$ROOT/usr/lib/systemd/x" -ef "$ROOT/usr/lib/systemd/z" ]
	echo edited > "$ROOT/usr/lib/systemd/x"
	dm restore --yes
	[ "$status" -eq 0 ]
	[ "$(cat "$ROOT/usr/lib/systemd/x")" = unit ]
	dm undo --yes
	[ "$status" -eq 0 ]
	[ "$(cat "$ROOT/usr/lib/systemd/x")" = edited ]
}

@test "by path, what was in a folder that is a symlink now comes back" {
	merged
	for path in /usr/lib/systemd/sub/y /lib/systemd/sub/y \
	    /usr/lib/systemd /lib/systemd/sub; do
		rm "$ROOT/usr/lib/systemd/sub/y"
		dm restore --yes $path
		[ "$status" -eq 0 ]
		[ "$(cat "$ROOT/usr/lib/systemd/sub/y")" = two ]
		[ -L "$ROOT/lib" ]
	done
	echo new > "$ROOT/usr/lib/systemd/new"
	dm restore --yes --remove-added /usr/lib/systemd
	[ "$status" -eq 0 ]
	[ ! -e "$ROOT/usr/lib/systemd/new" ]
	[ -e "$ROOT/usr/lib/systemd/x" ]
	dm restore --yes /usr/lib/nowhere
	[ "$status" -eq 2 ]
	complains "/usr/lib/nowhere: is not in that snapshot"
}

@test "the folder itself comes back where it is asked for" {
	merged
	dm restore --yes /lib
	[ "$status" -eq 0 ]
	[ -d "$ROOT/lib" ] && [ ! -L "$ROOT/lib" ]
	[ "$(cat "$ROOT/lib/systemd/sub/y")" = two ]
}

@test "one wish that cannot come true does not bar the others' way" {
	echo "max-size: 1k" > "$BATS_TEST_TMPDIR/config"
	mkdir "$ROOT/etc/driftctl"
	cp "$BATS_TEST_TMPDIR/config" "$ROOT/etc/driftctl/driftctl.yaml"
	head -c 5000 /dev/zero > "$ROOT/etc/large"
	begin <<-'RULE'
	  - id: large
	    path: /etc/large
	    why: It is large.
	    on-drift: restore
	    require: present
	  - id: owned
	    path: /etc/crypttab
	    why: Its group is not there.
	    on-drift: repair
	    group: nobodysgroup
	  - id: service
	    path: /etc/pam.d/imap
	    why: Without it nobody logs in.
	    on-drift: restore
	    require: present
	RULE
	rm "$ROOT/etc/large" "$ROOT/etc/pam.d/imap"
	dm restore --yes
	[ "$status" -eq 1 ]
	complains "driftctl: /etc/large: its content was larger than 'max-size'"
	complains "driftctl: /etc/crypttab: there is no group 'nobodysgroup' here"
	[ -e "$ROOT/etc/pam.d/imap" ]
	says "/etc/large: is missing"
	rm "$ROOT/etc/pam.d/imap"
	dm restore --yes /etc/large /etc/pam.d/imap
	[ "$status" -eq 1 ]
	complains "driftctl: /etc/large: cannot be put back: larger than max-size"
	[ -e "$ROOT/etc/pam.d/imap" ]
	says "/etc/large: is missing"
	says_not "what was put back"
}

@test "paths are restored although a spec has a mistake, which is told" {
	present
	sed -i 's/on-drift/on-drfit/' "$SPEC"
	rm "$ROOT/etc/pam.d/imap"
	for n in 1 2; do
		dm restore --yes /etc/pam.d/imap
		[ "$status" -eq 2 ]
		complains "unknown key 'on-drfit'"
		[ -e "$ROOT/etc/pam.d/imap" ]
	done
	says "nothing to put back"
	rm "$ROOT/etc/pam.d/imap"
	dm --format json restore --yes --all
	[ "$status" -eq 2 ]
	[[ $output == *'"done": true'*'"exit": 2'* ]]
	dm restore --dry-run /etc/crypttab
	[ "$status" -eq 2 ]
}

@test "a plan of times alone says so, with nothing before it" {
	mkdir -p "$ROOT/etc"
	echo a > "$ROOT/etc/a"
	d init
	touch -d 2001-01-01 "$ROOT/etc/a"
	d restore --all --dry-run
	[ "$status" -eq 1 ]
	[ "$output" = "would do:
  set the time of 1 entry" ]
	d restore --all --yes
	[ "$status" -eq 0 ]
	says "set the time of 1 entry"
}

@test "a plan says that a file is too large to be replaced" {
	echo a > "$ROOT/etc/a"
	d init
	truncate -s 1G "$ROOT/etc/a"
	for how in "--dry-run" "--yes"; do
		d restore $how /etc/a
		[ "$status" -eq 2 ]
		[[ $stderr == *"/etc/a: too large to be kept in a rollback, so it is not replaced [move it away and run again]"* ]]
		says_not "do:"
	done
	[ "$(stat -c %s "$ROOT/etc/a")" -eq 1073741824 ]
}
