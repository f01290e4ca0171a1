#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154
# What is only counted and dated is looked at, and never recorded.

load ../lib.sh

setup() {
	scratch
	mkdir -p "$ROOT/etc" "$ROOT/var/queue/01" "$ROOT/var/rules/4.0"
	SPECS=$BATS_TEST_TMPDIR/specs
	mkdir "$SPECS"
	cat > "$SPECS/mail.yaml" <<-'END'
	spec: mail
	rules:
	  - id: queue
	    path: /var/queue/{,*/}S*
	    why: A queue that grows is mail that nobody gets.
	    count: {at-most: 2}
	  - id: rules
	    path: /var/rules/*/*.cf
	    why: Nobody renews them.
	    newest: {age: {at-most: 7d}}
	END
}

t() {
	d --specs "$SPECS" "$@"
}

recorded() {
	git -C "$STORE/repo.git" ls-tree -r --name-only live
}

@test "mail comes and goes in a queue, and only its number is told" {
	echo secret > "$ROOT/var/queue/S1"
	echo secret > "$ROOT/var/queue/01/S2"
	t init
	[ "$status" -eq 0 ]
	not grep queue <(recorded)
	t check
	[ "$status" -eq 0 ]
	[[ $output == clean:* ]]
	# One more than it may have, in a folder that is there already.
	echo secret > "$ROOT/var/queue/01/S3"
	t check
	[ "$status" -eq 1 ]
	says '/var/queue/{,*/}S*: 3 found, expected at most 2' mail/queue
	[[ $output != *removed* && $output != *added* ]]
	rm "$ROOT"/var/queue/01/S* "$ROOT/var/queue/S1"
	t check
	[ "$status" -eq 0 ]
	# A folder that was not there before.
	rm -r "$ROOT/var/queue"
	t check
	[ "$status" -eq 0 ]
	mkdir -p "$ROOT/var/queue/02"
	touch "$ROOT"/var/queue/02/S{1,2,3} "$ROOT/var/queue/02/X"
	t check
	[ "$status" -eq 1 ]
	says "3 found"
	t snapshot
	not grep queue <(recorded)
}

@test "the newest of what is not recorded is dated each time" {
	touch -d '9 days ago' "$ROOT/var/rules/4.0/a.cf"
	t init
	[ "$status" -eq 0 ]
	t check
	[ "$status" -eq 1 ]
	says /var/rules/4.0/a.cf "9 d ago" mail/rules
	# Renewed in place, which the folder's own date does not show.
	touch "$ROOT/var/rules/4.0/a.cf"
	t check
	[ "$status" -eq 0 ]
	touch -d '8 days ago' "$ROOT/var/rules/4.0/a.cf"
	t check
	[ "$status" -eq 1 ]
	says "8 d ago"
	not grep rules <(recorded)
}

@test "a rule that demands more of the files has them recorded" {
	sed -i 's/^    count:/    mode: "<=0600"\n&/' "$SPECS/mail.yaml"
	touch "$ROOT/var/queue/S1"
	t init
	grep -q /var/queue/S1 <(recorded)
	t check
	[ "$status" -eq 1 ]
	says /var/queue/S1 mode mail/queue
}

@test "a folder that leads elsewhere is followed within the root" {
	mv "$ROOT/var/queue" "$ROOT/var/elsewhere"
	ln -s /var/elsewhere "$ROOT/var/queue"
	touch "$ROOT"/var/elsewhere/S{1,2,3}
	t init
	t check
	[ "$status" -eq 1 ]
	says "3 found"
}

@test "what cannot be looked at is unknown" {
	needs_root
	command -v setpriv > /dev/null || skip_unless "setpriv" false
	chmod 0711 "$BATS_TEST_TMPDIR" "$BATS_RUN_TMPDIR" 2> /dev/null || true
	touch "$ROOT"/var/queue/S{1,2,3}
	chmod 0700 "$ROOT/var/queue"
	t init
	chown -R 65534 "$STORE" "$SPECS"
	status=0
	output=$(setpriv --reuid 65534 --clear-groups "$DRIFTCTL" \
	    --root "$ROOT" --store "$STORE" --specs "$SPECS" check 2>&1) ||
	    status=$?
	echo "$output"
	[ "$status" -eq 2 ]
	says 'lies in a folder that cannot be read' mail/queue
}
