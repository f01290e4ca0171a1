#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2030,SC2031,SC2154
# What is secret stays so: in no diff, and in the store only sealed.

load ../lib.sh

setup() {
	scratch
	mkdir -p "$ROOT/etc" "$ROOT/var" "$BATS_TEST_TMPDIR/specs"
	echo "root:x:0:0:root:/root:/bin/sh" > "$ROOT/etc/passwd"
	echo "root:x:0:" > "$ROOT/etc/group"
}

dm() {
	d --specs "$BATS_TEST_TMPDIR/specs" "$@"
}

# not_in_store WORD…: no object of the repository has one of them.
not_in_store() {
	needs git
	git --git-dir "$STORE/repo.git" cat-file --batch-all-objects --batch \
	    > "$BATS_TEST_TMPDIR/objects"
	local word

	for word; do
		not grep -a "$word" "$BATS_TEST_TMPDIR/objects"
	done
}

@test "backups of secret files are sealed, and shown in no diff" {
	local files="shadow.rpmnew sssd/sssd.conf.rpmsave x.key.dpkg-old
	    krb5.keytab.bak postfix/sasl_passwd.rpmsave.1 gshadow.ucf-old"
	mkdir "$ROOT/etc/sssd" "$ROOT/etc/postfix"
	for f in $files; do
		echo "xyzzy-one" > "$ROOT/etc/$f"
	done
	dm init
	[ "$status" -eq 0 ]
	for f in $files; do
		echo "xyzzy-two" > "$ROOT/etc/$f"
	done
	dm diff
	[ "$status" -eq 1 ]
	says_not xyzzy
	[ "$(grep -c "content is not shown" <<< "$output")" -eq 6 ]
	dm snapshot
	not_in_store xyzzy
	# Of one path, too, where not everything is looked at.
	dm restore --yes --from baseline /etc/shadow.rpmnew
	[ "$status" -eq 0 ]
	[ "$(cat "$ROOT/etc/shadow.rpmnew")" = xyzzy-one ]
	dm diff baseline live
	says_not xyzzy
}

@test "a rule's secret is one wherever a symlink on its path leads to" {
	mkdir -p "$ROOT/run/s" "$ROOT/etc/keys [1]" "$ROOT/srv/deep"
	ln -s /run "$ROOT/var/run"
	ln -s "keys [1]/k" "$ROOT/etc/now"
	ln -s /srv "$ROOT/etc/srv"
	cat > "$BATS_TEST_TMPDIR/specs/tok.yaml" <<-'END'
	spec: tok
	rules:
	  - {id: run, path: /var/run/x.tok, why: It opens doors., secret: true}
	  - {id: end, path: /etc/now, why: It opens doors., secret: true}
	  - {id: glob, path: "/etc/srv/*/p", why: It opens doors., secret: true}
	END
	for f in run/x.tok "etc/keys [1]/k" srv/deep/p; do
		echo xyzzy-one > "$ROOT/$f"
	done
	dm init
	[ "$status" -eq 0 ]
	for f in run/x.tok "etc/keys [1]/k" srv/deep/p; do
		echo xyzzy-two > "$ROOT/$f"
	done
	dm diff
	[ "$status" -eq 1 ]
	says_not xyzzy
	[ "$(grep -c "content is not shown" <<< "$output")" -eq 3 ]
	not_in_store xyzzy
}

# no_path_with WORD…: what was recorded has none, whatever it holds.
no_path_with() {
	local word

	needs git
	output=$(git --git-dir "$STORE/repo.git" ls-tree -r --name-only live \
	    files/)
	says files/etc/passwd
	for word; do
		says_not "$word"
	done
}

@test "the seal key is recorded nowhere, even if it is named" {
	mkdir -p "$ROOT/etc/driftctl" "$ROOT/etc/keys" "$ROOT/srv"
	ln -s /srv "$ROOT/etc/far"
	for key in /etc/keys/master /etc/far/master; do
		rm -rf "$STORE" "$ROOT"/*/master "$ROOT"/*/*/master
		cat > "$ROOT/etc/driftctl/driftctl.yaml" <<-END
		seal-key: $key
		track: [$key, /srv/**, /etc/keys/master, /srv/master,
		    /etc/driftctl/seal.key]
		END
		echo "an old key" > "$ROOT/etc/driftctl/seal.key"
		echo beside > "$ROOT/etc/keys/beside"
		dm init
		[ "$status" -eq 0 ]
		[ -f "$ROOT/${key/etc\/far/srv}" ]
		no_path_with master seal.key
		not_in_store "an old key"
		dm show live:/etc/keys/beside
		[ "$status" -eq 0 ]
		dm check
		[ "$status" -eq 0 ]
		dm restore --all --remove-added --yes
		[ -f "$ROOT/etc/driftctl/seal.key" ]
	done
}

@test "a store in what is tracked never records itself" {
	mkdir -p "$ROOT/etc/driftctl" "$ROOT/srv/x"
	echo x > "$ROOT/srv/x/file"
	for STORE in "$ROOT/etc/kept" "$ROOT/srv/x/kept"; do
		cat > "$ROOT/etc/driftctl/driftctl.yaml" <<-END
		track: [/srv/**, ${STORE#"$ROOT"}, "${STORE#"$ROOT"}/**",
		    ${STORE#"$ROOT"}/seal.key]
		END
		dm init
		[ "$status" -eq 0 ]
		no_path_with kept seal.key statcache
		dm snapshot
		says "nothing changed since"
		dm check
		[ "$status" -eq 0 ]
		says "clean:"
		rm -r "$STORE"
	done
}

@test "every name of a secret's file is sealed, and shown in no diff" {
	echo "xyzzy-one" > "$ROOT/etc/shadow"
	ln "$ROOT/etc/shadow" "$ROOT/etc/aside"
	ln "$ROOT/etc/shadow" "$ROOT/etc/zzz"
	dm init
	[ "$status" -eq 0 ]
	not_in_store xyzzy
	echo "xyzzy-two" > "$ROOT/etc/shadow"
	for path in "" /etc/aside /etc/zzz; do
		dm diff $path
		[ "$status" -eq 1 ]
		says_not xyzzy
		says "content is not shown"
	done
	dm snapshot
	not_in_store xyzzy
	dm show live:/etc/zzz
	[ "$status" -eq 2 ]
	[[ $stderr == *"is secret: its content "* ]]
	dm restore --yes --from baseline /etc/zzz /etc/aside /etc/shadow
	[ "$(cat "$ROOT/etc/aside")" = xyzzy-one ]
}

@test "a plain file that becomes another name of a secret is sealed then" {
	echo "xyzzy" > "$ROOT/etc/shadow"
	dm init
	sleep 0.1
	dm snapshot
	ln "$ROOT/etc/shadow" "$ROOT/etc/plain"
	dm diff /etc/plain
	[ "$status" -eq 1 ]
	says "content is not shown"
	says_not xyzzy
	dm snapshot
	[ "$status" -eq 0 ]
	not_in_store xyzzy
	# A secret's name that comes later to a file that is known.
	echo "plugh" > "$ROOT/etc/known"
	dm snapshot
	ln "$ROOT/etc/known" "$ROOT/etc/later.key"
	dm snapshot
	echo "xyzzy-three" > "$ROOT/etc/known"
	dm diff
	says_not xyzzy
	says_not plugh
	dm snapshot
	not_in_store xyzzy
	dm diff baseline live
	says_not xyzzy
	says_not plugh
}

@test "settings with a notifier's URL are sealed, and shown in no diff" {
	local was=$BATS_TEST_TMPDIR/was

	mkdir -p "$ROOT/etc/driftctl" "$BATS_TEST_TMPDIR/own" \
	    "$was/etc/driftctl"
	cp "$ROOT"/etc/{passwd,group} "$was/etc"
	# In use, commented out, broken, on a line of its own, of another name.
	cat > "$ROOT/etc/driftctl/driftctl.yaml" << 'EOS'
on-finding:
  - webhook:
      https://hooks.example.org/t0ken
#  - webhook: https://hooks.example.org/t0ken
EOS
	cp "$ROOT/etc/driftctl/driftctl.yaml" "$ROOT/etc/driftctl/2024.copy"
	cat > "$ROOT/etc/mine.yaml" << 'EOS'
on-finding: {pushover: /etc/po, url: "https://a:t0ken@example.org/"}
EOS
	cat > "$was/etc/driftctl/driftctl.yaml" << 'EOS'
on-finding: {webhook: https://hooks.example.org/t0ken/was}
EOS
	chmod 600 "$ROOT/etc/mine.yaml"
	dm init
	[ "$status" -eq 0 ]
	dm --config "$ROOT/etc/mine.yaml" snapshot
	echo "# t0ken too" >> "$ROOT/etc/driftctl/driftctl.yaml"
	echo "# t0ken too" >> "$ROOT/etc/mine.yaml"
	dm diff
	[ "$status" -eq 1 ]
	says "/etc/driftctl/driftctl.yaml: content"
	says "/etc/mine.yaml: content"
	says_not t0ken
	dm --config "$ROOT/etc/mine.yaml" diff
	says_not t0ken
	dm --config "$ROOT/etc/mine.yaml" report
	says "/etc/mine.yaml"
	says_not t0ken
	dm snapshot
	# Another system's are as much of a secret, there or in a backup.
	"$DRIFTCTL" --root "$was" diff "$ROOT" > "$BATS_TEST_TMPDIR/said" ||
	    [ $? -eq 1 ]
	output=$(cat "$BATS_TEST_TMPDIR/said")
	says "/etc/driftctl/driftctl.yaml: content"
	says_not t0ken
	rm "$ROOT/etc/driftctl/driftctl.yaml"
	rm -r "$STORE"
	tar -C "$was" -cf "$BATS_TEST_TMPDIR/was.tar" etc
	dm init --from "$BATS_TEST_TMPDIR/was.tar"
	not_in_store t0ken
	dm diff
	says "/etc/driftctl/driftctl.yaml"
	says_not t0ken
	rm -r "$STORE"
	dm init --from "$was"
	not_in_store t0ken
	# A mistake is told to many.
	echo "on-finding: {webhook: http://a:t0ken@example.org/t0ken}" \
	    > "$ROOT/etc/driftctl/driftctl.yaml"
	dm check
	[ "$status" -eq 2 ]
	[[ $stderr == *"'http://example.org/"*"' is no URL to send to"* ]]
	[[ $stderr != *t0ken* ]]
	echo "on-finding: {webhook: t0ken}" > "$ROOT/etc/driftctl/driftctl.yaml"
	dm check
	[[ $stderr == *"' is no URL to send to"* ]]
}
