#!/bin/sh
# SPDX-License-Identifier: MIT
# base.sh [boot | RELEASE]: makes build/pm/base, a root with zypper, dnf, rpm and
# apt of the distribution this machine has, or build/pm/boot, one that systemd
# can start, or build/pm/RELEASE, the same as base of another release, with a
# compiler and librpm's headers, and prints its path. Made once. Exits with 3
# and the reason where this cannot be done here.
set -eu
cd "$(dirname "$0")/../.."

name=${1:-base}
root=$PWD/build/pm/$name
case $name in
base|boot) ;;
*)	release=$name ;;
esac
# shellcheck source=tests/makeroot.sh
. tests/makeroot.sh
packages=apt,zypper,rpm,dnf,createrepo-c,pamtester,libpam-modules,procps,mount
packages=$packages,iproute2,acl,zstd,strace,pacman-package-manager
[ -z "${release-}" ] || packages=$packages,gcc,libc6-dev,librpm-dev
[ "$name" != boot ] ||
	packages=apt,systemd,systemd-sysv,dbus,pamtester,libpam-modules,mount
want="$suite $packages"

# Several suites ask for it at once.
mkdir -p build/pm
exec 9> build/pm/lock
flock 9

if [ "$(cat "$root.of" 2> /dev/null)" = "$want" ]; then
	echo "$root"
	exit 0
fi
make_root "$root" "$packages" build/pm/sources
rm -rf "$root"/usr/share/doc "$root"/usr/share/man "$root"/usr/share/locale \
    "$root"/var/cache/* "$root"/etc/apt/sources.list* "$root"/var/lib/apt/lists
mkdir -p "$root"/var/lib/apt/lists "$root"/var/cache/apt/archives
find "$root/dev" -mindepth 1 -delete
echo "$want" > "$root.of"
echo "$root"
