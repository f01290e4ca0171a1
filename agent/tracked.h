/* SPDX-License-Identifier: MIT */
#ifndef AGENT_TRACKED_H
#define AGENT_TRACKED_H

#include "agent/config.h"
#include "base/err.h"
#include "base/scope.h"
#include "specs/catalogue.h"

/*
 * What is tracked: all of /etc, what the specs in force and driftctl.yaml
 * name, less what is volatile. What is secret: what rules call so, the
 * files that driftctl.yaml lets notifiers in with, and a built-in list; files
 * with a private key in them, and settings with a notifier's URL, are found by
 * their content.
 * Secrets count under the names they were written with as well as where these
 * lead to below the root.
 */
int tracked_scope(const struct config *c, const struct catalogue *cat,
    struct scope *out, struct err *e);
/* One of the reasons for it alone: what is built in, what driftctl.yaml says,
 * what a spec tracks and ignores by itself, what a rule reads. */
enum tracked_by {
	TRACKED_ALWAYS,
	TRACKED_CONFIG,
	TRACKED_SPEC,
	TRACKED_RULE,
};

struct tracked_reason {
	enum tracked_by by;
	const struct config *config;
	const struct spec *spec;
	const struct rule *rule;
};

int tracked_add(struct scope *s, const struct tracked_reason *r,
    struct err *e);
int tracked_secrets(const struct config *c, const struct catalogue *cat,
    const struct root *r, struct scope *out, struct err *e);
/* The two halves of tracked_secrets: the names as they were written, and where
 * they lead to. */
int tracked_secret_names(const struct config *c, const struct catalogue *cat,
    struct scope *out, struct err *e);
int tracked_settle_secrets(struct scope *s, const struct root *r,
    struct err *e);

#endif
