/* SPDX-License-Identifier: MIT */
#ifndef AGENT_LEDGER_OWNER_H
#define AGENT_LEDGER_OWNER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct buf;

/*
 * One process, told apart from a later one of the same number: the package
 * manager that a transaction belongs to.
 */
struct owner {
	pid_t pid;		/* 0: none */
	uint64_t start;		/* clock ticks since boot, proc_pid_stat(5) */
	char boot[40];		/* boot_id; a start counts from it */
};

/* -1 when there is no such process (any more). */
int owner_of(pid_t pid, struct owner *out);
/* The first of a program's processes: the parent as long as that runs the same
 * program. pid itself where nothing is known. */
pid_t owner_first(pid_t pid);
/* Alive, and the same; a zombie is dead. */
bool owner_lives(const struct owner *o);
/* Whether o is pid, or one that pid descends from. */
bool owner_is_above(const struct owner *o, pid_t pid);
/* Appends its words as they were typed, blanks between; at most 200 bytes. */
void owner_command(pid_t pid, struct buf *out);

#endif
