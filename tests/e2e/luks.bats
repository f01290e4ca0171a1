#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154
# LUKS headers: what cryptsetup says of them, and backups that are no longer
# those of their device. Small files stand for the devices.

load ../lib.sh

UUID=0b8bfe48-15f7-4a5e-a35e-5ca1c30a8ec3

setup() {
	PATH=$PATH:/usr/sbin:/sbin
	needs cryptsetup
	scratch
	mkdir -p "$ROOT/etc/luks" "$ROOT/dev/disk/by-uuid"
	HEADER=$ROOT/etc/luks/disk.header
	DEVICE=$ROOT/dev/disk/by-uuid/$UUID
	SPECS=$BATS_TEST_TMPDIR/specs
	PASS=$BATS_TEST_TMPDIR/pass
	mkdir "$SPECS"
	printf secret > "$PASS"
	printf other > "$PASS.2"
}

teardown() {
	[ -z "${LOOP-}" ] || losetup -d "$LOOP"
}

c() {
	cryptsetup -q --key-file "$PASS" "$@" > "$BATS_TEST_TMPDIR/said" 2>&1 || {
		cat "$BATS_TEST_TMPDIR/said" >&2
		return 1
	}
}

quick=(--pbkdf pbkdf2 --pbkdf-force-iterations 1000)
small=(--luks2-metadata-size 16k --luks2-keyslots-size 1M)

# format FILE OPTION…
format() {
	rm -f "$1"
	truncate -s 3M "$1"
	c luksFormat "${quick[@]}" --uuid "$UUID" "${@:2}" "$1"
}

keep() {
	rm -f "$HEADER"
	c luksHeaderBackup "$DEVICE" --header-backup-file "$HEADER"
}

# demands KEY…: one line of `luks:` each, of the header.
demands() {
	{
		printf 'spec: luks\nrules:\n  - id: header\n    why: because\n'
		printf '    path: /etc/luks/*.header\n    luks:\n'
		printf '      %s\n' "$@"
	} > "$SPECS/luks.yaml"
}

t() {
	d --specs "$SPECS" "$@"
}

# dumped LABEL: what luksDump says behind it first.
dumped() {
	cryptsetup luksDump "$HEADER" | tr '\t' ' ' |
	    sed -n "s/^ *$1: *//p" | sed 's/ bits$//; q'
}

# A demand for everything, as luksDump of LUKS1 or LUKS2 words it.
demands_of_dump() {
	local cipher bits

	cipher=$(dumped cipher)
	bits=$(dumped "Cipher key")
	if [ "$(dumped Version)" = 1 ]; then
		cipher=$(dumped "Cipher name")-$(dumped "Cipher mode")
		bits=$(dumped "MK bits")
	fi
	FACTS=(
		"version: $(dumped Version)"
		"cipher: \"$cipher\""
		"key-bits: $bits"
		"hash: $(dumped "\(AF hash\|Hash spec\)")"
		"keyslots: $(cryptsetup luksDump "$HEADER" |
		    grep -cE '^(Key Slot .: ENABLED|  [0-9]: luks2)')"
		"uuid: $(dumped UUID)"
	)
}

@test "what luksDump says of a header is what holds, and nothing else" {
	local fact kind
	local -a kinds=("--type luks1 --hash sha256"
	    "--type luks2 ${small[*]} --hash sha256"
	    "--type luks1 --cipher aes-cbc-essiv:sha256 --key-size 256 --hash sha1"
	    "--type luks2 ${small[*]} --key-size 256 --hash sha512")

	for kind in "${kinds[@]}"; do
		# shellcheck disable=SC2086 # a list of words
		format "$DEVICE" $kind
		# A keyslot has a hash of its own.
		c luksAddKey "${quick[@]}" --hash "${kind##*--hash }" \
		    "$DEVICE" "$PASS.2"
		keep
		demands_of_dump
		[[ ${FACTS[4]} == "keyslots: 2" ]]
		demands "${FACTS[@]}"
		rm -rf "$STORE"
		t init
		t check
		[ "$status" -eq 0 ]
		for fact in "${FACTS[@]}"; do
			demands "${fact%%:*}: 77"
			t check
			[ "$status" -eq 1 ]
			says /etc/luks/disk.header "expected" 77 luks/header
		done
	done
}

@test "a backup is current until a keyslot is changed, and says so at once" {
	local kind

	for kind in luks1 luks2; do
		format "$DEVICE" --type $kind
		keep
		demands "backup-of: same-uuid"
		rm -rf "$STORE"
		t init
		t check
		[ "$status" -eq 0 ]
		t check
		[ "$status" -eq 0 ]
		# Nothing that is tracked changes.
		c luksAddKey "${quick[@]}" "$DEVICE" "$PASS.2"
		t check
		[ "$status" -eq 1 ]
		says /etc/luks/disk.header "is stale: keyslot 1 was added" \
		    "UUID=$UUID" "cryptsetup luksHeaderBackup"
		says_not " restore "
		cryptsetup -q luksKillSlot "$DEVICE" 0
		t check
		says "keyslot 0 was removed, keyslot 1 was added since"
	done
}

@test "a backup of another disk, and a disk whose header is gone, are told" {
	format "$DEVICE" --type luks2 "${small[@]}"
	keep
	format "$DEVICE" --type luks2 "${small[@]}" \
	    --uuid 1b8bfe48-15f7-4a5e-a35e-5ca1c30a8ec3
	demands "backup-of: UUID=$UUID"
	t init
	t check
	[ "$status" -eq 1 ]
	says "is of another device: its UUID is $UUID, not 1b8bfe48"
	truncate -s 0 "$DEVICE"
	truncate -s 3M "$DEVICE"
	t check
	[ "$status" -eq 1 ]
	says "UUID=$UUID is no LUKS header"
}

@test "a device that is not to be had here leaves it open" {
	format "$DEVICE" --type luks2 "${small[@]}"
	keep
	rm "$DEVICE"
	for name in "UUID=$UUID" "LABEL=x y" PARTUUID=A-1 PARTLABEL=x \
	    same-uuid /dev/sdzz9; do
		demands "backup-of: $name"
		rm -rf "$STORE"
		t init
		t check
		[ "$status" -eq 2 ]
		says unknown "devices are only looked at on the running system"
	done
	demands "backup-of: /srv/no.img"
	t check
	[ "$status" -eq 2 ]
	says unknown "is not there"
	mkdir "$ROOT/srv"
	mkfifo "$ROOT/srv/no.img"
	t check
	[ "$status" -eq 2 ]
	says unknown "is neither a block device nor a file"
	rm "$ROOT/srv/no.img"
	cp "$HEADER" "$ROOT/srv/no.img"
	t check
	[ "$status" -eq 0 ]
}

@test "a planted link does not lead out of the root, and no node is opened" {
	needs_root
	format "$BATS_TEST_TMPDIR/outside" --type luks2 "${small[@]}"
	cp "$BATS_TEST_TMPDIR/outside" "$HEADER"
	ln -s "$BATS_TEST_TMPDIR/outside" "$DEVICE"
	demands "backup-of: UUID=$UUID"
	t init
	t check
	[ "$status" -eq 2 ]
	rm "$DEVICE"
	mknod "$DEVICE" b 7 0 || skip "no device nodes can be made here"
	t check
	[ "$status" -eq 2 ]
	says unknown "devices are only looked at on the running system"
}

@test "a header is sealed wherever it lies, whatever it is called" {
	local name

	format "$DEVICE" --type luks2 "${small[@]}"
	c luksHeaderBackup "$DEVICE" --header-backup-file "$ROOT/etc/notes"
	# The first copy overwritten, the second still there.
	cp "$ROOT/etc/notes" "$ROOT/etc/half"
	chmod u+w "$ROOT/etc/half"
	dd if=/dev/zero of="$ROOT/etc/half" bs=4096 count=1 conv=notrunc \
	    status=none
	demands "version: 2"
	t init
	says "2 of them are secret and stored sealed"
	for name in notes half; do
		[ "$(git -C "$STORE/repo.git" show "live:files/etc/$name" |
		    grep -acE 'LUKS|SKUL|keyslots')" -eq 0 ]
	done
}

@test "an older header comes back only where the file is named" {
	local newer

	format "$DEVICE" --type luks2 "${small[@]}"
	keep
	echo old > "$ROOT/etc/motd"
	demands "version: 2"
	t init
	c luksAddKey "${quick[@]}" "$DEVICE" "$PASS.2"
	keep
	newer=$(sha256sum < "$HEADER")
	echo new > "$ROOT/etc/motd"
	for what in --all /etc /etc/luks; do
		t restore --yes "$what"
		[ "$status" -ne 0 ]
		[[ $stderr == *"/etc/luks/disk.header: is a LUKS header that was changed since"* ]]
		[ "$newer" = "$(sha256sum < "$HEADER")" ]
	done
	[ "$(cat "$ROOT/etc/motd")" = old ]
	demands "keyslots: 1"
	t restore --yes --rule luks/header
	[ "$status" -ne 0 ]
	[[ $stderr == *"/etc/luks/disk.header: no rule puts a LUKS header back"* ]]
	[ "$newer" = "$(sha256sum < "$HEADER")" ]
	t restore --yes /etc/luks/disk.header
	[ "$status" -eq 0 ]
	[ "$newer" != "$(sha256sum < "$HEADER")" ]
	# One that is gone harms nobody when it comes back.
	rm "$HEADER"
	t restore --yes --all
	[ "$status" -eq 0 ]
	[ -e "$HEADER" ]
}

@test "rubbish under a header's name is drift, or left alone where told so" {
	head -c 300000 /dev/urandom > "$HEADER"
	demands "version: 2"
	t init
	t check
	[ "$status" -eq 1 ]
	says /etc/luks/disk.header "is no LUKS header"
	demands "version: 2" "if-header: true"
	t check
	[ "$status" -eq 0 ]
	# Larger than any header: an image, of which the beginning is read.
	format "$HEADER" --type luks2 "${small[@]}"
	truncate -s 3G "$HEADER"
	t check
	[ "$status" -eq 0 ]
	demands "version: 1" "if-header: true"
	t check
	[ "$status" -eq 1 ]
	says "the version is 2, expected 1"
}

@test "a relation reads the UUIDs of headers" {
	format "$DEVICE" --type luks1
	keep
	printf secret > "$ROOT/etc/luks/key.header"
	cat > "$SPECS/luks.yaml" <<-'END'
	spec: luks
	relations:
	  - id: each-has-a-backup
	    why: because
	    each: {path: /etc/crypttab, entries: device, strip: UUID=}
	    in: {path: /etc/luks/*.header, luks: uuid}
	END
	echo "a UUID=$UUID none luks" > "$ROOT/etc/crypttab"
	t init
	t check
	[ "$status" -eq 0 ]
	echo "b UUID=1b8bfe48-15f7-4a5e-a35e-5ca1c30a8ec3 none luks" \
	    >> "$ROOT/etc/crypttab"
	t check
	[ "$status" -eq 1 ]
	says /etc/crypttab:2 "is not among the UUIDs of the LUKS headers" \
	    each-has-a-backup
	# One that cannot be read may be the one.
	truncate -s 1M "$HEADER"
	t check
	[ "$status" -eq 2 ]
	says unknown /etc/luks/disk.header "is a damaged LUKS header"
	says_not /etc/crypttab:1
}

@test "a block device's header is read, and the device left as it was" {
	needs_root
	local image=$BATS_TEST_TMPDIR/image before

	format "$image" --type luks2 "${small[@]}"
	c luksHeaderBackup "$image" --header-backup-file "$HEADER"
	LOOP=$(losetup -r -f --show "$image" 2> /dev/null) || {
		LOOP=
		skip "no loop devices here"
	}
	before=$(sha256sum < "$image")
	cat > "$SPECS/luks.yaml" <<-END
	spec: luks
	rules:
	  - {id: device, why: w, path: "$LOOP", luks: {version: 1}}
	  - id: backup
	    why: w
	    path: "$HEADER"
	    luks: {version: 2, backup-of: "$LOOP"}
	END
	ROOT=/
	echo 'ignore: ["/etc/**"]' > "$BATS_TEST_TMPDIR/config.yaml"
	t --config "$BATS_TEST_TMPDIR/config.yaml" init
	t --config "$BATS_TEST_TMPDIR/config.yaml" check
	[ "$status" -eq 1 ]
	says "$LOOP" "the version is 2, expected 1" luks/device
	says_not luks/backup
	[ "$before" = "$(sha256sum < "$image")" ]
	[ ! -e /run/cryptsetup ] || [ -z "$(ls /run/cryptsetup)" ]
}
