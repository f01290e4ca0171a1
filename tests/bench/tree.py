#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tree.py DIR N: an /etc-like tree of N objects below DIR, the same each time.

Nine of ten are files, most of them small and some large, one of ten is a
symlink; there is a folder for each eight. Some have ACLs and extended
attributes where the file system takes them.
"""
import os
import random
import struct
import sys


def acl(uid):
    """user::rw-, user:uid:r--, group::r--, mask::r--, other::r--"""
    entries = [(1, 6, 0xFFFFFFFF), (2, 4, uid), (4, 4, 0xFFFFFFFF),
               (16, 4, 0xFFFFFFFF), (32, 4, 0xFFFFFFFF)]
    return struct.pack('<I', 2) + b''.join(
        struct.pack('<HHI', *e) for e in entries)


def size_of(rng):
    """About 3.7 KB in the mean, as 67 MB in 18,000 files are."""
    if rng.random() < 0.98:
        return rng.choice((120, 300, 700, 1500, 3000, 6000))
    return rng.choice((20000, 60000, 180000))


def folders(top, n, rng):
    all_of_them = [top]
    while len(all_of_them) < n:
        up = rng.choice(all_of_them[-150:] + all_of_them[:10])
        if up.count('/') - top.count('/') > 7:
            continue
        path = '%s/folder-%d.d' % (up, len(all_of_them))
        os.mkdir(path)
        all_of_them.append(path)
    return all_of_them


def set_extra(path, i):
    try:
        if i % 40 == 7:
            os.setxattr(path, 'user.comment', b'kept by %d' % i)
        if i % 50 == 9:
            os.setxattr(path, 'system.posix_acl_access', acl(1000 + i % 7))
    except OSError:
        pass


def main():
    top, n = sys.argv[1], int(sys.argv[2])
    rng = random.Random(n)
    os.makedirs(top, exist_ok=True)
    where = folders(top, max(1, n * 2442 // 20000), rng)
    lines = ['%s_%d = %x # %s\n' % (rng.choice(('path', 'limit', 'user')), i,
             rng.getrandbits(60), 'x' * rng.randrange(30))
             for i in range(4000)]
    last = 'file-0.conf'
    for i in range(n):
        folder = rng.choice(where)
        name = 'file-%d.conf' % i
        path = folder + '/' + name
        if i % 10 == 9:
            os.symlink(last, path)
            continue
        want = size_of(rng)
        text = []
        while want > 0:
            text.append(rng.choice(lines))
            want -= len(text[-1])
        with open(path, 'w', encoding='ascii') as f:
            f.write(''.join(text))
        os.chmod(path, 0o600 if i % 17 == 3 else 0o644)
        set_extra(path, i)
        last = name


main()
