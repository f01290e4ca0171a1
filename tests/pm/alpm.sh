# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# In a box: the founding story's packages as makepkg(8) makes them, and pacman.

made=/tmp/alpm

# alpm_package NAME VERSION [BACKUP…]: what was put into $made/NAME, which goes.
alpm_package() {
	local from=$made/$1 name=$1 version=$2
	shift 2

	{
		cat << E
pkgname = $name
pkgbase = $name
pkgver = $version-1
pkgdesc = for tests
url = http://localhost
builddate = 1700000000
packager = nobody <nobody@localhost>
size = 100
arch = any
E
		[ $# -eq 0 ] || printf 'backup = %s\n' "$@"
	} > "$from/.PKGINFO"
	# What begins with a dot comes first.
	(cd "$from" && find . -mindepth 1 -maxdepth 1 -printf '%P\n' | sort |
	    tar --zstd --owner=0 --group=0 -T - \
	    -cf "$made/$name-$version-1-any.pkg.tar.zst")
	rm -r "${from:?}"
}

# cyrus VERSION [SCRIPT]: SCRIPT runs after an upgrade to it.
cyrus() {
	mkdir -p "$made/cyrus-imapd/usr/lib/cyrus/bin"
	echo "v$1" > "$made/cyrus-imapd/usr/lib/cyrus/bin/imapd"
	mkdir -p "$made/cyrus-imapd/usr/sbin"
	echo v1 > "$made/cyrus-imapd/usr/sbin/saslauthd"
	[ $# -eq 1 ] || printf 'post_upgrade() {\n\t%s\n}\n' "$2" \
	    > "$made/cyrus-imapd/.INSTALL"
	if [ "$1" -eq 1 ]; then
		mkdir -p "$made/cyrus-imapd/etc/pam.d"
		printf '%s required pam_permit.so\n' auth account |
		    tee "$made/cyrus-imapd/etc/pam.d/imap" \
		    > "$made/cyrus-imapd/etc/pam.d/smtp"
		alpm_package cyrus-imapd 1 etc/pam.d/imap etc/pam.d/smtp
	else
		alpm_package cyrus-imapd "$1"
	fi
}

pacman_install() {
	pacman --noconfirm -U "$@"
}

# The first version; there are no mirrors here, and nobody signs.
pacman_ready() {
	mkdir -p "$made" /var/lib/pacman /var/cache/pacman/pkg
	sed -i '/CheckSpace/d' /etc/pacman.conf
	cyrus 1
	cyrus 2
	# pacman starts the shell that runs this.
	cyrus 3 "kill -9 \$PPID"
	pacman_install "$made"/cyrus-imapd-1-*
}

# pacman_up [killing]: to the version that has no stacks for PAM.
pacman_up() {
	if [ "${1-}" = killing ]; then
		pacman_install "$made"/cyrus-imapd-3-*
	else
		pacman_install "$made"/cyrus-imapd-2-*
	fi
}

pacman_down() {
	pacman_install "$made"/cyrus-imapd-1-*
}
