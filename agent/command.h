/* SPDX-License-Identifier: MIT */
#ifndef AGENT_COMMAND_H
#define AGENT_COMMAND_H

#include "agent/options.h"
#include "base/err.h"

/* What a verb can write besides text; false and true are the first two. */
enum command_formats { COMMAND_TEXT, COMMAND_JSON, COMMAND_REPORT };

/* One verb: its row of the help, and what it does. */
struct command {
	const char *name, *args, *summary;
	enum command_formats formats;
	/* The exit code, or -1 with e, which is exit code 2. */
	int (*run)(const struct options *o, struct err *e);
	bool mends;	/* what somebody was told of may be no more */
};

/* A line each: verbs come and go beside each other. */
extern const struct command cmd_accept;
extern const struct command cmd_check;
extern const struct command cmd_diff;
extern const struct command cmd_doctor;
extern const struct command cmd_explain;
extern const struct command cmd_gc;
extern const struct command cmd_hook;
extern const struct command cmd_init;
extern const struct command cmd_learn;
extern const struct command cmd_log;
extern const struct command cmd_merge;
extern const struct command cmd_preflight;
extern const struct command cmd_report;
extern const struct command cmd_restore;
extern const struct command cmd_show;
extern const struct command cmd_snapshot;
extern const struct command cmd_spec;
extern const struct command cmd_undo;
extern const struct command cmd_verify;

#endif
