#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A long history: nothing may get slower by it, and gc bounds the store."""
import os
import time

from core import Tree, limit, low_cpu, row, run, sample, tree_size

SNAPSHOTS = int(os.environ.get('BENCH_SNAPSHOTS', '10000'))
EARLY = 10


def change(t, i):
    with open(t.etc + '/bench/changing.conf', 'w', encoding='ascii') as f:
        f.write('round = %d\n' % i)


def measure(t, when, i):
    for _ in range(5):
        i += 1
        change(t, i)
        time.sleep(0.03)
        for verb in (['check'], ['diff'], ['snapshot'],
                     ['log', '-n', '20']):
            sample('driftctl %s, %s' % (' '.join(verb), when),
                   t.driftctl(*verb), (0, 1))
    return i


def measure_history():
    t = Tree(2000)
    config = t.dir + '/driftctl.yaml'
    with open(config, 'w', encoding='ascii') as f:
        f.write('keep-snapshots: 1000\n')
    run(t.driftctl('init'))
    i = EARLY
    for k in range(EARLY):
        change(t, k)
        run(t.driftctl('snapshot'))
    i = measure(t, 'after ten', i)
    began = time.time()
    while i < SNAPSHOTS:
        i += 1
        change(t, i)
        run(t.driftctl('snapshot'))
    row('%d snapshots of 2000 files' % SNAPSHOTS, '', '%.0f s' %
        (time.time() - began), '')
    measure(t, 'after all', i)
    for verb in 'check', 'diff', 'snapshot', 'log -n 20':
        most = low_cpu('driftctl %s, after ten' % verb) * 1000
        limit('%s after %d snapshots' % (verb, SNAPSHOTS),
              low_cpu('driftctl %s, after all' % verb) * 1000,
              float('%.3g' % (1.2 * most)), 'ms')
    repo = t.store + '/repo.git'
    before = tree_size(repo)
    sample('driftctl gc, after all', t.driftctl('--config', config, 'gc'))
    limit('store after gc, by before', tree_size(repo) / before,
          1000 / SNAPSHOTS + 0.2, 'x', '%.3g')
