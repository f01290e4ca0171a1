/* SPDX-License-Identifier: MIT */
#ifndef AGENT_BEGIN_SURVEY_H
#define AGENT_BEGIN_SURVEY_H

#include "agent/machine.h"

/* What is found on a machine that driftctl meets for the first time. */

/* Its system and name. */
void survey_system(const struct machine *m, struct buf *out);
/* The specs that apply, how much they ask, and why they do. */
void survey_specs(const struct catalogue *cat, struct buf *out);

struct survey_sizes {
	size_t entries, secret, large;
	uint64_t bytes;
};
void survey_measure(const struct manifest *m, struct survey_sizes *out);
/* What is tracked, where, and how many bytes that is. */
void survey_tracked(const struct manifest *m, struct buf *out);

/* The same for programs: "specs" and "tracked" of an object that is open. */
struct json;
void survey_json(const struct catalogue *cat, const struct manifest *m,
    struct json *j);

#endif
