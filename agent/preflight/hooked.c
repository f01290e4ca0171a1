/* SPDX-License-Identifier: MIT */
#include "agent/preflight/hooked.h"

#include "agent/preflight/foretell.h"
#include "agent/preflight/gather.h"
#include "agent/say.h"
#include "base/tr.h"

static int
gather(struct forecast *f, const struct aptlist *list, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist files = { 0 };

	for (size_t i = 0; i < list->n; i++) {
		const struct aptplan *p = &list->items[i];

		if (p->file[0] != '\0')
			strlist_add(&files, p->file);
		else if (p->is == NULL &&
		    gather_leaving(f, p->name, false, e) < 0)
			return -1;
	}
	return gather_files(f, &files, e);
}

/* Only what is at risk: a hook is no place for long texts. */
static int
tell(const struct forecast *f, bool refused, struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };

	if (f->risks.n == 0)
		return 0;
	buf_adds(&text, _("driftctl: this upgrade puts required state at "
	    "risk:\n"));
	foretell_risks(f, options_color(f->m->o), &text);
	if (refused)
		buf_adds(&text, _("driftctl: it is refused, as driftctl.yaml "
		    "says 'preflight: enforce'\n          [mend the rules, or "
		    "say 'preflight: tell' to go on]\n"));
	return say_out(&text, e);
}

int
preflight_hooked(const struct options *o, const struct aptlist *list,
    bool *out_refused, struct err *e)
{
	CLEANUP(drop_machine) struct machine m = { .root.fd = -1 };
	CLEANUP(drop_forecast) struct forecast f = { .m = &m };

	*out_refused = false;
	if (machine_open(o, &m, e) < 0)
		return -1;
	if (m.config.preflight == PREFLIGHT_OFF)
		return 0;
	if (machine_open_store(&m, false, e) < 0 ||
	    forecast_look(&f, e) < 0 || gather(&f, list, e) < 0)
		return -1;
	gather_answer(&f);
	f.hooked = true;
	if (forecast_make(&f, e) < 0)
		return -1;
	*out_refused = m.config.preflight == PREFLIGHT_ENFORCE &&
	    f.risks.n > 0;
	return tell(&f, *out_refused, e);
}
