#!/bin/sh
# SPDX-License-Identifier: MIT
# base.sh [RELEASE]: makes build/pm/base, a root with zypper, dnf, rpm and apt of
# the distribution this machine has, and prints its path. With RELEASE it is
# build/pm/base-RELEASE, of another release of it, with a compiler and librpm's
# headers. Made once. Exits with 3 and the reason where this cannot be done here.
set -eu
cd "$(dirname "$0")/../.."

# shellcheck source=/dev/null
here=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
suite=${1-$here}
root=$PWD/build/pm/base${1:+-$1}
packages=apt,zypper,rpm,dnf,createrepo-c,pamtester,libpam-modules,procps,mount
packages=$packages,iproute2,acl,zstd,strace
[ $# -eq 0 ] || packages=$packages,gcc,libc6-dev,librpm-dev
want="$suite $packages"

cannot() {
	echo "$*"
	exit 3
}

# Several suites ask for it at once.
mkdir -p build/pm
exec 9> "$root.lock"
flock 9

if [ "$(cat "$root.of" 2> /dev/null)" = "$want" ]; then
	echo "$root"
	exit 0
fi
command -v mmdebstrap > /dev/null || cannot "mmdebstrap is not installed"
[ "$(id -u)" -eq 0 ] || cannot "only root can make a root of packages"
[ -n "$here" ] || cannot "this is no release that mmdebstrap could make"

# The distribution's own alone: others may not have a release of that name.
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
	[ -f "$file" ] || continue
	case $file in
	*.list)		grep -E "^deb .* $here(-[a-z]+)? " "$file" ;;
	*.sources)	awk -v RS= -v ORS='\n\n' -v suite="$here" \
			    '$0 ~ "(^|\n)Suites:[^\n]*[ ]" suite "([ \n-]|$)"' \
			    "$file" ;;
	esac || true
done | sed "s/\<$here\>/$suite/g" > "$root.sources"
[ -s "$root.sources" ] ||
	cannot "no source of packages for $here is known here"

rm -rf "$root" "$root.of"
# Its hooks are sh(1)'s, which knows descriptors of one digit: the lock's and
# the caller's are closed for it.
make_root() {
	mmdebstrap --quiet --mode=root --variant=essential \
	    --include="$packages" --skip=check/empty "$suite" "$root" \
	    "$root.sources" > "$root.log" 2>&1 < /dev/null \
	    3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
}
# Whoever has the packages may not answer once.
if ! make_root && ! { rm -rf "$root"; sleep 5; make_root; } &&
    ! { rm -rf "$root"; sleep 20; make_root; }; then
	rm -rf "$root"
	cannot "the packages cannot be had: $(grep -m 1 ^E: "$root.log" ||
	    tail -n 1 "$root.log")"
fi
rm -rf "$root"/usr/share/doc "$root"/usr/share/man "$root"/usr/share/locale \
    "$root"/var/cache/* "$root"/etc/apt/sources.list* "$root"/var/lib/apt/lists
mkdir -p "$root"/var/lib/apt/lists "$root"/var/cache/apt/archives
find "$root/dev" -mindepth 1 -delete
echo "$want" > "$root.of"
echo "$root"
