# SPDX-License-Identifier: MIT
"""A second reading of a tree, with stat, sha256 and the usual tools."""
import hashlib
import os
import re
import stat
import subprocess

from places import is_flagged_kind, open_folder

# The rest of what lsattr shows is the file system's own business.
OUR_FLAGS = set("suSiadAcjtDTC")


def tool(words, names):
    """Runs in the current folder; names may be anything."""
    if not names:
        return b""
    done = subprocess.run(words + [b"./" + n for n in names],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False, env={"PATH": os.environ["PATH"],
                                            "LC_ALL": "C"})
    if b"Operation not supported" in done.stderr:
        return b""
    if done.returncode != 0:
        raise SystemExit("%s: %s" % (words[0], done.stderr.decode("latin1")))
    return done.stdout


def unescape(name):
    return re.sub(rb"\\([0-7]{3})", lambda m: bytes([int(m[1], 8)]), name)


def blocks(output):
    """getfacl and getfattr: name -> its lines."""
    found = {}
    for block in output.split(b"\n\n"):
        lines = block.strip(b"\n").split(b"\n")
        if not lines[0].startswith(b"# file: "):
            continue
        name = unescape(lines[0][len(b"# file: "):])
        found[name[2:] if name.startswith(b"./") else name] = lines[1:]
    return found


def flags_of(names):
    output, found = tool(["lsattr", "-d"], names), {}
    if not output:
        return found
    for name in names:
        head, rest = output.split(b" ", 1)
        want = b"./" + name + b"\n"
        # lsattr shows some bytes as others: lengths are what counts
        if rest.startswith(want):
            output = rest[len(want):]
        else:
            raise SystemExit("lsattr: cannot read its line of %r" % name)
        found[name] = "".join(c for c in head.decode() if c in OUR_FLAGS)
    return found


def digest(name):
    with open(name, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


class Reading:
    def __init__(self, root):
        self.inodes = {}
        self.entries = {}
        fd = open_folder(root)
        # The tools take no path of this length: go there instead.
        here = os.open(".", os.O_RDONLY)
        try:
            self.read_folder(fd, ())
        finally:
            os.fchdir(here)
            os.close(here)
            os.close(fd)

    def read_folder(self, fd, path):
        os.fchdir(fd)
        names = sorted(os.listdir(b"."))
        stats = {n: os.lstat(n) for n in names}
        real = [n for n in names if not stat.S_ISLNK(stats[n].st_mode)]
        acls = blocks(tool(["getfacl", "-n", "-p", "-E"], real))
        attrs = blocks(tool(["getfattr", "-h", "-d", "-m", "-", "-e", "hex"],
                            names))
        flags = flags_of([n for n in real
                          if is_flagged_kind(stats[n].st_mode)])
        for n in names:
            self.entries[path + (n,)] = self.facts(
                path + (n,), n, stats[n], acls.get(n), attrs.get(n, []),
                flags.get(n, ""))
        for n in names:
            if stat.S_ISDIR(stats[n].st_mode):
                below = open_folder(n, fd)
                self.read_folder(below, path + (n,))
                os.close(below)

    def facts(self, path, name, st, acl, attrs, flags):
        facts = {"type": "%o" % stat.S_IFMT(st.st_mode),
                 "mode": "%o" % stat.S_IMODE(st.st_mode),
                 "owner": "%d:%d" % (st.st_uid, st.st_gid),
                 "time": "%d" % st.st_mtime_ns, "flags": flags}
        if acl is not None:
            # Owner and group are known already; -n gives numbers.
            facts["acl"] = ",".join(sorted(a.decode() for a in acl
                                           if not a.startswith(b"#")))
        for line in sorted(attrs):
            key, _, value = line.partition(b"=")
            key = key.decode("latin1")
            if not key.startswith("system.posix_acl"):
                facts["xattr " + key] = value.decode("latin1")
        if stat.S_ISLNK(st.st_mode):
            facts["target"] = repr(os.readlink(name))
        elif stat.S_ISREG(st.st_mode):
            facts["size"] = str(st.st_size)
            facts["sha256"] = digest(name)
        elif stat.S_ISBLK(st.st_mode) or stat.S_ISCHR(st.st_mode):
            facts["device"] = "%d,%d" % (os.major(st.st_rdev),
                                         os.minor(st.st_rdev))
        if not stat.S_ISDIR(st.st_mode):
            self.inodes[path] = (st.st_dev, st.st_ino)
        return facts


def text(path):
    return repr(b"/" + b"/".join(path))[1:]


def groups(reading, paths):
    """
    path -> the first of the paths that are one inode with it, so that links
    are the same when all names say the same. Names in the same top folder
    only: nobody looks for those where nothing is tracked.
    """
    first = {}
    for path in paths:
        if path in reading.inodes:
            first.setdefault((path[0], reading.inodes[path]), path)
    return {p: text(first[p[0], reading.inodes[p]]) for p in paths
            if p in reading.inodes}


def differences(old, new, skip=lambda path: False, ignore=()):
    """Lines that say what differs between two readings."""
    out, both = [], []
    for path in sorted(set(old.entries) | set(new.entries)):
        if skip(path):
            continue
        if path not in new.entries:
            out.append("- %s" % text(path))
        elif path not in old.entries:
            out.append("+ %s" % text(path))
        else:
            both.append(path)
    old_groups, new_groups = groups(old, both), groups(new, both)
    for path in both:
        a, b = old.entries[path], new.entries[path]
        for key in sorted(set(a) | set(b)):
            if key not in ignore and a.get(key) != b.get(key):
                out.append("! %s: %s: %s -> %s" % (
                    text(path), key, a.get(key), b.get(key)))
        x = old_groups.get(path, text(path))
        y = new_groups.get(path, text(path))
        if x != y:
            out.append("! %s: one with %s -> %s" % (text(path), x, y))
    return out
