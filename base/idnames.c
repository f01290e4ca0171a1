/* SPDX-License-Identifier: MIT */
#include "base/idnames.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/vec.h"

enum { FILE_MAX = 64 << 20 };

struct id {
	uint32_t id;
	const char *name;	/* NULL: asked, and it has none */
};

struct idmap {
	struct id *items;
	size_t n, cap;
};

struct idnames {
	struct arena arena;
	struct idmap users, groups;
	bool live;
};

/* Both files have the name first and the id third: passwd(5), group(5). */
static void
load_file(struct idnames *n, struct idmap *map, const struct root *r,
    const char *path)
{
	CLEANUP(drop_buf) struct buf text = { 0 };
	struct err ignored = { 0 };
	char *line, *save = NULL;
	CLEANUP(drop_fd) int fd = root_open_in(r, path,
	    O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || file_read_fd(fd, path, FILE_MAX, &text, &ignored) < 0)
		return;
	for (line = strtok_r(buf_reserve(&text, 0) - text.len, "\n", &save);
	    line != NULL; line = strtok_r(NULL, "\n", &save)) {
		char *pass = strchr(line, ':'), *id, *end;
		unsigned long v;

		id = pass != NULL ? strchr(pass + 1, ':') : NULL;
		if (id == NULL || pass == line || *line == '+')
			continue;
		v = strtoul(id + 1, &end, 10);
		if (end == id + 1 || *end != ':' || v > UINT32_MAX)
			continue;
		*VEC_ADD(map) = (struct id){ (uint32_t)v,
		    arena_memdup(&n->arena, line, (size_t)(pass - line)) };
	}
}

struct idnames *
idnames_load(const struct root *r, bool live)
{
	struct idnames *n = xcalloc(1, sizeof(*n));

	n->live = live;
	load_file(n, &n->users, r, "/etc/passwd");
	load_file(n, &n->groups, r, "/etc/group");
	/* Number 0 is root whatever the files say or do not say. */
	*VEC_ADD(&n->users) = (struct id){ 0, "root" };
	*VEC_ADD(&n->groups) = (struct id){ 0, "root" };
	return n;
}

void
idnames_free(struct idnames *n)
{
	if (n == NULL)
		return;
	free(n->users.items);
	free(n->groups.items);
	arena_done(&n->arena);
	free(n);
}

static const struct id *
by_id(const struct idmap *map, uint32_t id)
{
	for (size_t i = 0; i < map->n; i++)
		if (map->items[i].id == id)
			return &map->items[i];
	return NULL;
}

static const char *
remember(struct idnames *n, struct idmap *map, uint32_t id, const char *name)
{
	if (name != NULL)
		name = arena_strdup(&n->arena, name);
	*VEC_ADD(map) = (struct id){ id, name };
	return name;
}

const char *
idnames_user(struct idnames *n, uint32_t uid)
{
	const struct id *found = by_id(&n->users, uid);
	const struct passwd *pw;

	if (found != NULL)
		return found->name;
	pw = n->live ? getpwuid(uid) : NULL;
	return remember(n, &n->users, uid, pw != NULL ? pw->pw_name : NULL);
}

const char *
idnames_group(struct idnames *n, uint32_t gid)
{
	const struct id *found = by_id(&n->groups, gid);
	const struct group *gr;

	if (found != NULL)
		return found->name;
	gr = n->live ? getgrgid(gid) : NULL;
	return remember(n, &n->groups, gid, gr != NULL ? gr->gr_name : NULL);
}

static int
by_name(const struct idmap *map, const char *name, uint32_t *out)
{
	for (size_t i = 0; i < map->n; i++) {
		const struct id *id = &map->items[i];

		if (id->name != NULL && strcmp(id->name, name) == 0) {
			*out = id->id;
			return 1;
		}
	}
	return 0;
}

int
idnames_uid(struct idnames *n, const char *user, uint32_t *out)
{
	const struct passwd *pw;

	if (by_name(&n->users, user, out))
		return 1;
	if (!n->live || (pw = getpwnam(user)) == NULL)
		return 0;
	*out = pw->pw_uid;
	return 1;
}

int
idnames_gid(struct idnames *n, const char *group, uint32_t *out)
{
	const struct group *gr;

	if (by_name(&n->groups, group, out))
		return 1;
	if (!n->live || (gr = getgrnam(group)) == NULL)
		return 0;
	*out = gr->gr_gid;
	return 1;
}
