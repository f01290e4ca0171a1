#!/bin/bash
# SPDX-License-Identifier: MIT
# matrix-box.sh FRONT [SPEC]: in a box with driftctl and its hooks, the same as
# rpm-matrix.sh and dpkg-matrix.sh by zypper, dnf, rpm, apt or dpkg. Leaves in
# /shared/out-FRONT for each transaction N what attribution.c tells of the roots
# before and after (N.told), and the hook's record of it (N.record) and report
# (N.report); with SPEC, which is put in force, what its files hold (1.files).
# shellcheck disable=SC2034,SC2154 # what the sourced files share
set -eu
# shellcheck source=tests/pm/site.sh
. /shared/site.sh
front=$1
out=/shared/out-$front
case $front in
apt|dpkg) kind=dpkg ;;
*)	kind=rpm ;;
esac
cases=/shared/$kind.cases
rm -rf "$out"
mkdir -p "$out"
# shellcheck disable=SC1090 # rpm-cells.sh or dpkg-cells.sh
. "/shared/$kind-cells.sh"

# What attribution(1) looks at, as it is now.
keep() {
	mkdir "/$1"
	(cd / && cp -a --parents etc/t usr/etc/t var/lib/rpm var/lib/dpkg \
	    "/$1" 2> /dev/null) || [ -d "/$1/etc/t" ]
}

# transaction N PATHS COMMAND…: PATHS is a file of names.
transaction() {
	local n=$1 names=$2
	shift 2

	keep "before-$n"
	"$@" > "$out/$n.log" 2>&1 || {
		cat "$out/$n.log"
		return 1
	}
	keep "after-$n"
	sed 's,^,/etc/t/,' "$names" |
	    LD_LIBRARY_PATH=/usr/local/lib/driftctl /shared/attribution "/before-$n" "/after-$n" > "$out/$n.told"
	newest=$(find $store/transactions -name '2*Z-*' ! -name '*.*' |
	    sort | tail -n 1)
	mv "$newest" "$out/$n.record"
	mv "$newest.report" "$out/$n.report"
}

rpms=/shared/matrix/rpm/noarch
all=/tmp/all

zypper_matrix() {
	zypper -q -n ar --no-gpgcheck dir:///shared/matrix/rpm matrix
	zypper -q -n --no-gpg-checks in -y matrix-1 matrix-twin-1 matrix-gone-1
	edited ""
	driftctl init -q
	transaction 1 $all zypper -n --no-gpg-checks in -y matrix-2 \
	    matrix-twin-2 -matrix-gone
}

dnf_matrix() {
	rm -rf /etc/yum.repos.d
	mkdir /etc/yum.repos.d
	printf '[matrix]\nname=matrix\nbaseurl=%s\ngpgcheck=0\n' \
	    file:///shared/matrix/rpm > /etc/yum.repos.d/matrix.repo
	dnf -q -y install matrix-1 matrix-twin-1 matrix-gone-1
	edited ""
	driftctl init -q
	printf '%s\n' "upgrade matrix matrix-twin" "remove matrix-gone" run \
	    > /tmp/commands
	transaction 1 $all dnf -y shell /tmp/commands
}

# Two transactions, each for its own cells.
rpm_matrix() {
	rpm -i /shared/rpm/noarch/sh-1-1.noarch.rpm
	rpm -i --replacefiles /shared/self/noarch/driftctl-1-1.noarch.rpm
	rpm -i $rpms/matrix{,-twin,-gone}-1-1.noarch.rpm
	edited ""
	driftctl init -q
	cells | awk '$5 == "erased" { print $1 }' > /tmp/erased
	grep -vxFf /tmp/erased $all > /tmp/others
	transaction 1 /tmp/others rpm -U $rpms/matrix{,-twin}-2-1.noarch.rpm
	transaction 2 /tmp/erased rpm -e matrix-gone
}

dpkg_ready() {
	local policy

	for policy in $policies; do
		"$@" "$policy"
		edited "" "$policy"
		cells "$policy" | awk '{ print $1 }' > "/tmp/$policy"
	done
	driftctl init -q
}

by_dpkg() {
	dpkg -i "/shared/matrix/deb/$1-1.deb" > /dev/null
}

dpkg_matrix() {
	local debs=/shared/matrix/deb

	dpkg_ready by_dpkg
	transaction 1 /tmp/old dpkg --force-confold -i $debs/old-2.deb \
	    $debs/heir-2.deb < /dev/null
	transaction 2 /tmp/new dpkg --force-confnew -i $debs/new-2.deb
	transaction 3 /tmp/gone dpkg -r matrix-gone
	transaction 4 /tmp/purged dpkg -P matrix-purged
}

by_apt() {
	apt-get install -y -q "matrix-$1=1" > /dev/null
}

apt_matrix() {
	export DEBIAN_FRONTEND=noninteractive
	echo "deb [trusted=yes] file:/shared/matrix/deb ./" \
	    > /etc/apt/sources.list
	apt-get update -q > /dev/null
	dpkg_ready by_apt
	transaction 1 /tmp/old apt-get -y -q -o \
	    Dpkg::Options::=--force-confold install matrix-old matrix-heir
	transaction 2 /tmp/new apt-get -y -q -o \
	    Dpkg::Options::=--force-confnew install matrix-new
	transaction 3 /tmp/gone apt-get -y -q remove matrix-gone
	transaction 4 /tmp/purged apt-get -y -q purge matrix-purged
}

if [ $kind = rpm ]; then
	cells | awk '{ print $1 }' > $all
fi
mkdir -p /etc/t
[ $# -lt 2 ] || cp "$2" /etc/driftctl/specs/matrix.yaml
"${front}_matrix"
[ $# -lt 2 ] || sed -n 's,.*path: /etc/t/\([^,]*\).*,\1,p' "$2" |
    grep -v same | sort | while read -r name; do
	file=/etc/t/$name
	[ "$name" != mode-changed ] || stat -c "$name:%a" "$file"
	[ "$name" = mode-changed ] || [ ! -e "$file" ] ||
		sed "s/^/$name:/" "$file"
done > "$out/1.files"
