/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "specs/eval_command.h"
#include "written.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SMALL = 65536 };

static const char rules[] = "spec: f\nrules:\n"
    "  - {id: a, path: /etc/d.conf, why: w, command: {run: [dconf, -n]}}\n"
    "  - {id: b, path: /etc/d.conf, why: w, require: present,\n"
    "     command: {run: [dconf, -n], exit: any, stdout: '(?m)^ok$',\n"
    "     stderr: '^$', not-stderr: 'ob(so|x)lete', not-stdout: '^\\s'}}\n"
    "  - {id: c, path: /etc/d.conf, why: w, secret: true,\n"
    "     command: {run: [/usr/sbin/dconf], exit: [0, 3, 137]}}\n";

struct said {
	struct written machine;	/* first, since it is the context */
	struct command_answer answer;
};

static int
say(void *ctx, const struct rule *rule, struct command_answer *out,
    struct err *e)
{
	const struct said *s = ctx;

	(void)rule;
	(void)e;
	*out = s->answer;
	return 0;
}

/* Each stream is memory of its own, so that nobody reads beyond it. */
static char *
copy(const char *bytes, size_t len)
{
	char *p = xmalloc(len + (len == 0));

	memcpy(p, bytes, len);
	return p;
}

/* A byte for how it ended, what it printed, "%%" on a line, and what it
 * printed on stderr. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char cut[] = "%%\n";
	static const char file[] = "== /etc/d.conf\na\nb\n"
	    "== /etc/l -> d.conf\n";
	static struct catalogue ours;
	struct said s = { .machine = written_read((const uint8_t *)file,
		sizeof(file) - 1) };
	struct evidence ev = written_evidence(&s.machine);
	const char *bytes = (const char *)data + 1, *at;
	size_t len = size > 0 && size <= SMALL ? size - 1 : 0;

	at = len > 0 ? memmem(bytes, len, cut, strlen(cut)) : NULL;
	s.answer = (struct command_answer){ .state = COMMAND_ANSWERED,
		.exit = size > 0 ? data[0] : 0, .when = ev.now - 5 };
	s.answer.out_len = at != NULL ? (size_t)(at - bytes) : len;
	s.answer.err_len = at != NULL ? len - s.answer.out_len - strlen(cut) :
	    0;
	CLEANUP(drop_free) char *out = copy(bytes, s.answer.out_len);
	CLEANUP(drop_free) char *err = copy(bytes + len - s.answer.err_len,
	    s.answer.err_len);
	s.answer.out = out;
	s.answer.err = err;
	ev.ctx = &s;
	ev.ask = say;
	if (ours.n == 0)
		ours = written_spec(rules);
	for (size_t i = 0; i < ours.specs[0]->n_rules; i++)
		written_judge_by(&s.machine, &ev, &ours.specs[0]->rules[i]);
	written_done(&s.machine);
	return 0;
}
