#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154
# The first hour: what init says, the hooks it installs, and an older system,
# its disk or a backup of it, as the baseline or held against this one.

load ../lib.sh

# A mail server after the upgrade, and its disk from before in $OLD.
two_systems() {
	scratch
	OLD=$BATS_TEST_TMPDIR/old
	sh "$TOP/tests/story/make-root.sh" "$ROOT" before
	cp -a "$ROOT" "$OLD"
	story_upgrade
}

# What differs from the baseline, a line each.
differences() {
	d -q diff
	[ "$status" -eq 1 ]
	[ "$output" = "changed  /etc/crypttab: content
changed  /etc/libvirt/qemu/mail.xml: content
changed  /etc/mail/spamassassin/v310.pre: content
removed  /etc/pam.d/imap: file
removed  /etc/pam.d/smtp: file
changed  /usr/lib/systemd/system/spamd.service: content" ]
}

# begins_from COPY: and what was lost since then is known.
begins_from() {
	rm -rf "$STORE"
	d init --from "$1"
	[ "$status" -eq 0 ]
	says "as they were in" || says "as it was in"
	differences
	d verify
	[ "$status" -eq 0 ]
}

@test "init says what it found, what it tracks, and what to do next" {
	scratch
	sh "$TOP/tests/story/make-root.sh" "$ROOT" before
	d init
	[ "$status" -eq 0 ]
	says "system: openSUSE Leap 15.5"
	says "store: $STORE"
	says "  spamassassin           8 rules  SpamAssassin judges mail without asking"
	says "others do not apply here (see: driftctl spec list)"
	says "tracked: " "KiB: /etc "
	says "are secret and stored sealed"
	says "which is the baseline"
	says "/etc/cron.d/driftctl"
	says "to install them: driftctl --root $ROOT --store $STORE init --hooks"
	says "next: driftctl --root $ROOT --store $STORE check"
	d init
	[ "$status" -eq 0 ]
	says "there is a store already; nothing was changed"
}

@test "why a spec applies is said beside it" {
	scratch
	sh "$TOP/tests/story/make-root.sh" "$ROOT" before
	d init
	says "(/etc/libvirt is there)"
	[ "$(grep -v "$BATS_TEST_TMPDIR" <<< "$output" |
	    awk 'length > 82' | wc -l)" -eq 0 ]
}

@test "init installs the hooks of what is there, and nothing twice" {
	needs_root
	scratch
	mkdir -p "$ROOT/etc" "$ROOT/usr/bin"
	for program in apt-get dpkg zypper; do
		echo x > "$ROOT/usr/bin/$program"
	done
	d init
	says "/etc/apt/apt.conf.d/00driftctl"
	says "would be put there"
	[ ! -e "$ROOT/etc/apt" ]
	d init --hooks
	[ "$status" -eq 0 ]
	says "installed the hook of apt: /etc/apt/apt.conf.d/00driftctl"
	says "installed the hook of cron: /etc/cron.d/driftctl"
	grep -q 'hook apt begin' "$ROOT/etc/apt/apt.conf.d/00driftctl"
	not grep -q @BINDIR@ "$ROOT/etc/apt/apt.conf.d/00driftctl"
	[ "$(stat -c %a "$ROOT/etc/apt/apt.conf.d/00driftctl")" = 644 ]
	[ "$(stat -c %a "$ROOT/usr/lib/zypp/plugins/commit/driftctl")" = 755 ]
	[ "$(stat -c %a "$ROOT/etc/apt/apt.conf.d")" = 755 ]
	d init --hooks
	[ "$status" -eq 0 ]
	says "all hooks are there already"
	echo "# mine" >> "$ROOT/etc/dpkg/dpkg.cfg.d/driftctl"
	d init --hooks
	says "there is a store already; the baseline stays as it is"
	says_not "nothing was changed"
	says "installed the hook of dpkg"
	not grep -q mine "$ROOT/etc/dpkg/dpkg.cfg.d/driftctl"
	d --format json init --hooks
	[ "$status" -eq 0 ]
	says '"state": "there"'
	says_not '"state": "missing"'
}

@test "what a person made of a hook is kept where nobody runs it" {
	needs_root
	scratch
	mkdir -p "$ROOT/etc" "$ROOT/usr/bin"
	for program in apt-get dpkg zypper; do
		echo x > "$ROOT/usr/bin/$program"
	done
	d init --hooks
	local apt=$ROOT/etc/apt/apt.conf.d/00driftctl cron=$ROOT/etc/cron.d
	local zypp=$ROOT/usr/lib/zypp/plugins/commit/driftctl

	says_not "is kept"
	echo "# mine, 1" >> "$apt"
	echo "# mine, 1" >> "$zypp"
	echo "# mine, 1" >> "$cron/driftctl"
	d --store "$STORE.2" init
	says "not as it ships: it would be kept as .bak"
	d init --hooks
	[ "$status" -eq 0 ]
	says "what was there is kept: /etc/apt/apt.conf.d/00driftctl.bak"
	[ "$(tail -n 1 "$apt.bak")" = "# mine, 1" ]
	not grep -q 'mine, 1' "$apt"
	# libzypp runs whatever is executable there, cronie reads any ".bak".
	[ "$(stat -c %a "$zypp.bak" "$zypp" | paste -sd' ')" = "644 755" ]
	grep -q 'mine, 1' "$cron/driftctl.bak~"
	# The same again needs no second one, another does; none is lost.
	cp "$apt.bak" "$apt"
	d init --hooks
	says "is kept: /etc/apt/apt.conf.d/00driftctl.bak"
	[ ! -e "$apt.1.bak" ]
	echo "# mine, 2" >> "$apt"
	d init --hooks
	says "what was there is kept: /etc/apt/apt.conf.d/00driftctl.1.bak"
	[ "$(tail -n 1 "$apt.1.bak")" = "# mine, 2" ]
	[ "$(tail -n 1 "$apt.bak")" = "# mine, 1" ]
	d init --hooks
	says "all hooks are there already"
}

@test "hooks that init installs are part of what is meant to be" {
	needs_root
	scratch
	mkdir -p "$ROOT/etc" "$ROOT/usr/bin"
	echo x > "$ROOT/usr/bin/apt-get"
	d init --hooks
	[ "$status" -eq 0 ]
	says "installed the hook of apt: /etc/apt/apt.conf.d/00driftctl"
	d diff
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	d report
	says_not 00driftctl
	d log
	says "hooks installed"
	d --store "$STORE.2" init --hooks
	says "all hooks are there already"
	d --store "$STORE.2" log
	says_not "hooks installed"
}

@test "hooks are written below the root wherever its symlinks lead" {
	needs_root
	scratch
	mkdir -p "$ROOT/etc" "$ROOT/usr/bin" "$BATS_TEST_TMPDIR/outside"
	ln -s "$BATS_TEST_TMPDIR/outside" "$ROOT/etc/apt"
	echo x > "$ROOT/usr/bin/apt-get"
	d init --hooks
	[ -z "$(ls "$BATS_TEST_TMPDIR/outside")" ]
}

@test "a hook that cannot be put there is told, and what is recorded stands" {
	needs_root
	scratch
	mkdir -p "$ROOT/etc" "$ROOT/usr/bin"
	echo x > "$ROOT/usr/bin/apt-get"
	echo file > "$ROOT/etc/apt"
	d init --hooks
	[ "$status" -eq 2 ]
	[[ $stderr == *"etc/apt: "* ]]
	d diff
	[ "$status" -eq 0 ]
}

@test "an older system's disk is the baseline" {
	needs_root
	two_systems
	begins_from "$OLD"
	d check
	[ "$status" -eq 1 ]
	says "/etc/pam.d/imap: is missing"
	d log
	says "state of an older system"
	d restore --yes
	[ "$status" -eq 0 ]
	cmp "$ROOT/etc/pam.d/imap" "$OLD/etc/pam.d/imap"
}

@test "a backup is the baseline, however it was compressed and named" {
	needs_root
	two_systems
	cd "$OLD" || return
	tar --acls -czf ../dot.tgz .
	tar -cjf ../relative.tbz etc usr var
	tar -cPJf ../absolute.txz --transform 'flags=r;s|^|/|' etc usr var
	tar --zstd --numeric-owner -cf ../numeric.tzst etc usr var
	find etc usr -type f -o -type l | tar -cf ../files.tar -T -
	cd - || return
	for copy in dot.tgz relative.tbz absolute.txz numeric.tzst files.tar; do
		begins_from "$BATS_TEST_TMPDIR/$copy"
	done
	says_not "ACL"
}

@test "of a backup of one folder the rest is taken to be as it is" {
	needs_root
	two_systems
	tar -C "$OLD" -czf "$BATS_TEST_TMPDIR/pam.tgz" etc/pam.d
	d init --from "$BATS_TEST_TMPDIR/pam.tgz"
	[ "$status" -eq 0 ]
	says "that it has nothing of are taken to be as they are now"
	says "written without ACLs: these are not compared"
	d -q diff
	[ "$output" = "removed  /etc/pam.d/imap: file
removed  /etc/pam.d/smtp: file" ]
}

@test "ACLs, capabilities, links and secrets of a backup are as on the disk" {
	needs_root
	needs setfacl
	two_systems
	echo "user:xyzzy" > "$OLD/etc/sasldb2"
	chmod 0600 "$OLD/etc/sasldb2"
	ln "$OLD/etc/fstab" "$OLD/etc/fstab.other"
	ln "$OLD/etc/sasldb2" "$OLD/etc/0plain"
	ln -s fstab "$OLD/etc/fstab.link"
	setfacl -m u:96:r "$OLD/etc/fstab"
	tar -C "$OLD" --acls --xattrs -czf "$BATS_TEST_TMPDIR/a.tgz" .
	rm -rf "$ROOT"
	cp -a "$OLD" "$ROOT"
	d init --from "$BATS_TEST_TMPDIR/a.tgz"
	[ "$status" -eq 0 ]
	d -q diff
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	echo "y" > "$ROOT/etc/sasldb2"
	d diff
	says_not xyzzy
}

@test "a backup that leads out of its root is refused, and nothing recorded" {
	needs python3
	two_systems
	python3 - "$BATS_TEST_TMPDIR" <<-'END'
	import io, sys, tarfile
	def make(name, *members):
	    with tarfile.open(sys.argv[1] + "/" + name, "w") as t:
	        for kind, path, to in members:
	            m = tarfile.TarInfo(path)
	            m.type = kind
	            m.linkname = to
	            data = b"x" if kind == tarfile.REGTYPE else b""
	            m.size = len(data)
	            t.addfile(m, io.BytesIO(data))
	R, S, L = tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE
	make("up.tar", (R, "etc/../../x", ""))
	make("up2.tar", (R, "/../x", ""))
	make("behind.tar", (S, "etc", "/elsewhere"), (R, "etc/fstab", ""))
	make("twice.tar", (R, "etc/fstab", ""), (R, "./etc/fstab", ""))
	make("link.tar", (L, "etc/fstab", "etc/none"))
	make("uplink.tar", (L, "etc/fstab", "../../etc/shadow"))
	make("none.tar", (R, "home/x", ""))
	END
	for bad in up.tar up2.tar behind.tar twice.tar link.tar uplink.tar; do
		d init --from "$BATS_TEST_TMPDIR/$bad"
		[ "$status" -eq 2 ]
		[[ $stderr == *"$bad: refused: the member"* ]]
	done
	d init --from "$BATS_TEST_TMPDIR/none.tar"
	[ "$status" -eq 2 ]
	[[ $stderr == *"has nothing of what is tracked here"* ]]
	echo "no archive" > "$BATS_TEST_TMPDIR/text"
	d init --from "$BATS_TEST_TMPDIR/text"
	[ "$status" -eq 2 ]
	[[ $stderr == *"damaged, or no tar archive"* ]]
	d init --from "$BATS_TEST_TMPDIR/missing"
	[ "$status" -eq 2 ]
	[[ $stderr == *"missing: cannot open: No such file"* ]]
	d init --from /dev/null
	[ "$status" -eq 2 ]
	[[ $stderr == *"is neither a folder nor an archive"* ]]
	d init --from "$ROOT"
	[ "$status" -eq 2 ]
	[[ $stderr == *"is the very system that it is to be compared with"* ]]
	# None of it is in the way of the right one.
	d init --from "$OLD"
	[ "$status" -eq 0 ]
	d init --from "$OLD"
	[ "$status" -eq 2 ]
	[[ $stderr == *"there is a store already, with a baseline"* ]]
}

@test "a backup cut short is refused" {
	two_systems
	tar -C "$OLD" -cf - etc | head -c 20000 > "$BATS_TEST_TMPDIR/cut.tar"
	d init --from "$BATS_TEST_TMPDIR/cut.tar"
	[ "$status" -eq 2 ]
	[[ $stderr == *"cut.tar: damaged, or no tar archive"* ]]
}

@test "two systems are held against each other without a store" {
	needs_root
	two_systems
	before=$(picture)
	status=0
	output=$("$DRIFTCTL" --no-color --root "$OLD" diff "$ROOT" 2>&1) ||
		status=$?
	[ "$status" -eq 1 ]
	says "what is required and no longer holds:"
	says "critical  /etc/pam.d/imap: is missing [mail-auth-deny/service-files]"
	says "-> cp -a $OLD/etc/pam.d/imap $ROOT/etc/pam.d/imap"
	says "removed  /etc/pam.d/smtp: file"
	says "  disk vda: type block -> file (and 7 more changes)"
	says_not "did not hold then"
	[ ! -e "$OLD/var/lib/driftctl" ]
	[ "$before" = "$(picture)" ]
	# What is required comes first, then what went, then what changed.
	[ "$(grep -n 'imap: is missing' <<< "$output" | cut -d: -f1)" -lt \
	    "$(grep -n 'removed  /etc/pam.d/imap' <<< "$output" |
	    cut -d: -f1)" ]
	[ "$(grep -n 'removed  /etc/pam.d/imap' <<< "$output" |
	    cut -d: -f1)" -lt "$(grep -n 'changed  /etc/crypttab' \
	    <<< "$output" | cut -d: -f1)" ]
}

@test "the remedies that are named bring back what is required" {
	needs_root
	two_systems
	status=0
	output=$("$DRIFTCTL" --no-color --root "$OLD" diff --against "$ROOT") ||
		status=$?
	sed -n 's/^ *-> \(cp -a .*\)/\1/p' <<< "$output" | sh
	output=$("$DRIFTCTL" --no-color --root "$OLD" diff --against "$ROOT" \
	    || true)
	says_not "is missing"
	says_not "/etc/pam.d"
	says_not "spamd.service"
	# What no rule names a file for is seen among what changed.
	says "changed  /etc/crypttab"
}

@test "two systems that are the same differ in nothing" {
	needs_root
	two_systems
	rm -rf "$ROOT"
	cp -a "$OLD" "$ROOT"
	d --root "$OLD" diff --against "$ROOT"
	[ "$status" -eq 0 ]
	[ "$output" = "nothing that is tracked differs" ]
}

@test "of two systems some paths, all sentences, and no secrets" {
	needs_root
	two_systems
	echo "root:xyzzy-one:1::::::" > "$OLD/etc/shadow"
	echo "root:xyzzy-two:1::::::" > "$ROOT/etc/shadow"
	d --root "$OLD" diff --semantic --against "$ROOT" /etc/libvirt \
	    /etc/shadow
	[ "$status" -eq 1 ]
	says "  disk vda: driver type raw -> qcow2"
	says "  user root: password changed (secret)"
	says_not xyzzy
	says_not "changed  /etc/crypttab"
	d -v --root "$OLD" diff --word --against "$ROOT"
	says_not xyzzy
	d --root "$OLD" diff --against "$ROOT" live
	[ "$status" -eq 2 ]
	[[ $stderr == *"two roots are compared as they are"* ]]
	d --root "$OLD" diff --against "$OLD"
	[ "$status" -eq 2 ]
	[[ $stderr == *"is the very system"* ]]
	d --root "$OLD" diff --against "$BATS_TEST_TMPDIR/none"
	[ "$status" -eq 2 ]
}

# killed_at CALL NTH init…: whether it came that far.
killed_at() {
	status=0
	ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o /dev/null -e "trace=$1" \
	    -e "inject=$1:signal=SIGKILL:when=$2" "$DRIFTCTL-full" \
	    --root "$ROOT" --store "$STORE" "${@:3}" \
	    > "$BATS_TEST_TMPDIR/killed" 2>&1 < /dev/null || status=$?
	[ "$status" -eq 137 ]
}

@test "killed anywhere, nothing half made is taken for a baseline" {
	local n=0 whole=0 call from

	needs_root
	needs strace
	skip_unless "strace may not trace here" strace -o /dev/null true
	two_systems
	tar -C "$OLD" -cf "$BATS_TEST_TMPDIR/old.tar" .
	for call in mkdirat renameat; do
		for from in "$OLD" "$BATS_TEST_TMPDIR/old.tar"; do
			for ((i = 1; ; i += 4)); do
				rm -rf "$STORE"
				if ! killed_at "$call" "$i" init --from "$from"
				then
					[ "$status" -eq 0 ]
					break
				fi
				n=$((n + 1))
				d -q check
				# All of it was there, or none counts.
				if [ "$status" -ne 2 ]; then
					whole=$((whole + 1))
					d init --from "$from"
					[[ $stderr == *"a baseline of its own"* ]]
				else
					d init --from "$from"
					[ "$status" -eq 0 ]
				fi
				differences
				d verify
				[ "$status" -eq 0 ]
			done
		done
	done
	echo "$n times killed, $whole times whole"
	[ "$n" -ge 10 ]
	[ "$whole" -lt "$n" ]
}

@test "a full disk leaves no half of an older system, and init goes on" {
	local from

	needs_root
	two_systems
	# What no compressor makes small.
	head -c 1000000 /dev/urandom > "$OLD/etc/big"
	tar -C "$OLD" -cf "$BATS_TEST_TMPDIR/old.tar" .
	for from in "$OLD" "$BATS_TEST_TMPDIR/old.tar"; do
		mkdir -p "$STORE"
		skip_unless "file systems cannot be mounted here" \
		    mount -t tmpfs -o size=400k,mode=0700 tmpfs "$STORE"
		d init --from "$from"
		[ "$status" -eq 2 ]
		[[ $stderr == *"No space left on device"* ]]
		d check
		[ "$status" -eq 2 ]
		mount -o remount,size=16m "$STORE"
		d init --from "$from"
		[ "$status" -eq 0 ]
		d -q diff
		[[ $output == *"removed  /etc/big: file"* ]]
		[[ $output == *"removed  /etc/pam.d/imap: file"* ]]
		d verify
		[ "$status" -eq 0 ]
		umount "$STORE"
	done
}

@test "a store whose baseline was never set gets it, and says so" {
	scratch
	mkdir -p "$ROOT/etc"
	d init
	git --git-dir="$STORE/repo.git" update-ref -d refs/driftctl/baseline
	d init
	[ "$status" -eq 0 ]
	says "there is a store already; its newest snapshot becomes the baseline"
	d init
	says "there is a store already; nothing was changed"
}
