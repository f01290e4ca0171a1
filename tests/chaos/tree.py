# SPDX-License-Identifier: MIT
"""A random tree of odd entries below ROOT/etc, the same for the same seed."""
import errno
import os
import random
import stat

from places import FLAG_BIT, IN_THE_WAY, Place, random_acl, walk

ODD_NAMES = [
    b"entries", b"entries_", b"entries__", b"%=x", b"%41", b"%", b"=",
    b".gitattributes", b".gitmodules", b"git~1", b".gitignore", b"HEAD",
    b"...", b"..x", b".x", b"-rf", b"--", b"-n", b" ", b" lead", b"trail ",
    b"a\nb", b"\n", b"tab\there", b"'", b'"', b"a'b\"c", b"$(id)", b"`id`",
    b"\\", b"a\\nb", b"*", b"?", b"[x]", b"{a,b}", b"#", b"a:b", b"a;b",
    b"\xff\xfe", b"\x80", b"caf\xc3\xa9", b"cafe\xcc\x81", b"caf\xe9",
    b"\xf0\x9f\x90\xa7", b"\x1b[31mred\x1b[0m", b"\x01", b"\x7f", b"\r",
    b"con", b"aux.txt", b"NUL", b"x" * 255, b"\xe2\x82\xac" * 85,
    b"files", b"meta", b"live", b"ID.sh", b"passwd-", b"ssl", b"a b\tc\nd",
    b"\xe2\x80\xae", b"~x", b"@", b"!", b"^", b"&", b"|", b"<", b">",
    b"GIT~2", b".Git x", b"refs", b"config", b".driftctl", b"\xc2\x85",
]
MODES = [0o644, 0o600, 0o640, 0o755, 0o0, 0o4755, 0o2775, 0o1777, 0o7777,
         0o444, 0o111, 0o2000, 0o4000, 0o1000, 0o66, 0o6755]
OWNERS = [0, 0, 0, 1, 10, 501, 502, 65534, 99999, 4000000]
TIMES = [0, 1, -1, -86400 * 365 * 30, 1 << 31, 4102444800, 7258118400,
         1600000000, 1234567890]
ACCOUNTS = {
    b"passwd": b"root:x:0:0::/root:/bin/sh\nmail:x:10:10::/:/bin/false\n"
               b"cyrus:x:501:501::/:/bin/false\n",
    b"group": b"root:x:0:\nmail:x:10:\ncyrus:x:501:\n",
    b"shadow": b"root:$6$salt$hash:19000:0:99999:7:::\n",
}
DEEP_NAME = 240


# What a container, or a file system, does not let anybody do.
REFUSED = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOTTY, errno.EINVAL)


class Maker:
    def __init__(self, root, seed, entries, deep, plain):
        self.root, self.rnd = root, random.Random(seed)
        self.entries, self.deep, self.plain = entries, deep, plain
        self.folders = [(b"etc",)]
        self.files = []
        self.count = 0

    def put(self, path, make):
        """make(place); False where the name is taken or too long."""
        with Place(self.root, path) as p:
            try:
                make(p)
            except OSError as e:
                if e.errno in (errno.EEXIST, errno.ENAMETOOLONG,
                               errno.EMLINK) + REFUSED:
                    return False
                raise
        self.count += 1
        return True

    def fresh_name(self):
        if self.rnd.random() < 0.35:
            return self.rnd.choice(ODD_NAMES)
        if self.rnd.random() < 0.1:
            name = bytes(self.rnd.randrange(1, 256) for _ in
                         range(self.rnd.randrange(1, 30)))
            name = name.replace(b"/", b"_")
            # The shipped ignore list has names that end so.
            return b"r" + name.replace(b"~", b"_").replace(b"#", b"_") + b"r"
        return b"%s%d" % (self.rnd.choice((b"imap", b"conf.d", b"x", b"pam")),
                          self.rnd.randrange(100000))

    def content(self):
        kind = self.rnd.random()
        if kind < 0.1:
            return b""
        if kind < 0.15:
            return self.rnd.choice((b"x", b"\n", b"\0"))
        if kind < 0.2:
            return self.rnd.randbytes(self.rnd.randrange(60000))
        if kind < 0.21:
            return self.rnd.randbytes(self.rnd.randrange(1 << 20))
        if kind < 0.22:
            return b"\0" * self.rnd.randrange(1 << 20)
        if kind < 0.3:
            return b"the same in many files\n"
        return b"line %d\n" % self.rnd.randrange(10000) * \
            self.rnd.randrange(200)

    def make_file(self, path):
        content = self.content()
        hole = self.rnd.random() < 0.02

        def make(p):
            p.create(content)
            if hole:
                fd = os.open(p.name, os.O_WRONLY, dir_fd=p.fd)
                os.ftruncate(fd, len(content) + (3 << 20))
                os.close(fd)
        if self.put(path, make):
            self.files.append(path)

    def make_folder(self, path):
        if self.put(path, lambda p: os.mkdir(p.name, 0o755, dir_fd=p.fd)):
            self.folders.append(path)

    def make_symlink(self, path):
        target = self.rnd.choice([
            b"nowhere", b"/etc/passwd", b"../..", b".", b"/", path[-1],
            b"../" * 20 + b"tmp", b"t" * 4000, b"a\nb", b"\xff", b" ",
            b"//etc//x/../", b"-x", b"/etc"])
        self.put(path, lambda p: os.symlink(target, p.name, dir_fd=p.fd))

    def make_node(self, path):
        kind, dev = self.rnd.choice([
            (stat.S_IFCHR, os.makedev(1, 3)), (stat.S_IFBLK,
             os.makedev(7, 99)), (stat.S_IFCHR, os.makedev(300, 70000)),
            (stat.S_IFIFO, 0), (stat.S_IFIFO, 0), (stat.S_IFSOCK, 0)])
        self.put(path, lambda p: os.mknod(p.name, kind | 0o640, dev,
                                          dir_fd=p.fd))

    def make_links(self):
        """More names for one file, in several folders."""
        source = self.rnd.choice(self.files)
        n = self.rnd.choice((1, 1, 1, 2, 3, 5, 49))
        for _ in range(n):
            path = self.rnd.choice(self.folders) + (self.fresh_name(),)
            with Place(self.root, source) as s:
                if self.put(path, lambda p: os.link(
                        s.name, p.name, src_dir_fd=s.fd, dst_dir_fd=p.fd,
                        follow_symlinks=False)):
                    self.files.append(path)

    def make_one(self):
        parent = self.rnd.choice(self.folders[-40:] if self.rnd.random() < .5
                                 else self.folders)
        path = parent + (self.fresh_name(),)
        if sum(map(len, path)) + len(path) > (2000 if not self.deep
                                              else 6000):
            return
        kind = self.rnd.random()
        if kind < 0.12:
            self.make_folder(path)
        elif kind < 0.2:
            self.make_symlink(path)
        elif kind < 0.25:
            self.make_node(path)
        elif kind < 0.3 and self.files:
            self.make_links()
        else:
            self.make_file(path)

    def make_deep(self):
        path = (b"etc",)
        for i in range(22):
            path += (b"%02d" % i + b"d" * (DEEP_NAME - 2),)
            self.make_folder(path)
        self.make_file(path + (b"at the end",))
        self.make_symlink(path + (b"a link",))

    def xattr(self, p, name, value):
        try:
            os.setxattr(p.proc(), name, value, follow_symlinks=False)
        except OSError as e:
            if e.errno not in (errno.ENOSPC,) + REFUSED:
                raise

    def xattrs(self, p, mode):
        names = [b"trusted.driftctl", b"trusted.", b"security.other"]
        if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
            names += [b"user.comment", b"user.\xff odd\nname", b"user.empty",
                      b"user.mime_type"]
        names[1] += b"n%d" % self.rnd.randrange(1000)
        for name in self.rnd.sample(names, self.rnd.randrange(1, 4)):
            value = self.rnd.choice((b"", b"text", b"\0bin\xff\n",
                                     b"'quotes\"", self.rnd.randbytes(900)))
            self.xattr(p, name, value)
        if self.rnd.random() < 0.05:
            self.xattr(p, b"trusted.large", self.rnd.randbytes(2500))

    def capability(self, p):
        # VFS_CAP_REVISION_2 with the effective bit, cap_net_bind_service
        self.xattr(p, b"security.capability", bytes.fromhex(
            "0100000200040000000000000000000000000000"))

    def decorate(self, path, st):
        rnd = self.rnd
        mode, flags = st.st_mode, 0
        with Place(self.root, path) as p:
            os.chown(p.name, rnd.choice(OWNERS), rnd.choice(OWNERS),
                     dir_fd=p.fd, follow_symlinks=False)
            if not stat.S_ISLNK(mode):
                if rnd.random() < 0.5:
                    os.chmod(p.name, rnd.choice(MODES), dir_fd=p.fd)
                if rnd.random() < 0.1:
                    self.xattr(p, b"system.posix_acl_access",
                               random_acl(rnd))
                if stat.S_ISDIR(mode) and rnd.random() < 0.1:
                    self.xattr(p, b"system.posix_acl_default",
                               random_acl(rnd))
            if rnd.random() < 0.1:
                self.xattrs(p, mode)
            if stat.S_ISREG(mode) and rnd.random() < 0.03:
                self.capability(p)
            if rnd.random() < 0.6:
                when = rnd.choice(TIMES) * 10**9 + \
                    rnd.choice((0, 0, 1, 999999999, 123456789, 500))
                os.utime(p.name, ns=(when, when), dir_fd=p.fd,
                         follow_symlinks=False)
            if rnd.random() < 0.08:
                for letter in rnd.sample("iaAdSst" if stat.S_ISREG(mode)
                                         else "iaAdSDT", 2):
                    flags |= FLAG_BIT[letter]
        return flags & ~IN_THE_WAY if self.plain else flags

    def make(self):
        os.mkdir(os.path.join(self.root, b"etc"))
        for name, content in ACCOUNTS.items():
            with Place(self.root, (b"etc", name)) as p:
                p.create(content)
        if self.deep:
            self.make_deep()
        while self.count < self.entries:
            self.make_one()
        # Flags last, and times behind what moves them: children first.
        flagged = []
        for path, st in reversed(list(walk(self.root))):
            flags = self.decorate(path, st)
            if flags and (stat.S_ISREG(st.st_mode) or
                          stat.S_ISDIR(st.st_mode)):
                flagged.append((path, flags))
        for path, flags in flagged:
            with Place(self.root, path) as p:
                # Another name of it may have had its turn.
                try:
                    if p.flags() & IN_THE_WAY == 0:
                        p.set_flags(flags)
                except OSError as e:
                    if e.errno not in REFUSED:
                        raise
