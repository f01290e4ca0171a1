/* SPDX-License-Identifier: MIT */
#include "agent/report/mendedwords.h"

#include <string.h>

#include "agent/finding.h"
#include "base/text.h"
#include "base/tr.h"

/* What a complaint of 'doctor' was about. */
static const char *
check_words(struct arena *a, const char *check)
{
	static const struct {
		const char *check, *words;
	} table[] = {
		{ "nightly", N_("the nightly report is started") },
		{ "boot", N_("upgrades are looked for at each start") },
		{ "store", N_("the store") },
		{ "seal-key", N_("the seal key") },
		{ "transaction", N_("the transaction that was not ended") },
		{ "last-transaction", N_("what could not be done in the last "
		    "transaction") },
		{ "records", N_("the records of transactions") },
		{ "leftovers", N_("what packages left to be merged") },
		{ "space", N_("the space for the store") },
		{ "inodes", N_("the space for the store") },
		{ "packages", N_("what packages changed") },
		{ "notifier", N_("whoever is to be told can be told") },
		{ "looked", N_("somebody looks at the machine") },
		{ "journal", N_("the restore that was interrupted") },
		{ "catalogue", N_("the specs") },
		{ "hooks", N_("the hooks of package managers") },
		{ "program", N_("the program that the hooks call") },
		{ "clock", N_("the clock") },
		{ "strays", N_("what a restore left behind") },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(table[i].check, check) == 0)
			return _(table[i].words);
	if (text_starts(check, "hook-"))
		return arena_printf(a, _("the hook of %s"), check + 5);
	if (text_starts(check, "ran-"))
		return arena_printf(a, _("the hooks run when %s changes "
		    "packages"), check + 4);
	return arena_printf(a, _("driftctl itself (%s)"), check);
}

const char *
mendedwords(struct arena *a, const char *id)
{
	const char *name = finding_id_name(id);

	if (text_starts(id, MENDEDWORDS_DOCTOR))
		return check_words(a, id + strlen(MENDEDWORDS_DOCTOR));
	return name != id ? arena_strdup(a, name) : NULL;
}
