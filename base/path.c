/* SPDX-License-Identifier: MIT */
#include "base/path.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/tr.h"

int
path_cmp(const char *a, const char *b)
{
	unsigned char x, y;

	while (*a == *b && *a != '\0') {
		a++;
		b++;
	}
	x = (unsigned char)*a;
	y = (unsigned char)*b;
	if (x == y)
		return 0;
	if (x == '\0' || y == '\0')
		return x == '\0' ? -1 : 1;
	if (x == '/' || y == '/')
		return x == '/' ? -1 : 1;
	return x < y ? -1 : 1;
}

bool
path_is_regular(const char *path)
{
	const char *p = path;

	for (size_t n; *p == '/'; p += n) {
		n = strcspn(++p, "/");
		if (n == 0 || (p[0] == '.' && (n == 1 || (n == 2 &&
		    p[1] == '.'))))
			return false;
	}
	return p > path && *p == '\0';
}

const char *
path_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

void
path_parent(struct buf *out, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL || slash == path)
		buf_addc(out, '/');
	else
		buf_add(out, path, (size_t)(slash - path));
}

bool
path_is_under(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	if (strcmp(folder, "/") == 0)
		return true;
	return strncmp(path, folder, n) == 0 &&
	    (path[n] == '\0' || path[n] == '/');
}

bool
path_same_folder(const char *a, const char *b)
{
	size_t n = (size_t)(path_name(a) - a);

	return n == (size_t)(path_name(b) - b) && memcmp(a, b, n) == 0;
}

void
path_join(struct buf *out, const char *folder, const char *name)
{
	buf_reset(out);
	if (strcmp(folder, "/") != 0)
		buf_adds(out, folder);
	buf_addc(out, '/');
	buf_adds(out, name);
}

static int
add_components(struct buf *out, const char *p, const char *typed,
    struct err *e)
{
	while (*p != '\0') {
		size_t n = strcspn(p, "/");

		if (n == 2 && p[0] == '.' && p[1] == '.')
			return err_set(e, ERR_USAGE, typed,
			    _("'..' is not allowed in a path "
			    "[write it without]"));
		if (n > 0 && !(n == 1 && p[0] == '.')) {
			buf_addc(out, '/');
			buf_add(out, p, n);
		}
		p += n;
		while (*p == '/')
			p++;
	}
	return 0;
}

int
path_normalize(struct buf *out, const char *typed, const char *cwd,
    struct err *e)
{
	size_t start = out->len;

	if (typed[0] == '\0')
		return err_set(e, ERR_USAGE, NULL, _("an empty path"));
	if (typed[0] != '/' && add_components(out, cwd, typed, e) < 0)
		return -1;
	if (add_components(out, typed, typed, e) < 0)
		return -1;
	if (out->len == start)
		buf_addc(out, '/');
	return 0;
}

void
path_link(struct buf *out, const char *path, const char *target)
{
	CLEANUP(drop_buf) struct buf whole = { 0 };

	if (target[0] != '/') {
		path_parent(&whole, path);
		buf_addc(&whole, '/');
	}
	buf_adds(&whole, target);
	buf_reset(out);
	for (const char *s = buf_str(&whole); *s != '\0';) {
		size_t n = strcspn(s += strspn(s, "/"), "/");

		if (n == 2 && memcmp(s, "..", 2) == 0) {
			while (out->len > 0 &&
			    out->bytes[out->len - 1] != '/')
				buf_truncate(out, out->len - 1);
			if (out->len > 0)
				buf_truncate(out, out->len - 1);
		} else if (n > 0 && !(n == 1 && *s == '.')) {
			buf_addc(out, '/');
			buf_add(out, s, n);
		}
		s += n;
	}
	if (out->len == 0)
		buf_addc(out, '/');
}
