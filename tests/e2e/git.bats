#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The repository is a git repository like any other: plain git reads it, finds
# nothing wrong with it, and it grows by what changed and nothing else.
# shellcheck disable=SC2016,SC2154

load ../lib.sh

setup() {
	needs git
	scratch
	# Nobody's git configuration but the repository's own.
	export HOME=$BATS_TEST_TMPDIR GIT_CONFIG_NOSYSTEM=1
	mkdir -p "$ROOT/etc/pam.d" "$BATS_TEST_TMPDIR/specs"
	echo "root:x:0:0:root:/root:/bin/sh" > "$ROOT/etc/passwd"
	echo "root:x:0:" > "$ROOT/etc/group"
	echo "cr_mail /dev/sda2 none luks" > "$ROOT/etc/crypttab"
	echo "auth required pam_unix.so" > "$ROOT/etc/pam.d/imap"
	printf 'NAME=x\nPRETTY_NAME="Some Linux 1"\n' > "$ROOT/etc/os-release"
}

# driftctl without any spec.
dn() {
	d --specs "$BATS_TEST_TMPDIR/specs" "$@"
}

begin() {
	dn init
	[ "$status" -eq 0 ]
}

g() {
	git --git-dir "$STORE/repo.git" "$@"
}

is_sound() {
	run g fsck --strict --full
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	dn verify
	[ "$status" -eq 0 ]
}

# Every file of the repository with its size, time and content.
repo_picture() {
	(
		cd "$STORE/repo.git" || exit
		find . -printf '%p %s %T@\n' | sort
		find . -type f -exec sha256sum {} + | sort
	)
}

# What tar knows of it; picture would stumble over newlines.
archive() {
	tar -C "$ROOT" --sort=name --numeric-owner -cf - etc | sha256sum
}

packs() {
	find "$STORE/repo.git/objects/pack" -name '*.pack' | wc -l
}

@test "git finds nothing wrong with it" {
	begin
	is_sound
	echo 1 >> "$ROOT/etc/crypttab"
	rm -r "${ROOT:?}/etc/pam.d"
	dn snapshot
	is_sound
	dn accept /etc/crypttab
	is_sound
	dn gc
	is_sound
}

@test "git log tells what happened, and why" {
	begin
	echo 1 >> "$ROOT/etc/crypttab"
	dn snapshot -m "before the upgrade to 2.0"
	echo 2 >> "$ROOT/etc/crypttab"
	dn accept -m "a third volume"
	[ "$(g log --format=%s live)" = "a third volume
before the upgrade to 2.0
first snapshot" ]
	[ "$(g log --format='%(trailers:key=Trigger,valueonly,separator=)' live)" = \
	    "accept
manual
init" ]
	[ "$(g log -1 --format='%(trailers:key=Os-Release,valueonly,separator=)' live)" = \
	    "Some Linux 1" ]
	[ "$(g log -1 --format='%(trailers:key=Driftctl-Version,valueonly,separator=)' live)" = \
	    "$(cat "$TOP/VERSION")" ]
	[ "$(g rev-parse refs/driftctl/baseline)" = "$(g rev-parse live)" ]
}

@test "the commit of paths accepted has the other paths of the baseline" {
	begin
	first=$(g rev-parse live)
	echo 1 >> "$ROOT/etc/crypttab"
	echo 1 >> "$ROOT/etc/passwd"
	dn accept /etc/crypttab
	[ "$status" -eq 0 ]
	[ "$(g rev-parse refs/driftctl/baseline^)" = "$first" ]
	run g diff --name-only "$first" refs/driftctl/baseline -- files
	[ "$output" = files/etc/crypttab ]
	dn diff
	says "changed  /etc/passwd"
	says_not /etc/crypttab
}

@test "git show gives a file byte for byte" {
	head -c 100000 /dev/urandom > "$ROOT/etc/bytes"
	: > "$ROOT/etc/empty"
	begin
	for file in crypttab bytes empty pam.d/imap; do
		g show "live:files/etc/$file" | cmp - "$ROOT/etc/$file"
	done
}

@test "symlinks and programs are such in git, too" {
	ln -s ../nowhere "$ROOT/etc/link"
	printf '#!/bin/sh\n' > "$ROOT/etc/program"
	chmod 0755 "$ROOT/etc/program"
	begin
	[[ $(g ls-tree live files/etc/link) == "120000 blob"* ]]
	[ "$(g show live:files/etc/link)" = ../nowhere ]
	[[ $(g ls-tree live files/etc/program) == "100755 blob"* ]]
	[[ $(g ls-tree live files/etc/crypttab) == "100644 blob"* ]]
}

@test "git clone makes a copy that can be checked out" {
	begin
	git clone -q "$STORE/repo.git" "$BATS_TEST_TMPDIR/clone"
	cmp "$BATS_TEST_TMPDIR/clone/files/etc/crypttab" "$ROOT/etc/crypttab"
}

@test "names that git acts upon are recorded, harmless, and restored" {
	cat > "$BATS_TEST_TMPDIR/config" <<-END
	track: [/etc/.git, /etc/.git/**]
	END
	mkdir "$ROOT/etc/.git" "$ROOT/etc/.GIT" "$ROOT/etc/git~1"
	echo "[core]" > "$ROOT/etc/.git/config"
	for name in .gitmodules .gitattributes .gitignore .mailmap \
	    .GIT/config 'git~1/x' $'.g\342\200\214it' '.git .' '.git::$DATA' \
	    '%=2egit' '%=' '%' 'back\slash' $'new\nline' $'latin-\344' \
	    ' blank ' 'x:y' '-option'; do
		printf '[submodule "a/../../x"]\n\turl = -u./x\n\tpath = ..\n' \
		    > "$ROOT/etc/$name"
	done
	before=$(archive)
	dn --config "$BATS_TEST_TMPDIR/config" init
	[ "$status" -eq 0 ]
	is_sound
	git clone -q "$STORE/repo.git" "$BATS_TEST_TMPDIR/clone"
	find "${ROOT:?}/etc" -mindepth 1 -delete
	dn --config "$BATS_TEST_TMPDIR/config" restore --all --yes
	[ "$status" -eq 0 ]
	[ "$(archive)" = "$before" ]
}

@test "folders called like the files of meta are no trouble" {
	for name in entries entries_ entries__ entriesx; do
		mkdir -p "$ROOT/etc/$name/entries"
		echo "$name" > "$ROOT/etc/$name/entries/entries"
	done
	before=$(picture)
	begin
	is_sound
	rm -r "${ROOT:?}/etc/entries"*
	dn restore --all --yes
	[ "$status" -eq 0 ]
	[ "$(picture)" = "$before" ]
}

@test "each line of meta is what the manual says" {
	needs_root
	mkfifo "$ROOT/etc/fifo"
	ln -s "with blank" "$ROOT/etc/a link"
	ln "$ROOT/etc/crypttab" "$ROOT/etc/hard"
	mknod "$ROOT/etc/null" c 1 3
	touch -d @-12.5 "$ROOT/etc/old"
	chown 4711:4712 "$ROOT/etc/old"
	setfattr -n user.k=v -v 'a b' "$ROOT/etc/old"
	setfacl -m u:4711:r "$ROOT/etc/group"
	setfacl -d -m g:4712:rx "$ROOT/etc/pam.d"
	echo "root:!:1::::::" > "$ROOT/etc/shadow"
	echo "max-size: 10" > "$BATS_TEST_TMPDIR/config"
	dn --config "$BATS_TEST_TMPDIR/config" init
	output=$(g show live:meta/etc/entries)
	[ "$(head -n 1 <<< "$output")" = "driftctl-meta 1" ]
	text='[^ ]+'
	grammar="^(file|directory|symlink|fifo|socket|block|char) $text"
	grammar+=" mode=[0-7]{4} owner=[0-9]+:[^ ]* group=[0-9]+:[^ ]*"
	grammar+="( size=[0-9]+)? mtime=-?[0-9]+\.[0-9]{9}( target=$text)?"
	grammar+="( dev=[0-9]+:[0-9]+)?( acl=$text)?( default-acl=$text)?"
	grammar+="( flags=[a-zA-Z]+)?( hardlink=/$text)?"
	grammar+="( content=(sealed|digest|unreadable))?( oid=[0-9a-f]{40})?"
	grammar+="( xattr:$text)*$"
	not grep -vE "$grammar" <<< "$(tail -n +2 <<< "$output")"
	[ "$(tail -n +2 <<< "$output" | cut -d ' ' -f 2)" = \
	    "$(tail -n +2 <<< "$output" | cut -d ' ' -f 2 | LC_ALL=C sort)" ]
	says 'symlink a\x20link ' 'target=with\x20blank'
	says 'fifo fifo mode=0644'
	says 'char null ' 'dev=1:3'
	says 'file hard ' 'hardlink=/etc/crypttab'
	says 'file old ' 'owner=4711: group=4712: size=0 mtime=-13.500000000'
	says 'file old ' 'xattr:user.k\x3dv=a\x20b'
	says 'file group ' 'acl=user::rw-,user:4711:r--,group::r--,mask::r--,other::r--'
	says 'directory pam.d ' 'default-acl='
	says 'file crypttab ' "content=digest oid=$(git hash-object \
	    "$ROOT/etc/crypttab")"
}

@test "a secret is sealed and its line says so" {
	echo "root:!:1::::::" > "$ROOT/etc/shadow"
	begin
	output=$(g show live:meta/etc/entries)
	says 'file shadow ' content=sealed
	[ "$(g cat-file blob live:files/etc/shadow | head -n 1)" = \
	    driftctl-seal1 ]
	# The line, nonce and tag: nothing but the content's length shows.
	[ "$(g cat-file -s live:files/etc/shadow)" -eq $((15 + 24 + 15 + 16)) ]
}

@test "an unchanged secret is one object" {
	echo "root:!:1::::::" > "$ROOT/etc/shadow"
	begin
	first=$(g rev-parse live:files/etc/shadow)
	touch "$ROOT/etc/shadow"
	echo 1 > "$ROOT/etc/crypttab"
	dn snapshot
	[ "$(g rev-parse live:files/etc/shadow)" = "$first" ]
}

@test "where nothing changed there is no commit and nothing is written" {
	begin
	before=$(repo_picture)
	objects=$(g count-objects -v)
	for _ in 1 2 3; do
		dn snapshot
		[ "$status" -eq 0 ]
		says "nothing changed since"
		dn check
		dn accept
	done
	[ "$(repo_picture)" = "$before" ]
	[ "$(g count-objects -v)" = "$objects" ]
	[ "$(g rev-list --count live)" -eq 1 ]
}

@test "times alone make no commit" {
	begin
	before=$(repo_picture)
	touch "$ROOT/etc/crypttab" "$ROOT/etc/pam.d"
	rm "$STORE/statcache"
	dn snapshot
	says "nothing changed since"
	[ "$(repo_picture)" = "$before" ]
}

@test "a snapshot is one pack, and no larger than what changed" {
	for i in $(seq 400); do
		mkdir -p "$ROOT/etc/d$((i % 20))"
		head -c 3000 /dev/urandom > "$ROOT/etc/d$((i % 20))/f$i"
	done
	begin
	[ "$(packs)" -eq 1 ]
	before=$(du -s --apparent-size -B1 "$STORE/repo.git" | cut -f 1)
	echo 1 >> "$ROOT/etc/d7/f7"
	dn snapshot
	[ "$(packs)" -eq 2 ]
	after=$(du -s --apparent-size -B1 "$STORE/repo.git" | cut -f 1)
	echo "grew by $((after - before))"
	[ $((after - before)) -lt 30000 ]
	# The file, the meta of its folder, and the trees up to the top.
	run g rev-list --count --objects live ^live~1
	[ "$output" -le 11 ]
}

@test "fifty snapshots are folded into few packs, and all are there" {
	begin
	for i in $(seq 50); do
		echo "$i" >> "$ROOT/etc/crypttab"
		dn snapshot -m "number $i"
		[ "$status" -eq 0 ]
	done > /dev/null
	echo "$(packs) packs"
	[ "$(packs)" -le 40 ]
	[ "$(g rev-list --count live)" -eq 51 ]
	[ "$(g show live~25:files/etc/crypttab | tail -n 1)" = 25 ]
	is_sound
	dn gc
	[ "$status" -eq 0 ]
	[ "$(packs)" -eq 1 ]
	[ "$(g show live~25:files/etc/crypttab | tail -n 1)" = 25 ]
	is_sound
}

@test "gc keeps as many snapshots as it was told, and the baseline" {
	begin
	first=$(g rev-parse live)
	for i in 1 2 3 4 5 6; do
		head -c 50000 /dev/urandom > "$ROOT/etc/noise"
		dn snapshot -m "number $i"
	done
	before=$(du -s -B1 "$STORE/repo.git" | cut -f 1)
	echo "keep-snapshots: 3" > "$BATS_TEST_TMPDIR/config"
	dn --config "$BATS_TEST_TMPDIR/config" gc
	[ "$status" -eq 0 ]
	says "kept the newest 3 of 7 snapshots"
	[ "$(g log --format=%s live)" = "number 6
number 5
number 4" ]
	[ "$(g rev-parse refs/driftctl/baseline)" = "$first" ]
	[ "$(du -s -B1 "$STORE/repo.git" | cut -f 1)" -lt $((before - 100000)) ]
	is_sound
	dn diff
	[ "$status" -eq 1 ]
	dn restore --all --remove-added --yes
	[ "$status" -eq 0 ]
	[ ! -e "$ROOT/etc/noise" ]
}

@test "gc keeps as many rollbacks as it was told, the newest" {
	begin
	for _ in 1 2 3; do
		echo x > "$ROOT/etc/crypttab"
		dn restore --all --yes
		[ "$status" -eq 0 ]
	done
	dn undo --list
	kept=$(head -n 1 <<< "$output")
	[ "$(wc -l <<< "$output")" -eq 3 ]
	echo "keep-rollbacks: 1" > "$BATS_TEST_TMPDIR/config"
	dn --config "$BATS_TEST_TMPDIR/config" gc
	says "removed the 2 oldest rollbacks"
	dn undo --list
	[ "$output" = "$kept" ]
	dn verify
	[ "$status" -eq 0 ]
}

@test "the git configuration of users and the environment is not read" {
	printf '[core]\n\trepositoryformatversion = 99\n[broken\n' \
	    > "$BATS_TEST_TMPDIR/.gitconfig"
	export GIT_DIR=/nowhere GIT_OBJECT_DIRECTORY=/nowhere \
	    GIT_CONFIG_GLOBAL=$BATS_TEST_TMPDIR/.gitconfig \
	    GIT_INDEX_FILE=/nowhere GIT_CEILING_DIRECTORIES=/
	dn init
	[ "$status" -eq 0 ]
	echo 1 >> "$ROOT/etc/crypttab"
	dn snapshot
	[ "$status" -eq 0 ]
	unset GIT_DIR GIT_OBJECT_DIRECTORY GIT_CONFIG_GLOBAL GIT_INDEX_FILE
	rm "$BATS_TEST_TMPDIR/.gitconfig"
	is_sound
	[ "$(g rev-list --count live)" -eq 2 ]
}

@test "what git packs anew is still read" {
	begin
	echo 1 >> "$ROOT/etc/crypttab"
	dn snapshot
	g repack -q -a -d
	g pack-refs --all
	dn verify
	[ "$status" -eq 0 ]
	dn diff
	[ "$status" -eq 1 ]
	echo 2 >> "$ROOT/etc/crypttab"
	dn snapshot
	[ "$status" -eq 0 ]
	is_sound
	[ "$(g rev-list --count live)" -eq 3 ]
}

@test "an empty machine has a snapshot, too" {
	rm -r "${ROOT:?}/etc"
	begin
	says "tracked: 0 entries"
	is_sound
	[ -z "$(g ls-tree -r --name-only live files)" ]
	mkdir "$ROOT/etc"
	dn snapshot
	[ "$status" -eq 0 ]
	is_sound
}
