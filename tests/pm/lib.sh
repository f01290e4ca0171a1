# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034,SC2154
# What the suites with real package managers share.

# Once a file: the root they live in, driftctl's layer over it, the packages.
# RELEASE: of another release of the distribution.
pm_setup_file() {
	local status=0 build

	build=$(dirname "$DRIFTCTL")
	PM_BASE=$(sh "$TOP/tests/pm/base.sh" "$@") || status=$?
	export PM_BASE PM_STATUS=$status
	[ "$status" -eq 0 ] || return 0
	PM_LAYER=$BATS_FILE_TMPDIR/layer
	PM_SHARED=$BATS_FILE_TMPDIR/shared
	mkdir -p "$PM_SHARED"
	cp "$TOP"/tests/pm/{fixtures,site}.sh "$PM_SHARED"
	cp -r "$TOP/packaging/hooks" "$PM_SHARED"
	export PM_LAYER PM_SHARED
	if ! bash "$TOP/tests/pm/box.sh" "$PM_BASE" "$PM_SHARED" true; then
		PM_STATUS=3
		PM_BASE="no root of its own can be made here"
		return 0
	fi
	if [ $# -eq 0 ]; then
		bash "$TOP/tests/pm/layer.sh" "$build" "$PM_LAYER"
	else
		bash "$TOP/tests/pm/foreign.sh" "$build" "$PM_LAYER" \
		    "$PM_BASE" "$PM_SHARED"
	fi
	bash "$TOP/tests/pm/box.sh" "$PM_LAYER:$PM_BASE" "$PM_SHARED" \
	    bash /shared/fixtures.sh
}

pm_setup() {
	needs_root
	# What it says of a failure is in place of the path.
	skip_unless "$PM_BASE" test "$PM_STATUS" -eq 0
}

# box: standard input is a script that runs in a fresh root, with driftctl and
# its hooks installed, after site.sh: sets $status and $output.
box() {
	in_box "$PM_LAYER:$PM_BASE"
}

# The same without driftctl.
bare_box() {
	in_box "$PM_BASE"
}

# What no_init says in place of a path is why.
pm_init_base() {
	PM_INIT_STATUS=0
	PM_INIT_BASE=$(sh "$TOP/tests/pm/base.sh" boot) || PM_INIT_STATUS=$?
	[ "$PM_INIT_STATUS" -ne 0 ] || unshare --mount --cgroup sh -c \
	    'mount -t cgroup2 none /mnt' 2> /dev/null || {
		PM_INIT_STATUS=3
		PM_INIT_BASE="no cgroup2 can be mounted here"
	}
}

# boot_box: the same as box, but then systemd starts that root.
boot_box() {
	pm_init_base
	skip_unless "$PM_INIT_BASE" test "$PM_INIT_STATUS" -eq 0
	BOX_INIT=1 in_box "$PM_LAYER:$PM_INIT_BASE"
}

in_box() {
	cat > "$BATS_TEST_TMPDIR/script"
	cp "$BATS_TEST_TMPDIR/script" "$PM_SHARED/script.$BATS_TEST_NUMBER"
	status=0
	output=$(timeout 120 bash "$TOP/tests/pm/box.sh" "$1" "$PM_SHARED" \
	    bash -euc ". /shared/site.sh; . /shared/script.$BATS_TEST_NUMBER" \
	    2>&1 < /dev/null) || status=$?
	printf '%s\n[exit %s]\n' "$output" "$status"
}
