/* SPDX-License-Identifier: MIT */
#ifndef AGENT_SEMANTICTELL_H
#define AGENT_SEMANTICTELL_H

#include "agent/changetext.h"
#include "agent/semantic/semantic.h"

/* How a change is told by what it means. */
struct semantic_style {
	enum word_style words;	/* of the lines where these must do */
	bool lines_too;		/* these below what is told */
	struct lenses *lenses;	/* NULL: views alone */
};

/*
 * The line of the change, and a sentence on each thing that differs in the
 * file; where no format is known for it, its lines. Values of secrets are not
 * told.
 */
int semantic_tell(const struct change *c, const struct change_content *from,
    const struct semantic_style *how, struct buf *out, struct err *e);
/* The members "format" and "semantic" of a change's object. */
struct json;
int semantic_json(const struct change *c, const struct change_content *from,
    struct lenses *lenses, struct json *j, struct err *e);

#endif
