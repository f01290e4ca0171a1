#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""One round: a random tree, destroyed, restored, taken back; all compared.

usage: chaos.py DRIFTCTL FOLDER SEED [--entries N] [--share X] [--deep]
                [--added] [--keep]
"""
import argparse
import os
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
from destroy import Destroyer
from places import FLAG_BIT, Place, remove_tree, walk
from reading import Reading, differences
from tree import Maker

# What a script can do with busybox and nothing else.
BEYOND_BUSYBOX = {"acl", "flags"}


class Round:
    def __init__(self, args):
        self.a = args
        self.top = os.fsencode(args.folder)
        self.root = os.path.join(self.top, b"root")
        self.store = os.path.join(self.top, b"store")
        self.outside = os.path.join(self.top, b"outside")
        self.failed = 0
        self.broken = None

    def driftctl(self, *words, codes=(0,)):
        done = subprocess.run(
            [self.a.driftctl, "--root", self.root, "--store", self.store,
             "-q", *words], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        if done.returncode not in codes or (done.stderr and 2 not in codes):
            self.fail("driftctl %s: exit %d" % (" ".join(words),
                                                done.returncode),
                      done.stderr.decode("latin1").splitlines())
        return done

    def fail(self, what, lines):
        self.failed += 1
        print("seed %d: %s" % (self.a.seed, what))
        for line in lines[:self.a.lines]:
            print("   ", line[:20000])
        if len(lines) > self.a.lines:
            print("    and %d more" % (len(lines) - self.a.lines))

    def expect(self, what, want, skip=lambda p: False, ignore=()):
        now = Reading(self.root)
        lines = differences(want, now, skip, ignore)
        if lines:
            self.fail(what, lines)
        return now

    def begin(self):
        for folder in (self.root, self.outside):
            os.makedirs(folder)
        os.makedirs(os.path.join(self.root, b"var/other"))
        for folder in (self.outside, os.path.join(self.root, b"var/other")):
            with open(os.path.join(folder, b"canary"), "wb") as f:
                f.write(b"still alive\n")
        Maker(self.root, self.a.seed, self.a.entries, self.a.deep,
              self.a.plain).make()
        # The time of var is nobody's but the destroyer's.
        self.driftctl("init")

    def newest_script(self):
        folder = os.path.join(self.store, b"rollback")
        ids = [n for n in sorted(os.listdir(folder))
               if n.endswith(b".sh")]
        return os.path.join(folder, ids[-1])

    def run_script(self, shell, path):
        return subprocess.run(
            shell + [self.newest_script(), self.root], check=False,
            env={"PATH": path}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def restore(self, what, want, untouched):
        words = ["restore", "--all", "--yes"]
        if self.a.added:
            words.append("--remove-added")
        self.driftctl(*words, codes=(0, 1))
        if self.failed:
            return
        self.expect(what, want, untouched)

    def script_round(self, what, shell, path, want, ignore):
        done = self.run_script(shell, path)
        said = done.stderr.decode("latin1").splitlines()
        sockets = {p for p, f in want.entries.items() if f["type"] == "140000"}

        def skip(p):
            return p in sockets
        before = self.failed
        # What could not be carried is what the next undo brings back.
        self.broken = self.expect(what, want, skip, ignore)
        if self.failed > before:
            self.fail("it said (exit %d)" % done.returncode, said)

    def go(self):
        stop = os.environ.get("STOP")
        self.begin()
        before = Reading(self.root)
        outside = Reading(self.outside)
        Destroyer(self.root, self.outside, self.a.seed + 1,
                  self.a.plain).destroy(self.a.share)
        broken = Reading(self.root)
        self.broken = broken
        added = set(broken.entries) - set(before.entries)

        def untouched(p):
            if p[0] != b"etc":
                return True
            return not self.a.added and p in added
        self.restore("after the restore", before, untouched)
        if self.a.scripts and not self.failed:
            self.scripts(before, broken, untouched)
        if not self.failed:
            if stop:
                sys.exit(1)
            self.driftctl("undo", "--yes")
            self.expect("after the undo", self.broken)
        self.driftctl("verify")
        lines = differences(outside, Reading(self.outside))
        if lines:
            self.fail("something outside has changed", lines)
        fsck = subprocess.run(["git", "-C", self.store + b"/repo.git", "fsck",
                               "--strict"], check=False,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        if fsck.returncode != 0:
            self.fail("git fsck", fsck.stdout.decode().splitlines())
        return len(before.entries), len(broken.entries), self.failed

    def scripts(self, before, broken, untouched):
        system = "/usr/sbin:/usr/bin:/sbin:/bin"
        box = self.busybox_path(())
        helped = self.busybox_path(("setfacl", "setfattr", "chattr", "touch"))
        for what, shell, path, ignore in (
                ("after ID.sh", ["sh"], system, ()),
                ("after ID.sh with busybox and tools",
                 ["busybox", "sh"], helped, ()),
                ("after ID.sh with busybox alone",
                 ["busybox", "sh"], box, None)):
            if ignore is None and not self.a.plain:
                continue
            if shell[0] == "busybox":
                shell = [shutil.which("busybox"), "sh"]
            if ignore is None:
                ignore = set(BEYOND_BUSYBOX) | {"time", "mode"}
                ignore |= {k for r in (before, broken)
                           for f in r.entries.values()
                           for k in f if k.startswith("xattr ")}
            self.script_round(what, shell, path, broken, ignore)
            if self.failed:
                return
            self.restore("restored again " + what, before, untouched)
            if self.failed:
                return

    def busybox_path(self, tools):
        folder = os.path.join(self.a.folder, "bin%d" % len(tools))
        os.mkdir(folder)
        for name in subprocess.run(["busybox", "--list"], check=True,
                                   stdout=subprocess.PIPE,
                                   text=True).stdout.split():
            if name not in tools and name != "busybox":
                os.symlink(shutil.which("busybox"),
                           os.path.join(folder, name))
        for name in tools:
            os.symlink(shutil.which(name), os.path.join(folder, name))
        return folder

    def clean(self):
        for path, st in list(walk(self.root)):
            if len(path) == 1:
                remove_tree(self.root, path)
        shutil.rmtree(self.top, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("driftctl")
    parser.add_argument("folder")
    parser.add_argument("seed", type=int)
    parser.add_argument("--entries", type=int, default=1500)
    parser.add_argument("--share", type=float, default=0.4)
    parser.add_argument("--deep", action="store_true")
    parser.add_argument("--added", action="store_true",
                        help="restore with --remove-added")
    parser.add_argument("--scripts", action="store_true",
                        help="take back with ID.sh, too")
    parser.add_argument("--plain", action="store_true",
                        help="nothing immutable: busybox has no chattr")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--lines", type=int, default=25)
    args = parser.parse_args()
    args.folder = os.path.abspath(args.folder)
    os.makedirs(args.folder)
    r = Round(args)
    was, broken, failed = r.go()
    print("seed %d: %d entries, %d after the destruction: %s" % (
        args.seed, was, broken, "not the same" if failed else "the same"))
    if not (failed and args.keep):
        r.clean()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
