/* SPDX-License-Identifier: MIT */
#include "agent/packages.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "agent/rpmdb.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strlist.h"
#include "base/tr.h"

enum { STATUS_MAX = 256 << 20 };

struct packages {
	struct strlist names;	/* sorted */
	struct err trouble;
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

static int
load_dpkg(struct packages *p, const struct root *r, struct inputs *inputs,
    struct err *e)
{
	static const char path[] = "/var/lib/dpkg/status";
	CLEANUP(drop_buf) struct buf text = { 0 };
	CLEANUP(drop_fd) int fd = -1;

	inputs_add_below(inputs, r, path);
	fd = root_open_in(r, path, O_RDONLY | O_NONBLOCK);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (fd < 0)
		return err_sys(e, path, _("cannot read the package database"));
	if (file_read_fd(fd, path, STATUS_MAX, &text, e) < 0)
		return -1;
	read_dpkg(p, buf_str(&text));
	return 0;
}

struct packages *
packages_load(const struct root *r, struct inputs *inputs)
{
	struct packages *p = xcalloc(1, sizeof(*p));

	/* The first trouble is told; whoever can be asked is asked. */
	load_dpkg(p, r, inputs, &p->trouble);
	rpmdb_names(r, inputs, &p->names, &p->trouble);
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

const struct err *
packages_trouble(const struct packages *p)
{
	return p->trouble.kind != ERR_NONE ? &p->trouble : NULL;
}
