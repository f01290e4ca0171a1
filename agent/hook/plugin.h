/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PLUGIN_H
#define AGENT_PLUGIN_H

#include "agent/hook/upgrade.h"

/*
 * libzypp's commit plugin: answers the frames of in on out until they end,
 * each within PLUGIN_PATIENCE seconds, and records and judges in children of
 * its own, which go on where that is not enough.
 */
enum { PLUGIN_PATIENCE = 15 };

int plugin_run(const struct upgrade *u, int in, int out, struct err *e);

#endif
