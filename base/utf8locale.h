/* SPDX-License-Identifier: MIT */
#ifndef BASE_UTF8LOCALE_H
#define BASE_UTF8LOCALE_H

#include <locale.h>

#include "base/err.h"
#include "base/mem.h"

/*
 * For a library that takes names for text in the locale's encoding. In a UTF-8
 * locale libarchive converts nothing, and names that are no UTF-8 stay the
 * bytes they are, whatever locale the user has.
 */

/* The user's but for its encoding; 0 where the system has no C.UTF-8. */
locale_t utf8locale_new(void);
void utf8locale_free(locale_t l);	/* may be 0 */
/* Says that it is missing; -1. */
int utf8locale_missing(const char *where, struct err *e);
/* From here to the end of the scope; nothing changes where l is 0. */
#define UTF8LOCALE_HERE(l)						\
	__attribute__((unused)) CLEANUP(utf8locale_leave) locale_t	\
	was_ = uselocale(l)
void utf8locale_leave(locale_t *was);

#endif
