/* SPDX-License-Identifier: MIT */
#ifndef AGENT_COMMAND_H
#define AGENT_COMMAND_H

#include "agent/options.h"
#include "base/err.h"

/* One verb: its row of the help, and what it does. */
struct command {
	const char *name, *args, *summary;
	bool json;	/* knows --format json */
	/* The exit code, or -1 with e, which is exit code 2. */
	int (*run)(const struct options *o, struct err *e);
};

extern const struct command cmd_accept, cmd_check, cmd_diff, cmd_doctor,
    cmd_explain, cmd_gc, cmd_hook, cmd_init, cmd_learn, cmd_log, cmd_merge,
    cmd_restore, cmd_show, cmd_snapshot, cmd_spec, cmd_undo, cmd_verify;

#endif
