/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/pkg/attribute.h"
#include "agent/pkg/attributetext.h"
#include "agent/pkg/ownerstext.h"

/*
 * A situation: packages before and after without the head and the end of their
 * list, and files as "PATH CONTENT [MODE]" lines; the digest that a list gives
 * as md5= is the content itself.
 */
struct situation {
	const char *before, *after, *was, *is;
};

struct scene {
	struct owners before, after;
	struct manifest was, is;
	struct attributor *t;
};

static void
read_owners(const char *text, struct owners *o)
{
	CLEANUP(drop_buf) struct buf all = { 0 };
	struct err e = { 0 };
	size_t lines = 0;

	for (const char *p = text; *p != '\0'; p++)
		lines += *p == '\n';
	ownerstext_begin(&all);
	buf_adds(&all, text);
	ownerstext_end(&all, lines);
	assert_int_equal(ownerstext_parse("list", buf_str(&all), all.len, o,
	    &e), 0);
	owners_settle(o);
}

static void
read_files(const char *text, struct manifest *m)
{
	char *all = arena_strdup(&m->arena, text), *save = NULL;

	for (char *line = strtok_r(all, "\n", &save); line != NULL;
	    line = strtok_r(NULL, "\n", &save)) {
		char *rest = NULL;
		const char *path = strtok_r(line, " ", &rest);
		const char *content = strtok_r(NULL, " ", &rest);
		const char *mode = strtok_r(NULL, " ", &rest);
		struct entry en = { .path = path, .kind = ENTRY_FILE,
			.size = strlen(content) };

		/* Its content is its name. */
		memcpy(en.oid.b, content, strlen(content));
		en.mode = mode != NULL ? (uint32_t)strtoul(mode, NULL, 8) :
		    0644;
		*manifest_add(m) = en;
	}
	manifest_sort(m);
}

static enum pristine
pristine(void *ctx, const struct owned *f, const struct entry *en, bool before)
{
	(void)ctx;
	(void)before;
	if (f->digest == NULL)
		return PRISTINE_UNKNOWN;
	return strlen(f->digest) == en->size &&
	    memcmp(f->digest, en->oid.b, en->size) == 0 ? PRISTINE_YES :
	    PRISTINE_EDITED;
}

static void
scene_start(struct scene *s, const struct situation *from)
{
	struct attribute_input in = { &s->before, &s->after, &s->was, &s->is,
		pristine, NULL };

	*s = (struct scene){ 0 };
	strlist_add(&s->before.asked, "/etc");
	strlist_add(&s->after.asked, "/");
	read_owners(from->before, &s->before);
	read_owners(from->after, &s->after);
	read_files(from->was, &s->was);
	read_files(from->is, &s->is);
	s->t = attribute_new(&in);
}

static void
scene_end(struct scene *s)
{
	attribute_free(s->t);
	owners_done(&s->before);
	owners_done(&s->after);
	manifest_done(&s->was);
	manifest_done(&s->is);
}

#define RPM(name, version) "package rpm " name " " version " noarch\n"
#define FILE(path, digest) "file " path " config md5=" digest "\n"

/* What each sentence says, whole: these are read by tired people. */
static const struct {
	struct situation s;
	const char *path, *text;
	enum how how;
	enum decision decision;
} sentences[] = {
	{ { RPM("a", "1") FILE("/etc/x", "1a"), RPM("a", "2"),
	    "/etc/x 1a\n", "" }, "/etc/x",
	    "a 1 -> 2 no longer ships it; it went without a copy",
	    HOW_DROPPED, DECISION_FLAG },
	{ { RPM("a", "1") FILE("/etc/x", "1a"), RPM("a", "2"),
	    "/etc/x 2b\n", "/etc/x.rpmsave 2b\n" }, "/etc/x",
	    "a 1 -> 2 no longer ships it; what was here is now "
	    "/etc/x.rpmsave", HOW_ASIDE, DECISION_FLAG },
	/* One that was lying there before is no copy. */
	{ { RPM("a", "1") FILE("/etc/x", "1a"), RPM("a", "2"),
	    "/etc/x 2b\n/etc/x.rpmsave 0\n", "/etc/x.rpmsave 0\n" },
	    "/etc/x", "a 1 -> 2 no longer ships it; what had been edited here "
	    "went without a copy", HOW_DROPPED, DECISION_FLAG },
	{ { RPM("a", "1") FILE("/etc/x", "1a"), "", "/etc/x 1a\n", "" },
	    "/etc/x", "a 1 (removed) had shipped it; it went without a copy",
	    HOW_ERASED, DECISION_FLAG },
	{ { "package dpkg a 1 all\n" FILE("/etc/x", "1a"),
	    "package dpkg a 1 all removed\n" FILE("/etc/x", "1a"),
	    "/etc/x 1a\n", "/etc/x 1a\n" }, "/etc/x",
	    "a 1 (removed) had shipped it; what is here stays", HOW_ERASED,
	    DECISION_NOTE },
	{ { RPM("a", "1") FILE("/etc/pam.d/x", "1a"),
	    RPM("a", "2") FILE("/usr/lib/pam.d/x", "1a"),
	    "/etc/pam.d/x 1a\n", "" }, "/etc/pam.d/x",
	    "a 1 -> 2 ships it as /usr/lib/pam.d/x now", HOW_VENDOR,
	    DECISION_NOTE },
	{ { RPM("a", "1") FILE("/etc/x", "1a"),
	    RPM("a", "2") FILE("/usr/etc/x", "1a"),
	    "/etc/x 2b\n", "" }, "/etc/x",
	    "a 1 -> 2 ships it as /usr/etc/x now; what had been edited here "
	    "went without a copy", HOW_VENDOR, DECISION_FLAG },
	{ { RPM("a", "1") FILE("/etc/x", "1a"), RPM("a", "2"),
	    "/etc/x 1a\n", "/etc/x.d/x 1a\n" }, "/etc/x",
	    "a 1 -> 2 renamed it to /etc/x.d/x", HOW_RENAMED, DECISION_FLAG },
	{ { RPM("a", "1"), RPM("a", "2"), "/etc/x 1a\n", "/etc/y 1a\n" },
	    "/etc/x", "a scriptlet renamed it to /etc/y", HOW_RENAMED,
	    DECISION_FLAG },
	{ { RPM("a", "1") FILE("/etc/x", "1a"),
	    RPM("b", "1") FILE("/etc/x", "2b"), "/etc/x 1a\n", "/etc/x 2b\n" },
	    "/etc/x", "b 1 (was in a) put its own version in place",
	    HOW_REPLACED, DECISION_NOTE },
	{ { RPM("a", "1") FILE("/etc/x", "1a"),
	    RPM("a", "2") FILE("/etc/x", "2b"), "/etc/x 3c\n",
	    "/etc/x 3c\n/etc/x.rpmnew 2b\n" }, "/etc/x",
	    "a 1 -> 2 ships another version than what is here; it lies beside "
	    "as /etc/x.rpmnew", HOW_BESIDE, DECISION_MERGE },
	/* Nothing is kept that it could be merged with. */
	{ { RPM("a", "1") FILE("/etc/x", "1a"),
	    RPM("a", "2") FILE("/etc/x", "2b"), "/etc/x 3c\n",
	    "/etc/x 2b\n" }, "/etc/x",
	    "a 1 -> 2 put its own version in place; what had been edited here "
	    "went without a copy", HOW_REPLACED, DECISION_FLAG },
	/* dpkg knows no modes, but whoever may read it now could not before. */
	{ { "package dpkg a 1 all\n" FILE("/etc/x", "1a"),
	    "package dpkg a 2 all\n" FILE("/etc/x", "2b"),
	    "/etc/x 1a 600\n", "/etc/x 2b 644\n" }, "/etc/x",
	    "a 1 -> 2 put its own version in place; mode 0600 -> 0644",
	    HOW_REPLACED, DECISION_FLAG },
	/* Nobody need merge what is the same already. */
	{ { RPM("a", "1") FILE("/etc/x", "1a"),
	    RPM("a", "2") FILE("/etc/x", "2b"), "/etc/x 2b\n",
	    "/etc/x 2b\n" }, "/etc/x", "nothing happened to it", HOW_NOT,
	    DECISION_QUIET },
	{ { RPM("a", "1"), RPM("a", "1") RPM("b", "1") FILE("/etc/x", "1a"),
	    "", "/etc/x 1a\n" }, "/etc/x", "b 1 (new) brought it", HOW_CAME,
	    DECISION_NOTE },
	{ { RPM("a", "1") FILE("/etc/x", "1a"),
	    RPM("a", "2") FILE("/etc/x", "1a"), "", "/etc/x 1a\n" },
	    "/etc/x", "a 1 -> 2 put it back, though it had been removed here",
	    HOW_BACK, DECISION_FLAG },
	{ { RPM("a", "1"), RPM("a", "2"), "/etc/x 1a\n", "" }, "/etc/x",
	    "removed by a scriptlet of a 1 -> 2: no package's list explains "
	    "it; it went without a copy", HOW_TAKEN, DECISION_FLAG },
	{ { RPM("a", "1") RPM("b", "1"), RPM("a", "2") RPM("b", "2"),
	    "/etc/x 1a\n", "" }, "/etc/x",
	    "removed while 2 packages changed: no package's list explains it "
	    "(a scriptlet); it went without a copy", HOW_TAKEN,
	    DECISION_FLAG },
	/* Killed before the old version's turn came. */
	{ { RPM("a", "1") FILE("/etc/x", "1a"),
	    RPM("a", "1") FILE("/etc/x", "1a") RPM("a", "2")
	    FILE("/etc/x", "2b"), "/etc/x 1a\n", "/etc/x 2b\n" }, "/etc/x",
	    "a 1 -> 2 put its own version in place", HOW_REPLACED,
	    DECISION_NOTE },
	/* Its neighbours point at it. */
	{ { RPM("a", "1") RPM("b", "1") FILE("/etc/pam.d/y", "1a"),
	    RPM("a", "2") RPM("b", "2") FILE("/etc/pam.d/y", "1a"),
	    "/etc/pam.d/x 1a\n", "" }, "/etc/pam.d/x",
	    "removed while 2 packages changed, likely by a scriptlet of b "
	    "1 -> 2: no package's list explains it; it went without a copy",
	    HOW_TAKEN, DECISION_FLAG },
	{ { RPM("a", "1"), RPM("a", "2"), "", "/etc/x 1a\n" }, "/etc/x",
	    "made by a scriptlet of a 1 -> 2: no package's list explains it",
	    HOW_MADE, DECISION_NOTE },
	{ { RPM("a", "1"), RPM("a", "2"), "/etc/x 1a\n", "/etc/x 2b\n" },
	    "/etc/x", "edited by a scriptlet of a 1 -> 2: no package's list "
	    "explains it", HOW_EDITED, DECISION_NOTE },
	{ { RPM("a", "1") FILE("/etc/x", "1a"),
	    RPM("a", "2") FILE("/etc/x", "2b"), "/etc/x 1a\n",
	    "/etc/x 3c\n" }, "/etc/x",
	    "a 1 -> 2 ships another version, and a scriptlet has edited what "
	    "is here", HOW_EDITED, DECISION_NOTE },
	{ { RPM("a", "1"), RPM("a", "2"), "/etc/x 1a 600\n",
	    "/etc/x 1a 644\n" }, "/etc/x",
	    "its metadata was changed by a scriptlet of a 1 -> 2: no "
	    "package's list explains it; mode 0600 -> 0644", HOW_TOUCHED,
	    DECISION_NOTE },
	{ { RPM("a", "1") "file /etc/x - mode=0640 owner=root group=root "
	    "md5=1a\n", RPM("a", "2") "file /etc/x - mode=0600 owner=root "
	    "group=root md5=1a\n", "/etc/x 1a 640\n", "/etc/x 1a 600\n" },
	    "/etc/x", "a 1 -> 2 ships it with other permissions; mode 0640 "
	    "-> 0600", HOW_MODE, DECISION_NOTE },
	/* Somebody had made it safer. */
	{ { RPM("a", "1") "file /etc/x - mode=0644 owner=root group=root "
	    "md5=1a\n", RPM("a", "2") "file /etc/x - mode=0644 owner=root "
	    "group=root md5=2b\n", "/etc/x 1a 600\n", "/etc/x 2b 644\n" },
	    "/etc/x", "a 1 -> 2 put its own version in place; mode 0600 -> "
	    "0644", HOW_REPLACED, DECISION_FLAG },
	{ { RPM("a", "1"), RPM("a", "1"), "/etc/x 1a\n", "/etc/x 2b\n" },
	    "/etc/x", "no package was changed, so somebody else did it",
	    HOW_STRANGE, DECISION_NOTE },
	{ { RPM("a", "1"), RPM("a", "2"), "/etc/x 1a\n", "/etc/x 1a\n" },
	    "/etc/x", "nothing happened to it", HOW_NOT, DECISION_QUIET },
	{ { RPM("a", "1"), RPM("a", "2"), "/srv/x 1a\n", "" }, "/srv/x",
	    "whose it is was not asked before packages changed",
	    HOW_UNASKED, DECISION_FLAG },
	/* A key that was imported is no package that changed. */
	{ { RPM("a", "1"), RPM("a", "1") RPM("gpg-pubkey", "1"),
	    "/etc/x 1a\n", "" }, "/etc/x",
	    "no package was changed, so somebody else did it", HOW_STRANGE,
	    DECISION_FLAG },
	/* What a package is called moves no cursor. */
	{ { "package rpm a\\x1b[2J 1 noarch\n" FILE("/etc/x", "1a"), "",
	    "/etc/x 1a\n", "" }, "/etc/x",
	    "a\\x1b[2J 1 (removed) had shipped it; it went without a copy",
	    HOW_ERASED, DECISION_FLAG },
};

static void
who_did_it_is_said_in_one_sentence(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(sentences) / sizeof(*sentences); i++) {
		struct attribution a;
		struct scene s;

		scene_start(&s, &sentences[i].s);
		attribute_path(s.t, sentences[i].path, &a);
		assert_string_equal(a.text, sentences[i].text);
		assert_int_equal(a.how, sentences[i].how);
		assert_int_equal(a.decision, sentences[i].decision);
		scene_end(&s);
	}
}

static void
what_is_asked_for_holds_all_that_is_tracked(void **state)
{
	CLEANUP(drop_strlist) struct strlist w = { 0 };
	CLEANUP(drop_manifest) struct manifest m = { 0 };

	(void)state;
	read_files("/etc/a 1\n/usr/lib/systemd/system/x.service 1\n", &m);
	attribute_wanted(&m, &w);
	assert_true(strlist_has(&w, "/etc"));
	assert_true(strlist_has(&w, "/usr/lib/pam.d"));
	assert_false(strlist_has(&w, "/etc/a"));
	assert_true(strlist_has(&w, "/usr/lib/systemd/system/x.service"));
}

static void
each_word_of_the_tables_has_a_name(void **state)
{
	(void)state;
	for (int i = 0; i < HOWS; i++)
		assert_non_null(how_words[i]);
	for (int i = 0; i < DECISIONS; i++)
		assert_non_null(decision_words[i]);
	for (int i = 0; i < LOCAL_STATES; i++)
		assert_non_null(local_words[i]);
	for (int i = 0; i < SHIPPED_KINDS; i++)
		assert_non_null(shipped_words[i]);
	for (int i = 0; i < REMAINS_KINDS; i++)
		assert_non_null(remains_words[i]);
}

static void
what_vanishes_is_flagged_unless_the_package_moved_it(void **state)
{
	(void)state;
	for (int l = 0; l < LOCAL_STATES; l++)
		for (int d = 0; d < SHIPPED_KINDS; d++) {
			enum decision got = decide((enum local_state)l,
			    (enum shipped)d, REMAINS_GONE);

			assert_true(got == DECISION_FLAG ||
			    (d == SHIPPED_MOVED && l == LOCAL_PRISTINE));
		}
}

static void
what_nobody_touched_is_quiet(void **state)
{
	(void)state;
	for (int l = 0; l < LOCAL_STATES; l++) {
		assert_int_equal(decide((enum local_state)l, SHIPPED_NOTHING,
		    REMAINS_KEPT), DECISION_QUIET);
		assert_int_equal(decide((enum local_state)l, SHIPPED_SAME,
		    REMAINS_KEPT), DECISION_QUIET);
	}
}

static void
no_new_version_takes_an_edited_one_s_place_unseen(void **state)
{
	(void)state;
	for (int d = SHIPPED_CHANGED; d < SHIPPED_KINDS; d++) {
		enum decision got = decide(LOCAL_EDITED, (enum shipped)d,
		    REMAINS_OTHER);

		assert_true(got == DECISION_FLAG || got == DECISION_MERGE);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_did_it_is_said_in_one_sentence),
		cmocka_unit_test(what_is_asked_for_holds_all_that_is_tracked),
		cmocka_unit_test(each_word_of_the_tables_has_a_name),
		cmocka_unit_test(
		    what_vanishes_is_flagged_unless_the_package_moved_it),
		cmocka_unit_test(what_nobody_touched_is_quiet),
		cmocka_unit_test(
		    no_new_version_takes_an_edited_one_s_place_unseen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
