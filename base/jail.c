/* SPDX-License-Identifier: MIT */
#include "base/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* linux/mount.h and sys/mount.h cannot always be included together. */
struct attributes {
	uint64_t set, clear, propagation, userns;
};

enum {
	ALL_BELOW = 0x8000,	/* AT_RECURSIVE */
	SET_READ_ONLY = 1, SET_NO_SUID = 2, SET_NO_DEV = 4,
};

#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif

static const char tmpfs[] = "mode=1777,size=16m,nr_inodes=4096";
static const char folder[] = "mode=0755,size=16m,nr_inodes=4096";

static void
write_one(const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, "1", 1) < 0)
		errno = 0;
	close(fd);
}

/*
 * A checker may try the addresses that the service is to listen on; none of
 * them is there in a network of its own. What cannot be done here is seen by
 * such a checker alone.
 */
static void
settle_network(void)
{
	struct ifreq ifr = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd >= 0) {
		ifr.ifr_flags = IFF_UP | IFF_RUNNING;
		ioctl(fd, SIOCSIFFLAGS, &ifr);
		close(fd);
	}
	write_one("/proc/sys/net/ipv4/ip_nonlocal_bind");
	write_one("/proc/sys/net/ipv6/ip_nonlocal_bind");
}

static int
read_only(const struct jail *j)
{
	const struct attributes a = { .set = SET_READ_ONLY | SET_NO_SUID |
	    SET_NO_DEV };

	if (j->mounts == NULL)
		return (int)syscall(SYS_mount_setattr, AT_FDCWD, "/",
		    ALL_BELOW, &a, sizeof(a));
	for (size_t i = 0; i < j->n_mounts; i++)
		/* One that another hides is out of reach for all. */
		if (mount(NULL, j->mounts[i].path, NULL, MS_REMOUNT | MS_BIND |
		    MS_RDONLY | MS_NOSUID | MS_NODEV | j->mounts[i].flags,
		    NULL) < 0 && errno != ENOENT && errno != EINVAL &&
		    errno != ENOTDIR && errno != EACCES)
			return -1;
	return 0;
}

/* Harmless devices alone, and no others, wherever their nodes lie: on a disk's
 * a read-only mount would not help. */
static int
make_devices(void)
{
	static const char *const nodes[][2] = {
		{ "/dev/null", "/tmp/dev/null" },
		{ "/dev/zero", "/tmp/dev/zero" },
		{ "/dev/full", "/tmp/dev/full" },
		{ "/dev/random", "/tmp/dev/random" },
		{ "/dev/urandom", "/tmp/dev/urandom" },
	};
	int fd;

	if (mkdir("/tmp/dev", 0755) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++) {
		fd = open(nodes[i][1], O_CREAT | O_WRONLY | O_CLOEXEC, 0666);
		if (fd < 0)
			return -1;
		close(fd);
		if (mount(nodes[i][0], nodes[i][1], NULL, MS_BIND, NULL) < 0 ||
		    mount(NULL, nodes[i][1], NULL, MS_REMOUNT | MS_BIND |
		    MS_RDONLY | MS_NOSUID, NULL) < 0)
			return -1;
	}
	if (symlink("/proc/self/fd", "/tmp/dev/fd") < 0 ||
	    symlink("/proc/self/fd/0", "/tmp/dev/stdin") < 0 ||
	    symlink("/proc/self/fd/1", "/tmp/dev/stdout") < 0 ||
	    symlink("/proc/self/fd/2", "/tmp/dev/stderr") < 0)
		return -1;
	if (mount("/tmp/dev", "/dev", NULL, MS_BIND | MS_REC, NULL) < 0)
		return -1;
	return mount(NULL, "/dev", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY |
	    MS_NOSUID, NULL);
}

static int
mount_tmpfs(const char *path, const char *options)
{
	return mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, options);
}

/* Where nothing can be made, somebody else's mount is in the way below. */
static void
make_folders(const char *path)
{
	char part[PATH_MAX];
	size_t len = strlen(path);

	for (size_t i = 1; i <= len && i < sizeof(part); i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		mkdir(part, 0755);
	}
}

/* Appends text to the string in to, of size bytes; what does not fit shows as
 * a mount that fails. */
static void
append(char *to, size_t size, const char *text)
{
	size_t at = strlen(to), n = strlen(text);

	if (at + n < size)
		memcpy(to + at, text, n + 1);
}

/* What is there and writable on top of it: nothing of that is seen outside.
 * upper is a folder of the private /tmp. */
static int
mount_overlay(const char *path, const char *upper)
{
	char options[2 * PATH_MAX] = "lowerdir=", up[64] = "", work[64] = "";
	struct stat st;

	append(up, sizeof(up), upper);
	append(up, sizeof(up), "/u");
	append(work, sizeof(work), upper);
	append(work, sizeof(work), "/w");
	append(options, sizeof(options), path);
	append(options, sizeof(options), ",upperdir=");
	append(options, sizeof(options), up);
	append(options, sizeof(options), ",workdir=");
	append(options, sizeof(options), work);
	if (stat(path, &st) < 0 || mkdir(upper, 0700) < 0 ||
	    mkdir(up, 0700) < 0 || mkdir(work, 0700) < 0)
		return -1;
	/* The folder itself is that of the upper side. */
	if (chown(up, st.st_uid, st.st_gid) < 0 ||
	    chmod(up, st.st_mode & 07777) < 0)
		return -1;
	return mount("overlay", path, "overlay", MS_NOSUID | MS_NODEV,
	    options);
}

/* Empty, where the kernel has no overlays or has no more of them. */
static int
mount_scratch(const char *path, unsigned nth)
{
	char upper[] = "/tmp/00";
	struct stat st;

	upper[5] = (char)('0' + nth / 10 % 10);
	upper[6] = (char)('0' + nth % 10);
	if (stat(path, &st) < 0)
		return -1;
	return mount_overlay(path, upper) == 0 ? 0 :
	    mount_tmpfs(path, folder);
}

/* The folder may be missing, and cannot be made where all is read-only: then
 * the nearest that is there is made writable, and it below. */
static int
make_scratch(const char *path, unsigned nth)
{
	char at[PATH_MAX];
	size_t len = strlen(path);

	if (len >= sizeof(at))
		return -1;
	make_folders(path);
	memcpy(at, path, len + 1);
	while (mount_scratch(at, nth) < 0) {
		while (len > 0 && at[len - 1] != '/')
			len--;
		if (errno != ENOENT || len <= 1)
			return -1;
		at[--len] = '\0';
	}
	make_folders(path);
	return 0;
}

enum jail_step
jail_enter(const struct jail *j)
{
	static const char *const none[] = { NULL };
	unsigned nth = 0;

	/* What is made here is for other users, too. */
	umask(022);
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return JAIL_MOUNTS;
	settle_network();
	if (read_only(j) < 0)
		return JAIL_READ_ONLY;
	/* Its own processes alone; those of others are none of its business,
	 * and where this cannot be, they are only to be looked at. */
	mount("proc", "/proc", "proc", MS_RDONLY | MS_NOSUID | MS_NODEV |
	    MS_NOEXEC, NULL);
	if (mount_tmpfs("/tmp", tmpfs) < 0)
		return JAIL_TMP;
	if (make_devices() < 0)
		return JAIL_DEVICES;
	for (const char *const *s = j->scratch != NULL ? j->scratch : none;
	    *s != NULL; s++)
		if (make_scratch(*s, nth++) < 0)
			return JAIL_SCRATCH;
	if (mount_tmpfs("/tmp", tmpfs) < 0 ||
	    (mount_tmpfs("/var/tmp", tmpfs) < 0 && errno != ENOENT))
		return JAIL_TMP;
	return chdir("/") < 0 ? JAIL_MOUNTS : JAIL_DONE;
}

#if defined(__x86_64__)
#define OWN_CALLS AUDIT_ARCH_X86_64
#elif defined(__i386__)
#define OWN_CALLS AUDIT_ARCH_I386
#elif defined(__aarch64__)
#define OWN_CALLS AUDIT_ARCH_AARCH64
#elif defined(__arm__)
#define OWN_CALLS AUDIT_ARCH_ARM
#elif defined(__riscv) && __riscv_xlen == 64
#define OWN_CALLS AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define OWN_CALLS AUDIT_ARCH_PPC64LE
#elif defined(__s390x__)
#define OWN_CALLS AUDIT_ARCH_S390X
#endif

/* linux/landlock.h is younger than many systems, and some of it than it. */
struct landlock_rules {
	uint64_t files;
};

struct landlock_below {
	uint64_t allowed;
	int32_t fd;
} __attribute__((packed));

enum {
	LANDLOCK_ABI = 1,	/* asks which version the kernel has */
	LANDLOCK_BELOW = 1,
	WRITE_FILES = 1 << 1, MOVE_FILES = 1 << 13,
};

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

static int
allow_below(int rules, const char *path, uint64_t what)
{
	struct landlock_below b = { what, open(path, O_PATH | O_CLOEXEC) };
	int n;

	if (b.fd < 0)
		return errno == ENOENT ? 0 : -1;
	n = (int)syscall(SYS_landlock_add_rule, rules, LANDLOCK_BELOW, &b, 0);
	close(b.fd);
	return n;
}

/*
 * A FIFO can be written to on a read-only mount, and whoever reads it acts on
 * that. Without Landlock nothing keeps the program from it; nor with that of
 * kernels before 5.19, which would also forbid to move files between folders.
 */
static int
forbid_fifos(const struct jail *j)
{
	static const char *const own[] = { "/dev", "/tmp", "/var/tmp" };
	const struct landlock_rules all = { WRITE_FILES | MOVE_FILES };
	int rules, n = 0;

	if (syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_ABI) < 2)
		return 0;
	rules = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof(all),
	    0);
	if (rules < 0 || allow_below(rules, "/", MOVE_FILES) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]) && n == 0; i++)
		n = allow_below(rules, own[i], WRITE_FILES);
	for (const char *const *s = j->scratch; n == 0 && s != NULL &&
	    *s != NULL; s++)
		n = allow_below(rules, *s, WRITE_FILES);
	if (n == 0)
		n = (int)syscall(SYS_landlock_restrict_self, rules, 0);
	close(rules);
	return n;
}

/*
 * A socket in the file system leads to whoever listens there, however the file
 * system is mounted: to systemd, libvirtd or postfix, who would do what they
 * are told. In this network there is nobody else to connect to. Keys are those
 * of the user, whatever namespace one is in.
 */
static int
forbid_calls(void)
{
#ifdef OWN_CALLS
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OWN_CALLS, 0, 7),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_connect, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_add_key, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_request_key, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_keyctl, 1, 2),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENETUNREACH),
		/* As on a kernel without keys. */
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog all = { sizeof(code) / sizeof(code[0]), code };

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &all, 0, 0);
#else
	return 0;
#endif
}

/*
 * To get at what belongs to others, which is read-only or forgotten; to become
 * the service's user; to bind, and to read the tables of a firewall, in a
 * network where nobody is.
 */
static int
drop_rights(const struct jail *j)
{
	const uint64_t kept = 1u << CAP_CHOWN | 1u << CAP_DAC_OVERRIDE |
	    1u << CAP_DAC_READ_SEARCH | 1u << CAP_FOWNER |
	    1u << CAP_SETGID | 1u << CAP_SETUID |
	    1u << CAP_NET_BIND_SERVICE | 1u << CAP_NET_ADMIN;
	struct __user_cap_header_struct h = {
		.version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct d[2] = { 0 };

	for (unsigned long i = 0; i < 64; i++)
		if ((kept >> i & 1) == 0 &&
		    prctl(PR_CAPBSET_DROP, i, 0, 0, 0) < 0 && errno != EINVAL)
			return -1;
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (syscall(SYS_capget, &h, d) < 0)
		return -1;
	d[0].inheritable = d[1].inheritable = 0;
	if (syscall(SYS_capset, &h, d) < 0)
		return -1;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	return forbid_fifos(j) < 0 ? -1 : forbid_calls();
}

static int
limit(int what, rlim_t n)
{
	const struct rlimit l = { n, n };

	return setrlimit((__rlimit_resource_t)what, &l);
}

/* The calls themselves: those of libc stop all threads, which here are the
 * parent's. */
static int
become(const struct jail *j)
{
	if (syscall(SYS_setgroups, (size_t)j->n_groups, j->groups) < 0 ||
	    syscall(SYS_setresgid, j->gid, j->gid, j->gid) < 0 ||
	    syscall(SYS_setresuid, j->uid, j->uid, j->uid) < 0)
		return -1;
	return 0;
}

enum jail_step
jail_drop(const struct jail *j)
{
	if (limit(RLIMIT_CORE, 0) < 0 ||
	    limit(RLIMIT_CPU, j->seconds + 1) < 0 ||
	    limit(RLIMIT_FSIZE, 16 << 20) < 0 ||
	    limit(RLIMIT_AS, (rlim_t)4 << 30) < 0 || drop_rights(j) < 0)
		return JAIL_RIGHTS;
	if (j->has_user && become(j) < 0)
		return JAIL_USER;
	return JAIL_DONE;
}
