#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC2154
# What check tells, and what it must not pass over.

load ../lib.sh

setup() {
	scratch
	mkdir -p "$ROOT/etc" "$BATS_TEST_TMPDIR/specs"
	echo "root:x:0:0:root:/root:/bin/sh" > "$ROOT/etc/passwd"
	echo "root:x:0:" > "$ROOT/etc/group"
	echo one > "$ROOT/etc/f"
	chmod 0640 "$ROOT/etc/f"
}

spec() {
	cat > "$BATS_TEST_TMPDIR/specs/t.yaml"
}

t() {
	d --specs "$BATS_TEST_TMPDIR/specs" "$@"
}

# As somebody who may not read everything: sets $status and $output.
as_nobody() {
	status=0
	output=$(setpriv --reuid=65534 --regid=65534 --clear-groups \
	    "$DRIFTCTL" --root "$ROOT" --store "$STORE" \
	    --specs "$BATS_TEST_TMPDIR/specs" --no-color "$@" 2>&1) ||
	    status=$?
	printf '$ driftctl %s\n%s\n[exit %s]\n' "$*" "$output" "$status"
}

nobodys_root() {
	needs_root
	chmod a+x "$BATS_TEST_TMPDIR" "$BATS_RUN_TMPDIR"
	chmod a+rX "$BATS_TEST_TMPDIR/specs" "$BATS_TEST_TMPDIR"/specs/*
	chown -R 65534:65534 "$BATS_TEST_TMPDIR/specs" "$ROOT"
	install -d -o 65534 -g 65534 "$STORE"
}

@test "a store whose baseline is gone is not clean" {
	t init
	rm "$STORE/repo.git/refs/driftctl/baseline"
	t check
	[ "$status" -eq 2 ]
	[[ $output == *"there is no baseline"*"driftctl accept"* ]]
	t accept
	t check
	[ "$status" -eq 0 ]
}

@test "drift of the mode does not hide that the content changed" {
	spec <<-'END'
	spec: t
	rules:
	  - {id: i, path: /etc/f, why: w, severity: info, mode: "0640"}
	  - {id: k, path: /etc/f, why: w, severity: critical, on-change: flag}
	END
	t init
	echo two > "$ROOT/etc/f"
	chmod 0644 "$ROOT/etc/f"
	t check
	[ "$status" -eq 1 ]
	[[ $output == *"critical  /etc/f: changed since the baseline: content"* ]]
	[[ $output == *"info"*"/etc/f: the mode is 0644"* ]]
}

@test "a change that drift says whole is told once" {
	spec <<-'END'
	spec: t
	rules:
	  - {id: i, path: /etc/f, why: w, mode: "0640", on-change: flag}
	END
	t init
	chmod 0644 "$ROOT/etc/f"
	t check
	[ "$status" -eq 1 ]
	[ "$(grep -c /etc/f: <<< "$output")" -eq 1 ]
}

@test "on-change holds where the rule's path goes through a symlink" {
	mkdir -p "$ROOT/run" "$ROOT/var"
	ln -s ../run "$ROOT/var/run"
	echo a > "$ROOT/run/x.tok"
	spec <<-'END'
	spec: t
	rules:
	  - {id: tok, path: /var/run/x.tok, why: w, on-change: flag}
	END
	t init
	echo b > "$ROOT/run/x.tok"
	t check
	[ "$status" -eq 1 ]
	[[ $output == *"warning   /run/x.tok: changed since the baseline"* ]]
}

@test "remedies say which root, store and specs they are about" {
	spec <<-'END'
	spec: t
	rules:
	  - {id: there, path: /etc/f, why: w, require: present,
	     on-drift: restore}
	END
	t init
	rm "$ROOT/etc/f"
	t check
	[ "$status" -eq 1 ]
	remedy=$(sed -n 's/^ *-> driftctl//p' <<< "$output")
	[[ $remedy == *"--root $ROOT --store $STORE --specs "* ]]
	eval "$DRIFTCTL $remedy --yes"
	[ "$(cat "$ROOT/etc/f")" = one ]
}

@test "what lies in a folder that cannot be read is unknown, not missing" {
	mkdir "$ROOT/etc/d"
	echo x > "$ROOT/etc/d/f"
	spec <<-'END'
	spec: t
	rules:
	  - {id: f, path: /etc/d/f, why: w, require: present}
	END
	nobodys_root
	as_nobody init
	[ "$status" -eq 0 ]
	chmod 000 "$ROOT/etc/d"
	as_nobody check
	[ "$status" -eq 2 ]
	[[ $output != *"is missing"* ]]
	[[ $output != *"was removed"* ]]
	[[ $output == *"unknown   /etc/d/f: lies in a folder that cannot be read"* ]]
}

@test "what may lie in a folder that cannot be read is not known to be absent" {
	mkdir -p "$ROOT/etc/d/shut" "$ROOT/etc/d/open"
	spec <<-'END'
	spec: t
	rules:
	  - {id: f, path: /etc/d/shut/f, why: w, require: absent}
	  - {id: g, path: '/etc/d/*/g', why: w, require: absent}
	  - {id: h, path: '/etc/d/**/h', why: w, count: {at-most: 0}}
	  - {id: i, path: '/etc/d/open/*', why: w, require: absent}
	  - {id: j, path: '/etc/d/*', why: w, count: {at-least: 2, at-most: 2}}
	END
	nobodys_root
	as_nobody init
	chmod 000 "$ROOT/etc/d/shut"
	as_nobody check
	[ "$status" -eq 2 ]
	[[ $output == *"unknown   /etc/d/shut/f: lies in a folder that cannot be read"* ]]
	[[ $output == *"unknown   /etc/d/*/g: lies in a folder that cannot be read"* ]]
	[[ $output == *"unknown   /etc/d/**/h: lies in a folder that cannot be read"* ]]
	[[ $output != *"/etc/d/open/"* ]]
	[[ $output != *"/etc/d/*:"* ]]
}

@test "a folder that cannot be read for a moment keeps what was recorded" {
	mkdir "$ROOT/etc/d"
	echo x > "$ROOT/etc/d/f"
	spec <<-'END'
	spec: t
	rules: []
	END
	nobodys_root
	as_nobody init
	chmod 000 "$ROOT/etc/d"
	echo two > "$ROOT/etc/f"
	as_nobody accept
	[ "$status" -eq 2 ]
	chmod 755 "$ROOT/etc/d"
	rm "$ROOT/etc/d/f"
	as_nobody restore /etc/d/f --yes
	[ "$status" -eq 0 ]
	[ "$(cat "$ROOT/etc/d/f")" = x ]
}

@test "a file too large to be kept does not hold up the others" {
	echo "max-size: 100" > "$BATS_TEST_TMPDIR/config"
	head -c 200 /dev/zero > "$ROOT/etc/big"
	d --config "$BATS_TEST_TMPDIR/config" init
	echo changed > "$ROOT/etc/big"
	rm "$ROOT/etc/f"
	d --config "$BATS_TEST_TMPDIR/config" restore --all --yes
	[ "$status" -eq 1 ]
	[[ $stderr == *"/etc/big: cannot be put back: larger than max-size"* ]]
	[ "$(cat "$ROOT/etc/f")" = one ]
	[ "$(cat "$ROOT/etc/big")" = changed ]
}

@test "an undo needs nobody to answer where there is no terminal" {
	t init
	rm "$ROOT/etc/f"
	t restore /etc/f --yes
	t undo
	[ "$status" -eq 0 ]
	[ ! -e "$ROOT/etc/f" ]
}

@test "what the baseline never had is not offered from it" {
	spec <<-'END'
	spec: t
	rules:
	  - {id: n, path: /etc/never, why: w, require: present,
	     on-drift: restore}
	END
	t init
	t check
	[ "$status" -eq 1 ]
	says "no snapshot has it, and no package" "by hand, then accept it"
	says_not "->"
}

@test "a verb that writes text only refuses JSON" {
	t init
	t --format json learn
	[ "$status" -eq 2 ]
	[[ $stderr == *"writes text only"* ]]
}

@test "no store is made among other people's files" {
	mkdir -p "$STORE"
	echo mine > "$STORE/letter"
	t init
	[ "$status" -eq 2 ]
	[[ $stderr == *"holds other files already, such as 'letter'"* ]]
	[ "$(ls "$STORE")" = letter ]
}

@test "a mode that is too wide goes back to the accepted one" {
	spec <<-'END'
	spec: t
	rules:
	  - {id: m, path: /etc/f, why: w, mode: "<=0640", on-drift: repair,
	     on-change: flag}
	END
	chmod 0600 "$ROOT/etc/f"
	t init
	chmod 0666 "$ROOT/etc/f"
	t restore --yes
	[ "$status" -eq 0 ]
	[ "$(stat -c %a "$ROOT/etc/f")" = 600 ]
}

@test "a mode that the rule allows is left when something else is mended" {
	spec <<-'END'
	spec: t
	rules:
	  - {id: m, path: /etc/f, why: w, mode: "<=0640", on-drift: repair,
	     lines: {require: ["^two$"], repair: {append: [two]}}}
	END
	t init
	chmod 0600 "$ROOT/etc/f"
	t restore --yes
	[ "$(cat "$ROOT/etc/f")" = "$(printf 'one\ntwo')" ]
	[ "$(stat -c %a "$ROOT/etc/f")" = 600 ]
}

@test "history goes on from the baseline when its newest snapshot is lost" {
	t init
	echo two > "$ROOT/etc/f"
	t snapshot
	rm "$STORE/repo.git/refs/heads/live"
	t snapshot
	[ "$status" -eq 0 ]
	[ "$(git -C "$STORE/repo.git" rev-list --count live)" -eq 2 ]
}

@test "a snapshot says which file it keeps by digest only" {
	echo "max-size: 100" > "$BATS_TEST_TMPDIR/config"
	d --config "$BATS_TEST_TMPDIR/config" init
	head -c 200 /dev/zero > "$ROOT/etc/big"
	d --config "$BATS_TEST_TMPDIR/config" snapshot
	[[ $stderr == *"/etc/big: larger than max-size"* ]]
}

@test "what cannot be read any more is unknown, and no change besides" {
	needs setpriv
	printf 'spec: t\ntrack: [/etc/**]\n' | spec
	echo text > "$ROOT/etc/closed"
	chmod 0600 "$ROOT/etc/closed"
	t init
	chown -R 65534:65534 "$STORE"
	chmod a+x "$BATS_TEST_TMPDIR" "$BATS_RUN_TMPDIR"
	chmod -R a+rX "$BATS_TEST_TMPDIR/specs"
	# The cache does not vouch for it any more.
	touch -d '1 hour ago' "$ROOT/etc/closed"
	as_nobody check
	[ "$status" -eq 2 ]
	says unknown "/etc/closed: cannot open: Permission denied"
	says_not changed
	# What is known of it is told all the same.
	chmod 0640 "$ROOT/etc/closed"
	as_nobody check
	[ "$status" -eq 2 ]
	says "changed since the baseline: mode"
}

@test "what nobody tracks any more was not removed" {
	mkdir -p "$ROOT/srv" "$BATS_TEST_TMPDIR/none"
	echo a > "$ROOT/srv/a"
	echo b > "$ROOT/srv/b"
	printf 'spec: t\ntrack: [/srv/*]\n' | spec
	t init
	d --specs "$BATS_TEST_TMPDIR/none" check
	[ "$status" -eq 0 ]
	says "3 entries of the baseline are not tracked any more ['accept' forgets them]"
	says_not removed
	d --specs "$BATS_TEST_TMPDIR/none" --format json check
	python3 "$TOP/tests/validate.py" "$TOP/doc/check.schema.json" \
	    <<< "$output"
	says '"untracked": 3'
	d --specs "$BATS_TEST_TMPDIR/none" diff
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	# What is not there any more, is not.
	rm "$ROOT/srv/b"
	d --specs "$BATS_TEST_TMPDIR/none" check
	[ "$status" -eq 1 ]
	says /srv/b "was removed since the baseline"
	says_not /srv/a
	says "2 entries of the baseline are not tracked any more"
	d --specs "$BATS_TEST_TMPDIR/none" diff
	says removed /srv/b
	says_not /srv/a
	rm "$ROOT/srv/a"
	d --specs "$BATS_TEST_TMPDIR/none" check
	says "1 entry of the baseline is not tracked any more ['accept' forgets it]"
	# Nor is that which its administrator does not want looked at.
	echo a > "$ROOT/srv/a"
	echo b > "$ROOT/srv/b"
	d --config <(echo 'ignore: [/srv/b]') --specs "$BATS_TEST_TMPDIR/specs" \
	    check
	says_not removed
	d --specs "$BATS_TEST_TMPDIR/none" accept
	d --specs "$BATS_TEST_TMPDIR/none" check
	says_not "not tracked"
}

@test "a changed file is told by what its format says, a secret without" {
	mkdir -p "$ROOT/etc/pam.d" "$ROOT/etc/sssd"
	echo "auth sufficient pam_sss.so use_first_pass" > "$ROOT/etc/pam.d/x"
	printf '[sssd]\nldap_default_authtok = xyzzy\n' \
	    > "$ROOT/etc/sssd/sssd.conf"
	echo "vm.swappiness = 10" > "$ROOT/etc/sysctl.conf"
	echo "no format" > "$ROOT/etc/plain"
	t init
	echo "auth sufficient pam_sss.so" > "$ROOT/etc/pam.d/x"
	printf '[sssd]\nldap_default_authtok = plugh\n' \
	    > "$ROOT/etc/sssd/sssd.conf"
	echo "vm.swappiness = 60" > "$ROOT/etc/sysctl.conf"
	chmod 0600 "$ROOT/etc/sysctl.conf"
	echo "still none" > "$ROOT/etc/plain"
	for verb in check "report --dry-run"; do
		# shellcheck disable=SC2086
		t $verb
		output=$(tr -s ' \n' ' ' <<< "$output")
		[[ $output == *"auth: pam_sss.so lost 'use_first_pass'"* ]]
		[[ $output == *"vm.swappiness: 10 -> 60"* ]]
		[[ $output != *xyzzy* ]]
		[[ $output != *plugh* ]]
	done
	t check
	[[ $output == *"/etc/sysctl.conf: changed since the baseline: vm.swappiness: 10 -> 60; mode"* ]]
	[[ $output == *"sssd.conf: changed since the baseline: "*"(secret)"* ]]
	[[ $output == *"/etc/plain: changed since the baseline: content"* ]]
}

@test "what the baseline has no better is not said to be put back from it" {
	spec <<-'END'
	spec: t
	rules:
	  - {id: flagged, path: /etc/f, why: Two is wanted., mode: "0600"}
	END
	t init
	t check
	[ "$status" -eq 1 ]
	says "/etc/f: " "; the baseline has the same: mend it by hand, then accept it [t/flagged]"
	says_not "-> " " restore "
	chmod 0600 "$ROOT/etc/f"
	eval "$DRIFTCTL $(sed -n 's/^ *-> driftctl//p' <<< "$output")"
	t check
	[ "$status" -eq 0 ]
	chmod 0644 "$ROOT/etc/f"
	t check
	says "-> " " restore /etc/f"
}

@test "a rule's own words go on after their full stop" {
	echo "<a/>" > "$ROOT/etc/f"
	spec <<-'END'
	spec: t
	rules:
	  - id: one
	    path: /etc/f
	    why: One is wanted.
	    xpath: [{expr: /b, count: 0, why: There is a b.}]
	END
	t init
	echo "<b/>" > "$ROOT/etc/f"
	t check
	says "/etc/f:1: There is a b; the file changed since the baseline [t/one]"
}

# lost_spec HOW: /etc/pam.d/imap is required.
lost_spec() {
	scratch
	LOST=$BATS_TEST_TMPDIR/lost
	mkdir -p "$LOST" "$ROOT/etc/pam.d" "$ROOT/usr/bin"
	cat > "$LOST/mail.yaml" <<-END
	spec: mail
	rules:
	  - id: imap
	    path: /etc/pam.d/imap
	    why: Nobody logs in.
	    require: present
	    on-drift: $1
	END
}

l() {
	d --specs "$LOST" "$@"
}

@test "what is gone from the baseline, too, is had from an older snapshot" {
	lost_spec flag
	echo auth > "$ROOT/etc/pam.d/imap"
	l init -q
	rm "$ROOT/etc/pam.d/imap"
	l accept -m "by mistake" -q
	l snapshot -q
	l check
	[ "$status" -eq 1 ]
	says "/etc/pam.d/imap: is missing; the baseline does not have it either, but snapshot "
	says_not " accept "
	remedy=$(sed -n 's/.* restore --from/restore --from/p' <<< "$output")
	[[ $remedy == "restore --from "*" /etc/pam.d/imap" ]]
	l explain /etc/pam.d/imap
	says "$remedy"
	# shellcheck disable=SC2086
	l $remedy --yes
	[ "$status" -eq 0 ]
	[ "$(cat "$ROOT/etc/pam.d/imap")" = auth ]
	# A rule that restores finds it by itself.
	rm -r "$STORE"
	lost_spec restore
	l init -q
	rm "$ROOT/etc/pam.d/imap"
	l accept -m "by mistake" -q
	l check
	says " restore --rule mail/imap"
	l restore --rule mail/imap --yes
	[ "$(cat "$ROOT/etc/pam.d/imap")" = auth ]
}

@test "what no snapshot has is had from the package that ships it, or nobody" {
	local dpkg=$ROOT/var/lib/dpkg

	lost_spec flag
	mkdir -p "$dpkg/info"
	l init -q
	l check
	says "is missing; no snapshot has it, and no package that is installed: make it by hand, then accept it"
	says_not "->"
	printf '%s\n' "Package: imapd" "Version: 1" "Architecture: all" \
	    "Status: install ok installed" "Conffiles:" \
	    " /etc/pam.d/imap 60b725f10c9c85c70d97880dfe8191b3" > "$dpkg/status"
	printf '/etc\n/etc/pam.d\n/etc/pam.d/imap\n' > "$dpkg/info/imapd.list"
	l check
	says "is missing; no snapshot has it, the package imapd does"
	says_not "->"
	echo x > "$ROOT/usr/bin/apt-get"
	l check
	says "-> chroot $ROOT apt-get install --reinstall -o Dpkg::Options::=--force-confmiss imapd"
	# Its new version ships it no more.
	sed -i 's/b3$/b3 obsolete/' "$dpkg/status"
	l check
	says "and no package that is installed: make it by hand"
}
