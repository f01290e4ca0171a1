/* SPDX-License-Identifier: MIT */
#ifndef AGENT_DOCTOR_CHECKUP_H
#define AGENT_DOCTOR_CHECKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/doctor/doctor.h"
#include "agent/machine.h"

/*
 * What was found out about a machine, and what is to be said of it: gathering
 * looks, judging only thinks. Texts belong to the arena or live longer; times
 * are seconds since 1970, 0 where nothing is known.
 */

/* What calls driftctl for a package manager: one file. */
enum hook_state {
	HOOK_THERE,
	HOOK_MISSING,
	HOOK_CHANGED,		/* not the one that ships */
	HOOK_NO_PROGRAM,	/* it cannot be executed */
	HOOK_OPEN,		/* others than root can change it */
	HOOK_OFF,		/* there, but why says what keeps it off */
	HOOK_UNREADABLE,
};

struct hook_fact {
	const char *manager;	/* "apt" */
	const char *database;	/* "dpkg", "rpm", "pacman" */
	const char *path;	/* where it belongs */
	enum hook_state state;
	const char *why;	/* of HOOK_OFF and HOOK_UNREADABLE */
	const char *remedy;	/* what to type where it is not there as it
				 * should be, or NULL */
	int64_t since;		/* when it was put there */
	const char *content;	/* what belongs there, NULL where it is not
				 * known */
	bool executable;
};

/* When packages were last changed, by a log or the database. */
struct run_fact {
	const char *database;
	int64_t when;
};

struct record_fact {
	const char *id, *origin, *command;
	bool open, alive;	/* its package manager lives */
	bool late;		/* no hook told of it */
	int64_t began, ended;
	const char *failed;	/* what first could not be done, or NULL */
};

/* Something that systemd or cron starts. */
struct start_fact {
	bool unit;		/* its file is there */
	bool masked, enabled;
	bool active;		/* now; only asked of a running systemd */
	const char *failed;	/* how its last run ended badly, or NULL */
	const char *cron;	/* the table that calls it, or NULL */
	const char *unreadable;	/* a table that could not be read, or NULL */
};

struct notifier_fact {
	const char *name, *why;
	int64_t failed;
	size_t waiting;
};

struct checkup {
	struct arena arena;
	int64_t now;
	bool live;		/* the running system, not a mounted one */
	const char *command;	/* driftctl with options that lead here */
	const char *prefix;	/* of paths, for who types them; "" live */

	const char *program;	/* what hooks call */
	bool program_there;
	struct { struct hook_fact *items; size_t n, cap; } hooks;
	struct { struct run_fact *items; size_t n, cap; } runs;

	/* The newest first; none where there is no store. */
	struct { struct record_fact *items; size_t n, cap; } records;
	struct strlist damaged;	/* names of records */
	struct strlist odd;	/* of what is no record in their folder */
	const char *ledger_trouble;
	const char *unseen;	/* packages that nobody has looked at */
	const char *unseen_trouble;	/* why that is not known */

	bool systemd;		/* it starts things here */
	bool cron_runs;		/* a daemon that reads tables does */
	bool cron_known;	/* false: nobody can tell of a mounted root */
	struct start_fact nightly, boot;
	const char *cron_remedy;	/* how the table is installed */
	struct hook_fact cron;		/* that table */
	const char *units_remedy;	/* the same of the units, or NULL */

	const char *config_trouble;	/* why machine or specs are not known */
	struct strlist diagnostics;	/* mistakes in settings and specs */
	size_t n_specs, n_applying;
	bool foretells;		/* `preflight:` says tell or enforce */

	const char *store_dir;
	bool store_there;
	const char *store_trouble;	/* why it cannot be used */
	const char *content_trouble;	/* what of it is damaged */
	const char *write_trouble;	/* why nothing can be written there */
	int64_t store_since, newest_snapshot, looked;
	bool has_baseline;
	const char *key_path;
	bool key_there, key_open;	/* others can read it */
	const char *key_trouble;
	const char *pending;		/* a restore that died, or NULL */
	const char *pending_trouble;

	bool space_known;
	uint64_t free_bytes, store_bytes;
	uint64_t month_bytes;	/* written in the last 30 days */
	bool inodes_known;
	uint64_t free_inodes;

	size_t n_leftovers;	/* beside files, to be merged */
	const char *leftover;	/* the first */
	struct strlist strays;	/* our own temporaries that nobody needs */
	const char *unlooked;	/* a folder that could not be searched */
	struct { struct notifier_fact *items; size_t n, cap; } notifiers;
};

void checkup_done(struct checkup *c);
void drop_checkup(struct checkup *c);	/* for CLEANUP */

/* What all parts go by. */
void checkup_begin(struct checkup *c, const struct options *o,
    const struct root *r);
/* Parts of what there is to find out; the last two of an open store. */
void checkup_hooks(struct checkup *c, const struct root *r);
void checkup_runs(struct checkup *c, const struct root *r);
void checkup_starts(struct checkup *c, const struct root *r);
void checkup_ledger(struct checkup *c, const struct machine *m);
void checkup_store(struct checkup *c, struct machine *m);

/* What follows. */
void checkup_judge(const struct checkup *c, struct diagnoses *out);

/* For gathering: appends a file below the root, 1, 0 it is not there, -1. */
int checkup_read(const struct root *r, const char *path, struct buf *out);
const char *checkup_say(struct checkup *c, const struct err *e);
/* For a command that is to be typed; in quotes where it needs them. */
const char *checkup_quote(struct arena *a, const char *path);
bool checkup_there(const struct root *r, const char *path);

#endif
