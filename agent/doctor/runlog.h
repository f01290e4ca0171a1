/* SPDX-License-Identifier: MIT */
#ifndef AGENT_DOCTOR_RUNLOG_H
#define AGENT_DOCTOR_RUNLOG_H

#include <stddef.h>
#include <stdint.h>

/* Logs in which package managers say what they changed. */
enum runlog {
	RUNLOG_DPKG,	/* 2026-11-22 01:20:33 upgrade pkg:amd64 1 2 */
	RUNLOG_ZYPP,	/* 2026-11-22 01:20:33|install|pkg|1-1|… */
	RUNLOG_DNF,	/* 2026-11-22T01:20:33+0100 SUBDEBUG Upgrade: pkg-… */
	RUNLOG_PACMAN,	/* [2026-11-22T01:20:33+0100] [ALPM] upgraded pkg … */
};

/*
 * When the last line that tells of a package that came, went or changed was
 * written, none later than not_after; 0: no line tells. Times without a zone
 * are local. The bytes may begin in the middle of a line.
 */
int64_t runlog_last(enum runlog kind, const char *bytes, size_t len,
    int64_t not_after);

#endif
