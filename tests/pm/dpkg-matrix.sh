#!/bin/bash
# SPDX-License-Identifier: MIT
# dpkg-matrix.sh DIR CASES
# The same as rpm-matrix.sh with dpkg; what a line says stands in dpkg-cells.sh.
set -eu
dir=$1 cases=$2
# shellcheck source=tests/pm/dpkg-cells.sh
. "$(dirname "$0")/dpkg-cells.sh"
mkdir -p "$dir/root/var/lib/dpkg/info" "$dir/root/var/lib/dpkg/updates" \
    "$dir/root/etc/t"
: >> "$dir/root/var/lib/dpkg/status"
: >> "$dir/root/var/lib/dpkg/available"

d() {
	dpkg --root="$dir/root" --log=/dev/null --force-script-chrootless \
	    --force-not-root --force-unsafe-io --force-bad-path "$@" \
	    < /dev/null
}

build "$dir"
for policy in $policies; do
	d -i "$dir/$policy-1.deb"
	edited "$dir/root" "$policy"
done
cp -a "$dir/root" "$dir/before"
d --force-confold -i "$dir/old-2.deb" "$dir/heir-2.deb"
d --force-confnew -i "$dir/new-2.deb"
d -r matrix-gone
d -P matrix-purged
