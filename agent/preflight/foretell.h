/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PREFLIGHT_FORETELL_H
#define AGENT_PREFLIGHT_FORETELL_H

#include "agent/preflight/forecast.h"

/* What will become of it, for a person: a sentence without a full stop that
 * names no path but other ones. */
void foretell_sentence(const struct outlook *o, struct buf *out);
/* What a script may do to it besides: nothing where none does. */
void foretell_maybe(const struct outlook *o, struct buf *out);
/* The whole forecast, worst first. */
void foretell_text(const struct forecast *f, bool color, struct buf *out);
/* What is at risk alone. */
void foretell_risks(const struct forecast *f, bool color, struct buf *out);
/* doc/preflight.schema.json describes it. */
void foretell_json(const struct forecast *f, struct buf *out);

#endif
