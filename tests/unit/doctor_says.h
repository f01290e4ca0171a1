/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_DOCTOR_SAYS_H
#define TESTS_UNIT_DOCTOR_SAYS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/doctor/checkup.h"
#include "base/vec.h"

/* A checkup, and all that is said of it. */

enum { NOW = 1795305600, HOUR = 3600, DAY = 86400, MIB = 1 << 20 };

/* A machine on which nothing is to complain of. */
static inline void
all_is_well(struct checkup *c)
{
	*c = (struct checkup){ .now = NOW, .live = true,
		.command = "driftctl", .prefix = "",
		.program = "/usr/bin/driftctl", .program_there = true,
		.systemd = true, .cron_known = true,
		.nightly = { .unit = true, .enabled = true, .active = true },
		.boot = { .unit = true, .enabled = true },
		.cron_remedy = "install cron",
		.n_specs = 3, .n_applying = 2,
		.store_dir = "/var/lib/driftctl", .store_there = true,
		.has_baseline = true, .store_since = NOW - 100 * DAY,
		.newest_snapshot = NOW - HOUR, .looked = NOW - HOUR,
		.key_path = "/etc/driftctl/seal.key", .key_there = true,
		.space_known = true, .free_bytes = 1000ull * MIB,
		.store_bytes = 10ull * MIB, .inodes_known = true,
		.free_inodes = 100000 };
	*VEC_ADD(&c->hooks) = (struct hook_fact){ .manager = "apt",
		.database = "dpkg", .path = "/etc/apt/apt.conf.d/00driftctl",
		.remedy = "install it", .since = NOW - 90 * DAY };
	*VEC_ADD(&c->runs) = (struct run_fact){ "dpkg", NOW - 2 * HOUR };
	*VEC_ADD(&c->records) = (struct record_fact){ .id = "ID",
		.origin = "apt", .command = "apt upgrade",
		.began = NOW - 2 * HOUR - 5, .ended = NOW - 2 * HOUR + 60 };
}

/* "check: what [remedy]" of all that is not well; '?' stands before what could
 * not be told. */
static inline void
sum_up(const struct checkup *c, struct buf *out)
{
	CLEANUP(drop_diagnoses) struct diagnoses d = { 0 };

	checkup_judge(c, &d);
	for (size_t i = 0; i < d.n; i++) {
		const struct diagnosis *x = &d.items[i];

		assert_true(x->what != NULL && x->what[0] != '\0');
		assert_true(x->check != NULL && x->check[0] != '\0');
		if (x->state == DIAGNOSIS_WELL)
			continue;
		buf_addf(out, "%s%s: %s%s%s%s\n",
		    x->state == DIAGNOSIS_UNKNOWN ? "?" : "", x->check,
		    x->what, x->remedy != NULL ? " [" : "",
		    x->remedy != NULL ? x->remedy : "",
		    x->remedy != NULL ? "]" : "");
	}
	assert_int_equal(diagnoses_exit(&d), diagnoses_count(&d,
	    DIAGNOSIS_UNKNOWN) > 0 ? 2 : out->len > 0);
}

/* Says nothing but this; done with c. */
static inline void
says(struct checkup *c, const char *wanted)
{
	CLEANUP(drop_buf) struct buf out = { 0 };

	sum_up(c, &out);
	if (strcmp(buf_str(&out), wanted) != 0)
		print_error("got:\n%swanted:\n%s", buf_str(&out), wanted);
	assert_string_equal(buf_str(&out), wanted);
	checkup_done(c);
}

#endif
