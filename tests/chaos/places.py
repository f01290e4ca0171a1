# SPDX-License-Identifier: MIT
"""Objects by descriptor and name: no path is too long, no link followed."""
import array
import fcntl
import os
import stat

GETFLAGS, SETFLAGS = 0x80086601, 0x40086602
FLAG_BIT = {
    "s": 0x1, "u": 0x2, "c": 0x4, "S": 0x8, "i": 0x10, "a": 0x20,
    "d": 0x40, "A": 0x80, "j": 0x4000, "t": 0x8000, "D": 0x10000,
    "T": 0x20000,
}
IN_THE_WAY = FLAG_BIT["i"] | FLAG_BIT["a"]


def open_folder(path, dirfd=None):
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW,
                   dir_fd=dirfd)


class Place:
    """The folder of a path (a tuple of names below the root), opened."""

    def __init__(self, root, path):
        self.name = path[-1] if path else b"."
        self.fd = open_folder(root)
        for name in path[:-1]:
            try:
                below = open_folder(name, self.fd)
            finally:
                os.close(self.fd)
                self.fd = -1
            self.fd = below

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.fd)

    def lstat(self):
        return os.stat(self.name, dir_fd=self.fd, follow_symlinks=False)

    def proc(self):
        return b"/proc/self/fd/%d/%s" % (self.fd, self.name)

    def create(self, content):
        fd = os.open(self.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644,
                     dir_fd=self.fd)
        with os.fdopen(fd, "wb") as out:
            out.write(content)

    def flags(self):
        """None for what has none."""
        if not is_flagged_kind(self.lstat().st_mode):
            return None
        fd = os.open(self.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK,
                     dir_fd=self.fd)
        try:
            value = array.array("l", [0])
            fcntl.ioctl(fd, GETFLAGS, value)
            return value[0] & 0xffffffff
        finally:
            os.close(fd)

    def set_flags(self, plus, minus=0):
        fd = os.open(self.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK,
                     dir_fd=self.fd)
        try:
            value = array.array("l", [0])
            fcntl.ioctl(fd, GETFLAGS, value)
            value[0] = (value[0] & ~minus) | plus
            fcntl.ioctl(fd, SETFLAGS, value)
        finally:
            os.close(fd)

    def loosen(self):
        if is_flagged_kind(self.lstat().st_mode):
            try:
                self.set_flags(0, IN_THE_WAY)
            except OSError:
                pass	# has none


def is_flagged_kind(mode):
    return stat.S_ISREG(mode) or stat.S_ISDIR(mode)


def walk(root):
    """All paths below the root with their stat, parents first, sorted."""
    def below(fd, path):
        for name in sorted(os.listdir(b"/proc/self/fd/%d" % fd)):
            st = os.stat(name, dir_fd=fd, follow_symlinks=False)
            yield path + (name,), st
            if stat.S_ISDIR(st.st_mode):
                inner = open_folder(name, fd)
                try:
                    yield from below(inner, path + (name,))
                finally:
                    os.close(inner)

    fd = open_folder(root)
    try:
        yield from below(fd, ())
    finally:
        os.close(fd)


def remove_tree(root, path):
    """Flags in the way or not."""
    with Place(root, path) as p:
        try:
            st = p.lstat()
        except FileNotFoundError:
            return
        p.loosen()
        if not stat.S_ISDIR(st.st_mode):
            os.unlink(p.name, dir_fd=p.fd)
            return
        fd = open_folder(p.name, p.fd)
        names = os.listdir(b"/proc/self/fd/%d" % fd)
        os.close(fd)
    for name in names:
        remove_tree(root, path + (name,))
    with Place(root, path) as p:
        os.rmdir(p.name, dir_fd=p.fd)


def acl_bytes(entries):
    """posix_acl_xattr.h: version 2, then (tag, permissions, id)."""
    out = (2).to_bytes(4, "little")
    for tag, perm, who in sorted(entries):
        out += tag.to_bytes(2, "little") + perm.to_bytes(2, "little")
        out += who.to_bytes(4, "little")
    return out


def random_acl(rnd):
    nobody = 0xffffffff
    entries = [(0x01, rnd.randrange(8), nobody),
               (0x04, rnd.randrange(8), nobody),
               (0x20, rnd.randrange(8), nobody)]
    named = set()
    for _ in range(rnd.randrange(6)):
        who = (rnd.choice((0x02, 0x08)), rnd.choice((0, 10, 501, 99999)))
        if who not in named:
            named.add(who)
            entries.append((who[0], rnd.randrange(8), who[1]))
    if named or rnd.random() < 0.3:
        entries.append((0x10, rnd.randrange(8), nobody))
    return acl_bytes(entries)
