/* SPDX-License-Identifier: MIT */
#ifndef SPECS_UNIT_LOAD_H
#define SPECS_UNIT_LOAD_H

#include "specs/eval.h"

/*
 * The effective systemd unit, as systemd.unit(5) puts it together: which
 * fragment is found, by which names, with which drop-ins.
 */
struct unit {
	const char *id;		/* its name, that of an alias followed */
	const char *fragment;	/* NULL: there is none */
	bool masked;		/* the fragment is what masks it */
	struct texts names;	/* id first, then the aliases */
	struct texts dropins;	/* paths in the order they are read */
};

/* Strings belong to the arena. */
void unit_load(const struct evidence *ev, const char *name, struct arena *a,
    struct unit *out);

/*
 * The link that starts the unit with another one or makes one of its aliases,
 * NULL when there is none; in the arena.
 */
const char *unit_enabled_by(const struct evidence *ev, const struct unit *u,
    struct arena *a);

/* What the presets say of a unit, systemd.preset(5). */
struct unit_preset {
	bool enable;
	bool ignored;		/* they say that it is left as it is */
	const char *file;	/* that decides, NULL: the default */
	unsigned line;
};

int unit_preset(const struct evidence *ev, const char *name, struct arena *a,
    struct unit_preset *out, struct err *e);
/* Adds patterns of the preset files. */
void unit_preset_track(struct arena *a, struct texts *out);

#endif
