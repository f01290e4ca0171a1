/* SPDX-License-Identifier: MIT */
#include "agent/hook/prune.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "base/tr.h"

enum { DAY = 86400 };

static const char *const suffixes[] = { "", ".report", ".packages", ".owners",
	".damaged" };
enum { N_SUFFIXES = sizeof(suffixes) / sizeof(suffixes[0]) };

/* "20261121T193012Z-zypp" */
static int64_t
time_of(const char *id)
{
	struct tm tm = { 0 };
	const char *end = strptime(id, "%Y%m%dT%H%M%SZ", &tm);

	return end != NULL ? (int64_t)timegm(&tm) : -1;
}

/* The id that a name begins with; NULL: it is none of ours. */
static char *
id_of(const char *name, const char **out_suffix)
{
	size_t n = strcspn(name, ".");

	if (n < 18 || name[8] != 'T' || name[15] != 'Z' || name[16] != '-' ||
	    time_of(name) < 0)
		return NULL;
	for (int i = 0; i < N_SUFFIXES; i++)
		if (strcmp(name + n, suffixes[i]) == 0) {
			*out_suffix = suffixes[i];
			return xmemdup(name, n);
		}
	return NULL;
}

/* "…-zypp.report.tmp.4711", of whoever was killed: with the ledger's lock nobody
 * is writing one. */
static bool
is_temporary(const char *name)
{
	const char *tmp = strstr(name, ".tmp.");

	return tmp != NULL && tmp[5] != '\0' &&
	    tmp[5 + strspn(tmp + 5, "0123456789")] == '\0' &&
	    (text_starts(name, LEDGER_SEEN ".") || time_of(name) >= 0);
}

static bool
has(const struct strlist *sorted, const char *name)
{
	return sorted->n > 0 && bsearch(&name, sorted->items, sorted->n,
	    sizeof(char *), strlist_cmp) != NULL;
}

/* Records that stay, oldest first. */
static void
choose_records(const struct strlist *names, const struct prune_limits *l,
    struct strlist *out)
{
	CLEANUP(drop_strlist) struct strlist ids = { 0 };
	int64_t oldest = l->now - (int64_t)l->days * DAY;

	for (size_t i = 0; i < names->n; i++) {
		const char *suffix = NULL;
		CLEANUP(drop_free) char *id = id_of(names->items[i], &suffix);

		if (id != NULL && suffix[0] == '\0')
			strlist_add(&ids, id);
	}
	strlist_sort(&ids);
	for (size_t i = 0; i < ids.n; i++) {
		size_t newer = ids.n - 1 - i;

		if (newer == 0 || (newer < l->count &&
		    time_of(ids.items[i]) >= oldest))
			strlist_add(out, ids.items[i]);
	}
}

void
prune_choose(const struct strlist *names, const struct prune_limits *l,
    struct strlist *out)
{
	CLEANUP(drop_strlist) struct strlist all = { 0 }, stay = { 0 };

	for (size_t i = 0; i < names->n; i++)
		strlist_add(&all, names->items[i]);
	strlist_sort(&all);
	choose_records(&all, l, &stay);
	for (size_t i = 0; i < all.n; i++) {
		const char *suffix = NULL;
		CLEANUP(drop_free) char *id = id_of(all.items[i], &suffix);
		CLEANUP(drop_free) char *open = id != NULL ?
		    xasprintf("%s.open", id) : NULL;

		if (is_temporary(all.items[i])) {
			strlist_add(out, all.items[i]);
			continue;
		}
		if (id == NULL || has(&stay, id) || has(&all, open))
			continue;
		/* A damaged one is to be looked at, for as long. */
		if (strcmp(suffix, ".damaged") == 0 &&
		    time_of(id) >= l->now - (int64_t)l->days * DAY)
			continue;
		strlist_add(out, all.items[i]);
	}
}

int
prune_ledger(const struct ledger *l, const struct prune_limits *limits,
    size_t *out_removed, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 }, gone = { 0 };
	CLEANUP(drop_strlist) struct strlist others = { 0 };

	*out_removed = 0;
	if (ledger_names(l, &names, &others, e) < 0)
		return -1;
	prune_choose(&names, limits, &gone);
	for (size_t i = 0; i < gone.n; i++) {
		if (unlinkat(l->fd, gone.items[i], 0) < 0 && errno != ENOENT)
			return err_sys(e, gone.items[i], _("cannot remove"));
		*out_removed += strchr(gone.items[i], '.') == NULL;
	}
	return 0;
}
