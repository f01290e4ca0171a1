/* SPDX-License-Identifier: MIT */
#include "agent/semantic/sense.h"

#include <string.h>

#include "base/tr.h"

static const struct view_node *
field(const struct view_node *row, const char *name)
{
	const struct view_node *f = row->child;

	while (f != NULL && strcmp(f->name, name) != 0)
		f = f->next;
	return f;
}

/* [from, to) with one blank for each gap. */
static const char *
words(struct arena *a, const char *bytes, size_t from, size_t to)
{
	CLEANUP(drop_buf) struct buf b = { 0 };

	while (from < to) {
		size_t start;

		while (from < to && strchr(" \t", bytes[from]) != NULL)
			from++;
		for (start = from; from < to &&
		    strchr(" \t", bytes[from]) == NULL; from++)
			continue;
		if (from > start)
			buf_addf(&b, "%s%.*s", b.len > 0 ? " " : "",
			    (int)(from - start), bytes + start);
	}
	return arena_memdup(a, buf_str(&b), b.len);
}

/* anacrontab(5): a job has a name. */
static void
add_job(struct sensing *s, struct sense *n, const struct view_node *row)
{
	const struct view_node *name = field(row, "name");

	n->key = name != NULL ? name->value : "";
	n->label = arena_printf(s->arena, _("job %s"), n->key);
	for (const struct view_node *f = row->child; f != NULL; f = f->next)
		sense_leaf(s, n, f->name, f->value, f->line);
}

/*
 * A line is known by its command. What stands before it is told as it is
 * written, with the '-' and '-n' that the view passes over.
 */
void
sense_cron(struct sensing *s, const struct view *v, const char *bytes,
    const struct view_node *row, struct sense *root)
{
	const struct view_node *command = field(row, "command");
	const struct view_node *user = field(row, "user");
	struct sense *n = sense_add(s, root, "row");
	const char *flags;
	size_t end;

	n->line = row->line;
	if (strcmp(v->name, "anacrontab") == 0 || command == NULL) {
		add_job(s, n, row);
		return;
	}
	end = user != NULL ? user->start : command->start;
	n->key = command->value;
	n->label = arena_printf(s->arena, "'%s'", command->value);
	flags = user == NULL ? "" : words(s->arena, bytes, user->end,
	    command->start);
	sense_leaf(s, n, "time", words(s->arena, bytes, row->start, end),
	    row->line);
	n->gist = n->last->value;
	sense_leaf(s, n, "user", user != NULL ? user->value : "", row->line);
	sense_leaf(s, n, "flags", flags, row->line);
	sense_leaf(s, n, "command", command->value, row->line);
	if (field(row, "input") != NULL)
		sense_leaf(s, n, "input", field(row, "input")->value,
		    row->line);
}
