/* SPDX-License-Identifier: MIT */
#include "agent/specfolders.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"

#define SITE "/etc/driftctl/specs"
#define INSTALLED DATADIR "/specs"

/* Folder and every YAML file in it decide what the specs say. */
static void
add_inputs(int fd, const char *dir, int depth, struct inputs *inputs)
{
	CLEANUP(drop_fd) int copy = openat(fd, ".",
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP(drop_dir) DIR *d = copy >= 0 ? fdopendir(copy) : NULL;
	const struct dirent *de;

	inputs_add(inputs, dir);
	if (d == NULL)
		return;
	copy = -1;
	while ((de = readdir(d)) != NULL) {
		CLEANUP(drop_free) char *path = xasprintf("%s/%s", dir,
		    de->d_name);

		if (text_ends(de->d_name, ".yaml")) {
			inputs_add(inputs, path);
		} else if (text_ends(de->d_name, ".d") && depth == 0) {
			CLEANUP(drop_fd) int sub = openat(fd, de->d_name,
			    O_PATH | O_DIRECTORY | O_CLOEXEC);
			if (sub >= 0)
				add_inputs(sub, path, 1, inputs);
		}
	}
}

static int
read_folder(const char *dir, const struct spec_trust *trust, struct arena *a,
    struct spec_sources *out, struct inputs *inputs,
    struct diagnostics *diags, struct err *e)
{
	CLEANUP(drop_fd) int fd = -1;

	inputs_add(inputs, dir);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, dir, _("cannot open the folder of specs"));
	add_inputs(fd, dir, 0, inputs);
	catalogue_read_folder(a, fd, dir, trust, out, diags);
	return 0;
}

static int
read_site(const struct root *r, struct arena *a, struct spec_sources *out,
    struct inputs *inputs, struct diagnostics *diags, struct err *e)
{
	struct spec_trust trust = { .owner = geteuid() };
	CLEANUP(drop_buf) struct buf real = { 0 };
	CLEANUP(drop_free) char *name = NULL;
	CLEANUP(drop_fd) int fd = -1;

	inputs_add_below(inputs, r, SITE);
	fd = root_open_in(r, SITE, O_RDONLY | O_DIRECTORY);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (fd < 0)
		return err_sys(e, SITE, _("cannot open the folder of specs"));
	if (root_resolve(r, SITE "/.", &real, NULL, e) < 0)
		return -1;
	name = root_outside(r, buf_str(&real));
	add_inputs(fd, name, 0, inputs);
	/* Where the root lies is for whoever named it. */
	if (fstat(r->fd, &trust.top) < 0)
		return err_sys(e, SITE, _("cannot open the folder of specs"));
	catalogue_read_folder(a, fd, SITE, &trust, out, diags);
	return 0;
}

/*
 * In a checkout the specs are as trusted as the program itself: who can change
 * the one can change the other.
 */
static bool
in_checkout(char *dir, size_t size, struct spec_trust *trust)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	struct stat exe, st;
	char *slash;

	if (n <= 0)
		return false;
	self[n] = '\0';
	for (int up = 0; up < 2; up++)
		if ((slash = strrchr(self, '/')) != NULL)
			*slash = '\0';
	n = snprintf(dir, size, "%s/specs/catalog", self);
	if (n < 0 || (size_t)n >= size || stat("/proc/self/exe", &exe) < 0 ||
	    stat(dir, &st) < 0)
		return false;
	*trust = (struct spec_trust){ .owner = exe.st_uid,
		.group_writable = (exe.st_mode & 020) != 0,
		.gid = exe.st_gid };
	return true;
}

static int
read_vendor(struct arena *a, struct spec_sources *out,
    struct inputs *inputs, struct diagnostics *diags, struct err *e)
{
	struct spec_trust trust = { .owner = 0 };
	char dir[PATH_MAX];
	struct stat st;

	if (in_checkout(dir, sizeof(dir), &trust))
		return read_folder(dir, &trust, a, out, inputs, diags, e);
	inputs_add(inputs, INSTALLED);
	if (stat(INSTALLED, &st) < 0 && errno == ENOENT)
		return 0;
	return read_folder(INSTALLED, &trust, a, out, inputs, diags, e);
}

int
specfolders_read_shipped(const struct options *o, struct arena *a,
    struct spec_sources *out, struct diagnostics *diags, struct err *e)
{
	struct inputs inputs = { 0 };
	int n = 0;

	if (o->specs.n == 0)
		n = read_vendor(a, out, &inputs, diags, e);
	for (size_t i = 0; n == 0 && i < o->specs.n; i++) {
		const char *dir = o->specs.items[i];
		struct stat st;

		if (stat(dir, &st) < 0) {
			n = err_sys(e, dir, _("cannot open the folder of "
			    "specs"));
			break;
		}
		n = read_folder(dir, &(struct spec_trust){ st.st_uid, true,
		    st.st_gid }, a, out, &inputs, diags, e);
	}
	inputs_done(&inputs);
	return n;
}

int
specfolders_read(const struct options *o, const struct root *r,
    struct arena *a, struct spec_sources *out, struct inputs *inputs,
    struct diagnostics *diags, struct err *e)
{
	const struct spec_trust trust = { .owner = geteuid() };

	if (o->specs.n == 0)
		return read_vendor(a, out, inputs, diags, e) < 0 ? -1 :
		    read_site(r, a, out, inputs, diags, e);
	for (size_t i = 0; i < o->specs.n; i++)
		if (read_folder(o->specs.items[i], &trust, a, out, inputs,
		    diags, e) < 0)
			return -1;
	return 0;
}
