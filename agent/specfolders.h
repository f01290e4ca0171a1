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

#endif
