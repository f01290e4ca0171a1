/* SPDX-License-Identifier: MIT */
#ifndef AGENT_FACTS_H
#define AGENT_FACTS_H

#include <stdbool.h>

#include "agent/inputs.h"
#include "base/mem.h"
#include "base/root.h"
#include "specs/catalogue.h"

/*
 * What specs may ask of the machine below a root. Everything that was looked
 * at is added to inputs as a path of the running system, so that an answer
 * that depended on it can tell when it no longer holds.
 */
struct machine_facts;

struct machine_facts *facts_load(const struct root *r, bool live,
    struct inputs *inputs);
void facts_free(struct machine_facts *f);
const struct facts *facts_get(const struct machine_facts *f);
/* Why nothing or too little is known of what was asked so far, or NULL. */
const struct err *facts_trouble(const struct machine_facts *f);
/* PRETTY_NAME of os-release(5), or NULL. */
const char *facts_os_name(const struct machine_facts *f);
/* The value of `NAME="value"` in a text of os-release(5), or NULL. */
const char *facts_release_value(struct arena *a, const char *text,
    const char *key);

#endif
