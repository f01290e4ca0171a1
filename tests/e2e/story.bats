#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The upgrade this program exists for, and each of its harms.

load ../lib.sh

setup() {
	needs_root
	story_begins
}

@test "a healthy mail server is quiet" {
	d check
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
}

@test "a removed pam service file is critical drift, restored as it was" {
	before=$(facts_of etc/pam.d/imap)
	rm "$ROOT/etc/pam.d/imap"
	d check
	[ "$status" -eq 1 ]
	says critical /etc/pam.d/imap
	d restore --yes
	[ "$status" -eq 0 ]
	[ "$(facts_of etc/pam.d/imap)" = "$before" ]
	d check
	[ "$status" -eq 0 ]
}

@test "the finding of a removed service file says why it matters" {
	rm "$ROOT/etc/pam.d/smtp"
	d check
	[[ $output == *"denies everybody"* ]]
}

@test "units that systemd makes while it runs are no news" {
	mkdir -p "$ROOT/run/systemd"
	d accept -q -m "it has started"
	mkdir "$ROOT/run/systemd/transient"
	echo "[Unit]" > "$ROOT/run/systemd/transient/run-u1.service"
	d check
	[ "$status" -eq 0 ]
	says "clean: "
}

@test "the sentence of a rule that goes on ends once" {
	story_upgrade
	d check
	says "is not a block device; the file changed since the baseline"
	says_not ".;"
}

@test "both service files are named, and sieve, which is there, is not" {
	story_upgrade
	d check
	says /etc/pam.d/imap
	says /etc/pam.d/smtp
	says_not /etc/pam.d/sieve
}

@test "Razor2 and Pyzor loaded again is drift with its line" {
	story_upgrade
	d check
	[ "$status" -eq 1 ]
	says "/etc/mail/spamassassin/v310.pre:5"
}

@test "Razor2 is taken out of a new v310.pre, whose other lines stay" {
	cd "$ROOT/etc/mail/spamassassin"
	{
		echo "# a newer vendor's file"
		sed 's/^#\(.*Razor2\)/\1/' v310.pre
		echo "loadplugin Mail::SpamAssassin::Plugin::New"
	} > new
	sed 's/^\(loadplugin.*Razor2\)/#\1/' new > wanted
	cat new > v310.pre
	rm new
	mv wanted "$BATS_TEST_TMPDIR/wanted"
	d restore --rule spamassassin/no-remote-digests --yes
	cmp v310.pre "$BATS_TEST_TMPDIR/wanted"
}

@test "a swapped spamd unit is put back" {
	before=$(facts_of usr/lib/systemd/system/spamd.service)
	story_upgrade
	d check
	says critical /usr/lib/systemd/system/spamd.service
	d restore --rule spamd/unit --yes
	[ "$(facts_of usr/lib/systemd/system/spamd.service)" = "$before" ]
}

@test "removed spamd settings are put back" {
	before=$(facts_of etc/sysconfig/spamd)
	rm "$ROOT/etc/sysconfig/spamd"
	d check
	[ "$status" -eq 1 ]
	says /etc/sysconfig/spamd
	d restore --yes
	[ "$(facts_of etc/sysconfig/spamd)" = "$before" ]
}

@test "a dropped crypttab line is critical and comes back" {
	before=$(facts_of etc/crypttab)
	story_upgrade
	d check
	says critical /etc/crypttab
	d restore --yes
	[ "$(facts_of etc/crypttab)" = "$before" ]
}

@test "a crypttab line of the administrator's own stays once accepted" {
	echo "cr_new UUID=6d3a1c5e-0f0b-4b0e-9a53-1f1f6b0c7a03 none luks" \
	    >> "$ROOT/etc/crypttab"
	d check
	[ "$status" -eq 1 ]
	d accept -m "a third volume" /etc/crypttab
	[ "$status" -eq 0 ]
	d check
	[ "$status" -eq 0 ]
	d restore --yes
	[ "$status" -eq 0 ]
	grep -q ^cr_new "$ROOT/etc/crypttab"
}

@test "what is accepted is said, and that what was undone is lost with it" {
	story_upgrade
	d restore --yes
	d undo --yes
	[ "$status" -eq 0 ]
	d accept /etc/crypttab
	[ "$status" -eq 0 ]
	says "accepted: 1 changed"
	says "  changed  /etc/crypttab: content"
	says_not pam.d
	d accept -m "the new release"
	[ "$status" -eq 0 ]
	says "accepted: " " changed, 2 removed"
	says "  removed  /etc/pam.d/imap: file"
	says "warning: what was accepted is not what these rules ask for:"
	says critical "/etc/pam.d/imap: is missing" "[mail-auth-deny/service-files]"
	says "-> driftctl" " restore --rule mail-auth-deny/service-files"
	says_not razor
	d -q accept
	[ "$status" -eq 0 ]
	says critical "/etc/pam.d/imap: is missing"
	says_not "the baseline was"
	d --format json accept
	[[ $output == *'"changes": []'*'"rule": "service-files"'* ]]
	d restore --yes
	d accept
	says "accepted: " "2 added"
	says_not /etc/pam.d/imap: is missing
	for i in $(seq 14); do echo "$i" > "$ROOT/etc/new$i"; done
	d accept
	says "accepted: 14 added"
	says "  and 4 more"
	[ "$(grep -c '^  added ' <<< "$output")" -eq 10 ]
}

@test "a guest moved to an image file on sata is restored to its volume" {
	before=$(facts_of etc/libvirt/qemu/mail.xml)
	story_upgrade
	d check
	says critical /etc/libvirt/qemu/mail.xml
	d restore --yes
	[ "$(facts_of etc/libvirt/qemu/mail.xml)" = "$before" ]
}

@test "a dry run names what it would do and changes nothing" {
	story_upgrade
	before=$(picture)
	d restore --dry-run
	[ "$status" -eq 1 ]
	says /etc/pam.d/imap
	says /etc/crypttab
	[ "$(picture)" = "$before" ]
}

@test "a restore puts all of the upgrade's harm back, and undo brings it again" {
	# The release itself is no configuration and not put back.
	healthy=$(picture | grep -v ^./usr/lib/os-release)
	story_upgrade
	harmed=$(picture)
	d restore --yes
	[ "$status" -eq 0 ]
	[ "$(picture | grep -v ^./usr/lib/os-release)" = "$healthy" ]
	d undo --yes
	[ "$status" -eq 0 ]
	[ "$(picture)" = "$harmed" ]
	d check
	[ "$status" -eq 1 ]
}

@test "the secrets of the machine are in no report" {
	echo "ldap_default_authtok = another-example" \
	    >> "$ROOT/etc/sssd/sssd.conf"
	d check
	says /etc/sssd/sssd.conf
	says_not another-example
	d diff
	says_not another-example
	says_not an-example-and-no-password
}

@test "sssd.conf open to others is closed again, its content as it was" {
	chmod 0644 "$ROOT/etc/sssd/sssd.conf"
	before=$(sha256sum < "$ROOT/etc/sssd/sssd.conf")
	d check
	[ "$status" -eq 1 ]
	says critical /etc/sssd/sssd.conf
	d restore --yes
	mode=$(stat -c %a "$ROOT/etc/sssd/sssd.conf")
	[ "$mode" = 600 ] || [ "$mode" = 640 ]
	[ "$(sha256sum < "$ROOT/etc/sssd/sssd.conf")" = "$before" ]
}

@test "a second user with number 0 is critical" {
	echo "toor:x:0:0::/root:/bin/sh" >> "$ROOT/etc/passwd"
	d check
	[ "$status" -eq 1 ]
	says critical /etc/passwd
}

@test "a new ordinary user is no drift" {
	echo "anna:x:1000:100::/home/anna:/bin/bash" >> "$ROOT/etc/passwd"
	echo "anna:!:19700::::::" >> "$ROOT/etc/shadow"
	d check
	[ "$status" -eq 0 ]
}

@test "a service file moved to the vendor's folder is no drift of its absence" {
	mkdir -p "$ROOT/usr/lib/pam.d"
	mv "$ROOT/etc/pam.d/imap" "$ROOT/etc/pam.d/smtp" "$ROOT/usr/lib/pam.d/"
	d check
	[ "$status" -eq 1 ]
	says /etc/pam.d/imap
	says_not mail-auth-deny
}
