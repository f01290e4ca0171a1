/* SPDX-License-Identifier: MIT */
#include "base/utf8locale.h"

#include "base/tr.h"

locale_t
utf8locale_new(void)
{
	locale_t base = duplocale(LC_GLOBAL_LOCALE), l;

	l = newlocale(LC_CTYPE_MASK, "C.UTF-8", base);
	if (l == (locale_t)0)
		freelocale(base);
	return l;
}

void
utf8locale_free(locale_t l)
{
	if (l != (locale_t)0)
		freelocale(l);
}

int
utf8locale_missing(const char *where, struct err *e)
{
	return err_set(e, ERR_SYSTEM, where,
	    _("the locale C.UTF-8 is missing [install glibc's locales]"));
}

void
utf8locale_leave(locale_t *was)
{
	uselocale(*was);
}
