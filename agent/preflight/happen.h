/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PREFLIGHT_HAPPEN_H
#define AGENT_PREFLIGHT_HAPPEN_H

#include "agent/preflight/foresee.h"

/* When scripts are run, among what rpm and dpkg do with files. */
enum happen_when {
	HAPPEN_FIRST,	/* %pretrans, %pre; prerm of the old, preinst */
	HAPPEN_PUT,	/* files are there: %post, %preun; postrm of the old */
	HAPPEN_ERASED,	/* old ones have gone: %postun */
	HAPPEN_LAST,	/* postinst, %posttrans */
};

/* Lets all that scripts do at that time happen, as far as it is sure, and
 * marks what they name. */
void happen(const struct foresee_input *in, struct foresight *f,
    enum happen_when when);

#endif
