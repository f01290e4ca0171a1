/* SPDX-License-Identifier: MIT */
#include "specs/pam_modules.h"

#include <string.h>

#include "base/path.h"

enum habit { FAILS, RETURNS, EITHER };

static const struct {
	const char *module;
	enum habit habit;
	enum pam_code code;
} habits[] = {
	{ "pam_deny.so", FAILS, 0 },
	{ "pam_permit.so", RETURNS, PAM_CODE_SUCCESS },
	{ "pam_securetty.so", RETURNS, PAM_CODE_SUCCESS },
	{ "pam_faillock.so", RETURNS, PAM_CODE_SUCCESS },
	{ "pam_tally2.so", RETURNS, PAM_CODE_SUCCESS },
	{ "pam_env.so", RETURNS, PAM_CODE_IGNORE },
	{ "pam_faildelay.so", RETURNS, PAM_CODE_IGNORE },
	{ "pam_warn.so", RETURNS, PAM_CODE_IGNORE },
	{ "pam_nologin.so", RETURNS, PAM_CODE_IGNORE },
	{ "pam_group.so", RETURNS, PAM_CODE_IGNORE },
	{ "pam_cap.so", RETURNS, PAM_CODE_IGNORE },
	{ "pam_gnome_keyring.so", RETURNS, PAM_CODE_IGNORE },
	{ "pam_kwallet5.so", RETURNS, PAM_CODE_IGNORE },
	{ "pam_succeed_if.so", EITHER, PAM_CODE_AUTH_ERR },
	{ "pam_usertype.so", EITHER, PAM_CODE_AUTH_ERR },
	{ "pam_listfile.so", EITHER, PAM_CODE_AUTH_ERR },
	{ "pam_shells.so", EITHER, PAM_CODE_AUTH_ERR },
	{ "pam_localuser.so", EITHER, PAM_CODE_PERM_DENIED },
	{ "pam_access.so", EITHER, PAM_CODE_PERM_DENIED },
	{ "pam_time.so", EITHER, PAM_CODE_PERM_DENIED },
	{ "pam_wheel.so", EITHER, PAM_CODE_PERM_DENIED },
	{ "pam_exec.so", EITHER, PAM_CODE_SYSTEM_ERR },
	{ "pam_pwquality.so", EITHER, PAM_CODE_AUTHTOK_ERR },
	{ "pam_cracklib.so", EITHER, PAM_CODE_AUTHTOK_ERR },
	{ "pam_passwdqc.so", EITHER, PAM_CODE_AUTHTOK_ERR },
	{ "pam_pwhistory.so", EITHER, PAM_CODE_AUTHTOK_ERR },
};

static enum pam_code
failure(const char *type, bool vouches)
{
	if (strcmp(type, "account") == 0)
		return vouches ? PAM_CODE_USER_UNKNOWN : PAM_CODE_AUTH_ERR;
	if (strcmp(type, "password") == 0)
		return PAM_CODE_AUTHTOK_ERR;
	if (strcmp(type, "session") == 0)
		return vouches ? PAM_CODE_SUCCESS : PAM_CODE_SESSION_ERR;
	return PAM_CODE_AUTH_ERR;
}

/* pam_faillock.so authfail counts a failure, and has no word in the rest. */
static bool
counts_failures(const struct pam_step *s, const char *module)
{
	if (strcmp(module, "pam_faillock.so") != 0)
		return false;
	for (size_t i = 0; i < s->n_args; i++)
		if (strcmp(s->args[i], "authfail") == 0)
			return true;
	return false;
}

struct pam_habit
pam_habit_of(const struct pam_step *s)
{
	const char *module = path_name(s->module);

	if (counts_failures(s, module))
		return (struct pam_habit){ .code = PAM_CODE_IGNORE };
	for (size_t i = 0; i < sizeof(habits) / sizeof(habits[0]); i++) {
		if (strcmp(habits[i].module, module) != 0)
			continue;
		if (habits[i].habit == FAILS)
			return (struct pam_habit){
				.code = failure(s->type, false) };
		return (struct pam_habit){ .code = habits[i].code,
			.either = habits[i].habit == EITHER };
	}
	return (struct pam_habit){ .code = failure(s->type, true),
		.vouches = true };
}
