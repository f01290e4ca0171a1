/* SPDX-License-Identifier: MIT */
#include "agent/preflight/fate.h"

#define KEEP FATE_KEEP
#define PUT FATE_PUT
#define SAVE FATE_SAVE
#define ORIG FATE_ORIG
#define BESIDE FATE_BESIDE
#define ERASE FATE_ERASE
#define RETIRE FATE_RETIRE

static const enum fate rpm[FATE_LISTED][FATE_DISKS] = {
	/* never absent missing as-old as-new edited other  foreign */
	[FATE_PLAIN] =
	{ PUT,   PUT,   PUT,    PUT,   PUT,   PUT,   PUT,    PUT },
	[FATE_CONFIG] =
	{ PUT,   PUT,   PUT,    PUT,   PUT,   KEEP,  SAVE,   ORIG },
	[FATE_NOREPLACE] =
	{ PUT,   PUT,   PUT,    PUT,   PUT,   KEEP,  BESIDE, BESIDE },
};

/* That it is as the new version has it is nothing to a version that leaves. */
static const enum fate rpm_leaves[2][FATE_DISKS] = {
	/* never absent missing as-old as-new edited other  foreign */
	{ KEEP,  KEEP,  KEEP,   ERASE, ERASE, ERASE, ERASE,  ERASE },
	{ KEEP,  KEEP,  KEEP,   ERASE, RETIRE, RETIRE, RETIRE, RETIRE },
};

/*
 * Who removed a conffile has edited it. The new version is put where it was
 * as shipped; the answer counts where both he and the package changed it, and
 * where it was no conffile before.
 */
static const enum fate dpkg[FATE_ANSWERS][2][FATE_DISKS] = {
	[FATE_ANSWER_OLD] = {
	/* never absent missing as-old as-new edited other  foreign */
	{ PUT,   PUT,   PUT,    PUT,   PUT,   PUT,   PUT,    PUT },
	{ PUT,   BESIDE, KEEP,  PUT,   KEEP,  KEEP,  BESIDE, BESIDE },
	},
	[FATE_ANSWER_NEW] = {
	{ PUT,   PUT,   PUT,    PUT,   PUT,   PUT,   PUT,    PUT },
	{ PUT,   PUT,   KEEP,   PUT,   KEEP,  KEEP,  SAVE,   SAVE },
	},
};

static const enum fate dpkg_leaves[FATE_ENDS][2] = {
	/*                   plain  conffile */
	[FATE_UPGRADED] = { ERASE, KEEP },
	[FATE_REMOVED]  = { ERASE, KEEP },
	[FATE_PURGED]   = { ERASE, ERASE },
	[FATE_RETIRED]  = { ERASE, RETIRE },
};

enum fate
fate_rpm(enum fate_listed how, enum fate_disk disk)
{
	return rpm[how][disk];
}

enum fate
fate_rpm_leaves(bool config, enum fate_disk disk)
{
	return rpm_leaves[config][disk];
}

enum fate
fate_dpkg(bool conffile, enum fate_disk disk, enum fate_answer a)
{
	return dpkg[a][conffile][disk];
}

enum fate
fate_dpkg_leaves(bool conffile, enum fate_disk disk, enum fate_end end)
{
	enum fate f = dpkg_leaves[end][conffile];

	if (disk == FATE_NEVER || disk == FATE_ABSENT || disk == FATE_MISSING)
		return FATE_KEEP;
	/* Nobody's edits are lost by it. */
	return f == FATE_RETIRE && disk == FATE_AS_OLD ? FATE_ERASE : f;
}
