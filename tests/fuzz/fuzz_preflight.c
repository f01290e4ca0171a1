/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "agent/pkg/rpmplan.h"
#include "agent/preflight/debfile.h"
#include "agent/preflight/planned.h"
#include "agent/preflight/script.h"
#include "base/buf.h"
#include "base/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What packages and package managers say of an upgrade to come. The first byte
 * says which. */

static int
there(void *ctx, const char *path)
{
	(void)ctx;
	return (int)(strlen(path) % 3) - 1;
}

/* Every act is on a path that can be looked for. */
static void
script(const char *program, const char *body)
{
	static const char *const args[] = { "upgrade", "1.2-3", NULL };
	const struct script s = { "postinst", program, body };
	const struct script_asked asked = { args, 3, there, NULL };
	CLEANUP(drop_script_acts) struct script_acts acts = { 0 };

	script_read(&s, &asked, &acts);
	for (size_t i = 0; i < acts.list.n; i++) {
		const struct script_act *a = &acts.list.items[i];

		assert(a->deed < SCRIPT_DEEDS && a->path[0] == '/');
		assert(strstr(a->path, "/../") == NULL);
		assert(a->to == NULL || a->to[0] == '/');
	}
}

static void
planned(char which, const char *bytes, size_t len)
{
	CLEANUP(drop_planned) struct planned_packages p = { 0 };
	struct err e = { 0 };

	if (which == 'a')
		planned_apt(bytes, &p);
	else if (which == 'd')
		planned_dnf(bytes, &p);
	else if (planned_zypper(bytes, len, &p, &e) < 0)
		assert(e.kind != ERR_NONE);
	for (size_t i = 0; i < p.n; i++)
		assert(p.items[i].name != NULL && p.items[i].arch != NULL);
}

/* What is read of a plan is written again as it was. */
static void
comes(void *out, const char *file, bool beside)
{
	rpmplan_comes(out, file, beside);
}

static void
leaves(void *out, const struct package *p, const char *by)
{
	rpmplan_leaves(out, p, by);
}

static void
script_of(void *out, const char *name, const char *program, const char *body)
{
	rpmplan_script(out, name, program, body);
}

static void
plan(const char *bytes, size_t len)
{
	CLEANUP(drop_buf) struct buf once = { 0 }, twice = { 0 };
	struct rpmplan_reader to = { &once, comes, leaves, script_of };
	struct err e = { 0 };

	buf_addc(&once, '\n');
	rpmplan_begin(&once);
	if (rpmplan_parse("plan", bytes, len, &to, &e) < 0)
		return;
	rpmplan_end(&once);
	buf_addc(&twice, '\n');
	rpmplan_begin(&twice);
	to.ctx = &twice;
	assert(rpmplan_parse("plan", buf_str(&once), once.len, &to, &e) == 0);
	rpmplan_end(&twice);
	assert(once.len == twice.len &&
	    memcmp(buf_str(&once), buf_str(&twice), once.len) == 0);
}

static void
deb(const char *bytes, size_t len)
{
	struct scope scope = { 0 };
	CLEANUP(drop_incoming) struct incoming in = { .scope = &scope,
		.max_size = 1 << 20 };
	CLEANUP(drop_fd) int fd = memfd_create("deb", MFD_CLOEXEC);
	struct err e = { 0 };

	if (fd < 0 || file_write_fd(fd, "deb", bytes, len, &e) < 0 ||
	    lseek(fd, 0, SEEK_SET) < 0 ||
	    scope_include(&scope, "/etc/**", &e) < 0)
		return;
	scope_prepare(&scope);
	if (debfile_read(fd, "deb", &in, &e) < 0)
		assert(e.kind != ERR_NONE);
	for (size_t i = 0; i < in.files.n; i++)
		assert(in.files.items[i].owned.path[0] == '/');
	scope_done(&scope);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(drop_free) char *text = NULL;

	if (size == 0 || size > 1 << 20)
		return 0;
	text = xmemdup(data + 1, size - 1);
	switch (data[0]) {
	case 's':
		script("/bin/sh", text);
		break;
	case 'l':
		script("<lua>", text);
		break;
	case 'a':
	case 'd':
	case 'z':
		planned((char)data[0], text, size - 1);
		break;
	case 'p':
		plan(text, size - 1);
		break;
	case 'b':
		deb(text, size - 1);
		break;
	default:
		break;
	}
	return 0;
}
