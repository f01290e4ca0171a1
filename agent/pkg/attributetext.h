/* SPDX-License-Identifier: MIT */
#ifndef AGENT_PKG_ATTRIBUTETEXT_H
#define AGENT_PKG_ATTRIBUTETEXT_H

#include "agent/pkg/attribute.h"

/* What else a sentence needs to know. */
struct attribute_said {
	const struct entry *was, *is;
	size_t touched;		/* packages that the transaction changed */
};

/* Appends a sentence for a person who wants to know who it was. */
void attribute_text(const struct attribution *a,
    const struct attribute_said *s, struct buf *out);

/* Appends "NAME OLD -> NEW", "NAME OLD (removed)", "NAME NEW (new)". */
void attribute_packages(const struct package *was, const struct package *is,
    struct buf *out);

#endif
