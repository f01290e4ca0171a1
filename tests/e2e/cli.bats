#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC2030,SC2031,SC2086,SC2154
# The command line: what was typed wrongly, who may do what, and what happens
# when something is broken, full, or in use. Exit 2 says so each time.

load ../lib.sh

setup() {
	scratch
	small_root
	mkdir "$BATS_TEST_TMPDIR/specs"
	write_spec
}

teardown() {
	mountpoint -q "$STORE" 2> /dev/null && umount "$STORE"
	if [ -n "${PUBLIC-}" ]; then rm -rf "$PUBLIC"; fi
}

small_root() {
	mkdir -p "$ROOT/etc/pam.d"
	echo "root:x:0:0:root:/root:/bin/sh" > "$ROOT/etc/passwd"
	echo "root:x:0:" > "$ROOT/etc/group"
	echo "auth required pam_unix.so" > "$ROOT/etc/pam.d/imap"
	echo "cr_mail /dev/sda2 none luks" > "$ROOT/etc/crypttab"
}

write_spec() {
	cat > "$BATS_TEST_TMPDIR/specs/mail.yaml" <<-'END'
	spec: mail
	rules:
	  - id: service
	    path: /etc/pam.d/imap
	    why: Without it nobody logs in.
	    severity: critical
	    on-drift: restore
	    require: present
	END
}

# driftctl with the one spec of this file.
dm() {
	d --specs "$BATS_TEST_TMPDIR/specs" "$@"
}

begin() {
	dm init
	[ "$status" -eq 0 ]
}

# refuses MESSAGE WORD…: exit 2, nothing on stdout, this one line on stderr.
refuses() {
	local wanted=$1

	shift
	dm "$@"
	[ "$status" -eq 2 ]
	[ -z "$output" ]
	[ "$stderr" = "driftctl: $wanted" ]
}

# complains WORD…: the errors have a line with all of the words, and each of
# them is one of ours.
complains() {
	local output=$stderr

	says "$@"
	not grep -v "^driftctl: " <<< "$stderr"
}

fsck_is_clean() {
	run git --git-dir "$STORE/repo.git" fsck --strict
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

no_control_bytes() {
	printf '%s' "$output$stderr" > "$BATS_TEST_TMPDIR/shown"
	# C1 controls are two bytes in UTF-8, and no UTF-8 by themselves.
	if tr -d '\n\t' < "$BATS_TEST_TMPDIR/shown" |
	    LC_ALL=C grep -n $'[\001-\037\177]\|\302[\200-\237]'; then
		return 1
	fi
	iconv -f UTF-8 -t UTF-8 "$BATS_TEST_TMPDIR/shown" > /dev/null
}

# A place that everybody can reach, with the program in it as in a checkout.
public_place() {
	needs_root
	needs setpriv
	PUBLIC=$(mktemp -d /tmp/driftctl-public.XXXXXX)
	mkdir "$PUBLIC/build" "$PUBLIC/home" "$PUBLIC/specs"
	cp "$DRIFTCTL" "$DRIFTCTL-full" "$PUBLIC/build"
	cp -r "$TOP/specs/catalog" "$PUBLIC/specs"
	chmod -R go+rX "$PUBLIC"
	chown 65534:65534 "$PUBLIC/home"
}

# as_nobody COMMAND…: like d, but without root and without its environment.
as_nobody() {
	local err=$BATS_TEST_TMPDIR/stderr

	status=0
	output=$(cd / && setpriv --reuid 65534 --regid 65534 --clear-groups \
	    env -i "PATH=$PATH" "$@" 2> "$err" < /dev/null) || status=$?
	stderr=$(cat "$err")
	printf '$ %s\n%s\n%s\n[exit %s]\n' "$*" "$output" "$stderr" "$status"
}

# on_terminal COMMAND…: with stdin, stdout and stderr a terminal; what is typed
# comes from stdin.
on_terminal() {
	status=0
	output=$(python3 -c 'import pty, sys
sys.exit(pty.spawn(sys.argv[1:]) >> 8)' "$@") || status=$?
}

@test "a verb that is none is refused with the nearest that is" {
	refuses "unknown verb 'chekc' (did you mean 'check'?)" chekc
	refuses "unknown verb 'restor' (did you mean 'restore'?)" restor
	refuses "unknown verb 'frobnicate' [see 'driftctl help']" frobnicate
	refuses "no verb given [see 'driftctl help']"
}

@test "an option that is none is refused with the nearest that is" {
	refuses "unknown option '--formt' (did you mean '--format'?)" \
	    check --formt=json
	refuses "unknown option '--dryrun' (did you mean '--dry-run'?)" \
	    restore --dryrun
	refuses "unknown option '-x' [see driftctl help]" check -x
}

@test "an unknown option before the verb is named, not its value" {
	refuses "unknown option '--formt' (did you mean '--format'?)" \
	    --formt json check
}

@test "an option that needs a value and has none is refused" {
	refuses "--root: this option needs a value" check --root
	refuses "--root: this option needs a value" --root= check
	refuses "-m: this option needs a value" snapshot -m
	refuses "--from: this option needs a value" restore --from
}

@test "an option that takes no value and has one is refused" {
	refuses "--quiet=yes: this option takes no value" check --quiet=yes
	refuses "--yes=1: this option takes no value" restore --yes=1
}

@test "a format that is none is refused with those that are" {
	refuses "--format: unknown format 'jsn' [did you mean 'json'? one of: text, json, ndjson, html, markdown, junit, sarif, nagios, prometheus]" \
	    --format jsn check
	refuses "--format: unknown format 'x' [one of: text, json, ndjson, html, markdown, junit, sarif, nagios, prometheus]" \
	    --format=x check
}

@test "arguments that a verb does not take are refused" {
	refuses "x: 'init' takes no arguments [an older system: --from DIR or ARCHIVE]" init x
	refuses "x: 'snapshot' takes no arguments [it records everything tracked]" \
	    snapshot x
	refuses "x: 'check' takes no arguments [for some paths: 'driftctl diff PATH']" \
	    check x
	refuses "x: 'verify' takes no arguments" verify x
	refuses "x: 'gc' takes no arguments [limits are the keep- keys in driftctl.yaml]" \
	    gc x
	refuses "x: 'spec list' takes no arguments" spec list x
}

@test "options that exclude each other are refused" {
	begin
	refuses "--all: everything, or some paths: not both" restore --all /etc
	refuses "--rule: a rule, or paths: not both" \
	    restore --rule mail/service /etc
	refuses "--remove-added: goes with --all or paths" \
	    restore --remove-added
}

@test "wrong arguments of spec are refused" {
	refuses "spec: say what to do [one of: lint, list, schema, show, test]" spec
	refuses "unknown verb 'spec lnt' [did you mean 'lint'? one of: lint, list, schema, show, test]" \
	    spec lnt
	refuses "spec show: name a spec [see 'driftctl spec list']" spec show
	refuses "nope: no such spec [see 'driftctl spec list']" spec show nope
	refuses "/nowhere: cannot look at it: No such file or directory" \
	    spec lint /nowhere
}

@test "snapshots, rules, paths and rollbacks that are not there are named" {
	begin
	refuses "nope: no such snapshot [say live, baseline, live~3 or digits from 'driftctl log']" \
	    show nope
	refuses "live~4: there are only 0 snapshots before 'live'" show live~4
	refuses "/etc/nope: is not in that snapshot" show live:/etc/nope
	refuses "b: one snapshot at a time" show live b
	refuses "c: two snapshots can be compared, not three [write a path as /etc/... or ./...]" \
	    diff live live c
	refuses "mail/nope: no such rule [see 'driftctl spec show SPEC']" \
	    restore --rule mail/nope --yes
	refuses "mail/nope: no such rule [see 'driftctl spec list']" \
	    log --rule mail/nope
	refuses "-n: 'many' is no number of snapshots" log -n many
	refuses "-n: '0' is no number of snapshots" log -n 0
	refuses "/etc/nope: is not in that snapshot [see 'driftctl log /etc/nope', then name one with --from]" \
	    restore --yes /etc/nope
	refuses "/etc/nope: is not tracked, now or in the baseline [add it to 'track:' in driftctl.yaml]" \
	    accept /etc/nope
	refuses "nope: there is no such rollback [see 'driftctl undo --list']" \
	    undo nope
	refuses "b: one rollback at a time" undo a b
	refuses "$STORE: there is no restore to take back" undo
}

@test "behind -- an argument that looks like an option is a path" {
	begin
	refuses "/--all: is not in that snapshot [see 'driftctl log /--all', then name one with --from]" \
	    restore -- --all
}

@test "0 is clean, 1 is drift, 2 is what could not be told" {
	begin
	dm check
	[ "$status" -eq 0 ]
	rm "$ROOT/etc/pam.d/imap"
	dm check
	[ "$status" -eq 1 ]
	dm diff
	[ "$status" -eq 1 ]
	dm restore --dry-run
	[ "$status" -eq 1 ]
	dm restore --yes
	[ "$status" -eq 0 ]
	dm diff
	[ "$status" -eq 0 ]
	: > "$ROOT/etc/crypttab"
	dm check
	[ "$status" -eq 0 ]
	says note /etc/crypttab
}

@test "a removed file is flagged although no rule is about it" {
	begin
	rm "$ROOT/etc/crypttab"
	dm check
	[ "$status" -eq 1 ]
	says warning "/etc/crypttab: was removed since the baseline"
}

@test "--quiet says only what is flagged, and of a clean machine nothing" {
	begin
	dm -q check
	[ "$status" -eq 0 ]
	[ -z "$output$stderr" ]
	rm "$ROOT/etc/crypttab"
	echo new > "$ROOT/etc/new"
	dm -q check
	[ "$status" -eq 1 ]
	says /etc/crypttab
	says_not /etc/new
}

@test "nothing is restored where there is no terminal to ask on" {
	begin
	rm "$ROOT/etc/pam.d/imap"
	dm restore
	[ "$status" -eq 2 ]
	complains "nothing was done: there is no terminal to ask on [add --yes]"
	[ ! -e "$ROOT/etc/pam.d/imap" ]
}

@test "on a terminal restore asks, and does nothing unless told yes" {
	needs python3
	begin
	rm "$ROOT/etc/pam.d/imap"
	on_terminal "$DRIFTCTL" --root "$ROOT" --store "$STORE" \
	    --specs "$BATS_TEST_TMPDIR/specs" restore <<< n
	[ "$status" -eq 1 ]
	[[ $output == *"do it? [y/N]"* ]]
	[ ! -e "$ROOT/etc/pam.d/imap" ]
	on_terminal "$DRIFTCTL" --root "$ROOT" --store "$STORE" \
	    --specs "$BATS_TEST_TMPDIR/specs" restore <<< y
	[ "$status" -eq 0 ]
	[ -e "$ROOT/etc/pam.d/imap" ]
}

@test "there is colour on a terminal alone, and none against NO_COLOR" {
	needs python3
	begin
	rm "$ROOT/etc/pam.d/imap"
	check="$DRIFTCTL --root $ROOT --store $STORE \
	    --specs $BATS_TEST_TMPDIR/specs"
	export TERM=xterm
	unset NO_COLOR
	on_terminal $check check < /dev/null
	[[ $output == *$'\033['* ]]
	on_terminal $check --no-color check < /dev/null
	[[ $output == *critical* && $output != *$'\033'* ]]
	TERM=dumb on_terminal $check check < /dev/null
	[[ $output == *critical* && $output != *$'\033'* ]]
	NO_COLOR=1 on_terminal $check check < /dev/null
	[[ $output == *critical* && $output != *$'\033'* ]]
	run $check check
	[[ $output == *critical* && $output != *$'\033'* ]]
}

@test "file names never reach the terminal raw" {
	begin
	for name in $'esc\033[31mred' $'line\nbreak' $'latin-\344' \
	    $'c1-\302\233x' $'bell\007' $'del\177' 'quote'\''d "name" $(x)'; do
		echo content > "$ROOT/etc/$name"
	done
	mkdir "$ROOT/etc/"$'folder\r'
	for verb in check diff snapshot "log -n 5" show \
	    "restore --all --remove-added --dry-run"; do
		dm $verb
		[ "$status" -le 1 ]
		no_control_bytes
	done
	dm accept
	rm -r "${ROOT:?}/etc/"*$'\033'* "$ROOT/etc/"$'folder\r'
	for verb in check diff "restore --all --yes" "undo --yes"; do
		dm $verb
		[ "$status" -le 1 ]
		no_control_bytes
	done
}

@test "each of these names comes back as it was" {
	for name in $'esc\033[31mred' $'line\nbreak' $'latin-\344' 'a b\c'; do
		echo "$name" > "$ROOT/etc/$name"
	done
	begin
	before=$(cd "$ROOT/etc" && tar cf - --sort=name . | sha256sum)
	rm "$ROOT/etc/"*$'\033'* "$ROOT/etc/line"* "$ROOT/etc/latin"* \
	    "$ROOT/etc/a b"*
	dm restore --all --yes
	[ "$status" -eq 0 ]
	[ "$(cd "$ROOT/etc" && tar cf - --sort=name . | sha256sum)" = \
	    "$before" ]
}

@test "what a file holds never reaches the terminal raw" {
	begin
	printf 'a\033]0;title\007\nb\202\n' > "$ROOT/etc/crypttab"
	dm diff
	[ "$status" -eq 1 ]
	no_control_bytes
}

@test "what users and groups are called never reaches it raw" {
	needs_root
	printf 'a\033[31mb:x:70:70::/:/bin/sh\nc\233:x:71:71::/:/bin/sh\n' \
	    >> "$ROOT/etc/passwd"
	printf 'g\033[1m:x:70:\nh\007:x:71:\n' >> "$ROOT/etc/group"
	chown 70:70 "$ROOT/etc/crypttab"
	begin
	chown 71:71 "$ROOT/etc/crypttab"
	for verb in check diff "restore --all --dry-run"; do
		dm $verb
		[ "$status" -le 1 ]
		no_control_bytes
	done
	dm diff
	says '70(a\x1b[31mb) -> 71(c\x9b)' '70(g\x1b[1m) -> 71(h\x07)'
}

@test "what was typed, and what a spec says, never reaches it raw" {
	begin
	dm show $'\033[31m'
	no_control_bytes
	dm restore --yes $'/etc/\033[31m\n'
	no_control_bytes
	dm snapshot -m $'red \033[31m\nand a second line'
	echo 1 > "$ROOT/etc/crypttab"
	dm snapshot -m $'red \033[31m\nand a second line'
	dm log
	no_control_bytes
	says "red " "second line"
	printf 'spec: mail\nrules:\n  - id: "a\\e[31m"\n    "p\\e[1m": x\n' \
	    > "$BATS_TEST_TMPDIR/specs/mail.yaml"
	dm check
	[ "$status" -eq 2 ]
	no_control_bytes
}

@test "JSON is JSON whatever the files are called" {
	needs python3
	begin
	echo x > "$ROOT/etc/"$'a"\\\033\n\344'
	for verb in check diff; do
		dm --format json $verb
		python3 -c 'import json, sys; json.load(sys.stdin)' \
		    <<< "$output"
	done
}

@test "a reader that goes away is an error, and no signal's death" {
	head -c 2000000 /dev/zero | tr '\0' x > "$ROOT/etc/big"
	begin
	{
		code=0
		"$DRIFTCTL" --root "$ROOT" --store "$STORE" \
		    show live:/etc/big 2> "$BATS_TEST_TMPDIR/err" || code=$?
		echo "$code" > "$BATS_TEST_TMPDIR/code"
	} | head -c 1 > /dev/null
	[ "$(cat "$BATS_TEST_TMPDIR/code")" -eq 2 ]
	grep -qx "driftctl: stdout: cannot write: Broken pipe" \
	    "$BATS_TEST_TMPDIR/err"
}

@test "output that cannot be written is exit 2, of each verb" {
	begin
	echo 1 > "$ROOT/etc/crypttab"
	for verb in check check diff log show "spec list" "spec show mail" \
	    help --version verify gc snapshot "restore --all --dry-run"; do
		status=0
		"$DRIFTCTL" --root "$ROOT" --store "$STORE" --specs \
		    "$BATS_TEST_TMPDIR/specs" $verb > /dev/full \
		    2> "$BATS_TEST_TMPDIR/err" || status=$?
		echo "$verb: $status"
		[ "$status" -eq 2 ]
		grep -qx "driftctl: stdout: cannot write: No space left on device" \
		    "$BATS_TEST_TMPDIR/err"
	done
}

@test "an answer given again that cannot be written is exit 2, too" {
	begin
	sleep 0.1
	dm check
	dm check
	status=0
	"$DRIFTCTL" --root "$ROOT" --store "$STORE" --no-color --specs \
	    "$BATS_TEST_TMPDIR/specs" check > /dev/full \
	    2> "$BATS_TEST_TMPDIR/err" || status=$?
	[ "$status" -eq 2 ]
	grep -q "cannot write" "$BATS_TEST_TMPDIR/err"
}

@test "a restore whose plan could not be shown is not carried out" {
	begin
	rm "$ROOT/etc/pam.d/imap"
	status=0
	"$DRIFTCTL" --root "$ROOT" --store "$STORE" --specs \
	    "$BATS_TEST_TMPDIR/specs" restore --yes > /dev/full || status=$?
	[ "$status" -eq 2 ]
	[ ! -e "$ROOT/etc/pam.d/imap" ]
}

@test "a store that is not there, or is none, is named with the remedy" {
	refuses "$STORE: there is no store [run 'driftctl init' first]" check
	mkdir "$STORE"
	refuses "$STORE: this folder is no store of driftctl [run 'driftctl init' first, or name another with --store]" \
	    check
	mkdir "$STORE/repo.git"
	dm check
	[ "$status" -eq 2 ]
	complains "$STORE/repo.git: damaged, or no git repository"
}

@test "a root that is not there is named" {
	status=0
	run "$DRIFTCTL" --root /nowhere --store "$STORE" check
	[ "$status" -eq 2 ]
	[ "$output" = "driftctl: /nowhere: cannot open the root: No such file or directory" ]
}

@test "a store that others can write to is refused" {
	begin
	chmod 0777 "$STORE"
	refuses "$STORE: others can write to the store [chmod 0700]" snapshot
}

@test "a store of another user is refused, by root too" {
	needs_root
	begin
	chown 65534 "$STORE"
	dm check
	[ "$status" -eq 2 ]
	complains "$STORE: the store belongs to uid 65534"
}

@test "a truncated pack is an error, and verify says where" {
	begin
	pack=$(echo "$STORE"/repo.git/objects/pack/*.pack)
	chmod u+w "$pack"
	truncate -s -30 "$pack"
	rm "$STORE/statcache"
	rm -rf "$STORE/answers"
	echo 1 > "$ROOT/etc/crypttab"
	dm check
	[ "$status" -eq 2 ]
	complains "$STORE/repo.git: the commit" "[run 'driftctl verify']"
	dm verify
	[ "$status" -eq 2 ]
	says "pack-"
	says_not sound
}

@test "one wrong byte in a pack is found by verify" {
	begin
	pack=$(echo "$STORE"/repo.git/objects/pack/*.pack)
	chmod u+w "$pack"
	size=$(stat -c %s "$pack")
	printf '\377' | dd of="$pack" bs=1 seek=$((size / 2)) conv=notrunc \
	    2> /dev/null
	dm verify
	[ "$status" -eq 2 ]
	says_not sound
}

@test "a broken ref is an error that names it" {
	begin
	echo garbage > "$STORE/repo.git/refs/heads/live"
	dm snapshot
	[ "$status" -eq 2 ]
	complains "'refs/heads/live' is damaged"
	dm verify
	[ "$status" -eq 2 ]
}

@test "a ref to nothing is an error" {
	begin
	printf '%040d\n' 1 > "$STORE/repo.git/refs/driftctl/baseline"
	dm check
	[ "$status" -eq 2 ]
	complains "the commit 0000000000000000000000000000000000000001 is missing"
}

@test "a store without a baseline says how to get one" {
	begin
	rm "$STORE/repo.git/refs/driftctl/baseline"
	refuses "$STORE: there is no baseline yet [run 'driftctl init']" \
	    restore --yes
	dm init
	[ "$status" -eq 0 ]
	dm check
	[ "$status" -eq 0 ]
}

@test "init where there is a store changes nothing" {
	begin
	before=$(cd "$STORE" && find . -type f ! -name lock -exec sha256sum {} + |
		sort)
	dm init
	[ "$status" -eq 0 ]
	says "there is a store already; nothing was changed"
	[ "$(cd "$STORE" && find . -type f ! -name lock \
	    -exec sha256sum {} + | sort)" = "$before" ]
}

@test "a lost stat cache and lost answers cost nothing but time" {
	begin
	rm "$ROOT/etc/crypttab"
	dm check
	before=$output
	rm -f "$STORE/statcache"
	rm -rf "$STORE/answers"
	dm check
	[ "$output" = "$before" ]
	head -c 3000 /dev/urandom > "$STORE/statcache"
	dm check
	[ "$output" = "$before" ]
}

@test "a spec that everybody can write is refused" {
	begin
	chmod 0666 "$BATS_TEST_TMPDIR/specs/mail.yaml"
	dm check
	[ "$status" -eq 2 ]
	complains "specs/mail.yaml: writable by everybody: refused [chmod o-w"
	# What adds to it has no mistake of its own.
	mkdir "$BATS_TEST_TMPDIR/specs/mail.d"
	echo "rules: []" > "$BATS_TEST_TMPDIR/specs/mail.d/1.yaml"
	dm check
	[ "$status" -eq 2 ]
	complains "specs/mail.yaml: writable by everybody: refused [chmod o-w"
	[[ $stderr != *"to add to"* ]]
}

@test "a folder of specs that everybody can write is refused" {
	begin
	chmod 0777 "$BATS_TEST_TMPDIR/specs"
	dm check
	[ "$status" -eq 2 ]
	complains "specs: writable by everybody: refused"
}

@test "specs below a folder that others can write are refused" {
	needs_root
	begin
	mkdir -p "$BATS_TEST_TMPDIR/a/b"
	mv "$BATS_TEST_TMPDIR/specs" "$BATS_TEST_TMPDIR/a/b/specs"
	ln -s a/b/specs "$BATS_TEST_TMPDIR/specs"
	chmod 0777 "$BATS_TEST_TMPDIR/a"
	dm check
	[ "$status" -eq 2 ]
	complains "$BATS_TEST_TMPDIR/a: writable by everybody: refused [chmod o-w $BATS_TEST_TMPDIR/a]"
	chmod 0775 "$BATS_TEST_TMPDIR/a"
	dm check
	[ "$status" -eq 2 ]
	complains "$BATS_TEST_TMPDIR/a: writable by the group 0: refused"
	chmod 0755 "$BATS_TEST_TMPDIR/a"
	chown 65534 "$BATS_TEST_TMPDIR/a"
	dm check
	[ "$status" -eq 2 ]
	complains "$BATS_TEST_TMPDIR/a: owned by uid 65534, who is not trusted"
	chown 0 "$BATS_TEST_TMPDIR/a"
	# Nobody takes there what is another's.
	chmod 1777 "$BATS_TEST_TMPDIR/a"
	dm check
	[ "$status" -eq 0 ]
}

@test "specs of a system are trusted as far as its own folders are" {
	needs_root
	scratch
	mkdir -p "$BATS_TEST_TMPDIR/outer/root/etc/driftctl/specs"
	ROOT=$BATS_TEST_TMPDIR/outer/root
	printf 'spec: site\ntrack: [/srv/x]\n' \
	    > "$ROOT/etc/driftctl/specs/site.yaml"
	chmod 0777 "$BATS_TEST_TMPDIR/outer"
	d spec list
	[ "$status" -eq 0 ]
	says site
	chmod 0777 "$ROOT/etc"
	d spec list
	[ "$status" -eq 2 ]
	complains "$ROOT/etc: writable by everybody: refused"
}

@test "a spec of another user is refused" {
	needs_root
	begin
	chown 65534 "$BATS_TEST_TMPDIR/specs/mail.yaml"
	dm check
	[ "$status" -eq 2 ]
	complains "specs/mail.yaml: owned by uid 65534, who is not trusted"
}

@test "a mistake in a spec is told with its place, and the rest is judged" {
	begin
	sed -i 's/severity/sevrity/' "$BATS_TEST_TMPDIR/specs/mail.yaml"
	rm "$ROOT/etc/pam.d/imap"
	dm check
	[ "$status" -eq 2 ]
	complains "mail.yaml:6:5: unknown key 'sevrity' (did you mean 'severity'?)"
	says "/etc/pam.d/imap: is missing"
	dm restore --yes
	[ "$status" -eq 2 ]
	complains "nothing was restored, as the specs have mistakes [mend them, or name paths]"
	[ ! -e "$ROOT/etc/pam.d/imap" ]
	dm restore --yes /etc/pam.d/imap
	[ -e "$ROOT/etc/pam.d/imap" ]
}

@test "mistakes in the settings are told, all of them, with their places" {
	begin
	cat > "$BATS_TEST_TMPDIR/config" <<-'END'
	trakc: /srv
	max-size: big
	lock-wait: 3601
	keep-snapshots: 0
	keep-rollbacks: -1
	seal-key: here
	track: srv
	vars: x
	ignore: {a: b}
	zzz: 1
	END
	dm --config "$BATS_TEST_TMPDIR/config" check
	[ "$status" -eq 2 ]
	complains "config:1:1: unknown key 'trakc' (did you mean 'track'?)"
	complains "config:2:11: expected a size such as 16MiB here"
	complains "config:3:12: expected a number of seconds, 3600 at most here"
	complains "config:4:17: expected a number, 1 at least here"
	complains "config:5:17: expected a number, 1 at least here"
	complains "config:6:11: expected an absolute path here"
	complains "config:7:8: 'srv' is no absolute path [start it with '/']"
	complains "config:8:7: expected a mapping from names to values here"
	complains "config:9:9: expected a text or a list of texts here"
	complains "config:10:1: unknown key 'zzz' [see driftctl.yaml(5)]"
	says "entries tracked"
	dm --config "$BATS_TEST_TMPDIR/config" diff
	[ "$status" -eq 2 ]
	complains "unknown key 'trakc'"
}

@test "settings that others can change, or that are not there, are refused" {
	begin
	echo "max-size: 1k" > "$BATS_TEST_TMPDIR/config"
	for mode in 0666 0664; do
		chmod "$mode" "$BATS_TEST_TMPDIR/config"
		refuses "$BATS_TEST_TMPDIR/config: others can change the configuration: it is not used [chown root: and chmod 0644]" \
		    --config "$BATS_TEST_TMPDIR/config" check
	done
	refuses "/nowhere: cannot read the configuration: No such file or directory" \
	    --config /nowhere check
}

@test "settings of comments alone, as they are installed, change nothing" {
	mkdir -p "$ROOT/etc/driftctl"
	cp "$TOP/packaging/driftctl.yaml" "$ROOT/etc/driftctl"
	begin
	dm check
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	# Each example in them is sound.
	sed -i 's/^#\([a-z]\|  \)/\1/' "$ROOT/etc/driftctl/driftctl.yaml"
	dm check
	[ -z "$stderr" ]
}

@test "settings are found below the root" {
	mkdir -p "$ROOT/etc/driftctl" "$ROOT/srv"
	echo "track: /srv/**" > "$ROOT/etc/driftctl/driftctl.yaml"
	echo x > "$ROOT/srv/file"
	begin
	rm "$ROOT/srv/file"
	dm check
	[ "$status" -eq 1 ]
	says /srv/file
}

@test "a folder is not told as new or removed with what is in it" {
	mkdir -p "$ROOT/etc/driftctl" "$ROOT/srv/data"
	echo "track: [/srv/**, /opt/x/y]" > "$ROOT/etc/driftctl/driftctl.yaml"
	mkdir -p "$ROOT/opt/x"
	begin
	echo x > "$ROOT/opt/x/y"
	echo x > "$ROOT/srv/file"
	dm diff
	says "added    /opt/x/y"
	says "added    /srv/file"
	says_not "added    /opt:"
	says_not "added    /opt/x:"
	says_not "added    /srv:"
	dm accept
	rm "$ROOT/opt/x/y" "$ROOT/srv/file"
	rmdir "$ROOT/srv/data"
	dm check
	says "/opt/x/y: was removed"
	says "/srv/file: was removed"
	says_not "/opt:"
	says_not "/opt/x:"
	says_not "/srv:"
}

@test "of two runs at a time the second waits, then says who is at work" {
	needs flock
	begin
	echo "lock-wait: 1" > "$BATS_TEST_TMPDIR/config"
	echo 1 > "$ROOT/etc/crypttab"
	echo 4711 > "$STORE/lock"
	exec 8< "$STORE/lock"
	flock -n 8
	dm --config "$BATS_TEST_TMPDIR/config" snapshot
	said=$stderr
	code=$status
	dm --config "$BATS_TEST_TMPDIR/config" check
	exec 8<&-
	[ "$code" -eq 2 ]
	[ "$said" = "driftctl: $STORE: another driftctl (process 4711) is at work here; waited 1 s [try again when it is done]" ]
	# Who only reads does not wait.
	[ "$status" -eq 0 ]
}

@test "a store on a read-only file system can be read, and not written" {
	needs_root
	begin
	echo 1 > "$ROOT/etc/crypttab"
	skip_unless "file systems cannot be mounted here" \
	    mount --bind "$STORE" "$STORE"
	mount -o remount,ro,bind "$STORE"
	dm check
	[ "$status" -eq 0 ]
	says note /etc/crypttab
	dm log
	[ "$status" -eq 0 ]
	dm snapshot
	[ "$status" -eq 2 ]
	complains "$STORE: cannot open the lock: Read-only file system"
}

small_store() {
	needs_root
	mkdir "$STORE"
	skip_unless "file systems cannot be mounted here" \
	    mount -t tmpfs -o "size=$1,mode=0700" tmpfs "$STORE"
}

@test "no space for the first snapshot is an error, and init goes on later" {
	small_store 256k
	head -c 1000000 /dev/urandom > "$ROOT/etc/big"
	dm init
	[ "$status" -eq 2 ]
	complains "No space left on device"
	mount -o remount,size=8m "$STORE"
	dm init
	[ "$status" -eq 0 ]
	fsck_is_clean
	dm verify
	[ "$status" -eq 0 ]
}

@test "no space for a snapshot is an error that loses nothing" {
	small_store 2m
	begin
	live=$(cat "$STORE/repo.git/refs/heads/live")
	head -c 4000000 /dev/urandom > "$ROOT/etc/big"
	dm snapshot
	[ "$status" -eq 2 ]
	complains "No space left on device"
	[ "$(cat "$STORE/repo.git/refs/heads/live")" = "$live" ]
	fsck_is_clean
	dm verify
	[ "$status" -eq 0 ]
	rm "$ROOT/etc/big"
	echo 1 > "$ROOT/etc/crypttab"
	dm snapshot
	[ "$status" -eq 0 ]
	fsck_is_clean
}

@test "no space for a rollback is an error, and nothing is restored" {
	small_store 2m
	begin
	rm "$ROOT/etc/pam.d/imap"
	# Incompressible, so that the rollback cannot be small.
	head -c 4000000 /dev/urandom > "$ROOT/etc/crypttab"
	before=$(picture)
	dm restore --all --yes
	[ "$status" -eq 2 ]
	complains "No space left on device"
	[ "$(picture)" = "$before" ]
	dm undo --list
	says "no rollbacks"
	dm verify
	[ "$status" -eq 0 ]
}

@test "without root the store is under XDG_STATE_HOME, with its key" {
	public_place
	as_nobody XDG_STATE_HOME="$PUBLIC/home/state" \
	    "$PUBLIC/build/driftctl" init
	[ -f "$PUBLIC/home/state/driftctl/seal.key" ]
	[ "$(stat -c %a "$PUBLIC/home/state/driftctl")" = 700 ]
	as_nobody XDG_STATE_HOME="$PUBLIC/home/state" \
	    "$PUBLIC/build/driftctl" log
	[ "$status" -eq 0 ]
	says "first snapshot" "(baseline)"
}

@test "without root and XDG_STATE_HOME the store is under HOME" {
	public_place
	as_nobody HOME="$PUBLIC/home" "$PUBLIC/build/driftctl" init
	[ -d "$PUBLIC/home/.local/state/driftctl/repo.git" ]
}

@test "without root and HOME a store must be named" {
	public_place
	as_nobody "$PUBLIC/build/driftctl" check
	[ "$status" -eq 2 ]
	[ "$stderr" = "driftctl: no folder for the store: HOME is not set [name one with --store]" ]
}

@test "without root what can be read is recorded, and the rest is unknown" {
	public_place
	mv "$ROOT" "$PUBLIC/root"
	mkdir "$PUBLIC/root/etc/private"
	echo secret > "$PUBLIC/root/etc/private/file"
	echo secret > "$PUBLIC/root/etc/shut"
	chmod 0700 "$PUBLIC/root/etc/private"
	chmod 0600 "$PUBLIC/root/etc/shut"
	as_nobody "$PUBLIC/build/driftctl" --root "$PUBLIC/root" \
	    --store "$PUBLIC/home/store" init
	[ "$status" -eq 2 ]
	complains "/etc/private: cannot read the folder: Permission denied"
	complains "/etc/shut: cannot open: Permission denied"
	as_nobody "$PUBLIC/build/driftctl" --root "$PUBLIC/root" \
	    --store "$PUBLIC/home/store" check
	[ "$status" -eq 2 ]
	says unknown "/etc/private: cannot read the folder"
	says unknown "/etc/shut: cannot open"
	says ", 0 noted, 4 unknown"
	rm "$PUBLIC/root/etc/crypttab"
	as_nobody "$PUBLIC/build/driftctl" --root "$PUBLIC/root" \
	    --store "$PUBLIC/home/store" check
	[ "$status" -eq 2 ]
	says warning "/etc/crypttab: was removed"
}

@test "without root a restore of what is not one's own changes nothing" {
	public_place
	mv "$ROOT" "$PUBLIC/root"
	as_nobody "$PUBLIC/build/driftctl" --root "$PUBLIC/root" \
	    --store "$PUBLIC/home/store" init
	[ "$status" -eq 0 ]
	rm "$PUBLIC/root/etc/crypttab"
	echo changed >> "$PUBLIC/root/etc/passwd"
	as_nobody "$PUBLIC/build/driftctl" --root "$PUBLIC/root" \
	    --store "$PUBLIC/home/store" restore --all --yes
	[ "$status" -eq 2 ]
	complains "Permission denied"
	grep -q changed "$PUBLIC/root/etc/passwd"
	[ -z "$(find "$PUBLIC/root" -name '.driftctl-*')" ]
}

@test "a secret is in no output, nor in the repository" {
	echo "root:topsecret:19700::::::" > "$ROOT/etc/shadow"
	begin
	echo "root:othersecret:19700::::::" > "$ROOT/etc/shadow"
	dm diff
	says "(secret: its content is not shown)"
	[[ $output != *othersecret* && $output != *topsecret* ]]
	refuses "/etc/shadow: is secret: its content is not shown [put it back with 'driftctl restore']" \
	    show live:/etc/shadow
	git --git-dir "$STORE/repo.git" show live:files/etc/shadow \
	    > "$BATS_TEST_TMPDIR/sealed"
	[ "$(head -n 1 "$BATS_TEST_TMPDIR/sealed" | tr -d '\0')" = \
	    driftctl-seal1 ]
	not grep -q topsecret "$BATS_TEST_TMPDIR/sealed"
	dm restore --yes /etc/shadow
	[ "$status" -eq 0 ]
	grep -q topsecret "$ROOT/etc/shadow"
}

@test "a secret whose key is gone says what is missing" {
	echo "root:topsecret:19700::::::" > "$ROOT/etc/shadow"
	begin
	mv "$STORE/seal.key" "$BATS_TEST_TMPDIR/"
	rm "$ROOT/etc/shadow"
	dm restore --yes /etc/shadow
	[ "$status" -eq 2 ]
	complains "/etc/shadow: its content is sealed and there is no key [put seal.key back]"
	[ ! -e "$ROOT/etc/shadow" ]
	mv "$BATS_TEST_TMPDIR/seal.key" "$STORE/"
	dm restore --yes /etc/shadow
	[ "$status" -eq 0 ]
}

@test "a seal key that others can read is refused" {
	begin
	chmod 0644 "$STORE/seal.key"
	refuses "seal.key: others can read or change the key, mode 0644 [run 'chmod 0400' on it]" \
	    snapshot
}

@test "a file over max-size is noticed, and cannot be put back" {
	echo "max-size: 1k" > "$BATS_TEST_TMPDIR/config"
	head -c 5000 /dev/zero > "$ROOT/etc/large"
	dm --config "$BATS_TEST_TMPDIR/config" init
	says "1 is larger than max-size"
	echo 1 >> "$ROOT/etc/large"
	dm --config "$BATS_TEST_TMPDIR/config" diff
	[ "$status" -eq 1 ]
	says "(only its digest is known)"
	dm --config "$BATS_TEST_TMPDIR/config" restore --yes /etc/large
	[ "$status" -eq 2 ]
	complains "/etc/large: cannot be put back: larger than max-size"
	[ "$(stat -c %s "$ROOT/etc/large")" -eq 5002 ]
}

@test "a later folder of specs masks, empties and switches off an earlier one's" {
	later=$BATS_TEST_TMPDIR/later
	mkdir "$later"
	for name in x y z; do
		printf 'spec: %s\ntitle: first\ntrack: /a\n' $name \
		    > "$BATS_TEST_TMPDIR/specs/$name.yaml"
	done
	printf 'spec: x\ntitle: second\ntrack: /b\n' > "$later/x.yaml"
	: > "$later/y.yaml"
	ln -s /dev/null "$later/z.yaml"
	dm --specs "$later" spec list
	[ "$status" -eq 0 ]
	says "* x" second
	says "* mail"
	says_not "* y"
	says_not "* z"
}

@test "a reason may be any words, those of options too" {
	begin
	echo 1 > "$ROOT/etc/n"
	dm snapshot -m -q
	[ "$status" -eq 0 ]
	says "recorded"
	echo 2 > "$ROOT/etc/n"
	dm snapshot --message --root -v
	[ "$status" -eq 0 ]
	dm log -n 2
	[[ $output == *"  --root"*"  -q"* ]]
	dm snapshot -m
	[ "$status" -eq 2 ]
}

@test "a program that is alone says where it looked for the other, and why" {
	local alone=$BATS_TEST_TMPDIR/alone

	mkdir "$alone"
	cp "$DRIFTCTL" "$alone/driftctl"
	run "$alone/driftctl" help
	[ "$status" -eq 2 ]
	[[ $output == "driftctl: cannot start the program: $alone/driftctl-full: No such file or directory; "*"/libexec/driftctl/driftctl-full: No such file"*"[install driftctl anew]" ]]
	echo > "$alone/driftctl-full"
	run "$alone/driftctl" help
	[ "$status" -eq 2 ]
	[[ $output == *"$alone/driftctl-full: Permission denied; "*"[let this user enter these folders and run it, or install driftctl anew]" ]]
}
