/* SPDX-License-Identifier: MIT */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include <stddef.h>

/*
 * The one place that knows of threads. Jobs are worked on by several workers
 * and handed back in the order they came in, in the thread that submits, so
 * that nothing else needs a lock.
 */
struct pool;

struct pool_ops {
	void *ctx;
	/* One worker's own state; NULL is fine. */
	void *(*worker_new)(void *ctx);
	void (*worker_free)(void *worker);
	/* In a worker; touches only the job and the worker's state. */
	void (*work)(void *ctx, void *worker, void *job);
	/* In the submitting thread, in order of submission; owns job now. */
	void (*done)(void *ctx, void *job);
};

/* window: how many jobs may be under way. Without threads (threads == 0, or
 * when none can be started) the work is done where it is submitted. */
struct pool *pool_new(unsigned threads, size_t window,
    const struct pool_ops *ops);
void pool_submit(struct pool *p, void *job);
/* Waits until all jobs are done and handed back. */
void pool_drain(struct pool *p);
void pool_free(struct pool *p);

#endif
