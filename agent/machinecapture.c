/* SPDX-License-Identifier: MIT */
#include "agent/machine.h"

#include "agent/progress.h"
#include "base/tr.h"
#include "snapshots/capturecache.h"

/* What a machine is like now. */

enum { READERS = 2 };

struct blob_sink {
	struct machine *m;
	struct packfile *pack;
	struct progress progress;
};

static int
take_blob(void *ctx, const struct packed *o, struct err *e)
{
	struct blob_sink *s = ctx;

	return store_add_blob(s->m->store, s->pack, o, e);
}

static void
tell_read(void *ctx, size_t files)
{
	struct blob_sink *s = ctx;

	progress_show(&s->progress, _("reading: %zu files"), files);
}

static struct capture_options
capture_options(struct machine *m, struct blob_sink *sink)
{
	return (struct capture_options){
		.root = &m->root, .scope = &m->scope, .secrets = &m->secrets,
		.seal = store_key(m->store), .ids = m->ids,
		.max_size = m->config.max_size, .threads = READERS,
		.blob = sink->pack != NULL ? take_blob : NULL, .ctx = sink,
	};
}

static int
capture_now(struct machine *m, const struct machine_capture *how,
    struct capture *out, struct err *e)
{
	struct blob_sink sink = { .m = m, .pack = how->pack };
	struct capture_options o = capture_options(m, &sink);
	uint64_t key = capture_key(&o);
	struct oid last;
	int n = machine_live(m, &last, e);
	CLEANUP(drop_statcache) struct statcache *cache =
	    statcache_open(store_fd(m->store), "statcache", &key);

	if (n < 0)
		return -1;
	if (how->scope != NULL) {
		o.scope = how->scope;
		o.whole = &m->scope;
	}
	o.cache = cache;
	o.cache_names = cache != NULL && how->scope == NULL;
	o.last = n > 0 ? &last : NULL;
	o.progress = tell_read;
	progress_begin(&sink.progress, m->o);
	n = capture_run(&o, out, e);
	progress_end(&sink.progress);
	out->cache = STEAL(cache);
	return n;
}

int
machine_capture(struct machine *m, const struct machine_capture *how,
    struct capture *out, struct err *e)
{
	if (how->taken == NULL)
		return capture_now(m, how, out, e);
	*out = STEAL(*how->taken);
	return 0;
}

struct store_state
machine_state(const struct capture *c)
{
	return (struct store_state){ .manifest = &c->manifest,
		.lines = c->lines, .last = &c->last, .same = c->same,
		.all = c->as == STATCACHE_SAME ||
		    c->as == STATCACHE_BUT_TIMES };
}

int
machine_look(struct machine *m, const struct scope *scope,
    struct capture *out, struct err *e)
{
	const struct capture_options o = {
		.root = &m->root, .scope = scope, .secrets = &m->secrets,
		.whole = scope != &m->scope ? &m->scope : NULL,
		.ids = m->ids, .max_size = m->config.max_size,
		.threads = READERS,
	};

	return capture_run(&o, out, e);
}

uint64_t
machine_keep_cache(struct machine *m, const struct capture *c,
    const struct oid *last, bool stored, enum statcache_as as)
{
	static const struct oid none;
	struct blob_sink sink = { .m = m };
	struct capture_options o = capture_options(m, &sink);
	struct err ignored = { 0 };
	uint64_t sum = 0;

	if (capturecache_write(c, store_fd(m->store), "statcache",
	    &(struct capturecache_keep){ capture_key(&o),
	    last != NULL ? last : &none, stored, as }, &sum, &ignored) < 0)
		return 0;
	return sum;
}
