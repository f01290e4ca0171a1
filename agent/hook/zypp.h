/* SPDX-License-Identifier: MIT */
#ifndef AGENT_ZYPP_H
#define AGENT_ZYPP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * Reads the frames that libzypp sends its plugins (a kind of STOMP): a command,
 * headers "key:value", an empty line, a body, NUL. Bytes come in as they come;
 * memory is bounded whatever they are. Bodies are passed over: what they say
 * of packages, the package database knows better.
 */
struct zypp_reader {
	struct buf line;	/* of the head, so far */
	struct buf command, userdata;
	enum { ZYPP_COMMAND, ZYPP_HEADERS, ZYPP_BODY } at;
	bool has_length;
	size_t length;		/* of the body still to come */
	bool overlong;		/* a line was cut */
};

enum zypp_command {
	ZYPP_NONE,		/* no frame is complete: all bytes were taken */
	ZYPP_PLUGINBEGIN, ZYPP_COMMITBEGIN, ZYPP_COMMITEND, ZYPP_PLUGINEND,
	ZYPP_DISCONNECT,
	ZYPP_OTHER,		/* whatever later versions send, and rubbish */
};

/* Takes bytes up to the end of the next frame; *at goes behind them. */
enum zypp_command zypp_read(struct zypp_reader *z, const char **at,
    const char *end);
void zypp_done(struct zypp_reader *z);
void drop_zypp(struct zypp_reader *z);		/* for CLEANUP */

/* The answer to a frame, its NUL included. */
void zypp_answer(enum zypp_command c, struct buf *out);

#endif
