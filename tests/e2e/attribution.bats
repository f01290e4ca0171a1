#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2030,SC2031,SC2154
# What upgrades by the real rpm and dpkg do to each kind of file, who is named
# for it, and what is decided without a word from any rule.

load ../lib.sh

setup() {
	scratch
	M=$BATS_TEST_TMPDIR/m
	mkdir "$M"
}

# matrix NAME: expected and actual lines, side by side where they differ.
matrix() {
	local cases=$TOP/tests/cases/packages/$1.cases

	bash "$TOP/tests/pm/$1-matrix.sh" "$M" "$cases" \
	    > "$M/log" 2>&1 || {
		cat "$M/log"
		return 1
	}
	sed '/^#/d; s/[[:space:]][^|]*|/ |/; s/[[:space:]]*|[[:space:]]*/|/g' \
	    "$cases" > "$M/expected"
	cut -d '|' -f 1 "$M/expected" | sed 's,^,/etc/t/,' |
	    "$TOP/build/attribution" "$M/before" "$M/root" > "$M/told"
	sed 's,^/etc/t/,,; s/ /|/' "$M/told" | tr '\t' '|' |
	    cut -d '|' -f 1-3 > "$M/actual"
	[ "$(wc -l < "$M/actual")" -gt 30 ]
	diff "$M/expected" "$M/actual"
	# Whoever is blamed is named with both versions.
	not grep -P '\t(?!untouched)[^\t]*\t(?!.*matrix)' "$M/told"
}

@test "rpm: what it does to each kind of file, and who is named for it" {
	needs rpmbuild
	needs_root
	matrix rpm
	grep -q "matrix 1-1 -> 2-1 no longer ships it; it went without a copy" \
	    "$M/told"
	grep -q "matrix-gone 1-1 (removed) had shipped it" "$M/told"
}

@test "dpkg: what it does to each kind of file, and who is named for it" {
	needs dpkg-deb
	needs_root
	matrix dpkg
	grep -q "matrix-old 1 -> 2 no longer ships it; what is here stays" \
	    "$M/told"
	grep -q "likely by a scriptlet of matrix-old 1 -> 2" "$M/told"
}

@test "a transaction that changed nothing blames nobody" {
	needs rpmbuild
	needs_root
	matrix rpm
	echo x >> "$M/root/etc/t/own-keep"
	rm "$M/root/etc/t/c-keep-same"
	cp -a "$M/root" "$M/later"
	echo y >> "$M/later/etc/t/own-keep"
	run "$TOP/build/attribution" "$M/root" "$M/later" <<< /etc/t/own-keep
	says "own nothing other note" "not by a package" \
	    "no package was changed, so somebody else did it"
}
