/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "specs/unit_load.h"
#include "specs/unit_name.h"
#include "specs/unit_specifiers.h"
#include "written.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SMALL = 16384 };

static const char rules[] = "spec: f\nrules:\n"
    "  - {id: a, unit: spamd.service, why: w, enabled: preset,\n"
    "     require: present, keys: {Service.Type: forking,\n"
    "     Service.ExecStartPre: {absent: true}, Unit.After:\n"
    "     {includes: network.target}}}\n"
    "  - {id: b, unit: vpn-a@b-c.service, why: w, enabled: true,\n"
    "     masked: false, keys: {Service.User: x}}\n"
    "  - {id: c, unit: a.service, why: w, enabled: false}\n"
    "  - {id: d, unit: tun@.service, why: w, require: absent}\n";

static bool
has(const struct texts *t, const char *s)
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->items[i], s) == 0)
			return true;
	return false;
}

/* Each file is one of those that are tracked for the sake of the unit. */
static void
check_tracked(const char *name, const char *path, struct arena *a)
{
	struct texts patterns = { 0 };

	unit_name_track(a, name, &patterns);
	for (size_t i = 0; i < patterns.n; i++)
		if (glob_path(patterns.items[i], path))
			return;
	assert(false);
}

static void
check_unit(struct written *w, const char *name, const struct unit *u,
    struct arena *a)
{
	assert(unit_name_is(u->id) && u->names.n > 0);
	assert(strcmp(unit_name_type(u->id), unit_name_type(name)) == 0);
	assert(has(&u->names, u->id));
	for (size_t i = 0; i < u->names.n; i++)
		assert(unit_name_is(u->names.items[i]));
	assert(u->fragment == NULL || written_find(w, u->fragment) != NULL);
	assert(u->fragment != NULL || (!u->masked && u->dropins.n == 0));
	if (u->fragment != NULL && strcmp(name, u->id) == 0)
		check_tracked(name, u->fragment, a);
	if (u->fragment == NULL || u->masked)
		return;
	assert(strcmp(u->names.items[0], u->id) == 0);
	for (size_t i = 0; i < u->dropins.n; i++) {
		assert(written_find(w, u->dropins.items[i]) != NULL);
		assert(i == 0 || strcmp(path_name(u->dropins.items[i - 1]),
		    path_name(u->dropins.items[i])) < 0);
	}
}

static void
check_name(struct written *w, const char *name)
{
	const struct evidence ev = written_evidence(w);
	struct unit_preset preset = { 0 };
	struct arena a = { 0 };
	struct err e = { 0 };
	struct unit u;
	const char *by;

	unit_load(&ev, name, &a, &u);
	check_unit(w, name, &u, &a);
	by = unit_enabled_by(&ev, &u, &a);
	assert(by == NULL || written_find(w, by) != NULL);
	if (unit_preset(&ev, u.id, &a, &preset, &e) == 0 &&
	    preset.file != NULL)
		written_check_line(w, preset.file, preset.line);
	arena_done(&a);
}

/* The name of a unit, then the files that it may be made of; what is in them
 * is also a value with specifiers. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct catalogue ours;
	struct written w = written_read(data, size < SMALL ? size : SMALL);
	const char *name = arena_memdup(&w.arena, w.question,
	    strcspn(w.question, "\n"));

	if (unit_name_is(name)) {
		check_name(&w, name);
		for (size_t i = 0; i < w.n; i++)
			assert(unit_specifiers(&w.arena, name, arena_memdup(
			    &w.arena, w.items[i].text,
			    w.items[i].len)) != NULL);
	}
	if (ours.n == 0)
		ours = written_spec(rules);
	written_judge_all(&w, &ours, NULL);
	written_done(&w);
	return 0;
}
