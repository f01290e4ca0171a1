/* SPDX-License-Identifier: MIT */
#include "snapshots/tarnames.h"

#include <search.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/tr.h"

/* Some fifteen million names: what is packed small unpacks to any number. */
#define NAMES_MAX ((uint64_t)2 << 30)

/* A member, or a folder that a member lies in (implied). */
struct node {
	enum tarnames_kind kind;
	bool implied;
	struct tarnames_file file;
	char path[];
};

static int
node_cmp(const void *a, const void *b)
{
	return strcmp(((const struct node *)a)->path,
	    ((const struct node *)b)->path);
}

static struct node *
node_new(const char *path, size_t len)
{
	struct node *n = xcalloc(1, sizeof(*n) + len + 1);

	memcpy(n->path, path, len);
	return n;
}

static struct node *
find(const struct tarnames *t, const char *path, size_t len)
{
	struct node *key = node_new(path, len);
	struct node **at = tfind(key, &t->tree, node_cmp);

	free(key);
	return at != NULL ? *at : NULL;
}

static void
remember(struct tarnames *t, const char *path, size_t len,
    enum tarnames_kind kind, bool implied)
{
	struct node *n = node_new(path, len);

	n->kind = kind;
	n->implied = implied;
	t->bytes += sizeof(*n) + len + 1;
	/* It fails for want of memory only, so end as all allocations do. */
	if (tsearch(n, &t->tree, node_cmp) == NULL)
		xmalloc(SIZE_MAX);
}

const char *
tarnames_path(struct arena *a, const char *name)
{
	size_t len = strlen(name);

	if (strcmp(name, ".") == 0 || strcmp(name, "./") == 0)
		return "/";
	if (len > 0 && name[len - 1] == '/')
		len--;
	if (len == 0)
		return NULL;
	for (size_t at = 0; at <= len;) {
		size_t n = strcspn(name + at, "/");

		/* "." and ".." and nothing all begin "..". */
		if (n <= 2 && strncmp(name + at, "..", n) == 0)
			return NULL;
		at += n + 1;
	}
	return arena_printf(a, "/%.*s", (int)len, name);
}

/* How much of a path is a folder that is known: all that it lies in is, too.
 * The whole length where what it lies in is no folder. */
static size_t
known_folder(const struct tarnames *t, const char *path)
{
	for (size_t len = strlen(path); len > 1;) {
		const char *slash = memrchr(path, '/', len);
		const struct node *n;

		len = (size_t)(slash - path);
		n = len > 0 ? find(t, path, len) : NULL;
		if (n != NULL)
			return n->kind == TARNAMES_FOLDER ? len : strlen(path);
	}
	return 0;
}

const char *
tarnames_add(struct tarnames *t, const char *path, enum tarnames_kind kind)
{
	size_t len = strlen(path), known;
	struct node *n;

	known = known_folder(t, path);
	if (known == len && known > 1)
		return _("lies below a member that is no folder");
	for (const char *s = strchr(path + known + 1, '/'); s != NULL;
	    s = strchr(s + 1, '/'))
		remember(t, path, (size_t)(s - path), TARNAMES_FOLDER, true);
	n = find(t, path, len);
	if (n == NULL)
		remember(t, path, len, kind, false);
	else if (!n->implied || kind != TARNAMES_FOLDER)
		return _("is there twice");
	else
		n->implied = false;
	return t->bytes <= NAMES_MAX ? NULL :
	    _("is one of too many to be kept in memory");
}

const struct tarnames_file *
tarnames_file(const struct tarnames *t, const char *path)
{
	const struct node *n = find(t, path, strlen(path));

	return n != NULL && n->kind == TARNAMES_FILE ? &n->file : NULL;
}

void
tarnames_set_file(struct tarnames *t, const char *path,
    const struct tarnames_file *file)
{
	struct node *n = find(t, path, strlen(path));

	if (n != NULL)
		n->file = *file;
}

void
tarnames_done(struct tarnames *t)
{
	tdestroy(t->tree, free);
	*t = (struct tarnames){ 0 };
}
