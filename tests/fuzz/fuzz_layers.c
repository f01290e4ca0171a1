/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "specs/conf_files.h"
#include "specs/layers.h"
#include "written.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SMALL = 16384 };

static const char rules[] = "spec: f\nrules:\n"
    "  - {id: a, path: /etc/x/a.conf, layers: etc, why: w, as: ini,\n"
    "     require: present, mode: '<=0644', keys: {s.key: '1', s.b: '2'},\n"
    "     lines: {forbid: forbidden, require: ['^key']}}\n"
    "  - {id: b, path: '/etc/x/*.conf', layers: etc, why: w,\n"
    "     lines: {forbid: forbidden}}\n"
    "  - {id: c, path: '/etc/{login.defs,x/*.conf}', layers: file,\n"
    "     why: w, lines: {forbid: forbidden}}\n"
    "  - {id: d, path: /etc/x/b.conf, layers: file, why: w,\n"
    "     require: absent}\n";

/* Each file is there, and is one of those that are tracked for this path. */
static void
check_file(const struct written *w, const struct texts *tracked,
    const char *path)
{
	assert(written_find(w, path) != NULL);
	for (size_t i = 0; i < tracked->n; i++)
		if (glob_path(tracked->items[i], path))
			return;
	assert(false);
}

static void
check_layers(struct written *w, enum layers how, const char *path,
    const char *pattern)
{
	const struct evidence ev = written_evidence(w);
	struct texts tracked = { 0 };
	struct arena a = { 0 };
	struct layered l;

	layers_track(&a, how, pattern, &tracked);
	layers_load(&ev, how, path, &a, &l);
	assert(!l.masked || l.first != NULL);
	assert(how == LAYERS_ETC || l.files.n <= 1);
	if (l.first != NULL)
		check_file(w, &tracked, l.first);
	if (l.dangling != NULL)
		check_file(w, &tracked, l.dangling);
	for (size_t i = 0; i < l.files.n; i++) {
		check_file(w, &tracked, l.files.items[i]);
		assert(!conf_is_mask(&written_find(w,
		    l.files.items[i])->en));
	}
	arena_done(&a);
}

static void
check_names(struct written *w, const char *pattern)
{
	const struct evidence ev = written_evidence(w);
	struct texts names = { 0 };
	struct arena a = { 0 };

	layers_names(&ev, pattern, &a, &names);
	for (size_t i = 0; i < names.n; i++)
		check_layers(w, LAYERS_FILE, names.items[i], pattern);
	arena_done(&a);
}

/* A path in /etc, or a pattern of names there, and files in any layer. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct catalogue ours;
	struct written w = written_read(data, size < SMALL ? size : SMALL);
	const char *path = arena_memdup(&w.arena, w.question,
	    strcspn(w.question, "\n"));
	const char *name = path_name(path);
	size_t folder = (size_t)(name - path);

	if (strncmp(path, "/etc/", 5) == 0 && *name != '\0' &&
	    strpbrk(path, "{}\\") == NULL && glob_literal(path, folder) &&
	    strstr(path, "//") == NULL) {
		check_layers(&w, LAYERS_ETC, path, path);
		check_names(&w, path);
	}
	if (ours.n == 0)
		ours = written_spec(rules);
	written_judge_all(&w, &ours, NULL);
	written_done(&w);
	return 0;
}
