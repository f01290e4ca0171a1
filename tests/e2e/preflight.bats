#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2030,SC2031,SC2154
# What is foretold of an upgrade, held against what rpm and dpkg then do.

load ../lib.sh

setup() {
	scratch
	M=$BATS_TEST_TMPDIR/m
	mkdir "$M" "$BATS_TEST_TMPDIR/specs"
}

p() {
	d --specs "$BATS_TEST_TMPDIR/specs" preflight "$@"
}

# The output has the text, however its lines are broken.
tells() {
	local flat
	flat=$(tr -s ' \n' '  ' <<< "$output")
	[[ $flat == *"$1"* ]] || {
		echo "the output does not tell: $1" >&2
		return 1
	}
}

# foretell NAME ARG…: JSON of the state before goes to NAME.json.
foretell() {
	local name=$1

	shift
	ROOT=$M/before p --format json -v "$@"
	echo "$output" > "$M/$name.json"
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
}

# agrees NAME FORECAST…
agrees() {
	local cases=$TOP/tests/cases/packages/$1.cases forecasts=()

	shift
	sed '/^#/d; /^[[:space:]]*$/d; s/[[:space:]].*//; s,^,/etc/t/,' \
	    "$cases" | "$TOP/build/attribution" "$M/before" "$M/root" \
	    > "$M/happened"
	for name; do
		forecasts+=("$M/$name.json")
	done
	run python3 "$TOP/tests/pm/agreement.py" "$M/root" "$cases" \
	    "$M/happened" "${forecasts[@]}"
	echo "$output"
	echo "# $output" | tail -n 1 >&3
	[ "$status" -eq 0 ]
	[ "$(wc -l < "$M/happened")" -gt 30 ]
}

@test "rpm: what is foretold of each kind of file is what happens" {
	needs rpmbuild
	needs_root
	bash "$TOP/tests/pm/rpm-matrix.sh" "$M" \
	    "$TOP/tests/cases/packages/rpm.cases" > "$M/log" 2>&1 ||
	    { cat "$M/log"; return 1; }
	foretell rpm --remove matrix-gone "$M/noarch/matrix-2-1.noarch.rpm" \
	    "$M/noarch/matrix-twin-2-1.noarch.rpm"
	agrees rpm rpm
}

@test "dpkg: what is foretold of each kind of file is what happens" {
	needs dpkg-deb
	needs_root
	bash "$TOP/tests/pm/dpkg-matrix.sh" "$M" \
	    "$TOP/tests/cases/packages/dpkg.cases" > "$M/log" 2>&1 ||
	    { cat "$M/log"; return 1; }
	foretell old "$M/old-2.deb" "$M/heir-2.deb"
	foretell new --conffiles new "$M/new-2.deb"
	foretell gone --remove matrix-gone
	foretell purged --purge matrix-purged
	agrees dpkg old new gone purged
	# What dpkg is set to answer is the default.
	mkdir -p "$M/before/etc/dpkg/dpkg.cfg.d"
	echo "force-confnew" > "$M/before/etc/dpkg/dpkg.cfg.d/site"
	foretell new "$M/new-2.deb"
	agrees dpkg old new gone purged
	echo "# force-confnew" > "$M/before/etc/dpkg/dpkg.cfg.d/site"
	ROOT=$M/before p "$M/new-2.deb"
	tells "it comes beside as .dpkg-dist"
	says_not ".dpkg-old"
}

# deb NAME VERSION [FIELD…]: of what lies in $M/tree.
deb() {
	mkdir -p "$M/tree/DEBIAN"
	printf 'Package: %s\nVersion: %s\nArchitecture: all\nMaintainer: n <n@localhost>\nDescription: x\n' \
	    "$1" "$2" > "$M/tree/DEBIAN/control"
	dpkg-deb --root-owner-group -Znone -b "$M/tree" "$M/$1-$2.deb" > /dev/null
	rm -r "$M/tree"
}

installed() {
	mkdir -p "$ROOT"/var/lib/dpkg/{info,updates} "$ROOT/etc"
	: >> "$ROOT/var/lib/dpkg/status"
	: >> "$ROOT/var/lib/dpkg/available"
	dpkg --root="$ROOT" --log=/dev/null --force-not-root --force-bad-path \
	    --force-unsafe-io --force-script-chrootless -i "$@" > /dev/null
}

# A mail server's package, whose second version has other contents, and scripts.
mail_packages() {
	mkdir -p "$M/tree/etc/mail" "$M/tree/DEBIAN"
	echo "secure = yes" > "$M/tree/etc/mail/a.conf"
	echo "b" > "$M/tree/etc/mail/b.conf"
	echo "c" > "$M/tree/etc/mail/c.conf"
	printf '/etc/mail/%s.conf\n' a b c > "$M/tree/DEBIAN/conffiles"
	deb mail 1
	mkdir -p "$M/tree/etc/mail" "$M/tree/DEBIAN"
	echo "secure = no" > "$M/tree/etc/mail/a.conf"
	echo "b" > "$M/tree/etc/mail/b.conf"
	echo "c" > "$M/tree/etc/mail/c.conf"
	printf '/etc/mail/%s.conf\n' a b c > "$M/tree/DEBIAN/conffiles"
	cat > "$M/tree/DEBIAN/postinst" <<-'END'
	#!/bin/sh
	if [ "$1" = configure ] && dpkg --compare-versions "$2" lt 2; then
		for name in b; do rm -f "/etc/mail/$name.conf"; done
	fi
	if who-knows; then rm /etc/mail/c.conf; fi
	END
	chmod 755 "$M/tree/DEBIAN/postinst"
	deb mail 2
	cat > "$BATS_TEST_TMPDIR/specs/mail.yaml" <<-'END'
	spec: mail
	rules:
	  - id: secure
	    path: /etc/mail/a.conf
	    why: Passwords go over the wire in the clear otherwise.
	    as: keyvalue
	    keys: {secure: "yes"}
	  - {id: b, path: /etc/mail/b.conf, why: It is read first., require: present}
	  - {id: c, path: /etc/mail/c.conf, why: It is read last., require: present}
	END
}

@test "rules are judged by what the packages bring and their scripts do" {
	needs dpkg-deb
	needs_root
	mail_packages
	installed "$M/mail-1.deb"
	p "$M/mail-2.deb"
	[ "$status" -eq 1 ]
	[ -z "$stderr" ]
	says "at risk   /etc/mail/a.conf: " "'no'"
	says "mail 1 -> 2 puts its own version in place"
	says "Passwords go over the wire in the clear otherwise."
	says "at risk   /etc/mail/b.conf: is missing [mail/b]"
	says "postinst (line 3) of mail 2 removes it"
	says "maybe     /etc/mail/c.conf:"
	says "postinst (line 5) of mail 2 may remove it"
	tells "1 package comes, 0 go 3 rules judged: 2 findings are new"
	[ "$(awk 'length > 80' <<< "$output")" = "" ]
	says_not "note      /etc/mail/a.conf"
	# Where it is edited, dpkg leaves it.
	echo "x = 1" >> "$ROOT/etc/mail/a.conf"
	p "$M/mail-2.deb"
	tells "it comes beside as .dpkg-dist"
	tells "3 rules judged: 1 finding is new"
	# What does not hold now is nobody's fault.
	rm "$ROOT/etc/mail/b.conf"
	p "$M/mail-2.deb"
	[ "$status" -eq 0 ]
	tells "3 rules judged: none is at risk"
	p --remove mail
	[ "$status" -eq 0 ]
	says "0 packages come, 1 goes"
	p --purge mail
	[ "$status" -eq 1 ]
	says "/etc/mail/c.conf: is missing"
}

@test "what a hook puts right is told from what somebody has to, and how" {
	needs dpkg-deb
	needs_root
	mail_packages
	installed "$M/mail-1.deb"
	sed -i 's/require: present}/require: present, on-drift: restore}/' \
	    "$BATS_TEST_TMPDIR/specs/mail.yaml"
	me="driftctl --root $ROOT --store $STORE --specs $BATS_TEST_TMPDIR/specs"
	p "$M/mail-2.deb"
	tells "before the upgrade: $me init [without a baseline nothing can be put back]"
	says_not "          ->"
	d --specs "$BATS_TEST_TMPDIR/specs" init
	p "$M/mail-2.deb"
	[ "$status" -eq 1 ]
	tells "in the clear otherwise. -> afterwards: $me restore /etc/mail/a.conf"
	tells "-> afterwards: $me restore --rule mail/b"
	tells "0 findings the hook puts right by itself, 2 need somebody"
	tells "no hook is here that would see this upgrade [$me init --hooks]"
	tells "before the upgrade: $me snapshot"
	mkdir -p "$ROOT/usr/bin"
	: > "$ROOT/usr/bin/dpkg"
	d --specs "$BATS_TEST_TMPDIR/specs" init --hooks
	p "$M/mail-2.deb"
	tells "-> afterwards: $me restore /etc/mail/a.conf"
	tells "It is read first. -> the hook puts it right when the upgrade ends"
	tells "1 finding the hook puts right by itself, 1 needs somebody"
	says_not "no hook is here"
	says_not "was asked"
	# Nothing is named twice.
	p -v "$M/mail-2.deb"
	[ "$(grep -o '/etc/mail/[ab].conf: ' <<< "$output" | sort)" = \
	    $'/etc/mail/a.conf: \n/etc/mail/b.conf: ' ]
	p --format json "$M/mail-2.deb"
	printf '%s\n' "$output" > "$M/told.json"
	python3 "$TOP/tests/schema.py" "$TOP/doc/preflight.schema.json" \
	    "$M/told.json"
	python3 -c 'import json, sys
x = json.load(open(sys.argv[1]))
assert x["manager"] is None
assert [r["afterwards"] for r in x["risks"]] == ["hook", "person"], x["risks"]
assert x["risks"][1]["remedy"].endswith("restore /etc/mail/a.conf")' "$M/told.json"
}

@test "what a script certainly writes cannot be told, and is exit 2" {
	needs dpkg-deb
	needs_root
	mail_packages
	installed "$M/mail-1.deb"
	mkdir -p "$M/tree/DEBIAN"
	printf '#!/bin/sh\nsed -i s/yes/maybe/ /etc/mail/a.conf\n' \
	    > "$M/tree/DEBIAN/postinst"
	chmod 755 "$M/tree/DEBIAN/postinst"
	deb other 1
	p "$M/other-1.deb"
	[ "$status" -eq 2 ]
	says "unknown   /etc/mail/a.conf: postinst of other 1 writes it"
	tells "3 rules judged: none is at risk"
	p --format json "$M/other-1.deb"
	[ "$status" -eq 2 ]
	says '"exit": 2'
}

@test "rpm: symlinks, folders, ghosts and what may be missing" {
	needs rpmbuild
	needs_root
	for v in 1 2; do
		cat > "$M/odd.spec" <<-END
		Name: odd
		Version: $v
		Release: 1
		Summary: x
		License: MIT
		BuildArch: noarch
		%description
		x
		%install
		mkdir -p %{buildroot}/etc/d %{buildroot}/etc/d2
		echo a > %{buildroot}/etc/ghost
		echo $v > %{buildroot}/etc/missingok
		for name in link link-edited clink-edited; do
			ln -s to$v %{buildroot}/etc/\$name
		done
		for name in link-dropped clink-dropped; do
			ln -s to %{buildroot}/etc/\$name
		done
		for name in file-to-link cfile-to-link; do
			[ $v = 1 ] && echo f > %{buildroot}/etc/\$name ||
			    ln -s x %{buildroot}/etc/\$name
		done
		%files
		%dir %attr(755,root,root) /etc/d
		%config(missingok) /etc/missingok
		/etc/link
		/etc/link-edited
		%config /etc/clink-edited
		/etc/file-to-link
		%config /etc/cfile-to-link
		$([ $v = 2 ] || printf '%%%%ghost /etc/ghost\n/etc/link-dropped\n%%%%config /etc/clink-dropped\n%%%%dir /etc/d2\n')
		END
		rpmbuild -bb --define "_topdir $M/b" --define "_rpmdir $M" \
		    --define "_unpackaged_files_terminate_build 0" \
		    "$M/odd.spec" > "$M/log" 2>&1 || { cat "$M/log"; return 1; }
	done
	mkdir -p "$M/root/var/lib/rpm" "$M/root/etc"
	r="rpm --root $M/root --dbpath /var/lib/rpm --nodeps --noplugins"
	$r -i "$M/noarch/odd-1-1.noarch.rpm"
	(
		cd "$M/root/etc"
		echo own > ghost
		rm missingok
		for name in link-edited clink-edited clink-dropped; do
			ln -sf mine $name
		done
		chmod 700 d
		echo mine >> cfile-to-link
	)
	cp -a "$M/root" "$M/before"
	foretell odd "$M/noarch/odd-2-1.noarch.rpm"
	$r -U "$M/noarch/odd-2-1.noarch.rpm"
	python3 - "$M" <<-'END'
	import json, os, sys
	m = sys.argv[1]
	def state(root, path):
	    p = root + path
	    if not os.path.lexists(p):
	        return None
	    s = os.lstat(p)
	    return (os.readlink(p) if os.path.islink(p) else s.st_size, s.st_mode)
	paths = json.load(open(m + "/odd.json"))["paths"]
	assert len(paths) == 11, paths
	for p in paths:
	    was, now = (state(m + "/" + r, p["path"]) for r in ("before", "root"))
	    is_so = "kept" if was == now else "gone" if now is None else "other"
	    assert p["remains"] == is_so, (p, was, now)
	    assert not p["aside"] or state(m + "/root", p["aside"])
	saved = {"/etc/" + n for n in os.listdir(m + "/root/etc") if n.endswith("save")}
	assert saved == {p["aside"] for p in paths if p["aside"]}, saved
	END
}

@test "dpkg: what another package diverts is put where that has it" {
	needs dpkg-deb
	needs_root
	for v in 1 2; do
		mkdir -p "$M/tree/etc"
		echo "key = $v" > "$M/tree/etc/a.conf"
		deb a $v
	done
	installed "$M/a-1.deb"
	printf '/etc/a.conf\n/etc/a.conf.real\nb\n' \
	    > "$ROOT/var/lib/dpkg/diversions"
	mv "$ROOT/etc/a.conf" "$ROOT/etc/a.conf.real"
	echo own > "$ROOT/etc/a.conf"
	p -v "$M/a-2.deb"
	says "note      /etc/a.conf.real:"
	says_not " /etc/a.conf:"
	installed "$M/a-2.deb"
	[ "$(cat "$ROOT/etc/a.conf" "$ROOT/etc/a.conf.real")" = \
	    $'own\nkey = 2' ]
}

@test "a spec goes with its package, and one that comes is judged" {
	needs dpkg-deb
	needs_root
	mail_packages
	installed "$M/mail-1.deb"
	sed -i '1a applies: {package: [mail]}' "$BATS_TEST_TMPDIR/specs/mail.yaml"
	cat > "$BATS_TEST_TMPDIR/specs/new.yaml" <<-'END'
	spec: new
	applies: {package: [new]}
	rules:
	  - {id: x, path: /etc/x.conf, why: It is needed., require: present}
	  - {id: y, path: /etc/y.conf, why: It is needed., require: present}
	END
	p --purge mail
	[ "$status" -eq 0 ]
	says "note      mail: this spec does not apply any more then"
	mkdir -p "$M/tree/etc"
	echo x > "$M/tree/etc/x.conf"
	deb new 1
	p "$M/new-1.deb"
	[ "$status" -eq 1 ]
	says "at risk   /etc/y.conf: is missing [new/y]"
	says_not "x.conf: is missing"
}

@test "rpm: what is made obsolete goes, and contents are those of the package" {
	needs rpmbuild
	needs_root
	for name in old new; do
		cat > "$M/$name.spec" <<-END
		Name: $name
		Version: 1
		Release: 1
		Summary: x
		License: MIT
		BuildArch: noarch
		$([ $name = old ] || echo "Obsoletes: old < 2")
		%description
		x
		%install
		mkdir -p %{buildroot}/etc
		echo "key = $name" > %{buildroot}/etc/both.conf
		echo $name > %{buildroot}/etc/$name.conf
		%files
		%config /etc/both.conf
		%config /etc/$name.conf
		END
		rpmbuild -bb --define "_topdir $M/b" --define "_rpmdir $M" \
		    "$M/$name.spec" > "$M/log" 2>&1
	done
	mkdir -p "$ROOT/var/lib/rpm" "$ROOT/etc"
	rpm --root "$ROOT" --dbpath /var/lib/rpm --nodeps --noplugins -i \
	    "$M/noarch/old-1-1.noarch.rpm"
	cat > "$BATS_TEST_TMPDIR/specs/s.yaml" <<-'END'
	spec: s
	rules:
	  - id: key
	    path: /etc/both.conf
	    why: x
	    as: keyvalue
	    keys: {key: old}
	END
	p "$M/noarch/new-1-1.noarch.rpm"
	[ "$status" -eq 1 ]
	tells "1 package comes, 1 goes 1 rule judged: 1 finding is new"
	says "at risk   /etc/both.conf: " "'new'" "[s/key]"
	says "flag      /etc/old.conf:"
	tells "old 1-1 (removed) goes, which has it; it goes without a copy"
	p -v "$M/noarch/new-1-1.noarch.rpm"
	says "/etc/new.conf:"
	says "new 1-1 (new) brings it"
	# Where its archive is damaged, the lists are told all the same.
	size=$(stat -c %s "$M/noarch/new-1-1.noarch.rpm")
	head -c $((size - 60)) "$M/noarch/new-1-1.noarch.rpm" > "$M/cut.rpm"
	p "$M/cut.rpm"
	[ "$status" -eq 2 ]
	says "unknown   $M/cut.rpm"
	tells "its lists are known, its contents are not: $M/cut.rpm: cannot be read as a package"
	tells "flag /etc/old.conf: old 1-1 (removed) goes"
	tells "unknown /etc/both.conf: what the new package has there cannot be read from it [s/key]"
}

@test "it writes nothing, with a store and without" {
	needs dpkg-deb
	needs_root
	mail_packages
	installed "$M/mail-1.deb"
	before=$(picture)
	p "$M/mail-2.deb"
	[ "$status" -eq 1 ]
	[ ! -e "$STORE" ]
	d --specs "$BATS_TEST_TMPDIR/specs" init
	p "$M/mail-2.deb"
	[ "$status" -eq 1 ]
	[ "$before" = "$(picture)" ]
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR"
	p "$M/mail-2.deb"
	[ -z "$(ls -A "$TMPDIR")" ]
}

@test "what is no package, and other mistakes, are told as what they are" {
	mkdir -p "$ROOT/etc" "$M/x"
	p
	[ "$status" -eq 2 ]
	output=$stderr says "preflight: only the running system's package manager can be asked [name the files of the packages]"
	p "$M/not-there.deb"
	[ "$status" -eq 2 ]
	output=$stderr says "$M/not-there.deb: cannot open: No such file"
	echo x > "$M/x.deb"
	p "$M/x.deb"
	[ "$status" -eq 2 ]
	output=$stderr says "$M/x.deb: is no package [name a .rpm or .deb file]"
	p "$M/x"
	[ "$status" -eq 2 ]
	output=$stderr says "$M/x: is no package"
	printf '!<arch>\nrubbish' > "$M/x.deb"
	p "$M/x.deb"
	[ "$status" -eq 2 ]
	output=$stderr says "$M/x.deb: cannot be read as a package"
	printf '\355\253\356\333rubbish' > "$M/x.rpm"
	p "$M/x.rpm"
	[ "$status" -eq 2 ]
	output=$stderr says "$M/x.rpm: librpm cannot read this package"
	p --remove nobody-has-it
	[ "$status" -eq 2 ]
	output=$stderr says "nobody-has-it: is not installed"
	p --conffiles ask "$M/x.deb"
	[ "$status" -eq 2 ]
	output=$stderr says "--conffiles: 'ask' is no answer [one of: old, new]"
}

@test "a package that is cut off is no package" {
	needs dpkg-deb
	needs rpmbuild
	mail_packages
	mkdir -p "$ROOT/etc"
	size=$(stat -c %s "$M/mail-2.deb")
	for part in 100 500 $((size / 2)) $((size - 3000)); do
		head -c "$part" "$M/mail-2.deb" > "$M/cut.deb"
		p "$M/cut.deb"
		[ "$status" -eq 2 ]
		output=$stderr says "$M/cut.deb: cannot be read as a package"
	done
}

# packed NAME: a package of what $M/tree has, as small as what is packed.
packed() {
	printf 'Package: %s\nVersion: 1\nArchitecture: all\n' "$1" \
	    > "$M/tree/DEBIAN/control"
	tar -C "$M/tree/DEBIAN" -czf "$M/control.tar.gz" .
	tar -C "$M/tree" --exclude=./DEBIAN -cf - . | gzip -1 \
	    > "$M/data.tar.gz"
	echo 2.0 > "$M/debian-binary"
	(cd "$M" && rm -f "$1.deb" &&
	    ar rc "$1.deb" debian-binary control.tar.gz data.tar.gz)
	rm -r "$M/tree" "$M"/*.tar.gz
}

@test "a package that unpacks to more than there is costs neither memory nor time" {
	needs ar
	mkdir -p "$ROOT/etc" "$M/tree/etc/bomb" "$M/tree/DEBIAN"
	truncate -s 16000000 "$M/tree/etc/bomb/1"
	for i in $(seq 2 50); do
		cp --sparse=always "$M/tree/etc/bomb/1" "$M/tree/etc/bomb/$i"
	done
	packed bomb
	python3 - "$DRIFTCTL" "$ROOT" "$STORE" "$M/bomb.deb" <<-'END'
	import resource, subprocess, sys
	d, root, store, deb = sys.argv[1:]
	subprocess.run([d, "--root", root, "--store", store, "preflight", deb],
	    stdout=subprocess.DEVNULL, check=True)
	most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
	assert most < 1 << 20, "%d MiB" % (most >> 10)
	END
	# A script is not searched whole for each of many files.
	mkdir -p "$M/tree/usr/share/many" "$M/tree/DEBIAN"
	seq -f "$M/tree/usr/share/many/name%g" 20000 | xargs touch
	{ echo '#!/bin/sh'; head -c 10000000 /dev/zero | tr '\0' n; echo; } \
	    > "$M/tree/DEBIAN/postinst"
	# Nor the list of files for each of another list.
	seq -f 'remove-on-upgrade /etc/many/%g' 60000 \
	    > "$M/tree/DEBIAN/conffiles"
	packed many
	DRIFTCTL_LIMIT=60 p "$M/many.deb"
	[ "$status" -eq 2 ]
	tells "its script postinst is too long to be followed to its end"
}
