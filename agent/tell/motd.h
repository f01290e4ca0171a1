/* SPDX-License-Identifier: MIT */
#ifndef AGENT_TELL_MOTD_H
#define AGENT_TELL_MOTD_H

#include "agent/tell/told.h"
#include "base/root.h"

/*
 * What whoever logs in is told, as long as it is so: /run/motd.d/driftctl,
 * which pam_motd(8) shows. Few words; none where nothing is open.
 */
void motd_text(const struct told *t, const char *command, struct buf *out);
/* Writes it in one step, or takes it away where text is empty. A machine
 * without /run has nobody who logs in. */
int motd_show(const struct root *r, const struct buf *text, struct err *e);

#endif
