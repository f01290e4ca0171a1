# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034,SC2154
# Packages with one file for each line of $cases, two versions of them:
#   matrix, matrix-twin (shares some of the files), matrix-gone 1 (is removed),
#   matrix-other 2 (nobody installs it)
# A line is
#
#	NAME  V1 CONTENT  EDIT  V2 CONTENT  | LOCAL SHIPPED RESULT DECISION | HOW
#
# V1, V2: config, noreplace, ghost, plain, none; link, linknoreplace (%config,
# to CONTENT); dir; any of them after "both-" is matrix-twin's as well;
# moved (to /usr/etc); handed (the same, and an edited one is put back in
# %posttrans, as openSUSE does it); sub (to /etc/t/sub); other (to
# matrix-other); erased (with its package); taken, edited, renamed, chmodded
# (by scriptlets); takes (the same of what no package has).
# CONTENT: WORD[@MODE]. EDIT, what an administrator did: keep, edit, remove,
# mode, make, next (it is what the second version ships). What is expected
# begins at the first bar.

cells() {
	sed 's/|.*//; /^#/d; /^[[:space:]]*$/d' "$cases"
}

# put NAME KIND CONTENT: a line of %install.
put() {
	case ${2#both-} in
	none|renamed|erased|takes) ;;
	sub)	echo "mkdir -p %{buildroot}/etc/t/sub"
		echo "echo $1 $3 > %{buildroot}/etc/t/sub/$1" ;;
	moved|handed) echo "echo $1 $3 > %{buildroot}/usr/etc/t/$1" ;;
	link|linknoreplace) echo "ln -s $3 %{buildroot}/etc/t/$1" ;;
	dir)	echo "mkdir %{buildroot}/etc/t/$1" ;;
	*)	echo "echo $1 ${3%@*} > %{buildroot}/etc/t/$1" ;;
	esac
}

# listed NAME KIND CONTENT: its line of %files.
listed() {
	local flag=644

	case $3 in
	*@*)	flag=${3#*@} ;;
	esac
	flag="%attr($flag,root,root)"
	case ${2#both-} in
	config|taken|edited|chmodded) echo "$flag %config /etc/t/$1" ;;
	noreplace) echo "$flag %config(noreplace) /etc/t/$1" ;;
	ghost)	echo "$flag %ghost %config /etc/t/$1" ;;
	plain)	echo "$flag /etc/t/$1" ;;
	link|dir) echo "%config /etc/t/$1" ;;
	linknoreplace) echo "%config(noreplace) /etc/t/$1" ;;
	sub)	echo "/etc/t/sub/$1" ;;
	moved|handed) echo "/usr/etc/t/$1" ;;
	esac
}

# scriptlet NAME KIND: in Lua, which rpm brings along.
scriptlet() {
	case $2 in
	taken|takes) echo "os.remove('/etc/t/$1')" ;;
	edited)	echo "local f = io.open('/etc/t/$1', 'a');" \
		    "f:write('scripted'); f:close()" ;;
	chmodded) echo "posix.chmod('/etc/t/$1', 'rw-------')" ;;
	esac
}

# spec VERSION: the packages as its column of the table says.
spec() {
	local version=$1 name v1 c1 edit v2 c2 v c
	local install='' files='' twin='' other='' gone='' pre='' post=''
	local posttrans=''

	while read -r name v1 c1 edit v2 c2; do
		[ "$version" = 1 ] && v=$v1 c=$c1 || v=$v2 c=$c2
		install+=$(put "$name" "$v" "$c")$'\n'
		case $version-$v2 in
		1-erased) gone+="%config /etc/t/$name"$'\n' ;;
		*)	files+=$(listed "$name" "$v" "$c")$'\n' ;;
		esac
		case $v in
		both-*)	twin+=$(listed "$name" "$v" "$c")$'\n' ;;
		esac
		[ "$version" = 2 ] || continue
		case $v in
		other)	other+="%config /etc/t/$name"$'\n' ;;
		renamed) pre+="os.rename('/etc/t/$name', '/etc/t/$name.local')"
			pre+=$'\n' ;;
		handed) posttrans+="os.rename('/etc/t/$name.rpmsave', '/etc/t/$name')"
			posttrans+=$'\n' ;;
		esac
		post+=$(scriptlet "$name" "$v")$'\n'
	done < <(cells)
	cat <<-END
	Name: matrix
	Version: $version
	Release: 1
	Summary: each situation
	License: MIT
	BuildArch: noarch
	%description
	Each situation.
	%package twin
	Summary: what has some of it as well
	%description twin
	What has some of it as well.
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
	$install
	%pre -p <lua>
	$pre
	%post -p <lua>
	$post
	%posttrans -p <lua>
	$posttrans
	%files
	$files
	%files twin
	$twin
	%files other
	$other
	%files gone
	$gone
	END
}

# build DIR: DIR/noarch/*.rpm.
build() {
	local version top=$1/build

	mkdir -p "$top"
	for version in 1 2; do
		spec $version > "$top/matrix-$version.spec"
		rpmbuild -bb --define "_topdir $top" --define "_rpmdir $1" \
		    --define "_build_id_links none" \
		    --define "__os_install_post %{nil}" \
		    --define "_unpackaged_files_terminate_build 0" \
		    --define "_binary_payload w0.gzdio" \
		    "$top/matrix-$version.spec" > "$top/log" 2>&1 || {
			cat "$top/log" >&2
			return 1
		}
	done
}

# edited ROOT: what an administrator did there.
edited() {
	local name v1 c1 edit v2 c2 file

	while read -r name v1 c1 edit v2 c2; do
		file=$1/etc/t/$name
		case $edit-$v1 in
		edit-*link*) ln -sfn edited "$file" ;;
		edit-*)	echo edited >> "$file" ;;
		remove-*) rm "$file" ;;
		mode-*)	chmod 600 "$file" ;;
		make-*)	echo own > "$file" ;;
		next-*)	case $v2 in
			*link*)	ln -sfn "$c2" "$file" ;;
			*)	echo "$name ${c2%@*}" > "$file" ;;
			esac ;;
		esac
	done < <(cells)
}
