/* SPDX-License-Identifier: MIT */
#include "agent/spectest/caseids.h"

#include <stdlib.h>
#include <string.h>

#include "specs/views/views.h"

/* passwd(5) and group(5) have the name first and the number third. */
static struct view_node
read_ids(struct casefiles *f, const char *path, const struct view *v)
{
	const struct entry *en = casefiles_follow(f, path);
	const struct case_content *c = en != NULL ?
	    casefiles_content(f, en) : NULL;
	struct view_node top = { 0 };
	struct err ignored = { 0 };

	if (c == NULL || v->parse(path, c->bytes, c->len, &f->manifest.arena,
	    &top, &ignored) < 0)
		return (struct view_node){ 0 };
	return top;
}

static const struct view_node *
find_row(const struct view_node *top, const char *name, bool by_number)
{
	for (const struct view_node *r = top->child; r != NULL; r = r->next) {
		const struct view_node *x = r->child;

		if (x == NULL || x->next == NULL || x->next->next == NULL)
			continue;
		if (strcmp((by_number ? x->next->next : x)->value, name) == 0)
			return x;
	}
	return NULL;
}

static uint32_t
number_of(const char *s)
{
	return (uint32_t)strtoul(s, NULL, 10);
}

/* Above what systems hand out, so that it is nobody's by chance. */
static uint32_t
made_up(const char *name)
{
	uint32_t n = 0;

	for (; *name != '\0'; name++)
		n = n * 31 + (unsigned char)*name;
	return 100000 + n % 1000000;
}

static void
settle(const struct view_node *ids, const char **name, uint32_t *id)
{
	const char *said = *name;
	bool number = said[strspn(said, "0123456789")] == '\0';
	const struct view_node *row = find_row(ids, said, number);

	if (number)
		*id = number_of(said);
	else if (strcmp(said, "root") == 0)
		*id = 0;
	else
		*id = row != NULL ? number_of(row->next->next->value) :
		    made_up(said);
	if (number)
		*name = row != NULL ? row->value : *id == 0 ? "root" : NULL;
}

void
caseids_settle(struct casefiles *f)
{
	const struct view_node users = read_ids(f, "/etc/passwd",
	    &view_passwd);
	const struct view_node groups = read_ids(f, "/etc/group",
	    &view_group);

	for (size_t i = 0; i < f->manifest.n; i++) {
		struct entry *en = &f->manifest.items[i];

		settle(&users, &en->user, &en->uid);
		settle(&groups, &en->group, &en->gid);
	}
}
