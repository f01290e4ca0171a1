/* SPDX-License-Identifier: MIT */
#ifndef SPECS_SPECMERGE_H
#define SPECS_SPECMERGE_H

#include "specs/yaml.h"

/*
 * Adds what a site's file says to a spec, before either is read any further,
 * so that each value keeps the place where it was written: `vars` override
 * one by one, a rule with a known id overrides key by key, other rules are
 * added, `track` and `ignore` get longer, `title`, `about` and `applies` are
 * replaced. A rule that is neither known nor whole is diagnosed and left out.
 * spec changes; it and extra must live as long as the result.
 */
void specmerge(struct node *spec, const char *name, const struct node *extra,
    struct arena *a, struct diagnostics *diags);

/* Says which rules of one file have the same id. */
void specmerge_check_ids(const struct node *spec, struct diagnostics *diags);

#endif
