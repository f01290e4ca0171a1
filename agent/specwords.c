/* SPDX-License-Identifier: MIT */
#include "agent/specwords.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"

#define SITE "/etc/driftctl/specs/"

/* Texts of specs have a context of their own (po/specs.py); gettext(3) has it
 * before the text, with an EOT in between. */
static const char *
translated(const char *text)
{
	CLEANUP(drop_buf) struct buf key = { 0 };

	if (text == NULL)
		return NULL;
	buf_addf(&key, "spec\004%s", text);
	return tr_in(buf_str(&key), text);
}

static void
translate_rule(struct rule *r)
{
	r->why = translated(r->why);
	for (size_t i = 0; i < r->xpath.n; i++)
		r->xpath.items[i].why = translated(r->xpath.items[i].why);
	for (size_t i = 0; i < r->config.n; i++)
		r->config.items[i].why = translated(r->config.items[i].why);
}

void
specwords_translate(struct catalogue *c)
{
	for (size_t i = 0; i < c->n; i++) {
		struct spec *s = c->specs[i];

		if (text_starts(s->origin, SITE))
			continue;
		s->title = translated(s->title);
		s->about = translated(s->about);
		for (size_t k = 0; k < s->n_rules; k++)
			if (!text_starts(s->rules[k].at.file, SITE))
				translate_rule(&s->rules[k]);
	}
}
