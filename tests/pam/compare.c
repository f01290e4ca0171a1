/* SPDX-License-Identifier: MIT */
/*
 * compare MODULE.so STACKS [SEED [vendor]]
 * Generates stacks, asks libpam and pam_dispatch what they return, and says in
 * TAP whether all agree. Each stack is asked several times with other results
 * of its modules, for each of the four types, and once for pam_setcred. What
 * not every libpam reads alike may be left untold. With "vendor" the files lie
 * in /etc/pam.d, in /usr/lib/pam.d or in both, as libpam itself finds them.
 * This takes root, and mounts that nobody else sees.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <security/pam_appl.h>

#include "base/path.h"
#include "tests/pam/world.h"

enum { ASKED = 3, STEPS_MAX = 4096 };

/* libpam would fill the machine's logs with what is wrong on purpose, and
 * deny where the audit system cannot be reached. */
void syslog(int priority, const char *fmt, ...);
void __syslog_chk(int priority, int flag, const char *fmt, ...);
int audit_open(void);

void
syslog(int priority, const char *fmt, ...)
{
	(void)priority;
	(void)fmt;
}

void
__syslog_chk(int priority, int flag, const char *fmt, ...)
{
	(void)priority;
	(void)flag;
	(void)fmt;
}

int
audit_open(void)
{
	errno = EPROTONOSUPPORT;
	return -1;
}

static int
no_talk(int n, const struct pam_message **m, struct pam_response **r,
    void *ctx)
{
	(void)n;
	(void)m;
	(void)r;
	(void)ctx;
	return PAM_CONV_ERR;
}

static int
ask_libpam(pam_handle_t *h, unsigned type)
{
	switch (type) {
	case 0:
		return pam_authenticate(h, 0);
	case 1:
		return pam_acct_mgmt(h, 0);
	case 2:
		return pam_chauthtok(h, 0);
	case SETCRED:
		return pam_setcred(h, PAM_ESTABLISH_CRED);
	default:
		return pam_open_session(h, 0);
	}
}

/* -1 where the stack cannot be followed to its end. */
static int
ask_ours(const struct world *w, unsigned type)
{
	struct evidence ev = fake_evidence(w->files);
	enum pam_code codes[STEPS_MAX], creds[STEPS_MAX];
	struct pam_stack st = { 0 };
	struct arena a = { 0 };
	struct err e = { 0 };
	int code = -1;

	if (pam_stack_service(&ev, w->paths[0], world_types[type % SETCRED], &a,
	    &st, &e) == 0)
		code = 0;
	for (size_t i = 0; i < st.n; i++) {
		codes[i] = creds[i] = PAM_CODE_MODULE_UNKNOWN;
		for (unsigned m = 0; m < MODULES; m++) {
			if (strcmp(st.items[i].module, w->modules[m]) != 0)
				continue;
			codes[i] = w->codes[m];
			creds[i] = w->creds[m];
		}
	}
	if (code == 0)
		code = (int)(type == SETCRED ?
		    pam_dispatch_setcred(&st, codes, creds,
		    w->jumps_count) :
		    pam_dispatch(&st, codes)).code;
	arena_done(&a);
	return code;
}

static void
show(const struct world *w, unsigned type, int theirs, int ours)
{
	printf("# %s: libpam returns %d, driftctl %d\n", type == SETCRED ?
	    "setcred" : world_types[type], theirs, ours);
	for (unsigned m = 0; m < MODULES; m++)
		printf("# %s %s, %s\n", path_name(w->modules[m]),
		    pam_code_words[w->codes[m]], pam_code_words[w->creds[m]]);
	for (unsigned i = 0; i < FILES; i++) {
		const char *s = w->files[i].text;

		printf("# -- %s\n", w->files[i].en.path);
		for (; *s != '\0'; s += strcspn(s, "\n"), s += *s == '\n')
			printf("#    %.*s\n", (int)strcspn(s, "\n"), s);
	}
}

static int
start_pam(const struct world *w, const struct pam_conv *conv,
    pam_handle_t **out)
{
	return w->vendor ? pam_start("svc", "nobody", conv, out) :
	    pam_start_confdir("svc", "nobody", conv, w->dir, out);
}

/* For a service that libpam gives up on before it can be asked. */
static bool
all_denied(struct world *w)
{
	bool agree = true;

	world_answers(w);
	for (unsigned type = 0; type < TYPES; type++) {
		int ours = ask_ours(w, type);

		w->asked++;
		if (ours == PAM_SUCCESS && w->differ == 0 && agree)
			show(w, type, PAM_ABORT, ours);
		agree &= ours > PAM_SUCCESS || (ours < 0 && w->odd);
	}
	return agree;
}

/* One question to both; *out_theirs is what libpam returned. */
static bool
same_answer(struct world *w, pam_handle_t *h, unsigned type, bool tell,
    int *out_theirs)
{
	int ours = ask_ours(w, type), theirs = ask_libpam(h, type);

	*out_theirs = theirs;
	w->asked++;
	w->granted += theirs == PAM_SUCCESS;
	w->setcreds += type == SETCRED;
	w->creds_granted += type == SETCRED && theirs == PAM_SUCCESS;
	w->seen[theirs & 31] = 1;
	if (ours < 0 && w->odd) {
		w->untold++;
		return true;
	}
	if (ours != theirs && tell)
		show(w, type, theirs, ours);
	return ours == theirs;
}

/* True when all answers to this one stack agree. */
static bool
compare(struct world *w)
{
	const struct pam_conv conv = { no_talk, NULL };
	pam_handle_t *h = NULL;
	int theirs = -1;
	bool agree = true;

	if (start_pam(w, &conv, &h) != PAM_SUCCESS)
		return all_denied(w);
	for (unsigned i = 0; i < ASKED && theirs != PAM_INCOMPLETE; i++) {
		world_answers(w);
		/* It would go on where it stopped. */
		for (unsigned type = 0; type < TYPES &&
		    theirs != PAM_INCOMPLETE; type++) {
			agree &= same_answer(w, h, type, w->differ == 0 &&
			    agree, &theirs);
			/* Later on it remembers several pasts. */
			if (type == 0 && i == 0 && theirs != PAM_INCOMPLETE)
				agree &= same_answer(w, h, SETCRED,
				    w->differ == 0 && agree, &theirs);
		}
	}
	pam_end(h, theirs);
	return agree;
}

/* An @include is an addition of some distributions. */
static void
look_at_include(struct world *w)
{
	const struct pam_conv conv = { no_talk, NULL };
	pam_handle_t *h = NULL;

	for (unsigned i = 0; i < FILES; i++) {
		buf_reset(&w->texts[i]);
		if (i == 0)
			buf_addf(&w->texts[0], "@include %s\n", w->vendor ?
			    world_names[2] : w->paths[2]);
		if (i == 2)
			buf_addf(&w->texts[2], "auth required %s\n",
			    w->modules[0]);
		world_write_stack(w, i, true);
	}
	world_answers(w);
	w->codes[0] = PAM_CODE_SUCCESS;
	setenv(path_name(w->modules[0]), "0", 1);
	if (start_pam(w, &conv, &h) == PAM_SUCCESS)
		w->at_include = pam_authenticate(h, 0) == PAM_SUCCESS;
	pam_end(h, PAM_SUCCESS);
}

/* Debian's looks for what is included in /etc/pam.d alone. */
static void
look_at_folders(struct world *w)
{
	const struct pam_conv conv = { no_talk, NULL };
	CLEANUP(drop_buf) struct buf all = { 0 };
	CLEANUP(drop_buf) struct buf one = { 0 };
	char path[128];
	pam_handle_t *h = NULL;

	buf_addf(&one, "%s/svc", world_etc);
	world_write(buf_str(&one), "auth include a\n");
	buf_addf(&all, "auth required %s\n", w->modules[0]);
	snprintf(path, sizeof(path), "%s/a", world_lib);
	world_write(path, buf_str(&all));
	setenv(path_name(w->modules[0]), "0", 1);
	if (start_pam(w, &conv, &h) == PAM_SUCCESS)
		w->lib_include = pam_authenticate(h, 0) == PAM_SUCCESS;
	pam_end(h, PAM_SUCCESS);
	/* By this it is known. */
	if (!w->lib_include)
		w->files[2 * FILES] = (struct fake_file){
			.en = { .path = "/etc/debian_version" },
			.text = "12.5\n" };
	unlink(path);
	unlink(buf_str(&one));
}

/* A jump that is all of the stack: does its module say anything? */
static void
look_at_jumps(struct world *w)
{
	const struct pam_conv conv = { no_talk, NULL };
	pam_handle_t *h = NULL;

	buf_reset(&w->texts[0]);
	buf_addf(&w->texts[0], "auth [default=1] %s\nauth required %s\n",
	    w->modules[0], w->modules[1]);
	world_write_stack(w, 0, true);
	setenv("pam_t0.so", "0", 1);
	setenv("pam_t0.so.cred", "0", 1);
	if (start_pam(w, &conv, &h) == PAM_SUCCESS &&
	    pam_authenticate(h, 0) != PAM_SUCCESS)
		w->jumps_count = pam_setcred(h, PAM_ESTABLISH_CRED) ==
		    PAM_SUCCESS;
	pam_end(h, PAM_SUCCESS);
}

static unsigned
kinds(const struct world *w)
{
	unsigned n = 0;

	for (unsigned i = 0; i < PAM_CODES; i++)
		n += w->seen[i];
	return n;
}

int
main(int argc, char **argv)
{
	static struct world w;
	unsigned long n = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;

	if (n == 0 || world_make(&w, argv[1]) < 0) {
		fprintf(stderr, "usage: compare MODULE.so STACKS [SEED "
		    "[vendor]]\n");
		return 2;
	}
	if (argc > 4 && world_mount(&w) < 0) {
		perror("folders of its own");
		return 2;
	}
	if (w.has_lib)
		look_at_folders(&w);
	look_at_include(&w);
	look_at_jumps(&w);
	world_seed(argc > 3 ? strtoull(argv[3], NULL, 10) * 2 + 1 : 20240229);
	for (; w.stacks < n; w.stacks++) {
		world_stacks(&w);
		w.differ += !compare(&w);
	}
	world_remove(&w);
	for (unsigned i = 0; i < FILES; i++)
		buf_done(&w.texts[i]);
	printf("# %lu stacks asked %lu times, %lu granted, %u kinds of "
	    "answers, @include %s\n", w.stacks, w.asked, w.granted,
	    kinds(&w), w.at_include ? "too" : "unknown here");
	printf("# of them %lu for setcred, %lu granted; %lu untold\n",
	    w.setcreds, w.creds_granted, w.untold);
	printf("%s 1 - libpam and driftctl agree on %lu of %lu generated "
	    "stacks%s\n", w.differ > 0 ? "not ok" : "ok", w.stacks - w.differ,
	    w.stacks, w.has_lib ? " in /etc and /usr/lib" :
	    w.vendor ? " in /etc" : "");
	/* A generator whose stacks all deny would prove nothing. */
	printf("%s 2 - the stacks grant and deny, in many ways\n",
	    w.granted * 10 > w.asked && w.granted * 10 < w.asked * 9 &&
	    w.creds_granted * 20 > w.setcreds &&
	    w.untold * 5 < w.asked && kinds(&w) > 20 ? "ok" : "not ok");
	printf("1..2\n");
	return w.differ > 0;
}
