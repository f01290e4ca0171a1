/* SPDX-License-Identifier: MIT */
#include "agent/preflight/gather.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/preflight/debfile.h"
#include "agent/preflight/rpmfile.h"
#include "base/file.h"
#include "base/text.h"
#include "base/tr.h"

enum { MAGIC = 8, CONFIG_MAX = 1 << 20 };

enum kind { KIND_OTHER, KIND_DEB, KIND_RPM };

/* By its first bytes: a name says nothing. */
static int
open_package(const char *file, enum kind *out, struct err *e)
{
	static const unsigned char rpm[] = { 0xed, 0xab, 0xee, 0xdb };
	CLEANUP(drop_fd) int fd = open(file, O_RDONLY | O_CLOEXEC |
	    O_NONBLOCK | O_NOCTTY);
	unsigned char magic[MAGIC] = { 0 };
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(e, file, _("cannot open"));
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_INPUT, file, _("is no package [name a "
		    ".rpm or .deb file]"));
	if (pread(fd, magic, MAGIC, 0) < 0)
		return err_sys(e, file, _("cannot read"));
	*out = memcmp(magic, rpm, sizeof(rpm)) == 0 ? KIND_RPM :
	    memcmp(magic, "!<arch>\n", MAGIC) == 0 ? KIND_DEB : KIND_OTHER;
	if (*out == KIND_OTHER)
		return err_set(e, ERR_INPUT, file, _("is no package [name a "
		    ".rpm or .deb file]"));
	return fd_steal(&fd);
}

int
gather_files(struct forecast *f, const struct strlist *files, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist rpms = { 0 };

	f->in.scope = &f->m->scope;
	f->in.max_size = f->m->config.max_size;
	for (size_t i = 0; i < files->n; i++) {
		enum kind kind = KIND_OTHER;
		CLEANUP(drop_fd) int fd = open_package(files->items[i], &kind,
		    e);

		if (fd < 0)
			return -1;
		if (kind == KIND_RPM)
			strlist_add(&rpms, files->items[i]);
		else if (debfile_read(fd, files->items[i], &f->in, e) < 0)
			return -1;
	}
	return rpms.n == 0 ? 0 : rpmfile_read(&f->m->root, &rpms, f->m->ids,
	    &f->in, e);
}

static int
add_leaving(struct forecast *f, const char *name, bool purged, struct err *e)
{
	size_t n = 0, len = strcspn(name, ":");

	for (size_t i = 0; i < f->before.packages.n; i++) {
		const struct package *p = &f->before.packages.items[i];

		if (strncmp(p->name, name, len) != 0 ||
		    p->name[len] != '\0' || (p->removed && !purged) ||
		    (name[len] == ':' && strcmp(name + len + 1, p->arch) != 0))
			continue;
		n++;
		if (incoming_leaves(&f->in, p) == NULL)
			incoming_add_leaving(&f->in, p)->purged = purged;
	}
	if (n == 0)
		return err_set(e, ERR_USAGE, name, _("is not installed"));
	return 0;
}

int
gather_leaving(struct forecast *f, const char *names, bool purged,
    struct err *e)
{
	CLEANUP(drop_free) char *text = xstrdup(names);
	char *save = NULL;

	for (char *name = strtok_r(text, ",", &save); name != NULL;
	    name = strtok_r(NULL, ",", &save))
		if (add_leaving(f, name, purged, e) < 0)
			return -1;
	return 0;
}

/* Whether a word stands in a file outside of its comments. */
static bool
says(const char *text, const char *word)
{
	while (*text != '\0') {
		size_t n = strcspn(text, "\n");
		const char *at = text + strspn(text, " \t");

		if (at[0] != '#' && !text_starts(at, "//") &&
		    memmem(text, n, word, strlen(word)) != NULL)
			return true;
		text += n + (text[n] == '\n');
	}
	return false;
}

struct answers {
	bool new, def;
};

static void
ask_file(const struct forecast *f, const char *path, struct answers *a)
{
	CLEANUP(drop_fd) int fd = root_open_in(&f->m->root, path,
	    O_RDONLY | O_NONBLOCK);
	CLEANUP(drop_buf) struct buf text = { 0 };
	struct err ignored = { 0 };

	if (fd < 0 || file_read_fd(fd, path, CONFIG_MAX, &text, &ignored) < 0)
		return;
	a->new |= says(buf_str(&text), "force-confnew");
	a->def |= says(buf_str(&text), "force-confdef");
}

static void
ask_folder(const struct forecast *f, const char *path, struct answers *a)
{
	CLEANUP(drop_fd) int fd = root_open_in(&f->m->root, path,
	    O_RDONLY | O_DIRECTORY);
	CLEANUP(drop_strlist) struct strlist names = { 0 };

	if (fd < 0 || file_names(fd, ".", &names) < 0)
		return;
	for (size_t i = 0; i < names.n; i++) {
		CLEANUP(drop_free) char *file = xasprintf("%s/%s", path,
		    names.items[i]);

		ask_file(f, file, a);
	}
}

void
gather_answer(struct forecast *f)
{
	struct answers a = { 0 };

	ask_file(f, "/etc/dpkg/dpkg.cfg", &a);
	ask_folder(f, "/etc/dpkg/dpkg.cfg.d", &a);
	ask_file(f, "/etc/apt/apt.conf", &a);
	ask_folder(f, "/etc/apt/apt.conf.d", &a);
	f->answer = a.new && !a.def ? FATE_ANSWER_NEW : FATE_ANSWER_OLD;
}
