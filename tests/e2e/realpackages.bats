#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154
# The distribution's own packages as judges of the catalogue: what they install
# is left in peace, and what upgrades do to it is found, and nothing else.

load ../lib.sh

setup_file() {
	local build=$BATS_TEST_DIRNAME/../realpackages.sh status=0

	MAIL=$(sh "$build" mail ca-certificates systemd systemd-sysv \
	    postfix dovecot-imapd dovecot-pop3d dovecot-managesieved \
	    spamassassin spamd sssd-common sssd-ldap libnss-sss libpam-sss \
	    sasl2-bin clamav-daemon clamav-freshclam clamav-milter \
	    amavisd-new fetchmail libvirt-daemon-system cryptsetup nftables \
	    firewalld openssh-server sudo cron) || status=$?
	if [ "$status" -eq 0 ]; then
		CYRUS=$(sh "$build" cyrus ca-certificates systemd \
		    systemd-sysv postfix cyrus-imapd cyrus-pop3d sasl2-bin \
		    sssd-common libpam-sss iptables-persistent cron) ||
		    status=$?
	fi
	# What it says of a failure is in place of the path.
	export MAIL CYRUS PACKAGES=$status
}

# site NAME MAKE: the site that MAKE sets up, with its baseline; made once.
site() {
	local made=$BATS_FILE_TMPDIR/$1

	if [ ! -e "$made" ]; then
		"$2"
		t init
		[ "$status" -eq 0 ]
		finds_nothing
		mkdir "$made"
		mv "$ROOT" "$made/root"
		mv "$STORE" "$made/store"
	fi
	cp -a "$made/root" "$ROOT"
	cp -a "$made/store" "$STORE"
}

setup() {
	skip_unless "${CYRUS:-$MAIL}" test "$PACKAGES" -eq 0
	scratch
	SITE=$BATS_TEST_TMPDIR/site
	mkdir "$SITE"
}

t() {
	d --specs "$TOP/specs/catalog" --specs "$SITE" "$@"
}

# finds ID…: these findings are there, in this order, and no others.
finds() {
	local expected

	expected=$(printf '%s\n' "$@" | sort)
	t --format json check
	output=$(python3 -c '
import json, sys
for f in json.load(sys.stdin)["findings"]:
    print(f["id"])' <<< "$output" | sort)
	diff <(echo "$expected") <(echo "$output")
}

finds_nothing() {
	t check
	[ "$status" -eq 0 ]
	[[ $output == clean:* ]]
}

# put FILE [MODE]: standard input is what is in it.
put() {
	mkdir -p "$ROOT${1%/*}"
	cat > "$ROOT$1"
	chmod "${2-0644}" "$ROOT$1"
}

# A mail server as somebody sets it up, with these packages.
make_mail() {
	cp -a "$MAIL" "$ROOT"
	put /etc/sssd/sssd.conf 0600 <<-'END'
	[sssd]
	services = nss, pam
	domains = example.org
	[domain/example.org]
	id_provider = ldap
	auth_provider = ldap
	ldap_uri = ldaps://ldap.example.org
	ldap_search_base = dc=example,dc=org
	ldap_id_use_start_tls = true
	access_provider = ldap
	ldap_access_order = host
	ldap_user_authorized_host = host
	END
	put /etc/pam.d/imap <<-'END'
	auth sufficient pam_sss.so
	auth required pam_deny.so
	account required pam_sss.so
	END
	cp -p "$ROOT/etc/pam.d/imap" "$ROOT/etc/pam.d/smtp"
	sed -i -E '/(Pyzor|Razor2)$/s/^loadplugin/#&/' \
	    "$ROOT/etc/spamassassin/v310.pre"
	put /etc/fetchmailrc 0600 <<-'END'
	poll imap.example.org proto imap user "u" password "p" ssl sslcertck
	END
	owner_is fetchmail /etc/fetchmailrc
}

mail_site() {
	site mail make_mail
}

# The number of the account stands in the root, not on this machine.
owner_is() {
	local uid

	uid=$(sed -n "s/^$1:[^:]*:\([0-9]*\):.*/\1/p" "$ROOT/etc/passwd")
	chown "$uid" "$ROOT$2"
}

# A host of virtual machines with encrypted volumes.
make_virt() {
	cp -a "$MAIL" "$ROOT"
	sed -i -E '/(Pyzor|Razor2)$/s/^loadplugin/#&/' \
	    "$ROOT/etc/spamassassin/v310.pre"
	printf 'cr_root UUID=1 none luks\ncr_mail UUID=2 none luks\n' |
	    put /etc/crypttab
	printf '/dev/mapper/cr_root / ext4 defaults 0 1\n' | put /etc/fstab
	local qemu=/etc/libvirt/qemu
	local from=$TOP/tests/cases/catalog/roots/debian-virt$qemu

	mkdir -p "$ROOT$qemu/autostart" "$ROOT$qemu/networks/autostart"
	put $qemu/mail.xml 0600 < "$from/mail.xml"
	put $qemu/networks/default.xml 0600 < "$from/networks/default.xml"
	ln -s $qemu/mail.xml "$ROOT$qemu/autostart"
	ln -s $qemu/networks/default.xml "$ROOT$qemu/networks/autostart"
	# QEMU itself is a large package.
	put /usr/bin/qemu-system-x86_64 0755 < /dev/null
}

virt_site() {
	site virt make_virt
}

@test "what the packages install is left in peace, but for Pyzor and Razor2" {
	cp -a "$MAIL" "$ROOT"
	t init
	[ "$status" -eq 0 ]
	finds 'spamassassin/no-remote-digests:/etc/spamassassin/v310.pre#lines.forbid'
	# Nothing was left in peace because it was not looked at.
	t spec list
	for spec in amavis-clamav clamd-socket disk-encryption dovecot \
	    fetchmail firewall libvirt login-libraries postfix spamassassin \
	    spamd system-login; do
		says "* $spec "
	done
}

@test "what cyrus and iptables install is left in peace" {
	cp -a "$CYRUS" "$ROOT"
	t init
	[ "$status" -eq 0 ]
	finds_nothing
	# None of them listens to anybody, or lets anybody in.
	sed -i 's/^allowanonymouslogin: no/allowanonymouslogin: yes/' \
	    "$ROOT/etc/imapd.conf"
	sed -i '/cmd="lmtpd/d' "$ROOT/etc/cyrus.conf"
	finds 'cyrus/no-anonymous-login:/etc/imapd.conf#lines.forbid' \
	    'cyrus/mail-is-delivered:/etc/cyrus.conf#lines.require'
}

@test "an upgrade that takes pam.d/imap away is told" {
	mail_site
	rm "$ROOT/etc/pam.d/imap"
	finds change:/etc/pam.d/imap
}

@test "a common-auth of the vendor that no longer asks SSSD is told" {
	mail_site
	sed -i -e /pam_sss/d -e s/success=2/success=1/ \
	    "$ROOT"/etc/pam.d/common-{auth,account}
	finds change:/etc/pam.d/common-account \
	    change:/etc/pam.d/common-auth \
	    'mail-auth/service-stacks:/etc/pam.d/dovecot#pam' \
	    'mail-auth/service-stacks:/etc/pam.d/dovecot#pam' \
	    'mail-auth/who-gets-in:/etc/pam.d/dovecot#pam.outcomes'
}

@test "Razor2 that comes back with a new v310.pre is told" {
	mail_site
	cp -p "$MAIL/etc/spamassassin/v310.pre" "$ROOT/etc/spamassassin"
	finds 'spamassassin/no-remote-digests:/etc/spamassassin/v310.pre#lines.forbid'
}

@test "a masked spamd is told" {
	mail_site
	rm "$ROOT/etc/systemd/system/multi-user.target.wants/spamd.service"
	ln -s /dev/null "$ROOT/etc/systemd/system/spamd.service"
	finds change:/etc/systemd/system/multi-user.target.wants/spamd.service \
	    'spamd/unit:/etc/systemd/system/spamd.service#masked'
}

@test "a unit of spamd that waits for the internet is told" {
	mail_site
	sed -i 's|^ExecStart=|ExecStartPre=/usr/bin/sa-update\n&|' \
	    "$ROOT/usr/lib/systemd/system/spamd.service"
	finds 'spamd/unit:/usr/lib/systemd/system/spamd.service#keys'
}

@test "passwords that others can read are told" {
	mail_site
	chmod 0644 "$ROOT/etc/fetchmailrc" "$ROOT/etc/sssd/sssd.conf"
	finds 'fetchmail/passwords:/etc/fetchmailrc#mode' \
	    'mail-auth/sssd-conf:/etc/sssd/sssd.conf#mode'
}

@test "a nsswitch.conf that knows SSSD no more is told" {
	mail_site
	sed -i 's/ sss$//' "$ROOT/etc/nsswitch.conf"
	finds change:/etc/nsswitch.conf
}

@test "a main.cf that relays for everybody is told" {
	mail_site
	sed -i -e 's|^mynetworks = .*|mynetworks = 0.0.0.0/0|' \
	    -e 's|^smtpd_relay_restrictions = .*|smtpd_relay_restrictions = permit|' \
	    "$ROOT/etc/postfix/main.cf"
	finds 'postfix/no-open-relay:/etc/postfix/main.cf#keys' \
	    'postfix/no-open-relay:/etc/postfix/main.cf#keys'
}

@test "TLS that is off is told, where the site demands it" {
	mkdir "$SITE/postfix.d"
	echo 'vars: {smtpd-tls-level: [may], smtp-tls-level: [may]}' \
	    > "$SITE/postfix.d/50-site.yaml"
	mail_site
	sed -i 's/^ssl = yes/ssl = no/' "$ROOT/etc/dovecot/conf.d/10-ssl.conf"
	sed -i 's/^\(smtpd\?_tls_security_level\)=.*/\1=none/' \
	    "$ROOT/etc/postfix/main.cf"
	finds 'dovecot/tls:/etc/dovecot/conf.d/10-ssl.conf#lines.forbid' \
	    'postfix/tls-in:/etc/postfix/main.cf#lines.require' \
	    'postfix/tls-out:/etc/postfix/main.cf#lines.require'
}

@test "a clamd that listens elsewhere is told" {
	mail_site
	sed -i 's|^LocalSocket .*|LocalSocket /run/clamav/clamd.sock|' \
	    "$ROOT/etc/clamav/clamd.conf"
	finds change:/etc/clamav/clamd.conf \
	    'clamd-socket/amavis:/etc/amavis/conf.d/15-av_scanners#relation' \
	    'clamd-socket/milter:/etc/clamav/clamav-milter.conf#relation'
}

@test "a volume that crypttab lost is told, with the guest that needs it" {
	virt_site
	sed -i /cr_mail/d "$ROOT/etc/crypttab"
	finds change:/etc/crypttab \
	    'libvirt/autostart-finds-its-disk:/etc/libvirt/qemu/autostart/mail.xml#relation'
}

@test "a guest whose volume became an image file is told" {
	virt_site
	sed -i -e "s|type='block' device='disk'|type='file' device='disk'|" \
	    -e "s|<source dev='/dev/mapper/cr_mail'/>|<source file='/var/lib/libvirt/images/mail.qcow2'/>|" \
	    -e "s|type='raw' cache='none' io='native'|type='qcow2'|" \
	    "$ROOT/etc/libvirt/qemu/mail.xml"
	finds 'libvirt-storage/images:/etc/libvirt/qemu/mail.xml#relation' \
	    'libvirt-volumes/disks:/etc/libvirt/qemu/mail.xml#xpath' \
	    'libvirt-volumes/disks:/etc/libvirt/qemu/mail.xml#xpath'
}
