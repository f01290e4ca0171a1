/* SPDX-License-Identifier: MIT */
#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Blocks double: most arenas stay small, and zeroing costs time. */
enum { ARENA_FIRST = 512, ARENA_BLOCK = 64 * 1024 };

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	_Alignas(max_align_t) char bytes[];
};

static void *
check(void *p)
{
	static const char msg[] = "driftctl: out of memory\n";

	if (p != NULL)
		return p;
	if (write(STDERR_FILENO, msg, sizeof(msg) - 1) < 0)
		_exit(2);
	_exit(2);
}

void *
xmalloc(size_t size)
{
	return check(malloc(size > 0 ? size : 1));
}

void *
xcalloc(size_t n, size_t size)
{
	return check(calloc(n > 0 ? n : 1, size > 0 ? size : 1));
}

void *
xreallocarray(void *p, size_t n, size_t size)
{
	return check(reallocarray(p, n > 0 ? n : 1, size > 0 ? size : 1));
}

char *
xstrdup(const char *s)
{
	return check(strdup(s));
}

char *
xmemdup(const void *p, size_t len)
{
	char *copy = xmalloc(len + 1);

	if (len > 0)
		memcpy(copy, p, len);
	copy[len] = '\0';
	return copy;
}

char *
xasprintf(const char *fmt, ...)
{
	char *s;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		s = NULL;
	va_end(ap);
	return check(s);
}

void
drop_free(void *pp)
{
	free(*(void **)pp);
}

void
drop_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

void
drop_dir(DIR **d)
{
	if (*d != NULL)
		closedir(*d);
}

int
fd_steal(int *fd)
{
	int out = *fd;

	*fd = -1;
	return out;
}

void *
arena_alloc(struct arena *a, size_t size)
{
	const size_t align = _Alignof(max_align_t);
	struct arena_block *b = a->blocks;
	void *p;

	if (size > SIZE_MAX - align - sizeof(*b))
		check(NULL);
	size = (size + align - 1) / align * align;
	if (b == NULL || b->size - b->used < size) {
		size_t want = b == NULL ? ARENA_FIRST : 2 * b->size;

		if (want > ARENA_BLOCK)
			want = ARENA_BLOCK;
		if (want < size)
			want = size;
		b = xcalloc(1, sizeof(*b) + want);
		b->size = want;
		b->next = a->blocks;
		a->blocks = b;
	}
	p = b->bytes + b->used;
	b->used += size;
	return p;
}

char *
arena_strdup(struct arena *a, const char *s)
{
	return arena_memdup(a, s, strlen(s));
}

char *
arena_memdup(struct arena *a, const void *p, size_t len)
{
	char *copy = arena_alloc(a, len + 1);

	if (len > 0)
		memcpy(copy, p, len);
	return copy;
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	CLEANUP(drop_free) char *s = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		s = NULL;
	va_end(ap);
	return arena_strdup(a, check(s));
}

void
arena_done(struct arena *a)
{
	struct arena_block *b, *next;

	for (b = a->blocks; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	a->blocks = NULL;
}
