/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "agent/apply/plan.h"
#include "base/path.h"
#include "base/vec.h"

/*
 * Entries are written as "PATH TYPE CONTENT MODE [=FIRST]", one a line; TYPE is
 * f, d or l. Wishes are entries, or "PATH -" for absent, or "PATH t" for a
 * folder's time. A plan is written as "KIND PATH [<SOURCE]".
 */
static void
parse_entry(struct arena *a, char *line, struct entry *en)
{
	char *save = NULL, *word = strtok_r(line, " ", &save);

	*en = (struct entry){ .path = arena_strdup(a, word) };
	word = strtok_r(NULL, " ", &save);
	en->kind = word[0] == 'd' ? ENTRY_DIR : word[0] == 'l' ?
	    ENTRY_SYMLINK : ENTRY_FILE;
	word = strtok_r(NULL, " ", &save);
	en->oid.b[0] = en->kind == ENTRY_FILE ? (unsigned char)word[0] : 0;
	en->target = en->kind == ENTRY_SYMLINK ? arena_strdup(a, word) : NULL;
	if (word[0] == '?')
		en->content = CONTENT_UNREADABLE;
	if (word[0] == '!')
		en->content = CONTENT_DIGEST;
	word = strtok_r(NULL, " ", &save);
	en->mode = (uint32_t)strtoul(word, NULL, 8);
	word = strtok_r(NULL, " ", &save);
	if (word != NULL)
		en->hardlink = arena_strdup(a, word + 1);
}

static void
parse_manifest(const char *text, struct manifest *m)
{
	char *copy = strdup(text), *rest = copy, *line;

	while ((line = strsep(&rest, "\n")) != NULL)
		if (*line != '\0')
			parse_entry(&m->arena, line, manifest_add(m));
	manifest_sort(m);
	free(copy);
}

static void
parse_wishes(const char *text, struct arena *a, struct wishes *out)
{
	char *copy = strdup(text), *rest = copy, *line;

	while ((line = strsep(&rest, "\n")) != NULL) {
		char *blank = strchr(line, ' ');
		struct wish w = { 0 };
		struct entry *en = arena_alloc(a, sizeof(*en));

		if (blank == NULL)
			continue;
		if (strcmp(blank, " -") == 0) {
			w.path = arena_memdup(a, line, (size_t)(blank - line));
		} else if (strcmp(blank, " t") == 0) {
			en->path = w.path = arena_memdup(a, line,
			    (size_t)(blank - line));
			en->kind = ENTRY_DIR;
			en->mtime.tv_sec = 77;
			w.want = en;
			w.times_only = true;
		} else {
			parse_entry(a, line, en);
			w.path = en->path;
			w.want = en;
		}
		*VEC_ADD(out) = w;
	}
	free(copy);
}

static void
plan_text(const struct plan *p, struct buf *out)
{
	static const char *const word[] = { "make", "put", "swap", "meta",
		"link", "remove" };

	for (size_t i = 0; i < p->n; i++) {
		const struct step *s = &p->items[i];

		buf_addf(out, "%s %s", s->kind == STEP_META &&
		    s->differs == 0 ? "time" : word[s->kind], s->path);
		if (s->source != NULL)
			buf_addf(out, " <%s", s->source);
		buf_addc(out, '\n');
	}
}

struct plan_case {
	const char *what, *have, *known, *wishes, *plan, *error;
};

static const struct plan_case cases[] = {
	{ "a true wish is no step", "/a f x 644\n", "", "/a f x 644\n", "",
	    NULL },
	{ "missing is put", "/ d - 755\n", "", "/a f x 644\n", "put /a\n",
	    NULL },
	{ "other content is put", "/a f x 644\n", "", "/a f y 644\n",
	    "put /a\n", NULL },
	{ "other metadata is set in place", "/a f x 644\n", "",
	    "/a f x 600\n", "meta /a\n", NULL },
	{ "another symlink is put", "/a l x 777\n", "", "/a l y 777\n",
	    "put /a\n", NULL },
	{ "another type is swapped", "/a l x 777\n", "", "/a f x 644\n",
	    "swap /a\n", NULL },
	{ "a folder in the way goes with what is in it",
	    "/a d - 755\n/a/b f x 644\n", "", "/a f x 644\n/a/b -\n",
	    "swap /a\n", NULL },
	{ "missing parents come first",
	    "/ d - 755\n", "/e d - 700\n", "/e/f/g f x 644\n",
	    "make /e\nmake /e/f\nput /e/f/g\n", NULL },
	{ "removals come last, deepest first",
	    "/a d - 755\n/a/b f x 644\n/a/c d - 755\n/a/c/d f x 644\n", "",
	    "/z f x 644\n/a -\n/a/b -\n",
	    "put /z\nremove /a/c/d\nremove /a/c\nremove /a/b\nremove /a\n",
	    NULL },
	{ "a folder wished for keeps its time",
	    "/d d - 755\n/d/a f x 644\n/d/b f x 644\n", "",
	    "/d d - 755\n/d/a f y 644\n/d/b -\n",
	    "time /d\nput /d/a\nremove /d/b\n", NULL },
	{ "only a folder's time is set", "/d d - 755\n", "", "/d t\n",
	    "meta /d\n", NULL },
	{ "the time of a folder that is none is no step", "/d f x 644\n", "",
	    "/d t\n", "", NULL },
	{ "twins that agree are one", "/b f x 644\n", "",
	    "/a f x 644\n/a f x 644\n", "put /a\n", NULL },
	{ "a name that is missing is linked to the living one",
	    "/a f x 644\n", "/a f x 644\n/b f x 644 =/a\n",
	    "/b f x 644 =/a\n", "link /b </a\n", NULL },
	{ "not to one whose metadata is another",
	    "/a f x 600\n", "/a f x 644\n/b f x 644 =/a\n",
	    "/b f x 644 =/a\n", "put /b\n", NULL },
	{ "new content is put once and linked",
	    "/a f x 644\n/b f x 644 =/a\n", "",
	    "/a f y 644\n/b f y 644 =/a\n", "put /a\nlink /b </a\n", NULL },
	{ "one right member keeps its inode",
	    "/a f x 644\n/b f y 644\n", "",
	    "/a f y 644\n/b f y 644 =/a\n", "link /a </b\n", NULL },
	{ "names linked since are put apart",
	    "/a f x 644\n/b f x 644 =/a\n", "",
	    "/a f x 644\n/b f x 644\n", "put /b\n", NULL },
	{ "a bystander is not changed with it",
	    "/a f x 644\n/b f x 644 =/a\n", "/b f x 600\n",
	    "/b f x 600\n", "put /b\n", NULL },
	{ "metadata of all names is set in place",
	    "/a f x 644\n/b f x 644 =/a\n", "",
	    "/a f x 600\n/b f x 600 =/a\n", "meta /a\nmeta /b\n", NULL },
	{ "a folder where a name of the group was is swapped for a link",
	    "/a f x 644\n/b d - 755\n", "",
	    "/a f x 644\n/b f x 644 =/a\n", "swap /b </a\n", NULL },
	{ "content nobody read needs nothing where a file is",
	    "/a f x 644\n", "", "/a f ? 600\n", "meta /a\n", NULL },
	{ "wishes that contradict", "", "", "/a f x 644\n/a f y 644\n", NULL,
	    "/a: two wishes contradict each other [restore one of '-' and '-' "
	    "at a time]" },
	{ "something below what shall be absent", "/d d - 755\n", "",
	    "/d -\n/d/a f x 644\n", NULL,
	    "/d/a: cannot be there when '/d' shall be absent" },
	{ "something below what shall be a file", "", "",
	    "/d f x 644\n/d/a f x 644\n", NULL,
	    "/d/a: cannot be there when '/d' shall be no folder" },
	{ "a parent that is a symlink now", "/d l /etc 777\n",
	    "/d d - 755\n", "/d/a f x 644\n", NULL,
	    "/d/a: '/d' on the way to it is no folder any more "
	    "[restore '/d', too]" },
	{ "content too large to be kept", "", "", "/a f ! 644\n", NULL,
	    "/a: its content was larger than 'max-size' and was not kept "
	    "[leave it out, or bring it back from a backup]" },
	{ "content never read", "", "", "/a f ? 644\n", NULL,
	    "/a: its content could not be read then and was not kept "
	    "[leave it out, or bring it back from a backup]" },
};

static void
check_case(const struct plan_case *c)
{
	CLEANUP(drop_manifest) struct manifest have = { 0 };
	CLEANUP(drop_manifest) struct manifest known = { 0 };
	CLEANUP(drop_wishes) struct wishes wishes = { 0 };
	CLEANUP(drop_plan) struct plan plan = { 0 };
	CLEANUP(drop_buf) struct buf got = { 0 };
	struct err e = { 0 };
	int rc;

	parse_manifest(c->have, &have);
	parse_manifest(c->known, &known);
	parse_wishes(c->wishes, &known.arena, &wishes);
	rc = plan_make(&have, &known, &wishes, &plan, &e);
	if (rc < 0)
		err_format(&e, &got);
	else
		plan_text(&plan, &got);
	if ((rc < 0) != (c->error != NULL) || strcmp(buf_str(&got),
	    c->error != NULL ? c->error : c->plan) != 0)
		fail_msg("%s:\n%s", c->what, buf_str(&got));
}

static void
a_plan_is_the_least_that_makes_the_wishes_true(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_case(&cases[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_plan_is_the_least_that_makes_the_wishes_true),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
