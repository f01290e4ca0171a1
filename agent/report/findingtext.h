/* SPDX-License-Identifier: MIT */
#ifndef AGENT_REPORT_FINDINGTEXT_H
#define AGENT_REPORT_FINDINGTEXT_H

#include "agent/report/model.h"
#include "base/buf.h"

/* How a terminal is told of findings, alone and in a report. */

enum { FINDINGTEXT_INDENT = 10 };

/* "critical", "note"… in the person's language. */
const char *findingtext_word(const struct model_finding *f);
/* What the word is painted with. */
const char *findingtext_color(const struct model_finding *f);
/* The word, padded, and painted if so. */
void findingtext_label(struct buf *out, const char *word, const char *paint);
/* PATH:LINE, escaped, and the file where it is another one. */
void findingtext_place(struct buf *out, const struct model_finding *f);
/* The same of a group: "each of 3 paths" where it has several, … */
void findingtext_places(struct buf *out, const struct model *m,
    const struct model_group *g);
/* … and then, lines of their own, the first of them. */
void findingtext_names(struct buf *out, const struct model *m,
    const struct model_group *g);
/* " [mail-auth/imap]", of what a rule demands. */
void findingtext_rule(struct buf *out, const struct model_finding *f);
/* Reason and remedy; said is the reason that was given last. */
void findingtext_advice(struct buf *out, const struct model_finding *f,
    const char *remedy, const char *said, bool verbose);
/* Counts of all that was looked at. */
void findingtext_summary(struct buf *out, const struct model *m);
/* The next line of such a text, cut off in place; NULL after the last. */
char *findingtext_line(char **at);

#endif
