#!/bin/bash
# SPDX-License-Identifier: MIT
# rpm-matrix.sh DIR CASES
# Builds two versions of a package with one file for each line of CASES, has
# rpm install the first below DIR/root, does there what the line says an
# administrator did, copies all to DIR/before, and has rpm upgrade it. A line is
#
#	NAME  V1 CONTENT  EDIT  V2 CONTENT  | LOCAL SHIPPED RESULT DECISION | HOW
#
# V1, V2: config, noreplace, ghost, plain, none; moved (to /usr/etc); sub (to
# /etc/t/sub); other (to a package that is not installed); erased (with its
# package); taken, edited, renamed (by scriptlets). CONTENT: WORD[@MODE]. EDIT:
# keep, edit, remove, mode, make. What is expected begins at the first bar.
set -eu
dir=$1 cases=$2
top=$dir/build
mkdir -p "$top" "$dir/root"

cells() {
	sed 's/|.*//; /^#/d; /^[[:space:]]*$/d' "$cases"
}

# one VERSION: the package as its column of the table says.
one() {
	local version=$1 name v1 c1 edit v2 c2 v c flag

	cat <<-END
	Name: matrix
	Version: $version
	Release: 1
	Summary: each situation
	License: MIT
	BuildArch: noarch
	%description
	Each situation.
	%package other
	Summary: what moved out
	%description other
	What moved out.
	%package gone
	Summary: what is removed
	%description gone
	What is removed.
	%install
	mkdir -p %{buildroot}/etc/t %{buildroot}/usr/etc/t
	END
	while read -r name v1 c1 edit v2 c2; do
		[ "$version" = 1 ] && v=$v1 c=$c1 || v=$v2 c=$c2
		case $v in
		none|renamed|erased) ;;
		sub)	echo "mkdir -p %{buildroot}/etc/t/sub"
			echo "echo $name $c > %{buildroot}/etc/t/sub/$name" ;;
		moved)	echo "echo $name $c > %{buildroot}/usr/etc/t/$name" ;;
		*)	echo "echo $name ${c%@*} > %{buildroot}/etc/t/$name" ;;
		esac
	done < <(cells)
	# In Lua, which rpm brings along: there is no shell in the root.
	echo "%pre -p <lua>"
	[ "$version" = 1 ] || while read -r name v1 c1 edit v2 c2; do
		[ "$v2" != renamed ] ||
			echo "os.rename('/etc/t/$name', '/etc/t/$name.local')"
	done < <(cells)
	echo "%post -p <lua>"
	[ "$version" = 1 ] || while read -r name v1 c1 edit v2 c2; do
		case $v2 in
		taken)	echo "os.remove('/etc/t/$name')" ;;
		edited)	echo "local f = io.open('/etc/t/$name', 'a');" \
			    "f:write('scripted'); f:close()" ;;
		esac
	done < <(cells)
	echo "%files"
	while read -r name v1 c1 edit v2 c2; do
		[ "$version" = 1 ] && v=$v1 c=$c1 || v=$v2 c=$c2
		flag="%attr($(case $c in *@*) echo "${c#*@}" ;; *) echo 644 ;; esac),root,root)"
		[ "$v2" != erased ] || continue
		case $v in
		config|taken|edited) echo "$flag %config /etc/t/$name" ;;
		noreplace) echo "$flag %config(noreplace) /etc/t/$name" ;;
		ghost)	echo "$flag %ghost %config /etc/t/$name" ;;
		plain)	echo "$flag /etc/t/$name" ;;
		sub)	echo "/etc/t/sub/$name" ;;
		moved)	echo "/usr/etc/t/$name" ;;
		esac
	done < <(cells)
	echo "%files other"
	[ "$version" = 1 ] || while read -r name v1 c1 edit v2 c2; do
		[ "$v2" != other ] || echo "%config /etc/t/$name"
	done < <(cells)
	echo "%files gone"
	[ "$version" = 2 ] || while read -r name v1 c1 edit v2 c2; do
		[ "$v2" != erased ] || echo "%config /etc/t/$name"
	done < <(cells)
}

r() {
	rpm --root "$dir/root" --dbpath /var/lib/rpm --nodeps --ignoresize \
	    --nosignature --noplugins "$@"
}

for version in 1 2; do
	one $version > "$top/matrix-$version.spec"
	rpmbuild -bb --define "_topdir $top" --define "_rpmdir $dir" \
	    --define "_build_id_links none" --define "_unpackaged_files_terminate_build 0" \
	    "$top/matrix-$version.spec" > "$top/log" 2>&1 || {
		cat "$top/log" >&2
		exit 1
	}
done
mkdir -p "$dir/root/var/lib/rpm" "$dir/root/etc/t"
r -i "$dir/noarch/matrix-1-1.noarch.rpm" \
    "$dir/noarch/matrix-gone-1-1.noarch.rpm"
while read -r name v1 c1 edit v2 c2; do
	file=$dir/root/etc/t/$name
	case $edit in
	edit)	echo edited >> "$file" ;;
	remove)	rm "$file" ;;
	mode)	chmod 600 "$file" ;;
	make)	echo own > "$file" ;;
	esac
done < <(cells)
cp -a "$dir/root" "$dir/before"
r -U "$dir/noarch/matrix-2-1.noarch.rpm"
r -e matrix-gone
