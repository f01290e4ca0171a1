#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154
# doctor on systems below a folder, without any package manager.

load ../lib.sh

setup() {
	scratch
	SITE=$BATS_TEST_TMPDIR/specs
	mkdir -p "$ROOT/etc/driftctl" "$ROOT/etc/cron.d" "$SITE"
	echo hello > "$ROOT/etc/motd"
	cat > "$SITE/site.yaml" << 'EOS'
spec: site
rules:
  - {id: motd, path: /etc/motd, why: It is ours., require: present}
EOS
	# The root of a Debian, as far as doctor asks.
	mkdir -p "$ROOT/usr/bin" "$ROOT/etc/dpkg/dpkg.cfg.d"
	: > "$ROOT/usr/bin/dpkg"
	make -s --no-print-directory -C "$TOP" install-hooks \
	    HOOKS="dpkg cron" DESTDIR="$ROOT"
}

h() {
	d --specs "$SITE" "$@"
}

# However it was broken into lines.
tells() {
	local text

	text=$(tr -s '\\ \n' ' ' <<< "$output")
	[[ $text == *"$1"* ]] || {
		echo "the output does not tell: $1" >&2
		return 1
	}
}

@test "a system that is well is said to be, in one line" {
	h init -q
	h doctor
	[ "$status" -eq 0 ]
	[[ $output == "all well: "*" things were looked at [-v lists them]" ]]
	[ -z "$stderr" ]
	h doctor -q
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	h doctor -v
	says "well: dpkg has its hook, /etc/dpkg/dpkg.cfg.d/driftctl"
	says "well: 1 spec without a mistake, of which 1 applies here"
}

@test "doctor changes nothing, and needs no root" {
	needs_root
	h init -q
	before=$(cd "$STORE" && find . -printf '%P %s %T@\n' | sort)
	h doctor
	[ "$status" -eq 0 ]
	[ "$before" = "$(cd "$STORE" && find . -printf '%P %s %T@\n' | sort)" ]
	# Somebody else cannot see that folder, but the system that runs.
	status=0
	output=$(cd / && setpriv --reuid=65534 --regid=65534 --clear-groups \
	    env HOME=/nowhere "$DRIFTCTL" --store "$STORE" doctor 2>&1) ||
	    status=$?
	echo "$output"
	[ "$status" -eq 2 ]
	tells "cannot tell: $STORE"
	says_not "Permission denied [run 'driftctl verify']"
}

@test "wrong words are refused" {
	h doctor now
	[ "$status" -eq 2 ]
	[ "$stderr" = "driftctl: now: 'doctor' takes no arguments" ]
	d --root "$ROOT/nowhere" doctor
	[ "$status" -eq 2 ]
	says "cannot tell: $ROOT/nowhere"
}

@test "without a store it says how to get one" {
	h doctor
	[ "$status" -eq 1 ]
	says "there is no store in $STORE"
	tells " driftctl --root $ROOT --store $STORE --specs $SITE init"
}

@test "a configuration that cannot be used is one complaint among others" {
	h init -q
	echo 'lock-wait: 5' > "$ROOT/etc/driftctl/driftctl.yaml"
	chmod 666 "$ROOT/etc/driftctl/driftctl.yaml"
	rm "$ROOT/etc/cron.d/driftctl"
	h doctor
	[ "$status" -eq 2 ]
	says "/etc/driftctl/driftctl.yaml: others can change the configuration"
	says "nothing looks at the machine each night"
	says "cannot tell: the store is not looked at while"
	chmod 644 "$ROOT/etc/driftctl/driftctl.yaml"
	echo 'lock-wiat: 5' > "$ROOT/etc/driftctl/driftctl.yaml"
	echo 'rules: 5' >> "$SITE/site.yaml"
	h doctor
	[ "$status" -eq 1 ]
	says "driftctl.yaml:1:1: unknown key 'lock-wiat'"
	says "site.yaml:4:"
	says "spec lint"
}

@test "damage to the store, and a key that is gone or open, are seen" {
	h init -q
	chmod 644 "$STORE/seal.key"
	h doctor
	[ "$status" -eq 1 ]
	tells "others can read the seal key, $STORE/seal.key chmod 0400 $STORE/seal.key"
	chmod 400 "$STORE/seal.key"
	mv "$STORE/seal.key" "$STORE/away"
	h doctor
	[ "$status" -eq 1 ]
	says "the seal key, $STORE/seal.key, is not there"
	mv "$STORE/away" "$STORE/seal.key"
	for pack in "$STORE"/repo.git/objects/pack/*.pack; do
		chmod 600 "$pack"
		truncate -s 100 "$pack"
	done
	h doctor
	[ "$status" -eq 1 ]
	says "the store is damaged: "
	says " verify"
}

@test "what an interrupted restore left is told, with the way back" {
	h init -q
	mkdir -p "$ROOT/etc/sub"
	: > "$ROOT/etc/.driftctl-20260101T000000Z-restore-1"
	h doctor
	[ "$status" -eq 1 ]
	says "/etc/.driftctl-20260101T000000Z-restore-1 was left by a restore that"
	tells " rm -r $ROOT/etc/.driftctl-20260101T000000Z-restore-1"
	rm "$ROOT"/etc/.driftctl-*
	echo x > "$ROOT/etc/motd.rpmnew"
	h doctor
	[ "$status" -eq 1 ]
	says "a package left /etc/motd.rpmnew to be merged"
	says "merge --dry-run"
}

@test "a file system without room for a month is told of" {
	needs_root
	mkdir "$STORE"
	mount -t tmpfs -o size=2m,mode=700 tmpfs "$STORE" || skip "no mounts"
	h init -q
	h doctor
	umount "$STORE"
	[ "$status" -eq 1 ]
	says "the file system of the store has " "free, and the next month can need"
	says "    df -h $STORE"
}

@test "a table that cron passes over does not count" {
	h init -q
	mv "$ROOT/etc/cron.d/driftctl" "$ROOT/etc/cron.d/driftctl.off"
	h doctor
	[ "$status" -eq 1 ]
	says "no table of cron starts driftctl"
	mv "$ROOT/etc/cron.d/driftctl.off" "$ROOT/etc/cron.d/driftctl"
	chmod 666 "$ROOT/etc/cron.d/driftctl"
	h doctor
	says "no table of cron starts driftctl"
	chmod 644 "$ROOT/etc/cron.d/driftctl"
	sed -i 's/^[0-9@]/# &/' "$ROOT/etc/cron.d/driftctl"
	h doctor
	says "no table of cron starts driftctl"
	mkdir -p "$ROOT/var/spool/cron/crontabs"
	printf '@reboot driftctl hook boot\n0 4 * * * driftctl report\n' \
	    > "$ROOT/var/spool/cron/crontabs/root"
	h doctor
	[ "$status" -eq 0 ]
}

@test "where systemd starts things its links are looked at" {
	h init -q
	mkdir -p "$ROOT/usr/lib/systemd"
	: > "$ROOT/usr/lib/systemd/systemd"
	h doctor
	[ "$status" -eq 1 ]
	says "driftctl-report.timer is not there"
	make -s --no-print-directory -C "$TOP" install-units DESTDIR="$ROOT"
	h doctor
	tells "systemctl --root=$ROOT enable driftctl-report.timer"
	tells "systemctl --root=$ROOT enable driftctl-boot.service"
	make -s --no-print-directory -C "$TOP" enable-units DESTDIR="$ROOT"
	h doctor
	[ "$status" -eq 0 ]
	ln -s /dev/null "$ROOT/etc/systemd/system/driftctl-boot.service"
	h doctor
	[ "$status" -eq 1 ]
	says "driftctl-boot.service is masked"
}

@test "pacman's hooks, and dnf 5's, are known" {
	h init -q
	mkdir -p "$ROOT/etc/pacman.d/hooks"
	: > "$ROOT/usr/bin/pacman"
	: > "$ROOT/usr/bin/dnf5"
	h doctor
	[ "$status" -eq 1 ]
	says "pacman has no hook"
	says "dnf5 has no hook"
	make -s --no-print-directory -C "$TOP" install-hooks \
	    HOOKS="dnf5 pacman" DESTDIR="$ROOT"
	mkdir -p "$ROOT/dev"
	mknod "$ROOT/dev/null" c 1 3 || skip "no devices can be made here"
	ln -s /dev/null "$ROOT/etc/pacman.d/hooks/zz-driftctl-end.hook"
	h doctor
	says "the hook of pacman is there, but /etc/pacman.d/hooks masks it"
	says "the hook of dnf5 is there, but dnf's plugin that reads it is not"
	rm "$ROOT/etc/pacman.d/hooks/zz-driftctl-end.hook"
	echo 'enabled = 1' > "$ROOT/etc/dnf/libdnf5-plugins/actions.conf"
	h doctor
	[ "$status" -eq 0 ]
	echo 'enabled = 0' > "$ROOT/etc/dnf/libdnf5-plugins/actions.conf"
	h doctor
	says "actions.conf switches dnf's actions off"
}

@test "remedies work from any folder, and keep within 80 columns" {
	rm "$ROOT/etc/dpkg/dpkg.cfg.d/driftctl" "$ROOT/etc/cron.d/driftctl"
	from_here() {
		status=0
		output=$(cd "$BATS_TEST_TMPDIR" && "$DRIFTCTL" --root root \
		    --store ./store --specs specs "$@" 2>&1) || status=$?
		echo "$output"
	}
	from_here doctor
	[ "$status" -eq 1 ]
	tells "make -C $TOP install-hooks HOOKS=dpkg DESTDIR=$ROOT"
	tells "driftctl --root $ROOT --store $STORE --specs $SITE init"
	# What cannot be broken is longer.
	not grep -E '^.{81}' < <(grep -vE '[^ ]{60}' <<< "$output")
	from_here --format json doctor
	python3 -c 'import json, sys
for x in json.load(sys.stdin)["checks"]:
    if x.get("remedy"):
        print(x["remedy"])' <<< "$output" > "$BATS_TEST_TMPDIR/remedies"
	[ "$(wc -l < "$BATS_TEST_TMPDIR/remedies")" -ge 3 ]
	mkdir "$BATS_TEST_TMPDIR/elsewhere"
	(cd "$BATS_TEST_TMPDIR/elsewhere" &&
	    PATH=$(dirname "$DRIFTCTL"):$PATH sh -e ../remedies)
	[ -z "$(ls -A "$BATS_TEST_TMPDIR/elsewhere")" ]
	from_here doctor
	[ "$status" -eq 0 ]
	[ -d "$STORE/repo.git" ]
	chmod 644 "$STORE/seal.key"
	from_here doctor
	tells "chmod 0400 $STORE/seal.key"
}
