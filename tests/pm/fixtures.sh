#!/bin/bash
# SPDX-License-Identifier: MIT
# fixtures.sh: in a box, makes RPM packages in /shared/rpm (with the metadata
# of a repository), those of driftctl itself in /shared/self, and Debian
# packages in /shared/deb.
#   cyrus-imapd 1: has /etc/pam.d/imap and smtp
#   cyrus-imapd 2: has not
#   slow 1, 2: comes after cyrus-imapd; 2 takes three seconds
#   fails 2: comes after cyrus-imapd; its %pre fails
#   driftctl 1, 2: what is installed here, with rpm's triggers
set -eu

work=$(mktemp -d)
mkdir -p /shared/rpm /shared/self /shared/deb

# rpm_package NAME VERSION FOLDER: standard input is what follows the head.
rpm_package() {
	{
		cat << EOS
Name: $1
Version: $2
Release: 1
Summary: For tests
License: MIT
BuildArch: noarch
AutoReqProv: no
EOS
		cat
	} > "$work/$1.spec"
	rpmbuild --quiet -bb --define "_topdir $work" \
	    --define "_rpmdir $3" --define "_build_id_links none" \
	    --define "__os_install_post %{nil}" \
	    --define "_binaries_in_noarch_packages_terminate_build 0" \
	    --define "_binary_payload w0.gzdio" "$work/$1.spec" \
	    > "$work/log" 2>&1 || { cat "$work/log"; exit 1; }
}

stack='auth required pam_localuser.so
account required pam_localuser.so'

# cyrus VERSION, with stacks or without.
cyrus() {
	cat << EOS
%description
For tests.
%install
mkdir -p %{buildroot}/etc/pam.d %{buildroot}/usr/lib/cyrus/bin
echo v$1 > %{buildroot}/usr/lib/cyrus/bin/imapd
echo "configdirectory: /var/lib/imap" > %{buildroot}/etc/imapd.conf
for service in $2; do
	echo '$stack' > %{buildroot}/etc/pam.d/\$service
done
%files
/usr/lib/cyrus/bin/imapd
%config(noreplace) /etc/imapd.conf
$(for service in $2; do echo "%config(noreplace) /etc/pam.d/$service"; done)
EOS
}

# after VERSION SCRIPTLET: a package that comes after cyrus-imapd.
after() {
	cat << EOS
Requires: cyrus-imapd >= $1
%description
For tests.
%$2 -p <lua>
$3
%install
mkdir -p %{buildroot}/etc
echo $1 > %{buildroot}/etc/after.conf
%files
/etc/after.conf
EOS
}

# Scriptlets are run by what the package database knows.
rpm_package sh 1 /shared/rpm << 'EOS'
Provides: /bin/sh
%description
For tests.
%files
EOS
rpm_package cyrus-sasl-saslauthd 1 /shared/rpm << 'EOS'
%description
For tests.
%install
mkdir -p %{buildroot}/usr/sbin
echo > %{buildroot}/usr/sbin/saslauthd
%files
/usr/sbin/saslauthd
EOS
cyrus 1 'imap smtp' | rpm_package cyrus-imapd 1 /shared/rpm
cyrus 2 '' | rpm_package cyrus-imapd 2 /shared/rpm
after 1 post '' | rpm_package slow 1 /shared/rpm
after 2 post 'io.open("/tmp/slow", "w"):close() posix.sleep(3)' |
    rpm_package slow 2 /shared/rpm
after 2 pre 'error("no")' | sed 's/after.conf/fails.conf/' |
    rpm_package fails 2 /shared/rpm

# own VERSION: the driftctl that is installed here, as a package.
own() {
	cat << EOS
Requires: /bin/sh
%description
For tests.
%install
mkdir -p %{buildroot}
cd / && cp -a --parents usr/local/bin usr/local/lib*/driftctl \
    usr/local/share/driftctl usr/lib/zypp/plugins/commit %{buildroot}
echo $1 > %{buildroot}/usr/local/share/driftctl/version
%files
/usr/local/bin/driftctl
/usr/local/lib*/driftctl
/usr/local/share/driftctl
/usr/lib/zypp/plugins/commit/driftctl
EOS
	sed "s|@BINDIR@|/usr/local/bin|g" /shared/hooks/rpm-triggers.spec
}

for version in 1 2; do
	own $version | rpm_package driftctl $version /shared/self
done
createrepo_c -q /shared/rpm
createrepo_c -q /shared/self

# deb NAME VERSION: what was put into $work/NAME.
deb() {
	mkdir -p "$work/$1/DEBIAN"
	cat > "$work/$1/DEBIAN/control" << EOS
Package: $1
Version: $2
Architecture: all
Maintainer: nobody <nobody@localhost>
Description: for tests
EOS
	cat >> "$work/$1/DEBIAN/control"
	dpkg-deb --root-owner-group -b "$work/$1" "/shared/deb/$1-$2.deb" \
	    > /dev/null
	rm -r "${work:?}/$1"
}

mkdir -p "$work/cyrus-imapd"/{etc/pam.d,usr/lib/cyrus/bin,DEBIAN}
echo v1 > "$work/cyrus-imapd/usr/lib/cyrus/bin/imapd"
echo "$stack" | tee "$work/cyrus-imapd/etc/pam.d/imap" \
    > "$work/cyrus-imapd/etc/pam.d/smtp"
printf '/etc/pam.d/%s\n' imap smtp > "$work/cyrus-imapd/DEBIAN/conffiles"
deb cyrus-imapd 1 < /dev/null

mkdir -p "$work/cyrus-imapd"/{usr/lib/cyrus/bin,DEBIAN}
echo v2 > "$work/cyrus-imapd/usr/lib/cyrus/bin/imapd"
for script in preinst postinst postrm; do
	cat > "$work/cyrus-imapd/DEBIAN/$script" << 'EOS'
#!/bin/sh
set -e
for service in imap smtp; do
	dpkg-maintscript-helper rm_conffile /etc/pam.d/$service 2~ -- "$@"
done
EOS
	chmod 755 "$work/cyrus-imapd/DEBIAN/$script"
done
deb cyrus-imapd 2 < /dev/null

mkdir -p "$work/slow/DEBIAN"
printf '#!/bin/sh\ntouch /tmp/slow\nsleep 3\n' > "$work/slow/DEBIAN/postinst"
chmod 755 "$work/slow/DEBIAN/postinst"
deb slow 2 << 'EOS'
Depends: cyrus-imapd (>= 2)
EOS

mkdir -p "$work/cyrus-sasl-saslauthd/usr/sbin"
echo > "$work/cyrus-sasl-saslauthd/usr/sbin/saslauthd"
deb cyrus-sasl-saslauthd 1 < /dev/null
