/* SPDX-License-Identifier: MIT */
#ifndef SPECS_UNIT_SPECIFIERS_H
#define SPECS_UNIT_SPECIFIERS_H

#include "base/mem.h"

/*
 * value with the specifiers of systemd.unit(5) put in that its name alone
 * decides, and the folders of the system's manager: %n %N %p %P %i %I %j %J %f
 * %t %S %C %L %E %T %V %h %u %U %g %G %%. Others, such as %H, stay as they
 * are, and so do those of the instance in a template. In the arena, or value.
 */
const char *unit_specifiers(struct arena *a, const char *id,
    const char *value);

#endif
