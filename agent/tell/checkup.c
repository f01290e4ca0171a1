/* SPDX-License-Identifier: MIT */
#include "agent/tell/checkup.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/snapshotter.h"
#include "agent/tell/deliver.h"
#include "agent/tell/health.h"
#include "base/tr.h"
#include "base/vec.h"

#define REMEDY N_("driftctl hook notify --test")

void
drop_tell_checkup(struct tell_checkup *c)
{
	free(c->items);
	arena_done(&c->arena);
	*c = (struct tell_checkup){ 0 };
}

static void
complain(struct tell_checkup *c, const char *who, const char *what,
    const char *remedy)
{
	*VEC_ADD(c) = (struct tell_complaint){
		arena_strdup(&c->arena, who), arena_strdup(&c->arena, what),
		remedy };
}

static void
check_health(struct tell_checkup *c, const char *who,
    const struct notifier_health *h)
{
	CLEANUP(drop_buf) struct buf what = { 0 };

	if (h->why[0] == '\0' && h->waiting == 0)
		return;
	if (h->failed != 0) {
		buf_adds(&what, _("could not be told on "));
		snapshot_time(h->failed, &what);
		buf_addf(&what, ": %s", h->why);
	} else {
		buf_adds(&what, _("was not told yet"));
	}
	if (h->waiting > 0)
		buf_addf(&what, ngettext("; %zu message waits",
		    "; %zu messages wait", h->waiting), h->waiting);
	/* What was put there this moment is on its way. */
	if (h->why[0] != '\0')
		complain(c, who, buf_str(&what), REMEDY);
}

/* What can be seen without telling anybody. */
static void
check_notifier(struct tell_checkup *c, const struct notifiers *l,
    const struct notifier *n)
{
	CLEANUP(drop_buf) struct buf why = { 0 };
	struct err e = { 0 };

	if (deliver_check(l, n, &e) == 0)
		return;
	err_format(&e, &why);
	complain(c, n != NULL ? n->name : _("the report's mail"),
	    buf_str(&why), "");
}

int
tell_checkup(struct machine *m, struct tell_checkup *out, struct err *e)
{
	const struct notifiers *l = &m->config.notifiers;
	CLEANUP(drop_outbox) struct outbox o = { -1 };
	CLEANUP(drop_health) struct health h = { 0 };
	int n = outbox_open(store_fd(m->store), false, &o, e);

	if (n < 0 || (n > 0 && health_load(&o, &h, e) < 0))
		return -1;
	*out = (struct tell_checkup){
		.notifiers = l->n + (l->mail.to.n > 0) };
	for (size_t i = 0; i < l->n; i++)
		check_notifier(out, l, &l->items[i]);
	if (l->mail.to.n > 0)
		check_notifier(out, l, NULL);
	for (size_t i = 0; i < h.n; i++) {
		const struct notifier *to = notifier_find(l, h.items[i].key);

		if (to != NULL)
			check_health(out, to->name, &h.items[i]);
		else if (strcmp(h.items[i].key, NOTIFIER_REPORT) == 0)
			check_health(out, _("the report's mail"),
			    &h.items[i]);
	}
	return 0;
}
