/* SPDX-License-Identifier: MIT */
#ifndef AGENT_SPECWORDS_H
#define AGENT_SPECWORDS_H

#include "specs/catalogue.h"

/*
 * Puts what shipped specs say (titles, what they are about, why a rule is
 * there) into the person's language. What the site wrote stays as it is.
 */
void specwords_translate(struct catalogue *c);

#endif
