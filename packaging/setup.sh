#!/bin/sh
# SPDX-License-Identifier: MIT
# setup.sh build|test|bench
# Installs what building (or testing or measuring as well) needs and this
# machine does not have, with the distribution's own package manager. Where all
# is there it prints nothing and needs no privileges.
set -u

# need    check                 apt-get               dnf                     zypper
# Checks: command:NAME, lib:NAME as pkg-config knows it, file:PATTERN,
# python:MODULE.NAME.
# rpm distributions find a library by its pkg-config name, whatever the
# package is called.
build_table='
must command:cc                 gcc                   gcc                     gcc
must file:/usr/include/stdio.h  libc6-dev             glibc-devel             glibc-devel
must command:make               make                  make                    make
must command:pkg-config         pkg-config            pkgconf-pkg-config      pkgconf-pkg-config
must command:msgfmt             gettext               gettext-tools           gettext-tools
must lib:libgit2                libgit2-dev           pkgconfig(libgit2)      pkgconfig(libgit2)
must lib:yaml-0.1               libyaml-dev           pkgconfig(yaml-0.1)     pkgconfig(yaml-0.1)
must lib:libxml-2.0             libxml2-dev           pkgconfig(libxml-2.0)   pkgconfig(libxml-2.0)
must lib:libarchive             libarchive-dev        pkgconfig(libarchive)   pkgconfig(libarchive)
must file:/usr/include/acl/libacl.h libacl1-dev       libacl-devel            libacl-devel
must lib:libpcre2-8             libpcre2-dev          pkgconfig(libpcre2-8)   pkgconfig(libpcre2-8)
must lib:libsodium              libsodium-dev         pkgconfig(libsodium)    pkgconfig(libsodium)
must lib:libdeflate             libdeflate-dev        pkgconfig(libdeflate)   pkgconfig(libdeflate)
must lib:libcrypto              libssl-dev            pkgconfig(libcrypto)    pkgconfig(libcrypto)
must lib:augeas                 libaugeas-dev         pkgconfig(augeas)       pkgconfig(augeas)
must file:/usr/share/augeas/lenses/dist augeas-lenses augeas-libs             augeas-lenses
must lib:libcryptsetup          libcryptsetup-dev     pkgconfig(libcryptsetup) pkgconfig(libcryptsetup)
must lib:libcurl                libcurl4-openssl-dev  pkgconfig(libcurl)      pkgconfig(libcurl)
must lib:rpm                    librpm-dev            pkgconfig(rpm)          pkgconfig(rpm)
'
test_table='
must lib:cmocka                 libcmocka-dev         pkgconfig(cmocka)       pkgconfig(cmocka)
must command:bats               bats                  bats                    bats
want command:crontab            cron                  cronie                  cron
must command:git                git                   git                     git
must command:setfacl            acl                   acl                     acl
must command:setfattr           attr                  attr                    attr
must command:setcap             libcap2-bin           libcap                  libcap-progs
must command:cryptsetup         cryptsetup-bin        cryptsetup              cryptsetup
must command:chattr             e2fsprogs             e2fsprogs               e2fsprogs
must command:zstd               zstd                  zstd                    zstd
must command:python3            python3               python3                 python3
want python:jsonschema.Draft202012Validator python3-jsonschema python3-jsonschema python3-jsonschema
want command:localedef           locales               glibc-locale-source     glibc-i18ndata
want command:xgettext            gettext               gettext                 gettext-tools
want python:yaml.safe_load      python3-yaml          python3-pyyaml          python3-PyYAML
must command:xmllint            libxml2-utils         libxml2                 libxml2-tools
want file:/usr/include/security/pam_appl.h libpam0g-dev pam-devel    pam-devel
want command:busybox            busybox               busybox                 busybox
want command:mandoc             mandoc                mandoc                  mandoc
want command:shellcheck         shellcheck            ShellCheck              ShellCheck
want command:systemd-analyze    systemd               systemd                 systemd
want command:script             bsdutils              util-linux              util-linux
want command:fuser              psmisc                psmisc                  psmisc
want command:openssl            openssl               openssl                 openssl
want command:msmtp              msmtp                 msmtp                   msmtp
want command:munpack            mpack                 mpack                   mpack
want command:chromium           chromium              chromium                chromium
want command:tidy               tidy                  tidy                    tidy
want command:promtool           prometheus            golang-github-prometheus golang-github-prometheus-prometheus
want command:valgrind           valgrind              valgrind                valgrind
want command:visudo             sudo                  sudo                    sudo
want command:rpmbuild           rpm                   rpm-build               rpm-build
want command:dh                 debhelper             debhelper               debhelper
want command:dpkg-buildpackage  dpkg-dev              dpkg-dev                dpkg
want command:lintian            lintian               lintian                 lintian
want command:rpmlint            rpmlint               rpmlint                 rpmlint
want command:zsh                zsh                   zsh                     zsh
want command:fish               fish                  fish                    fish
want command:mmdebstrap       mmdebstrap             mmdebstrap            mmdebstrap
want command:unshare            util-linux            util-linux              util-linux
want command:strace             strace                strace                  strace
want command:cppcheck           cppcheck              cppcheck                cppcheck
want command:clang              clang                 clang                   clang
want command:clang-tidy         clang-tidy            clang-tools-extra       clang-tools
want asan:gcc                   gcc                   libasan                 gcc
want ubsan:gcc                  gcc                   libubsan                gcc
want asan:clang                 libclang-rt-dev       compiler-rt             clang
'
bench_table='
must command:git                git                   git                     git
must command:python3            python3               python3                 python3
must command:setfacl            acl                   acl                     acl
must command:zstd               zstd                  zstd                    zstd
want command:aide               aide                  aide                    aide
want command:etckeeper          etckeeper             etckeeper               etckeeper
'

say() {
	echo "setup: $*"
}

die() {
	echo "setup: $*" >&2
	exit 2
}

any_file() {
	[ -e "$1" ]
}

# Read again after an installation, so nothing is remembered here.
present() {
	case $1 in
	command:make)	command -v make > /dev/null ;;
	command:*)	PATH=$PATH:/usr/sbin:/sbin command -v "${1#*:}" \
			    > /dev/null ;;
	lib:*)		pkg-config --exists "${1#*:}" 2> /dev/null ;;
	file:*)		[ -e "${1#*:}" ] ;;
	python:*)	set -- "${1#*:}"
			python3 -c "import ${1%.*}; $1" 2> /dev/null ;;
	asan:gcc)	any_file /usr/lib/gcc/*/*/libasan.so ||
			    any_file /usr/lib64/gcc/*/*/libasan.so ;;
	ubsan:gcc)	any_file /usr/lib/gcc/*/*/libubsan.so ||
			    any_file /usr/lib64/gcc/*/*/libubsan.so ;;
	asan:clang)	any_file /usr/lib/llvm*/lib/clang/*/lib/*/*asan* ||
			    any_file /usr/lib*/clang/*/lib/*/*asan* ;;
	*)		die "no way to check for '$1'" ;;
	esac
}

# The lines of the table whose check fails. One pkg-config call answers for
# all libraries where all are there, which is nearly always.
missing() {
	libs=$(echo "$table" | {
		while read -r need check rest; do
			case $check in lib:*) printf '%s ' "${check#*:}" ;; esac
		done
	})
	all_libs=no
	# shellcheck disable=SC2086 # a list of words
	pkg-config --exists $libs 2> /dev/null && all_libs=yes
	echo "$table" | while read -r need check rest; do
		case $all_libs:$check in
		*:|yes:lib:*) continue ;;
		esac
		present "$check" || echo "$need $check $rest"
	done
}

package_manager() {
	# shellcheck source=/dev/null
	distribution=$(. /etc/os-release 2> /dev/null &&
	    echo "${ID-} ${ID_LIKE-}")
	case " $distribution " in
	*debian*|*ubuntu*)	set -- apt-get ;;
	*suse*|*sles*)		set -- zypper ;;
	*fedora*|*rhel*)	set -- dnf ;;
	*)			set -- apt-get dnf zypper ;;
	esac
	for manager; do
		if command -v "$manager" > /dev/null; then
			echo "$manager"
			return 0
		fi
	done
	return 1
}

# names must|want: the packages of what is missing, each once.
names() {
	echo "$lacking" | while read -r need check apt dnf zypper; do
		[ "$need" = "$1" ] || continue
		case $manager in
		apt-get)	echo "$apt" ;;
		dnf)		echo "$dnf" ;;
		zypper)		echo "$zypper" ;;
		esac
	done | sort -u | tr '\n' ' ' | sed 's/ $//'
}

install() {
	case $manager in
	apt-get)
		$as_root env DEBIAN_FRONTEND=noninteractive apt-get \
		    install -y -q --no-install-recommends "$@" ;;
	dnf)
		$as_root dnf install -y -q \
		    --setopt=install_weak_deps=False "$@" ;;
	zypper)
		$as_root zypper --non-interactive --quiet install \
		    --no-recommends "$@" ;;
	esac
}

# A name unknown here makes the package manager refuse the whole list, so the
# ones that can be done without are then tried one by one.
# shellcheck disable=SC2086 # must and want are lists of words
install_all() {
	[ "$manager" != apt-get ] || $as_root apt-get update -q ||
		say "apt-get update failed, trying with the lists there are"
	install $must $want && return 0
	if [ -n "$must" ]; then
		install $must || die "cannot install: $must"
	fi
	for name in $want; do
		install "$name" || say "not to be had here: $name"
	done
}

case ${1-} in
build)	table=$build_table ;;
test)	table=$build_table$test_table ;;
bench)	table=$build_table$bench_table ;;
*)	echo "usage: setup.sh build|test|bench" >&2; exit 2 ;;
esac

lacking=$(missing)
[ -n "$lacking" ] || exit 0

manager=$(package_manager) ||
	die "no apt-get, dnf or zypper here; please install what provides:" \
	    "$(echo "$lacking" | cut -d ' ' -f 2 | tr '\n' ' ')"
must=$(names must)
want=$(names want)
all=$must${must:+${want:+ }}$want
as_root=
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo > /dev/null ||
		die "not root and no sudo; as root, run: $manager install $all"
	as_root=sudo
fi
say "installing with $manager: $all"
install_all

lacking=$(missing)
echo "$lacking" | {
	status=0
	while read -r need check rest; do
		case $need in
		must)	say "still missing: $check" >&2; status=2 ;;
		want)	say "without ${check#*:}: tests that need it will skip" ;;
		esac
	done
	exit "$status"
}
