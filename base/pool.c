/* SPDX-License-Identifier: MIT */
#include "base/pool.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"

struct slot {
	void *job;
	bool finished;
};

struct pool {
	struct pool_ops ops;
	struct slot *ring;	/* jobs [handed, submitted), index % window */
	size_t window;
	size_t handed, taken, submitted;	/* under the lock */
	pthread_mutex_t lock;
	pthread_cond_t work_there, job_finished;
	bool stop;
	pthread_t *threads;
	unsigned n_threads;
	void *own;		/* worker state where there are no threads */
};

static void *
worker_new(struct pool *p)
{
	return p->ops.worker_new != NULL ? p->ops.worker_new(p->ops.ctx) : NULL;
}

static void
worker_free(struct pool *p, void *worker)
{
	if (p->ops.worker_free != NULL)
		p->ops.worker_free(worker);
}

static void *
run(void *arg)
{
	struct pool *p = arg;
	void *worker = worker_new(p);

	pthread_mutex_lock(&p->lock);
	for (;;) {
		struct slot *s;

		while (p->taken == p->submitted && !p->stop)
			pthread_cond_wait(&p->work_there, &p->lock);
		if (p->taken == p->submitted)
			break;
		s = &p->ring[p->taken++ % p->window];
		pthread_mutex_unlock(&p->lock);
		p->ops.work(p->ops.ctx, worker, s->job);
		pthread_mutex_lock(&p->lock);
		s->finished = true;
		/* Only the oldest job is ever waited for. */
		if (s == &p->ring[p->handed % p->window])
			pthread_cond_signal(&p->job_finished);
	}
	pthread_mutex_unlock(&p->lock);
	worker_free(p, worker);
	return NULL;
}

/* Signals are for the main thread, so that a wait in it is interrupted. */
static void
start(struct pool *p, unsigned threads)
{
	sigset_t all, old;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	for (unsigned i = 0; i < threads; i++) {
		if (pthread_create(&p->threads[i], NULL, run, p) != 0)
			break;
		p->n_threads++;
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (p->n_threads == 0)
		p->own = worker_new(p);
}

struct pool *
pool_new(unsigned threads, size_t window, const struct pool_ops *ops)
{
	struct pool *p = xcalloc(1, sizeof(*p));

	p->ops = *ops;
	p->window = window > 0 ? window : 1;
	p->ring = xcalloc(p->window, sizeof(*p->ring));
	p->threads = xcalloc(threads, sizeof(*p->threads));
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->work_there, NULL);
	pthread_cond_init(&p->job_finished, NULL);
	start(p, threads);
	return p;
}

/* Hands back finished jobs from the front; waits until at most left remain. */
static void
hand_back(struct pool *p, size_t left)
{
	pthread_mutex_lock(&p->lock);
	for (;;) {
		struct slot *s = &p->ring[p->handed % p->window];
		void *job;

		if (p->handed == p->submitted)
			break;
		if (!s->finished) {
			if (p->submitted - p->handed <= left)
				break;
			pthread_cond_wait(&p->job_finished, &p->lock);
			continue;
		}
		job = s->job;
		pthread_mutex_unlock(&p->lock);
		p->ops.done(p->ops.ctx, job);
		pthread_mutex_lock(&p->lock);
		p->handed++;
	}
	pthread_mutex_unlock(&p->lock);
}

void
pool_submit(struct pool *p, void *job)
{
	if (p->n_threads == 0) {
		p->ops.work(p->ops.ctx, p->own, job);
		p->ops.done(p->ops.ctx, job);
		return;
	}
	hand_back(p, p->window - 1);
	pthread_mutex_lock(&p->lock);
	p->ring[p->submitted++ % p->window] = (struct slot){ .job = job };
	pthread_cond_signal(&p->work_there);
	pthread_mutex_unlock(&p->lock);
}

void
pool_drain(struct pool *p)
{
	if (p->n_threads > 0)
		hand_back(p, 0);
}

void
pool_free(struct pool *p)
{
	if (p == NULL)
		return;
	pool_drain(p);
	pthread_mutex_lock(&p->lock);
	p->stop = true;
	pthread_cond_broadcast(&p->work_there);
	pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->n_threads; i++)
		pthread_join(p->threads[i], NULL);
	if (p->n_threads == 0)
		worker_free(p, p->own);
	pthread_cond_destroy(&p->work_there);
	pthread_cond_destroy(&p->job_finished);
	pthread_mutex_destroy(&p->lock);
	free(p->threads);
	free(p->ring);
	free(p);
}
