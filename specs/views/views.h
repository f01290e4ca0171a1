/* SPDX-License-Identifier: MIT */
#ifndef SPECS_VIEWS_VIEWS_H
#define SPECS_VIEWS_VIEWS_H

#include "specs/view.h"

/* One row of view.c each. */
extern const struct view view_ini, view_systemd, view_shellvars, view_keyvalue,
    view_postfix, view_crypttab, view_fstab, view_nsswitch, view_passwd,
    view_shadow, view_group, view_pam, view_xml, view_cron,
    view_cron_user, view_anacrontab, view_postfix_master, view_hosts,
    view_aliases;

#endif
