/* SPDX-License-Identifier: MIT */
#include "agent/packages.h"

#include <stdlib.h>

#include "agent/pkg/owners.h"
#include "base/mem.h"
#include "base/strlist.h"

struct packages {
	struct strlist names;	/* sorted */
	struct err trouble;
};

struct packages *
packages_load(const struct root *r, struct inputs *inputs)
{
	struct packages *p = xcalloc(1, sizeof(*p));
	CLEANUP(drop_owners) struct owners all = { 0 };

	owners_load(r, NULL, inputs, &all);
	for (size_t i = 0; i < all.packages.n; i++)
		if (!all.packages.items[i].removed)
			strlist_add(&p->names, all.packages.items[i].name);
	strlist_sort(&p->names);
	p->trouble = all.trouble;
	return p;
}

void
packages_free(struct packages *p)
{
	if (p == NULL)
		return;
	strlist_done(&p->names);
	free(p);
}

bool
packages_has(const struct packages *p, const char *name)
{
	return p->names.n > 0 && bsearch(&name, p->names.items, p->names.n,
	    sizeof(char *), strlist_cmp) != NULL;
}

const struct err *
packages_trouble(const struct packages *p)
{
	return p->trouble.kind != ERR_NONE ? &p->trouble : NULL;
}
