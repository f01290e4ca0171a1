/* SPDX-License-Identifier: MIT */
#ifndef AGENT_WHO_H
#define AGENT_WHO_H

#include "base/buf.h"

/*
 * Appends who asks for something: the name of whoever logged in, as the kernel
 * keeps it through su(1) and sudo(8), and the one he acts as where that is
 * another: "alice (as root)".
 */
void who_asks(struct buf *out);

#endif
