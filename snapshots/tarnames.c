/* SPDX-License-Identifier: MIT */
#include "snapshots/tarnames.h"

#include <search.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/tr.h"

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

const char *
tarnames_add(struct tarnames *t, const char *path, enum tarnames_kind kind)
{
	struct node *n;

	for (const char *s = strchr(path + 1, '/'); s != NULL;
	    s = strchr(s + 1, '/')) {
		size_t len = (size_t)(s - path);

		n = find(t, path, len);
		if (n == NULL)
			remember(t, path, len, TARNAMES_FOLDER, true);
		else if (n->kind != TARNAMES_FOLDER)
			return _("lies below a member that is no folder");
	}
	n = find(t, path, strlen(path));
	if (n == NULL)
		remember(t, path, strlen(path), kind, false);
	else if (!n->implied || kind != TARNAMES_FOLDER)
		return _("is there twice");
	else
		n->implied = false;
	return NULL;
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
	t->tree = NULL;
}
