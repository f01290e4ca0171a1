/* SPDX-License-Identifier: MIT */
#ifndef TESTS_PAM_WORLD_H
#define TESTS_PAM_WORLD_H

#include <stdbool.h>

#include "base/buf.h"
#include "specs/pam_dispatch.h"
#include "tests/unit/fake_evidence.h"

/* Generated PAM stacks, as files and as evidence, and what their modules say.
 * What goes wrong with the files ends the program. */

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { MODULES = 8, FILES = 6, TYPES = 4 };
enum { SETCRED = TYPES };	/* behind those of files */

/* svc is the service, other what it falls back to, the rest is included. */
extern const char *const world_names[FILES];
extern const char *const world_types[TYPES];
extern const char world_etc[], world_lib[];

struct world {
	char dir[64], modules[MODULES + 2][128];
	enum pam_code codes[MODULES], creds[MODULES];
	struct buf texts[FILES];
	char paths[FILES][128];
	struct fake_file files[2 * FILES + 2];	/* what else is there comes
						 * behind */
	bool vendor;
	bool has_lib;		/* not each system has the second folder */
	bool lib_include;	/* this libpam finds what is included there */
	bool at_include;	/* this libpam knows @include */
	bool jumps_count;	/* and counts jumps in pam_setcred */
	bool odd;		/* the stack may be left untold */
	unsigned long asked, granted, differ, stacks, untold;
	unsigned long setcreds, creds_granted;
	unsigned char seen[PAM_CODES];
};

void world_seed(unsigned long long seed);
/* A folder of its own with copies of the module; -1 on failure. */
int world_make(struct world *w, const char *module);
/* Folders of our own in place of /etc/pam.d and /usr/lib/pam.d, for this
 * process alone; -1 on failure. */
int world_mount(struct world *w);
void world_remove(const struct world *w);

/* Other stacks in all files. */
void world_stacks(struct world *w);
/* Other answers of all modules. */
void world_answers(struct world *w);
/* Puts texts[i] in place, or nothing. */
void world_write_stack(struct world *w, unsigned i, bool there);
void world_write(const char *path, const char *text);

#endif
