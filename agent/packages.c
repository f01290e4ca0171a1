/* SPDX-License-Identifier: MIT */
#include "agent/packages.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/exec.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strlist.h"

enum {
	STATUS_MAX = 256 << 20,
	RPM_ANSWER_MAX = 16 << 20,
	RPM_SECONDS = 20,
};

struct packages {
	struct strlist names;	/* sorted */
};

/* One stanza of deb-status: "Package: x" and "Status: want ok installed". */
static void
add_stanza(struct packages *p, const char *name, size_t len, bool installed)
{
	if (name != NULL && installed)
		strlist_take(&p->names, xmemdup(name, len));
}

static void
read_dpkg(struct packages *p, const char *text)
{
	const char *name = NULL;
	size_t name_len = 0;
	bool installed = false;

	for (const char *at = text; *at != '\0';) {
		size_t len = strcspn(at, "\n");

		if (len == 0) {
			add_stanza(p, name, name_len, installed);
			name = NULL;
			installed = false;
		} else if (strncmp(at, "Package: ", 9) == 0) {
			name = at + 9;
			name_len = len - 9;
		} else if (strncmp(at, "Status: ", 8) == 0) {
			installed = len >= 10 &&
			    strncmp(at + len - 10, " installed", 10) == 0;
		}
		at += len + (at[len] == '\n');
	}
	add_stanza(p, name, name_len, installed);
}

static void
load_dpkg(struct packages *p, const struct root *r, struct inputs *inputs)
{
	static const char path[] = "/var/lib/dpkg/status";
	CLEANUP(drop_buf) struct buf text = { 0 };
	struct err ignored = { 0 };
	CLEANUP(drop_fd) int fd = -1;

	inputs_add_below(inputs, r, path);
	fd = root_open_in(r, path, O_RDONLY | O_NONBLOCK);
	if (fd >= 0 && file_read_fd(fd, path, STATUS_MAX, &text,
	    &ignored) == 0)
		read_dpkg(p, buf_str(&text));
}

/* rpm's own files are rpm's own business: it is asked. */
static void
ask_rpm(struct packages *p, const struct root *r)
{
	const char *const argv[] = { "rpm", "--root", r->dir, "-qa", "--qf",
		"%{NAME}\\n", NULL };
	CLEANUP(drop_buf) struct buf out = { 0 };
	struct err ignored = { 0 };
	char *line, *save = NULL;
	int code;

	if (exec_run(argv, RPM_ANSWER_MAX, RPM_SECONDS, &out, &code,
	    &ignored) < 0 || code != 0 || out.len == 0)
		return;
	for (line = strtok_r(out.bytes, "\n", &save); line != NULL;
	    line = strtok_r(NULL, "\n", &save))
		strlist_add(&p->names, line);
}

static void
load_rpm(struct packages *p, const struct root *r, struct inputs *inputs)
{
	static const char *const databases[] = {
		"/var/lib/rpm/rpmdb.sqlite", "/var/lib/rpm/Packages.db",
		"/var/lib/rpm/Packages", "/usr/lib/sysimage/rpm/rpmdb.sqlite",
		"/usr/lib/sysimage/rpm/Packages.db",
		"/usr/lib/sysimage/rpm/Packages",
	};
	bool found = false;

	for (size_t i = 0; i < sizeof(databases) / sizeof(databases[0]); i++) {
		CLEANUP(drop_fd) int fd = -1;

		inputs_add_below(inputs, r, databases[i]);
		fd = root_open_in(r, databases[i], O_PATH);
		found |= fd >= 0;
	}
	if (found)
		ask_rpm(p, r);
}

struct packages *
packages_load(const struct root *r, struct inputs *inputs)
{
	struct packages *p = xcalloc(1, sizeof(*p));

	load_dpkg(p, r, inputs);
	load_rpm(p, r, inputs);
	strlist_sort(&p->names);
	return p;
}

void
packages_free(struct packages *p)
{
	if (p == NULL)
		return;
	strlist_done(&p->names);
	free(p);
}

bool
packages_has(const struct packages *p, const char *name)
{
	return p->names.n > 0 && bsearch(&name, p->names.items, p->names.n,
	    sizeof(char *), strlist_cmp) != NULL;
}
