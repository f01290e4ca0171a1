/* SPDX-License-Identifier: MIT */
/*
 * driftctl-rpm FOLDER [FILE]
 * Prints the packages in the rpm database in FOLDER, and of their files those
 * under one of the paths in FILE, as agent/pkg/ownerstext.h has it.
 *
 * driftctl-rpm --packages FOLDER PACKAGE...
 * Prints what is in these package files in the same way, all of it, and behind
 * that what they do to the packages in the database, as agent/pkg/rpmplan.h
 * has it.
 *
 * The folder
 * is a copy of our own: librpm writes where it reads, makes a new database
 * where it does not know the one that is there, and may end the process.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rpm/header.h>
#include <rpm/rpmdb.h>
#include <rpm/rpmds.h>
#include <rpm/rpmfiles.h>
#include <rpm/rpmlib.h>
#include <rpm/rpmlog.h>
#include <rpm/rpmmacro.h>
#include <rpm/rpmpgp.h>
#include <rpm/rpmte.h>
#include <rpm/rpmts.h>

#include "agent/pkg/ownerstext.h"
#include "agent/pkg/rpmplan.h"
#include "agent/pkg/wanted.h"
#include "base/file.h"
#include "base/text.h"

enum { WANTED_MAX = 64 << 20, FLUSH = 1 << 20 };

static const char *const databases[] = {
	"rpmdb.sqlite", "Packages.db", "Packages",
};
enum { N_DATABASES = sizeof(databases) / sizeof(databases[0]) };

struct work {
	struct strlist wanted;
	struct buf out;
	size_t lines;
	struct arena arena;	/* of one package */
	bool files;		/* packages are read from files: nothing of
				 * them is installed yet */
};

/* Those databases that are in the folder, as bits. */
static unsigned
present(const char *folder)
{
	unsigned bits = 0;

	for (int i = 0; i < N_DATABASES; i++) {
		CLEANUP(drop_free) char *path = xasprintf("%s/%s", folder,
		    databases[i]);

		if (access(path, F_OK) == 0)
			bits |= 1u << i;
	}
	return bits;
}

static int
read_wanted(const char *file, struct work *w, struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };
	char *save = NULL;

	if (file_read(AT_FDCWD, file, WANTED_MAX, &text, e) < 0)
		return -1;
	if (text.len == 0)
		return 0;
	for (char *line = strtok_r(text.bytes, "\n", &save); line != NULL;
	    line = strtok_r(NULL, "\n", &save)) {
		CLEANUP(drop_buf) struct buf path = { 0 };

		if (text_decode(&path, line, strlen(line)) < 0)
			return err_set(e, ERR_INPUT, file,
			    "this is no list of paths");
		strlist_add(&w->wanted, buf_str(&path));
	}
	wanted_settle(&w->wanted);
	return 0;
}

static int
flush(struct work *w, struct err *e)
{
	if (file_write_fd(STDOUT_FILENO, "stdout", buf_str(&w->out),
	    w->out.len, e) < 0)
		return -1;
	buf_reset(&w->out);
	return 0;
}

static unsigned
flags_of(const struct work *w, rpmfiles files, int i)
{
	static const struct {
		rpmfileAttrs theirs;
		unsigned ours;
	} table[] = {
		{ RPMFILE_CONFIG, OWNED_CONFIG },
		{ RPMFILE_NOREPLACE, OWNED_NOREPLACE },
		{ RPMFILE_GHOST, OWNED_GHOST },
		{ RPMFILE_DOC, OWNED_DOC },
		{ RPMFILE_MISSINGOK, OWNED_MISSINGOK },
	};
	rpmfileAttrs has = rpmfilesFFlags(files, i);
	unsigned flags = 0;

	for (size_t k = 0; k < sizeof(table) / sizeof(table[0]); k++)
		if ((has & table[k].theirs) != 0)
			flags |= table[k].ours;
	if (!w->files && rpmfilesFState(files, i) != RPMFILE_STATE_NORMAL)
		flags |= OWNED_ABSENT;
	return flags;
}

static void
set_digest(struct work *w, rpmfiles files, int i, struct owned *f)
{
	static const struct {
		int algorithm;
		const char *name;
	} table[] = {
		{ PGPHASHALGO_MD5, "md5" }, { PGPHASHALGO_SHA1, "sha1" },
		{ PGPHASHALGO_SHA224, "sha224" },
		{ PGPHASHALGO_SHA256, "sha256" },
		{ PGPHASHALGO_SHA384, "sha384" },
		{ PGPHASHALGO_SHA512, "sha512" },
	};
	size_t len = 0;
	int algorithm = 0;
	const unsigned char *sum = rpmfilesFDigest(files, i, &algorithm, &len);
	char *hex;

	if (sum == NULL || len == 0 || !S_ISREG(rpmfilesFMode(files, i)) ||
	    (f->flags & OWNED_GHOST) != 0)
		return;
	for (size_t k = 0; k < sizeof(table) / sizeof(table[0]); k++)
		if (table[k].algorithm == algorithm)
			f->algorithm = table[k].name;
	hex = arena_alloc(&w->arena, 2 * len + 1);
	for (size_t k = 0; k < len; k++)
		snprintf(hex + 2 * k, 3, "%02x", sum[k]);
	f->digest = hex;
}

static void
print_file(struct work *w, rpmfiles files, int i)
{
	const char *user = rpmfilesFUser(files, i);
	const char *group = rpmfilesFGroup(files, i);
	char *path = rpmfilesFN(files, i);
	struct owned f = { .path = path, .flags = flags_of(w, files, i) };
	rpm_mode_t mode = rpmfilesFMode(files, i);

	if (path != NULL && path[0] == '/' && wanted_has(&w->wanted, path)) {
		if (S_ISDIR(mode))
			f.flags |= OWNED_DIR;
		f.has_mode = !S_ISLNK(mode) && user != NULL && group != NULL;
		f.mode = mode & 07777;
		f.user = user;
		f.group = group;
		if (S_ISLNK(mode))
			f.target = rpmfilesFLink(files, i);
		set_digest(w, files, i, &f);
		ownerstext_file(&w->out, &f);
		w->lines++;
	}
	free(path);
}

static void
print_files(struct work *w, Header h)
{
	rpmfiles files = rpmfilesNew(NULL, h, 0,
	    RPMFI_KEEPHEADER | RPMFI_FLAGS_QUERY);
	CLEANUP(drop_free) bool *some = NULL;
	int folders;

	if (files == NULL)
		return;
	folders = (int)rpmfilesDC(files);
	some = xcalloc((size_t)folders + 1, sizeof(*some));
	for (int i = 0; i < folders; i++)
		some[i] = wanted_in(&w->wanted, rpmfilesDN(files, i));
	for (int i = 0; i < (int)rpmfilesFC(files); i++) {
		int dir = rpmfilesDI(files, i);

		if (dir >= 0 && dir < folders && some[dir])
			print_file(w, files, i);
	}
	rpmfilesFree(files);
}

/* What a header does not have is "-": keys have no architecture. */
static const char *
text_of(Header h, rpmTag tag)
{
	const char *s = headerGetString(h, tag);

	return s != NULL && s[0] != '\0' ? s : "-";
}

static void
print_package(struct work *w, Header h)
{
	char *evr = headerGetAsString(h, RPMTAG_EVR);
	const struct package p = { PACKAGE_RPM, text_of(h, RPMTAG_NAME),
		evr != NULL ? evr : "-", text_of(h, RPMTAG_ARCH), false };

	ownerstext_package(&w->out, &p);
	w->lines++;
	free(evr);
	if (w->wanted.n > 0)
		print_files(w, h);
	arena_done(&w->arena);
}

/*
 * With a kind that it does not know librpm goes on with a dummy, which is
 * empty, and warns. It warns as well of each index of a Berkeley database that
 * is not there: nobody needs those here.
 */
static int
on_log(rpmlogRec rec, rpmlogCallbackData dummy)
{
	bool *found = dummy;

	if (strstr(rpmlogRecMessage(rec), "dummy database") != NULL)
		*found = true;
	return rpmlogRecPriority(rec) < RPMLOG_WARNING ? RPMLOG_DEFAULT : 0;
}

static int
print_all(struct work *w, rpmts ts, const char *folder, const bool *dummy,
    struct err *e)
{
	rpmdbMatchIterator mi;
	Header h;

	if (rpmtsOpenDB(ts, O_RDONLY) != 0 || *dummy ||
	    rpmlogGetNrecsByMask(RPMLOG_MASK(RPMLOG_ERR)) > 0)
		return err_set(e, ERR_INPUT, folder,
		    "librpm cannot open the database");
	mi = rpmtsInitIterator(ts, RPMDBI_PACKAGES, NULL, 0);
	ownerstext_begin(&w->out);
	while ((h = rpmdbNextIterator(mi)) != NULL) {
		print_package(w, h);
		if (w->out.len > FLUSH && flush(w, e) < 0)
			return -1;
	}
	rpmdbFreeIterator(mi);
	/* What cannot be read is logged, and taken for the end. */
	if (rpmlogGetNrecsByMask(RPMLOG_MASK(RPMLOG_ERR)) > 0)
		return err_set(e, ERR_INPUT, folder, "%s", rpmlogMessage());
	ownerstext_end(&w->out, w->lines);
	return flush(w, e);
}

static int
run(const char *folder, const char *file, struct work *w, struct err *e)
{
	unsigned before = present(folder);
	bool dummy = false;
	rpmts ts;
	int n;

	if (file != NULL && read_wanted(file, w, e) < 0)
		return -1;
	/* No configuration: neither the machine's nor a user's macros decide
	 * what is read. */
	rpmPushMacro(NULL, "_dbpath", NULL, folder, 0);
	ts = rpmtsCreate();
	rpmtsSetVSFlags(ts, _RPMVSF_NODIGESTS | _RPMVSF_NOSIGNATURES |
	    RPMVSF_NOHDRCHK);
	rpmlogSetCallback(on_log, &dummy);
	n = print_all(w, ts, folder, &dummy, e);
	rpmtsFree(ts);
	rpmlogSetCallback(NULL, NULL);
	if (n == 0 && present(folder) != before)
		return err_set(e, ERR_INPUT, folder,
		    "librpm does not know this kind of database");
	return n;
}

static const struct {
	rpmTag body, program;
	const char *name;
} scriptlets[] = {
	{ RPMTAG_PRETRANS, RPMTAG_PRETRANSPROG, "%pretrans" },
	{ RPMTAG_PREIN, RPMTAG_PREINPROG, "%pre" },
	{ RPMTAG_POSTIN, RPMTAG_POSTINPROG, "%post" },
	{ RPMTAG_PREUN, RPMTAG_PREUNPROG, "%preun" },
	{ RPMTAG_POSTUN, RPMTAG_POSTUNPROG, "%postun" },
	{ RPMTAG_POSTTRANS, RPMTAG_POSTTRANSPROG, "%posttrans" },
};

static void
print_scriptlets(struct work *w, Header h)
{
	for (size_t i = 0; i < sizeof(scriptlets) / sizeof(scriptlets[0]);
	    i++) {
		const char *body = headerGetString(h, scriptlets[i].body);
		char *program = headerGetAsString(h, scriptlets[i].program);

		/* What has no body runs its program alone. */
		if (body != NULL || program != NULL)
			rpmplan_script(&w->out, scriptlets[i].name,
			    program != NULL ? program : "/bin/sh",
			    body != NULL ? body : "");
		free(program);
	}
}

/* Kernels: zypper and dnf put the new one beside the older ones. */
static bool
stays_beside(Header h)
{
	rpmds ds = rpmdsInit(rpmdsNew(h, RPMTAG_PROVIDENAME, 0));
	bool beside = false;

	while (rpmdsNext(ds) >= 0) {
		const char *name = rpmdsN(ds);

		beside |= strncmp(name, "installonlypkg(", 15) == 0 ||
		    strncmp(name, "multiversion(", 13) == 0;
	}
	rpmdsFree(ds);
	return beside;
}

/* Of lists that do not fit together librpm makes none, or names without a
 * folder: a package that says nothing of its files would be a harmless one. */
static bool
is_whole(Header h)
{
	rpmfiles files = rpmfilesNew(NULL, h, 0,
	    RPMFI_KEEPHEADER | RPMFI_FLAGS_QUERY);
	int n = files != NULL ? (int)rpmfilesFC(files) : 0;
	char *evr = headerGetAsString(h, RPMTAG_EVR);
	struct rpmtd_s names;
	bool whole = evr != NULL && evr[0] != '\0' &&
	    text_of(h, RPMTAG_NAME)[0] != '-' &&
	    (headerIsEntry(h, RPMTAG_OLDFILENAMES) == 0 || n > 0);

	if (headerGet(h, RPMTAG_BASENAMES, &names, HEADERGET_MINMEM) != 0) {
		whole &= n > 0 && (rpm_count_t)n == rpmtdCount(&names);
		rpmtdFreeData(&names);
	}
	for (int i = 0; i < n && whole; i++) {
		char *path = rpmfilesFN(files, i);

		whole = path != NULL && path[0] == '/';
		free(path);
	}
	rpmfilesFree(files);
	free(evr);
	return whole;
}

static int
read_package(rpmts ts, const char *file, Header *out, struct err *e)
{
	FD_t fd = Fopen(file, "r.ufdio");
	rpmRC rc = fd != NULL ? rpmReadPackageFile(ts, fd, file, out) :
	    RPMRC_FAIL;

	if (fd != NULL)
		Fclose(fd);
	if ((rc == RPMRC_OK || rc == RPMRC_NOTTRUSTED || rc == RPMRC_NOKEY) &&
	    is_whole(*out))
		return 0;
	return err_set(e, ERR_INPUT, file, "librpm cannot read this package");
}

/* What goes for those that come, as librpm has it: older versions, and what is
 * made obsolete. */
static void
print_leaving(struct work *w, rpmts ts)
{
	rpmtsi it = rpmtsiInit(ts);
	rpmte te;

	while ((te = rpmtsiNext(it, TR_REMOVED)) != NULL) {
		unsigned int at = (unsigned)rpmteDBOffset(te);
		rpmdbMatchIterator mi = rpmtsInitIterator(ts, RPMDBI_PACKAGES,
		    &at, sizeof(at));
		Header h = rpmdbNextIterator(mi);
		rpmte by = rpmteDependsOn(te);

		if (h != NULL) {
			char *evr = headerGetAsString(h, RPMTAG_EVR);
			const struct package p = { PACKAGE_RPM,
				text_of(h, RPMTAG_NAME),
				evr != NULL ? evr : "-",
				text_of(h, RPMTAG_ARCH), false };

			rpmplan_leaves(&w->out, &p, by != NULL ? rpmteN(by) :
			    NULL);
			print_scriptlets(w, h);
			free(evr);
		}
		rpmdbFreeIterator(mi);
	}
	rpmtsiFree(it);
}

static int
print_plan(struct work *w, rpmts ts, Header *headers, char **files, int n)
{
	rpmplan_begin(&w->out);
	for (int i = 0; i < n; i++) {
		bool beside = stays_beside(headers[i]);

		rpmplan_comes(&w->out, files[i], beside);
		print_scriptlets(w, headers[i]);
		if (rpmtsAddInstallElement(ts, headers[i], files[i], !beside,
		    NULL) > 1)
			return -1;
	}
	print_leaving(w, ts);
	rpmplan_end(&w->out);
	return 0;
}

static int
print_packages(struct work *w, rpmts ts, char **files, Header *headers,
    int n, struct err *e)
{
	ownerstext_begin(&w->out);
	for (int i = 0; i < n; i++) {
		/* What was read so far tells which one it is. */
		if (read_package(ts, files[i], &headers[i], e) < 0) {
			flush(w, e);
			return -1;
		}
		print_package(w, headers[i]);
		if (w->out.len > FLUSH && flush(w, e) < 0)
			return -1;
	}
	ownerstext_end(&w->out, w->lines);
	if (print_plan(w, ts, headers, files, n) < 0)
		return err_set(e, ERR_INPUT, files[0],
		    "librpm refuses these packages");
	return flush(w, e);
}

static int
run_packages(const char *folder, char **files, int n, struct work *w,
    struct err *e)
{
	CLEANUP(drop_free) Header *headers = xcalloc((size_t)n + 1,
	    sizeof(*headers));
	rpmts ts;
	int failed;

	strlist_add(&w->wanted, "/");
	w->files = true;
	rpmPushMacro(NULL, "_dbpath", NULL, folder, 0);
	ts = rpmtsCreate();
	rpmtsSetVSFlags(ts, _RPMVSF_NODIGESTS | _RPMVSF_NOSIGNATURES |
	    RPMVSF_NOHDRCHK);
	failed = print_packages(w, ts, files, headers, n, e);
	for (int i = 0; i < n; i++)
		headerFree(headers[i]);
	rpmtsFree(ts);
	return failed;
}

int
main(int argc, char **argv)
{
	CLEANUP(drop_buf) struct buf why = { 0 };
	bool packages = argc > 3 && strcmp(argv[1], "--packages") == 0;
	struct work w = { 0 };
	struct err e = { 0 };
	int n;

	if (!packages && (argc < 2 || argc > 3)) {
		fputs("usage: driftctl-rpm FOLDER [FILE]\n"
		    "       driftctl-rpm --packages FOLDER PACKAGE...\n",
		    stderr);
		return 2;
	}
	n = packages ? run_packages(argv[2], argv + 3, argc - 3, &w, &e) :
	    run(argv[1], argc == 3 ? argv[2] : NULL, &w, &e);
	strlist_done(&w.wanted);
	buf_done(&w.out);
	if (n == 0)
		return 0;
	err_format(&e, &why);
	fprintf(stderr, "driftctl-rpm: %s\n", buf_str(&why));
	return 2;
}
