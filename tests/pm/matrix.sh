# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034,SC2154
# The matrix of tests/cases/packages upgraded in boxes; beside lib.sh.

# Once a file, after pm_setup_file: its packages.
matrix_setup_file() {
	[ "$PM_STATUS" -eq 0 ] || return 0
	cp "$TOP"/tests/pm/{{rpm,dpkg}-cells,matrix-box}.sh \
	    "$TOP"/tests/cases/packages/*.cases "$TOP/build/attribution" \
	    "$TOP/tests/pm/matrix-rules.yaml" \
	    "$PM_SHARED"
	# Which it looks for beside itself, too.
	cp "$PM_LAYER"/usr/local/lib*/driftctl/driftctl-rpm "$PM_SHARED"
	mkdir "$PM_SHARED/matrix"
	cat > "$PM_SHARED/matrix/make.sh" <<-'END'
	set -eu
	cd /shared/matrix
	(. /shared/rpm-cells.sh && cases=/shared/rpm.cases && build $PWD/rpm)
	createrepo_c -q rpm
	(. /shared/dpkg-cells.sh && cases=/shared/dpkg.cases && build $PWD/deb)
	cd deb
	for deb in *.deb; do
		dpkg-deb -f "$deb"
		echo "Filename: ./$deb"
		echo "Size: $(stat -c %s "$deb")"
		echo "SHA256: $(sha256sum < "$deb" | cut -d ' ' -f 1)"
		echo
	done > Packages
	END
	bash "$TOP/tests/pm/box.sh" "$PM_BASE" "$PM_SHARED" \
	    bash /shared/matrix/make.sh
}

# one_box FRONT [SPEC]: leaves what matrix-box.sh says in $m.
one_box() {
	m=$PM_SHARED/out-$1
	status=0
	output=$(timeout 240 bash "$TOP/tests/pm/box.sh" \
	    "$PM_LAYER:$PM_BASE" "$PM_SHARED" bash /shared/matrix-box.sh "$@" \
	    2>&1 < /dev/null) || status=$?
	echo "$output"
	[ "$status" -eq 0 ]
}

# told RECORD: PATH KIND TEXT of what a hook found, tabs between.
told() {
	sed -nE 's/^(note|merge|flagged|restored): ([^ ]*:)?(\/[^ #]*)(#[^ ]*)? ([^ ]*).*/\3\t\1\t\5/p' \
	    "$1" | sed 's/\\x20/ /g; s/\twas removed since the baseline; /\t/'
}

# matrix KIND FRONT: NAME|LOCAL SHIPPED RESULT DECISION|HOW of each cell as
# expected, as the databases tell, and the decision as the hook's records have
# it, in the same words about the same packages.
matrix() {
	local cases=$TOP/tests/cases/packages/$1.cases

	one_box "$2"
	cd "$BATS_TEST_TMPDIR" || return
	sed '/^#/d; s/[[:space:]][^|]*|/ |/; s/[[:space:]]*|[[:space:]]*/|/g' \
	    "$cases" | sort > expected
	cat "$m"/*.told | sed 's,^/etc/t/,,; s/ /|/' | tr '\t' '|' |
	    cut -d '|' -f 1-3 | sort > actual
	diff expected actual
	# Of each transaction its own cells alone.
	for one in "$m"/*.told; do
		awk '{ print $1 }' "$one" > names
		told "${one%.told}.record" | awk -F '\t' 'NR == FNR {
			own[$1]; next } $1 in own' names - | sort > hook
		awk -F '\t' '{ split($1, w, " ")
			if (w[5] != "quiet")
				print w[1] "\t" w[5] "\t" $3 }' "$one" |
		    sed 's/\tflag\t/\tflagged\t/' | sort > decided
		diff decided hook
	done
}
