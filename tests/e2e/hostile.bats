#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2030,SC2031,SC2154
# Packages, backups, systems and files made by somebody who means ill.

load ../lib.sh

setup() {
	scratch
	M=$BATS_TEST_TMPDIR/m
	mkdir -p "$M" "$ROOT/etc/pam.d"
	echo '/dev/sda1 / ext4 defaults 0 1' > "$ROOT/etc/fstab"
}

# The output moves no cursor.
tame() {
	not grep -q '[[:cntrl:]]' <<< "$output$stderr"
}

# No more than so many MiB, whatever the sanitizers would need beside.
within() {
	local mb=$1

	shift
	python3 - "$mb" "$DRIFTCTL" --root "$ROOT" --store "$STORE" "$@" <<-'END'
	import resource, subprocess, sys
	subprocess.run(sys.argv[2:], stdout=subprocess.DEVNULL,
	    stderr=subprocess.DEVNULL)
	most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
	if most > int(sys.argv[1]):
	    sys.exit("%d MiB" % most)
	END
}

@test "packages that lead elsewhere or are in pieces are refused with the reason" {
	python3 "$TOP/tests/hostile.py" "$M"
	d preflight "$M/out.deb"
	[ "$status" -eq 2 ]
	output=$stderr says "out.deb: has a file with a name or type that no package has: ./etc/../../x"
	DRIFTCTL_LIMIT=20 d preflight "$M/deep.deb"
	[ "$status" -eq 2 ]
	output=$stderr says "deep.deb: has a file with a name or type that no package has: ./etc/a/a"
	d preflight "$M/nodata.deb"
	[ "$status" -eq 2 ]
	output=$stderr says "nodata.deb: cannot be read as a package: it has no control.tar with a data.tar behind it [download it anew]"
	for name in "$M"/{signature,header}?.rpm \
	    "$M"/{modes,folders,index,relative,name,version,type,cut}.rpm; do
		d preflight "$M/whole.rpm" "$name"
		[ "$status" -eq 2 ]
		[ -z "$output" ]
		output=$stderr says "$name: librpm cannot read this package [download it anew; 'rpm -K' says whether it is whole]"
	done
}

@test "a package starts no program" {
	python3 "$TOP/tests/hostile.py" "$M"
	mkdir "$M/bin"
	printf '#!/bin/sh\ntouch "%s/started"\ncat\n' "$M" > "$M/bin/lrzip"
	chmod +x "$M/bin/lrzip"
	PATH=$M/bin:$PATH d preflight "$M/lrzip.deb"
	[ "$status" -eq 2 ]
	output=$stderr says "lrzip.deb: cannot be read as a package: Unrecognized archive format [download it anew]"
	[ ! -e "$M/started" ]
}

@test "what a package is named moves no cursor" {
	python3 "$TOP/tests/hostile.py" "$M"
	for name in escapes.deb escapes.rpm; do
		d preflight -v "$M/$name"
		[ "$status" -eq 0 ]
		tame
		says '/etc/a\x1b]0;owned\x07\x1b[31m\nline:'
		d --format json preflight "$M/$name"
		tame
	done
}

@test "where a script is too long nobody can tell, and it costs little" {
	python3 "$TOP/tests/hostile.py" "$M"
	for name in long.deb acts.deb vast.deb vast.rpm; do
		DRIFTCTL_LIMIT=60 d preflight "$M/$name"
		[ "$status" -eq 2 ]
		says "unknown   evil 1"
		says "its script " " is too long to be followed to its end"
		[[ $DRIFTCTL == *san* ]] || within 400 preflight "$M/$name"
	done
	# Of one that is there already, as well.
	mkdir -p "$ROOT/var/lib/dpkg/info"
	printf 'Package: evil\nStatus: install ok installed\nVersion: 0.9\nArchitecture: all\n' \
	    > "$ROOT/var/lib/dpkg/status"
	echo /. > "$ROOT/var/lib/dpkg/info/evil.list"
	truncate -s 9M "$ROOT/var/lib/dpkg/info/evil.prerm"
	ln -s evil.postrm "$ROOT/var/lib/dpkg/info/evil.postrm"
	d preflight "$M/escapes.deb" --remove evil
	[ "$status" -eq 2 ]
	says "unknown   /var/lib/dpkg/info/evil.prerm"
	says "what this script does is not known: larger than the 8388608 bytes"
	says "unknown   /var/lib/dpkg/info/evil.postrm"
	says "what this script does is not known: cannot open: Too many levels"
}

@test "what cannot be read from a package is not known, and no fault of it" {
	python3 "$TOP/tests/hostile.py" "$M"
	d preflight "$M/rubbish.rpm"
	[ "$status" -eq 2 ]
	says "unknown   /etc/pam.d/imap: what the new package has there cannot be read from it"
	says_not "at risk   "
	says "unknown   $M/rubbish.rpm"
	says "31 rules judged: none is at risk, 1 is not known"
	d preflight "$M/out.rpm"
	[ "$status" -eq 2 ]
	output=$(tr -s ' \n' '  ' <<< "$output") \
	    says "a name or type that no package has: ./../x"
}

@test "a backup with names of any length costs neither memory nor time" {
	python3 "$TOP/tests/hostile.py" "$M"
	for name in deep long; do
		DRIFTCTL_LIMIT=20 d init --from "$M/$name.tar"
		[ "$status" -eq 2 ]
		output=$stderr says "$name.tar: refused: the member '" \
		    "aaaa' has a longer name than a path can be [unpack it into a folder, and name that]" ||
		output=$stderr says "$name.tar: refused: the member '" \
		    "a/a/' has a longer name than a path can be [unpack it"
	done
}

@test "a backup that leads elsewhere or in a circle is refused by name" {
	python3 "$TOP/tests/hostile.py" "$M"
	d init --from "$M/self.tar"
	[ "$status" -eq 2 ]
	output=$stderr says "self.tar: refused: the member 'etc/h' is a link to what is no file before it"
	d init --from "$M/chain.tar"
	[ "$status" -eq 2 ]
	output=$stderr says "chain.tar: refused: hard links to links to links"
	d init --from "$M/out.tar"
	[ "$status" -eq 2 ]
	output=$stderr says "out.tar: refused: the member 'etc/../\x1b]0;owned\x07\x1b[31m\nx' has a name that leads elsewhere"
	tame
	# A terabyte of holes matters only where it would be recorded.
	DRIFTCTL_LIMIT=60 d init --from "$M/sparse-etc.tar"
	[ "$status" -eq 2 ]
	output=$stderr says "the member 'etc/image' is larger than 1 GiB"
	DRIFTCTL_LIMIT=20 d init --from "$M/sparse-srv.tar"
	[ "$status" -eq 0 ]
}

@test "whatever a backup has is recorded so that it can be read again" {
	python3 "$TOP/tests/hostile.py" "$M"
	d init --from "$M/odd.tar"
	[ "$status" -eq 0 ]
	tame
	for verb in "diff" "diff --semantic" "log" "check" "restore --dry-run --all"; do
		d $verb
		[ "$status" -le 1 ]
		[ -z "$stderr" ]
		tame
	done
	d verify
	[ "$status" -eq 0 ]
	not git -C "$STORE/repo.git" cat-file -e live~1:files/etc/driftctl/seal.key
}

@test "times and sizes that a file system can hold are recorded" {
	needs_root
	ROOT=/dev/shm/driftctl-$$-$BATS_TEST_NUMBER
	mkdir -p "$ROOT/etc"
	touch -d @9223372036854775807 "$ROOT/etc/late"
	touch -d @-9223372036854775808 "$ROOT/etc/early"
	d init
	[ "$status" -eq 0 ]
	d check
	rm -r "/dev/shm/driftctl-$$-$BATS_TEST_NUMBER"
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
}
