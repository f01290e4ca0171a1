# SPDX-License-Identifier: MIT
"""dnf5.py COMMAND…: calls driftctl's hooks as libdnf5's actions plugin
(libdnf5-actions(8)) does, around a COMMAND that changes packages in its stead.
What its documentation does not allow ends with 9. INSTALLROOT: dnf's."""
import os
import re
import shlex
import subprocess
import sys

ACTIONS = "/etc/dnf/libdnf5-plugins/actions.d"


def wrong(*what):
    print("wrong:", *what)
    sys.exit(9)


def substitute(text):
    known = {"pid": str(os.getpid()),
             "conf.installroot": os.environ.get("INSTALLROOT", "/")}

    def value(found):
        return known[found[1]] if found[1] in known else wrong(found[0])
    return re.sub(r"\$\{([^}]*)\}", value, text)


def unescape(text):
    return re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m[1], m[1]),
                  text)


def actions(callback):
    """Each command with its arguments, as the file has them."""
    for name in sorted(os.listdir(ACTIONS)):
        if not name.endswith(".actions"):
            continue
        for line in open(f"{ACTIONS}/{name}", encoding="utf-8"):
            line = line.rstrip("\n")
            if not line or line[0] == "#":
                continue
            items = line.split(":", 4)
            if len(items) != 5 or items[0] not in (
                    "pre_base_setup", "post_base_setup", "repos_loaded",
                    "goal_resolved", "pre_transaction", "post_transaction"):
                wrong(line)
            if items[1] or items[2] or items[3]:
                wrong("filters and options are not known here:", line)
            if items[0] == callback:
                yield [unescape(substitute(arg)) for arg in
                       re.findall(r"(?:\\.|[^ \\])+", items[4])]


def dnf5(callback):
    for command in actions(callback):
        # What it prints is read to the end, and each line sets something.
        done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
        for line in done.stdout.decode().splitlines():
            if not re.match(r"(tmp\.|conf\.|var\.).*", line):
                wrong("printed:", line)


def main():
    dnf5("pre_transaction")
    done = subprocess.run(sys.argv[1:], check=False)
    dnf5("post_transaction")
    sys.exit(done.returncode)


main()
