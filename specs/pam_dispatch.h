/* SPDX-License-Identifier: MIT */
#ifndef SPECS_PAM_DISPATCH_H
#define SPECS_PAM_DISPATCH_H

#include "specs/pam_stack.h"

/*
 * What a module or a whole stack returns: the numbers of Linux-PAM, which
 * pam.conf(5) names by these words.
 */
enum pam_code {
	PAM_CODE_SUCCESS = 0,
	PAM_CODE_SYSTEM_ERR = 4,
	PAM_CODE_PERM_DENIED = 6,
	PAM_CODE_AUTH_ERR = 7,
	PAM_CODE_USER_UNKNOWN = 10,
	PAM_CODE_SESSION_ERR = 14,
	PAM_CODE_CRED_ERR = 17,
	PAM_CODE_AUTHTOK_ERR = 20,
	PAM_CODE_IGNORE = 25,
	PAM_CODE_MODULE_UNKNOWN = 28,
	PAM_CODE_INCOMPLETE = 31,
	PAM_CODES
};

/* The word of each code, then NULL. */
extern const char *const pam_code_words[PAM_CODES + 1];

struct pam_verdict {
	enum pam_code code;
	const struct pam_step *step;	/* that decided, NULL: none did */
};

/*
 * What libpam makes of a stack of pam_stack_service when the module of each
 * step returns what stands at its place in codes: the algorithm of pam.conf(5)
 * for pam_authenticate, pam_acct_mgmt, pam_chauthtok and pam_open_session.
 */
struct pam_verdict pam_dispatch(const struct pam_stack *stack,
    const enum pam_code *codes);

/*
 * The same for pam_setcred behind a pam_authenticate that was asked of the same
 * stack: what the modules returned there (codes) decides which of them count,
 * and by what they return here (creds) each of these is as good as required.
 * That goes for a module that jumps too, but not in Debian's libpam:
 * jumps_count says which.
 */
struct pam_verdict pam_dispatch_setcred(const struct pam_stack *stack,
    const enum pam_code *codes, const enum pam_code *creds, bool jumps_count);

#endif
