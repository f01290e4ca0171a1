/* SPDX-License-Identifier: MIT */
#ifndef AGENT_TRACKEDKEPT_H
#define AGENT_TRACKEDKEPT_H

#include "agent/answer.h"
#include "base/scope.h"

/*
 * What is tracked and what is secret, as the specs and the configuration
 * wrote it, remembered beside the answers (answer.h): reading all specs takes
 * longer than what verbs that ask no rule do with them. Where the patterns
 * lead is for whoever recalls them to settle.
 */
bool trackedkept_recall(const struct options *o, struct inputs *inputs,
    struct scope *scope, struct scope *secrets);
/* Failing costs only time. */
void trackedkept_keep(const struct options *o, const struct inputs *inputs,
    int64_t since, const struct scope *scope, const struct scope *secrets);

#endif
