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
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <security/pam_appl.h>

#include "base/buf.h"
#include "base/path.h"
#include "specs/pam_dispatch.h"
#include "tests/unit/fake_evidence.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { MODULES = 8, FILES = 6, ASKED = 3, STEPS_MAX = 4096 };

/* svc is the service, other what it falls back to, the rest is included. */
static const char *const names[FILES] = { "svc", "other", "a", "b", "c",
	"d" };
static const char *const types[] = { "auth", "account", "password",
	"session" };
enum { SETCRED = COUNT(types) };	/* behind those of files */

struct world {
	char dir[64], modules[MODULES + 2][128];
	enum pam_code codes[MODULES], creds[MODULES];
	struct buf texts[FILES];
	char paths[FILES][128];
	struct fake_file files[2 * FILES + 2];	/* what else is there comes
						 * behind */
	bool vendor;
	bool has_lib;		/* not each system has the second folder */
	bool lib_include;	/* this libpam finds what is included there */
	bool at_include;	/* this libpam knows @include */
	bool jumps_count;	/* and counts jumps in pam_setcred */
	bool odd;		/* the stack may be left untold */
	unsigned long asked, granted, differ, stacks, untold;
	unsigned long setcreds, creds_granted;
	unsigned char seen[PAM_CODES];
};

static unsigned long long seed = 1;

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

static const char etc[] = "/etc/pam.d", lib[] = "/usr/lib/pam.d";

static unsigned
below(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)((seed >> 16) % n);
}

static bool
chance(unsigned percent)
{
	return below(100) < percent;
}

static enum pam_code
any_code(void)
{
	static const enum pam_code often[] = { PAM_CODE_SUCCESS,
		PAM_CODE_SUCCESS, PAM_CODE_SUCCESS, PAM_CODE_SUCCESS,
		PAM_CODE_SUCCESS, PAM_CODE_SUCCESS, PAM_CODE_AUTH_ERR,
		PAM_CODE_IGNORE, PAM_CODE_USER_UNKNOWN, 12 };

	return chance(75) ? often[below(COUNT(often))] :
	    (enum pam_code)below(PAM_CODES - (chance(90) ? 1 : 0));
}

static void
any_bracket(struct buf *b)
{
	static const char *const actions[] = { "ignore", "ok", "done", "bad",
		"die", "reset", "1", "1", "2", "3", "4", "0", "99999",
		"okay" };

	buf_addf(b, "[%s", chance(50) ? "success=ok default=ignore " : "");
	for (unsigned n = below(5); n > 0; n--) {
		const char *value = chance(30) ? "default" :
		    pam_code_words[any_code()];
		const char *action = actions[chance(30) ? 1 :
		    below(chance(97) ? 11 : COUNT(actions))];

		buf_addf(b, "%s%s%s%s", value, chance(3) ? " = " :
		    chance(1) ? "" : "=", action, chance(97) ? " " : "");
	}
	buf_addc(b, ']');
}

static void
any_control(struct buf *b)
{
	static const char *const words[] = { "required", "requisite",
		"sufficient", "optional", "Required", "OPTIONAL",
		"suficient", "success=ok", "success=okdefault=die" };

	if (chance(45))
		any_bracket(b);
	else
		buf_adds(b, words[below(chance(95) ? 4 : COUNT(words))]);
}

/* Files lead on to later ones: a circle makes some versions crash. */
static void
any_include(struct world *w, struct buf *b, unsigned from, const char *type)
{
	unsigned first = from < 2 ? 2 : from + 1;
	const char *to = NULL;
	bool at;

	if (first < FILES && chance(96)) {
		unsigned i = first + below(FILES - first);

		to = w->vendor ? names[i] : w->paths[i];
	}
	/* What an @include of nothing does to a file that a line of one type
	 * includes is left to what is in libpam's memory. */
	at = w->at_include && chance(15) && (to != NULL || from < 2);
	if (to == NULL)
		to = "/gone";
	if (at)
		buf_addf(b, "@include %s\n", to);
	else
		buf_addf(b, "%s %s %s\n", type,
		    chance(60) ? "substack" : "include", to);
}

/* What libpam reads otherwise than one would think, or than it did once. */
static void
any_oddity(struct world *w, struct buf *b, const char *type)
{
	const char *module = w->modules[below(MODULES)];

	switch (below(6)) {
	case 0:
		w->odd = true;
		buf_addf(b, "%s required \\\n# so\n%s\n", type, module);
		break;
	case 1:
		w->odd = true;
		buf_addf(b, "%s required %s %*s\n", type, module, 1100, "x");
		break;
	case 2:
		w->odd = true;
		buf_addf(b, "%s required %s\r\n", type, module);
		break;
	case 3:
		w->odd = true;
		buf_addf(b, "# %*s\n", 1100, "x");
		break;
	case 4:
		buf_addf(b, "%s required %s \\ # goes on? \\\n", type,
		    module);
		break;
	default:
		buf_addf(b, "# ends \\\n%s required %s [x \\] y]\n", type,
		    module);
	}
}

static void
any_line(struct world *w, struct buf *b, unsigned from, const char *mostly)
{
	const char *type = chance(85) ? mostly : types[below(COUNT(types))];

	if (chance(from < 2 ? 30 : 15)) {
		any_include(w, b, from, type);
		return;
	}
	if (chance(2)) {
		any_oddity(w, b, type);
		return;
	}
	buf_addf(b, "%s%s\t", chance(10) ? "-" : "", type);
	any_control(b);
	buf_addf(b, "%s %s%s", chance(3) ? " \\\n" : "",
	    w->modules[below(MODULES + (chance(10) ? 2 : 0))],
	    chance(10) ? " debug [a b]" : "");
	buf_adds(b, chance(5) ? " # so\n\n" : "\n");
}

static void
write_text(const char *path, const char *text)
{
	FILE *out = fopen(path, "we");

	if (out == NULL || fputs(text, out) < 0 || fclose(out) != 0) {
		perror(path);
		exit(2);
	}
}

/* One of the two folders, or both: then nothing of the second counts. */
static void
choose_folder(struct world *w, unsigned i, bool there)
{
	static const char hidden[] = "auth required /gone.so\n"
	    "account required /gone.so\npassword required /gone.so\n"
	    "session required /gone.so\n";
	static char second[FILES][128];
	bool first = chance(i > 1 && !w->lib_include ? 90 : 60) || !w->has_lib;
	bool both = there && first && w->has_lib && chance(50);

	snprintf(second[i], sizeof(second[i]), "%s/%s", lib, names[i]);
	snprintf(w->paths[i], sizeof(w->paths[i]), "%s/%s", etc, names[i]);
	unlink(w->paths[i]);
	unlink(second[i]);
	if (!first)
		snprintf(w->paths[i], sizeof(w->paths[i]), "%s", second[i]);
	/* An @include that leads nowhere, in what one type includes. */
	w->odd |= !first && i > 1 && !w->lib_include;
	if (both)
		write_text(second[i], hidden);
	w->files[FILES + i].text = hidden;
	w->files[FILES + i].en.path = both ? second[i] : "/none";
}

/* All but the name of "other" is by path: not each libpam looks for what is
 * included in the folder that the test gives it. */
static void
write_file(struct world *w, unsigned i, bool there)
{
	struct fake_file *f = &w->files[i];

	if (w->vendor)
		choose_folder(w, i, there);
	f->text = buf_str(&w->texts[i]);
	f->en.path = there ? w->paths[i] : "/none";
	if (!w->vendor) {
		w->files[FILES + i] = *f;
		w->files[FILES + i].en.path = there && i == 1 ?
		    "/etc/pam.d/other" : "/none";
	}
	if (there)
		write_text(w->paths[i], f->text);
	else
		unlink(w->paths[i]);
}

static void
any_stack(struct world *w)
{
	const char *mostly = types[below(COUNT(types))];
	bool lonely = chance(5);

	w->odd = false;
	for (unsigned i = 0; i < FILES; i++) {
		buf_reset(&w->texts[i]);
		for (unsigned n = below(i < 2 ? 9 : 6); n > 0; n--)
			any_line(w, &w->texts[i], i, mostly);
		/* The last line of the file goes on with nothing. */
		if (w->texts[i].len > 0 && chance(1)) {
			w->odd = true;
			buf_adds(&w->texts[i], "auth required \\\n");
		}
		write_file(w, i, i > 1 || !lonely || chance(50) != (i == 1));
	}
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

	if (pam_stack_service(&ev, w->paths[0], types[type % SETCRED], &a,
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
any_answers(struct world *w)
{
	for (unsigned m = 0; m < MODULES; m++) {
		char text[16], name[128];

		w->codes[m] = any_code();
		snprintf(text, sizeof(text), "%d", (int)w->codes[m]);
		setenv(path_name(w->modules[m]), text, 1);
		/* Most modules have no more to say, and say it. */
		w->creds[m] = chance(60) ? w->codes[m] : chance(60) ?
		    PAM_CODE_SUCCESS : any_code();
		snprintf(text, sizeof(text), "%d", (int)w->creds[m]);
		snprintf(name, sizeof(name), "%s.cred",
		    path_name(w->modules[m]));
		setenv(name, text, 1);
	}
}

static void
show(const struct world *w, unsigned type, int theirs, int ours)
{
	printf("# %s: libpam returns %d, driftctl %d\n", type == SETCRED ?
	    "setcred" : types[type], theirs, ours);
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

	any_answers(w);
	for (unsigned type = 0; type < COUNT(types); type++) {
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
		any_answers(w);
		/* It would go on where it stopped. */
		for (unsigned type = 0; type < COUNT(types) &&
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
			    names[2] : w->paths[2]);
		if (i == 2)
			buf_addf(&w->texts[2], "auth required %s\n",
			    w->modules[0]);
		write_file(w, i, true);
	}
	any_answers(w);
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

	buf_addf(&one, "%s/svc", etc);
	write_text(buf_str(&one), "auth include a\n");
	buf_addf(&all, "auth required %s\n", w->modules[0]);
	snprintf(path, sizeof(path), "%s/a", lib);
	write_text(path, buf_str(&all));
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
	write_file(w, 0, true);
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

static int
copy_modules(struct world *w, const char *from)
{
	CLEANUP(drop_buf) struct buf b = { 0 };

	snprintf(w->dir, sizeof(w->dir), "%s", "/tmp/driftctl-pam.XXXXXX");
	if (mkdtemp(w->dir) == NULL)
		return -1;
	for (unsigned i = 0; i < FILES; i++)
		snprintf(w->paths[i], sizeof(w->paths[i]), "%s/%s", w->dir,
		    names[i]);
	for (unsigned i = 0; i < MODULES + 2; i++) {
		snprintf(w->modules[i], sizeof(w->modules[i]),
		    i == MODULES ? "%s/gone.so" : "%s/pam_t%u.so", w->dir, i);
		if (i == MODULES)
			continue;
		buf_reset(&b);
		/* The last one is no module: its file is empty. */
		buf_addf(&b, "cp '%s' '%s'", i > MODULES ? "/dev/null" : from,
		    w->modules[i]);
		if (system(buf_str(&b)) != 0)
			return -1;
	}
	return 0;
}

/* Folders of our own in place of the two, for this process alone. */
static int
mount_folders(struct world *w)
{
	static const char *const over[] = { etc, lib };

	w->vendor = true;
	if (unshare(CLONE_NEWNS) < 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return -1;
	w->has_lib = access(lib, F_OK) == 0;
	for (unsigned i = 0; i < COUNT(over); i++)
		if ((i == 0 || w->has_lib) &&
		    mount("tmpfs", over[i], "tmpfs", 0, "size=4m") < 0)
			return -1;
	return 0;
}

static void
remove_all(const struct world *w)
{
	for (unsigned i = 0; i < FILES; i++)
		unlink(w->paths[i]);
	for (unsigned i = 0; i < MODULES + 2; i++)
		unlink(w->modules[i]);
	rmdir(w->dir);
}

int
main(int argc, char **argv)
{
	static struct world w;
	unsigned long n = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;

	if (n == 0 || copy_modules(&w, argv[1]) < 0) {
		fprintf(stderr, "usage: compare MODULE.so STACKS [SEED "
		    "[vendor]]\n");
		return 2;
	}
	if (argc > 4 && mount_folders(&w) < 0) {
		perror("folders of its own");
		return 2;
	}
	if (w.has_lib)
		look_at_folders(&w);
	look_at_include(&w);
	look_at_jumps(&w);
	seed = argc > 3 ? strtoull(argv[3], NULL, 10) * 2 + 1 : 20240229;
	for (; w.stacks < n; w.stacks++) {
		any_stack(&w);
		w.differ += !compare(&w);
	}
	remove_all(&w);
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
