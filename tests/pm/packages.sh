#!/bin/bash
# SPDX-License-Identifier: MIT
# packages.sh OUT: makes the packages of this driftctl in OUT/deb and OUT/rpm,
# and those of a next version with other settings in OUT/deb.next and
# OUT/rpm.next. Made anew only where what git tracks has changed. Exits with 3
# and the reason where that cannot be done here.
set -eu
cd "$(dirname "$0")/../.."

cannot() {
	echo "$*"
	exit 3
}

for tool in git dh dpkg-buildpackage rpmbuild; do
	command -v $tool > /dev/null || cannot "$tool is not installed"
done
git rev-parse -q --verify HEAD > /dev/null ||
	cannot "packages are made of what git has, and this is no clone"

mkdir -p "$1"
out=$(cd "$1" && pwd)
exec 9> "$out/lock"
flock 9
# What is not committed yet, too.
index=$(git rev-parse --git-path index)
cp "$index" "$out/index"
of=$(export GIT_INDEX_FILE=$out/index; git add -A && git write-tree)
[ "$(cat "$out/of" 2> /dev/null)" != "$of" ] || exit 0
rm -rf "$out/of" "$out"/{deb,rpm}{,.next} "$out/made"

# Optimised or not is no matter here, and takes three times as long.
[ ! -d /usr/lib/ccache ] || export PATH=/usr/lib/ccache:$PATH
jobs=$(nproc)
site=$(/usr/bin/python3 -c 'import sysconfig as s
names = s.get_scheme_names()
print(s.get_path("purelib", *["deb_system"] * ("deb_system" in names)))')
made=$out/made
make=(make -s --no-print-directory "OUT=$made" "COMMIT=$of")

build_rpm() {
	"${make[@]}" rpm RPMBUILD="-bb --noclean $* --define 'optflags -O0' \
	    --define '_smp_mflags -j$jobs' \
	    --define 'python3_sitelib $site' \
	    --define '_build_id_links none'"
}

rpms() {
	build_rpm
	mkdir "$out/rpm" "$out/rpm.next"
	mv "$made"/rpm/RPMS/*/*.rpm "$out/rpm"
	echo "# next" >> "$made"/rpm/BUILD/driftctl-*/packaging/driftctl.yaml
	build_rpm --noprep "--define 'package_release 2'"
	mv "$made"/rpm/RPMS/*/*.rpm "$out/rpm.next"
}

debs() {
	export DEB_BUILD_OPTIONS="noopt parallel=$jobs"
	"${make[@]}" deb
	mkdir "$out/deb" "$out/deb.next"
	cp "$made"/deb/*.{deb,changes,buildinfo} "$out/deb"
	cd "$made"/deb/driftctl-*/
	echo "# next" >> packaging/driftctl.yaml
	sed -i '1s/)/+next)/' debian/changelog
	dpkg-buildpackage -b -us -uc -nc
	mv ../*+next_*.deb "$out/deb.next"
}

"${make[@]}" dist > /dev/null
for kind in rpm deb; do
	${kind}s > "$out/$kind.log" 2>&1 9>&- &
	eval "$kind=$!"
done
for kind in rpm deb; do
	wait "${!kind}" || { tail -n 40 "$out/$kind.log"; exit 1; }
done
rm -r "$made"
echo "$of" > "$out/of"
