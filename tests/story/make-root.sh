#!/bin/sh
# SPDX-License-Identifier: MIT
# make-root.sh DIR before|after
# Makes DIR look like an openSUSE mail server that also hosts a KVM guest,
# before the upgrade or after it. A script and no folder in git, because git
# keeps neither modes nor owners nor ACLs.
set -eu
umask 022

usage() {
	echo "usage: make-root.sh DIR before|after" >&2
	exit 2
}

[ $# -eq 2 ] || usage
case $2 in before|after) ;; *) usage ;; esac
if [ -e "$1" ] && [ -n "$(ls -A "$1")" ]; then
	echo "make-root.sh: $1: not empty" >&2
	exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
root=$(cd "$1" && pwd)

# file MODE PATH: standard input becomes PATH.
file() {
	mkdir -p "$root/$(dirname "$2")"
	cat > "$root/$2"
	chmod "$1" "$root/$2"
}

link() {
	mkdir -p "$root/$(dirname "$2")"
	ln -s "$1" "$root/$2"
}

# Owners other than the caller's can be given by root alone; for anybody else
# the story goes on without them.
owner() {
	[ "$(id -u)" -ne 0 ] || chown "$1" "$root/$2" 2>/dev/null || :
}

# What `applies` looks for where there is no package database.
programs() {
	for p in usr/sbin/saslauthd usr/sbin/spamd usr/sbin/cryptsetup \
	    usr/sbin/libvirtd usr/sbin/useradd usr/lib/cyrus/bin/imapd; do
		file 0755 $p < /dev/null
	done
	file 0600 var/lib/sss/db/config.ldb < /dev/null
}

system() {
	file 0644 usr/lib/os-release <<-'EOF'
	NAME="openSUSE Leap"
	VERSION="15.5"
	ID="opensuse-leap"
	ID_LIKE="suse opensuse"
	VERSION_ID="15.5"
	PRETTY_NAME="openSUSE Leap 15.5"
	EOF
	link ../usr/lib/os-release etc/os-release
	file 0644 etc/hostname <<-'EOF'
	post
	EOF
	file 0644 etc/passwd <<-'EOF'
	root:x:0:0:root:/root:/bin/bash
	bin:x:1:1:bin:/bin:/sbin/nologin
	daemon:x:2:2:Daemon:/sbin:/sbin/nologin
	mail:x:8:12:Mailer daemon:/var/spool/clientmqueue:/sbin/nologin
	cyrus:x:96:12:User for cyrus-imapd:/usr/lib/cyrus:/bin/bash
	sshd:x:498:498:SSH daemon:/var/lib/sshd:/sbin/nologin
	vscan:x:65:484:Vscan account:/var/spool/amavis:/sbin/nologin
	qemu:x:107:107:qemu user:/:/sbin/nologin
	nobody:x:65534:65534:nobody:/var/lib/nobody:/bin/bash
	EOF
	file 0644 etc/group <<-'EOF'
	root:x:0:
	bin:x:1:daemon
	daemon:x:2:
	mail:x:12:
	shadow:x:15:
	vscan:x:484:
	sshd:x:498:
	qemu:x:107:
	nobody:x:65534:
	EOF
	file 0640 etc/shadow <<-'EOF'
	root:$6$story$this.is.no.hash.of.any.password:19700::::::
	bin:!:19700::::::
	daemon:!:19700::::::
	mail:!:19700::::::
	cyrus:!:19700::::::
	sshd:!:19700::::::
	vscan:!:19700::::::
	qemu:!:19700::::::
	nobody:!:19700::::::
	EOF
	owner 0:15 etc/shadow
	file 0640 etc/gshadow <<-'EOF'
	root:!::
	shadow:!::
	EOF
	owner 0:15 etc/gshadow
	file 0644 etc/nsswitch.conf <<-'EOF'
	# SSSD is asked by PAM only: mail users are no users of this machine.
	passwd:		compat
	group:		compat
	shadow:		compat

	hosts:		files dns
	networks:	files dns

	services:	files
	protocols:	files
	netgroup:	files nis
	EOF
	file 0440 etc/sudoers <<-'EOF'
	Defaults always_set_home
	Defaults secure_path="/usr/sbin:/usr/bin:/sbin:/bin"
	Defaults env_reset
	Defaults targetpw
	ALL	ALL=(ALL) ALL	# only together with targetpw
	root	ALL=(ALL) ALL
	@includedir /etc/sudoers.d
	EOF
	mkdir "$root/etc/sudoers.d"
	chmod 0750 "$root/etc/sudoers.d"
	file 0640 etc/ssh/sshd_config <<-'EOF'
	PermitRootLogin prohibit-password
	AuthorizedKeysFile	.ssh/authorized_keys
	UsePAM yes
	X11Forwarding no
	Subsystem	sftp	/usr/lib/ssh/sftp-server
	EOF
}

pam() {
	file 0644 etc/pam.d/common-auth <<-'EOF'
	#%PAM-1.0
	auth	required	pam_env.so
	auth	sufficient	pam_unix.so	try_first_pass
	auth	required	pam_sss.so	use_first_pass
	EOF
	file 0644 etc/pam.d/common-account <<-'EOF'
	#%PAM-1.0
	account	requisite	pam_unix.so	try_first_pass
	account	sufficient	pam_localuser.so
	account	required	pam_sss.so	use_first_pass
	EOF
	file 0644 etc/pam.d/common-password <<-'EOF'
	#%PAM-1.0
	password	requisite	pam_cracklib.so
	password	sufficient	pam_unix.so	use_authtok shadow
	password	required	pam_sss.so	use_authtok
	EOF
	file 0644 etc/pam.d/common-session <<-'EOF'
	#%PAM-1.0
	session	required	pam_limits.so
	session	required	pam_unix.so	try_first_pass
	session	optional	pam_sss.so
	session	optional	pam_umask.so
	EOF
	for what in auth account password session; do
		mv "$root/etc/pam.d/common-$what" \
		    "$root/etc/pam.d/common-$what-pc"
		link common-$what-pc etc/pam.d/common-$what
	done
	file 0644 etc/pam.d/other <<-'EOF'
	#%PAM-1.0
	auth	 required	pam_warn.so
	auth	 required	pam_deny.so
	account	 required	pam_warn.so
	account	 required	pam_deny.so
	password required	pam_warn.so
	password required	pam_deny.so
	session	 required	pam_warn.so
	session	 required	pam_deny.so
	EOF
	file 0644 etc/pam.d/sshd <<-'EOF'
	#%PAM-1.0
	auth	 requisite	pam_nologin.so
	auth	 include	common-auth
	account	 requisite	pam_nologin.so
	account	 include	common-account
	password include	common-password
	session	 required	pam_loginuid.so
	session	 include	common-session
	EOF
	file 0644 etc/pam.d/login <<-'EOF'
	#%PAM-1.0
	auth	 requisite	pam_nologin.so
	auth	 include	common-auth
	account	 include	common-account
	password include	common-password
	session	 required	pam_loginuid.so
	session	 include	common-session
	EOF
	for service in imap smtp sieve; do
		file 0644 etc/pam.d/$service <<-'EOF'
		#%PAM-1.0
		auth	 sufficient	pam_sss.so
		auth	 required	pam_deny.so
		account	 sufficient	pam_sss.so
		account	 required	pam_deny.so
		EOF
	done
	file 0644 etc/sysconfig/saslauthd <<-'EOF'
	SASLAUTHD_AUTHMECH="pam"
	SASLAUTHD_THREADS="5"
	SASLAUTHD_PARAMS=""
	EOF
	file 0600 etc/sssd/sssd.conf <<-'EOF'
	[sssd]
	config_file_version = 2
	services = pam
	domains = mail

	[domain/mail]
	id_provider = ldap
	auth_provider = ldap
	access_provider = ldap
	ldap_access_order = host
	ldap_uri = ldaps://ldap.example.org
	ldap_search_base = ou=people,dc=example,dc=org
	ldap_default_bind_dn = cn=sssd,dc=example,dc=org
	ldap_default_authtok = an-example-and-no-password
	EOF
	chmod 0700 "$root/etc/sssd"
}

spam() {
	file 0644 etc/mail/spamassassin/init.pre <<-'EOF'
	loadplugin Mail::SpamAssassin::Plugin::URIDNSBL
	loadplugin Mail::SpamAssassin::Plugin::SPF
	EOF
	file 0644 etc/mail/spamassassin/v310.pre <<-'EOF'
	# DCC - perform DCC message checks.
	#loadplugin Mail::SpamAssassin::Plugin::DCC

	# Pyzor - perform Pyzor message checks.
	#loadplugin Mail::SpamAssassin::Plugin::Pyzor

	# Razor2 - perform Razor2 message checks.
	#loadplugin Mail::SpamAssassin::Plugin::Razor2

	# SpamCop - perform SpamCop message reporting
	#loadplugin Mail::SpamAssassin::Plugin::SpamCop

	loadplugin Mail::SpamAssassin::Plugin::AutoLearnThreshold
	loadplugin Mail::SpamAssassin::Plugin::MIMEHeader
	loadplugin Mail::SpamAssassin::Plugin::ReplaceTags
	EOF
	file 0640 etc/mail/spamassassin/local.cf <<-'EOF'
	required_score 5.0
	report_safe 0
	trusted_networks 192.0.2.0/24
	use_bayes 1
	EOF
	owner 0:484 etc/mail/spamassassin/local.cf
	if command -v setfacl > /dev/null; then
		setfacl -m u:96:r "$root/etc/mail/spamassassin/local.cf" \
		    2> /dev/null || :
	fi
	file 0644 etc/sysconfig/spamd <<-'EOF'
	## Type: string
	## Default: "-d -c"
	SPAMD_ARGS="-d -c -L --max-children=5 --allowed-ips=127.0.0.1"
	EOF
	file 0644 usr/lib/systemd/system/spamd.service <<-'EOF'
	[Unit]
	Description=Spamassassin daemon
	After=remote-fs.target network.target
	Before=mail-transfer-agent.target

	[Service]
	Type=forking
	PIDFile=/run/spamd.pid
	EnvironmentFile=-/etc/sysconfig/spamd
	ExecStart=/usr/sbin/spamd $SPAMD_ARGS -r /run/spamd.pid
	ExecReload=/bin/kill -HUP $MAINPID

	[Install]
	WantedBy=multi-user.target
	EOF
	link /usr/lib/systemd/system/spamd.service \
	    etc/systemd/system/multi-user.target.wants/spamd.service
}

volumes() {
	file 0600 etc/crypttab <<-'EOF'
	cr_home  UUID=6d3a1c5e-0f0b-4b0e-9a53-1f1f6b0c7a01 none luks
	cr_mail  UUID=6d3a1c5e-0f0b-4b0e-9a53-1f1f6b0c7a02 /etc/cryptsetup-keys.d/cr_mail.key luks
	EOF
	file 0400 etc/cryptsetup-keys.d/cr_mail.key <<-'EOF'
	an example and no key
	EOF
	chmod 0700 "$root/etc/cryptsetup-keys.d"
	file 0644 etc/fstab <<-'EOF'
	UUID=6d3a1c5e-0f0b-4b0e-9a53-1f1f6b0c7a00 /     btrfs defaults 0 0
	/dev/mapper/cr_home                       /home xfs   defaults 0 0
	EOF
	file 0600 etc/libvirt/qemu/mail.xml <<-'EOF'
	<domain type='kvm'>
	  <name>mail</name>
	  <uuid>2f4c7d8e-53f5-4a61-9d0b-7d2f0c3f9a11</uuid>
	  <memory unit='KiB'>4194304</memory>
	  <vcpu placement='static'>2</vcpu>
	  <os>
	    <type arch='x86_64' machine='pc-q35-7.1'>hvm</type>
	    <boot dev='hd'/>
	  </os>
	  <devices>
	    <emulator>/usr/bin/qemu-system-x86_64</emulator>
	    <disk type='block' device='disk'>
	      <driver name='qemu' type='raw' cache='none' io='native'/>
	      <source dev='/dev/mapper/cr_mail'/>
	      <target dev='vda' bus='virtio'/>
	    </disk>
	    <interface type='bridge'>
	      <source bridge='br0'/>
	      <model type='virtio'/>
	    </interface>
	  </devices>
	</domain>
	EOF
	link /etc/libvirt/qemu/mail.xml etc/libvirt/qemu/autostart/mail.xml
}

programs
system
pam
spam
volumes
# Long ago, so that a restored file is told from a new one.
find "$root/etc" "$root/usr" -type f \
    -exec touch -t 202403101200 {} +
if [ "$2" = after ]; then
	sh "$here/upgrade.sh" "$root"
fi
