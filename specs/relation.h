/* SPDX-License-Identifier: MIT */
#ifndef SPECS_RELATION_H
#define SPECS_RELATION_H

#include "specs/judge.h"

/*
 * Relations: what one file names must be found in another, or be there. Each
 * value that is not is one result, at the line where it stands.
 */
void judge_relation(struct judge *j);

/* One value of a side, and where it stands. */
struct sided {
	const char *value;
	const struct entry *file;
	unsigned line;		/* 0: the file as a whole */
};

/* All that a side has; in the judge's arena. */
struct side_values {
	struct sided *items;
	size_t n, cap;
	size_t files;		/* that its patterns match */
	bool unknown;		/* some of it could not be read; was told */
};

/* What cannot be read is added to the results, once a file. */
void relation_gather(struct judge *j, const struct relation_side *s,
    struct side_values *out);
/* Sorts by value, so that relation_find finds; of several the first counts. */
void relation_sort(struct side_values *v);
const struct sided *relation_find(const struct side_values *v,
    const char *value);

/* Where the value stands is what the result is about. */
struct about relation_stand_at(struct judge *j, const struct sided *x);
/* False when no more is told, of *told so far. */
bool relation_room(struct judge *j, size_t *told, const struct sided *x);

/* `certificate` and `key-in`: each value names a file. Sorts each. */
void relation_certificates(struct judge *j, struct side_values *each);
void relation_key_in(struct judge *j, struct side_values *each,
    const struct side_values *in);

#endif
