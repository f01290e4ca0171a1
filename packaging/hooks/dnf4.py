# SPDX-License-Identifier: MIT
"""dnf 4: site-packages/dnf-plugins/driftctl.py tells driftctl of each run."""
import os
import subprocess

import dnf
import dnf.exceptions

PROGRAM = "@BINDIR@/driftctl"


class Driftctl(dnf.Plugin):
    name = "driftctl"

    def tell(self, when):
        if not self.ours():
            return
        try:
            subprocess.run([PROGRAM, "hook", "dnf", when, "--owner",
                            str(os.getpid())], stdin=subprocess.DEVNULL,
                           timeout=60, check=False)
        except (OSError, subprocess.SubprocessError):
            pass

    def ours(self):
        return (self.base.conf.installroot in ("", "/") and
                os.access(PROGRAM, os.X_OK))

    def plan(self):
        """What is about to be done, in the words of apt's
        DPkg::Pre-Install-Pkgs."""
        lines = ["VERSION 3", ""]
        going = {(p.name, p.arch): p for p in self.base.transaction.remove_set}
        coming = set()
        for p in self.base.transaction.install_set:
            old = going.pop((p.name, p.arch), None)
            coming.add(p.name)
            lines.append(" ".join((
                p.name, old.evr if old else "-", old.arch if old else "-",
                "-", "<", p.evr, p.arch, "-", p.localPkg())))
        for p in going.values():
            if p.name not in coming:
                lines.append(" ".join((p.name, p.evr, p.arch, "-", ">", "-",
                                       "-", "-", "**REMOVE**")))
        return "\n".join(lines) + "\n"

    def refused(self):
        """3 is said where driftctl.yaml has "preflight: enforce", and required
        state is at risk; nothing else that goes wrong stops dnf."""
        if not self.ours():
            return False
        try:
            done = subprocess.run([PROGRAM, "hook", "dnf", "packages",
                                   "--owner", str(os.getpid())],
                                  input=self.plan().encode(), timeout=1800,
                                  check=False)
        except Exception:  # pylint: disable=broad-except
            return False
        return done.returncode == 3

    def pre_transaction(self):
        if not self.base.transaction:
            return
        self.tell("begin")
        if self.refused():
            self.tell("end")
            raise dnf.exceptions.Error("driftctl refuses this upgrade")

    def transaction(self):
        self.tell("end")
