/* SPDX-License-Identifier: MIT */
#include "agent/preflight/planned.h"

#include <string.h>

#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"
#include "specs/xpath.h"

enum { FIELDS_MAX = 16 };

void
planned_done(struct planned_packages *p)
{
	arena_done(&p->arena);
	*p = (struct planned_packages){ 0 };
}

void
drop_planned(struct planned_packages *p)
{
	planned_done(p);
}

static void
add(struct planned_packages *p, enum planned_step step, const char *name,
    const char *version, const char *arch)
{
	*VEC_ADD_IN(&p->arena, p) = (struct planned_package){ step,
		arena_strdup(&p->arena, name),
		arena_strdup(&p->arena, version),
		arena_strdup(&p->arena, arch) };
}

static size_t
split(char *line, char **out)
{
	char *save = NULL;
	size_t n = 0;

	for (char *w = strtok_r(line, " \t\r", &save); w != NULL &&
	    n < FIELDS_MAX; w = strtok_r(NULL, " \t\r", &save))
		out[n++] = w;
	return n;
}

/* "[amd64])" -> "amd64" */
static char *
bare(char *word)
{
	word += strspn(word, "[(");
	word[strcspn(word, "])")] = '\0';
	return word;
}

static void
apt_line(char *line, struct planned_packages *out)
{
	static const struct {
		const char *word;
		enum planned_step step;
	} steps[] = {
		{ "Inst", PLANNED_INSTALL }, { "Remv", PLANNED_REMOVE },
		{ "Purg", PLANNED_PURGE },
	};
	char *w[FIELDS_MAX], *version = NULL, *arch = NULL, *colon;
	size_t n = split(line, w);

	for (size_t i = 2; i < n && arch == NULL; i++) {
		if (w[i][0] == '(')
			version = w[i];
		/* What stands behind is what waits for it. */
		if (version != NULL && w[i][0] == '[')
			arch = w[i];
	}
	if (n < 2)
		return;
	colon = strchr(w[1], ':');
	if (colon != NULL)
		*colon++ = '\0';
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (strcmp(w[0], steps[i].word) != 0)
			continue;
		if (steps[i].step != PLANNED_INSTALL)
			add(out, steps[i].step, w[1], "",
			    colon != NULL ? colon : "");
		else if (version != NULL && arch != NULL)
			add(out, PLANNED_INSTALL, w[1], bare(version),
			    bare(arch));
	}
}

void
planned_apt(const char *text, struct planned_packages *out)
{
	CLEANUP(drop_free) char *copy = xstrdup(text);
	char *save = NULL;

	for (char *line = strtok_r(copy, "\n", &save); line != NULL;
	    line = strtok_r(NULL, "\n", &save))
		apt_line(line, out);
}

/* Headings of the table; what stands below one they do not name is left. */
static const struct {
	const char *word;
	bool remove;
} headings[] = {
	{ "Installing", false }, { "Upgrading", false },
	{ "Downgrading", false }, { "Reinstalling", false },
	{ "Removing", true },
};

/* 1 when it is one and what it says goes to *out; 0. */
static int
heading(const char *line, bool *out_known, bool *out_remove)
{
	size_t n = strlen(line);

	if (line[0] == ' ' || n == 0 || line[n - 1] != ':')
		return 0;
	*out_known = false;
	for (size_t i = 0; i < sizeof(headings) / sizeof(headings[0]); i++) {
		if (!text_starts(line, headings[i].word))
			continue;
		*out_known = true;
		*out_remove = headings[i].remove;
	}
	return 1;
}

/* A name too long for its column has the rest on the next line. */
static void
dnf_row(char *line, struct buf *held, bool remove,
    struct planned_packages *out)
{
	CLEANUP(drop_free) char *whole = NULL;
	char *w[FIELDS_MAX];
	size_t n;

	if (text_starts(line, "    ") && held->len == 0)
		return;
	buf_addc(held, ' ');
	buf_adds(held, line);
	whole = xstrdup(buf_str(held));
	n = split(whole, w);
	if (n > 0 && strcmp(w[0], "replacing") == 0) {
		buf_reset(held);
		return;
	}
	if (n < 4)
		return;
	buf_reset(held);
	add(out, remove ? PLANNED_REMOVE : PLANNED_INSTALL, w[0], w[2], w[1]);
}

void
planned_dnf(const char *text, struct planned_packages *out)
{
	CLEANUP(drop_free) char *copy = xstrdup(text);
	CLEANUP(drop_buf) struct buf held = { 0 };
	char *save = NULL;
	bool known = false, remove = false;

	for (char *line = strtok_r(copy, "\n", &save); line != NULL;
	    line = strtok_r(NULL, "\n", &save)) {
		if (text_starts(line, "Transaction Summary"))
			return;
		if (heading(line, &known, &remove) != 0) {
			buf_reset(&held);
			continue;
		}
		if (line[0] != ' ')
			known = false;
		if (known)
			dnf_row(line, &held, remove, out);
	}
}

static int
ask(struct xpath_doc *d, const char *where, const char *what, struct arena *a,
    struct xpath_answer *out, struct err *e)
{
	CLEANUP(drop_free) char *expr = xasprintf(
	    "/stream/install-summary/*[%s]/solvable[@type='package']/@%s",
	    where, what);

	return xpath_ask(d, expr, NULL, a, out, e);
}

static int
take_solvables(struct xpath_doc *d, const char *where,
    enum planned_step step, struct planned_packages *out, struct err *e)
{
	struct arena a = { 0 };
	struct xpath_answer name, edition, arch;
	int n = 0;

	if (ask(d, where, "name", &a, &name, e) < 0 ||
	    ask(d, where, "edition", &a, &edition, e) < 0 ||
	    ask(d, where, "arch", &a, &arch, e) < 0)
		n = -1;
	else if (name.n != edition.n || name.n != arch.n)
		n = err_set(e, ERR_INPUT, "zypper", _("its summary names "
		    "packages without a version"));
	for (size_t i = 0; n == 0 && i < name.n; i++)
		add(out, step, name.items[i].text, edition.items[i].text,
		    arch.items[i].text);
	arena_done(&a);
	return n;
}

/* What it complains of instead of a summary. */
static int
complaint(struct xpath_doc *d, struct err *e)
{
	struct arena a = { 0 };
	struct xpath_answer said;
	int n = xpath_ask(d, "/stream/message[@type='error']", NULL, &a,
	    &said, e);

	if (n == 0 && said.n > 0)
		n = err_set(e, ERR_SYSTEM, "zypper", "%s", said.items[0].text);
	arena_done(&a);
	return n;
}

int
planned_zypper(const char *xml, size_t len, struct planned_packages *out,
    struct err *e)
{
	CLEANUP(drop_xpath) struct xpath_doc *d = xpath_open("zypper", xml,
	    len, e);

	if (d == NULL || complaint(d, e) < 0)
		return -1;
	if (take_solvables(d, "name()!='to-remove'", PLANNED_INSTALL, out,
	    e) < 0)
		return -1;
	return take_solvables(d, "name()='to-remove'", PLANNED_REMOVE, out,
	    e);
}
