/* SPDX-License-Identifier: MIT */
#include "specs/specluks.h"

#include <string.h>

#include "base/text.h"
#include "base/tr.h"
#include "specs/specnumbers.h"
#include "specs/spectests.h"

#define AT(member) offsetof(struct luks_demand, member)

static void
number(struct reader *r, const struct keyword *k, const struct node_pair *p,
    void *into)
{
	specnumbers_number(r, p, (struct bound *)((char *)into + k->at));
}

/* As crypttab(5) names devices. */
static bool
is_device(const char *s)
{
	static const char *const tags[] = { "UUID=", "LABEL=", "PARTUUID=",
		"PARTLABEL=" };

	for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++)
		if (text_starts(s, tags[i]))
			return s[strlen(tags[i])] != '\0';
	return s[0] == '/' || strcmp(s, LUKS_SAME_UUID) == 0;
}

static void
backup_of(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	struct luks_demand *d = into;
	const char *mistake;

	d->backup_of = read_text(r, k->name, p->value);
	d->backup_at = p->value->at;
	if (d->backup_of == NULL)
		return;
	if (!is_device(d->backup_of))
		diagnostics_add(r->diags, p->value->at,
		    _("'%s' is no device [write a path, UUID=…, LABEL=…, "
		    "PARTUUID=…, PARTLABEL=… or %s]"), d->backup_of,
		    LUKS_SAME_UUID);
	else if (d->backup_of[0] == '/' &&
	    (mistake = read_path_mistake(d->backup_of)) != NULL)
		diagnostics_add(r->diags, p->value->at, mistake,
		    d->backup_of);
}

static const struct keyword luks_keys[] = {
	{ "version", number, AT(version), NULL, &specnumbers_number_shape,
	    N_("1 or 2") },
	{ "cipher", spectests_text, AT(cipher), NULL, &spectests_text_shape,
	    N_("as aes-xts-plain64") },
	{ "key-bits", number, AT(key_bits), NULL, &specnumbers_number_shape,
	    N_("the length of the volume key") },
	{ "hash", spectests_text, AT(hash), NULL, &spectests_text_shape,
	    N_("the hash of the keyslots") },
	{ "pbkdf", spectests_text, AT(pbkdf), NULL, &spectests_text_shape,
	    N_("as argon2id") },
	{ "keyslots", number, AT(keyslots), NULL, &specnumbers_number_shape,
	    N_("how many are in use") },
	{ "uuid", spectests_text, AT(uuid), NULL, &spectests_text_shape,
	    N_("the UUID of the volume") },
	{ "label", spectests_text, AT(label), NULL, &spectests_text_shape,
	    N_("the label of the volume") },
	{ "backup-of", backup_of, 0, NULL, &shape_text,
	    N_("the device whose header it is a copy of") },
	{ "if-header", keyword_bool, AT(if_header), NULL, NULL,
	    N_("a file that is no LUKS header is none of its business") },
	{ 0 },
};

const struct shape specluks_shape = {
	.takes = TAKES_MAP, .keys = luks_keys,
};

void
specluks_luks(struct reader *r, const struct keyword *k,
    const struct node_pair *p, void *into)
{
	struct luks_demand *d = arena_alloc(r->arena, sizeof(*d));

	d->at = p->at;
	read_keys(r, k->name, p->value, luks_keys, d);
	/* {} is a demand: that there is a sound header. */
	((struct rule *)into)->luks = d;
}
