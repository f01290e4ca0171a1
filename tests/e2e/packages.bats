#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154
# Which packages are installed below a root, as dpkg and rpm have it.

load ../lib.sh

setup() {
	scratch
	mkdir -p "$ROOT/etc" "$BATS_TEST_TMPDIR/specs" "$BATS_TEST_TMPDIR/bin"
	echo "root:x:0:0:root:/root:/bin/sh" > "$ROOT/etc/passwd"
	echo "root:x:0:" > "$ROOT/etc/group"
	cat > "$BATS_TEST_TMPDIR/specs/imap.yaml" <<-'END'
	spec: imap
	applies: {package: [some-imapd]}
	rules:
	  - {id: x, path: /etc/x, why: It is needed., require: present}
	END
}

dm() {
	d --specs "$BATS_TEST_TMPDIR/specs" "$@"
}

# rpm_root FOLDER: a database with one package in it.
rpm_root() {
	local top=$BATS_TEST_TMPDIR

	needs rpm
	needs rpmbuild
	cat > "$top/p.spec" <<-'END'
	Name: some-imapd
	Version: 1
	Release: 1
	Summary: x
	License: MIT
	BuildArch: noarch
	%description
	x
	%files
	END
	rpmbuild -bb --define "_topdir $top/b" --define "_rpmdir $top" \
	    "$top/p.spec" > /dev/null 2>&1
	mkdir -p "$ROOT$1"
	rpm --dbpath "$ROOT$1" --initdb
	rpm --dbpath "$ROOT$1" --justdb --nodeps -i \
	    "$top/noarch/some-imapd-1-1.noarch.rpm" 2> /dev/null
}

# With a driftctl-rpm of our own beside the program: SCRIPT is what it does.
fake_reader() {
	local bin=$BATS_TEST_TMPDIR/bin

	cp -f "$TOP/build/driftctl" "$TOP/build/driftctl-full" "$bin"
	printf '#!/bin/sh\n%s\n' "$1" > "$bin/driftctl-rpm"
	chmod +x "$bin/driftctl-rpm"
	DRIFTCTL=$bin/driftctl
}

root_files() {
	(cd "$ROOT" && find . -printf '%p %s %T@ %C@ %i\n' | sort)
}

@test "rpm is asked where the root is named by a relative path, too" {
	for folder in /usr/lib/sysimage/rpm /var/lib/rpm; do
		rm -rf "${ROOT:?}/usr" "${ROOT:?}/var"
		rpm_root "$folder"
		cd "$BATS_TEST_TMPDIR"
		for ROOT in "$BATS_TEST_TMPDIR/root" root ./root; do
			rm -rf "$STORE"
			dm init
			[ "$status" -eq 0 ]
			says imap "1 rule"
		done
		ROOT=$BATS_TEST_TMPDIR/root
	done
}

@test "asking rpm writes nothing into the root" {
	mkdir -p "$ROOT/root"
	rpm_root /usr/lib/sysimage/rpm
	rm "$ROOT"/usr/lib/sysimage/rpm/{.rpm.lock,*-shm,*-wal}
	mkdir -p "$ROOT/var/lib"
	ln -s ../../usr/lib/sysimage/rpm "$ROOT/var/lib/rpm"
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR"
	dm init
	before=$(root_files)
	sleep 0.1
	dm check
	[ "$status" -eq 1 ]
	says imap/x
	[ "$before" = "$(root_files)" ]
	[ -z "$(ls -A "$TMPDIR")" ]
	[ -n "$(ls "$STORE/answers")" ]
}

@test "what is still in the log of the database counts" {
	needs python3
	rpm_root /usr/lib/sysimage/rpm
	mkdir -p "$ROOT/var/lib/rpm"
	python3 - "$ROOT/usr/lib/sysimage/rpm" "$ROOT/var/lib/rpm" <<-'END'
	import shutil, sqlite3, sys
	db = sqlite3.connect(sys.argv[1] + "/rpmdb.sqlite")
	db.execute("PRAGMA wal_autocheckpoint=0")
	db.execute("DELETE FROM Packages")
	db.commit()
	for name in "rpmdb.sqlite", "rpmdb.sqlite-wal":
	    shutil.copy(sys.argv[1] + "/" + name, sys.argv[2])
	END
	rm -r "$ROOT/usr/lib/sysimage"
	dm init
	dm check
	[ "$status" -eq 0 ]
	rm "$ROOT/var/lib/rpm/rpmdb.sqlite-wal"
	dm check
	[ "$status" -eq 1 ]
	says imap/x
}

@test "a database that nobody can be asked about is trouble, not emptiness" {
	local unknown="/var/lib/rpm/Packages.db: which packages are installed is not known: "

	mkdir -p "$ROOT/var/lib/rpm"
	echo x > "$ROOT/var/lib/rpm/Packages.db"
	fake_reader ""
	rm "$BATS_TEST_TMPDIR/bin/driftctl-rpm"
	dm init
	[ "$status" -eq 2 ]
	output=$stderr says "${unknown}driftctl-rpm, which reads rpm's database, is not installed"
	dm check
	[ "$status" -eq 2 ]
	dm check
	[ "$status" -eq 2 ]
	fake_reader "exit 1"
	dm check
	[ "$status" -eq 2 ]
	output=$stderr says "${unknown}librpm cannot read the database [install a librpm that knows this format, or run 'rpm --rebuilddb' where it is damaged]"
	fake_reader 'kill -ABRT $$'
	touch "$ROOT/var/lib/rpm/Packages.db"
	dm check
	[ "$status" -eq 2 ]
	output=$stderr says "${unknown}librpm cannot read"
}

@test "an answer about packages that is cut off or odd is none" {
	local head='printf "driftctl-owners 1\n'

	mkdir -p "$ROOT/var/lib/rpm"
	echo x > "$ROOT/var/lib/rpm/Packages.db"
	fake_reader "echo x"
	dm init
	[ "$status" -eq 2 ]
	output=$stderr says "driftctl-rpm: this is no list of packages"
	fake_reader "$head"'package rpm some-imapd 1 noarch\n"'
	dm check
	[ "$status" -eq 2 ]
	output=$stderr says "driftctl-rpm: the list of packages was cut off"
	fake_reader "$head"'package rpm some-imapd\nend 1\n"'
	touch "$ROOT/var/lib/rpm/Packages.db"
	dm check
	[ "$status" -eq 2 ]
	output=$stderr says "driftctl-rpm: this is no line of a list of packages"
	fake_reader "$head"'package rpm some-imapd 1 noarch\nend 1\n"'
	touch "$ROOT/var/lib/rpm/Packages.db"
	dm check
	[ "$status" -eq 1 ]
	says imap/x
	fake_reader "$head"'end 0\n"'
	touch "$ROOT/var/lib/rpm/Packages.db"
	dm check
	[ "$status" -eq 0 ]
}

@test "a kind of database that librpm does not know is not an empty one" {
	for name in Packages Packages.db; do
		rm -rf "$ROOT/var/lib/rpm"
		mkdir -p "$ROOT/var/lib/rpm"
		head -c 9000 /dev/urandom > "$ROOT/var/lib/rpm/$name"
		rm -rf "$STORE"
		dm init
		[ "$status" -eq 2 ]
		output=$stderr says "/var/lib/rpm/$name: " "librpm cannot read"
	done
}

@test "a database that is damaged or no file is trouble" {
	needs rpm
	mkdir -p "$ROOT/var/lib/rpm/rpmdb.sqlite"
	dm init
	[ "$status" -eq 2 ]
	output=$stderr says "/var/lib/rpm/rpmdb.sqlite: the package database is no regular file"
	rmdir "$ROOT/var/lib/rpm/rpmdb.sqlite"
	head -c 9000 /dev/urandom > "$ROOT/var/lib/rpm/rpmdb.sqlite"
	dm check
	[ "$status" -eq 2 ]
	output=$stderr says "librpm cannot read the database"
	rm "$ROOT/var/lib/rpm/rpmdb.sqlite"
	dm check
	[ "$status" -eq 0 ]
}

@test "dpkg's status that cannot be read is trouble" {
	mkdir -p "$ROOT/var/lib/dpkg/status"
	dm init
	[ "$status" -eq 2 ]
	output=$stderr says "/var/lib/dpkg/status: "
	rmdir "$ROOT/var/lib/dpkg/status"
	printf 'Package: some-imapd\nStatus: install ok installed\n' \
	    > "$ROOT/var/lib/dpkg/status"
	dm check
	[ "$status" -eq 1 ]
	says imap/x
}

@test "dpkg's status that is rubbish, empty or gone is trouble, not emptiness" {
	local status_file=$ROOT/var/lib/dpkg/status

	mkdir -p "$ROOT/var/lib/dpkg/info"
	printf 'Package: some-imapd\nStatus: install ok installed\n' \
	    > "$status_file"
	echo /etc/x > "$ROOT/var/lib/dpkg/info/some-imapd.list"
	echo x > "$ROOT/etc/x"
	dm init
	[ "$status" -eq 0 ]
	for damage in "head -c 9000 /dev/urandom" "head -c 9000 /dev/zero" \
	    "printf Package" "true" "echo text"; do
		$damage > "$status_file"
		dm check
		[ "$status" -eq 2 ]
		output=$stderr says "/var/lib/dpkg/status" "what is installed is not known" "status-old"
		dm doctor
		[ "$status" -eq 2 ]
		says "which packages there are is not known: /var/lib/dpkg/status"
		output=$output$stderr says_not removed
	done
	rm "$status_file"
	dm check
	[ "$status" -eq 2 ]
	output=$stderr says "/var/lib/dpkg/status: is gone, but packages are there"
	rm "$ROOT/var/lib/dpkg/info/some-imapd.list"
	dm check
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
}
