#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154
# Upgrades that no hook saw are noticed at the next start of the machine.

load ../lib.sh
load ../pm/lib.sh

setup_file() {
	pm_setup_file
}

setup() {
	pm_setup
}

@test "an upgrade without hooks is made good at the next start" {
	box << 'EOS'
apt_ready
driftctl init -q
no_hooks
apt_up
not login_works
not ls $store/transactions/2*
driftctl hook boot
login_works
record
cat $store/transactions/*.report
EOS
	[ "$status" -eq 0 ]
	says "driftctl: no hook saw this change of packages: cyrus-imapd 1 -> 2 [driftctl doctor]"
	says "driftctl: put back: /etc/pam.d/imap, /etc/pam.d/smtp"
	says "origin: boot"
	says "package: cyrus-imapd all 1 2"
	says "restored: /etc/pam.d/imap" "cyrus-imapd 1 -> 2"
}

@test "so is one by zypper, and a second start finds nothing" {
	box << 'EOS'
zypper_ready
driftctl init -q
no_hooks
zypper_up
not login_works
driftctl hook boot
login_works
record
driftctl hook boot
ls $store/transactions | grep -c 'Z-boot$'
EOS
	[ "$status" -eq 0 ]
	says "restored: /etc/pam.d/imap" \
	    "cyrus-imapd 1-1 -> 2-1 no longer ships it; it went without a copy"
	[ "$(tail -n 1 <<< "$output")" = 1 ]
}

@test "another release alone is noticed" {
	box << 'EOS'
apt_ready
driftctl init -q
driftctl hook boot
sed -i 's/15\.5/15.6/' /etc/os-release
rm /etc/pam.d/imap
driftctl hook boot
login_works
record
cat $store/transactions/*.report
EOS
	[ "$status" -eq 0 ]
	says "driftctl: another release: openSUSE Leap 15.6, before it openSUSE Leap 15.5"
	says "release: openSUSE Leap 15.5 openSUSE Leap 15.6"
}

@test "an older state that was booted is said to be one, and stays older" {
	box << 'EOS'
apt_ready
printf '%s\n' 'spec: site' rules: '  - id: motd' '    path: /etc/motd' \
    '    why: It is ours.' '    on-change: restore' \
    > /etc/driftctl/specs/site.yaml
echo first > /etc/motd
cp -a /var/lib/dpkg /tmp/older
driftctl init -q
apt_up
echo second > /etc/motd
driftctl accept -q -m "mine" /etc/motd
no_hooks
rm -r /var/lib/dpkg
cp -a /tmp/older /var/lib/dpkg
echo first > /etc/motd
rm /etc/pam.d/imap
driftctl hook boot
login_works
record
cat /etc/motd
EOS
	[ "$status" -eq 0 ]
	says "driftctl: packages went back to older versions"
	says "package: cyrus-imapd all 2 1"
	says "restored: /etc/pam.d/imap"
	says_not "restored: /etc/motd"
	says "flagged: " /etc/motd
}

@test "what a person did since the last snapshot is left as it is" {
	box << 'EOS'
apt_ready
printf '%s\n' 'spec: site' rules: '  - id: ours' '    path: "/etc/{motd,imapd.conf}"' \
    '    why: They are ours.' '    on-change: restore' \
    > /etc/driftctl/specs/site.yaml
echo first > /etc/motd
driftctl init -q
no_hooks
echo mine > /etc/motd
apt_up
rm /etc/pam.d/imap 2> /dev/null || :
driftctl hook boot
record
cat /etc/motd
EOS
	[ "$status" -eq 0 ]
	says_not "restored: /etc/motd"
	says "flagged: " /etc/motd \
	    "since the last snapshot, by a scriptlet or by hand"
	says "restored: /etc/pam.d/imap" "cyrus-imapd 1 -> 2"
	[ "$(grep -v '^\[exit' <<< "$output" | tail -n 1)" = mine ]
	says "state: ended"
}

@test "a start waits for nobody for long, and never fails" {
	box << 'EOS'
apt_ready
echo 'lock-wait: 1' > /etc/driftctl/driftctl.yaml
driftctl init -q
no_hooks
apt_up
flock -o $store/lock sleep 60 &
SECONDS=0
driftctl hook boot
[ $SECONDS -le 5 ]
kill $!
ls $store/transactions
driftctl hook timer
login_works
EOS
	[ "$status" -eq 0 ]
	says "another driftctl (process"
	says "Z-boot.open"
}

# The units of a mail server: postfix notes what it finds as it starts. What is
# put back has what a sandbox likes to forbid, and a checker is run in one.
@test "under systemd all is well before the mail service starts" {
	boot_box << 'EOS'
apt_ready
cat > /etc/driftctl/specs/site.yaml << E
spec: site
rules:
  - id: helper
    path: /etc/helper
    why: It is ours.
    require: present
    on-drift: restore
  - id: checked
    path: /etc/passwd
    why: Users are what they are.
    command: {run: [/bin/true]}
E
cat > /usr/local/sbin/page << 'E'
#!/bin/sh
[ "$(readlink /proc/self/ns/net)" = "$(readlink /proc/1/ns/net)" ] &&
    echo "$DRIFTCTL_EVENT by $DRIFTCTL_ORIGIN, with the network" >> /shared/told
E
chmod 755 /usr/local/sbin/page
echo 'on-finding: {exec: [/usr/local/sbin/page]}' \
    > /etc/driftctl/driftctl.yaml
cp /bin/true /etc/helper
chown games:games /etc/helper
chmod 6755 /etc/helper
mknod /etc/node c 1 3
driftctl init -q
rm /etc/helper
no_hooks
dpkg -i /shared/deb/cyrus-imapd-2.deb > /dev/null
[ ! -e /etc/pam.d/imap ]
rm -f /shared/seen /shared/told /shared/mail
at_start postfix 'pamtester imap root authenticate > /shared/seen 2>&1'
at_start judge 'exec /bin/sh /judge' "postfix.service driftctl-boot.service"
cat > /judge << 'E'
exec > /shared/judged 2>&1
show() {
	systemctl show -p "$1" --value "$2"
}
echo "boot: $(show ActiveState driftctl-boot.service)" \
    "$(show Result driftctl-boot.service)"
ended=$(show ExecMainExitTimestampMonotonic driftctl-boot.service)
began=$(show ExecMainStartTimestampMonotonic postfix.service)
[ "$ended" -gt 0 ] && [ "$ended" -le "$began" ] && echo "boot was first"
grep -h -e ^origin: -e ^unknown: -e ^failed: \
    /var/lib/driftctl/transactions/2*-boot
stat -c '%a %U:%G' /etc/helper
echo "timer: $(show ActiveState driftctl-report.timer)"
rm /etc/helper
systemctl start driftctl-catch-up.service && echo "caught up"
n=0
until grep -q timer /shared/told || [ $((n += 1)) -gt 100 ]; do
	sleep 0.1
done
cat /shared/told
driftctl doctor -v
touch /etc/added
# The same again at night; what it says goes to the journal.
systemctl start driftctl-report.service
echo "report: $(show Result driftctl-report.service)" \
    "$(show ExecMainStatus driftctl-report.service)"
journalctl --no-pager -o cat -u driftctl-report.service
driftctl report --dry-run --always | tail -n 3
cat > /usr/local/sbin/mailer << 'F'
#!/bin/sh
sed 's/^/mailed: /' > /shared/mail
F
chmod 755 /usr/local/sbin/mailer
echo 'mail: {to: root, program: [/usr/local/sbin/mailer]}' \
    > /etc/driftctl/driftctl.yaml
touch /etc/added-too
systemctl start driftctl-report.service
n=0
until [ -s /shared/mail ] || [ $((n += 1)) -gt 100 ]; do
	sleep 0.1
done
cat /shared/mail
systemctl mask --now driftctl-report.timer
systemctl disable driftctl-boot.service
driftctl doctor | grep -A 1 systemctl
systemctl poweroff --force
E
systemctl enable postfix.service judge.service
systemctl set-default multi-user.target
EOS
	output=$(cat "$PM_SHARED/seen" "$PM_SHARED/judged")
	echo "$output"
	says "successfully authenticated"
	says "boot: active success"
	says "boot was first"
	says "origin: boot"
	says "timer: active"
	says "6755 games:games"
	says_not "unknown:"
	says_not "failed:"
	says "caught up"
	says "by boot, with the network"
	says "by timer, with the network"
	says "mailed: " "/etc/added-too"
	says "report: success 1"
	says "/etc/added"
	says "services' own checkers answered"
	says "well: driftctl-report.timer starts the nightly report"
	says "well: driftctl-boot.service looks for upgrades at each start"
	says "systemctl unmask driftctl-report.timer"
	says "systemctl enable driftctl-boot.service"
}

@test "a driftctl that hangs holds no service up for longer than allowed" {
	boot_box << 'EOS'
apt_ready
echo 'lock-wait: 3600' > /etc/driftctl/driftctl.yaml
driftctl init -q
no_hooks
dpkg -i /shared/deb/cyrus-imapd-2.deb > /dev/null
rm -f /shared/seen /shared/judged
mkdir /etc/systemd/system/driftctl-boot.service.d
printf '[Service]\nTimeoutStartSec=3\n' \
    > /etc/systemd/system/driftctl-boot.service.d/short.conf
cat > /etc/systemd/system/holder.service << E
[Unit]
DefaultDependencies=no
Before=driftctl-boot.service
[Service]
ExecStart=/usr/bin/flock $store/lock /bin/sleep 1000
[Install]
WantedBy=sysinit.target
E
at_start postfix 'echo started > /shared/seen'
at_start judge 'exec /bin/sh /judge' "postfix.service driftctl-boot.service"
cat > /judge << 'E'
exec > /shared/judged 2>&1
systemctl stop holder.service
driftctl doctor
systemctl start driftctl-catch-up.service
pamtester imap root authenticate
ls /var/lib/driftctl/transactions
systemctl poweroff --force
E
systemctl enable postfix.service judge.service holder.service
systemctl set-default multi-user.target
EOS
	output=$(cat "$PM_SHARED/seen" "$PM_SHARED/judged")
	echo "$output"
	says "started"
	says "driftctl-boot.service failed at the last start: timeout"
	says "Z-boot was begun and" || says "Z-boot (boot) was begun and never"
	says "successfully authenticated"
}

@test "systemd has nothing to say against the units, and little of their risks" {
	needs systemd-analyze
	dir=$BATS_TEST_TMPDIR/units
	make -s --no-print-directory -C "$TOP" install-units \
	    DESTDIR="$dir" UNITDIR=/
	# There must be a program by that name.
	sed -i 's|=\(-\{0,1\}\)/usr/local/bin/driftctl|=\1/bin/true|' "$dir"/*
	run systemd-analyze verify --man=no "$dir"/driftctl-*
	echo "$output"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	for unit in report boot catch-up; do
		run systemd-analyze security --offline=yes --threshold=45 \
		    "$dir/driftctl-$unit.service"
		tail -n 1 <<< "$output"
		[ "$status" -eq 0 ]
	done
}

@test "the table of cron is one, and silent where systemd runs" {
	make -s --no-print-directory -C "$TOP" install-hooks HOOKS=cron \
	    DESTDIR="$BATS_TEST_TMPDIR" PREFIX="$BATS_TEST_TMPDIR"
	table=$BATS_TEST_TMPDIR/etc/cron.d/driftctl
	[ "$(stat -c %a "$table")" = 644 ]
	grep -q '^@reboot root ' "$table"
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\necho "driftctl $*"\n' > "$BATS_TEST_TMPDIR/bin/driftctl"
	chmod 755 "$BATS_TEST_TMPDIR/bin/driftctl"
	sed -n 's|^[0-9*@][^r]*root ||p; s|^@reboot root ||p' "$table" |
	    sed 's|/run/systemd/system|/nowhere|' > "$BATS_TEST_TMPDIR/jobs"
	run sh "$BATS_TEST_TMPDIR/jobs"
	echo "$output"
	[ "$output" = "driftctl hook boot
driftctl hook timer
driftctl report --mail" ]
	sed -i 's|/nowhere|/proc|' "$BATS_TEST_TMPDIR/jobs"
	run sh "$BATS_TEST_TMPDIR/jobs"
	[ -z "$output" ]
	sed 's|^[0-9@][^r]*root .*||' "$table" | grep -qx 'MAILTO=root'
	rm "$BATS_TEST_TMPDIR/bin/driftctl"
	sed -i 's|/proc|/nowhere|' "$BATS_TEST_TMPDIR/jobs"
	run sh "$BATS_TEST_TMPDIR/jobs"
	[ -z "$output" ]
}
