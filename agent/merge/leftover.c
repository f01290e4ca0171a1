/* SPDX-License-Identifier: MIT */
#include "agent/merge/leftover.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "agent/snapshotarg.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/path.h"

static const struct {
	const char *suffix;
	enum leftover_side side;
} suffixes[] = {
	{ ".rpmnew", LEFTOVER_THEIRS },
	{ ".dpkg-dist", LEFTOVER_THEIRS },
	{ ".dpkg-new", LEFTOVER_THEIRS },
	{ ".ucf-dist", LEFTOVER_THEIRS },
	{ ".ucf-new", LEFTOVER_THEIRS },
	{ ".pacnew", LEFTOVER_THEIRS },
	{ ".rpmsave", LEFTOVER_MINE },
	{ ".rpmorig", LEFTOVER_MINE },
	{ ".dpkg-old", LEFTOVER_MINE },
	{ ".dpkg-bak", LEFTOVER_MINE },
	{ ".ucf-old", LEFTOVER_MINE },
	{ ".pacsave", LEFTOVER_MINE },
};

enum { SUFFIXES = sizeof(suffixes) / sizeof(suffixes[0]) };

size_t
leftover_of(const char *path, enum leftover_side *out_side,
    unsigned *out_rank)
{
	size_t len = strlen(path), name = strlen(path_name(path));

	for (unsigned i = 0; i < SUFFIXES; i++) {
		size_t n = strlen(suffixes[i].suffix);

		if (name <= n ||
		    strcmp(path + len - n, suffixes[i].suffix) != 0)
			continue;
		*out_side = suffixes[i].side;
		*out_rank = i;
		return len - n;
	}
	return 0;
}

/* Whether it was asked for: by its name, its file's, or a folder's. */
static bool
asked(const struct strlist *paths, const char *leftover, size_t of)
{
	CLEANUP(drop_free) char *file = xmemdup(leftover, of);

	return paths_cover(paths, leftover) || paths_cover(paths, file);
}

static void
look_into(const struct root *root, const char *folder,
    const struct strlist *paths, struct strlist *out, struct strlist *unread)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };
	CLEANUP(drop_fd) int fd = root_open_at(root, folder,
	    O_RDONLY | O_DIRECTORY);

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return;
	if (fd < 0 || file_names(fd, ".", &names) < 0) {
		const char *why = strerror(errno);

		strlist_add(unread, folder);
		strlist_add(unread, why);
	}
	for (size_t i = 0; i < names.n; i++) {
		CLEANUP(drop_buf) struct buf path = { 0 };
		enum leftover_side side;
		unsigned rank;
		size_t of;

		path_join(&path, folder, names.items[i]);
		of = leftover_of(buf_str(&path), &side, &rank);
		if (of > 0 && asked(paths, buf_str(&path), of))
			strlist_add(out, buf_str(&path));
	}
}

static void
add_folders(const struct manifest *live, const struct strlist *paths,
    struct strlist *out)
{
	for (size_t i = 0; i < live->n; i++)
		if (live->items[i].kind == ENTRY_DIR &&
		    paths_cover(paths, live->items[i].path))
			strlist_add(out, live->items[i].path);
	for (size_t i = 0; i < paths->n; i++) {
		CLEANUP(drop_buf) struct buf up = { 0 };

		path_parent(&up, paths->items[i]);
		strlist_add(out, buf_str(&up));
		strlist_add(out, paths->items[i]);
	}
	strlist_sort(out);
}

void
leftover_find(const struct root *root, const struct manifest *live,
    const struct strlist *paths, struct strlist *out, struct strlist *unread)
{
	CLEANUP(drop_strlist) struct strlist folders = { 0 };

	add_folders(live, paths, &folders);
	for (size_t i = 0; i < folders.n; i++)
		if (i == 0 ||
		    strcmp(folders.items[i], folders.items[i - 1]) != 0)
			look_into(root, folders.items[i], paths, out, unread);
	strlist_sort(out);
}
