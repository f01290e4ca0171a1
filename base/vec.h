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

#endif
