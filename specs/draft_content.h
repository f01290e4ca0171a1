/* SPDX-License-Identifier: MIT */
#ifndef SPECS_DRAFT_CONTENT_H
#define SPECS_DRAFT_CONTENT_H

#include "specs/draft.h"
#include "specs/view.h"

/* Inside of drafting: see draft.h. */

/* What a rule is about, as YAML: `path: "/etc/x"` or `unit: "x.service"`. */
struct draft_subject {
	struct draft *d;
	const char *path;	/* of the file whose content it is */
	const char *about;
	size_t room;		/* for how many more demands */
};

/* Appends text as a quoted YAML scalar in which nothing is a variable; -1
 * where the bytes are no text that YAML can hold. */
int draft_quote(struct buf *out, const char *text);
/*
 * Appends `demand`, whole lines of YAML below `head`, to the group when a rule
 * that demands this alone is sound and holds. False when it does not.
 */
bool draft_try(struct draft_subject *s, const char *head, const char *demand,
    struct buf *group);

/* Each appends a whole key of the rule ("keys:" and what is below it), or
 * nothing where the content gives no cause for it. */
void draft_keys(struct draft_subject *s, const struct view *view,
    const struct view_node *top, struct buf *out);
void draft_rows(struct draft_subject *s, const struct view *view,
    const struct view_node *top, struct buf *out);
void draft_pam(struct draft_subject *s, struct buf *out);
void draft_xml(struct draft_subject *s, const char *bytes, size_t len,
    struct buf *out);
void draft_lines(struct draft_subject *s, const char *bytes, size_t len,
    struct buf *out);

#endif
