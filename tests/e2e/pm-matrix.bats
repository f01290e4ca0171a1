#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154
# What zypper, dnf, rpm, apt and dpkg do to each kind of file, with driftctl's
# hooks in place: what these tell at the end, and what was decided.

load ../lib.sh
load ../pm/lib.sh
load ../pm/matrix.sh

setup_file() {
	pm_setup_file
	matrix_setup_file
}

setup() {
	pm_setup
}

@test "zypper: its plugin tells what became of each file, and by whom" {
	matrix rpm zypper
}

@test "dnf: its plugin tells what became of each file, and by whom" {
	matrix rpm dnf
}

@test "rpm: its triggers tell what became of each file, and by whom" {
	matrix rpm rpm
}

@test "apt: its hooks tell what became of each file, and by whom" {
	matrix dpkg apt
}

@test "dpkg: its hooks tell what became of each file, and by whom" {
	matrix dpkg dpkg
}

@test "each way a file can go is told in words, with both versions" {
	one_box zypper
	output=$(told "$m/1.record")
	says c-keep-dropped "matrix 1-1 -> 2-1 no longer ships it; it went without a copy"
	says c-keep-changed "matrix 1-1 -> 2-1 put its own version in place"
	says c-edit-changed "matrix 1-1 -> 2-1 put its own version in place; what was here is now /etc/t/c-edit-changed.rpmsave"
	says c-edit-dropped "matrix 1-1 -> 2-1 no longer ships it; what was here is now /etc/t/c-edit-dropped.rpmsave"
	says n-edit-changed "matrix 1-1 -> 2-1 ships another version than what is here; it lies beside as /etc/t/n-edit-changed.rpmnew"
	says s-keep-renamed "matrix 1-1 -> 2-1 renamed it to /etc/t/s-keep-renamed.local"
	says mode-changed "matrix 1-1 -> 2-1 ships it with other permissions; mode 0640 -> 0600"
	says c-mode-changed flagged "matrix 1-1 -> 2-1 put its own version in place; mode 0600 -> 0644"
	says c-keep-moved "matrix 1-1 -> 2-1 ships it as /usr/etc/t/c-keep-moved now"
	says s-keep-taken "likely by a scriptlet of matrix 1-1 -> 2-1: no package's list explains it; it went without a copy"
	says e-keep-erased "matrix-gone 1-1 (removed) had shipped it; it went without a copy"
	says l-edit-changed "flagged"
	says c-edit-dir "flagged"
	# What a person reads, in this order.
	output=$(grep -E "^(put back|needs you|to merge|noted|the machine)" \
	    "$m/1.report" | tr '\n' ' ')
	[ "$output" = "needs you: to merge, with 'driftctl merge': noted: the machine afterwards: " ]
	output=$(sed -n '/^to merge/,/^$/p' "$m/1.report")
	says "/etc/t/n-edit-changed"
	says_not "/etc/t/n-keep-changed"
}

@test "dpkg's ways as well" {
	one_box apt
	output=$(told "$m/1.record")
	says c-keep-rm "matrix-old 1 -> 2 no longer ships it; it went without a copy"
	says c-edit-rm "matrix-old 1 -> 2 no longer ships it; what was here is now /etc/t/c-edit-rm.dpkg-bak"
	says c-keep-mv "matrix-old 1 -> 2 renamed it to /etc/t/c-keep-mv.d"
	says c-keep-taken "likely by a scriptlet of matrix-old 1 -> 2"
	says c-edit-changed merge "it lies beside as /etc/t/c-edit-changed.dpkg-dist"
	says c-keep-dropped note "matrix-old 1 -> 2 no longer ships it; what is here stays"
	says c-keep-moved note "matrix-old 1 -> 2 ships it as /usr/etc/t/c-keep-moved now; what is here stays"
	says c-keep-heir-new "matrix-heir 2 (was in matrix-old) put its own version in place"
	says p-mode-changed flagged "mode 0600 -> 0644"
	output=$(told "$m/2.record")
	says n-edit-changed merge "what was here is now /etc/t/n-edit-changed.dpkg-old"
	output=$(told "$m/4.record")
	says u-keep "matrix-purged 1 (removed) had shipped it; it went without a copy"
}

# What rules ask for comes on top of the table.
@test "rules decide: flag, restore and repair for drift, note, flag and restore for change" {
	one_box zypper /shared/matrix-rules.yaml
	told "$m/1.record" | sed 's,^/etc/t/,,' | cut -f 1,2 |
	    grep -E "^($(sed -n 's,.*path: /etc/t/\([^,]*\).*,\1,p' \
		"$TOP/tests/pm/matrix-rules.yaml" | paste -sd '|'))	" |
	    sort > "$BATS_TEST_TMPDIR/actual"
	diff - "$BATS_TEST_TMPDIR/actual" <<-'END'
	c-edit-changed	restored
	c-keep-changed	restored
	c-keep-dropped	flagged
	c-keep-moved	restored
	mode-changed	restored
	n-edit-changed	merge
	n-keep-changed	note
	n-keep-moved	flagged
	p-edit-changed	restored
	p-keep-changed	flagged
	p-keep-dropped	restored
	s-keep-renamed	restored
	s-keep-taken	restored
	END
	output=$(told "$m/1.record")
	says s-keep-taken "matrix/scriptlet: put back; removed while 3 packages changed, likely by a scriptlet of matrix 1-1 -> 2-1"
	says mode-changed "matrix/mode: " "matrix 1-1 -> 2-1 ships it with other permissions"
	says c-keep-dropped flagged "matrix 1-1 -> 2-1 no longer ships it"
	says c-keep-changed "matrix/lines: repaired; matrix 1-1 -> 2-1 put its own version in place"
	# And that is how it is.
	diff - "$m/1.files" <<-'END'
	c-edit-changed:c-edit-changed a
	c-edit-changed:edited
	c-keep-changed:c-keep-changed b
	c-keep-changed:c-keep-changed a
	c-keep-moved:c-keep-moved a
	mode-changed:640
	n-edit-changed:n-edit-changed a
	n-edit-changed:edited
	n-keep-changed:n-keep-changed b
	p-edit-changed:p-edit-changed a
	p-edit-changed:edited
	p-keep-changed:p-keep-changed b
	p-keep-dropped:p-keep-dropped a
	s-keep-renamed:s-keep-renamed a
	s-keep-taken:s-keep-taken a
	END
}
