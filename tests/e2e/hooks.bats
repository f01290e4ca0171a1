#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2030,SC2031,SC2154
# Hooks as package managers call them, without a package manager.

load ../lib.sh

setup() {
	scratch
	imap_site
	h init -q
	[ "$status" -eq 0 ]
	frames=$BATS_TEST_TMPDIR/frames
	answers=$BATS_TEST_TMPDIR/answers
	: > "$answers"
}

h() {
	d --specs "$SITE" "$@"
}

# Something that stands for a package manager, $owner; as long as it is but the
# shell that starts it, a hook looks for who started that.
manager() {
	sleep 60 3>&- &
	owner=$!
	until grep -qx sleep "/proc/$owner/comm"; do :; done
}

# Starts the plugin with a pipe for its input, in our own process group as
# zypper does.
plugin_starts() {
	mkfifo "$frames"
	"$DRIFTCTL" --root "$ROOT" --store "$STORE" --specs "$SITE" hook zypp \
	    < "$frames" > "$answers" 2> "$BATS_TEST_TMPDIR/said" 3>&- &
	plugin=$!
	exec 7> "$frames"
}

frame() {
	printf '%s\n\n\0' "$1" >&7
}

answered() {
	local want=$1 i

	for ((i = 0; i < ${2:-100}; i++)); do
		[ "$(tr -cd '\0' < "$answers" | wc -c)" -lt "$want" ] ||
			return 0
		sleep 0.1
	done
	return 1
}

teardown() {
	umount "$STORE" 2> /dev/null || true
}

record() {
	sed 's/\\x20/ /g' "$STORE"/transactions/2*[a-z]
}

@test "each frame is answered, and the end puts back what the begin saw" {
	plugin_starts
	frame PLUGINBEGIN
	frame COMMITBEGIN
	answered 2
	ls "$STORE"/transactions/*.open
	grep -q "^before: " "$STORE"/transactions/*.open
	rm "$ROOT/etc/pam.d/imap"
	frame COMMITEND
	answered 3
	[ -e "$ROOT/etc/pam.d/imap" ]
	frame SOMETHING
	frame PLUGINEND
	frame _DISCONNECT
	answered 6
	exec 7>&-
	wait $plugin
	[ "$(tr '\0\n' '. ' < "$answers")" = \
	    "ACK  .ACK  .ACK  ._ENOMETHOD  .ACK  .ACK  ." ]
	grep "put back: /etc/pam.d/imap" "$BATS_TEST_TMPDIR/said"
	output=$(record)
	says "state: ended"
	says "restored: /etc/pam.d/imap mail/imap: put back"
}

@test "the signals of a terminal do not end the plugin" {
	plugin_starts
	frame COMMITBEGIN
	answered 1
	for signal in INT TERM HUP QUIT PIPE TSTP; do
		kill -s $signal $plugin
	done
	[ "$(ps -o pgid= -p $plugin)" -eq $plugin ]
	rm "$ROOT/etc/pam.d/imap"
	exec 7>&-
	wait $plugin
	[ -e "$ROOT/etc/pam.d/imap" ]
	output=$(record)
	says "state: interrupted"
}

@test "answers that nobody reads, and rubbish, change nothing" {
	{
		printf 'COMMITBEGIN\n\n\0'
		sleep 1
		rm "$ROOT/etc/pam.d/imap"
		head -c 100000 /dev/urandom
		printf '\0\0COMMITEND\n\n\0'
	} | "$DRIFTCTL" --root "$ROOT" --store "$STORE" --specs "$SITE" \
	    hook zypp | true
	for ((i = 0; i < 100; i++)); do
		[ ! -e "$ROOT/etc/pam.d/imap" ] || break
		sleep 0.1
	done
	[ -e "$ROOT/etc/pam.d/imap" ]
}

@test "zypper is answered in time whatever holds the store" {
	mkdir -p "$ROOT/etc/driftctl"
	echo 'lock-wait: 60' > "$ROOT/etc/driftctl/driftctl.yaml"
	exec 8< "$STORE/lock"
	flock 8
	plugin_starts 8>&-
	SECONDS=0
	frame COMMITBEGIN
	answered 1 200
	[ $SECONDS -ge 14 ] && [ $SECONDS -lt 20 ]
	exec 8<&-
	for ((i = 0; i < 100; i++)); do
		! grep -q ^before: "$STORE"/transactions/*.open || break
		sleep 0.1
	done
	frame COMMITEND
	answered 2
	exec 7>&-
	wait $plugin
	output=$(record)
	says "before: "
	says "failed: zypp: the snapshot before took too long"
}

@test "without a store hooks are silent" {
	rm -r "$STORE"
	h hook rpm begin
	[ "$status" -eq 0 ]
	[ -z "$output$stderr" ]
	h hook rpm end
	[ -z "$output$stderr" ]
	h hook timer
	[ -z "$output$stderr" ]
}

@test "a record of another name than its file's leads nowhere else" {
	mkdir -p "$STORE/transactions"
	printf '%s\n' 'driftctl-transaction 1' 'id: ../../planted' \
	    'origin: rpm' 'state: open' 'began: 1' \
	    > "$STORE/transactions/20261121T193012Z-rpm.open"
	h hook rpm begin --owner $$
	[ "$status" -eq 0 ]
	output=$stderr says "20261121T193012Z-rpm.open" "is no record of a transaction, or a damaged one"
	[ -z "$(find "$BATS_TEST_TMPDIR" -name 'planted*')" ]
	[ -e "$STORE/transactions/20261121T193012Z-rpm.damaged" ]
}

@test "a failure at boot is told of, whatever it is" {
	rm -rf "$ROOT/var/lib/dpkg/status"
	mkdir -p "$ROOT/var/lib/dpkg/status"
	h hook boot
	[ "$status" -eq 0 ]
	output=$stderr says "/var/lib/dpkg/status: cannot read: Is a directory"
	[ "${#stderr}" -lt 400 ]
}

@test "dpkg's list that is rubbish at an end is not the end of all packages" {
	local list=$ROOT/var/lib/dpkg/status

	mkdir -p "$ROOT/var/lib/dpkg/info"
	printf 'Package: imapd\nVersion: 1\nArchitecture: all\nStatus: install ok installed\n' \
	    > "$list"
	echo /etc/pam.d/imap > "$ROOT/var/lib/dpkg/info/imapd.list"
	h hook timer
	cp "$STORE/transactions/seen.packages" "$BATS_TEST_TMPDIR/seen"
	cp "$list" "$BATS_TEST_TMPDIR/list"
	h hook apt begin --owner $$
	head -c 5000 /dev/urandom > "$list"
	rm "$ROOT/etc/pam.d/imap"
	h hook apt end --owner $$
	[ "$status" -eq 0 ]
	[ -f "$ROOT/etc/pam.d/imap" ]
	output=$(record)
	says "failed: /var/lib/dpkg/status:" "what is installed is not known"
	says_not "package: "
	cmp "$STORE/transactions/seen.packages" "$BATS_TEST_TMPDIR/seen"
	h hook timer
	output=$stderr says "/var/lib/dpkg/status:"
	h hook apt begin --owner $$
	cp "$BATS_TEST_TMPDIR/list" "$list"
	h hook apt end --owner $$
	output=$(record)
	says_not "package: "
	h hook timer
	[ -z "$stderr" ]
	h doctor
	says_not "which packages there are"
}

@test "a record that is damaged is told of and does not stop the next" {
	mkdir -p "$STORE/transactions"
	echo rubbish > "$STORE/transactions/20261121T193012Z-rpm.open"
	manager
	h hook rpm begin --owner $owner
	[ "$status" -eq 0 ]
	[[ $stderr == *"193012Z-rpm.open:1: is no record of a transaction"* ]]
	rm "$ROOT/etc/pam.d/imap"
	h hook rpm end --owner $owner
	kill $owner
	[ "$status" -eq 0 ]
	[ -e "$ROOT/etc/pam.d/imap" ]
	[[ $stderr == *"put back: /etc/pam.d/imap"* ]]
	not test -e "$STORE/transactions/20261121T193012Z-rpm.open"
	grep rubbish "$STORE/transactions/20261121T193012Z-rpm.damaged"
}

@test "what is named like a record and is no file is passed by" {
	local t=$STORE/transactions

	mkdir -p "$t/20200101T000000Z-rpm.open/x" "$t/20200101T000000Z-apt" \
	    "$t/20200101T000000Z-dpkg.damaged"
	ln -s /etc/passwd "$t/20200101T000000Z-dnf"
	mkfifo "$t/20200101T000000Z-dnf.open"
	for i in 1 2; do
		h hook rpm begin --owner $$
		[ -z "$stderr" ]
		rm "$ROOT/etc/pam.d/imap"
		h hook rpm end --owner $$
		[ "$stderr" = "$(grep "put back\|all of it" <<< "$stderr")" ]
		[ -f "$ROOT/etc/pam.d/imap" ]
	done
	h hook timer
	[ -z "$stderr" ]
	h gc
	[ "$status" -eq 0 ]
	h report --last
	[ -z "$stderr" ]
	h doctor
	[ "$status" -eq 2 ]
	says_not "is damaged"
	[ "$(grep -c "but is no file: hooks pass it by\|lies among the records" \
	    <<< "$output")" -eq 5 ]
	says "    rm -r"
	says "        $t/20200101T000000Z-rpm.open"
	rm -r "$t"/20200101T*
	h doctor
	says_not "lies among the records"
}

@test "the report has all of it" {
	manager
	h hook apt begin --owner $owner
	rm "$ROOT/etc/pam.d/imap"
	echo new > "$ROOT/etc/added"
	h hook apt end --owner $owner
	kill $owner
	output=$(cat "$STORE"/transactions/*.report)
	echo "$output"
	says "transaction " "-apt"
	says "put back:"
	says "mail/imap: put back"
	says "note " /etc/added
}

# Written by rpm 4.16, which could still do it, and by one built with ndb:
# cyrus-imapd 1-1, which has /etc/pam.d/imap and smtp, and 2-1, which has not.
database() {
	mkdir -p "$ROOT/var/lib/rpm"
	cp "$TOP/tests/cases/packages/$1/$2" "$ROOT/var/lib/rpm/$3"
}

# seen FORMAT NAME
seen_to_the_end() {
	database "$1" 1 "$2"
	echo x > "$ROOT/etc/pam.d/smtp"
	rm -r "$STORE"
	h init -q
	[ "$status" -eq 0 ]
	h hook rpm begin --owner $$
	database "$1" 2 "$2"
	rm "$ROOT/etc/pam.d/imap" "$ROOT/etc/pam.d/smtp"
	h hook rpm end --owner $$
	[ -f "$ROOT/etc/pam.d/imap" ]
	output=$(record)
	says "package: cyrus-imapd noarch 1-1 2-1"
	says "restored: /etc/pam.d/imap" \
	    "cyrus-imapd 1-1 -> 2-1 no longer ships it"
	says "flagged: change:/etc/pam.d/smtp" \
	    "cyrus-imapd 1-1 -> 2-1 no longer ships it"
}

noticed_later() {
	database "$1" 1 "$2"
	rm -r "$STORE"
	h init -q
	h hook timer
	[ -z "$(find "$STORE/transactions" -name "2*")" ]
	database "$1" 2 "$2"
	rm "$ROOT/etc/pam.d/imap"
	h hook timer
	[ -f "$ROOT/etc/pam.d/imap" ]
	output=$(record)
	says "origin: timer"
	says "package: cyrus-imapd noarch 1-1 2-1"
}

@test "an upgrade in a Berkeley database is seen, and who it was is told" {
	seen_to_the_end bdb Packages
}

@test "an upgrade in a Berkeley database that no hook saw is noticed" {
	noticed_later bdb Packages
}

# Debian's librpm is built without it.
@test "an ndb database is read where librpm can, else nobody guesses" {
	mkdir "$BATS_TEST_TMPDIR/db"
	cp "$TOP/tests/cases/packages/ndb/1" \
	    "$BATS_TEST_TMPDIR/db/Packages.db"
	if "$(dirname "$DRIFTCTL")/driftctl-rpm" "$BATS_TEST_TMPDIR/db"; then
		seen_to_the_end ndb Packages.db
		rm -f "$ROOT/etc/pam.d/smtp"
		noticed_later ndb Packages.db
	else
		database ndb 1 Packages.db
		rm "$ROOT/etc/pam.d/imap"
		h hook rpm end --owner $$
		[ -f "$ROOT/etc/pam.d/imap" ]
		output=$(record)
		says "failed: /var/lib/rpm/Packages.db: which packages are installed is not known: librpm cannot read the database"
	fi
}

@test "gc lets go of the oldest records, and of those that are too old" {
	mkdir -p "$STORE/transactions"
	for id in 20200101T000000Z-apt 20260101T000000Z-apt \
	    20260201T000000Z-apt 20260301T000000Z-apt; do
		printf 'driftctl-transaction 1\nid: %s\n' $id \
		    > "$STORE/transactions/$id"
		echo text > "$STORE/transactions/$id.report"
	done
	h gc
	[ "$status" -eq 0 ]
	says "removed 1 record of a transaction"
	echo 'keep-transactions: 1' > "$BATS_TEST_TMPDIR/config"
	h --config "$BATS_TEST_TMPDIR/config" gc
	[ "$status" -eq 0 ]
	says "removed 2 records of transactions"
	[ "$(cd "$STORE/transactions" && echo 2*)" = \
	    "20260301T000000Z-apt 20260301T000000Z-apt.report" ]
}

@test "gc keeps what a transaction that is under way is held against" {
	echo 'keep-snapshots: 1' > "$BATS_TEST_TMPDIR/config"
	manager
	echo "# by hand" >> "$ROOT/etc/pam.d/imap"
	h hook rpm begin --owner $owner
	rm "$ROOT/etc/pam.d/imap"
	h snapshot -q -m "in the middle"
	h --config "$BATS_TEST_TMPDIR/config" gc
	says "kept the newest 2 of 3 snapshots"
	h hook rpm end --owner $owner
	kill $owner
	grep "by hand" "$ROOT/etc/pam.d/imap"
	output=$(record)
	says_not "failed: "
	h --config "$BATS_TEST_TMPDIR/config" gc
	says "kept the newest 1 of "
}

@test "what was recorded after a begin that was killed is not the state before" {
	manager
	h hook rpm begin --owner $owner
	kill $owner
	# It was killed before it could record anything.
	sed -i /^before:/d "$STORE"/transactions/*.open
	rm "$ROOT/etc/pam.d/imap"
	h snapshot -q -m "by a timer"
	h hook timer
	[ -f "$ROOT/etc/pam.d/imap" ]
	output=$(record)
	says "state: interrupted"
	says "restored: /etc/pam.d/imap"
}

@test "what nobody told of is made good for before the next begins" {
	local list=$ROOT/var/lib/dpkg/status

	mkdir -p "$ROOT/var/lib/dpkg"
	printf 'Package: imapd\nVersion: 1\nStatus: install ok installed\n' \
	    > "$list"
	h hook timer
	sed -i s/1/2/ "$list"
	rm "$ROOT/etc/pam.d/imap"
	h hook rpm begin --owner $$
	output=$stderr says "no hook saw this change of packages: imapd 1 -> 2"
	[ -f "$ROOT/etc/pam.d/imap" ]
	sed -i s/2/3/ "$list"
	h hook rpm end --owner $$
	# rpm tells twice.
	h hook rpm end --owner $$
	output=$(record)
	[ "$(grep -c ^id: <<< "$output")" -eq 2 ]
	says "package: imapd " " 1 2"
	says "package: imapd " " 2 3"
	[ "$(grep ^origin: <<< "$output")" = $'origin: timer\norigin: rpm' ]
	h report --last
	says "imapd 2 -> 3"
	h hook rpm begin --owner $$
	[ -z "$stderr" ]
	h hook rpm end --owner $$
	# What was seen last may be damaged: the next end writes it again.
	echo rubbish > "$STORE/transactions/seen.packages"
	h hook rpm begin --owner $$
	output=$stderr says "seen.packages"
	h hook rpm end --owner $$
	h hook rpm begin --owner $$
	[ -z "$stderr" ]
}

@test "a store that cannot be written is named, and made good for later" {
	needs_root
	mount --bind "$STORE" "$STORE"
	mount -o remount,ro,bind "$STORE"
	h hook rpm begin --owner $$
	[ "$status" -eq 0 ]
	output=$stderr says "$STORE/transactions: cannot " "Read-only file system"
	rm "$ROOT/etc/pam.d/imap"
	h hook rpm end --owner $$
	[ "$status" -eq 0 ]
	h doctor
	umount "$STORE"
	says "nothing can be written into the store"
	says "mount -o remount,rw"
	h doctor
	says_not "nothing can be written"
	h hook rpm end --owner $$
	[ -f "$ROOT/etc/pam.d/imap" ]
}

@test "an end without a begin knows what there was when the last one ended" {
	local list=$ROOT/var/lib/dpkg/status

	mkdir -p "$ROOT/var/lib/dpkg"
	printf 'Package: imapd\nVersion: 1\nStatus: install ok installed\n' \
	    > "$list"
	h hook timer
	sed -i s/1/2/ "$list"
	rm "$ROOT/etc/pam.d/imap"
	h hook rpm end --owner $$
	[ -f "$ROOT/etc/pam.d/imap" ]
	output=$(record)
	says "package: imapd " " 1 2"
	says_not "failed: "
	[ -z "$(find "$STORE/transactions" -name "2*.packages")" ]
}

# at_once COMMAND…: each of them, and that all of them ended well.
at_once() {
	local all=() one

	for one; do
		# shellcheck disable=SC2086
		"$DRIFTCTL" --root "$ROOT" --store "$STORE" --specs "$SITE" \
		    $one > /dev/null 2> "$BATS_TEST_TMPDIR/said" 3>&- &
		all+=($!)
	done
	for one in "${all[@]}"; do
		wait "$one"
	done
}

@test "hooks at once, and gc with them, end in whole records" {
	local i

	for ((i = 0; i < 5; i++)); do
		sleep 60 3>&- &
		one=$!
		sleep 60 3>&- &
		other=$!
		at_once "hook rpm begin --owner $one" gc \
		    "hook dnf begin --owner $other" snapshot
		rm "$ROOT/etc/pam.d/imap"
		at_once "hook rpm end --owner $one" gc \
		    "hook dnf end --owner $other" snapshot
		kill $one $other
		[ -f "$ROOT/etc/pam.d/imap" ]
	done
	[ -z "$(find "$STORE/transactions" -name '*.open')" ]
	[ "$(find "$STORE/transactions" -name '*Z-[rd][pn][mf]*' \
	    -not -name '*.*' | wc -l)" -eq 10 ]
	h verify -q
	[ "$status" -eq 0 ]
	h doctor
	says_not damaged
	says_not "never ended"
}

@test "hooks killed anywhere are made good for by the next" {
	local i pid

	for ((i = 0; i < 12; i++)); do
		sleep 60 3>&- &
		owner=$!
		for when in begin end; do
			setsid "$DRIFTCTL" --root "$ROOT" --store "$STORE" \
			    --specs "$SITE" hook rpm $when --owner $owner \
			    > /dev/null 2>&1 3>&- &
			pid=$!
			sleep "0.0$((i * 5 + 10))"
			kill -KILL -- -$pid 2> /dev/null || true
			wait $pid || true
			# Once it is recorded, it is not lost.
			begun=$(find "$STORE/transactions" -name '*.open' \
			    2> /dev/null | sed 's/\.open$//')
			[ $when = end ] || rm -f "$ROOT/etc/pam.d/imap"
		done
		kill $owner
		h hook rpm begin --owner $$
		for record in $begun; do
			[ -f "$record" ]
		done
		# Nothing that is known before the first record could help.
		[ -f "$ROOT/etc/pam.d/imap" ] || [ -z "$begun" ]
		echo "auth required pam_deny.so" > "$ROOT/etc/pam.d/imap"
		h hook rpm end --owner $$
		[ -z "$stderr" ]
		[ -z "$(find "$STORE/transactions" -name '*.open')" ]
	done
	h gc
	[ "$status" -eq 0 ]
	[ -z "$(find "$STORE/transactions" -name '*.tmp.*')" ]
	h verify -q
	[ "$status" -eq 0 ]
	h doctor
	says_not damaged
	says_not "never ended"
}
