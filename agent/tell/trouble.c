/* SPDX-License-Identifier: MIT */
#include "agent/tell/trouble.h"

#include <stdlib.h>
#include <string.h>

#include "agent/tell/deliver.h"
#include "agent/tell/health.h"
#include "agent/tell/tell.h"
#include "base/tr.h"
#include "base/vec.h"

void
drop_notifier_troubles(struct notifier_troubles *l)
{
	free(l->items);
	arena_done(&l->arena);
	*l = (struct notifier_troubles){ 0 };
}

static void
add(struct notifier_troubles *l, const struct notifier_trouble *t)
{
	struct notifier_trouble *x = VEC_ADD(l);

	*x = *t;
	x->who = arena_strdup(&l->arena, t->who);
	x->why = arena_strdup(&l->arena, t->why);
}

/* What can be seen without telling anybody; otherwise how the last try went. */
static void
look_at(struct notifier_troubles *out, const struct notifiers *l,
    const struct notifier *n, struct health *h)
{
	const char *who = n != NULL ? n->name : _("the report's mail");
	const struct notifier_health *x = health_of(h, n != NULL ? n->key :
	    NOTIFIER_REPORT);
	CLEANUP(drop_buf) struct buf why = { 0 };
	struct err e = { 0 };

	if (deliver_check(l, n, &e) < 0) {
		err_format(&e, &why);
		add(out, &(struct notifier_trouble){ who, buf_str(&why), 0,
		    x->waiting });
	} else if (x->why[0] != '\0') {
		add(out, &(struct notifier_trouble){ who, x->why, x->failed,
		    x->waiting });
	}
}

int
notifier_troubles(struct machine *m, struct notifier_troubles *out,
    struct err *e)
{
	const struct notifiers *l = tell_notifiers(m);
	CLEANUP(drop_outbox) struct outbox o = { -1 };
	CLEANUP(drop_health) struct health h = { 0 };
	int n = outbox_open(store_fd(m->store), false, &o, e);

	if (n < 0 || (n > 0 && health_load(&o, &h, e) < 0))
		return -1;
	*out = (struct notifier_troubles){ 0 };
	for (size_t i = 0; i < l->n; i++)
		look_at(out, l, &l->items[i], &h);
	if (l->mail.to.n > 0)
		look_at(out, l, NULL, &h);
	return 0;
}
