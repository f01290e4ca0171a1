#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2030,SC2031,SC2016,SC2154
# What package managers leave beside files, put together with these.

load ../lib.sh

setup() {
	scratch
	mkdir -p "$ROOT/etc" "$BATS_TEST_TMPDIR/specs"
	echo "root:x:0:0:root:/root:/bin/sh" > "$ROOT/etc/passwd"
	echo "root:x:0:" > "$ROOT/etc/group"
	FILE=$ROOT/etc/foo.conf
}

dm() {
	d --specs "$BATS_TEST_TMPDIR/specs" "$@"
}

complains() {
	local output=$stderr

	says "$@"
}

# Each version of foo.conf: three keys, and what else it is given.
version() {
	printf '# foo, version %s\n[main]\nfirst = %s\n\n# the second\nsecond = %s\n\nthird = %s\n' "$@"
}

# based MINE THEIRS: what a merge before this one has recorded is the base.
based() {
	version 1 a b c > "$FILE"
	version 1 a b c > "$FILE.rpmnew"
	dm init
	dm merge --yes
	[ "$status" -eq 0 ]
	[ ! -e "$FILE.rpmnew" ]
}

@test "what both changed is in the result, with mine's mode and owner" {
	needs_root
	based
	version 1 MINE b c > "$FILE"
	version 2 a b NEW > "$FILE.rpmnew"
	chmod 0640 "$FILE"
	chown 7:8 "$FILE"
	dm merge --yes
	[ "$status" -eq 0 ]
	says "base: the package's own version before"
	says "mode 0644, owner 0:0 is what the package's has; yours stays"
	says "-third = c"
	says "+third = NEW"
	version 2 MINE b NEW | cmp - "$FILE"
	[ "$(stat -c '%a %u %g' "$FILE")" = "640 7 8" ]
	[ ! -e "$FILE.rpmnew" ]
	dm verify
	[ "$status" -eq 0 ]
}

@test "undo takes a merge back, and it can be done again" {
	based
	version 1 MINE b c > "$FILE"
	version 2 a b NEW > "$FILE.rpmnew"
	picture > "$BATS_TEST_TMPDIR/before"
	dm merge --yes
	[ "$status" -eq 0 ]
	dm undo --yes
	[ "$status" -eq 0 ]
	picture | diff "$BATS_TEST_TMPDIR/before" -
	dm merge --yes
	[ "$status" -eq 0 ]
	version 2 MINE b NEW | cmp - "$FILE"
	dm merge --yes
	[ "$status" -eq 0 ]
	says "nothing to merge"
}

@test "after an undo the version that mine comes from is the base still" {
	based
	version 1 MINE b c > "$FILE"
	version 2 a NEW c > "$FILE.rpmnew"
	dm merge --yes
	dm undo --yes
	version 3 a NEW d > "$FILE.rpmnew"
	dm merge --yes
	[ "$status" -eq 0 ]
	version 3 MINE NEW d | cmp - "$FILE"
}

@test "a dry run and a no change nothing" {
	based
	version 1 MINE b c > "$FILE"
	version 2 a b NEW > "$FILE.rpmnew"
	picture > "$BATS_TEST_TMPDIR/before"
	dm merge --dry-run
	[ "$status" -eq 1 ]
	says "+third = NEW"
	dm merge
	[ "$status" -eq 2 ]
	complains "there is no terminal to ask on"
	picture | diff "$BATS_TEST_TMPDIR/before" -
}

@test "a conflict is written beside, told by key, and never into the file" {
	based
	version 1 MINE b c > "$FILE"
	version 2 THEIRS b NEW > "$FILE.rpmnew"
	cp -a "$FILE" "$BATS_TEST_TMPDIR/mine"
	dm merge --yes
	[ "$status" -eq 1 ]
	says "conflict /etc/foo.conf"
	says "[main] first (line 3): yours 'MINE', the package's 'THEIRS',"
	cmp "$BATS_TEST_TMPDIR/mine" "$FILE"
	[ -e "$FILE.rpmnew" ]
	grep -qx "<<<<<<< /etc/foo.conf (yours)" "$FILE.driftctl-merge~"
	grep -qx "third = NEW" "$FILE.driftctl-merge~"
	# Nothing more comes of a second run.
	picture > "$BATS_TEST_TMPDIR/once"
	dm merge --yes
	[ "$status" -eq 1 ]
	picture | diff "$BATS_TEST_TMPDIR/once" -
	dm undo --yes
	[ ! -e "$FILE.driftctl-merge~" ]
}

@test "what a person made of a conflict is the result" {
	based
	version 1 MINE b c > "$FILE"
	version 2 THEIRS b c > "$FILE.rpmnew"
	dm merge --yes
	sed -i '/^first = THEIRS/d; /^|/d; /^first = a/d; /^=/d' \
	    "$FILE.driftctl-merge~"
	dm merge --yes
	[ "$status" -eq 1 ]
	says "waiting  /etc/foo.conf"
	says "line 3 of it still has a conflict marker"
	sed -i '/^[<>]/d' "$FILE.driftctl-merge~"
	dm merge --yes
	[ "$status" -eq 0 ]
	says "put together by hand"
	version 1 MINE b c | cmp - "$FILE"
	[ -z "$(ls "$ROOT"/etc/foo.conf.*)" ]
}

@test "what the administrator had is put into the package's file" {
	based
	version 2 a b NEW > "$FILE"
	version 1 MINE b c > "$FILE.rpmsave"
	chmod 0600 "$FILE.rpmsave"
	dm merge --yes
	[ "$status" -eq 0 ]
	says "-first = a"
	says "+first = MINE"
	version 2 MINE b NEW | cmp - "$FILE"
	[ "$(stat -c %a "$FILE")" = 600 ]
	[ ! -e "$FILE.rpmsave" ]
}

@test "without a base all that differs is left to a person" {
	version 1 a b c > "$FILE"
	dm init
	version 2 a b NEW > "$FILE.dpkg-dist"
	dm merge --yes
	[ "$status" -eq 1 ]
	says "base: none is recorded"
	says "[main] third"
	says_not "[main] first"
	version 1 a b c | cmp - "$FILE"
}

@test "the file as first recorded settles what the package left alone" {
	version 1 a b c > "$FILE"
	dm init
	version 1 MINE b c > "$FILE"
	version 2 a b NEW > "$FILE.dpkg-dist"
	dm merge --yes
	[ "$status" -eq 1 ]
	says "base: the file as first recorded"
	says "[main] third"
	says_not "[main] first"
	version 1 MINE b c | cmp - "$FILE"
}

@test "an earlier leftover that somebody has seen to is a base" {
	version 1 MINE b c > "$FILE"
	version 1 a b c > "$FILE.dpkg-dist"
	dm init
	rm "$FILE.dpkg-dist"
	dm snapshot
	version 2 a b NEW > "$FILE.dpkg-dist"
	dm merge --yes
	[ "$status" -eq 0 ]
	says "base: the package's version before, which lay beside it"
	version 2 MINE b NEW | cmp - "$FILE"
}

@test "one that the next took the place of unseen is none" {
	version 1 MINE b c > "$FILE"
	version 1 a b c > "$FILE.dpkg-dist"
	dm init
	version 2 a b NEW > "$FILE.dpkg-dist"
	dm merge --yes
	[ "$status" -eq 1 ]
	says "base: none is recorded"
}

@test "what both say the same only tidies up" {
	version 1 a b c > "$FILE"
	cp "$FILE" "$FILE.ucf-dist"
	dm init
	dm merge --yes
	[ "$status" -eq 0 ]
	says "both say the same"
	[ ! -e "$FILE.ucf-dist" ]
	version 1 a b c | cmp - "$FILE"
}

@test "other text is merged by its lines" {
	local t=$ROOT/etc/motd.txt

	printf '%s\n' a b c d e f > "$t"
	cp "$t" "$t.rpmnew"
	dm init
	dm merge --yes
	printf '%s\n' A b c d e f > "$t"
	printf '%s\n' a b c d e F > "$t.rpmnew"
	dm merge --yes
	[ "$status" -eq 0 ]
	printf '%s\n' A b c d e F | cmp - "$t"
	printf '%s\n' X b c d e F > "$t"
	printf '%s\n' Y b c d e F > "$t.rpmnew"
	dm merge --yes
	[ "$status" -eq 1 ]
	says "lines 1 to 7 of it"
}

@test "a result that would break a rule is refused, and lies beside" {
	cat > "$BATS_TEST_TMPDIR/specs/foo.yaml" <<-'END'
	spec: foo
	rules:
	  - id: third
	    path: /etc/foo.conf
	    why: Without c nobody can log in.
	    as: ini
	    keys: {main.third: c}
	END
	based
	version 1 MINE b c > "$FILE"
	version 2 a b NEW > "$FILE.rpmnew"
	dm merge --yes
	[ "$status" -eq 1 ]
	says "refused  /etc/foo.conf"
	says "the rule foo/third would not hold any more"
	version 1 MINE b c | cmp - "$FILE"
	version 2 MINE b NEW | cmp - "$FILE.driftctl-merge~"
	sed -i 's/NEW/c/' "$FILE.driftctl-merge~"
	dm merge --yes
	[ "$status" -eq 0 ]
	version 2 MINE b c | cmp - "$FILE"
}

@test "a rule that did not hold before is no reason to refuse" {
	cat > "$BATS_TEST_TMPDIR/specs/foo.yaml" <<-'END'
	spec: foo
	rules:
	  - id: third
	    path: /etc/foo.conf
	    why: It ought to be z.
	    as: ini
	    keys: {main.third: z}
	END
	based
	version 1 MINE b c > "$FILE"
	version 2 a b NEW > "$FILE.rpmnew"
	dm merge --yes
	[ "$status" -eq 0 ]
	version 2 MINE b NEW | cmp - "$FILE"
}

# mine takes an element's tags away, and theirs makes two of it.
@test "a result that does not parse though both sides do is refused" {
	local x=$ROOT/etc/foo.xml

	printf '%s\n' '<r>' '<a>' 1 2 3 4 5 6 '</a>' '</r>' > "$x"
	cp "$x" "$x.rpmnew"
	dm init
	dm merge --yes
	[ "$status" -eq 0 ]
	printf '%s\n' '<r>' 1 2 3 4 5 6 '</r>' > "$x"
	printf '%s\n' '<r>' '<a>' 1 2 3 '</a><a>' 4 5 6 '</a>' '</r>' \
	    > "$x.rpmnew"
	dm merge --yes
	[ "$status" -eq 1 ]
	says "refused  /etc/foo.xml"
	says "the result would not parse: line 5:"
	not grep -q '<a>' "$x"
	grep -qx '</a><a>' "$x.driftctl-merge~"
}

@test "a base that cannot be unsealed is told, and not waited for" {
	local s=$ROOT/etc/sssd/sssd.conf

	mkdir "$ROOT/etc/sssd"
	printf '[d]\nx = 1\n' > "$s"
	cp "$s" "$s.rpmnew"
	dm init
	dm merge --yes
	printf '[d]\nx = 1\ny = 1\n' > "$s"
	printf '[d]\nx = 2\n' > "$s.rpmnew"
	head -c 32 /dev/zero > "$STORE/seal.key"
	dm merge --yes
	[ "$status" -eq 1 ]
	says "base: none is recorded"
	says "cannot be unsealed"
	says "[d] x (line 2): both changed it (not shown)"
}

@test "a secret is merged without a word of it" {
	local s=$ROOT/etc/sssd/sssd.conf

	mkdir "$ROOT/etc/sssd"
	printf '[d]\nldap_default_authtok = first\nx = 1\n' > "$s"
	chmod 0600 "$s"
	cp -a "$s" "$s.rpmnew"
	dm init
	dm merge --yes
	[ "$status" -eq 0 ]
	printf '[d]\nldap_default_authtok = geheim\nx = 1\n' > "$s"
	printf '[d]\nldap_default_authtok = first\nx = 2\n' > "$s.rpmnew"
	dm merge --yes
	[ "$status" -eq 0 ]
	says "secret: its content is not shown"
	says_not geheim
	printf '[d]\nldap_default_authtok = geheim\nx = 2\n' | cmp - "$s"
	[ "$(stat -c %a "$s")" = 600 ]
	printf '[d]\nldap_default_authtok = andere\nx = 2\n' > "$s.rpmnew"
	dm merge --yes
	[ "$status" -eq 1 ]
	says "[d] ldap_default_authtok (line 2): both changed it (not shown)"
	says_not geheim
	says_not andere
	[ "$(stat -c %a "$s.driftctl-merge~")" = 600 ]
	dm --format json merge --dry-run
	says_not geheim
	says_not andere
	dm snapshot
	not grep -rqa geheim <(git -C "$STORE/repo.git" cat-file \
	    --batch-all-objects --batch)
}

@test "what cannot be merged is left, and said to be" {
	echo x > "$ROOT/etc/gone.rpmsave"
	echo x > "$ROOT/etc/never.dpkg-dist"
	printf 'a\0b' > "$ROOT/etc/bin"
	printf 'a\0c' > "$ROOT/etc/bin.rpmnew"
	ln -s passwd "$ROOT/etc/link"
	echo x > "$ROOT/etc/link.rpmnew"
	mkdir "$ROOT/etc/group.rpmnew"
	dm init
	picture > "$BATS_TEST_TMPDIR/before"
	dm merge --yes
	[ "$status" -eq 1 ]
	says "the package has no such file any more"
	says "there is no file to merge it into"
	says "they differ and are no text"
	says "it is a link or a device"
	says "is no regular file"
	picture | diff "$BATS_TEST_TMPDIR/before" -
}

@test "a .dpkg-new is left to dpkg until it has finished" {
	mkdir -p "$ROOT/var/lib/dpkg"
	printf 'Package: foo\nStatus: install ok unpacked\nArchitecture: all\nVersion: 1\n\n' \
	    > "$ROOT/var/lib/dpkg/status"
	based
	version 1 MINE b c > "$FILE"
	version 2 a b NEW > "$FILE.dpkg-new"
	dm merge --yes
	[ "$status" -eq 1 ]
	says "dpkg has not finished with it [run 'dpkg --configure -a' first]"
	sed -i s/unpacked/installed/ "$ROOT/var/lib/dpkg/status"
	dm merge --yes
	[ "$status" -eq 0 ]
	version 2 MINE b NEW | cmp - "$FILE"
	[ ! -e "$FILE.dpkg-new" ]
}

@test "of what says the same the mode of yours comes back, and is told" {
	version 1 a b c > "$FILE"
	cp "$FILE" "$FILE.rpmsave"
	chmod 0600 "$FILE.rpmsave"
	dm init
	dm merge --yes
	[ "$status" -eq 0 ]
	says "changed  /etc/foo.conf: mode 0644 -> 0600"
	[ "$(stat -c %a "$FILE")" = 600 ]
}

# logrotate's has no view, but a lens. mine makes its options those of all,
# and theirs makes two sections of them.
@test "a result that no lens reads though it reads both sides is refused" {
	local r=$ROOT/etc/logrotate.d/foo
	local options=(daily compress missingok)

	mkdir "$ROOT/etc/logrotate.d"
	printf '%s\n' '/var/log/a {' "${options[@]}" notifempty \
	    "${options[@]}" '}' > "$r"
	cp "$r" "$r.rpmnew"
	dm init
	dm merge --yes
	[ "$status" -eq 0 ]
	sed -i '1d; $d' "$r"
	printf '%s\n' '/var/log/a {' "${options[@]}" '}' '/var/log/b {' \
	    "${options[@]}" '}' > "$r.rpmnew"
	dm merge --yes
	[ "$status" -eq 1 ]
	says "refused  /etc/logrotate.d/foo"
	says "the result would not parse: line"
	not grep -q '[{}]' "$r"
}

@test "two beside one file come one after the other" {
	based
	version 1 MINE b c > "$FILE"
	version 2 a b NEW > "$FILE.rpmnew"
	version 1 a b c > "$FILE.rpmsave"
	dm merge --yes
	[ "$status" -eq 1 ]
	says "one at a time"
	version 2 MINE b NEW | cmp - "$FILE"
	[ -e "$FILE.rpmsave" ]
}

@test "only what is asked for is merged, tracked or not" {
	local o=$ROOT/opt/x.conf

	mkdir "$ROOT/opt"
	based
	version 1 a b c > "$o"
	version 1 a b c > "$o.rpmnew"
	version 1 a b c > "$FILE.rpmnew"
	dm merge --yes
	[ -e "$o.rpmnew" ]
	[ ! -e "$FILE.rpmnew" ]
	version 1 a b c > "$FILE.rpmnew"
	dm merge --yes /opt/x.conf
	[ "$status" -eq 0 ]
	[ ! -e "$o.rpmnew" ]
	version 1 a b c | cmp - <(git -C "$STORE/repo.git" show \
	    vendor:files/opt/x.conf)
	[ -e "$FILE.rpmnew" ]
	dm merge --yes /etc/foo.conf.rpmnew
	[ ! -e "$FILE.rpmnew" ]
	dm merge --yes /etc/nothing
	[ "$status" -eq 2 ]
	complains "/etc/nothing: cannot be merged: No such file"
}

@test "a file of cron is never offered conflict markers" {
	local c=$ROOT/etc/cron.daily/job

	mkdir "$ROOT/etc/cron.daily"
	printf '#!/bin/sh\necho a\n' > "$c"
	printf '#!/bin/sh\necho b\n' > "$c.rpmnew"
	chmod 0755 "$c" "$c.rpmnew"
	dm init
	dm merge --yes
	[ "$status" -eq 1 ]
	[ "$(stat -c %a "$c.driftctl-merge~")" = 644 ]
}

@test "folders and files that cannot be read are told, with exit 2" {
	local public err=$BATS_TEST_TMPDIR/stderr

	needs_root
	needs setpriv
	public=$(mktemp -d /tmp/driftctl-public.XXXXXX)
	mkdir -p "$public/root/etc/closed" "$public/specs"
	cp "$DRIFTCTL" "$DRIFTCTL-full" "$public"
	FILE=$public/root/etc/foo.conf
	version 1 MINE b c > "$FILE"
	version 2 a b NEW > "$FILE.rpmnew"
	chmod -R go+rX "$public"
	chmod 0600 "$FILE.rpmnew"
	chmod 0700 "$public/root/etc/closed"
	as_nobody() {
		status=0
		output=$(setpriv --reuid 65534 --regid 65534 --clear-groups \
		    "$public/driftctl" --root "$public/root" --no-color \
		    --store "$public/home/store" --specs "$public/specs" \
		    "$@" 2> "$err" < /dev/null) || status=$?
		stderr=$(cat "$err")
		printf '%s\n%s\n[exit %s]\n' "$output" "$stderr" "$status"
	}
	mkdir "$public/home"
	chown 65534:65534 "$public/home"
	as_nobody init
	as_nobody merge --dry-run
	rm -r "$public"
	[ "$status" -eq 2 ]
	says "unknown  /etc/foo.conf"
	says "/etc/foo.conf.rpmnew: cannot open: Permission denied"
	complains "/etc/closed: cannot be looked into: Permission denied"
}

@test "a merge that is killed is taken back by the next run" {
	needs strace
	skip_unless "strace may not trace here" strace -o /dev/null true
	based
	version 1 MINE b c > "$FILE"
	version 2 a b NEW > "$FILE.rpmnew"
	picture > "$BATS_TEST_TMPDIR/before"
	for when in 1 2; do
		ASAN_OPTIONS=detect_leaks=0 not strace -f -o /dev/null \
		    -e trace=syncfs -e "inject=syncfs:signal=KILL:when=$when" \
		    "$DRIFTCTL" --root "$ROOT" --store "$STORE" \
		    --specs "$BATS_TEST_TMPDIR/specs" merge --yes \
		    > /dev/null 2>&1
		[ -n "$(ls "$STORE/journal")" ]
		dm undo --yes
		[ "$status" -eq 0 ]
		picture | diff "$BATS_TEST_TMPDIR/before" -
	done
	dm merge --yes
	[ "$status" -eq 0 ]
	version 2 MINE b NEW | cmp - "$FILE"
}

@test "a merge killed at any change of a name is whole, or was not" {
	local call n killed=0

	needs strace
	skip_unless "strace may not trace here" strace -o /dev/null true
	based
	version 1 MINE b c > "$FILE"
	version 2 a b NEW > "$FILE.rpmnew"
	picture > "$BATS_TEST_TMPDIR/before"
	cp -a "$ROOT" "$ROOT.kept"
	cp -a "$STORE" "$STORE.kept"
	for call in renameat renameat2 unlinkat linkat fsync; do
		for n in 1 2 3 4 5 6 7 8; do
			rm -rf "$ROOT" "$STORE"
			cp -a "$ROOT.kept" "$ROOT"
			cp -a "$STORE.kept" "$STORE"
			status=0
			ASAN_OPTIONS=detect_leaks=0 strace -f -o /dev/null \
			    -e "trace=$call" \
			    -e "inject=$call:signal=KILL:when=$n" \
			    "$DRIFTCTL" --root "$ROOT" --store "$STORE" \
			    --specs "$BATS_TEST_TMPDIR/specs" merge --yes \
			    > /dev/null 2>&1 || status=$?
			[ "$status" -ne 0 ] || break
			killed=$((killed + 1))
			dm snapshot
			[ "$status" -eq 0 ]
			if [ -e "$FILE.rpmnew" ]; then
				picture | diff "$BATS_TEST_TMPDIR/before" -
			else
				version 2 MINE b NEW | cmp - "$FILE"
			fi
			dm verify
			[ "$status" -eq 0 ]
		done
	done
	[ "$killed" -ge 5 ]
}

@test "where nothing can be written all stays as it is" {
	needs_root
	needs unshare
	skip_unless "no mounts here" unshare -m true
	based
	version 1 MINE b c > "$FILE"
	version 2 a b NEW > "$FILE.rpmnew"
	picture > "$BATS_TEST_TMPDIR/before"
	DRIFTCTL=$DRIFTCTL ROOT=$ROOT STORE=$STORE \
	    SPECS=$BATS_TEST_TMPDIR/specs unshare -m sh -ec '
	    mount --bind "$ROOT/etc" "$ROOT/etc"
	    mount -o remount,bind,ro "$ROOT/etc"
	    s=0
	    "$DRIFTCTL" --root "$ROOT" --store "$STORE" --specs "$SPECS" \
		merge --yes > "$ROOT/../said" 2>&1 || s=$?
	    cat "$ROOT/../said"
	    [ $s -eq 2 ]
	    grep -q "Read-only file system" "$ROOT/../said"'
	picture | diff "$BATS_TEST_TMPDIR/before" -
}

@test "two at once: one merges, the other finds it done or waits" {
	based
	version 1 MINE b c > "$FILE"
	version 2 a b NEW > "$FILE.rpmnew"
	"$DRIFTCTL" --root "$ROOT" --store "$STORE" --no-color \
	    --specs "$BATS_TEST_TMPDIR/specs" merge --yes > /dev/null &
	dm merge --yes
	[ "$status" -eq 0 ]
	wait $!
	version 2 MINE b NEW | cmp - "$FILE"
	[ ! -e "$FILE.rpmnew" ]
}

@test "a full disk leaves all as it was" {
	needs_root
	needs unshare
	skip_unless "no mounts here" unshare -m true
	based
	version 1 MINE b c > "$FILE"
	version 2 a b NEW > "$FILE.rpmnew"
	head -c 300000 /dev/urandom | base64 >> "$FILE.rpmnew"
	DRIFTCTL=$DRIFTCTL ROOT=$ROOT STORE=$STORE \
	    SPECS=$BATS_TEST_TMPDIR/specs unshare -m sh -ec '
	    mkdir "$ROOT/keep"; cp -a "$ROOT/etc/." "$ROOT/keep"
	    mount -t tmpfs -o size=700k none "$ROOT/etc"
	    cp -a "$ROOT/keep/." "$ROOT/etc"
	    cp -a "$ROOT/etc" "$ROOT/../was"
	    s=0
	    "$DRIFTCTL" --root "$ROOT" --store "$STORE" --specs "$SPECS" \
		merge --yes > "$ROOT/../said" 2>&1 || s=$?
	    cat "$ROOT/../said"
	    [ $s -eq 2 ]
	    grep -q "No space left" "$ROOT/../said"
	    diff -r "$ROOT/../was" "$ROOT/etc"'
}

# an rpm of foo, version $1, whose configuration is on stdin
rpm_of() {
	local top=$BATS_TEST_TMPDIR/rpm

	mkdir -p "$top/SOURCES"
	cat > "$top/SOURCES/foo.conf"
	cat > "$top/foo.spec" <<-END
	Name: foo
	Version: $1
	Release: 1
	Summary: a configuration
	License: MIT
	BuildArch: noarch
	Source0: foo.conf
	%description
	It has a configuration.
	%install
	mkdir -p %{buildroot}/etc
	cp %{SOURCE0} %{buildroot}/etc/foo.conf
	%files
	%config${2-(noreplace)} /etc/foo.conf
	END
	rpmbuild --quiet --define "_topdir $top" -bb "$top/foo.spec" \
	    > /dev/null 2>&1
	rpm --root "$ROOT" --dbpath /var/lib/rpm -U --nodeps \
	    "$top/RPMS/noarch/foo-$1-1.noarch.rpm"
}

@test "rpm's .rpmnew, of a real upgrade, is merged" {
	needs_root
	needs rpmbuild
	version 1 a b c | rpm_of 1
	dm init
	version 1 MINE b c > "$FILE"
	dm snapshot
	version 2 a b NEW | rpm_of 2
	[ -e "$FILE.rpmnew" ]
	dm merge --yes
	[ "$status" -eq 0 ]
	version 2 MINE b NEW | cmp - "$FILE"
	[ ! -e "$FILE.rpmnew" ]
}

@test "rpm's .rpmsave, of a real upgrade, is merged" {
	needs_root
	needs rpmbuild
	version 1 a b c | rpm_of 1 ""
	dm init
	version 1 MINE b c > "$FILE"
	version 2 a b NEW | rpm_of 2 ""
	[ -e "$FILE.rpmsave" ]
	dm snapshot
	dm merge --yes
	[ "$status" -eq 0 ]
	version 2 MINE b NEW | cmp - "$FILE"
	[ ! -e "$FILE.rpmsave" ]
}

# a deb of foo, version $1, whose conffile is on stdin; then dpkg's options
deb_of() {
	local top=$BATS_TEST_TMPDIR/deb-$1 version=$1

	shift
	mkdir -p "$top/etc" "$top/DEBIAN" "$ROOT/var/lib/dpkg/"{info,updates}
	: >> "$ROOT/var/lib/dpkg/status"
	cat > "$top/etc/foo.conf"
	echo /etc/foo.conf > "$top/DEBIAN/conffiles"
	printf 'Package: foo\nVersion: %s\nArchitecture: all\nMaintainer: x <x@example.org>\nDescription: x\n' \
	    "$version" > "$top/DEBIAN/control"
	dpkg-deb --root-owner-group -b "$top" "$top.deb" > /dev/null
	dpkg --root "$ROOT" --log /dev/null --force-bad-path "$@" -i \
	    "$top.deb" > /dev/null
}

@test "dpkg's .dpkg-dist, of a real upgrade, is merged" {
	needs_root
	needs dpkg-deb
	version 1 a b c | deb_of 1
	dm init
	version 1 MINE b c > "$FILE"
	dm snapshot
	version 2 a b NEW | deb_of 2 --force-confold
	[ -e "$FILE.dpkg-dist" ]
	dm merge --yes
	[ "$status" -eq 0 ]
	version 2 MINE b NEW | cmp - "$FILE"
	[ ! -e "$FILE.dpkg-dist" ]
}

@test "dpkg's .dpkg-old, of a real upgrade, is merged" {
	needs_root
	needs dpkg-deb
	version 1 a b c | deb_of 1
	dm init
	version 1 MINE b c > "$FILE"
	version 2 a b NEW | deb_of 2 --force-confnew
	[ -e "$FILE.dpkg-old" ]
	dm merge --yes
	[ "$status" -eq 0 ]
	version 2 MINE b NEW | cmp - "$FILE"
	[ ! -e "$FILE.dpkg-old" ]
}

@test "a list that both added to has what each added" {
	local sssd=$ROOT/etc/sssd/sssd.conf

	mkdir -p "$ROOT/etc/sssd"
	printf '[sssd]\nservices = nss, pam\n' | tee "$sssd" > "$sssd.rpmnew"
	dm init
	dm merge --yes
	printf '[sssd]\nservices = nss, pam, ssh\n' > "$sssd"
	printf '[sssd]\nservices = nss, pam, sudo\n' > "$sssd.rpmnew"
	dm merge --yes
	[ "$status" -eq 0 ]
	printf '[sssd]\nservices = nss, pam, ssh, sudo\n' | cmp - "$sssd"
}
