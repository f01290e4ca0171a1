/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PREFLIGHT_PLANNED_H
#define AGENT_PREFLIGHT_PLANNED_H

#include <stdbool.h>

#include "base/err.h"
#include "base/mem.h"

/* What a package manager says that it would do. */
enum planned_step { PLANNED_INSTALL, PLANNED_REMOVE, PLANNED_PURGE };

struct planned_package {
	enum planned_step step;
	const char *name, *version, *arch;	/* arch: "" where not said */
};

struct planned_packages {
	struct arena arena;
	struct planned_package *items;
	size_t n, cap;
};

void planned_done(struct planned_packages *p);
void drop_planned(struct planned_packages *p);	/* for CLEANUP */

/* Lines of `apt-get -s`: "Inst NAME [OLD] (NEW ORIGIN [ARCH])". */
void planned_apt(const char *text, struct planned_packages *out);
/* The table of `dnf --assumeno`, version 4 or 5. */
void planned_dnf(const char *text, struct planned_packages *out);
/* The install-summary of `zypper --xmlout --dry-run`. */
int planned_zypper(const char *xml, size_t len, struct planned_packages *out,
    struct err *e);

#endif
