#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154
# What is remembered between runs saves time and changes nothing: a snapshot by
# somebody who remembers is the very tree that one makes who has forgotten all.

load ../lib.sh

setup() {
	scratch
	mkdir -p "$ROOT/etc"
	echo "root:x:0:0:root:/root:/bin/sh" > "$ROOT/etc/passwd"
	echo "root:x:0:" > "$ROOT/etc/group"
	for i in 1 2 3 4 5 6; do
		mkdir -p "$ROOT/etc/d$i/sub/deep" "$ROOT/etc/empty$i"
		for k in 1 2 3; do
			echo "$i$k" > "$ROOT/etc/d$i/f$k"
			echo "$i$k" > "$ROOT/etc/d$i/sub/deep/f$k"
		done
		ln -s "f1" "$ROOT/etc/d$i/link"
	done
	d init
	[ "$status" -eq 0 ]
}

tree_of() {
	git -C "$1/repo.git" rev-parse 'live^{tree}'
}

# The next snapshot, once with and once without what was remembered.
same_without_memory() {
	local forgot=$BATS_TEST_TMPDIR/forgot

	sleep 0.05
	rm -rf "$forgot"
	cp -a "$STORE" "$forgot"
	rm -rf "$forgot/statcache" "$forgot/answers" "$forgot/packages"
	d snapshot -m with
	[ "$status" -eq 0 ]
	local said=${output%% *}
	STORE=$forgot d snapshot -m without
	[ "$status" -eq 0 ]
	[ "$said" = "${output%% *}" ]
	[ "$(tree_of "$STORE")" = "$(tree_of "$forgot")" ]
	git -C "$STORE/repo.git" fsck --strict > /dev/null
	d check
	local findings=$output
	STORE=$forgot d check
	[ "${findings#*:}" = "${output#*:}" ] ||
		[ "$(echo "$findings" | grep -v baseline)" = \
		    "$(echo "$output" | grep -v baseline |
		    sed "s|$forgot|$STORE|g")" ]
}

@test "each kind of change is recorded alike with memory and without" {
	local e=$ROOT/etc

	for change in \
	    "echo new > $e/d3/sub/deep/f2" \
	    "rm $e/d1/f2" \
	    "rm -r $e/d2/sub" \
	    "mkdir $e/d2/sub" \
	    "mv $e/d4 $e/moved" \
	    "mkdir -p $e/d9/a/b/c; echo x > $e/d9/a/b/c/x" \
	    "rmdir $e/empty2" \
	    "chmod 700 $e/d5" \
	    "chmod 755 $e/d5/f1" \
	    "ln -sf f2 $e/d5/link" \
	    "rm $e/d6/f1; mkdir $e/d6/f1; echo x > $e/d6/f1/x" \
	    "rm -r $e/d6/f1; echo x > $e/d6/f1" \
	    "ln $e/d6/f2 $e/d6/f9" \
	    "rm $e/d6/f2" \
	    "rm -r $e/d9" \
	    "touch -d @1 $e/d3/f3; echo y > $e/d3/f1" \
	    "echo z >> $e/passwd" \
	    "rm -r $e/d1 $e/d3; echo q > $e/q"; do
		sh -c "$change"
		same_without_memory
	done
}

@test "times alone are no snapshot, and are in the next one" {
	touch -d @1000000000 "$ROOT/etc/d1/f1"
	same_without_memory
	[[ "$output" != *recorded* ]]
	# Far from it: its folder is not made anew for anything else.
	echo x > "$ROOT/etc/d6/f1"
	same_without_memory
	git -C "$STORE/repo.git" show live:meta/etc/d1/entries |
		grep -q "f1 .*mtime=1000000000"
}

@test "an owner's new name is recorded without a change of any file" {
	echo "mail:x:4242:" >> "$ROOT/etc/group"
	d snapshot
	chgrp 4242 "$ROOT/etc/d1/f1" 2> /dev/null || skip_unless \
	    "only root can give files away" test "$(id -u)" -eq 0
	d snapshot
	sed -i 's/^mail:/post:/' "$ROOT/etc/group"
	same_without_memory
	git -C "$STORE/repo.git" show live:meta/etc/d1/entries |
		grep -q "group=4242:post"
}

@test "what is tracked no longer leaves the next snapshot" {
	mkdir -p "$ROOT/etc/driftctl"
	d snapshot
	printf 'ignore: [/etc/d2/sub/**]\n' > "$ROOT/etc/driftctl/driftctl.yaml"
	same_without_memory
	printf 'ignore: []\n' > "$ROOT/etc/driftctl/driftctl.yaml"
	same_without_memory
}

@test "what specs and configuration say is tracked holds at once" {
	local conf=$ROOT/etc/driftctl site=$ROOT/etc/driftctl/specs

	mkdir -p "$ROOT/srv/one" "$ROOT/srv/two" "$site"
	echo 1 > "$ROOT/srv/one/f"
	echo 2 > "$ROOT/srv/two/f"
	sleep 0.05
	d snapshot
	d snapshot -v
	[ "$status" -eq 0 ]

	printf 'track: [/srv/one/**]\n' > "$conf/driftctl.yaml"
	same_without_memory
	git -C "$STORE/repo.git" ls-tree -r live | grep srv/one/f
	same_without_memory

	printf 'spec: site\ntitle: Ours\ntrack: [/srv/two/**]\n' \
	    > "$site/site.yaml"
	same_without_memory
	git -C "$STORE/repo.git" ls-tree -r live | grep srv/two/f
	same_without_memory

	# A mistake is told of each time, and what it hid is back afterwards.
	printf 'spec: site\ntitle: Ours\ntrack: [srv/two]\n' \
	    > "$site/site.yaml"
	for _ in 1 2 3; do
		sleep 0.05
		d snapshot
		[ "$status" -eq 2 ]
		[[ $output$stderr == *site.yaml* ]]
	done
	rm "$site/site.yaml"
	same_without_memory
	diff /dev/null <(git -C "$STORE/repo.git" ls-tree -r live |
	    grep srv/two/f)
	git -C "$STORE/repo.git" ls-tree -r live | grep srv/one/f
}
