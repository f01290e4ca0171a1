#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""complete.py SHELL LINE: what SHELL (bash or zsh) makes of LINE, typed on a
terminal with a tab at its end, with the completion in packaging/completions.
$PATH has the program."""
import os
import pty
import select
import sys
import time

SETUP = {
    "bash": (["bash", "--norc", "--noprofile", "-i"],
             "PS1='> '; bind 'set bell-style none' 'set show-all-if-ambiguous "
             "on' 2> /dev/null; . packaging/completions/driftctl"),
    "zsh": (["zsh", "-f", "-i"],
            "PS1='> '; unsetopt BEEP; zstyle ':completion:*' list-prompt '';"
            "fpath=($PWD/packaging/completions $fpath); "
            "autoload -U compinit; compinit -u -D; LISTMAX=1000"),
}


def read_until(fd, mark, seconds):
    text, end = "", time.monotonic() + seconds
    while mark not in text and time.monotonic() < end:
        if select.select([fd], [], [], 0.1)[0]:
            text += os.read(fd, 65536).decode(errors="replace")
    return text


def main():
    argv, setup = SETUP[sys.argv[1]]
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update(TERM="dumb", COLUMNS="200", LINES="60")
        os.execvp(argv[0], argv)
    os.write(fd, (setup + "; echo rea''dy\n").encode())
    read_until(fd, "ready\r\n", 20)
    read_until(fd, "> ", 5)
    # What stands on the line at last is what the shell would run.
    os.write(fd, (sys.argv[2] + "\t").encode())
    text = read_until(fd, "\0", 2)
    os.write(fd, b"\x15echo en''d\n")
    text += read_until(fd, "end\r\n", 10)
    print(text.replace("\r", "\n"))
    os.close(fd)
    os.waitpid(pid, 0)


main()
