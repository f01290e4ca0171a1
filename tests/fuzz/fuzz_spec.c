/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "specs/catalogue.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * Any bytes are a spec, and after a line of "%%%" what a site adds to it.
 * Whatever they are, building ends, in bounded time, with a catalogue or with
 * a diagnostic.
 */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char cut[] = "\n%%%\n";
	const struct facts facts = { .hostname = "h", .os_id = "o" };
	const char *bytes = (const char *)data;
	struct spec_source s[] = {
		{ "spec.yaml", bytes, size, NULL },
		{ "spec.d/site.yaml", bytes, 0, "spec" },
	};
	struct diagnostics diags = { 0 };
	struct catalogue c = { 0 };
	const char *at = memmem(bytes, size, cut, strlen(cut));

	if (at != NULL) {
		s[0].len = (size_t)(at - bytes) + 1;
		s[1].bytes = at + strlen(cut);
		s[1].len = size - (size_t)(s[1].bytes - bytes);
	}
	catalogue_build(&c, s, 2, NULL, &facts, &diags);
	catalogue_rule(&c, "spec/r");
	catalogue_done(&c);
	diagnostics_done(&diags);
	return 0;
}
