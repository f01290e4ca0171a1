/* SPDX-License-Identifier: MIT */
#ifndef SPECS_PAM_MODULES_H
#define SPECS_PAM_MODULES_H

#include "specs/pam_dispatch.h"

/* What a module returns of which nothing was said. */
struct pam_habit {
	enum pam_code code;
	bool either;	/* or success: it depends on who logs in and how */
	bool vouches;	/* it says who somebody is, or may well do */
};

/*
 * The habit of the module that the step calls: those that vouch for somebody
 * fail in the way of the type, as for somebody they do not know; a session
 * nobody has to vouch for. The table is in driftctl-specs(5).
 */
struct pam_habit pam_habit_of(const struct pam_step *s);

#endif
