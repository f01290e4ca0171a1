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

/* Beside this program in a checkout, in libexec once installed. */
static void
find_full(struct buf *out)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n > 0) {
		self[n] = '\0';
		*(strrchr(self, '/') + 1) = '\0';
		buf_addf(out, "%s" FULL, self);
		if (access(buf_str(out), X_OK) == 0)
			return;
	}
	buf_reset(out);
	buf_adds(out, LIBEXECDIR "/" FULL);
}

int
main(int argc, char **argv)
{
	CLEANUP(drop_options) struct options o = { 0 };
	CLEANUP(drop_buf) struct buf full = { 0 };
	struct answer a = { 0 };
	struct err e = { 0 };
	int sys;

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
	find_full(&full);
	execv(buf_str(&full), argv);
	sys = errno;
	language_begin();
	say_note(_("%s: cannot start the program: %s [install driftctl anew]"),
	    buf_str(&full), strerror(sys));
	return 2;
}
