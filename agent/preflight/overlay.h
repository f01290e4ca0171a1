/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PREFLIGHT_OVERLAY_H
#define AGENT_PREFLIGHT_OVERLAY_H

#include "agent/preflight/foresee.h"
#include "base/root.h"
#include "specs/catalogue.h"
#include "specs/eval.h"

/*
 * Evidence of a machine to come: what is foreseen, over what the evidence of
 * the live one knows. Contents of what packages bring are theirs; what nobody
 * tracks is there when a package brings it, and gone with one that takes it
 * away. No program is asked: it would speak for what is here now.
 */
struct overlay;

struct overlay_input {
	const struct evidence *live;
	const struct foresight *then;
	const struct owners *before;
	const struct manifest *was;
	const struct incoming *in;
	const struct root *root;
	const struct catalogue *catalogue;
};

struct overlay *overlay_new(const struct overlay_input *in);
void overlay_free(struct overlay *o);
void drop_overlay(struct overlay **o);	/* for CLEANUP */
const struct evidence *overlay_evidence(const struct overlay *o);

#endif
