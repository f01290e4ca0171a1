/* SPDX-License-Identifier: MIT */
#include "agent/confirm.h"

#include <langinfo.h>
#include <regex.h>
#include <stdio.h>
#include <unistd.h>

#include "agent/say.h"
#include "base/mem.h"
#include "base/tr.h"

/* In the person's own language: nl_langinfo(3) knows what yes looks like. */
static int
means_yes(const char *answer)
{
	regex_t re;
	int n;

	if (regcomp(&re, nl_langinfo(YESEXPR), REG_EXTENDED | REG_NOSUB) != 0)
		return answer[0] == 'y' || answer[0] == 'Y';
	n = regexec(&re, answer, 0, NULL, 0) == 0;
	regfree(&re);
	return n;
}

int
confirm(const char *question, struct err *e)
{
	CLEANUP(drop_buf) struct buf asked = { 0 };
	char answer[64];

	if (isatty(STDIN_FILENO) != 1)
		return err_set(e, ERR_USAGE, NULL, _("nothing was done: there "
		    "is no terminal to ask on [add --yes]"));
	/* TRANSLATORS: a question, and the keys for yes and no. */
	buf_addf(&asked, _("%s [y/N] "), question);
	say_question(buf_str(&asked));
	if (fgets(answer, sizeof(answer), stdin) == NULL)
		return 0;
	return means_yes(answer);
}
