#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""bench.py SCRATCH DRIFTCTL: how fast it is, beside other programs."""
import os
import shutil
import subprocess
import sys
import time

from core import (ENV, Tree, have, limit, low, ratio, rounds, row, rss, run,
                  sample, show, tree_size)
from history import measure_history
from hooks import hooks, measure_5000, measure_rules


def first(t, n, durable=True):
    """The first record, made anew each round."""
    for i in range(n):
        shutil.rmtree(t.store, ignore_errors=True)
        shutil.rmtree(t.etc + '/driftctl', ignore_errors=True)
        time.sleep(0.1)
        sample(t.name('driftctl init'), t.driftctl('init'))
        sample(t.name('tar | zstd'),
               ['sh', '-c', 'tar -C "$1" --acls --xattrs -cf - etc | '
                'zstd -q -1 -f -o "$2"', 'sh', t.root, t.dir + '/tar.zst'])
        if i < 2:
            t.start('git')
            sample(t.name('git add+commit, first'), t.git_commit('git'))
        if durable and i == 0:
            t.start('durable')
            sample(t.name('git add+commit, first, durable'),
                   t.git_commit('durable', durable=True))
            t.forget('durable')


def etckeeper_first(t):
    if not have('etckeeper'):
        return
    copy = t.dir + '/etckeeper'
    subprocess.run(['cp', '-a', t.etc, copy], check=True)
    sample(t.name('etckeeper init+commit'),
           ['sh', '-c', 'etckeeper init -d "$1" && '
            'etckeeper commit -d "$1" x', 'sh', copy])
    sample(t.name('etckeeper unclean (unchanged)'),
           ['etckeeper', 'unclean', '-d', copy], (0, 1))
    shutil.rmtree(copy)


def forget_answers(t):
    folder = t.store + '/answers'
    for name in os.listdir(folder):
        os.unlink(folder + '/' + name)


def unchanged(t, n):
    time.sleep(0.1)     # nothing is fresh enough to be read again
    run(t.driftctl('check'))
    run(t.driftctl('snapshot'))
    run(t.git('git', 'status', '--porcelain'))
    rounds(n, (t.name('driftctl check'), t.driftctl('check')),
           (t.name('git status'), t.git('git', 'status', '--porcelain')),
           (t.name('find -printf'), t.find()), ('true', ['true']),
           (t.name('driftctl snapshot, unchanged'), t.driftctl('snapshot')))
    # The answer is forgotten, what was seen is not: rules are judged anew.
    rounds(max(3, n // 3), (t.name('driftctl check, rules judged anew'),
                            t.driftctl('check')),
           prepare=lambda i: forget_answers(t))


def aide(t, n):
    if not have('aide'):
        return
    run(t.driftctl('check'))    # the hooks left another package database
    sample(t.name('aide --init'), t.aide('init'))
    rounds(n, (t.name('aide --check'), t.aide('check'), range(8)),
           (t.name('driftctl check'), t.driftctl('check')))


def touch(t, i):
    path = t.etc + '/hosts'
    with open(path, 'a', encoding='ascii') as f:
        f.write('192.0.2.%d changed-%d\n' % (i, i))
    time.sleep(0.06)


def one_change(t, n):
    grown = []
    for i in range(n):
        touch(t, i)
        sample(t.name('driftctl check, one changed'), t.driftctl('check'),
               (0, 1))
        sample(t.name('git status, one changed'),
               t.git('git', 'status', '--porcelain'))
        touch(t, i + 100)
        before = tree_size(t.store + '/repo.git')
        sample(t.name('driftctl snapshot, one changed'),
               t.driftctl('snapshot'))
        grown.append(tree_size(t.store + '/repo.git') - before)
        sample(t.name('git add+commit, one changed'), t.git_commit('git'))
    return max(grown)


def no_growth(t):
    time.sleep(0.1)
    run(t.driftctl('snapshot'))
    before = tree_size(t.store + '/repo.git')
    run(t.driftctl('snapshot'))
    return tree_size(t.store + '/repo.git') - before


def restore_all(t, n):
    """Everything is gone, and put back; and all is there but was edited."""
    run(t.driftctl('accept', '-m', 'bench'), (0, 1))
    run(t.git_commit('git'), (0, 1))
    out = t.dir + '/unpacked'
    all_of_it = t.driftctl('restore', '--all', '--yes')
    for _ in range(n):
        shutil.rmtree(t.etc + '/bench')
        sample(t.name('driftctl restore --all'), all_of_it)
        shutil.rmtree(t.etc + '/bench')
        sample(t.name('git checkout'), t.git('git', 'checkout', '-f', '.'))
        shutil.rmtree(out, ignore_errors=True)
        os.mkdir(out)
        sample(t.name('tar x'),
               ['sh', '-c', 'zstd -dcq "$1" | tar -C "$2" --acls --xattrs '
                '-xf -', 'sh', t.dir + '/tar.zst', out])
    shutil.rmtree(out)
    # What git put back lacks modes, ACLs and times.
    run(all_of_it)
    subprocess.run("find '%s/bench' -type f -exec sh -c 'for f; do "
                   "echo edited >> \"$f\"; done' sh {} +" % t.etc,
                   shell=True, check=True)
    sample(t.name('driftctl restore --all, all edited'), all_of_it)
    check = subprocess.run(t.driftctl('check'), env=ENV, check=False,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if check.returncode != 0:
        sys.exit('bench: not all was restored:\n' + check.stdout.decode())


def restore_one(t, n):
    path = '/etc/hosts'
    rounds(n, (t.name('driftctl restore, one file'),
               t.driftctl('restore', '--yes', path)),
           prepare=lambda i: touch(t, i))


def judge_unchanged(t, memory):
    check = t.name('driftctl check')
    if t.n == 300:
        ratio('unchanged check, 300, by git status', check,
              t.name('git status'), 1.0)
        limit('unchanged check, 300, above `true`',
              (low(check) - low('true')) * 1000, 3, 'ms')
        return
    ratio(t.name('unchanged check') + ', by git status', check,
          t.name('git status'), 0.6)
    ratio(t.name('unchanged check') + ', by find -printf', check,
          t.name('find -printf'), 1.0)
    ratio(t.name('unchanged check') + ', by aide --check', check,
          t.name('aide --check'), 0.01)
    limit(t.name('unchanged check') + ', peak memory', rss(check) / 1024,
          memory, 'MiB')


def judge_20k(t, grown, nothing, sizes):
    init = t.name('driftctl init')
    ratio('first snapshot, durable, by tar | zstd -1', init,
          t.name('tar | zstd'), 1.1)
    ratio('first snapshot, durable, by git add+commit', init,
          t.name('git add+commit, first'), 1 / 8)
    ratio('first snapshot, durable, by durable git', init,
          t.name('git add+commit, first, durable'), 1 / 15)
    ratio('first snapshot, durable, by etckeeper', init,
          t.name('etckeeper init+commit'), None)
    row('store by git\'s packed one', '<= 1.1 x',
        '%.3g x' % (sizes[0] / sizes[1]),
        'ok' if sizes[0] <= 1.1 * sizes[1] else 'MISSED',
        '%.1f and %.1f MiB' % (sizes[0] / 2**20, sizes[1] / 2**20))
    ratio('check after one change, by git status',
          t.name('driftctl check, one changed'),
          t.name('git status, one changed'), None)
    ratio('snapshot after one change, by git add+commit',
          t.name('driftctl snapshot, one changed'),
          t.name('git add+commit, one changed'), 0.5)
    limit('store grows by one change', grown / 1024, 16, 'KiB')
    limit('store grows by nothing', nothing, 0, 'bytes', '%d')
    ratio('snapshot of nothing, by check',
          t.name('driftctl snapshot, unchanged'), t.name('driftctl check'),
          1.25)
    ratio('restore --all, durable, by tar x',
          t.name('driftctl restore --all'), t.name('tar x'), 2.5)
    ratio('restore --all, durable, by git checkout',
          t.name('driftctl restore --all'), t.name('git checkout'), 1.5)
    ratio('restore --all of edited files, by tar x',
          t.name('driftctl restore --all, all edited'), t.name('tar x'), None)
    limit('restore of one file',
          low(t.name('driftctl restore, one file')) * 1000, 30, 'ms')


def measure_300():
    t = Tree(300)
    first(t, 5)
    unchanged(t, 30)
    hooks(t, 8)
    judge_unchanged(t, 12)


def measure_20k():
    t = Tree(20000)
    first(t, 4)
    store = tree_size(t.store + '/repo.git/objects')
    subprocess.run(t.git('git', 'gc', '-q'), check=True, env=ENV)
    sizes = store, tree_size(t.dir + '/git/objects')
    etckeeper_first(t)
    unchanged(t, 15)
    hooks(t, 8)
    aide(t, 2)
    grown = one_change(t, 6)
    nothing = no_growth(t)
    restore_all(t, 3)
    restore_one(t, 6)
    judge_unchanged(t, 12)
    judge_20k(t, grown, nothing, sizes)


def measure_200k():
    t = Tree(200000)
    first(t, 1, durable=False)
    unchanged(t, 5)
    hooks(t, 2)
    aide(t, 1)
    judge_unchanged(t, 80)


def main():
    began = time.time()
    measure_300()
    measure_20k()
    measure_5000()
    measure_rules()
    if os.environ.get('BENCH_LARGE'):
        measure_200k()
        measure_history()
    show(began)


main()
