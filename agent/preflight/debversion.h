/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PREFLIGHT_DEBVERSION_H
#define AGENT_PREFLIGHT_DEBVERSION_H

/* Order of two versions as deb-version(7) has it: < 0, 0, > 0. */
int debversion_cmp(const char *a, const char *b);

#endif
