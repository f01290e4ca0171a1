#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154
# What package managers themselves would do, asked before and held against what
# they then do; and apt, stopped by who configured it so.

load ../lib.sh
load ../pm/lib.sh

setup_file() {
	pm_setup_file
}

setup() {
	pm_setup
}

# What was foretold to go has gone, and nothing else has; $told is the JSON.
cat_judge() {
	cat << 'EOS'
judge() {
	find /etc -type f | sort > /tmp/after
	comm -23 /tmp/before /tmp/after > /tmp/went
	grep -B 5 '"remains": "gone"' /tmp/told |
	    sed -n 's/.*"path": "\(.*\)",/\1/p' | sort > /tmp/foretold
	diff /tmp/foretold /tmp/went
	echo "agreement: $(wc -l < /tmp/went) gone as foretold"
}
foretell() {
	find /etc -type f | sort > /tmp/before
	driftctl preflight "$@" || echo "preflight: $?"
	driftctl --format json preflight "$@" > /tmp/told || :
}
no_hooks() {
	rm -f /usr/lib/zypp/plugins/commit/driftctl /etc/apt/apt.conf.d/00driftctl \
	    /usr/lib/python3/dist-packages/dnf-plugins/driftctl.py \
	    /etc/dpkg/dpkg.cfg.d/driftctl
}
EOS
}

foretelling_box() {
	{ cat_judge; cat; } > "$BATS_TEST_TMPDIR/foretelling"
	box < "$BATS_TEST_TMPDIR/foretelling"
}

@test "zypper: what it would do is asked, and is what it does" {
	foretelling_box << 'EOS'
no_hooks
zypper_ready
foretell
foretell --dist
driftctl preflight --manager emerge || echo "emerge: $?"
chmod 000 /usr/bin/zypper
driftctl preflight --manager zypper || echo "none: $?"
chmod 755 /usr/bin/zypper
zypper_up
judge
EOS
	[ "$status" -eq 0 ]
	says "zypper was asked, as packages and os-release have it [or --manager dnf|apt]"
	says "at risk   /etc/pam.d/imap, /etc/pam.d/smtp: is missing"
	says "cyrus-imapd 1-1 -> 2-1 no longer ships it; it goes without a copy"
	says "preflight: 1"
	says "agreement: 2 gone as foretold"
	says "driftctl: --manager: 'emerge' is not known [one of: zypper, dnf, apt]"
	says "emerge: 2"
	says "driftctl: zypper: cannot say what it would do: it failed with 12" "[run 'zypper --non-interactive --xmlout"
	says "none: 2"
}

@test "zypper: what is not downloaded yet is said, with how to get it" {
	foretelling_box << 'EOS'
no_hooks
cp -a /shared/rpm /srv/rpm
sed 's,/shared/rpm,/srv/rpm,' /shared/site.sh > /tmp/site.sh
. /tmp/site.sh
zypper_ready
# As one elsewhere: its packages are no files of this machine.
sed -i 's,^baseurl=.*,baseurl=ftp://nowhere.invalid/,' /etc/zypp/repos.d/*
foretell
sed -i 's,^baseurl=.*,baseurl=dir:/srv/rpm,' /etc/zypp/repos.d/*
zypper -n --no-gpg-checks up --download-only > /dev/null
sed -i 's,^baseurl=.*,baseurl=ftp://nowhere.invalid/,' /etc/zypp/repos.d/*
foretell
EOS
	[ "$status" -eq 0 ]
	says "unknown   1 package has not been downloaded: cyrus-imapd 2-1"
	says "told before they are here [run 'zypper update"
	says "preflight: 2"
	says "preflight: 1"
}

@test "what the hook is said to put right it puts right" {
	foretelling_box << 'EOS'
zypper_ready
driftctl init -q
foretell
zypper_up
login_works && echo "put right"
EOS
	[ "$status" -eq 0 ]
	says "          -> the hook puts it right when the upgrade ends"
	says "2 findings the hook puts right by itself, 0 need somebody"
	says_not "no hook is here"
	says "put right"
}

@test "dnf: what it would do is asked, and is what it does" {
	foretelling_box << 'EOS'
no_hooks
dnf_ready
foretell --manager dnf
dnf_up
judge
EOS
	[ "$status" -eq 0 ]
	says "dnf was asked"
	says_not "[or --manager"
	says "at risk   /etc/pam.d/imap, /etc/pam.d/smtp: is missing"
	says "preflight: 1"
	says "agreement: 2 gone as foretold"
}

@test "apt: what it would do is asked, and is what it does" {
	foretelling_box << 'EOS'
no_hooks
apt_ready
mkdir -p /srv/deb /etc/apt
cp /shared/deb/cyrus-imapd-2.deb /srv/deb
cd /srv/deb
cat > Packages << E
Package: cyrus-imapd
Version: 2
Architecture: all
Maintainer: nobody <nobody@localhost>
Filename: ./cyrus-imapd-2.deb
Size: $(stat -c %s cyrus-imapd-2.deb)
SHA256: $(sha256sum cyrus-imapd-2.deb | cut -d ' ' -f 1)
Description: for tests

E
echo "deb [trusted=yes] copy:/srv/deb ./" > /etc/apt/sources.list
apt-get -q -o APT::Sandbox::User=root update > /dev/null
foretell --manager apt
apt-get -q -y -o APT::Sandbox::User=root --download-only dist-upgrade > /dev/null
foretell --manager apt
apt-get -q -y dist-upgrade > /dev/null
judge
EOS
	[ "$status" -eq 0 ]
	says "unknown   1 package has not been downloaded: cyrus-imapd 2"
	says "told before they are here [run 'apt-get"
	says "preflight: 2"
	says "at risk   /etc/pam.d/imap, /etc/pam.d/smtp: is missing"
	says "preflight: 1"
	says "agreement: 2 gone as foretold"
}

@test "apt is stopped where it is to be enforced, and only there" {
	box << 'EOS'
apt_ready
driftctl init -q
echo "preflight: enforce" > /etc/driftctl/driftctl.yaml
apt_up || echo "apt: $?"
login_works
dpkg-query -W -f 'version ${Version}\n' cyrus-imapd
apt-get install -y -q /shared/deb/cyrus-sasl-saslauthd-1.deb > /dev/null
echo "preflight: tell" > /etc/driftctl/driftctl.yaml
apt_up
dpkg-query -W -f 'version ${Version}\n' cyrus-imapd
EOS
	[ "$status" -eq 0 ]
	says "driftctl: this upgrade puts required state at risk:"
	says "driftctl: it is refused, as driftctl.yaml says 'preflight: enforce'"
	says "apt: 100"
	says "version 1"
	says "version 2"
}

@test "dnf is stopped where it is to be enforced, and only there" {
	box << 'EOS'
dnf_ready
driftctl init -q
echo "preflight: enforce" > /etc/driftctl/driftctl.yaml
dnf_up || echo "dnf: $?"
login_works
rpm -q --qf 'version %{VERSION}\n' cyrus-imapd
ls $store/transactions | grep '\.open$' || echo "nothing is open"
dnf -y -q reinstall cyrus-sasl-saslauthd && echo "reinstalled"
echo "preflight: tell" > /etc/driftctl/driftctl.yaml
dnf_up
rpm -q --qf 'version %{VERSION}\n' cyrus-imapd
echo "preflight: enforce" > /etc/driftctl/driftctl.yaml
dnf -y -q remove cyrus-imapd && echo "removed"
EOS
	[ "$status" -eq 0 ]
	says "driftctl: this upgrade puts required state at risk:"
	says "driftctl: it is refused, as driftctl.yaml says 'preflight: enforce'"
	says "driftctl refuses this upgrade"
	says "dnf: 1"
	says "version 1"
	says "nothing is open"
	says "reinstalled"
	says "version 2"
}

@test "what goes wrong in it stops nothing" {
	box << 'EOS'
apt_ready
driftctl init -q
echo "preflight: enforce" > /etc/driftctl/driftctl.yaml
rm -r $store/repo.git
apt_up
dpkg-query -W -f 'version ${Version}\n' cyrus-imapd
EOS
	[ "$status" -eq 0 ]
	says "version 2"
}

@test "what moves to the vendor's folder, and comes back by a scriptlet" {
	foretelling_box << 'EOS'
no_hooks
cd /tmp
for v in 1 2; do
	dir=/etc/pam.d
	[ $v = 1 ] || dir=/usr/lib/pam.d
	cat > moves.spec << E
Name: moves
Version: $v
Release: 1
Summary: x
License: MIT
BuildArch: noarch
AutoReqProv: no
%description
x
%install
mkdir -p %{buildroot}$dir
echo "auth required pam_permit.so" > %{buildroot}$dir/kept
echo "auth required pam_permit.so" > %{buildroot}$dir/edited
%files
$([ $v = 2 ] || echo "%config(noreplace) $dir/kept")
$([ $v = 2 ] || echo "%config(noreplace) $dir/edited")
$([ $v = 1 ] || echo "$dir/kept")
$([ $v = 1 ] || echo "$dir/edited")
$([ $v = 1 ] || cat << 'S'
%pre
for i in pam.d/kept pam.d/edited ; do
  test -f /etc/${i}.rpmsave && mv -v /etc/${i}.rpmsave /etc/${i}.rpmsave.old ||:
done
%posttrans
for i in pam.d/kept pam.d/edited ; do
  test -f /etc/${i}.rpmsave && mv -v /etc/${i}.rpmsave /etc/${i} ||:
done
S
)
E
	rpmbuild --quiet -bb --define "_topdir /tmp/b" --define "_rpmdir /tmp" \
	    moves.spec
done
rpm -i --nodeps noarch/moves-1-1.noarch.rpm
echo "# mine" >> /etc/pam.d/edited
foretell -v noarch/moves-2-1.noarch.rpm
rpm -U --nodeps noarch/moves-2-1.noarch.rpm
judge
tail -n 1 /etc/pam.d/edited
ls /etc/pam.d | grep -c rpmsave || :
EOS
	[ "$status" -eq 0 ]
	says "agreement: 1 gone as foretold"
	says "# mine"
	says "moves 1-1 -> 2-1 ships it in /usr/lib then"
}
