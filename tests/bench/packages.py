#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""packages.py ROOT N: dpkg's database of N packages below ROOT.

Each has a hundred files, as packages have in the mean; every tenth file in
ROOT/etc/bench is a conffile of one of them, most of these as they were shipped.
"""
import hashlib
import os
import random
import sys

WORDS = 'mail auth server common tools doc data client utils core'.split()


def conffiles(root):
    top = root + '/etc/bench'
    found = []
    for folder, folders, names in os.walk(top):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(folder, name)
            if not os.path.islink(path):
                found.append(path)
    return found[::10]


def md5_of(path):
    with open(path, 'rb') as f:
        return hashlib.md5(f.read()).hexdigest()


def stanza(name, version, kept):
    lines = ['Package: ' + name, 'Status: install ok installed',
             'Priority: optional', 'Section: admin', 'Installed-Size: 1234',
             'Maintainer: Nobody <nobody@localhost>', 'Architecture: amd64',
             'Version: ' + version,
             'Depends: libc6 (>= 2.34), libssl3 (>= 3.0.0), adduser']
    if kept:
        lines.append('Conffiles:')
        lines += [' %s %s' % one for one in kept]
    lines.append('Description: one of the packages of this machine')
    lines += [' It is installed so that the database has the size that those'
              ' of servers have.'] * 5
    return '\n'.join(lines) + '\n\n'


def main():
    root, n = sys.argv[1], int(sys.argv[2])
    rng = random.Random(n)
    info = root + '/var/lib/dpkg/info'
    os.makedirs(info)
    kept = [[] for _ in range(n)]
    for i, path in enumerate(conffiles(root)):
        md5 = '%032x' % rng.getrandbits(128) if i % 10 == 9 else md5_of(path)
        kept[i % n].append((path[len(root):], md5))
    status = []
    for i in range(n):
        name = 'lib%s-%s%d' % (rng.choice(WORDS), rng.choice(WORDS), i)
        files = ['/usr/share/%s/%s-%d' % (name, rng.choice(WORDS), k)
                 for k in range(100)]
        status.append(stanza(name, '1.%d-1' % i, kept[i]))
        with open('%s/%s.list' % (info, name), 'w', encoding='ascii') as f:
            f.write('/.\n/usr\n/usr/share\n/usr/share/%s\n' % name)
            f.writelines(p + '\n' for p in files)
            f.writelines(p + '\n' for p, _ in kept[i])
        with open('%s/%s.md5sums' % (info, name), 'w', encoding='ascii') as f:
            f.writelines('%032x  %s\n' % (rng.getrandbits(128), p[1:])
                         for p in files)
    for version in '', '-2':
        with open(root + '/var/lib/dpkg/status' + version, 'w',
                  encoding='ascii') as f:
            f.writelines(status)
        status[0] = status[0].replace('Version: 1.0-1', 'Version: 1.1-1')


main()
