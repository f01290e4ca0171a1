/* SPDX-License-Identifier: MIT */
#include "agent/preflight/oldscripts.h"

#include <errno.h>
#include <fcntl.h>

#include "base/tr.h"
#include "base/vec.h"

enum { SCRIPT_MAX = 8 << 20 };

static void
lack(struct incoming *in, const char *path, const struct err *why)
{
	CLEANUP(drop_buf) struct buf text = { 0 };

	err_format(why, &text);
	incoming_lacks(in, path, arena_printf(&in->arena,
	    _("what this script does is not known: %s"), buf_str(&text)));
}

/* That of one architecture among several has it in its name. */
static void
read_script(const struct root *root, struct incoming *in, struct leaving *l,
    const char *name)
{
	const struct package *p = &l->package;
	CLEANUP(drop_free) char *one = xasprintf("/var/lib/dpkg/info/%s.%s",
	    p->name, name);
	CLEANUP(drop_free) char *both = xasprintf(
	    "/var/lib/dpkg/info/%s:%s.%s", p->name, p->arch, name);
	CLEANUP(drop_buf) struct buf body = { 0 };
	CLEANUP(drop_fd) int fd = root_open_in(root, both,
	    O_RDONLY | O_NONBLOCK);
	struct err e = { 0 };

	if (fd < 0)
		fd = root_open_in(root, one, O_RDONLY | O_NONBLOCK);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return;
	if (fd < 0)
		err_sys(&e, NULL, _("cannot open"));
	if (fd < 0 || file_read_fd(fd, NULL, SCRIPT_MAX, &body, &e) < 0) {
		lack(in, one, &e);
		return;
	}
	*VEC_ADD(&l->scripts) = (struct script){
		arena_strdup(&in->arena, name), "/bin/sh",
		arena_memdup(&in->arena, buf_str(&body), body.len) };
}

static void
pair(const struct owners *before, struct incoming *in)
{
	for (size_t i = 0; i < before->packages.n; i++) {
		const struct package *p = &before->packages.items[i];

		if (p->kind != PACKAGE_DPKG || p->removed ||
		    incoming_leaves(in, p) != NULL)
			continue;
		if (incoming_comes_for(in, p) != NULL)
			incoming_add_leaving(in, p)->replaced = true;
	}
}

void
oldscripts_read(const struct root *root, const struct owners *before,
    struct incoming *in)
{
	pair(before, in);
	for (size_t i = 0; i < in->leaving.n; i++) {
		struct leaving *l = &in->leaving.items[i];

		if (l->package.kind != PACKAGE_DPKG)
			continue;
		read_script(root, in, l, "prerm");
		read_script(root, in, l, "postrm");
	}
}
