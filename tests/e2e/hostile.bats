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

@test "ten thousands of findings are told of in time" {
	python3 "$TOP/tests/hostile.py" "$M"
	DRIFTCTL_LIMIT=60 d preflight "$M/pam.deb"
	[ "$status" -eq 1 ]
	says "30000 findings are new"
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

@test "what is no older system is said by its name" {
	mkfifo "$M/pipe"
	ln -s loop "$M/loop"
	d init --from ""
	[ "$status" -eq 2 ]
	output=$stderr says "--from: this option needs a value"
	d init --from "$M/pipe"
	[ "$status" -eq 2 ]
	output=$stderr says "$M/pipe: is neither a folder nor an archive"
	d init --from /dev/zero
	[ "$status" -eq 2 ]
	output=$stderr says "/dev/zero: is neither a folder nor an archive"
	d init --from "$M/loop"
	[ "$status" -eq 2 ]
	output=$stderr says "$M/loop: cannot open: Too many levels"
	d init --from "$ROOT"
	[ "$status" -eq 2 ]
	output=$stderr says "$ROOT: is the very system"
	d init
	[ "$status" -eq 0 ]
}

@test "whatever a backup has is recorded so that it can be read again" {
	python3 "$TOP/tests/hostile.py" "$M"
	d init --from "$M/odd.tar"
	[ "$status" -eq 0 ]
	tame
	for verb in "diff" "diff --semantic" "log" "check" "restore --dry-run --all"; do
		# shellcheck disable=SC2086
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

# Two systems that differ in file PATH: was and is are made by python of $1, $2.
differing() {
	mkdir -p "$ROOT/etc/$(dirname "$1")" "$M/now/etc/$(dirname "$1")"
	python3 -c "import sys; sys.stdout.write($2)" > "$ROOT/etc/$1"
	python3 -c "import sys; sys.stdout.write($3)" > "$M/now/etc/$1"
}

# The other system's file, told in each way within a minute.
told() {
	local how

	for how in "" "--semantic" "--semantic -v" "--word" "--format json"; do
		# shellcheck disable=SC2086
		DRIFTCTL_LIMIT=60 d diff $how --against "$M/now"
		[ "$status" -eq 1 ]
		tame
	done
}

@test "names, targets and values of another system move no cursor" {
	local E=$'\e]0;owned\a\e[31m'

	mkdir -p "$M/now/etc/pam.d"
	echo a > "$ROOT/etc/x$E"
	echo b > "$M/now/etc/x$E"
	printf '[a]\nk%s=1\n' "$E" > "$ROOT/etc/a.ini"
	printf '[a]\nk%s=%s\n' "$E" "$E" > "$M/now/etc/a.ini"
	ln -s "$E" "$ROOT/etc/link"
	ln -s link "$M/now/etc/link"
	ln -s . "$ROOT/etc/self"
	ln -s ../etc "$M/now/etc/self"
	mkdir "$ROOT/etc/gone$E"$'\n'"fake"
	printf 'auth required %s\n' "$E" > "$M/now/etc/pam.d/imap"
	told
	d diff --semantic -v --against "$M/now"
	says 'changed  /etc/link: target \x1b]0;owned\x07\x1b[31m -> link'
	says 'removed  /etc/gone\x1b]0;owned\x07\x1b[31m\nfake: directory'
}

@test "what cannot be looked at in the older system is said, with exit 2" {
	needs_root
	needs setpriv
	mkdir -p "$M/now/etc/closed" "$ROOT/etc/closed"
	cp "$ROOT/etc/fstab" "$M/now/etc"
	chmod 0 "$ROOT/etc/closed" "$ROOT/etc/fstab"
	printf '#!/bin/sh\nexec setpriv --bounding-set -dac_override,-dac_read_search "%s" "$@"\n' \
	    "$DRIFTCTL" > "$M/powerless"
	chmod 755 "$M/powerless"
	DRIFTCTL=$M/powerless
	d diff --against "$M/now"
	[ "$status" -eq 2 ]
	output=$stderr says "driftctl: $ROOT/etc/closed: cannot read the folder: Permission denied"
	output=$stderr says "driftctl: $ROOT/etc/fstab: cannot open: Permission denied"
	# Of paths that were not asked for it is no matter.
	d diff --against "$M/now" /etc/pam.d
	[ "$status" -eq 1 ]
	[ -z "$stderr" ]
}

@test "what is no other system is said by its name" {
	d diff --against "$ROOT"
	[ "$status" -eq 2 ]
	output=$stderr says "$ROOT: is the very system that it is to be compared with"
	d diff --against "$M/missing"
	[ "$status" -eq 2 ]
	output=$stderr says "$M/missing: cannot open the root: No such file"
	d diff --against ""
	[ "$status" -eq 2 ]
	output=$stderr says "--against: this option needs a value"
	ln -s loop "$M/loop"
	d diff --against "$M/loop"
	[ "$status" -eq 2 ]
	output=$stderr says "$M/loop: cannot open the root: Too many levels"
}

@test "XML that is deep, wide or explodes is told of in time" {
	differing libvirt/qemu/deep.xml "'<a>'*200000+'</a>'*200000" \
	    "'<a>'*200000+'x'+'</a>'*200000"
	differing libvirt/qemu/wide.xml \
	    "'<d>'+'<e><f>1</f></e>'*50000+'</d>'" \
	    "'<d>'+'<e><f>2</f></e>'*50001+'</d>'"
	differing libvirt/qemu/bomb.xml \
	    "'<!DOCTYPE x [<!ENTITY a \"lol\">'+''.join('<!ENTITY %s \"%s\">'%(c,('&%s;'%p)*20) for p,c in zip('abcdefg','bcdefgh'))+'<!ENTITY x SYSTEM \"file:///etc/passwd\">]><d>&h;&x;</d>'" \
	    "'<d/>'"
	told
	says_not root:x:0:0
	[[ $DRIFTCTL == *san* ]] || within 300 diff --semantic --against "$M/now"
}

@test "tables of any size and with the same name everywhere are told of in time" {
	differing fstab "'/dev/a / ext4 defaults 0 0\\n'*100000" \
	    "'/dev/b / ext4 defaults 0 0\\n'*100000"
	differing crypttab "''.join('c /dev/x none l%d\\n'%n for n in range(20000))" \
	    "''.join('c /dev/x none l%d\\n'%(2*n) for n in range(20000))"
	differing group "'g:x:1:'+','.join('u%d'%n for n in range(50000))+'\\n'" \
	    "'g:x:1:'+','.join('u%d'%(3*n) for n in range(50000))+'\\n'"
	differing samba/smb.conf "'[a]\\nk=1\\n'*50000" "'[a]\\nk=2\\n'*50000"
	differing pam.d/imap "'auth required a.so b\\n'*30000" \
	    "'auth required a.so\\n'*30000"
	differing cron.d/x "''.join('* * * * * root /a%d\\n'%n for n in range(50000))" \
	    "''.join('* * * * * root /b%d\\n'%n for n in range(50000))"
	told
}

@test "one line of megabytes, rubbish and lines without number are told of in time" {
	differing motd "'x y '*3000000" "'x z '*3000000"
	differing one.conf "'k = '+'x '*5000000+'\\n'" "'k = '+'y '*5000000+'\\n'"
	head -c 300000 /dev/urandom > "$ROOT/etc/crypttab"
	head -c 300000 /dev/urandom > "$M/now/etc/crypttab"
	told
	differing motd "'\\na\\n'*4000000" "'\\nb\\n'*4000000"
	told
	d diff --word --against "$M/now" /etc/motd
	says "changed  /etc/motd: content"
	says "  (too many lines to be compared one by one)"
	[[ $DRIFTCTL == *san* ]] || within 400 diff --semantic -v --against "$M/now"
}
