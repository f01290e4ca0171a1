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
# shellcheck source=/dev/null
suite=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
want="$suite $*"

cannot() {
	echo "$*"
	exit 3
}

if [ "$(cat "$root.of" 2> /dev/null)" = "$want" ]; then
	echo "$root"
	exit 0
fi
command -v mmdebstrap > /dev/null || cannot "mmdebstrap is not installed"
[ "$(id -u)" -eq 0 ] || cannot "only root can make a root of packages"
[ -n "$suite" ] || cannot "this is no release that mmdebstrap could make"

mkdir -p "$root.parts"
sources=$root.parts/sources
# The distribution's own alone: others may not have a release of that name.
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
	[ -f "$file" ] || continue
	case $file in
	*.list)		grep -E "^deb .* $suite(-[a-z]+)? " "$file" ;;
	*.sources)	awk -v RS= -v ORS='\n\n' -v suite="$suite" \
			    '$0 ~ "(^|\n)Suites:[^\n]*[ ]" suite "([ \n-]|$)"' \
			    "$file" ;;
	esac || true
done > "$sources"
[ -s "$sources" ] || cannot "no source of packages for $suite is known here"

rm -rf "$root" "$root.of"
include=$(echo "$*" | tr ' ' ',')
make_root() {
	mmdebstrap --quiet --mode=root --variant=essential \
	    --include="$include" --skip=check/empty "$suite" "$root" \
	    "$sources" > "$root.log" 2>&1 < /dev/null
}
# Whoever has the packages may not answer once.
if ! make_root && ! { rm -rf "$root"; sleep 5; make_root; } &&
    ! { rm -rf "$root"; sleep 20; make_root; }; then
	rm -rf "$root"
	cannot "the packages cannot be had: $(grep -m 1 ^E: "$root.log" ||
	    tail -n 1 "$root.log")"
fi
rm -rf "$root"/usr/share/doc "$root"/usr/share/man "$root"/usr/share/locale \
    "$root"/usr/share/perl* "$root"/usr/share/zoneinfo \
    "$root"/usr/share/python3 "$root"/usr/lib/python3* \
    "$root"/usr/lib/*/perl* "$root"/var/lib/apt "$root"/var/cache
find "$root/usr" -type f -size +32k -exec truncate -s 0 {} +
find "$root/dev" -mindepth 1 -delete
echo "$want" > "$root.of"
echo "$root"
