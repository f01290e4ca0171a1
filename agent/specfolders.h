/* SPDX-License-Identifier: MIT */
#ifndef AGENT_SPECFOLDERS_H
#define AGENT_SPECFOLDERS_H

#include "agent/inputs.h"
#include "agent/options.h"
#include "base/root.h"
#include "specs/catalogue.h"

/*
 * Reads the folders that specs come from: those of --specs, else the vendor's
 * (specs/catalog of the checkout that the program was built in, the installed
 * one otherwise) and the site's, etc/driftctl/specs below the root.
 */
int specfolders_read(const struct options *o, const struct root *r,
    struct arena *a, struct spec_sources *out, struct inputs *inputs,
    struct diagnostics *diags, struct err *e);
/* Those of --specs or the vendor's alone, to be looked at and not obeyed:
 * whose they are is not asked. */
int specfolders_read_shipped(const struct options *o, struct arena *a,
    struct spec_sources *out, struct diagnostics *diags, struct err *e);

#endif
