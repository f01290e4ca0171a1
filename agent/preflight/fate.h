/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PREFLIGHT_FATE_H
#define AGENT_PREFLIGHT_FATE_H

#include <stdbool.h>

/*
 * What rpm and dpkg do with one path that is no folder, by their own rules:
 * rpm's rpmfilesDecideFate() and its order of work, and deb-conffiles(5) with
 * Debian policy 10.7. Scriptlets are none of it.
 */

/* How the package that comes, or that leaves, has the path. */
enum fate_listed {
	FATE_PLAIN,
	FATE_CONFIG,	/* %config; dpkg: a conffile */
	FATE_NOREPLACE,
	FATE_LISTED
};

/* What is there now. */
enum fate_disk {
	FATE_NEVER,	/* nothing, and no version had it in its list */
	FATE_ABSENT,	/* nothing, and both versions are not the same */
	FATE_MISSING,	/* nothing, and both versions are the same */
	FATE_AS_OLD,	/* as the old version had shipped it */
	FATE_AS_NEW,	/* as the new one ships it */
	FATE_EDITED,	/* neither, and both versions are the same */
	FATE_OTHER,	/* neither, and they are not */
	FATE_FOREIGN,	/* no version had it in its list */
	FATE_DISKS
};

enum fate {
	FATE_KEEP,	/* nothing */
	FATE_PUT,	/* the new version comes in its place */
	FATE_SAVE,	/* … and what is there goes to .rpmsave, .dpkg-old */
	FATE_ORIG,	/* … to .rpmorig */
	FATE_BESIDE,	/* the new version comes as .rpmnew, .dpkg-dist */
	FATE_ERASE,
	FATE_RETIRE,	/* it goes, a copy is kept */
	FATES
};

/* rpm: comes with a list that has it; the strictest flags of both versions,
 * noreplace of the new one. */
enum fate fate_rpm(enum fate_listed how, enum fate_disk disk);
/* rpm: it is in the list of a package that leaves, and in no other. */
enum fate fate_rpm_leaves(bool config, enum fate_disk disk);

/* dpkg: whoever is asked what to do with an edited conffile says so. */
enum fate_answer { FATE_ANSWER_OLD, FATE_ANSWER_NEW, FATE_ANSWERS };
enum fate fate_dpkg(bool conffile, enum fate_disk disk, enum fate_answer a);
/* dpkg: it is in the list of a package that leaves or whose new version does
 * not have it. */
enum fate_end {
	FATE_UPGRADED,	/* the new version does not ship it */
	FATE_REMOVED,	/* the package is removed */
	FATE_PURGED,
	FATE_RETIRED,	/* the new version has it removed */
	FATE_ENDS
};
enum fate fate_dpkg_leaves(bool conffile, enum fate_disk disk,
    enum fate_end end);

#endif
