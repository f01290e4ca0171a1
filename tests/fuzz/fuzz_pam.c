/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "specs/pam_modules.h"
#include "written.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* So many modules that everything is tried, so few that it takes no time. */
enum { DEEPEST = 33, SMALL = 16384 };

static const char spec[] = "spec: f\nrules:\n"
    "  - id: a\n    path: /etc/pam.d/*\n    why: w\n    pam:\n"
    "      - auth: {module: pam_unix.so, control: required,\n"
    "          arguments: [nullok], before: pam_deny.so}\n"
    "      - account: {module: pam_sss.so, state: absent}\n"
    "      - session: {module: pam_limits.so, after: pam_unix.so}\n"
    "      - outcomes:\n"
    "          - {if: {pam_unix.so: success}, then: granted}\n"
    "          - {if: {default: success}, then: granted, type: setcred}\n"
    "          - {if: {}, then: denied, type: account}\n";

static void
check_steps(const struct written *w, const struct pam_stack *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct pam_step *p = &s->items[i];

		assert(p->type != NULL && p->control != NULL);
		assert(p->module != NULL && p->substack <= DEEPEST);
		for (size_t k = 0; k < p->n_args; k++)
			assert(p->args[k] != NULL);
		written_check_line(w, p->file, p->line);
		assert(pam_habit_of(p).code < PAM_CODES);
	}
}

static void
check_verdict(const struct pam_stack *s, struct pam_verdict v, bool granted)
{
	assert(v.code < PAM_CODES);
	assert(v.step == NULL ||
	    (v.step >= s->items && v.step < s->items + s->n));
	/* Where nobody says so, nobody gets in. */
	assert(granted || v.code != PAM_CODE_SUCCESS);
}

/* What the modules return is taken from the question, byte by byte. */
static bool
answers(const char *from, size_t n, enum pam_code *out)
{
	size_t len = strlen(from);
	bool granted = false;

	for (size_t i = 0; i < n; i++) {
		out[i] = len == 0 ? PAM_CODE_SUCCESS :
		    (unsigned char)from[i % len] % PAM_CODES;
		granted |= out[i] == PAM_CODE_SUCCESS;
	}
	return granted;
}

static void
check_dispatch(const struct pam_stack *s, const char *from)
{
	CLEANUP(drop_free) enum pam_code *codes = xcalloc(s->n + 1,
	    sizeof(*codes));
	CLEANUP(drop_free) enum pam_code *creds = xcalloc(s->n + 1,
	    sizeof(*creds));
	bool granted = answers(from, s->n, codes);

	check_verdict(s, pam_dispatch(s, codes), granted);
	granted = answers(from + (from[0] != '\0'), s->n, creds);
	check_verdict(s, pam_dispatch_setcred(s, codes, creds, true),
	    granted);
	check_verdict(s, pam_dispatch_setcred(s, codes, creds, false),
	    granted);
}

static void
check_type(struct written *w, const char *path, const char *from,
    const char *type)
{
	const struct evidence ev = written_evidence(w);
	struct pam_stack stack = { 0 };
	struct arena a = { 0 };
	struct err e = { 0 };

	if (pam_stack_read(&ev, path, type, &a, &stack, &e) == 0)
		check_steps(w, &stack);
	else
		assert(e.kind != ERR_NONE && e.what[0] != '\0');
	err_clear(&e);
	stack = (struct pam_stack){ 0 };
	if (pam_stack_service(&ev, path, type, &a, &stack, &e) == 0) {
		check_steps(w, &stack);
		check_dispatch(&stack, from);
	} else {
		assert(e.kind != ERR_NONE && e.what[0] != '\0');
	}
	arena_done(&a);
}

/* The path of a service, what its modules return, and the files of pam.d. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const types[] = { "auth", "account", "password",
		"session" };
	static struct catalogue ours;
	struct written w = written_read(data, size < SMALL ? size : SMALL);
	size_t len = strcspn(w.question, "\n");
	const char *path = arena_memdup(&w.arena, w.question, len);

	for (size_t i = 0; i < 4; i++)
		check_type(&w, path, w.question + len, types[i]);
	if (ours.n == 0)
		ours = written_spec(spec);
	written_judge_all(&w, &ours, NULL);
	written_done(&w);
	return 0;
}
