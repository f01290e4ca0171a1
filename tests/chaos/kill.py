#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Kills driftctl at one system call after another, or lets that call fail.

usage: kill.py DRIFTCTL FOLDER [--every N] [--seed N] [--entries N]
               [--errors]
"""
import argparse
import os
import random
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
from destroy import Destroyer
from places import Place, remove_tree, walk
from reading import Reading, differences
from tree import Maker

# What changes something, and what the order of changes hangs on.
CALLS = ("renameat renameat2 unlinkat linkat symlinkat mkdirat mknodat openat "
         "write pwrite64 ftruncate fsync syncfs fchownat chmod setxattr "
         "removexattr ioctl utimensat flock").split()
ERRORS = {
    "write": ("ENOSPC", "EIO"), "openat": ("EACCES", "EIO"),
    "fsync": ("EIO",), "syncfs": ("EIO",), "renameat": ("EIO", "ENOSPC"),
    "renameat2": ("EIO", "ENOSPC"), "linkat": ("EMLINK",),
    "mkdirat": ("ENOSPC",), "unlinkat": ("EIO",), "fchownat": ("EPERM",),
    "chmod": ("EPERM",), "setxattr": ("ENOSPC", "ENOTSUP"),
    "utimensat": ("EPERM",), "ioctl": ("EIO",), "flock": ("ENOLCK",),
    "openat2": ("EACCES", "EMFILE"),
}
RESTORE = ("restore", "--all", "--remove-added", "--yes")
UNDO = ("undo", "--yes")


class Sweep:
    def __init__(self, args):
        self.a = args
        self.rnd = random.Random(args.seed)
        self.top = os.fsencode(args.folder)
        self.root = os.path.join(self.top, b"root")
        self.store = os.path.join(self.top, b"store")
        self.kills = self.failed = self.recovered = 0

    def driftctl(self, words, before=()):
        done = subprocess.run(
            [*before, self.a.driftctl, "--root", self.root, "--store",
             self.store, *words], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        done.said = done.stderr.decode("latin1")
        return done

    def fail(self, what, lines=()):
        self.failed += 1
        print("%s: %s" % (self.at, what))
        for line in list(lines)[:12]:
            print("   ", line[:300])
        if self.failed > 10:
            sys.exit(1)

    def state(self):
        """A, B, or what is wrong with it."""
        now = Reading(self.root)

        def untracked(path):
            return path[0] != b"etc"
        a = differences(self.whole, now, untracked)
        if not a:
            return "A"
        b = differences(self.broken, now, untracked)
        return "B" if not b else min(a, b, key=len)

    def expect(self, what, states):
        now = self.state()
        if now not in tuple(states):
            self.fail("%s the tree is neither as it was nor as it shall be"
                      % what if isinstance(now, list) else
                      "%s the tree is %s" % (what, now),
                      now if isinstance(now, list) else ())
            self.begin_again()
        return now

    def go_to(self, state):
        """A is the baseline; B is what undo makes of it."""
        for words in (RESTORE, UNDO) if state == "B" else (RESTORE,):
            if self.state() != state:
                done = self.driftctl(words)
                if done.returncode not in (0, 1):
                    self.fail("exit %d of %s" % (done.returncode, words[0]),
                              done.said.splitlines())
        if self.state() != state:
            self.fail("cannot get to %s" % state)
            self.begin_again()

    def begin_again(self):
        sys.exit(1)

    def begin(self):
        self.at = "to begin with"
        os.makedirs(os.path.join(self.root, b"var/other"))
        Maker(self.root, self.a.seed, self.a.entries, False, False).make()
        done = self.driftctl(("init",))
        if done.returncode != 0:
            sys.exit(done.said)
        self.whole = Reading(self.root)
        Destroyer(self.root, b"/nowhere", self.a.seed + 1, False).destroy(.3)
        self.broken = Reading(self.root)

    def sound(self):
        done = self.driftctl(("verify",))
        if done.returncode != 0:
            self.fail("verify: exit %d" % done.returncode,
                      done.stdout.decode("latin1").splitlines() +
                      done.said.splitlines())
        fsck = subprocess.run(
            ["git", "-C", self.store + b"/repo.git", "fsck", "--strict",
             "--no-dangling"], stdout=subprocess.PIPE, check=False,
            stderr=subprocess.STDOUT)
        if fsck.returncode != 0 or fsck.stdout:
            self.fail("git fsck", fsck.stdout.decode().splitlines())

    def counts(self, words):
        """How often the main thread makes each call."""
        log = os.path.join(self.a.folder, "log")
        self.driftctl(words, ("strace", "-f", "-o", log, "-e",
                              "trace=" + ",".join(set(CALLS) | set(ERRORS))))
        found = {}
        with open(log, encoding="latin1") as f:
            first = None
            for line in f:
                pid, _, rest = line.partition(" ")
                first = first or pid
                call = re.match(r" *([a-z0-9_]+)\(", rest)
                if pid == first and call:
                    found[call[1]] = found.get(call[1], 0) + 1
        return found

    def inject(self, words, call, how, n):
        return self.driftctl(words, (
            "strace", "-f", "-o", "/dev/null", "-e", "trace=" + call, "-e",
            "inject=%s:%s:when=%d" % (call, how, n)))

    def moments(self, calls, names):
        for call in names:
            n = calls.get(call, 0)
            # All of the few, a sample of the many.
            often = range(1, n + 1)
            if n > self.a.every:
                often = sorted(self.rnd.sample(often, self.a.every))
            for i in often:
                yield call, i

    def kill_all(self, words, start):
        self.go_to(start)
        calls = self.counts(words)
        for call, n in self.moments(calls, CALLS):
            self.at = "%s killed at %s %d" % (words[0], call, n)
            self.go_to(start)
            done = self.inject(words, call, "signal=KILL", n)
            if done.returncode in (0, 1, 2):
                continue
            self.kills += 1
            self.after_kill(start)

    def after_kill(self, start):
        look = self.driftctl(self.rnd.choice(
            (("check",), ("restore", "--all", "--dry-run"))))
        begun = "was interrupted" in look.said
        self.recovered += begun
        if not begun:
            self.expect("not a word of it, but", "AB")
        words = self.rnd.choice((RESTORE, UNDO, ("snapshot",)))
        done = self.driftctl(words)
        said = "was interrupted" in done.said
        if begun and not said:
            self.fail("%s does not say what it took back" % words[0])
        if done.returncode not in (0, 1) and \
                "there is no restore to take back" not in done.said:
            self.fail("%s: exit %d" % (words[0], done.returncode),
                      done.said.splitlines())
        if words == RESTORE:
            self.expect("after the next restore", "A")
        elif begun and words == ("snapshot",):
            self.expect("after the next snapshot", start)
        else:
            self.expect("after the next %s" % words[0], "AB")
        if self.kills % 8 == 0:
            self.sound()

    def fail_all(self, words, start):
        self.go_to(start)
        calls = self.counts(words)
        for call, n in self.moments(calls, ERRORS):
            error = self.rnd.choice(ERRORS[call])
            self.at = "%s with %s at %s %d" % (words[0], error, call, n)
            self.go_to(start)
            done = self.inject(words, call, "error=" + error, n)
            self.kills += 1
            now = self.state()
            if done.returncode == 2 and not done.said.startswith("driftctl: "):
                self.fail("no word of it", done.said.splitlines())
            if done.returncode not in (0, 1, 2):
                self.fail("exit %d" % done.returncode, done.said.splitlines())
            pending = "was interrupted" in self.driftctl(("check",)).said
            if isinstance(now, list) and not pending:
                self.fail("the tree is neither (exit %d)" % done.returncode,
                          done.said.splitlines() + now)
            if pending:
                self.recovered += 1
                self.driftctl(("snapshot",))
                self.expect("taken back", start)
            if self.kills % 8 == 0:
                self.sound()

    def kill_recording(self):
        """init, snapshot and accept leave a sound store wherever they die."""
        for words in (("snapshot", "-m", "x"), ("accept", "-m", "x"),
                      ("init",)):
            for call, n in self.moments(self.recording(words), CALLS):
                self.at = "%s killed at %s %d" % (words[0], call, n)
                self.change(words)
                done = self.inject(words, call, "signal=KILL", n)
                if done.returncode in (0, 1, 2):
                    continue
                self.kills += 1
                again = self.driftctl(words)
                if again.returncode not in (0, 1) and not (
                        words[0] == "init" and "already" in again.said):
                    self.fail("the next one: exit %d" % again.returncode,
                              again.said.splitlines())
                self.sound()

    def recording(self, words):
        self.change(words)
        return self.counts(words)

    def change(self, words):
        if words[0] == "init":
            shutil.rmtree(self.store, ignore_errors=True)
            return
        with Place(self.root, (b"etc", b"changes")) as p:
            remove_tree(self.root, (b"etc", b"changes"))
            p.create(self.rnd.randbytes(2000))

    def clean(self):
        for path, _ in list(walk(self.root)):
            if len(path) == 1:
                remove_tree(self.root, path)
        shutil.rmtree(self.top, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("driftctl")
    parser.add_argument("folder")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=int, default=3,
                        help="moments of each system call")
    parser.add_argument("--entries", type=int, default=40)
    parser.add_argument("what", choices=("restore", "undo", "record",
                                         "errors"), nargs="+")
    args = parser.parse_args()
    args.folder = os.path.abspath(args.folder)
    os.makedirs(args.folder)
    s = Sweep(args)
    s.begin()
    for what in args.what:
        if what == "restore":
            s.kill_all(RESTORE, "B")
        elif what == "undo":
            s.kill_all(UNDO, "A")
        elif what == "record":
            s.kill_recording()
        else:
            s.fail_all(RESTORE, "B")
            s.fail_all(UNDO, "A")
    print("%d times, %d of them left something to take back, %d failures" % (
        s.kills, s.recovered, s.failed))
    if not s.failed:
        s.clean()
    return 1 if s.failed else 0


if __name__ == "__main__":
    sys.exit(main())
