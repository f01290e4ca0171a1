#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154
# doctor on machines where driftctl and its hooks are installed.

load ../lib.sh
load ../pm/lib.sh

setup_file() {
	pm_setup_file
}

setup() {
	pm_setup
}

@test "where everything is as it should be all is well" {
	box << 'EOS'
apt_ready
cron_is_there
driftctl init -q
apt_up
driftctl doctor -v
driftctl doctor
EOS
	[ "$status" -eq 0 ]
	says "well: apt has its hook, /etc/apt/apt.conf.d/00driftctl"
	says "well: the hooks ran when dpkg last changed packages" "Z-apt)"
	says "well: /etc/cron.d/driftctl starts the nightly report"
	says "well: the newest snapshot and the baseline are whole"
	says "all well: " " things were looked at [-v lists them]"
}

@test "each remedy for a hook mends it" {
	box << 'EOS'
apt_ready
cron_is_there
driftctl init -q
no_hooks
driftctl doctor || :
driftctl --format json doctor > /tmp/doctor.json || [ $? -eq 1 ]
sed -n 's/.*"remedy": "\(install .*\)"$/\1/p' /tmp/doctor.json > /tmp/remedies
cat /tmp/remedies
[ "$(wc -l < /tmp/remedies)" -eq 4 ]
sh -e /tmp/remedies
driftctl doctor
EOS
	[ "$status" -eq 0 ]
	says "zypp has no hook: what it does goes unnoticed until the night"
	says "dnf4 has no hook"
	says "install -D -m 755 /usr/local/share/driftctl/hooks/zypp-plugin"
	says "5 complaints" ||
	    says "4 complaints"
	says "all well"
}

@test "hooks that cannot work are told, with what keeps them from it" {
	box << 'EOS'
apt_ready
cron_is_there
driftctl init -q
chmod 644 /usr/lib/zypp/plugins/commit/driftctl
chmod 666 /etc/dpkg/dpkg.cfg.d/driftctl
echo '# mine' >> /usr/lib/python3/dist-packages/dnf-plugins/driftctl.py
echo '#clear DPkg::Pre-Invoke;' > /etc/apt/apt.conf.d/99mine
driftctl doctor
EOS
	[ "$status" -eq 1 ]
	says "the hook of zypp, /usr/lib/zypp/plugins/commit/driftctl, cannot be"
	says "    chmod 755 /usr/lib/zypp/plugins/commit/driftctl"
	says "others than root can change the hook of dpkg"
	says "the hook of dnf4, "
	says "the one that ships"
	says "    driftctl init --hooks"
	says "the hook of apt is there, but another file of apt's configuration"
	says "4 complaints"
}

@test "dnf's configuration can switch its plugins off" {
	box << 'EOS'
apt_ready
cron_is_there
driftctl init -q
mkdir -p /etc/dnf/plugins
printf '[main]\nenabled = 0\n' > /etc/dnf/plugins/driftctl.conf
driftctl doctor || :
rm /etc/dnf/plugins/driftctl.conf
printf '[main]\nplugins=False\n' > /etc/dnf/dnf.conf
driftctl doctor
EOS
	[ "$status" -eq 1 ]
	says "the hook of dnf4 is there, but /etc/dnf/plugins/driftctl.conf"
	says "the hook of dnf4 is there, but dnf.conf switches all plugins off"
}

@test "packages that changed without a hook are told until a hook has run" {
	box << 'EOS'
apt_ready
cron_is_there
driftctl init -q
sleep 2
mkdir /tmp/aside
mv /etc/apt/apt.conf.d/00driftctl /tmp/aside/apt
mv /etc/dpkg/dpkg.cfg.d/driftctl /tmp/aside/dpkg
apt_up > /dev/null
cp -a /tmp/aside/apt /etc/apt/apt.conf.d/00driftctl
cp -a /tmp/aside/dpkg /etc/dpkg/dpkg.cfg.d/driftctl
driftctl doctor && exit 1
echo "-- hooks that came later are no news"
driftctl hook timer
driftctl doctor -v
EOS
	[ "$status" -eq 0 ]
	says "packages changed, and nobody has looked at what that did: cyrus-imapd 1"
	says "    driftctl hook timer"
	says "well: dpkg has changed no package since its hooks came"
}

@test "a hook that was there and was not called is told of" {
	box << 'EOS'
apt_ready
cron_is_there
driftctl init -q
sleep 1
echo 'DPkg::Pre-Invoke "";' > /tmp/none
# As an installer does: other configuration, the same database.
APT_CONFIG=/tmp/none dpkg --no-act -l > /dev/null || :
mount --bind /tmp/none /etc/dpkg/dpkg.cfg.d/driftctl
: > /tmp/none
dpkg -i /shared/deb/cyrus-imapd-2.deb
umount /etc/dpkg/dpkg.cfg.d/driftctl
driftctl doctor || :
driftctl hook timer
driftctl doctor
EOS
	[ "$status" -eq 1 ]
	says "no hook was called when dpkg last changed packages, at 20"
	says "was found later ("
	says "    apt-config dump | grep driftctl"
}

@test "a transaction that nobody ended, and what failed in one, are told" {
	box << 'EOS'
apt_ready
cron_is_there
driftctl init -q
sleep 60 &
owner=$!
driftctl hook rpm begin --owner $owner
driftctl doctor -v
kill $owner
wait $owner || :
driftctl doctor || [ $? -eq 1 ]
echo 'lock-wait: 1' > /etc/driftctl/driftctl.yaml
flock -o $store/lock driftctl hook timer || :
driftctl hook timer
driftctl doctor
EOS
	[ "$status" -eq 1 ]
	says "well: the transaction " "Z-rpm is under way"
	says "Z-rpm (sleep 60) was begun and never ended"
	says "driftctl could not do everything in the last transaction"
}

@test "zypper's and rpm's last runs are known, and triggers are asked for" {
	box << 'EOS'
zypper_ready
cron_is_there
driftctl init -q
zypper_up > /dev/null
driftctl doctor -v && exit 1
rpm -i --replacefiles /shared/self/noarch/driftctl-1-1.noarch.rpm
driftctl doctor -v
EOS
	says "well: the hooks ran when rpm last changed packages" "Z-zypp)"
	says "rpm alone, and programs that have no hook, change packages unnoticed"
	says "well: rpm runs the triggers of the package driftctl"
}

@test "where no program takes mail the remedy says what to install" {
	box << 'EOS'
[ ! -e /usr/sbin/sendmail ]
apt_ready
cron_is_there
mkdir -p /etc/driftctl
echo 'mail: root' > /etc/driftctl/driftctl.yaml
driftctl init -q
driftctl hook notify --test || :
driftctl doctor > /tmp/doctor || [ $? -eq 1 ]
cat /tmp/doctor
awk 'length > 80 { exit 1 }' /tmp/doctor
cat > /usr/sbin/sendmail << 'END'
#!/bin/sh
cat > /dev/null
END
chmod 755 /usr/sbin/sendmail
driftctl doctor
EOS
	[ "$status" -eq 0 ]
	output=$(tr -s '\\ \n' ' ' <<< "$output") \
	    says "/usr/sbin/sendmail: this machine has no program that takes mail [install a mail server or msmtp-mta, or name another in driftctl.yaml: 'mail: {program: [...]}']; once that is mended, test it driftctl hook notify --test"
	says "all well"
}
