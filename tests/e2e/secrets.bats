#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154
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
