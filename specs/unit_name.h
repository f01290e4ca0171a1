/* SPDX-License-Identifier: MIT */
#ifndef SPECS_UNIT_NAME_H
#define SPECS_UNIT_NAME_H

#include <stdbool.h>

#include "base/mem.h"
#include "specs/spec.h"

/* Names of systemd's units: systemd.unit(5). */

/* Where units are looked for, the first to win; NULL at the end. */
extern const char *const unit_folders[];
/* Folders of links that start a unit with another: ".wants"…; NULL ends. */
extern const char *const unit_pulls[];

bool unit_name_is(const char *name);
/* "service" of "a.service"; borrowed. */
const char *unit_name_type(const char *name);
/* foo@.service is a template, foo@bar.service an instance of it. */
bool unit_name_is_template(const char *name);
bool unit_name_is_instance(const char *name);
/* The template of an instance. */
const char *unit_name_template(struct arena *a, const char *name);
/* The instance of a template that `like`, another instance, stands for. */
const char *unit_name_instance(struct arena *a, const char *of,
    const char *like);
/* Whether a symlink called name may stand for the unit target. */
bool unit_name_may_alias(struct arena *a, const char *name,
    const char *target);

/* Adds the names whose `.d` folders hold drop-ins of the unit, in the order
 * of precedence: its own, its template's, those that end at a dash. */
void unit_name_dropins(struct arena *a, const char *name, struct texts *out);
/* name as a pattern that matches it alone. */
const char *unit_name_pattern(struct arena *a, const char *name);
/* Adds patterns of all files that the unit may be made of, and of the links
 * that start it. */
void unit_name_track(struct arena *a, const char *name, struct texts *out);
/* The same of its drop-ins alone, and of those links alone. */
void unit_name_track_dropins(struct arena *a, const char *name,
    struct texts *out);
void unit_name_track_starts(struct arena *a, const char *name,
    struct texts *out);

/* Adds s where it is not there yet; true when it was added. */
bool texts_add_once(struct arena *a, struct texts *out, const char *s);

#endif
