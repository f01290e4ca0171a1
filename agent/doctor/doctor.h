/* SPDX-License-Identifier: MIT */
#ifndef AGENT_DOCTOR_H
#define AGENT_DOCTOR_H

#include "agent/machine.h"

/* Whether driftctl itself is well on this machine: one thing looked at. */
enum diagnosis_state {
	DIAGNOSIS_WELL,
	DIAGNOSIS_COMPLAINT,
	DIAGNOSIS_UNKNOWN,	/* could not be told */
};

/* Texts belong to the list. */
struct diagnosis {
	enum diagnosis_state state;
	const char *check;	/* "hook-apt", "store": the same in all
				 * languages and versions */
	const char *what;	/* a sentence without its full stop */
	const char *remedy;	/* a command for sh(1), or NULL */
};

struct diagnoses {
	struct arena arena;
	struct diagnosis *items;
	size_t n, cap;
};

void diagnoses_done(struct diagnoses *d);
void drop_diagnoses(struct diagnoses *d);	/* for CLEANUP */
/* How many are in that state. */
size_t diagnoses_count(const struct diagnoses *d, enum diagnosis_state s);
/* Whether one before it says the same: a fault is seen in several places. */
bool diagnoses_said(const struct diagnoses *d, size_t i);
/* 0 all is well, 1 complaints, 2 something could not be told. */
int diagnoses_exit(const struct diagnoses *d);

/*
 * Looks at everything, also where machine or store cannot be opened: that is a
 * complaint like any other. Nothing is changed.
 */
void doctor_run(const struct options *o, struct diagnoses *out);
/* The same of a machine whose store is open. */
void doctor_look(struct machine *m, struct diagnoses *out);

/* For people, 80 columns; all: what is well, too. */
void doctor_text(const struct diagnoses *d, bool all, struct buf *out);
/* doc/doctor.schema.json */
void doctor_json(const struct diagnoses *d, struct buf *out);

#endif
