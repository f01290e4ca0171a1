#!/bin/bash
# SPDX-License-Identifier: MIT
# foundation.sh: in a box, makes of the packages in /shared/packages what can
# be installed here: repositories of rpm's, and one package of each kind,
# "foundation", that stands for the libraries which a box has without any
# package.
set -eu

work=$(mktemp -d)

# What they ask for and do not have of each other.
wanted_rpms() {
	rpm -qp --requires /shared/packages/rpm/*.rpm |
	    grep -vE '^(driftctl|rpmlib|config\(|/bin/sh$)' | sort -u
}

{
	echo "Name: foundation"
	printf '%s\n' "Version: 1" "Release: 1" "License: MIT" "Summary: x" \
	    "BuildArch: noarch" "AutoReqProv: no"
	# As on a machine that has both.
	printf 'Provides: %s\n' libzypp dnf
	wanted_rpms | sed 's/^/Provides: /'
	printf '%s\n' "%description" x "%files"
} > "$work/foundation.spec"
rpmbuild --quiet -bb --define "_topdir $work" --define "_rpmdir /shared/rpm" \
    "$work/foundation.spec"
createrepo_c -q /shared/rpm
createrepo_c -q /shared/packages/rpm
createrepo_c -q /shared/packages/rpm.next

# Any version that is asked for.
mkdir -p "$work/foundation/DEBIAN"
cat > "$work/foundation/DEBIAN/control" << E
Package: foundation
Version: 1
Architecture: amd64
Maintainer: nobody <nobody@localhost>
Description: for tests
Provides: $(dpkg-deb -f /shared/packages/deb/driftctl_*.deb Depends |
    tr ',' '\n' | grep -v driftctl-specs | grep -v 'libc6 ' |
    sed 's/[|(].*//; s/$/ (= 99:1)/' | paste -sd, )
E
sed -i "s/^Architecture: .*/Architecture: $(dpkg --print-architecture)/" \
    "$work/foundation/DEBIAN/control"
dpkg-deb --root-owner-group -b "$work/foundation" /shared/deb/foundation.deb \
    > /dev/null
