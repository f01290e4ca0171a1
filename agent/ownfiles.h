/* SPDX-License-Identifier: MIT */
#ifndef AGENT_OWNFILES_H
#define AGENT_OWNFILES_H

/*
 * The files that this process is made of and parses with: the program, the
 * libraries it has loaded, the folders of lenses. With others of them it may
 * say other things of the same machine.
 */
void ownfiles_each(void (*each)(void *arg, const char *path), void *arg);

#endif
