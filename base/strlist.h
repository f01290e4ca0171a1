/* SPDX-License-Identifier: MIT */
#ifndef BASE_STRLIST_H
#define BASE_STRLIST_H

#include <stdbool.h>
#include <stddef.h>

/* A list that owns its strings. A zeroed struct is an empty list. */
struct strlist {
	char **items;
	size_t n, cap;
};

void strlist_add(struct strlist *l, const char *s);	/* copies */
void strlist_take(struct strlist *l, char *s);		/* keeps s */
void strlist_sort(struct strlist *l);			/* by bytes */
/* For qsort(3) and bsearch(3) over items. */
int strlist_cmp(const void *a, const void *b);
bool strlist_has(const struct strlist *l, const char *s);
void strlist_done(struct strlist *l);
void drop_strlist(struct strlist *l);			/* for CLEANUP */

#endif
