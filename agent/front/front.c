/* SPDX-License-Identifier: MIT */
/*
 * What a person calls. Most runs of a checker find that nothing changed, and
 * loading the libraries that the full program needs costs several times what
 * finding that out does. So this small program, linked with libc alone, gives
 * the last answer again where it still holds (answer.h), and becomes the full
 * program otherwise.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "agent/answer.h"
#include "agent/language.h"
#include "agent/options.h"
#include "agent/say.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"

#define FULL "driftctl-full"

/* Verbs whose answer may be given again: those that change nothing. */
static bool
may_recall(const struct options *o)
{
	return o->verb != NULL && !o->help && !o->version &&
	    (strcmp(o->verb, "check") == 0 ||
	    strcmp(o->verb, "snapshot") == 0);
}

/* Where the full program may be: beside this one in a checkout, in libexec
 * once installed. */
struct places {
	struct buf beside;	/* empty: nobody knows where this program is */
	const char *installed;
	int beside_why, installed_why;	/* errno */
};

static void
drop_places(struct places *p)
{
	buf_done(&p->beside);
}

static void
find_beside(struct places *p)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n <= 0)
		return;
	self[n] = '\0';
	*(strrchr(self, '/') + 1) = '\0';
	buf_addf(&p->beside, "%s" FULL, self);
}

/* Returns only where neither can be started. */
static void
become(struct places *p, char **argv)
{
	if (p->beside.len > 0) {
		execv(buf_str(&p->beside), argv);
		p->beside_why = errno;
	}
	execv(p->installed, argv);
	p->installed_why = errno;
}

static void
complain(const struct places *p)
{
	CLEANUP(drop_buf) struct buf text = { 0 };
	bool shut = p->beside_why == EACCES || p->installed_why == EACCES;

	language_begin();
	buf_adds(&text, _("cannot start the program: "));
	if (p->beside.len > 0)
		buf_addf(&text, "%s: %s; ", buf_str(&p->beside),
		    strerror(p->beside_why));
	buf_addf(&text, "%s: %s ", p->installed, strerror(p->installed_why));
	buf_adds(&text, shut ? _("[let this user enter these folders and run "
	    "it, or install driftctl anew]") : _("[install driftctl anew]"));
	say_error_text(buf_str(&text));
}

int
main(int argc, char **argv)
{
	CLEANUP(drop_options) struct options o = { 0 };
	CLEANUP(drop_places) struct places full = {
		.installed = LIBEXECDIR "/" FULL };
	struct answer a = { 0 };
	struct err e = { 0 };

	/* Wrong words are explained by the full program. */
	if (argc > 0 && options_parse(argc - 1, argv + 1, &o, &e) == 0 &&
	    may_recall(&o) && answer_recall(&o, &a)) {
		int n = say_result(&o, &a.text, &e);

		buf_done(&a.text);
		if (n == 0)
			return a.exit_code;
		say_error(&e);
		return 2;
	}
	find_beside(&full);
	become(&full, argv);
	complain(&full);
	return 2;
}
