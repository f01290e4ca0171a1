#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a transaction of a package manager costs, and judging all rules."""
import glob
import os
import shutil
import subprocess
import time

from core import ENV, SCRATCH, TOP, DRIFTCTL, Tree, limit, low, run, sample

CHANGED = 50


class Owner:
    """A process that stands for the package manager."""

    def __enter__(self):
        self.process = subprocess.Popen(['sleep', '3600'])
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def hook(self, t, when):
        return t.driftctl('hook', 'dpkg', when, '--owner',
                          str(self.process.pid))


def upgrade_package(t, i):
    """Replaces the database as dpkg does: another file in its place."""
    dpkg = t.root + '/var/lib/dpkg/'
    versions = dpkg + 'status-2', dpkg + 'status-1'
    if not os.path.exists(versions[1]):
        shutil.copy(dpkg + 'status', versions[1])
    shutil.copy(versions[i % 2], dpkg + 'status-new')
    os.rename(dpkg + 'status-new', dpkg + 'status')
    time.sleep(0.06)


def transactions(t, n, name, change):
    """The owner's own work in between is not measured."""
    began, ended = t.name('hook begin, ' + name), t.name('hook end, ' + name)
    with Owner() as owner:
        for i in range(n + 1):
            time.sleep(0.06)    # nothing is fresh enough to be read again
            measure = sample if i > 0 else lambda _, argv: run(argv)
            measure(began, owner.hook(t, 'begin'))
            upgrade_package(t, i)
            change(i)
            measure(ended, owner.hook(t, 'end'))
    return low(began) + low(ended)


def hooks(t, n):
    """One package is upgraded, and nothing that is tracked."""
    both = transactions(t, n, 'nothing touched', lambda i: None)
    limit(t.name('hooks, nothing touched'), both * 1000,
          100 if t.n == 20000 else None, 'ms')


def touch_some(t, i):
    names = sorted(glob.glob(t.etc + '/bench/*/*.conf'))
    files = [p for p in names if not os.path.islink(p)][:CHANGED]
    if len(files) < CHANGED:
        raise RuntimeError('too few files to change')
    for path in files:
        with open(path, 'a', encoding='ascii') as f:
            f.write('# round %d\n' % i)
    time.sleep(0.06)


def measure_5000():
    t = Tree(5000)
    run(t.driftctl('init'))
    both = transactions(t, 6, '50 changed', lambda i: touch_some(t, i))
    limit(t.name('hooks, 50 files changed'), both * 1000, 400, 'ms')


def forget_all(store):
    """What is remembered between runs, so that nothing is."""
    for name in 'answers', 'asked', 'verdicts', 'statcache', 'packages':
        path = store + '/' + name
        if os.path.isdir(path):
            shutil.rmtree(path)
        elif os.path.exists(path):
            os.unlink(path)


def measure_rules():
    """The mail server that the catalogue's own tests are about."""
    name = 'all rules of a mail server, nothing cached'
    root, store = SCRATCH + '/mail', SCRATCH + '/mail-store'
    shutil.copytree(TOP + '/tests/cases/catalog/roots/debian-mail', root,
                    symlinks=True)
    check = [DRIFTCTL, '--root', root, '--store', store, 'check']
    subprocess.run([*check[:-1], 'init'], env=ENV, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(10):
        forget_all(store)
        sample(name, check, (0, 1, 2))
    limit('all rules, nothing cached', low(name) * 1000, 150, 'ms')
