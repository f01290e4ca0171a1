/* SPDX-License-Identifier: MIT */
#ifndef SPECS_FILECAPS_H
#define SPECS_FILECAPS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * Capabilities of a file, capabilities(7): for each capability which of the
 * letters e, i, p it has. Names are known up to cap_checkpoint_restore.
 */
enum {
	FILECAPS_E = 1,
	FILECAPS_I = 2,
	FILECAPS_P = 4,
	FILECAPS_MAX = 64
};

struct filecaps {
	uint8_t bits[FILECAPS_MAX];
};

/* The value of security.capability, revisions 1 to 3; -1 when it is none. */
int filecaps_decode(const void *value, size_t len, struct filecaps *out);
/* Adds "cap_net_raw,cap_net_admin+ep" (or =ep); -1 when it is no such text. */
int filecaps_parse(const char *text, struct filecaps *io);
/* As getcap(8) shows them: "cap_net_raw=ep"; nothing for none. */
void filecaps_text(const struct filecaps *c, struct buf *out);

#endif
