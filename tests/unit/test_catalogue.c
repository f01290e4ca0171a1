/* SPDX-License-Identifier: MIT */
#include "specs/catalogue.h"

#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/file.h"
#include "specs/yaml.h"

struct fixture {
	struct catalogue c;
	struct diagnostics diags;
	struct arena a;
	struct spec_sources sources;
	char dir[32];	/* a folder of its own, once make_dir was called */
};

static int
remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static void
drop_fixture(struct fixture *f)
{
	catalogue_done(&f->c);
	diagnostics_done(&f->diags);
	free(f->sources.items);
	arena_done(&f->a);
	if (f->dir[0] != '\0')
		nftw(f->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void
build(struct fixture *f, const struct spec_source *s, size_t n,
    const struct variables *site)
{
	const struct facts facts = { .hostname = "mx1", .os_id = "sles" };

	catalogue_build(&f->c, s, n, site, &facts, &f->diags);
}

/* All that was said, a line each. */
static const char *
said(struct fixture *f, struct buf *out)
{
	buf_reset(out);
	for (size_t i = 0; i < f->diags.n; i++) {
		diagnostic_format(&f->diags.items[i], out);
		buf_addc(out, '\n');
	}
	return buf_str(out);
}

#define SOURCE(file, text, extends) { file, text, strlen(text), extends }

static const char base[] =
    "spec: mail\n"
    "vars: {user: root, group: mail, names: [imap, smtp]}\n"
    "track: /etc/one\n"
    "rules:\n"
    "  - id: files\n"
    "    path: /etc/pam.d/${names}\n"
    "    why: because\n"
    "    owner: ${user}\n"
    "    group: ${group}\n"
    "    severity: critical\n"
    "  - {id: other, path: /etc/b, why: w}\n";

static void
a_site_overrides_key_by_key_and_adds(void **state)
{
	static const char site[] =
	    "vars: {user: vmail, names: pop}\n"
	    "track: [/etc/two, /etc/three]\n"
	    "rules:\n"
	    "  - {id: files, severity: info, mode: '0600'}\n"
	    "  - {id: other, disable: true}\n"
	    "  - {id: new, path: /etc/n, why: new}\n";
	const struct spec_source s[] = {
		SOURCE("mail.d/50.yaml", site, "mail"),
		SOURCE("dir/mail.yaml", base, NULL),
		SOURCE("mail.d/60.yaml", "rules: [{id: new, owner: root}]\n"
		    "title: Ours\n", "mail"),
	};
	CLEANUP(drop_fixture) struct fixture f = { 0 };
	CLEANUP(drop_buf) struct buf out = { 0 };
	const struct rule *r;

	(void)state;
	build(&f, s, 3, NULL);
	assert_string_equal(said(&f, &out), "");
	assert_int_equal(f.c.n, 1);
	assert_string_equal(f.c.specs[0]->name, "mail");
	assert_string_equal(f.c.specs[0]->title, "Ours");
	assert_string_equal(f.c.specs[0]->origin, "dir/mail.yaml");
	assert_int_equal(f.c.specs[0]->track.n, 3);
	assert_string_equal(f.c.specs[0]->track.items[2], "/etc/three");
	assert_int_equal(f.c.specs[0]->n_rules, 3);
	assert_non_null(r = catalogue_rule(&f.c, "mail/files"));
	assert_string_equal(r->paths.items[0], "/etc/pam.d/pop");
	assert_string_equal(r->owner, "vmail");
	assert_string_equal(r->group, "mail");
	assert_int_equal(r->severity, SEVERITY_INFO);
	assert_int_equal(r->mode, 0600);
	assert_true(catalogue_rule(&f.c, "other")->disabled);
	assert_string_equal(catalogue_rule(&f.c, "new")->owner, "root");
	assert_string_equal(catalogue_rule(&f.c, "new")->at.file,
	    "mail.d/50.yaml");
}

static void
a_mistake_is_told_in_the_file_that_made_it(void **state)
{
	const struct spec_source s[] = {
		SOURCE("mail.yaml", base, NULL),
		SOURCE("mail.d/1.yaml", "rules:\n- {id: files, mode: x}\n"
		    "- {id: othe, mode: '0600'}\n", "mail"),
		SOURCE("mial.d/2.yaml", "rules: []\n", "mial"),
		SOURCE("x.d/3.yaml", "rules: []\nrules: []\n", "x"),
	};
	CLEANUP(drop_fixture) struct fixture f = { 0 };
	CLEANUP(drop_buf) struct buf out = { 0 };

	(void)state;
	build(&f, s, 4, NULL);
	assert_string_equal(said(&f, &out),
	    "mail.d/1.yaml:2:21: 'mode' is no mode: 'x' [write octal digits "
	    "as \"0644\", or \"<=0644\" for at most these bits]\n"
	    "mail.d/1.yaml:3:8: spec 'mail' has no rule 'othe' to override "
	    "(did you mean 'other'?) [or give it 'path' and 'why' to make it "
	    "a rule]\n"
	    "mial.d/2.yaml: no spec 'mial' to add to (did you mean "
	    "'mail'?)\n"
	    "x.d/3.yaml: no spec 'x' to add to [name the folder after a "
	    "spec, NAME.d]\n"
	    "x.d/3.yaml:2:1: key 'rules' stands here again, first in line "
	    "1 [keep one of them]\n");
}

static void
a_file_of_no_bytes_masks_a_spec_and_its_additions(void **state)
{
	const struct spec_source s[] = {
		SOURCE("mail.yaml", "", NULL),
		SOURCE("mail.d/1.yaml", "rules: [{id: x, mode: x}]\n", "mail"),
		SOURCE("mail.d/2.yaml", "", "mail"),
	};
	CLEANUP(drop_fixture) struct fixture f = { 0 };

	(void)state;
	build(&f, s, 3, NULL);
	assert_int_equal(f.diags.n, 0);
	assert_int_equal(f.c.n, 0);
}

static void
two_files_of_one_spec_are_refused(void **state)
{
	const struct spec_source s[] = {
		SOURCE("b/t.yaml", "spec: t\ntrack: /a\n", NULL),
		SOURCE("a/t.yaml", "spec: t\ntrack: /a\n", NULL),
	};
	CLEANUP(drop_fixture) struct fixture f = { 0 };
	CLEANUP(drop_buf) struct buf out = { 0 };

	(void)state;
	build(&f, s, 2, NULL);
	assert_string_equal(said(&f, &out), "a/t.yaml: spec 't' is defined "
	    "by 'b/t.yaml' too [take one of them away]\n");
}

static void
a_sites_variables_go_before_those_of_the_spec(void **state)
{
	const char *values[] = { "vmail" }, *hosts[] = { "h1", "h2" };
	struct variable items[] = {
		{ "user", { values, 1, 1 } }, { "hosts", { hosts, 2, 2 } },
	};
	const struct variables site = { items, 2, 2 };
	const struct spec_source s[] = {
		SOURCE("mail.yaml", base, NULL),
		SOURCE("mail.d/1.yaml",
		    "rules: [{id: n, why: w, path: '/${hosts}/${os.id}'}]\n",
		    "mail"),
	};
	CLEANUP(drop_fixture) struct fixture f = { 0 };

	(void)state;
	build(&f, s, 2, &site);
	assert_int_equal(f.diags.n, 0);
	assert_string_equal(catalogue_rule(&f.c, "files")->owner, "vmail");
	assert_string_equal(catalogue_rule(&f.c, "n")->paths.items[0],
	    "/{h1,h2}/sles");
}

static void
specs_are_sorted_and_rules_found_by_unique_ids(void **state)
{
	const struct spec_source s[] = {
		SOURCE("b.yaml", "spec: b\nrules:\n"
		    "- {id: x, path: /x, why: w}\n"
		    "- {id: y, path: /y, why: w}\n", NULL),
		SOURCE("a.yaml", "spec: a\nrules:\n"
		    "- {id: x, path: /ax, why: w}\n", NULL),
	};
	CLEANUP(drop_fixture) struct fixture f = { 0 };

	(void)state;
	build(&f, s, 2, NULL);
	assert_string_equal(f.c.specs[0]->name, "a");
	assert_string_equal(f.c.specs[1]->name, "b");
	assert_null(catalogue_rule(&f.c, "x"));
	assert_string_equal(catalogue_rule(&f.c, "y")->spec->name, "b");
	assert_string_equal(catalogue_rule(&f.c, "a/x")->paths.items[0],
	    "/ax");
	assert_null(catalogue_rule(&f.c, "a/y"));
	assert_null(catalogue_rule(&f.c, "ab/x"));
	assert_null(catalogue_rule(&f.c, "zz"));
}

static void
a_broken_file_does_not_hide_the_others(void **state)
{
	const struct spec_source s[] = {
		SOURCE("a.yaml", "a: [", NULL),
		SOURCE("a.d/1.yaml", "rules: []\n", "a"),
		SOURCE("b.yaml", "spec: b\ntrack: /b\n", NULL),
	};
	CLEANUP(drop_fixture) struct fixture f = { 0 };

	(void)state;
	build(&f, s, 3, NULL);
	assert_int_equal(f.diags.n, 1);
	assert_int_equal(f.c.n, 1);
	assert_string_equal(f.c.specs[0]->name, "b");
}

/* Folders. */

static void
make_dir(struct fixture *f)
{
	strcpy(f->dir, "/tmp/driftctl-test-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	assert_int_equal(chdir(f->dir), 0);
	umask(022);
}

static void
put(const char *path, const char *text)
{
	CLEANUP(drop_free) char *dir = xstrdup(path);
	struct err e = { 0 };

	*strrchr(dir, '/') = '\0';
	mkdir(dir, 0755);
	CLEANUP(drop_fd) int fd = open(path,
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(file_write_fd(fd, path, text, strlen(text), &e), 0);
}

static void
read_dir(struct fixture *f, const char *dir, const struct spec_trust *trust)
{
	CLEANUP(drop_fd) int fd = open(dir,
	    O_PATH | O_DIRECTORY | O_CLOEXEC);

	assert_true(fd >= 0);
	catalogue_read_folder(&f->a, fd, dir, trust, &f->sources, &f->diags);
}

static const struct spec_source *
source(const struct fixture *f, const char *file)
{
	for (size_t i = 0; i < f->sources.n; i++)
		if (strcmp(f->sources.items[i].file, file) == 0)
			return &f->sources.items[i];
	return NULL;
}

static void
later_folders_mask_and_extend_earlier_ones(void **state)
{
	CLEANUP(drop_fixture) struct fixture f = { 0 };
	CLEANUP(drop_buf) struct buf out = { 0 };

	(void)state;
	make_dir(&f);
	put("vendor/mail.yaml", base);
	put("vendor/gone.yaml", "spec: gone\n");
	put("vendor/void.yaml", "spec: void\n");
	mkdir("vendor/keep.d", 0755);
	put("vendor/keep.yaml", "spec: keep\ntrack: /k\n");
	put("vendor/keep.d/1.yaml", "track: [/vendor]\n");
	put("vendor/README", "none of ours");
	put("vendor/.hidden.yaml", "none of ours");
	put("etc/mail.yaml", "spec: mail\ntrack: /m\n");
	put("etc/void.yaml", "");
	assert_int_equal(symlink("/dev/null", "etc/gone.yaml"), 0);
	mkdir("etc/keep.d", 0755);
	put("etc/keep.d/1.yaml", "track: [/ours]\n");
	put("etc/keep.d/2.yaml", "track: [/more]\n");
	read_dir(&f, "vendor", NULL);
	read_dir(&f, "etc", NULL);
	assert_string_equal(said(&f, &out), "");
	assert_int_equal(f.sources.n, 6);
	assert_null(source(&f, "vendor/mail.yaml"));
	assert_null(source(&f, "vendor/keep.d/1.yaml"));
	assert_int_equal(source(&f, "etc/gone.yaml")->len, 0);
	assert_string_equal(source(&f, "etc/keep.d/2.yaml")->extends, "keep");
	build(&f, f.sources.items, f.sources.n, NULL);
	assert_string_equal(said(&f, &out), "");
	assert_int_equal(f.c.n, 2);
	assert_string_equal(f.c.specs[0]->track.items[1], "/ours");
	assert_string_equal(f.c.specs[0]->track.items[2], "/more");
	assert_string_equal(f.c.specs[1]->track.items[0], "/m");
}

static void
what_others_can_write_is_refused(void **state)
{
	CLEANUP(drop_fixture) struct fixture f = { 0 };
	CLEANUP(drop_buf) struct buf out = { 0 };
	CLEANUP(drop_free) char *want = NULL;

	(void)state;
	make_dir(&f);
	put("s/a.yaml", "spec: a\n");
	put("s/b.yaml", "spec: b\n");
	put("s/c.yaml", "spec: c\n");
	mkdir("s/c.d", 0755);
	put("s/c.d/1.yaml", "track: /a\n");
	chmod("s/a.yaml", 0666);
	chmod("s/b.yaml", 0664);
	chmod("s/c.d", 0777);
	read_dir(&f, "s", NULL);
	want = xasprintf("s/a.yaml: writable by everybody: refused [chmod "
	    "o-w s/a.yaml]\n"
	    "s/b.yaml: writable by the group %u: refused [chmod g-w "
	    "s/b.yaml]\n"
	    "s/c.d: writable by everybody: refused [chmod o-w s/c.d]\n",
	    (unsigned)getegid());
	assert_string_equal(said(&f, &out), want);
	assert_int_equal(f.sources.n, 1);
	assert_non_null(source(&f, "s/c.yaml"));
}

static void
a_folder_that_others_can_write_is_refused_whole(void **state)
{
	CLEANUP(drop_fixture) struct fixture f = { 0 };
	CLEANUP(drop_buf) struct buf out = { 0 };

	(void)state;
	make_dir(&f);
	put("s/a.yaml", "spec: a\n");
	chmod("s", 01777);
	read_dir(&f, "s", NULL);
	assert_string_equal(said(&f, &out),
	    "s: writable by everybody: refused [chmod o-w s]\n");
	assert_int_equal(f.sources.n, 0);
}

static void
a_trusted_group_may_write(void **state)
{
	const struct spec_trust trust = { 0, true, getegid() };
	const struct spec_trust other = { 0, true, getegid() + 1 };
	CLEANUP(drop_fixture) struct fixture f = { 0 };

	(void)state;
	make_dir(&f);
	put("s/a.yaml", "spec: a\n");
	chmod("s/a.yaml", 0664);
	chmod("s", 0775);
	read_dir(&f, "s", &other);
	assert_int_equal(f.diags.n, 1);
	assert_int_equal(f.sources.n, 0);
	read_dir(&f, "s", &trust);
	assert_int_equal(f.diags.n, 1);
	assert_int_equal(f.sources.n, 1);
}

static void
only_root_oneself_and_the_trusted_owner_may_own(void **state)
{
	const struct spec_trust trust = { 12345, false, 0 };
	CLEANUP(drop_fixture) struct fixture f = { 0 };
	CLEANUP(drop_buf) struct buf out = { 0 };

	(void)state;
	if (geteuid() != 0) {
		print_message("needs root, to give files away\n");
		skip();
	}
	make_dir(&f);
	put("s/a.yaml", "spec: a\n");
	put("s/b.yaml", "spec: b\n");
	assert_int_equal(chown("s/a.yaml", 12345, 0), 0);
	read_dir(&f, "s", NULL);
	assert_string_equal(said(&f, &out), "s/a.yaml: owned by uid 12345, "
	    "who is not trusted: refused [chown root s/a.yaml]\n");
	assert_int_equal(f.sources.n, 1);
	read_dir(&f, "s", &trust);
	assert_int_equal(f.diags.n, 1);
	assert_int_equal(f.sources.n, 2);
}

static void
what_is_no_plain_file_is_refused_and_never_waited_for(void **state)
{
	CLEANUP(drop_fixture) struct fixture f = { 0 };
	CLEANUP(drop_buf) struct buf out = { 0 };
	CLEANUP(drop_free) char *big = xmalloc(NODE_BYTES_MAX + 2);

	(void)state;
	make_dir(&f);
	put("s/ok.yaml", "spec: ok\n");
	put("s/old.yml", "spec: old\n");
	assert_int_equal(mkfifo("s/fifo.yaml", 0644), 0);
	assert_int_equal(mkdir("s/dir.yaml", 0755), 0);
	assert_int_equal(symlink("ok.yaml", "s/link.yaml"), 0);
	assert_int_equal(symlink("/dev/nullx", "s/link2.yaml"), 0);
	assert_int_equal(symlink("/etc", "s/link.d"), 0);
	memset(big, '#', NODE_BYTES_MAX + 1);
	big[NODE_BYTES_MAX + 1] = '\0';
	put("s/big.yaml", big);
	read_dir(&f, "s", NULL);
	diagnostics_sort(&f.diags);
	assert_string_equal(said(&f, &out),
	    "s/big.yaml: larger than the 4194304 bytes allowed here\n"
	    "s/dir.yaml: not a regular file: refused\n"
	    "s/fifo.yaml: not a regular file: refused\n"
	    "s/link.d: cannot open the folder: Not a directory\n"
	    "s/link.yaml: a symlink: refused [put the file itself here; only "
	    "one to /dev/null has a meaning, it masks]\n"
	    "s/link2.yaml: a symlink: refused [put the file itself here; "
	    "only one to /dev/null has a meaning, it masks]\n"
	    "s/old.yml: not read, since specs end in .yaml [rename it]\n");
	assert_int_equal(f.sources.n, 1);
}

static void
what_cannot_be_read_is_told(void **state)
{
	CLEANUP(drop_fixture) struct fixture f = { 0 };
	CLEANUP(drop_buf) struct buf out = { 0 };

	(void)state;
	make_dir(&f);
	catalogue_read_folder(&f.a, -1, "nowhere", NULL, &f.sources,
	    &f.diags);
	assert_string_equal(said(&f, &out),
	    "nowhere: cannot open the folder: Bad file descriptor\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_site_overrides_key_by_key_and_adds),
		cmocka_unit_test(a_mistake_is_told_in_the_file_that_made_it),
		cmocka_unit_test(
		    a_file_of_no_bytes_masks_a_spec_and_its_additions),
		cmocka_unit_test(two_files_of_one_spec_are_refused),
		cmocka_unit_test(
		    a_sites_variables_go_before_those_of_the_spec),
		cmocka_unit_test(
		    specs_are_sorted_and_rules_found_by_unique_ids),
		cmocka_unit_test(a_broken_file_does_not_hide_the_others),
		cmocka_unit_test(later_folders_mask_and_extend_earlier_ones),
		cmocka_unit_test(what_others_can_write_is_refused),
		cmocka_unit_test(
		    a_folder_that_others_can_write_is_refused_whole),
		cmocka_unit_test(a_trusted_group_may_write),
		cmocka_unit_test(
		    only_root_oneself_and_the_trusted_owner_may_own),
		cmocka_unit_test(
		    what_is_no_plain_file_is_refused_and_never_waited_for),
		cmocka_unit_test(what_cannot_be_read_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
