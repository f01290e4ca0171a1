#!/bin/sh
# SPDX-License-Identifier: MIT
# realpackages.sh NAME PACKAGE…
# Makes a root in build/packages/NAME of the distribution's own packages, with
# all that their maintainer scripts do, from the package sources that this
# machine has; prints its path. Made once: what is there is taken again as long
# as the packages asked for are the same. What no rule looks into is thrown
# away: documentation, libraries of Perl and Python, the bytes of programs.
# Exits with 3 and the reason where this cannot be done here.
set -eu
cd "$(dirname "$0")/.."

name=$1
shift
root=$PWD/build/packages/$name
# shellcheck source=tests/makeroot.sh
. tests/makeroot.sh
want="$suite $*"

if [ "$(cat "$root.of" 2> /dev/null)" = "$want" ]; then
	echo "$root"
	exit 0
fi
make_root "$root" "$(echo "$*" | tr ' ' ',')" "$root.parts/sources"
rm -rf "$root"/usr/share/doc "$root"/usr/share/man "$root"/usr/share/locale \
    "$root"/usr/share/perl* "$root"/usr/share/zoneinfo \
    "$root"/usr/share/python3 "$root"/usr/lib/python3* \
    "$root"/usr/lib/*/perl* "$root"/var/lib/apt "$root"/var/cache
find "$root/usr" -type f -size +32k -exec truncate -s 0 {} +
find "$root/dev" -mindepth 1 -delete
echo "$want" > "$root.of"
echo "$root"
