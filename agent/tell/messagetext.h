/* SPDX-License-Identifier: MIT */
#ifndef AGENT_TELL_MESSAGETEXT_H
#define AGENT_TELL_MESSAGETEXT_H

#include "agent/tell/message.h"

/* One line: what happened where. */
void message_subject(const struct message *m, struct buf *out);
/* The whole for a person, 80 columns, escaped; of a report its own text. At
 * most so many of the news are spelled out. */
void message_text(const struct message *m, size_t most, struct buf *out);
/* The same as a page for mail programs. */
void message_html(const struct message *m, struct buf *out);
/* doc/notification.schema.json describes it. */
void message_json(const struct message *m, struct buf *out);

/* "mail-auth/imap: /etc/pam.d/imap is missing; …", one line, escaped. */
void news_line(const struct news *n, struct buf *out);
/* "/etc/pam.d/imap [mail-auth/imap]": the same without a word of what is in
 * any file. */
void news_place(const struct news *n, struct buf *out);

#endif
