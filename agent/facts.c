/* SPDX-License-Identifier: MIT */
#include "agent/facts.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "agent/packages.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"

enum { SMALL = 64 * 1024 };

struct machine_facts {
	struct facts facts;
	struct arena arena;
	const struct root *root;
	struct inputs *inputs;
	struct packages *packages;	/* NULL: nobody has asked yet */
	const char *os_name;
};

static int
read_small(struct machine_facts *f, const char *path, struct buf *out)
{
	struct err ignored = { 0 };
	CLEANUP(drop_fd) int fd = -1;

	inputs_add_below(f->inputs, f->root, path);
	fd = root_open_in(f->root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -1;
	return file_read_fd(fd, path, SMALL, out, &ignored);
}

/* Quotes are the shell's. */
const char *
facts_release_value(struct arena *a, const char *text, const char *key)
{
	size_t n = strlen(key);

	for (const char *p = text; *p != '\0';) {
		size_t len = strcspn(p, "\n");

		if (len > n && strncmp(p, key, n) == 0 && p[n] == '=') {
			const char *v = p + n + 1;
			size_t vlen = len - n - 1;

			if (vlen >= 2 && (*v == '"' || *v == '\'') &&
			    v[vlen - 1] == *v) {
				v++;
				vlen -= 2;
			}
			return arena_memdup(a, v, vlen);
		}
		p += len + (p[len] == '\n');
	}
	return NULL;
}

static void
load_release(struct machine_facts *f)
{
	CLEANUP(drop_buf) struct buf text = { 0 };

	if (read_small(f, "/etc/os-release", &text) < 0 &&
	    read_small(f, "/usr/lib/os-release", &text) < 0)
		return;
	f->facts.os_id = facts_release_value(&f->arena, buf_str(&text), "ID");
	f->facts.os_version = facts_release_value(&f->arena, buf_str(&text),
	    "VERSION_ID");
	f->os_name = facts_release_value(&f->arena, buf_str(&text),
	    "PRETTY_NAME");
}

static void
load_names(struct machine_facts *f, bool live)
{
	CLEANUP(drop_buf) struct buf text = { 0 };
	char host[256] = "";
	struct utsname u;

	if (live) {
		gethostname(host, sizeof(host) - 1);
		f->facts.hostname = arena_strdup(&f->arena, host);
	} else if (read_small(f, "/etc/hostname", &text) == 0) {
		f->facts.hostname = arena_memdup(&f->arena, buf_str(&text),
		    strcspn(buf_str(&text), " \t\n"));
	}
	if (uname(&u) == 0)
		f->facts.arch = arena_strdup(&f->arena, u.machine);
}

static bool
has_package(void *ctx, const char *name)
{
	struct machine_facts *f = ctx;

	if (f->packages == NULL)
		f->packages = packages_load(f->root, f->inputs);
	return packages_has(f->packages, name);
}

static bool
has_path(void *ctx, const char *path)
{
	struct machine_facts *f = ctx;
	CLEANUP(drop_fd) int fd = -1;

	inputs_add_below(f->inputs, f->root, path);
	fd = root_open_in(f->root, path, O_PATH);
	return fd >= 0;
}

struct machine_facts *
facts_load(const struct root *r, bool live, struct inputs *inputs)
{
	struct machine_facts *f = xcalloc(1, sizeof(*f));

	f->root = r;
	f->inputs = inputs;
	f->facts = (struct facts){ .ctx = f, .has_package = has_package,
		.has_path = has_path };
	load_release(f);
	load_names(f, live);
	return f;
}

void
facts_free(struct machine_facts *f)
{
	if (f == NULL)
		return;
	packages_free(f->packages);
	arena_done(&f->arena);
	free(f);
}

const struct facts *
facts_get(const struct machine_facts *f)
{
	return &f->facts;
}

const char *
facts_os_name(const struct machine_facts *f)
{
	return f->os_name;
}

const struct err *
facts_trouble(const struct machine_facts *f)
{
	return f->packages != NULL ? packages_trouble(f->packages) : NULL;
}
