/* SPDX-License-Identifier: MIT */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <dirent.h>
#include <stddef.h>
#include <stdio.h>

/*
 * Memory that is there or the program ends: on failure these print one line
 * and exit with 2. A restore survives a kill at any instruction, so this adds
 * no state that it does not know already.
 */
void *xmalloc(size_t size);
void *xcalloc(size_t n, size_t size);
void *xreallocarray(void *p, size_t n, size_t size);
char *xstrdup(const char *s);
/* Copies len bytes and puts a NUL behind them. */
char *xmemdup(const void *p, size_t len);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * CLEANUP(drop_x) on a local runs drop_x(&local) where its scope ends; STEAL
 * hands the value out and leaves 0 behind, so that nothing is dropped.
 */
#define CLEANUP(fn) __attribute__((cleanup(fn)))
#define STEAL(v) __extension__({					\
	__typeof__(v) stolen_ = (v);					\
	(v) = (__typeof__(v)){ 0 };					\
	stolen_;							\
})

void drop_free(void *pp);	/* a pointer from malloc */
void drop_fd(int *fd);		/* a descriptor, or -1 */
void drop_dir(DIR **d);

/* Hands a descriptor out of its CLEANUP. */
int fd_steal(int *fd);

/*
 * An arena owns everything allocated from it; arena_done frees all at once and
 * leaves it ready for use again. A zeroed struct is an empty arena.
 */
struct arena {
	struct arena_block *blocks;
};

void *arena_alloc(struct arena *a, size_t size);	/* zeroed, aligned */
char *arena_strdup(struct arena *a, const char *s);
char *arena_memdup(struct arena *a, const void *p, size_t len);
char *arena_printf(struct arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void arena_done(struct arena *a);

#endif
