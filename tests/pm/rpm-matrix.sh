#!/bin/bash
# SPDX-License-Identifier: MIT
# rpm-matrix.sh DIR CASES
# Builds two versions of a package with one file for each line of CASES, has
# rpm install the first below DIR/root, does there what the line says an
# administrator did, copies all to DIR/before, and has rpm upgrade it. What a
# line says stands in rpm-cells.sh.
set -eu
dir=$1 cases=$2
# shellcheck source=tests/pm/rpm-cells.sh
. "$(dirname "$0")/rpm-cells.sh"

r() {
	rpm --root "$dir/root" --dbpath /var/lib/rpm --nodeps --ignoresize \
	    --nosignature --noplugins "$@"
}

of() {
	echo "$dir/noarch/matrix-$1-1.noarch.rpm"
}

build "$dir"
mkdir -p "$dir/root/var/lib/rpm" "$dir/root/etc/t"
r -i "$(of 1)" "$(of twin-1)" "$(of gone-1)"
edited "$dir/root"
cp -a "$dir/root" "$dir/before"
r -U "$(of 2)" "$(of twin-2)"
r -e matrix-gone
