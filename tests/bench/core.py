#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What is measured, the table it comes to, and a root to measure on.

Programs are measured in turn, round after round, so that what disturbs the
machine disturbs them all. A goal is held against the ratio of minima, which
noise moves least; the ratio of medians stands beside it.
"""
import os
import shutil
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
SCRATCH = os.path.abspath(sys.argv[1])
DRIFTCTL = os.path.abspath(sys.argv[2])
ENV = dict(os.environ, GIT_CONFIG_NOSYSTEM='1', GIT_CONFIG_GLOBAL='/dev/null',
           GIT_AUTHOR_NAME='b', GIT_AUTHOR_EMAIL='b@localhost', LC_ALL='C',
           GIT_COMMITTER_NAME='b', GIT_COMMITTER_EMAIL='b@localhost',
           HOME=SCRATCH)
DURABLE = ['-c', 'core.fsync=all', '-c', 'core.fsyncMethod=fsync']

samples = {}    # name of a measurement -> list of (seconds, KiB,
                # seconds of processors)
goals = []      # rows of the table


def run(argv, ok=(0,)):
    """Seconds, peak KiB and seconds of processors of a program; ends all
    where it fails."""
    p = subprocess.run([SCRATCH + '/measure', *argv], env=ENV, check=True,
                       stdout=subprocess.PIPE, text=True)
    ns, kib, code, cpu = map(int, p.stdout.split())
    if code not in ok:
        sys.exit('bench: exit %d of %s' % (code, ' '.join(argv)))
    return ns / 1e9, kib, cpu / 1e9


def sample(name, argv, ok=(0,)):
    samples.setdefault(name, []).append(run(argv, ok))


def rounds(n, *what, prepare=None):
    """what: (name, argv[, exit codes]), each once a round."""
    for i in range(n):
        if prepare:
            prepare(i)
        for one in what:
            sample(*one)


def times(name):
    return [one[0] for one in samples[name]]


def low(name):
    return min(times(name))


def low_cpu(name):
    """What else the machine does moves this less than times."""
    return min(one[2] for one in samples[name])


def mid(name):
    return statistics.median(times(name))


def rss(name):
    return max(one[1] for one in samples[name])


def have(program):
    return shutil.which(program) is not None


def row(what, goal, value, verdict, note=''):
    goals.append((what, goal, value, verdict, note))


def ratio(what, mine, peer, most):
    """mine may take at most `most` times what peer does; None: no goal."""
    if mine not in samples or peer not in samples:
        row(what, '' if most is None else '<= %g x' % most, '',
            'not measured')
        return
    r = low(mine) / low(peer)
    row(what, '' if most is None else '<= %.3g x' % most, '%.3g x' % r,
        '' if most is None else 'ok' if r <= most else 'MISSED',
        '%.3g x of medians' % (mid(mine) / mid(peer)))


def limit(what, value, most, unit, form='%.1f'):
    """most None: no goal."""
    row(what, '' if most is None else '<= %g %s' % (most, unit),
        form % value + ' ' + unit,
        '' if most is None else 'ok' if value <= most else 'MISSED')


def tree_size(path):
    total = 0
    for folder, _, names in os.walk(path):
        for name in names:
            total += os.lstat(os.path.join(folder, name)).st_size
    return total


class Tree:
    """A root with N objects in etc/, dpkg's database beside it, and every
    program's record of it."""

    def __init__(self, n):
        self.n = n
        self.label = '%dk' % (n // 1000) if n >= 10000 else str(n)
        self.dir = '%s/%s' % (SCRATCH, self.label)
        self.root = self.dir + '/root'
        self.etc = self.root + '/etc'
        self.store = self.dir + '/store'
        os.mkdir(self.dir)
        # The story's machine, so that the shipped rules have work.
        subprocess.run(['sh', TOP + '/tests/story/make-root.sh', self.root,
                        'before'], check=True, stdout=subprocess.DEVNULL)
        subprocess.run([sys.executable, HERE + '/tree.py',
                        self.etc + '/bench', str(n)], check=True)
        subprocess.run([sys.executable, HERE + '/packages.py', self.root,
                        str(min(1000, max(300, n // 20)))], check=True)
        with open(self.dir + '/aide.conf', 'w', encoding='ascii') as f:
            f.write('database_in=file:{0}/aide.db\n'
                    'database_out=file:{0}/aide.db\n'
                    'gzip_dbout=no\n'
                    'All = p+i+n+u+g+s+m+c+acl+xattrs+sha256\n'
                    '{1} All\n'.format(self.dir, self.etc))

    def name(self, what):
        return '%s, %s' % (what, self.label)

    def driftctl(self, *words):
        return [DRIFTCTL, '--root', self.root, '--store', self.store, *words]

    def git(self, repo, *words, durable=False):
        return ['git', '-c', 'gc.auto=0', *(DURABLE if durable else []),
                '--git-dir=%s/%s' % (self.dir, repo),
                '--work-tree=' + self.etc, *words]

    def git_commit(self, repo, durable=False):
        """add and commit, in one program that is measured."""
        git = self.git(repo, durable=durable)
        return ['sh', '-c', '"$@" add -A && "$@" commit -q -m x', 'sh', *git]

    def forget(self, repo):
        shutil.rmtree('%s/%s' % (self.dir, repo), ignore_errors=True)

    def start(self, repo):
        self.forget(repo)
        subprocess.run(self.git(repo, 'init', '-q'), check=True, env=ENV)

    def aide(self, what):
        return ['aide', '--config=%s/aide.conf' % self.dir, '-W', '2',
                '--' + what]

    def find(self):
        return ['find', self.etc, '-printf', '%p %s %m %u %g %T@ %C@\n']


def show(began):
    print('%-44s %-12s %-12s %-8s %s' % ('case', 'goal', 'measured', '',
                                         'noise'))
    for r in goals:
        print(('%-44s %-12s %-12s %-8s %s' % r).rstrip())
    print('\n%-44s %10s %10s %10s %4s' % ('seconds', 'minimum', 'median',
                                          'peak MiB', 'runs'))
    for name in samples:
        print('%-44s %10.4f %10.4f %10.1f %4d' % (
            name, low(name), mid(name), rss(name) / 1024,
            len(samples[name])))
    missed = sum(r[3] == 'MISSED' for r in goals)
    met = sum(r[3] == 'ok' for r in goals)
    print('\n%d goals met, %d missed, in %d s' % (met, missed,
                                                  time.time() - began))
