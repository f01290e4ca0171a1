# SPDX-License-Identifier: MIT
"""callers.py dnf5|pacman COMMAND…: calls driftctl's hooks as libdnf5's actions
plugin (libdnf5-actions(8)) and libalpm (alpm-hooks(5)) do, around a COMMAND
that changes packages in their stead. What their documentation does not allow
ends with 9. INSTALLROOT: dnf's."""
import os
import re
import shlex
import subprocess
import sys

ACTIONS = "/etc/dnf/libdnf5-plugins/actions.d"
HOOKS = "/usr/share/libalpm/hooks"


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


def pacman(when):
    names = sorted(n for n in os.listdir(HOOKS) if n.endswith(".hook"))
    for name in names:
        section, trigger, action = None, [], {}
        for line in open(f"{HOOKS}/{name}", encoding="utf-8"):
            line = line.strip()
            if not line or line[0] == "#":
                continue
            if line in ("[Trigger]", "[Action]"):
                section = line
                continue
            key, _, value = (s.strip() for s in line.partition("="))
            if section == "[Trigger]":
                allowed = {"Operation": "Install|Upgrade|Remove",
                           "Type": "Path|Package", "Target": ".+"}
                trigger.append((key, value))
            else:
                allowed = {"Description": ".+", "Exec": "/.+",
                           "When": "(Pre|Post)Transaction", "Depends": ".+"}
                action[key] = value
            if key not in allowed or not re.fullmatch(allowed[key], value):
                wrong(f"{name}: {line}")
        if {k for k, _ in trigger} != {"Operation", "Type", "Target"} or \
                not {"When", "Exec"} <= set(action):
            wrong(f"{name}: something is missing")
        if action["When"] == when:
            # Its standard input is empty, as nothing needs the targets.
            subprocess.run(shlex.split(action["Exec"]), cwd="/", check=False,
                           stdin=subprocess.DEVNULL)


def main():
    kind, command = sys.argv[1], sys.argv[2:]
    before, after = {"dnf5": ("pre_transaction", "post_transaction"),
                     "pacman": ("PreTransaction", "PostTransaction")}[kind]
    call = {"dnf5": dnf5, "pacman": pacman}[kind]
    call(before)
    done = subprocess.run(command, check=False)
    # Of pacman only what went well.
    if kind != "pacman" or done.returncode == 0:
        call(after)
    sys.exit(done.returncode)


main()
