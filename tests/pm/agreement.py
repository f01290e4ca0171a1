#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""agreement.py ROOT CASES HAPPENED FORECAST...

Holds what `driftctl --format json -v preflight` foretold (FORECAST) against
what then happened: the lines of build/attribution (HAPPENED) for the paths of
CASES, and what lies beside them below ROOT. Of several forecasts that counts
which is named for the case's second word (its policy), else the first. Prints
what does not agree and how many do; fails where any does not.
"""
import json
import os
import sys

BESIDE = (".rpmsave", ".rpmorig", ".rpmnew", ".dpkg-old", ".dpkg-bak",
          ".dpkg-dist")
# What nobody foretells yet: a file that becomes a directory, that a scriptlet
# changes a mode, and that it has nothing to rename. Whichever agrees is to go
# from here.
BEYOND = {"c-keep-dir", "c-edit-dir", "s-keep-chmodded", "c-keep-handed"}


def main():
    root, cases, happened, *forecasts = sys.argv[1:]
    told = {}
    for name in forecasts:
        with open(name, encoding="utf-8") as f:
            told[os.path.basename(name).split(".")[0]] = {
                p["path"]: p for p in json.load(f)["paths"]}
    first = next(iter(told.values()))
    truth = {}
    with open(happened, encoding="utf-8") as f:
        for line in f:
            state, how = line.rstrip("\n").split("\t")[:2]
            path, rest = state.split(" ", 1)
            truth[path] = rest + " | " + how
    agree = wrong = 0
    foretold = set()
    for path, is_so in truth.items():
        policy = next(line.split()[1] for line in open(cases, encoding="utf-8")
                      if line.split()[:1] == [os.path.basename(path)])
        p = told.get(policy, first).get(path)
        was = "not told of" if p is None else "%s %s %s %s | %s" % (
            p["local"], p["shipped"], p["remains"], p["decision"], p["how"])
        for key in "aside", "beside":
            if p and p[key]:
                foretold.add(p[key])
        if (was == is_so) != (os.path.basename(path) in BEYOND):
            agree += was == is_so
        else:
            wrong += 1
            print("%s: foretold %s; happened %s" % (path, was, is_so))
    there = {os.path.join(d, f)[len(root):] for d, _, files in
             os.walk(root + "/etc") for f in files if f.endswith(BESIDE)}
    # What nobody has is in nobody's sentence, but for its leftover.
    for beside in sorted(foretold ^ there):
        base = beside.rsplit(".", 1)[0]
        if os.path.basename(base) in BEYOND:
            continue
        if beside in there and not os.path.lexists(root + base) and any(
                base in t for t in told.values()):
            continue
        wrong += 1
        print("%s: %s" % (beside, "foretold, not there" if beside in foretold
                          else "there, not foretold"))
    print("agreement: %d of %d paths, %d leftovers" %
          (agree, len(truth), len(there)))
    return wrong > 0 or agree == 0


sys.exit(main())
