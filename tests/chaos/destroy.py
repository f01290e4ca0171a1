# SPDX-License-Identifier: MIT
"""Destroys a tree at random, in the same way for the same seed."""
import os
import random
import stat

from places import (FLAG_BIT, Place, is_flagged_kind, random_acl,
                    remove_tree, walk)
from tree import MODES, ODD_NAMES, OWNERS, TIMES


class Destroyer:
    def __init__(self, root, outside, seed, plain):
        self.letters = "AdS" if plain else "iaAdS"
        self.root, self.outside = root, outside
        self.rnd = random.Random(seed)
        self.paths = [p for p, _ in walk(root) if p[0] == b"etc"]
        self.folders = [p for p, st in walk(root)
                        if p[0] == b"etc" and stat.S_ISDIR(st.st_mode)]
        self.n = 0

    def new_name(self):
        self.n += 1
        if self.rnd.random() < 0.3:
            return b"added %d " % self.n + self.rnd.choice(ODD_NAMES)[:200]
        return b"added%d" % self.n

    # Each of these is given a place and its stat.

    def delete(self, p, st, path):
        remove_tree(self.root, path)

    def truncate(self, p, st, path):
        if stat.S_ISREG(st.st_mode):
            fd = os.open(p.name, os.O_WRONLY, dir_fd=p.fd)
            os.ftruncate(fd, self.rnd.choice((0, 1, st.st_size // 2,
                                              st.st_size + 9)))
            os.close(fd)

    def edit(self, p, st, path):
        if stat.S_ISREG(st.st_mode):
            fd = os.open(p.name, os.O_RDWR, dir_fd=p.fd)
            os.pwrite(fd, b"edited", self.rnd.randrange(st.st_size + 1))
            # Now and then as somebody who hides it.
            if self.rnd.random() < 0.5:
                os.utime(fd, ns=(st.st_mtime_ns, st.st_mtime_ns))
            os.close(fd)

    def replace_file(self, p, st, path):
        """As editors do: a new inode."""
        if stat.S_ISREG(st.st_mode):
            os.unlink(p.name, dir_fd=p.fd)
            p.create(b"written anew %d\n" % self.n)

    def chmod(self, p, st, path):
        if not stat.S_ISLNK(st.st_mode):
            os.chmod(p.name, self.rnd.choice(MODES), dir_fd=p.fd)

    def chown(self, p, st, path):
        os.chown(p.name, self.rnd.choice(OWNERS), self.rnd.choice(OWNERS),
                 dir_fd=p.fd, follow_symlinks=False)

    def touch(self, p, st, path):
        when = self.rnd.choice(TIMES) * 10**9 + self.rnd.randrange(10**9)
        os.utime(p.name, ns=(when, when), dir_fd=p.fd, follow_symlinks=False)

    def acl(self, p, st, path):
        if stat.S_ISLNK(st.st_mode):
            return
        kinds = ["system.posix_acl_access"]
        if stat.S_ISDIR(st.st_mode):
            kinds.append("system.posix_acl_default")
        kind = self.rnd.choice(kinds)
        if self.rnd.random() < 0.3:
            if kind in os.listxattr(p.proc()):
                os.removexattr(p.proc(), kind)
        else:
            os.setxattr(p.proc(), kind, random_acl(self.rnd))

    def xattr(self, p, st, path):
        names = [n for n in os.listxattr(p.proc(), follow_symlinks=False)
                 if not n.startswith("system.")]
        if names and self.rnd.random() < 0.6:
            os.removexattr(p.proc(), self.rnd.choice(names),
                           follow_symlinks=False)
        name = self.rnd.choice(("trusted.driftctl", "trusted.added"))
        os.setxattr(p.proc(), name, self.rnd.randbytes(9),
                    follow_symlinks=False)

    def chattr(self, p, st, path):
        if is_flagged_kind(st.st_mode):
            p.set_flags(FLAG_BIT[self.rnd.choice(self.letters)])

    def become_folder(self, p, st, path):
        remove_tree(self.root, path)
        os.mkdir(p.name, 0o700, dir_fd=p.fd)
        for _ in range(self.rnd.randrange(3)):
            inner = path + (self.new_name(),)
            with Place(self.root, inner) as q:
                q.create(b"in the way\n")

    def become_file(self, p, st, path):
        remove_tree(self.root, path)
        p.create(b"now a file\n")

    def become_symlink(self, p, st, path):
        remove_tree(self.root, path)
        target = self.rnd.choice([
            self.outside, b"/etc", b"..", b"/", b"gone", b"/var/other",
            b"../" * len(path) + b"var/other", p.name])
        os.symlink(target, p.name, dir_fd=p.fd)

    def become_node(self, p, st, path):
        remove_tree(self.root, path)
        kind = self.rnd.choice((stat.S_IFIFO, stat.S_IFSOCK, stat.S_IFCHR))
        os.mknod(p.name, kind | 0o600, os.makedev(1, 3) if
                 kind == stat.S_IFCHR else 0, dir_fd=p.fd)

    def move(self, p, st, path):
        """Somewhere below etc, or out of what is tracked."""
        to = self.rnd.choice(self.folders + [(b"var",)] * 10)
        to += (self.new_name(),)
        with Place(self.root, to) as q:
            os.rename(p.name, q.name, src_dir_fd=p.fd, dst_dir_fd=q.fd)

    def swap(self, p, st, path):
        other = self.rnd.choice(self.paths)
        temp = b"swapping"
        if other[:len(path)] == path or path[:len(other)] == other:
            return
        with Place(self.root, other) as q:
            q.lstat()
            os.rename(p.name, temp, src_dir_fd=p.fd, dst_dir_fd=p.fd)
            os.rename(q.name, p.name, src_dir_fd=q.fd, dst_dir_fd=p.fd)
            os.rename(temp, q.name, src_dir_fd=p.fd, dst_dir_fd=q.fd)

    def break_link(self, p, st, path):
        if stat.S_ISREG(st.st_mode) and st.st_nlink > 1:
            with os.fdopen(os.open(p.name, os.O_RDONLY, dir_fd=p.fd),
                           "rb") as f:
                content = f.read()
            os.unlink(p.name, dir_fd=p.fd)
            p.create(content)

    def link_other(self, p, st, path):
        """Another file becomes one with this."""
        other = self.rnd.choice(self.paths)
        if not stat.S_ISREG(st.st_mode) or other == path:
            return
        with Place(self.root, other) as q:
            if stat.S_ISREG(q.lstat().st_mode):
                os.unlink(q.name, dir_fd=q.fd)
                os.link(p.name, q.name, src_dir_fd=p.fd, dst_dir_fd=q.fd)

    def add(self, p, st, path):
        parent = path if stat.S_ISDIR(st.st_mode) else path[:-1]
        with Place(self.root, parent + (self.new_name(),)) as q:
            if self.rnd.random() < 0.3 and stat.S_ISREG(st.st_mode):
                os.link(p.name, q.name, src_dir_fd=p.fd, dst_dir_fd=q.fd)
            elif self.rnd.random() < 0.3:
                os.mkdir(q.name, 0o755, dir_fd=q.fd)
            else:
                q.create(b"added\n")

    def do_one(self, path):
        how = self.rnd.choice([
            self.delete, self.delete, self.delete, self.truncate, self.edit,
            self.edit, self.replace_file, self.chmod, self.chown, self.touch,
            self.acl, self.xattr, self.chattr, self.become_folder,
            self.become_file, self.become_symlink, self.become_node,
            self.move, self.swap, self.break_link, self.link_other,
            self.add, self.add])
        try:
            with Place(self.root, path) as p:
                st = p.lstat()
                if self.rnd.random() < 0.7:
                    p.loosen()
                    with Place(self.root, path[:-1]) as up:
                        up.loosen()
                how(p, st, path)
        except OSError:
            pass	# it went meanwhile, or is protected

    def destroy(self, share):
        times = int(len(self.paths) * share)
        for path in self.rnd.choices(self.paths, k=times):
            # etc itself goes in a test of its own
            if len(path) > 1:
                self.do_one(path)
        if self.rnd.random() < 0.3:
            for path in self.paths[1::2]:
                try:
                    remove_tree(self.root, path)
                except OSError:
                    pass
