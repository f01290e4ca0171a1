#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154
# The packages of driftctl itself, installed by real package managers: what
# they put where, what it does there, and what is left when they are gone.

load ../lib.sh
load ../pm/lib.sh

setup_file() {
	local packages=$TOP/build/pm/packages

	pm_setup_file
	[ "$PM_STATUS" -eq 0 ] || return 0
	PM_BASE_HERE=$PM_BASE
	PM_BASE=$(bash "$TOP/tests/pm/packages.sh" "$packages" 2>&1) ||
		PM_STATUS=$?
	[ "$PM_STATUS" -ne 1 ] || { echo "$PM_BASE" >&2; return 1; }
	[ "$PM_STATUS" -eq 0 ] || return 0
	PM_BASE=$PM_BASE_HERE
	mkdir "$PM_SHARED/packages"
	cp -r "$packages"/{deb,rpm}{,.next} "$PM_SHARED/packages"
	cp "$TOP/tests/pm/foundation.sh" "$PM_SHARED"
	# From here on nothing of driftctl is there before it is installed.
	PM_LAYER=$BATS_FILE_TMPDIR/libraries
	bash "$TOP/tests/pm/layer.sh" "$(dirname "$DRIFTCTL")" "$PM_LAYER" \
	    libraries
	bash "$TOP/tests/pm/box.sh" "$PM_LAYER:$PM_BASE" "$PM_SHARED" \
	    bash /shared/foundation.sh
}

setup() {
	pm_setup
}

@test "apt installs what heals the next upgrade, and doctor is content" {
	box << 'EOS'
apt_ready
only_manager apt
driftctl_by_apt
[ "$(command -v driftctl)" = /usr/bin/driftctl ]
driftctl spec lint
dpkg -V driftctl driftctl-specs
for unit in multi-user.target.wants/driftctl-boot.service \
    timers.target.wants/driftctl-report.timer; do
	test -e /etc/systemd/system/$unit
done
# Before init no hook says a word.
apt-get install -y -q /shared/deb/cyrus-imapd-1.deb --reinstall
driftctl init -q
cron_is_there
apt_up
login_works
record
driftctl doctor -v
dpkg -V driftctl driftctl-specs
EOS
	[ "$status" -eq 0 ]
	says "nothing to mend"
	says "origin: apt"
	says "restored: /etc/pam.d/imap"
	says "well: apt has its hook, /etc/apt/apt.conf.d/00driftctl"
	says "well: dpkg has its hook, /etc/dpkg/dpkg.cfg.d/driftctl"
	says "all well: "
	says_not "no store"
}

@test "apt upgrades driftctl: settings, store and the verdict stay" {
	box << 'EOS'
apt_ready
driftctl_by_apt
echo "keep-snapshots: 7" >> /etc/driftctl/driftctl.yaml
driftctl init -q
driftctl log
apt-get install -y -q -o DPkg::Options::=--force-confold \
    /shared/packages/deb.next/driftctl{,-specs}_*.deb
dpkg-query -W driftctl
grep -x "keep-snapshots: 7" /etc/driftctl/driftctl.yaml
driftctl check || [ $? -eq 1 ]
driftctl log
record
driftctl verify
apt_up
login_works
EOS
	[ "$status" -eq 0 ]
	says "driftctl" "+next"
	says "package: driftctl " "+next"
	says "state: ended"
}

@test "removed or purged, driftctl leaves apt and dpkg as they were" {
	box << 'EOS'
before=$(find /etc /usr /lib /var/lib/systemd | sort)
apt_ready
driftctl_by_apt
driftctl init -q
apt-get remove -y -q driftctl driftctl-specs
[ ! -e /usr/bin/driftctl ]
echo "== removed"
dpkg -i /shared/deb/cyrus-imapd-1.deb
apt_up
apt-get install -y -q --reinstall /shared/deb/cyrus-sasl-saslauthd-1.deb
echo "== purge"
apt-get purge -y -q driftctl driftctl-specs foundation cyrus-imapd \
    cyrus-sasl-saslauthd
apt-config dump | grep driftctl || echo "nothing of apt's"
dpkg -i /shared/deb/cyrus-imapd-1.deb
dpkg -P cyrus-imapd
after=$(find /etc /usr /lib /var/lib/systemd | sort)
echo "left: $(diff <(echo "$before") <(echo "$after") | grep '^[<>]' | tr '\n' ' ')"
ls -d /var/lib/driftctl/repo.git
EOS
	[ "$status" -eq 0 ]
	says "nothing of apt's"
	says "what it recorded stays in /var/lib/driftctl"
	grep -x "left: > /etc/driftctl/seal.key *" <<< "$output"
	says_not "not found"
	says_not "cannot"
}

@test "zypper installs what heals its next upgrade" {
	box << 'EOS'
zypper_ready
only_manager zypper
driftctl_by_zypper
rpm -q driftctl driftctl-specs driftctl-zypp-plugin driftctl-completions
rpm -V driftctl driftctl-specs driftctl-zypp-plugin driftctl-completions
driftctl init -q
cron_is_there
zypper_up
login_works
record
driftctl doctor -v
EOS
	[ "$status" -eq 0 ]
	says "origin: zypp"
	says "restored: /etc/pam.d/imap"
	says "well: zypp has its hook"
	says "well: rpm runs the triggers of the package driftctl"
	says "all well: "
}

@test "the first hour of the README on an rpm machine ends with a mail" {
	sed -n '/^## The first hour/,/report --last/p' "$TOP/README.md" |
	    grep -oE '^    (driftctl|echo) .*' |
	    grep -v 'report --last' > "$PM_SHARED/first-hour"
	[ "$(wc -l < "$PM_SHARED/first-hour")" -ge 6 ]
	box << 'EOS'
zypper_ready
only_manager zypper
printf '#!/bin/sh\ncat > /tmp/mails/$$\n' > /usr/sbin/sendmail
chmod 755 /usr/sbin/sendmail
mkdir /tmp/mails
cron_is_there
SECONDS=0
driftctl_by_zypper
sh -e /shared/first-hour
waits 10 grep -rq "^Subject: driftctl .*: 0 flagged" /tmp/mails
echo "minutes to the first mail: $((SECONDS / 60))"
rm /tmp/mails/*
zypper_up
login_works
# What the timer starts.
driftctl report --mail || [ $? -eq 1 ]
waits 10 grep -rq "/etc/pam.d/imap" /tmp/mails
grep -h "imap" /tmp/mails/* | head -20
driftctl doctor
EOS
	[ "$status" -eq 0 ]
	says "minutes to the first mail: 0"
	says "cyrus-imapd"
	says "all well: "
}

@test "rpm alone: its triggers heal, whoever calls it" {
	box << 'EOS'
rpm -i /shared/rpm/noarch/{sh-1,cyrus-imapd-1,cyrus-sasl-saslauthd-1}-1.* \
    /shared/rpm/noarch/foundation-*
rpm -i /shared/packages/rpm/driftctl-{0,specs}*
driftctl init -q
rpm -U /shared/rpm/noarch/cyrus-imapd-2-1.*
login_works
record
EOS
	[ "$status" -eq 0 ]
	says "origin: rpm"
	says "restored: /etc/pam.d/imap"
}

@test "dnf's plugin is where dnf looks, and heals" {
	box << 'EOS'
dnf_ready
rpm -i /shared/rpm/noarch/foundation-*
rpm -i /shared/packages/rpm/driftctl-{0,specs,dnf}*
driftctl init -q
dnf_up
login_works
record
EOS
	[ "$status" -eq 0 ]
	says "origin: dnf"
	says "restored: /etc/pam.d/imap"
}

@test "zypper upgrades driftctl: settings, store and the verdict stay" {
	box << 'EOS'
zypper_ready
driftctl_by_zypper
echo "keep-snapshots: 7" >> /etc/driftctl/driftctl.yaml
driftctl init -q
zypper -q -n ar --no-gpgcheck dir:///shared/packages/rpm.next next
zypper -n --no-gpg-checks up driftctl driftctl-specs driftctl-zypp-plugin
rpm -q driftctl
grep -x "keep-snapshots: 7" /etc/driftctl/driftctl.yaml
rpm -V driftctl-specs driftctl-zypp-plugin
rpm -V driftctl || :
driftctl verify
driftctl check || [ $? -eq 1 ]
record
zypper_up
login_works
EOS
	[ "$status" -eq 0 ]
	says driftctl-0 -2.
	says "package: driftctl " "-2"
	says "state: ended"
}

@test "erased, driftctl leaves zypper, rpm and dnf as they were" {
	box << 'EOS'
zypper_ready
before=$(find /etc /usr /lib | sort)
driftctl_by_zypper
driftctl init -q
zypper -n rm driftctl driftctl-specs
rpm -qa | grep driftctl || echo "none is left"
zypper -q -n rr self
zypper_up
rpm -e cyrus-imapd
rpm -i /shared/rpm/noarch/cyrus-imapd-1-1.*
rpm -e foundation
after=$(find /etc /usr /lib | sort)
echo "left: $(diff <(echo "$before") <(echo "$after") | grep '^[<>]' | tr '\n' ' ')"
ls -d /var/lib/driftctl/repo.git
EOS
	[ "$status" -eq 0 ]
	says "none is left"
	says_not "not found"
	# Folders that no package here has stay; of driftctl only its key.
	[ "$(grep ^left: <<< "$output" | grep -o '/[^ ]*driftctl[^ ]*')" = \
	    /etc/driftctl/seal.key ]
}

@test "lintian and rpmlint have nothing to say" {
	needs lintian
	needs rpmlint
	cd "$TOP/build/pm/packages"
	# Nobody publishes them yet, so there is no address to write to.
	run lintian --fail-on error,warning --allow-root --suppress-tags \
	    bogus-mail-host,bogus-mail-host-in-debian-changelog deb/*.changes
	echo "$output"
	[ "$status" -eq 0 ]
	run rpmlint -r "$TOP/packaging/rpm/driftctl-rpmlintrc" \
	    "$TOP/packaging/rpm/driftctl.spec" rpm/*.rpm
	echo "$output"
	[[ "$output" == *" 0 errors, "* ]]
}
