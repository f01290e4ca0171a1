/* SPDX-License-Identifier: MIT */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include <stddef.h>
#include <string.h>

#include "base/mem.h"

/*
 * A growing array is any struct with the members `items`, `n` and `cap`.
 * VEC_ADD makes room for one more item, zeroes it and yields its address,
 * which holds until the next VEC_ADD: *VEC_ADD(&list) = item;
 */
#define VEC_ADD(v) __extension__({					\
	__typeof__(v) v_ = (v);						\
	if (v_->n == v_->cap) {						\
		v_->cap = v_->cap + v_->cap / 2 + 8;			\
		v_->items = xreallocarray(v_->items, v_->cap,		\
		    sizeof(*v_->items));				\
	}								\
	memset(&v_->items[v_->n], 0, sizeof(*v_->items));		\
	&v_->items[v_->n++];						\
})

/* The same for a list whose items belong to an arena and go with it. */
#define VEC_ADD_IN(arena_, v) __extension__({				\
	__typeof__(v) v_ = (v);						\
	if (v_->n == v_->cap) {						\
		size_t cap_ = v_->cap * 2 + 4;				\
		void *p_ = arena_alloc((arena_),			\
		    cap_ * sizeof(*v_->items));				\
		if (v_->n > 0)						\
			memcpy(p_, v_->items,				\
			    v_->n * sizeof(*v_->items));		\
		v_->items = p_;						\
		v_->cap = cap_;						\
	}								\
	memset(&v_->items[v_->n], 0, sizeof(*v_->items));		\
	&v_->items[v_->n++];						\
})

/*
 * A search by halves: how many of n sorted things stand before a place. before
 * is an expression of the index i, true for these and for none behind them.
 */
#define VEC_LOWER(n_, i, before) __extension__({			\
	size_t lo_ = 0, hi_ = (n_);					\
	while (lo_ < hi_) {						\
		size_t i = lo_ + (hi_ - lo_) / 2;			\
		if (before)						\
			lo_ = i + 1;					\
		else							\
			hi_ = i;					\
	}								\
	lo_;								\
})

#endif
