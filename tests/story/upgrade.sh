#!/bin/sh
# SPDX-License-Identifier: MIT
# upgrade.sh DIR
# What the distribution upgrade does to the machine in DIR (make-root.sh). No
# step leaves a backup, and none is an error to any package manager.
set -eu
umask 022

if [ $# -ne 1 ] || [ ! -f "$1/etc/pam.d/other" ]; then
	echo "usage: upgrade.sh DIR (made by make-root.sh)" >&2
	exit 2
fi
cd "$1"

# A new file in the old one's place, as rpm does it.
swap() {
	cat > "$1.rpmnew.$$"
	chmod 0644 "$1.rpmnew.$$"
	mv -f "$1.rpmnew.$$" "$1"
}

echo "removing /etc/pam.d/imap and smtp (unmodified, no longer packaged)"
rm -f etc/pam.d/imap etc/pam.d/smtp

echo "replacing v310.pre (Razor2 and Pyzor are loaded again)"
sed -e 's/^#\(loadplugin .*::\(Razor2\|Pyzor\)\)$/\1/' \
    etc/mail/spamassassin/v310.pre > v310.new
swap etc/mail/spamassassin/v310.pre < v310.new
rm -f v310.new

echo "replacing spamd.service (waits for rules from the internet)"
swap usr/lib/systemd/system/spamd.service <<'EOF'
[Unit]
Description=Spamassassin daemon
Wants=network-online.target
After=network-online.target

[Service]
Type=simple
ExecStartPre=/usr/bin/sa-update
ExecStart=/usr/sbin/spamd --max-children 2
Restart=on-failure

[Install]
WantedBy=multi-user.target
EOF

echo "rewriting /etc/crypttab (cr_mail is dropped)"
grep -v '^cr_mail' etc/crypttab > crypttab.new
cat crypttab.new > etc/crypttab
rm -f crypttab.new

echo "rewriting the guest mail (image file, sata)"
{
	cat <<'EOF'
<!--
WARNING: THIS IS AN AUTO-GENERATED FILE. CHANGES TO IT ARE LIKELY TO BE
OVERWRITTEN AND LOST. Changes to this xml configuration should be made using:
  virsh edit mail
or other application using the libvirt API.
-->

EOF
	sed -e "s/<disk type='block'/<disk type='file'/" \
	    -e "s/type='raw' cache='none' io='native'/type='qcow2'/" \
	    -e "s,source dev='/dev/mapper/cr_mail',source file='/var/lib/libvirt/images/mail.qcow2'," \
	    -e "s/dev='vda' bus='virtio'/dev='sda' bus='sata'/" \
	    etc/libvirt/qemu/mail.xml
} > mail.new
cat mail.new > etc/libvirt/qemu/mail.xml
rm -f mail.new

sed 's/15\.5/15.6/' usr/lib/os-release > os-release.new
cat os-release.new > usr/lib/os-release
rm -f os-release.new
