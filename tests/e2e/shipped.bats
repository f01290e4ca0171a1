#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154
# The relations that ship: they find what is missing, and are silent else.

load ../lib.sh

setup() {
	scratch
	mkdir -p "$ROOT/etc/pam.d" "$ROOT/usr/sbin" "$ROOT/usr/lib" \
	    "$ROOT/bin"
	touch "$ROOT/bin/sh"
	echo "root:x:0:0:root:/root:/bin/sh" > "$ROOT/etc/passwd"
	echo "root:x:0:" > "$ROOT/etc/group"
	mkdir "$BATS_TEST_TMPDIR/specs"
	cp "$TOP"/specs/catalog/{login-libraries,pam-stacks,crypttab-boot,postfix-maps}.yaml \
	    "$BATS_TEST_TMPDIR/specs"
	# The relations of this one alone.
	sed '/^rules:/,/^relations:/{/^relations:/!d}' \
	    "$TOP/specs/catalog/libvirt.yaml" \
	    > "$BATS_TEST_TMPDIR/specs/libvirt.yaml"
}

t() {
	d --specs "$BATS_TEST_TMPDIR/specs" "$@"
}

holds() {
	t check
	[ "$status" -eq 0 ]
}

# fails WORDS…: one line that has them all, and drift.
fails() {
	t check
	[ "$status" -eq 1 ]
	says "$@"
}

# libraries FOLDER: modules and name services, as a package installs them.
libraries() {
	mkdir -p "$ROOT$1/security"
	touch "$ROOT$1"/security/pam_{unix,deny,permit,nologin,env,faillock}.so \
	    "$ROOT$1/libnss_mdns4_minimal.so.2"
}

debian() {
	libraries "/usr/lib/$(uname -m)-linux-gnu"
	ln -s usr/lib "$ROOT/lib"
	cat > "$ROOT/etc/pam.d/common-auth" <<-'END'
	auth	[success=1 default=ignore]	pam_unix.so nullok
	auth	requisite			pam_deny.so
	auth	required			pam_permit.so
	auth	optional			pam_cap.so
	END
	cat > "$ROOT/etc/pam.d/login" <<-'END'
	auth requisite pam_nologin.so
	session [success=ok ignore=ignore module_unknown=ignore default=bad] pam_selinux.so close
	-session optional pam_systemd.so
	@include common-auth
	END
	cat > "$ROOT/etc/nsswitch.conf" <<-'END'
	passwd:         files systemd
	hosts:          files mdns4_minimal [NOTFOUND=return] dns mymachines
	netgroup:       nis
	END
}

@test "what Debian ships is healthy, and what is taken from it is told" {
	debian
	t init
	holds
	rm "$ROOT/usr/lib/$(uname -m)-linux-gnu/security/pam_unix.so"
	fails /etc/pam.d/common-auth:1 pam_unix.so pam-stacks/services
	# One fault is one finding.
	[ "$(grep -c '^[a-z].*pam_unix' <<< "$output")" -eq 1 ]
	libraries "/usr/lib/$(uname -m)-linux-gnu"
	holds
	rm "$ROOT/usr/lib/$(uname -m)-linux-gnu/libnss_mdns4_minimal.so.2"
	fails /etc/nsswitch.conf:2 mdns4_minimal name-service-libraries
	libraries "/usr/lib/$(uname -m)-linux-gnu"
	mv "$ROOT/etc/pam.d/common-auth" "$ROOT/etc/pam.d/common-auth.dpkg-old"
	fails /etc/pam.d/login:4 common-auth pam-stacks/services
}

@test "Fedora's stacks are healthy, and lose a module in lib64" {
	libraries /usr/lib64
	ln -s usr/lib64 "$ROOT/lib64"
	cat > "$ROOT/etc/pam.d/password-auth" <<-'END'
	auth        required      pam_env.so
	auth        sufficient    pam_unix.so nullok
	auth        required      pam_faillock.so authfail
	-session    optional      pam_systemd.so
	END
	cat > "$ROOT/etc/pam.d/sshd" <<-'END'
	#%PAM-1.0
	auth       substack     password-auth
	END
	printf 'passwd: files sss systemd\nhosts: files myhostname resolve2 [!UNAVAIL=return] dns\n' \
	    | sed 's/resolve2 //' > "$ROOT/etc/nsswitch.conf"
	t init
	holds
	rm "$ROOT/usr/lib64/security/pam_faillock.so"
	fails /etc/pam.d/password-auth:3 pam_faillock.so
}

@test "openSUSE's vendor folder has what /etc includes" {
	libraries /usr/lib64
	mkdir -p "$ROOT/usr/lib/pam.d"
	echo "auth required pam_unix.so" > "$ROOT/usr/lib/pam.d/common-auth"
	echo "auth include common-auth" > "$ROOT/etc/pam.d/imap"
	printf 'passwd: compat systemd\nhosts: files dns\n' \
	    > "$ROOT/etc/nsswitch.conf"
	t init
	holds
	rm "$ROOT/usr/lib/pam.d/common-auth"
	fails /etc/pam.d/imap:1 common-auth pam-stacks/services
	# A root without any module is none that can be judged.
	rm "$ROOT"/usr/lib64/security/pam_*
	t check
	[[ $output != *login-libraries* && $output != *"not installed"* ]]
}

crypttab() {
	mkdir -p "$ROOT/usr/lib/systemd/system-generators"
	touch "$ROOT/usr/lib/systemd/systemd"
	GENERATOR=$ROOT/usr/lib/systemd/system-generators/systemd-cryptsetup-generator
	touch "$GENERATOR"
	cat > "$ROOT/etc/crypttab"
}

@test "the root volume alone needs no generator" {
	crypttab <<< "sda3_crypt UUID=1 none luks,discard"
	echo "/dev/mapper/sda3_crypt / ext4 defaults 0 1" > "$ROOT/etc/fstab"
	rm "$GENERATOR"
	t init
	holds
}

@test "a generator that a split package took away is missed" {
	crypttab <<-'END'
	sda3_crypt UUID=1 none luks
	cr_srv UUID=2 none
	cr_usb UUID=3 none noauto
	swap /dev/sda2 /dev/urandom swap
	END
	cat > "$ROOT/etc/fstab" <<-'END'
	/dev/mapper/sda3_crypt / ext4 defaults 0 1
	/dev/mapper/cr_srv /srv ext4 defaults 0 2
	END
	t init
	holds
	rm "$GENERATOR"
	fails /etc/crypttab:2 "'cr_srv' needs" systemd-cryptsetup-generator
	says /etc/crypttab:4 "'swap' needs" random-keys
	[ "$(grep -c crypttab-boot/ <<< "$output")" -eq 2 ]
	# Put where an older systemd has it.
	mkdir -p "$ROOT/lib/systemd/system-generators"
	touch "$ROOT/lib/systemd/system-generators/systemd-cryptsetup-generator"
	holds
}

@test "a key file that boot needs is missed, others are left alone" {
	mkdir "$ROOT/etc/keys"
	echo k > "$ROOT/etc/keys/a"
	crypttab <<-'END'
	a UUID=1 /etc/keys/a
	b UUID=2 none
	c UUID=3 /etc/keys/script-argument keyscript=/bin/x
	d UUID=4 /run/keys/d
	e UUID=5 /key:LABEL=stick
	f UUID=6 /etc/keys/f nofail,keyfile-timeout=9
	END
	t init
	holds
	rm "$ROOT/etc/keys/a"
	mkdir "$ROOT/etc/keys/a"
	fails /etc/crypttab:1 "which is a directory, expected a file"
	rmdir "$ROOT/etc/keys/a"
	fails /etc/crypttab:1 "/etc/keys/a, which is not there" key-files
}

@test "a table of postfix that nobody compiled is missed" {
	touch "$ROOT/usr/sbin/postfix"
	mkdir "$ROOT/etc/postfix"
	touch "$ROOT"/etc/postfix/{virtual,virtual.db,relay,relay.db}
	cat > "$ROOT/etc/postfix/main.cf" <<-'END'
	alias_maps = hash:/etc/aliases
	# canonical_maps = hash:/etc/postfix/canonical
	virtual_alias_maps = proxy:hash:/etc/postfix/virtual,
	  hash:/etc/postfix/relay
	mailbox_command_maps = lmdb:/etc/postfix/x, pcre:/etc/postfix/y
	END
	t init
	holds
	rm "$ROOT/etc/postfix/relay.db"
	fails /etc/postfix/main.cf:4 /etc/postfix/relay.db postfix-maps/tables
}

guest() {
	printf '<domain><devices>\n<disk type="block">\n<source dev="/dev/mapper/%s"/></disk></devices></domain>\n' \
	    "$1" > "$ROOT/etc/libvirt/qemu/$1.xml"
	ln -s "../$1.xml" "$ROOT/etc/libvirt/qemu/autostart/$1.xml"
}

@test "a guest's volume that crypttab no longer opens is missed" {
	mkdir -p "$ROOT/etc/libvirt/qemu/autostart"
	for name in cr_mail vg-cr_web crypt-root mpatha disk_crypt; do
		guest "$name"
	done
	printf 'cr_mail UUID=1\ndisk_crypt UUID=2\n' > "$ROOT/etc/crypttab"
	t init
	holds
	echo 'disk_crypt UUID=2' > "$ROOT/etc/crypttab"
	fails autostart/cr_mail.xml:3 "'cr_mail' is not among" \
	    libvirt/autostart-finds-its-disk
}
