/* SPDX-License-Identifier: MIT */
#include "specs/lensmodules.h"

const struct lens_module lens_modules[] = {
	{ "AFS_cellalias", "/usr/vice/etc/CellAlias" },
	{ "Access", "/etc/security/access.conf" },
	{ "ActiveMQ_Conf",
	    "!/etc/activemq/*.cert !/etc/activemq/*.ks !/etc/activemq/*.ts "
	    "!/etc/activemq/jetty-realm.properties !/etc/activemq/jmx.* "
	    "!/etc/activemq/*.xml /etc/activemq/* /etc/activemq.conf" },
	{ "ActiveMQ_XML", "/etc/activemq/*.xml" },
	{ "Aliases", "/etc/aliases" },
	{ "Anaconda", "/etc/sysconfig/anaconda" },
	{ "Anacron", "/etc/anacrontab" },
	{ "Approx", "/etc/approx/approx.conf" },
	{ "AptCacherNGSecurity", "/etc/apt-cacher-ng/security.conf" },
	{ "AptConf", "/etc/apt/apt.conf.d/* /etc/apt/apt.conf" },
	{ "AptPreferences", "/etc/apt/preferences.d/* /etc/apt/preferences" },
	{ "Apt_Update_Manager",
	    "/etc/update-manager/release-upgrades.d/* "
	    "/etc/update-manager/release-upgrades "
	    "/etc/update-manager/meta-release" },
	{ "Aptsources", "/etc/apt/sources.list.d/* /etc/apt/sources.list" },
	{ "Authinfo2", "" },
	{ "Authorized_Keys", "" },
	{ "AuthselectPam",
	    "/etc/authselect/custom/*/postlogin "
	    "/etc/authselect/custom/*/*-auth" },
	{ "Automaster",
	    "/etc/auto.master.d/* /etc/auto_master /etc/auto.master" },
	{ "Automounter",
	    "!/etc/auto.smb !/etc/auto.net !/etc/auto_master !/etc/auto.master "
	    "/etc/auto_* /etc/auto.*" },
	{ "Avahi", "/etc/avahi/avahi-daemon.conf" },
	{ "BBhosts", "/etc/bb/bb-hosts" },
	{ "BackupPCHosts", "/etc/backuppc/hosts" },
	{ "BootConf", "/etc/boot.conf" },
	{ "CPanel", "/var/cpanel/cpanel.config" },
	{ "CSV", "" },
	{ "Cachefilesd", "/etc/cachefilesd.conf" },
	{ "Carbon",
	    "/etc/carbon/storage-schemas.conf "
	    "/etc/carbon/storage-aggregation.conf "
	    "/etc/carbon/rewrite-rules.conf /etc/carbon/relay-rules.conf "
	    "/etc/carbon/carbon.conf" },
	{ "Ceph", "/etc/ceph/ceph.conf" },
	{ "Cgconfig", "/etc/cgconfig.conf" },
	{ "Cgrules", "/etc/cgrules.conf" },
	{ "Channels", "" },
	{ "Chrony", "/etc/chrony.conf" },
	{ "Clamav",
	    "/etc/clamav/clamd.d/*.conf /etc/clamav/freshclam.conf "
	    "/etc/clamav/clamd.conf /etc/clamav/*.conf /etc/clamd.d/*.conf "
	    "/etc/freshclam.conf /etc/clamd.conf" },
	{ "Cmdline", "/etc/kernel/cmdline" },
	{ "CobblerModules", "/etc/cobbler/modules.conf" },
	{ "CobblerSettings", "/etc/cobbler/settings" },
	{ "Cockpit", "/etc/cockpit/cockpit.conf" },
	{ "Collectd",
	    "/usr/share/doc/collectd/examples/collection3/etc/collection.conf "
	    "/etc/collectd/*.conf /etc/collectd.conf" },
	{ "Cron",
	    "!/etc/cron.d/cron.deny !/etc/cron.d/cron.allow "
	    "!/etc/cron.d/at.deny !/etc/cron.d/at.allow /etc/crontabs/* "
	    "/etc/crontab /etc/cron.d/*" },
	{ "Cron_User", "/var/spool/cron/*" },
	{ "Crypttab", "/etc/crypttab" },
	{ "Cups", "/etc/cups/*.conf" },
	{ "Cyrus_Imapd", "/etc/imap/*.conf /etc/imapd.conf" },
	{ "Darkice", "/etc/darkice.cfg" },
	{ "Debctrl", "/control" },
	{ "Desktop", "" },
	{ "DevfsRules", "/etc/devfs.rules /etc/defaults/devfs.rules" },
	{ "Device_map", "/boot/*/device.map" },
	{ "Dhclient",
	    "/etc/dhclient.conf /etc/dhcp/dhclient.conf "
	    "/etc/dhcp3/dhclient.conf" },
	{ "Dhcpd",
	    "/etc/dhcpd.conf /etc/dhcp/dhcpd.conf /etc/dhcp3/dhcpd.conf" },
	{ "Dns_Zone", "/var/bind/pri/*.zone" },
	{ "Dnsmasq", "/etc/dnsmasq.d/* /etc/dnsmasq.conf" },
	{ "Dovecot", "/etc/dovecot/conf.d/*.conf /etc/dovecot/dovecot.conf" },
	{ "Dpkg", "/etc/dpkg/dpkg.cfg" },
	{ "Dput", "/etc/dput.cf" },
	{ "Ethers", "/etc/ethers" },
	{ "Exports", "/etc/exports" },
	{ "FAI_DiskConfig", "" },
	{ "Fail2ban",
	    "/etc/fail2ban/jail.d/*.conf /etc/fail2ban/fail2ban.d/*.conf "
	    "/etc/fail2ban/jail.local /etc/fail2ban/jail.conf "
	    "/etc/fail2ban/fail2ban.conf" },
	{ "Fonts",
	    "!/etc/fonts/*/README /etc/fonts/conf.d/* /etc/fonts/conf.avail/* "
	    "/etc/fonts/fonts.conf" },
	{ "Fstab", "/etc/mtab /etc/fstab" },
	{ "Fuse", "/etc/fuse.conf" },
	{ "Gdm", "/etc/gdm/custom.conf /etc/gdm/gdm.conf*" },
	{ "Getcap", "/etc/printcap /etc/login.conf" },
	{ "Group", "/etc/group" },
	{ "Grub",
	    "/boot/efi/EFI/*/grub.conf /etc/grub.conf /boot/grub/menu.lst "
	    "/boot/grub/grub.conf" },
	{ "GrubEnv", "/boot/grub2/grubenv /boot/grub/grubenv" },
	{ "Gshadow", "/etc/gshadow" },
	{ "GtkBookmarks", "" },
	{ "Host_Conf", "/etc/host.conf" },
	{ "Hostname", "/etc/mailname /etc/hostname" },
	{ "Hosts", "/etc/hosts" },
	{ "Hosts_Access", "/etc/hosts.deny /etc/hosts.allow" },
	{ "Htpasswd",
	    "/etc/rsyncd.secrets /etc/apache2/htpasswd /etc/httpd/htpasswd" },
	{ "Httpd",
	    "/etc/httpd/conf.modules.d/*.conf /etc/httpd/conf/httpd.conf "
	    "/etc/httpd/httpd.conf /etc/httpd/conf.d/*.conf "
	    "/etc/apache2/vhosts.d/*.conf /etc/apache2/sites-available/* "
	    "/etc/apache2/mods-available/* /etc/apache2/conf-available/*.conf "
	    "/etc/apache2/conf.d/* /etc/apache2/ports.conf "
	    "/etc/apache2/httpd.conf /etc/apache2/apache2.conf" },
	{ "IPRoute2", "/etc/iproute2/*" },
	{ "Inetd", "/etc/inetd.conf" },
	{ "IniFile", "" },
	{ "Inittab", "/etc/inittab" },
	{ "Inputrc", "/etc/inputrc" },
	{ "Interfaces", "/etc/network/interfaces.d/* /etc/network/interfaces" },
	{ "Iptables",
	    "/etc/iptables-save /etc/sysconfig/iptables.save "
	    "/etc/sysconfig/iptables" },
	{ "Iscsid", "/etc/iscsi/iscsid.conf" },
	{ "JMXAccess", "/etc/activemq/jmx.access" },
	{ "JMXPassword", "/etc/activemq/jmx.password" },
	{ "Jaas", "" },
	{ "JettyRealm", "/etc/activemq/jetty-realm.properties" },
	{ "Json", "" },
	{ "Kdump", "/etc/kdump.conf" },
	{ "Keepalived", "/etc/keepalived/keepalived.conf" },
	{ "Known_Hosts", "/etc/ssh/ssh_known_hosts" },
	{ "Koji",
	    "/etc/koji-shadow/koji-shadow.conf /etc/kojiweb/web.conf "
	    "/etc/kojira/kojira.conf /etc/koji-hub/hub.conf "
	    "/etc/kojid/kojid.conf /etc/koji.conf" },
	{ "Krb5", "/etc/krb5.conf /etc/krb5.conf.d/*.conf" },
	{ "LVM", "/etc/lvm/lvm.conf /etc/lvm/backup/* /etc/lvm/archive/*.vg" },
	{ "LdSo", "/etc/ld.so.conf.d/* /etc/ld.so.conf" },
	{ "Ldif", "/etc/openldap/schema/*.ldif" },
	{ "Lightdm", "/etc/lightdm/*.conf" },
	{ "Limits", "/etc/security/limits.d/*.conf /etc/security/limits.conf" },
	{ "Login_defs", "/etc/login.defs" },
	{ "Logrotate", "/etc/logrotate.conf /etc/logrotate.d/*" },
	{ "Logwatch", "/etc/logwatch/conf/logwatch.conf" },
	{ "Lokkit", "/etc/sysconfig/system-config-firewall" },
	{ "MCollective",
	    "/etc/puppetlabs/mcollective/server.cfg "
	    "/etc/puppetlabs/mcollective/client.cfg "
	    "/etc/mcollective/server.cfg "
	    "/etc/mcollective/client.cfg" },
	{ "Mailscanner",
	    "/etc/MailScanner/conf.d/*.conf "
	    "/etc/MailScanner/MailScanner.conf" },
	{ "Mailscanner_Rules",
	    "/etc/MailScanner/archives.filetype.rules.conf "
	    "/etc/MailScanner/archives.filename.rules.conf "
	    "/etc/MailScanner/filetype.rules.conf "
	    "/etc/MailScanner/filename.rules.conf" },
	{ "MasterPasswd", "/etc/master.passwd" },
	{ "Mdadm_conf", "/etc/mdadm/mdadm.conf /etc/mdadm.conf" },
	{ "Memcached", "/etc/memcachedb.conf /etc/memcached.conf" },
	{ "Mke2fs", "/etc/mke2fs.conf" },
	{ "Modprobe",
	    "/etc/modprobe.conf.local /etc/modprobe.d/* /etc/modprobe.conf" },
	{ "Modules", "/etc/modules" },
	{ "Modules_conf", "/etc/conf.modules /etc/modules.conf" },
	{ "MongoDBServer", "/etc/mongodb.conf" },
	{ "Monit", "/etc/monitrc /etc/monit/monitrc" },
	{ "Multipath", "/etc/multipath/conf.d/*.conf /etc/multipath.conf" },
	{ "MySQL",
	    "/etc/my.cnf.d/*.cnf /etc/my.cnf /etc/mysql/conf.d/*.cnf "
	    "/etc/mysql/my.cnf" },
	{ "NagiosCfg",
	    "!/etc/nagios/nrpe.cfg !/etc/nagios/commands.cfg "
	    "!/etc/nagios3/commands.cfg /etc/icinga/commands.cfg "
	    "/etc/icinga/*.cfg /etc/nagios/*.cfg /etc/nagios3/*.cfg" },
	{ "NagiosObjects",
	    "/etc/icinga/objects/*.cfg /etc/nagios/objects/*.cfg "
	    "/etc/nagios3/objects/*.cfg" },
	{ "Netmasks", "/etc/inet/netmasks /etc/netmasks" },
	{ "NetworkManager", "/etc/NetworkManager/system-connections/*" },
	{ "Networks", "/etc/networks" },
	{ "Nginx",
	    "/usr/portage/www-servers/nginx/files/nginx.conf "
	    "/etc/nginx/sites-enabled/* /etc/nginx/sites-available/* "
	    "/etc/nginx/conf.d/*.conf /etc/nginx/nginx.conf" },
	{ "Nrpe", "/etc/nagios/nrpe.cfg /etc/nrpe.cfg" },
	{ "Nslcd", "/etc/nslcd.conf" },
	{ "Nsswitch", "/etc/nsswitch.conf" },
	{ "Ntp", "/etc/ntp.conf" },
	{ "Ntpd", "/etc/ntpd.conf" },
	{ "Odbc", "/etc/odbcinst.ini /etc/odbc.ini" },
	{ "OpenShift_Config",
	    "/var/www/openshift/broker/conf/plugins.d/*.conf "
	    "/var/www/openshift/broker/conf/broker.conf "
	    "/etc/openshift/plugins.d/*.conf /etc/openshift/node.conf "
	    "/etc/openshift/console-dev.conf "
	    "/etc/openshift/resource_limits.conf /etc/openshift/console.conf "
	    "/etc/openshift/broker-dev.conf /etc/openshift/broker.conf" },
	{ "OpenShift_Http",
	    "/var/www/openshift/broker/httpd/broker.conf "
	    "/var/www/openshift/console/httpd/console.conf "
	    "/var/www/openshift/broker/httpd/httpd.conf "
	    "/var/www/openshift/broker/httpd/conf.d/*.conf "
	    "/var/www/openshift/console/httpd/conf.d/*.conf "
	    "/var/www/openshift/console/httpd/httpd.conf" },
	{ "OpenShift_Quickstarts", "/etc/openshift/quickstarts.json" },
	{ "OpenVPN", "/etc/openvpn/server.conf /etc/openvpn/client.conf" },
	{ "Opendkim", "/etc/opendkim.conf" },
	{ "Oz", "/etc/oz/oz.cfg" },
	{ "PHP",
	    "/etc/php/*/fpm/pool.d/*.conf /etc/php*/fpm/pool.d/*.conf "
	    "/etc/php.d/*.ini /etc/php.ini /etc/php/*/*/*.ini "
	    "/etc/php*/*/*.ini" },
	{ "Pagekite", "/etc/pagekite.d/*.rc" },
	{ "Pam", "!/etc/pam.d/README !/etc/pam.d/allow.pamlist /etc/pam.d/*" },
	{ "PamConf", "/etc/pam.conf" },
	{ "Passwd", "/etc/passwd" },
	{ "Pbuilder", "/etc/pbuilderrc /etc/pbuilder/pbuilderrc" },
	{ "Pg_Hba",
	    "/etc/postgresql/*/*/pg_hba.conf "
	    "/var/lib/postgresql/*/data/pg_hba.conf "
	    "/var/lib/pgsql/*/data/pg_hba.conf "
	    "/var/lib/pgsql/data/pg_hba.conf" },
	{ "Pgbouncer", "/etc/pgbouncer.ini" },
	{ "Phpvars", "/etc/squirrelmail/config.php" },
	{ "Postfix_Access", "/etc/postfix/access" },
	{ "Postfix_Main", "/etc/postfix/main.cf" },
	{ "Postfix_Master", "/etc/postfix/master.cf" },
	{ "Postfix_Passwordmap", "/etc/postfix/*passwd" },
	{ "Postfix_Transport", "/etc/postfix/transport" },
	{ "Postfix_Virtual", "/etc/postfix/virtual" },
	{ "Postfix_sasl_smtpd", "/etc/postfix/sasl/smtpd.conf" },
	{ "Postgresql",
	    "/etc/postgresql/*/*/postgresql.conf "
	    "/var/lib/postgresql/*/data/postgresql.conf "
	    "/var/lib/pgsql/*/data/postgresql.conf "
	    "/var/lib/pgsql/data/postgresql.conf" },
	{ "Properties", "" },
	{ "Protocols", "/etc/protocols" },
	{ "Puppet",
	    "/etc/puppetlabs/puppet/puppet.conf /etc/puppet/puppet.conf" },
	{ "PuppetFileserver",
	    "/etc/puppetlabs/puppet/fileserver.conf "
	    "/etc/puppet/fileserver.conf" },
	{ "Puppet_Auth",
	    "/etc/puppetlabs/puppet/auth.conf /etc/puppet/auth.conf" },
	{ "Puppetfile", "" },
	{ "Pylonspaste", "/etc/baruwa/*.ini" },
	{ "PythonPaste",
	    "/etc/swift/object-server/*.conf "
	    "/etc/swift/container-server/*.conf "
	    "/etc/swift/account-server/*.conf /etc/swift/proxy-server.conf "
	    "/etc/swift/swift.conf /etc/nova/api-paste.ini "
	    "/etc/keystone/keystone.conf /etc/glance/*.ini" },
	{ "Qpid", "/etc/qpid/qpidc.conf /etc/qpidd.conf" },
	{ "Rabbitmq", "/etc/rabbitmq/rabbitmq.config" },
	{ "Radicale", "/etc/radicale/config" },
	{ "Rancid", "/var/rancid/*/router.db" },
	{ "Redis", "/etc/redis/redis.conf /etc/redis.conf" },
	{ "Reprepro_Uploaders", "" },
	{ "Resolv", "/etc/resolv.conf" },
	{ "Rhsm", "/etc/rhsm/rhsm.conf" },
	{ "Rmt", "/etc/default/rmt" },
	{ "Rsyncd", "/etc/rsyncd.conf" },
	{ "Rsyslog", "/etc/rsyslog.d/* /etc/rsyslog.conf" },
	{ "Rtadvd", "/etc/rtadvd.conf" },
	{ "Samba", "/etc/samba/smb.conf" },
	{ "Schroot", "/etc/schroot/schroot.conf" },
	{ "Securetty", "/etc/securetty" },
	{ "Semanage", "/etc/selinux/semanage.conf" },
	{ "Services", "/etc/services" },
	{ "Shadow", "/etc/shadow" },
	{ "Shells", "/etc/shells" },
	{ "Shellvars",
	    "!/etc/sysconfig/*.systemd "
	    "!/etc/sysconfig/SuSEfirewall2.d/services/TEMPLATE "
	    "!/etc/sysconfig/SuSEfirewall2.d "
	    "!/etc/sysconfig/rhn/allowed-actions/script !/etc/sysconfig/rhn "
	    "!/etc/sysconfig/network-scripts "
	    "!/etc/sysconfig/network/if-up.d/SuSEfirewall2 "
	    "!/etc/sysconfig/system-config-securitylevel "
	    "!/etc/sysconfig/system-config-firewall "
	    "!/etc/sysconfig/sysstat.ioconf !/etc/sysconfig/*.pub "
	    "!/etc/sysconfig/kernel !/etc/sysconfig/ip*tables.save "
	    "!/etc/sysconfig/ip*tables !/etc/sysconfig/hwconf "
	    "!/etc/sysconfig/hw-uuid !/etc/sysconfig/bootloader "
	    "!/etc/sysconfig/anaconda !/etc/profile.d/csh.local "
	    "!/etc/profile.d/*.tcsh !/etc/profile.d/*.csh "
	    "!/etc/default/whoopsie !/etc/default/star !/etc/default/rmt "
	    "!/etc/default/grub_installdevice* "
	    "/etc/sysconfig/SuSEfirewall2.d/services/* "
	    "/etc/sysconfig/SuSEfirewall2.d/cobbler /etc/sysconfig/rhn/rhnsd "
	    "/etc/sysconfig/rhn/allowed-actions/script/* "
	    "/etc/sysconfig/rhn/allowed-actions/* "
	    "/etc/sysconfig/network-scripts/ifcfg-* "
	    "/etc/sysconfig/network/providers/* "
	    "/etc/sysconfig/network/if-up.d/* /etc/sysconfig/network/ifroute-* "
	    "/etc/sysconfig/network/if-down.d/* /etc/sysconfig/network/ifcfg-* "
	    "/etc/sysconfig/network/dhcp6s /etc/sysconfig/network/dhcp6r "
	    "/etc/sysconfig/network/dhcp /etc/sysconfig/network/config "
	    "/etc/sysconfig/* /etc/profile.d/* /etc/profile /etc/default/* "
	    "/etc/byobu/* /etc/vconsole.conf /etc/locale.conf /etc/ucf.conf "
	    "/etc/selinux/config /etc/rc.conf.local /etc/rc.conf.d/* "
	    "/etc/rc.conf /etc/popularity-contest.conf /etc/periodic.conf "
	    "/etc/os-release /etc/lsb-release /etc/lintianrc /etc/lbu/lbu.conf "
	    "/etc/kamailio/kamctlrc /etc/devscripts.conf /etc/cvs-pserver.conf "
	    "/etc/cvs-cron.conf /etc/cowpoke.conf /etc/adduser.conf "
	    "/etc/blkid.conf /etc/firewalld/firewalld.conf /etc/environment "
	    "/etc/cron-apt/config /etc/conf.d/* "
	    "/etc/arno-iptables-firewall/debconf.cfg" },
	{ "Shellvars_list", "/etc/sysconfig/kernel /etc/sysconfig/bootloader" },
	{ "Simplelines",
	    "/etc/hostname.* /etc/pam.d/allow.pamlist "
	    "/etc/default/grub_installdevice /etc/cron.d/cron.deny "
	    "/etc/cron.d/cron.allow /etc/cron.d/at.deny /etc/cron.d/at.allow "
	    "/etc/cron.deny /etc/cron.allow /etc/at.deny /etc/at.allow" },
	{ "Simplevars",
	    "/etc/ocsinventory/ocsinventory-agent.cfg /etc/wsconsctlctl.conf "
	    "/etc/mixerctl.conf /etc/audit/auditd.conf /etc/zabbix/*.conf "
	    "/etc/wgetrc /etc/kerneloops.conf /etc/kernel-img.conf" },
	{ "Sip_Conf", "/etc/asterisk/sip.conf" },
	{ "Slapd", "/etc/openldap/slapd.conf /etc/ldap/slapd.conf" },
	{ "SmbUsers", "/etc/samba/usermap.txt /etc/samba/smbusers" },
	{ "Solaris_System", "/etc/system" },
	{ "Soma", "/etc/somad/soma.cfg" },
	{ "Sos", "/etc/sos/sos.conf" },
	{ "Spacevars",
	    "/etc/pam_ldap.conf /etc/libnss-ldap.conf /etc/ldap/ldap.conf "
	    "/etc/ldap.conf /etc/havp/havp.config" },
	{ "Splunk", "" },
	{ "Squid", "/etc/squid3/squid.conf /etc/squid/squid.conf" },
	{ "Ssh", "/etc/ssh/ssh_config.d/*.conf /etc/ssh/ssh_config" },
	{ "Sshd", "/etc/ssh/sshd_config.d/*.conf /etc/ssh/sshd_config" },
	{ "Sssd", "/etc/sssd/sssd.conf" },
	{ "Star", "/etc/default/star" },
	{ "Strongswan",
	    "/etc/swanctl/swanctl.conf /etc/swanctl/conf.d/*.conf "
	    "/etc/strongswan.d/**/*.conf /etc/strongswan.d/*.conf" },
	{ "Stunnel", "/etc/stunnel/stunnel.conf" },
	{ "Subversion", "/etc/subversion/servers /etc/subversion/config" },
	{ "Sudoers", "/etc/opt/csw/sudoers /etc/sudoers.d/* /etc/sudoers" },
	{ "Sysconfig", "" },
	{ "Sysconfig_Route", "/etc/sysconfig/network-scripts/route-*" },
	{ "Sysctl",
	    "!/etc/sysctl.d/README.sysctl !/etc/sysctl.d/README "
	    "/etc/sysctl.d/* "
	    "/etc/sysctl.conf /boot/loader.conf" },
	{ "Syslog", "/etc/syslog.conf" },
	{ "Systemd",
	    "!/etc/systemd/system/*.wants !/lib/systemd/system/*.wants "
	    "!/etc/systemd/system/*.d !/lib/systemd/system/*.d "
	    "/etc/systemd/network/* /lib/systemd/network/* "
	    "/etc/sysconfig/*.systemd /etc/systemd/logind.conf "
	    "/etc/systemd/system/*/* /etc/systemd/system/* "
	    "/lib/systemd/system/*/* /lib/systemd/system/*" },
	{ "Termcap", "/usr/share/misc/termcap /etc/termcap" },
	{ "Thttpd", "/etc/thttpd/thttpd.conf" },
	{ "Tinc",
	    "/etc/tinc/*/hosts/* /etc/tinc/hosts/* /etc/tinc/*/tinc.conf "
	    "/etc/tinc.conf" },
	{ "Tmpfiles",
	    "/run/tmpfiles.d/*.conf /usr/lib/tmpfiles.d/*.conf "
	    "/etc/tmpfiles.d/*.conf" },
	{ "Toml", "" },
	{ "Trapperkeeper",
	    "/etc/puppetlabs/puppetserver/conf.d/* "
	    "/etc/puppetserver/conf.d/*" },
	{ "Tuned", "/etc/tuned/tuned-main.conf" },
	{ "Up2date", "/etc/sysconfig/rhn/up2date" },
	{ "UpdateDB", "/etc/updatedb.conf" },
	{ "VMware_Config", "/etc/vmware/config" },
	{ "Vfstab", "/etc/vfstab" },
	{ "Vsftpd", "/etc/vsftpd/vsftpd.conf /etc/vsftpd.conf" },
	{ "Webmin",
	    "/etc/webmin/ldap-useradmin/config /etc/webmin/miniserv.conf" },
	{ "Wine", "" },
	{ "Xendconfsxp", "" },
	{ "Xinetd", "/etc/xinetd.conf /etc/xinetd.d/*" },
	{ "Xml", "/etc/xml/catalog /etc/xml/*.xml" },
	{ "Xorg", "/etc/X11/xorg.conf.d/*.conf /etc/X11/xorg.conf" },
	{ "Xymon", "/etc/xymon/pages.cfg /etc/xymon/hosts.cfg" },
	{ "Xymon_Alerting", "/etc/xymon/alerts.cfg /etc/xymon/alerts.d/*.cfg" },
	{ "YAML", "" },
	{ "Yum",
	    "!/etc/yum/pluginconf.d/versionlock.list /etc/dnf/plugins/*.conf "
	    "/etc/dnf/automatic.conf /etc/dnf/dnf.conf /etc/yum/pluginconf.d/* "
	    "/etc/yum/yum-cron*.conf /etc/yum.repos.d/*.repo /etc/yum.conf" },
};

const size_t lens_modules_n = sizeof(lens_modules) / sizeof(*lens_modules);
_Static_assert(sizeof(lens_modules) / sizeof(*lens_modules) <=
    LENS_MODULES_MAX, "room for the names of all");
