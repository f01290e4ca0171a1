#!/bin/bash
# SPDX-License-Identifier: MIT
# dpkg-matrix.sh DIR CASES
# The same as rpm-matrix.sh with dpkg. A line is
#
#	NAME  POLICY  V1 CONTENT  EDIT  V2 CONTENT  | …
#
# POLICY: old and new (--force-confold, --force-confnew), gone (the package is
# removed), purged. V1, V2: conffile, plain, none; moved (to /usr/etc);
# rmconffile, mvconffile (dpkg-maintscript-helper(1)); taken, edited (by
# postinst). EDIT as there.
set -eu
dir=$1 cases=$2
mkdir -p "$dir/root/var/lib/dpkg/info" "$dir/root/var/lib/dpkg/updates" \
    "$dir/root/etc/t"
: >> "$dir/root/var/lib/dpkg/status"
: >> "$dir/root/var/lib/dpkg/available"

# cells POLICY: NAME V1 CONTENT EDIT V2 CONTENT
cells() {
	sed 's/|.*//; /^#/d; /^[[:space:]]*$/d' "$cases" |
	    awk -v p="$1" '$2 == p { print $1, $3, $4, $5, $6, $7 }'
}

# build POLICY VERSION
build() {
	local policy=$1 version=$2 tree=$dir/tree-$1-$2 name v1 c1 edit v2 c2
	local script v c

	mkdir -p "$tree/DEBIAN" "$tree/etc/t" "$tree/usr/etc/t"
	cat > "$tree/DEBIAN/control" <<-END
	Package: matrix-$policy
	Version: $version
	Architecture: all
	Maintainer: nobody <nobody@example.org>
	Description: each situation
	END
	for script in preinst postinst prerm postrm; do
		printf '#!/bin/sh\nset -e\n' > "$tree/DEBIAN/$script"
		chmod 755 "$tree/DEBIAN/$script"
	done
	: > "$tree/DEBIAN/conffiles"
	while read -r name v1 c1 edit v2 c2; do
		[ "$version" = 1 ] && v=$v1 c=$c1 || v=$v2 c=$c2
		case $v in
		moved)	echo "$name $c" > "$tree/usr/etc/t/$name" ;;
		mvconffile) echo "$name $c" > "$tree/etc/t/$name.d"
			echo "/etc/t/$name.d" >> "$tree/DEBIAN/conffiles" ;;
		none|rmconffile) ;;
		*)	echo "$name $c" > "$tree/etc/t/$name" ;;
		esac
		case $v in
		conffile|taken|edited)
			echo "/etc/t/$name" >> "$tree/DEBIAN/conffiles" ;;
		rmconffile) printf 'dpkg-maintscript-helper rm_conffile %s 2 -- "$@"\n' \
			"/etc/t/$name" | tee -a "$tree/DEBIAN"/{pre,post}{inst,rm} ;;
		mvconffile) printf 'dpkg-maintscript-helper mv_conffile %s %s 2 -- "$@"\n' \
			"/etc/t/$name" "/etc/t/$name.d" |
			tee -a "$tree/DEBIAN"/{pre,post}{inst,rm} ;;
		esac > /dev/null
		case $v in
		taken)	echo "rm -f \"\$DPKG_ROOT/etc/t/$name\"" ;;
		edited)	echo "echo scripted >> \"\$DPKG_ROOT/etc/t/$name\"" ;;
		esac >> "$tree/DEBIAN/postinst"
	done < <(cells "$policy")
	(cd "$tree" && find etc usr -type f -exec md5sum {} +) |
	    awk 'NR == FNR { conf[$0]; next } !(("/" $2) in conf)' \
	    "$tree/DEBIAN/conffiles" - > "$tree/DEBIAN/md5sums"
	dpkg-deb -b --root-owner-group -Znone "$tree" \
	    "$dir/$policy-$version.deb" > /dev/null
}

d() {
	dpkg --root="$dir/root" --log=/dev/null --force-script-chrootless \
	    --force-not-root --force-unsafe-io --force-bad-path "$@" \
	    < /dev/null
}

for policy in old new gone purged; do
	build $policy 1
	build $policy 2
	d -i "$dir/$policy-1.deb"
	while read -r name v1 c1 edit v2 c2; do
		file=$dir/root/etc/t/$name
		case $edit in
		edit)	echo edited >> "$file" ;;
		remove)	rm "$file" ;;
		make)	echo own > "$file" ;;
		esac
	done < <(cells $policy)
done
cp -a "$dir/root" "$dir/before"
d --force-confold -i "$dir/old-2.deb"
d --force-confnew -i "$dir/new-2.deb"
d -r matrix-gone
d -P matrix-purged
