/* SPDX-License-Identifier: MIT */
#ifndef AGENT_CONFIG_H
#define AGENT_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/tell/notifier.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/strlist.h"
#include "specs/catalogue.h"

/* What is told before packages are put in, where a hook knows them. */
enum preflight_wish {
	PREFLIGHT_OFF,
	PREFLIGHT_TELL,
	PREFLIGHT_ENFORCE,	/* and refused, where required state is at
				 * risk */
};

/* driftctl.yaml(5); missing keys have their defaults. */
struct config {
	struct arena arena;
	struct strlist track, ignore;
	uint64_t max_size;	/* bytes; larger files by digest only */
	const char *seal_key;	/* NULL: the default */
	unsigned lock_wait;	/* seconds */
	uint64_t keep_snapshots, keep_rollbacks;	/* how many gc leaves */
	uint64_t keep_transactions, keep_transaction_days;
	enum preflight_wish preflight;
	bool only_flag;		/* `at-end: flag`: hooks put nothing back */
	struct variables vars;
	struct notifiers notifiers;	/* with `mail` */
};

void config_init(struct config *c);	/* all defaults */
/* Every mistake goes to diags. */
void config_parse(const char *file, const char *bytes, size_t len,
    struct config *c, struct diagnostics *diags);
void config_done(struct config *c);

#endif
