# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034
# In a box: a mail server as SUSE has it, where PAM denies what it has no file
# for, with the first version of its packages.

ldconfig
cat > /etc/os-release << E
ID=opensuse-leap
VERSION_ID=15.5
PRETTY_NAME="openSUSE Leap 15.5"
E
mkdir -p /etc/sssd /etc/driftctl/specs
chmod 755 /etc/driftctl /etc/driftctl/specs
echo "[sssd]" > /etc/sssd/sssd.conf
chmod 600 /etc/sssd/sssd.conf
for kind in auth account password session; do
	echo "$kind required pam_deny.so"
done > /etc/pam.d/other
# Its stacks ask no directory here.
: > /etc/driftctl/specs/mail-auth.yaml

store=/var/lib/driftctl
export ZYPP_LOCK_TIMEOUT=30

zypper_ready() {
	zypper -q -n ar --no-gpgcheck dir:///shared/rpm fixtures
	zypper -q -n --no-gpg-checks in -y cyrus-imapd-1 \
	    cyrus-sasl-saslauthd sh "$@" > /dev/null
}

zypper_up="zypper -n --no-gpg-checks up"

zypper_up() {
	$zypper_up
}

# In a process group of its own, as a terminal's job; $job is its number.
in_background() {
	set -m
	"$@" > /tmp/job.log 2>&1 &
	job=$!
	set +m
}

ended() {
	record | grep -E '^state: (ended|interrupted)'
}

# at_start NAME COMMAND [AFTER]: a service that runs sh -c COMMAND once as
# systemd comes up, when it is enabled.
at_start() {
	cat > "/etc/systemd/system/$1.service" << E
[Unit]
After=${3-}
[Service]
Type=oneshot
ExecStart=/bin/sh -c '$2'
[Install]
WantedBy=multi-user.target
E
}

# From now on no package manager tells driftctl anything.
no_hooks() {
	rm -f /etc/apt/apt.conf.d/00driftctl /etc/dpkg/dpkg.cfg.d/driftctl \
	    /usr/lib/zypp/plugins/commit/driftctl \
	    /usr/lib/python3/dist-packages/dnf-plugins/driftctl.py
}

# Something by the name of cron runs, which is all that can be seen of it.
cron_is_there() {
	cp /bin/sleep /usr/sbin/cron
	/usr/sbin/cron 1000 &
}

# Whether a mail user can log in; what pamtester says is shown.
login_works() {
	pamtester imap root authenticate
}

not() {
	if "$@"; then return 1; fi
}

# The newest transaction's record, its words decoded.
record() {
	local last

	last=$(find $store/transactions -name '2*' ! -name '*.report' \
	    ! -name '*.packages' ! -name '*.owners' | sort | tail -n 1)
	sed 's/\\x20/ /g' "$last"
}

# waits SECONDS COMMAND…: until it succeeds.
waits() {
	local end=$((SECONDS + $1))
	shift
	until "$@" > /dev/null 2>&1; do
		[ $SECONDS -lt "$end" ] || return 1
		sleep 0.1
	done
}

# The first version of all packages, by rpm alone.
rpm_ready() {
	rpm -i /shared/rpm/noarch/{sh-1,cyrus-imapd-1,cyrus-sasl-saslauthd-1}-1.*
	rpm -i --replacefiles /shared/self/noarch/driftctl-1-1.noarch.rpm
}

# The same by apt, which looks into no registry here.
apt_ready() {
	export DEBIAN_FRONTEND=noninteractive
	dpkg -i /shared/deb/cyrus-imapd-1.deb \
	    /shared/deb/cyrus-sasl-saslauthd-1.deb > /dev/null
}

apt_up() {
	apt-get install -y -q /shared/deb/cyrus-imapd-2.deb
}

dnf_ready() {
	rm -rf /etc/yum.repos.d
	mkdir /etc/yum.repos.d
	cat > /etc/yum.repos.d/fixtures.repo << E
[fixtures]
name=fixtures
baseurl=file:///shared/rpm
gpgcheck=0
E
	dnf -q -y install cyrus-imapd-1 cyrus-sasl-saslauthd sh > /dev/null
}

dnf_up() {
	dnf -y upgrade
}

# As on a machine of one distribution: the others' package managers are gone.
only_manager() {
	case $1 in
	apt)	rm -f /usr/bin/zypper /usr/bin/dnf* /usr/bin/pacman ;;
	zypper)	rm -f /usr/bin/apt* /usr/bin/dpkg /usr/bin/dnf* \
		    /usr/bin/pacman ;;
	esac
}

# The packages of driftctl itself; boxes have the libraries without packages.
driftctl_by_apt() {
	dpkg -i /shared/deb/foundation.deb > /dev/null
	apt-get install -y -q --no-install-recommends \
	    /shared/packages/deb/driftctl{,-specs}_*.deb
}

driftctl_by_zypper() {
	zypper -q -n ar --no-gpgcheck dir:///shared/packages/rpm self
	zypper -n --no-gpg-checks in -y driftctl
}
