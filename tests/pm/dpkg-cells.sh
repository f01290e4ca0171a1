# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034,SC2154
# Packages with one file for each line of $cases, two versions of them:
#   matrix-POLICY for each policy; matrix-heir 2 (takes over from matrix-old)
# A line is
#
#	NAME  POLICY  V1 CONTENT  EDIT  V2 CONTENT  | …
#
# POLICY: old and new (--force-confold, --force-confnew), gone (the package is
# removed), purged. V1, V2: conffile, plain, none; moved (to /usr/etc);
# heir (a conffile of matrix-heir); rmconffile, mvconffile
# (dpkg-maintscript-helper(1)); taken, edited, chmodded (by postinst). EDIT and
# what is expected as in rpm-cells.sh.

policies='old new gone purged'

# cells POLICY: NAME V1 CONTENT EDIT V2 CONTENT
cells() {
	sed 's/|.*//; /^#/d; /^[[:space:]]*$/d' "$cases" |
	    awk -v p="$1" '$2 == p { print $1, $3, $4, $5, $6, $7 }'
}

# begin_tree DIR NAME VERSION: standard input is more of its control file.
begin_tree() {
	local script

	mkdir -p "$1/DEBIAN" "$1/etc/t" "$1/usr/etc/t"
	cat > "$1/DEBIAN/control" <<-END
	Package: $2
	Version: $3
	Architecture: all
	Maintainer: nobody <nobody@example.org>
	Description: each situation
	END
	cat >> "$1/DEBIAN/control"
	for script in preinst postinst prerm postrm; do
		printf '#!/bin/sh\nset -e\n' > "$1/DEBIAN/$script"
		chmod 755 "$1/DEBIAN/$script"
	done
	: > "$1/DEBIAN/conffiles"
}

# put TREE NAME KIND CONTENT
put() {
	local tree=$1 name=$2 scripts

	scripts=("$tree"/DEBIAN/{pre,post}{inst,rm})
	case $3 in
	moved)	echo "$name $4" > "$tree/usr/etc/t/$name" ;;
	mvconffile) echo "$name $4" > "$tree/etc/t/$name.d"
		echo "/etc/t/$name.d" >> "$tree/DEBIAN/conffiles" ;;
	none|rmconffile|heir) ;;
	*)	echo "$name $4" > "$tree/etc/t/$name" ;;
	esac
	case $3 in
	conffile|taken|edited|chmodded)
		echo "/etc/t/$name" >> "$tree/DEBIAN/conffiles" ;;
	rmconffile) printf 'dpkg-maintscript-helper rm_conffile %s 2 -- "$@"\n' \
		"/etc/t/$name" | tee -a "${scripts[@]}" ;;
	mvconffile) printf 'dpkg-maintscript-helper mv_conffile %s %s 2 -- "$@"\n' \
		"/etc/t/$name" "/etc/t/$name.d" | tee -a "${scripts[@]}" ;;
	esac > /dev/null
	case $3 in
	taken)	echo "rm -f \"\$DPKG_ROOT/etc/t/$name\"" ;;
	edited)	echo "echo scripted >> \"\$DPKG_ROOT/etc/t/$name\"" ;;
	chmodded) echo "chmod 600 \"\$DPKG_ROOT/etc/t/$name\"" ;;
	esac >> "$tree/DEBIAN/postinst"
}

# end_tree TREE DEB
end_tree() {
	(cd "$1" && find etc usr -type f -exec md5sum {} +) |
	    awk 'NR == FNR { conf[$0]; next } !(("/" $2) in conf)' \
	    "$1/DEBIAN/conffiles" - > "$1/DEBIAN/md5sums"
	dpkg-deb -b --root-owner-group -Znone "$1" "$2" > /dev/null
}

# build_one DIR POLICY VERSION
build_one() {
	local tree=$1/tree-$2-$3 name v1 c1 edit v2 c2

	begin_tree "$tree" "matrix-$2" "$3" < /dev/null
	while read -r name v1 c1 edit v2 c2; do
		if [ "$3" = 1 ]; then
			put "$tree" "$name" "$v1" "$c1"
		else
			put "$tree" "$name" "$v2" "$c2"
		fi
	done < <(cells "$2")
	end_tree "$tree" "$1/$2-$3.deb"
}

build_heir() {
	local tree=$1/tree-heir name v1 c1 edit v2 c2

	begin_tree "$tree" matrix-heir 2 <<-END
	Replaces: matrix-old (<< 2)
	Breaks: matrix-old (<< 2)
	END
	while read -r name v1 c1 edit v2 c2; do
		[ "$v2" != heir ] || put "$tree" "$name" conffile "$c2"
	done < <(cells old)
	end_tree "$tree" "$1/heir-2.deb"
}

# build DIR: DIR/POLICY-VERSION.deb
build() {
	local policy

	mkdir -p "$1"
	for policy in $policies; do
		build_one "$1" "$policy" 1
		build_one "$1" "$policy" 2
	done
	build_heir "$1"
}

# edited ROOT POLICY: what an administrator did there.
edited() {
	local name v1 c1 edit v2 c2 file

	while read -r name v1 c1 edit v2 c2; do
		file=$1/etc/t/$name
		case $edit in
		edit)	echo edited >> "$file" ;;
		remove)	rm "$file" ;;
		mode)	chmod 600 "$file" ;;
		make)	echo own > "$file" ;;
		next)	echo "$name $c2" > "$file" ;;
		esac
	done < <(cells "$2")
}
