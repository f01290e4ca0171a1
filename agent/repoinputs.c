/* SPDX-License-Identifier: MIT */
#include "agent/repoinputs.h"

#include "base/mem.h"

void
repoinputs_add(struct machine *m)
{
	static const char *const names[] = {
		"repo.git/refs/heads/live", "repo.git/refs/driftctl/baseline",
		"repo.git/packed-refs", "repo.git/HEAD", "journal", "seal.key",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		CLEANUP(drop_free) char *path = xasprintf("%s/%s",
		    store_dir(m->store), names[i]);

		inputs_add(&m->inputs, path);
	}
	inputs_add_below(&m->inputs, &m->root, machine_key_path(m));
}
