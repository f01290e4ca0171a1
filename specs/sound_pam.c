/* SPDX-License-Identifier: MIT */
/* What is wrong with a service of PAM by itself: part of sound.h. */
#include "specs/sound.h"

#include <fnmatch.h>
#include <string.h>
#include <strings.h>

#include "base/path.h"
#include "base/text.h"
#include "base/tr.h"
#include "specs/pam_modules.h"
#include "specs/sound_names.h"

static const char *const types[] = { "auth", "account", "password",
	"session" };

/* Copies that package managers and people leave; no service is so called. */
static const char *const leftovers[] = { "*.rpm*", "*.dpkg-*", "*.ucf-*",
	"*~", "*.bak", "*.old", "*.orig", "*.save", "*backup*", ".*",
	"README*", "*.md" };

/* Distributions leave the modules of these services to be missing. */
static const char *const choices[] = { "*smartcard*", "*fingerprint*",
	"*-pin", "gdm*", "kde*", "sddm*", "lightdm*", "lxdm*", "xdm*",
	"xscreensaver", "xserver", "*lock*" };

static const char *const folders[] = { "/usr/lib64/security",
	"/lib64/security", "/usr/lib/security", "/lib/security",
	"/usr/lib/pam", "/usr/lib/x86_64-linux-gnu/security",
	"/lib/x86_64-linux-gnu/security",
	"/usr/lib/aarch64-linux-gnu/security",
	"/usr/lib/i386-linux-gnu/security",
	"/usr/lib/arm-linux-gnueabihf/security",
	"/usr/lib/powerpc64le-linux-gnu/security",
	"/usr/lib/riscv64-linux-gnu/security",
	"/usr/lib/s390x-linux-gnu/security" };

/* Modules that say who somebody is: who asks them minds the answer. */
static const char *const askers[] = { "pam_unix.so", "pam_unix2.so",
	"pam_sss.so", "pam_ldap.so", "pam_krb5.so", "pam_winbind.so",
	"pam_radius_auth.so", "pam_userdb.so", "pam_mysql.so",
	"pam_pgsql.so", "pam_pwdfile.so", "pam_tcb.so", "pam_imap.so",
	"pam_tacplus.so", "pam_fprintd.so", "pam_u2f.so", "pam_pkcs11.so",
	"pam_google_authenticator.so", "pam_yubico.so", "pam_oath.so",
	NULL };

static const char *const known[] = { "pam_access.so", "pam_deny.so",
	"pam_env.so", "pam_faildelay.so", "pam_faillock.so", "pam_krb5.so",
	"pam_ldap.so", "pam_limits.so", "pam_localuser.so", "pam_loginuid.so",
	"pam_nologin.so", "pam_permit.so", "pam_pwquality.so",
	"pam_rootok.so", "pam_securetty.so", "pam_shells.so", "pam_sss.so",
	"pam_succeed_if.so", "pam_systemd.so", "pam_time.so",
	"pam_unix.so", "pam_usertype.so", "pam_userdb.so", "pam_wheel.so",
	"pam_winbind.so", "pam_cracklib.so", "pam_mail.so", "pam_motd.so",
	"pam_umask.so", "pam_selinux.so", "pam_keyinit.so",
	"pam_namespace.so", "pam_lastlog.so", NULL };

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

static bool
fits(const char *const *patterns, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (fnmatch(patterns[i], name, 0) == 0)
			return true;
	return false;
}

static bool
is_asker(const char *module)
{
	for (size_t i = 0; askers[i] != NULL; i++)
		if (strcmp(askers[i], path_name(module)) == 0)
			return true;
	return false;
}

/* 1 where the module is installed, 0 where not, -1 where nobody knows. */
static int
is_installed(struct judge *j, const char *module)
{
	int there = 0, any = 0;

	if (module[0] == '/')
		return sound_look(j, module);
	for (size_t i = 0; i < COUNT(folders) && there == 0; i++)
		there = sound_look(j, arena_printf(&j->arena, "%s/%s",
		    folders[i], module));
	for (size_t i = 0; i < COUNT(folders) && there == 0 && any == 0; i++)
		any = sound_look(j, arena_printf(&j->arena, "%s/pam_deny.so",
		    folders[i])) == 1;
	/* Where not even that one is, modules lie elsewhere. */
	return there != 0 ? there : any ? 0 : -1;
}

static const char *
meant_module(struct judge *j, const char *module)
{
	for (size_t i = 0; known[i] != NULL; i++)
		if (sound_slip(known[i], path_name(module)) &&
		    is_installed(j, known[i]) == 1)
			return known[i];
	return NULL;
}

static void
judge_module(struct judge *j, const struct pam_line *l)
{
	struct about about = { .demand = "sound", .line = l->line };
	const char *near;

	if (strchr(l->module, '$') != NULL || is_installed(j, l->module) != 0)
		return;
	near = meant_module(j, l->module);
	if (near != NULL)
		judge_add(j, VERDICT_FAILS, about, _("calls %s, which is not "
		    "installed (did you mean %s?)"), judge_shows(j,
		    l->module), near);
	else if (!l->optional && strcasecmp(l->control, "optional") != 0 &&
	    strstr(l->control, "module_unknown=ignore") == NULL &&
	    !fits(choices, COUNT(choices), path_name(j->path)))
		judge_add(j, VERDICT_FAILS, about, _("calls %s, which is not "
		    "installed"), judge_shows(j, l->module));
}

static bool
is_action(const char *word)
{
	static const char *const words[] = { "ignore", "bad", "die", "ok",
		"done", "reset" };

	for (size_t i = 0; i < COUNT(words); i++)
		if (strcasecmp(words[i], word) == 0)
			return true;
	return word[0] != '\0' && word[strspn(word, "0123456789")] == '\0';
}

static bool
is_result(const char *word)
{
	static const char *const more[] = { "default", "open_err",
		"symbol_err", "service_err", "buf_err", "cred_insufficient",
		"authinfo_unavail", "maxtries", "new_authtok_reqd",
		"acct_expired", "cred_unavail", "cred_expired", "cred_err",
		"no_module_data", "conv_err", "authtok_recover_err",
		"authtok_recovery_err", "authtok_lock_busy",
		"authtok_disable_aging", "try_again", "abort",
		"authtok_expired", "bad_item", "conv_again" };

	for (size_t i = 0; pam_code_words[i] != NULL; i++)
		if (strcasecmp(pam_code_words[i], word) == 0)
			return true;
	for (size_t i = 0; i < COUNT(more); i++)
		if (strcasecmp(more[i], word) == 0)
			return true;
	return false;
}

/* "[value=action …]" as libpam reads it; the word that is wrong, or NULL. */
static const char *
wrong_word(struct arena *a, const char *control)
{
	char *text = arena_memdup(a, control + 1, strlen(control) - 2);
	char *save = NULL;

	for (char *w = strtok_r(text, " \t", &save); w != NULL;
	    w = strtok_r(NULL, " \t", &save)) {
		char *is = strchr(w, '=');

		if (is == NULL)
			return w;
		*is = '\0';
		if (!is_result(w))
			return w;
		if (!is_action(is + 1))
			return is + 1;
	}
	return NULL;
}

static void
judge_control(struct judge *j, const struct pam_line *l)
{
	static const char *const words[] = { "required", "requisite",
		"sufficient", "optional", "include", "substack", NULL };
	struct about about = { .demand = "sound", .line = l->line };
	const char *wrong = NULL, *near;

	if (l->type[0] == '\0')
		return;
	if (l->control[0] == '[') {
		/* Blanks around '=' and the like are for libpam to judge. */
		if (strstr(l->control, " =") == NULL &&
		    strstr(l->control, "= ") == NULL)
			wrong = wrong_word(&j->arena, l->control);
		if (wrong != NULL)
			judge_add(j, VERDICT_FAILS, about,
			    _("'%s' in %s is no result or action of PAM"),
			    judge_shows(j, wrong), judge_shows(j, l->control));
		return;
	}
	for (size_t i = 0; words[i] != NULL; i++)
		if (strcasecmp(words[i], l->control) == 0)
			return;
	near = text_nearest(l->control, words);
	judge_add(j, VERDICT_FAILS, about, near != NULL ?
	    _("%s is no control of PAM (did you mean '%s'?)") :
	    _("%s is no control of PAM"), judge_shows(j, l->control), near);
}

/* False when nothing more can be said. */
static bool
judge_lines_of(struct judge *j)
{
	const char *bytes;
	struct pam_line *line;
	struct err e = { 0 };
	size_t len;

	if (judge_bytes(j, &bytes, &len, &e) < 0 ||
	    pam_parse(j->path, bytes, len, &j->arena, &line, &e) < 0) {
		sound_wrong(j, &e);
		return false;
	}
	if (len == 0) {
		judge_add(j, VERDICT_FAILS, (struct about){
		    .demand = "sound" }, _("is empty, so the service is "
		    "asked of 'other'"));
		return false;
	}
	for (; line != NULL; line = line->next) {
		judge_control(j, line);
		if (line->kind == PAM_LINE_MODULE)
			judge_module(j, line);
	}
	return true;
}

enum { STEPS_MAX = 64, EITHERS_MAX = 6 };

/* Who succeeds when a stack is tried; what does not ask who somebody is has
 * no word in ONE_ASKER and NO_ASKER. */
enum who { NOBODY, NO_ASKER, ALL, ONE, ONE_ASKER, ALL_BUT_ONE };

static enum pam_code
said_by(const struct pam_step *s, enum who who, bool it, enum pam_code fails)
{
	switch (who) {
	case ALL:
		return PAM_CODE_SUCCESS;
	case ONE:
		return it ? PAM_CODE_SUCCESS : fails;
	case ALL_BUT_ONE:
		return it ? fails : PAM_CODE_SUCCESS;
	case ONE_ASKER:
		if (it)
			return PAM_CODE_SUCCESS;
		/* fallthrough */
	case NO_ASKER:
		return is_asker(s->module) ? fails : PAM_CODE_IGNORE;
	case NOBODY:
		break;
	}
	return fails;
}

/* Bit by bit, which of the modules succeed that may do either; the last bit
 * is for all that come after. */
static struct pam_verdict
try(const struct pam_stack *st, enum who who, size_t one, unsigned eithers)
{
	enum pam_code codes[STEPS_MAX];
	unsigned nth = 0;

	for (size_t i = 0; i < st->n && i < STEPS_MAX; i++) {
		struct pam_habit h = pam_habit_of(&st->items[i]);

		codes[i] = h.code;
		if (h.vouches)
			codes[i] = said_by(&st->items[i], who, i == one,
			    h.code);
		if (!h.either || st->items[i].kind != PAM_STEP_MODULE)
			continue;
		if ((eithers >> nth & 1) != 0)
			codes[i] = PAM_CODE_SUCCESS;
		nth += nth + 1 < EITHERS_MAX;
	}
	return pam_dispatch(st, codes);
}

static bool
grants(const struct pam_stack *st, enum who who, size_t one, unsigned eithers)
{
	return try(st, who, one, eithers).code == PAM_CODE_SUCCESS;
}

static bool
can_be_granted(const struct pam_stack *st)
{
	for (unsigned m = 0; m < 1U << EITHERS_MAX; m++) {
		if (grants(st, ALL, 0, m))
			return true;
		for (size_t i = 0; i < st->n; i++)
			if (grants(st, ONE, i, m))
				return true;
	}
	return false;
}

/* Whether what step i says can ever decide. */
static bool
counts(const struct pam_stack *st, size_t i)
{
	for (unsigned m = 0; m < 1U << EITHERS_MAX; m++)
		if ((grants(st, ONE, i, m) && !grants(st, NOBODY, 0, m)) ||
		    (grants(st, ONE_ASKER, i, m) &&
		    !grants(st, NO_ASKER, 0, m)) ||
		    (grants(st, ALL, 0, m) &&
		    !grants(st, ALL_BUT_ONE, i, m)))
			return true;
	return false;
}

/*
 * One that is asked, not for a side effect of its, and never decides. In
 * brackets much hangs on how an asker fails, which is not tried.
 */
static const struct pam_step *
idle_asker(const struct pam_stack *st)
{
	for (size_t i = 0; i < st->n; i++)
		if (st->items[i].control[0] == '[' &&
		    is_asker(st->items[i].module))
			return NULL;
	for (size_t i = 0; i < st->n; i++) {
		const struct pam_step *s = &st->items[i];

		if (s->kind == PAM_STEP_MODULE && is_asker(s->module) &&
		    !s->optional && strcasecmp(s->control, "optional") != 0 &&
		    !counts(st, i))
			return s;
	}
	return NULL;
}

/* What the stack is like. */
struct shape {
	bool asks, vouched, broken;
};

static struct shape
shape_of(const struct pam_stack *st)
{
	struct shape s = { 0 };

	for (size_t i = 0; i < st->n; i++) {
		if (st->items[i].kind == PAM_STEP_BROKEN)
			s.broken = true;
		if (st->items[i].kind != PAM_STEP_MODULE)
			continue;
		s.asks |= is_asker(st->items[i].module);
		s.vouched |= pam_habit_of(&st->items[i]).vouches;
	}
	return s;
}

/* A jump that leads past the end leaves no step that decides. */
static const struct pam_step *
jump_of(const struct pam_stack *st)
{
	for (size_t i = 0; i < st->n; i++)
		if (st->items[i].control[0] == '[' &&
		    strpbrk(st->items[i].control, "123456789") != NULL)
			return &st->items[i];
	return NULL;
}

/* Whether nobody vouching is enough, or nothing is; NULL: neither. */
static const char *
judge_stack(struct judge *j, const char *path, const char *type,
    struct pam_verdict *out)
{
	struct pam_stack st = { 0 };
	struct shape s;
	struct err e = { 0 };

	if (pam_stack_service(j->ev, path, type, &j->arena, &st, &e) < 0)
		return NULL;
	s = shape_of(&st);
	if (s.broken || st.n > STEPS_MAX)
		return NULL;
	/* Who asks for a service that nobody knows is nobody. */
	s.asks |= strcmp(path_name(path), "other") == 0;
	*out = try(&st, NOBODY, 0, 0);
	if (s.asks && out->code == PAM_CODE_SUCCESS &&
	    (strcmp(type, "auth") == 0 || strcmp(type, "account") == 0))
		return _("%s is granted though nobody vouches for anybody, in "
		    "%s");
	*out = try(&st, ALL, 0, ~0U);
	out->step = out->step != NULL ? out->step : jump_of(&st);
	/* That nobody changes a password here is said like this, too. */
	if (strcmp(type, "password") != 0 && s.vouched &&
	    !can_be_granted(&st))
		return _("%s is denied to everybody, whoever vouches, in %s");
	out->step = strcmp(type, "auth") == 0 ? idle_asker(&st) : NULL;
	if (out->step != NULL)
		return _("%s does not depend on what this module says, in %s");
	return NULL;
}

/* Whether the file that e is about has it by itself, and is judged too. In a
 * loop each file blames another one. */
static bool
told_elsewhere(struct judge *j, const char *type, const struct err *e)
{
	struct pam_stack st = { 0 };
	struct err own = { 0 };

	return strcmp(e->where, j->path) != 0 && pam_stack_read(j->ev,
	    e->where, type, &j->arena, &st, &own) < 0 &&
	    strcmp(own.where, e->where) == 0;
}

static void
judge_type(struct judge *j, const char *type)
{
	struct about about = { .demand = "sound" };
	struct pam_verdict v = { 0 }, other = { 0 };
	struct pam_stack st = { 0 };
	const char *said;
	struct err e = { 0 };

	if (pam_stack_read(j->ev, j->path, type, &j->arena, &st, &e) < 0) {
		if (!told_elsewhere(j, type, &e))
			sound_wrong(j, &e);
		return;
	}
	if (st.n == 0 || (said = judge_stack(j, j->path, type, &v)) == NULL)
		return;
	if (v.step != NULL) {
		about.file = v.step->file;
		about.line = v.step->line;
	}
	/* What is wrong with an included file by itself is told there. */
	if (about.file == NULL || strcmp(about.file, j->path) == 0 ||
	    judge_stack(j, about.file, type, &other) == NULL)
		judge_add(j, VERDICT_FAILS, about, said, type,
		    path_name(j->path));
}

void
sound_pam(struct judge *j)
{
	size_t before = j->out->n;

	if (fits(leftovers, COUNT(leftovers), path_name(j->path)) ||
	    j->subject == NULL || j->subject->kind != ENTRY_FILE)
		return;
	if (!judge_lines_of(j))
		return;
	for (size_t i = 0; i < COUNT(types) && j->out->n == before; i++)
		judge_type(j, types[i]);
	if (j->out->n == before)
		judge_held(j);
}
